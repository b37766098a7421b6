package bench

import (
	"context"
	"syscall"
	"testing"
	"time"

	"meridian/bot"
)

// BenchmarkFind looks for requests by their words in a store with 24,000 of
// them, in the cases that are cheap and those that are not. Wanted: a p99 of at
// most 10 ms, and of at most 3 ms for those like another. The time of the
// processor stands beside it, since others may keep the machine busy.
func BenchmarkFind(b *testing.B) {
	s, _ := filled(b, sqlite(b), 24_000)
	var old bot.Request // what is written is like half of it
	if err := s.View(b.Context(), func(v bot.View) (err error) {
		old, err = v.Request(20_011)
		return err
	}); err != nil {
		b.Fatal(err)
	}
	like := old.Title + " " + old.Words[:len(old.Words)/2]
	for _, tt := range []struct {
		name  string
		q     bot.FindQuery
		limit float64 // milliseconds
		found bool
	}{
		{"in-every-request", bot.FindQuery{Text: "checkout"}, 10, true},
		{"frequent-and-rare", bot.FindQuery{Text: "checkout " + nthWord(9_000)}, 10, true},
		{"never-together", bot.FindQuery{Text: "left right"}, 10, false},
		{"five-frequent", bot.FindQuery{Text: "checkout left " + nthWord(1) + " " + nthWord(2) + " " + nthWord(3)}, 10, true},
		{"prefix", bot.FindQuery{Text: nthWord(40)[:3], Internal: true}, 10, true},
		{"number", bot.FindQuery{Text: "order 100007"}, 10, true},
		{"address", bot.FindQuery{Text: "person7@client7.example"}, 10, true},
		{"of-a-person", bot.FindQuery{Text: "checkout", Requester: "email:person7@client7.example"}, 10, true},
		{"of-clients", bot.FindQuery{Text: "checkout left", Clients: []string{"Client 6", "Client 8", "Client 10"}}, 10, true},
		{"few-in-the-state", bot.FindQuery{Text: "checkout", States: []bot.State{bot.Waiting}, Limit: 50}, 10, true},
		{"none-in-the-state", bot.FindQuery{Text: "right", States: []bot.State{bot.Waiting}}, 10, false},
		{"all-in-the-state", bot.FindQuery{Text: "left", States: []bot.State{bot.Solved, bot.Closed}}, 10, true},
		{"unknown", bot.FindQuery{Text: "checkout nowhere"}, 10, false},
		{"like", bot.FindQuery{Text: like, Like: true, Limit: 2, States: []bot.State{bot.Solved, bot.Closed}}, 3, true},
		{"like-short", bot.FindQuery{Text: "Checkout left " + nthWord(500), Like: true, Limit: 2}, 3, true},
	} {
		b.Run(tt.name, func(b *testing.B) {
			var took []float64
			busy := cpuTime(b)
			for b.Loop() {
				began := time.Now()
				var found []bot.Request
				err := s.View(context.Background(), func(v bot.View) (err error) {
					found, err = v.FindRequests(tt.q)
					return err
				})
				took = append(took, time.Since(began).Seconds()*1000)
				if err != nil || tt.found != (len(found) > 0) {
					b.Fatalf("found %d, %v", len(found), err)
				}
			}
			b.ReportMetric(float64((cpuTime(b)-busy).Microseconds())/float64(len(took)), "cpu-us")
			b.ReportMetric(high(took), "p99-ms")
			b.ReportMetric(middle(took), "p50-ms")
			b.ReportMetric(tt.limit, "limit-ms")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// cpuTime is what the process has taken of the processors.
func cpuTime(b *testing.B) time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
