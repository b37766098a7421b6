package web

import (
	"context"
	"net/http"
	"strings"
	"time"

	"meridian/bot"
)

// Where people sign in, and the cookie by which their browser is known then.
const (
	signInPath    = "/in"
	cookieSession = "meridian_session"
	admitTime     = 3 * time.Second // until the desk must have let a browser in
)

// errNoEntry says that a link was used, or that its time is over.
func errNoEntry() error { return &failure{http.StatusForbidden, bot.Say("web.no_entry")} }

type signedKey struct{}

// signedIn is who has signed in, for a request that came through [Adapter.entrance].
func signedIn(r *http.Request) string {
	who, _ := r.Context().Value(signedKey{}).(string)
	return who
}

// entrance lets in who has signed in, and to the page where one does that
// everybody. All others go on to next, which lets in only this machine.
func (a *Adapter) entrance(open, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if a.publicURL == "" {
			next.ServeHTTP(w, r)
			return
		}
		if who := a.session(r); who != "" {
			open.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), signedKey{}, who)))
			return
		}
		if r.URL.Path == signInPath || strings.HasPrefix(r.URL.Path, "/static/") {
			open.ServeHTTP(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// session is the person whose session a request carries; empty: there is none,
// or it is over, or the person is not of the team any more.
func (a *Adapter) session(r *http.Request) (who string) {
	c, err := r.Cookie(cookieSession)
	if err != nil {
		return ""
	}
	person, secret, ok := bot.ParseToken(c.Value)
	if !ok {
		return ""
	}
	err = a.desk.View(r.Context(), person, func(p bot.Pages) error {
		wish, err := p.Preference()
		if err == nil && p.Who().Team() && wish.SignedIn(secret, time.Now()) {
			who = p.Who().ID
		}
		return err
	})
	if err != nil {
		a.log.Warn("web: a session could not be looked up", "error", err)
	}
	return who
}

// invitation is the page on which a person presses that they want to come in: what
// only reads links on their way, such as a mail scanner, uses none up.
type invitation struct{ Token string }

func (a *Adapter) signInPage(w http.ResponseWriter, r *http.Request) error {
	token := r.URL.Query().Get("t")
	if !a.invited(r, token) {
		return errNoEntry()
	}
	a.render(w, asked(r), http.StatusOK, "bare", bare{Kind: "signin", Dialog: invitation{token}})
	return nil
}

// invited reports whether a token is that of a link that can be used.
func (a *Adapter) invited(r *http.Request, token string) (ok bool) {
	person, secret, whole := bot.ParseToken(token)
	if !whole {
		return false
	}
	err := a.desk.View(r.Context(), person, func(p bot.Pages) error {
		wish, err := p.Preference()
		ok = err == nil && p.Who().Team() && wish.Invited(secret, time.Now())
		return err
	})
	return ok && err == nil
}

// signIn uses a link up. The desk lets one browser in by it, whoever else comes
// with it at the same moment.
func (a *Adapter) signIn(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return err
	}
	token := r.PostForm.Get("t")
	if !a.invited(r, token) {
		return errNoEntry()
	}
	person, secret, _ := bot.ParseToken(token)
	session := bot.NewSecret()
	err := a.desk.Accept(r.Context(), bot.Event{
		Source: name, Key: "signin:" + bot.HashSecret(session), Place: bot.Direct(person), At: time.Now(), Actor: bot.Actor{ID: person},
		Body: bot.Submitted{Act: "signin", Fields: map[string]string{"secret": secret, "session": bot.HashSecret(session)}},
	})
	if err != nil {
		return err
	}
	if !a.admitted(r, person, session) {
		return errNoEntry()
	}
	http.SetCookie(w, &http.Cookie{
		Name: cookieSession, Value: bot.Token(person, session), Path: "/", MaxAge: int(bot.SessionTime.Seconds()), HttpOnly: true,
		Secure: strings.HasPrefix(a.publicURL, "https:"), SameSite: http.SameSiteLaxMode,
	})
	return a.back(w, r, "/")
}

// admitted waits until the desk has let a browser in.
func (a *Adapter) admitted(r *http.Request, person, session string) bool {
	ctx, cancel := context.WithTimeout(r.Context(), admitTime)
	defer cancel()
	changes := a.desk.Watch(ctx)
	for {
		in := false
		err := a.desk.View(ctx, person, func(p bot.Pages) error {
			wish, err := p.Preference()
			in = err == nil && wish.SignedIn(session, time.Now())
			return err
		})
		if err != nil || in {
			return err == nil && in
		}
		select {
		case <-ctx.Done():
			return false
		case <-changes:
		case <-time.After(100 * time.Millisecond): // a change may have come before the watch
		}
	}
}
