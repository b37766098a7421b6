// Package engine carries events in and deliveries out. It holds no rule of the
// desk: what an event means is in bot and commands.
//
// An event is accepted, then read, looked at and done, in the order of its
// lane. A delivery is started, sent and finished, in the order of its own. The
// one who holds a duty (the inbox, the timers, an adapter's outbox) keeps the
// lanes in memory and rebuilds them from rows; every write of a duty checks its
// token in the same transaction.
package engine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"meridian/bot"
	"meridian/bot/say"
)

// Options are what an Engine is made of. Poll, Hostname and Log may be zero.
type Options struct {
	Store     bot.Store
	Router    *bot.Router
	Catalogue *say.Catalogue
	Settings  func() *bot.Settings
	Log       *slog.Logger
	Name      string        // of this replica; default a random one
	Poll      time.Duration // how often each loop looks for work of other replicas; default 2 s
	// Handled is called after each event with the number of SQL statements it
	// took, if the store counts them; for tests.
	Handled func(e bot.Event, statements int)
}

// Engine is the inbox, the outbox, the timers and the duties. It is the Desk
// that adapters ask.
type Engine struct {
	store    bot.Store
	router   *bot.Router
	words    *say.Catalogue
	settings func() *bot.Settings
	log      *slog.Logger
	name     string
	poll     time.Duration
	handled  func(bot.Event, int)

	adapters []bot.Adapter
	inbox    *inbox
	timers   *timers
	senders  map[string]*sender
	running  atomic.Int32 // loops that run
	skew     atomic.Int64 // nanoseconds that the store's clock is ahead of ours
	loops    atomic.Int32
	stats    Stats
}

// Stats are counters since the start.
type Stats struct {
	Accepted, Handled, Refused, Failed, Quarantined atomic.Int64
	Sent, Retried, Dead                             atomic.Int64
}

// New checks o and makes an Engine. Adapters are added before Run.
func New(o Options) (*Engine, error) {
	if o.Store == nil || o.Router == nil || o.Catalogue == nil || o.Settings == nil {
		return nil, errors.New("engine: store, router, catalogue and settings are needed")
	}
	e := &Engine{
		store: o.Store, router: o.Router, words: o.Catalogue, settings: o.Settings, log: o.Log,
		name: o.Name, poll: o.Poll, handled: o.Handled, senders: map[string]*sender{},
	}
	if e.log == nil {
		e.log = slog.New(slog.DiscardHandler)
	}
	if e.poll <= 0 {
		e.poll = 2 * time.Second
	}
	if e.name == "" {
		e.name = randomName()
	}
	e.inbox = newInbox(e)
	e.timers = &timers{e: e, nudged: make(chan struct{}, 1)}
	return e, nil
}

// Add names the adapters. Two of one name are refused.
func (e *Engine) Add(adapters ...bot.Adapter) error {
	for _, a := range adapters {
		if _, ok := e.senders[a.Name()]; ok {
			return fmt.Errorf("engine: two adapters named %q", a.Name())
		}
		e.adapters = append(e.adapters, a)
		e.senders[a.Name()] = newSender(e, a)
	}
	return nil
}

// Stats are the counters since the start.
func (e *Engine) Stats() *Stats { return &e.stats }

// Ready reports whether all loops run.
func (e *Engine) Ready() bool {
	n := e.loops.Load()
	return n > 0 && e.running.Load() == n
}

// Run works until ctx ends and what is under way has stopped, or until an
// adapter fails for good.
func (e *Engine) Run(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var wg sync.WaitGroup
	e.loops.Store(int32(2 + len(e.senders)))
	wg.Go(func() { e.hold(ctx, "inbox", e.inbox.run) })
	wg.Go(func() { e.hold(ctx, "timers", e.timers.run) })
	for name, s := range e.senders {
		wg.Go(func() { e.hold(ctx, "send:"+name, s.run) })
	}
	wg.Go(func() { e.watch(ctx) })
	for _, a := range e.adapters {
		wg.Go(func() {
			if err := a.Run(ctx); err != nil && ctx.Err() == nil {
				cancel(fmt.Errorf("adapter %s: %w", a.Name(), err))
			}
		})
		if h, ok := a.(bot.Holder); ok {
			wg.Go(func() { e.holdAdapter(ctx, h) })
		}
	}
	wg.Wait()
	if err := context.Cause(ctx); !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}

// watch wakes the loops when another replica has committed. What this one
// commits it tells its loops itself.
func (e *Engine) watch(ctx context.Context) {
	commits := e.store.Watch
	if n, ok := e.store.(bot.Neighbour); ok {
		commits = n.WatchOthers
	}
	for range commits(ctx) {
		e.inbox.look()
		for _, s := range e.senders {
			s.look()
		}
	}
}

// Accept stores events in the inbox: all or none, durable when it returns nil.
func (e *Engine) Accept(ctx context.Context, events ...bot.Event) error {
	ids, err := e.store.Accept(ctx, events...)
	if err != nil {
		return err
	}
	e.stats.Accepted.Add(int64(len(events)))
	e.inbox.add(ids, events)
	return nil
}

// Form gives the form that an act opens, if any.
func (e *Engine) Form(ctx context.Context, ev bot.Event) (form bot.Form, ok bool, err error) {
	err = e.store.View(ctx, func(v bot.View) error {
		form, ok, err = e.router.Form(v, ev)
		if ok {
			e.localizeForm(&form, v.Settings().LanguageFor(ev.Place, v.Settings().Person(ev.Actor)))
		}
		return err
	})
	return form, ok, err
}

// localizeForm sets the language of a form. A choice's label is a sentence of
// the catalogue, or stays as it is.
func (e *Engine) localizeForm(f *bot.Form, l bot.Language) {
	f.Title, f.Note, f.Submit = f.Title.For(l), f.Note.For(l), f.Submit.For(l)
	for i := range f.Fields {
		field := &f.Fields[i]
		field.Label, field.Hint = field.Label.For(l), field.Hint.For(l)
		if field.Draft.Language == "" { // a draft to a client is in the client's language
			field.Draft = field.Draft.For(l)
		}
		for j := range field.Choices {
			c := &field.Choices[j]
			switch {
			case len(c.Words.Parts) > 0:
				c.Label, c.Words = c.Words.For(l).Plain(e.words, time.UTC), bot.Text{}
			default:
				c.Label = bot.Say(c.Label).For(l).Plain(e.words, time.UTC)
			}
		}
	}
}

// errTried ends an Update that must leave nothing behind.
var errTried = errors.New("tried")

// Try runs the handlers of an event in an Update that is always rolled back.
func (e *Engine) Try(ctx context.Context, ev bot.Event) error {
	work := e.prepare(ctx, ev)
	if work.err != nil {
		return work.err
	}
	err := e.store.Update(ctx, func(tx bot.Tx) error {
		if err := e.do(ctx, tx, work); err != nil {
			return err
		}
		return errTried
	})
	if errors.Is(err, errTried) {
		return nil
	}
	return e.inLanguage(ctx, ev, err)
}

// Rehearse runs the handlers of an event in an Update that is always rolled
// back, and lets fn read what it would lead to.
func (e *Engine) Rehearse(ctx context.Context, ev bot.Event, who string, fn func(p bot.Pages, read []bot.Event) error) error {
	work := e.prepare(ctx, ev)
	if work.err != nil {
		return work.err
	}
	var read []bot.Event
	for _, p := range work.parts {
		read = append(read, p.event)
	}
	err := e.store.Update(ctx, func(tx bot.Tx) error {
		if err := e.do(ctx, tx, work); err != nil {
			return err
		}
		if err := fn(bot.PagesFor(tx, who), read); err != nil {
			return err
		}
		return errTried
	})
	if errors.Is(err, errTried) {
		return nil
	}
	return e.inLanguage(ctx, ev, err)
}

// inLanguage sets the language of a refusal to that of the person.
func (e *Engine) inLanguage(ctx context.Context, ev bot.Event, err error) error {
	var refused *bot.Error
	if !errors.As(err, &refused) {
		return err
	}
	s := e.settings()
	told := *refused
	told.Text = told.Text.For(s.LanguageFor(ev.Place, s.Person(ev.Actor)))
	return &told
}

// Choices completes what a person has typed so far.
func (e *Engine) Choices(ctx context.Context, q bot.Query) (choices []bot.Choice, err error) {
	err = e.store.View(ctx, func(v bot.View) error {
		choices, err = e.router.Choices(v, q)
		lang := v.Settings().LanguageFor(q.Place, v.Settings().Person(q.Actor))
		for i := range choices {
			if c := &choices[i]; len(c.Words.Parts) > 0 {
				c.Label, c.Words = c.Words.For(lang).Plain(e.words, time.UTC), bot.Text{}
			}
		}
		return err
	})
	return choices, err
}

// View lets an adapter read what a person may read.
func (e *Engine) View(ctx context.Context, who string, fn func(bot.Pages) error) error {
	return e.store.View(ctx, func(v bot.View) error { return fn(bot.PagesFor(v, who)) })
}

// Watch fires after every commit, on other replicas too.
func (e *Engine) Watch(ctx context.Context) <-chan struct{} { return e.store.Watch(ctx) }

// PutBlob keeps bytes that are too large for a row.
func (e *Engine) PutBlob(ctx context.Context, kind string, r io.Reader, limit int64) (bot.Blob, error) {
	return e.store.PutBlob(ctx, kind, r, limit)
}

// OpenBlob reads bytes that PutBlob kept.
func (e *Engine) OpenBlob(ctx context.Context, b bot.Blob) (io.ReadCloser, error) {
	return e.store.OpenBlob(ctx, b)
}

// nudge wakes a loop that waits, without waiting for it.
func nudge(c chan<- struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
