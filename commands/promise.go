package commands

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"meridian/bot"
	"meridian/bot/phrase"
	"meridian/bot/say"
)

// promiseHour is the end of the day on which a client says they come back to
// it, where they name no hour.
const promiseHour = 18

// tellLater tells the assignee that the client will come back to it, and offers
// to count their silence to when they said.
func tellLater(tx bot.Tx, e bot.Event, r bot.Request, c bot.Comment) error {
	if r.Assignee == "" {
		return nil
	}
	s := tx.Settings()
	m := bot.MessageOf(bot.Say("told.later", "Request", r.Part(), "Name", bot.Quote(c.Name)).Plus(bot.Break(), bot.BlockQuote(strings.TrimSpace(c.Text))))
	if at, ok := promisedAt(s, r, c.Text, tx.Now()); ok {
		was, follows := s.SilentAt(r)
		if follows && !at.Equal(was) {
			label := bot.Say("button.move_reminder", "When", s.AtClient(at, r, say.DayClock))
			m.Buttons = []bot.Button{{Label: label, Act: "promised", Value: fmt.Sprintf("%s %d", r.ID(), at.UnixMilli())}}
		}
	}
	return bot.DirectUnasked(tx, bot.Delivery{Key: fmt.Sprintf("later:%s:%d", r.ID(), e.ID)}, s.Person(bot.Actor{ID: r.Assignee}), m)
}

// promisedAt is when a client says they come back to it, on their own clock.
func promisedAt(s *bot.Settings, r bot.Request, text string, now time.Time) (time.Time, bool) {
	zone := s.ClientZone(r)
	if zone == nil {
		zone = s.ZoneOf(bot.Person{})
	}
	found, _, err := phrase.Find(bot.AfterThanks(text, r.Name), string(r.Language), zone, now)
	if err != nil || found.At.IsZero() {
		return time.Time{}, false
	}
	at := found.At
	if found.Whole {
		y, m, d := at.In(zone).Date()
		at = time.Date(y, m, d, promiseHour, 0, 0, 0, zone)
	}
	return at, at.After(now)
}

// promised counts a client's silence to when they said they come back to it.
func promised() bot.Command {
	return bot.Command{
		Name: "promised", Slash: "request", Action: bot.ActAsk,
		Args: append(one(), bot.Arg{Name: "at", Kind: bot.ArgWords}), Usage: "promised R-12",
		Handler: bot.Handler{Do: func(_ context.Context, tx bot.Tx, e bot.Event, _ any) error {
			r, err := request(tx, e)
			if err != nil {
				return err
			}
			ms, err := strconv.ParseInt(strings.TrimSpace(e.Call.Args["at"]), 10, 64)
			at := time.UnixMilli(ms).UTC()
			switch {
			case err != nil:
				return bot.Refuse("refuse.usage", "Usage", bot.UsageOn("usage.remind", r))
			case !r.WaitsForClient():
				return bot.Refuse("refuse.not_waiting", "Request", r.Part())
			case !at.After(tx.Now()) || at.Sub(tx.Now()) > 400*24*time.Hour:
				return bot.Refuse("refuse.until_past", "When", bot.At(at))
			}
			if before := r; !r.Promised.Equal(at) {
				r.Promised = at
				if err := bot.Change(tx, e, before, &r, ""); err != nil {
					return err
				}
			}
			return bot.Whisper(tx, e, bot.MessageOf(bot.Say("told.promised", "Request", r.Part(), "When", tx.Settings().AtClient(at, r, say.DayClock))))
		}},
	}
}
