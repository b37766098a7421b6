package web

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"meridian/bot"
	"meridian/bot/say"
)

// withPasses serves the pages that links in mails lead to, beside the desk.
// Whoever has the mail is elsewhere and signs in nowhere: the link itself says
// who they are and what they may do. To look at it changes nothing.
func (a *Adapter) withPasses(desk http.Handler) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET "+bot.PassPath+"{token}", a.passing(a.askPass))
	mux.Handle("POST "+bot.PassPath+"{token}", a.passing(a.actPass))
	mux.Handle("/", desk)
	return mux
}

// passPage is the page of a link.
type passPage struct {
	Head     string // the request and its title
	Sentence string
	Yes, No  string // the buttons; empty: there are none
	Action   string
}

// passing reads the link, and says its errors in one sentence.
func (a *Adapter) passing(h func(r *http.Request, pass bot.MailPass) (passPage, say.Language, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		secure(w.Header())
		w.Header().Set("X-Robots-Tag", "noindex")
		r.Body = http.MaxBytesReader(w, r.Body, 4096)
		lang, status := asked(r), http.StatusOK
		pass, refused := a.passes.Read(r.PathValue("token"), time.Now())
		var page passPage
		var err error
		if refused != nil {
			err, status = refused, http.StatusForbidden
		} else {
			page, lang, err = h(r, pass)
		}
		if err != nil {
			page.Yes, page.No = "", ""
			page.Sentence = a.failureOf(r, err).text.For(lang).Plain(a.words, timeZone(nil))
			if status == http.StatusOK {
				status = a.failureOf(r, err).status
			}
		}
		a.render(w, lang, status, "pass", page)
	})
}

// passed is the request that a link is about, as its client may see it.
func (a *Adapter) passed(r *http.Request, pass bot.MailPass) (found bot.Request, who bot.Person, page passPage, lang say.Language, err error) {
	lang = asked(r)
	if pass.Act != bot.PassDone {
		return found, who, page, lang, bot.ErrNotFound
	}
	err = a.desk.View(r.Context(), pass.Who, func(p bot.Pages) error {
		read, err := p.Request(pass.Request)
		if err != nil {
			return err
		}
		found, who = read.Request, p.Who()
		lang = p.Settings().ClientLanguage(found)
		page.Head = found.ID() + " · " + found.Title
		page.Sentence = bot.ClientLine(p.Settings(), found).For(lang).Plain(a.words, p.Settings().Team.Zone)
		return nil
	})
	page.Sentence = strings.TrimPrefix(page.Sentence, page.Head+"  ")
	return found, who, page, lang, err
}

// askPass shows what a link is about, with the buttons that act.
func (a *Adapter) askPass(r *http.Request, pass bot.MailPass) (passPage, say.Language, error) {
	found, _, page, lang, err := a.passed(r, pass)
	if err == nil && found.State == bot.Solved && !found.Confirmed {
		words := func(id bot.Text) string { return id.For(lang).Plain(a.words, timeZone(nil)) }
		page.Sentence, page.Yes, page.No = words(bot.Say("pass.ask")), words(bot.Say("pass.yes")), words(bot.Say("pass.no"))
		page.Action = bot.PassPath + r.PathValue("token")
	}
	return page, lang, err
}

// actPass does what a button of the page says, in the name of the person whom
// the mail was for.
func (a *Adapter) actPass(r *http.Request, pass bot.MailPass) (passPage, say.Language, error) {
	found, who, page, lang, err := a.passed(r, pass)
	if err == nil {
		err = r.ParseForm()
	}
	if err != nil {
		return page, lang, err
	}
	command := r.PostForm.Get("act")
	done := bot.Say("pass.confirmed", "Request", found.Part())
	switch command {
	case "confirm":
	case "reopen":
		done = bot.Say("pass.reopened")
	default:
		return page, lang, bot.ErrNotFound
	}
	if found.State != bot.Solved { // it has been said, or has gone on, meanwhile
		return page, lang, nil
	}
	e := bot.Event{
		Source: name, Key: fmt.Sprintf("pass:%s:%d:%s", found.ID(), found.Version, command), At: time.Now(),
		Actor: bot.Actor{ID: pass.Who, Name: who.Name}, Body: bot.Pressed{Act: command, Value: found.ID()},
	}
	if err := a.desk.Try(r.Context(), e); err != nil {
		return page, lang, err
	}
	if err := a.desk.Accept(r.Context(), e); err != nil {
		return page, lang, err
	}
	page.Sentence = done.For(lang).Plain(a.words, timeZone(nil))
	return page, lang, nil
}
