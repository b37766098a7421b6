package calendar

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// maxHours is the longest text of working hours that is read, in bytes.
const maxHours = 1000

// dayMinutes are the minutes of a day on the clock, whatever its real length.
const dayMinutes = 24 * 60

// Span is a stretch of working time on one day, in minutes since that day's
// midnight on the local clock. From is within the day. To is later, and more
// than 1440 when the stretch ends on the next day.
type Span struct{ From, To int }

// Hours are weekly working hours: for each weekday its spans in order, so that
// lunch is a gap between two. A span that runs over midnight belongs to the day
// on which it begins. The zero Hours are the whole week, day and night.
type Hours struct {
	week   [7][]Span // by time.Weekday
	chosen bool      // false: the whole week
}

// Always reports whether these are the whole week, because no hours were given.
func (h Hours) Always() bool { return !h.chosen }

// On are the spans that begin on a weekday, in order.
func (h Hours) On(weekday time.Weekday) []Span {
	return slices.Clone(h.on(weekday))
}

func (h Hours) on(weekday time.Weekday) []Span {
	if !h.chosen {
		return []Span{{0, dayMinutes}}
	}
	return h.week[weekday]
}

// ParseHours reads working hours such as
//
//	Mon-Fri 09:00-18:00
//	Mon-Thu 09:00-13:00,14:00-18:00; Fri 09:00-17:00
//	Mon,Wed,Sat 22:00-06:00
//	24/7
//
// Days are English or Russian, short or whole. A span whose end is not after
// its start ends on the next day. The error is always an *Error: nothing
// written, a day or a time that is none, or spans that overlap.
func ParseHours(text string) (Hours, error) {
	switch {
	case len(text) > maxHours:
		return Hours{}, &Error{Code: HoursLong}
	case strings.TrimSpace(text) == "":
		return Hours{}, &Error{Code: HoursEmpty}
	case strings.TrimSpace(text) == "24/7":
		return Hours{}, nil
	}
	h := Hours{chosen: true}
	for part := range strings.SplitSeq(strings.TrimSuffix(strings.TrimSpace(text), ";"), ";") {
		if err := h.add(part); err != nil {
			return Hours{}, err
		}
	}
	if err := h.order(text); err != nil {
		return Hours{}, err
	}
	return h, nil
}

// add reads one part: days, a space, spans.
func (h *Hours) add(part string) error {
	tight := strings.NewReplacer("–", "-", "—", "-").Replace(part)
	for _, mark := range []string{"-", ","} {
		pieces := strings.Split(tight, mark)
		for i := range pieces {
			pieces[i] = strings.TrimSpace(pieces[i])
		}
		tight = strings.Join(pieces, mark)
	}
	words := strings.Fields(tight)
	if len(words) != 2 {
		return &Error{Code: HoursPart, Arg: short(strings.TrimSpace(part))}
	}
	days, err := parseDays(words[0])
	if err != nil {
		return err
	}
	for text := range strings.SplitSeq(words[1], ",") {
		span, ok := parseSpan(text)
		if !ok {
			return &Error{Code: HoursSpan, Arg: short(text)}
		}
		for _, weekday := range days {
			h.week[weekday] = append(h.week[weekday], span)
		}
	}
	return nil
}

// order sorts the spans of each day and refuses those that overlap, also over
// midnight and over the end of the week.
func (h *Hours) order(text string) error {
	var all []Span
	for weekday := range h.week {
		slices.SortStableFunc(h.week[weekday], func(a, b Span) int { return a.From - b.From })
		for _, s := range h.week[weekday] {
			all = append(all, Span{s.From + weekday*dayMinutes, s.To + weekday*dayMinutes})
		}
	}
	all = append(all, Span{all[0].From + 7*dayMinutes, all[0].To + 7*dayMinutes})
	for i := range all[1:] {
		if all[i+1].From < all[i].To {
			return &Error{Code: HoursOverlap, Arg: short(strings.TrimSpace(text))}
		}
	}
	return nil
}

// weekdays are the names of days, by time.Weekday.
func weekdays() [7][]string {
	return [7][]string{
		{"sun", "sunday", "вс", "воскресенье"}, {"mon", "monday", "пн", "понедельник"},
		{"tue", "tuesday", "вт", "вторник"}, {"wed", "wednesday", "ср", "среда"},
		{"thu", "thursday", "чт", "четверг"}, {"fri", "friday", "пт", "пятница"},
		{"sat", "saturday", "сб", "суббота"},
	}
}

// parseDays reads "Mon-Thu,Sat" or "daily". A range may run over the end of
// the week.
func parseDays(text string) ([]time.Weekday, error) {
	if strings.EqualFold(text, "daily") {
		text = "mon-sun"
	}
	var days []time.Weekday
	for part := range strings.SplitSeq(text, ",") {
		first, last, isRange := strings.Cut(part, "-")
		from, ok := parseDay(first)
		to := from
		if ok && isRange {
			to, ok = parseDay(last)
		}
		if !ok {
			return nil, &Error{Code: HoursDay, Arg: short(part)}
		}
		for d := from; ; d = (d + 1) % 7 {
			days = append(days, d)
			if d == to {
				break
			}
		}
	}
	return days, nil
}

func parseDay(name string) (time.Weekday, bool) {
	for weekday, names := range weekdays() {
		if slices.Contains(names, strings.ToLower(name)) {
			return time.Weekday(weekday), true
		}
	}
	return 0, false
}

// parseSpan reads "09:00-18:00" or "22:00-06:00".
func parseSpan(text string) (Span, bool) {
	first, last, ok := strings.Cut(text, "-")
	from, ok1 := parseMinute(first)
	to, ok2 := parseMinute(last)
	if !ok || !ok1 || !ok2 || from == dayMinutes || from == to {
		return Span{}, false
	}
	if to < from {
		to += dayMinutes
	}
	return Span{from, to}, true
}

// parseMinute reads a time of day, up to 24:00.
func parseMinute(text string) (int, bool) {
	hour, minute, ok := strings.Cut(text, ":")
	h, err1 := strconv.ParseUint(hour, 10, 8)
	m, err2 := strconv.ParseUint(minute, 10, 8)
	if !ok || err1 != nil || err2 != nil || len(hour) > 2 || len(minute) != 2 || m > 59 || h*60+m > dayMinutes {
		return 0, false
	}
	return int(h*60 + m), true
}

// String writes hours so that ParseHours reads the same: days with equal hours
// together, Monday first.
func (h Hours) String() string {
	if !h.chosen {
		return "24/7"
	}
	var parts []string
	for i := 1; i <= 7; {
		first, spans := i, h.week[i%7]
		for i++; i <= 7 && slices.Equal(h.week[i%7], spans); i++ {
		}
		if len(spans) == 0 {
			continue
		}
		days := dayName(first)
		if i-1 > first {
			days += "-" + dayName(i-1)
		}
		var texts []string
		for _, s := range spans {
			texts = append(texts, s.String())
		}
		parts = append(parts, days+" "+strings.Join(texts, ","))
	}
	return strings.Join(parts, "; ")
}

func dayName(n int) string { return time.Weekday(n % 7).String()[:3] }

// String writes a span as 09:00-18:00.
func (s Span) String() string {
	to := s.To
	if to > dayMinutes {
		to -= dayMinutes
	}
	return fmt.Sprintf("%02d:%02d-%02d:%02d", s.From/60, s.From%60, to/60, to%60)
}
