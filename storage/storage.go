// Package storage keeps what must not be lost, in SQL. There is one Store with
// one set of statements; what SQLite and PostgreSQL do differently (opening,
// locking, the clock) is behind the engine interface.
//
// Updates run one at a time: on SQLite there is one writer, on PostgreSQL every
// Update takes one lock first. Accept only inserts, and concurrent callers share
// a commit. Times are stored as unix milliseconds, 0 being none.
package storage

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"meridian/bot"
)

// Config says where the store is.
type Config struct {
	// URL is "sqlite:PATH" or "postgres://USER:PASSWORD@HOST/DATABASE".
	URL string `yaml:"url"`
}

// Options are what a store needs beside its address. The zero value works.
type Options struct {
	// Now is the clock of rules. If it is nil, SQLite takes the machine's clock
	// and PostgreSQL the database's.
	Now func() time.Time
	// Settings gives the configuration of the moment for View.Settings.
	Settings func() *bot.Settings
	// Log takes what nobody waits for, such as a lost LISTEN connection.
	Log *slog.Logger
	// SingleInstance makes Open fail while another process has opened the same
	// SQLite file with it. PostgreSQL ignores it: replicas share one database.
	SingleInstance bool
}

// Store is a bot.Store on SQLite or PostgreSQL.
type Store struct {
	o      Options
	engine engine
	log    *slog.Logger

	writer     chan struct{} // holds one token: who has it may Update
	committers chan struct{} // who has one of its tokens may commit Accepts; on SQLite it is writer
	shared     bool          // committers is writer
	queue      offers
	watchers   watchers // of every commit
	others     watchers // of commits by other replicas
	counts     counts
	merged     atomic.Pointer[merged] // the configuration with the clients kept here, as last read
	articles   articleIndex
	likeness   likeness

	damage  atomic.Pointer[error] // why nothing is written any more
	closing chan struct{}
	close   sync.Once
	closed  error
}

var (
	_ bot.Store   = (*Store)(nil)
	_ bot.Sweeper = (*Store)(nil)
)

// errClosed is returned by calls that come after Close.
var errClosed = errors.New("storage: the store is closed")

// engine is what the two databases do differently.
type engine interface {
	// session takes a connection for one transaction; release gives it back.
	session(ctx context.Context, write bool) (*session, error)
	release(q *session, write bool, err error)
	// begin starts a transaction that reads one moment, or one that may write
	// and is the only one to Update. It gives the engine's clock, or the zero time.
	begin(ctx context.Context, q *session, write bool) (time.Time, error)
	// insert commits events in a transaction of their own, all or none, and sets
	// their ids.
	insert(ctx context.Context, rows []*eventRow, at int64) error
	// bound gives the context for statements of one transaction: the caller's
	// end must not tear a connection down in the middle of a commit.
	bound(ctx context.Context) (context.Context, context.CancelFunc)
	// watch listens for commits of other processes until close.
	watch(fire func())
	// committed tells other processes of a commit.
	committed()
	// parallel is how many groups of Accepts may commit at once. 0: only in turn
	// with Updates.
	parallel() int
	backup(ctx context.Context, file string, progress func(done, all int64)) (Copied, error)
	check(ctx context.Context) error
	// victim says that a transaction was rolled back for the sake of another one
	// only: two groups that hold the same keys in another order wait for each other.
	victim(err error) bool
	// damaged says that nothing may be written any more after this error.
	damaged(err error) bool
	close() error
}

// Open opens the store, creates it if it is missing and brings its schema up
// to date. It fails if the schema is more than one version ahead of this
// program, or, with Options.SingleInstance, if another process has it.
func Open(ctx context.Context, url string, o Options) (*Store, error) {
	return open(ctx, url, o, true)
}

// OpenExisting opens a store that must be there and up to date. It never
// creates or migrates one, takes no instance lock and so works beside a running
// server. A SQLite file that is missing gives an error that is fs.ErrNotExist.
func OpenExisting(ctx context.Context, url string, o Options) (*Store, error) {
	o.SingleInstance = false
	return open(ctx, url, o, false)
}

func open(ctx context.Context, url string, o Options, create bool) (*Store, error) {
	s := &Store{o: o, log: o.Log, writer: make(chan struct{}, 1), closing: make(chan struct{})}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	var err error
	scheme, rest, _ := strings.Cut(url, ":")
	switch scheme {
	case "sqlite":
		s.engine, err = openSQLite(ctx, rest, o, create)
	case "postgres", "postgresql":
		s.engine, err = openPostgres(ctx, url, s.log, create)
	default:
		err = errors.New(`storage.url must begin with "sqlite:" or "postgres://"`)
	}
	if err != nil {
		return nil, fmt.Errorf("storage: open: %w", err)
	}
	s.committers, s.shared = s.writer, true
	if n := s.engine.parallel(); n > 0 {
		s.committers, s.shared = make(chan struct{}, n), false
	}
	s.engine.watch(func() {
		s.others.fire()
		s.watchers.fire()
	})
	return s, nil
}

// Close waits for transactions that have begun to write and ends the store.
func (s *Store) Close() error {
	s.close.Do(func() {
		close(s.closing)
		s.writer <- struct{}{} // never given back
		if !s.shared {
			for range cap(s.committers) {
				s.committers <- struct{}{}
			}
		}
		s.watchers.close()
		s.others.close()
		if err := s.engine.close(); err != nil {
			s.closed = fmt.Errorf("storage: close: %w", err)
		}
	})
	return s.closed
}

// Path is the file of a SQLite store, empty on PostgreSQL.
func (s *Store) Path() string {
	if e, ok := s.engine.(*sqliteEngine); ok {
		return e.path
	}
	return ""
}

// Check has the engine check the whole of a SQLite file; the audit chain has a
// check of its own.
func (s *Store) Check(ctx context.Context) error {
	if err := s.engine.check(ctx); err != nil {
		return fmt.Errorf("storage: check: %w", err)
	}
	return nil
}

// Err is nil while the store can be written. After an I/O error, or when the
// file is found to be malformed, it is that error for ever: the process must
// end, and a restart sees what is on the disk.
func (s *Store) Err() error {
	if err := s.damage.Load(); err != nil {
		return *err
	}
	return nil
}

// note remembers an error after which nothing may be written any more.
func (s *Store) note(err error) {
	if err != nil && s.engine.damaged(err) {
		err = fmt.Errorf("storage: damaged, nothing is written any more: %w", err)
		if s.damage.CompareAndSwap(nil, &err) {
			s.log.Error("store damaged", "err", err)
		}
	}
}

// counts are kept in memory since the store was opened.
type counts struct {
	commits, accepted, known, refused, waiting atomic.Int64
}

// Stats are figures for metrics.
type Stats struct {
	Commits  int64 // write transactions committed since the store was opened
	Accepted int64 // events that Accept stored
	Known    int64 // events that Accept dropped because their key was known
	Refused  int64 // calls of Accept that got bot.ErrBusy
	Waiting  int64 // callers of Accept that wait right now
	Inbox    int64 // events that wait to be handled
	Outbox   int64 // deliveries that wait to be sent, are being sent or have an unknown outcome
	Stuck    int64 // dead events, dead and held deliveries
}

// Stats reads the figures.
func (s *Store) Stats(ctx context.Context) (Stats, error) {
	st := Stats{
		Commits: s.counts.commits.Load(), Accepted: s.counts.accepted.Load(), Known: s.counts.known.Load(),
		Refused: s.counts.refused.Load(), Waiting: s.counts.waiting.Load(),
	}
	err := s.View(ctx, func(v bot.View) error {
		return v.(*view).get([]any{&st.Inbox, &st.Outbox, &st.Stuck}, `SELECT
			(SELECT count(*) FROM inbox WHERE state = 'waiting'),
			(SELECT count(*) FROM outbox WHERE `+active+`),
			(SELECT count(*) FROM inbox WHERE state = 'dead') + (SELECT count(*) FROM outbox WHERE `+stuck+`)`)
	})
	return st, err
}

func toMS(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func fromMS(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return time.UnixMilli(n).UTC()
}
