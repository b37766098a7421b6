package storage

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"meridian/bot"
)

// ErrUndone and ErrOld are why an import is not taken back.
var (
	ErrUndone = errors.New("it has been taken back")
	ErrOld    = errors.New("it is more than 30 days old")
)

// TakenBack says what became of an import that was taken back.
type TakenBack struct {
	Requests int     // taken back
	Kept     []int64 // numbers of those that somebody has worked on since, ascending
	Contacts int
	Clients  int
}

// Batches are the imports that can be taken back, the newest first.
func (s *Store) Batches(ctx context.Context) (names []string, err error) {
	err = s.View(ctx, func(x bot.View) (err error) {
		v := reader(x)
		names, err = list(v, func(r row) (name string, err error) {
			err = r.Scan(&name)
			return name, err
		}, `SELECT batch FROM imports WHERE undone_at = 0 AND (finished_at = 0 OR finished_at > ?) ORDER BY started_at DESC`,
			toMS(v.now.Add(-keepImported)))
		return err
	})
	return names, err
}

// undo is an import that is being taken back.
type undo struct {
	*Import
	started  time.Time
	requests []int64 // that nobody has touched
	mailed   int64   // id of the last mail that was looked at
	done     TakenBack
}

// UndoImport takes back what a batch brought and nobody has touched since, in
// short transactions. What stays, stays whole. Lines of the audit log stay too.
// progress is called with how many of the requests are done. bot.ErrNotFound:
// there is no such batch.
func (s *Store) UndoImport(ctx context.Context, batch string, progress func(done, all int)) (TakenBack, error) {
	u := &undo{Import: &Import{Batch: batch, s: s, holder: "undo of an import"}}
	if err := s.Update(ctx, func(x bot.Tx) error { return u.begin(x.(*tx)) }); err != nil {
		return u.done, fmt.Errorf("storage: take back %s: %w", batch, err)
	}
	if err := u.run(ctx, progress); err != nil {
		return u.done, fmt.Errorf("storage: take back %s: %w", batch, err)
	}
	return u.done, nil
}

func (u *undo) begin(t *tx) error {
	if err := t.alone(u.holder); err != nil {
		return err
	}
	var started, finished, undone int64
	if err := t.get([]any{&started, &finished, &undone}, `SELECT started_at, finished_at, undone_at FROM imports WHERE batch = ?`, u.Batch); err != nil {
		return err
	}
	switch {
	case undone != 0:
		return ErrUndone
	case finished != 0 && fromMS(finished).Before(t.now.Add(-keepImported)):
		return ErrOld
	}
	u.started = fromMS(started)
	return nil
}

func (u *undo) run(ctx context.Context, progress func(done, all int)) error {
	if err := u.s.View(ctx, func(v bot.View) error { return u.untouched(reader(v)) }); err != nil {
		return err
	}
	left := u.requests
	for len(left) > 0 {
		err := u.step(ctx, func(t *tx) (bool, error) {
			if len(left) == 0 {
				return false, nil
			}
			n := left[0]
			left = left[1:]
			if err := t.later(`DELETE FROM imported WHERE batch = ? AND what = 'request' AND id = ?`, u.Batch, strconv.FormatInt(n, 10)); err != nil {
				return false, err
			}
			return true, t.dropRequest(n)
		})
		if err != nil {
			return err
		}
		progress(len(u.requests)-len(left), len(u.requests))
	}
	u.done.Requests = len(u.requests)
	for _, what := range []func(t *tx) (bool, error){u.mail, u.contact, u.client, u.wish, u.article, u.reminder, u.past} {
		if err := u.all(ctx, what); err != nil {
			return err
		}
	}
	if err := u.s.sealAll(ctx); err != nil {
		return err
	}
	return u.s.Update(ctx, u.end)
}

func (u *undo) end(x bot.Tx) error {
	t := x.(*tx)
	if err := t.later(`UPDATE imports SET undone_at = ? WHERE batch = ?`, toMS(t.now), u.Batch); err != nil {
		return err
	}
	if err := t.later(`DELETE FROM imported WHERE batch = ?`, u.Batch); err != nil {
		return err
	}
	if err := t.AddAudit(bot.AuditLine{Surface: bot.ByCLI, Action: "import undo", Object: u.Batch}); err != nil {
		return err
	}
	_, _, err := t.HoldDuty(importDuty, u.holder, 0)
	return err
}

// step does as much as one short transaction may hold.
func (u *undo) step(ctx context.Context, fn func(t *tx) (more bool, err error)) error {
	return u.s.Update(ctx, func(x bot.Tx) error {
		t := x.(*tx)
		if err := t.alone(u.holder); err != nil {
			return err
		}
		began := time.Now()
		for n, more := 0, true; more && n < importRows && time.Since(began) < importTime; n++ {
			var err error
			if more, err = fn(t); err != nil {
				return err
			}
		}
		return nil
	})
}

// all repeats steps until there is no more.
func (u *undo) all(ctx context.Context, fn func(t *tx) (more bool, err error)) error {
	for more := true; more; {
		if err := u.step(ctx, func(t *tx) (_ bool, err error) {
			more, err = fn(t)
			return more, err
		}); err != nil {
			return err
		}
	}
	return nil
}

// dropRequest takes a request out of the store with all that belongs to it.
func (t *tx) dropRequest(n int64) error {
	ids, err := t.ids(`DELETE FROM comments WHERE request = ? RETURNING id`, n)
	if err == nil && len(ids) > 0 {
		err = t.unrefer(ownerComment, ids...)
	}
	if err != nil {
		return err
	}
	if err := t.dropTurns(n); err != nil {
		return err
	}
	for _, table := range []string{"links", "acts", "old_numbers"} {
		if err := t.later(`DELETE FROM `+table+` WHERE request = ?`, n); err != nil {
			return err
		}
	}
	if err := t.later(`DELETE FROM outbox WHERE key = ? AND op = ''`, bot.CardKey(n)); err != nil {
		return err
	}
	timer, _ := bot.Request{Number: n}.BackTimer()
	if err := t.DropTimer(timer.Key); err != nil {
		return err
	}
	// A fresh row without words has the segment's index made anew without it.
	if err := t.changeWords(`UPDATE request_words SET changed = ?, fresh = 1, words = ?, team = ' ' WHERE request = ?`, noWords, n); err != nil {
		return err
	}
	t.known.listed = nil
	return t.later(`DELETE FROM requests WHERE number = ?`, n)
}

// mail looks at one mail, and drops it if its request was taken back.
func (u *undo) mail(t *tx) (bool, error) {
	var request int64
	err := t.get([]any{&u.mailed, &request}, `SELECT id, request FROM mails WHERE id > ? ORDER BY id LIMIT 1`, u.mailed)
	if isMissing(err) {
		return false, nil
	}
	if _, ours := slices.BinarySearch(u.requests, request); err != nil || !ours {
		return err == nil, err
	}
	return true, t.later(`DELETE FROM mails WHERE id = ?`, u.mailed)
}

// next is the next thing of a kind that the batch made; "" when there is none.
func (u *undo) next(t *tx, what string) (id, mark string, err error) {
	err = t.get([]any{&id, &mark}, `SELECT id, mark FROM imported WHERE batch = ? AND what = ? ORDER BY id LIMIT 1`, u.Batch, what)
	if isMissing(err) {
		return "", "", nil
	}
	if err != nil {
		return "", "", err
	}
	return id, mark, t.later(`DELETE FROM imported WHERE batch = ? AND what = ? AND id = ?`, u.Batch, what, id)
}

// unchanged reports whether a body is as it came.
func (t *tx) unchanged(mark, query string, args ...any) (bool, error) {
	var body string
	err := t.get([]any{&body}, query, args...)
	if isMissing(err) {
		return false, nil
	}
	return err == nil && markOf(body) == mark, err
}

func (u *undo) contact(t *tx) (bool, error) {
	id, mark, err := u.next(t, "contact")
	if err != nil || id == "" {
		return false, err
	}
	same, err := t.unchanged(mark, `SELECT body FROM contacts WHERE id = ?`, id)
	if err != nil || !same {
		return err == nil, err
	}
	u.done.Contacts++
	t.known.contacts = nil
	return true, t.later(`DELETE FROM contacts WHERE id = ?`, id)
}

func (u *undo) client(t *tx) (bool, error) {
	id, mark, err := u.next(t, "client")
	if err != nil || id == "" {
		return false, err
	}
	same, err := t.unchanged(mark, `SELECT body FROM clients WHERE name = ?`, id)
	if err != nil || !same {
		return err == nil, err
	}
	u.done.Clients++
	return true, t.DropClient(id)
}

func (u *undo) wish(t *tx) (bool, error) {
	id, mark, err := u.next(t, "preference")
	if err != nil || id == "" {
		return false, err
	}
	same, err := t.unchanged(mark, `SELECT body FROM preferences WHERE person = ?`, id)
	if err != nil || !same {
		return err == nil, err
	}
	return true, t.later(`DELETE FROM preferences WHERE person = ?`, id)
}

func (u *undo) article(t *tx) (bool, error) {
	id, same, err := u.sameRow(t, "article", `SELECT body FROM articles WHERE number = ?`)
	if err != nil || id == 0 || !same {
		return id != 0, err
	}
	if err := t.changeArticles(); err != nil {
		return false, err
	}
	return true, t.later(`DELETE FROM articles WHERE number = ?`, id)
}

func (u *undo) reminder(t *tx) (bool, error) {
	id, same, err := u.sameRow(t, "reminder", `SELECT body FROM reminders WHERE number = ?`)
	if err != nil || id == 0 || !same {
		return id != 0, err
	}
	if err := t.DropTimer(bot.Reminder{Number: id}.Timer().Key); err != nil {
		return false, err
	}
	return true, t.later(`DELETE FROM reminders WHERE number = ?`, id)
}

// sameRow is the next numbered row of a kind that the batch made, and whether it
// is as it came; 0: there is none any more.
func (u *undo) sameRow(t *tx, what, query string) (id int64, same bool, err error) {
	text, mark, err := u.next(t, what)
	if err != nil || text == "" {
		return 0, false, err
	}
	if id, err = strconv.ParseInt(text, 10, 64); err != nil {
		return 0, false, fmt.Errorf("imported %s: %w", what, err)
	}
	same, err = t.unchanged(mark, query, id)
	return id, same, err
}

// past drops a line of history and the key of its event.
func (u *undo) past(t *tx) (bool, error) {
	var id int64
	var kind, line string
	err := t.get([]any{&id, &kind, &line}, `SELECT id, kind, line FROM history WHERE batch = ? ORDER BY id LIMIT 1`, u.Batch)
	if isMissing(err) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if kind == "event" {
		var e struct{ Source, Key string }
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			return false, fmt.Errorf("line of history: %w", err)
		}
		if err := t.later(`DELETE FROM inbox WHERE source = ? AND key = ? AND why = ? AND state IN ('gone', 'kept')`,
			e.Source, bounded(e.Key), u.Batch); err != nil {
			return false, err
		}
	}
	return true, t.later(`DELETE FROM history WHERE id = ?`, id)
}
