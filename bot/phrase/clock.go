package phrase

import (
	"fmt"
	"regexp"
)

// clock is a time of day as it was written.
type clock struct {
	h, m, s int
	twelve  bool // 1 to 12 without a word whether before or after noon
	colon   bool // written as 9:30
	figures bool // and so by a Russian, who counts to 24 unless a part of the day is named
	bare    bool // a number alone, which is an hour only beside a part of the day
	letters bool // "8h", which is an hour only beside a day or a part of the day
	zero    bool // midnight by name, which may begin a day or end it
}

// seconds since midnight.
func (c clock) seconds() int { return c.h*3600 + c.m*60 + c.s }

func (c clock) String() string {
	if c.s != 0 {
		return fmt.Sprintf("%02d:%02d:%02d", c.h, c.m, c.s)
	}
	return fmt.Sprintf("%02d:%02d", c.h, c.m)
}

// later is the other of the two times of a twelve hour clock.
func (c clock) later() clock {
	c.h = (c.h + 12) % 24
	return c
}

// common is the hour that is meant by a number of a twelve hour clock where
// nothing forbids it: 7 to 12 by day, 1 to 6 in the afternoon.
func (c clock) common() clock {
	if c.h < 7 {
		c.h += 12
	}
	return c
}

// clock takes a time of day.
func (p *parser) clock() (c clock, ok bool) {
	ok = p.try(func() bool {
		at := p.is("at", "@", "в", "во")
		if !at {
			p.is("for")
		}
		p.vaguely()
		p.is("the")
		for _, form := range []func(bool) (clock, bool){p.named, p.pastHour, p.withMinutes, p.withLetters, p.hourAlone} {
			if p.try(func() bool { c, ok = form(at); return ok && c.h < 24 && c.m < 60 && c.s < 60 }) {
				p.is("sharp", "ровно")
				return true
			}
		}
		return false
	})
	return c, ok
}

// named takes noon and midnight.
func (p *parser) named(bool) (clock, bool) {
	switch {
	case p.done():
	case noon(p.tokens[p.at].text):
		p.at++
		return clock{h: 12}, true
	case midnight(p.tokens[p.at].text):
		p.at++
		return clock{zero: true}, true
	}
	return clock{}, false
}

// hour takes an hour that minutes are counted from.
func (p *parser) hour() (clock, bool) {
	if c, ok := p.named(true); ok {
		return c, !c.zero
	}
	h, ok := p.cardinalNumber()
	if !ok || h > 23 {
		return clock{}, false
	}
	return p.halved(clock{h: h, twelve: h >= 1 && h <= 12})
}

// halved takes "am" or "pm", if it follows.
func (p *parser) halved(c clock) (clock, bool) {
	pm := false
	switch {
	case p.is("pm"), p.all("p", "m"), p.all("in", "the", "pm"):
		pm = true
	case p.is("am"), p.all("a", "m"), p.all("in", "the", "am"):
	default:
		return c, true
	}
	if c.h < 1 || c.h > 12 {
		return c, false
	}
	c.twelve = false
	c.h %= 12
	if pm {
		c.h += 12
	}
	return c, true
}

// pastHour takes "half past 3", "a quarter to noon", "20 past 3pm",
// "полдесятого", "без четверти десять".
func (p *parser) pastHour(bool) (c clock, ok bool) {
	if !p.done() {
		if h, ok := halfTo(p.tokens[p.at].text); ok {
			p.at++
			return before(clock{h: h, twelve: true}, 30), true
		}
	}
	without := p.is("без")
	m, said, ok := p.minutes()
	if !ok {
		return clock{}, false
	}
	if without {
		c, ok = p.hour()
		return before(c, m), ok
	}
	if !p.done() && m%15 == 0 { // "четверть десятого" is a quarter past nine
		if h, ok := ordinalRU(p.tokens[p.at].text); ok && h <= 12 {
			p.at++
			return before(clock{h: h, twelve: true}, 60-m), true
		}
	}
	switch {
	case p.is("past", "after"):
		c, ok = p.hour()
		c.m = m
		return c, ok
	case p.is("to", "before", "till"):
		h := 0
		if !p.done() {
			h, _ = p.tokens[p.at].number()
		}
		c, ok = p.hour()
		// "3 to 6 pm" and "20 to 22" are from one hour to another.
		return before(c, m), ok && (said || m > 12 && h < 13)
	}
	return clock{}, false
}

// minutes takes a half, a quarter or a number of minutes. said is true if they
// can be nothing else.
func (p *parser) minutes() (n int, said, ok bool) {
	p.is("a")
	switch {
	case p.is("half", "половина", "половине", "пол"):
		return 30, true, true
	case p.is("quarter", "четверть", "четверти"):
		return 15, true, true
	}
	n, ok = p.cardinalNumber()
	said = p.is("minute", "minutes", "минут", "минуты", "мин")
	return n, said, ok && n > 0 && n < 60
}

// before is so many minutes before an hour.
func before(c clock, minutes int) clock {
	c.h--
	if c.h < 1 && c.twelve {
		c.h += 12
	} else if c.h < 0 {
		c.h += 24
	}
	c.m = 60 - minutes
	return c
}

// colons is a time of day in figures.
var colons = regexp.MustCompile(`^[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?$`)

// withMinutes takes "9:30", "9:30 pm", and "5-30 pm", "5.30 вечера" or "в
// 10.30", where what stands around says that no date is meant.
func (p *parser) withMinutes(at bool) (clock, bool) {
	if p.done() {
		return clock{}, false
	}
	t := p.tokens[p.at]
	numbers, mark := t.parts()
	if !colons.MatchString(t.text) && (len(numbers) != 2 || mark == ':') {
		return clock{}, false
	}
	c := clock{h: numbers[0], m: numbers[1], colon: mark == ':'}
	if len(numbers) == 3 {
		c.s = numbers[2]
	}
	c.twelve = c.h >= 1 && c.h <= 12 && t.text[0] != '0'
	p.at++
	switch mark {
	case ':':
		if c.twelve && p.glued() && p.next("a", "p") {
			c.twelve, c.h = false, c.h%12
			if p.is("p") {
				c.h += 12
			} else {
				p.at++
			}
			return c, true
		}
		c.figures = c.h >= 7 && p.lang == "ru"
		return p.halved(c)
	case '.', '-': // "9-11 am" is from nine to eleven, "at 10.11" may be a date
		minutes := len(t.text) > 3 && t.text[len(t.text)-3] == mark && (c.m > 12 || c.m == 0)
		if c.twelve && p.halfFollows() && (mark == '.' || minutes) {
			return p.halved(c)
		}
		return c, at && minutes
	}
	return clock{}, false
}

// halfFollows reports whether "am", "pm" or a part of the day comes next.
func (p *parser) halfFollows() bool {
	from := p.at
	defer func() { p.at = from }()
	c, ok := p.halved(clock{h: 1, twelve: true})
	if ok && !c.twelve {
		return true
	}
	_, ok = p.partOfDay()
	return ok
}

// withLetters takes "15h30", "3h18", "17ч10" and "19h".
func (p *parser) withLetters(at bool) (clock, bool) {
	if p.done() {
		return clock{}, false
	}
	h, ok := p.tokens[p.at].number()
	if !ok || len(p.tokens[p.at].text) > 2 {
		return clock{}, false
	}
	c := clock{h: h, twelve: h >= 1 && h <= 12 && p.tokens[p.at].text[0] != '0'}
	p.at++
	if !p.glued() || !p.is("h", "ч") {
		return clock{}, false
	}
	if p.glued() && !p.done() && len(p.tokens[p.at].text) == 2 {
		if c.m, ok = p.tokens[p.at].number(); ok {
			p.at++
			c.twelve = false // only who counts to 24 writes so
			return c, true
		}
	}
	c.letters = !at && h <= 12 // "3h" alone is an amount of time
	return c, true
}

// hourAlone takes an hour in digits or words, with what shows that it is one:
// "at 10", "10am", "10 утра", "10 часов", "ten thirty am".
func (p *parser) hourAlone(at bool) (clock, bool) {
	if p.done() {
		return clock{}, false
	}
	text := p.tokens[p.at].text
	if text == "час" { // one o'clock, with a word that says so
		p.at++
		return clock{h: 1, twelve: true}, at || p.halfFollows()
	}
	h, ok := p.cardinalNumber()
	if !ok {
		return clock{}, false
	}
	if isDigit(rune(text[0])) && len(text) > 2 {
		return p.runTogether(text, h)
	}
	c := clock{h: h, twelve: h >= 1 && h <= 12 && text[0] != '0', bare: !at}
	switch {
	case p.is("o'clock"):
		c.bare = false
	case p.is("час", "часа", "часов", "часам"):
		if m, ok := p.minutesAfter(); ok {
			c.m, c.bare = m, false
		}
	default:
		if m, ok := p.twoDigits(at); ok {
			c.m = m
		}
	}
	d, ok := p.halved(c)
	if ok && c.twelve && !d.twelve {
		d.bare = false
	}
	return d, ok
}

// minutesAfter takes the minutes of "10 часов 30 минут".
func (p *parser) minutesAfter() (m int, ok bool) {
	ok = p.try(func() bool {
		m, ok = p.cardinalNumber()
		return ok && m < 60 && p.is("минут", "минуты", "минута", "мин")
	})
	return m, ok
}

// twoDigits takes minutes after an hour: "30", "05", "thirty", "fifty nine".
// Two numbers are an hour only with what shows it, before or after.
func (p *parser) twoDigits(shown bool) (m int, ok bool) {
	ok = p.try(func() bool {
		if p.done() || p.glued() {
			return false
		}
		text := p.tokens[p.at].text
		m, ok = p.cardinalNumber()
		return ok && m < 60 && (len(text) == 2 || m >= 10 && !isDigit(rune(text[0]))) && (shown || p.halfFollows())
	})
	return m, ok
}

// runTogether takes "330 pm" and "730 in the evening".
func (p *parser) runTogether(text string, n int) (clock, bool) {
	c := clock{h: n / 100, m: n % 100}
	c.twelve = c.h >= 1 && c.h <= 12 && text[0] != '0'
	if len(text) > 4 || !c.twelve || !p.halfFollows() {
		return clock{}, false
	}
	return p.halved(c)
}
