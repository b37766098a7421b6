package commands

import (
	"context"
	"errors"

	"meridian/bot"
)

// dueAbout makes a handler of the timers of one kind that are about a request.
// A request that is there no more, since its import was taken back, needs none.
func dueAbout(name, what string, do func(tx bot.Tx, e bot.Event, r bot.Request) error) bot.Handler {
	return bot.Handler{Name: name, Do: func(_ context.Context, tx bot.Tx, e bot.Event, _ any) error {
		b := e.Body.(bot.Due)
		number, ok := bot.ParseRequestID(b.Object)
		if b.What != what || !ok {
			return bot.ErrPass
		}
		r, err := tx.Request(number)
		if errors.Is(err, bot.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		return do(tx, e, r)
	}}
}
