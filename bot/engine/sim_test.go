package engine_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"meridian/bot"
	"meridian/bot/engine"
	"meridian/storage"
)

var (
	simSeeds = flag.Int("sim.seeds", 5, "how many seeds the simulation plays")
	simSeed  = flag.Uint64("sim.seed", 0, "play this seed alone")
)

// A whole desk runs through crashes, a failing store, duplicates and an
// outside that drops connections after it has done what it was asked: at the
// end every event was handled once and every message is there once.
func TestSimulatedFaultsLoseNothingAndDoubleNothing(t *testing.T) {
	seeds := []uint64{*simSeed}
	if *simSeed == 0 {
		seeds = nil
		for i := range *simSeeds {
			seeds = append(seeds, uint64(i)+1)
		}
	}
	for _, seed := range seeds {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			bubble(t, func(t *testing.T) { simulate(t, seed) })
		})
	}
}

// dice are the one source of chance of a seed.
type dice struct {
	mu   sync.Mutex
	rand *rand.Rand
}

// IntN is a number below n.
func (d *dice) IntN(n int) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.rand.IntN(n)
}

// sim is one simulated desk.
type sim struct {
	t    *testing.T
	b    *bench
	rand *dice
	wire *wire
	sent []string // keys of events that were acknowledged
}

func simulate(t *testing.T, seed uint64) {
	r := &dice{rand: rand.New(rand.NewPCG(seed, 7))}
	s := &sim{t: t, rand: r, wire: &wire{rand: r, shown: map[string]int{}, order: map[string][]string{}}}
	s.b = newBench(t, bot.Unasked{Said: []bot.Handler{{Name: "file", Do: fileIt}}})
	if err := s.b.store.Close(); err != nil {
		t.Fatal(err)
	}
	next := 0
	for life := range 6 {
		next = s.live(life, next)
	}
	s.wire.calm = true
	s.live(99, next)
	s.check()
}

// fileIt makes a request of each message and answers it.
func fileIt(_ context.Context, tx bot.Tx, e bot.Event, _ any) error {
	r := bot.Request{Title: e.Key, State: bot.New, Level: 1, Home: e.Place, CreatedAt: tx.Now()}
	if err := tx.SaveRequest(&r); err != nil {
		return err
	}
	card := bot.Delivery{Key: "card:" + e.Key, To: e.Place, Op: bot.OpPost}
	edit := bot.Delivery{Key: "edit:" + e.Key, To: e.Place, Op: bot.OpEdit, After: "card:" + e.Key, Card: "card:" + e.Key}
	return errors.Join(tx.PutDelivery(card), tx.PutDelivery(edit))
}

// live is one process on the store: two replicas, some load, and an end that
// is a crash or a shutdown.
func (s *sim) live(life, next int) int {
	ctx, cancel := context.WithCancel(s.t.Context())
	store, err := storage.Open(ctx, "sqlite:"+s.b.path, storage.Options{Now: time.Now, Settings: s.b.settings.Load})
	if err != nil {
		s.t.Fatal(err)
	}
	faulty := &faultyStore{Store: store, rand: s.rand, calm: s.wire.calm}
	var wg sync.WaitGroup
	var replicas []*engine.Engine
	for i := range 2 {
		e := s.b.engine(fmt.Sprintf("life %d replica %d", life, i), faulty, s.wire)
		replicas = append(replicas, e)
		wg.Go(func() {
			if err := e.Run(ctx); err != nil {
				s.t.Errorf("replica ends: %v", err)
			}
		})
	}
	synctest.Wait()
	for range 10 + s.rand.IntN(20) {
		next = s.write(ctx, replicas, next)
		if s.rand.IntN(3) == 0 {
			time.Sleep(time.Duration(s.rand.IntN(3000)) * time.Millisecond)
		}
	}
	if s.wire.calm {
		time.Sleep(2 * time.Minute)
	}
	if s.rand.IntN(2) == 0 {
		faulty.crash() // nothing that is under way is written down any more
	}
	cancel()
	wg.Wait()
	if err := store.Close(); err != nil {
		s.t.Fatal(err)
	}
	return next
}

// write accepts a few events, some of them twice or by both replicas.
func (s *sim) write(ctx context.Context, replicas []*engine.Engine, next int) int {
	e := said(fmt.Sprint("c", s.rand.IntN(4)), fmt.Sprintf("%04d", next))
	for range 1 + s.rand.IntN(3) {
		if err := replicas[s.rand.IntN(2)].Accept(ctx, e); err == nil {
			if !slices.Contains(s.sent, e.Key) {
				s.sent = append(s.sent, e.Key)
			}
		}
	}
	return next + 1
}

func (s *sim) check() {
	s.b.open()
	defer func() {
		if err := s.b.store.Close(); err != nil {
			s.t.Error(err)
		}
	}()
	var titles []string
	err := s.b.store.View(s.t.Context(), func(v bot.View) error {
		all, err := v.Requests(bot.RequestQuery{Limit: 10_000})
		for _, r := range all {
			titles = append(titles, r.Title)
		}
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	slices.Sort(titles)
	if len(slices.Compact(slices.Clone(titles))) != len(titles) {
		s.t.Errorf("events were handled twice: %v", titles)
	}
	for _, key := range s.sent {
		if !slices.Contains(titles, key) {
			s.t.Errorf("event %s was acknowledged and is lost", key)
		}
		if n := s.wire.shown["card:"+key]; n != 1 {
			s.t.Errorf("card %s is there %d times", key, n)
		}
		if s.wire.shown["edit:"+key] < 1 {
			s.t.Errorf("edit %s is missing", key)
		}
	}
}

// wire is an outside that may fail before or after it has done what it was
// asked, and can be asked what it did.
type wire struct {
	mu    sync.Mutex
	rand  *dice
	calm  bool
	shown map[string]int
	order map[string][]string
}

func (w *wire) Name() string { return "a" }

func (w *wire) Run(ctx context.Context) error {
	<-ctx.Done()
	return nil
}

func (w *wire) Deliver(_ context.Context, d bot.Delivery) (bot.Receipt, error) {
	time.Sleep(time.Millisecond)
	w.mu.Lock()
	defer w.mu.Unlock()
	r := bot.Receipt{Message: "m:" + d.Key}
	roll := w.rand.IntN(10)
	if w.calm {
		roll = 9
	}
	switch roll {
	case 0:
		return bot.Receipt{}, errors.New("no route")
	case 1:
		return bot.Receipt{}, bot.RetryAfter(time.Second)
	}
	if d.Op == bot.OpEdit && d.Target != "m:"+strings.Replace(d.Key, "edit:", "card:", 1) {
		return bot.Receipt{}, bot.Permanent(fmt.Errorf("edit %s of %q", d.Key, d.Target))
	}
	w.shown[d.Key]++
	if roll == 2 || roll == 3 {
		return bot.Receipt{}, bot.Unknown(errors.New("connection dropped"))
	}
	return r, nil
}

func (w *wire) Find(_ context.Context, d bot.Delivery) (bot.Receipt, bool, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.calm && w.rand.IntN(5) == 0 {
		return bot.Receipt{}, false, errors.New("no route")
	}
	return bot.Receipt{Message: "m:" + d.Key}, w.shown[d.Key] > 0, nil
}

// errDisk is what a store says that has a bad day.
var errDisk = errors.New("disk I/O error")

// faultyStore fails now and then, before or after the commit, and always once
// its process has crashed.
type faultyStore struct {
	bot.Store
	mu   sync.Mutex
	rand *dice
	calm bool
	dead bool
}

func (f *faultyStore) roll(n int) bool {
	return !f.calm && f.rand.IntN(n) == 0
}

func (f *faultyStore) crash() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.dead = true
}

func (f *faultyStore) isDead() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.dead
}

func (f *faultyStore) Accept(ctx context.Context, events ...bot.Event) ([]int64, error) {
	if f.isDead() || f.roll(30) {
		return nil, errDisk
	}
	ids, err := f.Store.Accept(ctx, events...)
	if err == nil && f.roll(30) { // stored, but the answer is lost: it will come again
		return nil, errDisk
	}
	return ids, err
}

func (f *faultyStore) Update(ctx context.Context, fn func(bot.Tx) error) error {
	if f.isDead() || f.roll(40) {
		return errDisk
	}
	err := f.Store.Update(ctx, func(tx bot.Tx) error {
		if err := fn(tx); err != nil {
			return err
		}
		if f.isDead() {
			return errDisk
		}
		return nil
	})
	if err == nil && f.roll(60) { // committed, but nobody has heard of it
		return errDisk
	}
	return err
}

func (f *faultyStore) View(ctx context.Context, fn func(bot.View) error) error {
	if f.isDead() {
		return errDisk
	}
	return f.Store.View(ctx, fn)
}
