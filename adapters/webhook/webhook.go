// Package webhook takes in what monitoring systems send to POST /hooks/NAME.
//
// A body is checked, stored as it came, and only then acknowledged; it is
// parsed afterwards, when the event is handled. What a body holds is data of
// strangers: titles and labels are kept as they are and never act as markup.
//
// A kind of hook is one file with one function; [Kinds] lists them.
package webhook

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync/atomic"
	"time"

	"meridian/bot"
)

// name is the adapter's name, as events carry it.
const name = "webhook"

// heardEvery is how often the adapter reports that it has caught up. Senders
// come again by themselves, so there is nothing to fetch.
const heardEvery = time.Minute

// Hook is one configured hook. A hook without a secret is off.
type Hook struct {
	Name    string
	Kind    string       // one of Kinds
	Secrets []bot.Secret // any of them opens it, so that a secret can be replaced without a gap
	Channel bot.Place    // where its alerts go
}

// Options are what the adapter needs beside its hooks and the desk.
type Options struct {
	Log *slog.Logger // nil: slog.Default()
}

// Adapter is a bot.Adapter and a bot.Reader. It is safe for use by many at once.
type Adapter struct {
	desk  bot.Desk
	log   *slog.Logger
	hooks atomic.Pointer[map[string]Hook] // by name; never changed, only replaced
}

// New makes an adapter with these hooks.
func New(hooks []Hook, desk bot.Desk, o Options) *Adapter {
	a := &Adapter{desk: desk, log: o.Log}
	if a.log == nil {
		a.log = slog.Default()
	}
	a.SetHooks(hooks)
	return a
}

// SetHooks replaces the hooks, as when the configuration is read again.
// Requests under way finish with the old ones.
func (a *Adapter) SetHooks(hooks []Hook) {
	byName := make(map[string]Hook, len(hooks))
	for _, h := range hooks {
		byName[h.Name] = h
	}
	a.hooks.Store(&byName)
}

// Check says what is wrong with hooks: a name that fits no path or comes twice,
// an unknown kind.
func Check(hooks []Hook) error {
	known := map[string]bool{}
	for _, h := range hooks {
		if h.Name == "" || strings.Trim(h.Name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.") != "" || strings.Trim(h.Name, ".") == "" {
			return fmt.Errorf("webhook %q: a name holds only letters, digits, dashes, dots and underscores", h.Name)
		}
		if known[h.Name] {
			return fmt.Errorf("webhook %q is there twice", h.Name)
		}
		known[h.Name] = true
		if _, err := kindOf(h.Kind); err != nil {
			return fmt.Errorf("webhook %q: %w", h.Name, err)
		}
	}
	return nil
}

// Name is "webhook".
func (a *Adapter) Name() string { return name }

// Run reports at once, and then every minute, that the adapter has caught up,
// until ctx ends. Requests come in through Handler.
func (a *Adapter) Run(ctx context.Context) error {
	tick := time.NewTicker(heardEvery)
	defer tick.Stop()
	for {
		now := time.Now()
		err := a.desk.Accept(ctx, bot.Event{Source: name, At: now, Body: bot.Heard{Until: now}})
		if err != nil && ctx.Err() == nil {
			a.log.WarnContext(ctx, "webhook: could not report as caught up", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// Deliver does nothing: nothing is sent to a monitoring system.
func (a *Adapter) Deliver(context.Context, bot.Delivery) (bot.Receipt, error) {
	return bot.Receipt{}, bot.ErrUnsupported
}

// Read parses the stored body of an alert event. It returns one event for each
// report in it, without a key: a report tells a state.
func (a *Adapter) Read(ctx context.Context, e bot.Event) ([]bot.Event, error) {
	alerted, ok := e.Body.(bot.Alerted)
	if !ok {
		return []bot.Event{e}, nil
	}
	h, ok := (*a.hooks.Load())[alerted.Hook]
	if !ok {
		return nil, bot.Permanent(fmt.Errorf("webhook %q is not configured any more", alerted.Hook))
	}
	k, err := kindOf(h.Kind)
	if err != nil {
		return nil, bot.Permanent(fmt.Errorf("webhook %q: %w", h.Name, err))
	}
	body, err := a.body(ctx, e)
	if err != nil {
		return nil, err
	}
	reports, err := k.read(trimBOM(body), e.At)
	if errors.Is(err, errMeaningless) {
		reports, err = []bot.AlertReport{{}}, nil // an empty report changes nothing
	}
	if err != nil {
		return nil, bot.Permanent(fmt.Errorf("webhook %q: read body: %w", h.Name, err))
	}
	events := make([]bot.Event, len(reports))
	for i, r := range reports {
		for j := range r.Alerts {
			r.Alerts[j].Hook, r.Alerts[j].Group = h.Name, r.Group
		}
		events[i] = e
		events[i].Body = bot.Alerted{Hook: h.Name, Report: r}
	}
	return events, nil
}

// body is what the sender sent: small ones are in the event's row, others in a
// blob.
func (a *Adapter) body(ctx context.Context, e bot.Event) ([]byte, error) {
	if e.Blob.Hash == "" {
		return e.Raw, nil
	}
	r, err := a.desk.OpenBlob(ctx, e.Blob)
	if errors.Is(err, bot.ErrNotFound) {
		return nil, bot.Permanent(fmt.Errorf("open body: %w", err))
	}
	if err != nil {
		return nil, fmt.Errorf("open body: %w", err)
	}
	defer r.Close()
	body, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("read body: %w", err)
	}
	return body, nil
}

// accept stores one body.
func (a *Adapter) accept(ctx context.Context, h Hook, body []byte) error {
	e := bot.Event{Source: name, Place: h.Channel, At: time.Now(), Body: bot.Alerted{Hook: h.Name}}
	if len(body) <= bot.InlineLimit {
		e.Raw = body
		return a.desk.Accept(ctx, e)
	}
	var err error
	if e.Blob, err = a.desk.PutBlob(ctx, "body", bytes.NewReader(body), maxBody); err != nil {
		return fmt.Errorf("store body: %w", err)
	}
	return a.desk.Accept(ctx, e)
}

// opens reports whether the token is one of the hook's secrets. It takes the
// same time for each token, so that nothing can be learned by trying.
func (h Hook) opens(token string) bool {
	got := sha256.Sum256([]byte(token))
	found := 0
	for _, s := range h.Secrets {
		want := sha256.Sum256([]byte(s.Reveal()))
		same := subtle.ConstantTimeCompare(got[:], want[:])
		if s != "" {
			found |= same
		}
	}
	return found == 1
}

var (
	_ bot.Adapter = (*Adapter)(nil)
	_ bot.Reader  = (*Adapter)(nil)
)
