package phrase

import "time"

// part is a part of the day, which makes an hour of a twelve hour clock clear.
type part struct {
	of    int // a value of class dayPart
	today bool
}

// partOfDay takes "in the morning", "this evening", "tonight", "вечера".
func (p *parser) partOfDay() (d part, ok bool) {
	ok = p.try(func() bool {
		switch {
		case p.is("tonight"):
			d = part{evening, true}
			return true
		case p.all("at", "night"):
			d = part{night, false}
			return true
		case p.is("this"):
			d.today = true
		case p.is("in"):
			p.is("the")
		}
		d.of, ok = p.class(dayPart)
		return ok
	})
	return d, ok
}

// fix makes an hour clear by the part of the day. It is false if they do not
// go together.
func (d part) fix(c clock) (clock, bool) {
	var first, last int // hours that belong to it
	switch d.of {
	case morning:
		first, last = 1, 11
	case afternoon:
		first, last = 12, 18
	case evening:
		first, last = 17, 23
	case night:
		if c.twelve && (c.h < 5 || c.h > 9 && c.h < 12) {
			if c.h > 9 {
				c.h += 12
			}
			c.twelve = false
		}
		c.bare, c.letters = false, false
		return c, !c.twelve && (c.h < 5 || c.h > 20)
	}
	if c.h == 12 && d.today {
		return c, false // "this afternoon at 12" is midnight for some
	}
	if c.twelve && c.h < 12 && d.of != morning {
		c.h += 12
	}
	c.twelve, c.bare, c.letters = false, false, false
	return c, !c.zero && c.h >= first && c.h <= last
}

// relativeDay takes "today", "послезавтра", "the day after tomorrow".
func (p *parser) relativeDay() (n int, ok bool) {
	ok = p.try(func() bool {
		p.is("the", "на")
		if p.all("day", "after", "tomorrow") {
			n = 2
			return true
		}
		if p.all("day", "before", "yesterday") {
			n = -2
			return true
		}
		n, ok = p.class(relDay)
		return ok
	})
	return n, ok
}

// which of several days of the week is meant.
const (
	coming   = iota // the first after today
	thisWeek        // of the current week, which began on Monday
	nextOne         // "next": of the next week, or the coming one
	lastOne         // it has passed
)

// namedWeekday takes "Monday", "on Friday", "next Tuesday", "в эту субботу".
func (p *parser) namedWeekday() (d time.Weekday, which int, ok bool) {
	ok = p.try(func() bool {
		p.is("on", "в", "во", "к", "ко", "на")
		p.is("the")
		switch {
		case p.is("this", "этот", "эта", "эту", "это"):
			which = thisWeek
		case p.is("next", "following", "следующий", "следующая", "следующую", "следующее"):
			which = nextOne
		case p.is("last", "past", "previous", "прошлый", "прошлая", "прошлую", "прошлое", "последний", "последнюю", "последнее"):
			which = lastOne
		case p.is("coming", "ближайший", "ближайшая", "ближайшую", "ближайшее"):
		}
		n, found := p.class(weekday)
		d = time.Weekday(n)
		return found
	})
	return d, which, ok
}

// namedWeek takes "next week" and "на этой неделе": how many weeks ahead.
func (p *parser) namedWeek() (n int, ok bool) {
	ok = p.try(func() bool {
		p.is("на", "of", "in")
		p.is("the")
		switch {
		case p.is("next", "following", "coming", "следующей", "следующая", "следующую"):
			n = 1
		case p.is("this", "current", "этой", "текущей", "эту"):
		case p.is("last", "past", "previous", "прошлой", "прошлую"):
			n = -1
		default:
			return false
		}
		return p.is("week", "неделе", "недели", "неделю", "неделя")
	})
	return n, ok
}

// monday is the first day of the week of a date.
func monday(date time.Time) time.Time {
	return date.AddDate(0, 0, -(int(date.Weekday())+6)%7)
}

// ofWeek is a day of the week of a date.
func ofWeek(date time.Time, d time.Weekday) time.Time {
	return monday(date).AddDate(0, 0, (int(d)+6)%7)
}

// comingDay is the first such day of the week after a date.
func comingDay(date time.Time, d time.Weekday) time.Time {
	return date.AddDate(0, 0, (int(d-date.Weekday())+6)%7+1)
}
