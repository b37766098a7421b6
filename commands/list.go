package commands

import (
	"context"
	"errors"
	"slices"
	"strings"

	"meridian/bot"
)

// listed is how many requests an answer in chat names.
const listed = 15

// list answers privately with the titles of open requests: all for the team,
// those of the clients for a partner, one's own for a requester. It files nothing.
func list() bot.Command {
	return bot.Command{
		Name: "list", Words: words([]string{"queue", "ls"}, []string{"список", "очередь"}), Slash: "request",
		Action: bot.ActList,
		Args:   []bot.Arg{{Name: "whose", Kind: bot.ArgWords, Optional: true}},
		Usage:  "usage.list", Help: "help.list",
		Handler: bot.Handler{Do: func(_ context.Context, tx bot.Tx, e bot.Event, _ any) error {
			q, err := listQuery(tx, e)
			if err != nil {
				return err
			}
			total, err := tx.CountRequests(q)
			if err != nil {
				return err
			}
			q.Limit = listed
			found, err := tx.Requests(q)
			if err != nil {
				return err
			}
			return bot.Whisper(tx, e, listMessage(tx.Settings(), e.Call.Person, found, total))
		}},
	}
}

func listQuery(v bot.View, e bot.Event) (bot.RequestQuery, error) {
	q := bot.RequestQuery{States: []bot.State{bot.New, bot.Open, bot.Waiting, bot.Snoozed}}
	who := e.Call.Person
	if !who.Team() {
		return q.For(who), nil
	}
	switch whose := strings.ToLower(strings.TrimSpace(e.Call.Args["whose"])); whose {
	case "":
	case "mine", "мои", "my":
		q.Assignee = who.ID
	default:
		other, ok := v.Settings().Named(whose)
		if !ok {
			return q, bot.Refuse("refuse.unknown_person", "Words", firstOf(whose, 40))
		}
		q.Assignee = other.ID
	}
	return q, nil
}

// listMessage names requests below each other, and how many more there are.
func listMessage(s *bot.Settings, who bot.Person, found []bot.Request, total int) bot.Message {
	var rest []bot.Part
	if total > len(found) {
		rest = []bot.Part{bot.Words("list.more", "Count", total-len(found))}
	}
	return linesOf(s, who, found, rest...)
}

// linesOf are requests below each other, those that the person may see, and what
// is said below them.
func linesOf(s *bot.Settings, who bot.Person, found []bot.Request, rest ...bot.Part) bot.Message {
	found = slices.DeleteFunc(slices.Clone(found), func(r bot.Request) bool { return !who.Sees(r) })
	if len(found) == 0 {
		return bot.MessageOf(bot.Say("list.empty"))
	}
	var t bot.Text
	for i, r := range found {
		if i > 0 {
			t = t.Plus(bot.Break())
		}
		if who.Team() {
			t = t.Plus(bot.RequestLine(s, r)...)
		} else {
			t = t.Plus(bot.ClientLine(s, r).Parts...)
		}
	}
	if len(rest) > 0 {
		t = t.Plus(bot.Break()).Plus(rest...)
	}
	m := bot.MessageOf(t)
	if who.Team() {
		m.Table = bot.RequestTable(s, found, rest...)
	}
	return m
}

// show answers privately with one request: its card and its last words.
func show() bot.Command {
	return bot.Command{
		Name: "show", Words: words([]string{"view"}, []string{"показать"}), Slash: "request",
		Action: bot.ActShow, Args: one(), Usage: "usage.show", Help: "help.show",
		Handler: bot.Handler{Do: func(_ context.Context, tx bot.Tx, e bot.Event, _ any) error {
			r, err := request(tx, e)
			if err != nil {
				return err
			}
			if !e.Call.Person.Team() {
				return bot.Whisper(tx, e, bot.MessageOf(bot.ClientLine(tx.Settings(), r)))
			}
			m, err := bot.CardOf(tx, r)
			if err != nil {
				return err
			}
			m.Card = false
			m.Text = m.Text.Plus(recorded(r)...)
			last, err := tx.LastComment(r.Number, "")
			if err != nil && !errors.Is(err, bot.ErrNotFound) {
				return err
			}
			if err == nil && bot.IsAbove(last) {
				m.Text = m.Text.Plus(bot.Break(), bot.Words("forward.above", "Words", last.Text))
			} else if err == nil && !last.Deleted && last.Text != r.Words {
				m.Text = m.Text.Plus(bot.Break(), bot.Words("show.last", "Name", last.Name), bot.Break(), bot.BlockQuote(last.Text))
			}
			return bot.Whisper(tx, e, m)
		}},
	}
}
