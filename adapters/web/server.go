package web

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"meridian/bot"
)

// maxBody is how many bytes a browser may send at once. A text of 40,000
// characters fits, however it is encoded.
const maxBody = 1 << 20

// Handler serves the web desk at "/".
func (a *Adapter) Handler() http.Handler {
	mux := http.NewServeMux()
	get := func(pattern string, h handler) { mux.Handle("GET "+pattern, a.answer(h)) }
	post := func(pattern string, h handler) { mux.Handle("POST "+pattern, a.answer(h)) }

	mux.HandleFunc("GET /static/{hash}/{name}", a.assets.serve)
	mux.HandleFunc("GET "+eventsPath, a.events)
	get("/{$}", a.home)
	get("/c/{channel}", a.channelPage)
	get("/c/{channel}/t/{message}", a.channelPage)
	get("/d", a.channelPage)
	get("/d/t/{message}", a.channelPage)
	get("/mail", a.mailPage)
	get("/requests", a.requestsPage)
	get("/r/{number}", a.requestPage)
	get("/does", a.doesPage)
	get("/file", a.file)
	get("/part/list", a.listPart)
	get("/part/side", a.sidePart)
	get("/part/clocks", a.clocksPart)
	get("/choices", a.choices)
	get("/pick", a.pick)
	get("/menu", a.menu)
	post("/say", a.say)
	post("/react", a.react)
	post("/edit", a.edit)
	post("/delete", a.delete)
	post("/press", a.press)
	post("/submit", a.submit)
	post("/does", a.does)
	get("/try", a.tryPage)
	post("/try/mail", a.showMail)
	post("/try/file", a.fileMail)
	post("/try/wrong", a.tellWrong)
	post("/try/alert", a.tryAlert)
	get("/install", a.installPage)
	get("/part/lamps", a.lampsPart)
	post("/install", a.installTry)
	post("/install/begin", a.installBegin)
	post("/sample", a.sample)
	post("/as", a.actAs)
	post("/lang", a.speak)
	get(signInPath, a.signInPage)
	post(signInPath, a.signIn)
	get("/", func(http.ResponseWriter, *http.Request) error { return bot.ErrNotFound })

	guard := http.NewCrossOriginProtection()
	guard.SetDenyHandler(a.answer(func(http.ResponseWriter, *http.Request) error {
		return &failure{status: http.StatusForbidden, text: bot.Say("web.cross_origin")}
	}))
	desk := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		secure(w.Header())
		limit := int64(maxBody)
		if r.URL.Path == "/try/mail" {
			limit = maxForm
		}
		r.Body = http.MaxBytesReader(w, r.Body, limit)
		guard.Handler(mux).ServeHTTP(w, r)
	})
	return a.withPasses(a.entrance(desk, LocalOnly(a.words, a.publicURL, desk)))
}

// secure sets what every answer says to the browser: nothing but our own files,
// no frame around us, no guessing.
func secure(h http.Header) {
	h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "+
		"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
}

// handler answers a request, or returns why it does not.
type handler func(w http.ResponseWriter, r *http.Request) error

// failure is an error that people see, with its status.
type failure struct {
	status int
	text   bot.Text
}

func (f *failure) Error() string { return http.StatusText(f.status) }

// answering runs a handler and says its error in one sentence; what is not meant
// for people is logged here, once.
type answering struct {
	a  *Adapter
	do handler
}

func (a *Adapter) answer(h handler) http.Handler { return answering{a, h} }

// ServeHTTP implements http.Handler.
func (h answering) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	err := h.do(w, r)
	if err == nil {
		return
	}
	f := h.a.failureOf(r, err)
	lang := asked(r)
	sentence := f.text.For(lang).Plain(h.a.words, timeZone(nil))
	if byHTMX(r) || r.Method != http.MethodGet && !strings.Contains(r.Header.Get("Accept"), "text/html") {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.WriteHeader(f.status)
		_, _ = w.Write([]byte(sentence))
		return
	}
	h.a.render(w, lang, f.status, "bare", bare{Sentence: sentence})
}

func (a *Adapter) failureOf(r *http.Request, err error) *failure {
	var own *failure
	var refused *bot.Error
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &own):
		return own
	case errors.As(err, &refused):
		return &failure{http.StatusUnprocessableEntity, refused.Text}
	case errors.As(err, &large):
		return &failure{http.StatusRequestEntityTooLarge, bot.Say("web.too_long", "Limit", maxText)}
	case errors.Is(err, bot.ErrNotFound):
		return &failure{http.StatusNotFound, bot.Say("web.not_found")}
	case errors.Is(err, bot.ErrBusy):
		return &failure{http.StatusServiceUnavailable, bot.Say("web.busy")}
	}
	if !errors.Is(err, context.Canceled) {
		a.log.ErrorContext(r.Context(), "web: request failed", "method", r.Method, "route", r.Pattern, "error", err)
	}
	return &failure{http.StatusInternalServerError, bot.Say("web.failed")}
}

// byHTMX reports whether the page's own script asks, rather than the browser.
func byHTMX(r *http.Request) bool { return r.Header.Get("HX-Request") == "true" }
