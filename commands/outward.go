package commands

import (
	"context"
	"errors"
	"strings"

	"meridian/bot"
)

// send brings what a colleague wrote in the card's thread to the client, by an
// emoji on it. It leaves after a moment, in the name of whoever put the emoji.
func send() bot.Command {
	return bot.Command{
		Name: "send", Words: words(nil, []string{"отправить"}), Slash: "request",
		Action: bot.ActReply, Emoji: []string{"outbox_tray"}, Usage: "usage.send", Help: "help.send",
		Handler: bot.Handler{Do: func(_ context.Context, tx bot.Tx, e bot.Event, _ any) error {
			if e.Call.Emoji == "" {
				return bot.Refuse("refuse.send_how", "Usage", bot.Usage("usage.reply"))
			}
			if b, _ := e.Body.(bot.Reacted); e.Call.Request == 0 && b.Chosen {
				return bot.Refuse("refuse.send_what", "Usage", bot.Code("reply R-12 WORDS"))
			}
			if e.Call.Request == 0 {
				return bot.ErrPass
			}
			r, err := request(tx, e)
			if err != nil {
				return err
			}
			c, err := toBeSent(tx, e, r)
			if err != nil {
				return err
			}
			family, err := bot.Family(tx, r)
			if err != nil {
				return err
			}
			to, refused := recipients(tx.Settings(), r, e.Call)
			if refused != nil {
				return refused
			}
			files := bot.KeptFiles(c.Files)
			if refused := tooLarge(files); refused != nil {
				return refused
			}
			return sendAnswer(tx, e, r, answer{text: strings.TrimSpace(c.Text), files: files, key: bot.CopyKey(c), leaves: tx.Now().Add(tx.Settings().UndoReply),
				to: to, cc: without(copiesOf(r), to), also: others(tx.Settings(), r, family)})
		}},
	}
}

// toBeSent is the comment that an emoji stands on, if it can go to the client:
// words of the team, for the team, and not sent before.
func toBeSent(v bot.View, e bot.Event, r bot.Request) (bot.Comment, error) {
	if r.MergedInto != 0 {
		return bot.Comment{}, r.Over()
	}
	c, err := v.CommentAt(e.Place, e.Message)
	switch {
	case err != nil && !errors.Is(err, bot.ErrNotFound):
		return c, err
	case err == nil && c.Visibility == bot.ForClient:
		return c, bot.Refuse("refuse.send_read", "Name", r.Name)
	case err != nil || c.Deleted || strings.TrimSpace(c.Text) == "" && len(bot.KeptFiles(c.Files)) == 0 || !v.Settings().Person(bot.Actor{ID: c.Author}).Team():
		return c, bot.Refuse("refuse.send_what", "Usage", bot.UsageOn("usage.reply", r))
	}
	sent, err := v.CommentAt(r.Home, bot.CopyKey(c))
	if errors.Is(err, bot.ErrNotFound) || err == nil && sent.Deleted {
		return c, nil
	}
	if err == nil {
		err = bot.Refuse("refuse.send_twice", "Person", v.Settings().Person(bot.Actor{ID: sent.Author, Name: sent.Name}).Part(), "Name", r.Name)
	}
	return c, err
}
