package storage

import (
	"context"
	"slices"
	"strings"
)

// maxTogether is how many rows go into one statement at most.
const maxTogether = 32

// rowsOf are rows for one table that wait to be inserted, or to change rows that
// are there, by few statements: on SQLite a statement costs as much as several
// rows.
type rowsOf struct {
	table        string
	before, row  string // the statement up to its one row of values, and that row
	after, whole string // what follows, and all of it
	rows         int
	args         []any
}

// oneRow takes a statement apart that inserts one row, or updates from one
// row of values; false: it does something else.
func oneRow(query string) (r rowsOf, ok bool) {
	rest, ok := strings.CutPrefix(query, "INSERT INTO ")
	if !ok {
		if rest, ok = strings.CutPrefix(query, "UPDATE "); !ok {
			return r, false
		}
	}
	table, _, _ := strings.Cut(rest, " ")
	values := strings.Index(query, "VALUES (")
	if values < 0 {
		return r, false
	}
	values += len("VALUES ")
	end := strings.IndexByte(query[values:], ')')
	if end < 0 || strings.ContainsRune(query[values+1:values+end], '(') {
		return r, false
	}
	end += values + 1
	r = rowsOf{table: table, before: query[:values], row: query[values:end], after: query[end:], whole: query}
	return r, !strings.HasPrefix(strings.TrimSpace(r.after), ",")
}

// collect keeps the row of a statement until it is sent together with others; false: the statement must be run now.
func (q *session) collect(ctx context.Context, query string, args []any) (bool, error) {
	r, known := q.grouped[query]
	if !known {
		if one, ok := oneRow(query); ok {
			r = &one
		}
		q.grouped[query] = r
	}
	if r == nil {
		return false, nil
	}
	clean(args)
	// What else there is for the table, or for one that its name begins with and
	// that it may refer to, comes before.
	if err := q.settle(ctx, query, r); err != nil {
		return true, err
	}
	if r.rows == 0 {
		q.waiting = append(q.waiting, r)
	}
	r.rows++
	r.args = append(r.args, args...)
	if r.rows < maxTogether {
		return true, nil
	}
	return true, q.settle(ctx, query, nil)
}

// settle sends the rows of all tables that a statement mentions, but for some.
func (q *session) settle(ctx context.Context, query string, but *rowsOf) error {
	for i := 0; i < len(q.waiting); i++ {
		if r := q.waiting[i]; r != but && strings.Contains(query, r.table) {
			q.waiting = slices.Delete(q.waiting, i, i+1)
			i--
			if err := q.sendRows(ctx, r); err != nil {
				return err
			}
		}
	}
	return nil
}

// settleAll sends all rows.
func (q *session) settleAll(ctx context.Context) error {
	for len(q.waiting) > 0 {
		r := q.waiting[0]
		q.waiting = q.waiting[1:]
		if err := q.sendRows(ctx, r); err != nil {
			return err
		}
	}
	return nil
}

// sendRows runs statements for the rows of one table, by powers of two, so that
// few are prepared.
func (q *session) sendRows(ctx context.Context, r *rowsOf) error {
	rows, args := r.rows, r.args
	each := len(args) / rows
	r.rows, r.args = 0, nil
	for n := maxTogether; n > 0; n /= 2 {
		if rows < n {
			continue
		}
		query := r.whole
		if n > 1 {
			query = r.before + strings.Repeat(r.row+", ", n-1) + r.row + r.after
		}
		if _, err := q.run(ctx, query, args[:n*each]); err != nil {
			return err
		}
		rows, args = rows-n, args[n*each:]
	}
	return nil
}

// forget drops what waits to be sent: the transaction that it belongs to is
// undone.
func (q *session) forget() {
	q.pending = nil
	for _, r := range q.waiting {
		r.rows, r.args = 0, nil
	}
	q.waiting = nil
}
