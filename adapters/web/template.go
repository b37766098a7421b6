package web

import (
	"bytes"
	"embed"
	"html/template"
	"net/http"
	"strconv"
	"strings"

	"meridian/bot"
	"meridian/bot/say"
)

//go:embed templates/*.html
var templates embed.FS

// renderer holds the templates with the words of one language.
type renderer struct{ t *template.Template }

func newRenderer(l say.Language, words *say.Catalogue, files assets) *renderer {
	t := template.New("web").Funcs(template.FuncMap{
		"t": func(id string, args ...any) string {
			return bot.Say("web."+strings.TrimSuffix(id, "."), args...).For(l).Plain(words, timeZone(nil))
		},
		"size":  size,
		"lang":  func() string { return string(l) },
		"asset": files.url,
		"row":   func(m any, nonce string) formRow { return formRow{m, nonce} },
		"press": func(b button, r formRow) pressRow { return pressRow{b, r} },
		"source": func(s string) string {
			if s == "email" {
				return "mail"
			}
			return "chat"
		},
	})
	return &renderer{template.Must(t.ParseFS(templates, "templates/*.html"))}
}

// size writes a number of bytes as people read it.
func size(n int64) string {
	switch {
	case n < 1000:
		return strconv.FormatInt(n, 10) + " B"
	case n < 1000*1000:
		return strconv.FormatInt((n+500)/1000, 10) + " kB"
	}
	return strconv.FormatFloat(float64(n)/1e6, 'f', 1, 64) + " MB"
}

// formRow is a message with the one-time id of the forms below it.
type formRow struct {
	M     any // a message
	Nonce string
}

// pressRow is one button of a message.
type pressRow struct {
	B   button
	Row formRow
}

// render answers with a page or a part of one. A page is built whole before
// anything is sent, so that an error is never half a page.
func (a *Adapter) render(w http.ResponseWriter, l say.Language, status int, page string, data any) {
	var b bytes.Buffer
	if err := a.pages[l].t.ExecuteTemplate(&b, page, data); err != nil {
		a.log.Error("web: page could not be built", "page", page, "error", err)
		http.Error(w, "", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Vary", "Cookie, HX-Request")
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes())
}

// bare is a page of one sentence or one dialog.
type bare struct {
	Sentence string
	Dialog   any
	Kind     string // template of the dialog
}
