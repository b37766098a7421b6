// Package calendar knows when a schedule is due: it reads cron specs and IANA
// time zones, and computes occurrences so that no local day is skipped or
// counted twice when clocks change.
//
// The rule is the one of the classic Unix cron. A job at fixed times whose
// local time does not exist, because clocks go forward over it, runs once, at
// the first instant after the gap. A job whose local time comes twice, because
// clocks go back over it, runs once, at the first of the two. A job whose
// minute or hour is "*" or a step follows elapsed time instead: it runs
// whenever the local clock shows a matching minute, so not at all within a gap
// and both times within an overlap.
//
// It also knows when people work: a Calendar has a zone, weekly Hours with lunch
// and nights, and Holidays from a list or an iCalendar file; it adds and counts
// working time and working days.
//
// Nothing here sleeps or reads the clock: callers pass the instant they come
// from. The zone database is embedded, so that a bare machine knows the same
// zones; a newer one of the machine is preferred.
package calendar
