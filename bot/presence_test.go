package bot

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"meridian/bot/calendar"
)

// team is Minsk, Novosibirsk and, of a client's side, Boston.
func presenceTeam(t *testing.T) *Settings {
	t.Helper()
	hours, err := calendar.ParseHours("Mon-Fri 09:00-13:00,14:00-18:00")
	if err != nil {
		t.Fatal(err)
	}
	off, err := calendar.ParseHolidays([]string{"2026-03-09 day off"})
	if err != nil {
		t.Fatal(err)
	}
	person := func(name, zone string) Person {
		return Person{ID: "web:" + name, IDs: []string{"web:" + name}, Name: name, Role: Agent, Zone: zoneOf(t, zone)}
	}
	roman := person("roman", "Asia/Novosibirsk")
	roman.Holidays = off
	return &Settings{
		Team:    Team{Zone: zoneOf(t, "Europe/Minsk"), Hours: hours},
		People:  []Person{person("inga", "Europe/Minsk"), person("timur", "Europe/Minsk"), roman},
		Clients: []Client{{Name: "Harbor", Zone: zoneOf(t, "America/New_York")}, {Name: "Brightwell", Zone: zoneOf(t, "Europe/London")}, {Name: "Near", Zone: zoneOf(t, "Europe/Moscow")}},
	}
}

func zoneOf(t *testing.T, name string) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

func TestWhoIsAtWorkIsToldByZoneAndWhenNobodyIs(t *testing.T) {
	s := presenceTeam(t)
	minsk := s.Team.Zone
	for _, tt := range []struct{ from, want string }{
		// Lunch is no end of a day.
		{"2026-03-02 09:00", "Europe/Minsk 09:00-18:00, Asia/Novosibirsk 10:00-14:00, nobody 18:00-05:00"},
		{"2026-03-02 13:30", "Asia/Novosibirsk 13:30-14:00, Europe/Minsk 14:00-18:00, nobody 18:00-05:00"},
		{"2026-03-02 20:00", "Asia/Novosibirsk 05:00-14:00, Europe/Minsk 09:00-18:00, nobody 20:00-05:00, nobody 18:00-20:00"},
		{"2026-03-07 09:00", "nobody 09:00-09:00"},
		{"2026-03-09 09:00", "Europe/Minsk 09:00-18:00, Asia/Novosibirsk 05:00-14:00, nobody 18:00-05:00"},
	} {
		from, err := time.ParseInLocation("2006-01-02 15:04", tt.from, minsk)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, p := range s.Presences(from, 24*time.Hour) {
			name := "nobody"
			if p.Zone != nil {
				name = p.Zone.String()
			}
			got = append(got, fmt.Sprintf("%s %s-%s", name, p.From.In(minsk).Format("15:04"), p.To.In(minsk).Format("15:04")))
		}
		if strings.Join(got, ", ") != tt.want {
			t.Errorf("%s: %s, want %s", tt.from, strings.Join(got, ", "), tt.want)
		}
	}
	s.Team.Hours = calendar.Hours{}
	if got := s.Presences(time.Now(), 24*time.Hour); len(got) != 0 {
		t.Errorf("a desk that never closes has %v", got)
	}
}

func TestChangedClocksAndDaysOffAreSeenAWeekAhead(t *testing.T) {
	s := presenceTeam(t)
	minsk := s.Team.Zone
	for _, tt := range []struct{ day, want string }{
		{"2026-02-28", ""},
		{"2026-03-02", "America/New_York 2026-03-08 7h0m0s was 8h0m0s"},
		{"2026-03-07", "America/New_York 2026-03-08 7h0m0s was 8h0m0s"},
		{"2026-03-08", "America/New_York 2026-03-08 7h0m0s was 8h0m0s"},
		{"2026-03-09", ""},
		{"2026-03-23", "Europe/London 2026-03-29 2h0m0s was 3h0m0s"},
		{"2026-10-26", "America/New_York 2026-11-01 8h0m0s was 7h0m0s"},
	} {
		day, err := time.ParseInLocation(time.DateOnly, tt.day, minsk)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, c := range s.ClockChanges(minsk, day.Add(9*time.Hour), 7) {
			got = append(got, fmt.Sprintf("%s %s %s was %s", c.Zone, c.At.Format(time.DateOnly), c.Behind, c.Was))
		}
		if strings.Join(got, ", ") != tt.want {
			t.Errorf("%s: %v, want %s", tt.day, got, tt.want)
		}
	}
	off := s.DaysOff(time.Date(2026, time.March, 4, 6, 0, 0, 0, time.UTC), 7)
	if len(off) != 1 || off[0].Zone.String() != "Asia/Novosibirsk" || off[0].Day.Format(time.DateOnly) != "2026-03-09" {
		t.Errorf("days off: %v", off)
	}
	zones := fmt.Sprint(s.Zones(time.Date(2026, time.March, 2, 6, 0, 0, 0, time.UTC)))
	if zones != "[Europe/Minsk Asia/Novosibirsk Europe/London America/New_York]" {
		t.Errorf("clocks of %s", zones)
	}
}
