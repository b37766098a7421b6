package calendar_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"meridian/bot/calendar"
)

func codeOf(t *testing.T, err error) calendar.Code {
	t.Helper()
	if err == nil {
		return ""
	}
	var e *calendar.Error
	if !errors.As(err, &e) {
		t.Fatalf("error %v is no *calendar.Error", err)
	}
	return e.Code
}

func TestWhatCannotBeASpecIsRefusedWithASentence(t *testing.T) {
	for spec, want := range map[string]calendar.Code{
		"":                             calendar.SpecEmpty,
		" \t ":                         calendar.SpecEmpty,
		strings.Repeat("1,", 5000):     calendar.SpecLong,
		"0 9 * * *\x00":                calendar.SpecControl,
		"0 9 * * *\n0 10 * * *":        calendar.SpecControl,
		"0 9 \xff * *":                 calendar.SpecControl,
		"TZ=UTC":                       calendar.SpecZone,
		"CRON_TZ=":                     calendar.SpecZone,
		"TZ=Europe/Minsk 0 9 * * *":    calendar.SpecZone,
		"cron_tz=UTC 0 9 * * *":        calendar.SpecZone,
		"@unknown":                     calendar.SpecWord,
		"@everyday":                    calendar.SpecWord,
		"@reboot":                      calendar.SpecWord,
		"@every":                       calendar.SpecEvery,
		"@every 1ns":                   calendar.SpecEvery,
		"@every -5s":                   calendar.SpecEvery,
		"@every 59s":                   calendar.SpecEvery,
		"@every -1h":                   calendar.SpecEvery,
		"@every day":                   calendar.SpecEvery,
		"0 9 * *":                      calendar.SpecFields,
		"0 0 9 * * *":                  calendar.SpecFields,
		"nine":                         calendar.SpecFields,
		"60 * * * *":                   calendar.SpecField,
		"-1 * * * *":                   calendar.SpecField,
		"+5 * * * *":                   calendar.SpecField,
		"0 24 * * *":                   calendar.SpecField,
		"0 0 0 * *":                    calendar.SpecField,
		"0 0 32 * *":                   calendar.SpecField,
		"0 0 * 13 *":                   calendar.SpecField,
		"0 0 * FOO *":                  calendar.SpecField,
		"0 0 * * 8":                    calendar.SpecField,
		"0 0 * * 7-1":                  calendar.SpecField,
		"0 0 * * FRI#3":                calendar.SpecField,
		"0 0 L * *":                    calendar.SpecField,
		"0 0 15W * *":                  calendar.SpecField,
		"* 5 j * *":                    calendar.SpecField,
		"5-3 * * * *":                  calendar.SpecField,
		", * * * *":                    calendar.SpecField,
		"1,,2 * * * *":                 calendar.SpecField,
		"*-5 * * * *":                  calendar.SpecField,
		"*/0 * * * *":                  calendar.SpecField,
		"*/ * * * *":                   calendar.SpecField,
		"*/2/3 * * * *":                calendar.SpecField,
		"? * * * *":                    calendar.SpecField,
		"MON * * * *":                  calendar.SpecField,
		"*/99999999999 * * * *":        calendar.SpecStep,
		"*/999999999999999999 * * * *": calendar.SpecField,
		"*/61 * * * *":                 calendar.SpecStep,
		"0 */25 * * *":                 calendar.SpecStep,
		"0 10-14/6 * * *":              calendar.SpecStep,
		"0 0 * * 5-7/4":                calendar.SpecStep,
		"0 0 30 2 *":                   calendar.SpecNever,
		"0 0 31 4,6,9,11 *":            calendar.SpecNever,
		"0 0 30,31 FEB ?":              calendar.SpecNever,
	} {
		s, err := calendar.Parse(spec)
		if got := codeOf(t, err); got != want {
			t.Errorf("%.40q: code %q, want %q (spec %v)", spec, got, want, s)
			continue
		}
		checkSentence(t, err)
	}
}

// checkSentence holds what a person is shown: one line, not too long, no control
// characters.
func checkSentence(t *testing.T, err error) {
	t.Helper()
	text := err.Error()
	if len(text) < 20 || len(text) > 320 || strings.ContainsFunc(text, func(r rune) bool { return r < ' ' }) {
		t.Errorf("no sentence for people: %q", text)
	}
}

func TestOneMeaningCanBeWrittenInSeveralWays(t *testing.T) {
	for _, same := range [][]string{
		{"0 0 * * 0", "0 0 * * 7", "0 0 * * SUN", "0 0 * * sun", "@weekly", "  0  0 * *\t7 ", "0 0 * * 7-7", "0 0 * * SUN-SUN"},
		{"0 0 * * 5-7", "0 0 * * FRI-SUN", "0 0 * * 0,5,6", "0 0 * * 5/1,7"},
		{"0 0 * * 1-7/2", "0 0 * * 0,1,3,5"},
		{"0 0 * * 0-7", "0 0 * * SUN-SAT", "@daily", "@midnight", "@Daily"},
		{"0 9 * JAN,JUL MON-FRI", "0 9 * 1,7 1-5", "00 09 ? jan,jul mon-fri"},
		{"0 0 1 1 *", "@yearly", "@annually", "0 0 1 1 ?"},
		{"@hourly", "0 * * * *", "*/60 * * * *", "0 */1 * * *"},
		{"5/15 * * * *", "5,20,35,50 * * * *", "5-59/15 * * * *"},
	} {
		want := fires(t, same[0], "UTC", "2026-01-01T00:00:00Z", 40)
		for _, spec := range same[1:] {
			if got := fires(t, spec, "UTC", "2026-01-01T00:00:00Z", 40); !equal(got, want) {
				t.Errorf("%q: %v\nwant as %q: %v", spec, got[:3], same[0], want[:3])
			}
		}
	}
}

func TestDayOfMonthAndDayOfWeekAreAlternativesUnlessOneHasAStar(t *testing.T) {
	// 2026-06-01 is a Monday.
	for spec, want := range map[string]string{
		"0 0 10 * MON":  "2026-06-08 2026-06-10 2026-06-15 2026-06-22",
		"0 0 10 * *":    "2026-06-10 2026-07-10 2026-08-10 2026-09-10",
		"0 0 * * MON":   "2026-06-08 2026-06-15 2026-06-22 2026-06-29",
		"0 0 */2 * MON": "2026-06-15 2026-06-29 2026-07-13 2026-07-27",
		"0 0 13 * */5":  "2026-09-13 2026-11-13 2026-12-13 2027-06-13",
		"0 0 1-7 * 0-6": "2026-06-02 2026-06-03 2026-06-04 2026-06-05",
		"0 0 29 2 *":    "2028-02-29 2032-02-29 2036-02-29 2040-02-29",
	} {
		var days []string
		for _, at := range fires(t, spec, "UTC", "2026-06-01T00:00:00Z", 4) {
			days = append(days, at[:10])
		}
		if got := strings.Join(days, " "); got != want {
			t.Errorf("%q: %s, want %s", spec, got, want)
		}
	}
}

func TestASpecPrintsAsItWasWritten(t *testing.T) {
	s, err := calendar.Parse(" 0  9\t* * MON-FRI ")
	if err != nil || s.String() != "0 9 * * MON-FRI" {
		t.Errorf("%q, %v", s, err)
	}
	if _, ok := (calendar.Spec{}).Next(time.Now(), time.UTC); ok {
		t.Error("the zero spec comes")
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"TZ=UTC", "CRON_TZ=", "*/99999999999 * * * *", "0 0 30 2 *", "@every 1ns", "@every -5s", "* * * * 7",
		"@daily", "@every 90m", "0 9 * * MON-FRI", "30 2 29 2 */3", "5/15 1-7/2 ? * FRI-SUN", "*-5 , ?/ L W#",
		strings.Repeat("*,", 5000) + "* * * * *", "\x00\x1b[2J 9 * * *", "\xff\xfe * * * *", "0 0 1 1 *", "59 23 31 12 6",
	} {
		f.Add(seed, int64(1_774_000_000))
	}
	f.Add("0 2 * * *", int64(-1<<62))
	f.Add("*/5 * 29 2 1", int64(253_402_300_799))
	zone, err := time.LoadLocation("Africa/Cairo")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string, from int64) {
		s, err := calendar.Parse(text)
		if err != nil {
			codeOf(t, err)
			checkSentence(t, err)
			return
		}
		again, err := calendar.Parse(s.String())
		if err != nil || again != s {
			t.Fatalf("%q reads as %q, which reads as %v, %v", text, s, again, err)
		}
		at := time.Unix(from, 0)
		for range 3 {
			next, ok := s.Next(at, zone)
			if !ok {
				if y := at.Year(); y > 1 && y < 9900 {
					t.Fatalf("%q never comes after %v", s, at)
				}
				return
			}
			if !next.After(at) {
				t.Fatalf("%q: %v is not after %v", s, next, at)
			}
			at = next
		}
	})
}
