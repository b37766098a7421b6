package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"meridian/storage"
)

// backup copies the store while it is in use.
type backup struct {
	File string `arg:"" placeholder:"FILE" help:"The new file. One that is there already is not touched."`
}

// Run writes the copy, reads it again and says what is in it.
func (b *backup) Run(ctx context.Context, c *call) error {
	return c.reading(ctx, func(s *storage.Store) error {
		bar := newProgress(c.Stderr, "backup")
		copied, err := s.Backup(ctx, b.File, func(done, all int64) { bar.at(done, all, "bytes") })
		bar.end()
		switch {
		case errors.Is(err, errors.ErrUnsupported):
			return errors.New("the store is a PostgreSQL database: pg_dump --format=custom --file=" + b.File + " copies it while it is in use")
		case errors.Is(err, fs.ErrExist):
			return fmt.Errorf("%s is there already; name a new file", b.File)
		case err != nil:
			return err
		}
		return c.say("%s holds the whole store: %s, %s bytes. It was read again and is sound.", b.File, plural(int(copied.Requests), "request"), grouped(copied.Bytes))
	})
}
