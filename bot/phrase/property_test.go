package phrase_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"

	"meridian/bot/calendar"
	"meridian/bot/phrase"
)

type finder func(text, lang string, zone *time.Location, now time.Time) (phrase.Result, string, error)

func finders() map[string]finder {
	return map[string]finder{"Tail": phrase.Tail, "Lead": phrase.Lead, "Find": phrase.Find}
}

// instants are drawn over twenty years, of them many near changes of clocks.
var instants = rapid.Custom(func(t *rapid.T) time.Time {
	zones := []string{"UTC", "Europe/Minsk", "America/New_York", "Asia/Novosibirsk", "Europe/London", "Australia/Lord_Howe", "America/Havana", "Asia/Kathmandu"}
	zone, err := time.LoadLocation(rapid.SampledFrom(zones).Draw(t, "zone"))
	if err != nil {
		t.Fatal(err)
	}
	year := rapid.IntRange(2020, 2040).Draw(t, "year")
	month := rapid.SampledFrom([]time.Month{1, 2, 3, 3, 3, 4, 6, 10, 11, 11, 12}).Draw(t, "month")
	return time.Date(year, month, 1, 0, 0, rapid.IntRange(0, 31*86400).Draw(t, "second"), 0, zone)
})

// words are what phrases are made of, and some that belong to none.
var words = rapid.SampledFrom(strings.Fields(`
	tomorrow today yesterday monday tue friday next this last every each on at in the of and from now ago later week weeks month year
	day days hour hours minutes 1 2 5 9 10 12 15 24 31 0 10:00 9:30 25:00 5/6 3/15 5.6 05.06.2026 2026-03-05 march may feb 5th first second
	half quarter past to noon midnight am pm morning evening tonight daily weekday mondays a an , - + utc gmt until by for about
	завтра сегодня вчера послезавтра понедельник в во на через каждый каждое по будням понедельникам числа число 1-е 24-го час часа часов
	дня утра вечера ночи полдень полчаса неделю недели месяц года марта февраля десятого пол без четверти следующий следующей неделе
	и до к назад полтора с половиной harbor позвонить R-12 ☃`))

func TestWhatIsUnderstoodIsAlwaysToCome(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(words, 1, 7).Draw(t, "words"), " ")
		lang := rapid.SampledFrom([]string{"en", "ru"}).Draw(t, "lang")
		now := instants.Draw(t, "now")
		r, err := phrase.Parse(text, lang, now.Location(), now)
		check(t, text, now, r, err)
		for name, find := range finders() {
			r, rest, err := find(text, lang, now.Location(), now)
			check(t, text, now, r, err)
			if !strings.Contains(text, rest) || len(rest) >= len(text) {
				t.Fatalf("%s leaves %q of %q", name, rest, text)
			}
		}
	})
}

// fataler is a test, or one run of a property.
type fataler interface {
	Helper()
	Fatalf(format string, args ...any)
}

// check holds for every answer to anything.
func check(t fataler, text string, now time.Time, r phrase.Result, err error) {
	t.Helper()
	var e *phrase.Error
	switch {
	case errors.As(err, &e):
		if r != (phrase.Result{}) || e.Reason == "" || !utf8.ValidString(e.Error()) || strings.ContainsAny(e.Error(), "\n\r\x00") || len(e.Error()) > 700 {
			t.Fatalf("%q: %v, %q", text, r, err)
		}
	case err != nil:
		t.Fatalf("%q: the error %v is no *phrase.Error", text, err)
	case r.Spec != "":
		if _, err := calendar.Parse(r.Spec); err != nil || !r.At.IsZero() || strings.ContainsAny(r.Spec, "?L#@ABCDEFGHIJKLMNOPQRSTUVWXYZ") {
			t.Fatalf("%q is %q, %v: %v", text, r.Spec, r.At, err)
		}
	default:
		if !r.At.After(now.Truncate(time.Second)) || r.At.After(now.AddDate(21, 0, 0)) || r.At.Location() != now.Location() {
			t.Fatalf("%q at %s is %s", text, now, r.At)
		}
	}
}

// A wall time that exists is found however it is written.
func TestADateAndAnHourMayBeWrittenInManyWays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		now := instants.Draw(t, "now")
		at := now.AddDate(0, 0, rapid.IntRange(1, 300).Draw(t, "days"))
		h, m := rapid.IntRange(0, 23).Draw(t, "hour"), rapid.IntRange(0, 59).Draw(t, "minute")
		want := time.Date(at.Year(), at.Month(), at.Day(), h, m, 0, 0, now.Location())
		if want.Hour() != h || want.Minute() != m || want.Add(-time.Hour).Hour() == h || want.Add(-30*time.Minute).Format("15:04") == want.Format("15:04") {
			t.Skip("no such time, or two")
		}
		months := [...]string{"января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября", "октября", "ноября", "декабря"}
		twelve := want.Format("3:04 pm")
		for _, text := range []string{
			want.Format("2006-01-02 15:04"), want.Format("02.01.2006 в 15:04"), want.Format("2 January 2006 15:04"), want.Format("January 2, 2006 at 15:04"),
			want.Format("on 2 Jan at 15:04"), want.Format("15:04 on Mon, Jan 2"), want.Format(time.RFC3339), want.Format("Monday, 2 January, ") + twelve,
			fmt.Sprintf("%d %s в %s", want.Day(), months[want.Month()-1], want.Format("15:04")),
			fmt.Sprintf("в %s %d-го %s %d года", want.Format("15:04"), want.Day(), months[want.Month()-1], want.Year()),
			fmt.Sprintf("в %d часов %d минут %s", h, m, want.Format("02.01.2006")),
		} {
			r, err := phrase.Parse(text, "ru", now.Location(), now)
			var e *phrase.Error
			if errors.As(err, &e) && e.Reason == phrase.Either && (h >= 1 && h <= 12) {
				continue // without a leading zero, or in words
			}
			if err != nil || !r.At.Equal(want) {
				t.Fatalf("%q at %s is %s, %v, want %s", text, now, r.At, err, want)
			}
		}
	})
}

func TestAnAmountOfTimeIsAdded(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		now := instants.Draw(t, "now")
		n := rapid.IntRange(1, 5000).Draw(t, "n")
		unit := rapid.SampledFrom([]struct {
			en, ru string
			length time.Duration
		}{{"seconds", "секунд", time.Second}, {"minutes", "минут", time.Minute}, {"hours", "часов", time.Hour}}).Draw(t, "unit")
		for _, text := range []string{fmt.Sprintf("in %d %s", n, unit.en), fmt.Sprintf("%d %s from now", n, unit.en), fmt.Sprintf("через %d %s", n, unit.ru)} {
			r, err := phrase.Parse(text, "en", now.Location(), now)
			if want := now.Add(time.Duration(n) * unit.length); err != nil || !r.At.Equal(want) {
				t.Fatalf("%q at %s is %s, %v, want %s", text, now, r.At, err, want)
			}
		}
	})
}

// What is understood in one layout is understood in the other, with the marks
// that are on other keys left out.
func TestALayoutSlipMeansTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(words.Filter(func(w string) bool { return !strings.ContainsAny(w, ".,") }), 1, 5).Draw(t, "words"), " ")
		now := instants.Draw(t, "now")
		r, err := phrase.Parse(text, "ru", now.Location(), now)
		slip, slipErr := phrase.Parse(phrase.OtherLayout(strings.ToLower(text)), "ru", now.Location(), now)
		if err == nil && (slipErr != nil || slip != r) {
			t.Fatalf("%q is %v, typed with the other layout %v, %v", text, r, slip, slipErr)
		}
	})
}

func FuzzPhrases(f *testing.F) {
	for _, seed := range []string{
		"tomorrow at 10", "завтра в 10", "pfdnhf d 10", "every Monday at 9:30", "каждое 1-е число в 10", "in 2 hours and 30 minutes", "через 1,5 часа",
		"5/6", "31 February", "25:00", "in 0 seconds", "", "next Friday", "2026-03-05T10:00:00+01:00", "call Harbor tomorrow at 10", "R-12 до понедельника",
		"half past 9 tomorrow", "без четверти десять", "the last Friday in May at 10", "99999999999999999999", "1.1.1.1.1", "9:30-11:00", "ı İ ẞ ё\u0308",
		"\xff\xfe", "tomorrow\x00", strings.Repeat("завтра ", 40), "in 999999.999 weeks", "every 2 hours", "15-го числа каждого месяца в 10", "3 to 6 pm +0300",
	} {
		f.Add(seed, "en", int64(1_772_527_220))
		f.Add(seed, "ru", int64(1_772_527_220))
	}
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text, lang string, unix int64) {
		if unix < 0 || unix > 250_000_000_000 {
			t.Skip("no instant of interest")
		}
		now := time.Unix(unix, 0).In(zone)
		r, err := phrase.Parse(text, lang, zone, now)
		check(t, text, now, r, err)
		for _, find := range finders() {
			r, rest, err := find(text, lang, zone, now)
			check(t, text, now, r, err)
			if err == nil && !strings.Contains(string([]rune(text)), rest) {
				t.Fatalf("leaves %q of %q", rest, text)
			}
		}
	})
}
