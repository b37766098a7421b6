package phrase

import (
	"strings"
	"time"
)

// civil is a date on the local calendar, as its midnight in UTC.
func civil(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, time.UTC) }

// civilOf is the date that an instant shows in its zone.
func civilOf(t time.Time) time.Time { return civil(t.Date()) }

// instant is when the clock on the wall of a zone shows a date and a time of
// day, given in seconds, or first shows a later one: the first instant after a
// gap, the first of two within an overlap.
func instant(date time.Time, seconds int, zone *time.Location) time.Time {
	wall := date.Unix() + int64(seconds)
	offset := func(unix int64) int64 {
		_, o := time.Unix(unix, 0).In(zone).Zone()
		return int64(o)
	}
	const aDay = 24 * 60 * 60
	before, after := offset(wall-aDay), offset(wall+aDay)
	if t := wall - before; offset(t) == before {
		return time.Unix(t, 0).In(zone)
	}
	if t := wall - after; offset(t) == after {
		return time.Unix(t, 0).In(zone)
	}
	// With the old offset it would be after the change, with the new before it.
	start, _ := time.Unix(wall-before, 0).In(zone).ZoneBounds()
	return start
}

// addMonths keeps the day of the month, or takes the last one there is.
func addMonths(date time.Time, n int) time.Time {
	first := civil(date.Year(), date.Month()+time.Month(n), 1)
	return first.AddDate(0, 0, min(date.Day(), lastDay(first))-1)
}

// lastDay is the number of days of the month of a date.
func lastDay(date time.Time) int { return civil(date.Year(), date.Month()+1, 0).Day() }

// exists reports whether a year has a date.
func exists(y int, m time.Month, d int) bool { return d >= 1 && d <= lastDay(civil(y, m, 1)) }

// zoneNamed is the zone of the phrase: UTC or an offset if it ends with one,
// else that of who says it. Other names of zones are not understood: most are
// said of two zones, or only of half of the year.
func (p *parser) zoneNamed() *time.Location {
	if p.names("gmt", "utc") {
		return time.UTC
	}
	if n := len(p.tokens); n > 2 {
		p.at = n - 2
		defer func() { p.at = 0 }()
		if seconds, ok := p.offsetSeconds(); ok {
			return time.FixedZone("", seconds)
		}
	}
	return p.zone
}

// offset takes an offset from UTC, such as +0300, that ends the phrase.
func (p *parser) offset() bool {
	return p.try(func() bool {
		_, ok := p.offsetSeconds()
		return ok && p.done()
	})
}

// offsetSeconds takes a sign and four digits after a time of day.
func (p *parser) offsetSeconds() (int, bool) {
	if p.at == 0 || p.at+1 >= len(p.tokens) || !strings.Contains(p.tokens[p.at-1].text, ":") {
		return 0, false
	}
	sign, digits := p.tokens[p.at].text, p.tokens[p.at+1]
	n, ok := digits.number()
	p.at += 2
	seconds := n/100*3600 + n%100*60
	if !ok || !digits.glued || len(digits.text) != 4 || n%100 > 59 || n > 1400 {
		return 0, false
	}
	if sign == "-" {
		return -seconds, true
	}
	return seconds, sign == "+"
}
