package storage

import (
	"slices"
	"strings"
	"time"

	"meridian/bot"
)

type alertBody struct {
	V int `json:"v"`
	bot.Alert
}

func scanAlert(r row) (bot.Alert, error) {
	var body string
	if err := r.Scan(&body); err != nil {
		return bot.Alert{}, err
	}
	var b alertBody
	err := decode("alert", body, &b, &b.V)
	return b.Alert, err
}

// alertsAtOnce is how many alerts one statement reads or writes.
const alertsAtOnce = 256

// AlertsByFingerprint implements bot.AlertView.
func (v *view) AlertsByFingerprint(hook string, fingerprints []string) ([]bot.Alert, error) {
	var out []bot.Alert
	for some := range slices.Chunk(fingerprints, alertsAtOnce) {
		keys := make([]string, len(some))
		for i, f := range some {
			keys[i] = bounded(f)
		}
		marks, args := in(keys)
		found, err := list(v, scanAlert, `SELECT body FROM alerts WHERE hook = ? AND fingerprint IN `+marks, append([]any{hook}, args...)...)
		if err != nil {
			return nil, err
		}
		out = append(out, found...)
	}
	return out, nil
}

// GroupAlerts implements bot.AlertView.
func (v *view) GroupAlerts(hook, key string) ([]bot.Alert, error) {
	return list(v, scanAlert, `SELECT body FROM alerts WHERE hook = ? AND grp = ?
		ORDER BY CASE status WHEN 'firing' THEN 0 ELSE 1 END, title, fingerprint`, hook, bounded(key))
}

// Alerts implements bot.AlertView. Of an alert in several groups it is one that
// fires, if any does.
func (v *view) Alerts(after string, limit int) ([]bot.Alert, error) {
	hook, fingerprint, _ := strings.Cut(after, " ")
	return list(v, scanAlert, `SELECT body FROM alerts a WHERE (hook, fingerprint) > (?, ?)
		AND grp = (SELECT b.grp FROM alerts b WHERE b.hook = a.hook AND b.fingerprint = a.fingerprint
			ORDER BY CASE b.status WHEN 'firing' THEN 0 ELSE 1 END, b.grp LIMIT 1)
		ORDER BY hook, fingerprint LIMIT ?`, hook, bounded(fingerprint), limited(limit, 100))
}

// FiringAlerts implements bot.SearchView.
func (v *view) FiringAlerts(limit int) ([]bot.Alert, error) {
	return list(v, scanAlert, `SELECT body FROM alerts WHERE status = 'firing' LIMIT `+literal(limit, 100))
}

// FiringTitles implements bot.SearchView. It reads an index and nothing else.
func (v *view) FiringTitles(limit int) ([]string, error) {
	return list(v, func(r row) (title string, err error) {
		err = r.Scan(&title)
		return title, err
	}, `SELECT title FROM alerts WHERE status = 'firing' LIMIT `+literal(limit, 100))
}

// Recovered implements bot.SearchView. Those of the sample day do not count.
func (v *view) Recovered(since time.Time) (count int, longest bot.AlertGroup, err error) {
	var took int64
	const ended = ` FROM alert_groups WHERE ended_at > ? AND ended_at > 0 AND number > 0`
	err = v.get([]any{&count, &took}, `SELECT count(*), coalesce(max(took), 0)`+ended, toMS(since))
	if err != nil || count == 0 {
		return 0, longest, err
	}
	longest, err = one(v, scanGroup, `SELECT number, body`+ended+` AND took = ? ORDER BY number LIMIT 1`, toMS(since), took)
	return count, longest, err
}

// knownAlerts are the alerts that fire, as a transaction has read them.
type knownAlerts struct {
	limit int
	rows  []bot.Alert
}

// FiringAlerts implements bot.SearchView. Each new request is compared with
// them.
func (t *tx) FiringAlerts(limit int) ([]bot.Alert, error) {
	if k := t.known.firing; k != nil && k.limit == limit {
		return slices.Clone(k.rows), nil
	}
	rows, err := t.view.FiringAlerts(limit)
	if err == nil {
		t.known.firing = &knownAlerts{limit, slices.Clone(rows)}
	}
	return rows, err
}

// SaveAlerts implements bot.AlertTx.
func (t *tx) SaveAlerts(alerts []bot.Alert) error {
	type key struct{ hook, fingerprint, group string }
	keyOf := func(a bot.Alert) key {
		return key{a.Hook, storableText(bounded(a.Fingerprint)), storableText(bounded(a.Group))}
	}
	last := map[key]int{}
	for i, a := range alerts {
		last[keyOf(a)] = i
	}
	rows := make([]bot.Alert, 0, len(last)) // one statement must not write a row twice
	for i, a := range alerts {
		if last[keyOf(a)] == i {
			rows = append(rows, a)
		}
	}
	for size := alertsAtOnce; len(rows) > 0; { // sizes are powers of two, so that few statements are prepared
		for size > len(rows) {
			size /= 2
		}
		if err := t.saveAlerts(rows[:size]); err != nil {
			return err
		}
		rows = rows[size:]
	}
	return nil
}

// saveAlerts writes alerts of different keys in one statement.
func (t *tx) saveAlerts(rows []bot.Alert) error {
	args := make([]any, 0, 6*len(rows))
	for _, a := range rows {
		body, err := encode("alert", alertBody{bodyVersion, a})
		if err != nil {
			return err
		}
		args = append(args, a.Hook, bounded(a.Fingerprint), bounded(a.Group), string(a.Status), a.Title, body)
	}
	t.known.firing = nil
	_, err := t.exec(`INSERT INTO alerts (hook, fingerprint, grp, status, title, body) VALUES (?, ?, ?, ?, ?, ?)`+
		strings.Repeat(", (?, ?, ?, ?, ?, ?)", len(rows)-1)+`
		ON CONFLICT (hook, fingerprint, grp) DO UPDATE
		SET status = excluded.status, title = excluded.title, body = excluded.body`, args...)
	return err
}

type groupBody struct {
	V int `json:"v"`
	bot.AlertGroup
}

func scanGroup(r row) (bot.AlertGroup, error) {
	var number int64
	var body string
	if err := r.Scan(&number, &body); err != nil {
		return bot.AlertGroup{}, err
	}
	var b groupBody
	err := decode("alert group", body, &b, &b.V)
	b.Number = number
	return b.AlertGroup, err
}

// AlertGroup implements bot.AlertView.
func (v *view) AlertGroup(hook, key string) (bot.AlertGroup, error) {
	return one(v, scanGroup, `SELECT number, body FROM alert_groups WHERE hook = ? AND key = ?`, hook, bounded(key))
}

// AlertGroupByNumber implements bot.AlertView.
func (v *view) AlertGroupByNumber(n int64) (bot.AlertGroup, error) {
	return one(v, scanGroup, `SELECT number, body FROM alert_groups WHERE number = ?`, n)
}

// SaveAlertGroup implements bot.AlertTx. It raises Version.
func (t *tx) SaveAlertGroup(g *bot.AlertGroup) error {
	if g.Number == 0 {
		n, err := t.next("alert group")
		if err != nil {
			return err
		}
		g.Number = n
	}
	g.Version++
	body, err := encode("alert group", groupBody{bodyVersion, *g})
	if err != nil {
		return err
	}
	took := int64(0)
	if !g.EndedAt.IsZero() {
		took = max(0, g.EndedAt.Sub(g.StartedAt).Milliseconds())
	}
	_, err = t.exec(`INSERT INTO alert_groups (number, hook, key, ended_at, took, body) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (number) DO UPDATE SET hook = excluded.hook, key = excluded.key, ended_at = excluded.ended_at, took = excluded.took, body = excluded.body`,
		g.Number, g.Hook, bounded(g.Key), toMS(g.EndedAt), took, body)
	return err
}
