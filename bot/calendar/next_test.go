package calendar_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"meridian/bot/calendar"
)

// fires are the next n occurrences as RFC 3339.
func fires(t *testing.T, spec, zone, from string, n int) []string {
	t.Helper()
	at, err := time.Parse(time.RFC3339, from)
	if err != nil {
		t.Fatal(err)
	}
	times, err := calendar.Occurrences(spec, zone, at, n)
	if err != nil {
		t.Fatalf("%q in %s: %v", spec, zone, err)
	}
	out := make([]string, len(times))
	for i, at := range times {
		out[i] = at.Format(time.RFC3339)
	}
	return out
}

func equal(a, b []string) bool { return slices.Equal(a, b) }

func TestClockChangesNeitherSkipNorDouble(t *testing.T) {
	for name, c := range map[string]struct{ spec, zone, from, want string }{
		"in a gap, once, right after it": {"30 2 * * *", "America/New_York", "2026-03-07T12:00:00Z",
			"2026-03-08T03:00:00-04:00 2026-03-09T02:30:00-04:00"},
		"from within the last second before a gap": {"30 2 * * *", "America/New_York", "2026-03-08T06:59:59Z",
			"2026-03-08T03:00:00-04:00 2026-03-09T02:30:00-04:00"},
		"from the first instant after a gap": {"30 2 * * *", "America/New_York", "2026-03-08T07:00:00Z",
			"2026-03-09T02:30:00-04:00"},
		"two times in one gap are one run": {"10,40 2 * * *", "America/New_York", "2026-03-08T05:00:00Z",
			"2026-03-08T03:00:00-04:00 2026-03-09T02:10:00-04:00 2026-03-09T02:40:00-04:00"},
		"in a gap and at its end is one run": {"0 2,3 * * *", "America/New_York", "2026-03-08T05:00:00Z",
			"2026-03-08T03:00:00-04:00 2026-03-09T02:00:00-04:00"},
		"in an overlap, at the first": {"30 1 * * *", "America/New_York", "2026-10-31T12:00:00Z",
			"2026-11-01T01:30:00-04:00 2026-11-02T01:30:00-05:00"},
		"from between the two of an overlap": {"30 1 * * *", "America/New_York", "2026-11-01T05:45:00Z",
			"2026-11-02T01:30:00-05:00"},
		"from the second pass of an overlap, before the time": {"30 1 * * *", "America/New_York", "2026-11-01T06:10:00Z",
			"2026-11-02T01:30:00-05:00"},
		"two of an overlap in their order": {"0 1,2 * * *", "America/New_York", "2026-11-01T04:00:00Z",
			"2026-11-01T01:00:00-04:00 2026-11-01T02:00:00-05:00 2026-11-02T01:00:00-05:00"},
		"midnight does not exist": {"0 0 * * *", "Africa/Cairo", "2026-04-23T12:00:00Z",
			"2026-04-24T01:00:00+03:00 2026-04-25T00:00:00+03:00"},
		"the last hour of a day comes twice": {"30 23 * * *", "Africa/Cairo", "2026-10-29T12:00:00Z",
			"2026-10-29T23:30:00+03:00 2026-10-30T23:30:00+02:00"},
		"the gap swallows the end of a day": {"30 23 * * *", "America/Nuuk", "2026-03-28T12:00:00Z",
			"2026-03-29T00:00:00-01:00 2026-03-29T23:30:00-01:00"},
		"clocks change by half an hour": {"10 2 * * *", "Australia/Lord_Howe", "2026-10-03T00:00:00Z",
			"2026-10-04T02:30:00+11:00 2026-10-05T02:10:00+11:00"},
		"half an hour comes twice": {"45 1 * * *", "Australia/Lord_Howe", "2026-04-04T00:00:00Z",
			"2026-04-05T01:45:00+11:00 2026-04-06T01:45:00+10:30"},
		"only on the day of the gap": {"30 2 8 3 *", "America/New_York", "2026-01-01T00:00:00Z",
			"2026-03-08T03:00:00-04:00 2027-03-08T02:30:00-05:00"},
		"a weekly job on the day of the gap": {"0 1 * * SUN", "Europe/London", "2026-03-27T00:00:00Z",
			"2026-03-29T02:00:00+01:00 2026-04-05T01:00:00+01:00"},
		"hourly runs follow elapsed time in a gap": {"0 * * * *", "America/New_York", "2026-03-08T06:00:00Z",
			"2026-03-08T03:00:00-04:00 2026-03-08T04:00:00-04:00"},
		"hourly runs follow elapsed time in an overlap": {"0 * * * *", "America/New_York", "2026-11-01T04:30:00Z",
			"2026-11-01T01:00:00-04:00 2026-11-01T01:00:00-05:00 2026-11-01T02:00:00-05:00"},
		"a stepped hour within a gap does not come": {"0 */2 * * *", "America/New_York", "2026-03-08T05:00:00Z",
			"2026-03-08T04:00:00-04:00 2026-03-08T06:00:00-04:00"},
		"a stepped minute comes in both of an overlap": {"*/30 1 * * *", "America/New_York", "2026-11-01T04:30:00Z",
			"2026-11-01T01:00:00-04:00 2026-11-01T01:30:00-04:00 2026-11-01T01:00:00-05:00 2026-11-01T01:30:00-05:00 2026-11-02T01:00:00-05:00"},
		"a day that never was": {"0 9 * * *", "Pacific/Apia", "2011-12-29T20:00:00Z",
			"2011-12-31T00:00:00+14:00 2011-12-31T09:00:00+14:00"},
		"a day that never was, hourly": {"0 * * * *", "Pacific/Apia", "2011-12-30T09:00:00Z",
			"2011-12-31T00:00:00+14:00 2011-12-31T01:00:00+14:00"},
		"an interval knows no clock changes": {"@every 24h", "America/New_York", "2026-03-07T12:00:00Z",
			"2026-03-08T08:00:00-04:00 2026-03-09T08:00:00-04:00"},
		"an instant between two seconds": {"@every 1m30s", "UTC", "2026-01-01T00:00:00.75Z",
			"2026-01-01T00:01:30Z 2026-01-01T00:03:00Z"},
		"strictly after": {"0 9 * * *", "Europe/Minsk", "2026-01-01T06:00:00Z", "2026-01-02T09:00:00+03:00"},
		"just before":    {"0 9 * * *", "Europe/Minsk", "2026-01-01T05:59:59.999Z", "2026-01-01T09:00:00+03:00"},
		"a quarter of an hour off": {"0 9 * * *", "Asia/Kathmandu", "2026-01-01T00:00:00Z",
			"2026-01-01T09:00:00+05:45"},
		"29 February of a century": {"0 0 29 2 *", "UTC", "2096-03-01T00:00:00Z", "2104-02-29T00:00:00Z"},
		"a rare weekday":           {"0 0 29 2 */6", "UTC", "2048-03-01T00:00:00Z", "2060-02-29T00:00:00Z"},
		"last of the years":        {"59 23 31 12 *", "UTC", "9998-12-31T23:59:00Z", "9999-12-31T23:59:00Z"},
	} {
		t.Run(name, func(t *testing.T) {
			want := strings.Fields(c.want)
			if got := fires(t, c.spec, c.zone, c.from, len(want)); !equal(got, want) {
				t.Errorf("%q in %s from %s\n got %s\nwant %s", c.spec, c.zone, c.from, got, want)
			}
		})
	}
}

func TestNothingComesAfterTheYear9999(t *testing.T) {
	s, err := calendar.Parse("0 12 * * *")
	if err != nil {
		t.Fatal(err)
	}
	for _, from := range []time.Time{
		time.Date(9999, 12, 31, 23, 0, 0, 0, time.UTC),
		time.Date(10_000, 1, 1, 0, 0, 0, 0, time.UTC),
		time.Unix(1<<62, 0), time.Unix(-1<<62, 0),
	} {
		if next, ok := s.Next(from, time.UTC); ok {
			t.Errorf("after %v comes %v", from, next)
		}
	}
	if next, ok := s.Next(time.Time{}, time.UTC); !ok || next != time.Date(1, 1, 1, 12, 0, 0, 0, time.UTC) {
		t.Errorf("after the zero time comes %v, %v", next, ok)
	}
}

func TestOccurrencesRefuseWhatCannotBeCounted(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		spec, zone string
		from       time.Time
		count      int
		want       calendar.Code
	}{
		"a bad spec":       {"0 9 * *", "UTC", now, 1, calendar.SpecFields},
		"a bad zone":       {"0 9 * * *", "Nope/Zone", now, 1, calendar.ZoneUnknown},
		"none":             {"0 9 * * *", "UTC", now, 0, calendar.CountRange},
		"less than none":   {"0 9 * * *", "UTC", now, -1, calendar.CountRange},
		"too many":         {"0 9 * * *", "UTC", now, 10_001, calendar.CountRange},
		"before 1970":      {"0 9 * * *", "UTC", time.Time{}, 1, calendar.FromRange},
		"after 9999":       {"0 9 * * *", "UTC", now.AddDate(9000, 0, 0), 1, calendar.FromRange},
		"nothing is left":  {"0 9 * * *", "UTC", time.Date(9999, 12, 31, 9, 0, 0, 0, time.UTC), 1, calendar.EndOfTime},
		"interval is over": {"@every 2000000h", "UTC", time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC), 1, calendar.EndOfTime},
	} {
		_, err := calendar.Occurrences(c.spec, c.zone, c.from, c.count)
		if got := codeOf(t, err); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
			continue
		}
		checkSentence(t, err)
	}
	if got := fires(t, "0 9 * * *", "UTC", "9999-12-30T00:00:00Z", 10); len(got) != 2 {
		t.Errorf("%d occurrences before the end of time, want 2", len(got))
	}
	if got := fires(t, "* * * * *", "Europe/Minsk", "2026-01-01T00:00:00Z", 10_000); len(got) != 10_000 {
		t.Errorf("%d occurrences, want 10000", len(got))
	}
}

func BenchmarkNext(b *testing.B) {
	for _, c := range []struct{ name, spec, zone string }{
		{"daily", "30 9 * * *", "America/New_York"},
		{"minutes", "*/5 * * * *", "America/New_York"},
		{"weekdays", "30 9 * * MON-FRI", "Pacific/Chatham"},
		{"leap day", "0 0 29 2 *", "Pacific/Apia"},
		{"leap day elapsed", "*/5 * 29 2 *", "America/New_York"},
		{"leap Sunday", "0 0 29 2 */7", "Antarctica/Troll"},
	} {
		b.Run(strings.ReplaceAll(c.name, " ", "_"), func(b *testing.B) {
			s, err := calendar.Parse(c.spec)
			if err != nil {
				b.Fatal(err)
			}
			zone, err := calendar.Zone(c.zone)
			if err != nil {
				b.Fatal(err)
			}
			from := time.Date(2028, 3, 2, 0, 0, 0, 0, time.UTC)
			b.ReportAllocs()
			for b.Loop() {
				if _, ok := s.Next(from, zone); !ok {
					b.Fatal("never")
				}
			}
		})
	}
}

func TestTheLastDayOfADistantLeapYearHasItsRuns(t *testing.T) {
	for _, name := range []string{"Europe/London", "America/New_York", "Australia/Sydney", "Asia/Jerusalem", "Europe/Minsk"} {
		for _, spec := range []string{"0 9 31 12 *", "0 */12 31 12 *", "30 23 * * *", "*/15 * * * *"} {
			from := time.Date(2040, 12, 30, 0, 0, 0, 0, load(t, name))
			times, err := calendar.Occurrences(spec, name, from, 500)
			if err != nil || len(times) != 500 {
				t.Fatalf("%s %s: %d, %v", name, spec, len(times), err)
			}
			for i := range times[1:] {
				if !times[i+1].After(times[i]) {
					t.Errorf("%s %s: %s after %s", name, spec, times[i+1], times[i])
				}
			}
			found := false
			for _, at := range times {
				found = found || at.Year() == 2040 && at.YearDay() == 366
			}
			if !found {
				t.Errorf("%s %s: no run on 31 December 2040", name, spec)
			}
		}
	}
}
