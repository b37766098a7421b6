package engine_test

import (
	"context"
	"testing"
	"time"

	"meridian/bot"
)

// endingStore tells the desk to end in the moment in which it looks for more to
// send while something is under way.
type endingStore struct {
	bot.Store
	end context.CancelFunc
}

func (s *endingStore) View(ctx context.Context, fn func(bot.View) error) error {
	return s.Store.View(ctx, func(v bot.View) error { return fn(&endingView{v, ctx, s.end}) })
}

type endingView struct {
	bot.View
	ctx context.Context
	end context.CancelFunc
}

func (v *endingView) WaitingDeliveries(adapter string, after int64, limit int) ([]bot.WaitingDelivery, error) {
	rows, err := v.View.WaitingDeliveries(adapter, after, limit)
	for _, r := range rows {
		if r.State == bot.DeliverySending {
			v.end()
			return nil, v.ctx.Err()
		}
	}
	return rows, err
}

// What has gone out is written down, or it would go out again at the next
// start.
func TestWhatIsUnderWayAtTheEndIsWrittenDown(t *testing.T) {
	bubble(t, func(t *testing.T) {
		out := &outside{name: "a", took: 5 * time.Second} // longer than between two looks
		b := newBench(t, bot.Unasked{}, out)
		b.put(post("c", "1"))
		ctx, end := context.WithCancel(t.Context())
		e := b.engine("one", &endingStore{b.store, end}, out)
		if err := e.Run(ctx); err != nil {
			t.Error(err)
		}
		if len(out.keys()) != 1 || b.state("1") != bot.DeliveryDone {
			t.Errorf("%v went out, and the row is %s", out.keys(), b.state("1"))
		}
		if err := b.store.Close(); err != nil {
			t.Error(err)
		}
	})
}
