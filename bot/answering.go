package bot

import (
	"errors"
	"slices"
	"time"
)

const (
	// answeringFor is how long the card says that somebody writes an answer.
	answeringFor = 5 * time.Minute
	// justNow is how long ago an answer of somebody else is that who answers
	// without having seen a form is asked about.
	justNow = 2 * time.Minute
	// maxAsked is how much of a question is kept as what the client was asked, in
	// characters.
	maxAsked = 500
	// shownMeanwhile is how many messages are shown to who has not read them.
	shownMeanwhile = 3
	// maxMeanwhile is how much of each is shown, in characters.
	maxMeanwhile = 500
)

// TimerAnswering is the timer, as [Timer.What] names it, after which the card
// says no more that somebody writes an answer.
const TimerAnswering = "answering"

// Answers notes that a person has begun to write to the client. It is false
// when somebody else does already: who began first stands on the card.
func (r *Request) Answers(who Person, now time.Time) bool {
	if a := r.AnsweringAt(now); a != "" && a != who.ID {
		return false
	}
	r.Answering = &Answering{Who: who.ID, Until: now.Add(answeringFor)}
	return true
}

// AnsweringAt is who writes to the client at an instant; empty: nobody.
func (r Request) AnsweringAt(now time.Time) string {
	if r.Answering == nil || !now.Before(r.Answering.Until) {
		return ""
	}
	return r.Answering.Who
}

// SetAnswering shows on the card that a person writes to the client, for a
// while. It takes from nobody what they can undo.
func SetAnswering(tx Tx, r Request, who Person) error {
	if r.Ended() || !r.Answers(who, tx.Now()) {
		return nil
	}
	if err := tx.SetTimer(Timer{Key: TimerAnswering + ":" + r.ID(), What: TimerAnswering, Object: r.ID(), Place: r.Desk, At: r.Answering.Until}); err != nil {
		return err
	}
	return Mark(tx, &r)
}

// EndAnswering is what becomes of the timer: the card says no more that anybody
// writes, unless somebody began later.
func EndAnswering(tx Tx, number int64) error {
	r, err := tx.Request(number)
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil || r.Answering == nil || r.AnsweringAt(tx.Now()) != "" {
		return err
	}
	r.Answering = nil
	return Mark(tx, &r)
}

// endAnswering forgets who writes where an act has made it somebody else's turn,
// or the end: they find it so when they send.
func (r *Request) endAnswering(before Request) {
	if r.State != before.State && r.State != Open && r.State != New {
		r.Answering = nil
	}
}

// Ask says that the client owes the next step: since when, and what they were
// asked. Who asks has the request if nobody has.
func (r *Request) Ask(who Person, words string, since time.Time) *Error {
	if over := r.Over(); over != nil {
		return over
	}
	if r.Assignee == "" {
		r.Assignee = who.ID
	}
	r.State, r.WaitingFor, r.Since, r.Until = Waiting, "", since, time.Time{}
	r.Asked = shorten(words, maxAsked)
	return nil
}

// FromClient reports whether a comment is the client's word and nobody's of the
// team.
func (s *Settings) FromClient(r Request, c Comment) bool {
	who := s.Person(Actor{ID: c.Author})
	return c.Visibility == ForClient && c.Author != "" && !IsReply(c.Message) && (!who.Team() || who.Owns(r))
}

// LastWords are the last word of the client, and the last one to them, of a
// conversation; of number 0 where there is none.
func (s *Settings) LastWords(r Request, comments []Comment) (theirs, ours Comment) {
	for _, c := range comments {
		switch {
		case c.Deleted || c.Visibility != ForClient || c.Author == "":
		case s.FromClient(r, c):
			theirs = c
		default:
			ours = c
		}
	}
	return theirs, ours
}

// Unread are the newest messages of a conversation that others have written
// since the comment with the id seen, oldest first.
func Unread(comments []Comment, who Person, seen int64) []Comment {
	var found []Comment
	for _, c := range comments {
		if c.ID > seen && !c.Deleted && c.Author != "" && !who.Is(c.Author) {
			found = append(found, c)
		}
	}
	return found[max(0, len(found)-shownMeanwhile):]
}

// AnsweredJustNow are the answers that others have given a moment ago.
func (s *Settings) AnsweredJustNow(r Request, comments []Comment, who Person, now time.Time) []Comment {
	return slices.DeleteFunc(Unread(comments, who, 0), func(c Comment) bool {
		return c.Visibility != ForClient || s.FromClient(r, c) || now.Sub(c.At) > justNow
	})
}

// Meanwhile says what others have written, to who is about to answer: who wrote
// last and how long ago, and their words.
func (s *Settings) Meanwhile(r Request, unread []Comment, now time.Time) Text {
	last := unread[len(unread)-1]
	id := "meanwhile.told"
	switch {
	case s.FromClient(r, last):
		id = "meanwhile.wrote"
	case last.Visibility == ForClient:
		id = "meanwhile.answered"
	}
	t := Say(id, "Person", s.author(last), "Duration", Quote(Duration(now.Sub(last.At))))
	for _, c := range unread {
		if len(unread) > 1 {
			t = t.Plus(Break(), Words("relay.client", "Name", c.Name))
		}
		t = t.Plus(Break(), BlockQuote(shorten(c.Text, maxMeanwhile)))
	}
	return t
}

// author is who wrote a comment, by the name they have now.
func (s *Settings) author(c Comment) Part {
	if p := s.Person(Actor{ID: c.Author, Name: c.Name}); p.Name != "" {
		return p.Part()
	}
	return Quote(c.Name)
}
