package bot

import (
	"slices"
	"time"

	"meridian/bot/calendar"
	"meridian/bot/say"
)

// Coverage is when somebody of the team is at work, wherever: the working time
// of all its people together. What the desk owes is counted in it.
type Coverage struct{ calendars []calendar.Calendar }

// Coverage is that of the people of the team, or of the team's own hours where
// nobody is listed.
func (s *Settings) Coverage() Coverage {
	var c Coverage
	usual := map[string]bool{} // zones of those who have no hours and days of their own
	for _, p := range s.People {
		if !p.Team() {
			continue
		}
		if p.Hours.Always() && p.Holidays.None() {
			zone := s.ZoneOf(p).String()
			if usual[zone] {
				continue
			}
			usual[zone] = true
		}
		c.calendars = append(c.calendars, s.CalendarOf(p))
	}
	if len(c.calendars) == 0 {
		c.calendars = []calendar.Calendar{{Zone: s.ZoneOf(Person{}), Hours: s.Team.Hours, Holidays: s.Team.Holidays}}
	}
	return c
}

// Always reports whether the desk is never closed: then nobody needs to be told
// that somebody is at work.
func (c Coverage) Always() bool {
	return slices.ContainsFunc(c.calendars, calendar.Calendar.Always)
}

// Open reports whether anybody is at work.
func (c Coverage) Open(t time.Time) bool {
	return slices.ContainsFunc(c.calendars, func(own calendar.Calendar) bool { return own.Open(t) })
}

// NextOpen is the first instant at or after t when somebody is at work, on that
// person's clock. It is false when nobody will be within ten years.
func (c Coverage) NextOpen(t time.Time) (first time.Time, ok bool) {
	for _, own := range c.calendars {
		if at, comes := own.NextOpen(t); comes && (!ok || at.Before(first)) {
			first, ok = at, true
		}
	}
	return first, ok
}

// closes is when those who are at work at t have all gone. Others may have come
// by then.
func (c Coverage) closes(t time.Time) (last time.Time) {
	for _, own := range c.calendars {
		if !own.Open(t) {
			continue
		}
		if at, ends := own.NextClose(t); ends && at.After(last) {
			last = at
		}
	}
	return last
}

// Add is the instant by which a duration of working time has passed since t. It
// is false when there is not so much.
func (c Coverage) Add(t time.Time, d time.Duration) (time.Time, bool) {
	if c.Always() {
		return t.Add(d), true
	}
	for {
		from, ok := c.NextOpen(t)
		if !ok {
			return time.Time{}, false
		}
		to := c.closes(from)
		if to.Sub(from) >= d {
			return from.Add(d), true
		}
		d -= to.Sub(from)
		t = to
	}
}

// Between is the working time from a to b, which is not before a.
func (c Coverage) Between(a, b time.Time) (sum time.Duration) {
	if c.Always() {
		return b.Sub(a)
	}
	for {
		from, ok := c.NextOpen(a)
		if !ok || !from.Before(b) {
			return sum
		}
		to := c.closes(from)
		if to.After(b) {
			to = b
		}
		sum += to.Sub(from)
		a = to
	}
}

// atWork names the city where somebody is at work at an instant: the team's own
// before others. It is false where the desk never closes, since then it says
// nothing.
func (s *Settings) atWork(t time.Time) (city Part, ok bool) {
	if s.Coverage().Always() {
		return Part{}, false
	}
	home := s.ZoneOf(Person{})
	for _, p := range s.People {
		if !p.Team() || !s.CalendarOf(p).Open(t) {
			continue
		}
		zone := s.ZoneOf(p)
		if city, ok = s.CityOf(zone), true; zone.String() == home.String() {
			break
		}
	}
	return city, ok
}

// CalendarOf is when a person works: in their own hours or else the team's, on
// their own clock.
func (s *Settings) CalendarOf(p Person) calendar.Calendar {
	hours := p.Hours
	if hours.Always() {
		hours = s.Team.Hours
	}
	days := s.Team.Holidays
	if !p.Holidays.None() {
		days = days.And(p.Holidays)
	}
	return calendar.Calendar{Zone: s.ZoneOf(p), Hours: hours, Holidays: days}
}

// ClientCalendar is when the client of a request works: the company's days, or
// where it has no hours the team's, on the client's clock; if nobody has any,
// weekdays from nine to six.
func (s *Settings) ClientCalendar(r Request) calendar.Calendar {
	c, _ := s.ClientNamed(r.Client)
	hours := c.Hours
	if hours.Always() {
		hours = s.Team.Hours
	}
	if hours.Always() {
		if usual, err := calendar.ParseHours(clientsDay); err == nil {
			hours = usual
		}
	}
	zone := s.ClientZone(r)
	if zone == nil {
		zone = s.ZoneOf(Person{})
	}
	return calendar.Calendar{Zone: zone, Hours: hours, Holidays: c.Holidays}
}

// ClientZone is the zone of the person who wants something, or else of their
// company; nil: it is not known.
func (s *Settings) ClientZone(r Request) *time.Location {
	if who := s.Person(Actor{ID: r.Requester}); who.Zone != nil {
		return who.Zone
	}
	c, _ := s.ClientNamed(r.Client)
	return c.Zone
}

// CityOf is what people call the city of a zone.
func (s *Settings) CityOf(zone *time.Location) Part {
	if name, ok := s.Cities[zone.String()]; ok {
		return City(name)
	}
	return City(say.CityOf(zone))
}

// There is an instant on the clocks of a zone, with its city: "00:40 Boston".
func (s *Settings) There(t time.Time, zone *time.Location, as say.Style) Part {
	return Words("time.there", "When", ClockIn(t, zone, as), "Place", s.CityOf(zone))
}

// Both is an instant as the reader's clock shows it and, where the client's
// shows another, as that one does: "12:40 (00:40 Boston)".
func (s *Settings) Both(t time.Time, r Request) Part {
	zone := s.ClientZone(r)
	if zone == nil || sameClock(t, zone, s.ZoneOf(Person{})) {
		return At(t)
	}
	return Words("time.both", "When", At(t), "Other", s.There(t, zone, near(t, r.UpdatedAt, zone)))
}

// AtClient is an instant as the client's clock shows it: "Fri 6 Mar 09:00
// Boston". Where their zone is not known, or shows what the team's does, it is
// the reader's.
func (s *Settings) AtClient(t time.Time, r Request, as say.Style) Part {
	zone := s.ClientZone(r)
	if zone == nil || sameClock(t, zone, s.ZoneOf(Person{})) {
		return At(t)
	}
	return s.There(t, zone, as)
}

// sameClock reports whether two zones show the same at an instant.
func sameClock(t time.Time, a, b *time.Location) bool {
	_, here := t.In(a).Zone()
	_, there := t.In(b).Zone()
	return here == there
}

// near is the style in which an instant cannot be taken for another, seen from
// now: the clock alone for what comes within half a day.
func near(t, now time.Time, zone *time.Location) say.Style {
	away := t.Sub(now).Abs()
	a, b := t.In(zone), now.In(zone)
	switch {
	case away <= 12*time.Hour || a.YearDay() == b.YearDay() && a.Year() == b.Year():
		return say.Clock
	case away < 6*24*time.Hour:
		return say.DayClock
	}
	return say.Moment
}

// FirstAnswerBy is by when a person owes the client the first answer. It is
// false when that class has no such clock.
func (s *Settings) FirstAnswerBy(r Request) (time.Time, bool) {
	return s.by(r.CreatedAt, s.Clocks.First[r.Class])
}

// complaintWithin is how much of the client's own working time may pass before
// a person answers a complaint.
const complaintWithin = 4 * time.Hour

// ComplaintBy is by when a person answers a complaint, counted in the client's
// own hours: from when it came, or from now where that has passed already. It is
// false where they are never at work.
func (s *Settings) ComplaintBy(r Request, now time.Time) (time.Time, bool) {
	days := s.ClientCalendar(r)
	if by, ok := days.Add(r.CreatedAt, complaintWithin); ok && by.After(now) {
		return by, true
	}
	return days.Add(now, complaintWithin)
}

// NextAnswerBy is by when a person owes the client the next word. The clock
// stands while the client owes it.
func (s *Settings) NextAnswerBy(r Request) (time.Time, bool) {
	if r.OwedSince.IsZero() || r.Ended() || r.WaitsForClient() || r.State == Snoozed {
		return time.Time{}, false
	}
	return s.by(r.OwedSince, s.Clocks.Next[r.Class])
}

// SolutionBy is by when a solution is owed. The time in which the client owed
// us something is not counted.
func (s *Settings) SolutionBy(r Request) (time.Time, bool) {
	d := s.Clocks.Solution[r.Class]
	if d == 0 || r.Ended() || r.WaitsForClient() {
		return time.Time{}, false
	}
	return s.by(r.CreatedAt, d+r.Waited)
}

func (s *Settings) by(from time.Time, d time.Duration) (time.Time, bool) {
	if d <= 0 {
		return time.Time{}, false
	}
	return s.Coverage().Add(from, d)
}
