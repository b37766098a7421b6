package commands

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"meridian/bot"
)

// comment takes a message in the thread of a request into its conversation.
// What is said at home is for the client; what is said at the desk alone stays
// with the team.
func comment() bot.Handler {
	return bot.Handler{Name: "comment", Do: func(_ context.Context, tx bot.Tx, e bot.Event, _ any) error {
		if e.Place.Thread == "" {
			return bot.ErrPass
		}
		r, face, _, err := tx.RequestAt(e.Place, e.Message)
		if errors.Is(err, bot.ErrNotFound) {
			return bot.ErrPass
		}
		if err != nil {
			return err
		}
		b := e.Body.(bot.Said)
		who := tx.Settings().Person(e.Actor)
		c := bot.Comment{Request: r.Number, Author: who.ID, Name: who.Name, Text: b.Text, Files: b.Files,
			Visibility: bot.ForClient, Place: e.Place, Message: e.Message, At: e.At}
		if face == bot.FaceDesk {
			c.Visibility = bot.ForInternal
		}
		if c.Visibility == bot.ForClient && (!who.Team() || who.Is(r.Requester)) {
			_, err := clientSays(tx, e, r, c)
			return err
		}
		return tx.SaveComment(&c)
	}}
}

// clientSays takes a client's word: it is shown to the team, and it decides
// what becomes of a request that we thought was done. It gives the number of
// the request that the word belongs to: on a closed one it begins another.
func clientSays(tx bot.Tx, e bot.Event, r bot.Request, c bot.Comment) (int64, error) {
	gist := gistOf(tx, e, c.Text)
	switch {
	case e.Actor.Bot:
	case r.State == bot.Closed && !gist.Pleased() && gist != bot.Checks:
		return fileFollowing(tx, e, r, c)
	case r.State == bot.Solved && gist == bot.Another && clientMay(tx, e, bot.ActReopen, r):
		return fileAnother(tx, e, r, c)
	}
	if err := tx.SaveComment(&c); err != nil {
		return r.Number, err
	}
	if !r.OneFace() {
		if err := relay(tx, r, c); err != nil {
			return r.Number, err
		}
	}
	if e.Actor.Bot {
		return r.Number, nil
	}
	return r.Number, clientMoves(tx, e, r, c, gist)
}

// gistOf understands what a person says. Names of the team and their own are
// no news in it.
func gistOf(v bot.View, e bot.Event, text string) bot.Gist {
	s := v.Settings()
	who := s.Person(e.Actor)
	names := []string{e.Actor.Name, who.Name, who.Client, s.Team.Name}
	for _, p := range s.People {
		if p.Team() {
			names = append(names, p.Name)
		}
	}
	return bot.GistOf(text, names...)
}

// clientMay reports whether the one who speaks may do something to a request
// as its client: a bystander in its thread may not.
func clientMay(v bot.View, e bot.Event, a bot.Action, r bot.Request) bool {
	who := v.Settings().Person(e.Actor)
	return who.Is(r.Requester) || who.May(a, r)
}

// clientMoves does what a client's word does to the state.
func clientMoves(tx bot.Tx, e bot.Event, r bot.Request, c bot.Comment, gist bot.Gist) error {
	switch {
	case r.State == bot.Solved && gist.Pleased(), r.WaitsForClient() && gist == bot.Works:
		return pleased(tx, e, r)
	case r.State == bot.Solved && gist != bot.Checks:
		if !clientMay(tx, e, bot.ActReopen, r) {
			return nil
		}
		return comeBack(tx, e, r, c)
	case r.WaitsForClient() && (gist == bot.Checks || gist == bot.Sends):
		return tellLater(tx, e, r, c)
	case r.WaitsForClient() && gist != bot.Thanks, r.State == bot.Snoozed && gist == bot.More:
		before := r
		if refused := r.Resume(); refused != nil {
			return refused
		}
		return bot.Change(tx, e, before, &r, "")
	}
	return nil
}

// pleased takes a client's word that all is well: it confirms, also where we
// were waiting for just that word. The answer is a sign on the message.
func pleased(tx bot.Tx, e bot.Event, r bot.Request) error {
	if !clientMay(tx, e, bot.ActConfirm, r) {
		return nil
	}
	if err := pray(tx, e); err != nil || r.Confirmed {
		return err
	}
	before := r
	if r.State != bot.Solved {
		if refused := r.Solve(bot.Person{ID: r.Assignee}, tx.Now()); refused != nil {
			return refused
		}
	}
	if refused := r.Confirm(); refused != nil {
		return refused
	}
	if _, err := bot.DropSolved(tx, before); err != nil {
		return err
	}
	return bot.Change(tx, e, before, &r, "")
}

// pray puts a sign on thanks, where there are signs.
func pray(tx bot.Tx, e bot.Event) error {
	if e.Message == "" || e.Place.Adapter == "email" {
		return nil
	}
	return tx.PutDelivery(bot.Delivery{
		Key: fmt.Sprintf("thanks:%s:%s", e.Place.Top(), e.Message), To: e.Place, Op: bot.OpReact, Target: e.Message, Emoji: "pray",
	})
}

// tellLater tells the assignee that the client will come back to it.
func tellLater(tx bot.Tx, e bot.Event, r bot.Request, c bot.Comment) error {
	if r.Assignee == "" {
		return nil
	}
	who := tx.Settings().Person(bot.Actor{ID: r.Assignee})
	return bot.DirectTo(tx, fmt.Sprintf("later:%s:%d", r.ID(), e.ID), who,
		bot.MessageOf(bot.Say("told.later", "Request", r.Part(), "Name", bot.Quote(c.Name)).Plus(bot.Break(), bot.BlockQuote(strings.TrimSpace(c.Text)))))
}

// comeBack re-opens a solved request. What the client says before having heard
// that it is solved takes the solve back, and is no return.
func comeBack(tx bot.Tx, e bot.Event, r bot.Request, c bot.Comment) error {
	before := r
	unheard, err := bot.DropSolved(tx, r)
	if err != nil {
		return err
	}
	if unheard {
		r.TakeBack()
	} else if refused := r.Reopen(); refused != nil {
		return refused
	}
	if err := bot.Change(tx, e, before, &r, ""); err != nil || unheard {
		return err
	}
	return askProblem(tx, e, problem{kind: cameBack, request: r, before: before, said: c})
}

// fileFollowing makes a new request of what is said on a closed one. Its home
// is where it was said: a colleague's mail is answered to the colleague.
func fileFollowing(tx bot.Tx, e bot.Event, old bot.Request, c bot.Comment) (int64, error) {
	r, err := bot.FileRequest(tx, e, bot.Filing{
		Who: e.Actor, Words: c.Text, Source: old.Source, Home: e.Place,
		Message: c.Message, LinkedTo: old.Number, Mail: mailOf(e),
	})
	return r.Number, err
}

func mailOf(e bot.Event) *bot.Mail {
	if b, ok := e.Body.(bot.Mailed); ok {
		return &b.Mail
	}
	return nil
}

// relay shows a client's word in the card's thread.
func relay(tx bot.Tx, r bot.Request, c bot.Comment) error {
	return bot.PostAt(tx, bot.Delivery{
		Key: relayKey(c), To: r.Desk.Top(), After: bot.CardKey(r.Number), Urgency: bot.UrgentReply, TeamSide: true, Message: relayed(c),
	})
}

func relayKey(c bot.Comment) string { return fmt.Sprintf("relay:%d", c.ID) }

func relayed(c bot.Comment) bot.Message {
	return bot.MessageOf(bot.Say("relay.client", "Name", bot.Quote(c.Name)).Plus(bot.Break(), bot.BlockQuote(strings.TrimSpace(c.Text))))
}

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
	if r.Words != was {
		return showEdit(tx, r, c)
	}
	before := r
	r.Words = c.Text
	if title := bot.TitleOfText(c.Text); r.State == bot.New && title != "" {
		r.Title = title
	}
	return bot.Change(tx, e, before, &r, "")
}

// showEdit brings the copy of a client's word in the card's thread up to date.
func showEdit(tx bot.Tx, r bot.Request, c bot.Comment) error {
	if r.OneFace() || c.Visibility != bot.ForClient {
		return nil
	}
	if _, _, err := tx.Delivery(relayKey(c)); errors.Is(err, bot.ErrNotFound) {
		return nil // it was never copied: a colleague's own, or the first
	} else if err != nil {
		return err
	}
	m := relayed(c)
	bot.Localize(&m, tx.Settings().LanguageFor(r.Desk, bot.Person{}))
	d := bot.Delivery{
		Key: fmt.Sprintf("%s:e%d", relayKey(c), c.EditedAt.UnixMilli()), Card: relayKey(c), After: relayKey(c), Op: bot.OpEdit,
		To: r.Desk.Top(), TeamSide: true, Message: m,
	}
	if c.Deleted {
		d.Key, d.Op, d.Card = relayKey(c)+":gone", bot.OpDelete, ""
	}
	return tx.PutDelivery(d)
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
		if r.Words != was {
			return showEdit(tx, r, c)
		}
		before := r
		r.Words = ""
		return bot.Change(tx, e, before, &r, "")
	}}
}
