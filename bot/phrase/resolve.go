package phrase

import (
	"fmt"
	"time"
)

// resolve puts the parts together.
func (p *parser) resolve(m moment) (Result, *Error) {
	if m.passed {
		return Result{}, &Error{Reason: Past}
	}
	if m.later != nil && m.later.distant() {
		return Result{}, &Error{Reason: Far}
	}
	now := p.now.In(p.zone)
	if m.later != nil && m.alone() {
		return p.within(m.later.after(now), false)
	}
	date, named, err := p.dateOf(m, civilOf(now))
	if err != nil {
		return Result{}, err
	}
	if m.clock == nil {
		if !named || m.part != nil {
			return Result{}, &Error{Reason: Unclear} // "this evening" is no hour
		}
		return p.wholeDay(date)
	}
	return p.timeOf(m, date, named)
}

// alone reports whether nothing but an amount of time was named.
func (m moment) alone() bool {
	return m.day == nil && m.date == nil && m.weekday == nil && m.week == nil && m.clock == nil && m.part == nil
}

// dated reports whether a day was named.
func (m moment) dated() bool {
	return m.later != nil || m.day != nil || m.date != nil || m.weekday != nil || m.week != nil || m.part != nil && m.part.today
}

// dateOf is the date that is named, if one is.
func (p *parser) dateOf(m moment, today time.Time) (at time.Time, named bool, err *Error) {
	ways := 0
	if m.later != nil {
		if m.later.elapsed != 0 || m.later.months >= 12 {
			return at, false, &Error{Reason: Unclear} // "in 2 hours at 10", "in 4 years at 5 pm"
		}
		at = m.later.on(today)
		ways++
	}
	if m.day != nil {
		at = today.AddDate(0, 0, *m.day)
		ways++
	}
	if m.date != nil {
		var reason Reason
		if at, reason = m.date.next(today); reason != "" {
			return at, true, &Error{Reason: reason, Try: m.date.ways(today)}
		}
		ways++
	}
	if m.part != nil && m.part.today {
		if ways > 0 && at.Equal(today) {
			ways--
		}
		at = today
		ways++
	}
	if ways > 1 || ways > 0 && m.week != nil || ways > 0 && m.weekday != nil && m.which != coming {
		return at, true, &Error{Reason: Unclear}
	}
	if m.weekday == nil {
		if m.week != nil {
			at, err = weekOf(m, today)
			return at, true, err
		}
		return at, ways > 0, nil
	}
	if ways > 0 {
		if at.Weekday() != *m.weekday {
			return at, true, &Error{Reason: Unclear} // a slip in one of the two
		}
		return at, true, nil
	}
	at, err = p.weekdayOf(m, today)
	return at, true, err
}

// weekOf is the day on which a week begins.
func weekOf(m moment, today time.Time) (time.Time, *Error) {
	switch {
	case *m.week < 0:
		return today, &Error{Reason: Past}
	case *m.week == 0 || m.clock != nil:
		return today, &Error{Reason: Unclear} // which day of it?
	}
	return monday(today).AddDate(0, 0, 7**m.week), nil
}

// ways are the two dates of figures that may be read in two ways.
func (d date) ways(today time.Time) []string {
	if !d.either {
		return nil
	}
	var ways []string
	for _, one := range []date{{y: d.y, m: d.m, d: d.d}, {y: d.y, m: time.Month(d.d), d: int(d.m)}} {
		if at, reason := one.next(today); reason == "" {
			ways = append(ways, at.Format(time.DateOnly))
		}
	}
	return ways
}

// weekdayOf is the date of a day of the week. "Next Friday" is Friday of the
// next week for some and the coming Friday for others: it is understood where
// both are the same day, and in English, whose speakers do not agree even then,
// only with an hour.
func (p *parser) weekdayOf(m moment, today time.Time) (time.Time, *Error) {
	d := *m.weekday
	next := comingDay(today, d)
	ofNextWeek := ofWeek(today.AddDate(0, 0, 7), d)
	switch {
	case m.which == lastOne || m.week != nil && *m.week < 0:
		return next, &Error{Reason: Past}
	case m.week != nil && m.which != coming:
		return next, &Error{Reason: Unclear}
	case m.week != nil && *m.week > 0:
		return ofNextWeek, nil
	case m.week != nil:
		at := ofWeek(today, d)
		if at.Before(today) {
			return at, &Error{Reason: Past}
		}
		return at, nil
	case m.which == thisWeek:
		if next.After(ofWeek(today, time.Sunday)) {
			return next, &Error{Reason: Either, Try: dates(next)}
		}
	case m.which == nextOne:
		if !next.Equal(ofNextWeek) || m.clock == nil && p.lang != "ru" {
			return next, &Error{Reason: Either, Try: dates(next, next.AddDate(0, 0, 7))}
		}
	case d == today.Weekday() && m.clock != nil:
		return today, nil // timeOf looks whether it has passed
	}
	return next, nil
}

func dates(all ...time.Time) (texts []string) {
	for _, at := range all {
		texts = append(texts, at.Format(time.DateOnly))
	}
	return texts
}

// wholeDay is a day without an hour.
func (p *parser) wholeDay(date time.Time) (Result, *Error) {
	today := civilOf(p.now.In(p.zone))
	if date.Equal(today) {
		return Result{}, &Error{Reason: Unclear} // it has begun: when?
	}
	if date.Before(today) {
		return Result{}, &Error{Reason: Past}
	}
	return p.within(instant(date, 0, p.zone), true)
}

// timeOf is a time of day, on a date if one is named.
func (p *parser) timeOf(m moment, date time.Time, named bool) (Result, *Error) {
	c := *m.clock
	if m.part != nil {
		var ok bool
		if c, ok = m.part.fix(c); !ok {
			return Result{}, &Error{Reason: Unclear}
		}
	}
	if c.bare || c.letters && !named || c.zero && named || m.date != nil && m.date.period {
		// "Friday at midnight" begins the day or ends it.
		return Result{}, &Error{Reason: Unclear}
	}
	if c.figures {
		c.twelve = false
	}
	if !named {
		return p.nextTime(c)
	}
	var err *Error
	if c.twelve {
		c, err = p.halfOn(c, date)
	}
	if err != nil {
		return Result{}, err
	}
	return p.onDate(m, c, date)
}

// onDate is a clear time of day on a date. Today's day of the week, by its
// name, is that of the next week if the hour has passed, and else either.
func (p *parser) onDate(m moment, c clock, date time.Time) (Result, *Error) {
	at := instant(date, c.seconds(), p.zone)
	byName := m.weekday != nil && m.which == coming && m.week == nil && m.date == nil && m.day == nil && m.later == nil
	if !byName || !date.Equal(civilOf(p.now.In(p.zone))) {
		return p.within(at, false)
	}
	inWeek := instant(date.AddDate(0, 0, 7), c.seconds(), p.zone)
	if at.After(p.now) {
		return Result{}, &Error{Reason: Either, Try: []string{at.Format("2006-01-02 15:04"), inWeek.Format("2006-01-02 15:04")}}
	}
	return p.within(inWeek, false)
}

// justPassed is how long ago an hour may have been for whoever names it to mean
// that one still: the words may have been under way.
const justPassed = 10 * time.Minute

// passed reports whether an hour of today has just passed.
func (p *parser) passed(c clock) bool {
	ago := p.now.Sub(instant(civilOf(p.now.In(p.zone)), c.seconds(), p.zone))
	return ago >= 0 && ago <= justPassed
}

// halfOn decides between the two halves of a date: 7 to 12 are by day, and what
// has passed today is not meant.
func (p *parser) halfOn(c clock, date time.Time) (clock, *Error) {
	today := civilOf(p.now.In(p.zone)).Equal(date)
	switch {
	case today && p.passed(c):
		return c, &Error{Reason: Past}
	case today && c.h < 12 && !c.colon && !instant(date, c.seconds(), p.zone).After(p.now):
		return c.later(), nil
	case c.h >= 7:
		return c, nil
	}
	return c, p.either(c)
}

// nextTime is the next time that a clock shows. Of the two halves of the day it
// must be both the nearer one and the common one.
func (p *parser) nextTime(c clock) (Result, *Error) {
	if p.passed(c) || c.twelve && p.passed(c.later()) {
		return Result{}, &Error{Reason: Past}
	}
	today := civilOf(p.now.In(p.zone))
	next := func(c clock) time.Time {
		at := instant(today, c.seconds(), p.zone)
		if !at.After(p.now) {
			at = instant(today.AddDate(0, 0, 1), c.seconds(), p.zone)
		}
		return at
	}
	if !c.twelve {
		return p.within(next(c), false)
	}
	meant := next(c.common())
	if next(c.common().later()).Before(meant) {
		return Result{}, p.either(c)
	}
	return p.within(meant, false)
}

// either is an hour that may be in either half of the day.
func (w world) either(c clock) *Error {
	if w.lang == "ru" {
		return &Error{Reason: Either, Try: []string{c.String(), c.later().String()}}
	}
	return &Error{Reason: Either, Try: []string{fmt.Sprintf("%d:%02d am", c.h, c.m), fmt.Sprintf("%d:%02d pm", c.h, c.m)}}
}

// within gives an instant that is to come, and not too far away.
func (p *parser) within(at time.Time, whole bool) (Result, *Error) {
	switch {
	case !at.After(p.now):
		return Result{}, &Error{Reason: Past}
	case at.After(p.now.AddDate(farthest, 0, 0)), at.Year() > 9999:
		return Result{}, &Error{Reason: Far}
	}
	return Result{At: at, Whole: whole}, nil
}
