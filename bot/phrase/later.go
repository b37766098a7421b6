package phrase

import (
	"math"
	"time"
)

// amount is how much later: whole months and days on the calendar, and elapsed
// time on top.
type amount struct {
	months, days int
	elapsed      time.Duration
	written      bool
}

// later takes "in 2 hours", "через полчаса", "3 days from now", "now + 1 day".
// passed says that it was "ago".
func (p *parser) later() (a amount, passed, ok bool) {
	ok = p.try(func() bool {
		ahead := p.is("in", "через", "спустя") || p.all("now", "+")
		if ahead {
			p.vaguely()
		}
		a, ok = p.duration()
		if !ok {
			return false
		}
		if ahead {
			return true
		}
		passed = p.is("ago", "back", "назад")
		return passed || p.all("from", "now") || p.is("later", "hence", "спустя")
	})
	return a, passed, ok
}

// vaguely passes over words that take nothing from what follows.
func (p *parser) vaguely() {
	p.is("about", "around", "approximately", "exactly", "ровно", "примерно")
}

// duration takes amounts of time that add up: "1 year, 2 months and 3 days".
func (p *parser) duration() (sum amount, ok bool) {
	for {
		var a amount
		more := p.try(func() bool {
			if sum.written {
				p.is(",")
				p.is("and", "и")
			}
			a, ok = p.stretch()
			return ok
		})
		if !more {
			return sum, sum.written
		}
		sum = amount{sum.months + a.months, sum.days + a.days, sum.elapsed + a.elapsed, true}
		if sum.distant() {
			return sum, true
		}
	}
}

// stretch takes one amount of one unit. A Russian unit alone is one of it:
// "через неделю".
func (p *parser) stretch() (a amount, ok bool) {
	ok = p.try(func() bool {
		if p.is("полчаса") {
			a = amount{elapsed: 30 * time.Minute}
			return true
		}
		if p.is("полминуты") {
			a = amount{elapsed: 30 * time.Second}
			return true
		}
		if p.is("полгода") {
			a = amount{months: 6}
			return true
		}
		if u, ok := p.class(aUnit); ok {
			f := fraction{1, 1}
			if p.all("с", "половиной") {
				f = fraction{3, 2}
			}
			a, ok = f.of(u)
			return ok
		}
		f, u, ok := p.some()
		if ok {
			a, ok = f.of(u)
		}
		return ok
	})
	return a, ok
}

// some takes how many of what.
func (p *parser) some() (f fraction, u int, ok bool) {
	var part fraction
	switch {
	case p.is("half"):
		part = fraction{1, 2}
	case p.is("четверть"), p.all("a", "quarter"), p.is("quarter"):
		part = fraction{1, 4}
	case p.all("three", "-", "quarters"), p.all("three", "quarters"):
		part = fraction{3, 4}
	case p.all("a", "half"):
		part = fraction{1, 2}
	case p.all("a", "couple"):
		p.is("of")
		u, ok = p.class(unit)
		return fraction{2, 1}, u, ok
	case p.is("a", "an"):
		u, ok = p.class(unit)
		if p.all("and", "a", "half") {
			return fraction{3, 2}, u, ok
		}
		return fraction{1, 1}, u, ok
	default:
		f, ok = p.quantity()
		p.is("more", "еще")
		if ok {
			u, ok = p.class(unit)
		}
		if f.under == 1 && p.all("and", "a", "half") {
			f = fraction{2*f.over + 1, 2}
		}
		return f, u, ok
	}
	p.is("of")
	p.is("a", "an")
	u, ok = p.class(unit)
	// "Half a day" is 12 hours, or a morning.
	return part, u, ok && (u == hour || u == minute || u == year)
}

// of is an amount of a unit. There is no half month, and of what is counted on
// the calendar no part that is not a whole number of days or of hours.
func (f fraction) of(u int) (amount, bool) {
	elapsed := func(one time.Duration) (amount, bool) {
		whole, part := time.Duration(f.over/f.under), time.Duration(f.over%f.under)
		// What is too far away is said so elsewhere; here it must not overflow.
		whole = min(whole, math.MaxInt64/2/one)
		return amount{elapsed: one*whole + one*part/time.Duration(f.under)}, true
	}
	switch u {
	case second:
		return elapsed(time.Second)
	case minute:
		return elapsed(time.Minute)
	case hour:
		return elapsed(time.Hour)
	case aMonth:
		return amount{months: f.over / f.under}, f.over%f.under == 0
	case decade:
		return amount{months: 120 * f.over / f.under}, f.under == 1
	case year:
		return amount{months: 12 * f.over / f.under}, 12*f.over%f.under == 0
	}
	days := map[int]int{day: 1, week: 7, fortnight: 14}[u]
	if f.over*days%f.under == 0 {
		return amount{days: f.over * days / f.under}, true
	}
	return elapsed(time.Duration(days) * 24 * time.Hour)
}

// after adds an amount: months and days on the calendar, at the same time of
// day, then elapsed time.
func (a amount) after(t time.Time) time.Time {
	if a.months != 0 || a.days != 0 {
		h, m, s := t.Clock()
		t = instant(a.on(civilOf(t)), h*3600+m*60+s, t.Location())
	}
	return t.Add(a.elapsed)
}

// on adds months and days to a date.
func (a amount) on(date time.Time) time.Time {
	return addMonths(date, a.months).AddDate(0, 0, a.days)
}

// distant reports whether an amount is more than can be added without harm.
func (a amount) distant() bool {
	return a.months > 12*farthest || a.days > 366*farthest || a.elapsed > farthest*366*24*time.Hour
}
