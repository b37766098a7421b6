package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"meridian/storage"
)

// restore puts a backup in the place of the store.
type restore struct {
	File string `arg:"" placeholder:"FILE" help:"What meridian backup wrote."`
}

// Run checks the backup before anything is replaced, and keeps what it replaces.
func (r *restore) Run(ctx context.Context, c *call) error {
	config, err := c.config(false)
	if err != nil {
		return err
	}
	bar := newProgress(c.Stderr, "restore")
	done, err := storage.Restore(ctx, config.Storage.Reveal(), r.File, func(done, all int64) { bar.at(done, all, "bytes") })
	bar.end()
	switch {
	case errors.Is(err, errors.ErrUnsupported):
		return errors.New("the store is a PostgreSQL database: stop the servers, and pg_restore --clean brings back what pg_dump wrote")
	case errors.Is(err, storage.ErrServed):
		return fmt.Errorf("%s; stop it first", oneLine(err))
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("there is no file %s", r.File)
	case err != nil:
		return fmt.Errorf("nothing was replaced: %s", oneLine(err))
	}
	if err := c.say("%s is the store now: %s.", r.File, plural(int(done.Requests), "request")); err != nil {
		return err
	}
	if err := c.say("What waited to be sent when it was made may have left since; meridian dead list shows what a person must decide."); err != nil {
		return err
	}
	if done.Kept == "" {
		return nil
	}
	return c.say("The store that it replaced is kept as %s.", done.Kept)
}
