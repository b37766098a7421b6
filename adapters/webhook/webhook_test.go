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
	"runtime"
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

func TestWhatCannotBeReadIsRefusedAtOnce(t *testing.T) {
	header := func(k string, v ...string) func(*http.Request) { return func(r *http.Request) { r.Header[k] = v } }
	gzipped := []byte("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff")
	for name, c := range map[string]struct {
		body string
		edit func(*http.Request)
		code int
	}{
		"another method":       {diskFiring, func(r *http.Request) { r.Method = http.MethodPut }, 405},
		"a read":               {"", func(r *http.Request) { r.Method = http.MethodGet }, 405},
		"no content type":      {diskFiring, func(r *http.Request) { r.Header.Del("Content-Type") }, 415},
		"two content types":    {diskFiring, header("Content-Type", "application/json", "text/plain"), 415},
		"a form":               {"payload=%7B%7D", header("Content-Type", "application/x-www-form-urlencoded"), 415},
		"JSON called a form":   {diskFiring, header("Content-Type", "application/x-www-form-urlencoded"), 415},
		"JSON called text":     {diskFiring, header("Content-Type", "text/json"), 415},
		"no type at all":       {diskFiring, header("Content-Type", ";;"), 415},
		"another charset":      {diskFiring, header("Content-Type", "application/json; charset=utf-16"), 415},
		"compressed":           {string(gzipped), header("Content-Encoding", "gzip"), 415},
		"compressed twice":     {string(gzipped), header("Content-Encoding", "identity", "br"), 415},
		"compressed, not said": {string(gzipped), nil, 400},
		"too large":            {`{"a":"` + strings.Repeat("x", 1<<20) + `"}`, nil, 413},
		"empty":                {"", nil, 400},
		"spaces":               {" \n", nil, 400},
		"cut off":              {diskFiring[:len(diskFiring)-9], nil, 400},
		"more after the end":   {diskFiring + "{}", nil, 400},
		"a megabyte of {},":    {strings.Repeat("{},", 1<<20/3), nil, 400},
		"the same in a list":   {list("{}", 349_000), nil, 400},
		"10,001 alerts":        {`{"alerts":` + list("{}", 10_001) + `}`, nil, 400},
		"a number too large":   {`{"alerts":[],"n":1e400}`, nil, 400},
		"a long number":        {`{"alerts":[],"n":-` + strings.Repeat("9", 400) + `}`, nil, 400},
		"65 levels":            {strings.Repeat("[", 65) + strings.Repeat("]", 65), nil, 400},
		"10,001 levels":        {strings.Repeat(`{"a":`, 10_001) + "1" + strings.Repeat("}", 10_001), nil, 400},
		"levels without end":   {strings.Repeat("[", 1<<20-1), nil, 400},
		"UTF-16":               {"\xff\xfe{\x00}\x00", nil, 400},
		"a word":               {`"firing"`, nil, 400},
		"nothing":              {`null`, nil, 400},
		"another shape":        {`{"title":"x"}`, nil, 400},
		"alerts of no list":    {`{"alerts":"all"}`, nil, 400},
		"alerts of words":      {`{"alerts":["a","b"]}`, nil, 400},
	} {
		t.Run(name, func(t *testing.T) {
			desk := adaptertest.NewDesk()
			h := mux(webhook.New(hooks(), desk, webhook.Options{Log: slog.New(slog.DiscardHandler)}))
			w := post(h, "prod", []byte(c.body), c.edit)
			if w.Code != c.code {
				t.Errorf("%d %s, want %d", w.Code, w.Body, c.code)
			}
			if s := strings.TrimSpace(w.Body.String()); len(s) < 8 || len(s) > 100 || strings.Contains(s, "\n") {
				t.Errorf("no sentence: %q", s)
			}
			if len(desk.Events()) != 0 {
				t.Error("it was stored")
			}
		})
	}
}

func TestHostileBodiesCostLittle(t *testing.T) {
	h := mux(webhook.New(hooks(), adaptertest.NewDesk(), webhook.Options{Log: slog.New(slog.DiscardHandler)}))
	for name, body := range map[string][]byte{
		"a megabyte of {},":       []byte(list("{}", 349_000)),
		"lists of 9,999":          []byte(list(list("{}", 9_999), 30)),
		"labels of 9,999 numbers": []byte(`{"alerts":[{"labels":{"a":` + list("[]", 9_999) + `,"b":` + list(list("1", 9_000), 40) + `}}]}`),
		"64 levels":               []byte(list(strings.Repeat(`[`, 60)+strings.Repeat(`]`, 60), 8_000)),
		"texts within texts":      []byte(nested(12)),
		"10,000 alerts":           storm(10_000),
	} {
		for _, hook := range []string{"prod", "any"} {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			start := time.Now()
			w := post(h, hook, body, nil)
			took := time.Since(start)
			runtime.ReadMemStats(&after)
			// All that was ever allocated is an upper bound of what was held.
			if mb := (after.TotalAlloc - before.TotalAlloc) >> 20; mb > 64 {
				t.Errorf("%s to %s: %d MB", name, hook, mb)
			}
			t.Logf("%s to %s: %d bytes, %d, %v, %d MB", name, hook, len(body), w.Code, took.Round(time.Millisecond), (after.TotalAlloc-before.TotalAlloc)>>20)
			if took > 2*time.Second { // goal 200 ms; this machine may be busy
				t.Errorf("%s to %s: %v", name, hook, took)
			}
		}
	}
}

// nested is JSON in a text in JSON in a text, and so on.
func nested(n int) string {
	s := `{"message":"deep"}`
	for range n {
		s = mustJSON(map[string]string{"message": s})
	}
	return s
}

func TestAByteOrderMarkAndOddHeadersAreTolerated(t *testing.T) {
	h := mux(webhook.New(hooks(), adaptertest.NewDesk(), webhook.Options{}))
	for name, edit := range map[string]func(*http.Request){
		"charset":           func(r *http.Request) { r.Header.Set("Content-Type", "Application/JSON; Charset=UTF-8") },
		"a kind of JSON":    func(r *http.Request) { r.Header.Set("Content-Type", "application/vnd.alerts+json") },
		"identity encoding": func(r *http.Request) { r.Header.Set("Content-Encoding", "identity") },
	} {
		if w := post(h, "prod", []byte("\xef\xbb\xbf"+diskFiring), edit); w.Code != http.StatusAccepted || w.Body.Len() != 0 {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
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
