package storage

import (
	"slices"

	"meridian/bot"
)

type shownBody struct {
	V int `json:"v"`
	bot.ShownMessage
}

const shownColumns = `m.id, m.deleted, m.body, (SELECT count(*) FROM messages r WHERE r.adapter = m.adapter
	AND r.channel = m.channel AND r.thread = m.id AND r.deleted = 0 AND r.whisper = 0) AS replies`

func scanShown(r row) (bot.ShownMessage, error) {
	var id, body string
	var deleted bool
	var replies int
	if err := r.Scan(&id, &deleted, &body, &replies); err != nil {
		return bot.ShownMessage{}, err
	}
	var b shownBody
	err := decode("message", body, &b, &b.V)
	b.ID, b.Deleted, b.Replies = id, deleted, replies
	return b.ShownMessage, err
}

// ShownMessages implements bot.MessageView.
func (v *view) ShownMessages(p bot.Place, limit int) ([]bot.ShownMessage, error) {
	all, err := list(v, scanShown, `SELECT `+shownColumns+` FROM messages m
		WHERE m.adapter = ? AND m.channel = ? AND m.thread = ? ORDER BY m.num DESC LIMIT ?`,
		p.Adapter, p.Channel, p.Thread, limited(limit, 100))
	if err != nil {
		return nil, err
	}
	slices.Reverse(all)
	return all, v.reactions(p, all)
}

// ShownMessage implements bot.MessageView.
func (v *view) ShownMessage(p bot.Place, id string) (bot.ShownMessage, error) {
	m, err := one(v, scanShown, `SELECT `+shownColumns+` FROM messages m WHERE m.adapter = ? AND m.channel = ? AND m.id = ?`,
		p.Adapter, p.Channel, id)
	if err != nil {
		return m, err
	}
	all := []bot.ShownMessage{m}
	err = v.reactions(p, all)
	return all[0], err
}

// reactions fills in the reactions, in the order in which they were first put.
func (v *view) reactions(p bot.Place, messages []bot.ShownMessage) error {
	at := map[string]int{}
	var ids []string
	for i, m := range messages {
		at[m.ID], ids = i, append(ids, m.ID)
		messages[i].Reactions = nil
	}
	for start := 0; start < len(ids); start += chunk {
		marks, args := in(ids[start:min(start+chunk, len(ids))])
		err := v.rows(`SELECT message, emoji, who FROM reactions WHERE adapter = ? AND channel = ? AND message IN `+marks+` ORDER BY num`,
			append([]any{p.Adapter, p.Channel}, args...), func(r row) error {
				var message, emoji, who string
				if err := r.Scan(&message, &emoji, &who); err != nil {
					return err
				}
				m := &messages[at[message]]
				m.Reactions = addReaction(m.Reactions, emoji, who)
				return nil
			})
		if err != nil {
			return err
		}
	}
	return nil
}

func addReaction(all []bot.Reaction, emoji, who string) []bot.Reaction {
	i := slices.IndexFunc(all, func(r bot.Reaction) bool { return r.Emoji == emoji })
	if i < 0 {
		return append(all, bot.Reaction{Emoji: emoji, Who: []string{who}})
	}
	all[i].Who = append(all[i].Who, who)
	return all
}

// LastShown implements bot.MessageView.
func (v *view) LastShown(adapter string) (map[string]int64, error) {
	out := map[string]int64{}
	err := v.rows(`SELECT channel, changes FROM shown_changes WHERE adapter = ?`, []any{adapter}, func(r row) error {
		var channel string
		var n int64
		err := r.Scan(&channel, &n)
		out[channel] = n
		return err
	})
	return out, err
}

// SaveShown implements bot.MessageTx. Reactions and the number of replies are
// not taken from m: they have rows of their own.
func (t *tx) SaveShown(m bot.ShownMessage) error {
	if m.Place.Thread == m.ID {
		m.Place.Thread = "" // the first message of a thread stands in the channel
	}
	m.Reactions, m.Replies = nil, 0
	body, err := encode("message", shownBody{bodyVersion, m})
	if err != nil {
		return err
	}
	var num int64
	if _, err := t.returning([]any{&num}, `INSERT INTO messages (adapter, channel, thread, id, deleted, whisper, body) VALUES (?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (adapter, channel, id) DO UPDATE SET deleted = excluded.deleted, body = excluded.body RETURNING num`,
		m.Place.Adapter, m.Place.Channel, m.Place.Thread, m.ID, flag(m.Deleted), flag(m.For != ""), body); err != nil {
		return err
	}
	if err := t.refer(ownerMessage, num, blobHashes([]byte(body))); err != nil {
		return err
	}
	return t.shown(m.Place)
}

// SaveReaction implements bot.MessageTx.
func (t *tx) SaveReaction(p bot.Place, message, emoji, who string, on bool) error {
	statement := `DELETE FROM reactions WHERE adapter = ? AND channel = ? AND message = ? AND emoji = ? AND who = ?`
	if on {
		statement = `INSERT INTO reactions (adapter, channel, message, emoji, who) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`
	}
	n, err := t.exec(statement, p.Adapter, p.Channel, message, emoji, who)
	if err != nil || n == 0 {
		return err
	}
	return t.shown(p)
}

func (t *tx) shown(p bot.Place) error {
	_, err := t.exec(`INSERT INTO shown_changes (adapter, channel, changes) VALUES (?, ?, 1)
		ON CONFLICT (adapter, channel) DO UPDATE SET changes = shown_changes.changes + 1`, p.Adapter, p.Channel)
	return err
}
