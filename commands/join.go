package commands

import (
	"context"
	"fmt"
	"strings"
	"time"

	"meridian/bot"
)

const (
	// joinFor is the time within which messages of one person in one channel are
	// one matter: people write in pieces.
	joinFor = 3 * time.Minute
	// askFor is the time within which they are asked whether it is one.
	askFor = 10 * time.Minute
	// joinAtMost is how many messages are one matter, and joinWords how many bytes
	// of them a request begins with; the rest is its conversation.
	joinAtMost = 20
	joinWords  = 20_000
	// joinAmong is how many requests of a person are looked through for the one
	// of the same channel.
	joinAmong = 10
)

// matter is what a person wrote about in a channel a moment ago.
type matter struct {
	request bot.Request
	takes   bool // what they write now belongs to it
	asks    bool // it may
}

// lastMatter finds what the author of a message wrote about just before, in
// the same channel. Messages in threads have their place already.
func lastMatter(v bot.View, e bot.Event) (matter, error) {
	if e.Place.Thread != "" {
		return matter{}, nil
	}
	who := v.Settings().Person(e.Actor)
	recent, err := v.Requests(bot.RequestQuery{Requester: who.ID, Newest: true, Limit: joinAmong})
	if err != nil {
		return matter{}, err
	}
	for _, r := range recent {
		if r.Home.Top() != e.Place || r.MergedInto != 0 {
			continue
		}
		if r.Ended() || v.Now().Sub(r.CreatedAt) > time.Hour { // nobody writes in pieces for that long
			return matter{}, nil
		}
		return weigh(v, e, who, r)
	}
	return matter{}, nil
}

// weigh says what a message has to do with a request of its author: how long
// ago they wrote last, and whether the team is at it by now.
func weigh(v bot.View, e bot.Event, who bot.Person, r bot.Request) (matter, error) {
	comments, err := v.Comments(r.Number)
	if err != nil {
		return matter{}, err
	}
	var last time.Time
	touched := r.State != bot.New || r.Assignee != ""
	for _, c := range comments {
		if c.Visibility == bot.ForClient && who.Is(c.Author) {
			last = c.At
		} else if c.Visibility == bot.ForClient && v.Settings().Person(bot.Actor{ID: c.Author}).Team() {
			touched = true
		}
	}
	gap := e.At.Sub(last).Abs()
	return matter{request: r, takes: !touched && gap <= joinFor && len(comments) < joinAtMost, asks: gap <= askFor}, nil
}

// joined takes a message into the request that its author filed just before:
// the words on the card grow, and what is said below the message is said there.
func joined(tx bot.Tx, e bot.Event, b bot.Said, r bot.Request) error {
	who := tx.Settings().Person(e.Actor)
	c := bot.Comment{Request: r.Number, Author: who.ID, Name: who.Name, Text: b.Text, Files: b.Files,
		Visibility: bot.ForClient, Place: e.Place, Message: e.Message, At: e.At}
	if err := tx.SaveComment(&c); err != nil {
		return err
	}
	if err := tx.LinkFirst(e.Place, e.Message, r.Number); err != nil {
		return err
	}
	before := r
	if title := bot.TitleOfText(b.Text); title != "" && bot.IsGreeting(r.Words) {
		r.Title = title
	}
	if len(r.Words)+len(b.Text) < joinWords {
		r.Words = strings.TrimSpace(r.Words + "\n" + b.Text)
	}
	if !r.OneFace() && (r.Words == before.Words || strings.Count(r.Words, "\n") >= cardLines || len([]rune(r.Words)) > cardRunes) {
		if err := relay(tx, r, c); err != nil {
			return err
		}
	}
	return bot.Change(tx, e, before, &r, "joined")
}

// What a card shows of the words. What goes beyond is shown in its thread.
const (
	cardLines = 4
	cardRunes = 280
)

// askSame asks the author of a message that was filed by itself whether it is
// about the same as the one before.
func askSame(tx bot.Tx, e bot.Event, r, other bot.Request) error {
	value := fmt.Sprintf("%s %s", r.ID(), other.ID())
	return bot.Whisper(tx, e, bot.MessageOf(bot.Say("join.ask", "Request", r.Part(), "Other", other.Part()),
		bot.PressButton("button.same", "join", value), bot.PressButton("button.new", "join", r.ID()+" "+stayApart)))
}

// stayApart is what the button says that leaves two requests as they are.
const stayApart = "new"

// join takes a request that its author filed a moment ago into the one before:
// the answer to "same matter?".
func join() bot.Command {
	return bot.Command{
		Name: "join", Slash: "request", Action: bot.ActJoin,
		Args:  append(one(), bot.Arg{Name: "into", Kind: bot.ArgWords}),
		Usage: "join R-13 R-12",
		Handler: bot.Handler{Do: func(_ context.Context, tx bot.Tx, e bot.Event, _ any) error {
			r, err := request(tx, e)
			if err != nil {
				return err
			}
			into := strings.TrimSpace(e.Call.Args["into"])
			if into == stayApart {
				return bot.Whisper(tx, e, bot.MessageOf(bot.Say("join.apart", "Request", r.Part())))
			}
			number, ok := bot.ParseRequestID(into)
			if !ok {
				return bot.Refuse("refuse.usage", "Usage", bot.Code("join R-13 R-12"))
			}
			other, err := bot.Visible(tx, e.Call.Person, number)
			if err != nil {
				return err
			}
			return joinInto(tx, e, r, other)
		}},
	}
}

// joinInto makes one of two requests of the same author, as long as nobody has
// touched the one that ends and the other goes on.
func joinInto(tx bot.Tx, e bot.Event, r, other bot.Request) error {
	switch {
	case r.Number == other.Number:
		return bot.Refuse("refuse.usage", "Usage", bot.Code("join R-13 R-12"))
	case r.Requester != other.Requester:
		return bot.Denied("join", bot.ActJoin, e.Call.Person, other)
	case r.MergedInto == 0 && (r.State != bot.New || r.Assignee != ""):
		return changedSince(tx, e, bot.Act{}, r)
	}
	return mergeInto(tx, e, r, other)
}
