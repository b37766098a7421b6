package commands

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"meridian/bot"
)

const (
	// splitAtOnce is how many messages are taken into a new request.
	splitAtOnce = 12
	// splitOffered is how many messages the form offers to split from.
	splitOffered = 10
)

// split makes a request of what a client has said from some message on: the one
// that has certain words in it, or else the last.
func split() bot.Command {
	return bot.Command{
		Name: "split", Words: words(nil, []string{"разделить"}), Slash: "request", Action: bot.ActSplit,
		Args:  append(one(), bot.Arg{Name: "words", Kind: bot.ArgWords, Optional: true}),
		Usage: "usage.split", Help: "help.split", Form: splitForm, InThread: true,
		Handler: bot.Handler{Do: func(_ context.Context, tx bot.Tx, e bot.Event, _ any) error {
			r, err := request(tx, e)
			if err != nil {
				return err
			}
			if r.MergedInto != 0 {
				return r.Over()
			}
			comments, err := tx.Comments(r.Number)
			if err != nil {
				return err
			}
			from, refused := splitFrom(tx.Settings(), e, r, comments)
			if refused != nil {
				return refused
			}
			return splitOff(tx, e, r, comments[:from], comments[from:])
		}},
	}
}

// splitForm lets a person choose the message from which on it is another matter.
func splitForm(v bot.View, e bot.Event) (bot.Form, error) {
	r, err := request(v, e)
	if err != nil {
		return bot.Form{}, err
	}
	comments, err := v.Comments(r.Number)
	if err != nil {
		return bot.Form{}, err
	}
	var choices []bot.Choice
	for _, i := range v.Settings().Splittable(r, comments) {
		c := comments[i]
		choices = append(choices, bot.Choice{Value: strconv.FormatInt(c.ID, 10), Label: c.Name + ": " + firstOf(strings.Join(strings.Fields(c.Text), " "), 70)})
	}
	if len(choices) == 0 {
		return bot.Form{}, bot.Refuse("refuse.split_nothing", "Request", r.Part(), "Name", r.Name)
	}
	choices = choices[max(0, len(choices)-splitOffered):]
	return bot.Form{
		Act: "split", Value: r.ID(), Title: bot.Say("form.split", "Request", r.Part()), Submit: bot.Say("button.split"),
		Fields: []bot.Field{{Name: "from", Label: bot.Say("form.split.from"), Choices: choices, Value: choices[len(choices)-1].Value}},
	}, nil
}

// splitFrom finds the message from which on it is another matter.
func splitFrom(s *bot.Settings, e bot.Event, r bot.Request, comments []bot.Comment) (int, *bot.Error) {
	places := s.Splittable(r, comments)
	if len(places) == 0 {
		return 0, bot.Refuse("refuse.split_nothing", "Request", r.Part(), "Name", r.Name)
	}
	chosen := strings.TrimSpace(e.Call.Args["from"])
	sought := strings.ToLower(strings.TrimSpace(e.Call.Args["words"]))
	slices.Reverse(places)
	for _, i := range places {
		c := comments[i]
		switch {
		case chosen != "" && chosen != strconv.FormatInt(c.ID, 10):
			continue
		case chosen == "" && !strings.Contains(strings.ToLower(c.Text), sought):
			continue
		case len(comments)-i > splitAtOnce:
			return 0, bot.Refuse("refuse.split_many", "Count", len(comments)-i, "Limit", splitAtOnce)
		}
		return i, nil
	}
	return 0, bot.Refuse("refuse.split_words", "Request", r.Part(), "Name", r.Name, "Words", cmp.Or(firstOf(sought, 40), chosen))
}

// splitOff files the messages as a request of its own. In a messenger its words
// are said anew, so that the two have a thread each; by mail the subject tells
// them apart.
func splitOff(tx bot.Tx, e bot.Event, old bot.Request, left, moved []bot.Comment) error {
	first := moved[0]
	f := bot.Filing{
		Who: bot.Actor{ID: first.Author, Name: first.Name}, Words: first.Text, Title: bot.TitleOfText(bot.AfterThanks(first.Text, first.Name)),
		Source: first.Place.Adapter, Home: first.Place, LinkedTo: old.Number, Files: first.Files, Moved: moved,
	}
	if first.Place.Adapter != "email" {
		f.Home, f.Posted = first.Place.Top(), true
	}
	filed, err := bot.FileRequest(tx, e, f)
	if err != nil {
		return err
	}
	if first.Place.Adapter != "email" && first.Message != "" { // an emoji on the message acts on what it is about
		if err := tx.LinkFirst(first.Place, first.Message, filed.Number); err != nil {
			return err
		}
	}
	before, was := old, []bot.Request{filed}
	if refused := bot.Tie(&old, &filed); refused != nil {
		return refused
	}
	filed.AnsweredAt = tx.Settings().FirstAnswer(filed, moved)
	if tx.Settings().FirstAnswer(old, left).IsZero() {
		old.AnsweredAt = time.Time{}
	}
	e.Call.Undo = true // the client has been told: it is merged again, not undone
	if err := saveTied(tx, e, before, &old, was, []bot.Request{filed}); err != nil {
		return err
	}
	return bot.Whisper(tx, e, bot.MessageOf(bot.Say("told.split", "Request", filed.Part(), "Other", old.Part(), "Count", len(moved)),
		bot.PressButton("button.take", "take", filed.ID()), bot.Button{Label: bot.Say("button.merge_back"), Act: "merge", Value: filed.ID() + " " + old.ID()}))
}
