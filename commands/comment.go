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
		if err == nil {
			r, err = bot.GoesOn(tx, r)
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
		if c.Visibility == bot.ForClient && (!who.Team() || who.Owns(r)) {
			_, err := clientSays(tx, e, r, c)
			return err
		}
		return teamSays(tx, r, c)
	}}
}

// clientSays takes a client's word: it is shown to the team, and it decides
// what becomes of a request that we thought was done. It gives the number of
// the request that the word belongs to: on a closed one it begins another.
func clientSays(tx bot.Tx, e bot.Event, r bot.Request, c bot.Comment) (int64, error) {
	if _, err := bot.Learn(tx, e.Actor); err != nil {
		return r.Number, err
	}
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
	if !r.OneFace() || r.Private || c.Place != r.Home { // what goes on here was said elsewhere
		if err := relay(tx, r, c); err != nil {
			return r.Number, err
		}
	}
	if err := freshen(tx, &r); err != nil {
		return r.Number, err
	}
	if err := tellWaiting(tx, e, r, c); err != nil || e.Actor.Bot {
		return r.Number, err
	}
	return r.Number, clientMoves(tx, e, r, c, gist)
}

// freshen brings the card up to date where a client's word changes what it shows:
// one that came over from another desk is from now on a request like any other,
// and from the second word on there is something to split off.
func freshen(tx bot.Tx, r *bot.Request) error {
	switch {
	case r.Owes() == bot.OwesMoved:
		return bot.Mark(tx, r)
	case r.Ended() || r.Private:
		return nil
	}
	comments, err := tx.Comments(r.Number)
	if err != nil || len(tx.Settings().Splittable(*r, comments)) != 1 {
		return err
	}
	return bot.Mark(tx, r)
}

// clientMoves does what a client's word does to the state.
func clientMoves(tx bot.Tx, e bot.Event, r bot.Request, c bot.Comment, gist bot.Gist) error {
	switch {
	case r.State == bot.Solved && gist.Pleased(), (r.WaitsForClient() || r.Silence != nil && !r.Ended()) && gist == bot.Works:
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
	case r.Silence != nil && !r.Ended() && gist != bot.Thanks: // they are silent no longer
		before := r
		r.Silence = nil
		return bot.Change(tx, e, before, &r, "")
	}
	return nil
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
		Who: e.Actor, Words: c.Text, Title: bot.TitleOfText(bot.AfterThanks(c.Text, c.Name)), Source: e.Place.Adapter, Home: e.Place,
		Message: c.Message, LinkedTo: old.Number, Mail: mailOf(e), Files: c.Files,
	})
	return r.Number, err
}

func mailOf(e bot.Event) *bot.Mail {
	if b, ok := e.Body.(bot.Mailed); ok {
		return &b.Mail
	}
	return nil
}

// relay shows a client's word to the team: in the card's thread, or of a private
// request to those who carry it on.
func relay(tx bot.Tx, r bot.Request, c bot.Comment) error {
	m := relayed(c)
	if r.Private {
		m = relayedPrivately(r, c)
	}
	if err := bot.ToDesk(tx, r, bot.Delivery{Key: relayKey(c), Urgency: bot.UrgentReply, Message: m}); err != nil {
		return err
	}
	return bot.ShowFiles(tx, r, relayKey(c), c.Name, c.Files)
}

func relayKey(c bot.Comment) string { return fmt.Sprintf("relay:%d", c.ID) }

func relayed(c bot.Comment) bot.Message {
	return bot.MessageOf(bot.Say("relay.client", "Name", bot.Quote(c.Name)).Plus(bot.Break(), bot.BlockQuote(strings.TrimSpace(c.Text))))
}

// relayedPrivately is a client's word among direct messages, where it must say
// what it is about.
func relayedPrivately(r bot.Request, c bot.Comment) bot.Message {
	t := bot.Say("relay.private", "Request", r.Part(), "Name", bot.Quote(c.Name)).Plus(bot.Break(), bot.BlockQuote(strings.TrimSpace(c.Text)))
	return bot.MessageOf(t, bot.PressButton("button.reply", "reply", r.ID()))
}
