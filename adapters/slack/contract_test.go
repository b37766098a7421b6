package slack

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"meridian/adapters/adaptertest"
	"meridian/adapters/slack/slacktest"
	"meridian/bot"
)

// readable is the contract's desk, with settings to read.
type readable struct {
	bot.Desk
	pages *desk
}

func (d readable) View(ctx ctxT, who string, fn func(bot.Pages) error) error {
	return d.pages.View(ctx, who, fn)
}
func (d readable) Form(ctxT, bot.Event) (bot.Form, bool, error) { return bot.Form{}, false, nil }
func (d readable) Try(ctxT, bot.Event) error                    { return nil }

// requests are one of each kind of thing that Slack sends.
func requests() map[string]struct{ path, kind, body string } {
	form := func(pairs ...string) string {
		v := url.Values{}
		for i := 0; i < len(pairs); i += 2 {
			v.Set(pairs[i], pairs[i+1])
		}
		return v.Encode()
	}
	const urlencoded, js = "application/x-www-form-urlencoded", "application/json"
	event := func(inner string) string {
		return `{"token":"verify","team_id":"` + slacktest.Team + `","api_app_id":"` + slacktest.App + `","type":"event_callback","event_id":"Ev1","event_time":1700000000,
			"authorizations":[{"team_id":"` + slacktest.Team + `","user_id":"` + slacktest.BotUser + `","is_bot":true}],"event":` + inner + `}`
	}
	interaction := func(kind, rest string) string {
		return form("payload", `{"type":"`+kind+`","user":{"id":"U0VERA","team_id":"`+slacktest.Team+`"},"channel":{"id":"C0DESK"},"trigger_id":"t1","response_url":"https://hooks.slack.com/response/R1",`+rest+`}`)
	}
	return map[string]struct{ path, kind, body string }{
		"message":    {"/slack/events", js, event(`{"type":"message","user":"U0VERA","text":"hello","ts":"1700000000.000100","channel":"C0SUPPORT"}`)},
		"edit":       {"/slack/events", js, event(`{"type":"message","subtype":"message_changed","channel":"C0SUPPORT","message":{"user":"U0VERA","text":"x","ts":"1700000000.000100","edited":{"ts":"1700000001.000000"}},"previous_message":{"ts":"1700000000.000100"}}`)},
		"reaction":   {"/slack/events", js, event(`{"type":"reaction_added","user":"U0VERA","reaction":"eyes","event_ts":"1700000002.000000","item":{"type":"message","channel":"C0SUPPORT","ts":"1700000000.000100"}}`)},
		"unknown":    {"/slack/events", js, event(`{"type":"of_tomorrow"}`)},
		"command":    {"/slack/commands", urlencoded, form("command", "/request", "text", "list", "user_id", "U0VERA", "channel_id", "C0SUPPORT", "team_id", slacktest.Team, "trigger_id", "1.2.3", "response_url", "https://hooks.slack.com/response/R2")},
		"button":     {"/slack/interactions", urlencoded, interaction("block_actions", `"container":{"message_ts":"1700000000.000100"},"actions":[{"action_id":"act:take#0","value":"R-1","type":"button","action_ts":"1700000003.000000"}]`)},
		"submission": {"/slack/interactions", urlencoded, interaction("view_submission", `"view":{"id":"V1","hash":"h","callback_id":"form","private_metadata":"{\"a\":\"note\",\"v\":\"R-1\",\"c\":\"C0DESK\"}","state":{"values":{"text":{"field":{"value":"hi"}}}}}`)},
	}
}

func TestTheContractIsKeptOverHTTP(t *testing.T) {
	for what, in := range requests() {
		t.Run(what, func(t *testing.T) {
			adaptertest.Run(t, func(t *testing.T, d bot.Desk, log *slog.Logger) adaptertest.Outside {
				server := slacktest.New(t, workspace(slacktest.Options{}))
				server.Cast()
				a, err := New(config(Config{SigningSecret: signing}), readable{d, newDesk()}, Options{Catalogue: catalogue(t), Log: log, Transport: server.Transport()})
				if err != nil {
					t.Fatal(err)
				}
				if err := a.identify(t.Context()); err != nil {
					t.Fatal(err)
				}
				send := func(r *http.Request) (bool, string) {
					code, body := serve(a, r)
					return code == http.StatusOK, body
				}
				return adaptertest.Outside{
					Adapter: a, Secrets: []string{botToken, signing, "hooks.slack.com"},
					Send: func() (bool, string) { return send(server.Sign(in.path, in.kind, []byte(in.body), time.Now())) },
					Forge: func() (bool, string) {
						r := server.Sign(in.path, in.kind, []byte(in.body), time.Now())
						sum := []byte(r.Header.Get("X-Slack-Signature"))
						sum[len(sum)-1] ^= 1
						r.Header.Set("X-Slack-Signature", string(sum))
						return send(r)
					},
				}
			})
		})
	}
}

// forgeries are 40 requests that are almost right, each like one of requests.
func forgeries(s *slacktest.Server, like string, now time.Time) map[string]func() *http.Request {
	in := requests()[like]
	body := []byte(in.body)
	sign := func(at time.Time) *http.Request { return s.Sign(in.path, in.kind, body, at) }
	out := map[string]func() *http.Request{}
	add := func(name string, change func(r *http.Request)) {
		out[name] = func() *http.Request {
			r := sign(now)
			change(r)
			return r
		}
	}
	const sig, stamp = "X-Slack-Signature", "X-Slack-Request-Timestamp"
	right := s.Signature
	for i, at := range []time.Duration{-301 * time.Second, 301 * time.Second, -time.Hour, time.Hour, -24 * time.Hour, 365 * 24 * time.Hour} {
		out["time "+string(rune('a'+i))] = func() *http.Request { return sign(now.Add(at)) }
	}
	for name, value := range map[string]string{
		"max int64": "9223372036854775807", "min int64": "-9223372036854775808", "over int64": "9223372036854775808", "zero": "0", "negative": "-1", "float": "1.5",
		"hex": "0x10", "spaces": " " + stampOf(now), "plus": "+" + stampOf(now), "leading zero": "0" + stampOf(now), "words": "now", "empty stamp": "", "milliseconds": stampOf(now) + "000",
	} {
		add("stamp "+name, func(r *http.Request) {
			r.Header.Set(stamp, value)
			r.Header.Set(sig, right(value, body))
		})
	}
	add("no signature", func(r *http.Request) { r.Header.Del(sig) })
	add("no stamp", func(r *http.Request) { r.Header.Del(stamp) })
	add("neither", func(r *http.Request) { r.Header.Del(sig); r.Header.Del(stamp) })
	add("two signatures", func(r *http.Request) { r.Header.Add(sig, r.Header.Get(sig)) })
	add("two stamps", func(r *http.Request) { r.Header.Add(stamp, r.Header.Get(stamp)) })
	for name, change := range map[string]func(string) string{
		"empty": func(string) string { return "" }, "prefix alone": func(string) string { return "v0=" }, "no prefix": func(s string) string { return s[3:] },
		"v1": func(s string) string { return "v1" + s[2:] }, "upper prefix": func(s string) string { return "V0" + s[2:] }, "31 bytes": func(s string) string { return s[:len(s)-2] },
		"33 bytes": func(s string) string { return s + "00" }, "odd": func(s string) string { return s[:len(s)-1] }, "no hex": func(s string) string { return s[:len(s)-1] + "g" },
		"one bit": func(s string) string {
			return s[:len(s)-1] + map[bool]string{true: "1", false: "0"}[s[len(s)-1] == '0']
		},
		"zeros": func(string) string { return "v0=" + strings.Repeat("0", 64) }, "spaces": func(s string) string { return s + " " },
		"twice": func(s string) string { return s + "," + s },
	} {
		add("signature "+name, func(r *http.Request) { r.Header.Set(sig, change(r.Header.Get(sig))) })
	}
	for name, other := range map[string]string{"one byte more": string(body) + " ", "one byte less": string(body[:len(body)-1]), "empty body": "", "gzip": "\x1f\x8b\x08\x00", "another": "{}", "over 1 MiB": string(body) + strings.Repeat(" ", 1<<20)} {
		out["body "+name] = func() *http.Request {
			r := s.Sign(in.path, in.kind, []byte(other), now)
			if name != "over 1 MiB" {
				r.Header.Set(sig, right(stampOf(now), body))
			}
			return r
		}
	}
	out["payload in the query"] = func() *http.Request {
		r := s.Sign("/slack/interactions?payload=%7B%7D", "application/x-www-form-urlencoded", nil, now)
		r.Header.Set(sig, right(stampOf(now), []byte("payload=%7B%7D")))
		return r
	}
	return out
}

func TestForgedRequestsAreAllRefusedInTheSameWords(t *testing.T) {
	b := newBench(t, Config{SigningSecret: signing}, slacktest.Options{})
	now := time.Now()
	for _, like := range []string{"message", "command", "button", "submission"} {
		all := forgeries(b.slack, like, now)
		if len(all) < 40 {
			t.Errorf("only %d forgeries", len(all))
		}
		for name, make := range all {
			if code, body := answer(b, make()); code != http.StatusUnauthorized || body != "unsigned\n" {
				t.Errorf("%s, %s: %d %q", like, name, code, body)
			}
		}
	}
	if len(b.desk.got()) > 0 || b.logs.String() != "" {
		t.Errorf("taken: %v, logged: %s", b.desk.got(), b.logs.String())
	}
	if code, _ := answer(b, b.slack.Sign("/slack/events", "application/json", []byte(requests()["message"].body), now)); code != http.StatusOK || len(b.desk.got()) != 1 {
		t.Errorf("the right one: %d, %v", code, b.desk.got())
	}
	b.noSecrets()
}

func TestTheEdgesOfTheWindowAreWithinIt(t *testing.T) {
	b := newBench(t, Config{SigningSecret: signing}, slacktest.Options{})
	for _, at := range []time.Duration{-299 * time.Second, 299 * time.Second} {
		r := b.slack.Sign("/slack/events", "application/json", []byte(requests()["message"].body), time.Now().Add(at))
		if code, body := answer(b, r); code != http.StatusOK {
			t.Errorf("%s: %d %q", at, code, body)
		}
	}
}

func TestAReplayIsOneEvent(t *testing.T) {
	for what, in := range requests() {
		b := newBench(t, Config{SigningSecret: signing}, slacktest.Options{})
		b.me.Store(&identity{Team: slacktest.Team, User: slacktest.BotUser, Bot: slacktest.BotID})
		for range 100 {
			if code, body := answer(b, b.slack.Sign(in.path, in.kind, []byte(in.body), time.Now())); code != http.StatusOK {
				t.Fatalf("%s: %d %q", what, code, body)
			}
		}
		if got := b.desk.got(); len(got) != 1 || b.desk.all != 100 {
			t.Errorf("%s: %d accepted, kept %v", what, b.desk.all, got)
		}
	}
}

func TestTheAddressIsVerifiedOnlyWhenSigned(t *testing.T) {
	b := newBench(t, Config{SigningSecret: signing}, slacktest.Options{})
	ask := func(challenge string) []byte {
		raw, err := json.Marshal(map[string]string{"type": "url_verification", "challenge": challenge, "token": "x"})
		if err != nil {
			t.Fatal(err)
		}
		return raw
	}
	r := b.slack.Sign("/slack/events", "application/json", ask("3eZbrw1aB"), time.Now())
	if code, body := answer(b, r); code != http.StatusOK || body != "3eZbrw1aB" {
		t.Errorf("%d %q", code, body)
	}
	r = b.slack.Sign("/slack/events", "application/json", ask(strings.Repeat("x", 5000)), time.Now())
	if _, body := answer(b, r); len(body) != 1024 {
		t.Errorf("%d bytes are echoed", len(body))
	}
	r = b.slack.Sign("/slack/events", "application/json", ask("secret"), time.Now())
	r.Header.Set("X-Slack-Signature", "v0=00")
	if code, body := answer(b, r); code != http.StatusUnauthorized || strings.Contains(body, "secret") {
		t.Errorf("%d %q", code, body)
	}
}
