package storage

import (
	"meridian/bot"
)

// reader is the view behind a bot.View of this package.
func reader(v bot.View) *view {
	switch v := v.(type) {
	case *tx:
		return &v.view
	case *view:
		return v
	}
	panic("storage: a view of another store")
}

// Clients are the companies that the store keeps beside the configuration's, by
// name. v is of this package's Store.
func Clients(v bot.View) ([]bot.Client, error) {
	return list(reader(v), scanClient, `SELECT body FROM clients ORDER BY name`)
}

// ContactsAfter are the contacts with ids above after, by id.
func ContactsAfter(v bot.View, after string, limit int) ([]bot.Contact, error) {
	return list(reader(v), scanContact, `SELECT body FROM contacts WHERE id > ? ORDER BY id LIMIT ?`, bounded(after), limit)
}

// Wish is what one person wants of the desk for themselves.
type Wish struct {
	Person string
	bot.Preference
}

// WishesAfter are those of the people with ids above after, by id.
func WishesAfter(v bot.View, after string, limit int) ([]Wish, error) {
	return list(reader(v), func(r row) (w Wish, err error) {
		var body string
		if err := r.Scan(&w.Person, &body); err != nil {
			return w, err
		}
		var b preferenceBody
		err = decode("preference", body, &b, &b.V)
		w.Preference = b.Preference
		return w, err
	}, `SELECT person, body FROM preferences WHERE person > ? ORDER BY person LIMIT ?`, bounded(after), limit)
}

// MailsAfter are the mails with ids above after, ascending, those too that were
// dropped before they left.
func MailsAfter(v bot.View, after int64, limit int) ([]bot.MailLine, error) {
	return list(reader(v), scanMail, `SELECT m.id, coalesce(o.state, m.state), m.body FROM mails m LEFT JOIN outbox o ON o.key = m.key
		WHERE m.id > ? ORDER BY m.id LIMIT ?`, after, limit)
}

// PastLine is a delivery, event or alert of another store, as its export printed
// it.
type PastLine struct {
	ID   int64
	Line string
}

// PastAfter are the lines of a kind with ids above after, ascending.
func PastAfter(v bot.View, kind string, after int64, limit int) ([]PastLine, error) {
	return list(reader(v), func(r row) (l PastLine, err error) {
		err = r.Scan(&l.ID, &l.Line)
		return l, err
	}, `SELECT id, line FROM history WHERE kind = ? AND id > ? ORDER BY id LIMIT ?`, kind, after, limit)
}

// Rows is about how many lines an export has.
func Rows(v bot.View) (n int64, err error) {
	err = reader(v).get([]any{&n}, `SELECT (SELECT count(*) FROM requests) + (SELECT count(*) FROM comments) + (SELECT count(*) FROM outbox)
		+ (SELECT count(*) FROM inbox) + (SELECT count(*) FROM alerts) + (SELECT count(*) FROM contacts) + (SELECT count(*) FROM mails)
		+ (SELECT count(*) FROM history) + (SELECT count(*) FROM audit)`)
	return n, err
}

// Imported reports whether a file with this hash has been imported, wholly or in
// part, and not taken back.
func Imported(v bot.View, hash string) (bool, error) {
	var n int
	err := reader(v).get([]any{&n}, `SELECT count(*) FROM imports WHERE hash = ? AND undone_at = 0`, hash)
	return n > 0, err
}

// Taken gives the first of some numbers that a request of the store has, 0 if
// there is none.
func Taken(v bot.View, numbers []int64) (int64, error) {
	for start := 0; start < len(numbers); start += chunk {
		marks, args := in(numbers[start:min(start+chunk, len(numbers))])
		var n int64
		if err := reader(v).get([]any{&n}, `SELECT coalesce(min(number), 0) FROM requests WHERE number IN `+marks, args...); err != nil || n != 0 {
			return n, err
		}
	}
	return 0, nil
}

// OldNumbers are the numbers of another desk whose requests have come over.
func OldNumbers(v bot.View, desk string) (map[string]bool, error) {
	known := map[string]bool{}
	err := reader(v).rows(`SELECT number FROM old_numbers WHERE desk = ?`, []any{oldDesk(desk)}, func(r row) error {
		var n string
		err := r.Scan(&n)
		known[n] = true
		return err
	})
	return known, err
}
