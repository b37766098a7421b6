package phrase

import "time"

// moment is the parts of one time, as they are found.
type moment struct {
	later   *amount
	passed  bool // something said that it has
	day     *int // days from today
	date    *date
	weekday *time.Weekday
	which   int
	week    *int
	clock   *clock
	part    *part
}

// once reads all tokens as one time.
func (p *parser) once() (reading, *Error) {
	var m moment
	for !p.done() {
		if !p.part(&m) {
			return reading{}, &Error{Reason: Unclear}
		}
	}
	r, err := p.resolve(m)
	exact := m.later != nil && m.alone()
	return reading{Result: r, day: exact || m.clock == nil || m.dated(), clock: exact || m.clock != nil}, err
}

// part takes the next part of a moment. Each may come once. A date is tried
// before a time of day, of which "5 March" begins with one.
func (p *parser) part(m *moment) bool {
	if p.at > 0 && p.is(",") || p.is("gmt", "utc") || p.offset() || p.is("about", "around", "approximately", "примерно") {
		return true
	}
	if m.date != nil && m.date.y == 0 && p.yearOf(m) { // "Wed Aug 5 12:00:00 2026"
		return true
	}
	if n, ok := p.fromDay(); ok {
		return once(&m.day, n)
	}
	if n, ok := p.weekdaysFromNow(); ok {
		return once(&m.day, n)
	}
	if a, passed, ok := p.later(); ok {
		m.passed = passed
		return once(&m.later, a)
	}
	if p.all("right", "now") || p.all("just", "now") || p.all("прямо", "сейчас") || p.is("now", "сейчас") {
		m.passed = true
		return true
	}
	if d, ok := p.date(); ok {
		return once(&m.date, d)
	}
	if n, ok := p.relativeDay(); ok {
		return once(&m.day, n)
	}
	if n, ok := p.namedWeek(); ok {
		return once(&m.week, n)
	}
	if d, which, ok := p.namedWeekday(); ok {
		m.which = which
		return once(&m.weekday, d)
	}
	if d, ok := p.partOfDay(); ok {
		return once(&m.part, d)
	}
	if c, ok := p.clock(); ok {
		return once(&m.clock, c)
	}
	return false
}

// yearOf takes a year that does not stand beside its date.
func (p *parser) yearOf(m *moment) bool {
	p.year(m.date)
	return m.date.y != 0
}

// once keeps a part, unless there is one already.
func once[T any](slot **T, found T) bool {
	if *slot != nil {
		return false
	}
	*slot = &found
	return true
}

// fromDay takes "3 years from today", "a week from tomorrow": days from today.
func (p *parser) fromDay() (n int, ok bool) {
	ok = p.try(func() bool {
		p.is("in")
		a, ok := p.duration()
		if !ok || a.elapsed != 0 || a.distant() || !p.is("from") {
			return false
		}
		rel, ok := p.class(relDay)
		today := civilOf(p.now.In(p.zone))
		n = int(a.on(today.AddDate(0, 0, rel)).Sub(today).Hours()) / 24
		return ok
	})
	return n, ok
}

// weekdaysFromNow takes "2 Sundays from now": days from today.
func (p *parser) weekdaysFromNow() (n int, ok bool) {
	ok = p.try(func() bool {
		weeks, ok := p.cardinalNumber()
		d, plural := p.class(weekdays)
		if !ok || !plural || weeks < 1 || weeks > 52 || !p.all("from", "now") {
			return false
		}
		today := civilOf(p.now.In(p.zone))
		n = int(comingDay(today, time.Weekday(d)).Sub(today).Hours())/24 + 7*(weeks-1)
		return true
	})
	return n, ok
}
