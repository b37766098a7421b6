package storagetest

import (
	"encoding/json"
	"testing"
	"time"

	"meridian/bot"
)

// switches lie over the configuration from the commit on, on every handle, and
// not a moment earlier.
func switches(t *testing.T, f Fixture) {
	s := f.open(t, nil)
	shown := func(w bot.Switches) string {
		text, err := json.Marshal(w)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	check := func(what string, v bot.View, kept bot.Switches) {
		t.Helper()
		got, err := v.Switches()
		if err != nil {
			t.Fatal(err)
		}
		same(t, what+": what is switched", shown(got), shown(kept))
		same(t, what+": the settings", v.Settings().NoEdits, kept.NoEdits)
		same(t, what+": silent clients", v.Settings().Followup.Silences() == bot.SilentAuto, kept.Silent == bot.SilentAuto)
	}
	seen := func(what string, kept bot.Switches) {
		t.Helper()
		view(t, s, func(v bot.View) error { check(what, v, kept); return nil })
	}
	want := bot.Switches{NoEdits: true, NoFiling: true, Intake: map[string]bot.Intake{"support": bot.IntakeShadow}, Speak: bot.SpeakThread,
		Silent: bot.SilentAuto, Digest: &bot.MorningDigest{Channel: "team", At: 9*time.Hour + 30*time.Minute}}
	seen("at first", bot.Switches{})
	err := s.Update(t.Context(), func(tx bot.Tx) error {
		if err := tx.SaveSwitches(want); err != nil {
			return err
		}
		check("within the transaction", tx, want)
		return errWanted
	})
	wantIs(t, err, errWanted)
	seen("after it was undone", bot.Switches{})
	update(t, s, func(tx bot.Tx) error { return tx.SaveSwitches(want) })
	seen("after the commit", want)
	other := f.open(t, nil)
	view(t, other, func(v bot.View) error { check("on another handle", v, want); return nil })
	update(t, s, func(tx bot.Tx) error { return tx.SaveSwitches(bot.Switches{}) })
	seen("after it was switched back", bot.Switches{})
}
