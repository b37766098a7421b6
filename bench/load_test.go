package bench

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"meridian/adapters/webhook"
	"meridian/bot"
	"meridian/bot/bottest"
	"meridian/bot/engine"
	"meridian/bot/say"
	"meridian/commands"
	"meridian/storage"
	"meridian/storage/storagetest"
)

const secret = "bench-secret"

// body is one Alertmanager report; n makes it one of a thousand alerts.
func body(n int64) []byte {
	return fmt.Appendf(nil, `{"version":"4","groupKey":"{}:{alertname=\"Load%d\"}","status":"firing","receiver":"desk","alerts":[{"status":"firing","labels":{"alertname":"Load%d","severity":"warning","instance":"db-%d"},"annotations":{"summary":"load of db-%d is high"},"startsAt":"2026-03-03T10:00:00Z","endsAt":"0001-01-01T00:00:00Z","generatorURL":"http://prometheus.example/graph","fingerprint":"%016x"}]}`,
		n%100, n%100, n%1000, n%1000, n%1000)
}

// serve listens on loopback and gives the address of the hook.
func serve(b *testing.B, h http.Handler) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	s := &http.Server{Handler: h, ReadHeaderTimeout: 5 * time.Second}
	go func() {
		if err := s.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			b.Error(err)
		}
	}()
	b.Cleanup(func() { s.Close() }) //nolint:errcheck // the test is over
	return "http://" + l.Addr().String() + "/hooks/prod"
}

// figures are what a load saw.
type figures struct {
	perSecond float64
	p50, p99  time.Duration
}

// load posts bodies over keep-alive connections for a while. pace is the time
// between two requests of one connection; zero: as fast as they are answered.
func load(b *testing.B, url string, connections int, d, pace time.Duration) figures {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: connections, MaxConnsPerHost: connections}}
	defer client.CloseIdleConnections()
	var n atomic.Int64
	var mu sync.Mutex
	var all []time.Duration
	var wg sync.WaitGroup
	began := time.Now()
	for range connections {
		wg.Go(func() {
			var took []time.Duration
			for time.Since(began) < d {
				start := time.Now()
				if err := postBody(client, url, body(n.Add(1))); err != nil {
					b.Error(err)
					return
				}
				took = append(took, time.Since(start))
				if rest := pace - time.Since(start); rest > 0 {
					time.Sleep(rest)
				}
			}
			mu.Lock()
			defer mu.Unlock()
			all = append(all, took...)
		})
	}
	wg.Wait()
	return summary(b, all, time.Since(began))
}

// summary is what a load saw that took so long in all.
func summary(b *testing.B, all []time.Duration, in time.Duration) figures {
	if len(all) == 0 {
		b.Fatal("nothing was answered")
	}
	slices.Sort(all)
	return figures{float64(len(all)) / in.Seconds(), all[len(all)/2], all[len(all)*99/100]}
}

func postBody(client *http.Client, url string, body []byte) error {
	r, err := http.NewRequest(http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer "+secret)
	res, err := client.Do(r)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if _, err := io.Copy(io.Discard, res.Body); err != nil || res.StatusCode != http.StatusAccepted {
		return fmt.Errorf("status %d: %w", res.StatusCode, err)
	}
	return nil
}

// desk is a whole desk with a messenger that takes everything at once.
type desk struct {
	store  *storage.Store
	engine *engine.Engine
	hook   http.Handler
	fake   *messenger
	// statements is how many SQL statements handling has taken.
	statements atomic.Int64
}

func newDesk(b *testing.B, url string, u bot.Unasked) *desk {
	return newDeskOf(b, url, u, bottest.Team(b))
}

// newDeskOf is a desk of another team.
func newDeskOf(b *testing.B, url string, u bot.Unasked, settings *bot.Settings) *desk {
	current := func() *bot.Settings { return settings }
	s, err := storage.Open(b.Context(), url, storage.Options{Settings: current})
	if err != nil {
		b.Fatal(err)
	}
	words, err := say.New()
	if err != nil {
		b.Fatal(err)
	}
	router, err := bot.NewRouter(commands.All(), u)
	if err != nil {
		b.Fatal(err)
	}
	d := &desk{store: s, fake: &messenger{}}
	e, err := engine.New(engine.Options{
		Store: s, Router: router, Catalogue: words, Settings: current,
		Handled: func(_ bot.Event, n int) { d.statements.Add(int64(n)) },
	})
	if err != nil {
		b.Fatal(err)
	}
	d.engine = e
	hooks := webhook.New([]webhook.Hook{{Name: "prod", Kind: "alertmanager", Secrets: []bot.Secret{secret}, Channel: bot.Place{Adapter: "web", Channel: "alerts"}}}, e, webhook.Options{})
	mux := http.NewServeMux()
	mux.Handle("/hooks/{name}", hooks.Handler())
	d.hook = mux
	if err := e.Add(d.fake, hooks); err != nil {
		b.Fatal(err)
	}
	return d
}

// run starts the loops; the result ends them and closes the store.
func (d *desk) run(b *testing.B) (stop func()) {
	ctx, cancel := context.WithCancel(b.Context())
	done := make(chan error, 1)
	go func() { done <- d.engine.Run(ctx) }()
	return func() {
		cancel()
		if err := errors.Join(<-done, d.store.Close()); err != nil {
			b.Error(err)
		}
	}
}

// messenger takes every delivery at once, counts cards, and can say what it
// has taken.
type messenger struct {
	cards, all atomic.Int64
	taken      sync.Map
}

func (m *messenger) Name() string { return "web" }

func (m *messenger) Run(ctx context.Context) error {
	<-ctx.Done()
	return nil
}

func (m *messenger) Rates() bot.Rates { return bot.Rates{Parallel: 64} }

func (m *messenger) Deliver(_ context.Context, d bot.Delivery) (bot.Receipt, error) {
	m.all.Add(1)
	m.taken.Store(d.Key, time.Now())
	if d.Op == bot.OpPost && d.Message.Card {
		m.cards.Add(1)
	}
	return bot.Receipt{Message: "m:" + d.Key}, nil
}

// Find says whether a delivery was taken.
func (m *messenger) Find(_ context.Context, d bot.Delivery) (bot.Receipt, bool, error) {
	_, ok := m.taken.Load(d.Key)
	return bot.Receipt{Message: "m:" + d.Key}, ok, nil
}

func sqlite(b *testing.B) string { return "sqlite:" + filepath.Join(b.TempDir(), "desk.db") }

func postgres(b *testing.B) string { return storagetest.Postgres(b) }

func TestMain(m *testing.M) { storagetest.Main(m) }
