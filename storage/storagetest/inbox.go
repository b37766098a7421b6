package storagetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"meridian/bot"
)

func knownEvents(t *testing.T, f Fixture) {
	s := f.open(t, nil)
	if ids := accept(t, s, said("1"), said("2"), said("1")); ids[0] == 0 || ids[1] <= ids[0] || ids[2] != 0 {
		t.Errorf("got the ids %v", ids)
	}
	sameList(t, "ids of known events", accept(t, s, said("2"), said("1")), []int64{0, 0})
	other := said("1")
	other.Source = "slack"
	if ids := accept(t, s, other); ids[0] == 0 {
		t.Error("a key of one source is known in another")
	}
	state := said("")
	if ids := accept(t, s, state, state); ids[0] == 0 || ids[1] == 0 {
		t.Errorf("reports of a state are no duplicates, got the ids %v", ids)
	}
	update(t, s, func(tx bot.Tx) error {
		id, err := tx.PutEvent(said("1"))
		same(t, "the id of a known event", id, 0)
		if err != nil {
			return err
		}
		fresh, err := tx.PutHandled(said("3"))
		same(t, "a fresh key", fresh, true)
		if err != nil {
			return err
		}
		fresh, err = tx.PutHandled(said("3"))
		same(t, "a fresh key", fresh, false)
		return err
	})
	sameList(t, "ids of a handled event", accept(t, s, said("3")), []int64{0})
	sameList(t, "waiting events", waiting(t, s), []string{"1", "2", "1", "", ""})
}

// meanwhile runs fn while an Update is under way, so that callers of Accept
// that fn starts come together.
func meanwhile(t testing.TB, s bot.Store, fn func()) {
	t.Helper()
	began, end := make(chan struct{}), make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		err := s.Update(t.Context(), func(tx bot.Tx) error {
			close(began)
			<-end
			_, err := tx.PutEvent(said("update"))
			return err
		})
		if err != nil {
			t.Error(err)
		}
	})
	<-began
	fn()
	close(end)
	wg.Wait()
}

func badNeighbour(t *testing.T, f Fixture) {
	s := f.open(t, nil)
	f.Poison(t, "poison")
	const good = 40
	var callers sync.WaitGroup
	errs := make([]error, good)
	var guilty error
	meanwhile(t, s, func() {
		for i := range good {
			callers.Go(func() { _, errs[i] = s.Accept(t.Context(), said(numbered("", i))) })
		}
		callers.Go(func() { _, guilty = s.Accept(t.Context(), said("poison")) })
	})
	callers.Wait()
	if guilty == nil {
		t.Error("the database took what it must refuse")
	}
	if err := errors.Join(errs...); err != nil {
		t.Errorf("a neighbour of the bad event got %v", err)
	}
	same(t, "stored events", len(waiting(t, s)), good+1)
}

// crossed has callers of two replicas bring the same keys, forwards and
// backwards: whoever waits for whom, each gets an answer and each key is stored
// once.
func crossed(t *testing.T, f Fixture) {
	stores := []bot.Store{f.open(t, nil), f.open(t, nil)}
	const rounds, keys = 5, 50
	for round := range rounds {
		batch := make([]bot.Event, keys)
		for i := range batch {
			batch[i] = said(fmt.Sprintf("%d/%d", round, i))
		}
		back := slices.Clone(batch)
		slices.Reverse(back)
		var wg sync.WaitGroup
		for i, events := range [][]bot.Event{batch, back, batch, back} {
			wg.Go(func() {
				if _, err := stores[i%2].Accept(t.Context(), events...); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
	}
	same(t, "stored events", len(waiting(t, stores[0])), rounds*keys)
}

func allOrNone(t *testing.T, f Fixture) {
	s := f.open(t, nil)
	f.Poison(t, "poison")
	if ids, err := s.Accept(t.Context(), said("1"), said("poison"), said("2")); err == nil {
		t.Errorf("got the ids %v, want an error", ids)
	}
	sameList(t, "waiting events", waiting(t, s), nil)
	accept(t, s, said("1"))
	sameList(t, "waiting events", waiting(t, s), []string{"1"})
}

func givesUp(t *testing.T, f Fixture) {
	s := f.open(t, nil)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := s.Accept(ctx, said("1"))
	if keys := waiting(t, s); err != nil && len(keys) > 0 {
		t.Errorf("the caller got %v, but %v is stored", err, keys)
	} else if err == nil && len(keys) == 0 {
		t.Error("the caller got no error, but nothing is stored")
	}
	wantIs(t, s.Update(ctx, func(tx bot.Tx) error { _, err := tx.PutEvent(said("2")); return err }), context.Canceled)
	if slices.Contains(waiting(t, s), "2") {
		t.Error("an Update of a caller who is gone was committed")
	}
}

func badText(t *testing.T, f Fixture) {
	s := f.open(t, nil)
	e := said("k\x00\xff")
	e.Actor.Name, e.Body = "\xc3(", bot.Said{Text: "a\x00b\xffc \\u0000 \\\x00"}
	e.Raw = []byte("\x00\xff raw is bytes")
	accept(t, s, e, said("good"))
	same(t, "the id of the same event", accept(t, s, e)[0], 0)
	view(t, s, func(v bot.View) error {
		all, err := v.WaitingEvents(10)
		if err != nil {
			return err
		}
		got, err := v.Events(all[0].ID)
		if err != nil {
			return err
		}
		same(t, "the key", got[0].Key, "k\uFFFD\uFFFD")
		same(t, "the name", got[0].Actor.Name, "\uFFFD(")
		same(t, "the text", got[0].Body.(bot.Said).Text, "a\uFFFDb\uFFFDc \\u0000 \\\uFFFD")
		same(t, "the raw bytes", string(got[0].Raw), string(e.Raw))
		return nil
	})
	r := newRequest("title \x00\xff")
	r.Requester = "web:\x00"
	r = save(t, s, r)
	view(t, s, func(v bot.View) error {
		got, err := v.Request(r.Number)
		same(t, "the title", got.Title, "title \uFFFD\uFFFD")
		return err
	})
}

// everyBody is one event of every kind with every stored field set.
func everyBody() []bot.Body {
	at := time.Date(2026, 3, 2, 8, 0, 0, 123_000_000, time.UTC)
	blob := bot.Blob{Hash: strings.Repeat("ab", 32), Size: 7, Kind: "attachment"}
	return []bot.Body{
		bot.Said{Text: "hello", Mentioned: true, Files: []bot.File{{Name: "a", Type: "b", Size: 7, Blob: blob}}},
		bot.Edited{Text: "hello"}, bot.Deleted{}, bot.Commanded{Slash: "request", Text: "list"},
		bot.Reacted{Emoji: "eyes", Removed: true}, bot.Pressed{Act: "take", Value: "R-1"},
		bot.Submitted{Act: "reply", Value: "R-1", Fields: map[string]string{"text": "hi"}}, bot.Opened{},
		bot.Mailed{EnvelopeFrom: "a@b.example", EnvelopeTo: []string{"c@d.example"}}, bot.Alerted{Hook: "am"},
		bot.Due{Timer: "t", What: "w", Object: "R-1", At: at}, bot.Answered{Ask: "a", Text: "t", Late: true},
		bot.Failed{Delivery: "d", Op: bot.OpPost, To: bot.Place{Adapter: "a", Channel: "c", Thread: "t"}, Request: 1, Expired: true, Why: "w"},
		bot.Joined{Self: true}, bot.Changed{What: "person"}, bot.Heard{Until: at},
	}
}

func events(t *testing.T, f Fixture) {
	s := f.open(t, nil)
	var want []bot.Event
	for i, b := range everyBody() {
		e := said(numbered("k", i))
		e.Source, e.Body, e.Raw, e.Place.Thread, e.Actor.Bot = "hook", b, []byte{1, 0, 255}, "th", true
		want = append(want, e)
	}
	ids := accept(t, s, want...)
	slices.Reverse(ids)
	view(t, s, func(v bot.View) error {
		got, err := v.Events(ids...)
		if err != nil || len(got) != len(want) {
			t.Fatalf("got %d events, %v", len(got), err)
		}
		slices.Reverse(got)
		for i, e := range got {
			if e.ID == 0 {
				t.Error("an event has no id")
			}
			e.ID = 0
			if !reflect.DeepEqual(e, want[i]) {
				t.Errorf("got %+v\nwant %+v", e, want[i])
			}
		}
		rows, err := v.WaitingEvents(100)
		for i, r := range rows {
			same(t, "the lane", r.Lane, want[i].Lane())
		}
		lines, err2 := v.EventLines(0, 3)
		same(t, "export lines", len(lines), 3)
		same(t, "the first line", lines[0], bot.EventLine{ID: rows[0].ID, Source: "hook", Key: "k0", Kind: "said", State: "waiting"})
		return errors.Join(err, err2)
	})
}

func largeRaw(t *testing.T, f Fixture) {
	s := f.open(t, nil)
	raw := bytes.Repeat([]byte("0123456789"), 30_000)
	e, in := said("accepted"), said("put")
	e.Raw, e.Body, in.Raw = raw, bot.Mailed{EnvelopeFrom: "a@b.example", EnvelopeTo: []string{}}, raw
	accept(t, s, e)
	update(t, s, func(tx bot.Tx) error { _, err := tx.PutEvent(in); return err })
	var got []bot.Event
	view(t, s, func(v bot.View) (err error) {
		rows, err := v.WaitingEvents(10)
		if err != nil || len(rows) != 2 {
			t.Fatalf("got %v, %v", rows, err)
		}
		got, err = v.Events(rows[0].ID, rows[1].ID)
		return err
	})
	for _, e := range got {
		same(t, "raw bytes in the row", len(e.Raw), 0)
		same(t, "the content of the blob", string(readBlob(t, s, e.Blob)), string(raw))
	}
	same(t, "the kind of a mail's bytes", got[0].Blob.Kind, "mail")
}

func readBlob(t testing.TB, s bot.Store, b bot.Blob) []byte {
	t.Helper()
	r, err := s.OpenBlob(t.Context(), b)
	if err != nil {
		t.Fatal(err)
	}
	all, err := io.ReadAll(r)
	if err := errors.Join(err, r.Close()); err != nil {
		t.Fatal(err)
	}
	return all
}

func eventLife(t *testing.T, f Fixture) {
	c := newClock()
	s := f.open(t, c.now)
	ids := accept(t, s, said("a"), said("b"), said("c"))
	later := c.now().Add(time.Minute)
	update(t, s, func(tx bot.Tx) error {
		return errors.Join(tx.FinishEvents(ids[0]), tx.PutOffEvent(ids[1], 1, later, "try"), tx.PutOffEvent(ids[2], 5, time.Time{}, "broken"), tx.FinishEvents())
	})
	view(t, s, func(v bot.View) error {
		rows, err := v.WaitingEvents(10)
		if err != nil || len(rows) != 1 || rows[0].ID != ids[1] || !rows[0].NotBefore.Equal(later) {
			t.Errorf("waiting: %+v, %v", rows, err)
		}
		got, err := v.Events(ids...)
		if err != nil || len(got) != 1 || got[0].Attempt != 1 {
			t.Errorf("events that wait: %+v, %v", got, err)
		}
		stuck, err := v.Stuck()
		want := bot.StuckItem{ID: ids[2], What: "event", Kind: "said", Key: "c", State: "dead", Why: "broken", At: c.now(), Tries: 5}
		if err != nil || len(stuck) != 1 || stuck[0] != want {
			t.Errorf("stuck: %+v, %v, want %+v", stuck, err, want)
		}
		return nil
	})
	update(t, s, func(tx bot.Tx) error {
		wantIs(t, tx.Replay("event", ids[0]), bot.ErrNotFound)
		return tx.Replay("event", ids[2])
	})
	sameList(t, "waiting events", waiting(t, s), []string{"b", "c"})
	view(t, s, func(v bot.View) error {
		got, err := v.Events(ids[2])
		same(t, "attempts of a replayed event", got[0].Attempt, 0)
		return err
	})
}

// acceptModel compares what concurrent callers get with a plain set of keys.
func acceptModel(t *testing.T, f Fixture) {
	s := f.open(t, nil)
	run := 0
	rapid.Check(t, func(rt *rapid.T) {
		run++
		source := numbered("source", run)
		calls := rapid.SliceOfN(rapid.SliceOfN(rapid.IntRange(0, 6), 1, 4), 1, 12).Draw(rt, "calls")
		var wg sync.WaitGroup
		var mu sync.Mutex
		fresh := map[string]int{}
		seen := map[int64]bool{}
		for _, call := range calls {
			batch := make([]bot.Event, len(call))
			for i, k := range call {
				if batch[i] = said(""); k > 0 {
					batch[i].Key = numbered("k", k)
				}
				batch[i].Source = source
			}
			wg.Go(func() {
				ids, err := s.Accept(context.Background(), batch...)
				mu.Lock()
				defer mu.Unlock()
				if err != nil {
					rt.Error(err)
					return
				}
				for i, id := range ids {
					if id != 0 && seen[id] {
						rt.Errorf("the id %d was given twice", id)
					}
					if seen[id] = true; id != 0 {
						fresh[batch[i].Key]++
					}
				}
			})
		}
		wg.Wait()
		want := map[string]int{}
		for _, call := range calls {
			for _, k := range call {
				if k == 0 {
					want[""]++
				} else {
					want[numbered("k", k)] = 1
				}
			}
		}
		if !reflect.DeepEqual(fresh, want) {
			rt.Fatalf("stored %v, want %v", fresh, want)
		}
	})
	if run == 0 {
		t.Error("the model was never compared")
	}
}
