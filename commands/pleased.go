package commands

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"meridian/bot"
)

// gistOf understands what a person says. Names of the team and their own are
// no news in it.
func gistOf(v bot.View, e bot.Event, text string) bot.Gist {
	s := v.Settings()
	who := s.Person(e.Actor)
	names := append(ourNames(s), e.Actor.Name, who.Name, who.Client)
	return bot.GistOf(text, names...)
}

// ourNames are the names by which the team is called.
func ourNames(s *bot.Settings) []string {
	names := []string{s.Team.Name}
	for _, p := range s.People {
		if p.Team() {
			names = append(names, p.Name)
		}
	}
	return names
}

// clientMay reports whether the one who speaks may do something to a request
// as its client: a bystander in its thread may not.
func clientMay(v bot.View, e bot.Event, a bot.Action, r bot.Request) bool {
	who := v.Settings().Person(e.Actor)
	return who.Owns(r) || who.May(a, r)
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
	return settle(tx, e, r, bot.Person{ID: r.Assignee})
}

// settle confirms a request, and solves it first where somebody still owed a
// step: who has solved it then is by.
func settle(tx bot.Tx, e bot.Event, r bot.Request, by bot.Person) error {
	before := r
	if r.State != bot.Solved {
		if refused := r.Solve(by, tx.Now()); refused != nil {
			return refused
		}
	}
	return confirmSince(tx, e, before, r)
}

// confirmSince confirms a request; before is how it was when the act began. The
// word that it is solved, if it has not left, is not said any more.
func confirmSince(tx bot.Tx, e bot.Event, before, r bot.Request) error {
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

// thumb takes a client's sign on something that we said on a request: it
// confirms what is solved. On anything else it says nothing to us.
func thumb() bot.Handler {
	return bot.Handler{Name: "thumb", Do: func(_ context.Context, tx bot.Tx, e bot.Event, _ any) error {
		b := e.Body.(bot.Reacted)
		if b.Removed || !confirms(tx.Settings(), b.Emoji) {
			return bot.ErrPass
		}
		r, face, root, err := tx.RequestAt(e.Place, e.Message)
		if err == nil {
			r, err = bot.GoesOn(tx, r)
		}
		if errors.Is(err, bot.ErrNotFound) || err == nil && (root || face != bot.FaceHome || r.State != bot.Solved || r.Confirmed) {
			return bot.ErrPass
		}
		if err != nil {
			return err
		}
		who := tx.Settings().Person(e.Actor)
		partner := who.Role == bot.Partner && !slices.Contains(confirm().Casual, b.Emoji) && who.May(bot.ActConfirm, r)
		ours, err := isOurs(tx, e)
		if err != nil {
			return err
		}
		if !ours || !who.Owns(r) && !partner {
			return bot.ErrPass
		}
		e.Call = &bot.Call{Command: "confirm", Surface: bot.ByEmoji, Person: who, Request: r.Number, Face: face, Emoji: b.Emoji}
		return confirmSince(tx, e, r, r)
	}}
}

// confirms reports whether an emoji can mean that all is well.
func confirms(s *bot.Settings, emoji string) bool {
	if mapped, ok := s.Emoji[emoji]; ok {
		return slices.Contains(strings.FieldsFunc(mapped, func(c rune) bool { return c == '|' || c == ' ' }), "confirm")
	}
	return slices.Contains(confirm().Emoji, emoji)
}

// isOurs reports whether a message of a request's conversation is the desk's or
// somebody's of the team.
func isOurs(v bot.View, e bot.Event) (bool, error) {
	c, err := v.CommentAt(e.Place, e.Message)
	if errors.Is(err, bot.ErrNotFound) {
		return true, nil // what people say is kept as comments
	}
	return err == nil && (c.Author == "" || v.Settings().Person(bot.Actor{ID: c.Author}).Team()), err
}
