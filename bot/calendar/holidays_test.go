package calendar_test

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"meridian/bot/calendar"
)

func onDate(t testing.TB, h calendar.Holidays, date string) (string, bool) {
	t.Helper()
	at, err := time.Parse(time.DateOnly, date)
	if err != nil {
		t.Fatal(err)
	}
	return h.On(at)
}

// checkDates wants names for dates; "-" is no holiday.
func checkDates(t *testing.T, h calendar.Holidays, want map[string]string) {
	t.Helper()
	for date, name := range want {
		got, ok := onDate(t, h, date)
		if !ok {
			got = "-"
		}
		if got != name {
			t.Errorf("%s: %q, want %q", date, got, name)
		}
	}
}

func TestHolidaysOfAList(t *testing.T) {
	h := holidays(t, "2026-03-09 moved", "03-08 Women's Day", "12-31..01-02 New Year", "2026-05-01..2026-05-03", "02-29 leap")
	checkDates(t, h, map[string]string{
		"2026-03-09": "moved", "2027-03-09": "-", "2026-03-08": "Women's Day", "1999-03-08": "Women's Day",
		"2026-12-30": "-", "2026-12-31": "New Year", "2027-01-01": "New Year", "2027-01-02": "New Year", "2027-01-03": "-",
		"2026-04-30": "-", "2026-05-01": "", "2026-05-03": "", "2026-05-04": "-",
		"2028-02-29": "leap", "2027-03-01": "-", "2027-02-28": "-",
	})
	zone := load(t, "Asia/Novosibirsk")
	if _, ok := h.On(time.Date(2026, 3, 7, 23, 0, 0, 0, time.UTC).In(zone)); !ok {
		t.Error("the date in the zone of the instant does not count")
	}
}

func TestWhatIsNoHolidayIsRefusedWithASentence(t *testing.T) {
	for _, text := range []string{
		"", "8 March", "2026-3-9", "2026-02-29", "02-30", "13-01", "2026-03-09..03-10", "03-09..2026-03-10",
		"2026-03-10..2026-03-09", "01-01..12-31", "2026-03-09, 2026-03-10", "2026-03-09\x00",
	} {
		_, err := calendar.ParseHolidays([]string{"03-08", text})
		if got := codeOf(t, err); got != calendar.HolidayDate {
			t.Errorf("%q: code %q", text, got)
		} else {
			checkSentence(t, err)
		}
	}
}

func TestHolidaysOfOneListAndAnotherCountTogether(t *testing.T) {
	h := holidays(t, "03-08 a", "2026-07-03 b").And(holidays(t, "03-09 c", "2026-07-03 d"))
	checkDates(t, h, map[string]string{"2026-03-08": "a", "2026-03-09": "c", "2026-07-03": "b", "2026-07-04": "-"})
	if h.None() || !(calendar.Holidays{}).None() {
		t.Error("None is wrong")
	}
}

// ics wraps lines of one event into a file.
func ics(lines ...string) string {
	all := append([]string{"BEGIN:VCALENDAR", "VERSION:2.0", "BEGIN:VEVENT"}, lines...)
	return strings.Join(append(all, "END:VEVENT", "END:VCALENDAR", ""), "\r\n")
}

const officeICS = `BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//An office//Holidays//EN
BEGIN:VTIMEZONE
TZID:America/New_York
BEGIN:STANDARD
DTSTART:20071104T020000
RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU
END:STANDARD
END:VTIMEZONE
BEGIN:VEVENT
UID:1
DTSTAMP:20260101T000000Z
DTSTART;VALUE=DATE:20260309
DTEND;VALUE=DATE:20260310
SUMMARY:A day off\, moved from a very long weekend that nobody wanted to be
  folded
BEGIN:VALARM
TRIGGER:-PT15M
DTSTART:nonsense
END:VALARM
END:VEVENT
BEGIN:VEVENT
DTSTART;VALUE=DATE:19700101
RRULE:FREQ=YEARLY
SUMMARY:New Year
END:VEVENT
BEGIN:VEVENT
DTSTART;VALUE=DATE:20261126
RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH
DURATION:P2D
SUMMARY:Thanksgiving
EXDATE;VALUE=DATE:20281123
END:VEVENT
BEGIN:VEVENT
DTSTART;TZID="America/New_York":20260525T000000
DTEND;TZID="America/New_York":20260526T000000
RRULE:FREQ=YEARLY;BYMONTH=5;BYDAY=-1MO;COUNT=2
SUMMARY:Memorial Day
END:VEVENT
BEGIN:VEVENT
DTSTART;VALUE=DATE:20260704
RRULE:FREQ=YEARLY;INTERVAL=2;UNTIL=20300704
SUMMARY:Every other
END:VEVENT
BEGIN:VEVENT
DTSTART;VALUE=DATE:20260412
RDATE;VALUE=DATE:20270502,20280416
SUMMARY:Easter
END:VEVENT
BEGIN:VEVENT
DTSTART;VALUE=DATE:20260601
STATUS:CANCELLED
SUMMARY:Not kept
END:VEVENT
BEGIN:VTODO
DTSTART:20260602T101500Z
END:VTODO
END:VCALENDAR
`

func TestHolidaysOfAFile(t *testing.T) {
	for name, text := range map[string]string{"line feeds": officeICS, "a mark of bytes and carriage returns": "\ufeff" + strings.ReplaceAll(officeICS, "\n", "\r\n")} {
		h, err := calendar.ReadHolidays(iotest.OneByteReader(strings.NewReader(text)))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		checkDates(t, h, map[string]string{
			"2026-03-08": "-", "2026-03-09": "A day off, moved from a very long weekend that nobody wanted to be folded", "2026-03-10": "-", "2027-03-09": "-",
			"1969-01-01": "-", "1970-01-01": "New Year", "2026-01-01": "New Year", "2199-01-01": "New Year",
			"2025-11-27": "-", "2026-11-25": "-", "2026-11-26": "Thanksgiving", "2026-11-27": "Thanksgiving", "2026-11-28": "-",
			"2027-11-25": "Thanksgiving", "2028-11-23": "-", "2028-11-24": "-", "2029-11-22": "Thanksgiving",
			"2026-05-25": "Memorial Day", "2027-05-31": "Memorial Day", "2028-05-29": "-",
			"2026-07-04": "Every other", "2027-07-04": "-", "2028-07-04": "Every other", "2030-07-04": "Every other", "2032-07-04": "-",
			"2026-04-12": "Easter", "2027-05-02": "Easter", "2028-04-16": "Easter", "2029-04-01": "-",
			"2026-06-01": "-", "2026-06-02": "-",
		})
	}
}

func TestAnEventThatIsNoHolidayIsRefusedWithItsLine(t *testing.T) {
	date := "DTSTART;VALUE=DATE:20260309"
	for name, x := range map[string]struct {
		lines []string
		line  int
	}{
		"some hours":               {[]string{"DTSTART:20260309T090000Z"}, 4},
		"midnight elsewhere":       {[]string{"DTSTART:20260309T000000Z"}, 4},
		"ends at noon":             {[]string{date, "DTEND:20260309T120000"}, 5},
		"lasts hours":              {[]string{date, "DURATION:PT8H"}, 5},
		"lasts a year":             {[]string{date, "DTEND;VALUE=DATE:20270309"}, 3},
		"ends before it begins":    {[]string{date, "DTEND;VALUE=DATE:20260308"}, 3},
		"no date":                  {[]string{"SUMMARY:nothing"}, 3},
		"no such date":             {[]string{"DTSTART;VALUE=DATE:20260230"}, 4},
		"every week":               {[]string{date, "RRULE:FREQ=WEEKLY"}, 5},
		"every year by week":       {[]string{date, "RRULE:FREQ=YEARLY;BYWEEKNO=11"}, 5},
		"weekday of the year":      {[]string{date, "RRULE:FREQ=YEARLY;BYDAY=10MO"}, 5},
		"weekday of every month":   {[]string{date, "RRULE:FREQ=YEARLY;BYDAY=2MO"}, 5},
		"every Monday of March":    {[]string{date, "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=MO"}, 5},
		"two weekdays":             {[]string{date, "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2MO,3MO"}, 5},
		"Friday the 13th":          {[]string{"DTSTART;VALUE=DATE:20260313", "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2FR;BYMONTHDAY=13"}, 5},
		"a start beside its rule":  {[]string{date, "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=1MO"}, 5},
		"no frequency":             {[]string{date, "RRULE:COUNT=3"}, 5},
		"no interval":              {[]string{date, "RRULE:FREQ=YEARLY;INTERVAL=0"}, 5},
		"two rules":                {[]string{date, "RRULE:FREQ=YEARLY", "RRULE:FREQ=YEARLY"}, 6},
		"a rule for exceptions":    {[]string{date, "EXRULE:FREQ=YEARLY"}, 5},
		"a change to one of many":  {[]string{date, "RECURRENCE-ID;VALUE=DATE:20260309"}, 5},
		"an exception by the hour": {[]string{date, "EXDATE:20260309T090000"}, 5},
	} {
		_, err := calendar.ReadHolidays(strings.NewReader(ics(x.lines...)))
		var e *calendar.Error
		if !errors.As(err, &e) || e.Code != calendar.HolidayEvent || e.Line != x.line {
			t.Errorf("%s: %v, want line %d", name, err, x.line)
			continue
		}
		checkSentence(t, err)
	}
}

func TestWhatIsNoFileOfHolidaysIsRefused(t *testing.T) {
	for name, text := range map[string]string{
		"empty": "", "html": "<html>", "no end": "BEGIN:VCALENDAR\nBEGIN:VEVENT\n", "an end too many": "BEGIN:VCALENDAR\nEND:VCALENDAR\nEND:VCALENDAR\n",
		"crossed": "BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VCALENDAR\nEND:VEVENT\n", "bytes": "BEGIN:VCALENDAR\nX:\xff\nEND:VCALENDAR\n",
		"a folded first line": " BEGIN:VCALENDAR", "too large": "BEGIN:VCALENDAR\n" + strings.Repeat("X:1234567\n", 110_000) + "END:VCALENDAR\n",
	} {
		_, err := calendar.ReadHolidays(strings.NewReader(text))
		if got := codeOf(t, err); got != calendar.HolidayFile {
			t.Errorf("%s: code %q, %v", name, got, err)
		} else {
			checkSentence(t, err)
		}
	}
	if _, err := calendar.ReadHolidays(iotest.ErrReader(io.ErrUnexpectedEOF)); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("a reader that fails: %v", err)
	}
}

func FuzzHolidaysOfAFile(f *testing.F) {
	f.Add(officeICS)
	f.Add(ics("DTSTART;VALUE=DATE:20240229", "RRULE:FREQ=YEARLY;COUNT=9999"))
	f.Add(ics("DTSTART;VALUE=DATE:00010101", "DURATION:P99W"))
	f.Add("BEGIN:VCALENDAR\r\n \r\nEND:VCALENDAR")
	f.Fuzz(func(t *testing.T, text string) {
		h, err := calendar.ReadHolidays(strings.NewReader(text))
		if err != nil {
			checkSentence(t, err)
			return
		}
		c := calendar.Calendar{Holidays: h}
		at := time.Date(2026, 3, 9, 0, 0, 0, 0, time.UTC)
		if _, off := c.Holiday(at); off == c.Open(at) {
			t.Errorf("a holiday is open: %v", off)
		}
	})
}

func FuzzHours(f *testing.F) {
	for _, seed := range []string{"Mon-Fri 09:00-18:00", "Mon-Thu 09:00-13:00,14:00-18:00; Fri 09:00-17:00", "сб-пн 22:00-06:00", "24/7", "daily 0:00-24:00", "Sun 23:59-23:58"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		h, err := calendar.ParseHours(text)
		if err != nil {
			checkSentence(t, err)
			return
		}
		again, err := calendar.ParseHours(h.String())
		if err != nil || again.String() != h.String() {
			t.Errorf("%q is written %q and read back as %q, %v", text, h, again, err)
		}
	})
}
