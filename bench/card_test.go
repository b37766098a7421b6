package bench

import (
	"fmt"
	"runtime"
	"syscall"
	"testing"
	"time"

	"meridian/bot"
	"meridian/bot/bottest"
	"meridian/bot/say"
)

// BenchmarkCard reads a request among 24,000 and puts its card into words in
// both languages, in the states whose clocks take most work, for a team of fifty
// people in ten zones. Wanted: a p99 of at most 5 ms. The p99 of the thread's own
// time stands beside it, since others may keep the machine busy.
func BenchmarkCard(b *testing.B) {
	const requests, limit = 24_000, 5.0
	s, _ := filled(b, sqlite(b), requests)
	words, err := say.New()
	if err != nil {
		b.Fatal(err)
	}
	settings := manyPeople(b)
	for _, state := range []bot.State{bot.New, bot.Open, bot.Waiting, bot.Solved} {
		b.Run(string(state), func(b *testing.B) {
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			var took, worked []float64
			for b.Loop() {
				began, busy := time.Now(), threadTime(b)
				number := int64(len(took)*7919%requests + 1)
				err := s.View(b.Context(), func(v bot.View) error {
					r, err := v.Request(number)
					if err == nil {
						draw(words, settings, inState(r, state))
					}
					return err
				})
				if err != nil {
					b.Fatal(err)
				}
				took = append(took, time.Since(began).Seconds()*1000)
				worked = append(worked, (threadTime(b)-busy).Seconds()*1000)
			}
			b.ReportMetric(high(worked), "p99-cpu-ms")
			b.ReportMetric(high(took), "p99-ms")
			b.ReportMetric(middle(took), "p50-ms")
			b.ReportMetric(limit, "limit-ms")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// threadTime is what the thread has taken of a processor.
func threadTime(b *testing.B) time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_THREAD, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// draw puts a card into words as a messenger does.
func draw(words *say.Catalogue, s *bot.Settings, r bot.Request) {
	m := bot.Card(s, r)
	for _, l := range say.Languages() {
		m.Text.For(l).Plain(words, time.UTC)
		for _, button := range append(m.Buttons, m.More...) {
			button.Label.For(l).Plain(words, time.UTC)
		}
	}
}

// inState makes a stored request one whose clocks run: an escalated, returned,
// waiting or solved one of Friday evening, when nobody works for a while.
func inState(r bot.Request, state bot.State) bot.Request {
	friday := time.Date(2026, time.March, 6, 20, 0, 0, 0, time.UTC)
	r.State, r.Class, r.Client, r.Assignee = state, bot.Expedite, "Harbor", "web:dina"
	r.CreatedAt, r.UpdatedAt, r.OwedSince, r.Since, r.SolvedAt = friday, friday, friday, friday, friday
	switch state {
	case bot.New:
		r.Assignee = ""
	case bot.Open:
		r.Level, r.LevelSince, r.EscalatedTo, r.AnsweredAt, r.Waited = 3, friday, "web:dina", friday, 100*time.Hour
	}
	return r
}

// manyPeople is a team of fifty in ten zones.
func manyPeople(b *testing.B) *bot.Settings {
	s := bottest.Team(b)
	for i := range 50 {
		zone := time.FixedZone(fmt.Sprint(i%10), (i%10-5)*3600)
		id := fmt.Sprintf("web:p%d", i)
		s.People = append(s.People, bot.Person{ID: id, IDs: []string{id}, Name: id, Role: bot.Agent, Zone: zone, Level: 1 + i%3})
	}
	return s
}
