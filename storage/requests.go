package storage

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"meridian/bot"
)

// requestBody is what of a request is in no column, as JSON. Lists of requests
// are read often, and most of their time goes into JSON.
type requestBody struct {
	V int `json:"v"`
	bot.Request
	hidden
	SolvedAt int64 `json:",omitzero"` // unix milliseconds
	ClosedAt int64 `json:",omitzero"`
}

// hidden names the fields that are columns. JSON leaves out a name that two
// embedded structs have.
type hidden struct {
	Number, State, Requester, Client, Assignee, Home, Desk, Version, CreatedAt, UpdatedAt, Cause struct{}
}

const requestColumns = `number, state, assignee, requester, client, home_adapter, home_channel, home_thread,
	desk_adapter, desk_channel, desk_thread, version, created_at, updated_at, cause, moved_at, body`

func scanRequest(r row) (bot.Request, error) { return requestScanner()(r) }

// requestScanner reads requests, one after another into the same memory. What is
// selected before their columns goes into first.
func requestScanner() func(r row, first ...any) (bot.Request, error) {
	var b requestBody
	var created, updated, moved int64
	var body string
	q := &b.Request
	columns := []any{&q.Number, &q.State, &q.Assignee, &q.Requester, &q.Client, &q.Home.Adapter, &q.Home.Channel, &q.Home.Thread,
		&q.Desk.Adapter, &q.Desk.Channel, &q.Desk.Thread, &q.Version, &created, &updated, &q.Cause, &moved, &body}
	return func(r row, first ...any) (bot.Request, error) {
		b = requestBody{}
		if err := r.Scan(append(first, columns...)...); err != nil {
			return b.Request, err
		}
		q.CreatedAt, q.UpdatedAt = fromMS(created), fromMS(updated)
		if err := decode(q.ID(), body, &b, &b.V); err != nil {
			return b.Request, err
		}
		q.SolvedAt, q.ClosedAt = fromMS(b.SolvedAt), fromMS(b.ClosedAt)
		if q.Was != nil && moved > 0 {
			q.Was.Acted = fromMS(moved)
		}
		return b.Request, nil
	}
}

// Request implements bot.RequestView.
func (v *view) Request(number int64) (bot.Request, error) {
	r, err := one(v, scanRequest, `SELECT `+requestColumns+` FROM requests WHERE number = ?`, number)
	if err == nil && v.read != nil {
		v.read[number] = storedAs(r)
	}
	return r, err
}

// condition writes what q chooses as SQL. Known states are written out, so that
// the index of requests that are not closed serves all that ask for such.
func condition(q bot.RequestQuery) (string, []any) {
	where, args := []string{"number > ?"}, []any{q.After}
	text := func(column, value string) {
		if value != "" {
			where, args = append(where, column+" = ?"), append(args, value)
		}
	}
	text("assignee", q.Assignee)
	text("requester", q.Requester)
	text("client", q.Client)
	if len(q.Clients) > 0 {
		where = append(where, "client IN (?"+strings.Repeat(", ?", len(q.Clients)-1)+")")
		for _, c := range q.Clients {
			args = append(args, c)
		}
	}
	if q.Cause != 0 {
		where, args = append(where, "cause = ?"), append(args, q.Cause)
	}
	if q.Unowned {
		where = append(where, "assignee = ''")
	}
	if len(q.States) == 0 {
		return strings.Join(where, " AND "), args
	}
	var states []string
	open := true
	for _, s := range q.States {
		switch s {
		case bot.New, bot.Open, bot.Waiting, bot.Snoozed, bot.Solved, bot.Closed:
			states = append(states, "'"+string(s)+"'")
			open = open && s != bot.Closed
		}
	}
	if len(states) == 0 {
		return "number < 0", nil // only states that do not exist
	}
	column := "state"
	if open {
		where = append(where, "state <> 'closed'")
		if len(states) > 1 && q.Assignee+q.Requester+q.Client == "" && len(q.Clients) == 0 && q.Cause == 0 {
			// The queue is read in the order of numbers and ends at its limit. The
			// index by state would have to sort all that are open first; an
			// expression keeps the engines from choosing it.
			column = "state || ''"
		}
	}
	return strings.Join(append(where, column+" IN ("+strings.Join(states, ", ")+")"), " AND "), args
}

// Requests implements bot.RequestView. The numbers are found in an index alone
// and the rows fetched for those that are asked for.
func (v *view) Requests(q bot.RequestQuery) ([]bot.Request, error) {
	where, args := condition(q)
	order := " ORDER BY number"
	if q.Newest {
		order = " ORDER BY number DESC"
	}
	scan := requestScanner()
	return list(v, func(r row) (bot.Request, error) { return scan(r) }, `SELECT `+requestColumns+` FROM requests WHERE number IN (SELECT number FROM requests WHERE `+
		where+order+` LIMIT `+literal(q.Limit, 100)+`)`+order, args...)
}

// knownRequests are the requests that a transaction has listed last.
type knownRequests struct {
	query string
	rows  []bot.Request
}

// Requests implements bot.RequestView. What a person has asked before is asked
// for several times while a request of theirs is filed.
func (t *tx) Requests(q bot.RequestQuery) ([]bot.Request, error) {
	if t.known.newcomers[q.Requester] {
		return nil, nil
	}
	query := fmt.Sprint(q)
	if l := t.known.listed; l != nil && l.query == query {
		return slices.Clone(l.rows), nil
	}
	rows, err := t.view.Requests(q)
	if err == nil {
		t.known.listed = &knownRequests{query, slices.Clone(rows)}
	}
	return rows, err
}

// CountRequests implements bot.RequestView.
func (v *view) CountRequests(q bot.RequestQuery) (n int, err error) {
	where, args := condition(q)
	err = v.get([]any{&n}, `SELECT count(*) FROM requests WHERE `+where, args...)
	return n, err
}

// messageAt finds the requests that a message is linked to or whose thread it
// begins, threadAt those of the thread that it stands in.
const (
	messageAt = `SELECT rank, request, face, root FROM (
	SELECT 1 AS rank, request, face, root FROM links WHERE adapter = ? AND channel = ? AND message = ?
	UNION ALL SELECT 2, number, 'home', 1 FROM requests
		WHERE home_adapter = ? AND home_channel = ? AND home_thread = ? AND home_thread <> ''
	UNION ALL SELECT 3, number, 'desk', 1 FROM requests
		WHERE desk_adapter = ? AND desk_channel = ? AND desk_thread = ? AND desk_thread <> ''`
	threadAt = `
	UNION ALL SELECT 4, request, face, 0 FROM links WHERE adapter = ? AND channel = ? AND message = ?
	UNION ALL SELECT 5, number, 'home', 0 FROM requests
		WHERE home_adapter = ? AND home_channel = ? AND home_thread = ? AND home_thread <> ''
	UNION ALL SELECT 6, number, 'desk', 0 FROM requests
		WHERE desk_adapter = ? AND desk_channel = ? AND desk_thread = ? AND desk_thread <> ''`
	bestAt = `) found ORDER BY CASE WHEN rank > 3 THEN 4 ELSE rank END, request DESC, rank LIMIT 1`
)

// RequestAt implements bot.RequestView: by the message itself, then by the
// thread it is in. Of several requests in one thread it is the newest, whether
// the thread's first message is linked to it or not.
func (v *view) RequestAt(p bot.Place, message string) (bot.Request, bot.Face, bool, error) {
	query, messages := messageAt+bestAt, []string{message}
	if p.Thread != "" {
		query, messages = messageAt+threadAt+bestAt, append(messages, p.Thread)
	}
	var args []any
	for _, m := range messages {
		for range 3 {
			args = append(args, p.Adapter, p.Channel, bounded(m))
		}
	}
	var rank, number int64
	var face bot.Face
	var root bool
	if err := v.get([]any{&rank, &number, &face, &root}, query, args...); err != nil {
		return bot.Request{}, "", false, err
	}
	r, err := v.Request(number)
	return r, face, root, err
}

// RequestAt implements bot.RequestView.
func (t *tx) RequestAt(p bot.Place, message string) (bot.Request, bot.Face, bool, error) {
	if t.known.isBare(p, message) {
		return bot.Request{}, "", false, bot.ErrNotFound
	}
	return t.view.RequestAt(p, message)
}

// SaveRequest implements bot.RequestTx. A request that somebody else has
// changed since it was read is not overwritten: that is an error.
func (t *tx) SaveRequest(r *bot.Request) error {
	fresh := r.Number == 0 || r.Number < 0 && r.Version == 0
	if fresh && r.Number == 0 {
		n, err := t.next("request")
		if err != nil {
			return err
		}
		r.Number = n
	}
	if fresh && r.CreatedAt.IsZero() {
		r.CreatedAt = t.now
	}
	var was stored
	if !fresh {
		var err error
		if was, err = t.stored(r.Number); err != nil {
			return err
		}
	}
	before := r.Version
	r.Version++
	r.UpdatedAt = t.now
	if fresh {
		return t.insertRequest(*r)
	}
	args, err := requestRow(*r, toMS(r.UpdatedAt))
	if err != nil {
		return err
	}
	t.known.filed(*r)
	n, err := t.exec(`UPDATE requests SET state = ?, assignee = ?, requester = ?, client = ?, home_adapter = ?, home_channel = ?,
		home_thread = ?, desk_adapter = ?, desk_channel = ?, desk_thread = ?, version = ?, created_at = ?, updated_at = ?,
		cause = ?, owes = ?, rank = ?, owed_at = ?, back_at = ?,
		moved_at = CASE WHEN moved_at < 0 AND state NOT IN ('solved', 'closed') THEN ? ELSE moved_at END, body = ? WHERE number = ? AND version = ?`, append(args, before)...)
	if err == nil && n > 0 {
		return errors.Join(t.turn(*r, &was), t.indexRequest(*r, &was.source))
	}
	if err == nil {
		err = fmt.Errorf("storage: save %s: it is not there with version %d: %w", r.ID(), before, bot.ErrNotFound)
	}
	return err
}

// requestRow is a request as its columns, the number last. moved is when somebody
// first acted on one that came over from another desk.
func requestRow(r bot.Request, moved int64) ([]any, error) {
	body, err := encode(r.ID(), requestBody{V: bodyVersion, Request: r, SolvedAt: toMS(r.SolvedAt), ClosedAt: toMS(r.ClosedAt)})
	owes, back := string(r.Owes()), toMS(r.BackAt)
	if r.Number < 0 { // nobody owes anything of the sample day, and none of it came back
		owes, back = "", 0
	}
	return []any{string(r.State), r.Assignee, r.Requester, r.Client, r.Home.Adapter, r.Home.Channel, r.Home.Thread,
		r.Desk.Adapter, r.Desk.Channel, r.Desk.Thread, r.Version, toMS(r.CreatedAt), toMS(r.UpdatedAt), r.Cause,
		owes, int(r.Rank()), toMS(r.OwedAt()), back, moved, body, r.Number}, err
}

func (t *tx) insertRequest(r bot.Request) error {
	moved := int64(0)
	switch {
	case r.Was == nil:
	case r.Was.Acted.IsZero():
		moved = -1
	default:
		moved = toMS(r.Was.Acted)
	}
	args, err := requestRow(r, moved)
	if err != nil {
		return err
	}
	if err := errors.Join(t.turn(r, nil), t.indexRequest(r, nil)); err != nil {
		return err
	}
	t.known.filed(r)
	return t.later(`INSERT INTO requests (state, assignee, requester, client, home_adapter, home_channel, home_thread,
		desk_adapter, desk_channel, desk_thread, version, created_at, updated_at, cause, owes, rank, owed_at, back_at, moved_at, body, number)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, args...)
}

// top reports whether a message stands by itself in its channel.
func top(p bot.Place, message string) bool { return p.Thread == "" || p.Thread == message }

// LinkMessage implements bot.RequestTx. A message at the top level, or one that
// a delivery posted as a card, is the request's own; others stand below it.
func (t *tx) LinkMessage(p bot.Place, message string, request int64, f bot.Face, key string) error {
	root := top(p, message)
	if !root && key != "" {
		d, _, err := t.Delivery(key)
		if err != nil && !isMissing(err) {
			return err
		}
		root = d.Message.Card || d.Draws
	}
	return t.link(p, message, request, f, key, root)
}

// LinkFirst implements bot.RequestTx.
func (t *tx) LinkFirst(p bot.Place, message string, request int64) error {
	return t.link(p, message, request, bot.FaceHome, "", true)
}

func (t *tx) link(p bot.Place, message string, request int64, f bot.Face, key string, root bool) error {
	t.known.belongs(p, message)
	return t.later(`INSERT INTO links (adapter, channel, message, request, face, root, key) VALUES (?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (adapter, channel, message) DO UPDATE
		SET request = excluded.request, face = excluded.face, root = excluded.root, key = excluded.key`,
		p.Adapter, p.Channel, bounded(message), request, string(f), flag(root), key)
}
