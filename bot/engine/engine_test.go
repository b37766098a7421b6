package engine_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"meridian/bot"
	"meridian/bot/engine"
	"meridian/bot/say"
	"meridian/storage"
)

// bench is one engine on a fresh SQLite store in fake time.
type bench struct {
	t        *testing.T
	path     string
	store    bot.Store
	e        *engine.Engine
	settings atomic.Pointer[bot.Settings]
	unasked  bot.Unasked
	commands []bot.Command
	adapters []bot.Adapter
	poll     time.Duration
	stop     func()
}

func newBench(t *testing.T, u bot.Unasked, adapters ...bot.Adapter) *bench {
	t.Helper()
	inside := bot.Place{Adapter: "a", Channel: "ops"}
	b := &bench{
		t: t, path: filepath.Join(t.TempDir(), "desk.db"), unasked: u, adapters: adapters, poll: 2 * time.Second,
	}
	b.settings.Store(&bot.Settings{
		Team: bot.Team{Name: "Desk", Zone: time.UTC, Language: "en"}, TeamCards: inside,
		Channels: []bot.Channel{{Name: "ops", Place: inside, Audience: bot.Inside}},
	})
	b.open()
	return b
}

func (b *bench) open() {
	b.t.Helper()
	s, err := storage.Open(b.t.Context(), "sqlite:"+b.path, storage.Options{Now: time.Now, Settings: b.settings.Load})
	if err != nil {
		b.t.Fatal(err)
	}
	b.store = s
}

// run starts an engine; stop ends it and closes the store.
func (b *bench) run() {
	b.t.Helper()
	b.e = b.engine("one", b.store, b.adapters...)
	ctx, cancel := context.WithCancel(b.t.Context())
	done := make(chan error, 1)
	go func() { done <- b.e.Run(ctx) }()
	b.stop = func() {
		cancel()
		if err := errors.Join(<-done, b.store.Close()); err != nil {
			b.t.Error(err)
		}
	}
	synctest.Wait()
}

func (b *bench) engine(name string, s bot.Store, adapters ...bot.Adapter) *engine.Engine {
	b.t.Helper()
	words, err := say.New()
	if err != nil {
		b.t.Fatal(err)
	}
	router, err := bot.NewRouter(b.commands, b.unasked)
	if err != nil {
		b.t.Fatal(err)
	}
	e, err := engine.New(engine.Options{Store: s, Router: router, Catalogue: words, Settings: b.settings.Load, Name: name, Poll: b.poll})
	if err != nil {
		b.t.Fatal(err)
	}
	if err := e.Add(adapters...); err != nil {
		b.t.Fatal(err)
	}
	return e
}

func (b *bench) accept(events ...bot.Event) {
	b.t.Helper()
	if err := b.e.Accept(b.t.Context(), events...); err != nil {
		b.t.Fatal(err)
	}
}

func (b *bench) put(deliveries ...bot.Delivery) {
	b.t.Helper()
	err := b.store.Update(b.t.Context(), func(tx bot.Tx) error {
		for _, d := range deliveries {
			if err := tx.PutDelivery(d); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.t.Fatal(err)
	}
}

func (b *bench) state(key string) bot.DeliveryState {
	b.t.Helper()
	var d bot.Delivery
	err := b.store.View(b.t.Context(), func(v bot.View) (err error) {
		d, _, err = v.Delivery(key)
		return err
	})
	if errors.Is(err, bot.ErrNotFound) {
		return ""
	}
	if err != nil {
		b.t.Fatal(err)
	}
	return d.State
}

func said(channel, key string) bot.Event {
	return bot.Event{Source: "a", Key: key, Place: bot.Place{Adapter: "a", Channel: channel}, Message: key, Actor: bot.Actor{ID: "a:anna"}, At: time.Now(), Body: bot.Said{Text: key}}
}

func post(channel, key string) bot.Delivery {
	return bot.Delivery{Key: key, To: bot.Place{Adapter: "a", Channel: channel}, Op: bot.OpPost, Message: bot.Message{Text: bot.Text{Parts: []bot.Part{bot.Quote(key)}}}}
}

// outside is an adapter whose outcomes a test chooses.
type outside struct {
	name string
	mu   sync.Mutex
	done []bot.Delivery
	at   []time.Time
	tell func(d bot.Delivery) error // the outcome; nil: done
	took time.Duration
}

func (o *outside) Name() string { return o.name }

func (o *outside) Run(ctx context.Context) error {
	<-ctx.Done()
	return nil
}

func (o *outside) Deliver(_ context.Context, d bot.Delivery) (bot.Receipt, error) {
	if o.took > 0 {
		time.Sleep(o.took)
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	var err error
	if o.tell != nil {
		err = o.tell(d)
	}
	if err == nil || bot.IsUnknown(err) {
		o.done, o.at = append(o.done, d), append(o.at, time.Now())
	}
	return bot.Receipt{Message: "m:" + d.Key, Thread: d.To.Thread}, err
}

// sent is what was done so far.
func (o *outside) sent() []bot.Delivery {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.Clone(o.done)
}

func (o *outside) keys() []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	var keys []string
	for _, d := range o.done {
		keys = append(keys, d.Key)
	}
	return keys
}

// bubble runs a test in fake time.
func bubble(t *testing.T, fn func(t *testing.T)) {
	t.Helper()
	synctest.Test(t, fn)
}

// handled writes down which events were done.
type handled struct {
	mu   sync.Mutex
	keys []string
}

func (h *handled) said(fail func(e bot.Event) error) bot.Unasked {
	return bot.Unasked{Said: []bot.Handler{{Name: "test", Do: func(_ context.Context, _ bot.Tx, e bot.Event, _ any) error {
		if fail != nil {
			if err := fail(e); err != nil {
				return err
			}
		}
		h.mu.Lock()
		defer h.mu.Unlock()
		h.keys = append(h.keys, e.Key)
		return nil
	}}}}
}

func (h *handled) list() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.keys)
}

func TestEventsOfALaneAreHandledInOrderAndOnce(t *testing.T) {
	bubble(t, func(t *testing.T) {
		var h handled
		b := newBench(t, h.said(nil), &outside{name: "a"})
		b.run()
		defer b.stop()
		var want []string
		for i := range 300 {
			key := fmt.Sprintf("%03d", i)
			want = append(want, key)
			b.accept(said("c", key))
			b.accept(said("c", key)) // the outside tells it again
		}
		time.Sleep(time.Second)
		if got := h.list(); !slices.Equal(got, want) {
			t.Errorf("got %d events %v", len(got), got)
		}
	})
}

func TestAFailingEventHoldsItsLaneAndIsQuarantinedAfterFiveAttempts(t *testing.T) {
	bubble(t, func(t *testing.T) {
		var h handled
		out := &outside{name: "a"}
		tries := 0
		b := newBench(t, h.said(func(e bot.Event) error {
			if e.Key == "bad" {
				tries = max(tries, e.Attempt+1)
				if e.Attempt == 1 {
					panic("at the disco")
				}
				return errors.New("no luck")
			}
			return nil
		}), out)
		b.run()
		defer b.stop()
		b.accept(said("c", "bad"), said("c", "after"), said("other", "beside"))
		time.Sleep(100 * time.Millisecond)
		if got := h.list(); !slices.Equal(got, []string{"beside"}) {
			t.Errorf("while the lane is held: %v", got)
		}
		time.Sleep(time.Minute)
		if got := h.list(); !slices.Equal(got, []string{"beside", "after"}) || tries != 5 {
			t.Errorf("after the quarantine: %v, %d tries", got, tries)
		}
		var told []string
		for _, d := range out.sent() {
			told = append(told, string(d.Op)+" "+d.Message.Text.Parts[0].ID)
		}
		slices.Sort(told)
		if !slices.Equal(told, []string{"post stuck.ops", "whisper stuck.person"}) {
			t.Errorf("told %v", told)
		}
	})
}

func TestAQuarantinedEventIsReplayed(t *testing.T) {
	bubble(t, func(t *testing.T) {
		var h handled
		broken := true
		b := newBench(t, h.said(func(bot.Event) error {
			if broken {
				return errors.New("no luck")
			}
			return nil
		}), &outside{name: "a"})
		b.run()
		defer b.stop()
		b.accept(said("c", "bad"))
		time.Sleep(2 * time.Minute)
		broken = false
		err := b.store.Update(t.Context(), func(tx bot.Tx) error {
			stuck, err := tx.Stuck()
			if err != nil || len(stuck) != 1 || stuck[0].Kind != "said" {
				return fmt.Errorf("stuck: %+v, %w", stuck, err)
			}
			return tx.Replay("event", stuck[0].ID)
		})
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		if got := h.list(); !slices.Equal(got, []string{"bad"}) {
			t.Errorf("got %v", got)
		}
	})
}

func TestARefusalIsToldAndLeavesNothingBehind(t *testing.T) {
	bubble(t, func(t *testing.T) {
		out := &outside{name: "a"}
		b := newBench(t, bot.Unasked{Said: []bot.Handler{{Name: "test", Do: func(_ context.Context, tx bot.Tx, e bot.Event, _ any) error {
			if err := tx.PutDelivery(post("c", "half")); err != nil {
				return err
			}
			return bot.Refuse("refuse.not_yours")
		}}}}, out)
		b.run()
		defer b.stop()
		b.accept(said("c", "x"))
		time.Sleep(time.Second)
		if sent := out.sent(); len(sent) != 1 || sent[0].Op != bot.OpWhisper || sent[0].Person != "a:anna" {
			t.Errorf("got %+v", sent)
		}
	})
}

func TestALookHoldsItsLaneAndNoOther(t *testing.T) {
	bubble(t, func(t *testing.T) {
		var h handled
		u := h.said(nil)
		u.Said[0].Look = func(_ context.Context, _ bot.View, e bot.Event) (any, error) {
			if e.Place.Channel == "slow" {
				time.Sleep(2 * time.Second)
			}
			return nil, nil
		}
		b := newBench(t, u, &outside{name: "a"})
		b.run()
		defer b.stop()
		b.accept(said("slow", "s1"), said("slow", "s2"), said("fast", "f1"), said("fast", "f2"))
		time.Sleep(time.Second)
		if got := h.list(); !slices.Equal(got, []string{"f1", "f2"}) {
			t.Errorf("beside the slow Look: %v", got)
		}
		time.Sleep(4 * time.Second)
		if got := h.list(); !slices.Equal(got, []string{"f1", "f2", "s1", "s2"}) {
			t.Errorf("at the end: %v", got)
		}
	})
}

func TestReadBringsTheRootFirstAndOnce(t *testing.T) {
	bubble(t, func(t *testing.T) {
		var h handled
		b := newBench(t, h.said(nil), &rootReader{outside{name: "a"}})
		b.run()
		defer b.stop()
		b.accept(said("c", "reply1"))
		b.accept(said("c", "reply2"))
		time.Sleep(time.Second)
		if got := h.list(); !slices.Equal(got, []string{"root", "reply1", "reply2"}) {
			t.Errorf("got %v", got)
		}
	})
}

// rootReader brings the root of each reply, under the root's own key.
type rootReader struct{ outside }

func (r *rootReader) Read(_ context.Context, e bot.Event) ([]bot.Event, error) {
	root := e
	root.Key, root.Message = "root", "root"
	return []bot.Event{root, e}, nil
}
