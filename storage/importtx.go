package storage

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strconv"
	"strings"
	"time"

	"meridian/bot"
)

// ImportTx writes what an import brings, as it was.
type ImportTx struct {
	t *tx
	i *Import
}

// made notes what the import has made.
func (w *ImportTx) made(what, id, mark string) error {
	return w.t.later(`INSERT INTO imported (batch, what, id, mark) VALUES (?, ?, ?, ?)`, w.i.Batch, what, bounded(id), mark)
}

// has reports whether a row is there.
func (w *ImportTx) has(query string, args ...any) (bool, error) {
	var n int
	err := w.t.get([]any{&n}, query+" LIMIT 1", args...)
	if isMissing(err) {
		return false, nil
	}
	return err == nil, err
}

// Request writes a request with its number, version and times. It has no card
// until somebody acts on it; one that is paused comes back when its pause is
// over. A number that is taken is ErrThere.
func (w *ImportTx) Request(r bot.Request) error {
	if there, err := w.has(`SELECT 1 FROM requests WHERE number = ?`, r.Number); err != nil || there {
		return errors.Join(err, onlyIf(there, ErrThere))
	}
	if err := w.t.insertRequest(r); err != nil {
		return err
	}
	if timer, ok := r.BackTimer(); ok {
		if err := w.t.SetTimer(timer); err != nil {
			return err
		}
	}
	// The first act edits its card. One that is past its time is posted instead,
	// once; a delivery without an op is no delivery but stands for that. What came
	// over from another desk never had a card.
	if r.Was != nil {
		return errors.Join(w.oldNumber(r), w.made("request", strconv.FormatInt(r.Number, 10), strconv.Itoa(r.Version)))
	}
	if err := w.t.later(`INSERT INTO outbox (key, adapter, channel, thread, op, urgency, card, after_key, request, face, state, created_at,
		not_before, until_at, body) VALUES (?, ?, ?, '', '', 0, '', '', ?, ?, ?, ?, 0, 0, '') ON CONFLICT (key) DO NOTHING`,
		bot.CardKey(r.Number), r.Desk.Adapter, r.Desk.Channel, r.Number, string(bot.FaceDesk), string(bot.DeliveryExpired), toMS(w.t.now)); err != nil {
		return err
	}
	return w.made("request", strconv.FormatInt(r.Number, 10), strconv.Itoa(r.Version))
}

// Base is what is added to the numbers in the file.
func (w *ImportTx) Base() int64 { return w.i.Base }

// oldDesk is a desk's name as it is compared.
func oldDesk(name string) string { return bounded(strings.ToLower(strings.TrimSpace(name))) }

// oldNumber keeps what a request was called before, for ever.
func (w *ImportTx) oldNumber(r bot.Request) error {
	if r.Was.Number == "" {
		return nil
	}
	return w.t.later(`INSERT INTO old_numbers (desk, number, request) VALUES (?, ?, ?) ON CONFLICT (desk, number) DO NOTHING`,
		oldDesk(r.Was.Desk), bounded(r.Was.Number), r.Number)
}

func onlyIf(is bool, err error) error {
	if is {
		return err
	}
	return nil
}

// Comment writes a comment. Files that the store does not have stay named.
func (w *ImportTx) Comment(c bot.Comment) error {
	c.ID = 0
	return w.t.SaveComment(&c)
}

// Client writes a company, unless there is one of that name.
func (w *ImportTx) Client(c bot.Client) error {
	there, err := w.has(`SELECT 1 FROM clients WHERE name = ?`, clientKey(c.Name))
	for _, known := range w.t.settings.Clients {
		there = there || clientKey(known.Name) == clientKey(c.Name)
	}
	if err != nil || there {
		return err
	}
	if err := w.t.SaveClient(c); err != nil {
		return err
	}
	body, err := clientJSON(c)
	if err != nil {
		return err
	}
	return w.made("client", clientKey(c.Name), markOf(body))
}

// Contact writes a person, unless the store knows them.
func (w *ImportTx) Contact(c bot.Contact) error {
	if there, err := w.has(`SELECT 1 FROM contacts WHERE id = ?`, bounded(c.ID)); err != nil || there {
		return err
	}
	if err := w.t.SaveContact(c); err != nil {
		return err
	}
	body, err := encode("contact", contactBody{bodyVersion, c})
	if err != nil {
		return err
	}
	return w.made("contact", c.ID, markOf(body))
}

// Wish writes what a person wants of the desk, unless they have said so here.
func (w *ImportTx) Wish(p Wish) error {
	if there, err := w.has(`SELECT 1 FROM preferences WHERE person = ?`, bounded(p.Person)); err != nil || there {
		return err
	}
	if err := w.t.SavePreference(p.Person, p.Preference); err != nil {
		return err
	}
	body, err := encode("preference", preferenceBody{bodyVersion, p.Preference})
	if err != nil {
		return err
	}
	return w.made("preference", p.Person, markOf(body))
}

// Article writes an article, unless there is one with its title. If its number is
// taken it gets another one.
func (w *ImportTx) Article(a bot.Article) error {
	_, err := w.t.ArticleByTitle(a.Language, a.Title)
	if !errors.Is(err, bot.ErrNotFound) {
		return err
	}
	if a.Number, err = w.number("article", `SELECT 1 FROM articles WHERE number = ?`, a.Number); err != nil {
		return err
	}
	if err := w.t.putArticle(a); err != nil {
		return err
	}
	body, err := encode(a.ID(), articleBody{bodyVersion, a})
	if err != nil {
		return err
	}
	return w.made("article", strconv.FormatInt(a.Number, 10), markOf(body))
}

// Reminder writes a reminder, which comes from now on. One that was to come once
// and whose time has passed is not said, but stays in its owner's list.
func (w *ImportTx) Reminder(r bot.Reminder) (err error) {
	if r.Number, err = w.number("reminder", `SELECT 1 FROM reminders WHERE number = ?`, r.Number); err != nil {
		return err
	}
	if r.State == bot.ReminderActive && !r.NextAt.After(w.t.now) {
		due := r.NextAt
		var comes bool
		if r.NextAt, comes = r.After(w.t.now); r.Spec == "" || !comes {
			r.NextAt, r.State, r.FiredAt = time.Time{}, bot.ReminderFired, due
		}
	}
	if err := w.t.SaveReminder(&r); err != nil {
		return err
	}
	if r.State == bot.ReminderActive {
		if err := w.t.SetTimer(r.Timer()); err != nil {
			return err
		}
	}
	body, err := encode(r.ID(), reminderBody{bodyVersion, r})
	if err != nil {
		return err
	}
	return w.made("reminder", strconv.FormatInt(r.Number, 10), markOf(body))
}

// number keeps a number that is free, or gives the next one; the counter goes on
// behind it.
func (w *ImportTx) number(counter, taken string, n int64) (int64, error) {
	there, err := w.has(taken, n)
	if err != nil {
		return 0, err
	}
	next, err := w.t.next(counter)
	if err != nil || there || n <= 0 {
		return next, err
	}
	w.t.known.counters[counter] = max(next-1, n)
	return n, nil
}

// Mail writes a mail, by whose Message-ID answers find their request. It has no
// delivery any more.
func (w *ImportTx) Mail(m bot.MailLine) error {
	m.ID, m.Key = 0, ""
	return w.t.SaveMail(m)
}

// Audit adds a line to the audit log, whose chain is made anew. Lines are never
// taken out of it, so that those of an import that was taken back are there.
func (w *ImportTx) Audit(l bot.AuditLine) error {
	w.i.audit++
	if w.i.audit <= w.i.skip {
		return nil
	}
	return w.t.AddAudit(l)
}

// Past writes a delivery, event or alert as the export printed it.
func (w *ImportTx) Past(kind, line string) error {
	return w.t.later(`INSERT INTO history (batch, kind, at, line) VALUES (?, ?, ?, ?)`, w.i.Batch, kind, toMS(w.t.now), line)
}

// Event writes an event as the export printed it, and its key, so that the
// same is not handled here when it comes again.
func (w *ImportTx) Event(e bot.EventLine, line string) error {
	if err := w.Past("event", line); err != nil || e.Key == "" || e.Source == "" || e.State != "done" {
		return err
	}
	state := "gone"
	if e.Kind == (bot.Mailed{}).Kind() {
		state = "kept"
	}
	return w.t.later(`INSERT INTO inbox (source, key, kind, lane, state, accepted_at, done_at, why, body) VALUES (?, ?, ?, '', ?, ?, ?, ?, '')
		ON CONFLICT (source, key) DO NOTHING`, e.Source, bounded(e.Key), e.Kind, state, toMS(w.t.now), toMS(w.t.now), w.i.Batch)
}

// markOf is what tells whether a body has changed.
func markOf(body string) string {
	sum := sha256.Sum256([]byte(body))
	return hex.EncodeToString(sum[:])
}
