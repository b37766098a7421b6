package storagetest

import (
	"errors"
	"testing"
	"time"

	"meridian/bot"
)

// life moves one request through its days.
type life struct {
	t *testing.T
	s bot.Store
	c *clock
}

func (l life) file() bot.Request { return save(l.t, l.s, newRequest("r")) }

func (l life) change(r bot.Request, do func(r *bot.Request) *bot.Error) bot.Request {
	l.t.Helper()
	if refused := do(&r); refused != nil {
		l.t.Fatal(refused)
	}
	return save(l.t, l.s, r)
}

func (l life) solve(r bot.Request) bot.Request {
	return l.change(r, func(r *bot.Request) *bot.Error { return r.Solve(bot.Person{ID: "web:inga"}, l.c.now()) })
}

func (l life) closed(r bot.Request) bot.Request {
	return l.change(r, func(r *bot.Request) *bot.Error { return r.Close(l.c.now()) })
}

func (l life) back(r bot.Request) bot.Request {
	return l.change(r, func(r *bot.Request) *bot.Error { r.BackAt = l.c.now(); return r.Reopen() })
}

func (l life) takeBack(r bot.Request) bot.Request {
	return l.change(r, func(r *bot.Request) *bot.Error { r.TakeBack(); return nil })
}

// days: what was filed and what ended is counted on its day. A day is as long as
// it is; its first instant is its own and its last is not.
func days(t *testing.T, f Fixture) {
	c := newClock() // Monday 09:00
	s := f.open(t, c.now)
	l := life{t, s, c}
	midnight := c.now().Add(-9 * time.Hour)
	bounds := []time.Time{midnight.AddDate(0, 0, -1), midnight, midnight.AddDate(0, 0, 1), midnight.AddDate(0, 0, 2).Add(time.Hour), midnight.AddDate(0, 0, 3)}
	want := func(name string, counts ...bot.DayCount) {
		t.Helper()
		view(t, s, func(v bot.View) error {
			got, err := v.DigestDays(bounds)
			sameList(t, name, got, counts)
			return err
		})
	}
	want("nothing", bot.DayCount{}, bot.DayCount{}, bot.DayCount{}, bot.DayCount{})
	first, private := l.file(), newRequest("secret")
	private.Private = true
	private = save(t, s, private)
	early := newRequest("early")
	early.CreatedAt = midnight.Add(-time.Millisecond)
	save(t, s, early)
	early.CreatedAt = midnight
	early = save(t, s, early)
	want("filed", bot.DayCount{Filed: 1}, bot.DayCount{Filed: 3}, bot.DayCount{}, bot.DayCount{})
	first = l.solve(first)
	first.Confirmed = true
	first = l.closed(first) // a day has no request twice
	private = l.takeBack(l.solve(private))
	want("solved, and one taken back", bot.DayCount{Filed: 1}, bot.DayCount{Filed: 3, Solved: 1}, bot.DayCount{}, bot.DayCount{})
	c.advance(day)
	first = l.solve(l.back(first)) // it was solved on both days
	c.advance(time.Minute)
	first = l.solve(l.back(first)) // once on each
	l.closed(early)
	want("came back and solved again", bot.DayCount{Filed: 1}, bot.DayCount{Filed: 3, Solved: 1}, bot.DayCount{Solved: 2}, bot.DayCount{})
	l.back(first)
	want("came back for good", bot.DayCount{Filed: 1}, bot.DayCount{Filed: 3, Solved: 1}, bot.DayCount{Solved: 2}, bot.DayCount{})
	c.advance(16*time.Hour - time.Minute - time.Millisecond) // 01:00 of the day after, the last millisecond of a day of 25 hours
	l.solve(private)
	c.advance(time.Millisecond)
	l.file()
	want("days of other lengths", bot.DayCount{Filed: 1}, bot.DayCount{Filed: 3, Solved: 1}, bot.DayCount{Solved: 3}, bot.DayCount{Filed: 1})
	update(t, s, func(tx bot.Tx) error {
		r, err := tx.Request(private.Number)
		wantIs(t, tx.Savepoint(func() error {
			r.TakeBack()
			return errors.Join(tx.SaveRequest(&r), errWanted)
		}), errWanted)
		return err
	})
	want("what was rolled back", bot.DayCount{Filed: 1}, bot.DayCount{Filed: 3, Solved: 1}, bot.DayCount{Solved: 3}, bot.DayCount{Filed: 1})
	sampled := newRequest("sample")
	sampled.Number = -1
	l.solve(save(t, s, sampled))
	want("the sample day", bot.DayCount{Filed: 1}, bot.DayCount{Filed: 3, Solved: 1}, bot.DayCount{Solved: 3}, bot.DayCount{Filed: 1})
	view(t, s, func(v bot.View) error {
		none, err := v.DigestDays(bounds[:1])
		same(t, "days between one instant", len(none), 0)
		return err
	})
	c.advance(59 * day)
	sweepAll(t, s, c.now())
	want("after 60 days", bot.DayCount{}, bot.DayCount{}, bot.DayCount{Solved: 3}, bot.DayCount{Filed: 1})
}

// movedDays: what came over from another desk is filed on the day on which
// somebody first acts on it, and what had ended there never is.
func movedDays(t *testing.T, f Fixture) {
	c := newClock()
	s := f.open(t, c.now)
	l := life{t, s, c}
	moved := func(state bot.State) bot.Request {
		r := newRequest("r")
		r.State, r.Was, r.CreatedAt, r.UpdatedAt = state, &bot.Was{Desk: "Zammad", Number: "1"}, c.now().Add(-time.Hour), c.now()
		return save(t, s, r)
	}
	first, second, ended := moved(bot.New), moved(bot.Open), moved(bot.Closed)
	moved(bot.New)
	count := func(name string, want bot.DayCount) {
		t.Helper()
		view(t, s, func(v bot.View) error {
			got, err := v.DigestDays([]time.Time{c.now().Add(-10 * time.Hour), c.now().Add(time.Hour)})
			sameList(t, name, got, []bot.DayCount{want})
			return err
		})
	}
	count("nobody has acted", bot.DayCount{})
	first.Assignee = "web:inga"
	first = save(t, s, first)
	l.solve(second)
	save(t, s, first)
	count("two were acted on", bot.DayCount{Filed: 2, Solved: 1})
	ended.Tags = []string{"kept"}
	ended = save(t, s, ended)
	l.solve(l.back(ended))
	count("one that had ended came back", bot.DayCount{Filed: 2, Solved: 2})
}
