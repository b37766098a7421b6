package commands

import (
	"context"
	"fmt"
	"strings"

	"meridian/bot"
)

// note keeps words for the team alone. They stand in the card's thread.
func note() bot.Command {
	return bot.Command{
		Name: "note", Words: words([]string{"internal"}, []string{"заметка"}), Slash: "request",
		Action: bot.ActNote,
		Args:   append(one(), bot.Arg{Name: "text", Kind: bot.ArgWords}),
		Usage:  "usage.note", Help: "help.note",
		Form: noteForm, InThread: true,
		Handler: bot.Handler{Do: func(_ context.Context, tx bot.Tx, e bot.Event, _ any) error {
			r, err := request(tx, e)
			if err != nil {
				return err
			}
			text := strings.TrimSpace(e.Call.Args["text"])
			if text == "" {
				return bot.Refuse("refuse.empty", "Usage", bot.UsageOn("usage.note", r)).In("text")
			}
			who := e.Call.Person
			c := bot.Comment{Request: r.Number, Author: who.ID, Name: who.Name, Text: text, Visibility: bot.ForInternal, Place: r.Desk, At: tx.Now()}
			if err := tx.SaveComment(&c); err != nil {
				return err
			}
			if err := tx.AddAudit(bot.AuditLine{At: tx.Now(), Who: who.ID, Surface: e.Call.Surface, Action: "note", Object: r.ID(), Event: e.ID}); err != nil {
				return err
			}
			return showNote(tx, e, r, c)
		}},
	}
}

// showNote posts a note in the card's thread. Where card and conversation are
// one thread it is not posted: the requester reads there.
func showNote(tx bot.Tx, e bot.Event, r bot.Request, c bot.Comment) error {
	if r.OneFace() && !r.Private {
		return bot.Whisper(tx, e, bot.MessageOf(bot.Say("told.noted", "Request", r.Part())))
	}
	t := bot.Say("relay.note", "Name", bot.Quote(c.Name))
	if r.Private {
		t = bot.Say("relay.private_note", "Request", r.Part(), "Name", bot.Quote(c.Name))
	}
	t = t.Plus(bot.Break(), bot.BlockQuote(c.Text))
	return bot.ToDesk(tx, r, bot.Delivery{Key: fmt.Sprintf("note:%d", c.ID), Message: bot.MessageOf(t)})
}

func noteForm(v bot.View, e bot.Event) (bot.Form, error) {
	r, err := request(v, e)
	return bot.Form{
		Act: "note", Value: r.ID(), Title: bot.Say("form.note", "Request", r.Part()), Submit: bot.Say("button.note"),
		Fields: []bot.Field{{Name: "text", Label: bot.Say("form.note.text"), Long: true}},
	}, err
}
