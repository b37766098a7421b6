package storage

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"meridian/bot"
)

const (
	// importRows and importTime bound one Update of an import or of its undoing.
	importRows = 100
	importTime = 8 * time.Millisecond
	// importDuty is held meanwhile, so that no server handles events.
	importDuty = "inbox"
	// keepImported is for how long an import can be taken back.
	keepImported = 30 * day
)

// ErrServed is returned by imports while a server works with the store.
var ErrServed = errors.New("a server is running")

// ErrThere is returned for a request whose number the store has.
var ErrThere = errors.New("it is in the store already")

// Import is a file on its way into the store. Nothing comes of what it brings: no
// delivery, no card, and no timer but that which ends a pause.
type Import struct {
	Batch    string
	Lines    int64     // of the file, that have been taken
	Finished time.Time // zero: not yet
	Base     int64     // what is added to the numbers in the file: 0, or the highest that there was

	s      *Store
	holder string
	audit  int64 // audit lines taken
	skip   int64 // and those that an import of the same file had left before it was taken back
}

const importColumns = `SELECT batch, lines, audit, base, finished_at FROM imports `

// StartImport begins to import a file, or goes on with one that was broken off:
// the file is known by its hash. highest is the highest number of a request in
// it, which new requests must not get. A file of another desk, with counted, has
// numbers from 1, which are counted from the highest that there is.
func (s *Store) StartImport(ctx context.Context, file, hash string, highest int64, counted bool) (*Import, error) {
	i := &Import{s: s, holder: fmt.Sprintf("import by process %d", os.Getpid())}
	err := s.Update(ctx, func(x bot.Tx) error {
		t := x.(*tx)
		if err := t.alone(i.holder); err != nil {
			return err
		}
		var finished int64
		err := t.get([]any{&i.Batch, &i.Lines, &i.audit, &i.Base, &finished}, importColumns+`WHERE hash = ? AND undone_at = 0 ORDER BY started_at DESC LIMIT 1`, hash)
		i.Finished = fromMS(finished)
		if !isMissing(err) {
			return err
		}
		return t.newImport(i, file, hash, highest, counted)
	})
	if err != nil {
		return nil, fmt.Errorf("storage: start import: %w", err)
	}
	return i, nil
}

// alone takes the duty of an import, unless a server holds one.
func (t *tx) alone(holder string) error {
	var other string
	err := t.get([]any{&other}, `SELECT holder FROM duties WHERE until_at > ? AND holder <> ? LIMIT 1`, toMS(t.now), holder)
	if err == nil {
		return fmt.Errorf("%w: %s", ErrServed, other)
	}
	if !isMissing(err) {
		return err
	}
	_, ok, err := t.HoldDuty(importDuty, holder, 10*time.Second)
	if err == nil && !ok {
		err = ErrServed
	}
	return err
}

func (t *tx) newImport(i *Import, file, hash string, highest int64, counted bool) error {
	if err := t.get([]any{&i.skip}, `SELECT coalesce(max(audit), 0) FROM imports WHERE hash = ?`, hash); err != nil {
		return err
	}
	for n := 0; i.Batch == ""; n++ {
		name := t.now.Format(time.DateOnly) + letters(n)
		var same int
		if err := t.get([]any{&same}, `SELECT count(*) FROM imports WHERE batch = ?`, name); err != nil {
			return err
		}
		if same == 0 {
			i.Batch = name
		}
	}
	last, err := t.next("request")
	if err != nil {
		return err
	}
	if counted {
		i.Base = last - 1
	}
	t.known.counters["request"] = max(last-1, i.Base+highest)
	return t.later(`INSERT INTO imports (batch, file, hash, lines, audit, base, started_at, finished_at, undone_at) VALUES (?, ?, ?, 0, 0, ?, ?, 0, 0)`,
		i.Batch, file, hash, i.Base, toMS(t.now))
}

// letters counts a, b, ... z, aa, ab.
func letters(n int) string {
	if n < 26 {
		return string(rune('a' + n))
	}
	return letters(n/26-1) + string(rune('a'+n%26))
}

// Step takes as many lines as one short transaction may hold. next writes one
// of them and reports whether there was one. Step returns false when there are
// no more.
func (i *Import) Step(ctx context.Context, next func(w *ImportTx) (bool, error)) (more bool, err error) {
	lines, audit := i.Lines, i.audit
	err = i.s.Update(ctx, func(x bot.Tx) error {
		w := &ImportTx{t: x.(*tx), i: i}
		w.t.past = true
		if err := w.t.alone(i.holder); err != nil {
			return err
		}
		began := time.Now()
		for more = true; more && i.Lines < lines+importRows && time.Since(began) < importTime; {
			if more, err = next(w); err != nil {
				return err
			}
			if more {
				i.Lines++
			}
		}
		return w.t.later(`UPDATE imports SET lines = ?, audit = ? WHERE batch = ?`, i.Lines, i.audit, i.Batch)
	})
	if err != nil {
		i.Lines, i.audit = lines, audit
		return false, fmt.Errorf("storage: import: %w", err)
	}
	return more, nil
}

// Finish ends an import whose lines have all been taken. last, which may be nil,
// runs in the same transaction.
func (i *Import) Finish(ctx context.Context, last func(tx bot.Tx) error) error {
	if err := i.s.sealAll(ctx); err != nil {
		return fmt.Errorf("storage: finish import: %w", err)
	}
	err := i.s.Update(ctx, func(x bot.Tx) error {
		t := x.(*tx)
		if err := t.later(`UPDATE imports SET finished_at = ? WHERE batch = ? AND finished_at = 0`, toMS(t.now), i.Batch); err != nil {
			return err
		}
		i.Finished = t.now
		if last == nil {
			return nil
		}
		return last(t)
	})
	if err != nil {
		return fmt.Errorf("storage: finish import: %w", err)
	}
	return nil
}

// Release lets servers go on.
func (i *Import) Release(ctx context.Context) error {
	return i.s.Update(ctx, func(x bot.Tx) error {
		_, _, err := x.HoldDuty(importDuty, i.holder, 0)
		return err
	})
}

// sealAll puts every fresh row into the index of words.
func (s *Store) sealAll(ctx context.Context) error {
	for more := true; more; {
		err := s.Update(ctx, func(x bot.Tx) error {
			n, err := x.(*tx).sealFirst(1 << 62)
			more = n > 0
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}
