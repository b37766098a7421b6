package storage

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
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
