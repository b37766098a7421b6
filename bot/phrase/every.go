package phrase

import (
	"slices"
	"strconv"
	"time"
)

// cycle is the parts of something that recurs, as they are found.
type cycle struct {
	days   [7]bool // by time.Weekday
	weekly bool
	daily  bool
	months bool  // every month, on dates
	years  bool  // every year, on the one date of month
	dates  []int // of the month
	month  int
	minute string // of an interval: the fields of a spec
	hour   string
	clocks []clock
	part   *part
}

// recurring reads all tokens as something that recurs. ok is false if they are
// not.
func (p *parser) recurring() (r reading, err *Error, ok bool) {
	var c cycle
	for !p.done() {
		if p.at > 0 && p.is(",") {
			continue
		}
		if !p.try(func() bool { return p.recurs(&c) }) && !p.try(func() bool { return p.clocks(&c) }) {
			return reading{}, nil, false
		}
	}
	if !c.weekly && !c.daily && !c.months && !c.years && c.minute == "" {
		return reading{}, nil, false
	}
	result, err := c.spec(p.world)
	return reading{Result: result, day: true, clock: c.minute != "" || len(c.clocks) > 0}, err, true
}

// clocks takes a time of day, or several, or a part of the day.
func (p *parser) clocks(c *cycle) bool {
	if d, ok := p.partOfDay(); ok {
		return !d.today && once(&c.part, d)
	}
	at, ok := p.clock()
	if !ok || len(c.clocks) > 0 {
		return false
	}
	c.clocks = append(c.clocks, at)
	for p.try(func() bool {
		if !p.is(",") && !p.is("and", "и") {
			return false
		}
		p.is("and", "и")
		at, ok = p.clock()
		return ok
	}) {
		at.bare = false // "at 9 and 15"
		c.clocks = append(c.clocks, at)
	}
	return true
}

// every takes "every" and "каждый".
func (p *parser) every() bool {
	p.is("в", "во")
	return p.is("every", "each", "каждый", "каждая", "каждую", "каждое", "каждые", "каждого")
}

// recurs takes what says how often.
func (p *parser) recurs(c *cycle) bool {
	for _, form := range []func(*cycle) bool{p.monthly, p.yearly, p.interval, p.daily, p.weekly} {
		before := *c
		if p.try(func() bool { return form(c) }) {
			return true
		}
		*c = before
	}
	return false
}

// daily takes "every day", "daily", "every morning", "on weekdays", "по будням",
// "every weekend".
func (p *parser) daily(c *cycle) bool {
	if c.daily || c.weekly {
		return false
	}
	if p.is("daily", "ежедневно") {
		c.daily = true
		return true
	}
	if c.part == nil && p.all("по", "утрам") {
		c.part, c.daily = &part{of: morning}, true
		return true
	}
	if c.part == nil && p.all("по", "вечерам") {
		c.part, c.daily = &part{of: evening}, true
		return true
	}
	if p.try(func() bool { return p.every() && p.is("day", "день") }) {
		c.daily = true
		return true
	}
	if p.try(func() bool { return p.every() && p.workdays() }) ||
		p.try(func() bool { p.is("on", "по", "в"); return !p.next("weekday", "workday") && p.workdays() }) {
		return c.on(time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday)
	}
	if p.try(func() bool { return p.every() && p.is("weekend", "выходные", "выходной") }) ||
		p.all("on", "weekends") || p.all("по", "выходным") {
		return c.on(time.Saturday, time.Sunday)
	}
	d, ok := part{}, false
	if p.try(func() bool {
		if !p.every() {
			return false
		}
		d.of, ok = p.class(dayPart)
		return ok
	}) && c.part == nil {
		c.part, c.daily = &d, true
		return true
	}
	return false
}

// workdays takes "weekday", "business days", "будням", "рабочий день".
func (p *parser) workdays() bool {
	return p.is("weekday", "workday", "weekdays", "workdays", "будни", "будням") ||
		p.try(func() bool {
			return p.is("working", "business", "будний", "рабочий", "будние", "рабочие", "будним", "рабочим") &&
				p.is("day", "days", "день", "дни", "дням")
		})
}

// on keeps days of the week.
func (c *cycle) on(days ...time.Weekday) bool {
	for _, d := range days {
		c.days[d] = true
	}
	c.weekly = true
	return true
}

// weekly takes "every Monday and Thursday", "on Mondays", "по понедельникам и
// четвергам".
func (p *parser) weekly(c *cycle) bool {
	if c.daily || c.weekly {
		return false
	}
	kind := weekdays
	switch {
	case p.is("weekly", "еженедельно"), p.try(func() bool { return p.every() && p.is("week", "неделю") }):
		if p.is("on", "в", "во") {
			kind = weekday
		} else {
			p.is("по")
		}
	case p.every():
		kind = weekday
	default:
		p.is("on", "по")
	}
	for {
		d, ok := p.class(kind)
		if !ok {
			return false
		}
		c.on(time.Weekday(d))
		if !p.try(func() bool {
			comma, and := p.is(","), p.is("and", "и", "&")
			p.is("on", "по", "в", "во")
			p.is("every", "каждый", "каждую", "каждое")
			if p.done() || !comma && !and {
				return false
			}
			_, ok := p.tokens[p.at].as(kind)
			return ok
		}) {
			return true
		}
	}
}

// monthly takes "every month on the 15th", "the 1st of every month", "каждое
// 1-е число", "15-го числа каждого месяца".
func (p *parser) monthly(c *cycle) bool {
	if c.months || c.years {
		return false
	}
	everyMonth := func() bool {
		return p.is("monthly", "ежемесячно") || p.every() && p.is("month", "месяц", "месяца")
	}
	c.months = p.try(func() bool { return everyMonth() && p.dayOf(c) }) ||
		p.try(func() bool {
			if !p.dayOf(c) {
				return false
			}
			p.is("of", "in")
			return everyMonth()
		}) ||
		p.try(func() bool {
			// "Every second" alone may be every other.
			return p.every() && p.dayOf(c) &&
				(p.all("of", "the", "month") || p.is("месяца") || slices.Contains([]string{"число", "числа"}, p.tokens[p.at-1].text))
		})
	return c.months
}

// dayOf takes days of the month: "on the 15th", "1-го и 15-го числа".
func (p *parser) dayOf(c *cycle) bool {
	p.is("on", "в")
	var days []int
	written := true
	for {
		p.is("the")
		n, ok := p.ordinalNumber()
		if !ok {
			n, ok = p.cardinalNumber()
			written = false
		}
		if !ok {
			return false
		}
		days = append(days, n)
		if comma, and := p.is(","), p.is("and", "и"); !comma && !and {
			break
		}
	}
	c.dates = days
	return p.is("числа", "число", "day") || written
}

// yearly takes "every 5 March", "every year on March 5", "ежегодно 5 марта".
func (p *parser) yearly(c *cycle) bool {
	if c.months || c.years || !p.every() && !p.next("yearly", "annually", "ежегодно") {
		return false
	}
	p.is("yearly", "annually", "ежегодно", "year", "год")
	d, ok := p.date()
	if !ok || d.m == 0 || d.d == 0 || d.y != 0 || d.nth != 0 || d.either {
		return false
	}
	c.years, c.dates, c.month = true, []int{d.d}, int(d.m)
	return true
}

// interval takes "every hour", "hourly", "every 15 minutes", "каждые 2 часа".
func (p *parser) interval(c *cycle) bool {
	if c.minute != "" {
		return false
	}
	if p.is("hourly", "ежечасно") {
		c.minute, c.hour = "0", "*"
		return true
	}
	if !p.every() {
		return false
	}
	if p.all("half", "hour") || p.all("half", "an", "hour") || p.is("полчаса") {
		c.minute, c.hour = "*/30", "*"
		return true
	}
	n, ok := p.cardinalNumber()
	if !ok {
		n = 1
	}
	u, ok := p.class(unit)
	switch {
	case !ok:
	case u == minute && n == 1:
		c.minute, c.hour = "*", "*"
	case u == minute && n > 1 && n < 60 && 60%n == 0:
		c.minute, c.hour = "*/"+strconv.Itoa(n), "*"
	case u == hour && n == 1 || u == minute && n == 60:
		c.minute, c.hour = "0", "*"
	case u == hour && n > 1 && n < 24 && 24%n == 0:
		c.minute, c.hour = "0", "*/"+strconv.Itoa(n)
	}
	// Every 7 minutes or 2 days cannot be said in a spec without a jump.
	return c.minute != ""
}
