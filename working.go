package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"meridian/bot"
	"meridian/bot/calendar"
	"meridian/cli/yamlfile"
)

// clocks are the sections of clocks, each by class.
type clocks struct {
	FirstAnswer map[string]time.Duration `yaml:"first_answer"`
	NextAnswer  map[string]time.Duration `yaml:"next_answer"`
	Solution    map[string]time.Duration `yaml:"solution"`
}

type followup struct {
	Off    bool   `yaml:"off"`
	Days   int    `yaml:"days"`
	Remind string `yaml:"remind"`
}

const (
	maxClock = 1000 * time.Hour
	maxDays  = 60
	maxNotes = 2000 // bytes
)

// working are the team's hours and holidays, the clocks, what becomes of silent
// clients, and what cities are called.
func (c *checker) working() {
	c.out.Team.Hours = c.hours("team.hours", c.file.Team.Hours)
	c.out.Team.Holidays = c.holidays("team.holidays", c.file.Team.Holidays)
	c.out.Clocks = bot.Clocks{
		First:    c.clock("clocks.first_answer", c.file.Clocks.FirstAnswer),
		Next:     c.clock("clocks.next_answer", c.file.Clocks.NextAnswer),
		Solution: c.clock("clocks.solution", c.file.Clocks.Solution),
	}
	f := c.file.Followup
	if f.Days < 1 || f.Days > maxDays {
		c.Problem("followup.days", "must be between 1 and %d", maxDays)
	}
	if f.Remind != bot.RemindDraft && f.Remind != bot.RemindAuto {
		c.Problem("followup.remind", "must be %s or %s", bot.RemindDraft, bot.RemindAuto)
	}
	c.out.Fixed.Silent = c.fixed("followup.off") || c.fixed("followup.remind")
	c.out.Followup = bot.Followup{Off: f.Off, Days: f.Days, Remind: f.Remind}
	for zone, city := range c.file.Cities {
		path := "cities." + zone
		c.zone(path, zone)
		if strings.TrimSpace(city) == "" || len(city) > 60 {
			c.Problem(path, "must be the name of a city, such as Boston")
		}
	}
	c.out.Cities = c.file.Cities
}

// hours reads working hours. None given are none: who counts with them says
// what holds then.
func (c *checker) hours(path, text string) calendar.Hours {
	if text == "" && !c.Has(path) {
		return calendar.Hours{}
	}
	h, err := calendar.ParseHours(text)
	if err != nil {
		c.Problem(path, "is wrong: %v", err)
	}
	return h
}

// holidays reads dates, and the calendar files among them. A path counts from
// the folder of the configuration.
func (c *checker) holidays(path string, list []string) calendar.Holidays {
	var all calendar.Holidays
	for i, entry := range list {
		at := fmt.Sprintf("%s[%d]", path, i)
		var days calendar.Holidays
		var err error
		if strings.HasSuffix(strings.ToLower(entry), ".ics") {
			days, err = readHolidays(c.Name(), entry)
		} else {
			days, err = calendar.ParseHolidays([]string{entry})
		}
		if err != nil {
			c.Problem(at, "is wrong: %v", err)
			continue
		}
		all = all.And(days)
	}
	return all
}

func readHolidays(config, name string) (calendar.Holidays, error) {
	if !filepath.IsAbs(name) {
		name = filepath.Join(filepath.Dir(config), name)
	}
	file, err := os.Open(name)
	if err != nil {
		return calendar.Holidays{}, err
	}
	defer file.Close()
	return calendar.ReadHolidays(file)
}

// clock reads the durations of one clock, by class.
func (c *checker) clock(path string, given map[string]time.Duration) map[bot.Class]time.Duration {
	out := map[bot.Class]time.Duration{}
	for name, d := range given {
		class := bot.Class(name)
		if !slices.Contains(bot.Classes(), class) {
			c.noClass(path+"."+name, name)
		}
		out[class] = c.duration(path+"."+name, d, maxClock)
	}
	return out
}

func (c *checker) noClass(path, name string) {
	var known []string
	for _, class := range bot.Classes() {
		known = append(known, string(class))
	}
	sentence := "must be one of " + strings.Join(known, ", ")
	if near := yamlfile.Nearest(name, known); near != "" {
		sentence += "; did you mean " + near + "?"
	}
	c.Problem(path, "%s", sentence)
}

// personal are the hours, days off and level of a person.
func (c *checker) personal(at string, p person, out *bot.Person) {
	out.Hours = c.hours(at+".hours", p.Hours)
	out.Holidays = c.holidays(at+".holidays", p.Holidays)
	if p.Level < 0 || p.Level > bot.MaxLevel || p.Level == 0 && c.Has(at+".level") {
		c.Problem(at+".level", "must be between 1 and %d", bot.MaxLevel)
	}
	out.Level = p.Level
}

// known is what the desk knows of a client beside its people.
func (c *checker) known(at string, cl client, out *bot.Client) {
	if cl.Timezone != "" {
		out.Zone = c.zone(at+".timezone", cl.Timezone)
	}
	out.Hours = c.hours(at+".hours", cl.Hours)
	out.Holidays = c.holidays(at+".holidays", cl.Holidays)
	for j, site := range cl.Sites {
		host := strings.ToLower(strings.TrimSpace(site))
		if host == "" || strings.ContainsAny(host, "/:@ ") || !strings.Contains(host, ".") || strings.Trim(host, ".") != host {
			c.Problem(fmt.Sprintf("%s.sites[%d]", at, j), "must be the name of a host, such as shop.harbor.example")
		}
		out.Sites = append(out.Sites, host)
	}
	if len(cl.Notes) > maxNotes {
		c.Problem(at+".notes", "must be at most %d bytes", maxNotes)
	}
	out.Notes, out.Locked = cl.Notes, true
}
