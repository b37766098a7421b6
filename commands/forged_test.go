package commands_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"meridian/bot"
)

// pressedAt is a press on a button that somebody made up.
func pressedAt(place, who, act, value string) bot.Event {
	return bot.Event{Place: channel(place), Actor: actor(who), Message: "made-up", Body: bot.Pressed{Act: act, Value: value}}
}

// overheardIn gives the rows of what was overheard, oldest first.
func (d *desk) overheardIn() (all []bot.Overheard) {
	d.t.Helper()
	err := d.store.View(d.t.Context(), func(v bot.View) (err error) {
		all, err = v.OverheardList(bot.OverheardQuery{Any: true})
		return err
	})
	if err != nil {
		d.t.Fatal(err)
	}
	return all
}

func TestMadeUpButtonsOfIntakeChangeNothing(t *testing.T) {
	d := newDesk(t)
	d.must(bot.Event{Place: channel("ask"), Message: "a1", Actor: actor("grace"), Body: bot.Said{Text: "Checkout fails for gift cards"}})
	d.must(bot.Event{Place: channel("shop"), Message: "s1", Actor: actor("grace"), Body: bot.Said{Text: "is the invoice for March correct"}})
	d.must(addressed("owen", "m1", "Licences"))
	offered, doubtful := d.overheardIn()[0], d.overheardIn()[1]
	if offered.Verdict != bot.WasOffered || !doubtful.Doubtful {
		t.Fatalf("%+v, %+v", offered, doubtful)
	}
	offer, doubt := fmt.Sprint(offered.ID), fmt.Sprint(doubtful.ID)
	for _, tt := range []struct{ who, act, value, want string }{
		{"owen", "fileit", offer, "offer_gone"},
		{"vera", "fileit", offer, "offer_gone"},
		{"grace", "fileit", doubt, "offer_gone"},
		{"grace", "fileit", "0", "offer_gone"},
		{"grace", "fileit", "-1", "offer_gone"},
		{"grace", "fileit", "99999999999999999999", "offer_gone"},
		{"grace", "fileit", "1 OR 1=1", "offer_gone"},
		{"grace", "fileit", "", "usage"},
		{"grace", "overheard", doubt + " right", "denied_all"},
		{"inga", "overheard", offer + " right", "overheard_gone"},
		{"inga", "overheard", doubt + " maybe", "usage"},
		{"inga", "overheard", "x", "usage"},
		{"inga", "overheard", "999 right", "overheard_gone"},
		{"owen", "same", "R-1", "denied"},
		{"owen", "newquestion", "R-1", "denied"},
		{"inga", "same", "R-1", "not_asked"},
		{"inga", "newquestion", "R-1", "not_asked"},
		{"inga", "newquestion", "R-9", "no_request"},
		{"inga", "newquestion", "", "usage"},
		{"owen", "promised", "R-1 4102444800000", "denied"},
		{"inga", "promised", "R-1 4102444800000", "not_waiting"},
		{"inga", "promised", "R-1 soon", "usage"},
		{"grace", "rules", "", "denied_all"},
		{"inga", "rules", "try a -> kind bug", "denied_all"},
	} {
		before := len(d.requests())
		_, err := d.do(pressedAt("ask", tt.who, tt.act, tt.value))
		if got := strings.TrimPrefix(d.refusal(err), "refused: refuse."); got != tt.want {
			t.Errorf("%s presses %s %q: %s, want %s", tt.who, tt.act, tt.value, got, tt.want)
		}
		if n := len(d.requests()); n != before || d.requests()[0].Version != 1 {
			t.Fatalf("%s presses %s %q: something changed", tt.who, tt.act, tt.value)
		}
	}
}

// What an emoji on our word does is the requester's alone, and nobody else
// learns anything by it.
func TestASignOnOurWordIsTheRequesters(t *testing.T) {
	d := newDesk(t)
	d.must(addressed("owen", "m1", "Licences"))
	d.must(said("inga", "m1", "a1", "try again now"))
	d.must(said("owen", "m1", "b1", "I do"))
	sign := func(who, message, emoji string) bot.Event {
		return bot.Event{Place: channel("support").In("m1"), Message: message, Actor: actor(who), Body: bot.Reacted{Emoji: emoji}}
	}
	quiet := func(e bot.Event) {
		t.Helper()
		if _, err := d.do(e); err != nil && !errors.Is(err, bot.ErrPass) {
			t.Errorf("%s: %v", e.Actor.Name, err)
		}
		if d.requests()[0].Confirmed {
			t.Fatalf("%s confirmed by %v on %s", e.Actor.Name, e.Body, e.Message)
		}
	}
	quiet(sign("owen", "a1", "+1")) // nothing is solved yet
	d.must(slashed("inga", "solve R-1"))
	quiet(sign("owen", "b1", "+1")) // on one's own word
	quiet(sign("owen", "a1", "tada"))
	quiet(sign("owen", "nowhere", "tada"))
	for _, who := range []string{"inga", "timur", "vera", "grace", "stranger"} {
		quiet(sign(who, "a1", "white_check_mark"))
		quiet(sign(who, "a1", "+1"))
	}
	d.settings.Emoji = map[string]string{"+1": ""}
	quiet(sign("owen", "a1", "+1")) // switched off
	d.must(sign("owen", "a1", "white_check_mark"))
	if !d.requests()[0].Confirmed {
		t.Error("the requester did not confirm")
	}
}

func TestWhatIsSaidWhereTheDeskListensIsForgottenWhenItsAuthorTakesItAway(t *testing.T) {
	d := newDesk(t)
	e := bot.Event{Place: channel("shop"), Message: "s1", Actor: actor("grace"), Body: bot.Said{Text: "Checkout fails for gift cards"}}
	d.must(e)
	e.Message, e.Body = "s2", bot.Said{Text: "We deploy at noon"}
	d.must(e)
	if all := d.overheardIn(); all[0].Text == "" || all[1].Text != "" {
		t.Errorf("kept: %q and %q", all[0].Text, all[1].Text)
	}
	e.Message, e.Actor, e.Body = "s1", actor("owen"), bot.Deleted{}
	d.must(e)
	if all := d.overheardIn(); all[0].Text == "" {
		t.Error("another took it away")
	}
	e.Actor = actor("grace")
	d.must(e)
	if all := d.overheardIn(); all[0].Text != "" {
		t.Errorf("kept: %q", all[0].Text)
	}
	if n := len(d.outbox()); n != 0 {
		t.Errorf("%d deliveries", n)
	}
}
