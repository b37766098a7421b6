package slacktest

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Ack is how the app took something.
type Ack struct {
	Taken bool
	Body  []byte // what it answered
	Took  time.Duration
}

// outgoing is something that the app is to take.
type outgoing struct {
	id      string // of the event; empty for clicks and commands, which come once
	kind    string // of the envelope: "events_api", "slash_commands", "interactive"
	payload any
}

// retryAfter are the times after which Slack sends an event again.
func retryAfter() []time.Duration {
	return []time.Duration{time.Second, time.Minute, 5 * time.Minute}
}

// event sends an event to the app, with redeliveries until it is acknowledged.
// The caller holds the lock.
func (s *Server) event(ch *Channel, inner map[string]any) {
	s.ids++
	id := fmt.Sprintf("Ev0%d", s.ids)
	body := s.envelope(id, ch, inner)
	o := outgoing{id: id, kind: "events_api", payload: body}
	s.flights.Add(1)
	first := s.start(o, 0, "")
	go func() {
		defer s.flights.Done()
		s.persist(o, first)
	}()
}

func (s *Server) envelope(id string, ch *Channel, inner map[string]any) map[string]any {
	return map[string]any{
		"token": "verification-token", "team_id": Team, "api_app_id": App, "type": "event_callback", "event_id": id,
		"event_time": time.Now().Unix(), "event": inner, "is_ext_shared_channel": ch != nil && ch.Shared,
		"context_team_id": Team, "event_context": "4-" + id,
		"authorizations": []map[string]any{{"team_id": Team, "user_id": BotUser, "is_bot": true, "is_enterprise_install": false}},
	}
}

// attempt is one delivery under way.
type attempt struct {
	ack  chan Ack
	none bool // nobody was there to take it
}

// persist waits for the acknowledgement and sends again what has none.
func (s *Server) persist(o outgoing, a attempt) {
	for n, after := range append(retryAfter(), 0) {
		ack, why := s.await(a)
		if ack.Taken {
			return
		}
		if n == len(retryAfter()) {
			break
		}
		time.Sleep(after)
		s.mu.Lock()
		a = s.start(o, n+1, why)
		s.mu.Unlock()
	}
	s.mu.Lock()
	s.lost = append(s.lost, o.id)
	s.mu.Unlock()
}

// await waits at most 3 seconds.
func (s *Server) await(a attempt) (Ack, string) {
	if a.none {
		return Ack{}, "connection_failed"
	}
	late := time.NewTimer(ackTime)
	defer late.Stop()
	select {
	case ack := <-a.ack:
		if !ack.Taken {
			return ack, "http_error"
		}
		return ack, ""
	case <-late.C:
		return Ack{Took: ackTime}, "http_timeout"
	}
}

// start begins one delivery, over a socket if there is one. The caller holds
// the lock, so that deliveries begin in the order of what happened.
func (s *Server) start(o outgoing, retry int, why string) attempt {
	a := attempt{ack: make(chan Ack, 1)}
	switch {
	case s.sockets.used:
		a.none = !s.sockets.send(o, retry, why, a.ack)
	case s.bot != nil:
		r := s.request(o, retry, why)
		bot := s.bot
		go func() { a.ack <- take(bot, r) }()
	default:
		a.none = true
	}
	return a
}

// take lets the app's handler answer a request.
func take(app http.Handler, r *http.Request) Ack {
	began := time.Now()
	ctx, cancel := context.WithTimeout(context.Background(), ackTime)
	defer cancel()
	w := httptest.NewRecorder()
	app.ServeHTTP(w, r.WithContext(ctx))
	return Ack{Taken: w.Code == http.StatusOK, Body: w.Body.Bytes(), Took: time.Since(began)}
}

// request is a delivery as signed HTTP.
func (s *Server) request(o outgoing, retry int, why string) *http.Request {
	payload, err := json.Marshal(o.payload)
	if err != nil {
		panic(err) // what we made ourselves
	}
	path, kind, body := "/slack/events", "application/json", payload
	switch o.kind {
	case "slash_commands":
		path, kind = "/slack/commands", "application/x-www-form-urlencoded"
		var fields map[string]string
		if err := json.Unmarshal(payload, &fields); err != nil {
			panic(err)
		}
		form := url.Values{}
		for k, v := range fields {
			form.Set(k, v)
		}
		body = []byte(form.Encode())
	case "interactive":
		path, kind = "/slack/interactions", "application/x-www-form-urlencoded"
		body = []byte(url.Values{"payload": {string(payload)}}.Encode())
	}
	r := s.Sign(path, kind, body, time.Now())
	if retry > 0 {
		r.Header.Set("X-Slack-Retry-Num", strconv.Itoa(retry))
		r.Header.Set("X-Slack-Retry-Reason", why)
	}
	return r
}

// Sign makes a request to the app that carries a right signature of this time.
func (s *Server) Sign(path, contentType string, body []byte, at time.Time) *http.Request {
	stamp := strconv.FormatInt(at.Unix(), 10)
	r := httptest.NewRequest(http.MethodPost, path, bytes.NewReader(body))
	r.Header.Set("Content-Type", contentType)
	r.Header.Set("User-Agent", "Slackbot 1.0 (+https://api.slack.com/robots)")
	r.Header.Set("X-Slack-Request-Timestamp", stamp)
	r.Header.Set("X-Slack-Signature", s.Signature(stamp, body))
	return r
}

// Signature is that of a body at a time in seconds.
func (s *Server) Signature(stamp string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(s.o.SigningSecret))
	mac.Write([]byte("v0:" + stamp + ":"))
	mac.Write(body)
	return "v0=" + hex.EncodeToString(mac.Sum(nil))
}

// Send sends any event to the app, as if it had happened in a channel.
func (s *Server) Send(channel string, inner map[string]any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.event(s.channels[channel], inner)
}

// echo tells the app of a message, its own ones included, as Slack does.
func (s *Server) echo(ch *Channel, m *Message) {
	if !ch.has(BotUser) {
		return
	}
	inner := s.json(ch.ID, m, true)
	inner["channel"], inner["event_ts"], inner["channel_type"] = ch.ID, m.TS, ch.kind()
	s.event(ch, inner)
	if !m.Bot && ch.With == "" && strings.Contains(m.Text, "<@"+BotUser) {
		mention := map[string]any{"type": "app_mention", "user": m.User, "text": m.Text, "ts": m.TS, "channel": ch.ID, "event_ts": m.TS, "team": s.teamOf(m.User)}
		if m.Thread != "" {
			mention["thread_ts"] = m.Thread
		}
		s.event(ch, mention)
	}
}

// changed tells the app of a message that is not as it was.
func (s *Server) changed(ch *Channel, m, before *Message) {
	if !ch.has(BotUser) {
		return
	}
	ts := s.ts()
	s.event(ch, map[string]any{
		"type": "message", "subtype": "message_changed", "hidden": true, "channel": ch.ID, "channel_type": ch.kind(), "ts": ts, "event_ts": ts,
		"message": s.json(ch.ID, m, false), "previous_message": s.json(ch.ID, before, false),
	})
}

func (s *Server) reactionEvent(ch *Channel, m *Message, user, name, kind string) {
	if !ch.has(BotUser) {
		return
	}
	s.event(ch, map[string]any{
		"type": kind, "user": user, "reaction": name, "item_user": m.User, "event_ts": s.ts(),
		"item": map[string]any{"type": "message", "channel": ch.ID, "ts": m.TS},
	})
}
