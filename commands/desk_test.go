package commands_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"meridian/bot"
	"meridian/bot/bottest"
	"meridian/commands"
	"meridian/storage"
)

// desk is all rules on a SQLite store, without an engine: what an event does
// is done at once and in one transaction.
type desk struct {
	t        testing.TB
	store    bot.Store
	router   *bot.Router
	settings *bot.Settings
	n        int
	later    time.Duration // how far the desk's clock is ahead
}

func newDesk(t testing.TB) *desk {
	t.Helper()
	router, err := bot.NewRouter(commands.All(), commands.Unasked())
	if err != nil {
		t.Fatal(err)
	}
	d := &desk{t: t, router: router, settings: bottest.Team(t)}
	d.store, err = storage.Open(context.Background(), "sqlite:"+filepath.Join(t.TempDir(), "desk.db"),
		storage.Options{Now: func() time.Time { return time.Now().Add(d.later) }, Settings: func() *bot.Settings { return d.settings }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.store.Close(); err != nil {
			t.Error(err)
		}
	})
	return d
}

// do handles an event as the engine does: the first handler to claim it ends
// it, and an error undoes what was written.
func (d *desk) do(e bot.Event) (statements int, err error) {
	d.t.Helper()
	d.n++
	e.ID, e.Source, e.Key = int64(d.n), "web", fmt.Sprint(d.n)
	if e.At.IsZero() {
		e.At = time.Now()
	}
	err = d.store.Update(context.Background(), func(tx bot.Tx) error {
		before := count(tx)
		defer func() { statements = count(tx) - before }()
		return d.handle(tx, e)
	})
	return statements, err
}

// handle gives an event to the first handler that claims it.
func (d *desk) handle(tx bot.Tx, e bot.Event) error {
	for _, h := range d.router.Route(d.settings, e) {
		var seen any
		if h.Look != nil {
			var err error
			if seen, err = h.Look(context.Background(), tx, e); errors.Is(err, bot.ErrPass) {
				continue
			} else if err != nil {
				return err
			}
		}
		if err := h.Do(context.Background(), tx, e, seen); !errors.Is(err, bot.ErrPass) {
			return err
		}
	}
	return nil
}

func count(tx bot.Tx) int {
	return tx.(interface{ Statements() int }).Statements()
}

// must handles an event that may not be refused.
func (d *desk) must(e bot.Event) {
	d.t.Helper()
	if _, err := d.do(e); err != nil {
		d.t.Fatal(err)
	}
}

// requests are all that were filed, oldest first.
func (d *desk) requests() (all []bot.Request) {
	d.t.Helper()
	err := d.store.View(context.Background(), func(v bot.View) (err error) {
		all, err = v.Requests(bot.RequestQuery{Limit: 1000})
		return err
	})
	if err != nil {
		d.t.Fatal(err)
	}
	return all
}

// change writes into the store what no command can.
func (d *desk) change(fn func(tx bot.Tx) error) {
	d.t.Helper()
	if err := d.store.Update(context.Background(), fn); err != nil {
		d.t.Fatal(err)
	}
}

func actor(name string) bot.Actor { return bot.Actor{ID: "web:" + name, Name: name} }

func channel(name string) bot.Place { return bot.Place{Adapter: "web", Channel: name} }

// refusal is the sentence of a refusal as its reader reads it; other errors
// fail the test.
func (d *desk) refusal(err error) string {
	d.t.Helper()
	var told *bot.Error
	if err == nil {
		return ""
	}
	if !errors.As(err, &told) {
		d.t.Fatalf("an error and no refusal: %v", err)
	}
	return told.Error()
}
