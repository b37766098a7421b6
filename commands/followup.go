package commands

import (
	"errors"
	"fmt"
	"time"

	"meridian/bot"
)

// silenceDue is what becomes of a client's silence: a question comes back to us
// with a drafted reminder; after the reminder, and after a solution that nobody
// confirms, the request is closed. The timer waits until the client could have
// been heard.
func silenceDue() bot.Handler {
	return dueAbout("silence.due", bot.TimerSilence, func(tx bot.Tx, e bot.Event, r bot.Request) error {
		s := tx.Settings()
		at, ok := s.SilentAt(r)
		if !ok {
			return nil
		}
		if at.After(tx.Now()) { // the calendar, or what is waited for, has changed since
			return bot.SetSilence(tx, r, at)
		}
		hushed, err := bot.Hushed(tx, s.Person(bot.Actor{ID: r.Requester, Name: r.Name}))
		if err != nil {
			return err
		}
		return silent(tx, e, r, hushed != 0)
	})
}

// silent does what the policy says for the state that a request is in. Somebody
// who complained gets nothing automatic: then it only comes back to us.
func silent(tx bot.Tx, e bot.Event, r bot.Request, hushed bool) error {
	before := r
	switch {
	case r.Confirmed:
		return closeSilently(tx, e, r)
	case r.State == bot.Solved:
		return closeUnconfirmed(tx, e, r, hushed)
	case hushed:
		if refused := r.Resume(); refused != nil {
			return refused
		}
		return bot.Change(tx, e, before, &r, "")
	case r.Silence != nil && !r.Silence.Sent.IsZero():
		return closeUnanswered(tx, e, r)
	case tx.Settings().Followup.Remind == bot.RemindAuto:
		return remindBySelf(tx, e, r)
	}
	r.FallSilent(tx.Now())
	if err := bot.Change(tx, e, before, &r, ""); err != nil || r.Assignee == "" {
		return err
	}
	return draftReminder(tx, r)
}

// closeSilently closes what is done, and tells nobody.
func closeSilently(tx bot.Tx, e bot.Event, r bot.Request) error {
	before := r
	if refused := r.Close(tx.Now()); refused != nil {
		return refused
	}
	return bot.Change(tx, e, before, &r, "")
}

// closeUnconfirmed closes a solved request, counted from when the client was
// told. Who was never told has not been silent.
func closeUnconfirmed(tx bot.Tx, e bot.Event, r bot.Request, hushed bool) error {
	key := r.SolvedBy
	if key == "" {
		key = bot.SolvedKey(r)
	}
	heard, err := heardOut(tx, r, key)
	if err != nil || !heard || hushed {
		return err
	}
	return closeSilently(tx, e, r)
}

// heardOut reports whether the silence after a delivery has lasted long enough.
// Where it has not, the timer is set for when it will have; where the delivery
// never left, nothing is counted.
func heardOut(tx bot.Tx, r bot.Request, key string) (bool, error) {
	left, pending, err := bot.LeftAt(tx, key)
	if err != nil {
		return false, err
	}
	if pending {
		left = tx.Now() // it may leave still: then we shall see
	}
	at, ok := tx.Settings().ClosesAfter(r, left)
	switch {
	case left.IsZero() || !ok:
		return false, nil
	case at.After(tx.Now()):
		return false, bot.SetSilence(tx, r, at)
	}
	return true, nil
}

// closeUnanswered closes a request whose client was asked and reminded, with a
// word that says what an answer does now.
func closeUnanswered(tx bot.Tx, e bot.Event, r bot.Request) error {
	before := r
	left, pending, err := bot.LeftAt(tx, r.Silence.Reminder)
	if err != nil {
		return err
	}
	if left.IsZero() && !pending {
		return unreminded(tx, e, r)
	}
	if heard, err := heardOut(tx, r, r.Silence.Reminder); err != nil || !heard {
		return err
	}
	if refused := r.Close(tx.Now()); refused != nil {
		return refused
	}
	if err := bot.Change(tx, e, before, &r, ""); err != nil {
		return err
	}
	return bot.ToClient(tx, r, bot.Delivery{Key: fmt.Sprintf("closed:%s:%d", r.ID(), r.ClosedAt.UnixMilli())}, bot.MessageOf(closingWords(tx.Settings(), r)), true)
}

// closingWords are the last word to a silent client, signed by whoever had the
// request.
func closingWords(s *bot.Settings, r bot.Request) bot.Text {
	id := "client.closing"
	if r.Home.Adapter == "email" {
		id = "mail.closing"
	}
	return bot.Say(id, "Name", r.Name, "Request", r.Part(), "Person", signs(s, r.Assignee))
}

// signs is the name under a mail of a person; nobody's is the team's.
func signs(s *bot.Settings, id string) string {
	if id == "" {
		return s.Team.Name
	}
	return s.Person(bot.Actor{ID: id}).Name
}

// remindBySelf sends the reminder in the desk's own name.
func remindBySelf(tx bot.Tx, e bot.Event, r bot.Request) error {
	s, before := tx.Settings(), r
	t := s.Reminder(r, s.Team.Name, tx.Now())
	words, err := s.InWords(t)
	if err != nil {
		return err
	}
	key := fmt.Sprintf("remind:%s:%d", r.ID(), e.ID)
	if refused := r.Remind(key, tx.Now()); refused != nil {
		return refused
	}
	if err := bot.ToClient(tx, r, bot.Delivery{Key: key}, bot.MessageOf(t), true); err != nil {
		return err
	}
	if err := tx.SaveComment(&bot.Comment{Request: r.Number, Name: s.Team.Name, Text: words, Visibility: bot.ForClient, Place: r.Home, Message: key, At: tx.Now()}); err != nil {
		return err
	}
	return bot.Change(tx, e, before, &r, "")
}

// draftReminder brings the drafted reminder to whoever has the request, in
// their hours.
func draftReminder(tx bot.Tx, r bot.Request) error {
	s := tx.Settings()
	who := s.Person(bot.Actor{ID: r.Assignee})
	leaves := bot.InHours(tx, who)
	sent := tx.Now()
	if leaves.After(sent) {
		sent = leaves
	}
	m, err := draftMessage(s, r, who, sent)
	if err != nil {
		return err
	}
	return bot.DirectUnasked(tx, bot.Delivery{Key: bot.DraftKey(r), NotBefore: leaves}, who, m)
}

// draftMessage shows a person the reminder that they may send.
func draftMessage(s *bot.Settings, r bot.Request, who bot.Person, now time.Time) (bot.Message, error) {
	words, err := s.InWords(s.Reminder(r, who.Name, now))
	if err != nil {
		return bot.Message{}, err
	}
	days := s.Followup.Days
	if days <= 0 {
		days = 2
	}
	t := bot.Say("told.silent", "Request", r.Part(), "Title", bot.Quote(r.Title), "Name", r.Name, "Count", days).
		Plus(bot.Break(), bot.BlockQuote(words), bot.Break(), bot.Words("told.silent_rest"))
	return bot.MessageOf(t,
		bot.PressButton("button.send", "remind", r.ID()+" "+sendWord+" "+closingDate(s, r, now)),
		bot.PressButton("button.edit", "remind", r.ID()),
		bot.PressButton("button.skip", "remind", r.ID()+" "+skipWord)), nil
}

// closingDate is the day that a reminder names, so that what is sent later than
// it was drafted is not sent with a day that is wrong by then.
func closingDate(s *bot.Settings, r bot.Request, now time.Time) string {
	at, ok := s.ClosesAfter(r, now)
	if !ok {
		return ""
	}
	return at.Format(time.DateOnly)
}

// reminderFailed brings a request back to us whose reminder was not sent.
func reminderFailed(tx bot.Tx, e bot.Event, b bot.Failed) error {
	if b.Request == 0 {
		return nil
	}
	r, err := tx.Request(b.Request)
	if errors.Is(err, bot.ErrNotFound) || err == nil && (r.Silence == nil || r.Silence.Reminder != b.Delivery || !r.WaitsForClient()) {
		return nil
	}
	if err != nil {
		return err
	}
	return unreminded(tx, e, r)
}

// unreminded says that nobody was reminded: the next step is ours.
func unreminded(tx bot.Tx, e bot.Event, r bot.Request) error {
	before := r
	r.Unreminded(tx.Now())
	if err := bot.Change(tx, e, before, &r, ""); err != nil || r.Assignee == "" {
		return err
	}
	who := tx.Settings().Person(bot.Actor{ID: r.Assignee})
	return bot.DirectUnasked(tx, bot.Delivery{Key: bot.DraftKey(r), NotBefore: bot.InHours(tx, who)}, who,
		bot.MessageOf(bot.Say("told.unsent", "Request", r.Part(), "Name", r.Name), bot.PressButton("button.remind", "remind", r.ID())))
}

// absent notes that the client is away, as their automatic reply says: their
// silence is counted from the day it names, or else after five working days. An
// automatic reply that says neither is no absence.
func absent(tx bot.Tx, r bot.Request, m bot.Mail) error {
	s := tx.Settings()
	if !r.WaitsForClient() || s.Followup.Off {
		return nil
	}
	days := s.ClientCalendar(r)
	until, ok := bot.AwayUntil(m.Subject+"\n"+m.Text, tx.Now().In(days.Zone))
	if !ok && m.Absent {
		until, ok = days.AddDays(tx.Now(), usualAbsence)
	}
	if !ok || !until.After(r.Away) {
		return nil
	}
	r.Away = until
	if err := bot.Mark(tx, &r); err != nil {
		return err
	}
	at, ok := s.SilentAt(r)
	if !ok {
		return nil
	}
	return bot.SetSilence(tx, r, at)
}

// usualAbsence is how many working days somebody is taken to be away whose
// automatic reply names no day.
const usualAbsence = 5
