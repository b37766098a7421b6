package slacktest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// mostSockets is how many connections an app may have at once.
const mostSockets = 10

// maxAnswer is the size in bytes from which Slack drops an answer over a socket
// without a word.
const maxAnswer = 20 << 10

// sockets are the app's connections of Socket Mode.
type sockets struct {
	s       *Server
	pinned  bool // all goes over the oldest connection
	used    bool // the app has had a connection: events come over sockets
	tickets map[string]bool
	open    []*socket
	next    int
	waiting map[string]*envelope
	dropAck float64 // chance that an acknowledgement is lost
	refuse  string  // disconnect reason for new connections
	gaps    int     // times at which there was none
	peak    int
	others  int // connections of other copies of the app
}

// envelope is one that waits for its acknowledgement.
type envelope struct {
	on  *socket
	ack chan Ack
	at  time.Time
}

// socket is one connection. What is written to it goes through its queue.
type socket struct {
	all    *sockets
	conn   *websocket.Conn
	out    chan any
	closed chan struct{}
	once   sync.Once
	dead   bool // half-open: nothing goes in or out, and nobody says so
}

func newSockets(s *Server) *sockets {
	return &sockets{s: s, tickets: map[string]bool{}, waiting: map[string]*envelope{}}
}

// connect gives the address of a new connection.
func (c *call) connect() (answer, error) {
	ticket := c.s.id("S")
	c.s.sockets.tickets[ticket] = true
	base := "wss://wss-primary.slack.com"
	if c.s.o.Base != "" {
		base = "ws" + c.s.o.Base[len("http"):]
	}
	return answer{"url": base + "/socket?ticket=" + ticket + "&app_id=" + App}, nil
}

// serve takes a connection in.
func (a *sockets) serve(w http.ResponseWriter, r *http.Request) {
	ticket := r.URL.Query().Get("ticket")
	a.s.mu.Lock()
	ok := a.tickets[ticket]
	delete(a.tickets, ticket)
	refuse := a.refuse
	n := len(a.open) + a.others
	a.s.mu.Unlock()
	if !ok {
		http.Error(w, "bad ticket", http.StatusForbidden)
		return
	}
	up := websocket.Upgrader{}
	conn, err := up.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	if n >= mostSockets {
		refuse = "too_many_websockets"
		a.s.breach("an 11th connection was opened")
	}
	if refuse != "" {
		_ = conn.WriteJSON(disconnect(refuse))
		_ = conn.Close()
		return
	}
	k := &socket{all: a, conn: conn, out: make(chan any, 1000), closed: make(chan struct{})}
	k.out <- a.hello(n + 1)
	a.s.mu.Lock()
	a.used, a.open = true, append(a.open, k)
	a.peak = max(a.peak, len(a.open)+a.others)
	a.s.mu.Unlock()
	go k.write()
	k.read()
}

func (a *sockets) hello(n int) map[string]any {
	return map[string]any{
		"type": "hello", "num_connections": n, "connection_info": map[string]any{"app_id": App},
		"debug_info": map[string]any{"host": "fake", "approximate_connection_time": int(a.s.o.SocketLife.Seconds())},
	}
}

// write sends what is queued, and ends the connection's life in time: a warning
// 10 seconds before, and then the end.
func (k *socket) write() {
	warn := time.NewTimer(max(k.all.s.o.SocketLife-10*time.Second, time.Millisecond))
	end := time.NewTimer(k.all.s.o.SocketLife)
	ping := time.NewTicker(10 * time.Second)
	defer warn.Stop()
	defer end.Stop()
	defer ping.Stop()
	for {
		var err error
		select {
		case v := <-k.out:
			err = k.say(v)
			if bye, ok := v.(farewell); ok && bye.Reason != "warning" {
				k.close()
				return
			}
		case <-warn.C:
			err = k.say(disconnect("warning"))
		case <-end.C:
			_ = k.say(disconnect("refresh_requested"))
			k.close()
			return
		case <-ping.C:
			if !k.isDead() {
				err = k.conn.WriteControl(websocket.PingMessage, []byte("ping"), time.Now().Add(5*time.Second))
			}
		case <-k.closed:
			return
		}
		if err != nil {
			k.close()
			return
		}
	}
}

// farewell says that a connection ends, or will soon.
type farewell struct {
	Type   string `json:"type"`
	Reason string `json:"reason"`
}

func disconnect(reason string) farewell { return farewell{"disconnect", reason} }

func (k *socket) isDead() bool {
	k.all.s.mu.Lock()
	defer k.all.s.mu.Unlock()
	return k.dead
}

func (k *socket) say(v any) error {
	if k.isDead() {
		return nil
	}
	_ = k.conn.SetWriteDeadline(time.Now().Add(10 * time.Second))
	return k.conn.WriteJSON(v)
}

// read takes acknowledgements until the connection ends.
func (k *socket) read() {
	defer k.close()
	for {
		_, data, err := k.conn.ReadMessage()
		if err != nil {
			return
		}
		if k.isDead() {
			continue
		}
		k.acknowledged(data)
	}
}

func (k *socket) acknowledged(data []byte) {
	a, s := k.all, k.all.s
	var in struct {
		Envelope string          `json:"envelope_id"`
		Payload  json.RawMessage `json:"payload"`
	}
	if err := json.Unmarshal(data, &in); err != nil || in.Envelope == "" {
		s.breach("a socket got %.80q, which is no acknowledgement", data)
		return
	}
	if len(data) >= maxAnswer {
		s.breach("an answer of %d bytes over a socket is dropped", len(data))
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	e := a.waiting[in.Envelope]
	if e == nil {
		return // it came too late, and is told so to nobody
	}
	if e.on != k {
		s.breach("an envelope was acknowledged on another connection")
	}
	if a.dropAck > 0 && s.rand.Float64() < a.dropAck {
		return
	}
	delete(a.waiting, in.Envelope)
	e.ack <- Ack{Taken: true, Body: in.Payload, Took: time.Since(e.at)}
}

func (k *socket) close() {
	k.once.Do(func() {
		s := k.all.s
		s.mu.Lock()
		defer s.mu.Unlock()
		defer k.conn.Close() //nolint:errcheck // it has ended
		close(k.closed)
		k.all.open = slices.DeleteFunc(k.all.open, func(o *socket) bool { return o == k })
		if len(k.all.open) == 0 {
			k.all.gaps++
		}
	})
}

// send gives an envelope to one of the connections, whichever is next. The
// caller holds the lock of the server. False: there is none.
func (a *sockets) send(o outgoing, retry int, why string, ack chan Ack) bool {
	if len(a.open) == 0 {
		return false
	}
	a.next++
	k := a.open[a.next%len(a.open)]
	if a.pinned {
		k = a.open[0]
	}
	a.s.ids++
	id := fmt.Sprintf("envelope-%d", a.s.ids)
	e := map[string]any{"envelope_id": id, "type": o.kind, "payload": o.payload, "accepts_response_payload": o.kind != "events_api"}
	if o.kind == "events_api" {
		e["retry_attempt"], e["retry_reason"] = retry, why
	}
	a.waiting[id] = &envelope{on: k, ack: ack, at: time.Now()}
	select {
	case k.out <- e:
		return true
	default:
		return false // it takes nothing any more
	}
}

// DropAcks loses this part of all acknowledgements over sockets.
func (s *Server) DropAcks(part float64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sockets.dropAck = part
}

// RefuseSockets answers new connections with a reason to disconnect, such as
// "too_many_websockets" or "link_disabled". Empty takes them in again.
func (s *Server) RefuseSockets(reason string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sockets.refuse = reason
}

// Disconnect says this to all connections that there are, and closes those that
// are told anything but a warning.
func (s *Server) Disconnect(reason string) {
	s.mu.Lock()
	open := slices.Clone(s.sockets.open)
	s.mu.Unlock()
	for _, k := range open {
		k.refresh(reason)
	}
}

// Refresh warns one connection, the oldest, and ends it after the time given.
func (s *Server) Refresh(after time.Duration) {
	s.mu.Lock()
	if len(s.sockets.open) == 0 {
		s.mu.Unlock()
		return
	}
	k := s.sockets.open[0]
	s.mu.Unlock()
	k.refresh("warning")
	time.Sleep(after)
	k.refresh("refresh_requested")
}

func (k *socket) refresh(reason string) {
	select {
	case k.out <- disconnect(reason):
	case <-k.closed:
	}
}

// HalfOpen lets all connections die without a word: nothing goes in or out.
func (s *Server) HalfOpen() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, k := range s.sockets.open {
		k.dead = true
	}
}

// Sockets says how many connections there are, how many there have been at
// once, and how often there was none left.
func (s *Server) Sockets() (open, peak, gaps int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.sockets.open), s.sockets.peak, s.sockets.gaps
}

// CloseOne ends one connection without a word.
func (s *Server) CloseOne() {
	s.mu.Lock()
	open := slices.Clone(s.sockets.open)
	s.mu.Unlock()
	if len(open) > 0 {
		open[0].close()
	}
}

// Pin lets everything go over the oldest connection.
func (s *Server) Pin() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sockets.pinned = true
}

// OpenOthers counts connections of other copies of the app, which take nothing.
func (s *Server) OpenOthers(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sockets.others = n
}
