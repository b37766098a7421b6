package commands

import (
	"context"
	"errors"

	"meridian/bot"
)

// nudgeDue says a reminder whose time has come. What it is about is looked at
// once more: of a request that has ended nobody is reminded.
func nudgeDue() bot.Handler {
	return bot.Handler{Name: "nudge.due", Do: func(_ context.Context, tx bot.Tx, e bot.Event, _ any) error {
		b := e.Body.(bot.Due)
		number, ok := bot.ParseReminderID(b.Object)
		if b.What != bot.TimerNudge || !ok {
			return bot.ErrPass
		}
		r, err := tx.Reminder(number)
		if errors.Is(err, bot.ErrNotFound) || err == nil && (r.State != bot.ReminderActive || !r.NextAt.Equal(b.At)) {
			return nil // it was changed since
		}
		if err != nil {
			return err
		}
		over, err := nudgeOver(tx, r)
		if err != nil {
			return err
		}
		run, worth := r.Fire(tx.Now())
		if over && r.Spec == "" {
			r.State = bot.ReminderDone
		}
		if err := tx.SaveReminder(&r); err != nil {
			return err
		}
		if !r.NextAt.IsZero() {
			if err := tx.SetTimer(r.Timer()); err != nil {
				return err
			}
		}
		if over || !worth {
			return nil
		}
		s := tx.Settings()
		m := nudgeMessage(s, r, run, tx.Now())
		bot.Localize(&m, nudgeLanguage(tx, r))
		return tx.PutDelivery(bot.Delivery{Key: r.Key(run), To: r.Place, Op: bot.OpPost, Urgency: bot.UrgentPost, Message: m,
			TeamSide: !r.Place.IsDirect() && s.Inside(r.Place)})
	}}
}

// nudgeOver reports whether the request that a reminder is about has ended.
func nudgeOver(v bot.View, r bot.Reminder) (bool, error) {
	if r.Request == 0 {
		return false, nil
	}
	about, err := v.Request(r.Request)
	if errors.Is(err, bot.ErrNotFound) {
		return false, nil
	}
	return err == nil && about.Ended(), err
}

// planSchedules brings the reminders of the configuration in step with it. What
// has been planned and is still wanted stays as it is: a run that came while
// nothing could be said must not get lost.
func planSchedules(tx bot.Tx) error {
	known, err := tx.Reminders(bot.ReminderQuery{Schedule: true, States: []bot.ReminderState{bot.ReminderActive}, Limit: 1000})
	if err != nil {
		return err
	}
	byName := map[string]bot.Reminder{}
	for _, r := range known {
		byName[r.Schedule] = r
	}
	for _, want := range tx.Settings().Schedules {
		if err := planSchedule(tx, want, byName[want.Name]); err != nil {
			return err
		}
		delete(byName, want.Name)
	}
	for _, gone := range byName {
		gone.State = bot.ReminderCancelled
		if err := errors.Join(tx.SaveReminder(&gone), tx.DropTimer(gone.Timer().Key)); err != nil {
			return err
		}
	}
	return nil
}

func planSchedule(tx bot.Tx, want bot.Schedule, r bot.Reminder) error {
	same := r.Number != 0 && r.Spec == want.Spec && r.Zone == want.Zone
	if same && r.Text == want.Text && r.Place == want.Place && r.Missed == want.Missed {
		return nil
	}
	r.Schedule, r.Place, r.Text, r.Spec, r.Zone, r.Missed, r.State = want.Name, want.Place, want.Text, want.Spec, want.Zone, want.Missed, bot.ReminderActive
	if !same {
		var comes bool
		if r.NextAt, comes = r.After(tx.Now()); !comes {
			return nil
		}
	}
	if err := tx.SaveReminder(&r); err != nil {
		return err
	}
	return tx.SetTimer(r.Timer())
}
