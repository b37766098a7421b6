package storage

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"meridian/bot"
)

// What a digest and a suggestion read comes from indexes, whatever the number
// of requests that have ended.
func TestHowThingsStandIsReadFromIndexes(t *testing.T) {
	s := openFor(t, "sqlite:"+filepath.Join(t.TempDir(), "meridian.db"), Options{})
	defer s.Close()
	fill(t, s, 2000)
	now, support := time.Now(), bot.Place{Adapter: "web", Channel: "support"}
	for _, tt := range []struct {
		name string
		read func(v bot.View) error
		want string // an index that must serve it
	}{
		{"counts", func(v bot.View) error { _, err := v.QueueCounts(); return err }, "COVERING INDEX requests_owes"},
		{"what nobody has", func(v bot.View) error {
			_, err := v.Queue(bot.QueueQuery{Owes: bot.OwesUs, Unowned: true})
			return err
		}, "requests_owes"},
		{"what is owed", func(v bot.View) error {
			_, err := v.Queue(bot.QueueQuery{Owes: bot.OwesUs, Ranked: true, Rank: bot.RankStandard})
			return err
		}, "requests_owed"},
		{"whom we wait for", func(v bot.View) error { _, err := v.Queue(bot.QueueQuery{Owes: bot.OwesClient}); return err }, "requests_ow"},
		{"what is new", func(v bot.View) error { _, err := v.CountNew(1990, now); return err }, "PRIMARY KEY"},
		{"what came back", func(v bot.View) error { _, err := v.Returned(now, 2); return err }, "requests_back"},
		{"how much came back", func(v bot.View) error { _, err := v.CountReturned(now); return err }, "COVERING INDEX requests_back"},
		{"what is open again", func(v bot.View) error { _, err := v.CountReopened(7, now); return err }, "requests_"},
		{"the digest before", func(v bot.View) error { _, err := v.LastDigest("team"); return ignoreMissing(err) }, "digests"},
		{"questions", func(v bot.View) error { _, err := v.SuggestionTallies(now); return err }, "suggestions_asked"},
		{"a question", func(v bot.View) error { _, err := v.SuggestionAt(support, "m"); return ignoreMissing(err) }, "suggestions"},
		{"questions that wait", func(v bot.View) error {
			_, err := v.Suggestions(bot.SuggestionQuery{Place: support, States: []bot.SuggestionState{bot.SuggestionWaiting}})
			return err
		}, "suggestions_waiting"},
		{"what helped nobody", func(v bot.View) error {
			_, err := v.Suggestions(bot.SuggestionQuery{Who: "web:owen", States: []bot.SuggestionState{bot.SuggestionMissed}})
			return err
		}, "suggestions_missed"},
		{"a person's reminders", func(v bot.View) error {
			_, err := v.Reminders(bot.ReminderQuery{Owner: "web:inga", States: []bot.ReminderState{bot.ReminderActive}})
			return err
		}, "reminders_owner"},
		{"a channel's reminders", func(v bot.View) error {
			_, err := v.Reminders(bot.ReminderQuery{Place: support, States: []bot.ReminderState{bot.ReminderActive}, Before: now})
			return err
		}, "reminders_place"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			all := plans(t, s, tt.read)
			if plan := strings.Join(all, "\n"); !strings.Contains(plan, tt.want) {
				t.Errorf("it does not use %s:\n%s", tt.want, plan)
			}
			for _, step := range all {
				if strings.HasPrefix(step, "SCAN ") && !strings.Contains(step, "USING") {
					t.Errorf("a whole table is read: %s", step)
				}
			}
		})
	}
}

func ignoreMissing(err error) error {
	if isMissing(err) {
		return nil
	}
	return err
}
