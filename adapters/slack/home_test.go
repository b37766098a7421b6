package slack

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"meridian/adapters/slack/slacktest"
	"meridian/bot"
	"meridian/bot/calendar"
)

// home is what a person's home shows.
func (w *whole) home(user string) string {
	v, ok := w.slack.Home(user)
	if !ok {
		w.t.Fatalf("%s has no home", user)
	}
	return slacktest.Plain(v.Blocks)
}

func TestTheHomeShowsWhatAPersonOwesAndStaysUpToDate(t *testing.T) {
	over := map[string]Config{"HTTP": {SigningSecret: signing}, "sockets": {AppToken: appToken}}
	for way, c := range over {
		t.Run(way, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWhole(t, c, slacktest.Options{}, 2*time.Second)
				w.change(func(s *bot.Settings) { s.Clients = []bot.Client{{Name: "Harbor", Zone: s.Team.Zone}} })
				time.Sleep(time.Second)
				w.slack.Slash("U0INGA", "C0INSIDE", "/request", "checkout is broken")
				time.Sleep(5 * time.Second)
				w.slack.OpenHome("U0VERA")
				time.Sleep(5 * time.Second)
				got := w.home("U0VERA")
				for _, want := range []string{"[New request]", "Nobody has these yet", "checkout is broken", "[Take R-1]", "Your clients’ time\nHarbor  ", "What reaches you by itself\nwhat is yours, in your hours", "[Quiet] [Everything]"} {
					if !strings.Contains(got, want) {
						t.Errorf("there is no %q in\n%s", want, got)
					}
				}
				if _, err := w.slack.PressHome("U0VERA", "Take R-1"); err != nil {
					t.Fatal(err)
				}
				time.Sleep(5 * time.Second)
				if got = w.home("U0VERA"); !strings.Contains(got, "Yours\n") || !strings.Contains(got, "[R-1]") || strings.Contains(got, "Take R-1") {
					t.Errorf("after taking:\n%s", got)
				}
				if _, err := w.slack.PressHome("U0VERA", "Quiet"); err != nil {
					t.Fatal(err)
				}
				time.Sleep(5 * time.Second)
				if got = w.home("U0VERA"); !strings.Contains(got, "only pages, and what names you\n[Normal] [Everything]") {
					t.Errorf("after Quiet:\n%s", got)
				}
				shown := w.slack.Calls("views.publish")
				time.Sleep(10 * time.Minute)
				if n := w.slack.Calls("views.publish"); n != shown {
					t.Errorf("it was shown %d times while nothing happened", n-shown)
				}
				time.Sleep(homeTime)
				w.slack.Slash("U0VERA", "C0INSIDE", "/request", "solve R-1")
				time.Sleep(5 * time.Second)
				if n := w.slack.Calls("views.publish"); n != shown {
					t.Error("it was shown when nobody looked any more")
				}
				w.stop()
			})
		})
	}
}

func TestTheHomeOfAClientShowsTheirOwnRequestsAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWhole(t, Config{SigningSecret: signing}, slacktest.Options{}, 2*time.Second)
		time.Sleep(time.Second)
		w.slack.Say("U0OWEN", "C0SUPPORT", "", "<@"+slacktest.BotUser+"> the logo is blurred")
		w.slack.Slash("U0INGA", "C0INSIDE", "/request", "a secret of ours")
		time.Sleep(5 * time.Second)
		w.slack.OpenHome("U0OWEN")
		time.Sleep(5 * time.Second)
		got := w.home("U0OWEN")
		if !strings.Contains(got, "the logo is blurred") || strings.Contains(got, "secret") || strings.Contains(got, "Take") || strings.Contains(got, "L1") {
			t.Errorf("got\n%s", got)
		}
		w.stop()
	})
}

func TestANewRequestIsFiledFromTheHomeWithWhatItsKindNeeds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWhole(t, Config{SigningSecret: signing}, slacktest.Options{}, 2*time.Second)
		time.Sleep(time.Second)
		w.slack.OpenHome("U0INGA")
		time.Sleep(5 * time.Second)
		if _, err := w.slack.PressHome("U0INGA", "New request"); err != nil {
			t.Fatal(err)
		}
		if got := w.slack.Inputs("U0INGA"); !slices.Equal(got, []string{"text", "kind", "goal", "tried"}) {
			t.Errorf("asked for %q", got)
		}
		if err := w.slack.Choose("U0INGA", "kind", "bug"); err != nil {
			t.Fatal(err)
		}
		asked := w.slack.Inputs("U0INGA")
		if !slices.Equal(asked, []string{"text~1", "kind~1", "steps~1", "expected~1", "where~1"}) {
			t.Fatalf("of a bug asked for %q", asked)
		}
		if _, err := w.slack.Submit("U0INGA", map[string]string{"text~1": "checkout is broken", "steps~1": "press Pay"}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(5 * time.Second)
		var r bot.Request
		if err := w.store.View(t.Context(), func(v bot.View) (err error) { r, err = v.Request(1); return err }); err != nil {
			t.Fatal(err)
		}
		if r.Kind != bot.KindBug || r.Fields["steps"] != "press Pay" || r.Words != "checkout is broken" || len(r.Fields) != 1 {
			t.Errorf("filed %+v", r)
		}
		w.stop()
	})
}

func TestARemindersButtonsWorkInTheHome(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWhole(t, Config{SigningSecret: signing}, slacktest.Options{}, 2*time.Second)
		time.Sleep(time.Second)
		for _, text := range []string{"me call Harbor in 2 hours", "me send the invoice in 3 hours", "me water the plants in 10 minutes"} {
			w.slack.Slash("U0VERA", "C0INSIDE", "/nudge", text)
			time.Sleep(time.Second)
		}
		time.Sleep(30 * time.Minute)
		w.slack.OpenHome("U0VERA")
		time.Sleep(5 * time.Second)
		before := w.home("U0VERA")
		lines := []string{"You will be reminded\nnot done, since ", "water the plants\n[Done] [Later…] [Cancel]\n", "call Harbor\n[Done] [Later…] [Cancel]\n", "send the invoice\n[Done] [Later…] [Cancel]"}
		for _, want := range lines {
			if !strings.Contains(before, want) {
				t.Errorf("there is no %q in\n%s", want, before)
			}
		}
		press := func(act, value string) {
			t.Helper()
			if ack := w.slack.PressHomeValue("U0VERA", act, value); !ack.Taken {
				t.Fatalf("%s %s was not taken", act, value)
			}
			time.Sleep(5 * time.Second)
		}
		press("act:nudge#0", "done N-3")
		press("act:nudge#2", "cancel N-1")
		press("act:nudgechange#1", "N-2")
		if _, err := w.slack.Submit("U0VERA", map[string]string{"when": "in 5 hours"}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(5 * time.Second)
		after := w.home("U0VERA")
		if strings.Contains(after, "water the plants") || strings.Contains(after, "call Harbor") || !strings.Contains(after, "send the invoice") {
			t.Errorf("after done, cancel and later:\n%s", after)
		}
		states := map[int64]bot.ReminderState{1: bot.ReminderCancelled, 2: bot.ReminderActive, 3: bot.ReminderDone}
		if err := w.store.View(t.Context(), func(v bot.View) error {
			for n, want := range states {
				r, err := v.Reminder(n)
				if err != nil {
					return err
				}
				if r.State != want || n == 2 && time.Until(r.NextAt) < 4*time.Hour {
					t.Errorf("%s is %s, at %s", r.ID(), r.State, r.NextAt)
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		w.stop()
	})
}

func TestTheHomeSaysWhoIsThereAtEachLevel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(time.Date(2026, time.March, 4, 20, 0, 0, 0, time.UTC)))
		w := newWhole(t, Config{SigningSecret: signing}, slacktest.Options{}, 2*time.Second)
		day, err := calendar.ParseHours("Mon-Fri 09:00-18:00")
		if err != nil {
			t.Fatal(err)
		}
		w.change(func(s *bot.Settings) {
			people := slices.Clone(s.People)
			people[0].Level, people[0].Hours = 3, day
			s.People = people
		})
		time.Sleep(time.Second)
		w.slack.OpenHome("U0INGA")
		time.Sleep(5 * time.Second)
		if got := w.home("U0INGA"); !strings.Contains(got, "Who is there\nL1  Inga\nL3  Vera, from Thu 5 Mar 06:00 UTC\n") {
			t.Errorf("got\n%s", got)
		}
		w.slack.OpenHome("U0OWEN")
		time.Sleep(5 * time.Second)
		if got := w.home("U0OWEN"); strings.Contains(got, "Who is there") {
			t.Errorf("somebody outside of the team is told\n%s", got)
		}
		w.stop()
	})
}
