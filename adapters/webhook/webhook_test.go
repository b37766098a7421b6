package webhook_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"meridian/adapters/adaptertest"
	"meridian/adapters/webhook"
	"meridian/bot"
)

const (
	secret    = "canary-one-7Qm2xV9t"
	oldSecret = "canary-two-K4s8Zp1w"
)

var alerts = bot.Place{Adapter: "web", Channel: "alerts"}

func hooks() []webhook.Hook {
	return []webhook.Hook{
		{Name: "prod", Kind: "alertmanager", Secrets: []bot.Secret{secret, oldSecret}, Channel: alerts},
		{Name: "any", Kind: "generic", Secrets: []bot.Secret{secret}, Channel: alerts},
		{Name: "off", Kind: "alertmanager", Channel: alerts},
		{Name: "empty", Kind: "alertmanager", Secrets: []bot.Secret{""}, Channel: alerts},
		{Name: "strange", Kind: "unheard-of", Secrets: []bot.Secret{secret}, Channel: alerts},
	}
}

// mux serves an adapter as the program does.
func mux(a *webhook.Adapter) http.Handler {
	m := http.NewServeMux()
	m.Handle("/hooks/{name}", a.Handler())
	return m
}

// post sends a body to a hook with the right secret; edit may change the request.
func post(h http.Handler, hook string, body []byte, edit func(*http.Request)) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, "/hooks/"+hook, bytes.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer "+secret)
	if edit != nil {
		edit(r)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestContract(t *testing.T) {
	for _, c := range []struct{ name, hook, body string }{
		{"alertmanager", "prod", diskFiring},
		{"generic", "any", `{"title": "Backup failed", "status": "error"}`},
		{"a large body", "any", mustJSON(map[string]string{"title": "Backup failed", "log": strings.Repeat("x", 200_000)})},
	} {
		t.Run(c.name, func(t *testing.T) {
			adaptertest.Run(t, func(t *testing.T, desk bot.Desk, log *slog.Logger) adaptertest.Outside {
				a := webhook.New(hooks(), desk, webhook.Options{Log: log})
				server := httptest.NewServer(mux(a))
				t.Cleanup(server.Close)
				send := func(token string) (bool, string) {
					r, err := http.NewRequest(http.MethodPost, server.URL+"/hooks/"+c.hook, strings.NewReader(c.body))
					if err != nil {
						t.Error(err)
						return false, ""
					}
					r.Header.Set("Content-Type", "application/json")
					r.Header.Set("Authorization", "Bearer "+token)
					resp, err := server.Client().Do(r)
					if err != nil {
						return false, err.Error()
					}
					defer resp.Body.Close()
					body, _ := io.ReadAll(resp.Body)
					return resp.StatusCode == http.StatusAccepted, fmt.Sprint(resp.Status, resp.Header, string(body))
				}
				return adaptertest.Outside{
					Adapter: a,
					Send:    func() (bool, string) { return send(secret) },
					Forge:   func() (bool, string) { return send(secret + "x") },
					Secrets: []string{secret, oldSecret},
				}
			})
		})
	}
}

func TestForgedRequestsAreAllAnsweredAlike(t *testing.T) {
	type edit = func(*http.Request)
	auth := func(values ...string) edit {
		return func(r *http.Request) { r.Header["Authorization"] = values }
	}
	forged := map[string]edit{
		"no header":            func(r *http.Request) { r.Header.Del("Authorization") },
		"empty header":         auth(""),
		"scheme alone":         auth("Bearer"),
		"scheme and space":     auth("Bearer "),
		"secret alone":         auth(secret),
		"other scheme":         auth("Token " + secret),
		"basic":                auth("Basic " + secret),
		"digest":               auth("Digest " + secret),
		"wrong secret":         auth("Bearer wrong"),
		"first letter missing": auth("Bearer " + secret[1:]),
		"last letter missing":  auth("Bearer " + secret[:len(secret)-1]),
		"one letter more":      auth("Bearer " + secret + "a"),
		"other case":           auth("Bearer " + strings.ToUpper(secret)),
		"space before":         auth("Bearer  " + secret),
		"space after":          auth("Bearer " + secret + " "),
		"tab":                  auth("Bearer\t" + secret),
		"newline":              auth("Bearer " + secret + "\n"),
		"null byte":            auth("Bearer " + secret + "\x00"),
		"quoted":               auth(`Bearer "` + secret + `"`),
		"comma list":           auth("Bearer wrong, " + secret),
		"both secrets in one":  auth("Bearer " + secret + oldSecret),
		"two headers":          auth("Bearer "+secret, "Bearer "+secret),
		"right one second":     auth("Bearer wrong", "Bearer "+secret),
		"mask of the log":      auth("Bearer ***"),
		"null":                 auth("Bearer null"),
		"megabyte":             auth("Bearer " + strings.Repeat(secret, 50_000)),
		"bearer twice":         auth("Bearer Bearer " + secret),
		"in the query":         func(r *http.Request) { r.Header.Del("Authorization"); r.URL.RawQuery = "token=" + secret },
		"as a user":            func(r *http.Request) { r.Header.Del("Authorization"); r.SetBasicAuth("prod", secret) },
		"in another header":    func(r *http.Request) { r.Header.Del("Authorization"); r.Header.Set("X-Auth-Token", secret) },
		"in a cookie":          func(r *http.Request) { r.Header.Del("Authorization"); r.Header.Set("Cookie", "token="+secret) },
		"proxy header": func(r *http.Request) {
			r.Header.Del("Authorization")
			r.Header.Set("Proxy-Authorization", "Bearer "+secret)
		},
		"get without secret":     func(r *http.Request) { r.Header.Del("Authorization"); r.Method = http.MethodGet },
		"form without secret":    func(r *http.Request) { r.Header.Del("Authorization"); r.Header.Set("Content-Type", "text/plain") },
		"unknown hook":           func(r *http.Request) { r.URL.Path = "/hooks/nobody" },
		"unknown, empty secret":  func(r *http.Request) { r.URL.Path = "/hooks/nobody"; auth("Bearer ")(r) },
		"hook that is off":       func(r *http.Request) { r.URL.Path = "/hooks/off" },
		"off, empty secret":      func(r *http.Request) { r.URL.Path = "/hooks/off"; auth("Bearer ")(r) },
		"hook with empty secret": func(r *http.Request) { r.URL.Path = "/hooks/empty" },
		"empty, empty secret":    func(r *http.Request) { r.URL.Path = "/hooks/empty"; auth("Bearer ")(r) },
		"empty, no header":       func(r *http.Request) { r.URL.Path = "/hooks/empty"; r.Header.Del("Authorization") },
		"other case of the hook": func(r *http.Request) { r.URL.Path = "/hooks/PROD" },
		"old secret, other hook": func(r *http.Request) { r.URL.Path = "/hooks/any"; auth("Bearer " + oldSecret)(r) },
	}
	if len(forged) < 40 {
		t.Fatalf("only %d forged requests", len(forged))
	}
	desk, log := adaptertest.NewDesk(), &bytes.Buffer{}
	h := mux(webhook.New(hooks(), desk, webhook.Options{Log: slog.New(slog.NewTextHandler(log, nil))}))
	var first *httptest.ResponseRecorder
	for name, edit := range forged {
		w := post(h, "prod", []byte(diskFiring), edit)
		if w.Code != http.StatusUnauthorized {
			t.Errorf("%s: %d", name, w.Code)
		}
		if first == nil {
			first = w
		} else if w.Body.String() != first.Body.String() || fmt.Sprint(w.Header()) != fmt.Sprint(first.Header()) {
			t.Errorf("%s: another answer: %v %s", name, w.Header(), w.Body)
		}
	}
	if n := len(desk.Events()); n != 0 {
		t.Errorf("%d forged bodies were stored", n)
	}
	if log.Len() != 0 {
		t.Errorf("forged requests fill the log: %s", log)
	}
	for _, token := range []string{secret, oldSecret} {
		if w := post(h, "prod", []byte(diskFiring), auth("bearer "+token)); w.Code != http.StatusAccepted {
			t.Errorf("the right secret: %d %s", w.Code, w.Body)
		}
	}
}

func TestASecretIsReplacedWithoutAGap(t *testing.T) {
	a := webhook.New(hooks(), adaptertest.NewDesk(), webhook.Options{})
	h := mux(a)
	a.SetHooks([]webhook.Hook{{Name: "prod", Kind: "alertmanager", Secrets: []bot.Secret{"new"}, Channel: alerts}})
	if w := post(h, "prod", []byte(diskFiring), nil); w.Code != http.StatusUnauthorized {
		t.Errorf("the removed secret: %d", w.Code)
	}
	if w := post(h, "prod", []byte(diskFiring), func(r *http.Request) { r.Header.Set("Authorization", "Bearer new") }); w.Code != http.StatusAccepted {
		t.Errorf("the new secret: %d", w.Code)
	}
}

func TestATemporaryFaultAsksTheSenderToComeAgain(t *testing.T) {
	desk, log := adaptertest.NewDesk(), &bytes.Buffer{}
	h := mux(webhook.New(hooks(), desk, webhook.Options{Log: slog.New(slog.NewTextHandler(log, nil))}))
	for _, err := range []error{bot.ErrBusy, errors.New("disk is full"), context.DeadlineExceeded} {
		desk.FailWith(err)
		w := post(h, "prod", []byte(diskFiring), nil)
		if w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") != "5" {
			t.Errorf("%v: %d, %v", err, w.Code, w.Header())
		}
	}
	if s := log.String(); strings.Count(s, "body not stored") != 2 || !strings.Contains(s, "hook=prod") || strings.Contains(s, "DiskFull") {
		t.Errorf("log: %s", s)
	}
}

func TestOneBodyIsOneEventWithoutAKey(t *testing.T) {
	desk := adaptertest.NewDesk()
	h := mux(webhook.New(hooks(), desk, webhook.Options{}))
	large := mustJSON(map[string]string{"title": "x", "log": strings.Repeat("y", 100_000)})
	for _, body := range []string{`{"title":"x"}`, large} {
		if w := post(h, "any", []byte(body), nil); w.Code != http.StatusAccepted {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
	}
	events := desk.Events()
	if len(events) != 2 {
		t.Fatalf("%d events", len(events))
	}
	for _, e := range events {
		if e.Source != "webhook" || e.Key != "" || e.Place != alerts || e.Lane() != "hook any" {
			t.Errorf("%+v", e)
		}
	}
	if string(events[0].Raw) != `{"title":"x"}` || events[0].Blob.Hash != "" {
		t.Error("a small body is not in its row")
	}
	if b := events[1].Blob; len(events[1].Raw) != 0 || b.Size != int64(len(large)) || b.Kind != "body" {
		t.Errorf("a large body is not a blob: %+v", b)
	}
}

func TestItIsHeardAtOnceAndThenEveryMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		desk := adaptertest.NewDesk()
		a := webhook.New(hooks(), desk, webhook.Options{Log: slog.New(slog.DiscardHandler)})
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		began := time.Now()
		go func() { done <- a.Run(ctx) }()
		synctest.Wait()
		if n := len(desk.Heard()); n != 1 {
			t.Errorf("%d reports at the start", n)
		}
		desk.FailWith(errors.New("disk is full"))
		time.Sleep(90 * time.Second)
		desk.FailWith(nil)
		time.Sleep(10*time.Minute - 90*time.Second + time.Second)
		heard := desk.Heard()
		if len(heard) != 10 {
			t.Errorf("%d reports in 10 minutes, one of them failed", len(heard))
		}
		last := heard[len(heard)-1]
		if until := last.Body.(bot.Heard).Until; last.Source != "webhook" || last.Key != "" || !until.Equal(began.Add(10*time.Minute)) {
			t.Errorf("%+v", last)
		}
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

func TestHooksAreChecked(t *testing.T) {
	for name, hooks := range map[string][]webhook.Hook{
		"no name":         {{Kind: "generic"}},
		"a path":          {{Name: "a/b", Kind: "generic"}},
		"a dot":           {{Name: "..", Kind: "generic"}},
		"a space":         {{Name: "a b", Kind: "generic"}},
		"twice":           {{Name: "a", Kind: "generic"}, {Name: "a", Kind: "alertmanager"}},
		"an unknown kind": {{Name: "a", Kind: "generics", Secrets: []bot.Secret{secret}}},
	} {
		err := webhook.Check(hooks)
		if err == nil || strings.Contains(err.Error(), secret) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := webhook.Check(hooks()[:4]); err != nil {
		t.Error(err)
	}
}
