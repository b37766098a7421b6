package storage

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Restored is what a restore has done.
type Restored struct {
	Copied
	Kept string // where the store stands that was replaced; empty: there was none
}

// Restore puts a copy of a SQLite store in its place. The copy is checked first;
// what it replaces is kept beside it. Deliveries that waited when the copy was
// made may have left since: their outcome is unknown, which decides whether they
// are sent again. On PostgreSQL it returns errors.ErrUnsupported, and ErrServed
// while a server runs.
func Restore(ctx context.Context, address, file string, progress func(done, all int64)) (Restored, error) {
	path, ok := strings.CutPrefix(address, "sqlite:")
	if !ok || path == "" {
		return Restored{}, errors.ErrUnsupported
	}
	r, err := restore(ctx, path, file, progress)
	if err != nil {
		err = fmt.Errorf("storage: restore: %w", err)
	}
	return r, err
}

func restore(ctx context.Context, path, file string, progress func(done, all int64)) (r Restored, err error) {
	lock, err := lockInstance(path + ".lock")
	if err != nil {
		return r, err
	}
	defer lock.unlock()
	if from, err := os.Stat(file); err != nil {
		return r, err
	} else if to, err := os.Stat(path); err == nil && os.SameFile(from, to) {
		return r, fmt.Errorf("%s is the store itself", file)
	}
	if wal, err := os.Stat(file + "-wal"); err == nil && wal.Size() > 0 {
		_, err := checkCopy(ctx, file)
		return r, err
	}
	part, err := copyFile(ctx, path, file, progress)
	if part != "" {
		defer os.Remove(part) //nolint:errcheck // renamed if all went well
	}
	if err != nil {
		return r, err
	}
	if r.Copied, err = checkCopy(ctx, part); err != nil {
		return r, errors.New(strings.ReplaceAll(err.Error(), part, file))
	}
	if err := doubt(ctx, part); err != nil {
		return r, err
	}
	if r.Kept, err = keepStore(ctx, path); err != nil {
		return r, err
	}
	for _, beside := range []string{"-wal", "-shm"} { // they belong to what was there
		if err := os.Remove(path + beside); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return r, err
		}
	}
	if err := os.Rename(part, path); err != nil {
		return r, err
	}
	return r, syncDir(filepath.Dir(path))
}

// copyFile copies a file to one beside path, which it names, that only its owner
// can read.
func copyFile(ctx context.Context, path, file string, progress func(done, all int64)) (part string, err error) {
	from, err := os.Open(file)
	if err != nil {
		return "", err
	}
	defer from.Close() //nolint:errcheck // it was only read
	info, err := from.Stat()
	if err != nil {
		return "", err
	}
	to, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".restore*")
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, to.Close()) }()
	for done := int64(0); ; {
		n, err := io.CopyN(to, from, 4<<20)
		done += n
		progress(done, info.Size())
		if errors.Is(err, io.EOF) {
			return to.Name(), to.Sync()
		}
		if err = errors.Join(err, ctx.Err()); err != nil {
			return to.Name(), err
		}
	}
}

// doubt says of the deliveries that were to be sent by now that nobody knows
// whether they were.
func doubt(ctx context.Context, part string) error {
	db, err := sql.Open("sqlite", strings.Replace(sqliteDSN(part), "journal_mode%28WAL%29", "journal_mode%28DELETE%29", 1))
	if err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, `UPDATE outbox SET state = 'unknown' WHERE state IN ('waiting', 'sending') AND not_before <= ?`, toMS(time.Now()))
	return errors.Join(err, db.Close())
}

// keepStore gives the store at path a second name, under which it stays. It has
// no name yet: there is none.
func keepStore(ctx context.Context, path string) (kept string, err error) {
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	// What is in the WAL goes into the file, if that can still be done.
	if db, err := sql.Open("sqlite", sqliteDSN(path)); err == nil {
		db.ExecContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)") //nolint:errcheck // it may be damaged, which is why it is replaced
		db.Close()                                             //nolint:errcheck // likewise
	}
	for n := 1; ; n++ {
		kept = path + ".before-restore"
		if n > 1 {
			kept += fmt.Sprintf("-%d", n)
		}
		err := os.Link(path, kept)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil {
			return "", err
		}
		break
	}
	if err := os.Link(path+"-wal", kept+"-wal"); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	return kept, syncDir(filepath.Dir(path))
}
