package storage

import (
	"context"
	"database/sql"
	"strings"
	"unicode/utf8"
)

// session is one connection with its prepared statements.
type session struct {
	conn  *sql.Conn
	bind  func(string) string
	stmts map[string]*sql.Stmt // nil: the driver keeps them itself
	// send runs statements in one round trip. nil: there are no round trips to
	// save, and only rows of one table are sent together.
	send    func(ctx context.Context, c *sql.Conn, statements []queued) error
	pending []queued
	grouped map[string]*rowsOf // by statement; nil: it is none of one row
	waiting []*rowsOf          // that have rows
}

// queued is a statement that waits to be sent together with others.
type queued struct {
	query string
	args  []any
}

// later runs a statement whose result nobody needs, at the latest before the
// next one whose result somebody does.
func (q *session) later(ctx context.Context, query string, args ...any) error {
	if q.send == nil {
		if collected, err := q.collect(ctx, query, args); collected {
			return err
		}
		_, err := q.exec(ctx, query, args...)
		return err
	}
	clean(args)
	q.pending = append(q.pending, queued{q.bind(query), args})
	return nil
}

// flush sends what waits.
func (q *session) flush(ctx context.Context) error {
	if len(q.waiting) > 0 {
		return q.settleAll(ctx)
	}
	if len(q.pending) == 0 {
		return nil
	}
	statements := q.pending
	q.pending = nil
	return q.send(ctx, q.conn, statements)
}

// maxStatements bounds the cache of a connection. Statements with lists or
// optional conditions come in few shapes, so it is not reached in practice.
const maxStatements = 400

func (q *session) prepared(ctx context.Context, query string) (*sql.Stmt, error) {
	if st, ok := q.stmts[query]; ok {
		return st, nil
	}
	if len(q.stmts) >= maxStatements {
		for _, st := range q.stmts {
			st.Close() //nolint:errcheck // it is thrown away
		}
		clear(q.stmts)
	}
	st, err := q.conn.PrepareContext(ctx, q.bind(query))
	if err != nil {
		return nil, err
	}
	q.stmts[query] = st
	return st, nil
}

// before sends what must be there before a statement is run: rows for the tables
// that it mentions, or, if it names none, as COMMIT does, all.
func (q *session) before(ctx context.Context, query string) error {
	if len(q.waiting) > 0 && strings.Contains(query, " ") && !strings.HasPrefix(query, "SAVEPOINT") {
		return q.settle(ctx, query, nil)
	}
	return q.flush(ctx)
}

func (q *session) exec(ctx context.Context, query string, args ...any) (sql.Result, error) {
	clean(args)
	if err := q.before(ctx, query); err != nil {
		return nil, err
	}
	return q.run(ctx, query, args)
}

func (q *session) run(ctx context.Context, query string, args []any) (sql.Result, error) {
	if q.stmts == nil {
		return q.conn.ExecContext(ctx, q.bind(query), args...)
	}
	st, err := q.prepared(ctx, query) //nolint:sqlclosecheck // the connection keeps it
	if err != nil {
		return nil, err
	}
	return st.ExecContext(ctx, args...)
}

func (q *session) query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	clean(args)
	if err := q.before(ctx, query); err != nil {
		return nil, err
	}
	if q.stmts == nil {
		return q.conn.QueryContext(ctx, q.bind(query), args...)
	}
	st, err := q.prepared(ctx, query) //nolint:sqlclosecheck // the connection keeps it
	if err != nil {
		return nil, err
	}
	return st.QueryContext(ctx, args...)
}

// close gives the connection back to the driver, statements and all.
func (q *session) close() error {
	for _, st := range q.stmts {
		st.Close() //nolint:errcheck // the connection is closed next
	}
	return q.conn.Close()
}

// clean makes strings storable: PostgreSQL refuses NUL and invalid UTF-8 in
// text, SQLite cuts or garbles them. Both become U+FFFD.
func clean(args []any) {
	for i, a := range args {
		if s, ok := a.(string); ok && !storable(s) {
			args[i] = storableText(s)
		}
	}
}

func storable(s string) bool {
	return strings.IndexByte(s, 0) < 0 && utf8.ValidString(s)
}

func storableText(s string) string {
	if storable(s) {
		return s
	}
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
}
