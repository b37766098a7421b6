package storage

import (
	"errors"
	"slices"
	"strings"
	"time"

	"meridian/bot"
)

func isMissing(err error) bool { return errors.Is(err, bot.ErrNotFound) }

type commentBody struct {
	V int `json:"v"`
	bot.Comment
}

func scanComment(r row) (bot.Comment, error) {
	var id int64
	var body string
	if err := r.Scan(&id, &body); err != nil {
		return bot.Comment{}, err
	}
	var b commentBody
	err := decode("comment", body, &b, &b.V)
	b.ID = id
	return b.Comment, err
}

// Comments implements bot.TalkView, oldest first.
func (v *view) Comments(request int64) ([]bot.Comment, error) {
	return list(v, scanComment, `SELECT id, body FROM comments WHERE request = ? ORDER BY id`, request)
}

// CommentAt implements bot.TalkView.
func (v *view) CommentAt(p bot.Place, message string) (bot.Comment, error) {
	return one(v, scanComment, `SELECT id, body FROM comments
		WHERE adapter = ? AND channel = ? AND message = ? AND message <> '' ORDER BY id DESC LIMIT 1`,
		p.Adapter, p.Channel, bounded(message))
}

// LastComment implements bot.TalkView. An empty visibility stands for any.
func (v *view) LastComment(request int64, vis bot.Visibility) (bot.Comment, error) {
	if vis == "" {
		return one(v, scanComment, `SELECT id, body FROM comments WHERE request = ? ORDER BY id DESC LIMIT 1`, request)
	}
	return one(v, scanComment, `SELECT id, body FROM comments WHERE request = ? AND visibility = ? ORDER BY id DESC LIMIT 1`,
		request, string(vis))
}

// SaveComment implements bot.TalkTx.
func (t *tx) SaveComment(c *bot.Comment) error {
	body, err := encode("comment", commentBody{bodyVersion, *c})
	if err != nil {
		return err
	}
	args := []any{c.Request, string(c.Visibility), c.Place.Adapter, c.Place.Channel, bounded(c.Message), body}
	var before *bot.Comment
	if c.ID != 0 {
		old, err := one(&t.view, scanComment, `SELECT id, body FROM comments WHERE id = ?`, c.ID)
		if err != nil {
			return err
		}
		before = &old
	}
	if before == nil {
		if c.ID, err = t.next("comment"); err != nil {
			return err
		}
		err = t.later(`INSERT INTO comments (request, visibility, adapter, channel, message, body, id)
			VALUES (?, ?, ?, ?, ?, ?, ?)`, append(args, c.ID)...)
	} else {
		err = t.later(`UPDATE comments SET request = ?, visibility = ?, adapter = ?, channel = ?, message = ?, body = ?
			WHERE id = ?`, append(args, c.ID)...)
	}
	if err != nil {
		return err
	}
	if err := t.indexComment(*c, before); err != nil {
		return err
	}
	return t.refer(ownerComment, c.ID, blobHashes([]byte(body)))
}

// MoveComments implements bot.TalkTx. The words of both requests are indexed
// anew once, and not for each comment.
func (t *tx) MoveComments(to int64, comments []bot.Comment) error {
	changed := []int64{to}
	for _, c := range comments {
		if !slices.Contains(changed, c.Request) {
			changed = append(changed, c.Request)
		}
		c.Request = to
		body, err := encode("comment", commentBody{bodyVersion, c})
		if err != nil {
			return err
		}
		if err := t.later(`UPDATE comments SET request = ?, body = ? WHERE id = ?`, to, body, c.ID); err != nil {
			return err
		}
	}
	for _, number := range changed {
		if err := t.reindex(number); err != nil {
			return err
		}
	}
	return nil
}

type mailBody struct {
	V int `json:"v"`
	bot.MailLine
}

// SaveMail implements bot.TalkTx. A mail that goes out is one line, found by the
// key of its delivery; what comes in is a line each.
func (t *tx) SaveMail(m bot.MailLine) error {
	if m.At.IsZero() {
		m.At = t.now
	}
	body, err := encode("mail", mailBody{bodyVersion, m})
	if err != nil {
		return err
	}
	var key any
	if m.Key != "" {
		key = m.Key
	}
	domain, filed := "", int64(0)
	if m.Filed {
		domain, filed = domainOf(m.From), toMS(m.At)
	}
	args := []any{key, messageID(m.Message), m.Request, string(m.State), domain, filed, body}
	if m.ID != 0 {
		_, err = t.exec(`UPDATE mails SET key = ?, message = ?, request = ?, state = ?, domain = ?, filed_at = ?, body = ? WHERE id = ?`, append(args, m.ID)...)
		return err
	}
	_, err = t.exec(`INSERT INTO mails (key, message, request, state, domain, filed_at, body) VALUES (?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (key) DO UPDATE SET message = excluded.message, request = excluded.request, state = excluded.state,
		body = excluded.body`, args...)
	return err
}

// domainOf is the domain of a mail address, in lower case.
func domainOf(address string) string {
	return bounded(strings.ToLower(address[strings.LastIndexByte(address, '@')+1:]))
}

// MailsFiled implements bot.TalkView.
func (v *view) MailsFiled(address string, since time.Time) (count int, newest int64, err error) {
	err = v.get([]any{&count, &newest}, `SELECT count(*), coalesce(max(request), 0) FROM mails WHERE domain = ? AND filed_at > ? AND filed_at > 0`,
		domainOf(address), toMS(since))
	return count, newest, err
}

// messageID is a Message-ID as it is compared: with or without its brackets.
func messageID(s string) string {
	return bounded(storableText(strings.Trim(strings.TrimSpace(s), "<>")))
}

// MailRequest implements bot.TalkView. The first of the ids that is known wins.
func (v *view) MailRequest(messageIDs ...string) (int64, error) {
	var ids []string
	for _, id := range messageIDs {
		if id = messageID(id); id != "" {
			ids = append(ids, id)
		}
	}
	found := map[string]int64{}
	for start := 0; start < len(ids); start += chunk {
		marks, args := in(ids[start:min(start+chunk, len(ids))])
		err := v.rows(`SELECT message, request FROM mails WHERE message <> '' AND request <> 0 AND message IN `+marks+` ORDER BY id`, args,
			func(r row) error {
				var id string
				var request int64
				err := r.Scan(&id, &request)
				found[id] = request
				return err
			})
		if err != nil {
			return 0, err
		}
	}
	for _, id := range ids {
		if request, ok := found[id]; ok {
			return request, nil
		}
	}
	return 0, bot.ErrNotFound
}

func scanMail(r row) (bot.MailLine, error) {
	var id int64
	var state, body string
	if err := r.Scan(&id, &state, &body); err != nil {
		return bot.MailLine{}, err
	}
	var b mailBody
	err := decode("mail", body, &b, &b.V)
	b.ID, b.State = id, bot.DeliveryState(state)
	return b.MailLine, err
}

// Mails implements bot.TalkView. What has become of one that goes out is read
// from its delivery, while that is kept; one whose delivery was dropped before
// it left never was.
func (v *view) Mails(limit int) ([]bot.MailLine, error) {
	return list(v, scanMail, `SELECT m.id, coalesce(o.state, m.state), m.body FROM mails m LEFT JOIN outbox o ON o.key = m.key
		WHERE m.key IS NULL OR o.key IS NOT NULL OR m.state <> ?
		ORDER BY m.id DESC LIMIT ?`, string(bot.DeliveryWaiting), limited(limit, 100))
}

// WereCalled implements bot.TalkView.
func (v *view) WereCalled(number string) ([]int64, error) {
	return list(v, func(r row) (n int64, err error) {
		err = r.Scan(&n)
		return n, err
	}, `SELECT request FROM old_numbers WHERE number = ? ORDER BY request DESC LIMIT 10`, bounded(number))
}
