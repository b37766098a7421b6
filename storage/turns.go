package storage

import (
	"strings"
	"time"

	"meridian/bot"
)

const (
	// keepTurn is how long it is known when requests were filed and ended.
	keepTurn = keepDigest
	// longestDay is more than the hours of any day, by whatever clock.
	longestDay = 26 * time.Hour
)

// How a row of turns calls what happened.
const (
	turnFiled = 0
	turnEnded = 1
)

// turn keeps when a request that is saved was filed, and when it ended. before is
// how it was stored until then; nil: it is new. What came over from another desk
// is filed when somebody first acts on it. Who takes a solve back was never done;
// a request that came back was.
func (t *tx) turn(r bot.Request, before *stored) error {
	if r.Number < 0 {
		return nil
	}
	now, moved := storedAs(r), r.Was != nil
	switch {
	case before == nil && moved:
		return nil
	case before == nil:
		if err := t.turned(turnFiled, toMS(r.CreatedAt), r.Number); err != nil {
			return err
		}
		before = &stored{}
	case moved && before.version <= 1 && before.ended == 0:
		if err := t.turned(turnFiled, toMS(t.now), r.Number); err != nil {
			return err
		}
	}
	switch {
	case before.ended == 0 && now.ended != 0:
		return t.ended(now, r.Number)
	case before.ended != 0 && now.ended == 0 && before.returns == now.returns:
		return t.unturned(turnEnded, before.ended, r.Number)
	}
	return nil
}

func (t *tx) turned(what int, at, request int64) error {
	if at < toMS(t.now.Add(-keepTurn)) {
		return nil
	}
	return t.later(insertTurn, what, at, request, 0)
}

const insertTurn = `INSERT INTO turns (what, at, request, again) VALUES (?, ?, ?, ?) ON CONFLICT (what, at, request, again) DO NOTHING`

// ended keeps that a request has ended. Of one that came back it is looked up
// whether it ended on the same day before.
func (t *tx) ended(now stored, request int64) error {
	if now.returns == 0 {
		return t.turned(turnEnded, now.ended, request)
	}
	var last int64
	if err := t.get([]any{&last}, `SELECT coalesce(max(at), 0) FROM turns WHERE what = 1 AND at >= ? AND at <= ? AND request = ?`,
		now.ended-longestDay.Milliseconds(), now.ended, request); err != nil || last == now.ended {
		return err
	}
	if now.ended < toMS(t.now.Add(-keepTurn)) {
		return nil
	}
	return t.later(insertTurn, turnEnded, now.ended, request, last)
}

func (t *tx) unturned(what int, at, request int64) error {
	return t.later(`DELETE FROM turns WHERE what = ? AND at = ? AND request = ?`, what, at, request)
}

// dropTurns forgets a request that is taken out of the store untouched.
func (t *tx) dropTurns(request int64) error {
	r, err := t.Request(request)
	if isMissing(err) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := t.unturned(turnFiled, toMS(r.CreatedAt), request); err != nil {
		return err
	}
	return t.unturned(turnEnded, storedAs(r).ended, request)
}

// DigestDays implements bot.DigestView. Each number is a range of an index.
func (v *view) DigestDays(days []time.Time) ([]bot.DayCount, error) {
	var ranges []string
	var args []any
	for i := 1; i < len(days); i++ {
		ranges = append(ranges, `SELECT CAST(? AS BIGINT) AS begins, CAST(? AS BIGINT) AS ends`)
		args = append(args, toMS(days[i-1]), toMS(days[i]))
	}
	if len(ranges) == 0 {
		return nil, nil
	}
	return list(v, func(r row) (c bot.DayCount, err error) {
		err = r.Scan(&c.Filed, &c.Solved)
		return c, err
	}, `SELECT (SELECT count(*) FROM turns WHERE what = 0 AND at >= begins AND at < ends),
			(SELECT count(*) FROM turns WHERE what = 1 AND at >= begins AND at < ends AND again < begins)
		FROM (`+strings.Join(ranges, " UNION ALL ")+`) AS days ORDER BY begins`, args...)
}

// sweepTurns forgets old ones.
func sweepTurns(t *tx, now time.Time) (int, error) {
	n, err := t.exec(`DELETE FROM turns WHERE (what, at, request, again) IN
		(SELECT what, at, request, again FROM turns WHERE what IN (0, 1) AND at < ? LIMIT ?)`, toMS(now.Add(-keepTurn)), sweepRows)
	return int(n), err
}
