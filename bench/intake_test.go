package bench

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"meridian/bot"
	"meridian/commands"
)

// BenchmarkIntake posts alert bodies to the hook, each answered after its
// commit, beside the floor program in the same run. Handlers are paused.
// Wanted: at least 0.6 of the floor, and a p99 of at most twice the floor's.
func BenchmarkIntake(b *testing.B) {
	const rounds, each = 5, 1500 * time.Millisecond
	for _, connections := range []int{16, 64} {
		b.Run(fmt.Sprint(connections, "-connections"), func(b *testing.B) {
			floor, err := NewFloor(filepath.Join(b.TempDir(), "floor.db"), secret)
			if err != nil {
				b.Fatal(err)
			}
			defer floor.Close() //nolint:errcheck // the benchmark is over
			d := newDesk(b, sqlite(b), commands.Unasked())
			defer d.store.Close() //nolint:errcheck // the benchmark is over
			low, ours := serve(b, floor), serve(b, d.hook)
			load(b, low, connections, each/3, 0)
			load(b, ours, connections, each/3, 0)
			var f, o []figures
			for range rounds {
				f = append(f, load(b, low, connections, each, 0))
				o = append(o, load(b, ours, connections, each, 0))
			}
			report(b, "floor", median(f))
			report(b, "desk", median(o))
			b.ReportMetric(median(o).perSecond/median(f).perSecond, "ratio")
			b.ReportMetric(float64(median(o).p99)/float64(median(f).p99), "p99-ratio")
		})
	}
}

// BenchmarkIntakeBesideWork posts 200 bodies a second, all of them handled,
// while a Look of two seconds is under way. Wanted: p99 below 20 ms.
func BenchmarkIntakeBesideWork(b *testing.B) {
	u := commands.Unasked()
	u.Said = []bot.Handler{{
		Name: "slow",
		Look: func(ctx context.Context, _ bot.View, _ bot.Event) (any, error) {
			select {
			case <-ctx.Done():
			case <-time.After(2 * time.Second):
			}
			return nil, nil
		},
		Do: func(context.Context, bot.Tx, bot.Event, any) error { return nil },
	}}
	d := newDesk(b, sqlite(b), u)
	defer d.run(b)()
	url := serve(b, d.hook)
	ctx, cancel := context.WithCancel(b.Context())
	defer cancel()
	go func() {
		for i := 0; ctx.Err() == nil; i++ {
			if err := d.engine.Accept(ctx, message(i)); err != nil {
				return
			}
			sleep(ctx, 500*time.Millisecond)
		}
	}()
	got := load(b, url, 20, 10*time.Second, 100*time.Millisecond)
	report(b, "desk", got)
}

func report(b *testing.B, who string, f figures) {
	b.ReportMetric(f.perSecond, who+"/s")
	b.ReportMetric(float64(f.p99.Microseconds())/1000, who+"-p99-ms")
	b.ReportMetric(0, "ns/op")
}

func median(all []figures) figures {
	at := func(of func(figures) float64) float64 {
		var v []float64
		for _, f := range all {
			v = append(v, of(f))
		}
		return middle(v)
	}
	return figures{
		at(func(f figures) float64 { return f.perSecond }),
		time.Duration(at(func(f figures) float64 { return float64(f.p50) })),
		time.Duration(at(func(f figures) float64 { return float64(f.p99) })),
	}
}
