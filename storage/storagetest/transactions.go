package storagetest

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"meridian/bot"
)

func rollback(t *testing.T, f Fixture) {
	s := f.open(t, nil)
	err := s.Update(t.Context(), func(tx bot.Tx) error {
		if _, err := tx.PutEvent(said("1")); err != nil {
			return err
		}
		r := newRequest("gone")
		return errors.Join(tx.SaveRequest(&r), tx.PutDelivery(bot.Delivery{Key: "1", Op: bot.OpPost}), errWanted)
	})
	wantIs(t, err, errWanted)
	view(t, s, func(v bot.View) error {
		if _, err := v.Request(1); !errors.Is(err, bot.ErrNotFound) {
			t.Errorf("the request is there: %v", err)
		}
		if _, _, err := v.Delivery("1"); !errors.Is(err, bot.ErrNotFound) {
			t.Errorf("the delivery is there: %v", err)
		}
		return nil
	})
	sameList(t, "waiting events", waiting(t, s), nil)
}

func panics(t *testing.T, f Fixture) {
	s := f.open(t, nil)
	err := s.Update(t.Context(), func(tx bot.Tx) error {
		if _, err := tx.PutEvent(said("1")); err != nil {
			return err
		}
		panic("oh dear")
	})
	if err == nil || !strings.Contains(err.Error(), "oh dear") || !strings.Contains(err.Error(), "transactions.go") {
		t.Errorf("got the error %v, want the panic and its stack", err)
	}
	sameList(t, "waiting events", waiting(t, s), nil)
	accept(t, s, said("2"))
	sameList(t, "waiting events", waiting(t, s), []string{"2"})
}

func savepoint(t *testing.T, f Fixture) {
	s := f.open(t, nil)
	update(t, s, func(tx bot.Tx) error {
		for i, fail := range []error{nil, errWanted, nil} {
			err := tx.Savepoint(func() error {
				_, err := tx.PutEvent(said(numbered("", i)))
				return errors.Join(err, fail)
			})
			if !errors.Is(err, fail) {
				t.Errorf("got %v, want %v", err, fail)
			}
		}
		return nil
	})
	sameList(t, "waiting events", waiting(t, s), []string{"0", "2"})
}

func nestedSavepoints(t *testing.T, f Fixture) {
	s := f.open(t, nil)
	put := func(tx bot.Tx, key string, err error) error {
		_, failed := tx.PutEvent(said(key))
		return errors.Join(failed, err)
	}
	update(t, s, func(tx bot.Tx) error {
		err := tx.Savepoint(func() error {
			if err := put(tx, "outer", nil); err != nil {
				return err
			}
			wantIs(t, tx.Savepoint(func() error { return put(tx, "inner bad", errWanted) }), errWanted)
			return tx.Savepoint(func() error { return put(tx, "inner good", nil) })
		})
		if err != nil {
			return err
		}
		err = tx.Savepoint(func() error {
			if err := tx.Savepoint(func() error { return put(tx, "lost with the outer one", nil) }); err != nil {
				return err
			}
			return errWanted
		})
		wantIs(t, err, errWanted)
		return put(tx, "last", nil)
	})
	sameList(t, "waiting events", waiting(t, s), []string{"outer", "inner good", "last"})
}

func oneMoment(t *testing.T, f Fixture) {
	s := f.open(t, nil)
	view(t, s, func(v bot.View) error {
		if all, err := v.WaitingEvents(10); err != nil || len(all) != 0 {
			t.Errorf("got %v, %v", all, err)
		}
		accept(t, s, said("1"))
		if all, err := v.WaitingEvents(10); err != nil || len(all) != 0 {
			t.Errorf("the view sees what came after it: %v, %v", all, err)
		}
		return nil
	})
	sameList(t, "waiting events", waiting(t, s), []string{"1"})
}

// counter has replicas read, add and write at once. The version of a request
// is the sum.
func counter(t *testing.T, f Fixture) {
	const replicas, each = 4, 250
	first := f.open(t, nil)
	r := save(t, first, newRequest("counter"))
	var wg sync.WaitGroup
	for i := range replicas {
		s := first
		if i > 0 {
			s = f.open(t, nil)
		}
		wg.Go(func() {
			for range each {
				err := s.Update(t.Context(), func(tx bot.Tx) error {
					now, err := tx.Request(r.Number)
					if err != nil {
						return err
					}
					now.Returns++
					return tx.SaveRequest(&now)
				})
				if err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	view(t, first, func(v bot.View) error {
		now, err := v.Request(r.Number)
		same(t, "the count", now.Returns, replicas*each)
		same(t, "the version", now.Version, 1+replicas*each)
		return err
	})
}

func migrateAtOnce(t *testing.T, f Fixture) {
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			s := f.Open(t, nil)
			if _, err := s.Accept(t.Context(), said(numbered("", i))); err != nil {
				t.Error(err)
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	same(t, "events", len(waiting(t, f.open(t, nil))), 4)
}

// fires waits for a watcher; the time is only there for the case of failure.
func fires(t testing.TB, c <-chan struct{}) {
	t.Helper()
	select {
	case _, ok := <-c:
		if !ok {
			t.Fatal("the watcher is closed")
		}
	case <-time.After(10 * time.Second):
		t.Fatal("the watcher does not fire")
	}
}

func silent(t testing.TB, c <-chan struct{}, what string) {
	t.Helper()
	select {
	case <-c:
		t.Errorf("the watcher fires for %s", what)
	default:
	}
}

func watch(t *testing.T, f Fixture) {
	s := f.open(t, nil)
	ctx, cancel := context.WithCancel(t.Context())
	c, other := s.Watch(ctx), s.Watch(ctx)
	accept(t, s, said("1"))
	fires(t, c)
	fires(t, other)
	update(t, s, func(tx bot.Tx) error { return tx.SaveHeard("web", time.Now()) })
	fires(t, c)
	update(t, s, func(tx bot.Tx) error { _, err := tx.Stuck(); return err })
	silent(t, c, "an Update that wrote nothing")
	err := s.Update(t.Context(), func(tx bot.Tx) error {
		return errors.Join(tx.SaveHeard("mail", time.Now()), errWanted)
	})
	wantIs(t, err, errWanted)
	silent(t, c, "an Update that was rolled back")
	accept(t, s, said("1"))
	silent(t, c, "an event that was known")
	cancel()
	for range c { // it is closed when its context ends
		t.Error("the watcher fires after its end")
	}
}

func watchOther(t *testing.T, f Fixture) {
	if !f.Notices {
		t.Skip("one process has this store: there is no other replica to hear of")
	}
	here, there := f.open(t, nil), f.open(t, nil)
	c := here.Watch(t.Context())
	accept(t, there, said("1"))
	fires(t, c)
	sameList(t, "waiting events", waiting(t, here), []string{"1"})
}

func oneClock(t *testing.T, f Fixture) {
	s := f.open(t, nil)
	update(t, s, func(tx bot.Tx) error {
		first := tx.Now()
		if d := time.Since(first).Abs(); d > time.Minute {
			t.Errorf("the clock is %s off", d)
		}
		time.Sleep(2 * time.Millisecond) // time passing is the subject: PostgreSQL's clock is a real one
		same(t, "the time later on", tx.Now(), first)
		return nil
	})
	c := newClock()
	fake := f.open(t, c.now)
	update(t, fake, func(tx bot.Tx) error {
		same(t, "the test's time", tx.Now(), c.now())
		return nil
	})
}
