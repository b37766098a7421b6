package adaptertest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"meridian/bot"
)

// patience is how long something may take that should take no time.
const patience = 10 * time.Second

// Outside is one way into an adapter, as its peer sees it.
type Outside struct {
	Adapter bot.Adapter
	// Send sends the same thing each time, over a connection of its own, and
	// reports whether the adapter said that it has it, with all it said.
	Send func() (taken bool, answer string)
	// Forge sends what the adapter must refuse, with a secret in it that is
	// almost right. It is nil for a way in that has no secret.
	Forge func() (taken bool, answer string)
	// Secrets must appear nowhere: not in logs, answers or errors.
	Secrets []string
}

// Start makes an adapter that speaks to desk and writes to log, and its
// outside. The adapter's Run is called by the contract.
type Start func(t *testing.T, desk bot.Desk, log *slog.Logger) Outside

// Run tests the contract of one way into an adapter.
func Run(t *testing.T, start Start) {
	t.Run("what is taken was stored before it is acknowledged", func(t *testing.T) { storedFirst(t, start) })
	t.Run("what cannot be stored is not acknowledged", func(t *testing.T) { notStored(t, start) })
	t.Run("a redelivery is the same event", func(t *testing.T) { redelivered(t, start) })
	t.Run("what is forged is not taken", func(t *testing.T) { forged(t, start) })
	t.Run("it ends with its context and does not do what it does not know", func(t *testing.T) { ends(t, start) })
}

// running is an adapter under test.
type running struct {
	Outside
	desk *Desk
	log  *buffer
	stop context.CancelFunc
	done chan error
}

func run(t *testing.T, start Start) *running {
	t.Helper()
	r := &running{desk: NewDesk(), log: &buffer{}, done: make(chan error, 1)}
	r.Outside = start(t, r.desk, slog.New(slog.NewTextHandler(r.log, &slog.HandlerOptions{Level: slog.LevelDebug})))
	if len(r.Secrets) == 0 && r.Forge != nil {
		t.Fatal("the outside has a secret that is not named")
	}
	ctx, cancel := context.WithCancel(context.Background())
	r.stop = cancel
	go func() { r.done <- r.Adapter.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		select {
		case err := <-r.done:
			if err != nil && !errors.Is(err, context.Canceled) {
				t.Errorf("Run ended with %v", err)
			}
			r.secret(t, "error of Run", fmt.Sprint(err))
		case <-time.After(patience):
			t.Error("Run did not end with its context")
		}
		r.secret(t, "log", r.log.String())
		for _, e := range r.desk.Events() {
			stored, err := bot.EncodeEvent(e)
			if err != nil {
				t.Error(err)
			}
			r.secret(t, "stored event", e.Source+e.Key+string(stored)+string(e.Raw))
		}
	})
	return r
}

// secret fails the test when a secret stands in what was written.
func (r *running) secret(t *testing.T, where, written string) {
	t.Helper()
	for _, s := range r.Secrets {
		if strings.Contains(written, s) {
			t.Errorf("a secret stands in the %s", where)
		}
	}
}

func storedFirst(t *testing.T, start Start) {
	r := run(t, start)
	waiting, release := r.desk.Hold()
	defer release()
	type outcome struct {
		taken  bool
		answer string
	}
	sent := make(chan outcome, 1)
	go func() {
		taken, answer := r.Send()
		sent <- outcome{taken, answer}
	}()
	select {
	case <-waiting:
	case o := <-sent:
		t.Fatalf("answered %q before anything was accepted", o.answer)
	case <-time.After(patience):
		t.Fatal("nothing was accepted")
	}
	select {
	case o := <-sent:
		t.Fatalf("answered %q while the event was being stored", o.answer)
	case <-time.After(50 * time.Millisecond):
		// Nothing came: an early answer would have been under way already.
	}
	release()
	select {
	case o := <-sent:
		if !o.taken {
			t.Errorf("not acknowledged although it was stored: %q", o.answer)
		}
		r.secret(t, "answer", o.answer)
	case <-time.After(patience):
		t.Fatal("no answer after the event was stored")
	}
	events := r.desk.Events()
	if len(events) == 0 {
		t.Fatal("acknowledged, but nothing was stored")
	}
	for _, e := range events {
		if e.Source != r.Adapter.Name() || e.At.IsZero() || e.Body == nil {
			t.Errorf("incomplete event: source %q, at %v, body %T", e.Source, e.At, e.Body)
		}
		if len(e.Raw) > bot.InlineLimit {
			t.Errorf("%d bytes in the row, more than %d", len(e.Raw), bot.InlineLimit)
		}
	}
}

func notStored(t *testing.T, start Start) {
	r := run(t, start)
	for _, err := range []error{bot.ErrBusy, errors.New("canary: disk is full")} {
		r.desk.FailWith(err)
		taken, answer := r.Send()
		if taken {
			t.Errorf("%v: acknowledged: %q", err, answer)
		}
		if strings.Contains(answer, "canary") {
			t.Errorf("the outside is told of the inside: %q", answer)
		}
		r.secret(t, "answer", answer)
	}
	r.desk.FailWith(nil)
	if taken, answer := r.Send(); !taken {
		t.Errorf("not acknowledged when the store works again: %q", answer)
	}
}

func redelivered(t *testing.T, start Start) {
	r := run(t, start)
	keys := func() []string {
		before := len(r.desk.Events())
		if taken, answer := r.Send(); !taken {
			t.Fatalf("not acknowledged: %q", answer)
		}
		var keys []string
		for _, e := range r.desk.Events()[before:] {
			keys = append(keys, e.Body.Kind()+" "+e.Key)
			keys = append(keys, r.read(t, e)...)
		}
		return keys
	}
	first, second := keys(), keys()
	if !slices.Equal(first, second) {
		t.Errorf("a redelivery has other keys:\n%q\n%q", first, second)
	}
}

// read reads an event twice, as after a crash, and gives the keys it brought.
func (r *running) read(t *testing.T, e bot.Event) []string {
	reader, ok := r.Adapter.(bot.Reader)
	if !ok {
		return nil
	}
	var keys [2][]string
	for i := range keys {
		events, err := reader.Read(context.Background(), e)
		if err != nil {
			t.Fatalf("what was taken cannot be read: %v", err)
		}
		for _, sub := range events {
			keys[i] = append(keys[i], sub.Body.Kind()+" "+sub.Key)
		}
	}
	if !slices.Equal(keys[0], keys[1]) {
		t.Errorf("reading twice gives other keys:\n%q\n%q", keys[0], keys[1])
	}
	return keys[0]
}

func forged(t *testing.T, start Start) {
	r := run(t, start)
	if r.Forge == nil {
		return // nothing to forge: no secret opens this way in
	}
	taken, answer := r.Forge()
	if taken || len(r.desk.Events()) > 0 {
		t.Errorf("taken: %q", answer)
	}
	r.secret(t, "answer", answer)
}

func ends(t *testing.T, start Start) {
	r := run(t, start)
	if taken, answer := r.Send(); !taken {
		t.Fatalf("not acknowledged: %q", answer)
	}
	_, err := r.Adapter.Deliver(context.Background(), bot.Delivery{Key: "k", Op: "none", To: bot.Place{Adapter: r.Adapter.Name(), Channel: "c"}})
	if !errors.Is(err, bot.ErrUnsupported) && !bot.IsPermanent(err) {
		t.Errorf("an unknown op is answered with %v", err)
	}
	r.secret(t, "error of Deliver", fmt.Sprint(err))
	r.stop() // the cleanup waits for Run
}

// buffer is a bytes.Buffer that many may write to.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}
