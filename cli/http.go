package cli

import (
	"crypto/sha256"
	"crypto/subtle"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"meridian/adapters"
	"meridian/adapters/web"
	"meridian/bot"
)

// The limits of the HTTP server. A page that stays open lifts its own.
const (
	headerTime = 5 * time.Second
	readTime   = 15 * time.Second
	writeTime  = 30 * time.Second
	idleTime   = time.Minute
	headerSize = 32 << 10 // bytes
)

func newServer(h http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler: h, ReadHeaderTimeout: headerTime, ReadTimeout: readTime, WriteTimeout: writeTime, IdleTimeout: idleTime,
		MaxHeaderBytes: headerSize, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
}

// routes is everything the program serves.
func (s *server) routes(built *adapters.Built) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { answer(w, http.StatusOK, "alive") })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) {
		if why := s.unready(); why != "" {
			answer(w, http.StatusServiceUnavailable, why)
			return
		}
		answer(w, http.StatusOK, "ready")
	})
	mux.Handle("GET /metrics", s.guarded(http.HandlerFunc(s.metrics)))
	mux.Handle("/hooks/{name}", built.Hooks)
	if built.Slack != nil {
		mux.Handle("/slack/", built.Slack)
	}
	if built.Web != nil {
		mux.Handle("/", s.later(built.Web))
	}
	return mux
}

// later answers pages as long as the desk does not begin anew, and then sends
// browsers on to its next life: they come again, by a connection that waits for
// it.
func (s *server) later(pages http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.anew.Load() == nil {
			pages.ServeHTTP(w, r)
			return
		}
		to := r.URL.RequestURI()
		if !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") {
			to = "/"
		}
		w.Header().Set("Connection", "close")
		w.Header().Set("Cache-Control", "no-store")
		http.Redirect(w, r, to, http.StatusTemporaryRedirect)
	})
}

func answer(w http.ResponseWriter, status int, sentence string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, sentence+"\n") // the one who asked may be gone
}

// guarded opens metrics to this machine, and elsewhere to who has the token.
func (s *server) guarded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		token, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		switch {
		case web.Local(s.config.PublicURL, r), same(token, s.config.MetricsToken):
			next.ServeHTTP(w, r)
		case s.config.MetricsToken != "":
			w.Header().Set("WWW-Authenticate", "Bearer")
			answer(w, http.StatusUnauthorized, "Send http.metrics_token as a bearer token.")
		default:
			answer(w, http.StatusForbidden, "Metrics are for this machine alone; http.metrics_token opens them to others.")
		}
	})
}

// same compares without telling by time how much of a guess was right.
func same(token string, want bot.Secret) bool {
	got, right := sha256.Sum256([]byte(token)), sha256.Sum256([]byte(want.Reveal()))
	return subtle.ConstantTimeCompare(got[:], right[:]) == 1 && want != ""
}
