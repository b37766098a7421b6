package web

import (
	"errors"
	"html/template"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"meridian/bot"
)

// opener is what opened a form: a typed command, or a button. The form carries
// it, so that it can be shown again with what is wrong in it.
type opener struct {
	Text  string // the typed command
	Act   string
	Value string
}

func (o opener) event(t act) bot.Event {
	if slash, rest, ok := command(o.Text); ok {
		return t.event("commanded", bot.Commanded{Slash: slash, Text: rest}, o.Text)
	}
	return t.event("pressed", bot.Pressed{Act: o.Act, Value: o.Value}, o.Act, o.Value)
}

// formDialog is a form as a dialog.
type formDialog struct {
	Place   string
	Message string
	Nonce   string
	Opener  opener
	Act     string
	Value   string
	Title   string
	Note    template.HTML
	Fields  []formField
	Submit  string
	Error   string // what is wrong with the form as a whole
}

type formField struct {
	Name     string
	Label    string
	Long     bool
	Optional bool
	Value    string
	Choices  []bot.Choice
	Hint     string
	Hidden   bool
	Fills    map[string]string // by choice: what it puts into the field FillsField
	Into     string
	Error    string
}

// press is a button: it opens its form, if it has one, else it is done.
func (a *Adapter) press(w http.ResponseWriter, r *http.Request) error {
	t, err := a.begin(r)
	if err != nil {
		return err
	}
	o := opener{Act: r.PostForm.Get("act"), Value: r.PostForm.Get("value")}
	if t.shown.ID == "" || o.Act == "" {
		return bot.ErrNotFound
	}
	e := o.event(t)
	form, opens, err := a.form(r, e)
	if err != nil {
		return err
	}
	// The desk hears of the button in any case: of one with a form, that the form
	// was opened.
	if err := a.desk.Accept(r.Context(), e); err != nil {
		return err
	}
	if opens {
		return a.dialog(w, t, form, o, nil, nil)
	}
	return a.done(w, t)
}

// form asks for the form that an act opens. A refusal is left to the handler:
// it answers where the person acted, and mends a card that is old.
func (a *Adapter) form(r *http.Request, e bot.Event) (bot.Form, bool, error) {
	form, opens, err := a.desk.Form(r.Context(), e)
	var refused *bot.Error
	if errors.As(err, &refused) {
		return bot.Form{}, false, nil
	}
	return form, opens, err
}

// submit is a filled form. The desk tries it first: what is wrong is shown at
// its field, and nothing has happened yet.
func (a *Adapter) submit(w http.ResponseWriter, r *http.Request) error {
	t, err := a.begin(r)
	if err != nil {
		return err
	}
	o := opener{Text: r.PostForm.Get("open_text"), Act: r.PostForm.Get("open_act"), Value: r.PostForm.Get("open_value")}
	body := bot.Submitted{Act: r.PostForm.Get("act"), Value: r.PostForm.Get("value"), Fields: map[string]string{}}
	var refused *bot.Error
	for field, values := range r.PostForm {
		if n, ok := strings.CutPrefix(field, "f."); ok && len(values) > 0 {
			body.Fields[n] = typed(values[0])
			if utf8.RuneCountInString(body.Fields[n]) > maxText {
				refused = bot.Refuse("web.too_long", "Limit", maxText).In(n)
			}
		}
	}
	e := t.event("submitted", body, body.Act, body.Value)
	if refused == nil {
		if err := a.desk.Try(r.Context(), e); err != nil && !errors.As(err, &refused) {
			return err
		}
	}
	if refused == nil {
		if err := a.desk.Accept(r.Context(), e); err != nil {
			return err
		}
		return a.done(w, t)
	}
	form, opens, err := a.desk.Form(r.Context(), o.event(t))
	if err != nil || !opens {
		return refused // it can no longer be filled in; the sentence says why
	}
	return a.dialog(w, t, form, o, body.Fields, refused)
}

// dialog shows a form. filled and refused are of a form that is shown again.
func (a *Adapter) dialog(w http.ResponseWriter, t act, f bot.Form, o opener, filled map[string]string, refused *bot.Error) error {
	d := formDialog{
		Place: t.place.String(), Message: t.shown.ID, Nonce: a.nonce(), Opener: o, Act: f.Act, Value: f.Value,
		Title: a.plain(f.Title, t.me), Note: a.html(f.Note, t.me), Submit: a.plain(f.Submit, t.me),
	}
	if refused != nil {
		d.Error = a.plain(refused.Text, t.me)
	}
	for _, field := range f.Asked(filled) {
		row := formField{
			Name: field.Name, Label: a.plain(field.Label, t.me), Long: field.Long, Optional: field.Optional, Value: field.Value, Choices: field.Choices,
			Hint: a.plain(field.Hint, t.me), Hidden: field.Hidden, Fills: field.Fills, Into: field.FillsField,
		}
		if row.Value == "" {
			row.Value = a.plain(field.Draft, t.me)
		}
		if v, ok := filled[field.Name]; ok && !field.Hidden {
			row.Value = v
		}
		if refused != nil && refused.Field == field.Name {
			row.Error, d.Error = d.Error, ""
		}
		d.Fields = append(d.Fields, row)
	}
	return a.show(w, t, "form", d)
}

// show puts a dialog over the page; without the page's script it is a page.
func (a *Adapter) show(w http.ResponseWriter, t act, kind string, d any) error {
	if byHTMX(t.r) {
		// Where the request says that it is for the dialog, its place was found when
		// it was made. Naming it anew would look for it beside what was pressed, which
		// may have been drawn again, and be gone, while the answer was on its way.
		if t.r.Header.Get("HX-Target") != "modal" {
			w.Header().Set("HX-Retarget", "#modal")
		}
		w.Header().Set("HX-Reswap", "innerHTML")
		a.render(w, t.me.Language, http.StatusOK, kind, d)
		return nil
	}
	a.render(w, t.me.Language, http.StatusOK, "bare", bare{Kind: kind, Dialog: d})
	return nil
}

// picker is the choice of an emoji for a message.
type picker struct {
	Place   string
	Message string
	Nonce   string
	Palette []emojiChoice
}

type emojiChoice struct {
	emoji
	Mine bool
}

// pick shows the emoji to choose from: those that the desk knows something
// about, or those that a search finds.
func (a *Adapter) pick(w http.ResponseWriter, r *http.Request) error {
	t, err := a.about(r, r.URL.Query().Get("place"), r.URL.Query().Get("message"), "")
	if err != nil {
		return err
	}
	d := picker{Place: t.place.String(), Message: t.shown.ID, Nonce: a.nonce()}
	acts := func(name string) string { return bot.Say("web.emoji."+name).For(t.me.Language).Plain(a.words, nil) }
	for _, e := range find(r.URL.Query().Get("q"), acts) {
		one := emojiChoice{emoji: e}
		for _, on := range t.shown.Reactions {
			one.Mine = one.Mine || on.Emoji == e.Name && slices.ContainsFunc(on.Who, t.me.Person.Is)
		}
		d.Palette = append(d.Palette, one)
	}
	if r.URL.Query().Has("q") {
		a.render(w, t.me.Language, http.StatusOK, "palette", d)
		return nil
	}
	return a.show(w, t, "picker", d)
}

// editing is one's own message, to be changed or deleted.
type editing struct {
	Place   string
	Message string
	Nonce   string
	Text    string
	Error   string
}

// menu shows what one can do with one's own message.
func (a *Adapter) menu(w http.ResponseWriter, r *http.Request) error {
	t, err := a.about(r, r.URL.Query().Get("place"), r.URL.Query().Get("message"), "")
	if err == nil && !t.owns() {
		err = bot.Refuse("web.not_yours")
	}
	if err != nil {
		return err
	}
	return a.editor(w, t, t.shown.Said, nil)
}

func (a *Adapter) editor(w http.ResponseWriter, t act, text string, refused *bot.Error) error {
	d := editing{Place: t.place.String(), Message: t.shown.ID, Nonce: a.nonce(), Text: text}
	if refused != nil {
		d.Error = a.plain(refused.Text, t.me)
	}
	return a.show(w, t, "editor", d)
}
