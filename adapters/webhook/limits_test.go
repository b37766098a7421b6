package webhook_test

import (
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"meridian/adapters/adaptertest"
	"meridian/adapters/webhook"
)

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
		// What the standard library needs to look at the same bytes once.
		floor := quickest(func() { json.Valid(body) })
		for _, hook := range []string{"prod", "any"} {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			w := post(h, hook, body, nil)
			runtime.ReadMemStats(&after)
			// All that was ever allocated is an upper bound of what was held.
			if mb := (after.TotalAlloc - before.TotalAlloc) >> 20; mb > 64 {
				t.Errorf("%s to %s: %d MB", name, hook, mb)
			}
			took := quickest(func() { post(h, hook, body, nil) })
			t.Logf("%s to %s: %d bytes, %d, %v, %.1f x json.Valid", name, hook, len(body), w.Code, took, float64(took)/float64(floor))
			if took > 30*floor {
				t.Errorf("%s to %s: %v, the JSON alone %v", name, hook, took, floor)
			}
		}
	}
}

// quickest is the least of five times, so that a busy machine changes little.
func quickest(f func()) time.Duration {
	least := time.Duration(1<<63 - 1)
	for range 5 {
		start := time.Now()
		f()
		least = min(least, time.Since(start))
	}
	return least
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

// endless is a body in chunks that never ends.
type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	return len(p), nil
}

func TestABodyWithoutEndIsCutOff(t *testing.T) {
	h := mux(webhook.New(hooks(), adaptertest.NewDesk(), webhook.Options{}))
	w := post(h, "prod", nil, func(r *http.Request) { r.Body, r.ContentLength = io.NopCloser(endless{}), -1 })
	if w.Code != http.StatusRequestEntityTooLarge {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}
