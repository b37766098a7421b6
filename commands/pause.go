package commands

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"meridian/bot"
	"meridian/bot/phrase"
	"meridian/bot/say"
)

// pause puts a request off until a time. Without one it asks privately until
// when; nothing changes until that is answered.
func pause() bot.Command {
	return bot.Command{
		Name: pauseCommand, Words: words([]string{"snooze"}, []string{"пауза", "отложить"}), Slash: "request",
		Action: bot.ActPause, Emoji: []string{"zzz"},
		Args:  append(one(), bot.Arg{Name: "until", Kind: bot.ArgWords, Optional: true}),
		Usage: "usage.pause", Help: "help.pause",
		Form: pauseForm, InThread: true,
		Handler: bot.Handler{Do: func(_ context.Context, tx bot.Tx, e bot.Event, _ any) error {
			r, err := request(tx, e)
			if err != nil {
				return err
			}
			phrase := strings.TrimSpace(e.Call.Args["until"])
			if _, submitted := e.Body.(bot.Submitted); phrase == "" && !submitted {
				return askUntil(tx, e, r)
			}
			until, refused := when(tx.Settings(), e.Call.Person, withoutUntil(phrase), tx.Now())
			if refused != nil {
				return refused.In("until")
			}
			before := r
			if refused := r.Pause(until, tx.Now()); refused != nil {
				return refused.In("until")
			}
			if err := bot.Change(tx, e, before, &r, ""); err != nil {
				return err
			}
			return echo(tx, e, bot.Say("told.paused", "Request", r.Part(), "When", bot.At(until)))
		}},
	}
}

// pauseCommand is the name of the command, and of what its emoji asks for.
const pauseCommand = "pause"

// asksUntil reports whether an emoji asks until when a request is put off.
func asksUntil(s *bot.Settings, emoji string) bool {
	if mapped, ok := s.Emoji[emoji]; ok {
		return strings.Contains(mapped, pauseCommand)
	}
	return emoji == "zzz"
}

// withoutUntil drops the word that leads to a time.
func withoutUntil(phrase string) string {
	word, rest, _ := strings.Cut(phrase, " ")
	if rest != "" && slices.Contains([]string{"until", "till", "до"}, strings.ToLower(word)) {
		return strings.TrimSpace(rest)
	}
	return phrase
}

// askUntil asks privately until when a request is put off.
func askUntil(tx bot.Tx, e bot.Event, r bot.Request) error {
	if over := r.Over(); over != nil {
		return over
	}
	s, who := tx.Settings(), e.Call.Person
	tomorrow, monday := s.Morning(who, tx.Now(), 1), s.NextMonday(who, tx.Now())
	choice := func(label string, at time.Time) bot.Button {
		return bot.Button{Label: bot.Say(label, "When", bot.ClockIn(at, s.ZoneOf(who), say.Moment)), Act: "pause", Value: r.ID() + " " + at.Format(time.RFC3339)}
	}
	buttons := []bot.Button{choice("button.tomorrow", tomorrow)}
	if !monday.Equal(tomorrow) {
		buttons = append(buttons, choice("button.monday", monday))
	}
	buttons = append(buttons, bot.PressButton("button.choose", "pause", r.ID()))
	return bot.Whisper(tx, e, bot.MessageOf(bot.Say("told.pause_until", "Request", r.Part()), buttons...))
}

func pauseForm(v bot.View, e bot.Event) (bot.Form, error) {
	r, err := going(v, e)
	if err != nil {
		return bot.Form{}, err
	}
	return bot.Form{
		Act: "pause", Value: r.ID(), Title: bot.Say("form.pause", "Request", r.Part()), Submit: bot.Say("button.pause"),
		Fields: []bot.Field{{Name: "until", Label: bot.Say("form.pause.until"), Hint: bot.Say("form.pause.hint")}},
	}, nil
}

// pauseDue brings a request back whose pause is over.
func pauseDue() bot.Handler {
	return dueAbout("pause.due", bot.TimerPause, func(tx bot.Tx, e bot.Event, r bot.Request) error {
		if !r.IsDue(e.Body.(bot.Due)) { // it waits for another time by now
			return nil
		}
		before := r
		if refused := r.Resume(); refused != nil {
			return refused
		}
		if err := bot.Change(tx, e, before, &r, ""); err != nil || r.Assignee == "" {
			return err
		}
		who := tx.Settings().Person(bot.Actor{ID: r.Assignee})
		t := bot.Say("told.pause_over").Plus(bot.Quote(" ")).Plus(bot.RequestLine(tx.Settings(), r)...)
		return bot.DirectUnasked(tx, bot.Delivery{Key: fmt.Sprintf("pause:%s:%d", r.ID(), e.ID)}, who, bot.MessageOf(t,
			bot.PressButton("button.reply", "reply", r.ID()), bot.PressButton("button.pause", "pause", r.ID())))
	})
}

// when reads a time that somebody typed or chose, in their language and zone. A
// day alone is its morning.
func when(s *bot.Settings, who bot.Person, text string, now time.Time) (time.Time, *bot.Error) {
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		return at, nil
	}
	found, err := phrase.Parse(text, string(s.LanguageFor(bot.Place{}, who)), s.ZoneOf(who), now)
	var wrong *phrase.Error
	switch {
	case errors.As(err, &wrong):
		return time.Time{}, noTime(wrong)
	case found.Spec != "":
		return time.Time{}, bot.Refuse("refuse.when_often", "Words", firstOf(text, 40))
	case found.Whole:
		return s.Morning(who, found.At, 0), nil
	}
	return found.At, nil
}

// noTime says what is wrong with a time that somebody typed.
func noTime(wrong *phrase.Error) *bot.Error {
	words := firstOf(wrong.Phrase, 60)
	switch wrong.Reason {
	case phrase.Past:
		return bot.Refuse("refuse.when_past", "Words", words)
	case phrase.Far:
		return bot.Refuse("refuse.when_far", "Words", words)
	case phrase.Never:
		return bot.Refuse("refuse.when_never", "Words", words)
	case phrase.Either:
		if len(wrong.Try) > 0 {
			return bot.Refuse("refuse.when_either", "Words", words, "List", strings.Join(wrong.Try, ", "))
		}
	}
	return bot.Refuse("refuse.when", "Words", words)
}
