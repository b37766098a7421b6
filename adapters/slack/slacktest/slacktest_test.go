package slacktest

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"
)

// recorder keeps what a test would be failed with.
type recorder struct {
	mu   sync.Mutex
	said []string
}

func (r *recorder) Helper() {}

func (r *recorder) Errorf(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.said = append(r.said, fmt.Sprintf(format, args...))
}

func (r *recorder) all() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return strings.Join(r.said, "\n")
}

// api calls a method of the Web API.
func api(t *testing.T, s *Server, method string, args ...string) (map[string]any, *http.Response) {
	t.Helper()
	form := url.Values{"token": {s.o.BotToken}}
	for i := 0; i+1 < len(args); i += 2 {
		form.Set(args[i], args[i+1])
	}
	r, err := http.NewRequest(http.MethodPost, "https://slack.com/api/"+method, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := s.Transport().RoundTrip(r)
	if err != nil {
		return map[string]any{"dropped": err.Error()}, nil
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	var out map[string]any
	if err := json.Unmarshal(body, &out); err != nil {
		t.Fatalf("%s: %s", method, body)
	}
	return out, resp
}

func newServer(t *testing.T, o Options) (*Server, *recorder) {
	t.Helper()
	r := &recorder{}
	s := New(r, o)
	s.Cast()
	return s, r
}

const goodPost = `{"event_type":"x","event_payload":{"key":"k1"}}`

func postArgs(channel string, more ...string) []string {
	return append([]string{"channel", channel, "text", "hello", "unfurl_links", "false", "unfurl_media", "false", "metadata", goodPost}, more...)
}

func TestWhatAnAppMustNotDoFailsItsTest(t *testing.T) {
	button := `{"type":"button","action_id":"a","text":{"type":"plain_text","text":"` + strings.Repeat("x", 76) + `"}}`
	for name, bad := range map[string]struct {
		args []string
		want string
	}{
		"unfurls":           {[]string{"channel", "C0DESK", "text", "x", "metadata", goodPost}, "not off"},
		"no metadata":       {[]string{"channel", "C0DESK", "text", "x", "unfurl_links", "false", "unfurl_media", "false"}, "no metadata"},
		"a whole channel":   {postArgs("C0DESK", "text", "<!channel> hi"), "whole channel"},
		"a long button":     {postArgs("C0DESK", "blocks", `[{"type":"actions","elements":[`+button+`]}]`), "button of 76"},
		"51 blocks":         {postArgs("C0DESK", "blocks", "["+strings.Repeat(`{"type":"divider"},`, 50)+`{"type":"divider"}]`), "51 blocks"},
		"a loose section":   {postArgs("C0DESK", "blocks", `[{"type":"section","text":{"type":"mrkdwn","text":"@here"}}]`), "not verbatim"},
		"a made-up element": {postArgs("C0DESK", "blocks", `[{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"html"}]}]}]`), "not known"},
		"a long text":       {postArgs("C0DESK", "text", strings.Repeat("x", 4001)), "4000 are advised"},
	} {
		t.Run(name, func(t *testing.T) {
			s, told := newServer(t, Options{})
			api(t, s, "chat.postMessage", bad.args...)
			if !strings.Contains(told.all(), bad.want) {
				t.Errorf("told %q, want %q", told.all(), bad.want)
			}
		})
	}
}

func TestAGoodPostIsShownAndIsInTheHistoryAfterAWhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, told := newServer(t, Options{Visibility: 3 * time.Second})
		out, _ := api(t, s, "chat.postMessage", postArgs("C0DESK")...)
		ts, _ := out["ts"].(string)
		if out["ok"] != true || ts == "" || len(s.Log()) != 1 || s.Log()[0].Key != "k1" {
			t.Fatalf("%v, log %v", out, s.Log())
		}
		seen := func() int {
			out, _ := api(t, s, "conversations.history", "channel", "C0DESK")
			return len(out["messages"].([]any))
		}
		if seen() != 0 {
			t.Error("seen at once")
		}
		time.Sleep(3 * time.Second)
		if seen() != 1 {
			t.Error("not seen after 3 seconds")
		}
		s.Wait()
		if told.all() != "" {
			t.Error(told.all())
		}
	})
}

func TestWhoDoesNotHearA429FailsItsTest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, told := newServer(t, Options{PostBurst: 2})
		for range 2 {
			api(t, s, "chat.postMessage", postArgs("C0DESK")...)
		}
		_, resp := api(t, s, "chat.postMessage", postArgs("C0DESK")...)
		if resp.StatusCode != http.StatusTooManyRequests || resp.Header.Get("Retry-After") != "1" || told.all() != "" {
			t.Fatalf("%s %q, told %s", resp.Status, resp.Header.Get("Retry-After"), told.all())
		}
		if out, _ := api(t, s, "chat.postMessage", postArgs("C0ALERTS")...); out["ok"] != true {
			t.Errorf("another channel: %v", out)
		}
		api(t, s, "chat.postMessage", postArgs("C0DESK")...)
		if !strings.Contains(told.all(), "before its Retry-After") {
			t.Errorf("told %q", told.all())
		}
		time.Sleep(time.Second)
		if out, _ := api(t, s, "chat.postMessage", postArgs("C0DESK")...); out["ok"] != true {
			t.Errorf("after the time: %v", out)
		}
		s.Wait()
	})
}

func TestAnEventIsSentFourTimesAndThenLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, _ := newServer(t, Options{})
		var got []string
		s.SetApp(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			got = append(got, r.Header.Get("X-Slack-Retry-Num")+" "+r.Header.Get("X-Slack-Retry-Reason"))
			w.WriteHeader(http.StatusServiceUnavailable)
		}))
		s.Say("U0OWEN", "C0SUPPORT", "", "help")
		s.Wait()
		if fmt.Sprint(got) != "[  1 http_error 2 http_error 3 http_error]" || len(s.Lost()) != 1 {
			t.Errorf("got %q, lost %v", got, s.Lost())
		}
	})
}

func TestFaultsHappenBeforeOrAfterTheDeed(t *testing.T) {
	s, _ := newServer(t, Options{})
	s.Fail(Fault{Method: "chat.postMessage", Drop: true}, Fault{Method: "chat.postMessage", Drop: true, After: true}, Fault{Method: "chat.postMessage", Error: "fatal_error"})
	for i, want := range []int{0, 1, 1} {
		out, _ := api(t, s, "chat.postMessage", postArgs("C0DESK")...)
		if out["ok"] == true || len(s.Messages("C0DESK")) != want {
			t.Errorf("call %d: %v, %d messages", i, out, len(s.Messages("C0DESK")))
		}
	}
}

func TestASocketGetsAndAcknowledgesEnvelopes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, told := newServer(t, Options{})
		k := dial(t, s)
		if hello := k.read(t); hello["type"] != "hello" {
			t.Fatal(hello)
		}
		s.Say("U0OWEN", "C0SUPPORT", "", "help")
		e := k.read(t)
		if e["type"] != "events_api" || e["retry_attempt"] != 0.0 {
			t.Fatal(e)
		}
		time.Sleep(4 * time.Second)
		again := k.read(t)
		if again["retry_attempt"] != 1.0 || again["retry_reason"] != "http_timeout" || again["envelope_id"] == e["envelope_id"] {
			t.Errorf("redelivery %v", again)
		}
		if err := k.WriteJSON(map[string]any{"envelope_id": again["envelope_id"]}); err != nil {
			t.Fatal(err)
		}
		s.Wait()
		if len(s.Lost()) != 0 || told.all() != "" {
			t.Errorf("lost %v, told %q", s.Lost(), told.all())
		}
		s.Disconnect("refresh_requested")
		if bye := k.read(t); bye["reason"] != "refresh_requested" {
			t.Error(bye)
		}
		if _, _, err := k.ReadMessage(); err == nil {
			t.Error("the connection goes on")
		}
		k.Close()
	})
}

type client struct{ *websocket.Conn }

func dial(t *testing.T, s *Server) client {
	t.Helper()
	form := url.Values{"token": {s.o.AppToken}}
	r, err := http.NewRequest(http.MethodPost, "https://slack.com/api/apps.connections.open", strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := s.Transport().RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var out struct{ URL string }
	if err := json.NewDecoder(resp.Body).Decode(&out); err != nil {
		t.Fatal(err)
	}
	d := websocket.Dialer{NetDialTLSContext: s.Dial, NetDialContext: s.Dial}
	conn, _, err := d.DialContext(context.Background(), out.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	return client{conn}
}

func (c client) read(t *testing.T) map[string]any {
	t.Helper()
	var v map[string]any
	if err := c.ReadJSON(&v); err != nil {
		t.Fatal(err)
	}
	return v
}

func TestAReservedNameRefusesTheWholeManifest(t *testing.T) {
	m := `{"display_information":{"name":"x"},"features":{"bot_user":{"display_name":"desk"},"slash_commands":[{"command":"/status","description":"x"}]},
		"oauth_config":{"scopes":{"bot":["commands"]}},"settings":{"socket_mode_enabled":true}}`
	if got := strings.Join(CheckManifest([]byte(m)), "; "); got != "/status is Slack's own" {
		t.Errorf("got %q", got)
	}
	if got := CheckManifest([]byte(strings.ReplaceAll(m, "/status", "/request"))); len(got) != 0 {
		t.Errorf("got %q", got)
	}
}
