package storage

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"strconv"
	"strings"
	"time"

	"meridian/bot"
)

// view is a bot.View. Its methods stand next to the tables they read.
type view struct {
	ctx      context.Context // the caller's: its end refuses further statements
	bound    context.Context // what statements run with
	q        *session
	now      time.Time
	store    *Store
	settings *bot.Settings // the configuration's
	merged   *bot.Settings // with the clients that are kept here; nil: nobody has asked
	own      bool          // the transaction has changed them
	versions *versions     // as the transaction began; nil: nobody has asked
	// newArticles says that the transaction has written articles.
	newArticles bool
	// newWords says that it has written words of requests.
	newWords   bool
	alike      *alike           // what it knows of requests like others; nil: it must be read
	read       map[int64]stored // the requests read here; nil: nobody needs it
	statements int
	failed     error // a statement that failed and was not undone by a savepoint
}

// tx is a bot.Tx.
type tx struct {
	view
	depth int
	wrote bool
	past  bool // what is written happened in another store
	known known
}

// known is what a transaction need not read twice, since nobody else writes
// while it lasts.
type known struct {
	counters map[string]int64 // as they will be; written at the end
	persons  map[string]int64 // numbers; 0: there is none yet
	chain    *chainHead       // the last line of the audit log
	spoken   *spoken          // words of the request that was written last
	contacts map[string]knownContact
	listed   *knownRequests // the requests that were listed last
	firing   *knownAlerts   // the alerts that fire
	foreseen
}

// copy is what a savepoint goes back to. What is foreseen only ever gets less,
// which is true at every savepoint.
func (k known) copy() known {
	return known{maps.Clone(k.counters), maps.Clone(k.persons), k.chain, k.spoken, maps.Clone(k.contacts), k.listed, k.firing, k.foreseen}
}

var (
	_ bot.View = (*view)(nil)
	_ bot.Tx   = (*tx)(nil)
)

// Now implements bot.View.
func (v *view) Now() time.Time { return v.now }

// Statements is how many SQL statements the transaction has run so far.
func (v *view) Statements() int { return v.statements }

// row is what a result is read from.
type row interface{ Scan(dest ...any) error }

// fail keeps the first error of a statement: on PostgreSQL the transaction is
// void after it, so that it must not be committed on SQLite either.
func (v *view) fail(err error) error {
	err = fmt.Errorf("storage: %w", err)
	if v.failed == nil {
		v.failed = err
	}
	return err
}

// ready counts a statement, or says why no more can be run.
func (v *view) ready() error {
	if v.failed != nil {
		return v.failed
	}
	if err := v.ctx.Err(); err != nil {
		return v.fail(err)
	}
	v.statements++
	return nil
}

func (v *view) rows(query string, args []any, scan func(row) error) (err error) {
	if err := v.ready(); err != nil {
		return err
	}
	rows, err := v.q.query(v.bound, query, args...)
	if err != nil {
		return v.fail(err)
	}
	defer func() {
		if e := errors.Join(rows.Err(), rows.Close()); e != nil && err == nil {
			err = v.fail(e)
		}
	}()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return nil
}

// list collects all rows of a query.
func list[T any](v *view, scan func(row) (T, error), query string, args ...any) ([]T, error) {
	var out []T
	err := v.rows(query, args, func(r row) error {
		x, err := scan(r)
		if err == nil {
			out = append(out, x)
		}
		return err
	})
	return out, err
}

// one gives the first row of a query, or bot.ErrNotFound.
func one[T any](v *view, scan func(row) (T, error), query string, args ...any) (T, error) {
	all, err := list(v, scan, query, args...)
	if err == nil && len(all) == 0 {
		err = bot.ErrNotFound
	}
	if err != nil {
		var none T
		return none, err
	}
	return all[0], nil
}

// get scans the first row of a query into dest, or returns bot.ErrNotFound.
func (v *view) get(dest []any, query string, args ...any) error {
	found := false
	err := v.rows(query, args, func(r row) error {
		found = true
		return r.Scan(dest...)
	})
	if err == nil && !found {
		return bot.ErrNotFound
	}
	return err
}

// exec runs a statement and says how many rows it changed.
func (t *tx) exec(query string, args ...any) (int64, error) {
	res, err := t.run(query, args)
	if err != nil {
		return 0, err
	}
	n, err := res.RowsAffected()
	if err != nil {
		return 0, t.fail(err)
	}
	t.wrote = t.wrote || n > 0
	return n, nil
}

func (t *tx) run(query string, args []any) (sql.Result, error) {
	if err := t.ready(); err != nil {
		return nil, err
	}
	res, err := t.q.exec(t.bound, query, args...)
	if err != nil {
		return nil, t.fail(err)
	}
	return res, nil
}

// later runs a statement whose result nobody needs. It may be sent together
// with others, and its error may come with them.
func (t *tx) later(query string, args ...any) error {
	if err := t.ready(); err != nil {
		return err
	}
	t.wrote = true
	if err := t.q.later(t.bound, query, args...); err != nil {
		return t.fail(err)
	}
	return nil
}

// flush sends what waits to be sent together, so that its errors come now.
func (t *tx) flush() error {
	if err := t.q.flush(t.bound); err != nil {
		return t.fail(err)
	}
	return nil
}

// finish writes what the transaction has kept to itself so far.
func (t *tx) finish() error {
	if t.failed != nil {
		return t.failed
	}
	for name, n := range t.known.counters {
		if err := t.later(`INSERT INTO counters (name, value) VALUES (?, ?)
			ON CONFLICT (name) DO UPDATE SET value = excluded.value`, name, n); err != nil {
			return err
		}
	}
	if err := t.q.flush(t.bound); err != nil {
		return t.fail(err)
	}
	return nil
}

// returning runs a statement that writes and returns one row at most; found is
// false if it wrote none.
func (t *tx) returning(dest []any, query string, args ...any) (found bool, err error) {
	err = t.get(dest, query, args...)
	if errors.Is(err, bot.ErrNotFound) {
		return false, nil
	}
	t.wrote = t.wrote || err == nil
	return err == nil, err
}

// Savepoint implements bot.Tx. A savepoint that succeeds is not released, which
// saves a statement: one of the same depth that follows hides it, and those of
// other depths have other names.
func (t *tx) Savepoint(fn func() error) error {
	name := "s" + strconv.Itoa(t.depth)
	if _, err := t.run("SAVEPOINT "+name, nil); err != nil {
		return err
	}
	t.depth++
	before := t.known.copy()
	ended := false
	defer func() {
		t.depth--
		if !ended { // a panic: Update rolls all of it back
			t.failed = errors.Join(t.failed, errPanic)
		}
	}()
	err := fn()
	ended = true
	if err == nil {
		err = t.failed
	}
	if err == nil {
		if err = t.q.flush(t.bound); err == nil {
			return nil
		}
		err = t.fail(err)
	}
	t.q.forget()
	t.known, t.merged, t.alike = before, nil, nil
	clear(t.read)
	t.statements++
	if _, rollback := t.q.exec(t.bound, "ROLLBACK TO "+name); rollback != nil {
		return errors.Join(err, t.fail(rollback))
	}
	t.failed = nil
	return err
}

// next counts a name up and gives the new value. Numbers that people see come
// from here: unlike a sequence it leaves no gap when a transaction rolls back.
func (t *tx) next(name string) (int64, error) {
	n, ok := t.known.counters[name]
	if !ok {
		if err := t.get([]any{&n}, `SELECT value FROM counters WHERE name = ?`, name); err != nil && !isMissing(err) {
			return 0, err
		}
		if t.known.counters == nil {
			t.known.counters = map[string]int64{}
		}
	}
	t.known.counters[name] = n + 1
	return n + 1, nil
}

// in writes a list of placeholders and its arguments. The length is rounded up
// to a power of two by repeating the last one, so that few statements are
// prepared. There must be at least one value.
func in[T any](values []T) (string, []any) {
	n := 1
	for n < len(values) {
		n *= 2
	}
	args := make([]any, n)
	for i := range args {
		args[i] = values[min(i, len(values)-1)]
	}
	return "(" + strings.Repeat("?, ", n-1) + "?)", args
}

func limited(n, otherwise int) int {
	if n <= 0 {
		return otherwise
	}
	return n
}

// literal is a limit as part of a statement. SQLite plans a statement with a
// bound LIMIT anew each time the value is bound; statements that loops read
// with must not be.
func literal(n, otherwise int) string { return strconv.Itoa(limited(n, otherwise)) }

func flag(b bool) int {
	if b {
		return 1
	}
	return 0
}
