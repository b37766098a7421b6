package commands

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"meridian/bot"
)

// edited follows the edit of a message that is part of a conversation. An edit
// older than the one stored changes nothing.
func edited() bot.Handler {
	return bot.Handler{Name: "edited", Do: func(_ context.Context, tx bot.Tx, e bot.Event, _ any) error {
		c, err := tx.CommentAt(e.Place, e.Message)
		if errors.Is(err, bot.ErrNotFound) {
			return bot.ErrPass
		}
		if err != nil {
			return err
		}
		if c.Deleted || !e.At.After(c.EditedAt) || !tx.Settings().Person(e.Actor).Is(c.Author) {
			return nil
		}
		was := c.Text
		c.Text, c.EditedAt = bot.Unaddressed(e.Body.(bot.Edited).Text), e.At
		if err := tx.SaveComment(&c); err != nil {
			return err
		}
		return followEdit(tx, e, c, was)
	}}
}

// followEdit changes words and title of a request whose first message was
// edited before anybody took it.
func followEdit(tx bot.Tx, e bot.Event, c bot.Comment, was string) error {
	r, err := tx.Request(c.Request)
	if err != nil {
		return err
	}
	before := r
	mine, err := rewrite(tx, e, &r, was, c.Text)
	if err != nil {
		return err
	}
	if !mine {
		return showEdit(tx, r, c)
	}
	if title := bot.TitleOfText(r.Words); r.State == bot.New && title != "" && r.Title == bot.TitleOfText(before.Words) {
		r.Title = title
	}
	return bot.Change(tx, e, before, &r, "")
}

// rewrite puts other words in the place of one of the messages that a request
// was filed from. It reports false for a message that came later.
func rewrite(v bot.View, e bot.Event, r *bot.Request, was, now string) (bool, error) {
	if r.Words == was {
		r.Words = now
		return true, nil
	}
	was = strings.TrimSpace(was)
	i := strings.Index("\n"+r.Words+"\n", "\n"+was+"\n")
	if was == "" || i < 0 {
		return false, nil
	}
	if at, _, root, err := v.RequestAt(e.Place, e.Message); err != nil || !root || at.Number != r.Number {
		return false, err
	}
	rest := strings.TrimPrefix(r.Words[i+len(was):], "\n")
	if now = strings.TrimSpace(now); now != "" {
		now += "\n"
	}
	r.Words = strings.TrimSpace(r.Words[:i] + now + rest)
	return true, nil
}

// showEdit brings the copy of a client's word that the team reads up to date.
func showEdit(tx bot.Tx, r bot.Request, c bot.Comment) error {
	if r.OneFace() && !r.Private || c.Visibility != bot.ForClient {
		return nil
	}
	d := bot.Delivery{
		Key: fmt.Sprintf("%s:e%d", relayKey(c), c.EditedAt.UnixMilli()), Card: relayKey(c), After: relayKey(c), Op: bot.OpEdit, Message: relayed(c),
	}
	if c.Deleted {
		d.Key, d.Op, d.Card, d.Message = relayKey(c)+":gone", bot.OpDelete, "", bot.Message{}
	}
	if r.Private {
		if !c.Deleted {
			d.Message = relayedPrivately(r, c)
		}
		return bot.ToDesk(tx, r, d) // to those who got it
	}
	if _, _, err := tx.Delivery(relayKey(c)); errors.Is(err, bot.ErrNotFound) {
		return nil // it was never copied: a colleague's own, or the first
	} else if err != nil {
		return err
	}
	return bot.ToDesk(tx, r, d)
}

// deleted marks a message that its author took away; of the first message of a
// request the title stays. The audit keeps that it was there.
func deleted() bot.Handler {
	return bot.Handler{Name: "deleted", Do: func(_ context.Context, tx bot.Tx, e bot.Event, _ any) error {
		c, err := tx.CommentAt(e.Place, e.Message)
		if errors.Is(err, bot.ErrNotFound) {
			return bot.ErrPass
		}
		if err != nil || c.Deleted || !tx.Settings().Person(e.Actor).Is(c.Author) {
			return err
		}
		was := c.Text
		c.Deleted, c.Text = true, ""
		if err := tx.SaveComment(&c); err != nil {
			return err
		}
		r, err := tx.Request(c.Request)
		if err != nil {
			return err
		}
		before := r
		mine, err := rewrite(tx, e, &r, was, "")
		if err != nil {
			return err
		}
		if !mine {
			return errors.Join(showEdit(tx, r, c), withdrawSplit(tx, r))
		}
		return bot.Change(tx, e, before, &r, "")
	}}
}

// withdrawSplit brings the card of a request up to date of whose conversation
// nothing can be split off any more.
func withdrawSplit(tx bot.Tx, r bot.Request) error {
	comments, err := tx.Comments(r.Number)
	if err != nil || r.Ended() || r.Private || len(tx.Settings().Splittable(r, comments)) > 0 {
		return err
	}
	return bot.Mark(tx, &r)
}
