package bot

import (
	"testing"
	"time"
)

func TestAnAutomaticReplySaysUntilWhen(t *testing.T) {
	boston, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	minsk, err := time.LoadLocation("Europe/Minsk")
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		notice string
		zone   *time.Location
		want   string // empty: no day
	}{
		{"I am away until 16 March.", boston, "2026-03-16"},
		{"I'm out of the office from March 2 through March 15, back on Monday, March 16th.", boston, "2026-03-16"},
		{"Out of office. I will return on 3/16/2026. For urgent matters write to owen@harbor.example.", boston, "2026-03-16"},
		{"I am on leave to 16/03.", minsk, "2026-03-16"},
		{"away till the 16th of March", boston, "2026-03-16"},
		{"Back in the office on 2026-03-16. See you at the fair on 12 May.", boston, "2026-03-16"},
		{"Меня не будет с 2 по 15 марта включительно.", minsk, "2026-03-15"},
		{"Я в отпуске до 16 марта. По срочным вопросам: Иван, +375 29 000 00 00.", minsk, "2026-03-16"},
		{"Вернусь в понедельник 16.03.2026", minsk, "2026-03-16"},
		{"Вернусь на работу 16.03.", minsk, "2026-03-16"},
		{"Автоответ: отсутствую по 16-го марта", minsk, "2026-03-16"},
		{"I shall be back on 5 January.", boston, ""}, // of next year: too far away
		{"I am out today. Our release 1.2 is of 1 March.", boston, ""},
		{"I am away and read mail now and then.", boston, ""},
		{"Away until 31 February", boston, ""},
		{"Away until 45 March, call 12/99", boston, ""},
		{"", boston, ""},
	}
	for _, test := range tests {
		now := time.Date(2026, time.March, 4, 9, 0, 0, 0, test.zone)
		at, ok := AwayUntil(test.notice, now)
		got := ""
		if ok {
			got = at.Format(time.DateOnly)
		}
		if got != test.want {
			t.Errorf("%q: %q, want %q", test.notice, got, test.want)
		}
		if ok && (at.Hour() != 0 || at.Location() != test.zone) {
			t.Errorf("%q: %v is not the beginning of a day there", test.notice, at)
		}
	}
	december := time.Date(2026, time.December, 20, 9, 0, 0, 0, boston)
	if at, ok := AwayUntil("Back on January 5", december); !ok || at.Format(time.DateOnly) != "2027-01-05" {
		t.Errorf("over the end of the year: %v, %v", at, ok)
	}
}

func FuzzAwayUntil(f *testing.F) {
	for _, s := range []string{"until 16 March", "до 16 марта", "back 3/16", "\xff until 1.1.", "по 31.12.99"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, notice string) {
		now := time.Date(2026, time.March, 4, 9, 0, 0, 0, time.UTC)
		if at, ok := AwayUntil(notice, now); ok && (!at.After(now) || at.Sub(now) > longestAbsence) {
			t.Errorf("%q: until %v", notice, at)
		}
	})
}
