package storage

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"meridian/bot"
)

// Update implements bot.Store. On SQLite the callers of Accept that wait by the
// time it has succeeded share its commit. A panic in fn rolls back and comes out
// as an error that carries its stack.
func (s *Store) Update(ctx context.Context, fn func(bot.Tx) error) error {
	select {
	case s.writer <- struct{}{}:
	case <-ctx.Done():
		return fmt.Errorf("storage: update: %w", ctx.Err())
	case <-s.closing:
		return errClosed
	}
	defer func() { <-s.writer }()
	if err := s.Err(); err != nil {
		return err
	}
	if s.shared {
		s.commitOffers() // who waits with bytes from outside goes first
	}
	q, err := s.engine.session(ctx, true)
	if err != nil {
		return fmt.Errorf("storage: connect: %w", err)
	}
	err = s.update(ctx, q, fn)
	s.note(err)
	return err
}

func (s *Store) update(ctx context.Context, q *session, fn func(bot.Tx) error) (err error) {
	bound, cancel := s.engine.bound(ctx)
	defer cancel()
	var broken error // the connection cannot be used again
	defer func() { s.engine.release(q, true, broken) }()
	t := &tx{}
	if broken = s.begin(ctx, bound, &t.view, q, true); broken != nil {
		return broken
	}
	t.read = map[int64]stored{}
	done := false
	defer func() {
		if !done { // fn failed, or ended its goroutine
			q.forget()
			_, broken = q.exec(bound, "ROLLBACK")
		}
	}()
	if err := guard(func() error { return fn(t) }); err != nil {
		return err
	}
	if err := t.finish(); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("storage: update: %w", err)
	}
	riders := s.ride(t)
	if t.failed != nil { // they could not even be undone
		return t.failed
	}
	_, err = q.exec(bound, "COMMIT")
	if err != nil {
		done = s.rollbackCommit(bound, q, &broken)
		s.commitEach(riders)
		return fmt.Errorf("storage: commit: %w", err)
	}
	done = true
	finish(riders, nil)
	if t.wrote {
		s.fired()
	}
	return nil
}

// rollbackCommit cleans up after a COMMIT that failed: SQLite may still be
// within the transaction.
func (s *Store) rollbackCommit(ctx context.Context, q *session, broken *error) bool {
	if _, err := q.exec(ctx, "ROLLBACK"); err != nil && !s.shared {
		*broken = err
	}
	return true
}

// ride takes the waiting offers into the transaction's commit. If they do not
// fit they are committed by themselves afterwards.
func (s *Store) ride(t *tx) []*offer {
	if !s.shared {
		return nil
	}
	group := s.queue.take()
	if len(group) == 0 {
		return nil
	}
	wrote := false
	err := t.Savepoint(func() error {
		for _, o := range group {
			for _, r := range o.rows {
				if err := t.insertEvent(r, 0); err != nil {
					return err
				}
				wrote = wrote || r.id != 0
			}
		}
		return nil
	})
	if err == nil {
		t.wrote = t.wrote || wrote
		return group
	}
	for _, o := range group {
		for _, r := range o.rows {
			r.id = 0
		}
		s.queue.put(o)
	}
	return nil
}

// View implements bot.Store.
func (s *Store) View(ctx context.Context, fn func(bot.View) error) error {
	select {
	case <-s.closing:
		return errClosed
	default:
	}
	q, err := s.engine.session(ctx, false)
	if err != nil {
		return fmt.Errorf("storage: connect: %w", err)
	}
	bound, cancel := s.engine.bound(ctx)
	defer cancel()
	var broken error
	defer func() { s.engine.release(q, false, broken) }()
	v := &view{}
	if broken = s.begin(ctx, bound, v, q, false); broken != nil {
		return broken
	}
	defer func() { _, broken = q.exec(bound, "ROLLBACK") }()
	return guard(func() error { return fn(v) })
}

func (s *Store) begin(ctx, bound context.Context, v *view, q *session, write bool) error {
	at, err := s.engine.begin(bound, q, write)
	if err != nil {
		return fmt.Errorf("storage: begin: %w", err)
	}
	if s.o.Now != nil || at.IsZero() {
		at = s.now()
	}
	*v = view{store: s, ctx: ctx, bound: bound, q: q, now: at.UTC().Truncate(time.Millisecond), settings: &bot.Settings{}}
	if s.o.Settings != nil {
		if now := s.o.Settings(); now != nil {
			v.settings = now
		}
	}
	return nil
}

// errPanic marks what guard made of a panic.
var errPanic = errors.New("panic")

func guard(fn func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("storage: %w: %v\n%s", errPanic, p, debug.Stack())
		}
	}()
	return fn()
}
