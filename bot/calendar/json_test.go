package calendar

import (
	"encoding/json"
	"testing"
	"time"
)

func TestHoursAndHolidaysAreStoredAndReadAgain(t *testing.T) {
	type kept struct {
		Hours    Hours
		Holidays Holidays
	}
	hours, err := ParseHours("Mon-Thu 09:00-13:00,14:00-18:00; Sat 22:00-06:00")
	if err != nil {
		t.Fatal(err)
	}
	days, err := ParseHolidays([]string{"2026-05-01..2026-05-03 May", "12-25 Christmas"})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []kept{{}, {hours, days}} {
		b, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		var got kept
		if err := json.Unmarshal(b, &got); err != nil {
			t.Fatal(err)
		}
		if got.Hours.String() != want.Hours.String() || got.Holidays.None() != want.Holidays.None() {
			t.Errorf("%s became %+v", b, got)
		}
		for day := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC); day.Year() < 2028; day = day.AddDate(0, 0, 1) {
			name, on := got.Holidays.On(day)
			if wantName, wantOn := want.Holidays.On(day); name != wantName || on != wantOn {
				t.Errorf("%s: got %q, want %q", day.Format(time.DateOnly), name, wantName)
			}
		}
	}
	var h Holidays
	if err := json.Unmarshal([]byte(`{"rules":[{"month":13,"day":1,"length":1,"interval":1}]}`), &h); err == nil {
		t.Error("a thirteenth month was read")
	}
}
