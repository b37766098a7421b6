package calendar_test

import (
	"testing"
	"time"

	"meridian/bot/calendar"
)

// A promise that begins on the evening before the clocks change ends by the
// working time that lies between, and a day begins at nine by the wall, whichever
// way they change and by how much.
func TestAPromiseOverAClockChangeIsKeptByTheWall(t *testing.T) {
	for name, days := range map[string][]string{
		"America/New_York":    {"2026-03-08", "2026-11-01"},
		"Europe/London":       {"2026-03-29", "2026-10-25"},
		"Asia/Novosibirsk":    {"2026-03-29", "2026-10-25"}, // none
		"Australia/Lord_Howe": {"2026-04-05", "2026-10-04"}, // half an hour
		"Africa/Casablanca":   {"2026-02-15", "2026-03-22"}, // back for Ramadan
	} {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		daily, err := calendar.ParseHours("Mon-Sun 09:00-18:00")
		if err != nil {
			t.Fatal(err)
		}
		c := calendar.Calendar{Zone: zone, Hours: daily}
		for _, day := range days {
			morning, err := time.ParseInLocation("2006-01-02 15:04", day+" 09:00", zone)
			if err != nil {
				t.Fatal(err)
			}
			evening := time.Date(morning.Year(), morning.Month(), morning.Day()-1, 17, 30, 0, 0, zone)
			if at, ok := c.Add(evening, time.Hour); !ok || !at.Equal(morning.Add(30*time.Minute)) {
				t.Errorf("%s, %s: an hour from the evening before is %s", name, day, at)
			}
			if at, ok := c.NextOpen(evening.Add(time.Hour)); !ok || !at.Equal(morning) {
				t.Errorf("%s, %s: the day begins at %s", name, day, at)
			}
			if at, ok := c.AddDays(evening, 1); !ok || at.In(zone).Day() == evening.Day() {
				t.Errorf("%s, %s: a day on is %s", name, day, at)
			}
			if got := c.Between(evening, morning.Add(time.Hour)); got != 90*time.Minute {
				t.Errorf("%s, %s: %s of work lie between", name, day, got)
			}
		}
	}
}
