package calendar

import (
	"bytes"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// maxICS is the largest file of holidays that is read, in bytes.
const maxICS = 1 << 20

// ReadHolidays reads an iCalendar file (RFC 5545), as calendars and offices
// publish their holidays: each event is a holiday of whole days, once, on a
// list of dates (RDATE), or every year by date or by weekday of a month
// (RRULE:FREQ=YEARLY), but for exceptions (EXDATE). Cancelled events, alarms
// and time zones are passed over. An event of some hours, or one that comes
// every week, is no holiday: it is refused with its line, and so is every other
// rule that would be understood by half. The error is an *Error, or that of r.
func ReadHolidays(r io.Reader) (Holidays, error) {
	raw, err := io.ReadAll(io.LimitReader(r, maxICS+1))
	if err != nil {
		return Holidays{}, err
	}
	raw = bytes.TrimPrefix(raw, []byte("\ufeff"))
	lines := unfold(string(raw))
	if len(raw) > maxICS || !utf8.Valid(raw) || len(lines) == 0 || !lines[0].is("BEGIN", "VCALENDAR") {
		return Holidays{}, &Error{Code: HolidayFile}
	}
	h := Holidays{dates: map[int]string{}}
	var within []string // the components around a line
	var e *icsEvent
	for _, line := range lines {
		switch {
		case line.name == "BEGIN":
			within = append(within, strings.ToUpper(line.value))
			if len(within) == 2 && within[1] == "VEVENT" {
				e = &icsEvent{begin: line, length: 1}
			}
		case line.name == "END":
			if len(within) == 0 || !line.is("END", within[len(within)-1]) {
				return Holidays{}, &Error{Code: HolidayFile}
			}
			if within = within[:len(within)-1]; len(within) == 1 && e != nil {
				if err := e.keep(&h); err != nil {
					return Holidays{}, err
				}
				e = nil
			}
		case e != nil && len(within) == 2:
			if !e.read(line) {
				return Holidays{}, line.refused()
			}
		}
	}
	if len(within) > 0 {
		return Holidays{}, &Error{Code: HolidayFile}
	}
	return h, nil
}

// icsLine is one line of a file, folded ones joined.
type icsLine struct {
	number int
	text   string
	name   string // upper case
	params string // upper case
	value  string
}

func (l icsLine) is(name, value string) bool {
	return l.name == name && strings.EqualFold(l.value, value)
}

func (l icsLine) refused() *Error {
	return &Error{Code: HolidayEvent, Arg: short(l.text), Line: l.number}
}

// unfold splits a file into lines. A line that begins with a space continues
// the one before.
func unfold(text string) []icsLine {
	var lines []icsLine
	for i, row := range strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n") {
		if row != "" && (row[0] == ' ' || row[0] == '\t') && len(lines) > 0 {
			lines[len(lines)-1].text += row[1:]
		} else if strings.TrimSpace(row) != "" {
			lines = append(lines, icsLine{number: i + 1, text: row})
		}
	}
	for i := range lines {
		lines[i].split()
	}
	return lines
}

// split finds the colon before the value, which is not within quotes.
func (l *icsLine) split() {
	quoted := false
	for i := range len(l.text) {
		switch l.text[i] {
		case '"':
			quoted = !quoted
		case ':':
			if !quoted {
				head := strings.ToUpper(l.text[:i])
				l.name, l.params, _ = strings.Cut(head, ";")
				l.value = strings.TrimSpace(l.text[i+1:])
				return
			}
		}
	}
}

// icsEvent is one event while it is read.
type icsEvent struct {
	begin     icsLine
	name      string
	started   bool
	ended     bool
	start     int // day numbers
	end       int
	length    int // days
	rule      icsLine
	more      []int
	except    map[int]bool
	cancelled bool
}

// read takes one property. It is false for one that changes when the event is
// and cannot be understood.
func (e *icsEvent) read(line icsLine) (ok bool) {
	switch line.name {
	case "SUMMARY":
		e.name = strings.NewReplacer(`\\`, `\`, `\n`, " ", `\N`, " ", `\,`, ",", `\;`, ";").Replace(line.value)
	case "STATUS":
		e.cancelled = line.is("STATUS", "CANCELLED")
	case "DTSTART":
		e.start, e.started = icsDate(line.value)
		return e.started
	case "DTEND":
		e.end, e.ended = icsDate(line.value)
		return e.ended
	case "DURATION":
		e.length, ok = icsDays(line.value)
		return ok
	case "RDATE", "EXDATE":
		for text := range strings.SplitSeq(line.value, ",") {
			n, ok := icsDate(text)
			if !ok {
				return false
			}
			if line.name == "RDATE" {
				e.more = append(e.more, n)
				continue
			}
			if e.except == nil {
				e.except = map[int]bool{}
			}
			e.except[n] = true
		}
	case "RRULE":
		again := e.rule.text != ""
		e.rule = line
		return !again
	case "EXRULE", "RECURRENCE-ID":
		return false
	}
	return true
}

// icsDate reads a date, or the midnight of one without a zone of its own, as
// some programs write whole days.
func icsDate(text string) (int, bool) {
	at, err := time.Parse("20060102", strings.TrimSuffix(text, "T000000"))
	return dayOf(at.Unix()), err == nil
}

// icsDays reads a duration of whole days, such as P1D or P2W.
func icsDays(text string) (int, bool) {
	days, isDays := strings.CutSuffix(strings.TrimPrefix(text, "P"), "D")
	weeks, isWeeks := strings.CutSuffix(days, "W")
	n, err := strconv.Atoi(weeks)
	if isWeeks {
		n *= 7
	}
	return n, err == nil && isDays != isWeeks && n > 0
}

// keep adds the event to the holidays.
func (e *icsEvent) keep(h *Holidays) error {
	if e.cancelled {
		return nil
	}
	if e.ended {
		e.length = e.end - e.start
	}
	if !e.started || e.length < 1 || e.length > longestHoliday {
		return e.begin.refused()
	}
	first := []int{e.start}
	if e.rule.text != "" {
		rule, ok := e.yearly()
		if !ok {
			return e.rule.refused()
		}
		h.rules = append(h.rules, rule)
		first = nil
	}
	for _, begin := range append(first, e.more...) {
		if e.except[begin] {
			continue
		}
		for i := range e.length {
			h.dates[begin+i] = e.name
		}
	}
	return nil
}

// yearly reads the rule of an event.
func (e *icsEvent) yearly() (yearly, bool) {
	start := dateOf(e.start)
	r := yearly{
		name: e.name, month: start.Month(), day: start.Day(), length: e.length,
		interval: 1, first: e.start, last: dayOf(lastInstant), except: e.except,
	}
	count, freq := 0, ""
	var byMonth, byDay bool // one day of the month or one weekday, with the month
	for part := range strings.SplitSeq(strings.ToUpper(e.rule.value), ";") {
		key, value, _ := strings.Cut(part, "=")
		ok := true
		switch key {
		case "FREQ":
			freq = value
		case "WKST", "":
		case "INTERVAL":
			r.interval, ok = number(value, 1, 100)
		case "COUNT":
			count, ok = number(value, 1, 10_000)
		case "UNTIL":
			date, _, _ := strings.Cut(value, "T")
			r.last, ok = icsDate(date)
		case "BYMONTH":
			var month int
			month, ok = number(value, 1, 12)
			r.month, byMonth = time.Month(month), true
		case "BYMONTHDAY":
			r.day, ok = number(value, 1, 31)
			ok, byDay = ok && !byDay, true
		case "BYDAY":
			ok, byDay = r.onWeekday(value) && !byDay, true
		default:
			ok = false
		}
		if !ok {
			return r, false
		}
	}
	begin, ok := r.in(start.Year())
	return r.until(count), ok && begin == e.start && freq == "YEARLY" && (byMonth || !byDay)
}

// onWeekday reads "4TH" as the fourth Thursday and "-1MO" as the last Monday.
func (r *yearly) onWeekday(text string) bool {
	if len(text) < 3 {
		return false
	}
	weekday := strings.Index("SUMOTUWETHFRSA", text[len(text)-2:])
	nth, err := strconv.Atoi(text[:len(text)-2])
	if weekday < 0 || weekday%2 != 0 || err != nil || nth == 0 || nth < -5 || nth > 5 {
		return false
	}
	r.weekday, r.nth = time.Weekday(weekday/2), nth
	return true
}

// until turns a number of holidays, if there is one, into the last of them.
func (r yearly) until(count int) yearly {
	for y := dateOf(r.first).Year(); count > 0 && y <= lastYear; y++ {
		n, ok := r.in(y)
		if !ok {
			continue
		}
		if count--; count == 0 {
			r.last = n
		}
	}
	return r
}

func number(text string, low, high int) (int, bool) {
	n, err := strconv.Atoi(text)
	return n, err == nil && n >= low && n <= high
}
