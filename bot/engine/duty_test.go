package engine_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"meridian/bot"
	"meridian/bot/engine"
)

// replica is one of several engines on one store.
type replica struct {
	*engine.Engine
	stop func()
}

func (b *bench) replica(name string, s bot.Store, adapters ...bot.Adapter) replica {
	b.t.Helper()
	e := b.engine(name, s, adapters...)
	ctx, cancel := context.WithCancel(b.t.Context())
	done := make(chan error, 1)
	go func() { done <- e.Run(ctx) }()
	synctest.Wait()
	return replica{e, func() {
		cancel()
		if err := <-done; err != nil {
			b.t.Errorf("replica %s: %v", name, err)
		}
	}}
}

func (b *bench) close() {
	b.t.Helper()
	if err := b.store.Close(); err != nil {
		b.t.Error(err)
	}
}

// fired notes which timers fired, and when.
type fired struct {
	mu   sync.Mutex
	keys []string
	at   []time.Time
}

func (f *fired) due() bot.Unasked {
	return bot.Unasked{Due: []bot.Handler{{Name: "test", Do: func(_ context.Context, _ bot.Tx, e bot.Event, _ any) error {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.keys, f.at = append(f.keys, e.Body.(bot.Due).Timer), append(f.at, time.Now())
		return nil
	}}}}
}

func (f *fired) list() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.keys)
}

func heard(until time.Time) bot.Event {
	return bot.Event{Source: "a", At: until, Body: bot.Heard{Until: until}}
}

func TestATimerThatPresumesSilenceWaitsUntilSomebodyListenedAndFiresOnce(t *testing.T) {
	bubble(t, func(t *testing.T) {
		var f fired
		b := newBench(t, f.due())
		defer b.close()
		one, two := b.replica("one", b.store, &outside{name: "a"}), b.replica("two", b.store, &outside{name: "a"})
		defer one.stop()
		defer two.stop()
		due := time.Now().Add(10 * time.Second)
		err := b.store.Update(t.Context(), func(tx bot.Tx) error {
			return errors.Join(
				tx.SetTimer(bot.Timer{Key: "silence", What: "follow-up", Object: "R-1", At: due, Presumes: []string{"a"}}),
				tx.SetTimer(bot.Timer{Key: "page", What: "page", Object: "R-2", At: due}))
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := one.Accept(t.Context(), heard(due.Add(-time.Second))); err != nil { // caught up, but not far enough
			t.Fatal(err)
		}
		time.Sleep(5 * time.Second)
		if got := f.list(); len(got) != 0 {
			t.Errorf("before their time: %v", got)
		}
		time.Sleep(time.Hour)
		if got := f.list(); !slices.Equal(got, []string{"page"}) {
			t.Errorf("while nobody listened: %v", got)
		}
		if late := f.at[0].Sub(due); late < 0 || late > 2*time.Second {
			t.Errorf("what presumes nothing was %s late", late)
		}
		if err := two.Accept(t.Context(), heard(time.Now())); err != nil {
			t.Fatal(err)
		}
		told := time.Now()
		time.Sleep(time.Hour)
		if got := f.list(); !slices.Equal(got, []string{"page", "silence"}) {
			t.Fatalf("after it was heard: %v", got)
		}
		if wait := f.at[1].Sub(told); wait > 5*time.Second {
			t.Errorf("it fired %s after it was heard", wait)
		}
	})
}

// pausable is the store as one replica sees it, which can be frozen before its
// writes, as a machine that swaps or a process that is stopped is.
type pausable struct {
	bot.Store
	mu   sync.Mutex
	gate chan struct{} // nil: open
	errs []error       // of the writes that were held up
}

func (p *pausable) Update(ctx context.Context, fn func(bot.Tx) error) error {
	p.mu.Lock()
	gate := p.gate
	p.mu.Unlock()
	if gate == nil {
		return p.Store.Update(ctx, fn)
	}
	<-gate
	err := p.Store.Update(ctx, fn)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.errs = append(p.errs, err)
	return err
}

func (p *pausable) pause() (release func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.gate = make(chan struct{})
	return func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		close(p.gate)
		p.gate = nil
	}
}

// refused counts the writes that were held up and did not come through: they
// met the fence, or the renewal before them had found that the duty was lost.
func (p *pausable) refused() (n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, err := range p.errs {
		if errors.Is(err, bot.ErrFenced) || errors.Is(err, context.Canceled) {
			n++
		}
	}
	return n
}

func TestADutyPassesOnWithinThirteenSecondsAndTheLateWriteIsFenced(t *testing.T) {
	bubble(t, func(t *testing.T) {
		var h handled
		var at time.Time
		b := newBench(t, h.said(func(bot.Event) error { at = time.Now(); return nil }))
		defer b.close()
		frozen := &pausable{Store: b.store}
		first, second := &outside{name: "a"}, &outside{name: "a"}
		one := b.replica("one", frozen, first)
		defer one.stop()
		two := b.replica("two", b.store, second)
		defer two.stop()
		if err := two.Accept(t.Context(), said("c", "before")); err != nil {
			t.Fatal(err)
		}
		time.Sleep(3 * time.Second)

		release := frozen.pause()
		stopped := time.Now()
		if err := one.Accept(t.Context(), said("c", "during")); err != nil {
			t.Fatal(err)
		}
		b.put(post("c", "message"))
		time.Sleep(13 * time.Second)
		if got := h.list(); !slices.Equal(got, []string{"before", "during"}) {
			t.Errorf("13 s after the holder stopped: %v", got)
		}
		if !slices.Equal(second.keys(), []string{"message"}) {
			t.Errorf("13 s after the holder stopped the other sent %v", second.keys())
		}
		t.Logf("taken over after %s", at.Sub(stopped))

		release()
		time.Sleep(time.Minute)
		if frozen.refused() == 0 {
			t.Errorf("the late writes ended with %v", frozen.errs)
		}
		if got := h.list(); !slices.Equal(got, []string{"before", "during"}) {
			t.Errorf("after it went on: %v", got)
		}
		if len(first.keys())+len(second.keys()) != 1 || b.state("message") != bot.DeliveryDone {
			t.Errorf("sent %v and %v, state %s", first.keys(), second.keys(), b.state("message"))
		}
	})
}

func TestADutyIsGivenBackAtOnceByWhoEnds(t *testing.T) {
	bubble(t, func(t *testing.T) {
		var h handled
		b := newBench(t, h.said(nil))
		defer b.close()
		one := b.replica("one", b.store, &outside{name: "a"})
		two := b.replica("two", b.store, &outside{name: "a"})
		defer two.stop()
		time.Sleep(time.Second)
		one.stop()
		if err := two.Accept(t.Context(), said("c", "x")); err != nil {
			t.Fatal(err)
		}
		time.Sleep(3100 * time.Millisecond) // the time in which a replica looks whether a duty is free
		if got := h.list(); !slices.Equal(got, []string{"x"}) {
			t.Errorf("got %v", got)
		}
	})
}

// sweptStore notes when it is swept, in three steps each time.
type sweptStore struct {
	bot.Store
	mu sync.Mutex
	at []time.Time
}

func (s *sweptStore) Sweep(_ context.Context, now time.Time) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.at = append(s.at, now)
	return len(s.at)%3 != 0, nil
}

func TestWhatIsPastItsRetentionIsSweptHourlyByOneReplica(t *testing.T) {
	bubble(t, func(t *testing.T) {
		b := newBench(t, bot.Unasked{})
		defer b.close()
		s := &sweptStore{Store: b.store}
		one, two := b.replica("one", s, &outside{name: "a"}), b.replica("two", s, &outside{name: "a"})
		defer one.stop()
		defer two.stop()
		began := time.Now()
		time.Sleep(2*time.Hour + 2*time.Minute)
		s.mu.Lock()
		defer s.mu.Unlock()
		if len(s.at) != 9 {
			t.Fatalf("swept at %v", s.at)
		}
		for i, at := range s.at {
			if late := at.Sub(began) - time.Minute - time.Duration(i/3)*time.Hour; late < -time.Second || late > time.Minute {
				t.Errorf("step %d came %s late", i, late)
			}
		}
	})
}

// What has begun when the process is told to end is waited for and written
// down; what has not begun stays for the next.
func TestAnEndWaitsForWhatIsUnderWay(t *testing.T) {
	bubble(t, func(t *testing.T) {
		out := &outside{name: "a", took: 5 * time.Second}
		b := newBench(t, bot.Unasked{}, out)
		one := b.replica("one", b.store, out)
		b.put(post("c", "1"), post("c", "2"), post("d", "1d"))
		time.Sleep(2500 * time.Millisecond)
		began := time.Now()
		one.stop()
		if took := time.Since(began); took > 5*time.Second {
			t.Errorf("the end took %s", took)
		}
		states := []bot.DeliveryState{b.state("1"), b.state("2"), b.state("1d")}
		if want := []bot.DeliveryState{bot.DeliveryDone, bot.DeliveryWaiting, bot.DeliveryDone}; !slices.Equal(states, want) {
			t.Errorf("states %v, want %v", states, want)
		}
		two := b.replica("two", b.store, out)
		time.Sleep(time.Minute)
		two.stop()
		got := out.keys()
		slices.Sort(got)
		if !slices.Equal(got, []string{"1", "1d", "2"}) {
			t.Errorf("sent %v", got)
		}
		b.close()
	})
}
