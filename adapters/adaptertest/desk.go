// Package adaptertest is the contract between an adapter and the desk, as
// tests: what the outside is told was taken is stored, a redelivery is the same
// event, and no secret is ever written down.
package adaptertest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"sync"

	"meridian/bot"
)

// Desk is a desk that takes events in and keeps them in memory. It has no rules:
// it knows no forms, choices or pages. It is safe for use by many at once.
type Desk struct {
	mu     sync.Mutex
	events []bot.Event
	blobs  map[string][]byte
	fail   error
	hold   chan struct{} // Accept waits while it is open
	waits  chan struct{} // gets a value when Accept begins to wait
}

// NewDesk makes a desk that takes everything.
func NewDesk() *Desk { return &Desk{blobs: map[string][]byte{}} }

// FailWith lets Accept and PutBlob fail with err, or succeed again with nil.
func (d *Desk) FailWith(err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.fail = err
}

// Hold lets Accept wait until release is called. waiting gets a value when a
// caller has come with something other than a report of having caught up.
func (d *Desk) Hold() (waiting <-chan struct{}, release func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.hold, d.waits = make(chan struct{}), make(chan struct{}, 64)
	return d.waits, sync.OnceFunc(func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		close(d.hold)
		d.hold, d.waits = nil, nil
	})
}

// Events are those accepted so far, without reports of having caught up.
func (d *Desk) Events() []bot.Event {
	d.mu.Lock()
	defer d.mu.Unlock()
	var out []bot.Event
	for _, e := range d.events {
		if !isHeard(e) {
			out = append(out, e)
		}
	}
	return out
}

// Heard are the reports of having caught up so far.
func (d *Desk) Heard() []bot.Event {
	d.mu.Lock()
	defer d.mu.Unlock()
	var out []bot.Event
	for _, e := range d.events {
		if isHeard(e) {
			out = append(out, e)
		}
	}
	return out
}

func isHeard(e bot.Event) bool {
	_, ok := e.Body.(bot.Heard)
	return ok
}

// Accept keeps the events, all or none.
func (d *Desk) Accept(ctx context.Context, events ...bot.Event) error {
	d.mu.Lock()
	hold, waits, heard := d.hold, d.waits, len(events) > 0 && isHeard(events[0])
	d.mu.Unlock()
	if hold != nil && !heard {
		waits <- struct{}{}
		select {
		case <-hold:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.fail != nil {
		return d.fail
	}
	d.events = append(d.events, events...)
	return nil
}

// PutBlob keeps bytes.
func (d *Desk) PutBlob(_ context.Context, kind string, r io.Reader, limit int64) (bot.Blob, error) {
	data, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err != nil {
		return bot.Blob{}, err
	}
	if int64(len(data)) > limit {
		return bot.Blob{}, fmt.Errorf("blob over %d bytes", limit)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.fail != nil {
		return bot.Blob{}, d.fail
	}
	sum := sha256.Sum256(data)
	b := bot.Blob{Hash: hex.EncodeToString(sum[:]), Size: int64(len(data)), Kind: kind}
	d.blobs[b.Hash] = data
	return b, nil
}

// OpenBlob gives bytes back.
func (d *Desk) OpenBlob(_ context.Context, b bot.Blob) (io.ReadCloser, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	data, ok := d.blobs[b.Hash]
	if !ok {
		return nil, bot.ErrNotFound
	}
	return io.NopCloser(bytes.NewReader(data)), nil
}

var errNoRules = errors.New("adaptertest: this desk has no rules")

// Form knows none.
func (d *Desk) Form(context.Context, bot.Event) (bot.Form, bool, error) {
	return bot.Form{}, false, nil
}

// Try allows everything.
func (d *Desk) Try(context.Context, bot.Event) error { return nil }

// Choices knows none.
func (d *Desk) Choices(context.Context, bot.Query) ([]bot.Choice, error) { return nil, nil }

// View has nothing to show.
func (d *Desk) View(context.Context, string, func(bot.Pages) error) error { return errNoRules }

// Watch never fires; it is closed when ctx ends.
func (d *Desk) Watch(ctx context.Context) <-chan struct{} {
	c := make(chan struct{})
	context.AfterFunc(ctx, func() { close(c) })
	return c
}

var _ bot.Desk = (*Desk)(nil)
