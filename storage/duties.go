package storage

import (
	"time"

	"meridian/bot"
)

type timerBody struct {
	V int `json:"v"`
	bot.Timer
}

func scanTimer(r row) (bot.Timer, error) {
	var body string
	if err := r.Scan(&body); err != nil {
		return bot.Timer{}, err
	}
	var b timerBody
	err := decode("timer", body, &b, &b.V)
	return b.Timer, err
}

// heardOut says that every adapter whose silence a timer presumes has been
// heard up to its time.
const heardOut = `(presumes = 0 OR NOT EXISTS (SELECT 1 FROM timer_presumes p WHERE p.timer = timers.key
	AND NOT EXISTS (SELECT 1 FROM heard h WHERE h.adapter = p.adapter AND h.until_at >= timers.due_at)))`

// DueTimers implements bot.DutyView, the earliest first.
func (v *view) DueTimers(limit int) ([]bot.Timer, error) {
	return list(v, scanTimer, `SELECT body FROM timers WHERE due_at <= ? AND `+heardOut+` ORDER BY due_at, key LIMIT ?`,
		toMS(v.now), limited(limit, 100))
}

// NextTimer implements bot.DutyView. A timer that is due but waits until
// adapters have been heard does not count: its time says nothing.
func (v *view) NextTimer() (time.Time, error) {
	var at int64
	err := v.get([]any{&at}, `SELECT due_at FROM timers WHERE due_at > ? OR `+heardOut+` ORDER BY due_at LIMIT 1`, toMS(v.now))
	if isMissing(err) {
		return time.Time{}, nil
	}
	return fromMS(at), err
}

// SetTimer implements bot.DutyTx.
func (t *tx) SetTimer(m bot.Timer) error {
	body, err := encode("timer", timerBody{bodyVersion, m})
	if err != nil {
		return err
	}
	if _, err := t.exec(`DELETE FROM timer_presumes WHERE timer = ?`, m.Key); err != nil {
		return err
	}
	if _, err := t.exec(`INSERT INTO timers (key, due_at, presumes, body) VALUES (?, ?, ?, ?)
		ON CONFLICT (key) DO UPDATE SET due_at = excluded.due_at, presumes = excluded.presumes, body = excluded.body`,
		m.Key, toMS(m.At), len(m.Presumes), body); err != nil {
		return err
	}
	for _, adapter := range m.Presumes {
		if _, err := t.exec(`INSERT INTO timer_presumes (timer, adapter) VALUES (?, ?) ON CONFLICT DO NOTHING`, m.Key, adapter); err != nil {
			return err
		}
	}
	return nil
}

// DropTimer implements bot.DutyTx. A key that is not there is no error.
func (t *tx) DropTimer(key string) error {
	n, err := t.exec(`DELETE FROM timers WHERE key = ?`, key)
	if err != nil || n == 0 {
		return err
	}
	_, err = t.exec(`DELETE FROM timer_presumes WHERE timer = ?`, key)
	return err
}

// HeardUntil implements bot.DutyView. The zero time: never.
func (v *view) HeardUntil(adapter string) (time.Time, error) {
	var until int64
	err := v.get([]any{&until}, `SELECT until_at FROM heard WHERE adapter = ?`, adapter)
	if isMissing(err) {
		err = nil
	}
	return fromMS(until), err
}

// SaveHeard implements bot.DutyTx. It never goes back.
func (t *tx) SaveHeard(adapter string, until time.Time) error {
	_, err := t.exec(`INSERT INTO heard (adapter, until_at) VALUES (?, ?) ON CONFLICT (adapter) DO UPDATE
		SET until_at = excluded.until_at WHERE heard.until_at < excluded.until_at`, adapter, toMS(until))
	return err
}

// Mark implements bot.DutyView.
func (v *view) Mark(adapter string) (mark string, err error) {
	err = v.get([]any{&mark}, `SELECT mark FROM marks WHERE name = ?`, adapter)
	if isMissing(err) {
		err = nil
	}
	return mark, err
}

// SaveMark implements bot.DutyTx.
func (t *tx) SaveMark(adapter, mark string) error {
	_, err := t.exec(`INSERT INTO marks (name, mark) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET mark = excluded.mark`, adapter, mark)
	return err
}

// Duty implements bot.DutyView. A duty that nobody ever held has no holder.
func (v *view) Duty(name string) (string, time.Time, error) {
	var holder string
	var until int64
	err := v.get([]any{&holder, &until}, `SELECT holder, until_at FROM duties WHERE name = ?`, name)
	if isMissing(err) {
		err = nil
	}
	return holder, fromMS(until), err
}

// HoldDuty implements bot.DutyTx. With a duration of zero or less its holder
// gives it back.
func (t *tx) HoldDuty(name, holder string, d time.Duration) (token int64, ok bool, err error) {
	now := toMS(t.now)
	if d <= 0 {
		ok, err = t.returning([]any{&token}, `UPDATE duties SET until_at = ? WHERE name = ? AND holder = ? RETURNING token`,
			now, name, holder)
		return token, ok, err
	}
	ok, err = t.returning([]any{&token}, `INSERT INTO duties (name, holder, token, until_at) VALUES (?, ?, 1, ?)
		ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until_at = excluded.until_at,
			token = CASE WHEN duties.holder = excluded.holder THEN duties.token ELSE duties.token + 1 END
		WHERE duties.holder = excluded.holder OR duties.until_at <= ? RETURNING token`,
		name, holder, toMS(t.now.Add(d)), now)
	return token, ok, err
}

// CheckDuty implements bot.DutyTx.
func (t *tx) CheckDuty(name string, token int64) error {
	var held int64
	err := t.get([]any{&held}, `SELECT token FROM duties WHERE name = ? AND token = ? AND until_at > ?`, name, token, toMS(t.now))
	if isMissing(err) {
		return bot.ErrFenced
	}
	return err
}
