package storagetest

import (
	"errors"
	"slices"
	"testing"
	"time"

	"meridian/bot"
)

func reminders(t *testing.T, f Fixture) {
	c := newClock()
	s := f.open(t, c.now)
	team := bot.Place{Adapter: "web", Channel: "team"}
	put := func(r bot.Reminder) bot.Reminder {
		update(t, s, func(tx bot.Tx) error { return tx.SaveReminder(&r) })
		return r
	}
	hour := func(n int) time.Time { return c.now().Add(time.Duration(n) * time.Hour) }
	mine := put(bot.Reminder{Owner: "web:inga", Place: bot.Direct("web:inga"), Text: "call Harbor", Request: 12, Client: "Harbor", Zone: "Europe/Minsk", NextAt: hour(5), State: bot.ReminderActive})
	weekly := put(bot.Reminder{Owner: "web:vera", Place: team, Text: "stand-up", Spec: "30 9 * * 1", Zone: "Europe/Minsk", NextAt: hour(3), Missed: bot.MissedAll, State: bot.ReminderActive})
	fixed := put(bot.Reminder{Schedule: "report", Place: team, Text: "report", Spec: "0 9 1 * *", Zone: "UTC", NextAt: hour(9), State: bot.ReminderActive})
	over := put(bot.Reminder{Owner: "web:inga", Place: bot.Direct("web:inga"), Text: "lunch", Zone: "UTC", State: bot.ReminderDone})
	sameList(t, "numbers", []int64{mine.Number, weekly.Number, fixed.Number, over.Number}, []int64{1, 2, 3, 4})
	list := func(q bot.ReminderQuery) (ids []int64) {
		view(t, s, func(v bot.View) error {
			all, err := v.Reminders(q)
			for _, r := range all {
				ids = append(ids, r.Number)
			}
			n, err2 := v.CountReminders(q)
			if err2 != nil || n != len(all) {
				t.Errorf("%+v counts %d of %d: %v", q, n, len(all), err2)
			}
			return err
		})
		return ids
	}
	active := []bot.ReminderState{bot.ReminderActive}
	sameList(t, "those to come, the next first", list(bot.ReminderQuery{States: active}), []int64{2, 1, 3})
	sameList(t, "of a person", list(bot.ReminderQuery{Owner: "web:inga"}), []int64{4, 1})
	sameList(t, "of a channel", list(bot.ReminderQuery{Place: team, States: active}), []int64{2, 3})
	sameList(t, "of a channel before an instant", list(bot.ReminderQuery{Place: team, States: active, Before: hour(9)}), []int64{2})
	sameList(t, "of the configuration", list(bot.ReminderQuery{Schedule: true}), []int64{3})
	sameList(t, "by number", list(bot.ReminderQuery{After: 1}), []int64{2, 3, 4})
	mine.State, mine.FiredAt, mine.NextAt = bot.ReminderFired, mine.NextAt, time.Time{}
	put(mine)
	view(t, s, func(v bot.View) error {
		got, err := v.Reminder(mine.Number)
		if err != nil || got.State != bot.ReminderFired || !got.FiredAt.Equal(mine.FiredAt) || !got.NextAt.IsZero() || got.Request != 12 || got.Client != "Harbor" || got.Text != "call Harbor" {
			t.Errorf("it comes back as %+v, %v", got, err)
		}
		_, err = v.Reminder(99)
		wantIs(t, err, bot.ErrNotFound)
		return nil
	})
	c.advance(31 * day)
	sweepAll(t, s, c.now())
	sameList(t, "a month after it was over", list(bot.ReminderQuery{Owner: "web:inga"}), []int64{1})
}

func digests(t *testing.T, f Fixture) {
	c := newClock()
	s := f.open(t, c.now)
	run := func(name string, days, solved int) bot.DigestRun {
		at := newClock().now().Add(time.Duration(days) * day)
		d := bot.DigestRun{Name: name, At: at, Told: at.Add(time.Second), Open: 23, Highest: 1284, Solved: solved, Place: bot.Place{Adapter: "web", Channel: name},
			Lines: [][]bot.Part{{bot.Quote("line")}}, Takes: map[int64]int{1279: 0}, Buttons: []bot.Button{{Act: "list"}},
			Chart: &bot.Chart{Title: bot.Say("digest.chart"), Series: []bot.Series{{Values: []int{3, 0}}}}}
		update(t, s, func(tx bot.Tx) error { return tx.SaveDigest(d) })
		return d
	}
	monday, tuesday, _ := run("team", 0, 5), run("team", 1, 7), run("other", 2, 100)
	view(t, s, func(v bot.View) error {
		last, err := v.LastDigest("team")
		if err != nil || !last.At.Equal(tuesday.At) || !last.Told.Equal(tuesday.Told) || last.Open != 23 || last.Highest != 1284 || last.Solved != 7 || last.Lines != nil || last.Chart != nil {
			t.Errorf("the last one is %+v, %v", last, err)
		}
		_, err = v.LastDigest("none")
		wantIs(t, err, bot.ErrNotFound)
		solved, first, err := v.DigestSolved("team", monday.At.Add(-time.Hour))
		if err != nil || solved != 12 || !first.Equal(monday.At) {
			t.Errorf("solved: %d since %s, %v", solved, first, err)
		}
		if solved, first, err = v.DigestSolved("team", tuesday.At); err != nil || solved != 0 || !first.IsZero() {
			t.Errorf("solved since the last: %d since %s, %v", solved, first, err)
		}
		return nil
	})
	monday.Lines = [][]bot.Part{{bot.Quote("another")}}
	update(t, s, func(tx bot.Tx) error {
		if err := tx.SetTimer(bot.Timer{Key: "digest:team", What: "digest", Object: "digest:team", At: c.now()}); err != nil {
			return err
		}
		return tx.SaveDigest(monday)
	})
	view(t, s, func(v bot.View) error {
		got, err := v.DigestRun("team", monday.At)
		if err != nil || got.Lines[0][0].Text != "another" || len(got.Takes) != 1 || len(got.Buttons) != 1 || got.Chart == nil || got.Chart.Series[0].Values[0] != 3 || !got.Told.Equal(monday.Told) {
			t.Errorf("after a change: %+v, %v", got, err)
		}
		timer, err := v.Timer("digest:team")
		if err != nil || !timer.At.Equal(c.now()) {
			t.Errorf("the timer is %+v, %v", timer, err)
		}
		_, err = v.Timer("none")
		wantIs(t, err, bot.ErrNotFound)
		return nil
	})
	c.advance(61 * day)
	sweepAll(t, s, c.now())
	view(t, s, func(v bot.View) error {
		_, err := v.DigestRun("team", monday.At)
		wantIs(t, err, bot.ErrNotFound)
		_, err = v.LastDigest("team")
		return err
	})
}

func groups(t *testing.T, f Fixture) {
	c := newClock()
	s := f.open(t, c.now)
	put := func(change func(r *bot.Request)) bot.Request {
		r := newRequest("r")
		change(&r)
		return save(t, s, r)
	}
	put(func(r *bot.Request) { r.State = bot.Closed })
	put(func(r *bot.Request) {}) // 2: nobody has it
	c.advance(time.Hour)
	since := c.now()
	c.advance(time.Hour)
	put(func(r *bot.Request) { r.Class = bot.Expedite }) // 3
	put(func(r *bot.Request) {
		r.State, r.Assignee, r.AnsweredAt, r.OwedSince = bot.Open, "web:timur", since, c.now()
	}) // 4
	put(func(r *bot.Request) {
		r.State, r.Assignee, r.AnsweredAt, r.OwedSince = bot.Open, "web:timur", since, since
	}) // 5: owed for longer
	put(func(r *bot.Request) { r.State, r.Assignee, r.AnsweredAt = bot.Open, "web:timur", since }) // 6: nothing is owed
	put(func(r *bot.Request) { r.State, r.Since = bot.Waiting, since })
	put(func(r *bot.Request) { r.State, r.WaitingFor, r.Since = bot.Waiting, "the hosting", since })
	put(func(r *bot.Request) { r.State, r.Until = bot.Snoozed, since })
	put(func(r *bot.Request) { r.State, r.Silence = bot.New, &bot.Silence{Asked: since, Back: c.now()} }) // 10: drafted
	back := put(func(r *bot.Request) { r.State, r.Assignee, r.BackAt = bot.Open, "web:inga", c.now() })   // 11
	put(func(r *bot.Request) { r.State, r.BackAt = bot.Solved, c.now() })                                 // 12
	numbers := func(all []bot.Request, err error) []int64 {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		ids := []int64{}
		for _, r := range all {
			ids = append(ids, r.Number)
		}
		return ids
	}
	view(t, s, func(v bot.View) error {
		err := sameGroups(t, v)
		us := func(q bot.QueueQuery) bot.QueueQuery { q.Owes = bot.OwesUs; return q }
		lists, err2 := v.Queues(us(bot.QueueQuery{Unowned: true}), us(bot.QueueQuery{Ranked: true, Rank: bot.RankStandard}),
			us(bot.QueueQuery{Ranked: true, Rank: bot.RankStandard, Limit: 1}), us(bot.QueueQuery{Ranked: true, Rank: bot.RankStandard, Owned: true}),
			us(bot.QueueQuery{Ranked: true, Rank: bot.RankExpedite}), us(bot.QueueQuery{Ranked: true, Rank: bot.RankDrafted}),
			us(bot.QueueQuery{Limit: 5}), bot.QueueQuery{Owes: bot.OwesClient}, bot.QueueQuery{Owes: bot.OwesOther}, bot.QueueQuery{Owes: bot.OwesNobody})
		if err2 != nil {
			return err2
		}
		for i, want := range []struct {
			name    string
			numbers []int64
		}{
			{"nobody has", []int64{2, 3, 10}}, {"normal ones, longest owed first", []int64{2, 5, 4, 11}}, {"the first of them", []int64{2}},
			{"normal ones that somebody has", []int64{5, 4, 11}}, {"urgent ones", []int64{3}}, {"drafted", []int64{10}},
			{"all, longest owed first", []int64{6, 2, 5, 3, 4}}, {"of the client", []int64{7}}, {"of others", []int64{8}}, {"paused", []int64{9}},
		} {
			sameList(t, want.name, numbers(lists[i], nil), want.numbers)
		}
		sameChanges(t, v, since, c.now())
		sameList(t, "returned", numbers(v.Returned(since, 10)), []int64{12, 11})
		highest, err7 := v.HighestRequest()
		same(t, "the highest", highest, int64(12))
		return errors.Join(err, err7)
	})
	back.State, back.Assignee = bot.Closed, ""
	save(t, s, back)
	view(t, s, func(v bot.View) error {
		changes, err := v.QueueChanges(bot.ChangesQuery{After: 100, Since: since})
		same(t, "open again, once it is closed", changes.Reopened, 0)
		return err
	})
}

// movedGroups: what came over from another desk is in no count until somebody
// acts on it here; then it is new.
func movedGroups(t *testing.T, f Fixture) {
	c := newClock()
	s := f.open(t, c.now)
	moved := func(state bot.State) bot.Request {
		r := newRequest("r")
		r.State, r.Assignee, r.Was, r.CreatedAt = state, "", &bot.Was{Desk: "Zammad", Number: "1"}, c.now().AddDate(-1, 0, 0)
		return save(t, s, r)
	}
	counted := func(owed, fresh, reopened int) {
		t.Helper()
		view(t, s, func(v bot.View) error {
			counts, err := v.QueueCounts()
			sum := 0
			for _, q := range counts {
				if q.Owes != bot.OwesMoved {
					sum += q.Count
				}
			}
			same(t, "open", sum, owed)
			changes, err2 := v.QueueChanges(bot.ChangesQuery{After: 1, Since: c.now().Add(-time.Minute)})
			same(t, "new", changes.New, fresh)
			same(t, "open again", changes.Reopened, reopened)
			all, err3 := v.Queues(bot.QueueQuery{Owes: bot.OwesMoved})
			if err := errors.Join(err, err2, err3); err != nil {
				return err
			}
			same(t, "that nobody has looked at", len(all[0]), 3-fresh)
			same(t, "that nobody has looked at, counted", countOf(counts, bot.OwesMoved), 3-fresh)
			return nil
		})
	}
	first, paused, ended := moved(bot.New), moved(bot.Snoozed), moved(bot.Closed)
	moved(bot.Waiting)
	c.advance(time.Hour)
	counted(0, 0, 0)
	first.State, first.Assignee = bot.Open, "web:inga"
	first = save(t, s, first)
	counted(1, 1, 0)
	paused.State = bot.Closed
	save(t, s, paused)
	counted(1, 2, 0)
	ended.Tags = []string{"kept"} // nobody opens it
	ended = save(t, s, ended)
	counted(1, 2, 0)
	ended.State, ended.BackAt = bot.Open, c.now()
	save(t, s, ended)
	counted(2, 2, 1)
	c.advance(time.Hour)
	save(t, s, first) // new once
	view(t, s, func(v bot.View) error {
		changes, err := v.QueueChanges(bot.ChangesQuery{After: 1, Since: c.now()})
		same(t, "new later", changes.New, 0)
		return err
	})
}

// sameChanges checks what has changed since an hour in which two were filed, and
// two came back, of which one is open.
func sameChanges(t *testing.T, v bot.View, since, now time.Time) {
	t.Helper()
	for _, tt := range []struct {
		name string
		q    bot.ChangesQuery
		want bot.Changes
	}{
		{"changes", bot.ChangesQuery{After: 2, Since: since, Lately: since}, bot.Changes{Highest: 12, New: 10, Returned: 2, BackLately: 2}},
		{"changes, of all numbers", bot.ChangesQuery{Since: since, Lately: now}, bot.Changes{Highest: 12, New: 10, Returned: 2}},
		{"changes of known numbers", bot.ChangesQuery{After: 100, Since: since}, bot.Changes{Highest: 12, Returned: 2, Reopened: 1, BackLately: 2}},
		{"nothing since", bot.ChangesQuery{After: 10, Since: now, Lately: now}, bot.Changes{Highest: 12, New: 2}},
	} {
		got, err := v.QueueChanges(tt.q)
		if err != nil {
			t.Error(err)
		}
		same(t, tt.name, got, tt.want)
	}
}

// recovered counts what recovered since an instant, of the sample day nothing.
func recovered(t *testing.T, f Fixture) {
	c := newClock()
	s := f.open(t, c.now)
	group := func(key string, number int64, took time.Duration, fires bool) {
		g := bot.AlertGroup{Hook: "prom", Key: key, Number: number, Title: key, StartedAt: c.now().Add(-took), EndedAt: c.now()}
		if fires {
			g.EndedAt = time.Time{}
		}
		update(t, s, func(tx bot.Tx) error { return tx.SaveAlertGroup(&g) })
	}
	group("early", 0, 9*time.Hour, false)
	since := c.now()
	c.advance(time.Hour)
	count := func(want int, title string) {
		t.Helper()
		view(t, s, func(v bot.View) error {
			n, longest, err := v.Recovered(since)
			same(t, "recovered", n, want)
			same(t, "the longest", longest.Title, title)
			return err
		})
	}
	count(0, "")
	group("short", 0, time.Minute, false)
	group("long", 0, 41*time.Minute, false)
	group("fires", 0, 5*time.Hour, true)
	group("sample", -1, 6*time.Hour, false)
	count(2, "long")
}

// countOf is how many requests are in a group.
func countOf(counts []bot.QueueCount, owes bot.Owes) (n int) {
	for _, c := range counts {
		if c.Owes == owes {
			n += c.Count
		}
	}
	return n
}

// sameGroups checks who owes the next step of how many.
func sameGroups(t *testing.T, v bot.View) error {
	t.Helper()
	counts, err := v.QueueCounts()
	want := []bot.QueueCount{{Owes: bot.OwesClient, Count: 1, Oldest: 7}, {Owes: bot.OwesOther, Count: 1, Oldest: 8}, {Owes: bot.OwesNobody, Count: 1, Oldest: 9},
		{Owes: bot.OwesUs, Count: 3, Oldest: 2}, {Owes: bot.OwesUs, Assignee: "web:inga", Count: 1, Oldest: 11}, {Owes: bot.OwesUs, Assignee: "web:timur", Count: 3, Oldest: 4}}
	slices.SortFunc(counts, func(a, b bot.QueueCount) int {
		return slices.Compare([]byte(a.Owes+"/"+bot.Owes(a.Assignee)), []byte(b.Owes+"/"+bot.Owes(b.Assignee)))
	})
	sameList(t, "counts", counts, want)
	return err
}
