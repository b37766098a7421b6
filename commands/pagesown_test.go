package commands_test

import (
	"strings"
	"testing"
	"time"

	"meridian/bot"
	"meridian/bot/say"
)

// Who never says that a reminder is done still sees what comes.
func TestRemindersThatWereSaidDoNotPushOutThoseToCome(t *testing.T) {
	d := newDesk(t)
	at := time.Date(2030, 3, 3, 10, 0, 0, 0, time.UTC)
	save := func(text string, state bot.ReminderState, hours int) {
		d.change(func(tx bot.Tx) error {
			r := bot.Reminder{Owner: "web:inga", Text: text, State: state, Place: bot.Direct("web:inga")}
			if state == bot.ReminderFired {
				r.FiredAt = at.Add(time.Duration(hours) * time.Hour)
			} else {
				r.NextAt = at.Add(time.Duration(hours) * time.Hour)
			}
			return tx.SaveReminder(&r)
		})
	}
	check := func(want ...string) {
		t.Helper()
		err := d.store.View(t.Context(), func(v bot.View) error {
			all, err := bot.PagesFor(v, "web:inga").Reminders(5)
			for i, r := range all {
				if i >= len(want) || r.Text != want[i] {
					t.Errorf("number %d of %d is %q; wanted are %v", i, len(all), r.Text, want)
				}
			}
			if len(all) != len(want) {
				t.Errorf("there are %d, wanted are %v", len(all), want)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	check()
	for i, text := range []string{"a", "b", "c", "d", "e", "f"} {
		save(text, bot.ReminderFired, -6+i)
	}
	check("b", "c", "d", "e", "f")
	save("tomorrow", bot.ReminderActive, 24)
	check("c", "d", "e", "f", "tomorrow")
	for i, text := range []string{"3rd", "2nd", "1st"} {
		save(text, bot.ReminderActive, 3-i)
	}
	check("e", "f", "1st", "2nd", "3rd")
}

func TestTheListOfRemindersNamesWhatComesAndCountsTheRest(t *testing.T) {
	d := newDesk(t)
	d.change(func(tx bot.Tx) error {
		for i := range 21 {
			r := bot.Reminder{Owner: "web:inga", Text: "said", State: bot.ReminderFired, FiredAt: time.Now(), Place: bot.Direct("web:inga")}
			if i == 20 {
				r = bot.Reminder{Owner: "web:inga", Text: "to come", State: bot.ReminderActive, NextAt: time.Now().Add(time.Hour), Place: bot.Direct("web:inga")}
			}
			if err := tx.SaveReminder(&r); err != nil {
				return err
			}
		}
		return nil
	})
	d.must(bot.Event{Place: bot.Direct("web:inga"), Actor: actor("inga"), Body: bot.Commanded{Slash: "nudge", Text: "list"}})
	all := d.outbox()
	words, err := say.New()
	if err != nil || len(all) != 1 {
		t.Fatalf("%v, %d answers", err, len(all))
	}
	got := all[0].Message.Text.Plain(words, time.UTC)
	if !strings.Contains(got, "to come") || !strings.Contains(got, "6 more") {
		t.Errorf("the list is\n%s", got)
	}
}
