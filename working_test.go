package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"meridian/bot"
)

// withWork is the good configuration with working time in it.
const withWork = `team: {hours: Mon-Fri 09:00-18:00, holidays: [05-01 Labour Day, off.ics]}
clocks: {first_answer: {standard: 1h}}
followup: {days: 3, remind: auto}
cities: {America/New_York: Boston}
` + good

func TestWorkingTimeIsReadFromDatesAndCalendarFiles(t *testing.T) {
	folder := t.TempDir()
	ics := "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART;VALUE=DATE:20260309\r\nSUMMARY:Women's Day\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
	config := filepath.Join(folder, "config.yaml")
	text := strings.Replace(withWork, "timezone: America/New_York", "timezone: America/New_York, hours: Mon-Thu 08:00-16:00, sites: [Shop.harbor.example], notes: Pays late", 1)
	text = strings.Replace(text, "timezone: Europe/Minsk}", "timezone: Europe/Minsk, hours: Tue 10:00-12:00, holidays: [2026-03-10], level: 2}", 1)
	for name, content := range map[string]string{"off.ics": ics, "config.yaml": text} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c, err := load(config, false)
	if err != nil {
		t.Fatal(err)
	}
	s := c.Settings
	if got := s.Team.Hours.String(); got != "Mon-Fri 09:00-18:00" {
		t.Errorf("the team works %s", got)
	}
	for _, day := range []time.Time{time.Date(2026, 3, 9, 12, 0, 0, 0, time.UTC), time.Date(2030, 5, 1, 12, 0, 0, 0, time.UTC)} {
		if _, off := s.Team.Holidays.On(day); !off {
			t.Errorf("%s is a working day", day)
		}
	}
	if s.Clocks.First[bot.Standard] != time.Hour || s.Followup != (bot.Followup{Days: 3, Remind: "auto"}) || s.Cities["America/New_York"] != "Boston" {
		t.Errorf("the clocks are %v, the policy %v, the cities %v", s.Clocks, s.Followup, s.Cities)
	}
	harbor, _ := s.ClientNamed("harbor")
	if harbor.Hours.String() != "Mon-Thu 08:00-16:00" || harbor.Zone.String() != "America/New_York" || harbor.Sites[0] != "shop.harbor.example" || harbor.Notes != "Pays late" || !harbor.Locked {
		t.Errorf("Harbor is %+v", harbor)
	}
	vera := s.Person(bot.Actor{ID: "web:vera"})
	if vera.Level != 2 || vera.Hours.String() != "Tue 10:00-12:00" || s.CalendarOf(vera).WorkingDay(time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)) {
		t.Errorf("Vera is %+v", vera)
	}
}

func TestWrongWorkingTimeIsRefusedWithLineAndKey(t *testing.T) {
	text := strings.Replace(withWork, ", off.ics", "", 1)
	if _, err := loadText(text); err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct{ old, new, want string }{
		"hours of no day":          {"Mon-Fri 09:00", "Mon-Frd 09:00", "config.yaml:1: team.hours is wrong: "},
		"empty hours":              {"Mon-Fri 09:00-18:00", "''", "config.yaml:1: team.hours is wrong: "},
		"holiday that is none":     {"05-01 Labour", "02-30 Labour", "config.yaml:1: team.holidays[0] is wrong: "},
		"calendar that is missing": {"05-01 Labour Day", "by.ics", "config.yaml:1: team.holidays[0] is wrong: open by.ics"},
		"class that is none":       {"{standard: 1h}", "{standart: 1h}", "config.yaml:2: clocks.first_answer.standart must be one of expedite, fixed-date, standard, intangible; did you mean standard?"},
		"clock without a unit":     {"{standard: 1h}", "{standard: 60}", "config.yaml:2: clocks.first_answer.standard must be a duration"},
		"clock that is too long":   {"{standard: 1h}", "{standard: 2000h}", "config.yaml:2: clocks.first_answer.standard must be between 0s and 1000h0m0s"},
		"days that are none":       {"days: 3", "days: 0", "config.yaml:3: followup.days must be between 1 and 60"},
		"reminder by nobody":       {"remind: auto", "remind: never", "config.yaml:3: followup.remind must be draft or auto"},
		"city of no zone":          {"America/New_York: Boston", "America/Boston: Boston", "config.yaml:4: cities.America/Boston is wrong: "},
		"city without a name":      {"America/New_York: Boston", "America/New_York: ''", "config.yaml:4: cities.America/New_York must be the name of a city"},
		"level that is none":       {"timezone: Europe/Minsk}", "timezone: Europe/Minsk, level: 4}", "config.yaml:10: people[0].level must be between 1 and 3"},
		"level zero":               {"timezone: Europe/Minsk}", "timezone: Europe/Minsk, level: 0}", "config.yaml:10: people[0].level must be between 1 and 3"},
		"hours of a person":        {"timezone: Europe/Minsk}", "timezone: Europe/Minsk, hours: 9-18}", "config.yaml:10: people[0].hours is wrong: "},
		"site that is an address":  {"domains: [harbor.example]", "sites: ['https://harbor.example/']", "config.yaml:13: clients[0].sites[0] must be the name of a host"},
		"hours of a client":        {"domains: [harbor.example]", "hours: always", "config.yaml:13: clients[0].hours is wrong: "},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			broken := strings.Replace(text, test.old, test.new, 1)
			if broken == text {
				t.Fatalf("%q does not stand in the configuration", test.old)
			}
			if _, err := loadText(broken); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("says\n%v\nwant\n%s", err, test.want)
			}
		})
	}
}

// The default promises that somebody answers within the
// hour as long as anybody is at work, from Novosibirsk's morning to Minsk's
// evening.
func TestTheDefaultPromisesAnAnswerWhileAnybodyIsAtWork(t *testing.T) {
	t.Chdir(t.TempDir())
	c, err := load("", false)
	if err != nil {
		t.Fatal(err)
	}
	s := c.Settings
	for filed, want := range map[string]string{
		"2026-03-04T04:40:00Z": "2026-03-04T05:40:00Z", // Minsk sleeps, Novosibirsk works
		"2026-03-04T14:30:00Z": "2026-03-05T02:30:00Z", // half an hour before Minsk goes home
		"2026-03-06T20:00:00Z": "2026-03-09T03:00:00Z", // over the weekend
	} {
		at, err := time.Parse(time.RFC3339, filed)
		if err != nil {
			t.Fatal(err)
		}
		due, ok := s.FirstAnswerBy(bot.Request{Class: bot.Standard, CreatedAt: at})
		if !ok || due.UTC().Format(time.RFC3339) != want {
			t.Errorf("filed %s, answered by %v (%v), want %s", filed, due.UTC(), ok, want)
		}
	}
}
