package slack

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"meridian/bot"
)

const (
	// probeTime is how often it is looked whether the app is taken again.
	probeTime = time.Minute
	// tellAgain is how long it takes until the desk is told again what it could
	// not store.
	tellAgain = 10 * time.Second
)

// health knows whether Slack takes the app's token, and which scopes it lacks.
type health struct {
	log     *slog.Logger
	mu      sync.Mutex
	dead    string          // in Slack's word, why the token is of no use
	named   map[string]bool // scopes that Slack has named when it refused a call
	lacks   []string        // of them those that we need and were not granted
	changed chan struct{}   // gets a value when something may have changed
}

func newHealth(log *slog.Logger) *health {
	return &health{log: log, named: map[string]bool{}, changed: make(chan struct{}, 1)}
}

// ail notes that the token is dead, or with an empty reason that it lives.
func (h *health) ail(why string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	old := h.dead
	if h.dead = why; old == why {
		return
	}
	if why == "" {
		h.log.Info("slack takes the token again")
	} else {
		h.log.Error("slack refuses the token; what is to be sent waits until it is replaced", "error", why)
	}
	h.nudge()
}

// lack notes which scopes would have let a call pass: any of them.
func (h *health) lack(scopes string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, s := range strings.Split(scopes, ",") {
		if s = strings.TrimSpace(s); s != "" && !h.named[s] {
			h.named[s] = true
			h.nudge()
		}
	}
}

// granted notes what the token may do. What Slack asked for and we do not need
// is not lacking.
func (h *health) granted(scopes string, groups bool) {
	if scopes == "" {
		return
	}
	missing := Missing(scopes, groups)
	h.mu.Lock()
	defer h.mu.Unlock()
	h.lacks = nil
	for s := range h.named {
		if slices.Contains(missing, s) {
			h.lacks = append(h.lacks, s)
		} else {
			delete(h.named, s)
		}
	}
	slices.Sort(h.lacks)
}

func (h *health) nudge() {
	select {
	case h.changed <- struct{}{}:
	default:
	}
}

// why is what Slack refuses, or nothing.
func (h *health) why() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case h.dead != "":
		return h.dead
	case len(h.lacks) > 0:
		return bot.LacksScope + strings.Join(h.lacks, ", ")
	}
	return ""
}

// suspects reports whether something is wrong, or may be.
func (h *health) suspects() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.dead != "" || len(h.named) > 0
}

// Ailing says why nothing, or not everything, can be sent; or nothing.
func (a *Adapter) Ailing() string { return a.health.why() }

// watchHealth tells the desk when Slack refuses the app, and when it takes it
// again. While it is refused it is asked every minute: nothing else may have to
// be said.
func (a *Adapter) watchHealth(ctx context.Context) {
	for {
		suspects := a.health.suspects()
		if suspects {
			a.probe(ctx)
		}
		var later <-chan time.Time
		if told := a.tellHealth(ctx); !told {
			later = time.After(tellAgain)
		} else if suspects {
			later = time.After(probeTime)
		}
		select {
		case <-ctx.Done():
			return
		case <-a.health.changed:
		case <-later:
		}
	}
}

// probe asks Slack what it thinks of the token. What cannot be asked stays as it
// was.
func (a *Adapter) probe(ctx context.Context) {
	if err := a.api.call(ctx, "auth.test", nil, nil); err != nil && !refused(err) && ctx.Err() == nil {
		a.log.Warn("slack cannot be asked whether it takes the token", "error", err)
	}
}

// tellHealth tells the desk what has changed since it was told last. It reports
// false when it has to be told again.
func (a *Adapter) tellHealth(ctx context.Context) bool {
	var told bot.Ailment
	err := a.desk.View(ctx, "", func(p bot.Pages) (err error) {
		told, err = p.Ailment(name)
		return err
	})
	if err != nil {
		return false
	}
	why := a.health.why()
	if why == "" && a.me.Load() == nil || sameAilment(told.Why, why) {
		return true
	}
	now := time.Now()
	e := bot.Event{Source: name, Key: "health:" + stamp(now), At: now, Body: bot.Changed{What: bot.WhatAdapter, Ailing: why}}
	if err := a.desk.Accept(ctx, e); err != nil {
		if ctx.Err() == nil {
			a.log.Warn("slack: the desk was not told how the app is", "error", err)
		}
		return false
	}
	return true
}

// sameAilment reports whether two reasons are worth one message: a dead token is
// dead, whichever word Slack has for it.
func sameAilment(a, b string) bool {
	lacks := func(why string) bool { return strings.HasPrefix(why, bot.LacksScope) }
	return a == b || a != "" && b != "" && !lacks(a) && !lacks(b)
}
