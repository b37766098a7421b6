package commands

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"meridian/bot"
)

// suggest asks whoever wrote what looks like a request, privately, whether to
// file it: once a person a day, until they press.
func suggest(tx bot.Tx, e bot.Event, b bot.Said) error {
	s := tx.Settings()
	if gistOf(tx, e, b.Text).Pleased() || !bot.LooksOf(b.Text, ourNames(s)...).IsRequest() {
		return bot.ErrPass
	}
	before, err := lastMatter(tx, e)
	if err != nil {
		return err
	}
	if before.takes {
		return joined(tx, e, b, before.request)
	}
	who := s.Person(e.Actor)
	offered, err := tx.OverheardList(bot.OverheardQuery{Who: who.ID, Verdict: bot.WasOffered, Any: true, Newest: true, Limit: 1})
	if err != nil {
		return err
	}
	if len(offered) > 0 && offered[0].Request == 0 && sameDay(offered[0].At, tx.Now(), s.ZoneOf(who)) {
		return nil
	}
	o := bot.Overheard{Place: e.Place, Message: e.Message, Who: who.ID, Name: who.Name, Text: b.Text, At: e.At, Verdict: bot.WasOffered}
	if err := tx.SaveOverheard(&o); err != nil || o.ID == 0 {
		return err
	}
	return bot.Whisper(tx, e, bot.MessageOf(bot.Say("suggest.ask"), bot.PressButton("button.file", "fileit", strconv.FormatInt(o.ID, 10))))
}

func sameDay(a, b time.Time, zone *time.Location) bool {
	return a.In(zone).Format(time.DateOnly) == b.In(zone).Format(time.DateOnly)
}

// fileIt files the message under which its author was asked.
func fileIt() bot.Command {
	return bot.Command{
		Name: "fileit", Slash: "request", Action: bot.ActFile,
		Args: []bot.Arg{{Name: "offer", Kind: bot.ArgWords}}, Usage: "fileit 12",
		Handler: bot.Handler{Do: func(_ context.Context, tx bot.Tx, e bot.Event, _ any) error {
			o, err := overheardBy(tx, e, e.Call.Args["offer"])
			if err != nil {
				return err
			}
			r, _, root, err := tx.RequestAt(o.Place, o.Message)
			switch {
			case err == nil && root:
				return bot.Refuse("refuse.filed", "Request", r.Part())
			case err != nil && !errors.Is(err, bot.ErrNotFound):
				return err
			}
			e.At, e.Message = o.At, o.Message // as if it had been filed at once
			r, err = bot.FileRequest(tx, e, bot.Filing{
				Who: bot.Actor{ID: o.Who, Name: o.Name}, Words: o.Text, Source: o.Place.Adapter, Home: o.Place.In(o.Message), Message: o.Message,
			})
			if err != nil {
				return err
			}
			o.Request = r.Number
			return tx.SaveOverheard(&o)
		}},
	}
}

// overheardBy finds the message that its author was asked about. For anybody
// else there is none.
func overheardBy(v bot.View, e bot.Event, id string) (bot.Overheard, error) {
	gone := bot.Refuse("refuse.offer_gone", "Usage", bot.Usage("usage.request_words"))
	n, err := strconv.ParseInt(strings.TrimSpace(id), 10, 64)
	if err != nil {
		return bot.Overheard{}, gone
	}
	o, err := v.Overheard(n)
	if errors.Is(err, bot.ErrNotFound) || err == nil && (o.Verdict != bot.WasOffered || !e.Call.Person.Is(o.Who) || strings.TrimSpace(o.Text) == "") {
		return o, gone
	}
	return o, err
}

// reheard follows the edit or the removal of a message that was overheard: what
// its author takes away is not kept.
func reheard() bot.Handler {
	return bot.Handler{Name: "reheard", Do: func(_ context.Context, tx bot.Tx, e bot.Event, _ any) error {
		c, _ := tx.Settings().Channel(e.Place)
		if c.Intake != bot.IntakeSuggest && c.Intake != bot.IntakeShadow {
			return bot.ErrPass
		}
		o, err := tx.OverheardAt(e.Place, e.Message)
		if errors.Is(err, bot.ErrNotFound) {
			return bot.ErrPass
		}
		if err != nil || o.Text == "" || !tx.Settings().Person(e.Actor).Is(o.Who) {
			return err
		}
		o.Text = ""
		if b, ok := e.Body.(bot.Edited); ok {
			o.Text = bot.Unaddressed(b.Text)
		}
		return tx.SaveOverheard(&o)
	}}
}
