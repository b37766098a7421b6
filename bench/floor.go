// Package bench measures the desk beside its limits: each figure stands next
// to a floor program or a physical bound of the same run, since machines are
// noisy and only ratios can be compared.
package bench

import (
	"context"
	"crypto/subtle"
	"database/sql"
	"encoding/json"
	"io"
	"net/http"

	_ "modernc.org/sqlite" // the driver that the store uses too
)

// Floor is the least a durable intake can do: read a body, compare a bearer
// token, see that it is JSON, and answer after a commit that it shares with
// whoever waits at the same time. Nothing is deduplicated, checked further or
// handled.
type Floor struct {
	db     *sql.DB
	in     chan floorPut
	secret []byte
}

type floorPut struct {
	body []byte
	done chan error
}

// NewFloor opens a SQLite database at path with the settings of the store: WAL,
// synchronous FULL, one writer.
func NewFloor(path, secret string) (*Floor, error) {
	db, err := sql.Open("sqlite", "file:"+path+"?_txlock=immediate&_pragma=busy_timeout(5000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)")
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	if _, err := db.Exec(`CREATE TABLE events (id INTEGER PRIMARY KEY, body BLOB NOT NULL)`); err != nil {
		return nil, err
	}
	f := &Floor{db: db, in: make(chan floorPut, 1024), secret: []byte("Bearer " + secret)}
	go f.commit()
	return f, nil
}

// Close ends the committer and closes the database.
func (f *Floor) Close() error {
	close(f.in)
	return f.db.Close()
}

// ServeHTTP takes one body.
func (f *Floor) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if subtle.ConstantTimeCompare([]byte(r.Header.Get("Authorization")), f.secret) != 1 {
		http.Error(w, "unauthorized", http.StatusUnauthorized)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20))
	if err != nil || !json.Valid(body) {
		http.Error(w, "bad body", http.StatusBadRequest)
		return
	}
	p := floorPut{body: body, done: make(chan error, 1)}
	f.in <- p
	if err := <-p.done; err != nil {
		http.Error(w, "store", http.StatusServiceUnavailable)
		return
	}
	w.WriteHeader(http.StatusAccepted)
}

// commit writes what waits in one transaction, up to 256 bodies.
func (f *Floor) commit() {
	var group []floorPut
	for first := range f.in {
		group = append(group[:0], first)
	fill:
		for len(group) < 256 {
			select {
			case p, ok := <-f.in:
				if !ok {
					break fill
				}
				group = append(group, p)
			default:
				break fill
			}
		}
		err := f.write(group)
		for _, p := range group {
			p.done <- err
		}
	}
}

func (f *Floor) write(group []floorPut) error {
	tx, err := f.db.BeginTx(context.Background(), nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // it is done with, or rolls back
	insert, err := tx.Prepare(`INSERT INTO events (body) VALUES ($1)`)
	if err != nil {
		return err
	}
	defer insert.Close()
	for _, p := range group {
		if _, err := insert.Exec(p.body); err != nil {
			return err
		}
	}
	return tx.Commit()
}
