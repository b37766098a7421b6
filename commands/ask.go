package commands

import (
	"context"
	"strings"

	"meridian/bot"
)

// ask sends a question to the client: a reply after which the next step is
// theirs. As an emoji, or without words, it says that the last word to them was
// the question.
func ask() bot.Command {
	return bot.Command{
		Name: "ask", Words: words([]string{"wait"}, []string{"спросить"}), Slash: "request",
		Action: bot.ActAsk, Emoji: []string{"hourglass_flowing_sand"},
		Args:  append(one(), bot.Arg{Name: "text", Kind: bot.ArgWords, Optional: true}),
		Usage: "usage.ask", Help: "help.ask",
		Form: askForm, Opened: opened, InThread: true,
		Handler: bot.Handler{Do: func(_ context.Context, tx bot.Tx, e bot.Event, _ any) error {
			r, err := request(tx, e)
			if err != nil {
				return err
			}
			if over := r.Over(); over != nil {
				return over
			}
			if e.Call.Surface != bot.ByForm && strings.TrimSpace(e.Call.Args["text"]) == "" {
				return askedAlready(tx, e, r)
			}
			return sayToClient(tx, e, r, thenTurn)
		}},
	}
}

// askedAlready takes our last word to the client for the question, if they have
// not answered it; else it offers to ask them.
func askedAlready(tx bot.Tx, e bot.Event, r bot.Request) error {
	comments, err := tx.Comments(r.Number)
	if err != nil {
		return err
	}
	theirs, ours := tx.Settings().LastWords(r, comments)
	if ours.ID <= theirs.ID {
		return bot.Whisper(tx, e, bot.MessageOf(bot.Say("told.not_asked", "Request", r.Part(), "Name", r.Name), bot.PressButton("button.ask", "ask", r.ID())))
	}
	if r.WaitsForClient() {
		return bot.Refuse("refuse.asked", "Request", r.Part(), "Name", r.Name)
	}
	before := r
	if refused := r.Ask(e.Call.Person, ours.Text, ours.At); refused != nil {
		return refused
	}
	return bot.Change(tx, e, before, &r, "")
}
