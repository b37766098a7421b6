package web

import (
	"errors"
	"net/http"
	"slices"
	"time"

	"meridian/bot"
)

// act is what every form of a page says about itself.
type act struct {
	r     *http.Request
	me    reader
	place bot.Place
	shown bot.ShownMessage // the message it is about; zero: none was named
	nonce string
}

// begin reads a form: it looks whether the person may read the place and the
// message that the form is about.
func (a *Adapter) begin(r *http.Request) (act, error) {
	if err := r.ParseForm(); err != nil {
		return act{}, err
	}
	return a.about(r, r.PostForm.Get("place"), r.PostForm.Get("message"), r.PostForm.Get("nonce"))
}

func (a *Adapter) about(r *http.Request, place, message, nonce string) (act, error) {
	at := act{r: r, nonce: nonce}
	var ok bool
	if at.place, ok = bot.ParsePlace(place); !ok || len(nonce) > 64 {
		return act{}, bot.ErrNotFound
	}
	err := a.view(r, func(p bot.Pages, me reader) error {
		at.me = me
		_, err := open(p, me, at.place)
		if err == nil && message != "" {
			at.shown, err = p.Message(at.place, message)
		}
		return err
	})
	return at, err
}

// event makes the event of an act. Its key is the form's one-time id together
// with what was done: sending the form twice is one event, and what somebody
// changed in between is not lost.
func (t act) event(what string, body bot.Body, parts ...string) bot.Event {
	id := messageID("", append([]string{t.me.ID, t.place.String(), t.shown.ID, t.nonce, what}, parts...)...)
	return bot.Event{
		Source: name, Key: what + ":" + id, Place: t.place, Message: t.shown.ID, At: time.Now(), Body: body,
		Actor: bot.Actor{ID: t.me.ID, Name: t.me.Person.Name},
	}
}

// say takes what somebody typed: a message, or a slash command.
func (a *Adapter) say(w http.ResponseWriter, r *http.Request) error {
	t, err := a.begin(r)
	if err != nil {
		return err
	}
	text := typed(r.PostForm.Get("text"))
	if refused := check(text); refused != nil {
		return a.composer(w, t, text, refused)
	}
	e := t.said(text)
	if slash, rest, ok := command(text); ok {
		e = t.event("commanded", bot.Commanded{Slash: slash, Text: rest}, text)
		form, opens, err := a.form(r, e)
		if err != nil {
			return err
		}
		if opens {
			return a.dialog(w, t, form, opener{Text: text}, nil, nil)
		}
	}
	var refused *bot.Error
	if err := a.desk.Accept(r.Context(), e); errors.As(err, &refused) {
		return a.composer(w, t, text, refused)
	} else if err != nil {
		return err
	}
	return a.composer(w, t, "", nil)
}

// said is a new message. Its id comes from the form, so that sending it twice
// is one message. The mention that a text begins with is not part of what is
// said: "@desk take R-12" says "take R-12" to the desk.
func (t act) said(text string) bot.Event {
	body := bot.Said{Text: bot.Unaddressed(text), Mentioned: t.place.IsDirect() || mentions(text)}
	if body.Text != text {
		body.Typed = text
	}
	e := t.event("said", body)
	e.Message = messageID("m", t.me.ID, t.place.String(), t.nonce, text)
	e.Key = "said:" + t.place.Channel + "/" + e.Message
	return e
}

// composer answers a typed text: the box gets a new one-time id and, if the
// text was refused, the sentence that says why. The text stays in the box.
func (a *Adapter) composer(w http.ResponseWriter, t act, text string, refused *bot.Error) error {
	status := http.StatusOK
	c := note{Nonce: a.nonce()}
	if refused != nil {
		status = http.StatusUnprocessableEntity
		c.Error = a.plain(refused.Text, t.me)
	}
	if byHTMX(t.r) {
		w.Header().Set("HX-Trigger", "acted")
		a.render(w, t.me.Language, status, "note", c)
		return nil
	}
	if refused != nil {
		a.render(w, t.me.Language, status, "bare", bare{Sentence: c.Error, Kind: "rewrite", Dialog: rewrite{Place: t.place.String(), Text: text, Nonce: c.Nonce}})
		return nil
	}
	return a.done(w, t)
}

// note is the changing part of a box to write in.
type note struct {
	Nonce string
	Error string
}

// rewrite is a text that was refused, to be sent again.
type rewrite struct{ Place, Text, Nonce string }

// done answers an act that was accepted: nothing to show, but what the page
// shows may have changed.
func (a *Adapter) done(w http.ResponseWriter, t act) error {
	if byHTMX(t.r) {
		w.Header().Set("HX-Trigger", "acted")
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(http.StatusOK) // an empty dialog: the open one closes
		return nil
	}
	return a.back(w, t.r, placeURL(t.place))
}

// react puts an emoji on a message or takes it away.
func (a *Adapter) react(w http.ResponseWriter, r *http.Request) error {
	t, err := a.begin(r)
	if err != nil {
		return err
	}
	short, ok := shortName(r.PostForm.Get("emoji"))
	if other := r.PostForm.Get("other"); other != "" {
		short, ok = shortName(other)
	}
	if !ok || t.shown.ID == "" || t.shown.Deleted {
		return bot.Refuse("web.no_emoji")
	}
	removed := r.PostForm.Get("remove") == "1"
	for _, on := range t.shown.Reactions {
		if r.PostForm.Get("toggle") == "1" && on.Emoji == short {
			removed = slices.ContainsFunc(on.Who, t.me.Person.Is)
		}
	}
	e := t.event("reacted", bot.Reacted{Emoji: short, Removed: removed}, short)
	if err := a.desk.Accept(r.Context(), e); err != nil {
		return err
	}
	return a.done(w, t)
}

// edit changes the text of one's own message.
func (a *Adapter) edit(w http.ResponseWriter, r *http.Request) error {
	t, err := a.own(r)
	if err != nil {
		return err
	}
	text := typed(r.PostForm.Get("text"))
	if refused := check(text); refused != nil {
		return a.editor(w, t, text, refused)
	}
	if text == t.shown.Said {
		return a.done(w, t)
	}
	if err := a.desk.Accept(r.Context(), t.event("edited", bot.Edited{Text: text}, text)); err != nil {
		return err
	}
	return a.done(w, t)
}

// delete takes one's own message away.
func (a *Adapter) delete(w http.ResponseWriter, r *http.Request) error {
	t, err := a.own(r)
	if err != nil {
		return err
	}
	if err := a.desk.Accept(r.Context(), t.event("deleted", bot.Deleted{})); err != nil {
		return err
	}
	return a.done(w, t)
}

// own begins an act on a message that the person wrote.
func (a *Adapter) own(r *http.Request) (act, error) {
	t, err := a.begin(r)
	if err == nil && !t.owns() {
		err = bot.Refuse("web.not_yours")
	}
	return t, err
}

// owns reports whether the person typed the message: what the bot said in their
// name is not theirs to change.
func (t act) owns() bool {
	return !t.shown.Deleted && t.me.Person.Is(t.shown.Author) && len(t.shown.Message.Text.Parts) == 0
}
