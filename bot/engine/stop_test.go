package engine_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"meridian/bot"
)

// endingStore stands for the moment in which a desk is told to end while it
// looks for more to send.
type endingStore struct {
	bot.Store
	end atomic.Pointer[context.CancelFunc]
}

func (s *endingStore) View(ctx context.Context, fn func(bot.View) error) error {
	if end := s.end.Swap(nil); end != nil {
		(*end)()
		return ctx.Err()
	}
	return s.Store.View(ctx, fn)
}

// What has gone out is written down, or it would go out again at the next
// start.
func TestWhatIsUnderWayAtTheEndIsWrittenDown(t *testing.T) {
	bubble(t, func(t *testing.T) {
		out := &outside{name: "a", took: time.Second}
		b := newBench(t, bot.Unasked{}, out)
		store := &endingStore{Store: b.store}
		e := b.engine("one", store, out)
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- e.Run(ctx) }()
		b.put(post("c", "1"))
		time.Sleep(2500 * time.Millisecond) // within the second that it takes
		store.end.Store(&cancel)
		if err := <-done; err != nil {
			t.Error(err)
		}
		if len(out.keys()) != 1 || b.state("1") != bot.DeliveryDone {
			t.Errorf("%v went out, and the row is %s", out.keys(), b.state("1"))
		}
		if err := errors.Join(ctx.Err(), b.store.Close()); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
}
