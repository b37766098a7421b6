package storage

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"strconv"

	"meridian/bot"
)

// chainLine is a line of the audit log as the chain holds it: a person by
// number, free text by its hash.
type chainLine struct {
	id, at, who, event                     int64
	surface, action, object, before, after string
	whyHash, hash                          string
}

// sum is the hash of a line and of the one before it. Every field is written
// with its length, so that moving text between fields changes the sum.
func (l chainLine) sum(previous string) string {
	h := sha256.New()
	for _, field := range []string{previous, strconv.FormatInt(l.id, 10), strconv.FormatInt(l.at, 10), strconv.FormatInt(l.who, 10),
		l.surface, l.action, l.object, l.before, l.after, strconv.FormatInt(l.event, 10), l.whyHash} {
		h.Write([]byte(strconv.Itoa(len(field)) + ":" + field))
	}
	return hex.EncodeToString(h.Sum(nil))
}

func whyHash(salt, why string) string {
	h := hmac.New(sha256.New, []byte(salt))
	h.Write([]byte(why))
	return hex.EncodeToString(h.Sum(nil))
}

// AddAudit implements bot.AuditTx. A zero At is now. What is done to the sample
// day is no history: it could not be taken out of the chain again.
func (t *tx) AddAudit(a bot.AuditLine) error {
	if n, ok := bot.ParseRequestID(a.Object); ok && n < 0 {
		return nil
	}
	if a.At.IsZero() {
		a.At = t.now
	}
	who, err := t.person(a.Who)
	if err != nil {
		return err
	}
	l := chainLine{at: toMS(a.At), who: who, event: a.Event, surface: storableText(string(a.Surface)), action: storableText(a.Action),
		object: storableText(a.Object), before: storableText(a.Before), after: storableText(a.After)}
	head, err := t.chainHead()
	if err != nil {
		return err
	}
	l.id = head.id + 1
	var salt string
	why := storableText(a.Why)
	if why != "" {
		salt = rand.Text()
		l.whyHash = whyHash(salt, why)
	}
	l.hash = l.sum(head.hash)
	t.known.chain = &chainHead{l.id, l.hash}
	if err := t.later(`INSERT INTO audit (id, at, who, surface, action, object, before, after, event, why_hash, hash)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		l.id, l.at, l.who, l.surface, l.action, l.object, l.before, l.after, l.event, l.whyHash, l.hash); err != nil {
		return err
	}
	if why == "" {
		return nil
	}
	return t.later(`INSERT INTO audit_why (audit, salt, why) VALUES (?, ?, ?)`, l.id, salt, why)
}

// chainHead is the last line of the audit log.
type chainHead struct {
	id   int64
	hash string
}

func (t *tx) chainHead() (chainHead, error) {
	if t.known.chain != nil {
		return *t.known.chain, nil
	}
	var h chainHead
	err := t.get([]any{&h.id, &h.hash}, `SELECT id, hash FROM audit ORDER BY id DESC LIMIT 1`)
	if isMissing(err) {
		err = nil
	}
	return h, err
}

// person gives the number of a person, a new one if need be. The bot is 0.
func (t *tx) person(id string) (int64, error) {
	if id == "" {
		return 0, nil
	}
	n, known := t.known.persons[id]
	if n != 0 {
		return n, nil
	}
	var err error = bot.ErrNotFound
	if !known {
		err = t.get([]any{&n}, `SELECT number FROM persons WHERE id = ?`, bounded(id))
	}
	if isMissing(err) {
		if n, err = t.next("person"); err == nil {
			err = t.later(`INSERT INTO persons (number, id) VALUES (?, ?)`, n, bounded(id))
		}
	}
	if err != nil {
		return 0, err
	}
	if t.known.persons == nil {
		t.known.persons = map[string]int64{}
	}
	t.known.persons[id] = n
	return n, nil
}

const auditColumns = `SELECT a.id, a.at, coalesce(p.id, ''), a.surface, a.action, a.object, a.before, a.after, coalesce(w.why, ''), a.event
	FROM audit a LEFT JOIN persons p ON p.number = a.who LEFT JOIN audit_why w ON w.audit = a.id `

// Audit implements bot.AuditView, oldest first.
func (v *view) Audit(object string, after int64, limit int) ([]bot.AuditLine, error) {
	scan := func(r row) (l bot.AuditLine, err error) {
		var at int64
		err = r.Scan(&l.ID, &at, &l.Who, &l.Surface, &l.Action, &l.Object, &l.Before, &l.After, &l.Why, &l.Event)
		l.At = fromMS(at)
		return l, err
	}
	if object == "" {
		return list(v, scan, auditColumns+`WHERE a.id > ? ORDER BY a.id LIMIT ?`, after, limited(limit, 100))
	}
	return list(v, scan, auditColumns+`WHERE a.object = ? AND a.id > ? ORDER BY a.id LIMIT ?`, object, after, limited(limit, 100))
}

// VerifyAudit implements bot.AuditView. Text that has been erased is no break;
// text that was changed is, and so is a line that is missing between two others.
func (v *view) VerifyAudit() (lines, broken int64, err error) {
	const step = 1000
	var previous string
	var last int64
	for {
		n := 0
		err := v.rows(`SELECT a.id, a.at, a.who, a.surface, a.action, a.object, a.before, a.after, a.event, a.why_hash, a.hash,
			coalesce(w.salt, ''), coalesce(w.why, '') FROM audit a LEFT JOIN audit_why w ON w.audit = a.id
			WHERE a.id > ? ORDER BY a.id LIMIT ?`, []any{last, step}, func(r row) error {
			var l chainLine
			var salt, why string
			if err := r.Scan(&l.id, &l.at, &l.who, &l.surface, &l.action, &l.object, &l.before, &l.after, &l.event,
				&l.whyHash, &l.hash, &salt, &why); err != nil {
				return err
			}
			n++
			lines++
			whole := l.id == last+1 && l.sum(previous) == l.hash && (salt == "" || whyHash(salt, why) == l.whyHash)
			if !whole && broken == 0 {
				broken = l.id
			}
			previous, last = l.hash, l.id
			return nil
		})
		if err != nil || n < step {
			return lines, broken, err
		}
	}
}
