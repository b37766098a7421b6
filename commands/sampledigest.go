package commands

import (
	"slices"
	"sort"
	"strconv"
	"time"

	"meridian/bot"
)

// sampleDigest tells the digest of the sample day, as it would be told on a
// Monday.
func sampleDigest(tx bot.Tx, e bot.Event) error {
	d := &sampleDay{tx: tx, e: e, s: tx.Settings(), now: tx.Now()}
	if !d.channels() {
		return bot.Refuse("refuse.sample_where")
	}
	return tellSample(tx, d.s, d.team, d.now)
}

// tellSample posts it. Its buttons are those that act on a request: the others
// would list real ones.
func tellSample(tx bot.Tx, s *bot.Settings, team bot.Place, at time.Time) error {
	requests, err := bot.Sampled(tx)
	if err != nil {
		return err
	}
	digest := bot.Digest{Name: sampleTimer, Place: team, At: 9 * time.Hour, Zone: s.ZoneOf(bot.Person{}), Week: true}
	st, err := bot.ReadStanding(sampleView{tx, requests, digest, at}, digest)
	if err != nil {
		return err
	}
	_, m := toldMessage(s, st, team, 0)
	acts := func(b bot.Button) bool { return b.Act != "take" }
	m.Buttons, m.More = slices.DeleteFunc(append(m.Buttons, m.More...), acts), nil
	return bot.PostAt(bot.SampleAt(tx, at), bot.Delivery{
		Key: "sample:digest:" + strconv.FormatInt(at.UnixMilli(), 10), To: team, Urgency: bot.UrgentPost, TeamSide: true, Message: m,
	})
}

// sampleView reads the requests of the sample day as if there were no others.
type sampleView struct {
	bot.View
	requests []bot.Request
	digest   bot.Digest
	at       time.Time
}

func (v sampleView) Now() time.Time { return v.at }

// before is the digest before, three days ago.
func (v sampleView) before() time.Time { return v.at.AddDate(0, 0, -3).Add(-time.Hour) }

func (v sampleView) LastDigest(string) (bot.DigestRun, error) {
	changes, _ := v.QueueChanges(bot.ChangesQuery{Since: v.before(), Lately: v.before()})
	open := 0
	for _, r := range v.requests {
		if r.Owes() != "" {
			open++
		}
	}
	return bot.DigestRun{Name: v.digest.Name, At: v.before(), Told: v.before(), Open: max(0, open-changes.New-changes.Returned+2)}, nil
}

func (v sampleView) DigestSolved(string, time.Time) (int, time.Time, error) {
	return 0, time.Time{}, nil
}

// DigestDays counts what came back as solved, too, on the day it was answered.
func (v sampleView) DigestDays(days []time.Time) (out []bot.DayCount, err error) {
	for i := 1; i < len(days); i++ {
		within := func(at time.Time) bool { return !at.Before(days[i-1]) && at.Before(days[i]) }
		filed := v.chosen(func(r bot.Request) bool { return within(r.CreatedAt) })
		solved := v.chosen(func(r bot.Request) bool { return within(r.SolvedAt) || r.Returns > 0 && within(r.AnsweredAt) })
		out = append(out, bot.DayCount{Filed: len(filed), Solved: len(solved)})
	}
	return out, nil
}

func (v sampleView) QueueCounts() (all []bot.QueueCount, err error) {
	for _, r := range v.requests {
		same := func(c bot.QueueCount) bool { return c.Owes == r.Owes() && c.Assignee == r.Assignee }
		if i := slices.IndexFunc(all, same); i >= 0 {
			all[i].Count++
		} else if r.Owes() != "" {
			all = append(all, bot.QueueCount{Owes: r.Owes(), Assignee: r.Assignee, Count: 1, Oldest: r.Number})
		}
	}
	return all, nil
}

func (v sampleView) Queues(qs ...bot.QueueQuery) (lists [][]bot.Request, err error) {
	for _, q := range qs {
		list := v.chosen(func(r bot.Request) bool {
			return r.Owes() == q.Owes && (!q.Unowned || r.Assignee == "") && (!q.Owned || r.Assignee != "") &&
				(!q.Ranked || r.Rank() == q.Rank && !r.OwedAt().IsZero())
		})
		sort.SliceStable(list, func(i, j int) bool { return list[i].OwedAt().Before(list[j].OwedAt()) })
		lists = append(lists, list)
	}
	return lists, nil
}

// QueueChanges counts nothing as open again: those that came back have higher
// numbers.
func (v sampleView) QueueChanges(q bot.ChangesQuery) (c bot.Changes, err error) {
	since := func(at time.Time) int { return len(v.chosen(func(r bot.Request) bool { return r.BackAt.After(at) })) }
	created := v.chosen(func(r bot.Request) bool { return r.CreatedAt.After(q.Since) })
	return bot.Changes{Highest: int64(len(v.requests)), New: len(created), Returned: since(q.Since), BackLately: since(q.Lately)}, nil
}

func (v sampleView) Returned(since time.Time, _ int) ([]bot.Request, error) {
	return v.chosen(func(r bot.Request) bool { return r.BackAt.After(since) }), nil
}

func (v sampleView) HighestRequest() (int64, error) { return int64(len(v.requests)), nil }

func (v sampleView) chosen(by func(bot.Request) bool) (out []bot.Request) {
	for _, r := range v.requests {
		if by(r) {
			out = append(out, r)
		}
	}
	return out
}

// What else a digest reads is not part of the sample day.

func (v sampleView) CountQuestions(time.Time) (c bot.QuestionCounts, err error) { return c, nil }

func (v sampleView) FiringTitles(int) ([]string, error) { return nil, nil }

func (v sampleView) Recovered(time.Time) (n int, g bot.AlertGroup, err error) { return n, g, nil }

func (v sampleView) Reminders(bot.ReminderQuery) ([]bot.Reminder, error) { return nil, nil }
