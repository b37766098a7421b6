package storage

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
)

const (
	// updateLock is taken by every Update, so that they run one at a time on all
	// replicas together. migrateLock does the same for migrations.
	updateLock  = 7_305_161
	migrateLock = 7_305_162

	groups    = 2                // groups of Accepts that commit at once
	viewers   = 32               // Views at once
	idlers    = 8                // connections that are kept
	patience  = 30 * time.Second // for one transaction, all statements together
	lockWait  = "10s"            // for the lock of Updates
	statement = "5s"             // for one statement of an Update
	idle      = "3s"             // an Update that does nothing for so long is ended, its lock given back
)

// postgresEngine is one database that several replicas may share.
type postgresEngine struct {
	writing *sql.DB // Updates and groups of Accepts
	reading *sql.DB
	binds   sync.Map // statements with ? to statements with $n
	notices *notices
}

func openPostgres(ctx context.Context, url string, log *slog.Logger, create bool) (_ engine, err error) {
	config, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, errors.New("storage.url is no address of PostgreSQL") // err shows the password
	}
	config.RuntimeParams["application_name"] = "meridian"
	if err := migratePostgres(ctx, config, create); err != nil {
		return nil, err
	}
	e := &postgresEngine{}
	e.writing = openPool(config, 1+groups, map[string]string{
		// The wait for the lock is a statement too; begin sets the limit of the others.
		"statement_timeout": "11s", "lock_timeout": lockWait, "idle_in_transaction_session_timeout": idle,
	})
	e.reading = openPool(config, viewers, map[string]string{
		"statement_timeout": "10s", "idle_in_transaction_session_timeout": "30s", "default_transaction_read_only": "on",
	})
	if e.notices, err = listen(ctx, config, log); err != nil {
		return nil, errors.Join(err, e.close())
	}
	return e, nil
}

func openPool(config *pgx.ConnConfig, conns int, params map[string]string) *sql.DB {
	c := config.Copy()
	for k, v := range params {
		c.RuntimeParams[k] = v
	}
	db := stdlib.OpenDB(*c)
	db.SetMaxOpenConns(conns)
	db.SetMaxIdleConns(min(conns, idlers))
	return db
}

func migratePostgres(ctx context.Context, config *pgx.ConnConfig, apply bool) (err error) {
	db := openPool(config, 2, nil)
	defer func() { err = errors.Join(err, db.Close()) }()
	if !apply {
		return migrate(ctx, db, postgresDialect(), false)
	}
	c, err := db.Conn(ctx) // the lock belongs to its session and ends with it
	if err != nil {
		return err
	}
	defer c.Close() //nolint:errcheck // the pool is closed next
	if _, err := c.ExecContext(ctx, `SELECT pg_advisory_lock($1)`, migrateLock); err != nil {
		return fmt.Errorf("wait for other replicas that migrate: %w", err)
	}
	return migrate(ctx, db, postgresDialect(), true)
}

// bind turns the ? of a statement into $1, $2, ... Our statements hold no ? in literals.
func (e *postgresEngine) bind(query string) string {
	if b, ok := e.binds.Load(query); ok {
		return b.(string)
	}
	var b strings.Builder
	n := 0
	for part := range strings.SplitSeq(query, "?") {
		if n > 0 {
			b.WriteString("$" + strconv.Itoa(n))
		}
		b.WriteString(part)
		n++
	}
	e.binds.Store(query, b.String())
	return b.String()
}

func (e *postgresEngine) session(ctx context.Context, write bool) (*session, error) {
	db := e.reading
	if write {
		db = e.writing
	}
	c, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	q := &session{conn: c, bind: e.bind}
	if write {
		q.send = sendTogether
	}
	return q, nil
}

// sendTogether runs statements in one round trip.
func sendTogether(ctx context.Context, c *sql.Conn, statements []queued) error {
	return c.Raw(func(driver any) error {
		var b pgx.Batch
		for _, s := range statements {
			b.Queue(s.query, s.args...)
		}
		return driver.(*stdlib.Conn).Conn().SendBatch(ctx, &b).Close()
	})
}

// release gives a connection back, or drops it if it did not even roll back.
func (e *postgresEngine) release(q *session, _ bool, broken error) {
	if broken != nil {
		q.conn.Raw(func(any) error { return driver.ErrBadConn }) //nolint:errcheck // it is the wanted effect
	}
	q.conn.Close() //nolint:errcheck // given back or dropped
}

const clock = `SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint`

// begin takes one round trip: the transaction, the lock, the limit of
// statements and the clock, read when the lock is held.
func (e *postgresEngine) begin(ctx context.Context, q *session, write bool) (at time.Time, err error) {
	script := `BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; ` + clock
	if write {
		script = fmt.Sprintf(`BEGIN; SELECT pg_advisory_xact_lock(%d); SET LOCAL statement_timeout = '%s'; %s`, updateLock, statement, clock)
	}
	err = q.conn.Raw(func(c any) error {
		results, err := c.(*stdlib.Conn).Conn().PgConn().Exec(ctx, script).ReadAll()
		if err != nil {
			return err
		}
		last := results[len(results)-1]
		ms, err := strconv.ParseInt(string(last.Rows[0][0]), 10, 64)
		at = fromMS(ms)
		return err
	})
	return at, err
}

// bound lets a transaction end by itself when its caller is gone: the driver
// would drop the connection, and a COMMIT under way would have an unknown end.
func (e *postgresEngine) bound(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), patience)
}

// insert sends all rows in one round trip, which is one transaction.
func (e *postgresEngine) insert(ctx context.Context, rows []*eventRow, at int64) (err error) {
	q, err := e.session(ctx, true)
	if err != nil {
		return err
	}
	var broken error
	defer func() { e.release(q, true, broken) }()
	for _, r := range rows {
		if len(r.blobs) > 0 {
			broken, err = insertWithBlobs(ctx, q, rows, at)
			return err
		}
	}
	return q.conn.Raw(func(c any) error { return insertBatch(ctx, c.(*stdlib.Conn).Conn(), e.bind(putEvent), rows, at) })
}

func insertBatch(ctx context.Context, c *pgx.Conn, statement string, rows []*eventRow, at int64) (err error) {
	var b pgx.Batch
	for _, r := range rows {
		b.Queue(statement, r.args(at)...)
	}
	results := c.SendBatch(ctx, &b)
	defer func() { err = errors.Join(err, results.Close()) }()
	for _, r := range rows {
		r.id = 0
		if err := results.QueryRow().Scan(&r.id); err != nil && !errors.Is(err, pgx.ErrNoRows) {
			return err
		}
	}
	return nil
}

// insertWithBlobs needs the ids of the rows to record what they name.
func insertWithBlobs(ctx context.Context, q *session, rows []*eventRow, at int64) (broken, err error) {
	if _, err := q.exec(ctx, "BEGIN"); err != nil {
		return err, err
	}
	t := &tx{view: view{ctx: ctx, bound: ctx, q: q}}
	for _, r := range rows {
		if err = t.insertReturning(r, at); err != nil {
			_, broken = q.exec(ctx, "ROLLBACK")
			return broken, err
		}
	}
	if _, err = q.exec(ctx, "COMMIT"); err != nil {
		return err, err
	}
	return nil, nil
}

func (e *postgresEngine) watch(fire func()) { e.notices.forward(fire) }

func (e *postgresEngine) committed() { e.notices.send() }

func (e *postgresEngine) parallel() int { return groups }

func (e *postgresEngine) check(ctx context.Context) error { return e.reading.PingContext(ctx) }

func (e *postgresEngine) victim(err error) bool {
	const deadlock = "40P01"
	var refused *pgconn.PgError
	return errors.As(err, &refused) && refused.Code == deadlock
}

func (e *postgresEngine) damaged(error) bool { return false }

func (e *postgresEngine) backup(context.Context, string, func(done, all int64)) (Copied, error) {
	return Copied{}, errors.ErrUnsupported
}

func (e *postgresEngine) close() error {
	var errs []error
	if e.notices != nil {
		e.notices.close()
	}
	return errors.Join(append(errs, e.reading.Close(), e.writing.Close())...)
}
