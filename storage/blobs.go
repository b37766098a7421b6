package storage

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"

	"meridian/bot"
)

const (
	chunkSize = 256 << 10 // bytes of a blob in one row
	blobMail  = "mail"    // raw mails are kept for 30 days
)

// PutBlob implements bot.Blobs. Each chunk is a commit of its own, so that a
// large one holds nobody up; until the last is there the blob has no name, and
// what is left of one that broke off is swept. limit is in bytes, 0 being none;
// more gives bot.ErrTooLarge.
func (s *Store) PutBlob(ctx context.Context, kind string, r io.Reader, limit int64) (bot.Blob, error) {
	p := blobPart{kind: kind, sum: sha256.New()}
	buf := make([]byte, chunkSize)
	for {
		n, err := io.ReadFull(r, buf)
		last := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
		if err != nil && !last {
			return bot.Blob{}, errors.Join(fmt.Errorf("storage: read blob: %w", err), s.dropPart(ctx, p))
		}
		if limit > 0 && p.size+int64(n) > limit {
			return bot.Blob{}, errors.Join(fmt.Errorf("storage: blob above %d bytes: %w", limit, bot.ErrTooLarge), s.dropPart(ctx, p))
		}
		var b bot.Blob
		err = s.Update(ctx, func(x bot.Tx) error {
			next, err := x.(*tx).addChunk(p, buf[:n])
			if err == nil && last {
				b, err = x.(*tx).nameBlob(next)
			}
			if err == nil {
				p = next
			}
			return err
		})
		if err != nil {
			return bot.Blob{}, fmt.Errorf("storage: put blob: %w", err)
		}
		if last {
			return b, nil
		}
	}
}

// blobPart is a blob that is being written.
type blobPart struct {
	id, size int64
	chunks   int
	kind     string
	sum      hash.Hash
}

// putBlob writes all of a blob within the transaction.
func (t *tx) putBlob(kind string, r io.Reader) (bot.Blob, error) {
	p := blobPart{kind: kind, sum: sha256.New()}
	buf := make([]byte, chunkSize)
	for {
		n, err := io.ReadFull(r, buf)
		if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
			return bot.Blob{}, err
		}
		last := err != nil
		if p, err = t.addChunk(p, buf[:n]); err != nil {
			return bot.Blob{}, err
		}
		if last {
			return t.nameBlob(p)
		}
	}
}

func (t *tx) addChunk(p blobPart, data []byte) (blobPart, error) {
	p.sum.Write(data)
	p.size += int64(len(data))
	if p.id == 0 {
		if _, err := t.returning([]any{&p.id}, `INSERT INTO blobs (hash, kind, size, created_at, idle_since) VALUES ('', ?, 0, ?, ?)
			RETURNING id`, p.kind, toMS(t.now), toMS(t.now)); err != nil {
			return p, err
		}
	}
	if len(data) == 0 {
		return p, nil
	}
	_, err := t.exec(`INSERT INTO blob_chunks (blob, n, data) VALUES (?, ?, ?)`, p.id, p.chunks, data)
	p.chunks++
	return p, err
}

// nameBlob gives a whole blob its name, or drops it in favour of one with the
// same content that is there already.
func (t *tx) nameBlob(p blobPart) (bot.Blob, error) {
	b := bot.Blob{Hash: hex.EncodeToString(p.sum.Sum(nil)), Size: p.size, Kind: p.kind}
	n, err := t.exec(`UPDATE blobs SET created_at = ?, idle_since = CASE WHEN idle_since = 0 THEN idle_since ELSE ? END
		WHERE hash = ? AND hash <> '' AND kind = ?`, toMS(t.now), toMS(t.now), b.Hash, b.Kind)
	if err != nil {
		return b, err
	}
	if n > 0 {
		_, err = t.exec(`DELETE FROM blobs WHERE id = ?`, p.id)
		return b, err
	}
	_, err = t.exec(`UPDATE blobs SET hash = ?, size = ? WHERE id = ?`, b.Hash, b.Size, p.id)
	return b, err
}

func (s *Store) dropPart(ctx context.Context, p blobPart) error {
	if p.id == 0 {
		return nil
	}
	return s.Update(context.WithoutCancel(ctx), func(x bot.Tx) error {
		_, err := x.(*tx).exec(`DELETE FROM blobs WHERE id = ?`, p.id)
		return err
	})
}

// OpenBlob implements bot.Blobs. It reads chunk by chunk as the caller does and
// holds no transaction open meanwhile. A blob that is not there gives
// bot.ErrNotFound.
func (s *Store) OpenBlob(ctx context.Context, b bot.Blob) (io.ReadCloser, error) {
	r := &blobReader{ctx: ctx, s: s}
	err := s.View(ctx, func(v bot.View) error {
		return v.(*view).get([]any{&r.id, &r.left}, `SELECT id, size FROM blobs WHERE hash = ? AND hash <> '' LIMIT 1`, b.Hash)
	})
	if err != nil {
		return nil, fmt.Errorf("storage: open blob: %w", err)
	}
	return r, nil
}

type blobReader struct {
	ctx      context.Context
	s        *Store
	id, left int64
	n        int
	chunk    bytes.Reader
}

// Read implements io.Reader.
func (r *blobReader) Read(p []byte) (int, error) {
	for r.chunk.Len() == 0 {
		if r.left <= 0 {
			return 0, io.EOF
		}
		var data []byte
		err := r.s.View(r.ctx, func(v bot.View) error {
			return v.(*view).get([]any{&data}, `SELECT data FROM blob_chunks WHERE blob = ? AND n = ?`, r.id, r.n)
		})
		if err != nil {
			return 0, fmt.Errorf("storage: read blob: %w", err)
		}
		r.n++
		r.left -= int64(len(data))
		r.chunk.Reset(data)
	}
	return r.chunk.Read(p)
}

// Close implements io.Closer.
func (r *blobReader) Close() error {
	r.left = 0
	r.chunk.Reset(nil)
	return nil
}

// refer records that a row names blobs, so that they are kept.
func (t *tx) refer(owner string, id int64, hashes []string) error {
	for _, h := range hashes {
		n, err := t.exec(`INSERT INTO blob_refs (hash, owner, id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`, h, owner, id)
		if err != nil {
			return err
		}
		if n == 0 {
			continue
		}
		if _, err := t.exec(`UPDATE blobs SET idle_since = 0 WHERE hash = ? AND hash <> ''`, h); err != nil {
			return err
		}
	}
	return nil
}

// unrefer forgets what rows named. Blobs that nothing names any more are idle
// from now on.
func (t *tx) unrefer(owner string, ids ...int64) error {
	marks, args := in(ids)
	hashes, err := list(&t.view, func(r row) (h string, err error) {
		err = r.Scan(&h)
		return h, err
	}, `DELETE FROM blob_refs WHERE owner = ? AND id IN `+marks+` RETURNING hash`, append([]any{owner}, args...)...)
	if err != nil || len(hashes) == 0 {
		return err
	}
	t.wrote = true
	marks, args = in(hashes)
	_, err = t.exec(`UPDATE blobs SET idle_since = ? WHERE hash IN `+marks+` AND hash <> ''
		AND NOT EXISTS (SELECT 1 FROM blob_refs r WHERE r.hash = blobs.hash)`, append([]any{toMS(t.now)}, args...)...)
	return err
}
