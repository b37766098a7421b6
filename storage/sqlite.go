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

	driver "modernc.org/sqlite" // the embedded engine
	lib "modernc.org/sqlite/lib"
)

const (
	readConns = 4  // connections of Views that are kept
	maxViews  = 64 // Views at once; those above readConns open a connection each
)

// sqliteEngine is one file. All writing goes through one connection; readers
// have their own, which see one moment each and hold no writer up.
type sqliteEngine struct {
	path    string
	writing *sql.DB
	w       *session
	reading *sql.DB
	idle    chan *session // connections of Views that are kept open
	views   chan struct{} // one for each View under way
	lock    *fileLock
}

func openSQLite(ctx context.Context, path string, o Options, create bool) (_ engine, err error) {
	if path == "" {
		return nil, errors.New("storage.url names no file: sqlite:PATH")
	}
	e := &sqliteEngine{path: path, idle: make(chan *session, readConns), views: make(chan struct{}, maxViews)}
	defer func() {
		if err != nil {
			err = errors.Join(err, e.close())
		}
	}()
	if o.SingleInstance {
		if e.lock, err = lockInstance(path + ".lock"); err != nil {
			return nil, err
		}
	}
	if _, err := os.Stat(path); err != nil && (!create || !errors.Is(err, fs.ErrNotExist)) {
		return nil, err
	}
	if create {
		if err = e.create(ctx); err == nil && o.SingleInstance {
			err = e.freeDuties(ctx)
		}
	} else if err = e.connect(ctx); err == nil {
		err = migrate(ctx, e.writing, sqliteDialect(e), false)
	}
	if err != nil {
		return nil, err
	}
	if e.reading, err = sql.Open("sqlite", sqliteDSN(path, "query_only(ON)", "cache_size(-8192)")); err != nil {
		return nil, err
	}
	return e, nil
}

// create makes the file if it is missing, switches it to WAL and migrates it,
// while no other process does the same: busy_timeout does not cover that.
func (e *sqliteEngine) create(ctx context.Context) error {
	l, err := waitForLock(ctx, e.path+".creating")
	if err != nil {
		return err
	}
	defer l.unlock()
	if err := createFile(e.path); err != nil {
		return err
	}
	if err := e.connect(ctx); err != nil {
		return err
	}
	return migrate(ctx, e.writing, sqliteDialect(e), true)
}

// freeDuties ends the duties of a process that died: whoever has the instance
// lock is the only one, so that nobody need wait until they expire.
func (e *sqliteEngine) freeDuties(ctx context.Context) error {
	if _, err := e.w.exec(ctx, `UPDATE duties SET until_at = 0 WHERE until_at > 0`); err != nil {
		return fmt.Errorf("free duties: %w", err)
	}
	return nil
}

// createFile makes an empty file that only its owner can read; SQLite gives the
// files beside it the same mode. An existing one is not touched: opening the
// file within the process and closing it would drop SQLite's locks. So it is
// made under another name and linked.
func createFile(path string) error {
	if _, err := os.Stat(path); err == nil {
		return nil
	}
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".new*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) //nolint:errcheck // an empty file
	if err := f.Close(); err != nil {
		return err
	}
	if err := os.Link(f.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}

func (e *sqliteEngine) connect(ctx context.Context) (err error) {
	if e.writing, err = sql.Open("sqlite", sqliteDSN(e.path, "cache_size(-65536)")); err != nil {
		return err
	}
	e.writing.SetMaxOpenConns(2) // the writer, and the one that migrates before it
	e.w, err = newSQLiteSession(ctx, e.writing)
	return err
}

func newSQLiteSession(ctx context.Context, db *sql.DB) (*session, error) {
	c, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	return &session{conn: c, bind: asWritten, stmts: map[string]*sql.Stmt{}, grouped: map[string]*rowsOf{}}, nil
}

func asWritten(statement string) string { return statement }

// sqliteDSN sets every pragma, so that each connection of a pool gets them.
// Writing transactions are IMMEDIATE: one that reads first and then writes would
// fail at once if somebody else wrote in between.
func sqliteDSN(path string, pragmas ...string) string {
	q := url.Values{
		"mode":       {"rw"},
		"_txlock":    {"immediate"},
		"_defensive": {"1"},
		"_pragma": append([]string{
			"busy_timeout(5000)", "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(ON)",
			"mmap_size(0)", "journal_size_limit(67108864)",
		}, pragmas...),
	}
	return (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: q.Encode()}).String()
}

func (e *sqliteEngine) session(ctx context.Context, write bool) (*session, error) {
	if write {
		return e.w, nil
	}
	select {
	case e.views <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	select {
	case q := <-e.idle:
		return q, nil
	default:
	}
	q, err := newSQLiteSession(context.WithoutCancel(ctx), e.reading)
	if err != nil {
		<-e.views
	}
	return q, err
}

func (e *sqliteEngine) release(q *session, write bool, _ error) {
	if write {
		return
	}
	select {
	case e.idle <- q:
	default:
		q.close() //nolint:errcheck // it only read
	}
	<-e.views
}

func (e *sqliteEngine) begin(ctx context.Context, q *session, write bool) (time.Time, error) {
	statement := "BEGIN"
	if write {
		statement = "BEGIN IMMEDIATE"
	}
	_, err := q.exec(ctx, statement)
	return time.Time{}, err
}

// bound leaves the caller's end out: the driver would start a goroutine for
// every statement to watch it. Transactions are short and look for it between
// statements.
func (e *sqliteEngine) bound(context.Context) (context.Context, context.CancelFunc) {
	return context.Background(), func() {}
}

func (e *sqliteEngine) insert(ctx context.Context, rows []*eventRow, at int64) (err error) {
	if _, err := e.w.exec(ctx, "BEGIN IMMEDIATE"); err != nil {
		return err
	}
	t := &tx{view: view{ctx: ctx, bound: ctx, q: e.w}}
	for _, r := range rows {
		if err = t.insertEvent(r, at); err != nil {
			break
		}
	}
	if err == nil {
		_, err = e.w.exec(ctx, "COMMIT")
	}
	if err != nil {
		if _, e := e.w.exec(ctx, "ROLLBACK"); e != nil {
			return errors.Join(err, e)
		}
	}
	return err
}

// check runs the engine's own check of the whole file.
func (e *sqliteEngine) check(ctx context.Context) error {
	var said string
	if err := e.reading.QueryRowContext(ctx, "PRAGMA integrity_check(1)").Scan(&said); err != nil {
		return err
	}
	if said != "ok" {
		return errors.New(said)
	}
	return nil
}

func (e *sqliteEngine) victim(error) bool { return false }

// damaged says that the file or the disk below it cannot be trusted any more:
// an I/O error, after which a commit that seems to work may not be on the disk,
// or a malformed file. A full disk is not: it works again when there is space.
func (e *sqliteEngine) damaged(err error) bool {
	var failed *driver.Error
	if !errors.As(err, &failed) {
		return false
	}
	switch failed.Code() & 0xff {
	case lib.SQLITE_IOERR, lib.SQLITE_CORRUPT, lib.SQLITE_NOTADB:
		return true
	}
	return false
}

func (e *sqliteEngine) watch(func()) {}

func (e *sqliteEngine) committed() {}

func (e *sqliteEngine) parallel() int { return 0 }

func (e *sqliteEngine) close() error {
	var errs []error
	if e.reading != nil {
		for range maxViews {
			e.views <- struct{}{} // those under way end first
		}
		close(e.idle)
		for q := range e.idle {
			errs = append(errs, q.close())
		}
		errs = append(errs, e.reading.Close())
	}
	if e.w != nil {
		errs = append(errs, e.w.close())
	}
	if e.writing != nil {
		errs = append(errs, e.writing.Close())
	}
	if e.lock != nil {
		e.lock.unlock()
	}
	return errors.Join(errs...)
}
