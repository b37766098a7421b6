package slacktest

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Fault is something that goes wrong with a call of the Web API.
type Fault struct {
	Method  string // empty: any
	Channel string // empty: any
	Times   int    // how often it happens; default once
	After   bool   // what was asked for is done all the same
	Drop    bool   // the connection ends without an answer
	Status  int    // of HTTP, instead of an answer
	Header  http.Header
	Body    string // instead of an answer
	Error   string // ok: false
	Delay   time.Duration
}

// Fail lets things go wrong, in the order in which they are named.
func (s *Server) Fail(faults ...Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range faults {
		if f.Times == 0 {
			f.Times = 1
		}
		s.faults = append(s.faults, &f)
	}
}

// Heal takes all faults back.
func (s *Server) Heal() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = nil
}

func (s *Server) fault(method, channel string) *Fault {
	for i, f := range s.faults {
		if (f.Method == "" || f.Method == method) && (f.Channel == "" || f.Channel == channel) {
			if f.Times--; f.Times == 0 {
				s.faults = slices.Delete(s.faults, i, i+1)
			}
			return f
		}
	}
	return nil
}

// call is one call of the Web API.
type call struct {
	s      *Server
	method string
	args   url.Values
	now    time.Time
}

// answer is what a call is answered with: the fields beside ok.
type answer map[string]any

// apiError is an answer that says no.
type apiError struct {
	code  string
	extra answer
}

func (e apiError) Error() string { return e.code }

func refuse(code string) (answer, error) { return nil, apiError{code: code} }

// A handler does one method. It holds the lock of the server.
type handler func(c *call) (answer, error)

func (s *Server) handler(method string) (h handler, scope func(*call) string) {
	fixed := func(scope string) func(*call) string { return func(*call) string { return scope } }
	none := fixed("")
	switch method {
	case "auth.test":
		return (*call).authTest, none
	case "chat.postMessage":
		return (*call).post, fixed("chat:write")
	case "chat.update":
		return (*call).update, fixed("chat:write")
	case "chat.delete":
		return (*call).delete, fixed("chat:write")
	case "chat.postEphemeral":
		return (*call).ephemeral, fixed("chat:write")
	case "reactions.add":
		return (*call).react, fixed("reactions:write")
	case "reactions.remove":
		return (*call).unreact, fixed("reactions:write")
	case "conversations.history":
		return (*call).history, (*call).historyScope
	case "conversations.replies":
		return (*call).thread, (*call).historyScope
	case "conversations.info":
		return (*call).info, (*call).readScope
	case "conversations.members":
		return (*call).members, (*call).readScope
	case "conversations.open":
		return (*call).open, fixed("im:write")
	case "users.conversations":
		return (*call).conversations, fixed("channels:read")
	case "users.info":
		return (*call).user, fixed("users:read")
	case "users.list":
		return (*call).people, fixed("users:read")
	case "usergroups.users.list":
		return (*call).groupMembers, fixed("usergroups:read")
	case "views.open":
		return (*call).openView, none
	case "views.update":
		return (*call).updateView, none
	case "views.publish":
		return (*call).publish, none
	case "files.getUploadURLExternal":
		return (*call).uploadURL, fixed("files:write")
	case "files.completeUploadExternal":
		return (*call).completeUpload, fixed("files:write")
	case "files.info":
		return (*call).fileInfo, fixed("files:read")
	case "apps.connections.open":
		return (*call).connect, none
	}
	return nil, none
}

func allScopes() []string {
	return []string{"commands", "chat:write", "reactions:read", "reactions:write", "app_mentions:read", "channels:history", "groups:history", "im:history",
		"channels:read", "groups:read", "im:read", "im:write", "users:read", "usergroups:read", "files:read", "files:write"}
}

// ServeHTTP answers the Web API at /api/METHOD, response addresses, files and
// the sockets of Socket Mode.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch path := r.URL.Path; {
	case strings.HasPrefix(path, "/api/"):
		s.api(w, r, strings.TrimPrefix(path, "/api/"))
	case strings.HasPrefix(path, "/response/"):
		s.respond(w, r, strings.TrimPrefix(path, "/response/"))
	case strings.HasPrefix(path, "/upload/"), strings.HasPrefix(path, "/files/"):
		s.serveFile(w, r)
	case path == "/socket":
		s.sockets.serve(w, r)
	default:
		http.NotFound(w, r)
	}
}

func (s *Server) api(w http.ResponseWriter, r *http.Request, method string) {
	args, err := arguments(r)
	if err != nil {
		s.breach("%s: arguments that cannot be read: %v", method, err)
		http.Error(w, "bad request", http.StatusBadRequest)
		return
	}
	c := &call{s: s, method: method, args: args, now: time.Now()}
	s.mu.Lock()
	s.calls[method]++
	f := s.fault(method, args.Get("channel"))
	if f == nil || f.After {
		body, status, header := s.serve(c, token(r, args))
		if f == nil {
			s.mu.Unlock()
			write(w, body, status, header)
			return
		}
	}
	s.mu.Unlock()
	f.write(w, r)
}

func (f *Fault) write(w http.ResponseWriter, r *http.Request) {
	select {
	case <-time.After(f.Delay):
	case <-r.Context().Done(): // who asked has given up
		return
	}
	if f.Drop {
		panic(http.ErrAbortHandler)
	}
	for k, v := range f.Header {
		w.Header()[k] = v
	}
	body := f.Body
	if f.Error != "" {
		body = fmt.Sprintf(`{"ok":false,"error":%q}`, f.Error)
	}
	if f.Status == 0 {
		f.Status = http.StatusOK
	}
	w.WriteHeader(f.Status)
	_, _ = io.WriteString(w, body)
}

// serve does a call: token, scope, rate, method. The caller holds the lock.
func (s *Server) serve(c *call, token string) (body any, status int, header http.Header) {
	header = http.Header{"Content-Type": {"application/json; charset=utf-8"}}
	h, scope := s.handler(c.method)
	if h == nil {
		s.breach("%s is no method", c.method)
		return answer{"ok": false, "error": "unknown_method"}, 200, header
	}
	want := s.o.BotToken
	if c.method == "apps.connections.open" {
		want = s.o.AppToken
	} else {
		header.Set("X-OAuth-Scopes", strings.Join(s.o.Scopes, ","))
	}
	switch {
	case s.dead != "":
		return answer{"ok": false, "error": s.dead}, 200, header
	case token == "":
		return answer{"ok": false, "error": "not_authed"}, 200, header
	case token != want:
		return answer{"ok": false, "error": "invalid_auth"}, 200, header
	}
	if need := scope(c); need != "" && !slices.Contains(s.o.Scopes, need) {
		return answer{"ok": false, "error": "missing_scope", "needed": need, "provided": strings.Join(s.o.Scopes, ",")}, 200, header
	}
	if wait, again := s.limits.take(c.method, c.args.Get("channel"), c.now); wait > 0 {
		if again {
			s.breach("%s %s was called again %s before its Retry-After was over", c.method, c.args.Get("channel"), wait)
		}
		header.Set("Retry-After", strconv.Itoa(int((wait+time.Second-1)/time.Second)))
		return answer{"ok": false, "error": "ratelimited"}, http.StatusTooManyRequests, header
	}
	out, err := h(c)
	if err != nil {
		no := answer{"ok": false, "error": err.Error()}
		if e, ok := errors.AsType[apiError](err); ok {
			for k, v := range e.extra {
				no[k] = v
			}
		}
		return no, 200, header
	}
	yes := answer{"ok": true}
	for k, v := range out {
		yes[k] = v
	}
	return yes, 200, header
}

func write(w http.ResponseWriter, body any, status int, header http.Header) {
	for k, v := range header {
		w.Header()[k] = v
	}
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // the app may have gone
}

// token is the bearer token of a call, or the one among its arguments.
func token(r *http.Request, args url.Values) string {
	if t, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
		return t
	}
	return args.Get("token")
}

// arguments are those of a form or of JSON, whose nested values stay JSON.
func arguments(r *http.Request) (url.Values, error) {
	body, err := io.ReadAll(io.LimitReader(r.Body, 4<<20))
	if err != nil {
		return nil, err
	}
	if !strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") {
		args, err := url.ParseQuery(string(body))
		for k, v := range r.URL.Query() {
			args[k] = append(args[k], v...)
		}
		return args, err
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(body, &fields); err != nil {
		return nil, err
	}
	args := url.Values{}
	for k, raw := range fields {
		var text string
		if json.Unmarshal(raw, &text) == nil {
			args.Set(k, text)
		} else {
			args.Set(k, string(raw))
		}
	}
	return args, nil
}

func (c *call) authTest() (answer, error) {
	return answer{"url": "https://meridian.slack.example/", "team": "Meridian", "user": "desk", "team_id": Team, "user_id": BotUser, "bot_id": BotID}, nil
}

// channel finds the channel of a call, by its id or a person's. The app must be in it.
func (c *call) channel() (*Channel, error) {
	id := c.args.Get("channel")
	if strings.HasPrefix(id, "U") && c.s.users[id] != nil {
		return c.s.direct(id), nil
	}
	ch := c.s.channels[id]
	switch {
	case ch == nil || ch.Private && !ch.has(BotUser):
		return nil, apiError{code: "channel_not_found"}
	case ch.Archived && strings.HasPrefix(c.method, "chat."):
		return nil, apiError{code: "is_archived"}
	case !ch.has(BotUser):
		return nil, apiError{code: "not_in_channel"}
	}
	return ch, nil
}

func (c *call) scopeOf(what string) string {
	kind := "channel"
	if ch := c.s.channels[c.args.Get("channel")]; ch != nil {
		kind = ch.kind()
	}
	switch kind {
	case "im":
		return "im:" + what
	case "group":
		return "groups:" + what
	}
	return "channels:" + what
}

func (c *call) historyScope() string { return c.scopeOf("history") }
func (c *call) readScope() string    { return c.scopeOf("read") }

func (c *call) number(name string, otherwise int) int {
	n, err := strconv.Atoi(c.args.Get(name))
	if err != nil || n <= 0 {
		return otherwise
	}
	return n
}

func (c *call) bool(name string) bool {
	v := c.args.Get(name)
	return v == "true" || v == "1"
}
