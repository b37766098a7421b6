package commands

import (
	"context"
	"time"

	"meridian/bot"
)

// one is the argument of commands about one request.
func one() []bot.Arg { return []bot.Arg{{Name: "request", Kind: bot.ArgRequest}} }

// take gives a request to the one who asks. What another has is not taken
// silently: a second person is told who has it, and may take it over.
func take() bot.Command {
	return bot.Command{
		Name: "take", Words: words([]string{"claim"}, []string{"взять", "беру"}), Slash: "request",
		Action: bot.ActTake, Emoji: []string{"eyes"},
		Args:  append(one(), bot.Arg{Name: "over", Kind: bot.ArgWords, Optional: true}),
		Usage: "usage.take", Help: "help.take",
		Handler: bot.Handler{Do: func(_ context.Context, tx bot.Tx, e bot.Event, _ any) error {
			r, err := request(tx, e)
			if err != nil {
				return err
			}
			who := e.Call.Person
			over := e.Call.Args["over"]
			if over != "" && over != "over" {
				return bot.Refuse("refuse.usage", "Usage", bot.Usage("usage.take"))
			}
			if r.Assignee != "" && r.Assignee != who.ID && over == "" && !r.Ended() {
				return takenAlready(tx, e, r)
			}
			before := r
			if refused := r.Take(who); refused != nil {
				return refused
			}
			return bot.Change(tx, e, before, &r, over)
		}},
	}
}

// takenAlready tells who has a request and since when.
func takenAlready(tx bot.Tx, e bot.Event, r bot.Request) error {
	since, err := takenAt(tx, r)
	if err != nil {
		return err
	}
	holder := tx.Settings().Person(bot.Actor{ID: r.Assignee})
	return bot.Whisper(tx, e, bot.MessageOf(
		bot.Say("told.taken", "Person", holder.Part(), "Request", r.Part(), "Since", bot.At(since)),
		bot.Button{Label: bot.Say("button.query", "Person", holder.Part()), Act: "query", Value: r.ID()},
		bot.PressButton("button.take_over", "take", r.ID()+" over")))
}

// takenAt is when the request's state or holder last changed hands.
func takenAt(v bot.View, r bot.Request) (time.Time, error) {
	lines, err := v.Audit(r.ID(), 0, 1000)
	at := r.UpdatedAt
	for _, l := range lines {
		if l.Action == "give" || l.Who == r.Assignee && (l.Action == "take" || l.Action == "reply" || l.Action == "solve") {
			at = l.At
		}
	}
	return at, err
}
