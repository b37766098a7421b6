package calendar_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"meridian/bot/calendar"
)

func hours(t testing.TB, text string) calendar.Hours {
	t.Helper()
	h, err := calendar.ParseHours(text)
	if err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	return h
}

func holidays(t testing.TB, list ...string) calendar.Holidays {
	t.Helper()
	h, err := calendar.ParseHolidays(list)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// wall reads "2026-03-04 09:00" in the zone of a calendar.
func wall(t testing.TB, c calendar.Calendar, text string) time.Time {
	t.Helper()
	zone := c.Zone
	if zone == nil {
		zone = time.UTC
	}
	at, err := time.ParseInLocation("2006-01-02 15:04", text, zone)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func office(t testing.TB, zone, text string, off ...string) calendar.Calendar {
	t.Helper()
	return calendar.Calendar{Zone: load(t, zone), Hours: hours(t, text), Holidays: holidays(t, off...)}
}

// shown is "" for what does not come.
func shown(at time.Time, ok bool) string {
	if !ok {
		return ""
	}
	return at.Format("Mon 2006-01-02 15:04 -0700")
}

func TestHoursAreReadAndWritten(t *testing.T) {
	for text, want := range map[string]string{
		"Mon-Fri 09:00-18:00":                              "Mon-Fri 09:00-18:00",
		"Mon-Thu 09:00-13:00,14:00-18:00; Fri 09:00-17:00": "Mon-Thu 09:00-13:00,14:00-18:00; Fri 09:00-17:00",
		" mon – fri  9:00 - 13:00 , 14:00 - 18:00 ; ":      "Mon-Fri 09:00-13:00,14:00-18:00",
		"пн-пт 10:00-19:00; сб 10:00-14:00":                "Mon-Fri 10:00-19:00; Sat 10:00-14:00",
		"Sat-Mon 22:00-06:00":                              "Mon 22:00-06:00; Sat-Sun 22:00-06:00",
		"Wednesday,Friday 00:00-24:00":                     "Wed 00:00-24:00; Fri 00:00-24:00",
		"Fri 14:00-17:00; Mon-Fri 09:00-13:00":             "Mon-Thu 09:00-13:00; Fri 09:00-13:00,14:00-17:00",
		"daily 20:00-08:00":                                "Mon-Sun 20:00-08:00",
		"Mon 22:00-00:00":                                  "Mon 22:00-24:00",
		"24/7":                                             "24/7",
	} {
		h := hours(t, text)
		if got := h.String(); got != want {
			t.Errorf("%q is written %q, want %q", text, got, want)
		}
		if again := hours(t, h.String()); again.String() != want {
			t.Errorf("%q is read back as %q", want, again)
		}
	}
}

func TestWhatIsNoHoursIsRefusedWithASentence(t *testing.T) {
	for text, want := range map[string]calendar.Code{
		"":                                     calendar.HoursEmpty,
		"  ":                                   calendar.HoursEmpty,
		string(make([]byte, 10240)):            calendar.HoursLong,
		";":                                    calendar.HoursPart,
		"09:00-18:00":                          calendar.HoursPart,
		"Mon-Fri":                              calendar.HoursPart,
		"Mon-Fri 9 to 6":                       calendar.HoursPart,
		"Mon-Fri 09:00-18:00 lunch":            calendar.HoursPart,
		"Mo-Fri 09:00-18:00":                   calendar.HoursDay,
		"Mon-Fri-Sat 09:00-18:00":              calendar.HoursDay,
		"Mon-Fri 09:00":                        calendar.HoursSpan,
		"Mon-Fri 09:00-18:60":                  calendar.HoursSpan,
		"Mon-Fri 09:00-25:00":                  calendar.HoursSpan,
		"Mon-Fri 24:00-25:00":                  calendar.HoursSpan,
		"Mon-Fri 09:00-09:00":                  calendar.HoursSpan,
		"Mon-Fri 09:00-+8:00":                  calendar.HoursSpan,
		"Mon-Fri 9-18":                         calendar.HoursSpan,
		"Mon 09:00-13:00,12:00-18:00":          calendar.HoursOverlap,
		"Mon-Fri 09:00-18:00; Tue 10:00-11:00": calendar.HoursOverlap,
		"Mon 22:00-06:00; Tue 05:00-09:00":     calendar.HoursOverlap,
		"Sat 22:00-06:00; Sun 05:00-09:00":     calendar.HoursOverlap,
		"Sun 10:00-09:00; Mon 08:00-10:00":     calendar.HoursOverlap,
		"Sat 10:00-09:00; Sun 08:59-10:00, 11:00-12:00": calendar.HoursOverlap,
	} {
		_, err := calendar.ParseHours(text)
		if got := codeOf(t, err); got != want {
			t.Errorf("%.60q: code %q, want %q", text, got, want)
		} else {
			checkSentence(t, err)
		}
	}
}

func TestACalendarWithoutHoursIsAlwaysOpen(t *testing.T) {
	var c calendar.Calendar
	at := wall(t, c, "2026-03-07 03:00")
	if !c.Always() || !c.Open(at) || !c.WorkingDay(at) {
		t.Error("the zero calendar is closed")
	}
	if _, ok := c.NextClose(at); ok {
		t.Error("it closes")
	}
	if got, ok := c.Add(at, 50*time.Hour); !ok || !got.Equal(at.Add(50*time.Hour)) || c.Between(at, got) != 50*time.Hour {
		t.Errorf("50 hours on are %s", got)
	}
	if got := shown(c.AddDays(at, 2)); got != "Mon 2026-03-09 00:00 +0000" {
		t.Errorf("two days on are %s", got)
	}
	c.Holidays = holidays(t, "2026-03-09")
	if c.Always() || c.Open(wall(t, c, "2026-03-09 12:00")) {
		t.Error("a holiday does not close it")
	}
	if got := shown(c.NextClose(at)); got != "Mon 2026-03-09 00:00 +0000" {
		t.Errorf("closes at %q", got)
	}
}

func TestACalendarThatNeverOpensIsNoEndlessLoop(t *testing.T) {
	c := office(t, "Europe/Minsk", "Mon-Fri 09:00-18:00",
		"01-01..03-31", "04-01..06-30", "07-01..09-30", "10-01..12-31")
	for _, text := range []string{"2026-03-04 10:00", "9999-12-31 10:00", "0001-01-01 10:00"} {
		at := wall(t, c, text)
		_, ok1 := c.NextOpen(at)
		_, ok2 := c.NextClose(at)
		_, ok3 := c.Add(at, time.Hour)
		_, ok4 := c.AddDays(at, 1)
		if c.Open(at) || ok1 || ok2 || ok3 || ok4 || c.Between(at, at.AddDate(3, 0, 0)) != 0 {
			t.Errorf("from %s it opens", text)
		}
	}
}

func TestWorkingTimeByTheTable(t *testing.T) {
	plain := office(t, "Europe/Minsk", "Mon-Fri 09:00-18:00", "2026-03-09 moved from Sunday", "03-25")
	lunch := office(t, "Europe/Minsk", "Mon-Thu 09:00-13:00,14:00-18:00; Fri 09:00-17:00")
	night := office(t, "Europe/Minsk", "Mon-Fri 22:00-06:00", "2026-03-06")
	for _, x := range []struct {
		name     string
		calendar calendar.Calendar
		at       string
		open     bool
		next     string // opening
		close    string
		in4h     string
		in2days  string
	}{
		{"morning", plain, "2026-03-04 08:00", false, "Wed 2026-03-04 09:00", "Wed 2026-03-04 18:00", "Wed 2026-03-04 13:00", "Fri 2026-03-06 09:00"},
		{"at the opening", plain, "2026-03-04 09:00", true, "Wed 2026-03-04 09:00", "Wed 2026-03-04 18:00", "Wed 2026-03-04 13:00", "Fri 2026-03-06 09:00"},
		{"to the close", plain, "2026-03-04 14:00", true, "Wed 2026-03-04 14:00", "Wed 2026-03-04 18:00", "Wed 2026-03-04 18:00", "Fri 2026-03-06 09:00"},
		{"at the close", plain, "2026-03-04 18:00", false, "Thu 2026-03-05 09:00", "Thu 2026-03-05 18:00", "Thu 2026-03-05 13:00", "Fri 2026-03-06 09:00"},
		{"over a weekend with a holiday", plain, "2026-03-06 17:00", true, "Fri 2026-03-06 17:00", "Fri 2026-03-06 18:00", "Tue 2026-03-10 12:00", "Wed 2026-03-11 09:00"},
		{"on a Saturday", plain, "2026-03-14 12:00", false, "Mon 2026-03-16 09:00", "Mon 2026-03-16 18:00", "Mon 2026-03-16 13:00", "Tue 2026-03-17 09:00"},
		{"every year's holiday", plain, "2027-03-25 12:00", false, "Fri 2027-03-26 09:00", "Fri 2027-03-26 18:00", "Fri 2027-03-26 13:00", "Mon 2027-03-29 09:00"},
		{"over lunch", lunch, "2026-03-04 12:30", true, "Wed 2026-03-04 12:30", "Wed 2026-03-04 13:00", "Wed 2026-03-04 17:30", "Fri 2026-03-06 09:00"},
		{"at lunch", lunch, "2026-03-04 13:15", false, "Wed 2026-03-04 14:00", "Wed 2026-03-04 18:00", "Wed 2026-03-04 18:00", "Fri 2026-03-06 09:00"},
		{"a short Friday", lunch, "2026-03-06 16:30", true, "Fri 2026-03-06 16:30", "Fri 2026-03-06 17:00", "Mon 2026-03-09 12:30", "Tue 2026-03-10 09:00"},
		{"after midnight", night, "2026-03-05 03:00", true, "Thu 2026-03-05 03:00", "Thu 2026-03-05 06:00", "Thu 2026-03-05 23:00", "Tue 2026-03-10 22:00"},
		{"a night into a holiday", night, "2026-03-06 03:00", true, "Fri 2026-03-06 03:00", "Fri 2026-03-06 06:00", "Mon 2026-03-09 23:00", "Tue 2026-03-10 22:00"},
	} {
		t.Run(x.name, func(t *testing.T) {
			at := wall(t, x.calendar, x.at)
			if got := x.calendar.Open(at); got != x.open {
				t.Errorf("open: %v", got)
			}
			for what, got := range map[string][2]string{
				"next opening": {shown(x.calendar.NextOpen(at)), x.next},
				"next close":   {shown(x.calendar.NextClose(at)), x.close},
				"4 hours on":   {shown(x.calendar.Add(at, 4*time.Hour)), x.in4h},
				"2 days on":    {shown(x.calendar.AddDays(at, 2)), x.in2days},
			} {
				if got[0] != got[1]+" +0300" {
					t.Errorf("%s: %s, want %s", what, got[0], got[1])
				}
			}
		})
	}
}

func TestHoursAreWallTimeWhenClocksChange(t *testing.T) {
	shop := office(t, "America/New_York", "daily 02:30-10:00")
	// 8 March 2026: 02:00 becomes 03:00. 1 November 2026: 02:00 becomes 01:00.
	if got := shown(shop.NextOpen(wall(t, shop, "2026-03-08 00:00"))); got != "Sun 2026-03-08 03:00 -0400" {
		t.Errorf("opens at %s", got)
	}
	day := func(text string) time.Duration {
		return shop.Between(wall(t, shop, text+" 00:00"), wall(t, shop, text+" 23:00"))
	}
	if got := day("2026-03-08"); got != 7*time.Hour {
		t.Errorf("the short day has %v", got)
	}
	if got := day("2026-11-01"); got != 7*time.Hour+30*time.Minute {
		t.Errorf("the long day has %v", got)
	}
	early := office(t, "America/New_York", "daily 01:30-10:00")
	if got := shown(early.NextOpen(wall(t, early, "2026-11-01 00:00"))); got != "Sun 2026-11-01 01:30 -0400" {
		t.Errorf("a time that comes twice opens at %s", got)
	}
	if got := early.Between(wall(t, early, "2026-11-01 00:00"), wall(t, early, "2026-11-01 23:00")); got != 9*time.Hour+30*time.Minute {
		t.Errorf("the long day has %v", got)
	}
	// The whole of a span within a gap: nobody works, so it is no working day.
	night := office(t, "America/New_York", "daily 02:10-02:50")
	if night.WorkingDay(wall(t, night, "2026-03-08 12:00")) || !night.WorkingDay(wall(t, night, "2026-03-09 12:00")) {
		t.Error("work within a gap")
	}
	// Samoa left out 30 December 2011.
	samoa := office(t, "Pacific/Apia", "daily 09:00-17:00")
	if got := shown(samoa.AddDays(wall(t, samoa, "2011-12-29 12:00"), 1)); got != "Sat 2011-12-31 09:00 +1400" {
		t.Errorf("the day after the 29th begins %s", got)
	}
}

func TestRoundTheClockDoesNotCloseAtMidnight(t *testing.T) {
	c := office(t, "Europe/London", "Mon-Sun 00:00-24:00")
	if _, ok := c.NextClose(wall(t, c, "2026-03-04 12:00")); ok {
		t.Error("it closes")
	}
	week := office(t, "Europe/London", "Mon 08:00-24:00; Tue-Thu 00:00-24:00; Fri 00:00-18:00")
	if got := shown(week.NextClose(wall(t, week, "2026-03-03 12:00"))); got != "Fri 2026-03-06 18:00 +0000" {
		t.Errorf("closes %s", got)
	}
}

func TestLessThanNothingIsRefused(t *testing.T) {
	c := office(t, "Europe/London", "Mon-Fri 09:00-17:00")
	at := wall(t, c, "2026-03-04 20:00")
	if _, ok := c.Add(at, -1); ok {
		t.Error("a negative duration was added")
	}
	if _, ok := c.AddDays(at, -1); ok {
		t.Error("negative days were added")
	}
	if got, ok := c.Add(at, 0); !ok || !got.Equal(at) {
		t.Errorf("nothing added is %s", got)
	}
	if got := shown(c.AddDays(at, 0)); got != "Thu 2026-03-05 09:00 +0000" {
		t.Errorf("no days on are %s", got)
	}
	if _, ok := c.Add(wall(t, c, "9990-01-01 00:00"), 1<<60); ok {
		t.Error("36 years of work were found in ten")
	}
}

// calendarGen draws calendars whose openings fall into clock changes as well.
var calendarGen = rapid.Custom(func(t *rapid.T) calendar.Calendar {
	zone, err := calendar.Zone(rapid.SampledFrom([]string{
		"UTC", "Europe/Minsk", "America/New_York", "Europe/London", "Australia/Lord_Howe",
		"Pacific/Apia", "America/Havana", "Asia/Beirut", "Africa/Cairo", "America/Juneau", "Pacific/Kwajalein",
	}).Draw(t, "zone"))
	if err != nil {
		t.Fatal(err)
	}
	h, err := calendar.ParseHours(rapid.SampledFrom([]string{
		"24/7", "Mon-Fri 09:00-18:00", "Mon-Thu 09:00-13:00,14:00-18:00; Fri 09:00-17:00", "daily 02:30-10:00",
		"daily 00:00-00:30", "daily 01:30-02:30,23:00-01:00", "Fri-Sun 22:00-06:00", "Mon-Sun 00:00-24:00", "Sat 00:00-24:00; Sun 00:00-12:00",
	}).Draw(t, "hours"))
	if err != nil {
		t.Fatal(err)
	}
	off, err := calendar.ParseHolidays(rapid.SliceOfN(rapid.SampledFrom([]string{
		"01-01..01-08", "03-08", "2026-03-09", "11-01", "2011-12-31", "12-24..12-26", "02-29",
	}), 0, 3).Draw(t, "holidays"))
	if err != nil {
		t.Fatal(err)
	}
	return calendar.Calendar{Zone: zone, Hours: h, Holidays: off}
})

// instantGen draws instants, many of them near clock changes.
var instantGen = rapid.Custom(func(t *rapid.T) time.Time {
	from := rapid.SampledFrom([]string{
		"2026-03-08T00:00:00Z", "2026-11-01T00:00:00Z", "2026-03-29T00:00:00Z", "2026-04-05T00:00:00Z",
		"2011-12-30T00:00:00Z", "2026-01-01T00:00:00Z", "1993-08-20T00:00:00Z", "1867-10-18T00:00:00Z",
	}).Draw(t, "near")
	at, err := time.Parse(time.RFC3339, from)
	if err != nil {
		t.Fatal(err)
	}
	return at.Add(time.Duration(rapid.Int64Range(-4*86400, 30*86400).Draw(t, "seconds")) * time.Second)
})

func TestAddAndBetweenAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, at := calendarGen.Draw(t, "calendar"), instantGen.Draw(t, "at")
		d := time.Duration(rapid.Int64Range(1, 400*3600).Draw(t, "working seconds")) * time.Second
		end, ok := c.Add(at, d)
		if !ok {
			t.Fatalf("%v has no %v", c.Hours, d)
		}
		if got := c.Between(at, end); got != d {
			t.Fatalf("%v after %s is %s, but between them are %v", d, at, end, got)
		}
		if got := c.Between(at, end.Add(-time.Second)); got != d-time.Second {
			t.Fatalf("%s is not the first instant by which %v have passed: a second before it were %v", end, d, got)
		}
		if later, _ := c.Add(at, d+time.Second); !later.After(end) {
			t.Fatalf("more work is not done later: %s, %s", end, later)
		}
		half, _ := c.Add(at, d/2)
		if whole, _ := c.Add(half, d-d/2); !whole.Equal(end) {
			t.Fatalf("in two steps it is %s, in one %s", whole, end)
		}
	})
}

func TestWorkingTimeIsTheSumOfItsParts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, a := calendarGen.Draw(t, "calendar"), instantGen.Draw(t, "a")
		b := a.Add(time.Duration(rapid.Int64Range(0, 30*86400).Draw(t, "b")) * time.Second)
		d := b.Add(time.Duration(rapid.Int64Range(0, 30*86400).Draw(t, "d")) * time.Second)
		ab, bd, ad := c.Between(a, b), c.Between(b, d), c.Between(a, d)
		if ab+bd != ad || ab < 0 || ab > b.Sub(a) || c.Between(b, a) != -ab {
			t.Fatalf("%v + %v is not %v", ab, bd, ad)
		}
	})
}

func TestOpeningsAndClosingsAgreeWithOpen(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, at := calendarGen.Draw(t, "calendar"), instantGen.Draw(t, "at")
		open, ok := c.NextOpen(at)
		if !ok || open.Before(at) || !c.Open(open) || c.Between(at, open) != 0 {
			t.Fatalf("next opening %s, %v", open, ok)
		}
		if c.Open(at) != open.Equal(at) {
			t.Fatalf("open at %s: %v, next opening %s", at, c.Open(at), open)
		}
		if c.Between(open, open.Add(time.Second)) != time.Second {
			t.Fatalf("no work follows the opening %s", open)
		}
		shut, ok := c.NextClose(at)
		if !ok {
			return // round the clock
		}
		if c.Open(shut) || !c.Open(shut.Add(-time.Second)) || c.Between(open, shut) != shut.Sub(open) {
			t.Fatalf("next close %s after the opening %s", shut, open)
		}
	})
}

func TestWorkingDaysAreCountedOneByOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, at := calendarGen.Draw(t, "calendar"), instantGen.Draw(t, "at")
		n := rapid.IntRange(1, 12).Draw(t, "days")
		end, ok := c.AddDays(at, n)
		if !ok || !end.After(at) || !c.WorkingDay(end) || !c.Open(end) {
			t.Fatalf("%d days after %s: %s, %v", n, at, end, ok)
		}
		step := at
		for range n {
			step, _ = c.AddDays(step, 1)
		}
		if !step.Equal(end) {
			t.Fatalf("one by one %s, at once %s", step, end)
		}
	})
}
