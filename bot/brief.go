package bot

import (
	"errors"
	"slices"
	"strings"
	"time"

	"meridian/bot/say"
)

const (
	// triedShown is how many notes of the team a brief repeats, the newest.
	triedShown = 3
	// maxTried is how much of each it repeats, and maxWanted how much of what is
	// wanted and of the client's words, in characters.
	maxTried  = 160
	maxWanted = 280
	// filesNamed is how many files a brief names.
	filesNamed = 5
)

// NextLevel is the level that a request is escalated to, and who is there for
// it: the first person of that level who is at work, or else the one whose day
// begins first. Levels that nobody is there for are passed over; where nobody is
// there for any, it is the next one and nobody's.
func (s *Settings) NextLevel(r Request, now time.Time) (level int, who Person) {
	for level = r.Level + 1; level <= MaxLevel; level++ {
		if who, ok := s.firstOf(level, r, now); ok {
			return level, who
		}
	}
	return r.Level + 1, Person{}
}

// firstOf is who of a level can begin first.
func (s *Settings) firstOf(level int, r Request, now time.Time) (first Person, ok bool) {
	var begins time.Time
	for _, p := range s.People {
		if !p.Team() || max(p.Level, 1) != level || !p.Sees(r) {
			continue
		}
		at, comes := s.CalendarOf(p).NextOpen(now)
		if comes && (!ok || at.Before(begins)) {
			first, begins, ok = p, at, true
		}
	}
	return first, ok
}

// EscalateTo raises the request to a level at once, whatever the hour, and gives
// it to who is there for it; an empty person leaves it with who has it. It
// resets neither age nor class.
func (r *Request) EscalateTo(level int, to Person, now time.Time) *Error {
	if refused := r.Escalate(); refused != nil {
		return refused
	}
	r.Level, r.LevelSince, r.EscalatedTo, r.Woken = level, now, to.ID, false
	if to.ID != "" {
		r.Assignee = to.ID
	}
	return nil
}

// BriefKey is the key of the message that tells the person whom a request was
// escalated to what it is about.
func BriefKey(r Request) string { return "brief:" + r.ID() + ":" + itoa(r.LevelSince.UnixMilli()) }

// TriedSoFar are the newest notes that the team has made of a request, each with
// its author where there are several.
func (s *Settings) TriedSoFar(comments []Comment) string {
	var notes []Comment
	for _, c := range comments {
		if c.Visibility == ForInternal && !c.Deleted && s.Person(Actor{ID: c.Author}).Team() && strings.TrimSpace(c.Text) != "" {
			notes = append(notes, c)
		}
	}
	notes = notes[max(0, len(notes)-triedShown):]
	several := slices.ContainsFunc(notes, func(c Comment) bool { return c.Author != notes[0].Author })
	var parts []string
	for _, c := range notes {
		words := shorten(clause(c.Text), maxTried)
		if several {
			words = c.Name + ": " + words
		}
		parts = append(parts, words)
	}
	return strings.Join(parts, "; ")
}

// Brief tells who takes over a request what they must know to go on: how old it
// is, what is wanted, what was tried, what was promised, the client's last word
// and the files. at is when it is read.
func Brief(s *Settings, r Request, who Person, comments []Comment, at time.Time) Text {
	zone := s.ZoneOf(who)
	since := ClockIn(r.LevelSince, zone, near(r.LevelSince, at, zone))
	lines := [][]Part{
		between([]Part{r.Part(), Quote(" " + clientOr(r))}, []Part{Quote(r.Title)},
			[]Part{Words("brief.old", "Duration", Length(at.Sub(r.CreatedAt)))}, []Part{Words("brief.level", "Level", r.Level, "Since", since)}),
		wantedWords(r),
		s.promised(r, zone, at),
	}
	if theirs, _ := s.LastWords(r, comments); theirs.ID != 0 && theirs.Text != r.Words && strings.TrimSpace(theirs.Text) != "" {
		lines = append(lines, []Part{Words("brief.last", "Name", theirs.Name, "Words", shorten(oneLine(theirs.Text), maxWanted))})
	}
	if files := fileNames(comments); files != "" {
		lines = append(lines, []Part{Words("brief.files", "List", files)})
	}
	return inLines(lines)
}

// wantedWords are what is wanted, and what was tried. Where nobody said what is
// needed, it is what the client wrote.
func wantedWords(r Request) (line []Part) {
	wanted := r.Needed
	if wanted == "" && r.Words != r.Title {
		wanted = r.Words
	}
	if wanted != "" {
		line = append(line, Words("brief.wanted", "Words", shorten(clause(wanted), maxWanted)))
	}
	if r.Tried == "" {
		return line
	}
	if len(line) > 0 {
		line = append(line, Quote(" "))
	}
	return append(line, Words("card.tried", "Words", clause(r.Tried)))
}

// promised is by when the client was promised a word, on their clock and on the
// reader's.
func (s *Settings) promised(r Request, zone *time.Location, at time.Time) []Part {
	due, ok := s.FirstAnswerBy(r)
	if !r.AnsweredAt.IsZero() {
		due, ok = s.NextAnswerBy(r)
	}
	if !ok {
		return nil
	}
	here := ClockIn(due, zone, near(due, at, zone))
	late := due.Before(at)
	if theirs := s.ClientZone(r); theirs != nil && !sameClock(due, theirs, zone) {
		there := s.There(due, theirs, near(due, at, theirs))
		if late {
			return []Part{Words("brief.late", "Name", r.Name, "When", there, "Other", here)}
		}
		return []Part{Words("brief.promised", "Name", r.Name, "When", there, "Other", here)}
	}
	if late {
		return []Part{Words("brief.late_here", "Name", r.Name, "When", here)}
	}
	return []Part{Words("brief.promised_here", "Name", r.Name, "When", here)}
}

// fileNames are the names of what came with a conversation.
func fileNames(comments []Comment) string {
	var names []string
	for _, c := range comments {
		for _, f := range c.Files {
			if !c.Deleted && !slices.Contains(names, f.Name) && len(names) < filesNamed {
				names = append(names, f.Name)
			}
		}
	}
	return strings.Join(names, ", ")
}

// TimerBrief is the timer, as [Timer.What] names it, at which the day begins of
// the person whom a request was escalated to.
const TimerBrief = "brief"

// BriefAt is when the person is told whom a request was escalated to: when their
// day begins. It is false where they have been told, or need not be.
func (s *Settings) BriefAt(r Request) (time.Time, bool) {
	if r.Level <= 1 || r.Ended() || r.Assignee != r.EscalatedTo {
		return time.Time{}, false
	}
	return s.startsLater(s.Person(Actor{ID: r.Assignee}), r)
}

// keepBrief makes the timer of a brief what the request asks for. A brief that
// was given and is undone says so. before is the request as it was.
func keepBrief(tx Tx, before, r Request) error {
	s, key := tx.Settings(), TimerBrief+":"+r.ID()
	was, had := s.BriefAt(before)
	at, wants := s.BriefAt(r)
	switch {
	case wants && (!had || !at.Equal(was)):
		if err := tx.SetTimer(Timer{Key: key, What: TimerBrief, Object: r.ID(), Place: r.Desk, At: at}); err != nil {
			return err
		}
	case had && !wants:
		if err := tx.DropTimer(key); err != nil {
			return err
		}
	}
	if before.LevelSince.IsZero() || r.LevelSince.Equal(before.LevelSince) || r.Level >= before.Level {
		return nil
	}
	return voidBrief(tx, before)
}

// voidBrief takes back the brief of an escalation that was undone.
func voidBrief(tx Tx, was Request) error {
	key := BriefKey(was)
	d, _, err := tx.Delivery(key)
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if dropped, err := tx.DropDelivery(key); err != nil || dropped {
		return err
	}
	m := MessageOf(Say("told.not_escalated", "Request", was.Part()))
	Localize(&m, d.Message.Text.Language)
	return tx.PutDelivery(Delivery{Key: key + ":gone", To: d.To, Op: OpEdit, Card: key, After: key, Message: m})
}

// BriefMessage is the brief with what can be done about it.
func BriefMessage(s *Settings, r Request, who Person, comments []Comment, at time.Time) Message {
	return MessageOf(Brief(s, r, who, comments, at), PressButton("button.open", "show", r.ID()), PressButton("button.give", "give", r.ID()))
}

// Starts is when a person's day begins, as it is said to others: on their own
// clock, with its city. It is false while they are at work.
func (s *Settings) Starts(who Person, now time.Time) (Part, bool) {
	zone := s.ZoneOf(who)
	at, ok := s.CalendarOf(who).NextOpen(now)
	if !ok || !at.After(now) {
		return Part{}, false
	}
	style := near(at, now, zone)
	if style == say.Moment {
		style = say.Date
	}
	return s.There(at, zone, style), true
}
