package say

import (
	"testing"
	"time"
)

func TestAnInstantIsWrittenAsBrieflyAsItsStyleSays(t *testing.T) {
	c, err := New()
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, time.March, 6, 9, 0, 0, 0, time.FixedZone("", -5*3600))
	tests := map[Style][2]string{
		Clock:     {"09:00", "09:00"},
		DayClock:  {"Fri 09:00", "пт 09:00"},
		Moment:    {"Fri 6 Mar 09:00", "пт, 6 марта 09:00"},
		Day:       {"Fri", "пт"},
		Date:      {"Fri 6 Mar", "пт, 6 марта"},
		LongDate:  {"Fri 6 March", "пт, 6 марта"},
		FarDate:   {"Fri 6 March 2026", "пт, 6 марта 2026 г."},
		DayNumber: {"Fri 6", "пт 6"},
		MonthDay:  {"6 March", "6 марта"},
		OnDay:     {"on Friday", "в пятницу"},
		InMonth:   {"in Mar", "в марте"},
		InYear:    {"in Mar 2026", "в марте 2026"},
		ShortDate: {"6 Mar", "6 марта"},
		FullDay:   {"Friday 6 March", "Пятница, 6 марта"},
		Weekday:   {"Friday", "Пятница"},
		SinceDay:  {"Since Friday 09:00", "С пятницы 09:00"},
		SinceDate: {"Since 6 Mar 09:00", "С 6 марта 09:00"},
		"":        {"Fri 6 March 09:00", "пт, 6 марта 09:00"},
	}
	for style, want := range tests {
		for i, l := range Languages() {
			if got := c.Local(l, at, style); got != want[i] {
				t.Errorf("style %q in %s is %q, want %q", style, l, got, want[i])
			}
		}
	}
}

func TestACityIsNamedInTheReadersLanguage(t *testing.T) {
	c, err := New()
	if err != nil {
		t.Fatal(err)
	}
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	if en, ru := c.City(English, zone), c.City(Russian, zone); en != "New York" || ru != "Нью-Йорк" {
		t.Errorf("New York is %q and %q", en, ru)
	}
	if ru := c.CityName(Russian, "Little Rock"); ru != "Little Rock" {
		t.Errorf("a city without a Russian name is %q", ru)
	}
}
