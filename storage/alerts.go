package storage

import (
	"strings"

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

// Alert implements bot.AlertView.
func (v *view) Alert(hook, fingerprint string) (bot.Alert, error) {
	return one(v, scanAlert, `SELECT body FROM alerts WHERE hook = ? AND fingerprint = ?`, hook, bounded(fingerprint))
}

// GroupAlerts implements bot.AlertView.
func (v *view) GroupAlerts(hook, key string) ([]bot.Alert, error) {
	return list(v, scanAlert, `SELECT body FROM alerts WHERE hook = ? AND grp = ?
		ORDER BY CASE status WHEN 'firing' THEN 0 ELSE 1 END, title, fingerprint`, hook, bounded(key))
}

// Alerts implements bot.AlertView.
func (v *view) Alerts(after string, limit int) ([]bot.Alert, error) {
	hook, fingerprint, _ := strings.Cut(after, " ")
	return list(v, scanAlert, `SELECT body FROM alerts WHERE (hook, fingerprint) > (?, ?)
		ORDER BY hook, fingerprint LIMIT ?`, hook, bounded(fingerprint), limited(limit, 100))
}

// SaveAlert implements bot.AlertTx.
func (t *tx) SaveAlert(a bot.Alert) error {
	body, err := encode("alert", alertBody{bodyVersion, a})
	if err != nil {
		return err
	}
	_, err = t.exec(`INSERT INTO alerts (hook, fingerprint, grp, status, title, body) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (hook, fingerprint) DO UPDATE
		SET grp = excluded.grp, status = excluded.status, title = excluded.title, body = excluded.body`,
		a.Hook, bounded(a.Fingerprint), bounded(a.Group), string(a.Status), a.Title, body)
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
	_, err = t.exec(`INSERT INTO alert_groups (number, hook, key, body) VALUES (?, ?, ?, ?)
		ON CONFLICT (number) DO UPDATE SET hook = excluded.hook, key = excluded.key, body = excluded.body`,
		g.Number, g.Hook, bounded(g.Key), body)
	return err
}
