package storage

import (
	"bytes"
	"errors"
	"fmt"
	"time"

	"meridian/bot"
)

// Owners of blobs, as blob_refs names them.
const (
	ownerEvent    = "event"
	ownerDelivery = "delivery"
	ownerComment  = "comment"
	ownerMessage  = "message"
)

// insertEvent inserts one row and sets its id; 0 means that its key is known.
// at is when it was accepted, 0 being the transaction's own clock.
func (t *tx) insertEvent(r *eventRow, at int64) error {
	if at == 0 {
		at = toMS(t.now)
	}
	r.id = 0
	t.statements++
	res, err := t.q.exec(t.bound, insertEvent, r.args(at)...)
	if err != nil {
		return t.fail(err)
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return err
	}
	if r.id, err = res.LastInsertId(); err != nil {
		return t.fail(err)
	}
	return t.refer(ownerEvent, r.id, r.blobs)
}

// insertReturning is insertEvent for a driver that gives no id of the last row.
func (t *tx) insertReturning(r *eventRow, at int64) error {
	r.id = 0
	found, err := t.returning([]any{&r.id}, putEvent, r.args(at)...)
	if err != nil || !found {
		return err
	}
	return t.refer(ownerEvent, r.id, r.blobs)
}

// putEvent puts an event from within a transaction, in any state.
func (t *tx) putEvent(e bot.Event, state string, done int64) (int64, error) {
	if kind, large := largeRaw(e); large {
		b, err := t.putBlob(kind, bytes.NewReader(e.Raw))
		if err != nil {
			return 0, err
		}
		e.Raw, e.Blob = nil, b
	}
	r, err := newEventRow(e)
	if err != nil {
		return 0, err
	}
	args := append(r.args(toMS(t.now)), state, done)
	found, err := t.returning([]any{&r.id}, `INSERT INTO inbox (source, key, kind, lane, body, raw, accepted_at, state, done_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (source, key) DO NOTHING RETURNING id`, args...)
	if err != nil || !found {
		return 0, err
	}
	return r.id, t.refer(ownerEvent, r.id, r.blobs)
}

// PutEvent implements bot.InboxTx.
func (t *tx) PutEvent(e bot.Event) (int64, error) { return t.putEvent(e, "waiting", 0) }

// PutHandled implements bot.InboxTx.
func (t *tx) PutHandled(e bot.Event) (bool, error) {
	id, err := t.putEvent(e, "done", toMS(t.now))
	return id != 0, err
}

// WaitingEvents implements bot.InboxView. It reads an index of the waiting rows
// alone, by state: ids become visible out of order when several replicas accept.
func (v *view) WaitingEvents(limit int) ([]bot.WaitingEvent, error) {
	return list(v, func(r row) (w bot.WaitingEvent, err error) {
		var notBefore int64
		err = r.Scan(&w.ID, &w.Lane, &notBefore)
		w.NotBefore = fromMS(notBefore)
		return w, err
	}, `SELECT id, lane, not_before FROM inbox WHERE state = 'waiting' ORDER BY id LIMIT `+literal(limit, 100))
}

// chunk is how many ids one statement takes.
const chunk = 256

// Events implements bot.InboxView.
func (v *view) Events(ids ...int64) ([]bot.Event, error) {
	found := make(map[int64]bot.Event, len(ids))
	for start := 0; start < len(ids); start += chunk {
		marks, args := in(ids[start:min(start+chunk, len(ids))])
		events, err := list(v, scanEvent, `SELECT id, source, coalesce(key, ''), kind, attempt, body, raw FROM inbox
			WHERE state = 'waiting' AND id IN `+marks, args...)
		if err != nil {
			return nil, err
		}
		for _, e := range events {
			found[e.ID] = e
		}
	}
	out := make([]bot.Event, 0, len(found))
	for _, id := range ids {
		if e, ok := found[id]; ok {
			out = append(out, e)
		}
	}
	return out, nil
}

func scanEvent(r row) (bot.Event, error) {
	var e bot.Event
	var source, key, kind string
	var body, raw []byte
	if err := r.Scan(&e.ID, &source, &key, &kind, &e.Attempt, &body, &raw); err != nil {
		return e, err
	}
	decoded, err := bot.DecodeEvent(kind, body)
	if err != nil { // one row that cannot be read must not keep the others from being handled
		decoded = bot.Event{Err: fmt.Errorf("storage: event %d: %w", e.ID, err), Body: bot.Opened{}}
	}
	decoded.ID, decoded.Attempt, decoded.Source, decoded.Key = e.ID, e.Attempt, source, key
	if len(raw) > 0 {
		decoded.Raw = raw
	}
	return decoded, nil
}

// FinishEvents implements bot.InboxTx.
func (t *tx) FinishEvents(ids ...int64) error {
	if err := t.flush(); err != nil {
		return err
	}
	for start := 0; start < len(ids); start += chunk {
		marks, args := in(ids[start:min(start+chunk, len(ids))])
		if _, err := t.exec(`UPDATE inbox SET state = 'done', done_at = ? WHERE state = 'waiting' AND id IN `+marks,
			append([]any{toMS(t.now)}, args...)...); err != nil {
			return err
		}
	}
	return nil
}

// PutOffEvent implements bot.InboxTx.
func (t *tx) PutOffEvent(id int64, attempt int, at time.Time, why string) error {
	state, done := "waiting", int64(0)
	if at.IsZero() {
		state, done = "dead", toMS(t.now)
	}
	_, err := t.exec(`UPDATE inbox SET state = ?, attempt = ?, not_before = ?, done_at = ?, why = ? WHERE id = ?`,
		state, attempt, toMS(at), done, why, id)
	return err
}

// Stuck implements bot.InboxView: events first, then deliveries, oldest first.
func (v *view) Stuck() ([]bot.StuckItem, error) {
	scan := func(what string) func(row) (bot.StuckItem, error) {
		return func(r row) (bot.StuckItem, error) {
			i := bot.StuckItem{What: what}
			var at int64
			err := r.Scan(&i.ID, &i.Kind, &i.Key, &i.State, &i.Why, &at, &i.Tries)
			i.At = fromMS(at)
			return i, err
		}
	}
	events, err := list(v, scan("event"), `SELECT id, kind, coalesce(key, ''), state, why, done_at, attempt FROM inbox
		WHERE state = 'dead' ORDER BY id LIMIT 1000`)
	if err != nil {
		return nil, err
	}
	deliveries, err := list(v, scan("delivery"), `SELECT id, op, key, state, error,
		CASE WHEN done_at > 0 THEN done_at WHEN intended_at > 0 THEN intended_at ELSE created_at END, attempt FROM outbox
		WHERE `+stuck+` ORDER BY id LIMIT 1000`)
	return append(events, deliveries...), err
}

// EventLines implements bot.InboxView. Events whose body has been dropped are
// past their retention and left out.
func (v *view) EventLines(after int64, limit int) ([]bot.EventLine, error) {
	return list(v, func(r row) (l bot.EventLine, err error) {
		err = r.Scan(&l.ID, &l.Source, &l.Key, &l.Kind, &l.State)
		return l, err
	}, `SELECT id, source, coalesce(key, ''), kind, state FROM inbox
		WHERE id > ? AND state IN ('waiting', 'done', 'dead') ORDER BY id LIMIT ?`, after, limited(limit, 100))
}

// Replay implements bot.InboxTx. A delivery whose time to be sent has passed
// has none any more: somebody wants it sent now.
func (t *tx) Replay(what string, id int64) error {
	var n int64
	var err error
	switch what {
	case "event":
		n, err = t.exec(`UPDATE inbox SET state = 'waiting', attempt = 0, not_before = 0, done_at = 0, why = ''
			WHERE id = ? AND state = 'dead'`, id)
	case "delivery":
		n, err = t.exec(`UPDATE outbox SET state = 'waiting', attempt = 0, not_before = 0, done_at = 0, error = '',
			until_at = CASE WHEN until_at > ? THEN until_at ELSE 0 END
			WHERE id = ? AND state IN ('dead', 'unknown', 'held') AND body <> ''`, toMS(t.now), id)
	default:
		return errors.New("storage: replay: neither event nor delivery")
	}
	if err == nil && n == 0 {
		return bot.ErrNotFound
	}
	return err
}
