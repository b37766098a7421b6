package storage

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"strconv"
	"time"

	"meridian/bot"
)

const (
	// importRows and importTime bound one Update of an import or of its undoing.
	importRows = 100
	importTime = 8 * time.Millisecond
	// importDuty is held meanwhile, so that no server handles events.
	importDuty = "inbox"
	// keepImported is for how long an import can be taken back.
	keepImported = 30 * day
)

// ErrServed is returned by imports while a server works with the store.
var ErrServed = errors.New("a server is running")

// ErrThere is returned for a request whose number the store has.
var ErrThere = errors.New("it is in the store already")

// Import is a file on its way into the store. Nothing comes of what it brings:
// no delivery, no timer, no card.
type Import struct {
	Batch    string
	Lines    int64     // of the file, that have been taken
	Finished time.Time // zero: not yet

	s      *Store
	holder string
	audit  int64 // audit lines taken
	skip   int64 // and those that an import of the same file had left before it was taken back
}

const importColumns = `SELECT batch, lines, audit, finished_at FROM imports `

// StartImport begins to import a file, or goes on with one that was broken off:
// the file is known by its hash. highest is the highest number of a request in
// it, which new requests must not get.
func (s *Store) StartImport(ctx context.Context, file, hash string, highest int64) (*Import, error) {
	i := &Import{s: s, holder: fmt.Sprintf("import by process %d", os.Getpid())}
	err := s.Update(ctx, func(x bot.Tx) error {
		t := x.(*tx)
		if err := t.alone(i.holder); err != nil {
			return err
		}
		var finished int64
		err := t.get([]any{&i.Batch, &i.Lines, &i.audit, &finished}, importColumns+`WHERE hash = ? AND undone_at = 0 ORDER BY started_at DESC LIMIT 1`, hash)
		i.Finished = fromMS(finished)
		if !isMissing(err) {
			return err
		}
		return t.newImport(i, file, hash, highest)
	})
	if err != nil {
		return nil, fmt.Errorf("storage: start import: %w", err)
	}
	return i, nil
}

// alone takes the duty of an import, unless a server holds one.
func (t *tx) alone(holder string) error {
	var other string
	err := t.get([]any{&other}, `SELECT holder FROM duties WHERE until_at > ? AND holder <> ? LIMIT 1`, toMS(t.now), holder)
	if err == nil {
		return fmt.Errorf("%w: %s", ErrServed, other)
	}
	if !isMissing(err) {
		return err
	}
	_, ok, err := t.HoldDuty(importDuty, holder, 10*time.Second)
	if err == nil && !ok {
		err = ErrServed
	}
	return err
}

func (t *tx) newImport(i *Import, file, hash string, highest int64) error {
	if err := t.get([]any{&i.skip}, `SELECT coalesce(max(audit), 0) FROM imports WHERE hash = ?`, hash); err != nil {
		return err
	}
	for n := 0; i.Batch == ""; n++ {
		name := t.now.Format(time.DateOnly) + letters(n)
		var same int
		if err := t.get([]any{&same}, `SELECT count(*) FROM imports WHERE batch = ?`, name); err != nil {
			return err
		}
		if same == 0 {
			i.Batch = name
		}
	}
	last, err := t.next("request")
	if err != nil {
		return err
	}
	t.known.counters["request"] = max(last-1, highest)
	return t.later(`INSERT INTO imports (batch, file, hash, lines, audit, started_at, finished_at, undone_at) VALUES (?, ?, ?, 0, 0, ?, 0, 0)`,
		i.Batch, file, hash, toMS(t.now))
}

// letters counts a, b, ... z, aa, ab.
func letters(n int) string {
	if n < 26 {
		return string(rune('a' + n))
	}
	return letters(n/26-1) + string(rune('a'+n%26))
}

// Step takes as many lines as one short transaction may hold. next writes one
// of them and reports whether there was one. Step returns false when there are
// no more.
func (i *Import) Step(ctx context.Context, next func(w *ImportTx) (bool, error)) (more bool, err error) {
	lines, audit := i.Lines, i.audit
	err = i.s.Update(ctx, func(x bot.Tx) error {
		w := &ImportTx{t: x.(*tx), i: i}
		w.t.past = true
		if err := w.t.alone(i.holder); err != nil {
			return err
		}
		began := time.Now()
		for more = true; more && i.Lines < lines+importRows && time.Since(began) < importTime; {
			if more, err = next(w); err != nil {
				return err
			}
			if more {
				i.Lines++
			}
		}
		return w.t.later(`UPDATE imports SET lines = ?, audit = ? WHERE batch = ?`, i.Lines, i.audit, i.Batch)
	})
	if err != nil {
		i.Lines, i.audit = lines, audit
		return false, fmt.Errorf("storage: import: %w", err)
	}
	return more, nil
}

// Finish ends an import whose lines have all been taken.
func (i *Import) Finish(ctx context.Context) error {
	if err := i.s.sealAll(ctx); err != nil {
		return fmt.Errorf("storage: finish import: %w", err)
	}
	err := i.s.Update(ctx, func(x bot.Tx) error {
		t := x.(*tx)
		if err := t.later(`UPDATE imports SET finished_at = ? WHERE batch = ? AND finished_at = 0`, toMS(t.now), i.Batch); err != nil {
			return err
		}
		i.Finished = t.now
		return nil
	})
	if err != nil {
		return fmt.Errorf("storage: finish import: %w", err)
	}
	return nil
}

// Release lets servers go on.
func (i *Import) Release(ctx context.Context) error {
	return i.s.Update(ctx, func(x bot.Tx) error {
		_, _, err := x.HoldDuty(importDuty, i.holder, 0)
		return err
	})
}

// sealAll puts every fresh row into the index of words.
func (s *Store) sealAll(ctx context.Context) error {
	for more := true; more; {
		err := s.Update(ctx, func(x bot.Tx) error {
			n, err := x.(*tx).sealFirst(1 << 62)
			more = n > 0
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

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
// until somebody acts on it. A number that is taken is ErrThere.
func (w *ImportTx) Request(r bot.Request) error {
	if there, err := w.has(`SELECT 1 FROM requests WHERE number = ?`, r.Number); err != nil || there {
		return errors.Join(err, onlyIf(there, ErrThere))
	}
	if err := w.t.insertRequest(r); err != nil {
		return err
	}
	// The first act edits its card. One that is past its time is posted instead,
	// once; a delivery without an op is no delivery but stands for that.
	if err := w.t.later(`INSERT INTO outbox (key, adapter, channel, thread, op, urgency, card, after_key, request, face, state, created_at,
		not_before, until_at, body) VALUES (?, ?, ?, '', '', 0, '', '', ?, ?, ?, ?, 0, 0, '') ON CONFLICT (key) DO NOTHING`,
		bot.CardKey(r.Number), r.Desk.Adapter, r.Desk.Channel, r.Number, string(bot.FaceDesk), string(bot.DeliveryExpired), toMS(w.t.now)); err != nil {
		return err
	}
	return w.made("request", strconv.FormatInt(r.Number, 10), strconv.Itoa(r.Version))
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
