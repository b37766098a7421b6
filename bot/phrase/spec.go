package phrase

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// spec writes the five fields.
func (c cycle) spec(w world) (Result, *Error) {
	if c.minute != "" && (len(c.clocks) > 0 || c.part != nil || c.months || c.years) ||
		(c.weekly || c.daily) && (c.months || c.years) {
		return Result{}, &Error{Reason: Unclear}
	}
	days, months := "*", "*"
	if c.months || c.years {
		slices.Sort(c.dates)
		days = join(slices.Compact(c.dates))
		if c.years {
			months = strconv.Itoa(c.month)
		}
		for _, d := range c.dates {
			if d < 1 || d > 31 || c.years && !exists(2000, time.Month(c.month), d) {
				return Result{}, &Error{Reason: Never}
			}
		}
	}
	minutes, hours := c.minute, c.hour
	if minutes == "" {
		var err *Error
		if minutes, hours, err = c.hours(w); err != nil {
			return Result{}, err
		}
	}
	return Result{
		Spec:  fmt.Sprintf("%s %s %s %s %s", minutes, hours, days, months, c.weekdays()),
		Whole: c.minute == "" && len(c.clocks) == 0,
	}, nil
}

// hours writes the fields of minute and hour, which are midnight when only days
// were named.
func (c cycle) hours(w world) (minute, hour string, err *Error) {
	if len(c.clocks) == 0 {
		if c.part != nil {
			return "", "", &Error{Reason: Unclear} // "every morning": when?
		}
		return "0", "0", nil
	}
	var all []int
	for _, at := range c.clocks {
		if c.part != nil {
			var ok bool
			if at, ok = c.part.fix(at); !ok {
				return "", "", &Error{Reason: Unclear}
			}
		}
		switch {
		case at.bare || at.s != 0 || at.m != c.clocks[0].m:
			return "", "", &Error{Reason: Unclear}
		case at.twelve && !at.figures && at.h < 7:
			return "", "", w.either(at)
		}
		all = append(all, at.h)
	}
	slices.Sort(all)
	return strconv.Itoa(c.clocks[0].m), join(slices.Compact(all)), nil
}

// weekdays writes the field of days of the week.
func (c cycle) weekdays() string {
	var all []int
	for d, on := range c.days {
		if on {
			all = append(all, d)
		}
	}
	switch {
	case len(all) == 0 || len(all) == 7:
		return "*"
	case slices.Equal(all, []int{1, 2, 3, 4, 5}):
		return "1-5"
	}
	return join(all)
}

// join writes a list.
func join(numbers []int) string {
	var texts []string
	for _, n := range numbers {
		texts = append(texts, strconv.Itoa(n))
	}
	return strings.Join(texts, ",")
}
