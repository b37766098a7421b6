package storage

import (
	"strings"
	"time"

	"meridian/bot"
)

// keepOverheard is how long what people say is kept where it became nothing.
const keepOverheard = 7 * day

type overheardBody struct {
	V int `json:"v"`
	bot.Overheard
}

const overheardColumns = `id, verdict, doubtful, judged, told_at, body`

func scanOverheard(r row) (bot.Overheard, error) {
	var id, told int64
	var o bot.Overheard
	var body string
	if err := r.Scan(&id, &o.Verdict, &o.Doubtful, &o.Judged, &told, &body); err != nil {
		return o, err
	}
	b := overheardBody{}
	if err := decode("overheard message", body, &b, &b.V); err != nil {
		return o, err
	}
	b.ID, b.Verdict, b.Doubtful, b.Judged, b.Told = id, o.Verdict, o.Doubtful, o.Judged, fromMS(told)
	return b.Overheard, nil
}

// Overheard implements bot.TallyView.
func (v *view) Overheard(id int64) (bot.Overheard, error) {
	return one(v, scanOverheard, `SELECT `+overheardColumns+` FROM overheard WHERE id = ?`, id)
}

// OverheardAt implements bot.TallyView.
func (v *view) OverheardAt(p bot.Place, message string) (bot.Overheard, error) {
	return one(v, scanOverheard, `SELECT `+overheardColumns+` FROM overheard WHERE adapter = ? AND channel = ? AND message = ?`,
		p.Adapter, p.Channel, bounded(message))
}

// OverheardList implements bot.TallyView.
func (v *view) OverheardList(q bot.OverheardQuery) ([]bot.Overheard, error) {
	where, args := []string{"id > 0"}, []any(nil)
	and := func(condition string, value any) { where, args = append(where, condition), append(args, value) }
	if q.Who != "" {
		and("who = ?", q.Who)
	}
	if q.Verdict != "" {
		and("verdict = ?", string(q.Verdict))
	}
	if !q.Any {
		and("told_at = ?", toMS(q.Told))
	}
	if q.Doubtful {
		where = append(where, "doubtful = 1", "judged = ''")
	}
	order := " ORDER BY id"
	if q.Newest {
		order = " ORDER BY id DESC"
	}
	return list(v, scanOverheard, `SELECT `+overheardColumns+` FROM overheard WHERE `+strings.Join(where, " AND ")+order+
		` LIMIT `+literal(q.Limit, 100), args...)
}

// Tallies implements bot.TallyView.
func (v *view) Tallies(told time.Time, all bool) ([]bot.Tally, error) {
	where, args := "1 = 1", []any(nil)
	if !all {
		where, args = "told_at = ?", []any{toMS(told)}
	}
	return list(v, func(r row) (t bot.Tally, err error) {
		var first int64
		err = r.Scan(&t.Channel.Adapter, &t.Channel.Channel, &t.Verdict, &t.Doubtful, &t.Judged, &t.Count, &first)
		t.First = fromMS(first)
		return t, err
	}, `SELECT adapter, channel, verdict, doubtful, judged, count(*), min(heard_at) FROM overheard WHERE `+where+`
		GROUP BY adapter, channel, verdict, doubtful, judged ORDER BY adapter, channel, verdict, doubtful, judged`, args...)
}

// SaveOverheard implements bot.TallyTx.
func (t *tx) SaveOverheard(o *bot.Overheard) error {
	body, err := encode("overheard message", overheardBody{bodyVersion, *o})
	if err != nil {
		return err
	}
	args := []any{o.Who, string(o.Verdict), flag(o.Doubtful), string(o.Judged), toMS(o.Told), body}
	if o.ID != 0 {
		_, err = t.exec(`UPDATE overheard SET who = ?, verdict = ?, doubtful = ?, judged = ?, told_at = ?, body = ? WHERE id = ?`, append(args, o.ID)...)
		return err
	}
	_, err = t.returning([]any{&o.ID}, `INSERT INTO overheard (who, verdict, doubtful, judged, told_at, body, adapter, channel, message, heard_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (adapter, channel, message) DO NOTHING RETURNING id`,
		append(args, o.Place.Adapter, o.Place.Channel, bounded(o.Message), toMS(t.now))...)
	return err
}

// TellOverheard implements bot.TallyTx.
func (t *tx) TellOverheard(at time.Time) error {
	_, err := t.exec(`UPDATE overheard SET told_at = ? WHERE told_at = 0 AND verdict <> ?`, toMS(at), string(bot.WasOffered))
	return err
}

func sweepOverheard(t *tx, now time.Time) (int, error) {
	ids, err := t.ids(`SELECT id FROM overheard WHERE heard_at < ? ORDER BY heard_at LIMIT ?`, toMS(now.Add(-keepOverheard)), sweepRows)
	return t.apply(ids, err, `DELETE FROM overheard`, "")
}
