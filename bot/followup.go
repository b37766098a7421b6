package bot

import (
	"errors"
	"slices"
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
		return s.silence(r, later(r.Silence.Sent, r.Away), true)
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

// noteSilence forgets a silence that the request is in no longer.
func (r *Request) noteSilence(before Request) {
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
	if before.Silence != nil && r.Silence == nil {
		if err := dropReminder(tx, before); err != nil {
			return err
		}
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

// dropReminder drops what waits about a silence that is over: the draft, and a
// reminder that has not left.
func dropReminder(tx Tx, before Request) error {
	if !before.Silence.Back.IsZero() {
		if _, err := tx.DropDelivery(DraftKey(before)); err != nil {
			return err
		}
	}
	key := before.Silence.Reminder
	if key == "" {
		return nil
	}
	if IsReply(key) {
		_, err := Unsend(tx, before.Home, key)
		return err
	}
	_, err := tx.DropDelivery(key)
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
