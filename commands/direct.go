package commands

import (
	"slices"
	"strings"

	"meridian/bot"
)

// answersHere is the request that a direct message goes on with, although it
// stands below nothing: people answer where they were asked. It is a private
// one among colleagues, who are answered directly, until it is closed, so that
// nothing said on it is filed for everybody to read; or one that was filed here
// and waits for just that answer, or got it a moment ago. Number 0: none.
func answersHere(v bot.View, e bot.Event) (private, asked bot.Request, err error) {
	if !e.Place.IsDirect() || e.Place.Thread != "" {
		return private, asked, nil
	}
	who := v.Settings().Person(e.Actor)
	recent, err := v.Requests(bot.RequestQuery{Requester: who.ID, Newest: true, Limit: joinAmong})
	if err != nil {
		return private, asked, err
	}
	for _, r := range recent {
		switch {
		case r.MergedInto != 0 || r.State == bot.Closed:
		case r.Private && r.OneFace() && r.UpdatedAt.After(private.UpdatedAt):
			private = r
		case r.Home.Top() == e.Place && r.UpdatedAt.After(asked.UpdatedAt):
			asked = r
		}
	}
	if private.Number != 0 || asked.Number == 0 || asked.WaitsForClient() {
		return private, asked, nil
	}
	goes, err := goesOnHere(v, e, who, asked)
	if !goes {
		asked = bot.Request{}
	}
	return private, asked, err
}

// goesOnHere reports whether a person has just answered a request by a direct
// message: people answer in pieces too.
func goesOnHere(v bot.View, e bot.Event, who bot.Person, r bot.Request) (bool, error) {
	comments, err := v.Comments(r.Number)
	return !r.Ended() && slices.ContainsFunc(comments, func(c bot.Comment) bool {
		return c.Place == e.Place && who.Is(c.Author) && e.At.Sub(c.At).Abs() <= joinFor
	}), err
}

// saidDirectly takes a direct message into the conversation of a request, and
// what is said below it too.
func saidDirectly(tx bot.Tx, e bot.Event, b bot.Said, r bot.Request) error {
	who := tx.Settings().Person(e.Actor)
	number, err := clientSays(tx, e, r, bot.Comment{Request: r.Number, Author: who.ID, Name: who.Name, Text: strings.TrimSpace(b.Text), Files: b.Files,
		Visibility: bot.ForClient, Place: e.Place, Message: e.Message, At: e.At})
	if err != nil || number != r.Number {
		return err // another one was filed of it, with its own first message
	}
	return tx.LinkFirst(e.Place, e.Message, r.Number)
}
