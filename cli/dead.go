package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"meridian/bot"
	"meridian/storage"
)

// deadCmd groups what can be done with events and deliveries that were given
// up, and with deliveries that are held.
type deadCmd struct {
	List   deadList   `cmd:"" default:"1" help:"List them, one a line."`
	Replay deadReplay `cmd:"" help:"Let one be tried again."`
}

type deadList struct{}

// Run prints what it is, its number, kind, state, tries, when and why.
func (*deadList) Run(ctx context.Context, c *call) error {
	return c.reading(ctx, func(s *storage.Store) error {
		var items []bot.StuckItem
		err := s.View(ctx, func(v bot.View) (err error) {
			items, err = v.Stuck()
			return err
		})
		if err != nil {
			return fmt.Errorf("list what is stuck: %w", err)
		}
		for _, it := range items {
			why := strings.Join(strings.Fields(it.Why), " ")
			if err := c.say("%s %d\t%s\t%s\t%d tries\t%s\t%s\t%s", it.What, it.ID, it.Kind, it.State, it.Tries,
				it.At.UTC().Format(time.RFC3339), it.Key, why); err != nil {
				return err
			}
		}
		return nil
	})
}

type deadReplay struct {
	What string `arg:"" enum:"event,delivery" help:"event or delivery, as dead list prints it."`
	ID   int64  `arg:"" help:"Its number."`
}

// Run puts one item back in its line. A running server takes it from there.
func (r *deadReplay) Run(ctx context.Context, c *call) error {
	return c.reading(ctx, func(s *storage.Store) error {
		object := fmt.Sprintf("%s %d", r.What, r.ID)
		err := s.Update(ctx, func(tx bot.Tx) error {
			if err := tx.Replay(r.What, r.ID); err != nil {
				return err
			}
			return tx.AddAudit(bot.AuditLine{At: tx.Now(), Surface: bot.ByCLI, Action: "replay", Object: object})
		})
		switch {
		case errors.Is(err, bot.ErrNotFound):
			return fmt.Errorf("%s is not stuck; meridian dead list shows what is", object)
		case err != nil:
			return fmt.Errorf("replay %s: %w", object, err)
		}
		return c.say("%s will be tried again", object)
	})
}
