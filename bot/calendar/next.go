package calendar

import (
	"math/bits"
	"time"
)

const (
	minute = int64(60)
	day    = 24 * 60 * minute

	lastYear     = 9999            // RFC 3339 writes four digits
	firstInstant = -62_135_596_800 // the year 1, where Go's calendar begins
	lastInstant  = 253_402_300_799 // the last second of lastYear in UTC

	// widest is more than any offset from UTC, and reach more than any two
	// offsets differ, in seconds.
	widest = 16 * 60 * minute
	reach  = 26 * 60 * minute
)

// A wall time is what a clock on the wall of a zone shows, as the seconds since
// 1970 that it would be in UTC. It is no instant: within a gap no instant shows
// it, within an overlap two do.

// Next is the first occurrence strictly after an instant, in zone. It is false
// when there is none before the year 10000, or after lies before the year 1.
// An interval counts from after, in whole seconds.
func (s Spec) Next(after time.Time, zone *time.Location) (time.Time, bool) {
	if unix := after.Unix(); unix < firstInstant || unix > lastInstant {
		return time.Time{}, false
	}
	var next time.Time
	ok := true
	switch {
	case s.every > 0:
		next = after.Truncate(time.Second).Add(s.every)
	case s.elapsed:
		next, ok = s.nextElapsed(after.In(zone))
	default:
		next, ok = s.nextFixed(after.In(zone))
	}
	next = next.In(zone)
	if !ok || next.Year() > lastYear {
		return time.Time{}, false
	}
	return next, true
}

// nextFixed looks for the smallest matching wall time that the zone's clock has
// not yet reached, and gives the instant when it does.
//
// "The first instant at which the clock shows that time or a later one" is the
// whole rule: within a gap that is the first instant after it, within an
// overlap the first of the two.
func (s Spec) nextFixed(after time.Time) (time.Time, bool) {
	wall, ok := s.nextWall(unreached(after))
	if !ok {
		return time.Time{}, false
	}
	return reaches(wall, after.Location()), true
}

// unreached is the smallest whole minute that the wall clock has never shown up
// to and including an instant.
func unreached(at time.Time) int64 {
	wall := floor(wallOf(at), minute) + minute
	// The clock may have gone back a little while ago: what it showed before
	// was reached then.
	for start, _ := at.ZoneBounds(); !start.IsZero() && at.Unix()-start.Unix() < reach; {
		before := start.Add(-time.Second)
		wall = max(wall, ceil(wallOf(before)+1, minute))
		start, _ = before.ZoneBounds()
	}
	return wall
}

// reaches is the first instant at which the wall clock shows that time or a
// later one.
func reaches(wall int64, zone *time.Location) time.Time {
	// Before this no clock on earth shows it.
	at := time.Unix(wall-widest, 0).In(zone)
	for {
		_, offset := at.Zone()
		start, end := changes(at)
		shown := time.Unix(wall-int64(offset), 0).In(zone)
		if !start.IsZero() && shown.Before(start) {
			shown = start // the clock was put forward over it
		}
		if end.IsZero() || shown.Before(end) {
			return shown
		}
		at = end
	}
}

// changes are the clock changes around an instant, zero where there is none: the
// offset is the same from start until before end. Both may also be instants at
// which nothing changes.
func changes(at time.Time) (start, end time.Time) {
	start, end = at.ZoneBounds()
	// Of the years that only a zone's rule for the future covers, time takes
	// all for 365 days long: on the last day of a leap year it names an end
	// that has passed.
	if !end.IsZero() && !end.After(at) {
		end = at.Add(24 * time.Hour)
	}
	return start, end
}

// nextElapsed looks for the first instant after this one at which the wall
// clock shows a matching minute, stretch by stretch between clock changes.
func (s Spec) nextElapsed(after time.Time) (time.Time, bool) {
	from := floor(wallOf(after), minute) + minute
	for at := after; ; {
		wall, ok := s.nextWall(from)
		if !ok {
			return time.Time{}, false
		}
		_, offset := at.Zone()
		_, end := changes(at)
		shown := time.Unix(wall-int64(offset), 0)
		if end.IsZero() || shown.Before(end) {
			return shown, true
		}
		near := time.Unix(wall-widest, 0).In(at.Location())
		if end.Unix()-at.Unix() > reach && near.After(end) {
			// Nothing matches from here to shortly before wall, and no clock
			// goes back to before from: the stretches between are passed over.
			at, from = near, wall
		} else {
			at, from = end, ceil(wallOf(end), minute)
		}
	}
}

// nextWall is the smallest matching wall time that is not below from, which is
// a whole minute.
func (s Spec) nextWall(from int64) (int64, bool) {
	today := floor(from, day)
	h, m := int(from-today)/3600, int(from-today)/60%60
	y, mon, d := time.Unix(from, 0).UTC().Date()
	week := time.Unix(from, 0).UTC().Weekday()
	if s.onDay(mon, d, week) {
		if has(s.hours, h) {
			if later := s.minutes >> m; later != 0 {
				return today + int64(h)*3600 + int64(m+bits.TrailingZeros64(later))*60, true
			}
		}
		if later := s.hours >> (h + 1); later != 0 {
			return today + int64(h+1+bits.TrailingZeros64(later))*3600 + s.firstMinute(), true
		}
	}
	date, ok := s.nextDate(y, mon, d+1)
	return date + s.firstHour() + s.firstMinute(), ok
}

func (s Spec) firstHour() int64   { return int64(bits.TrailingZeros64(s.hours)) * 3600 }
func (s Spec) firstMinute() int64 { return int64(bits.TrailingZeros64(s.minutes)) * 60 }

// nextDate is the midnight of the first matching date that is not before this
// one; d may be one past the end of its month.
func (s Spec) nextDate(y int, mon time.Month, d int) (int64, bool) {
	for ; y <= lastYear; y, mon = y+1, time.January {
		for ; mon <= time.December; mon, d = mon+1, 1 {
			if !has(s.months, int(mon)) {
				continue
			}
			first := time.Date(y, mon, 1, 0, 0, 0, 0, time.UTC)
			week := int(first.Weekday())
			for length := first.AddDate(0, 1, -1).Day(); d <= length; d++ {
				if s.onDay(mon, d, time.Weekday((week+d-1)%7)) {
					return first.Unix() + int64(d-1)*day, true
				}
			}
		}
	}
	return 0, false
}

// comes reports whether any year has a matching date. Dates and weekdays repeat
// after 400 years.
func (s Spec) comes() bool {
	_, ok := s.nextDate(lastYear-400, time.January, 1)
	return ok
}

func (s Spec) onDay(mon time.Month, d int, week time.Weekday) bool {
	if !has(s.months, int(mon)) {
		return false
	}
	if s.anyDay || s.anyWeek {
		return has(s.days, d) && has(s.weeks, int(week))
	}
	return has(s.days, d) || has(s.weeks, int(week))
}

func has(set uint64, bit int) bool { return set&(1<<bit) != 0 }

// wallOf is what the clock on the wall shows at an instant.
func wallOf(at time.Time) int64 {
	_, offset := at.Zone()
	return at.Unix() + int64(offset)
}

// floor rounds down to a multiple of unit, also below zero.
func floor(n, unit int64) int64 { return n - (n%unit+unit)%unit }

// ceil rounds up to a multiple of unit, also below zero.
func ceil(n, unit int64) int64 { return -floor(-n, unit) }
