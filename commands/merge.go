package commands

import (
	"context"
	"fmt"
	"strings"

	"meridian/bot"
)

// merge closes a request because another one goes on in its place: what is said
// on the first is said on the second from then on, and both requesters hear how
// it ends.
func merge() bot.Command {
	const usage = "usage.merge"
	return bot.Command{
		Name: "merge", Words: words(nil, []string{"объединить"}), Slash: "request", Action: bot.ActMerge,
		Args: several(), Usage: usage, Help: "help.merge", Form: mergeForm,
		Handler: bot.Handler{Do: func(_ context.Context, tx bot.Tx, e bot.Event, _ any) error {
			r, others, err := namedTogether(tx, e, usage)
			if err != nil {
				return err
			}
			if len(others) != 1 {
				return bot.Refuse("refuse.usage", "Usage", bot.Usage(usage))
			}
			return mergeInto(tx, e, r, others[0])
		}},
	}
}

func mergeForm(v bot.View, e bot.Event) (bot.Form, error) {
	r, err := request(v, e)
	if err == nil && r.MergedInto != 0 {
		err = r.Over()
	}
	into := ""
	if r.Alike != 0 {
		into = bot.RequestID(r.Alike)
	}
	return bot.Form{
		Act: "merge", Value: r.ID(), Title: bot.Say("form.merge", "Request", r.Part()), Submit: bot.Say("button.merge"),
		Note:   bot.Say("form.merge.note", "Request", r.Part()),
		Fields: []bot.Field{{Name: "others", Label: bot.Say("form.merge.into"), Value: into}},
	}, err
}

// mergeInto merges two requests and tells the person.
func mergeInto(tx bot.Tx, e bot.Event, r, on bot.Request) error {
	if err := mergeTwo(tx, e, r, on); err != nil {
		return err
	}
	return bot.Whisper(tx, e, bot.MessageOf(bot.Say("told.merged", "Request", r.Part(), "Other", on.Part()),
		bot.PressButton("button.undo", "undo", r.ID())))
}

func mergeTwo(tx bot.Tx, e bot.Event, r, on bot.Request) error {
	family := 0
	for _, one := range []bot.Request{r, on} {
		relatives, err := bot.Family(tx, one)
		if err != nil {
			return err
		}
		family += len(relatives)
	}
	before, was := r, []bot.Request{on}
	if refused := r.MergeInto(&on, tx.Settings().Kin(r, on), family, tx.Now()); refused != nil {
		return refused
	}
	if before.State == bot.Solved {
		if _, err := bot.DropSolved(tx, before); err != nil {
			return err
		}
	}
	if err := saveTied(tx, e, before, &r, was, []bot.Request{on}); err != nil {
		return err
	}
	return showMerged(tx, e, r, on)
}

// showMerged shows the team, where the other request is discussed, what it goes
// on for. In a thread that the requester reads it is not said.
func showMerged(tx bot.Tx, e bot.Event, r, on bot.Request) error {
	if on.OneFace() && !on.Private {
		return nil
	}
	t := bot.Say("relay.merged", "Request", r.Part(), "Name", r.Name)
	if on.Private { // among direct messages, where it must say what it is about
		t = bot.Say("relay.merged_private", "Request", r.Part(), "Name", r.Name, "Other", on.Part())
	}
	if words := strings.TrimSpace(r.Words); words != "" {
		t = t.Plus(bot.Break(), bot.BlockQuote(firstOf(words, 500)))
	}
	return bot.ToDesk(tx, on, bot.Delivery{Key: fmt.Sprintf("merged:%s:%d", r.ID(), e.ID), Message: bot.MessageOf(t)})
}
