package commands

import (
	"context"
	"errors"
	"strings"
	"time"

	"meridian/bot"
)

// sampleTimer is the event by which a new desk gets its sample day.
const sampleTimer = "sample"

// sample shows a sample day, takes it away again, or tells its digest.
func sample() bot.Command {
	return bot.Command{
		Name: "sample", Words: words(nil, []string{"пример"}), Slash: "desk", Action: bot.ActSample,
		Args:  []bot.Arg{{Name: "what", Kind: bot.ArgWords, Optional: true}},
		Usage: "usage.sample", Help: "help.sample",
		Handler: bot.Handler{Do: func(_ context.Context, tx bot.Tx, e bot.Event, _ any) error {
			_, err := tx.Request(-1)
			if err != nil && !errors.Is(err, bot.ErrNotFound) {
				return err
			}
			there := err == nil
			switch what := strings.ToLower(strings.TrimSpace(e.Call.Args["what"])); {
			case what == "clear" && !there:
				return bot.Refuse("refuse.no_sample", "Usage", bot.Code("/desk sample show"))
			case what == "clear":
				return tx.DropSample()
			case what == "digest" && there:
				return sampleDigest(tx, e)
			case what == "" || what == "show" || what == "digest":
				if there {
					return bot.Refuse("refuse.sample_there", "Usage", bot.Code("/desk sample clear"))
				}
				if err := showSample(tx, e); err != nil || what != "digest" {
					return err
				}
				return sampleDigest(tx, e)
			}
			return bot.Refuse("refuse.usage", "Usage", bot.Code("/desk sample clear"))
		}},
	}
}

// sampleDue gives a desk that nobody has used yet its sample day.
func sampleDue() bot.Handler {
	return bot.Handler{Name: "sample", Do: func(_ context.Context, tx bot.Tx, e bot.Event, _ any) error {
		if e.Body.(bot.Due).What != sampleTimer {
			return bot.ErrPass
		}
		used, err := tx.HighestRequest()
		if err != nil || used > 0 {
			return err
		}
		if _, err := tx.Request(-1); err == nil || !errors.Is(err, bot.ErrNotFound) {
			return err
		}
		err = showSample(tx, e)
		var refused *bot.Error
		if errors.As(err, &refused) { // there are no channels to show it in
			return nil
		}
		return err
	}}
}

// FirstSample is the event that gives a desk its sample day, once.
func FirstSample(now time.Time) bot.Event {
	return bot.Event{Source: "cli", Key: sampleTimer, At: now, Body: bot.Due{Timer: sampleTimer, What: sampleTimer, Object: sampleTimer, At: now}}
}

// sampleDay is the sample day while it is made.
type sampleDay struct {
	tx                          bot.Tx
	e                           bot.Event
	s                           *bot.Settings
	now                         time.Time
	support, desk, alerts, team bot.Place
}

// showSample makes the sample day in the channels of the web desk.
func showSample(tx bot.Tx, e bot.Event) error {
	d := &sampleDay{tx: tx, e: e, s: tx.Settings(), now: tx.Now()}
	if !d.channels() {
		return bot.Refuse("refuse.sample_where")
	}
	for _, scene := range []func() error{d.disk, d.invoice, d.giftCards, d.checkout, d.senderAddress, d.morning} {
		if err := scene(); err != nil {
			return err
		}
	}
	return nil
}

// channels finds where the day is shown: nothing of it may be said anywhere but
// on the web desk.
func (d *sampleDay) channels() bool {
	web := func(p bot.Place) bool { return p.Adapter == "web" }
	for _, c := range d.s.Channels {
		switch {
		case !web(c.Place):
		case c.Audience != bot.Inside && d.support == bot.Place{}:
			d.support = c.Place
		case c.Audience == bot.Inside && c.Name == "alerts":
			d.alerts = c.Place
		case c.Audience == bot.Inside && c.Name == "team":
			d.team = c.Place
		}
	}
	d.desk = bot.DeskOf(d.s, d.support)
	for _, p := range []*bot.Place{&d.alerts, &d.team} {
		if *p == (bot.Place{}) {
			*p = d.desk
		}
	}
	mails := bot.DeskOf(d.s, bot.Place{Adapter: "email", Channel: "a@larkspur.example"})
	return web(d.support) && web(d.desk) && web(mails) && d.s.Inside(d.desk)
}

// who is somebody of the cast: who goes by that name here, else somebody made
// up.
func (d *sampleDay) who(name, address string) bot.Actor {
	if p, ok := d.s.Named(name); ok && strings.HasPrefix(p.ID, "web:") && address == "" {
		return bot.Actor{ID: p.ID, Name: p.Name}
	}
	if address != "" {
		return bot.Actor{ID: "email:" + address, Name: name}
	}
	return bot.Actor{ID: "sample:" + strings.ToLower(name), Name: name}
}

// agent is somebody of the team: who goes by that name, else the first.
func (d *sampleDay) agent(name string) bot.Person {
	if p, ok := d.s.Named(name); ok && p.Team() {
		return p
	}
	for _, p := range d.s.People {
		if p.Team() {
			return p
		}
	}
	return bot.Person{ID: "sample:" + strings.ToLower(name), Name: name}
}

// ago is an instant of the day.
func (d *sampleDay) ago(t time.Duration) time.Time { return d.now.Add(-t) }

// words are what somebody says, in the team's language.
func (d *sampleDay) words(t bot.Text) (string, error) { return d.s.InWords(t.For(d.s.Team.Language)) }
