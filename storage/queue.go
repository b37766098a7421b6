package storage

import (
	"fmt"
	"strings"
	"time"

	"meridian/bot"
)

// QueueCounts implements bot.QueueView. It reads an index of what has not ended
// and nothing else: it finds who has something by stepping from one to the next,
// and counts what each has, which takes less than half the time of grouping.
func (v *view) QueueCounts() ([]bot.QueueCount, error) {
	return list(v, func(r row) (c bot.QueueCount, err error) {
		err = r.Scan(&c.Owes, &c.Assignee, &c.Count, &c.Oldest)
		return c, err
	}, `WITH RECURSIVE holders(owes, assignee) AS (
			SELECT o, (SELECT min(r.assignee) FROM requests r WHERE r.owes = o AND r.owes <> '')
			FROM (SELECT 'client' AS o UNION ALL SELECT 'moved' UNION ALL SELECT 'other' UNION ALL SELECT 'paused' UNION ALL SELECT 'us') AS groups
			UNION ALL
			SELECT h.owes, (SELECT min(r.assignee) FROM requests r WHERE r.owes = h.owes AND r.owes <> '' AND r.assignee > h.assignee)
			FROM holders h WHERE h.assignee IS NOT NULL)
		SELECT h.owes, h.assignee, (SELECT count(*) FROM requests r WHERE r.owes = h.owes AND r.owes <> '' AND r.assignee = h.assignee),
			(SELECT min(r.number) FROM requests r WHERE r.owes = h.owes AND r.owes <> '' AND r.assignee = h.assignee)
		FROM holders h WHERE h.assignee IS NOT NULL ORDER BY h.owes, h.assignee`)
}

// Queues implements bot.QueueView. The numbers of all lists are found in
// indexes, and the rows fetched by one statement.
func (v *view) Queues(qs ...bot.QueueQuery) ([][]bot.Request, error) {
	lists := make([][]bot.Request, len(qs))
	var parts []string
	var args []any
	for i, q := range qs {
		part, values := numbersOf(q)
		parts = append(parts, fmt.Sprintf("SELECT %d AS list, number AS n, at FROM (%s) AS q%d", i, part, i))
		args = append(args, values...)
	}
	scan := requestScanner()
	err := v.rows(`SELECT list, `+requestColumns+` FROM (`+strings.Join(parts, " UNION ALL ")+`) AS found CROSS JOIN requests
		WHERE number = n ORDER BY list, at, n`, args, func(r row) error {
		var list int
		q, err := scan(r, &list)
		if err != nil {
			return err
		}
		if lists[list] == nil {
			lists[list] = make([]bot.Request, 0, limited(qs[list].Limit, 10))
		}
		lists[list] = append(lists[list], q)
		return nil
	})
	return lists, err
}

// numbersOf is the statement that finds the requests of a list, and what puts
// them in order.
func numbersOf(q bot.QueueQuery) (string, []any) {
	limit := literal(q.Limit, 10)
	owed := `SELECT number, owed_at AS at FROM requests WHERE owes <> '' AND owes = ? AND rank = `
	first := ` ORDER BY owed_at, number LIMIT ` + limit
	switch {
	case q.Unowned:
		return `SELECT number, 0 AS at FROM requests WHERE owes <> '' AND owes = ? AND assignee = '' ORDER BY number LIMIT ` + limit, []any{string(q.Owes)}
	case q.Ranked && q.Owned:
		return owed + `? AND owed_at > 0 AND assignee <> ''` + first, []any{string(q.Owes), int(q.Rank)}
	case q.Ranked:
		return owed + `? AND owed_at > 0` + first, []any{string(q.Owes), int(q.Rank)}
	}
	var ranks []string // the index has them apart: the first of each, and of those the first
	var args []any
	for rank := bot.RankExpedite; rank <= bot.RankDrafted; rank++ {
		ranks = append(ranks, fmt.Sprintf("SELECT number, at FROM (%s%d%s) AS r%d", owed, rank, first, rank))
		args = append(args, string(q.Owes))
	}
	return `SELECT number, at FROM (` + strings.Join(ranks, " UNION ALL ") + `) AS ranks ORDER BY at, number LIMIT ` + limit, args
}

// QueueChanges implements bot.QueueView. SQLite seeks by the first condition on
// a column: the second one says that the index holds what is sought.
func (v *view) QueueChanges(q bot.ChangesQuery) (c bot.Changes, err error) {
	since := toMS(q.Since)
	err = v.get([]any{&c.Highest, &c.New, &c.Returned, &c.Reopened, &c.BackLately}, `SELECT
		(SELECT coalesce(max(number), 0) FROM requests WHERE number > 0),
		(SELECT count(*) FROM requests WHERE number > ? AND created_at >= ? AND moved_at = 0)
			+ (SELECT count(*) FROM requests WHERE moved_at >= ? AND moved_at > 0),
		(SELECT count(*) FROM requests WHERE back_at > ? AND back_at > 0),
		(SELECT count(*) FROM requests WHERE back_at > ? AND back_at > 0 AND (number <= ? OR moved_at < 0) AND owes <> ''),
		(SELECT count(*) FROM requests WHERE back_at > ? AND back_at > 0)`,
		q.After, since, since, since, since, q.After, toMS(q.Lately))
	return c, err
}

// Returned implements bot.QueueView.
func (v *view) Returned(since time.Time, limit int) ([]bot.Request, error) {
	const order = ` ORDER BY back_at DESC, number DESC`
	return list(v, scanRequest, `SELECT `+requestColumns+` FROM requests WHERE number IN (SELECT number FROM requests
		WHERE back_at > ? AND back_at > 0`+order+` LIMIT `+literal(limit, 10)+`)`+order, toMS(since))
}

// HighestRequest implements bot.QueueView.
func (v *view) HighestRequest() (n int64, err error) {
	err = v.get([]any{&n}, `SELECT coalesce(max(number), 0) FROM requests WHERE number > 0`)
	return n, err
}
