package bot

import (
	"time"

	"meridian/bot/say"
)

// cardDue is what is due, by when, and what happens if nobody does anything.
func cardDue(s *Settings, r Request) []Part {
	switch {
	case r.State == Closed, r.State == Snoozed, r.State == Solved && r.Confirmed:
		return nil
	case r.State == Solved:
		return solvedDue(s, r)
	case r.WaitsForClient():
		return silentDue(s, r)
	case r.Silence != nil:
		return silentBack(s, r)
	case r.State == Waiting:
		return othersDue(s, r)
	case wasBack(r):
		return backDue(s, r)
	case r.Level > 1:
		return escalatedDue(s, r)
	case r.AnsweredAt.IsZero():
		return firstDue(s, r)
	}
	return s.nextDue(r, false)
}

// firstDue is the first answer. Who reads of it for the first time is told how
// long that is, and whether anybody is at work.
func firstDue(s *Settings, r Request) []Part {
	due, ok := s.FirstAnswerBy(r)
	if !ok {
		return suggestion(r)
	}
	when := s.Both(due, r)
	cover := s.Coverage()
	switch {
	case !due.After(r.UpdatedAt):
		return between([]Part{Words("card.first_was", "When", when)}, suggestion(r))
	case r.State != New || cover.Always():
		return between([]Part{Words("card.first_by", "When", when)}, suggestion(r))
	case cover.Open(r.UpdatedAt):
		left := Length(cover.Between(r.UpdatedAt, due))
		return between([]Part{Words("card.first_open", "When", when, "Duration", left)}, suggestion(r))
	}
	back, _ := cover.NextOpen(r.UpdatedAt)
	return between([]Part{Words("card.first_closed", "When", when, "Until", At(back))}, suggestion(r))
}

func suggestion(r Request) []Part {
	if !suggested(r) {
		return nil
	}
	return []Part{Words("card.suggested", "What", ClassWords(Expedite))}
}

// nextDue is the next word to the client. Behind something else it begins with
// a small letter.
func (s *Settings) nextDue(r Request, behind bool) []Part {
	due, ok := s.NextAnswerBy(r)
	if !ok {
		return nil
	}
	when := s.Both(due, r)
	switch late := !due.After(r.UpdatedAt); {
	case late && behind:
		return []Part{Words("card.next_late", "When", when)}
	case late:
		return []Part{Words("card.next_was", "When", when)}
	case behind:
		return []Part{Words("card.next_too", "When", when)}
	}
	return []Part{Words("card.next_by", "When", when)}
}

// escalatedDue is what was promised and what is still owed.
func escalatedDue(s *Settings, r Request) []Part {
	var solution []Part
	if due, ok := s.SolutionBy(r); ok {
		solution = []Part{Words("card.solution_by", "When", s.Both(due, r))}
	}
	if r.AnsweredAt.IsZero() {
		return between(firstDue(s, r), solution)
	}
	return between([]Part{Words("card.answered", "When", At(r.AnsweredAt))}, s.nextDue(r, true), solution)
}

// backDue is the next word on what came back, and what is to be told apart.
func backDue(s *Settings, r Request) []Part {
	var ask []Part
	if r.AsksSame() {
		ask = []Part{Words("card.same")}
	}
	return between(s.nextDue(r, false), []Part{Words("card.top")}, ask)
}

// othersDue is when somebody who is not the client is asked again.
func othersDue(s *Settings, r Request) []Part {
	var again []Part
	if !r.Until.IsZero() && r.Assignee != "" {
		again = []Part{Words("card.asks_again", "Person", nameOf(s, r.Assignee), "When", At(r.Until))}
	}
	return between(again, s.nextDue(r, len(again) > 0))
}

// silentDue is what becomes of a question if the client does not answer it.
func silentDue(s *Settings, r Request) []Part {
	at, ok := s.SilentAt(r)
	if !ok {
		return nil
	}
	if r.Silence != nil && !r.Silence.Sent.IsZero() {
		return []Part{Words("card.reminded", "When", s.AtClient(r.Silence.Sent, r, say.DayClock), "Until", s.AtClient(at, r, say.Moment))}
	}
	if r.Away.After(r.UpdatedAt) {
		return []Part{Words("card.silent_away", "When", s.AtClient(at, r, say.Moment))}
	}
	if !r.Promised.IsZero() {
		return []Part{Words("card.silent_promised", "Name", r.Name, "When", s.AtClient(at, r, say.Moment))}
	}
	args := []any{"When", s.AtClient(at, r, say.Moment), "Count", s.Followup.days(), "Client", clientOr(r)}
	starts, asleep := s.clientStarts(r)
	auto := s.Followup.Remind == RemindAuto
	if asleep {
		args = append(args, "Since", ClockIn(starts, starts.Location(), say.Day))
	}
	id := "card.if_silent"
	switch {
	case asleep && auto:
		id = "card.if_silent_from_auto"
	case asleep:
		id = "card.if_silent_from"
	case auto:
		id = "card.if_silent_auto"
	}
	return []Part{Words(id, args...)}
}

// silentBack is what is to be done about a question that was not answered.
func silentBack(s *Settings, r Request) []Part {
	line := []Part{Words("card.silent", "Name", r.Name, "Count", s.Followup.days(), "Client", clientOr(r))}
	if r.Silence.Unsent {
		return between(line, []Part{Words("card.unsent")})
	}
	return between(line, []Part{Words("card.drafted")})
}

// solvedDue is when the client hears that it is solved, and when it is closed.
func solvedDue(s *Settings, r Request) []Part {
	var line []Part
	if told := r.SolvedAt.Add(s.UndoState); r.SolvedBy == "" && told.After(r.UpdatedAt) {
		line = []Part{Words("card.gets_word", "Name", r.Name, "When", At(told), "Duration", Length(s.UndoState))}
	}
	at, ok := s.SilentAt(r)
	if !ok {
		return line
	}
	if len(line) > 0 {
		line = append(line, Quote(" "))
	}
	return append(line, Words("card.closes", "When", s.AtClient(at, r, say.Moment)))
}

// confirmedEnd says when a request closes that the client has confirmed.
func confirmedEnd(s *Settings) []Part {
	if s.Followup.Off {
		return nil
	}
	return []Part{Words("card.closes_tonight")}
}

// clientStarts is when the client's next working day begins, seen from the last
// word to them; false: they were at work, or it is not known when they are.
func (s *Settings) clientStarts(r Request) (time.Time, bool) {
	c := s.ClientCalendar(r)
	if c.Always() || s.ClientZone(r) == nil {
		return time.Time{}, false
	}
	at, ok := c.NextOpen(r.Since)
	return at, ok && at.After(r.Since) && at.After(r.UpdatedAt)
}

// startsLater is when the day begins of the person whom a request was escalated
// to; false: it had begun.
func (s *Settings) startsLater(who Person, r Request) (time.Time, bool) {
	if r.LevelSince.IsZero() || who.ID == "" || r.Woken {
		return time.Time{}, false
	}
	at, ok := s.CalendarOf(who).NextOpen(r.LevelSince)
	return at, ok && at.After(r.LevelSince) && at.After(r.UpdatedAt)
}

// sinceDay is since when a request waits for somebody: the clock of today, else
// the day.
func (s *Settings) sinceDay(r Request) Part {
	if r.Since.IsZero() {
		return At(r.UpdatedAt)
	}
	zone := s.ZoneOf(Person{})
	switch near(r.Since, r.UpdatedAt, zone) {
	case say.Clock:
		return At(r.Since)
	case say.DayClock:
		return ClockIn(r.Since, zone, say.Day)
	}
	return ClockIn(r.Since, zone, say.Date)
}

// dayAtClient is a date on the client's calendar: "16 March".
func (s *Settings) dayAtClient(t time.Time, r Request) Part {
	return ClockIn(t, s.ClientCalendar(r).Zone, say.MonthDay)
}

// theirDay is when a paused request is taken up again, as its client sees it: in
// their night nobody writes to them.
func (s *Settings) theirDay(r Request) time.Time {
	if at, ok := s.ClientCalendar(r).NextOpen(r.Until); ok {
		return at
	}
	return r.Until
}

// onDay is a day to come as a client reads it: "on Thursday", later ones by
// their date.
func (s *Settings) onDay(t time.Time, r Request, now time.Time) Part {
	zone := s.ClientCalendar(r).Zone
	if t.Sub(now) < 6*24*time.Hour {
		return ClockIn(t, zone, say.OnDay)
	}
	return Words("time.on", "When", ClockIn(t, zone, say.MonthDay))
}
