package bench

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"meridian/bot"
	"meridian/commands"
)

// message is what somebody says to the desk in a thread of its own. Each is of
// another person: what one says within three minutes is one request.
func message(i int) bot.Event {
	key := fmt.Sprintf("m%d", i)
	return bot.Event{
		Source: "web", Key: "said:" + key, Place: bot.Place{Adapter: "web", Channel: "support"}, Message: key, At: time.Now(),
		Actor: bot.Actor{ID: fmt.Sprintf("web:client%d", i), Name: "Client"},
		Body:  bot.Said{Text: "Checkout fails for gift cards since this morning, order " + key, Mentioned: true},
	}
}

// BenchmarkHandled takes a message all the way: accepted, made a request, its
// card delivered to a messenger. Wanted: 1,500 a second on SQLite with at most
// one commit an event, 300 a second on PostgreSQL.
func BenchmarkHandled(b *testing.B) {
	for _, store := range []struct {
		name string
		open func(*testing.B) string
		n    int
	}{{"sqlite", sqlite, 6000}, {"postgres", postgres, 2000}} {
		b.Run(store.name, func(b *testing.B) {
			d := newDesk(b, store.open(b), commands.Unasked())
			defer d.run(b)()
			before, err := d.store.Stats(b.Context())
			if err != nil {
				b.Fatal(err)
			}
			began := time.Now()
			accept(b, d, store.n)
			for d.fake.cards.Load() < int64(store.n) {
				if time.Since(began) > 2*time.Minute {
					b.Fatalf("%d of %d cards after 2 minutes", d.fake.cards.Load(), store.n)
				}
				sleep(b.Context(), time.Millisecond)
			}
			took := time.Since(began)
			after, err := d.store.Stats(b.Context())
			if err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(store.n)/took.Seconds(), "handled/s")
			b.ReportMetric(float64(after.Commits-before.Commits)/float64(store.n), "commits/event")
			b.ReportMetric(float64(d.statements.Load())/float64(store.n), "statements/event")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// accept has 64 callers bring n messages, the higher load of those that the intake
// is measured under.
func accept(b *testing.B, d *desk, n int) {
	var wg sync.WaitGroup
	next := make(chan int)
	for range 64 {
		wg.Go(func() {
			for i := range next {
				if err := d.engine.Accept(b.Context(), message(i)); err != nil {
					b.Error(err)
				}
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	wg.Wait()
}

func sleep(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

func middle(v []float64) float64 {
	slices.Sort(v)
	return v[len(v)/2]
}
