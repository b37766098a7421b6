package email

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"meridian/bot"
	"meridian/bot/engine"
	"meridian/bot/say"
	"meridian/commands"
	"meridian/storage"
)

// whole runs the desk with its rules on a store, with a mailbox as its only way
// in, until stop is called.
func whole(t *testing.T, url string, c Config, more ...func(*bot.Settings)) (store *storage.Store, stop func()) {
	t.Helper()
	desk := bot.Place{Adapter: "web", Channel: "desk"}
	settings := &bot.Settings{
		Team: bot.Team{Name: "Desk", Zone: time.UTC, Language: say.English}, MailFrom: "support@desk.example", MailCards: desk, TeamCards: desk,
		Channels: []bot.Channel{{Name: "desk", Place: desk, Audience: bot.Inside}}, UndoState: 10 * time.Minute, UndoReply: time.Second,
	}
	for _, change := range more {
		change(settings)
	}
	current := func() *bot.Settings { return settings }
	log := slog.New(slog.DiscardHandler)
	store, err := storage.Open(t.Context(), url, storage.Options{Settings: current, Log: log})
	if err != nil {
		t.Fatal(err)
	}
	words, err := say.New()
	if err != nil {
		t.Fatal(err)
	}
	router, err := bot.NewRouter(commands.All(), commands.Unasked())
	if err != nil {
		t.Fatal(err)
	}
	e, err := engine.New(engine.Options{Store: store, Router: router, Catalogue: words, Settings: current, Log: log})
	if err != nil {
		t.Fatal(err)
	}
	secret, err := store.Secret(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	a := newAdapter(t, c, e, Options{Secret: secret})
	if err := e.Add(a); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- e.Run(ctx) }()
	stopped := false
	stop = func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		if err := <-done; err != nil {
			t.Errorf("the desk: %v", err)
		}
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	}
	t.Cleanup(stop)
	return store, stop
}

// awaitStored waits until something can be read of the store.
func awaitStored(t *testing.T, s *storage.Store, what string, holds func(v bot.View) (bool, error)) {
	t.Helper()
	changes := s.Watch(t.Context())
	late := time.After(2 * time.Minute)
	for {
		ok := false
		if err := s.View(t.Context(), func(v bot.View) (err error) { ok, err = holds(v); return err }); err != nil {
			t.Fatal(err)
		}
		if ok {
			return
		}
		select {
		case <-changes:
		case <-late:
			t.Fatalf("%s: never", what)
		}
	}
}

func requests(n int) func(bot.View) (bool, error) {
	return func(v bot.View) (bool, error) {
		count, err := v.CountRequests(bot.RequestQuery{})
		return count == n, err
	}
}

func TestTheDeskFilesTheMailOfItsMailbox(t *testing.T) {
	s := dovecot(t, "")
	s.put("INBOX", letterOf(0), time.Now().Add(-time.Hour))
	url := "sqlite:" + filepath.Join(t.TempDir(), "desk.db")
	config := Config{IMAP: IMAP{URL: s.url()}}
	connected := func(v bot.View) (bool, error) {
		until, err := v.HeardUntil(Source)
		return !until.IsZero(), err
	}

	store, stop := whole(t, url, config)
	awaitStored(t, store, "connected", connected)
	s.put("INBOX", letterOf(1), time.Now())
	awaitStored(t, store, "one request", requests(1))
	s.put("INBOX", letterOf(1), time.Now()) // the same mail once more
	s.put("INBOX", letterOf(2), time.Now())
	awaitStored(t, store, "two requests", requests(2))
	stop()
	s.put("INBOX", letterOf(3), time.Now())
	store, _ = whole(t, url, config)
	awaitStored(t, store, "three requests", requests(3))
	err := store.View(t.Context(), func(v bot.View) error {
		all, err := v.Requests(bot.RequestQuery{})
		for i, r := range all {
			if want := fmt.Sprintf("Mail %d", i+1); r.Title != want || r.Source != Source || r.Home.Channel != "anna@shop.example" {
				t.Errorf("request %d is %q of %s at %s, want %q", r.Number, r.Title, r.Source, r.Home, want)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
