package storage

import (
	"math"
	"slices"

	"meridian/bot"
)

type actBody struct {
	V int `json:"v"`
	bot.Act
}

func scanAct(r row) (bot.Act, error) {
	var id int64
	var undone bool
	var body string
	if err := r.Scan(&id, &undone, &body); err != nil {
		return bot.Act{}, err
	}
	var b actBody
	err := decode("act", body, &b, &b.V)
	b.Act.ID, b.Undone = id, undone
	return b.Act, err
}

// SaveAct implements bot.RequestTx.
func (t *tx) SaveAct(a *bot.Act) error {
	body, err := encode("act", actBody{bodyVersion, *a})
	if err != nil {
		return err
	}
	args := []any{a.Request, a.Who, a.Emoji, a.Place.Adapter, a.Place.Channel, bounded(a.Message), toMS(a.At), flag(a.Undone), body}
	if a.ID == 0 {
		_, err = t.returning([]any{&a.ID}, `INSERT INTO acts (request, who, emoji, adapter, channel, message, at, undone, body)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`, args...)
		return err
	}
	_, err = t.exec(`UPDATE acts SET request = ?, who = ?, emoji = ?, adapter = ?, channel = ?, message = ?, at = ?, undone = ?,
		body = ? WHERE id = ?`, append(args, a.ID)...)
	return err
}

// LastAct implements bot.RequestView.
func (v *view) LastAct(who string, q bot.ActQuery) (bot.Act, error) {
	where, args := "undone = 0 AND who = ?", []any{who}
	and := func(condition string, values ...any) { where, args = where+" AND "+condition, append(args, values...) }
	if q.Request != 0 {
		and("request = ?", q.Request)
	}
	if q.Place != (bot.Place{}) {
		and("adapter = ? AND channel = ?", q.Place.Adapter, q.Place.Channel)
	}
	if q.Message != "" {
		and("message = ?", bounded(q.Message))
	}
	if q.Emoji != "" {
		and("emoji = ?", q.Emoji)
	}
	if q.Sends == "" {
		return one(v, scanAct, `SELECT id, undone, body FROM acts WHERE `+where+` ORDER BY id DESC LIMIT 1`, args...)
	}
	return v.lastSender(q.Sends, where, args)
}

// lastSender looks for the act that queued a delivery, newest first: it is
// almost always one of the last few.
func (v *view) lastSender(key, where string, args []any) (bot.Act, error) {
	const page = 20
	for before := int64(math.MaxInt64); ; {
		acts, err := list(v, scanAct, `SELECT id, undone, body FROM acts WHERE `+where+` AND id < ? ORDER BY id DESC LIMIT ?`,
			append(args[:len(args):len(args)], before, page)...)
		if err != nil {
			return bot.Act{}, err
		}
		for _, a := range acts {
			if slices.Contains(a.Sends, key) {
				return a, nil
			}
			before = a.ID
		}
		if len(acts) < page {
			return bot.Act{}, bot.ErrNotFound
		}
	}
}
