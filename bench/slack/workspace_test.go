package slackbench

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// inFlight is how many envelopes wait for their acknowledgement at once, of all
// connections together.
const inFlight = 16

// colleagues are how many people there are in the workspace.
const colleagues = 150

func colleague(i int) string { return fmt.Sprintf("U0C%03d", i) }

// workspace is as much of Slack as it takes to be measured against: it has no
// limits, and answers at once.
type workspace struct {
	base  string
	tasks chan string // envelopes to send, by their ids
	acks  chan string
	mu    sync.Mutex
	seen  map[string]chan time.Time // what an answer or a window is waited for by
	ready chan struct{}             // gets a value for each connection
	done  chan struct{}
}

func newWorkspace(b *testing.B) *workspace {
	w := &workspace{tasks: make(chan string), acks: make(chan string, 1024), seen: map[string]chan time.Time{}, ready: make(chan struct{}, 16), done: make(chan struct{})}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	w.base = "http://" + l.Addr().String()
	s := &http.Server{Handler: w, ReadHeaderTimeout: 5 * time.Second}
	go s.Serve(l) //nolint:errcheck // it ends with the benchmark
	b.Cleanup(func() {
		close(w.done)
		s.Close() //nolint:errcheck // the benchmark is over
	})
	return w
}

// expect says that something named so will be heard of.
func (w *workspace) expect(name string) <-chan time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	c := make(chan time.Time, 1)
	w.seen[name] = c
	return c
}

func (w *workspace) heard(name string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if c, ok := w.seen[name]; ok {
		c <- time.Now()
		delete(w.seen, name)
	}
}

func (w *workspace) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/socket" {
		w.socket(rw, r)
		return
	}
	if name, ok := strings.CutPrefix(r.URL.Path, "/response/"); ok {
		_, _ = io.Copy(io.Discard, r.Body)
		w.heard(name)
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	args, err := url.ParseQuery(string(body))
	if err != nil {
		return
	}
	answer := map[string]any{"ok": true}
	switch strings.TrimPrefix(r.URL.Path, "/api/") {
	case "auth.test":
		answer["team_id"], answer["user_id"], answer["bot_id"] = "T0BENCH", "U0DESK", "B0DESK"
	case "apps.connections.open":
		answer["url"] = "ws" + strings.TrimPrefix(w.base, "http") + "/socket"
	case "users.list":
		var all []map[string]any
		for i := range colleagues {
			all = append(all, map[string]any{"id": colleague(i), "team_id": "T0BENCH", "real_name": colleague(i)})
		}
		answer["members"] = all
	case "users.info":
		answer["user"] = map[string]any{"id": args.Get("user"), "team_id": "T0BENCH", "real_name": args.Get("user")}
	case "conversations.info":
		answer["channel"] = map[string]any{"id": args.Get("channel"), "name": "c", "is_member": true}
	case "chat.postMessage":
		answer["ts"], answer["channel"] = fmt.Sprintf("%d.%06d", time.Now().Unix(), time.Now().Nanosecond()/1000), args.Get("channel")
	case "views.open":
		w.heard(args.Get("trigger_id"))
	}
	rw.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(rw).Encode(answer) // whoever asked may have gone
}

// socket sends envelopes over a connection, and counts what comes back.
func (w *workspace) socket(rw http.ResponseWriter, r *http.Request) {
	up := websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }} // it is no browser that comes
	conn, err := up.Upgrade(rw, r, nil)
	if err != nil {
		return
	}
	defer conn.Close() //nolint:errcheck // it is over
	if conn.WriteMessage(websocket.TextMessage, []byte(`{"type":"hello","num_connections":1,"debug_info":{"approximate_connection_time":18060}}`)) != nil {
		return
	}
	w.ready <- struct{}{}
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		for {
			var ack struct {
				ID string `json:"envelope_id"`
			}
			if conn.ReadJSON(&ack) != nil {
				return
			}
			w.acks <- ack.ID
		}
	}()
	ping := time.NewTicker(5 * time.Second)
	defer ping.Stop()
	for {
		select {
		case <-w.done:
			return
		case <-gone:
			return
		case <-ping.C:
			if conn.WriteControl(websocket.PingMessage, []byte("ping"), time.Now().Add(time.Second)) != nil {
				return
			}
		case id := <-w.tasks:
			if conn.WriteMessage(websocket.TextMessage, envelope(id)) != nil {
				return
			}
		}
	}
}

func envelope(id string) []byte {
	return fmt.Appendf(nil, `{"envelope_id":%q,"type":"events_api","accepts_response_payload":false,"retry_attempt":0,"retry_reason":"","payload":%s}`, id, event(id))
}

// event is a message that nobody has to do anything about, named by n.
func event(n string) []byte {
	ts := fmt.Sprintf("%d.%s", time.Now().Unix(), n[len(n)-6:])
	return fmt.Appendf(nil, `{"token":"x","team_id":"T0BENCH","context_team_id":"T0BENCH","api_app_id":"A0BENCH","type":"event_callback","event_id":"Ev%s","event_time":%d,`+
		`"authorizations":[{"enterprise_id":null,"team_id":"T0BENCH","user_id":"U0DESK","is_bot":true,"is_enterprise_install":false}],"is_ext_shared_channel":false,"event_context":"4-%s",`+
		`"event":{"type":"message","user":"U%s","client_msg_id":"c-%s","text":"Hello team, the checkout page returns error 500. Client ACME is waiting.","ts":%q,"team":"T0BENCH","channel":"C0BENCH","event_ts":%q,"channel_type":"channel",`+
		`"blocks":[{"type":"rich_text","block_id":"b1","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"Hello team, the checkout page returns error 500. Client ACME is waiting."}]}]}]}}`,
		n, time.Now().Unix(), n, "0PERSON"+n[len(n)-1:], n, ts, ts)
}
