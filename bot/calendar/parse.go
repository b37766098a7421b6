package calendar

import (
	"math/bits"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/robfig/cron/v3"
)

// maxSpec is the longest spec that is read, in bytes.
const maxSpec = 1000

// Spec is a schedule: five cron fields, or an interval. The zero Spec never
// comes. Specs of equal text are equal.
type Spec struct {
	text                                string
	every                               time.Duration // an interval; the fields are then unused
	minutes, hours, days, months, weeks uint64        // one bit a value
	anyDay, anyWeek                     bool          // the field has a star: both must match, else either
	elapsed                             bool          // follows elapsed time, see the package comment
}

// String is the spec as it was written, without superfluous spaces.
func (s Spec) String() string { return s.text }

// field is one of the five, with what it may hold.
type field struct {
	name     string
	low      int
	high     int
	option   cron.ParseOption
	question bool // "?" means "*" here
}

// fields are the five in the order they are written.
func fields() [5]field {
	return [5]field{
		{"minute", 0, 59, cron.Minute, false},
		{"hour", 0, 23, cron.Hour, false},
		{"day of month", 1, 31, cron.Dom, true},
		{"month", 1, 12, cron.Month, false},
		{"day of week", 0, 6, cron.Dow, true},
	}
}

// bounds says in words what a field may hold.
func bounds(name string) string {
	for _, f := range fields() {
		if f.name == name {
			switch f.option {
			case cron.Month:
				return "1-12 or JAN-DEC"
			case cron.Dow:
				return "0-7 (0 and 7 are Sunday) or SUN-SAT"
			}
			return strconv.Itoa(f.low) + "-" + strconv.Itoa(f.high)
		}
	}
	return "a number"
}

// Parse reads a spec: five fields (minute, hour, day of month, month, day of
// week, where 7 is Sunday and names such as JAN and MON are known), one of
// @hourly, @daily, @midnight, @weekly, @monthly, @yearly, @annually, or @every
// with a duration of at least a minute. Day of month and day of week are
// alternatives unless one of them has a star. What cannot come, such as the
// 30th of February, is refused. The error is always an *Error.
func Parse(spec string) (Spec, error) {
	switch {
	case len(spec) > maxSpec:
		return Spec{}, &Error{Code: SpecLong}
	case !utf8.ValidString(spec) || strings.ContainsFunc(spec, func(r rune) bool { return unicode.IsControl(r) && r != '\t' }):
		return Spec{}, &Error{Code: SpecControl}
	}
	words := strings.Fields(spec)
	if len(words) == 0 {
		return Spec{}, &Error{Code: SpecEmpty}
	}
	if first := strings.ToUpper(words[0]); strings.HasPrefix(first, "TZ=") || strings.HasPrefix(first, "CRON_TZ=") {
		return Spec{}, &Error{Code: SpecZone}
	}
	text := strings.Join(words, " ")
	if text[0] == '@' {
		return parseWord(strings.ToLower(text))
	}
	return parseFields(text, words)
}

// parseWord reads "@daily" and its like.
func parseWord(text string) (Spec, error) {
	same := map[string]string{
		"@hourly": "0 * * * *", "@daily": "0 0 * * *", "@midnight": "0 0 * * *",
		"@weekly": "0 0 * * 0", "@monthly": "0 0 1 * *", "@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *",
	}
	if fields, ok := same[text]; ok {
		s, err := parseFields(fields, strings.Fields(fields))
		s.text = text
		return s, err
	}
	rest, ok := strings.CutPrefix(text, "@every")
	if !ok || rest != "" && rest[0] != ' ' {
		return Spec{}, &Error{Code: SpecWord, Arg: short(text)}
	}
	d, err := time.ParseDuration(strings.TrimSpace(rest))
	if err != nil || d < time.Minute {
		return Spec{}, &Error{Code: SpecEvery, Arg: short(text)}
	}
	return Spec{text: text, every: d.Truncate(time.Second)}, nil
}

func parseFields(text string, words []string) (Spec, error) {
	if len(words) != 5 {
		return Spec{}, &Error{Code: SpecFields, Arg: short(text)}
	}
	var set [5]uint64
	for i, f := range fields() {
		var err error
		if set[i], err = f.parse(words[i]); err != nil {
			return Spec{}, err
		}
	}
	s := Spec{
		text:    text,
		minutes: set[0], hours: set[1], days: set[2], months: set[3], weeks: set[4],
		anyDay:  strings.ContainsAny(words[2], "*?"),
		anyWeek: strings.ContainsAny(words[4], "*?"),
		elapsed: strings.ContainsAny(words[0]+words[1], "*/"),
	}
	if !s.comes() {
		return Spec{}, &Error{Code: SpecNever, Arg: short(text)}
	}
	return s, nil
}

// item is one part of a list: a star, a value or a range, and a step. The
// parser proper takes more than that, such as "*-5", "+5" and ",".
var item = regexp.MustCompile(`^(?:(\*|\?)|([0-9]{1,4}|[A-Za-z]{3})(?:-([0-9]{1,4}|[A-Za-z]{3}))?)(?:/([0-9]{1,12}))?$`)

// parse gives the values of a field, one bit each.
func (f field) parse(text string) (uint64, error) {
	var set uint64
	for _, part := range strings.Split(text, ",") {
		m := item.FindStringSubmatch(part)
		if m == nil || m[1] == "?" && !f.question {
			return 0, &Error{Code: SpecField, Arg: short(text), Field: f.name}
		}
		star, low, high, step := m[1], m[2], m[3], m[4]
		switch {
		case star != "":
			low, high = strconv.Itoa(f.low), strconv.Itoa(f.high)
		case high == "" && step != "":
			high = strconv.Itoa(f.high) // a value with a step runs to the end
		}
		values := f.values(low, high)
		if values == 0 {
			return 0, &Error{Code: SpecField, Arg: short(text), Field: f.name}
		}
		if step != "" {
			n, _ := strconv.Atoi(step) // digits, at most 12
			if n > bits.OnesCount64(values) {
				return 0, &Error{Code: SpecStep, Arg: short(text), Field: f.name}
			} else if n == 0 {
				return 0, &Error{Code: SpecField, Arg: short(text), Field: f.name}
			}
			values = everyNth(values, n)
		}
		set |= values
	}
	if f.option == cron.Dow && set&sunday != 0 {
		set = set&^sunday | 1
	}
	return set, nil
}

// sunday is the bit of Sunday as the seventh day. The parser proper knows it as
// day 0 alone.
const sunday = 1 << 7

// values gives the bits of a value, or of a range if high is not empty; 0 if
// they cannot be read.
func (f field) values(low, high string) uint64 {
	if f.option != cron.Dow {
		return f.robfig(low, high)
	}
	switch {
	case high == "" || strings.EqualFold(low, high):
		if low == "7" {
			return sunday
		}
		return f.robfig(low, "")
	case high == "7" || strings.EqualFold(high, "SUN"):
		if low == "7" {
			return sunday
		}
		if days := f.robfig(low, "6"); days != 0 {
			return days | sunday
		}
		return 0
	}
	return f.robfig(low, high)
}

// robfig has robfig/cron read numbers, names and ranges.
func (f field) robfig(low, high string) uint64 {
	if high != "" {
		low += "-" + high
	}
	schedule, err := cron.NewParser(f.option).Parse(low)
	if err != nil {
		return 0
	}
	s := schedule.(*cron.SpecSchedule)
	switch f.option {
	case cron.Minute:
		return s.Minute
	case cron.Hour:
		return s.Hour
	case cron.Dom:
		return s.Dom
	case cron.Month:
		return s.Month
	}
	return s.Dow
}

// everyNth keeps the first, the n-th after it, and so on, of a range.
func everyNth(values uint64, n int) uint64 {
	var kept uint64
	for i := 0; values != 0; i++ {
		if i%n == 0 {
			kept |= values & -values
		}
		values &= values - 1
	}
	return kept
}
