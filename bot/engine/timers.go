package engine

import (
	"context"
	"fmt"
	"time"

	"meridian/bot"
)

// sweepEvery is how often what is past its retention is thrown away.
const (
	sweepEvery = time.Hour
	sweepSoon  = time.Minute // after the start
	// timersAtOnce is how many timers become events in one transaction.
	timersAtOnce = 50
)

// timers turns stored instants into events.
type timers struct {
	e      *Engine
	nudged chan struct{}
}

// run works while the duty is held.
func (t *timers) run(ctx context.Context, token int64) error {
	wake := time.NewTimer(t.e.poll)
	defer wake.Stop()
	swept := t.e.now().Add(sweepSoon - sweepEvery)
	var planned *bot.Settings
	for ctx.Err() == nil {
		if s := t.e.settings(); s != planned {
			if err := t.plan(ctx, token); err != nil {
				return err
			}
			planned = s
		}
		more, next, err := t.fire(ctx, token)
		if err != nil {
			return err
		}
		if more {
			continue
		}
		if t.e.now().Sub(swept) >= sweepEvery {
			swept = t.e.now()
			if err := t.sweep(ctx); err != nil {
				return err
			}
		}
		d := t.e.poll
		if !next.IsZero() {
			d = min(d, max(next.Sub(t.e.now()), time.Millisecond))
		}
		wake.Reset(d)
		select {
		case <-ctx.Done():
		case <-t.nudged:
		case <-wake.C:
		}
	}
	return nil
}

// plan sets the timers that the configuration asks for.
func (t *timers) plan(ctx context.Context, token int64) error {
	if !t.e.router.Plans() {
		return nil
	}
	return t.e.store.Update(ctx, func(tx bot.Tx) error {
		if err := tx.CheckDuty("timers", token); err != nil {
			return err
		}
		return t.e.router.Plan(tx)
	})
}

// fire makes events of due timers. The event's key holds the time it was due,
// so that two holders make one event.
func (t *timers) fire(ctx context.Context, token int64) (more bool, next time.Time, err error) {
	var due []bot.Timer
	err = t.e.store.View(ctx, func(v bot.View) (err error) {
		t.e.observe(v.Now())
		if due, err = v.DueTimers(timersAtOnce); err != nil || len(due) > 0 {
			return err
		}
		next, err = v.NextTimer()
		if !next.IsZero() && !next.After(v.Now()) {
			next = v.Now().Add(t.e.poll) // it waits until somebody was heard
		}
		return err
	})
	if err != nil || len(due) == 0 {
		return false, next, err
	}
	err = t.e.store.Update(ctx, func(tx bot.Tx) error {
		if err := tx.CheckDuty("timers", token); err != nil {
			return err
		}
		for _, d := range due {
			ev := bot.Event{
				Source: "timers", Key: fmt.Sprintf("due:%s@%d", d.Key, d.At.UnixMilli()), Place: d.Place, At: d.At,
				Body: bot.Due{Timer: d.Key, What: d.What, Object: d.Object, At: d.At},
			}
			if _, err := tx.PutEvent(ev); err != nil {
				return err
			}
			if err := tx.DropTimer(d.Key); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		t.e.inbox.look()
	}
	return err == nil, time.Time{}, err // when the next one comes is not known yet
}

// sweep throws away what is past its retention, in small steps between which
// others may write.
func (t *timers) sweep(ctx context.Context) error {
	s, ok := t.e.store.(bot.Sweeper)
	for ok && ctx.Err() == nil {
		more, err := s.Sweep(ctx, t.e.now())
		if err != nil || !more {
			return err
		}
	}
	return nil
}
