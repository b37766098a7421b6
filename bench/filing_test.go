package bench

import (
	"slices"
	"testing"
	"time"

	"meridian/bot"
	"meridian/storage"
)

// BenchmarkFiling stores requests with their comments in a store that has
// 24,000, the words they are found by included: one in an Update of its own, and
// 32 that share one, as the engine does when many wait. cpu-us is what our
// process takes for one on average.
func BenchmarkFiling(b *testing.B) {
	for _, engine := range []struct {
		name string
		open func(*testing.B) string
	}{{"sqlite", sqlite}, {"postgres", postgres}} {
		b.Run(engine.name, func(b *testing.B) {
			s, p := filled(b, engine.open(b), 24_000)
			var alone, shared []float64
			busy, before := cpuTime(b), p.n
			for b.Loop() {
				alone = append(alone, timed(b, s, p, 1))
				shared = append(shared, timed(b, s, p, 32))
			}
			b.ReportMetric(float64((cpuTime(b)-busy).Microseconds())/float64(p.n-before), "cpu-us")
			b.ReportMetric(middle(alone), "alone-us")
			b.ReportMetric(middle(shared), "shared-us")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// timed is how many microseconds each of n requests took that share an Update.
func timed(b *testing.B, s *storage.Store, p *prose, n int) float64 {
	began := time.Now()
	fileMany(b, s, p, n)
	return float64(time.Since(began).Microseconds()) / float64(n)
}

func fileMany(b *testing.B, s *storage.Store, p *prose, n int) {
	update(b, s, func(tx bot.Tx) error {
		for range n {
			if err := p.file(tx); err != nil {
				return err
			}
		}
		return nil
	})
}

// filled is a store with n requests; it is closed with the benchmark.
func filled(b *testing.B, url string, n int) (*storage.Store, *prose) {
	s, err := storage.Open(b.Context(), url, storage.Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := s.Close(); err != nil {
			b.Error(err)
		}
	})
	p := newProse()
	for p.n < n {
		fileMany(b, s, p, min(200, n-p.n))
	}
	return s, p
}

// high is the 99th of a hundred values.
func high(values []float64) float64 {
	slices.Sort(values)
	return values[len(values)*99/100]
}
