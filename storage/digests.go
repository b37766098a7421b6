package storage

import (
	"cmp"
	"time"

	"meridian/bot"
)

// keepDigest is how long digests are kept: what they counted, and the lines that
// may still change.
const keepDigest = 60 * day

// digestBody is what a digest counted, digestShown what it said: the next one
// reads the first alone.
type digestBody struct {
	V int `json:"v"`
	bot.DigestRun
}

type digestShown struct {
	V       int `json:"v"`
	Lines   [][]bot.Part
	Takes   map[int64]int
	Buttons []bot.Button
	Chart   *bot.Chart `json:",omitempty"`
}

func scanDigest(r row) (bot.DigestRun, error) {
	var body string
	if err := r.Scan(&body); err != nil {
		return bot.DigestRun{}, err
	}
	var b digestBody
	err := decode("digest", body, &b, &b.V)
	return b.DigestRun, err
}

// DigestRun implements bot.DigestView.
func (v *view) DigestRun(name string, at time.Time) (bot.DigestRun, error) {
	return one(v, func(r row) (bot.DigestRun, error) {
		var body, shown string
		var b digestBody
		var s digestShown
		err := r.Scan(&body, &shown)
		if err == nil {
			err = cmp.Or(decode("digest", body, &b, &b.V), decode("lines of a digest", shown, &s, &s.V))
		}
		b.DigestRun.Lines, b.DigestRun.Takes, b.DigestRun.Buttons, b.DigestRun.Chart = s.Lines, s.Takes, s.Buttons, s.Chart
		return b.DigestRun, err
	}, `SELECT body, shown FROM digests WHERE name = ? AND at = ?`, bounded(name), toMS(at))
}

// LastDigest implements bot.DigestView.
func (v *view) LastDigest(name string) (bot.DigestRun, error) {
	return one(v, scanDigest, `SELECT body FROM digests WHERE name = ? ORDER BY at DESC LIMIT 1`, bounded(name))
}

// DigestSolved implements bot.DigestView.
func (v *view) DigestSolved(name string, since time.Time) (solved int, first time.Time, err error) {
	var at int64
	err = v.get([]any{&solved, &at}, `SELECT coalesce(sum(solved), 0), coalesce(min(at), 0) FROM digests WHERE name = ? AND at > ?`, bounded(name), toMS(since))
	return solved, fromMS(at), err
}

// Timer implements bot.DigestView.
func (v *view) Timer(key string) (bot.Timer, error) {
	return one(v, scanTimer, `SELECT body FROM timers WHERE key = ?`, key)
}

// SaveDigest implements bot.DigestTx.
func (t *tx) SaveDigest(d bot.DigestRun) error {
	shown, err := encode("lines of a digest", digestShown{bodyVersion, d.Lines, d.Takes, d.Buttons, d.Chart})
	if err != nil {
		return err
	}
	d.Lines, d.Takes, d.Buttons, d.Chart = nil, nil, nil, nil
	body, err := encode("digest", digestBody{V: bodyVersion, DigestRun: d})
	if err != nil {
		return err
	}
	return t.later(`INSERT INTO digests (name, at, solved, body, shown) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (name, at) DO UPDATE SET solved = excluded.solved, body = excluded.body, shown = excluded.shown`,
		bounded(d.Name), toMS(d.At), d.Solved, body, shown)
}

// sweepDigests forgets old digests.
func sweepDigests(t *tx, now time.Time) (int, error) {
	n, err := t.exec(`DELETE FROM digests WHERE (name, at) IN (SELECT name, at FROM digests WHERE at < ? LIMIT ?)`, toMS(now.Add(-keepDigest)), sweepRows)
	return int(n), err
}
