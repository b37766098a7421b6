package commands

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"meridian/bot"
)

// hold says that somebody else owes the next step: a vendor, a release. The
// client's clock runs on, and our person is reminded to ask again.
func hold() bot.Command {
	return bot.Command{
		Name: "hold", Words: words([]string{"wait-for"}, []string{"ждём", "ждем", "ждать"}), Slash: "request",
		Action: bot.ActHold,
		Args:   append(one(), bot.Arg{Name: "name", Kind: bot.ArgWords}),
		Usage:  "usage.hold", Help: "help.hold",
		Form: holdForm, InThread: true,
		Handler: bot.Handler{Do: func(_ context.Context, tx bot.Tx, e bot.Event, _ any) error {
			r, err := request(tx, e)
			if err != nil {
				return err
			}
			before := r
			name, until, refused := heldFor(tx, e, r)
			if refused != nil {
				return refused
			}
			if refused := r.Hold(e.Call.Person, name, until, tx.Now()); refused != nil {
				return refused
			}
			if err := bot.Change(tx, e, before, &r, ""); err != nil {
				return err
			}
			return echo(tx, e, bot.Say("told.held", "Request", r.Part(), "Who", bot.Quote(name), "When", bot.At(until)))
		}},
	}
}

// echo says what was done to whoever did it by direct message, where no card
// shows it.
func echo(tx bot.Tx, e bot.Event, t bot.Text) error {
	if !e.Place.IsDirect() {
		return nil
	}
	return bot.Whisper(tx, e, bot.MessageOf(t))
}

// again is what the button says that puts a reminder off to the next day.
const again = "again"

// heldFor reads whom a request waits for, and when we ask them again: said
// together, as "for the hosting until Monday", or in a form's two fields.
func heldFor(v bot.View, e bot.Event, r bot.Request) (name string, until time.Time, refused *bot.Error) {
	s, now := v.Settings(), v.Now()
	name, phrase := strings.TrimSpace(e.Call.Args["name"]), strings.TrimSpace(e.Call.Args["until"])
	until = s.NextMorning(assigneeOr(s, r, e.Call.Person), now)
	if phrase == "" {
		name, phrase = cutUntil(name)
	}
	name = plainName(name)
	if strings.EqualFold(name, r.Name) || slices.Contains([]string{"client", "the client", "клиент", "клиента"}, strings.ToLower(name)) {
		return name, until, bot.Refuse("refuse.hold_client", "Usage", bot.UsageOn("usage.ask", r)).In("name")
	}
	if r.State == bot.Waiting && r.WaitingFor != "" && (name == "" && phrase != "" || slices.Contains([]string{again, "снова"}, strings.ToLower(name))) {
		name = r.WaitingFor
	}
	if phrase == "" {
		return name, until, nil
	}
	until, refused = when(s, e.Call.Person, phrase, now)
	if refused != nil {
		return name, until, refused.In("until")
	}
	return name, until, nil
}

// assigneeOr is who has a request, or another where nobody has it.
func assigneeOr(s *bot.Settings, r bot.Request, other bot.Person) bot.Person {
	if r.Assignee == "" {
		return other
	}
	return s.Person(bot.Actor{ID: r.Assignee})
}

// cutUntil splits "for the hosting until Monday" at the last word that begins a
// time.
func cutUntil(text string) (name, phrase string) {
	fields := strings.Fields(text)
	for i := len(fields) - 1; i >= 0; i-- {
		if slices.Contains([]string{"until", "till", "до"}, strings.ToLower(fields[i])) {
			return strings.Join(fields[:i], " "), strings.Join(fields[i+1:], " ")
		}
	}
	return text, ""
}

// plainName is a name in one line, without the word that leads to it.
func plainName(name string) string {
	name = strings.Map(func(c rune) rune {
		if unicode.IsControl(c) {
			return ' '
		}
		return c
	}, name)
	fields := strings.Fields(name)
	if len(fields) > 0 && slices.Contains([]string{"for", "для", "за", "ждём", "ждем"}, strings.ToLower(fields[0])) {
		fields = fields[1:]
	}
	return strings.Join(fields, " ")
}

func holdForm(v bot.View, e bot.Event) (bot.Form, error) {
	r, err := going(v, e)
	if err != nil {
		return bot.Form{}, err
	}
	s := v.Settings()
	next := s.NextMorning(assigneeOr(s, r, e.Call.Person), v.Now())
	return bot.Form{
		Act: "hold", Value: r.ID(), Title: bot.Say("form.hold", "Request", r.Part()), Submit: bot.Say("button.hold"),
		Fields: []bot.Field{
			{Name: "name", Label: bot.Say("form.hold.name"), Value: r.WaitingFor, Hint: bot.Say("form.hold.hint")},
			{Name: "until", Label: bot.Say("form.hold.until"), Optional: true, Hint: bot.Say("form.hold.default", "When", bot.At(next))},
		},
	}, nil
}

// holdDue reminds the one who has a request that others owe the next step, on
// each working day until that changes.
func holdDue() bot.Handler {
	return dueAbout("hold.due", bot.TimerHold, func(tx bot.Tx, e bot.Event, r bot.Request) error {
		if !r.IsDue(e.Body.(bot.Due)) { // it waits for another time by now
			return nil
		}
		s := tx.Settings()
		before, who := r, s.Person(bot.Actor{ID: r.Assignee})
		r.Until = s.NextMorning(who, tx.Now())
		if err := bot.Change(tx, e, before, &r, ""); err != nil || r.Assignee == "" {
			return err
		}
		t := bot.Say("told.hold_due", "Request", r.Part(), "Title", bot.Quote(r.Title), "Who", bot.Quote(r.WaitingFor), "Since", bot.At(r.Since), "When", bot.At(r.Until))
		return bot.DirectUnasked(tx, bot.Delivery{Key: fmt.Sprintf("hold:%s:%d", r.ID(), e.ID)}, who, bot.MessageOf(t,
			bot.PressButton("button.they_answered", "resume", r.ID()), bot.PressButton("button.ask_tomorrow", "hold", r.ID()+" "+again)))
	})
}

// resume ends a wait or a pause before its time.
func resume() bot.Command {
	return bot.Command{
		Name: "resume", Words: words([]string{"continue", "unpause"}, []string{"продолжить", "возобновить"}), Slash: "request",
		Action: bot.ActHold, Args: one(), Usage: "usage.resume", Help: "help.resume",
		Handler: bot.Handler{Do: func(_ context.Context, tx bot.Tx, e bot.Event, _ any) error {
			r, err := request(tx, e)
			if err != nil {
				return err
			}
			before := r
			if refused := r.Resume(); refused != nil {
				return refused
			}
			if err := bot.Change(tx, e, before, &r, ""); err != nil {
				return err
			}
			return echo(tx, e, bot.Say("told.resumed", "Request", r.Part()))
		}},
	}
}
