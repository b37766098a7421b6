package storage

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"meridian/bot"
)

// Conditions of partial indexes, which statements must repeat word for word.
const (
	active = `state IN ('waiting', 'sending', 'unknown')`
	stuck  = `state IN ('dead', 'held')`
)

// PutDelivery implements bot.OutboxTx. A delivery without Until gets the one of
// its kind, counted from now or from its NotBefore.
func (t *tx) PutDelivery(d bot.Delivery) error {
	if d.Until.IsZero() && d.DefaultUntil() > 0 {
		from := t.now
		if d.NotBefore.After(from) {
			from = d.NotBefore
		}
		d.Until = from.Add(d.DefaultUntil())
	}
	b, err := bot.EncodeDelivery(d)
	if err != nil {
		return fmt.Errorf("storage: %w", err)
	}
	b = storableJSON(b)
	if d.Card != "" && (d.Op == bot.OpEdit || d.Op == bot.OpHome) {
		if replaced, err := t.replaceCard(d, string(b)); err != nil || replaced {
			return err
		}
	}
	const insert = `INSERT INTO outbox (key, adapter, channel, thread, op, urgency, card, after_key,
		request, face, created_at, not_before, until_at, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (key) DO NOTHING`
	args := []any{d.Key, d.To.Adapter, d.To.Channel, d.To.Thread, string(d.Op), int(d.Urgency), d.Card, d.After,
		d.Request, string(d.Face), toMS(t.now), toMS(d.NotBefore), toMS(d.Until), string(b)}
	hashes := blobHashes(b)
	if len(hashes) == 0 {
		return t.later(insert, args...)
	}
	var id int64
	fresh, err := t.returning([]any{&id}, insert+` RETURNING id`, args...)
	if err != nil || !fresh {
		return err
	}
	return t.refer(ownerDelivery, id, hashes)
}

// replaceCard puts d in the place of a waiting Edit or Home of the same card.
// It keeps the earlier NotBefore: a card that changes all the time would never
// be shown otherwise.
func (t *tx) replaceCard(d bot.Delivery, body string) (bool, error) {
	var id, known int64
	var key string
	err := t.get([]any{&id, &key, &known}, `SELECT id, key, (SELECT count(*) FROM outbox k WHERE k.key = ?) FROM outbox
		WHERE card = ? AND card <> '' AND state = 'waiting' AND op IN ('edit', 'home') ORDER BY id DESC LIMIT 1`, d.Key, d.Card)
	switch {
	case errors.Is(err, bot.ErrNotFound):
		return false, nil
	case err != nil:
		return false, err
	case known > 0:
		return true, nil // this one has been put before: nothing changes
	}
	if _, err := t.exec(`UPDATE outbox SET key = ?, adapter = ?, channel = ?, thread = ?, op = ?, urgency = ?, after_key = ?,
		request = ?, face = ?, until_at = ?, body = ?,
		not_before = CASE WHEN not_before < ? THEN not_before ELSE ? END WHERE id = ?`,
		d.Key, d.To.Adapter, d.To.Channel, d.To.Thread, string(d.Op), int(d.Urgency), d.After,
		d.Request, string(d.Face), toMS(d.Until), body, toMS(d.NotBefore), toMS(d.NotBefore), id); err != nil {
		return false, err
	}
	// An older one that waits again, having failed, would come after what is
	// newer: it says nothing any more.
	if _, err := t.exec(`DELETE FROM outbox WHERE card = ? AND card <> '' AND state = 'waiting' AND op IN ('edit', 'home') AND id < ?`, d.Card, id); err != nil {
		return false, err
	}
	_, err = t.exec(`UPDATE outbox SET after_key = ? WHERE after_key = ? AND after_key <> '' AND state = 'waiting'`, d.Key, key)
	if err != nil {
		return false, err
	}
	return true, errors.Join(t.unrefer(ownerDelivery, id), t.refer(ownerDelivery, id, blobHashes([]byte(body))))
}

// DropDelivery implements bot.OutboxTx.
func (t *tx) DropDelivery(key string) (bool, error) {
	var id int64
	found, err := t.returning([]any{&id}, `DELETE FROM outbox WHERE key = ? AND state = 'waiting' RETURNING id`, key)
	if err != nil || !found {
		return false, err
	}
	return true, t.unrefer(ownerDelivery, id)
}

const deliveryColumns = `id, key, adapter, channel, thread, op, urgency, card, after_key, request, face, state,
	attempt, error, created_at, intended_at, not_before, until_at, receipt_message, receipt_thread, body`

type sentDelivery struct {
	bot.Delivery
	bot.Receipt
}

func scanDelivery(r row) (bot.Delivery, error) {
	d, err := scanSent(r)
	if err == nil {
		err = d.Decode()
	}
	return d.Delivery, err
}

func scanStored(r row) (bot.Delivery, error) {
	d, err := scanSent(r)
	return d.Delivery, err
}

// scanSent reads a delivery with its receipt. Of old ones only the columns are
// left, the body being empty.
func scanSent(r row) (s sentDelivery, err error) {
	d := &s.Delivery
	var created, intended, notBefore, until int64
	var body string
	err = r.Scan(&d.ID, &d.Key, &d.To.Adapter, &d.To.Channel, &d.To.Thread, &d.Op, &d.Urgency, &d.Card, &d.After,
		&d.Request, &d.Face, &d.State, &d.Attempt, &d.Error, &created, &intended, &notBefore, &until,
		&s.Receipt.Message, &s.Thread, &body)
	if err != nil {
		return s, err
	}
	d.Created, d.Intended, d.NotBefore, d.Until = fromMS(created), fromMS(intended), fromMS(notBefore), fromMS(until)
	d.Stored = []byte(body)
	return s, nil
}

// Delivery implements bot.OutboxView.
func (v *view) Delivery(key string) (bot.Delivery, bot.Receipt, error) {
	s, err := one(v, scanSent, `SELECT `+deliveryColumns+` FROM outbox WHERE key = ?`, key)
	if err == nil {
		err = s.Decode()
	}
	return s.Delivery, s.Receipt, err
}

// Deliveries implements bot.OutboxView.
func (v *view) Deliveries(q bot.DeliveryQuery) ([]bot.Delivery, error) {
	where, args := []string{"id > ?", "op <> ''"}, []any{q.After}
	if q.Op != "" {
		where, args = append(where, "op = ?"), append(args, string(q.Op))
	}
	if q.Request != 0 {
		where, args = append(where, "request = ? AND request <> 0"), append(args, q.Request)
	}
	if q.Message != "" {
		id := messageID(q.Message)
		where, args = append(where, "receipt_message IN (?, ?)"), append(args, id, "<"+id+">")
	}
	if len(q.States) > 0 {
		states, given := make([]string, len(q.States)), true
		for i, s := range q.States {
			states[i] = string(s)
			given = given && (s == bot.DeliveryDead || s == bot.DeliveryHeld)
		}
		if given {
			where = append(where, stuck) // its index serves only what repeats its condition
		}
		marks, more := in(states)
		where, args = append(where, "state IN "+marks), append(args, more...)
	}
	return list(v, scanDelivery, `SELECT `+deliveryColumns+` FROM outbox WHERE `+strings.Join(where, " AND ")+
		` ORDER BY id LIMIT ?`, append(args, limited(q.Limit, 100))...)
}

// WaitingDeliveries implements bot.OutboxView.
func (v *view) WaitingDeliveries(adapter string, after int64, limit int) ([]bot.WaitingDelivery, error) {
	return list(v, func(r row) (w bot.WaitingDelivery, err error) {
		var d bot.Delivery
		var notBefore int64
		err = r.Scan(&w.ID, &d.To.Adapter, &d.To.Channel, &w.Op, &w.State, &w.After, &notBefore, &w.Urgency)
		d.Urgency = w.Urgency
		w.Lane, w.Channel, w.NotBefore = d.Lane(), d.To.Channel, fromMS(notBefore)
		return w, err
	}, `SELECT id, adapter, channel, op, state, after_key, not_before, urgency FROM outbox
		WHERE adapter = ? AND id > ? AND `+active+` ORDER BY id LIMIT `+literal(limit, 100), adapter, after)
}

// StartDeliveries implements bot.OutboxTx. They come back in the order of ids.
func (t *tx) StartDeliveries(ids ...int64) ([]bot.Delivery, error) {
	started := make(map[int64]bot.Delivery, len(ids))
	for start := 0; start < len(ids); start += chunk {
		marks, args := in(ids[start:min(start+chunk, len(ids))])
		ds, err := list(&t.view, scanStored, `UPDATE outbox SET state = 'sending', attempt = attempt + 1, intended_at = ?
			WHERE `+active+` AND id IN `+marks+` RETURNING `+deliveryColumns, append([]any{toMS(t.now)}, args...)...)
		if err != nil {
			return nil, err
		}
		for _, d := range ds {
			started[d.ID] = d
		}
	}
	t.wrote = t.wrote || len(started) > 0
	out := make([]bot.Delivery, 0, len(started))
	for _, id := range ids {
		if d, ok := started[id]; ok {
			delete(started, id)
			out = append(out, d)
		}
	}
	return out, nil
}

// AdoptDelivery implements bot.OutboxTx.
func (t *tx) AdoptDelivery(key string, r bot.Receipt) error {
	return t.later(`UPDATE outbox SET state = 'done', done_at = ?, receipt_message = ?, receipt_thread = ?
		WHERE key = ? AND state IN ('dead', 'expired')`, toMS(t.now), r.Message, r.Thread, key)
}

// FinishDelivery implements bot.OutboxTx.
func (t *tx) FinishDelivery(d bot.Delivery, r bot.Receipt) error {
	err := t.later(`UPDATE outbox SET state = 'done', done_at = CAST(v.column2 AS bigint), error = '', receipt_message = v.column3,
		receipt_thread = v.column4 FROM (VALUES (?, ?, ?, ?)) v WHERE outbox.id = CAST(v.column1 AS bigint)`,
		strconv.FormatInt(d.ID, 10), strconv.FormatInt(toMS(t.now), 10), r.Message, r.Thread)
	if err == nil && bot.IsReply(d.Key) && d.Request != 0 {
		err = t.openReply(d)
	}
	if err != nil || d.Request == 0 || d.Op != bot.OpPost || r.Message == "" {
		return err
	}
	if err := t.link(d.To, r.Message, d.Request, d.Face, d.Key, d.Message.Card || top(d.To, r.Message)); err != nil {
		return err
	}
	thread := d.To.Thread
	if thread == "" {
		thread = r.Message
	}
	return t.setThread(d.Request, d.Face, d.To, thread)
}

// setThread gives a face of a request its thread if it has none. Where both
// faces are in one channel they are one thread.
func (t *tx) setThread(request int64, f bot.Face, p bot.Place, thread string) error {
	t.known.listed = nil
	t.known.belongs(p, thread)
	switch f {
	case bot.FaceDesk:
		return t.later(`UPDATE requests SET desk_thread = ? WHERE number = ? AND desk_thread = ''
			AND desk_adapter = ? AND desk_channel = ?`, thread, request, p.Adapter, p.Channel)
	case bot.FaceHome:
		return t.later(`UPDATE requests SET home_thread = ?, desk_thread = CASE WHEN desk_thread = ''
			AND desk_adapter = home_adapter AND desk_channel = home_channel THEN ? ELSE desk_thread END
			WHERE number = ? AND home_thread = '' AND home_adapter = ? AND home_channel = ?`,
			thread, thread, request, p.Adapter, p.Channel)
	}
	return nil
}

// PutOffDelivery implements bot.OutboxTx.
func (t *tx) PutOffDelivery(id int64, s bot.DeliveryState, attempt int, at time.Time, why string) error {
	done := int64(0)
	if s == bot.DeliveryDead || s == bot.DeliveryExpired {
		done = toMS(t.now)
	}
	_, err := t.exec(`UPDATE outbox SET state = ?, attempt = ?, not_before = ?, error = ?, done_at = ? WHERE id = ?`,
		string(s), attempt, toMS(at), why, done, id)
	return err
}
