package bot

import (
	"slices"
	"time"
)

// note keeps with a request what its card and its clocks are made of, whoever
// changed it and by whatever act: since when something is owed, what the client
// said when it came back, and how it ended. before is the request as it was;
// sends are what the act queued.
func (r *Request) note(tx Tx, e Event, before Request, why string, sends []string) {
	s, now := tx.Settings(), tx.Now()
	if e.Call != nil && e.Call.Undo {
		return // it is as it was
	}
	r.noteClocks(before, slices.ContainsFunc(sends, IsReply), s.Coverage(), now)
	if r.Returns > before.Returns {
		r.BackAt, r.BackSettled = now, e.Call != nil
		if r.BackWords = saidIn(e); r.BackWords == "" {
			r.BackWords = why
		}
	} else if r.Assignee != before.Assignee || r.Level != before.Level {
		r.BackSettled = true // somebody goes on with it as what it is
	}
	if r.Confirmed && !before.Confirmed {
		r.ConfirmedAt, r.ConfirmedBy = now, Actor{}
		if who := s.Person(e.Actor); !who.Team() && e.Actor.ID != "" && !who.Is(r.Requester) {
			r.ConfirmedBy = Actor{ID: who.ID, Name: who.Name}
		}
	}
	if r.Ended() && r.State != before.State {
		r.Outcome = why
		if r.EndedBy = ""; e.Call != nil {
			r.EndedBy = e.Call.Person.ID
		}
	}
	r.noteSilence(before)
}

// noteClocks notes what the clocks of a request are counted from: since when
// the client waits for our next word, and how long they have let us wait.
func (r *Request) noteClocks(before Request, answered bool, cover Coverage, now time.Time) {
	if before.WaitsForClient() && !r.WaitsForClient() && before.Since.Before(now) && !before.Since.IsZero() {
		r.Waited += cover.Between(before.Since, now)
	}
	ours := func(r Request) bool { return r.State == Open || r.State == New }
	if answered && !r.Ended() || ours(*r) && !ours(before) {
		r.OwedSince = now
	}
}

// saidIn are the words of the message or mail that an event is.
func saidIn(e Event) string {
	switch b := e.Body.(type) {
	case Said:
		return b.Text
	case Mailed:
		if b.Mail.Forwarded != nil {
			return b.Mail.Forwarded.Text
		}
		return b.Mail.Text
	}
	return ""
}

// AsksSame reports whether a client's word re-opened the request, and nobody of
// the team has said yet whether it is the same problem.
func (r Request) AsksSame() bool { return wasBack(r) && !r.BackSettled }
