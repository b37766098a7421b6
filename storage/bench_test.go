package storage

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"meridian/bot"
)

// floor is the least that a durable intake must do: the same columns of an
// event into a table with one unique key, in group commits, by one goroutine
// and with nothing around it. What Accept takes beyond it is the store's price.
type floor struct {
	db *sql.DB
	in chan floorRow
}

type floorRow struct {
	key  string
	body []byte
	done chan error
}

func newFloor(b *testing.B) *floor {
	db, err := sql.Open("sqlite", strings.Replace(sqliteDSN(filepath.Join(b.TempDir(), "floor.db"), "cache_size(-65536)"), "mode=rw", "mode=rwc", 1))
	if err != nil {
		b.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	if _, err := db.Exec(`CREATE TABLE events (id INTEGER PRIMARY KEY, event_id TEXT NOT NULL UNIQUE, team TEXT, channel TEXT,
		user TEXT, kind TEXT, body BLOB, received_at INTEGER, state INTEGER DEFAULT 0)`); err != nil {
		b.Fatal(err)
	}
	f := &floor{db: db, in: make(chan floorRow, 1024)}
	go f.commit()
	b.Cleanup(func() { close(f.in) })
	return f
}

func (f *floor) commit() {
	ctx := context.Background()
	defer f.db.Close()
	st, err := f.db.Prepare(`INSERT INTO events (event_id, team, channel, user, kind, body, received_at) VALUES (?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (event_id) DO NOTHING`)
	if err != nil {
		panic(err)
	}
	st.Close()
	conn, err := f.db.Conn(ctx)
	if err != nil {
		panic(err)
	}
	defer conn.Close()
	if st, err = conn.PrepareContext(ctx, `INSERT INTO events (event_id, team, channel, user, kind, body, received_at) VALUES (?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (event_id) DO NOTHING`); err != nil {
		panic(err)
	}
	var batch []floorRow
	for r := range f.in {
		batch = append(batch[:0], r)
	fill:
		for len(batch) < maxGroup {
			select {
			case r, ok := <-f.in:
				if !ok {
					break fill
				}
				batch = append(batch, r)
			default:
				break fill
			}
		}
		_, err := conn.ExecContext(ctx, "BEGIN IMMEDIATE")
		now := time.Now().UnixMilli()
		for _, r := range batch {
			if err == nil {
				_, err = st.ExecContext(ctx, r.key, "T1", "C1", "U1", "message", r.body, now)
			}
		}
		if err == nil {
			_, err = conn.ExecContext(ctx, "COMMIT")
		}
		for _, r := range batch {
			r.done <- err
		}
	}
}

var benchText = strings.Repeat("The printer burns. ", 45)

// benchEvent is a chat message of about a kilobyte.
func benchEvent(i int64) bot.Event {
	return bot.Event{
		Source: "slack", Key: fmt.Sprintf("said:C0123456789/%d", i), Message: fmt.Sprint(i),
		Place: bot.Place{Adapter: "slack", Channel: "C0123456789"}, Actor: bot.Actor{ID: "slack:U0123456789", Name: "Owen"},
		At: time.Unix(1_772_000_000, 0), Body: bot.Said{Text: benchText},
	}
}

// callers has n callers share total calls, each beginning when its last has
// returned, and gives the rate a second.
func callers(b *testing.B, n, total int, call func(i int64) error) float64 {
	var next atomic.Int64
	var wg sync.WaitGroup
	start := time.Now()
	for range n {
		wg.Go(func() {
			for i := next.Add(1); i <= int64(total); i = next.Add(1) {
				if err := call(i); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	return float64(total) / time.Since(start).Seconds()
}

// BenchmarkAccept prints how many events a second concurrent callers store
// durably on SQLite, how many the floor takes beside it, and the ratio. Both
// run in turns, so that a busy machine slows both.
func BenchmarkAccept(b *testing.B) {
	for _, n := range []int{16, 64} {
		b.Run(fmt.Sprint(n, " callers"), func(b *testing.B) {
			s := openFor(b, "sqlite:"+filepath.Join(b.TempDir(), "meridian.db"), Options{})
			defer s.Close()
			f := newFloor(b)
			body, err := bot.EncodeEvent(benchEvent(0))
			if err != nil {
				b.Fatal(err)
			}
			const turn = 4000
			var ours, least float64
			var calls int64
			turns := 0
			for b.Loop() {
				base := calls
				calls += turn
				ours += callers(b, n, turn, func(i int64) error {
					_, err := s.Accept(context.Background(), benchEvent(base+i))
					return err
				})
				least += callers(b, n, turn, func(i int64) error {
					r := floorRow{fmt.Sprintf("said:C0123456789/%d", base+i), body, make(chan error, 1)}
					f.in <- r
					return <-r.done
				})
				turns++
			}
			b.ReportMetric(ours/float64(turns), "events/s")
			b.ReportMetric(least/float64(turns), "floor/s")
			b.ReportMetric(ours/least, "of_floor")
			b.ReportMetric(float64(calls)/float64(s.counts.commits.Load()), "events/commit")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// BenchmarkQueue lists 50 open requests of 24,000.
func BenchmarkQueue(b *testing.B) {
	s := openFor(b, "sqlite:"+filepath.Join(b.TempDir(), "meridian.db"), Options{})
	defer s.Close()
	fill(b, s, 24_000)
	for name, q := range map[string]bot.RequestQuery{
		"queue":     {States: []bot.State{bot.New, bot.Open}, Newest: true, Limit: 50},
		"assignee":  {States: []bot.State{bot.New, bot.Open}, Assignee: "web:agent3", Limit: 50},
		"requester": {Requester: "web:person7", Newest: true, Limit: 50},
		"client":    {Client: "client 7", Newest: true, Limit: 50},
	} {
		b.Run(name, func(b *testing.B) {
			var times []float64
			for b.Loop() {
				start := time.Now()
				if err := s.View(context.Background(), func(v bot.View) error {
					_, err := v.Requests(q)
					return err
				}); err != nil {
					b.Fatal(err)
				}
				times = append(times, time.Since(start).Seconds()*1000)
			}
			slices.Sort(times)
			b.ReportMetric(times[len(times)*99/100], "p99_ms")
		})
	}
}

// BenchmarkUpdate is one small transaction after another, on both engines.
func BenchmarkUpdate(b *testing.B) {
	for name, address := range engines(b) {
		b.Run(name, func(b *testing.B) {
			s := openFor(b, address(b), Options{})
			defer s.Close()
			for b.Loop() {
				if err := s.Update(context.Background(), func(x bot.Tx) error { return x.SaveHeard("web", time.Now()) }); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkAcceptPostgreSQL is the rate of concurrent callers there.
func BenchmarkAcceptPostgreSQL(b *testing.B) {
	for _, n := range []int{16, 64} {
		b.Run(fmt.Sprint(n, " callers"), func(b *testing.B) {
			s := openFor(b, engines(b)["PostgreSQL"](b), Options{})
			defer s.Close()
			var calls int64
			var rate float64
			turns := 0
			for b.Loop() {
				base := calls
				calls += 2000
				rate += callers(b, n, 2000, func(i int64) error {
					_, err := s.Accept(context.Background(), benchEvent(base+i))
					return err
				})
				turns++
			}
			b.ReportMetric(rate/float64(turns), "events/s")
			b.ReportMetric(0, "ns/op")
		})
	}
}
