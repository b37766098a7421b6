package commands

import (
	"context"
	"errors"
	"strings"

	"meridian/bot"
)

const (
	foundShown = 10 // how many requests an answer names
	foundRead  = 60 // and how many are looked through for those that the person may see
)

// find answers privately with the requests that have all the words, the newest
// first, closed ones included. Each person finds only what they may see.
func find() bot.Command {
	return bot.Command{
		Name: "find", Words: words([]string{"search"}, []string{"найти", "поиск"}), Slash: "request",
		Action: bot.ActFind,
		Args:   []bot.Arg{{Name: "words", Kind: bot.ArgWords}},
		Usage:  "usage.find", Help: "help.find", Wordy: true,
		Handler: bot.Handler{
			Look: func(_ context.Context, v bot.View, e bot.Event) (any, error) {
				found, err := findRequests(v, e.Call.Person, e.Call.Args["words"])
				if b, said := e.Body.(bot.Said); said && err == nil && !e.Call.Person.Team() && (len(found) == 0 || bot.LooksOf(b.Text).IsRequest()) {
					err = bot.ErrPass // "Search is slow" is a request, and must not get lost
				}
				return found, err
			},
			Do: func(_ context.Context, tx bot.Tx, e bot.Event, seen any) error {
				return tellFound(tx, e, seen.([]int64))
			},
		},
	}
}

// findRequests are the numbers of what a person finds by some words, at most
// one more than is shown. A number finds its request, beside those that name it.
func findRequests(v bot.View, who bot.Person, text string) (numbers []int64, err error) {
	numbers = []int64{}
	if n, ok := bot.ParseRequestID(strings.TrimPrefix(text, "#")); ok {
		_, err := bot.Visible(v, who, n)
		var hidden *bot.Error
		if err == nil {
			numbers = append(numbers, n)
		} else if !errors.As(err, &hidden) {
			return nil, err
		}
	}
	found, err := v.FindRequests(findQuery(who, text))
	for _, r := range found {
		if who.Sees(r) && len(numbers) <= foundShown && (len(numbers) == 0 || numbers[0] != r.Number) {
			numbers = append(numbers, r.Number)
		}
	}
	return numbers, err
}

// findQuery narrows a search to what a person may see: what is said among the
// team is found by the team alone.
func findQuery(who bot.Person, text string) bot.FindQuery {
	q := bot.FindQuery{Text: firstOf(text, 400), Internal: who.Team(), Limit: foundRead}
	reach := bot.RequestQuery{}.For(who)
	q.Clients, q.Requester = reach.Clients, reach.Requester
	return q
}

// tellFound reads the requests again: one may have become private since.
func tellFound(tx bot.Tx, e bot.Event, numbers []int64) error {
	who := e.Call.Person
	var shown []bot.Request
	for _, n := range numbers {
		r, err := tx.Request(n)
		if err != nil && !errors.Is(err, bot.ErrNotFound) {
			return err
		}
		if err == nil && who.Sees(r) {
			shown = append(shown, r)
		}
	}
	if len(shown) == 0 {
		return tellNone(tx, e)
	}
	var rest []bot.Part
	if len(shown) > foundShown {
		rest = []bot.Part{bot.Words("find.more")}
	}
	return bot.Whisper(tx, e, linesOf(tx.Settings(), who, shown[:min(len(shown), foundShown)], rest...))
}

// tellNone says that nothing was found, and how the words become a request: who
// says "find out why it is slow" may want that.
func tellNone(tx bot.Tx, e bot.Event) error {
	text := e.Call.Args["words"]
	t := bot.Say("find.none", "Words", firstOf(text, 60))
	if len(strings.Fields(text)) > 2 {
		t = t.Plus(bot.Quote(" "), bot.Words("find.file", "Text", bot.UsageWith("usage.file_words", e.Call.Command+" "+firstOf(text, 60))))
	}
	return bot.Whisper(tx, e, bot.MessageOf(t))
}
