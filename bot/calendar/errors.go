package calendar

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Code says what is wrong with a spec, a zone or a count. Codes are stable, so
// that callers can say the same in another language.
type Code string

// The codes, with what Arg holds.
const (
	SpecEmpty   Code = "spec_empty"   // nothing was written
	SpecLong    Code = "spec_long"    // more than 1,000 bytes
	SpecControl Code = "spec_control" // a control character, or bytes that are no UTF-8
	SpecZone    Code = "spec_zone"    // TZ= or CRON_TZ= within the spec
	SpecWord    Code = "spec_word"    // Arg is an unknown @word
	SpecEvery   Code = "spec_every"   // Arg is an @every without a duration, or under a minute
	SpecFields  Code = "spec_fields"  // Arg is the spec: not five fields
	SpecField   Code = "spec_field"   // Arg is what cannot be read, Field where
	SpecStep    Code = "spec_step"    // Arg has a step larger than its range, Field where
	SpecNever   Code = "spec_never"   // Arg is the spec: there is no such date
	ZoneEmpty   Code = "zone_empty"   // no zone was named
	ZoneUnknown Code = "zone_unknown" // Arg is no zone of the IANA database; Near may help
	ZoneVague   Code = "zone_vague"   // Arg is an abbreviation that says nothing of summer time; Near may help
	CountRange  Code = "count_range"  // Arg is a count outside 1 to 10,000
	FromRange   Code = "from_range"   // Arg is an instant outside the years 1970 to 9999
	EndOfTime   Code = "end_of_time"  // Arg is the spec: nothing more before the year 10000

	HoursEmpty   Code = "hours_empty"   // no working hours were written
	HoursLong    Code = "hours_long"    // more than 1,000 bytes
	HoursPart    Code = "hours_part"    // Arg is a part that is not days and times
	HoursDay     Code = "hours_day"     // Arg is no day of the week
	HoursSpan    Code = "hours_span"    // Arg is no stretch of time
	HoursOverlap Code = "hours_overlap" // Arg is the hours, which overlap
	HolidayDate  Code = "holiday_date"  // Arg is no date, or no range of dates
	HolidayFile  Code = "holiday_file"  // the bytes are no iCalendar file, or a too large one
	HolidayEvent Code = "holiday_event" // Arg is a line of an event that cannot be taken for a holiday
)

// Error is the one kind of error this package returns: a sentence that says
// what to do.
type Error struct {
	Code  Code
	Arg   string   // what was written, shortened and without control characters
	Field string   // the field of a spec: minute, hour, day of month, month, day of week
	Line  int      // the line of a file, from 1
	Near  []string // zones that may have been meant
}

// Error is one English sentence.
func (e *Error) Error() string {
	switch e.Code {
	case SpecEmpty:
		return `the schedule is empty: write five fields, such as "30 9 * * MON-FRI", or @daily`
	case SpecLong:
		return fmt.Sprintf("the schedule is longer than %d bytes: split it into several", maxSpec)
	case SpecControl:
		return "the schedule holds characters that cannot be typed: write it in plain letters, digits and spaces"
	case SpecZone:
		return "a schedule names no zone itself: leave TZ= out and give the zone apart"
	case SpecWord:
		return fmt.Sprintf("%q is not known: write @hourly, @daily, @weekly, @monthly, @yearly or @every 90m", e.Arg)
	case SpecEvery:
		return fmt.Sprintf("%q is no interval: write @every with a duration of at least a minute, such as @every 90m", e.Arg)
	case SpecFields:
		return fmt.Sprintf("%q has not five fields: write minute, hour, day of month, month and day of week, with spaces between them", e.Arg)
	case SpecField:
		return fmt.Sprintf("%q is not a %s: write %s, a list (1,3), a range (1-3), a step (*/2) or *", e.Arg, e.Field, bounds(e.Field))
	case SpecStep:
		return fmt.Sprintf("the step of %q is larger than the range of the %s (%s): write a smaller one", e.Arg, e.Field, bounds(e.Field))
	case SpecNever:
		return fmt.Sprintf("%q never comes: no year has that date", e.Arg)
	}
	return e.other()
}

func (e *Error) other() string {
	switch e.Code {
	case ZoneEmpty:
		return "no time zone is named: write one of the IANA database, such as Europe/Minsk or UTC"
	case ZoneUnknown:
		return fmt.Sprintf("%q is not a time zone of the IANA database: %s", e.Arg, e.advice())
	case ZoneVague:
		return fmt.Sprintf("%q does not say where, and so not when clocks change: %s", e.Arg, e.advice())
	case CountRange:
		return fmt.Sprintf("%s occurrences cannot be counted: ask for 1 to %d", e.Arg, maxCount)
	case FromRange:
		return fmt.Sprintf("%s is too far away: write an instant between the years 1970 and 9999", e.Arg)
	case EndOfTime:
		return fmt.Sprintf("%q does not come again before the year 10000: write an earlier instant", e.Arg)
	}
	return e.hours()
}

func (e *Error) hours() string {
	switch e.Code {
	case HoursEmpty:
		return `no working hours are written: write days and times, such as "Mon-Fri 09:00-18:00", or 24/7`
	case HoursLong:
		return fmt.Sprintf("the working hours are longer than %d bytes: write days and times alone", maxHours)
	case HoursPart:
		return fmt.Sprintf(`%q is not days and times: write such as "Mon-Thu 09:00-13:00,14:00-18:00; Fri 09:00-17:00"`, e.Arg)
	case HoursDay:
		return fmt.Sprintf("%q is no day of the week: write Mon to Sun, a range (Mon-Fri) or a list (Mon,Wed)", e.Arg)
	case HoursSpan:
		return fmt.Sprintf("%q is no stretch of time: write such as 09:00-18:00, 22:00-06:00 over midnight, or 00:00-24:00", e.Arg)
	case HoursOverlap:
		return fmt.Sprintf("the working hours %q overlap: write each stretch of time once", e.Arg)
	case HolidayDate:
		return fmt.Sprintf("%q is no date: write 2026-03-09, 03-08 for every year, or 12-31..01-08 for at most %d days", e.Arg, longestHoliday)
	case HolidayFile:
		return fmt.Sprintf("the holidays are no iCalendar file of at most %d bytes: save the calendar as .ics", maxICS)
	case HolidayEvent:
		return fmt.Sprintf("line %d of the holidays, %q, cannot be understood: write whole days, once or every year", e.Line, e.Arg)
	}
	return "the schedule cannot be read: " + string(e.Code)
}

func (e *Error) advice() string {
	if len(e.Near) == 0 {
		return "write a place, such as Europe/Minsk, or UTC"
	}
	return "did you mean " + strings.Join(e.Near, " or ") + "?"
}

// short cuts what a stranger wrote to what fits in a sentence.
func short(s string) string {
	const limit = 60
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == utf8.RuneError {
			return '?'
		}
		return r
	}, s)
	if utf8.RuneCountInString(s) <= limit {
		return s
	}
	return string([]rune(s)[:limit]) + "..."
}
