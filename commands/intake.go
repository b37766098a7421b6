package commands

import (
	"context"
	"errors"
	"time"

	"meridian/bot"
)

// intake takes in messages that no request has claimed: those addressed to the
// desk, direct messages, and what clients write where the desk listens.
func intake() bot.Handler {
	return bot.Handler{Name: "intake", Do: func(_ context.Context, tx bot.Tx, e bot.Event, _ any) error {
		b := e.Body.(bot.Said)
		c, _ := tx.Settings().Channel(e.Place)
		ours := e.Actor.Bot || tx.Settings().Person(e.Actor).Team()
		switch {
		case b.Mentioned:
		case c.Intake == bot.IntakeShadow:
			return overhear(tx, e, b, ours)
		case ours || e.Place.Thread != "":
			return bot.ErrPass
		case c.Intake == bot.IntakeSuggest:
			return suggest(tx, e, b)
		case c.Intake != bot.IntakeAuto:
			return bot.ErrPass
		}
		return takeIn(tx, e, b)
	}}
}

// takeIn makes a request of a message, or finds the one that it belongs to.
func takeIn(tx bot.Tx, e bot.Event, b bot.Said) error {
	text := b.Text
	switch {
	case bot.Blank(text) && len(b.Files) == 0 && b.Mentioned:
		return bot.Refuse("refuse.empty", "Usage", bot.Usage("usage.desk_words"))
	case bot.Blank(text) && len(b.Files) == 0:
		return bot.ErrPass
	case gistOf(tx, e, text).Pleased():
		return thanked(tx, e, text)
	}
	// One message may be reported by two events, such as what was said and that
	// the desk was addressed.
	if _, _, root, err := tx.RequestAt(e.Place, e.Message); err == nil && root {
		return nil
	} else if err != nil && !errors.Is(err, bot.ErrNotFound) {
		return err
	}
	private, asked, err := answersHere(tx, e)
	if err != nil {
		return err
	}
	if private.Number != 0 {
		return saidDirectly(tx, e, b, private)
	}
	before, err := lastMatter(tx, e)
	switch {
	case err != nil:
		return err
	case before.takes:
		return joined(tx, e, b, before.request)
	case asked.Number != 0:
		return saidDirectly(tx, e, b, asked)
	}
	r, err := fileWords(tx, e, text, "")
	if err != nil || !before.asks {
		return err
	}
	return askSame(tx, e, r, before.request)
}

// thanked takes thanks said outside of any conversation: on the person's last
// solved request it confirms, and it never files anything.
func thanked(tx bot.Tx, e bot.Event, text string) error {
	who := tx.Settings().Person(e.Actor)
	r, err := thankedFor(tx, who)
	if err != nil || r.Number == 0 {
		return err
	}
	_, err = clientSays(tx, e, r, bot.Comment{Request: r.Number, Author: who.ID, Name: who.Name, Text: text,
		Visibility: bot.ForClient, Place: e.Place, Message: e.Message, At: e.At})
	return err
}

// thanksFor is how long after a request thanks that answer nothing are taken to
// be for it; thankedAmong is how many requests of a person are looked through.
const (
	thanksFor    = 14 * 24 * time.Hour
	thankedAmong = 10
)

// thankedFor is the request that a person is thankful for: the one solved last,
// before all one that they have not confirmed. Number 0: none.
func thankedFor(v bot.View, who bot.Person) (best bot.Request, err error) {
	recent, err := v.Requests(bot.RequestQuery{Requester: who.ID, States: []bot.State{bot.Solved}, Newest: true, Limit: thankedAmong})
	if err != nil {
		return best, err
	}
	for _, r := range recent {
		if v.Now().Sub(r.SolvedAt) > thanksFor {
			continue
		}
		better := r.SolvedAt.After(best.SolvedAt)
		if r.Confirmed != best.Confirmed {
			better = best.Confirmed
		}
		if best.Number == 0 || better {
			best = r
		}
	}
	return best, nil
}
