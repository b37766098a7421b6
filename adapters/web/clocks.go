package web

import (
	"slices"
	"strings"
	"time"

	"meridian/bot"
)

// clock is the time at one of the places where the team or a client lives.
type clock struct {
	City  string
	Clock string
	Day   string // set where it is another day than the reader's
	Work  bool   // somebody of the team is at work there, or the client is
	Who   string // those of the team who are
}

// clocks are the times of the team's zone, and then of everybody's and of the
// clients', from east to west.
func (a *Adapter) clocks(s *bot.Settings, me reader) []clock {
	now := time.Now()
	var zones []*time.Location
	for _, p := range s.People {
		zones = append(zones, timeZone(s.ZoneOf(p)))
	}
	for _, c := range s.Clients {
		if c.Zone != nil {
			zones = append(zones, c.Zone)
		}
	}
	slices.SortStableFunc(zones, func(x, y *time.Location) int {
		_, ox := now.In(x).Zone()
		_, oy := now.In(y).Zone()
		return oy - ox
	})
	var out []clock
	for _, z := range slices.Insert(zones, 0, timeZone(s.Team.Zone)) {
		city := a.plain(bot.Text{Parts: []bot.Part{s.CityOf(z)}}.For(me.Language), me)
		if slices.ContainsFunc(out, func(c clock) bool { return c.City == city }) {
			continue
		}
		c := clock{City: city, Clock: now.In(z).Format("15:04"), Who: atWork(s, z, now)}
		c.Work = c.Who != "" || clientsWork(s, z, now)
		if at := a.instant(now, reader{Zone: z, Language: me.Language}); at.Day != a.instant(now, me).Day {
			c.Day = at.Day
		}
		out = append(out, c)
	}
	return out
}

// atWork names those of the team in a zone who are at work.
func atWork(s *bot.Settings, z *time.Location, now time.Time) string {
	var names []string
	for _, p := range s.People {
		if p.Team() && timeZone(s.ZoneOf(p)).String() == z.String() && s.CalendarOf(p).Open(now) {
			names = append(names, p.Name)
		}
	}
	return strings.Join(names, ", ")
}

// clientsWork reports whether it is working time of a client in a zone.
func clientsWork(s *bot.Settings, z *time.Location, now time.Time) bool {
	return slices.ContainsFunc(s.Clients, func(c bot.Client) bool {
		return c.Zone != nil && c.Zone.String() == z.String() && s.ClientCalendar(bot.Request{Client: c.Name}).Open(now)
	})
}
