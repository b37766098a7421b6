package engine

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"meridian/bot"
)

const (
	lookTime    = 10 * time.Second // for Read and Look each
	maxAttempts = 5                // of an event, within about a minute
)

// work is an event on its way: what Read made of it, what Look saw of each.
type work struct {
	event bot.Event
	lane  *lane
	parts []part
	err   error // of Read or Look
}

// part is one event that Read returned, with the handlers that may claim it.
type part struct {
	event    bot.Event
	handlers []bot.Handler
	seen     []any
	passed   []error // what Look said instead of seeing
}

func (e *Engine) route(ev bot.Event) []bot.Handler {
	return e.router.Route(e.settings(), ev)
}

// wantsLook reports whether an event must be read or looked at before it is done.
func (e *Engine) wantsLook(ev bot.Event) bool {
	return e.reader(ev) != nil || bot.HasLook(e.route(ev))
}

// reader is the adapter that can read more of an event than was stored.
func (e *Engine) reader(ev bot.Event) bot.Reader {
	switch ev.Body.(type) {
	case bot.Due, bot.Failed, bot.Heard, bot.Answered:
		return nil
	}
	if s, ok := e.senders[ev.Source]; ok {
		if r, ok := s.adapter.(bot.Reader); ok {
			return r
		}
	}
	return nil
}

// prepare does Read and Look.
func (e *Engine) prepare(ctx context.Context, ev bot.Event) (w *work) {
	w = &work{event: ev}
	defer func() {
		if p := recover(); p != nil {
			w.err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	events := []bot.Event{ev}
	if r := e.reader(ev); r != nil {
		ctx, cancel := context.WithTimeout(ctx, lookTime)
		defer cancel()
		if events, w.err = r.Read(ctx, ev); w.err != nil {
			return w
		}
	}
	for _, sub := range events {
		sub.ID, sub.Source, sub.Attempt = ev.ID, ev.Source, ev.Attempt
		p := part{event: sub, handlers: e.route(sub)}
		p.seen, p.passed = make([]any, len(p.handlers)), make([]error, len(p.handlers))
		for i, h := range p.handlers {
			if h.Look == nil {
				continue
			}
			if p.seen[i], p.passed[i] = e.lookOnce(ctx, h, sub); !toldOrPassed(p.passed[i]) {
				w.err = p.passed[i]
				return w
			}
		}
		w.parts = append(w.parts, p)
	}
	return w
}

func (e *Engine) lookOnce(ctx context.Context, h bot.Handler, ev bot.Event) (seen any, err error) {
	ctx, cancel := context.WithTimeout(ctx, lookTime)
	defer cancel()
	var own error // what Look itself says; anything else is the store's
	err = e.store.View(ctx, func(v bot.View) error {
		seen, own = h.Look(ctx, v, ev)
		return own
	})
	if err != nil && own == nil {
		err = &storeError{err}
	}
	return seen, err
}

// storeError is an error of the store, which is no attempt of an event.
type storeError struct{ err error }

func (e *storeError) Error() string { return e.err.Error() }
func (e *storeError) Unwrap() error { return e.err }

// toldOrPassed reports whether an error is an answer and no failure.
func toldOrPassed(err error) bool {
	var told *bot.Error
	return err == nil || errors.Is(err, bot.ErrPass) || errors.As(err, &told)
}

// do handles all parts of an event in the transaction.
func (e *Engine) do(ctx context.Context, tx bot.Tx, w *work) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	for _, p := range w.parts {
		if p.event.Key != "" && p.event.Key != w.event.Key {
			fresh, err := tx.PutHandled(p.event)
			if err != nil {
				return err
			}
			if !fresh {
				continue
			}
		}
		if err := e.doPart(ctx, tx, p); err != nil {
			return err
		}
	}
	return nil
}

// saveHeard keeps how far an adapter has caught up, and where it goes on.
func saveHeard(tx bot.Tx, source string, heard bot.Heard) (err error) {
	if heard.Mark != "" {
		err = tx.SaveMark(source, heard.Mark)
	}
	if err == nil && !heard.Until.IsZero() {
		err = tx.SaveHeard(source, heard.Until)
	}
	return err
}

func (e *Engine) doPart(ctx context.Context, tx bot.Tx, p part) error {
	if heard, ok := p.event.Body.(bot.Heard); ok {
		return saveHeard(tx, p.event.Source, heard)
	}
	for i, h := range p.handlers {
		var seen any
		if p.seen != nil {
			if errors.Is(p.passed[i], bot.ErrPass) {
				continue
			}
			if p.passed[i] != nil {
				return p.passed[i]
			}
			seen = p.seen[i]
		}
		if err := h.Do(ctx, tx, p.event, seen); !errors.Is(err, bot.ErrPass) {
			return err
		}
	}
	return nil
}

// outcome is what became of one event of a batch.
type outcome struct {
	work       *work
	err        error
	retryAt    time.Time // zero: it is dead
	statements int
	refused    bool
}

// handle does a batch in one Update. Nearly always every event succeeds, so the
// batch is tried without savepoints first, which cost as much as the work; if
// one fails, the whole is undone and done again with each under its own.
func (b *inbox) handle(ctx context.Context, batch []*work) error {
	done, put, err := b.update(ctx, batch, len(batch) == 1)
	if errors.Is(err, errGuard) {
		done, put, err = b.update(ctx, batch, true)
	}
	if err != nil {
		for _, w := range batch { // their Looks may be stale by the time they come again
			w.lane.ready = nil
		}
		return err
	}
	served := map[*lane]bool{}
	for _, o := range done {
		served[o.work.lane] = true
		b.settle(o)
	}
	b.tidy(served)
	b.wake(put)
	return nil
}

// errGuard ends an Update that must be done again with savepoints.
var errGuard = errors.New("an event of the batch failed")

// update does the events of a batch. An error of the store itself is no attempt
// of any event: the whole batch comes again.
func (b *inbox) update(ctx context.Context, batch []*work, guarded bool) (done []outcome, put *writes, err error) {
	err = b.e.store.Update(ctx, func(raw bot.Tx) error {
		put, done = &writes{Tx: raw, adapters: map[string]bool{}}, nil
		if err := raw.CheckDuty("inbox", b.token); err != nil {
			return err
		}
		if err := raw.Foresee(partsOf(batch)...); err != nil {
			return err
		}
		began := time.Now()
		var finished []int64
		failed := map[*lane]bool{}
		for _, w := range batch {
			if failed[w.lane] {
				continue
			}
			if len(done) > 0 && time.Since(began) > batchTime {
				break
			}
			o, ok := b.e.handleOne(ctx, put, w, guarded)
			if !ok {
				return errGuard
			}
			done = append(done, o)
			if failed[w.lane] = o.err != nil; o.err == nil {
				finished = append(finished, w.event.ID)
			}
		}
		err := raw.FinishEvents(finished...)
		if err != nil && !guarded { // what was written for an event may be refused only now
			err = errors.Join(errGuard, err)
		}
		return err
	})
	return done, put, err
}

// partsOf are the events of a batch, as they were read.
func partsOf(batch []*work) (events []bot.Event) {
	for _, w := range batch {
		for _, p := range w.parts {
			events = append(events, p.event)
		}
	}
	return events
}

// wake tells other loops what a committed batch gives them to do.
func (b *inbox) wake(put *writes) {
	for adapter := range put.adapters {
		if s, ok := b.e.senders[adapter]; ok {
			s.look()
		}
	}
	if put.timers {
		nudge(b.e.timers.nudged)
	}
	if put.replayed {
		b.look()
		for _, s := range b.e.senders {
			s.again()
		}
	}
}

// writes notes what a transaction gives other loops to do.
type writes struct {
	bot.Tx
	adapters map[string]bool
	timers   bool
	replayed bool
}

// PutDelivery notes whose sender has something to do.
func (w *writes) PutDelivery(d bot.Delivery) error {
	w.adapters[d.To.Adapter] = true
	return w.Tx.PutDelivery(d)
}

// SetTimer notes that the next timer may be an earlier one.
func (w *writes) SetTimer(t bot.Timer) error {
	w.timers = true
	return w.Tx.SetTimer(t)
}

// SaveHeard notes that timers which waited for it may go.
func (w *writes) SaveHeard(adapter string, until time.Time) error {
	w.timers = true
	return w.Tx.SaveHeard(adapter, until)
}

// Replay notes that old rows wait again.
func (w *writes) Replay(what string, id int64) error {
	w.replayed = true
	return w.Tx.Replay(what, id)
}

// Statements is how many SQL statements the transaction has taken.
func (w *writes) Statements() int { return statements(w.Tx) }

// settle keeps the lanes in step with what was committed.
func (b *inbox) settle(o outcome) {
	l, id := o.work.lane, o.work.event.ID
	if o.err != nil && !o.retryAt.IsZero() {
		l.ready, l.waits = nil, o.retryAt
		return
	}
	b.forget(l, id)
	if o.refused {
		b.e.stats.Refused.Add(1)
	} else if o.err == nil {
		b.e.stats.Handled.Add(1)
	}
	if b.e.handled != nil {
		b.e.handled(o.work.event, o.statements)
	}
}

// handleOne does one event. What a handler wrote before it failed is undone;
// a refusal is told to the person, and the event is done. Without a guard ok is
// false after any failure, and the transaction must be given up.
func (e *Engine) handleOne(ctx context.Context, tx bot.Tx, w *work, guarded bool) (o outcome, ok bool) {
	o = outcome{work: w}
	before := statements(tx)
	within := func(fn func() error) error { return fn() }
	if guarded {
		within = tx.Savepoint
	}
	err := errors.Join(w.err, within(func() error { return e.keepShown(tx, w) }))
	if err == nil {
		err = within(func() error { return e.do(ctx, tx, w) })
	}
	if err != nil && !guarded {
		return o, false
	}
	var told *bot.Error
	switch {
	case err == nil:
	case errors.As(err, &told):
		o.refused = true
		o.err = tx.Savepoint(func() error { return e.refuse(tx, w.event, told) })
	default:
		o.err = err
	}
	o.statements = statements(tx) - before
	var store *storeError
	switch {
	case errors.As(o.err, &store):
		e.log.Error("event not looked at", "id", w.event.ID, "err", o.err)
		o.retryAt = tx.Now().Add(time.Second)
	case o.err != nil:
		o.retryAt = e.putOff(tx, w.event, o.err)
	}
	return o, true
}

// toldToWait puts an event off whose Read was told by the outside when to come
// again. That is no attempt.
func (e *Engine) toldToWait(tx bot.Tx, ev bot.Event, why error) (retryAt time.Time, told bool) {
	wait, told := bot.RetryDelay(why)
	if !told {
		return retryAt, false
	}
	retryAt = tx.Now().Add(wait)
	err := tx.Savepoint(func() error { return tx.PutOffEvent(ev.ID, ev.Attempt, retryAt, why.Error()) })
	if err != nil {
		e.log.Error("failed event not put off", "id", ev.ID, "err", err)
	}
	return retryAt, true
}

// refuse tells a person why their act was not done.
func (e *Engine) refuse(tx bot.Tx, ev bot.Event, told *bot.Error) error {
	if ev.Actor.ID == "" || ev.Place.Adapter == "email" {
		return nil
	}
	return bot.Whisper(tx, ev, bot.Message{Text: told.Text})
}

// putOff counts a failed attempt. After the last one the event is quarantined:
// the person and the team are told, and it waits in the list of what is stuck.
func (e *Engine) putOff(tx bot.Tx, ev bot.Event, why error) (retryAt time.Time) {
	if at, told := e.toldToWait(tx, ev, why); told {
		return at
	}
	attempt := ev.Attempt + 1
	e.stats.Failed.Add(1)
	e.log.Error("event failed", "id", ev.ID, "kind", ev.Body.Kind(), "attempt", attempt, "err", why)
	if attempt < maxAttempts {
		retryAt = tx.Now().Add(time.Second << (2 * (attempt - 1)) / 2) // 0.5, 2, 8, 32 s
	} else {
		e.stats.Quarantined.Add(1)
	}
	err := tx.Savepoint(func() error {
		if err := tx.PutOffEvent(ev.ID, attempt, retryAt, why.Error()); err != nil || !retryAt.IsZero() {
			return err
		}
		return e.tellStuck(tx, ev)
	})
	if err != nil {
		e.log.Error("failed event not put off", "id", ev.ID, "err", err)
		return tx.Now().Add(time.Second)
	}
	return retryAt
}

func (e *Engine) tellStuck(tx bot.Tx, ev bot.Event) error {
	id := bot.Code(fmt.Sprint(ev.ID))
	if ev.Actor.ID != "" && ev.Place.Adapter != "email" {
		if err := bot.Whisper(tx, ev, bot.Message{Text: bot.Say("stuck.person", "Id", id)}); err != nil {
			return err
		}
	}
	return bot.TellOps(tx, fmt.Sprintf("stuck:%d:%d", ev.ID, tx.Now().UnixMilli()), bot.Say("stuck.ops", "Id", id, "Kind", bot.Code(ev.Body.Kind())))
}

// statements is how many SQL statements a transaction has taken, where the
// store counts them.
func statements(tx bot.Tx) int {
	if c, ok := tx.(interface{ Statements() int }); ok {
		return c.Statements()
	}
	return 0
}
