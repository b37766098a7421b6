package storage

import (
	"context"
	"crypto/rand"
	"log/slog"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
)

const (
	noticeChannel = "meridian_commit"
	noticeEvery   = 20 * time.Millisecond // at most one notice in this time
	noticeRetry   = time.Second           // after a lost connection
)

// notices tell other replicas of commits, and hear of theirs. They are sent
// after the commit on a connection of their own: within the transaction they
// would make commits wait for each other. A lost one costs its hearers a poll.
type notices struct {
	config *pgx.ConnConfig
	log    *slog.Logger
	own    string // marks what this process sent
	dirty  chan struct{}
	first  *pgx.Conn // listens already
	cancel context.CancelFunc
	ctx    context.Context
	done   sync.WaitGroup
}

// listen connects and listens before it returns, so that nothing committed
// afterwards is missed.
func listen(ctx context.Context, config *pgx.ConnConfig, log *slog.Logger) (*notices, error) {
	n := &notices{config: config, log: log, own: rand.Text(), dirty: make(chan struct{}, 1)}
	n.ctx, n.cancel = context.WithCancel(context.Background())
	var err error
	n.first, err = n.subscribe(ctx)
	return n, err
}

func (n *notices) subscribe(ctx context.Context) (*pgx.Conn, error) {
	c, err := pgx.ConnectConfig(ctx, n.config.Copy())
	if err != nil {
		return nil, err
	}
	if _, err := c.Exec(ctx, "LISTEN "+noticeChannel); err != nil {
		c.Close(ctx) //nolint:errcheck // it is of no use
		return nil, err
	}
	return c, nil
}

// forward starts both directions.
func (n *notices) forward(fire func()) {
	n.done.Go(func() { n.hear(fire) })
	n.done.Go(n.tell)
}

func (n *notices) hear(fire func()) {
	c := n.first
	for n.ctx.Err() == nil {
		if c == nil {
			var err error
			if c, err = n.subscribe(n.ctx); err != nil {
				n.pause("store notices cannot be heard", err)
				continue
			}
			fire() // something may have been committed meanwhile
		}
		notice, err := c.WaitForNotification(n.ctx)
		if err != nil {
			c.Close(context.Background()) //nolint:errcheck // it is lost
			c = nil
			n.pause("store notices lost", err)
			continue
		}
		if notice.Payload != n.own {
			fire()
		}
	}
	if c != nil {
		c.Close(context.Background()) //nolint:errcheck // the store is closed
	}
}

// send asks for a notice; those that are asked for close to each other are one.
func (n *notices) send() {
	select {
	case n.dirty <- struct{}{}:
	default:
	}
}

func (n *notices) tell() {
	var c *pgx.Conn
	defer func() {
		if c != nil {
			c.Close(context.Background()) //nolint:errcheck // the store is closed
		}
	}()
	for {
		select {
		case <-n.ctx.Done():
			return
		case <-n.dirty:
		}
		var err error
		if c == nil {
			c, err = pgx.ConnectConfig(n.ctx, n.config.Copy())
		}
		if err == nil {
			_, err = c.Exec(n.ctx, `SELECT pg_notify($1, $2)`, noticeChannel, n.own)
		}
		if err != nil {
			if c != nil {
				c.Close(context.Background()) //nolint:errcheck // it is lost
				c = nil
			}
			n.send()
			n.pause("store notices cannot be sent", err)
			continue
		}
		n.wait(noticeEvery)
	}
}

func (n *notices) pause(what string, err error) {
	if n.ctx.Err() == nil {
		n.log.Warn(what, "err", err)
		n.wait(noticeRetry)
	}
}

func (n *notices) wait(d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-n.ctx.Done():
	case <-t.C:
	}
}

func (n *notices) close() {
	n.cancel()
	n.done.Wait()
}
