package slack

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"meridian/adapters/slack/slacktest"
	"meridian/bot"
)

// said are the texts of what the app did, each with its kind and channel.
func (w *whole) said() (out []string) {
	for _, e := range w.slack.Log() {
		first, _, _ := strings.Cut(e.Text, "\n")
		out = append(out, e.Kind+" "+e.Channel+": "+first)
	}
	return out
}

func TestACommandWhereTheAppIsNotGoesOnInDirectMessages(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWhole(t, Config{SigningSecret: signing}, slacktest.Options{}, 2*time.Second)
		time.Sleep(time.Second)
		w.slack.Slash("U0VERA", "C0ELSE", "/request", "the printer is on fire")
		w.slack.Slash("U0VERA", "C0ELSE", "/request", "dance R-9")
		time.Sleep(10 * time.Second)
		direct := w.slack.DirectWith("U0VERA")
		got := w.said()
		for _, want := range []string{"post " + direct + ": Vera", "post C0DESK: R-1 · the printer is on fire"} {
			if !slices.ContainsFunc(got, func(s string) bool { return strings.HasPrefix(s, want) }) {
				t.Errorf("no %q in %q", want, got)
			}
		}
		if w.count(bot.DeliveryDead) > 0 {
			t.Errorf("something could not be said: %q", got)
		}
		w.slack.Slash("U0VERA", "C0ELSE", "/request", "list")
		time.Sleep(time.Second)
		if got := w.said(); !strings.HasPrefix(got[len(got)-1], "whisper C0ELSE: ") {
			t.Errorf("the list came as %q", got[len(got)-1])
		}
		w.stop()
	})
}

func TestAShortcutWhereTheAppIsNotSaysSo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWhole(t, Config{SigningSecret: signing}, slacktest.Options{}, 2*time.Second)
		time.Sleep(time.Second)
		ts := w.slack.Say("U0INGA", "C0ELSE", "", "the printer is on fire")
		w.slack.Shortcut("U0VERA", "emoji:ticket", "C0ELSE", ts)
		time.Sleep(10 * time.Second)
		want := []string{"whisper C0ELSE: I am not in this channel and cannot read it. Say `/invite @desk` there, and then try again."}
		if got := w.said(); !slices.Equal(got, want) {
			t.Errorf("got %q", got)
		}
		w.stop()
	})
}

func TestWhatSlackKeptBackIsReadFromTheHistory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, Config{SigningSecret: signing}, slacktest.Options{}).run()
		time.Sleep(90 * time.Second)
		ts := b.slack.Quietly("U0OWEN", "C0SUPPORT", "", "is anybody there?")
		body := `{"token":"x","type":"app_rate_limited","team_id":"` + slacktest.Team + `","minute_rate_limited":1700000000,"api_app_id":"` + slacktest.App + `"}`
		if code, _ := answer(b, b.slack.Sign("/slack/events", "application/json", []byte(body), time.Now())); code != http.StatusOK {
			t.Errorf("answered %d", code)
		}
		time.Sleep(5 * time.Second)
		if got := b.desk.take("said"); len(got) != 1 || got[0].Message != ts {
			t.Errorf("heard %+v", got)
		}
		b.end()
	})
}
