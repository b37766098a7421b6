package bench

import (
	"context"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"meridian/bot"
	"meridian/commands"
)

// BenchmarkList asks for the queue with 24,000 requests in the store, as
// "/request list" does, answer included. Wanted: a p99 of at most 5 ms.
func BenchmarkList(b *testing.B) {
	path := filepath.Join(b.TempDir(), "desk.db")
	fill(b, path, 24_000, 0)
	d := newDesk(b, "sqlite:"+path, commands.Unasked())
	defer d.store.Close() //nolint:errcheck // the benchmark is over
	router, err := bot.NewRouter(commands.All(), commands.Unasked())
	if err != nil {
		b.Fatal(err)
	}
	var took []time.Duration
	for b.Loop() {
		e := bot.Event{
			ID: int64(len(took) + 1), Source: "web", Key: "k", Place: bot.Place{Adapter: "web", Channel: "desk"},
			Actor: bot.Actor{ID: "web:inga"}, At: time.Now(), Body: bot.Commanded{Slash: "request", Text: "list"},
		}
		began := time.Now()
		update(b, d.store, func(tx bot.Tx) error {
			return router.Route(tx.Settings(), e)[0].Do(context.Background(), tx, e, nil)
		})
		took = append(took, time.Since(began))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
}
