package bench

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"testing"
	"time"

	"meridian/bot"
	"meridian/bot/bottest"
	"meridian/storage"
)

// BenchmarkDigest reads how things stand, as a morning's digest does: counts,
// what needs a person, the first of each group, questions, alerts and what is
// due today, and the chart of a week of 300 requests a day. Of 24,000 requests one in forty has not ended, of 1,000,000 one in
// four hundred. Wanted: a p99 of at most 5 ms, and of at most 10 ms over the
// million. The time of the processor stands beside it, since others may keep the
// machine busy.
func BenchmarkDigest(b *testing.B) {
	for _, tt := range []struct {
		requests int
		limit    float64 // milliseconds
	}{{24_000, 5}, {1_000_000, 10}} {
		b.Run(fmt.Sprint(tt.requests, "-requests"), func(b *testing.B) {
			url := sqlite(b)
			s, d := standing(b, url, tt.requests)
			var took []float64
			busy := cpuTime(b)
			for b.Loop() {
				began := time.Now()
				var st bot.Standing
				err := s.View(context.Background(), func(v bot.View) (err error) {
					st, err = bot.ReadStanding(v, d)
					return err
				})
				took = append(took, time.Since(began).Seconds()*1000)
				if err != nil || st.Open() < 500 || len(st.Needs) == 0 || st.New != 300 || st.BackLately == 0 || st.Asked == 0 || len(st.Week) != 7 || st.Week[3].Filed != turnsADay || st.Week[3].Solved != turnsADay {
					b.Fatalf("%d open, %d need a person, %d new, %d back, %d asked, the week was %v: %v", st.Open(), len(st.Needs), st.New, st.BackLately, st.Asked, st.Week, err)
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

// standing is a store with n requests whose team was told how things stand
// before the last 300 of them.
func standing(b *testing.B, url string, n int) (*storage.Store, bot.Digest) {
	const own = 24_000
	settings := bottest.Team(b)
	s, err := storage.Open(b.Context(), url, storage.Options{Settings: func() *bot.Settings { return settings }})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := s.Close(); err != nil {
			b.Error(err)
		}
	})
	p := newProse()
	for p.n < own-300 {
		fileMany(b, s, p, min(200, own-300-p.n))
	}
	update(b, s, func(tx bot.Tx) error { return workOn(tx, own-300) })
	if n > own {
		copyRequests(b, strings.TrimPrefix(url, "sqlite:"), own-300, n-300)
	}
	turnRequests(b, strings.TrimPrefix(url, "sqlite:"))
	d := bot.Digest{Name: "team", Place: bot.Place{Adapter: "web", Channel: "desk"}, At: 9 * time.Hour, Zone: settings.Team.Zone, Week: true}
	update(b, s, func(tx bot.Tx) error {
		highest, err := tx.HighestRequest()
		if err != nil {
			return err
		}
		for _, at := range []time.Time{tx.Now().AddDate(0, 0, -27), tx.Now()} {
			if err := tx.SaveDigest(bot.DigestRun{Name: d.Name, At: at, Told: at, Open: n / 40, Highest: highest, Solved: 200, Lines: lines(20)}); err != nil {
				return err
			}
		}
		return asked(tx)
	})
	update(b, s, func(tx bot.Tx) error {
		for range 300 {
			if err := oldRequests(tx, n, 1); err != nil {
				return err
			}
		}
		return nil
	})
	return s, d
}

// turnsADay is how many requests were filed on each of the last days, and how
// many ended.
const turnsADay = 300

// turnRequests writes when requests were filed and ended in the 60 days of which
// that is known, but today: evenly.
func turnRequests(b *testing.B, path string) {
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=busy_timeout(5000)&_pragma=journal_mode(WAL)")
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close() //nolint:errcheck // it has been written
	day := (24 * time.Hour).Milliseconds()
	today := time.Now().UTC().Truncate(24 * time.Hour).UnixMilli()
	for what := range 2 {
		if _, err := db.Exec(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
			INSERT INTO turns (what, at, request, again) SELECT ?, ? - i * ?, 1 + (i * 7919) % 23000, 0 FROM n`, 60*turnsADay, what, today-day/2, day/turnsADay); err != nil {
			b.Fatal(err)
		}
	}
}

// lines are what a digest said.
func lines(n int) (out [][]bot.Part) {
	for range n {
		out = append(out, []bot.Part{bot.Quote(strings.Repeat("what it said ", 8))})
	}
	return out
}

// workOn gives some of the open requests to people, and lets some come back.
func workOn(tx bot.Tx, highest int64) error {
	people := []string{"web:inga", "web:timur", "web:dina", "", "web:kirill"}
	for number := int64(1); number <= highest; number += 40 {
		r, err := tx.Request(number)
		if err != nil {
			return err
		}
		r.Assignee = people[number/40%int64(len(people))]
		if number%200 == 1 {
			r.BackAt, r.Returns = tx.Now(), 1
		}
		if err := tx.SaveRequest(&r); err != nil {
			return err
		}
	}
	return nil
}

// asked adds questions, reminders and alerts.
func asked(tx bot.Tx) error {
	at := bot.Place{Adapter: "web", Channel: "support"}
	for i := range 100 {
		q := bot.Suggestion{Place: at, Message: fmt.Sprint("q", i), Who: "web:owen", Question: "How do I " + nthWord(uint64(i%30)), At: tx.Now().Add(time.Second),
			State: []bot.SuggestionState{bot.SuggestionGap, bot.SuggestionSolved, bot.SuggestionSent}[i%3]}
		if err := tx.SaveSuggestion(&q); err != nil {
			return err
		}
	}
	for i := range 40 {
		r := bot.Reminder{Owner: "web:inga", Place: bot.Place{Adapter: "web", Channel: "desk"}, Text: "call", State: bot.ReminderActive, NextAt: tx.Now().Add(time.Duration(i) * time.Hour)}
		if err := tx.SaveReminder(&r); err != nil {
			return err
		}
	}
	var alerts []bot.Alert
	for i := range 20 {
		alerts = append(alerts, bot.Alert{Hook: "prod", Fingerprint: fmt.Sprint("f", i), Group: "g", Status: bot.Firing, Title: fmt.Sprint("disk ", i)})
	}
	return tx.SaveAlerts(alerts)
}

// copyRequests makes many of few, one in ten of those that have not ended, without the words they are found by: a digest
// reads none of those.
func copyRequests(b *testing.B, path string, from, to int) {
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=busy_timeout(5000)&_pragma=journal_mode(WAL)")
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close() //nolint:errcheck // it has been written
	rows, err := db.Query(`SELECT name FROM pragma_table_info('requests') WHERE name <> 'number'`)
	if err != nil {
		b.Fatal(err)
	}
	var columns []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			b.Fatal(err)
		}
		columns = append(columns, name)
	}
	if err := rows.Err(); err != nil {
		b.Fatal(err)
	}
	list := strings.Join(columns, ", ")
	for have := from; have < to; have += from {
		if _, err := db.Exec(fmt.Sprintf(`INSERT INTO requests (number, %s) SELECT number + %d, %s FROM requests WHERE number <= %d AND (owes = '' OR number %% 400 = 1)`,
			list, have, list, min(from, to-have))); err != nil {
			b.Fatal(err)
		}
	}
	if _, err := db.Exec(`UPDATE counters SET value = ? WHERE name = 'request'`, to); err != nil {
		b.Fatal(err)
	}
}
