package bot

import (
	"slices"
	"time"

	"meridian/bot/calendar"
)

const (
	// pause is how long people may be away in between, for lunch, without having
	// gone.
	pause = 2 * time.Hour
	// stretchesRead is how many stretches of working time of one calendar are looked
	// at: more than fit into a day.
	stretchesRead = 50
)

// Presence is a time in which people of the team who live by one clock are at
// work. A nil Zone: nobody is, anywhere.
type Presence struct {
	Zone     *time.Location
	From, To time.Time
}

// Presences are who is at work from an instant on, for a while: of each zone in
// which people of the team live the first stretch of working time, in the order
// in which they begin, and then each hour or more in which nobody is at work at
// all. There is none where the desk never closes.
func (s *Settings) Presences(from time.Time, d time.Duration) (list []Presence) {
	to, all := from.Add(d), []Presence{}
	for _, zone := range s.teamZones() {
		var own []Presence
		for _, c := range s.calendarsIn(zone) {
			if c.Always() {
				return nil
			}
			own = append(own, stretches(c, from, to.Add(12*time.Hour))...) // which end after it
		}
		own = slices.DeleteFunc(joined(own, pause), func(p Presence) bool { return !p.From.Before(to) })
		if len(own) > 0 {
			list = append(list, Presence{zone, own[0].From, own[0].To})
		}
		all = append(all, own...)
	}
	slices.SortStableFunc(list, func(a, b Presence) int { return a.From.Compare(b.From) })
	until := from
	for _, p := range append(joined(all, 0), Presence{From: to, To: to}) {
		if p.From.Sub(until) >= time.Hour {
			list = append(list, Presence{nil, until, p.From})
		}
		until = later(until, p.To)
	}
	return list
}

// teamZones are the zones in which people of the team live, the team's own
// first.
func (s *Settings) teamZones() []*time.Location {
	zones := []*time.Location{s.ZoneOf(Person{})}
	for _, p := range s.People {
		zone := s.ZoneOf(p)
		if p.Team() && !slices.ContainsFunc(zones, func(z *time.Location) bool { return z.String() == zone.String() }) {
			zones = append(zones, zone)
		}
	}
	return zones
}

// Zones are the zones of the team, its own first, and behind them those of
// its clients, whose clocks show something else, the easternmost first.
func (s *Settings) Zones(now time.Time) []*time.Location {
	zones := s.teamZones()
	var theirs []*time.Location
	for _, c := range s.Clients {
		if c.Zone != nil && !slices.ContainsFunc(append(zones, theirs...), func(z *time.Location) bool { return sameClock(now, z, c.Zone) }) {
			theirs = append(theirs, c.Zone)
		}
	}
	slices.SortStableFunc(theirs, func(a, b *time.Location) int {
		_, x := now.In(a).Zone()
		_, y := now.In(b).Zone()
		return y - x
	})
	return append(zones, theirs...)
}

// calendarsIn are those of the people of the team who live in a zone, each once
// where they have nothing of their own; of nobody the team's.
func (s *Settings) calendarsIn(zone *time.Location) (list []calendar.Calendar) {
	usual := false
	for _, p := range s.People {
		if !p.Team() || s.ZoneOf(p).String() != zone.String() {
			continue
		}
		if plain := p.Hours.Always() && p.Holidays.None(); !plain || !usual {
			usual = usual || plain
			list = append(list, s.CalendarOf(p))
		}
	}
	if len(list) == 0 && !slices.ContainsFunc(s.People, Person.Team) {
		list = append(list, s.CalendarOf(Person{}))
	}
	return list
}

// stretches are the working times of a calendar between two instants.
func stretches(c calendar.Calendar, from, to time.Time) (list []Presence) {
	for at := from; len(list) < stretchesRead; {
		opens, ok := c.NextOpen(at)
		if !ok || !opens.Before(to) {
			return list
		}
		closes, ends := c.NextClose(opens)
		if !ends {
			closes = to
		}
		list = append(list, Presence{From: opens, To: closes})
		at = closes
	}
	return list
}

// joined puts together what overlaps, or is less than a while apart.
func joined(list []Presence, apart time.Duration) (out []Presence) {
	slices.SortStableFunc(list, func(a, b Presence) int { return a.From.Compare(b.From) })
	for _, p := range list {
		if n := len(out) - 1; n >= 0 && p.From.Sub(out[n].To) <= apart {
			out[n].To = later(out[n].To, p.To)
			continue
		}
		out = append(out, p)
	}
	return out
}

// ClockChange says that a zone's clocks are changed on a day, seen from another
// zone: how far they are behind its own then, and before.
type ClockChange struct {
	Zone        *time.Location
	At          time.Time // the first midnight of the other zone after which it holds
	Behind, Was time.Duration
}

// ClockChanges are those of the next days in the zones of team and clients, seen
// from one of them.
func (s *Settings) ClockChanges(here *time.Location, now time.Time, days int) (list []ClockChange) {
	behind := func(t time.Time, zone *time.Location) time.Duration {
		_, a := t.In(here).Zone()
		_, b := t.In(zone).Zone()
		return time.Duration(a-b) * time.Second
	}
	y, m, d := now.In(here).Date()
	for _, zone := range s.Zones(now) {
		was := behind(now, zone)
		for i := range days + 1 {
			// The end of that day: clocks are changed in the night that begins it.
			end := time.Date(y, m, d+i+1, 0, 0, 0, 0, here)
			if b := behind(end, zone); b != was {
				list = append(list, ClockChange{zone, time.Date(y, m, d+i, 0, 0, 0, 0, here), b, was})
				break
			}
		}
	}
	return list
}

// DayOff is a day on which nobody of the team in a zone works though they
// usually do.
type DayOff struct {
	Zone *time.Location
	Day  time.Time // its noon there
}

// DaysOff are those of the next days.
func (s *Settings) DaysOff(now time.Time, days int) (list []DayOff) {
	for _, zone := range s.teamZones() {
		own := s.calendarsIn(zone)
		y, m, d := now.In(zone).Date()
		for i := 1; i <= days && len(own) > 0; i++ {
			noon := time.Date(y, m, d+i, 12, 0, 0, 0, zone)
			works := slices.ContainsFunc(own, func(c calendar.Calendar) bool { return WorksOn(c, noon) })
			usually := slices.ContainsFunc(own, func(c calendar.Calendar) bool {
				return WorksOn(calendar.Calendar{Zone: zone, Hours: c.Hours}, noon)
			})
			if usually && !works {
				list = append(list, DayOff{zone, noon})
			}
		}
	}
	return list
}
