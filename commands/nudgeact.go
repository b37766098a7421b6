package commands

import (
	"context"
	"errors"
	"strconv"
	"time"

	"meridian/bot"
	"meridian/bot/say"
)

func msOf(t time.Time) string { return strconv.FormatInt(t.UnixMilli(), 10) }

// actOnNudge finds the reminder that a person names and does something with it.
// One that is another person's own answers like one that is missing; one of a
// channel is its owner's, and a lead's.
func actOnNudge(tx bot.Tx, e bot.Event, number int64, rest string, do nudgeAct) error {
	r, err := tx.Reminder(number)
	missing := bot.Refuse("refuse.no_nudge", "Id", bot.Code("N-"+strconv.FormatInt(number, 10)), "Usage", bot.Code("/nudge list"))
	if errors.Is(err, bot.ErrNotFound) {
		return missing
	}
	if err != nil {
		return err
	}
	who := e.Call.Person
	switch {
	case who.Is(r.Owner):
	case r.Place.IsDirect() || !who.Team():
		return missing
	case r.Owner == "" && e.Call.Surface != bot.ByButton:
		return bot.Refuse("refuse.nudge_locked", "Id", bot.Code(r.ID()))
	case e.Call.Surface != bot.ByButton && who.Role == bot.Agent:
		return bot.Refuse("refuse.nudge_owner", "Id", bot.Code(r.ID()), "Person", tx.Settings().Person(bot.Actor{ID: r.Owner}).Part())
	}
	return do(tx, e, r, rest)
}

// settledNudge refuses what cannot be done any more.
func settledNudge(r bot.Reminder) *bot.Error {
	if r.State == bot.ReminderDone || r.State == bot.ReminderCancelled {
		return bot.Refuse("refuse.nudge_over", "Id", bot.Code(r.ID()))
	}
	return nil
}

// doneNudge says that what a reminder is about is done. What comes again goes
// on coming.
func doneNudge(tx bot.Tx, e bot.Event, r bot.Reminder, rest string) error {
	if refused := settledNudge(r); refused != nil {
		return refused
	}
	run, pressed := runOf(r, rest)
	if r.Spec == "" {
		r.State, r.NextAt = bot.ReminderDone, time.Time{}
		if err := saveNudge(tx, e, &r); err != nil {
			return err
		}
	}
	t := bot.Say("nudge.done", "Text", nudgeWords(r.Text))
	if !r.Place.IsDirect() {
		t = bot.Say("nudge.done_by", "Text", nudgeWords(r.Text), "Person", e.Call.Person.Part())
	}
	if err := settleNudge(tx, r, run, t); err != nil || pressed {
		return err
	}
	return bot.Whisper(tx, e, bot.MessageOf(t))
}

// runOf is the run that a button is about, or else the last one.
func runOf(r bot.Reminder, rest string) (run time.Time, pressed bool) {
	first, _ := cutFirst(rest)
	if ms, err := strconv.ParseInt(first, 10, 64); err == nil && ms > 0 {
		return time.UnixMilli(ms).UTC(), true
	}
	return r.FiredAt, false
}

// settleNudge makes one line of what was said at a run: nobody needs its buttons
// any more.
func settleNudge(tx bot.Tx, r bot.Reminder, run time.Time, t bot.Text) error {
	key := r.Key(run)
	if _, _, err := tx.Delivery(key); errors.Is(err, bot.ErrNotFound) {
		return nil
	} else if err != nil {
		return err
	}
	m := bot.MessageOf(t)
	bot.Localize(&m, nudgeLanguage(tx, r))
	return tx.PutDelivery(bot.Delivery{Key: key + ":settled:" + msOf(tx.Now()), To: r.Place, Op: bot.OpEdit, Card: key, After: key, Message: m, TeamSide: tx.Settings().Inside(r.Place)})
}

func nudgeLanguage(v bot.View, r bot.Reminder) bot.Language {
	s := v.Settings()
	if r.Place.IsDirect() {
		return s.LanguageFor(r.Place, s.Person(bot.Actor{ID: r.Owner}))
	}
	return s.LanguageFor(r.Place, bot.Person{})
}

// cancelNudge ends a reminder: it does not come any more.
func cancelNudge(tx bot.Tx, e bot.Event, r bot.Reminder, _ string) error {
	if refused := settledNudge(r); refused != nil {
		return refused
	}
	r.State, r.NextAt = bot.ReminderCancelled, time.Time{}
	if err := saveNudge(tx, e, &r); err != nil {
		return err
	}
	return bot.Whisper(tx, e, bot.MessageOf(bot.Say("nudge.cancelled", "Text", nudgeWords(r.Text))))
}

// changeNudge changes when a reminder comes, its words, or both.
func changeNudge(tx bot.Tx, e bot.Event, r bot.Reminder, rest string) error {
	if refused := settledNudge(r); refused != nil {
		return refused
	}
	if rest == "" {
		return bot.Whisper(tx, e, bot.MessageOf(nudgeSet(tx.Settings(), r, tx.Now()), bot.PressButton("button.change", "nudgechange", r.ID())))
	}
	t, refused := timeOf(tx.Settings(), e.Call.Person, rest, tx.Now())
	if t.missing { // other words alone
		t, refused = timed{words: rest, at: r.NextAt, spec: r.Spec}, nil
	}
	if refused != nil {
		return refused
	}
	if t.words == "" { // another time alone
		t.words = r.Text
	}
	return rewriteNudge(tx, e, r, t)
}

// rewriteNudge keeps other words and another time of a reminder.
func rewriteNudge(tx bot.Tx, e bot.Event, r bot.Reminder, t timed) error {
	words, refused := reminding(t.words)
	if refused == nil && t.at.IsZero() {
		refused = bot.Refuse("refuse.nudge_missing").In("when")
	}
	if refused != nil {
		return refused
	}
	if t.spec != r.Spec || !t.at.Equal(r.NextAt) {
		r.Zone = tx.Settings().ZoneOf(e.Call.Person).String()
	}
	r.Text, r.NextAt, r.Spec, r.State = words, t.at, t.spec, bot.ReminderActive
	if err := aboutNudge(tx, e, &r); err != nil {
		return err
	}
	if err := saveNudge(tx, e, &r); err != nil {
		return err
	}
	return echoNudge(tx, e, r)
}

// laterNudge puts off what was said at a run: to the next day at the same time,
// or to the time that the button names. What comes again goes on coming beside.
func laterNudge(tx bot.Tx, e bot.Event, r bot.Reminder, rest string) error {
	run, pressed := runOf(r, rest)
	if !pressed || r.Spec == "" && r.State != bot.ReminderFired {
		return bot.Refuse("refuse.nudge_over", "Id", bot.Code(r.ID()))
	}
	zone := r.Location()
	_, named := cutFirst(rest)
	at, err := time.Parse(time.RFC3339, named)
	if err != nil {
		y, m, d := tx.Now().In(zone).Date()
		h, min, _ := run.In(zone).Clock()
		at = time.Date(y, m, d+1, h, min, 0, 0, zone)
	}
	if !at.After(tx.Now()) {
		return bot.Refuse("refuse.until_past", "When", bot.At(at))
	}
	again := r
	if r.Spec != "" {
		again.Number, again.Spec, again.Schedule = 0, "", ""
		if again.Owner == "" {
			again.Owner = e.Call.Person.ID
		}
	}
	again.NextAt, again.State = at, bot.ReminderActive
	if err := saveNudge(tx, e, &again); err != nil {
		return err
	}
	t := bot.Say("nudge.again", "Text", nudgeWords(r.Text), "When", bot.ClockIn(at, zone, say.Moment))
	return settleNudge(tx, r, run, t)
}

// nudgeChange is the form that changes a reminder.
func nudgeChange() bot.Command {
	return bot.Command{
		Name: "nudgechange", Slash: "nudge", Action: bot.ActNudge, Args: []bot.Arg{{Name: "reminder", Kind: bot.ArgObject}}, Usage: "nudge change N-3 WHEN",
		Form: nudgeForm,
		Handler: bot.Handler{Do: func(_ context.Context, tx bot.Tx, e bot.Event, _ any) error {
			n, _ := bot.ParseReminderID(e.Call.Args["reminder"])
			return actOnNudge(tx, e, n, "", func(tx bot.Tx, e bot.Event, r bot.Reminder, _ string) error {
				if refused := settledNudge(r); refused != nil {
					return refused
				}
				t, refused := timeOf(tx.Settings(), e.Call.Person, e.Call.Args["when"], tx.Now())
				if refused == nil && t.words != "" { // something else stands in it
					refused = bot.Refuse("refuse.nudge_when", "Words", firstOf(t.words, 60)).In("when")
				}
				if refused != nil {
					return refused
				}
				t.words = e.Call.Args["text"]
				return rewriteNudge(tx, e, r, t)
			})
		}},
	}
}

func nudgeForm(v bot.View, e bot.Event) (bot.Form, error) {
	n, _ := bot.ParseReminderID(e.Call.Args["reminder"])
	r, err := v.Reminder(n)
	if errors.Is(err, bot.ErrNotFound) || err == nil && !e.Call.Person.Is(r.Owner) && (r.Place.IsDirect() || !e.Call.Person.Team()) {
		return bot.Form{}, bot.Refuse("refuse.no_nudge", "Id", bot.Code("N-"+strconv.FormatInt(n, 10)), "Usage", bot.Code("/nudge list"))
	}
	if err != nil {
		return bot.Form{}, err
	}
	if refused := settledNudge(r); refused != nil {
		return bot.Form{}, refused
	}
	when := "cron " + r.Spec
	if r.Spec == "" {
		when = r.NextAt.In(r.Location()).Format("2006-01-02 15:04")
	}
	return bot.Form{Act: "nudgechange", Value: r.ID(), Title: bot.Say("form.nudge", "Id", bot.Code(r.ID())), Submit: bot.Say("button.save"), Fields: []bot.Field{
		{Name: "text", Label: bot.Say("form.nudge.text"), Long: true, Value: r.Text},
		{Name: "when", Label: bot.Say("form.nudge.when"), Value: when, Hint: bot.Say("form.nudge.when_hint")},
	}}, nil
}
