package bottest

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"

	"meridian/bot"
)

// errCut is what every call of an engine gets that has died.
var errCut = errors.New("the process is dead")

// life is one process: a store that fails once the process is dead.
type life struct {
	store bot.Store
	desk  bot.Desk
	dead  atomic.Bool
	bot.Blobs
}

func (l *life) Accept(ctx context.Context, events ...bot.Event) ([]int64, error) {
	if l.dead.Load() {
		return nil, errCut
	}
	return l.store.Accept(ctx, events...)
}

func (l *life) Update(ctx context.Context, fn func(bot.Tx) error) error {
	if l.dead.Load() {
		return errCut
	}
	return l.store.Update(ctx, func(tx bot.Tx) error {
		if err := fn(tx); err != nil {
			return err
		}
		if l.dead.Load() {
			return errCut
		}
		return nil
	})
}

func (l *life) View(ctx context.Context, fn func(bot.View) error) error {
	if l.dead.Load() {
		return errCut
	}
	return l.store.View(ctx, fn)
}

func (l *life) Watch(ctx context.Context) <-chan struct{} { return l.store.Watch(ctx) }
func (l *life) Close() error                              { return l.store.Close() }

func sortLines(lines []line) {
	slices.SortStableFunc(lines, func(a, b line) int { return int(a.id - b.id) })
}
