package email

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"log/slog"
	"net"
	"sync"
	"testing"
	"time"

	"meridian/bot"
	"meridian/bot/say"
)

// desk is a store in memory that fails when told to.
type desk struct {
	bot.Desk // what no mailbox asks
	mu       sync.Mutex
	events   []bot.Event
	blobs    map[string][]byte
	fail     error
	accepted chan bot.Event
}

func newDesk() *desk { return &desk{blobs: map[string][]byte{}, accepted: make(chan bot.Event, 1000)} }

func (d *desk) Accept(_ context.Context, events ...bot.Event) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.fail != nil {
		return d.fail
	}
	d.events = append(d.events, events...)
	for _, e := range events {
		d.accepted <- e
	}
	return nil
}

func (d *desk) PutBlob(_ context.Context, kind string, r io.Reader, limit int64) (bot.Blob, error) {
	data, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err != nil {
		return bot.Blob{}, err
	}
	sum := sha256.Sum256(data)
	b := bot.Blob{Hash: hex.EncodeToString(sum[:]), Size: int64(len(data)), Kind: kind}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.blobs[b.Hash] = data
	return b, nil
}

func (d *desk) OpenBlob(_ context.Context, b bot.Blob) (io.ReadCloser, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	data, ok := d.blobs[b.Hash]
	if !ok {
		return nil, bot.ErrNotFound
	}
	return io.NopCloser(bytes.NewReader(data)), nil
}

func (d *desk) stored() []bot.Event {
	d.mu.Lock()
	defer d.mu.Unlock()
	return append([]bot.Event(nil), d.events...)
}

func (d *desk) failWith(err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.fail = err
}

func newAdapter(t *testing.T, c Config, d bot.Desk, o Options) *Adapter {
	t.Helper()
	var err error
	if o.Catalogue, err = say.New(); err != nil {
		t.Fatal(err)
	}
	if c.Address == "" {
		c.Address = "support@desk.example"
	}
	o.Name = "Desk"
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	a, err := New(c, d, o)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// listen runs a mailbox on the loopback until the test ends.
func listen(t *testing.T, d bot.Desk) (addr string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	a := newAdapter(t, Config{}, d, Options{Listener: l})
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- a.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		select {
		case err := <-done:
			if err != nil {
				t.Errorf("Run: %v", err)
			}
		case <-time.After(20 * time.Second):
			t.Error("Run did not end")
		}
	})
	return l.Addr().String()
}
