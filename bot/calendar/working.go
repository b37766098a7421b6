package calendar

import (
	"iter"
	"math"
	"time"
)

// Calendar is when somebody works: a team, a client, or a person. Working time
// is written in wall clock times: when clocks change, people still come at
// nine. An opening that the clocks go forward over is the first instant after
// the gap; of a time that comes twice the first counts.
//
// The zero Calendar is always open, in UTC.
type Calendar struct {
	Zone     *time.Location // nil is UTC
	Hours    Hours
	Holidays Holidays // close the spans that begin on them
}

// horizon is how far ahead work is looked for, in days. A calendar that has
// none for so long has none.
const horizon = 3660

// Always reports whether the calendar never closes, because it has neither
// hours nor holidays.
func (c Calendar) Always() bool { return c.Hours.Always() && c.Holidays.None() }

// Open reports whether somebody works at an instant. A span includes the
// instant of its start, not that of its end.
func (c Calendar) Open(t time.Time) bool {
	for s := range c.stretches(t) {
		return !s.from.After(t)
	}
	return false
}

// WorkingDay reports whether somebody begins to work on the local date of an
// instant.
func (c Calendar) WorkingDay(t time.Time) bool {
	_, ok := c.opening(c.localDay(t))
	return ok
}

// Holiday is the name of the holiday on the local date of an instant.
func (c Calendar) Holiday(t time.Time) (name string, ok bool) {
	return c.Holidays.on(c.localDay(t))
}

// NextOpen is the first instant at or after t when somebody works, in the
// calendar's zone: t itself when it is open. It is false when there is none
// within ten years.
func (c Calendar) NextOpen(t time.Time) (time.Time, bool) {
	for s := range c.stretches(t) {
		if s.from.Before(t) {
			return t.In(c.zone()), true
		}
		return s.from, true
	}
	return time.Time{}, false
}

// NextClose is when the working time that runs at t, or else the next one,
// ends. It is false when none comes, or it does not end within ten years.
func (c Calendar) NextClose(t time.Time) (time.Time, bool) {
	if c.Always() {
		return time.Time{}, false
	}
	var end time.Time
	for s := range c.stretches(t) {
		switch {
		case !end.IsZero() && s.from.After(end):
			return end, true
		case s.to.Sub(t) > horizon*24*time.Hour:
			return time.Time{}, false
		}
		end = s.to
	}
	return end, !end.IsZero()
}

// Add is the instant by which a duration of working time has passed since t,
// the first if there are several: eight hours from nine on end at the close of
// an eight hour day, not at the next opening. Nothing added is t. It is false
// for less than nothing, and when there is not so much work before a hole of
// ten years or the year 10000.
func (c Calendar) Add(t time.Time, d time.Duration) (time.Time, bool) {
	if d <= 0 || c.Always() {
		end := t.Add(d).In(c.zone())
		return end, d >= 0 && end.Year() <= lastYear
	}
	for s := range c.stretches(t) {
		from := s.from
		if from.Before(t) {
			from = t
		}
		if left := s.to.Sub(from); left < d {
			d -= left
			continue
		}
		return from.Add(d).In(c.zone()), true
	}
	return time.Time{}, false
}

// Between is the working time from a to b, negative when b is before a. It
// stops at the longest time.Duration, which is 292 years.
func (c Calendar) Between(a, b time.Time) time.Duration {
	switch {
	case b.Before(a):
		return -c.Between(b, a)
	case c.Always():
		return b.Sub(a)
	}
	var sum time.Duration
	for s := range c.stretches(a) {
		if !s.from.Before(b) {
			break
		}
		if s.from.Before(a) {
			s.from = a
		}
		if s.to.After(b) {
			s.to = b
		}
		if sum += s.to.Sub(s.from); sum < 0 {
			return math.MaxInt64
		}
	}
	return sum
}

// AddDays is the opening of the nth working day after the local date of t: two
// working days from any time on a Wednesday are the opening of Friday, from a
// Saturday that of Tuesday. Nothing added is the next time somebody works. It
// is false for less than nothing, and when the days do not come.
func (c Calendar) AddDays(t time.Time, n int) (time.Time, bool) {
	if n < 0 {
		return time.Time{}, false
	}
	if n == 0 {
		return c.NextOpen(t)
	}
	for date, idle := c.localDay(t)+1, 0; idle < horizon && dateOf(date).Year() <= lastYear; date++ {
		at, ok := c.opening(date)
		if !ok {
			idle++
			continue
		}
		if n--; n == 0 {
			return at, at.Year() <= lastYear
		}
		idle = 0
	}
	return time.Time{}, false
}

// opening is when work begins on a date. On a date that the clocks go forward
// over it does not, though a night's work may be left of it.
func (c Calendar) opening(date int) (time.Time, bool) {
	for s := range c.begunOn(date) {
		return s.from, c.localDay(s.from) == date
	}
	return time.Time{}, false
}

// A stretch is uninterrupted work: from an instant until before another.
type stretch struct{ from, to time.Time }

// begunOn gives the stretches that begin on a date, in order. There are none on
// a holiday, nor where the clocks go forward over all of a span.
func (c Calendar) begunOn(date int) iter.Seq[stretch] {
	return func(yield func(stretch) bool) {
		if _, off := c.Holidays.on(date); off {
			return
		}
		for _, span := range c.Hours.on(dateOf(date).Weekday()) {
			midnight := int64(date) * day
			from := reaches(midnight+int64(span.From)*minute, c.zone())
			to := reaches(midnight+int64(span.To)*minute, c.zone())
			if from.Before(to) && !yield(stretch{from, to}) {
				return
			}
		}
	}
}

// stretches gives the stretches that end after an instant, in order, until none
// has come for ten years.
func (c Calendar) stretches(t time.Time) iter.Seq[stretch] {
	return func(yield func(stretch) bool) {
		if t.Unix() < firstInstant || t.Unix() > lastInstant {
			return
		}
		// A span that began on the day before may run still, and clocks that
		// went back show a date again.
		for date, idle := c.localDay(t)-3, 0; idle < horizon; date++ {
			idle++
			for s := range c.begunOn(date) {
				if s.from.Year() > lastYear {
					return
				}
				if idle = 0; s.to.After(t) && !yield(s) {
					return
				}
			}
		}
	}
}

func (c Calendar) zone() *time.Location {
	if c.Zone == nil {
		return time.UTC
	}
	return c.Zone
}

// localDay is the day number of the local date of an instant.
func (c Calendar) localDay(t time.Time) int { return dayOf(wallOf(t.In(c.zone()))) }
