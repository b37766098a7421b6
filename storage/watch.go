package storage

import (
	"context"
	"sync"
)

// watchers are the channels that fire after commits. Each holds one signal, so
// that commits close to each other fire once and nobody is waited for.
type watchers struct {
	mu     sync.Mutex
	chans  map[chan struct{}]struct{}
	closed bool
}

// Watch implements bot.Store.
func (s *Store) Watch(ctx context.Context) <-chan struct{} { return s.watchers.watch(ctx) }

// WatchOthers implements bot.Neighbour. On SQLite it never fires: one process
// writes the file.
func (s *Store) WatchOthers(ctx context.Context) <-chan struct{} { return s.others.watch(ctx) }

func (w *watchers) watch(ctx context.Context) <-chan struct{} {
	c := make(chan struct{}, 1)
	if w.add(c) {
		context.AfterFunc(ctx, func() { w.remove(c) })
	}
	return c
}

func (w *watchers) add(c chan struct{}) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		close(c)
		return false
	}
	if w.chans == nil {
		w.chans = map[chan struct{}]struct{}{}
	}
	w.chans[c] = struct{}{}
	return true
}

func (w *watchers) remove(c chan struct{}) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, ok := w.chans[c]; ok {
		delete(w.chans, c)
		close(c)
	}
}

func (w *watchers) fire() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for c := range w.chans {
		select {
		case c <- struct{}{}:
		default:
		}
	}
}

func (w *watchers) close() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.closed = true
	for c := range w.chans {
		close(c)
	}
	clear(w.chans)
}
