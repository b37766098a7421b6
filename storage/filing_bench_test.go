package storage

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"meridian/bot"
)

// prose gives texts whose words are as unevenly frequent as in real ones.
func prose() func(words int) string {
	r := rand.New(rand.NewPCG(1, 2))
	z := rand.NewZipf(r, 1.1, 4, 30_000)
	return func(words int) string {
		var b strings.Builder
		for range words {
			fmt.Fprintf(&b, "w%so ", strings.Map(func(c rune) rune { return 'a' + (c-'0')*2 }, fmt.Sprint(z.Uint64())))
		}
		return b.String()
	}
}

// file stores a request with its first comment and an answer.
func file(x bot.Tx, i int, text func(words int) string) error {
	r := bot.Request{
		Title: text(7), Words: text(40), State: bot.New, Level: 1, Requester: fmt.Sprintf("web:person%d", i%300), Name: fmt.Sprintf("Person %d", i%300),
		Client: fmt.Sprintf("client %d", i%40), Home: bot.Place{Adapter: "web", Channel: "support", Thread: fmt.Sprintf("h%d", i)},
		Desk: bot.Place{Adapter: "web", Channel: "desk", Thread: fmt.Sprintf("d%d", i)},
	}
	if err := x.SaveRequest(&r); err != nil {
		return err
	}
	return x.SaveComment(&bot.Comment{Request: r.Number, Author: r.Requester, Text: r.Words, Visibility: bot.ForClient, Place: r.Home, Message: fmt.Sprint(i), At: x.Now()})
}

// BenchmarkFiling files one request with its first comment in each Update, into
// a store that has 24,000. us/request of "together" is with 32 in an Update, as
// the engine does when many wait.
func BenchmarkFiling(b *testing.B) {
	for name, address := range engines(b) {
		b.Run(name, func(b *testing.B) {
			s := openFor(b, address(b), Options{})
			defer s.Close()
			text, n := prose(), 0
			files := func(many int) {
				if err := s.Update(context.Background(), func(x bot.Tx) error {
					for range many {
						if err := file(x, n, text); err != nil {
							return err
						}
						n++
					}
					return nil
				}); err != nil {
					b.Fatal(err)
				}
			}
			for n < 24_000 {
				files(100)
			}
			var alone, together []float64
			for b.Loop() {
				start := time.Now()
				files(1)
				alone = append(alone, float64(time.Since(start).Microseconds()))
				start = time.Now()
				files(32)
				together = append(together, float64(time.Since(start).Microseconds())/32)
			}
			slices.Sort(alone)
			slices.Sort(together)
			b.ReportMetric(alone[len(alone)/2], "alone_us")
			b.ReportMetric(together[len(together)/2], "together_us")
			b.ReportMetric(0, "ns/op")
		})
	}
}
