package bot

import (
	"errors"
	"slices"
	"strings"
	"time"
)

// TimerSilence is the timer, as [Timer.What] names it, after which a client is
// taken to be silent.
const TimerSilence = "silence"

// usualSilence is how many working days a client may think.
const usualSilence = 2

// days are the working days of the client's calendar until silence counts.
func (f Followup) days() int {
	if f.Days <= 0 {
		return usualSilence
	}
	return f.Days
}

// SilentAt is when the client's silence on a request counts, in the client's
// zone: after the policy's working days on their own calendar, which begin with
// the first one on which they could have answered. A question comes back to us
// in the morning of that day; what is closed is closed at its end, so that the
// whole of a day that was named is theirs. It is false when nothing will become
// of their silence.
func (s *Settings) SilentAt(r Request) (time.Time, bool) {
	days := s.ClientCalendar(r)
	switch {
	case s.Followup.Off || r.Kind == KindComplaint:
		return time.Time{}, false
	case r.State == Solved && r.Confirmed:
		y, m, d := r.ConfirmedAt.In(days.Zone).Date()
		return time.Date(y, m, d+1, 0, 0, 0, 0, days.Zone), !r.ConfirmedAt.IsZero()
	case r.State == Solved:
		return s.silence(r, r.SolvedAt.Add(s.UndoState), true)
	case !r.WaitsForClient() || r.Since.IsZero():
		return time.Time{}, false
	case r.Silence != nil && !r.Silence.Sent.IsZero():
		at, ok := s.silence(r, later(r.Silence.Sent, r.Away), true)
		return later(at, r.Promised), ok
	case !r.Promised.IsZero():
		return r.Promised, true
	}
	return s.silence(r, later(r.Since, r.Away), false)
}

// silence is when working days have passed since an instant without a word: the
// opening of the day after them, or its end.
func (s *Settings) silence(r Request, from time.Time, wholeDay bool) (time.Time, bool) {
	days := s.ClientCalendar(r)
	begins, ok := days.NextOpen(from)
	if !ok {
		return time.Time{}, false
	}
	at, ok := days.AddDays(begins, s.Followup.days())
	if !ok || !wholeDay {
		return at, ok
	}
	if end, ends := days.NextClose(at); ends {
		return end, true
	}
	return at.AddDate(0, 0, 1), true // who never closes has the day as well
}

// FallSilent says that the client has not answered the question: the next step
// is ours again.
func (r *Request) FallSilent(now time.Time) {
	r.Silence = &Silence{Asked: r.Since, Back: now}
	r.State = Open
	if r.Assignee == "" {
		r.State = New
	}
}

// Remindable refuses a reminder where the client owes no answer.
func (r Request) Remindable() *Error {
	switch {
	case r.Ended():
		return r.Over()
	case r.WaitsForClient(), r.Silence != nil:
		return nil
	}
	return Refuse("refuse.not_silent", "Request", r.Part(), "Usage", Code("ask "+r.ID()+" WORDS"))
}

// Remind says that the client is reminded of the question: the next step is
// theirs again, and the second silence is counted from when the reminder of
// that key has left.
func (r *Request) Remind(key string, leaves time.Time) *Error {
	if refused := r.Remindable(); refused != nil {
		return refused
	}
	next := Silence{Asked: r.Since}
	if r.Silence != nil {
		next = *r.Silence
	}
	next.Sent, next.Reminder, next.Unsent = leaves, key, false
	r.Silence = &next
	r.State, r.WaitingFor, r.Since = Waiting, "", next.Asked
	return nil
}

// Unreminded says that the reminder never left: nobody was reminded, and the
// next step is ours.
func (r *Request) Unreminded(now time.Time) {
	asked := r.Silence.Asked
	r.Since = asked
	r.FallSilent(now)
	r.Silence.Unsent = true
}

// Reminder is the draft of a reminder, in the client's language: the question,
// that no answer is one too, and on which day it is closed then. by signs it.
func (s *Settings) Reminder(r Request, by string, now time.Time) Text {
	args := []any{"Name", r.Name, "Request", r.Part(), "Person", by}
	id := "mail.reminder_plain"
	if question := lastQuestion(r.Asked); question != "" {
		id, args = "mail.reminder", append(args, "Words", question)
	}
	at, ok := s.ClosesAfter(r, now)
	if !ok {
		at = now
	}
	return Say(id, append(args, "When", s.onDay(at, r, now))...).For(s.ClientLanguage(r))
}

// ClosesAfter is when a request is closed whose client is reminded at an
// instant and stays silent.
func (s *Settings) ClosesAfter(r Request, reminded time.Time) (time.Time, bool) {
	return s.silence(r, later(reminded, r.Away), true)
}

// lastQuestion is the last sentence of a text that asks something, or else all
// of it; empty: nothing was asked.
func lastQuestion(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	end := strings.LastIndexByte(text, '?')
	if end < 0 {
		return shorten(text, maxQuestion)
	}
	begin := strings.LastIndexAny(text[:end], ".!?") + 1
	return shorten(strings.TrimSpace(text[begin:end+1]), maxQuestion)
}

// maxQuestion is how much of a question a reminder repeats, in characters.
const maxQuestion = 200

// noteSilence forgets a silence that the request is in no longer.
func (r *Request) noteSilence(before Request) {
	if !r.WaitsForClient() || !r.Since.Equal(before.Since) {
		r.Promised = time.Time{}
	}
	switch {
	case r.State == Closed:
	case r.WaitsForClient() && !before.WaitsForClient() && before.Silence == nil:
		r.Silence = nil
	case r.Silence == nil:
	case r.WaitsForClient() && r.Since.Equal(r.Silence.Asked):
	case (r.State == Open || r.State == New) && !r.Silence.Back.IsZero() && r.Silence.Sent.IsZero():
	default:
		r.Silence = nil
	}
	if r.Silence == nil && !r.WaitsForClient() && r.State != Closed {
		r.Away = time.Time{}
	}
}

// keepSilence makes the timer of a request's silence what its state asks for,
// and drops what waits to be said about a silence that is over.
func keepSilence(tx Tx, before, r Request) error {
	s := tx.Settings()
	if err := dropDraft(tx, before, r); err != nil {
		return err
	}
	at, ok := s.SilentAt(r)
	was, had := s.SilentAt(before)
	switch {
	case ok && had && at.Equal(was):
		return nil
	case ok:
		return SetSilence(tx, r, at)
	case had:
		return tx.DropTimer(silenceKey(r))
	}
	return nil
}

func silenceKey(r Request) string { return TimerSilence + ":" + r.ID() }

// SetSilence sets when a request's client is taken to be silent. The timer
// waits until the places where they speak have been heard up to then.
func SetSilence(tx Tx, r Request, at time.Time) error {
	heard := []string{r.Home.Adapter}
	if !slices.Contains(heard, r.Desk.Adapter) {
		heard = append(heard, r.Desk.Adapter)
	}
	return tx.SetTimer(Timer{Key: silenceKey(r), What: TimerSilence, Object: r.ID(), Place: r.Desk, At: at, Presumes: heard})
}

// DraftKey is the key of the message that brings a drafted reminder to whoever
// has the request.
func DraftKey(r Request) string {
	return "draft:" + r.ID() + ":" + itoa(r.Silence.Back.UnixMilli())
}

// dropDraft drops what waits about a silence that is over: the draft, once it
// was sent or is of no use, and a reminder that has not left.
func dropDraft(tx Tx, before, r Request) error {
	was := before.Silence
	if was == nil || r.Silence != nil && r.Silence.Sent.Equal(was.Sent) {
		return nil
	}
	if !was.Back.IsZero() && was.Sent.IsZero() {
		if _, err := tx.DropDelivery(DraftKey(before)); err != nil {
			return err
		}
	}
	switch {
	case was.Reminder == "" || r.Silence != nil:
		return nil
	case IsReply(was.Reminder):
		_, err := Unsend(tx, before.Home, was.Reminder)
		return err
	}
	_, err := tx.DropDelivery(was.Reminder)
	return err
}

// LeftAt is when a delivery left, for what is counted from then. pending says
// that it may still leave; when neither holds it never will.
func LeftAt(v View, key string) (at time.Time, pending bool, err error) {
	d, _, err := v.Delivery(key)
	if errors.Is(err, ErrNotFound) {
		return time.Time{}, false, nil
	}
	if err != nil {
		return time.Time{}, false, err
	}
	switch d.State {
	case DeliveryDone:
		return d.Intended, false, nil
	case DeliveryDead, DeliveryExpired:
		return time.Time{}, false, nil
	}
	return time.Time{}, true, nil
}
