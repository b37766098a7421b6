package web

import (
	"cmp"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"meridian/bot"
	"meridian/bot/say"
)

// The cookies: whom the browser acts as, and the language of its pages. Neither
// proves anything; whoever reaches the page may act as anybody.
const (
	cookiePerson   = "meridian_as"
	cookieLanguage = "meridian_lang"
)

// The headers by which a page's own requests say whose page it is and in which
// language, so that choosing somebody else in one window does not change who
// acts in another.
const (
	headerPerson   = "Meridian-As"
	headerLanguage = "Meridian-Language"
)

// errOther says that the cookie names nobody: the page is read again as the
// person who is chosen instead.
var errOther = errors.New("read as another person")

// view reads pages as the person who has signed in, or whom the browser acts as
// where nobody has to.
func (a *Adapter) view(r *http.Request, fn func(p bot.Pages, me reader) error) error {
	if who := signedIn(r); who != "" {
		return a.desk.View(r.Context(), who, func(p bot.Pages) error {
			id := webID(p.Who())
			if id == "" {
				id = p.Who().ID
			}
			return fn(p, readerOf(p, id, r))
		})
	}
	who := actingAs(r)
	chosen := who
	run := func(p bot.Pages) error {
		chosen = choose(p.Settings(), who)
		switch {
		case chosen == "":
			return &failure{http.StatusForbidden, bot.Say("web.nobody")}
		case chosen != who:
			return errOther
		}
		return fn(p, readerOf(p, chosen, r))
	}
	err := a.desk.View(r.Context(), who, run)
	if errors.Is(err, errOther) {
		who = chosen
		err = a.desk.View(r.Context(), who, run)
	}
	return err
}

// actingAs is whom a request of this machine names: its page, its live connection, or the
// browser's cookie.
func actingAs(r *http.Request) string {
	if who := r.Header.Get(headerPerson); who != "" {
		return who
	}
	if r.URL.Path == eventsPath {
		return r.URL.Query().Get("as")
	}
	if c, err := r.Cookie(cookiePerson); err == nil {
		return c.Value
	}
	return ""
}

// choose is who, if that is a listed person's name on the web desk; else the
// first agent, else the first who has such a name.
func choose(s *bot.Settings, who string) string {
	first, agent := "", ""
	for _, p := range s.People {
		id := webID(p)
		switch {
		case id == "":
		case who != "" && p.Is(who) && strings.HasPrefix(who, name+":"):
			return who
		case agent == "" && p.Role == bot.Agent:
			agent = id
		case first == "":
			first = id
		}
	}
	if agent != "" {
		return agent
	}
	return first
}

// webID is a person's first name on the web desk; empty: they have none.
func webID(p bot.Person) string {
	for _, id := range append([]string{p.ID}, p.IDs...) {
		if strings.HasPrefix(id, name+":") && len(id) > len(name)+1 {
			return id
		}
	}
	return ""
}

func readerOf(p bot.Pages, id string, r *http.Request) reader {
	s := p.Settings()
	return reader{ID: id, Person: p.Who(), Zone: timeZone(s.ZoneOf(p.Who())), Language: pageLanguage(s, p.Who(), r)}
}

// pageLanguage is what the person chose for their pages, else their own
// language, else the team's.
func pageLanguage(s *bot.Settings, who bot.Person, r *http.Request) say.Language {
	if l := say.Language(r.Header.Get(headerLanguage)); slices.Contains(say.Languages(), l) {
		return l
	}
	if c, err := r.Cookie(cookieLanguage); err == nil && slices.Contains(say.Languages(), say.Language(c.Value)) {
		return say.Language(c.Value)
	}
	if l := s.LanguageFor(bot.Place{}, who); l != "" {
		return l
	}
	return say.English
}

func timeZone(z *time.Location) *time.Location {
	if z == nil {
		return time.UTC
	}
	return z
}

// actAs sets whom the browser acts as.
func (a *Adapter) actAs(w http.ResponseWriter, r *http.Request) error {
	if signedIn(r) != "" {
		return bot.ErrNotFound // who has signed in is who they are
	}
	if err := r.ParseForm(); err != nil {
		return err
	}
	who := r.PostForm.Get("who")
	err := a.desk.View(r.Context(), who, func(p bot.Pages) error {
		if choose(p.Settings(), who) != who {
			return bot.ErrNotFound
		}
		return nil
	})
	if err != nil {
		return err
	}
	remember(w, cookiePerson, who)
	return a.back(w, r, cmp.Or(r.PostForm.Get("back"), "/"))
}

// speak sets the language of the pages.
func (a *Adapter) speak(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return err
	}
	l := r.PostForm.Get("language")
	if !slices.Contains(say.Languages(), say.Language(l)) {
		return bot.ErrNotFound
	}
	remember(w, cookieLanguage, l)
	return a.back(w, r, r.PostForm.Get("back"))
}

func remember(w http.ResponseWriter, cookie, value string) {
	http.SetCookie(w, &http.Cookie{Name: cookie, Value: value, Path: "/", MaxAge: 400 * 24 * 3600, HttpOnly: true, SameSite: http.SameSiteStrictMode})
}

// back sends the browser to one of our own pages.
func (a *Adapter) back(w http.ResponseWriter, r *http.Request, to string) error {
	if !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") || strings.Contains(to, "\\") {
		to = "/"
	}
	if byHTMX(r) {
		w.Header().Set("HX-Redirect", to)
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
	return nil
}
