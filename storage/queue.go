package storage

import (
	"strings"
	"time"

	"meridian/bot"
)

// QueueCounts implements bot.QueueView. It reads an index of what has not ended
// and nothing else.
func (v *view) QueueCounts() ([]bot.QueueCount, error) {
	return list(v, func(r row) (c bot.QueueCount, err error) {
		err = r.Scan(&c.Owes, &c.Assignee, &c.Count, &c.Oldest)
		return c, err
	}, `SELECT owes, assignee, count(*), min(number) FROM requests WHERE owes <> '' GROUP BY owes, assignee ORDER BY owes, assignee`)
}

// Queue implements bot.QueueView.
func (v *view) Queue(q bot.QueueQuery) ([]bot.Request, error) {
	where, args := []string{"owes <> ''", "owes = ?"}, []any{string(q.Owes)}
	order := "owed_at, number"
	switch {
	case q.Unowned:
		where, order = append(where, "assignee = ''"), "number"
	case q.Ranked:
		where, args = append(where, "rank = ?", "owed_at > 0"), append(args, int(q.Rank))
	}
	return v.chosen(strings.Join(where, " AND "), order, literal(q.Limit, 10), args...)
}

// chosen reads requests whose numbers an index gives.
func (v *view) chosen(where, order, limit string, args ...any) ([]bot.Request, error) {
	return list(v, scanRequest, `SELECT `+requestColumns+` FROM requests WHERE number IN (SELECT number FROM requests WHERE `+where+
		` ORDER BY `+order+` LIMIT `+limit+`) ORDER BY `+order, args...)
}

// CountNew implements bot.QueueView.
func (v *view) CountNew(after int64, since time.Time) (n int, err error) {
	err = v.get([]any{&n}, `SELECT (SELECT count(*) FROM requests WHERE number > ? AND created_at >= ? AND moved_at = 0)
		+ (SELECT count(*) FROM requests WHERE moved_at > 0 AND moved_at >= ?)`, after, toMS(since), toMS(since))
	return n, err
}

// Returned implements bot.QueueView.
func (v *view) Returned(since time.Time, limit int) ([]bot.Request, error) {
	return v.chosen(`back_at > 0 AND back_at > ?`, `back_at DESC, number DESC`, literal(limit, 10), toMS(since))
}

// CountReturned implements bot.QueueView.
func (v *view) CountReturned(since time.Time) (n int, err error) {
	err = v.get([]any{&n}, `SELECT count(*) FROM requests WHERE back_at > 0 AND back_at > ?`, toMS(since))
	return n, err
}

// CountReopened implements bot.QueueView.
func (v *view) CountReopened(upTo int64, since time.Time) (n int, err error) {
	err = v.get([]any{&n}, `SELECT count(*) FROM requests WHERE back_at > 0 AND back_at > ? AND (number <= ? OR moved_at < 0) AND owes <> ''`, toMS(since), upTo)
	return n, err
}

// HighestRequest implements bot.QueueView.
func (v *view) HighestRequest() (n int64, err error) {
	err = v.get([]any{&n}, `SELECT coalesce(max(number), 0) FROM requests WHERE number > 0`)
	return n, err
}
