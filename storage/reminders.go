package storage

import (
	"strings"
	"time"

	"meridian/bot"
)

// keepReminder is how long reminders are kept that are over.
const keepReminder = 30 * day

type reminderBody struct {
	V int `json:"v"`
	bot.Reminder
}

func scanReminder(r row) (bot.Reminder, error) {
	var body string
	if err := r.Scan(&body); err != nil {
		return bot.Reminder{}, err
	}
	var b reminderBody
	err := decode("reminder", body, &b, &b.V)
	return b.Reminder, err
}

// Reminder implements bot.ReminderView.
func (v *view) Reminder(number int64) (bot.Reminder, error) {
	return one(v, scanReminder, `SELECT body FROM reminders WHERE number = ?`, number)
}

// remindersChosen writes what a query chooses as SQL.
func remindersChosen(q bot.ReminderQuery) (string, []any) {
	where, args := []string{"number > ?"}, []any{q.After}
	and := func(condition string, value any) { where, args = append(where, condition), append(args, value) }
	if q.Owner != "" {
		and("owner = ?", q.Owner)
	}
	if q.Place != (bot.Place{}) {
		and("adapter = ?", q.Place.Adapter)
		and("channel = ?", q.Place.Channel)
	}
	if len(q.States) > 0 {
		where = append(where, oneOf(q.States))
	}
	if q.Schedule {
		where = append(where, "schedule <> ''")
	}
	if !q.Before.IsZero() {
		and("next_at < ?", toMS(q.Before))
	}
	return strings.Join(where, " AND "), args
}

// Reminders implements bot.ReminderView.
func (v *view) Reminders(q bot.ReminderQuery) ([]bot.Reminder, error) {
	where, args := remindersChosen(q)
	order := "next_at, number"
	if q.After != 0 {
		order = "number"
	}
	return list(v, scanReminder, `SELECT body FROM reminders WHERE `+where+` ORDER BY `+order+` LIMIT `+literal(q.Limit, 100), args...)
}

// CountReminders implements bot.ReminderView.
func (v *view) CountReminders(q bot.ReminderQuery) (n int, err error) {
	where, args := remindersChosen(q)
	err = v.get([]any{&n}, `SELECT count(*) FROM reminders WHERE `+where, args...)
	return n, err
}

// SaveReminder implements bot.ReminderTx.
func (t *tx) SaveReminder(r *bot.Reminder) error {
	if r.Number == 0 {
		n, err := t.next("reminder")
		if err != nil {
			return err
		}
		r.Number, r.Created = n, t.now
	}
	body, err := encode(r.ID(), reminderBody{bodyVersion, *r})
	if err != nil {
		return err
	}
	var ended int64
	if r.State != bot.ReminderActive && r.State != bot.ReminderFired {
		ended = toMS(t.now)
	}
	return t.later(`INSERT INTO reminders (number, owner, schedule, state, adapter, channel, next_at, ended_at, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (number) DO UPDATE SET owner = excluded.owner, schedule = excluded.schedule, state = excluded.state, adapter = excluded.adapter,
		channel = excluded.channel, next_at = excluded.next_at, ended_at = excluded.ended_at, body = excluded.body`,
		r.Number, r.Owner, r.Schedule, string(r.State), r.Place.Adapter, r.Place.Channel, toMS(r.NextAt), ended, body)
}

// sweepReminders forgets reminders that are over.
func sweepReminders(t *tx, now time.Time) (int, error) {
	n, err := t.exec(`DELETE FROM reminders WHERE number IN (SELECT number FROM reminders WHERE ended_at > 0 AND ended_at < ? LIMIT ?)`,
		toMS(now.Add(-keepReminder)), sweepRows)
	return int(n), err
}
