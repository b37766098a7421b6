package cli

import (
	"context"
	"fmt"

	"meridian/bot"
	"meridian/storage"
)

// verify checks that the store's pages and indexes fit together, and walks the
// audit log, whose lines are chained by their hashes.
type verify struct{}

// Run fails if a line was changed or taken out.
func (*verify) Run(ctx context.Context, c *call) error {
	return c.reading(ctx, func(s *storage.Store) error {
		if err := s.Check(ctx); err != nil {
			return fmt.Errorf("the store is damaged: %w", err)
		}
		var lines, broken int64
		err := s.View(ctx, func(v bot.View) (err error) {
			lines, broken, err = v.VerifyAudit()
			return err
		})
		switch {
		case err != nil:
			return fmt.Errorf("read the audit log: %w", err)
		case broken != 0:
			return fmt.Errorf("the audit log is broken at line %d: it, or the one before it, was changed or taken out", broken)
		}
		return c.say("The store is sound, and the audit log is whole: %d lines.", lines)
	})
}
