package web

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"
)

func TestOnlyTheMachineItselfActsWithoutSignIn(t *testing.T) {
	for _, c := range []struct {
		name, host, header, value, public string
		want                              bool
	}{
		{name: "localhost", host: "localhost", want: true},
		{name: "localhost with a port", host: "localhost:8080", want: true},
		{name: "upper case", host: "LOCALHOST:8080", want: true},
		{name: "127.0.0.1", host: "127.0.0.1:8080", want: true},
		{name: "all of 127/8", host: "127.8.9.10", want: true},
		{name: "IPv6", host: "[::1]:8080", want: true},
		{name: "IPv6 without a port", host: "[::1]", want: true},
		{name: "a header of no proxy", host: "localhost", header: "X-Request-Id", value: "1", want: true},
		{name: "no host", host: ""},
		{name: "a name elsewhere", host: "desk.example"},
		{name: "a name that begins like ours", host: "localhost.evil.example"},
		{name: "a name that ends like ours", host: "evil.localhost"},
		{name: "a name with an address in it", host: "127.0.0.1.evil.example:8080"},
		{name: "a trailing dot", host: "localhost."},
		{name: "a user in front", host: "localhost@evil.example"},
		{name: "any address", host: "0.0.0.0:8080"},
		{name: "an address of the network", host: "192.168.1.5:8080"},
		{name: "a mapped address", host: "[::ffff:127.0.0.1]:8080"},
		{name: "an address with a zone", host: "[::1%25lo]:8080"},
		{name: "a short address", host: "127.1"},
		{name: "a number as address", host: "2130706433"},
		{name: "bare IPv6", host: "::1"},
		{name: "a port that is none", host: "localhost:http"},
		{name: "brackets around a name", host: "[localhost]:8080"},
		{name: "X-Forwarded-For", host: "localhost", header: "X-Forwarded-For", value: "127.0.0.1"},
		{name: "X-Forwarded-Host", host: "localhost", header: "x-forwarded-host", value: "localhost"},
		{name: "an empty X-Forwarded-Proto", host: "localhost", header: "X-Forwarded-Proto", value: ""},
		{name: "Forwarded", host: "localhost", header: "Forwarded", value: "for=127.0.0.1"},
		{name: "a public address", host: "localhost", public: "https://desk.example"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := request("GET", "/", nil)
			r.Host = c.host
			if c.header != "" {
				r.Header.Set(c.header, c.value)
			}
			if got := Local(c.public, r); got != c.want {
				t.Errorf("Local is %v, want %v", got, c.want)
			}
		})
	}
}

// served starts a real server, since a proxy needs one.
// The Host header is what the sender writes: the connection must come from
// here too, and from no proxy that speaks HTTP/1.0 without saying who it is.
func TestAForgedHostFromElsewhereIsNotLocal(t *testing.T) {
	for name, change := range map[string]func(*http.Request){
		"from the network":    func(r *http.Request) { r.RemoteAddr = "192.168.1.7:4000" },
		"from an IPv6 peer":   func(r *http.Request) { r.RemoteAddr = "[2001:db8::1]:4000" },
		"without an address":  func(r *http.Request) { r.RemoteAddr = "" },
		"by a proxy's HTTP/1": func(r *http.Request) { r.ProtoMajor, r.ProtoMinor = 1, 0 },
	} {
		r := request("GET", "/", nil)
		r.Host = "localhost:8080"
		if !Local("", r) {
			t.Fatal("a request from here is refused")
		}
		if change(r); Local("", r) {
			t.Errorf("%s: it may act", name)
		}
	}
}

func served(t *testing.T, h http.Handler) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s
}

func fetch(t *testing.T, r *http.Request) (int, string) {
	t.Helper()
	res, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(body)
}

func TestNobodyActsThroughAReverseProxy(t *testing.T) {
	desk := served(t, newAdapter(t, newFakeDesk()).Handler())
	target, err := url.Parse(desk.URL)
	if err != nil {
		t.Fatal(err)
	}
	proxies := map[string]*httputil.ReverseProxy{
		"a plain proxy": httputil.NewSingleHostReverseProxy(target),
		"a proxy that says where it is reached": {Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(target)
			r.SetXForwarded()
		}},
		"a proxy that passes the host on": {Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(target)
			r.Out.Host = "desk.example"
		}},
		"a proxy that speaks RFC 7239": {Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(target)
			r.Out.Header.Set("Forwarded", "for=192.0.2.1")
		}},
	}
	for name, proxy := range proxies {
		t.Run(name, func(t *testing.T) {
			front := served(t, proxy)
			for _, method := range []string{"GET", "POST"} {
				r, err := http.NewRequest(method, front.URL+"/say", strings.NewReader(""))
				if err != nil {
					t.Fatal(err)
				}
				status, body := fetch(t, r)
				if status != http.StatusForbidden || !strings.Contains(body, "sign-in") {
					t.Errorf("%s through the proxy: %d %.80s", method, status, body)
				}
			}
		})
	}
}

func TestAForgedHostIsRefusedAndAPlainRequestIsServed(t *testing.T) {
	desk := served(t, newAdapter(t, newFakeDesk()).Handler())
	for host, want := range map[string]int{"": http.StatusOK, "evil.example": http.StatusForbidden, "localhost": http.StatusOK} {
		r, err := http.NewRequest("GET", desk.URL+"/c/support", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Host = host
		if status, body := fetch(t, r); status != want {
			t.Errorf("host %q: %d, want %d: %.80s", host, status, want, body)
		}
	}
}

func TestTheRefusalIsInTheReadersLanguage(t *testing.T) {
	h := newAdapter(t, newFakeDesk()).Handler()
	for language, want := range map[string]string{"": "sign-in", "de": "sign-in", "ru-BY,ru;q=0.9": "входа", "not a language;;": "sign-in"} {
		r := request("GET", "/", nil)
		r.Host = "desk.example"
		r.Header.Set("Accept-Language", language)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != http.StatusForbidden || !strings.Contains(w.Body.String(), want) {
			t.Errorf("Accept-Language %q: %d %s", language, w.Code, w.Body)
		}
		if w.Header().Get("Content-Security-Policy") == "" {
			t.Error("the refusal has no policy")
		}
	}
}

func TestFormsOfOtherSitesDoNothing(t *testing.T) {
	for _, c := range []struct {
		name   string
		header map[string]string
		want   int
	}{
		{"our own page", map[string]string{"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost:8080"}, http.StatusOK},
		{"typed by the person", map[string]string{"Sec-Fetch-Site": "none"}, http.StatusOK},
		{"no browser", nil, http.StatusOK},
		{"an older browser, our page", map[string]string{"Origin": "http://localhost:8080"}, http.StatusOK},
		{"another site", map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}, http.StatusForbidden},
		{"another port of this machine", map[string]string{"Sec-Fetch-Site": "same-site", "Origin": "http://localhost:3000"}, http.StatusForbidden},
		{"an older browser, another site", map[string]string{"Origin": "https://evil.example"}, http.StatusForbidden},
		{"a sandboxed frame", map[string]string{"Origin": "null"}, http.StatusForbidden},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newFakeDesk()
			b := openAs(t, d, "web:dina")
			r := request("POST", "/say", strings.NewReader(url.Values{"place": {"web:support"}, "text": {"hello"}, "nonce": {"n"}}.Encode()))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			r.Header.Set("HX-Request", "true")
			for k, v := range c.header {
				r.Header.Set(k, v)
			}
			if w := b.do(r); w.Code != c.want {
				t.Errorf("answer %d, want %d: %s", w.Code, c.want, w.Body)
			}
			if got := len(d.accepted()) > 0; got != (c.want == http.StatusOK) {
				t.Errorf("accepted: %v", got)
			}
		})
	}
}

func TestEveryAnswerForbidsFramesInlineScriptsAndGuessing(t *testing.T) {
	b := openAs(t, newFakeDesk(), "web:dina")
	for _, path := range []string{"/", "/c/support", "/mail", "/requests", "/r/1", "/nowhere", "/pick?place=web:support", "/static/0/app.js"} {
		h := b.get(path).Header()
		csp := h.Get("Content-Security-Policy")
		if !strings.Contains(csp, "script-src 'self';") || strings.Contains(csp, "unsafe") || !strings.Contains(csp, "frame-ancestors 'none'") {
			t.Errorf("%s: policy %q", path, csp)
		}
		if h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Referrer-Policy") != "no-referrer" || h.Get("X-Frame-Options") != "DENY" {
			t.Errorf("%s: headers %v", path, h)
		}
	}
}
