package storage

import (
	"path/filepath"
	"slices"
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
	queue := func(qs ...bot.QueueQuery) func(v bot.View) error {
		return func(v bot.View) error { _, err := v.Queues(qs...); return err }
	}
	for _, tt := range []struct {
		name string
		read func(v bot.View) error
		want string // an index that must serve it
	}{
		{"counts", func(v bot.View) error { _, err := v.QueueCounts(); return err }, "COVERING INDEX requests_owes"},
		{"what nobody has", queue(bot.QueueQuery{Owes: bot.OwesUs, Unowned: true}), "COVERING INDEX requests_owes"},
		{"what is owed", queue(bot.QueueQuery{Owes: bot.OwesUs, Ranked: true, Rank: bot.RankStandard, Owned: true}), "COVERING INDEX requests_owed (owes=? AND rank=? AND owed_at>?"},
		{"whom we wait for", queue(bot.QueueQuery{Owes: bot.OwesClient}), "COVERING INDEX requests_owed (owes=? AND rank=?"},
		{"all lists", queue(bot.QueueQuery{Owes: bot.OwesUs, Unowned: true}, bot.QueueQuery{Owes: bot.OwesNobody}), "SEARCH requests USING INTEGER PRIMARY KEY (rowid=?)"},
		{"changes", func(v bot.View) error {
			_, err := v.QueueChanges(bot.ChangesQuery{After: 7, Since: now, Lately: now})
			return err
		}, "COVERING INDEX requests_back (back_at>?)"},
		{"what came back", func(v bot.View) error { _, err := v.Returned(now, 2); return err }, "requests_back"},
		{"the days of a week", func(v bot.View) error {
			_, err := v.DigestDays([]time.Time{now.AddDate(0, 0, -2), now.AddDate(0, 0, -1), now})
			return err
		}, "COVERING INDEX sqlite_autoindex_turns_1 (what=? AND at>? AND at<?)"},
		{"the digest before", func(v bot.View) error { _, err := v.LastDigest("team"); return ignoreMissing(err) }, "digests"},
		{"questions", func(v bot.View) error { _, err := v.CountQuestions(now); return err }, "COVERING INDEX suggestions_asked"},
		{"questions by channel", func(v bot.View) error { _, err := v.SuggestionTallies(now); return err }, "suggestions_asked"},
		{"questions without an article", func(v bot.View) error { _, err := v.Gaps(now, 30); return err }, "suggestions_"},
		{"what fires", func(v bot.View) error { _, err := v.FiringTitles(100); return err }, "COVERING INDEX alerts_firing"},
		{"a question", func(v bot.View) error { _, err := v.SuggestionAt(support, "m"); return ignoreMissing(err) }, "suggestions"},
		{"questions that wait", func(v bot.View) error {
			_, err := v.Suggestions(bot.SuggestionQuery{Place: support, States: []bot.SuggestionState{bot.SuggestionWaiting}})
			return err
		}, "suggestions_waiting"},
		{"what helped nobody", func(v bot.View) error {
			_, err := v.Suggestions(bot.SuggestionQuery{Who: "web:owen", States: []bot.SuggestionState{bot.SuggestionMissed}})
			return err
		}, "suggestions_missed"},
		{"what has recovered", func(v bot.View) error { _, _, err := v.Recovered(now); return err }, "COVERING INDEX alert_groups_ended"},
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
				table, scans := strings.CutPrefix(step, "SCAN ") // what is no table was read from one
				if scans && slices.Contains([]string{"requests", "r", "suggestions", "alerts", "digests", "reminders", "turns"}, table) {
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
