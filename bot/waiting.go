package bot

import (
	"time"
)

const (
	// maxPause is how far ahead a request can be put off.
	maxPause = 400 * 24 * time.Hour
	// maxWaitingFor is the length of a name that a request waits for, in bytes.
	maxWaitingFor = 120
	// morningHour is when a day's reminders come, on the reader's clock.
	morningHour = 10
)

// The timers of a request that comes back by itself, as [Timer.What] names
// them: a pause that is over, and somebody who is to be asked again.
const (
	TimerPause = "pause"
	TimerHold  = "hold"
)

// Hold says that the next step is owed by somebody who is neither the desk nor
// the client: a vendor, a release. The client's clock runs on. Until is when we
// ask them again. Who holds what nobody has, has it.
func (r *Request) Hold(who Person, name string, until, now time.Time) *Error {
	if over := r.Over(); over != nil {
		return over
	}
	switch {
	case name == "":
		return Refuse("refuse.hold_whom", "Usage", Code("hold "+r.ID()+" for the hosting"))
	case len(name) > maxWaitingFor:
		return Refuse("refuse.hold_long", "Usage", Code("hold "+r.ID()+" for the hosting"))
	}
	if refused := checkUntil(until, now); refused != nil {
		return refused
	}
	if r.State != Waiting || r.WaitingFor != name {
		r.Since = now
	}
	if r.Assignee == "" {
		r.Assignee = who.ID
	}
	r.State, r.WaitingFor, r.Until = Waiting, name, until
	return nil
}

// Pause puts a request off: until then nobody owes anything.
func (r *Request) Pause(until, now time.Time) *Error {
	if over := r.Over(); over != nil {
		return over
	}
	if refused := checkUntil(until, now); refused != nil {
		return refused
	}
	r.State, r.Until = Snoozed, until
	return nil
}

// checkUntil refuses an instant that a request cannot come back at.
func checkUntil(until, now time.Time) *Error {
	switch {
	case !until.After(now):
		return Refuse("refuse.until_past", "When", At(until))
	case until.Sub(now) > maxPause:
		return Refuse("refuse.until_far")
	}
	return nil
}

// Resume ends a pause or a wait: we owe the next step again.
func (r *Request) Resume() *Error {
	if over := r.Over(); over != nil {
		return over
	}
	if r.State != Waiting && r.State != Snoozed {
		return Refuse("refuse.not_waiting", "Request", r.Part())
	}
	r.State = Open
	if r.Assignee == "" {
		r.State = New
	}
	return nil
}

// WaitsForClient reports whether the client owes the next step, which is the
// one wait that stops the client's clock.
func (r Request) WaitsForClient() bool { return r.State == Waiting && r.WaitingFor == "" }

// settle drops what belonged to a state that the request is in no longer.
func (r *Request) settle() {
	if r.State != Waiting {
		r.WaitingFor, r.Since = "", time.Time{}
	}
	if _, at := r.comesBack(); at.IsZero() {
		r.Until = time.Time{}
	}
}

// comesBack is when a request comes back to us by itself, and by which timer.
func (r Request) comesBack() (what string, at time.Time) {
	switch {
	case r.State == Snoozed:
		return TimerPause, r.Until
	case r.State == Waiting && r.WaitingFor != "":
		return TimerHold, r.Until
	}
	return "", time.Time{}
}

// keepTimer makes the timer of a request what its state asks for.
func keepTimer(tx Tx, before, r Request) error {
	was, _ := before.BackTimer()
	timer, ok := r.BackTimer()
	switch {
	case timer.What == was.What && timer.At.Equal(was.At):
		return nil
	case !ok:
		return tx.DropTimer(timer.Key)
	}
	return tx.SetTimer(timer)
}

// BackTimer is the timer that brings a request back to us which is paused or
// waits for somebody else. false: nothing does; the key of the timer that it
// would be is given all the same.
func (r Request) BackTimer() (t Timer, ok bool) {
	what, at := r.comesBack()
	return Timer{Key: "back:" + r.ID(), What: what, Object: r.ID(), At: at}, !at.IsZero()
}

// IsDue reports whether a timer is the one that the request waits for now, and
// not one of a pause that has been changed since.
func (r Request) IsDue(d Due) bool {
	what, at := r.comesBack()
	return what != "" && what == d.What && at.UnixMilli() == d.At.UnixMilli()
}

// Morning is ten o'clock of a date on a person's clock, days after an instant.
func (s *Settings) Morning(who Person, now time.Time, days int) time.Time {
	y, m, d := now.In(s.ZoneOf(who)).Date()
	return time.Date(y, m, d+days, morningHour, 0, 0, 0, s.ZoneOf(who))
}

// NextMorning is ten o'clock on the person's next working day, which is never
// today. Where no hours are known, that is Monday to Friday.
func (s *Settings) NextMorning(who Person, now time.Time) time.Time {
	works := s.CalendarOf(who)
	for days := 1; days < 60; days++ {
		at := s.Morning(who, now, days)
		weekend := at.Weekday() == time.Saturday || at.Weekday() == time.Sunday
		if works.WorkingDay(at) && !(works.Hours.Always() && weekend) {
			return at
		}
	}
	return s.Morning(who, now, 1)
}

// NextMonday is ten o'clock on the next Monday on the person's clock.
func (s *Settings) NextMonday(who Person, now time.Time) time.Time {
	for days := 1; ; days++ {
		if at := s.Morning(who, now, days); at.Weekday() == time.Monday {
			return at
		}
	}
}
