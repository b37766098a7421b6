package engine

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"os"
	"time"

	"meridian/bot"
)

// A duty is held for five polls and renewed after one and a half: with the
// default poll of 2 seconds, 10 and 3 seconds.
func (e *Engine) lease() time.Duration { return 5 * e.poll }
func (e *Engine) renew() time.Duration { return e.poll + e.poll/2 }

func randomName() string {
	host, err := os.Hostname()
	if err != nil {
		host = "replica"
	}
	b := make([]byte, 4)
	rand.Read(b) //nolint:errcheck // it never fails, see its documentation
	return host + "-" + hex.EncodeToString(b)
}

// hold runs work whenever this replica holds the duty, until ctx ends. Then it
// gives the duty back. work returns nil when its context ends, and an error
// when it must start afresh.
func (e *Engine) hold(ctx context.Context, duty string, work func(ctx context.Context, token int64) error) {
	for ctx.Err() == nil {
		token, ok := e.takeDuty(ctx, duty)
		if !ok {
			e.standBy(ctx)
			continue
		}
		e.running.Add(1)
		e.workWhileHeld(ctx, duty, token, work)
		e.running.Add(-1)
	}
}

// standBy counts as running: a replica that waits for a duty is ready.
func (e *Engine) standBy(ctx context.Context) {
	e.running.Add(1)
	sleep(ctx, e.renew())
	e.running.Add(-1)
}

func (e *Engine) takeDuty(ctx context.Context, duty string) (token int64, ok bool) {
	err := e.store.Update(ctx, func(tx bot.Tx) (err error) {
		token, ok, err = tx.HoldDuty(duty, e.name, e.lease())
		return err
	})
	if err != nil && ctx.Err() == nil {
		e.log.Error("duty not taken", "duty", duty, "err", err)
	}
	return token, ok && err == nil
}

func (e *Engine) workWhileHeld(ctx context.Context, duty string, token int64, work func(context.Context, int64) error) {
	held, cancel := context.WithCancel(ctx)
	done := make(chan error, 1)
	go func() { done <- work(held, token) }()
	defer cancel()
	renewal := time.NewTicker(e.renew())
	defer renewal.Stop()
	for {
		select {
		case err := <-done:
			if err != nil && !errors.Is(err, context.Canceled) {
				e.log.Error("loop starts afresh", "duty", duty, "err", err)
				sleep(ctx, e.poll/20)
			}
			e.giveBack(ctx, duty, token)
			return
		case <-renewal.C:
			if now, ok := e.takeDuty(ctx, duty); !ok || now != token {
				e.log.Warn("duty lost", "duty", duty)
				cancel()
				if err := <-done; err != nil {
					e.log.Debug("loop of a lost duty ended", "duty", duty, "err", err)
				}
				return
			}
		}
	}
}

// giveBack ends a duty at once, so that another replica need not wait for it
// to expire. A duty that is lost already stays with its new holder.
func (e *Engine) giveBack(ctx context.Context, duty string, token int64) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), e.poll)
	defer cancel()
	err := e.store.Update(ctx, func(tx bot.Tx) error {
		if err := tx.CheckDuty(duty, token); err != nil {
			return err
		}
		_, _, err := tx.HoldDuty(duty, e.name, 0)
		return err
	})
	switch {
	case errors.Is(err, bot.ErrFenced):
		// The loop may have ended with another error than the fence: a connection
		// that the database closed while this process was stopped.
		e.log.Warn("duty lost", "duty", duty)
	case err != nil:
		e.log.Warn("duty not given back", "duty", duty, "err", err)
	}
}

// holdAdapter runs what an adapter does only on one replica.
func (e *Engine) holdAdapter(ctx context.Context, h bot.Holder) {
	for ctx.Err() == nil {
		token, ok := e.takeDuty(ctx, h.Duty())
		if !ok {
			sleep(ctx, e.renew())
			continue
		}
		e.workWhileHeld(ctx, h.Duty(), token, func(ctx context.Context, _ int64) error { return h.Hold(ctx) })
	}
}

// sleep waits for d or until ctx ends.
func sleep(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}

// observe learns how far the store's clock is from this machine's. Waiting is
// done by this machine's clock, instants are the store's.
func (e *Engine) observe(store time.Time) {
	e.skew.Store(int64(time.Until(store)))
}

// now is the store's time, as far as it is known.
func (e *Engine) now() time.Time {
	return time.Now().Add(time.Duration(e.skew.Load()))
}
