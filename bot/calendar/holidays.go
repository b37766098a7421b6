package calendar

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Holidays are local dates on which nobody works, each with a name that may be
// empty. They have no zone: a date is a holiday wherever the calendar that has
// it is. The zero Holidays are none.
type Holidays struct {
	dates map[int]string // by day number
	rules []yearly
}

// A day number is the days since 1 January 1970 of a date on the local
// calendar, whatever the zone.

// yearly is a holiday that comes every year, or every few years: on a date, or
// on the nth weekday of a month. It may last several days.
type yearly struct {
	name        string
	month       time.Month
	day         int          // of the month; 0 when nth counts
	weekday     time.Weekday // with nth
	nth         int          // 1 to 5, or -1 to -5 from the end of the month
	length      int          // days
	interval    int          // years
	first, last int          // day numbers of the first and the last that may be
	except      map[int]bool // day numbers on which it does not begin
}

// None reports whether there are no holidays at all.
func (h Holidays) None() bool { return len(h.dates) == 0 && len(h.rules) == 0 }

// On is the name of the holiday on the date that t shows in t's own zone.
func (h Holidays) On(t time.Time) (name string, ok bool) { return h.on(dayOf(wallOf(t))) }

func (h Holidays) on(n int) (string, bool) {
	if name, ok := h.dates[n]; ok {
		return name, true
	}
	year := dateOf(n).Year()
	for _, r := range h.rules {
		for y := year - 1; y <= year; y++ { // one may run over the end of a year
			if begin, ok := r.in(y); ok && begin <= n && n < begin+r.length {
				return r.name, true
			}
		}
	}
	return "", false
}

// And are these holidays together with others.
func (h Holidays) And(others Holidays) Holidays {
	sum := Holidays{dates: make(map[int]string, len(h.dates)+len(others.dates))}
	for _, one := range []Holidays{others, h} {
		for n, name := range one.dates {
			sum.dates[n] = name
		}
		sum.rules = append(sum.rules, one.rules...)
	}
	return sum
}

// in is the day number on which a holiday begins in a year.
func (r yearly) in(year int) (int, bool) {
	if (year-dateOf(r.first).Year())%r.interval != 0 {
		return 0, false
	}
	begin := time.Date(year, r.month, r.day, 0, 0, 0, 0, time.UTC)
	if r.nth > 0 {
		begin = time.Date(year, r.month, 1, 0, 0, 0, 0, time.UTC)
		begin = begin.AddDate(0, 0, (int(r.weekday-begin.Weekday())+7)%7+7*(r.nth-1))
	} else if r.nth < 0 {
		begin = time.Date(year, r.month+1, 0, 0, 0, 0, 0, time.UTC)
		begin = begin.AddDate(0, 0, -(int(begin.Weekday()-r.weekday)+7)%7+7*(r.nth+1))
	}
	n := dayOf(begin.Unix())
	// 29 February and a fifth Monday do not come every year.
	return n, begin.Month() == r.month && n >= r.first && n <= r.last && !r.except[n]
}

// writtenHoliday is a date or a range of dates, with or without a year, and a name.
var writtenHoliday = regexp.MustCompile(`^((?:[0-9]{4}-)?[0-9]{2}-[0-9]{2})(?:\.\.((?:[0-9]{4}-)?[0-9]{2}-[0-9]{2}))?(?:\s+(\S.*))?$`)

// ParseHolidays reads a list of dates: "2026-03-09" is that day alone, "03-08"
// that day every year. "12-31..01-08" is the days from the first to the last,
// and a name may follow: "03-08 Women's Day". The error is always an *Error.
func ParseHolidays(list []string) (Holidays, error) {
	h := Holidays{dates: map[int]string{}}
	for _, text := range list {
		m := writtenHoliday.FindStringSubmatch(strings.TrimSpace(text))
		if m == nil {
			return Holidays{}, &Error{Code: HolidayDate, Arg: short(text)}
		}
		if m[2] == "" {
			m[2] = m[1]
		}
		if !h.add(m[1], m[2], m[3]) {
			return Holidays{}, &Error{Code: HolidayDate, Arg: short(text)}
		}
	}
	return h, nil
}

// add keeps the days from first to last, both of which have a year or both not.
func (h *Holidays) add(first, last, name string) bool {
	const leap = 2000 // has every date there is
	everyYear := len(first) == len("01-02")
	if everyYear {
		first = strconv.Itoa(leap) + "-" + first
	}
	if len(last) == len("01-02") != everyYear {
		return false
	} else if everyYear {
		last = strconv.Itoa(leap) + "-" + last
	}
	from, err1 := time.Parse(time.DateOnly, first)
	to, err2 := time.Parse(time.DateOnly, last)
	if err1 != nil || err2 != nil {
		return false
	}
	if everyYear && to.Before(from) {
		to = to.AddDate(1, 0, 0)
	}
	length := dayOf(to.Unix()) - dayOf(from.Unix()) + 1
	if length < 1 || length > longestHoliday {
		return false
	}
	if everyYear {
		h.rules = append(h.rules, yearly{
			name: name, month: from.Month(), day: from.Day(), length: length, interval: 1,
			first: dayOf(firstInstant), last: dayOf(lastInstant),
		})
		return true
	}
	for i := range length {
		h.dates[dayOf(from.Unix())+i] = name
	}
	return true
}

// longestHoliday is in days. A longer one is a slip of the pen.
const longestHoliday = 100

// dayOf is the day number of a wall time.
func dayOf(wall int64) int { return int(floor(wall, day) / day) }

// dateOf is the midnight of a day number, as if in UTC.
func dateOf(n int) time.Time { return time.Unix(int64(n)*day, 0).UTC() }
