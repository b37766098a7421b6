package phrase

import (
	"regexp"
	"slices"
	"time"
)

// date is a date as it was written.
type date struct {
	y int // 0: the next there is
	m time.Month
	d int

	nth     int // with a weekday: the nth such day of the month, -1 for the last
	weekday time.Weekday
	lastDay bool // the last day of the month

	months int  // with thisMonth: how many months from the current one
	this   bool // of the current month or, without a name, of the next that has the day
	either bool // day and month may be the other way round
	period bool // no day was named: the first of a month, a quarter or a year
}

// date takes a date in figures or words.
func (p *parser) date() (d date, ok bool) {
	ok = p.try(func() bool {
		p.is("on", "к", "ко", "на")
		for _, form := range []func() (date, bool){p.inFigures, p.period, p.dayOfMonth, p.monthAndDay, p.nthWeekday} {
			if p.try(func() bool { d, ok = form(); return ok }) {
				return true
			}
		}
		return false
	})
	return d, ok
}

// endsInYear are figures whose last part is a year of two or four digits.
var endsInYear = regexp.MustCompile(`[^0-9](?:[0-9]{2}|[0-9]{4})$`)

// inFigures takes 2026-03-05, 05.03.2026, 5.3, 3/15/2026 and the like. Dots
// put the day first; slashes and dashes have two orders, so that one of the
// numbers must be no month.
func (p *parser) inFigures() (d date, ok bool) {
	if p.done() {
		return date{}, false
	}
	t := p.tokens[p.at]
	numbers, mark := t.parts()
	if len(numbers) < 2 || mark == ':' || mark == ',' {
		return date{}, false
	}
	p.at++
	if len(t.text) == len("2026-03-05") && t.text[4] == '-' {
		return date{y: numbers[0], m: time.Month(numbers[1]), d: numbers[2]}, numbers[1] <= 12
	}
	d = date{d: numbers[0], m: time.Month(numbers[1])}
	if len(numbers) == 3 && !endsInYear.MatchString(t.text) || len(numbers) > 3 {
		return date{}, false
	}
	if len(numbers) == 3 {
		if d.y = numbers[2]; d.y < 100 {
			d.y += 2000
		}
		p.is("г", "года")
	}
	short := len(numbers) == 2 || numbers[2] < 100
	switch {
	case mark == '.':
		// Without a year it may be a version or an hour, with a short one an
		// English date; Russians write dates so, in a sentence.
		sure := !short || p.lang == "ru" && (len(numbers) == 3 || len(p.tokens) > 1 && !p.halfFollows())
		return d, d.m >= 1 && d.m <= 12 && sure
	case mark == '-' && short:
		return date{}, false // a range
	case d.m > 12:
		d.d, d.m = numbers[1], time.Month(numbers[0])
	case d.d <= 12 && d.d != int(d.m):
		d.either = true
	}
	return d, d.m >= 1 && d.m <= 12 && (len(numbers) == 2 || !short)
}

// dayOfMonth takes "5 March", "the 24th of March 2026", "24-го числа", "20th of
// next month".
func (p *parser) dayOfMonth() (d date, ok bool) {
	the := p.is("the")
	ordinal, figures := true, !p.done() && p.tokens[p.at].figures
	if d.d, ok = p.ordinalNumber(); !ok {
		ordinal = false
		if d.d, ok = p.cardinalNumber(); !ok {
			return date{}, false
		}
	}
	written := p.is("числа", "число")
	if p.ofMonth(&d) {
		return d, true
	}
	p.is("of")
	p.is("-", "/")
	m, ok := p.class(month)
	if !ok {
		// "the 24th", "24-го": of this month or, if it has passed, of the next.
		d.this = true
		return d, ordinal && (figures || p.prepared()) || the && figures && p.done() || written
	}
	d.m = time.Month(m)
	p.try(func() bool { // "31-Oct-2026", but not "8 Aug - 12 Aug"
		p.is("-", "/")
		p.year(&d)
		return d.y > 0
	})
	return d, true
}

// prepared reports whether "on" stands before, without which "the first" may be
// the first of anything.
func (p *parser) prepared() bool {
	return slices.ContainsFunc(p.tokens[:p.at], func(t token) bool { return t.text == "on" })
}

// ofMonth takes "of this month", "следующего месяца".
func (p *parser) ofMonth(d *date) bool {
	return p.try(func() bool {
		p.is("of", "in")
		p.is("the")
		months := 0
		switch {
		case p.is("next", "following", "следующего"):
			months = 1
		case p.is("this", "current", "этого", "текущего"):
		case p.is("last", "previous", "прошлого"):
			months = -1
		case d.nth != 0 || d.lastDay: // "the last day of the month"
		default:
			return false
		}
		if !p.is("month", "месяца") {
			return false
		}
		d.this, d.months, d.y = true, months, -1 // of no other month
		return true
	})
}

// monthAndDay takes "March 5th, 2026" and "sept. 1".
func (p *parser) monthAndDay() (d date, ok bool) {
	m, ok := p.class(month)
	if !ok {
		return date{}, false
	}
	d.m = time.Month(m)
	p.is("the")
	if d.d, ok = p.ordinalNumber(); !ok {
		d.d, ok = p.cardinalNumber()
	}
	p.year(&d)
	return d, ok && d.d < 32
}

// year takes a year of four digits, if there is one.
func (p *parser) year(d *date) {
	p.try(func() bool {
		p.is(",")
		p.is("of")
		if p.done() || len(p.tokens[p.at].text) != 4 {
			return false
		}
		y, ok := p.tokens[p.at].number()
		if !ok || y < 1900 {
			return false
		}
		p.at++
		d.y = y
		p.is("г", "года", "год")
		return true
	})
}

// nthWeekday takes "the first Tuesday of October", "последняя пятница октября",
// "the last day of the month".
func (p *parser) nthWeekday() (d date, ok bool) {
	p.is("в", "во")
	p.is("the")
	if p.is("last", "последний", "последняя", "последнюю", "последнее", "последнего") {
		d.nth = -1
	} else if d.nth, ok = p.ordinalNumber(); !ok || d.nth > 5 {
		return date{}, false
	}
	if n, ok := p.class(weekday); ok {
		d.weekday = time.Weekday(n)
	} else if d.nth == -1 && p.is("day", "день") {
		d.nth, d.lastDay = 0, true
	} else {
		return date{}, false
	}
	if p.ofMonth(&d) {
		return d, true
	}
	p.is("of", "in", "в")
	m, ok := p.class(month)
	d.m = time.Month(m)
	p.year(&d)
	return d, ok
}

// period takes a month, a quarter or a year as the day on which it begins: "in
// March", "October 2026", "next month", "the 3rd quarter".
func (p *parser) period() (d date, ok bool) {
	d = date{d: 1, period: true}
	in := p.is("in", "в")
	the := p.is("the")
	if m, ok := p.class(month); ok {
		d.m = time.Month(m)
		p.year(&d)
		return d, d.y > 0 || in && !the
	}
	today := civilOf(p.now.In(p.zone))
	if p.is("next", "following", "coming", "следующий", "следующем", "следующего") {
		switch {
		case p.is("month", "месяц", "месяце", "месяца"):
			d.months = 1
		case p.is("quarter", "qtr", "квартал", "квартале", "квартала"):
			d.months = 3 - (int(today.Month())-1)%3
		case p.is("year", "yr", "год", "году", "года"):
			d.months = 13 - int(today.Month())
		default:
			return date{}, false
		}
		d.this, d.y = true, -1
		return d, true
	}
	n, ok := p.ordinalNumber()
	d.m = time.Month(3*n - 2)
	ok = ok && n <= 4 && p.is("quarter", "qtr", "квартал", "квартале", "квартала")
	p.year(&d)
	return d, ok
}

// in is the date within a month. It is false if the month has none such.
func (d date) in(y int, m time.Month) (time.Time, bool) {
	first := civil(y, m, 1)
	switch {
	case d.lastDay:
		return civil(y, m+1, 0), true
	case d.nth == -1:
		last := civil(y, m+1, 0)
		return last.AddDate(0, 0, -(int(last.Weekday()-d.weekday)+7)%7), true
	case d.nth > 0:
		at := first.AddDate(0, 0, (int(d.weekday-first.Weekday())+7)%7+7*(d.nth-1))
		return at, at.Month() == first.Month()
	}
	return first.AddDate(0, 0, d.d-1), exists(y, m, d.d)
}

// next is the date that is meant on a day. It may have passed if a year or a
// month was named.
func (d date) next(today time.Time) (at time.Time, reason Reason) {
	switch {
	case d.either, d.period && d.y == 0 && d.m == today.Month():
		return time.Time{}, Either
	case d.y > 0:
		at, ok := d.in(d.y, d.m)
		if !ok {
			return time.Time{}, Never
		}
		return at, ""
	case d.this && d.y < 0:
		at, ok := d.in(today.Year(), today.Month()+time.Month(d.months))
		if !ok {
			return time.Time{}, Never
		}
		return at, ""
	}
	// Eight years hold a 29 February, as many months every other day.
	for i := range 9 {
		y, m := today.Year()+i, d.m
		if d.this {
			y, m = today.Year(), today.Month()+time.Month(i)
		}
		if at, ok := d.in(y, m); ok && !at.Before(today) {
			return at, ""
		}
	}
	return time.Time{}, Never
}
