package storage

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"time"
)

// Copied is what a copy of a SQLite store holds.
type Copied struct {
	Bytes    int64
	Schema   int64 // version of its tables
	Requests int64
	Audit    int64 // lines of the audit log, whose chain is whole
}

// Backup writes a copy of a SQLite store to a new file, as of one moment and
// while it is in use, and checks it. progress may be nil; it is told how many
// bytes have been written of about how many. A file that is there is not
// touched: fs.ErrExist. On PostgreSQL it returns errors.ErrUnsupported: pg_dump
// does it better.
func (s *Store) Backup(ctx context.Context, file string, progress func(done, all int64)) (Copied, error) {
	copied, err := s.engine.backup(ctx, file, progress)
	if err != nil {
		return copied, fmt.Errorf("storage: backup: %w", err)
	}
	return copied, nil
}

func (e *sqliteEngine) backup(ctx context.Context, file string, progress func(done, all int64)) (copied Copied, err error) {
	if _, err := os.Lstat(file); err == nil {
		return copied, fmt.Errorf("%s: %w", file, fs.ErrExist)
	}
	db, err := sql.Open("sqlite", sqliteDSN(e.path, "cache_size(-2000)")) // readers may not even write elsewhere
	if err != nil {
		return copied, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	info, err := os.Stat(e.path)
	if err != nil {
		return copied, err
	}
	return copied, vacuumInto(ctx, db, file, func(part string) (err error) {
		copied, err = checkCopy(ctx, part)
		return err
	}, func(done int64) {
		if progress != nil {
			progress(done, info.Size())
		}
	})
}

type execer interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

// vacuumInto writes the copy under another name, checks, syncs and renames it,
// so that a file of that name is always whole.
func vacuumInto(ctx context.Context, c execer, file string, check func(part string) error, progress func(done int64)) error {
	f, err := os.CreateTemp(filepath.Dir(file), filepath.Base(file)+".part*") // mode 0600
	if err != nil {
		return err
	}
	defer f.Close()           //nolint:errcheck // synced below
	defer os.Remove(f.Name()) //nolint:errcheck // linked if all went well
	watched, stop := context.WithCancel(ctx)
	defer stop()
	go watchSize(watched, f, progress)
	if _, err := c.ExecContext(ctx, "VACUUM INTO ?", f.Name()); err != nil {
		return err
	}
	stop()
	if err := f.Sync(); err != nil {
		return err
	}
	if err := check(f.Name()); err != nil {
		return err
	}
	err = os.Link(f.Name(), file) // unlike a rename it replaces nothing
	if err != nil && !errors.Is(err, fs.ErrExist) {
		err = os.Rename(f.Name(), file) // some disks know no links
	}
	return errors.Join(err, syncDir(filepath.Dir(file)))
}

// watchSize tells how large a file is until ctx ends.
func watchSize(ctx context.Context, f *os.File, progress func(done int64)) {
	look := time.NewTicker(100 * time.Millisecond)
	defer look.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-look.C:
			if info, err := f.Stat(); err == nil {
				progress(info.Size())
			}
		}
	}
}

// syncDir makes the names in a folder durable.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// checkCopy reads all of a copy, without writing to it or beside it: its pages
// fit together, this program knows its tables, and the audit chain is whole.
func checkCopy(ctx context.Context, file string) (copied Copied, err error) {
	info, err := os.Stat(file)
	if err != nil {
		return copied, err
	}
	if wal, err := os.Stat(file + "-wal"); err == nil && wal.Size() > 0 {
		return copied, fmt.Errorf("%s is in use, or was copied while it was: what was written last is in %s-wal; meridian backup makes a whole copy", file, file)
	}
	dsn := url.URL{Scheme: "file", Opaque: (&url.URL{Path: file}).EscapedPath(), RawQuery: "mode=ro&immutable=1"}
	db, err := sql.Open("sqlite", dsn.String())
	if err != nil {
		return copied, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	var said string
	if err := db.QueryRowContext(ctx, "PRAGMA integrity_check(1)").Scan(&said); err != nil || said != "ok" {
		return copied, fmt.Errorf("%s is damaged or no store: %w", file, errors.Join(err, sayUnless(said, "ok")))
	}
	copied.Bytes = info.Size()
	if err := checkSchema(ctx, db, &copied, file); err != nil {
		return copied, err
	}
	return copied, checkRows(ctx, db, &copied, file)
}

func sayUnless(said, fine string) error {
	if said == "" || said == fine {
		return nil
	}
	return errors.New(said)
}

func checkSchema(ctx context.Context, db *sql.DB, copied *Copied, file string) (err error) {
	d := sqliteDialect(nil)
	if copied.Schema, err = schemaVersion(ctx, db, d); err != nil {
		return err
	}
	known, err := knownVersion(db, d)
	switch {
	case err != nil:
		return err
	case copied.Schema == 0:
		return fmt.Errorf("%s is no store of meridian", file)
	case copied.Schema > known+1:
		return fmt.Errorf("%s has schema %d, this program knows %d: use a newer program", file, copied.Schema, known)
	}
	return nil
}

func checkRows(ctx context.Context, db *sql.DB, copied *Copied, file string) error {
	q, err := newSQLiteSession(ctx, db)
	if err != nil {
		return err
	}
	defer q.close() //nolint:errcheck // it only read
	v := &view{ctx: ctx, bound: ctx, q: q}
	if err := v.get([]any{&copied.Requests}, `SELECT count(*) FROM requests`); err != nil {
		return err
	}
	var broken int64
	copied.Audit, broken, err = v.VerifyAudit()
	if err == nil && broken != 0 {
		err = fmt.Errorf("%s: the audit log is broken at line %d", file, broken)
	}
	return err
}
