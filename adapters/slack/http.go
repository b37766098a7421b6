package slack

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"time"

	"meridian/bot"
)

const (
	maxRequest = 1 << 20                 // bytes of a request that are read
	askTime    = 2 * time.Second         // for what the desk is asked while a person waits
	storeTime  = 2500 * time.Millisecond // for storing: Slack waits 3 seconds
)

// Serves reports whether anything comes over HTTP.
func (a *Adapter) Serves() bool { return a.conf.SigningSecret != "" }

// Handler serves /slack/events, /slack/commands and /slack/interactions. What
// is not signed is answered 401, always in the same words.
func (a *Adapter) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("POST /slack/events", a.signed(a.serveEvents))
	mux.Handle("POST /slack/commands", a.signed(a.serveCommand))
	mux.Handle("POST /slack/interactions", a.signed(a.serveInteraction))
	return mux
}

// signed lets in what Slack has signed. The body is read once, as it came, and
// nothing of it is looked at before.
func (a *Adapter) signed(next func(w http.ResponseWriter, r *http.Request, body []byte)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		body, err := io.ReadAll(io.LimitReader(r.Body, maxRequest+1))
		if err != nil || len(body) > maxRequest || !genuine(a.conf.SigningSecret, r.Header, body, time.Now()) {
			w.WriteHeader(http.StatusUnauthorized)
			_, _ = io.WriteString(w, "unsigned\n")
			return
		}
		next(w, r, body)
	})
}

// serveEvents takes an event, and acknowledges it when it is stored.
func (a *Adapter) serveEvents(w http.ResponseWriter, r *http.Request, body []byte) {
	d := a.decode(body)
	if d.challenge != "" {
		_, _ = io.WriteString(w, d.challenge[:min(len(d.challenge), 1024)])
		return
	}
	if !a.take(r.Context(), d) {
		unavailable(w)
	}
}

// take stores what a body came to. It reports whether it may be acknowledged.
func (a *Adapter) take(ctx context.Context, d decoded) bool {
	if d.dead != "" {
		a.health.ail(d.dead)
	}
	if d.missed {
		a.missed()
	}
	if d.ignore {
		return true
	}
	return a.store(ctx, d.event)
}

// store accepts events within the time that Slack waits.
func (a *Adapter) store(ctx context.Context, events ...bot.Event) bool {
	ctx, cancel := context.WithTimeout(ctx, storeTime)
	defer cancel()
	if err := a.desk.Accept(ctx, events...); err != nil {
		if !errors.Is(err, bot.ErrBusy) && ctx.Err() == nil {
			a.log.Error("slack: not stored, it will come again", "error", err)
		}
		return false
	}
	return true
}

// unavailable asks Slack to send again later.
func unavailable(w http.ResponseWriter) {
	w.WriteHeader(http.StatusServiceUnavailable)
	_, _ = io.WriteString(w, "busy\n")
}

// serveCommand takes a slash command. It is acknowledged empty: the answer is a
// whisper.
func (a *Adapter) serveCommand(w http.ResponseWriter, r *http.Request, body []byte) {
	form, err := url.ParseQuery(string(body))
	if err != nil || form.Get("ssl_check") == "1" {
		return // a look whether we are there
	}
	if !a.command(r.Context(), commandOf(form)) {
		unavailable(w)
	}
}

// serveInteraction takes a button, a form or a shortcut, or is asked for
// choices. Some are answered with what the window is to show.
func (a *Adapter) serveInteraction(w http.ResponseWriter, r *http.Request, body []byte) {
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return // signed, and nothing that could be read again
	}
	answer, ok := a.interact(r.Context(), []byte(form.Get("payload")))
	if !ok {
		unavailable(w)
		return
	}
	if len(answer) > 0 {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		_, _ = w.Write(answer)
	}
}
