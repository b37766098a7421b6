package commands

import (
	"context"

	"meridian/bot"
)

// outsideMark begins the names under which it is kept that somebody from outside
// reads a channel of the team's cards.
const outsideMark = "outside:"

// outsider tells whoever leads the team when somebody from outside comes to read
// a channel in which cards are posted, where they stop, and when only the team
// reads it again.
func outsider() bot.Handler {
	return bot.Handler{Name: "outsider", Do: func(_ context.Context, tx bot.Tx, e bot.Event, _ any) error {
		s, place := tx.Settings(), e.Place.Top()
		if b := e.Body.(bot.Changed); b.What != "channel" || !showsCards(s, place) {
			return bot.ErrPass
		}
		name := outsideMark + place.String()
		known, err := tx.Mark(name)
		if err != nil || (known == "") == s.Inside(place) {
			return err
		}
		t, mark := bot.Say("audience.outside", "Place", bot.Quote(channelName(s, place))), msOf(tx.Now())
		if s.Inside(place) {
			t, mark = bot.Say("audience.inside", "Place", bot.Quote(channelName(s, place))), ""
		}
		if err := tx.SaveMark(name, mark); err != nil {
			return err
		}
		for _, who := range leaders(s) {
			if err := bot.DirectTo(tx, name+":"+msOf(tx.Now())+":"+who.ID, who, bot.MessageOf(t)); err != nil {
				return err
			}
		}
		return nil
	}}
}

// showsCards reports whether the team's cards go to a channel.
func showsCards(s *bot.Settings, place bot.Place) bool {
	if place == s.TeamCards.Top() || place == s.MailCards.Top() {
		return true
	}
	for _, c := range s.Channels {
		if place == c.Desk {
			return true
		}
	}
	return false
}
