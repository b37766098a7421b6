package commands

import (
	"context"
	"errors"
	"slices"
	"strings"

	"meridian/bot"
)

// several is the argument of commands that tie requests together: one, and the
// others behind it. In the thread of a request that one may be left out.
func several() []bot.Arg {
	return []bot.Arg{{Name: "request", Kind: bot.ArgRequest}, {Name: "others", Kind: bot.ArgWords, Optional: true}}
}

// tiedAtOnce is how many others one command ties to a request: what one event
// does must not hold up the rest.
const tiedAtOnce = 5

// link says that requests are about the same matter.
func link() bot.Command {
	return tying("link", []string{"relate"}, []string{"связать"}, "usage.link", func(one, other *bot.Request) *bot.Error { return bot.Tie(one, other) },
		func(one bot.Request, others []bot.Request) bot.Text {
			return bot.Say("told.linked", "Request", one.Part(), "List", numbersOf(others))
		})
}

// cause says that one request is why there are others: an answer to it can go
// to all of them.
func cause() bot.Command {
	return tying("cause", nil, []string{"причина"}, "usage.cause", func(one, other *bot.Request) *bot.Error { return bot.Because(one, other) },
		func(one bot.Request, others []bot.Request) bot.Text {
			return bot.Say("told.caused", "Request", one.Part(), "List", numbersOf(others))
		})
}

// tying is a command that ties others to a request: all of them or none.
func tying(name string, en, ru []string, usage string, tie func(one, other *bot.Request) *bot.Error, told func(bot.Request, []bot.Request) bot.Text) bot.Command {
	return bot.Command{
		Name: name, Words: words(en, ru), Slash: "request", Action: bot.ActLink,
		Args: several(), Usage: usage, Help: "help." + name,
		Handler: bot.Handler{Do: func(_ context.Context, tx bot.Tx, e bot.Event, _ any) error {
			one, others, err := namedTogether(tx, e, usage)
			if err != nil {
				return err
			}
			before := one
			was := slices.Clone(others)
			for i := range others {
				if refused := tie(&one, &others[i]); refused != nil {
					return refused
				}
			}
			if err := saveTied(tx, e, before, &one, was, others); err != nil {
				return err
			}
			buttons := []bot.Button{bot.PressButton("button.undo", "undo", one.ID())}
			if b, ok := one.TogetherButton(); ok && name == "cause" {
				buttons = append(buttons, b)
			}
			return bot.Whisper(tx, e, bot.MessageOf(told(one, others), buttons...))
		}},
	}
}

// unlink takes requests apart again: two, or one from all others.
func unlink() bot.Command {
	const usage = "usage.unlink"
	return bot.Command{
		Name: "unlink", Words: words(nil, []string{"отвязать"}), Slash: "request", Action: bot.ActLink,
		Args: several(), Usage: usage, Help: "help.unlink",
		Handler: bot.Handler{Do: func(_ context.Context, tx bot.Tx, e bot.Event, _ any) error {
			one, others, err := toUntie(tx, e, usage)
			if err != nil {
				return err
			}
			before := one
			was := slices.Clone(others)
			for i := range others {
				if refused := bot.Untie(&one, &others[i]); refused != nil {
					return refused
				}
			}
			if err := saveTied(tx, e, before, &one, was, others); err != nil {
				return err
			}
			return bot.Whisper(tx, e, bot.MessageOf(bot.Say("told.unlinked", "Request", one.Part(), "List", numbersOf(others)),
				bot.PressButton("button.undo", "undo", one.ID())))
		}},
	}
}

// toUntie finds the requests to be taken apart. One alone is taken from all that
// it is tied to and the person may see.
func toUntie(v bot.View, e bot.Event, usage string) (one bot.Request, others []bot.Request, err error) {
	if strings.TrimSpace(e.Call.Args["others"]) != "" || inThreadOf(v, e) != 0 {
		return namedTogether(v, e, usage)
	}
	if one, err = request(v, e); err != nil {
		return one, nil, err
	}
	numbers := one.Untied(bot.Request{MergedInto: one.MergedInto, Merged: one.Merged})
	for _, n := range numbers {
		other, err := bot.Visible(v, e.Call.Person, n)
		var hidden *bot.Error
		if errors.As(err, &hidden) {
			continue
		}
		if err != nil {
			return one, nil, err
		}
		if len(others) < tiedAtOnce {
			others = append(others, other)
		}
	}
	if len(others) == 0 {
		return one, nil, bot.Refuse("refuse.not_tied", "Request", one.Part())
	}
	return one, others, nil
}

// inThreadOf is the request in whose thread another one was named; 0: none.
func inThreadOf(v bot.View, e bot.Event) int64 {
	if e.Place.Thread == "" {
		return 0
	}
	r, _, _, err := v.RequestAt(e.Place, e.Message)
	if err == nil {
		r, err = bot.GoesOn(v, r)
	}
	if err != nil || r.Number == e.Call.Request || !e.Call.Person.Sees(r) {
		return 0
	}
	return r.Number
}

// namedTogether reads the requests that a command names: "R-1 R-2, R-3", or in
// the thread of R-1 the others alone. One that may not be seen is refused like
// one that is missing.
func namedTogether(v bot.View, e bot.Event, usage string) (one bot.Request, others []bot.Request, err error) {
	numbers := []int64{e.Call.Request}
	for _, word := range fieldsOf(e.Call.Args["others"]) {
		if word == "and" || word == "и" {
			continue
		}
		n, ok := bot.ParseRequestID(strings.TrimPrefix(strings.TrimRight(word, ".,!;:"), "#"))
		if !ok {
			return one, nil, bot.Refuse("refuse.bad_number", "Words", firstOf(word, 40))
		}
		numbers = append(numbers, n)
	}
	if len(numbers) == 1 {
		if here := inThreadOf(v, e); here != 0 {
			numbers = []int64{here, numbers[0]}
		}
	}
	switch {
	case len(numbers) == 1:
		return one, nil, bot.Refuse("refuse.usage", "Usage", bot.Usage(usage))
	case len(numbers)-1 > tiedAtOnce:
		return one, nil, bot.Refuse("refuse.many_at_once", "Limit", tiedAtOnce)
	}
	for i, n := range numbers {
		if slices.Contains(numbers[:i], n) {
			return one, nil, bot.Refuse("refuse.itself", "Request", bot.Request{Number: n}.Part())
		}
		r, err := bot.Visible(v, e.Call.Person, n)
		if err != nil {
			return one, nil, err
		}
		if i == 0 {
			one = r
		} else {
			others = append(others, r)
		}
	}
	return one, others, nil
}

// saveTied stores what a command made of several requests. The act is that of
// the first: undoing it undoes the others' share.
func saveTied(tx bot.Tx, e bot.Event, before bot.Request, one *bot.Request, was, others []bot.Request) error {
	if err := bot.Change(tx, e, before, one, numbersOf(others)); err != nil {
		return err
	}
	quiet := *e.Call
	quiet.Undo = true // no act of its own
	e.Call = &quiet
	for i := range others {
		if err := bot.Change(tx, e, was[i], &others[i], one.ID()); err != nil {
			return err
		}
	}
	return nil
}

// untie brings the requests that an undone act had tied to another, or taken
// from it, into agreement with it.
func untie(tx bot.Tx, e bot.Event, before, r bot.Request) error {
	for _, n := range r.Untied(before) {
		other, err := tx.Request(n)
		if errors.Is(err, bot.ErrNotFound) {
			continue
		}
		if err != nil {
			return err
		}
		was := other
		r.Mirror(&other)
		if err := bot.Change(tx, e, was, &other, r.ID()); err != nil {
			return err
		}
	}
	return nil
}
