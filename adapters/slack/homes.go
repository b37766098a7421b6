package slack

import (
	"context"
	"sync"
	"time"

	"meridian/bot"
)

const (
	homeTime = 15 * time.Minute // how long a home is kept up to date after it was opened
	homeRest = 2 * time.Second  // between two rounds
	mostHome = 50               // homes that are kept up to date at once
)

// homes are those that somebody looked at a moment ago, with what they show.
type homes struct {
	mu    sync.Mutex
	shown map[string]shownHome // by person
}

type shownHome struct {
	until time.Time
	print string // of what it shows, but for the time of day
}

func newHomes() *homes { return &homes{shown: map[string]shownHome{}} }

// opened notes that a person looks at their home.
func (h *homes) opened(person string, now time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for who, s := range h.shown {
		if now.After(s.until) {
			delete(h.shown, who)
		}
	}
	if len(h.shown) < mostHome {
		h.shown[person] = shownHome{until: now.Add(homeTime)}
	}
}

// looked are those whose home is to be kept up to date.
func (h *homes) looked(now time.Time) (out []string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for who, s := range h.shown {
		if !now.After(s.until) {
			out = append(out, who)
		}
	}
	return out
}

// changed notes what a home shows, and reports whether it showed something else
// before.
func (h *homes) changed(person, print string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	s, ok := h.shown[person]
	old := s.print
	if s.print = print; ok {
		h.shown[person] = s
	}
	return ok && old != print
}

// open shows a person the home that they have opened.
func (a *Adapter) open(ctx context.Context, person string) {
	a.homes.opened(person, time.Now())
	a.renewHome(ctx, person)
}

// keepHomes brings the homes up to date that somebody looks at, when something
// has changed in the desk.
func (a *Adapter) keepHomes(ctx context.Context) {
	changes := a.desk.Watch(ctx)
	for {
		select {
		case <-ctx.Done():
			return
		case <-changes:
		}
		for _, person := range a.homes.looked(time.Now()) {
			a.renewHome(ctx, person)
		}
		if !sleep(ctx, homeRest) {
			return
		}
	}
}

// renewHome shows a person their home if it has changed.
func (a *Adapter) renewHome(ctx context.Context, person string) {
	h, p, err := a.homeOf(ctx, person)
	if err != nil {
		if ctx.Err() == nil {
			a.log.Warn("slack: a home cannot be read", "error", err)
		}
		return
	}
	now, err := p.home(h, bot.Message{}, time.Time{})
	if err != nil || !a.homes.changed(person, fingerprint([]byte(now))) {
		return
	}
	if err := a.publish(ctx, person, bot.Message{}); err != nil && ctx.Err() == nil {
		a.homes.changed(person, "") // it is tried again with the next change
		a.log.Warn("slack: a home was not shown", "error", err)
	}
}
