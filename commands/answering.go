package commands

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"meridian/bot"
)

// opened shows on the card that somebody writes to the client: they have the
// form before them.
func opened(_ context.Context, tx bot.Tx, e bot.Event) error {
	r, err := request(tx, e)
	if err != nil {
		return err
	}
	return bot.SetAnswering(tx, r, e.Call.Person)
}

// answeringDue ends it when they have written for too long, or not at all.
func answeringDue() bot.Handler {
	return bot.Handler{Name: "answering", Do: func(_ context.Context, tx bot.Tx, e bot.Event, _ any) error {
		b := e.Body.(bot.Due)
		number, ok := bot.ParseRequestID(b.Object)
		if b.What != bot.TimerAnswering || !ok {
			return bot.ErrPass
		}
		return bot.EndAnswering(tx, number)
	}}
}

// minePrefix begins the key of the message that asks a person whether an answer
// goes out although somebody else has answered. Its last words are that answer.
const minePrefix = "mine:"

// mineKey is the key of that message, where its button was pressed. In a form it
// would be words like any other.
func mineKey(e bot.Event) (string, bool) {
	key := e.Call.Args["text"]
	return key, e.Call.Surface != bot.ByForm && strings.HasPrefix(key, minePrefix)
}

// meanwhile looks whether a person has seen what others wrote. Who fills a form
// is shown what came since it was opened, once; who typed a command is asked
// when somebody else answered a moment ago. It reports whether that was done.
func meanwhile(tx bot.Tx, e bot.Event, r bot.Request, a answer) (asked bool, err error) {
	if _, ok := mineKey(e); ok {
		return false, nil
	}
	comments, err := tx.Comments(r.Number)
	if err != nil {
		return false, err
	}
	s, who := tx.Settings(), e.Call.Person
	if !who.Team() {
		comments = slices.DeleteFunc(comments, func(c bot.Comment) bool { return c.Visibility == bot.ForInternal })
	}
	if seen, err := strconv.ParseInt(e.Call.Args["seen"], 10, 64); err == nil && e.Call.Surface == bot.ByForm {
		unread, err := readBy(tx, who, bot.Unread(comments, who, seen))
		if err != nil || len(unread) == 0 {
			return false, err
		}
		return true, &bot.Error{Text: s.Meanwhile(r, unread, tx.Now())}
	}
	just, err := readBy(tx, who, s.AnsweredJustNow(r, comments, who, tx.Now()))
	if err != nil || len(just) == 0 {
		return false, err
	}
	return true, askMine(tx, e, r, a, s.Meanwhile(r, just, tx.Now()))
}

// readBy are those of some comments that a person may read: what has not left
// yet is the team's own.
func readBy(v bot.View, who bot.Person, comments []bot.Comment) (out []bot.Comment, err error) {
	for _, c := range comments {
		unsent := false
		if !who.Team() {
			if unsent, err = bot.Unsent(v, c); err != nil {
				return nil, err
			}
		}
		if !unsent {
			out = append(out, c)
		}
	}
	return out, nil
}

// askMine keeps what a person wants to say, and asks whether it is to be sent.
func askMine(tx bot.Tx, e bot.Event, r bot.Request, a answer, t bot.Text) error {
	key := minePrefix + r.ID() + ":" + strconv.FormatInt(e.ID, 10)
	m := bot.MessageOf(t.Plus(bot.Break(), bot.Words("meanwhile.yours"), bot.Break(), bot.BlockQuote(a.text)),
		bot.PressButton("button.show", "show", r.ID()), bot.PressButton("button.send_mine", e.Call.Command, r.ID()+" "+key))
	bot.Localize(&m, tx.Settings().LanguageFor(e.Place, e.Call.Person))
	return tx.PutDelivery(bot.Delivery{Key: key, To: e.Place, Op: bot.OpWhisper, Person: e.Actor.ID, Message: m})
}

// mineBefore are the words that a person was asked about.
func mineBefore(v bot.View, e bot.Event, r bot.Request, key string) (string, error) {
	d, _, err := v.Delivery(key)
	if err != nil && !errors.Is(err, bot.ErrNotFound) {
		return "", err
	}
	parts := d.Message.Text.Parts
	if err != nil || len(parts) == 0 || !e.Call.Person.Is(d.Person) || !strings.HasPrefix(key, minePrefix+r.ID()+":") {
		return "", bot.Refuse("refuse.mine_gone", "Request", r.Part())
	}
	c, err := v.CommentAt(r.Home, bot.OnceKey(r.Number, key))
	if err == nil && !c.Deleted {
		return "", bot.Refuse("refuse.sent_once", "Request", r.Part())
	}
	if err != nil && !errors.Is(err, bot.ErrNotFound) {
		return "", err
	}
	return parts[len(parts)-1].Text, nil
}

// tellWaiting tells who has written an answer that waits for the client's
// morning what the client says before: it may be the wrong answer by then.
func tellWaiting(tx bot.Tx, e bot.Event, r bot.Request, said bot.Comment) error {
	waiting, err := tx.Deliveries(bot.DeliveryQuery{Request: r.Number, States: []bot.DeliveryState{bot.DeliveryWaiting}})
	if err != nil {
		return err
	}
	s := tx.Settings()
	for _, d := range waiting {
		if !bot.IsReply(d.Key) || d.NotBefore.Sub(tx.Now()) <= s.UndoReply {
			continue
		}
		c, err := tx.CommentAt(r.Home, d.Key)
		if errors.Is(err, bot.ErrNotFound) {
			continue
		}
		if err != nil {
			return err
		}
		t := bot.Say("told.wrote_before", "Request", r.Part(), "Name", said.Name, "When", s.Both(d.NotBefore, r)).Plus(bot.Break(), bot.BlockQuote(firstOf(strings.TrimSpace(said.Text), 500)))
		if err := bot.DirectTo(tx, "before:"+d.Key+":"+strconv.FormatInt(e.ID, 10), s.Person(bot.Actor{ID: c.Author}),
			bot.MessageOf(t, bot.PressButton("button.undo", "undo", d.Key), bot.PressButton("button.show", "show", r.ID()))); err != nil {
			return err
		}
	}
	return nil
}
