package web

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"time"

	"meridian/bot"
)

// eventsPath is where live connections are made.
const eventsPath = "/events"

// How often a live connection speaks: at most ten times a second, and at least
// every 15 seconds, so that proxies and browsers keep it.
const (
	liveEvery = 100 * time.Millisecond
	beatEvery = 15 * time.Second
)

// comeBack tells the browser to wait a second, not three, before it connects
// again: a restart of the desk is over sooner.
const comeBack = "retry: 1000\n\n"

// events is the live connection of one page. It says only that something has
// changed; the page then reads what it shows, as the person it shows it to.
// "place": the open channel; "side": any channel; "desk": any commit, for pages
// of mail and requests.
func (a *Adapter) events(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	watch := a.desk.Watch(ctx) // before the first look: nothing falls between
	out := live{w: w, rc: http.NewResponseController(w), open: r.URL.Query().Get("open")}
	_ = out.rc.SetReadDeadline(time.Time{}) // it stays open; a server without deadlines is fine
	_ = out.rc.SetWriteDeadline(time.Time{})
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no")
	beat := time.NewTicker(beatEvery)
	defer beat.Stop()
	for {
		changes, err := a.changes(r)
		if err == nil {
			err = out.tell(changes)
		} else if ctx.Err() == nil {
			a.log.WarnContext(ctx, "web: changes could not be read", "error", err)
			err = out.write(":\n\n")
		}
		if err != nil || !out.wait(ctx, a.stopped, watch, beat.C) {
			return
		}
	}
}

func (a *Adapter) changes(r *http.Request) (map[string]int64, error) {
	var changes map[string]int64
	err := a.view(r, func(p bot.Pages, _ reader) error {
		var err error
		changes, err = p.Changes(name)
		return err
	})
	if changes == nil {
		changes = map[string]int64{}
	}
	return changes, err
}

// live writes server-sent events.
type live struct {
	w    http.ResponseWriter
	rc   *http.ResponseController
	open string // the place that the page shows, or "mail", "requests"
	last map[string]int64
	n    int
}

// tell says what has changed since it was called last. The first time
// everything is said to have changed: something may have happened between the
// page and its connection.
func (l *live) tell(changes map[string]int64) error {
	first := l.last == nil
	s := ""
	if first {
		s = comeBack
	}
	place, _ := bot.ParsePlace(l.open)
	if c := place.Channel; c != "" && (first || changes[c] != l.last[c]) {
		s += l.event("place")
	}
	if first || !maps.Equal(changes, l.last) {
		s += l.event("side")
	}
	if place.Channel == "" {
		s += l.event("desk")
	}
	l.last = changes
	if s == "" {
		return nil
	}
	return l.write(s)
}

func (l *live) event(name string) string {
	l.n++
	return fmt.Sprintf("event: %s\ndata: %d\n\n", name, l.n)
}

func (l *live) write(s string) error {
	if _, err := l.w.Write([]byte(s)); err != nil {
		return err
	}
	return l.rc.Flush()
}

// wait returns when something may have changed, and false when the connection
// is over. It lets a moment pass first, so that a storm of commits is one look.
func (l *live) wait(ctx context.Context, stopped <-chan struct{}, watch <-chan struct{}, beat <-chan time.Time) bool {
	pause := time.NewTimer(liveEvery)
	defer pause.Stop()
	select {
	case <-pause.C:
	case <-ctx.Done():
		return false
	case <-stopped:
		return false
	}
	for {
		select {
		case <-ctx.Done():
			return false
		case <-stopped:
			return false
		case _, ok := <-watch:
			return ok
		case <-beat:
			if l.write(":\n\n") != nil {
				return false
			}
		}
	}
}
