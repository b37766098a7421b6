package storage

import (
	"context"
	"fmt"
	"time"

	"meridian/bot"
)

const (
	day        = 24 * time.Hour
	keepBody   = 7 * day   // bodies of handled events and of deliveries that ended
	keepKey    = 400 * day // their rows; keys of mails are kept for ever
	keepMail   = 30 * day  // raw mails
	keepIdle   = day       // blobs that nothing names
	keepAct    = 30 * day  // acts that can be taken back, much longer than they can
	sweepRows  = 100       // in one transaction
	sweepBlob  = 16        // blobs in one transaction,
	sweepChunk = 32        // and their chunks, 8 MiB
)

// Sweep implements bot.Sweeper; the index of words is kept up too. One call throws away at most 100 rows of one
// kind in one short transaction; more says that it found some.
func (s *Store) Sweep(ctx context.Context, now time.Time) (more bool, err error) {
	for _, step := range []func(*tx, time.Time) (int, error){
		sweepEvents, sweepEventRows, sweepDeliveries, sweepDeliveryRows, sweepBlobs, sweepActs, sweepImported, sweepHistory, sweepWords, sweepOverheard,
		sweepUnanswered, sweepSuggestions, sweepQuestions, sweepReminders, sweepDigests, sweepTurns,
	} {
		n := 0
		err := s.Update(ctx, func(x bot.Tx) (err error) {
			n, err = step(x.(*tx), now)
			return err
		})
		if err != nil {
			return false, fmt.Errorf("storage: sweep: %w", err)
		}
		if n > 0 {
			return true, nil
		}
	}
	return false, nil
}

func (t *tx) ids(query string, args ...any) ([]int64, error) {
	return list(&t.view, func(r row) (id int64, err error) {
		err = r.Scan(&id)
		return id, err
	}, query, args...)
}

// apply runs a statement on a list of ids and forgets the blobs they named.
func (t *tx) apply(ids []int64, err error, statement, owner string) (int, error) {
	if err != nil || len(ids) == 0 {
		return 0, err
	}
	marks, args := in(ids)
	if _, err := t.exec(statement+` WHERE id IN `+marks, args...); err != nil || owner == "" {
		return len(ids), err
	}
	return len(ids), t.unrefer(owner, ids...)
}

func sweepEvents(t *tx, now time.Time) (int, error) {
	ids, err := t.ids(`SELECT id FROM inbox WHERE state = 'done' AND done_at < ? ORDER BY done_at LIMIT ?`,
		toMS(now.Add(-keepBody)), sweepRows)
	return t.apply(ids, err, `UPDATE inbox SET body = '', raw = NULL, lane = '', why = '',
		state = CASE WHEN kind = 'mailed' AND key IS NOT NULL THEN 'kept' ELSE 'gone' END`, ownerEvent)
}

func sweepEventRows(t *tx, now time.Time) (int, error) {
	ids, err := t.ids(`SELECT id FROM inbox WHERE state = 'gone' AND done_at < ? ORDER BY done_at LIMIT ?`,
		toMS(now.Add(-keepKey)), sweepRows)
	return t.apply(ids, err, `DELETE FROM inbox`, "")
}

func sweepDeliveries(t *tx, now time.Time) (int, error) {
	ids, err := t.ids(`SELECT id FROM outbox WHERE done_at > 0 AND done_at < ? AND body <> '' ORDER BY done_at LIMIT ?`,
		toMS(now.Add(-keepBody)), sweepRows)
	return t.apply(ids, err, `UPDATE outbox SET body = ''`, ownerDelivery)
}

func sweepDeliveryRows(t *tx, now time.Time) (int, error) {
	ids, err := t.ids(`SELECT id FROM outbox WHERE done_at > 0 AND done_at < ? AND body = '' ORDER BY done_at LIMIT ?`,
		toMS(now.Add(-keepKey)), sweepRows)
	return t.apply(ids, err, `DELETE FROM outbox`, "")
}

// sweepBlobs drops blobs that nothing has named for a day; raw mails also stay
// until they are 30 days old. A large one goes in several steps, its name first.
func sweepBlobs(t *tx, now time.Time) (int, error) {
	ids, err := t.ids(`SELECT id FROM blobs WHERE idle_since > 0 AND idle_since < ? AND (kind <> ? OR hash = '' OR created_at < ?)
		ORDER BY idle_since LIMIT ?`, toMS(now.Add(-keepIdle)), blobMail, toMS(now.Add(-keepMail)), sweepBlob)
	if n, err := t.apply(ids, err, `UPDATE blobs SET hash = ''`, ""); err != nil || n == 0 {
		return 0, err
	}
	marks, args := in(ids)
	n, err := t.exec(`DELETE FROM blob_chunks WHERE (blob, n) IN (SELECT blob, n FROM blob_chunks WHERE blob IN `+marks+` LIMIT ?)`,
		append(args, sweepChunk)...)
	if err != nil || n == sweepChunk {
		return len(ids), err
	}
	return t.apply(ids, nil, `DELETE FROM blobs`, "")
}

func sweepActs(t *tx, now time.Time) (int, error) {
	ids, err := t.ids(`SELECT id FROM (SELECT id, at FROM acts ORDER BY id LIMIT ?) oldest WHERE at < ?`,
		sweepRows, toMS(now.Add(-keepAct)))
	return t.apply(ids, err, `DELETE FROM acts`, "")
}

// sweepImported forgets what imports made that cannot be taken back any more.
func sweepImported(t *tx, now time.Time) (int, error) {
	var batch string
	err := t.get([]any{&batch}, `SELECT batch FROM imported WHERE batch IN (SELECT batch FROM imports WHERE finished_at > 0 AND finished_at < ?) LIMIT 1`,
		toMS(now.Add(-keepImported)))
	if isMissing(err) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	n, err := t.exec(`DELETE FROM imported WHERE batch = ? AND id IN (SELECT id FROM imported WHERE batch = ? LIMIT ?)`, batch, batch, sweepRows)
	return int(n), err
}

// sweepHistory drops lines of imports when those of our own would be gone.
func sweepHistory(t *tx, now time.Time) (int, error) {
	ids, err := t.ids(`SELECT id FROM history WHERE kind = 'event' AND at < ? OR kind = 'delivery' AND at < ? LIMIT ?`,
		toMS(now.Add(-keepBody)), toMS(now.Add(-keepKey)), sweepRows)
	return t.apply(ids, err, `DELETE FROM history`, "")
}
