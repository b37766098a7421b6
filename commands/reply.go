package commands

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"meridian/bot"
)

// reply sends words to the client's face of a request, in the person's own
// name. They leave after a moment in which they can be taken back.
func reply() bot.Command {
	return bot.Command{
		Name: "reply", Words: words([]string{"answer"}, []string{"ответить", "ответ"}), Slash: "request",
		Action: bot.ActReply,
		Args:   append(one(), bot.Arg{Name: "text", Kind: bot.ArgWords}),
		Usage:  "reply R-12 WORDS", Help: "help.reply",
		Form: replyForm, InThread: true,
		Handler: bot.Handler{Do: func(_ context.Context, tx bot.Tx, e bot.Event, _ any) error {
			r, err := request(tx, e)
			if err != nil {
				return err
			}
			text := strings.TrimSpace(e.Call.Args["text"])
			if text == "" {
				return bot.Refuse("refuse.empty", "Usage", bot.Code("reply "+r.ID()+" WORDS")).In("text")
			}
			return sendReply(tx, e, r, text)
		}},
	}
}

func replyForm(v bot.View, e bot.Event) (bot.Form, error) {
	r, err := v.Request(e.Call.Request)
	fields := []bot.Field{{Name: "text", Label: bot.Say("form.reply.text"), Long: true}}
	if e.Call.Person.May(bot.ActSolve, r) {
		fields = append(fields, bot.Field{Name: "then", Label: bot.Say("form.reply.then"), Value: "open", Optional: true, Choices: []bot.Choice{
			{Value: "open", Say: "form.reply.owe"}, {Value: "solved", Say: "form.reply.solved"}}})
	}
	return bot.Form{
		Act: "reply", Value: r.ID(), Title: bot.Say("form.reply", "Request", r.Part()), Submit: bot.Say("button.send"),
		Note:   bot.Say("form.reply.to", "To", bot.Quote(addressOf(v, r))),
		Fields: fields,
	}, err
}

// addressOf says where a reply goes, in full: that is the preview.
func addressOf(v bot.View, r bot.Request) string {
	if r.Home.Adapter == "email" {
		return fmt.Sprintf("%s <%s>", r.Name, r.Home.Channel)
	}
	if c, ok := v.Settings().Channel(r.Home); ok {
		return r.Name + ", #" + c.Name
	}
	return r.Name
}

func sendReply(tx bot.Tx, e bot.Event, r bot.Request, text string) error {
	who := e.Call.Person
	leaves := tx.Now().Add(tx.Settings().UndoReply)
	key := bot.ReplyKey(r.Number, e.ID)
	c := bot.Comment{Request: r.Number, Author: who.ID, Name: who.Name, Text: text, Visibility: bot.ForClient, Place: r.Home, Message: key, At: tx.Now()}
	before := r
	switch {
	case e.Call.Args["then"] == "solved" && !r.Ended():
		if !who.May(bot.ActSolve, r) {
			return bot.Denied("solve", bot.ActSolve, who, r).In("then")
		}
		if refused := r.Solve(who, tx.Now()); refused != nil {
			return refused
		}
		r.SolvedBy = key
	case r.Assignee == "" && !r.Ended(): // who answers has it
		r.Assignee, r.State = who.ID, bot.Open
	}
	m := bot.Message{Text: bot.Text{Parts: []bot.Part{bot.BlockQuote(text)}}, Author: who.ID}
	if err := bot.ToClient(tx, r, bot.Delivery{Key: key, NotBefore: leaves}, m, false); err != nil {
		return err
	}
	if err := tx.SaveComment(&c); err != nil {
		return err
	}
	if err := bot.Change(tx, e, before, &r, "", key); err != nil {
		return err
	}
	return bot.Whisper(tx, e, bot.MessageOf(
		bot.Say("told.reply_leaves", "Request", r.Part(), "To", bot.Quote(addressOf(tx, r)), "When", bot.At(leaves)),
		bot.PressButton("button.undo", "undo", key)))
}

// undoReply takes a reply back that has not left.
func undoReply(tx bot.Tx, e bot.Event, key string) error {
	act, err := tx.LastAct(e.Call.Person.ID, bot.ActQuery{Sends: key})
	if errors.Is(err, bot.ErrNotFound) {
		return bot.Refuse("refuse.not_yours")
	}
	if err != nil {
		return err
	}
	r, err := tx.Request(act.Request)
	if err != nil {
		return err
	}
	waited, err := unsend(tx, r, key)
	if err != nil {
		return err
	}
	if !waited {
		return bot.Refuse("refuse.sent", "Request", r.Part())
	}
	if r.Turn() == act.Version {
		return restore(tx, e, act, r, "told.reply_undone")
	}
	return bot.Whisper(tx, e, bot.MessageOf(bot.Say("told.reply_undone", "Request", r.Part())))
}
