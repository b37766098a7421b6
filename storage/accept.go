package storage

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"time"

	"meridian/bot"
)

const (
	maxWaiting = 1000 // callers of Accept that wait; more get bot.ErrBusy
	maxGroup   = 256  // events in one commit of Accept
	maxTries   = 5    // of a group that was chosen to end a deadlock
)

// eventRow is an event made storable, as the inbox keeps it.
type eventRow struct {
	source, kind, lane, body string
	key                      any // nil: never a duplicate
	raw                      []byte
	blobs                    []string // hashes that the body names
	id                       int64    // set by the insert; 0: its key is known
}

// offer is what one caller of Accept brings.
type offer struct {
	rows []*eventRow
	done chan error // holds one
}

// offers is the line of callers that wait for a commit.
type offers struct {
	mu   sync.Mutex
	line []*offer
}

func (q *offers) put(o *offer) {
	q.mu.Lock()
	q.line = append(q.line, o)
	q.mu.Unlock()
}

// take removes as many offers as fit into one group, and at least one.
func (q *offers) take() []*offer {
	q.mu.Lock()
	defer q.mu.Unlock()
	n, events := 0, 0
	for n < len(q.line) && (n == 0 || events+len(q.line[n].rows) <= maxGroup) {
		events += len(q.line[n].rows)
		n++
	}
	if n == 0 {
		return nil
	}
	group := q.line[:n:n]
	if n == len(q.line) {
		q.line = nil
	} else {
		q.line = q.line[n:]
	}
	return group
}

// withdraw takes an offer out of the line; false: somebody commits it already.
func (q *offers) withdraw(o *offer) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	i := slices.Index(q.line, o)
	if i < 0 {
		return false
	}
	q.line = slices.Delete(slices.Clone(q.line), i, i+1)
	return true
}

// Accept implements bot.Accepter. There is no goroutine that commits: of the
// callers that wait, the one who gets the token commits for all of them.
func (s *Store) Accept(ctx context.Context, events ...bot.Event) ([]int64, error) {
	if len(events) == 0 {
		return nil, nil
	}
	if s.counts.waiting.Add(1) > maxWaiting {
		s.counts.waiting.Add(-1)
		s.counts.refused.Add(1)
		return nil, bot.ErrBusy
	}
	defer s.counts.waiting.Add(-1)
	o, err := s.offer(ctx, events)
	if err != nil {
		return nil, err
	}
	if err := s.settle(ctx, o); err != nil {
		return nil, fmt.Errorf("storage: accept: %w", err)
	}
	ids := make([]int64, len(o.rows))
	for i, r := range o.rows {
		ids[i] = r.id
		if r.id == 0 {
			s.counts.known.Add(1)
		} else {
			s.counts.accepted.Add(1)
		}
	}
	return ids, nil
}

// offer does what can be done before the caller joins a group.
func (s *Store) offer(ctx context.Context, events []bot.Event) (*offer, error) {
	o := &offer{rows: make([]*eventRow, len(events)), done: make(chan error, 1)}
	for i, e := range events {
		if kind, large := largeRaw(e); large {
			b, err := s.PutBlob(ctx, kind, bytes.NewReader(e.Raw), 0)
			if err != nil {
				return nil, err
			}
			e.Raw, e.Blob = nil, b
		}
		r, err := newEventRow(e)
		if err != nil {
			return nil, err
		}
		o.rows[i] = r
	}
	return o, nil
}

// largeRaw says whether the bytes of e belong into a blob, and of which kind.
func largeRaw(e bot.Event) (kind string, large bool) {
	if _, mail := e.Body.(bot.Mailed); mail {
		return blobMail, len(e.Raw) > bot.InlineLimit
	}
	return "body", len(e.Raw) > bot.InlineLimit
}

var errTwoBodies = errors.New("an event with a blob has raw bytes above the limit of a row")

func newEventRow(e bot.Event) (*eventRow, error) {
	if e.Body == nil {
		return nil, errors.New("storage: an event has no body")
	}
	if len(e.Raw) > bot.InlineLimit {
		return nil, fmt.Errorf("storage: %s event: %w", e.Body.Kind(), errTwoBodies)
	}
	body, err := bot.EncodeEvent(e)
	if err != nil {
		return nil, fmt.Errorf("storage: %w", err)
	}
	body = storableJSON(body)
	r := &eventRow{
		source: storableText(e.Source), kind: e.Body.Kind(), lane: bounded(storableText(e.Lane())),
		body: string(body), raw: e.Raw, blobs: blobHashes(body),
	}
	if e.Key != "" {
		r.key = bounded(storableText(e.Key))
	}
	return r, nil
}

// settle waits until o is committed, by somebody else or by this caller.
func (s *Store) settle(ctx context.Context, o *offer) error {
	s.queue.put(o)
	for {
		select {
		case err := <-o.done:
			return err
		default:
		}
		select {
		case err := <-o.done:
			return err
		case s.committers <- struct{}{}:
			runtime.Gosched() // let those join who were just answered and come again
			s.commitOffers()
			<-s.committers
		case <-ctx.Done():
			if s.queue.withdraw(o) {
				return ctx.Err()
			}
			return <-o.done
		case <-s.closing:
			if s.queue.withdraw(o) {
				return errClosed
			}
			return <-o.done
		}
	}
}

// commitOffers commits one group of waiting offers. The caller has a token.
func (s *Store) commitOffers() {
	group := s.queue.take()
	if len(group) == 0 {
		return
	}
	err := s.insert(group...)
	if err != nil && len(group) > 1 {
		s.commitEach(group) // only the guilty one gets the error
		return
	}
	finish(group, err)
}

func (s *Store) commitEach(group []*offer) {
	for _, o := range group {
		o.done <- s.insert(o)
	}
}

func finish(group []*offer, err error) {
	for _, o := range group {
		o.done <- err
	}
}

func (s *Store) insert(group ...*offer) error {
	var rows []*eventRow
	for _, o := range group {
		rows = append(rows, o.rows...)
	}
	ctx, cancel := s.engine.bound(context.Background())
	defer cancel()
	if err := s.Err(); err != nil {
		return err
	}
	err := s.engine.insert(ctx, rows, toMS(s.now()))
	for tries := 1; err != nil && tries < maxTries && s.engine.victim(err); tries++ {
		err = s.engine.insert(ctx, rows, toMS(s.now()))
	}
	if err != nil {
		s.note(err)
		for _, r := range rows {
			r.id = 0
		}
		return err
	}
	if slices.ContainsFunc(rows, func(r *eventRow) bool { return r.id != 0 }) {
		s.fired()
	}
	return nil
}

// fired tells everybody of a commit.
func (s *Store) fired() {
	s.counts.commits.Add(1)
	s.watchers.fire()
	s.engine.committed()
}

// now is the store's own clock, for what has no transaction.
func (s *Store) now() time.Time {
	if s.o.Now != nil {
		return s.o.Now()
	}
	return time.Now()
}

const (
	insertEvent = `INSERT INTO inbox (source, key, kind, lane, body, raw, accepted_at)
	VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (source, key) DO NOTHING`
	putEvent = insertEvent + ` RETURNING id`
)

func (r *eventRow) args(at int64) []any {
	return []any{r.source, r.key, r.kind, r.lane, r.body, r.raw, at}
}
