package web

import (
	"bytes"
	"context"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strings"
	"time"

	"meridian/bot"
)

const (
	// maxPasted is how many bytes of a mail are read: one more than a mail may
	// have, so that a larger one is told so. maxForm is that with what stands
	// around it in a form.
	maxPasted = 25<<20 + 1
	maxForm   = maxPasted + 64<<10
	// pastedKept is how many mails that were shown can still be filed.
	pastedKept = 50
)

// Try is what a person can try out on the page.
type Try struct {
	// Mail is the event that a mail would be if it came to the desk's mailbox; nil:
	// the desk has none.
	Mail func(ctx context.Context, raw []byte, from bot.Address) (bot.Event, error)
	// Hook sends a body to one of the hooks by the way that a monitoring system
	// takes, and gives the status of the answer. Hooks are those it can do so with.
	Hook  func(ctx context.Context, name string, body []byte) (status int, err error)
	Hooks []string
}

// tryPage is where a person tries the desk out.
type tryPage struct {
	layout
	Nonce  string
	Place  string
	Mail   bool // there is a mailbox
	Hook   string
	Stage  int
	Curl   string // the alert as a command for a terminal
	Text   string // what was pasted, and refused
	Error  string
	Sample bool
}

func (a *Adapter) tryPage(w http.ResponseWriter, r *http.Request) error {
	return a.showTry(w, r, "", nil)
}

// showTry shows the page, with what was pasted and why it was refused.
func (a *Adapter) showTry(w http.ResponseWriter, r *http.Request, text string, refused *bot.Error) error {
	status := http.StatusOK
	page := tryPage{Mail: a.try.Mail != nil, Nonce: a.nonce(), Text: text}
	if len(a.try.Hooks) > 0 && a.try.Hook != nil {
		page.Hook = a.try.Hooks[0]
		page.Curl = curl("http://"+r.Host+"/hooks/"+page.Hook, alertBody(1, time.Now()))
	}
	err := a.view(r, func(p bot.Pages, me reader) error {
		if !p.Who().Team() {
			return bot.ErrNotFound
		}
		page.Place = bot.Direct(me.ID).String()
		if refused != nil {
			status, page.Error = http.StatusUnprocessableEntity, a.plain(refused.Text.For(me.Language), me)
		}
		var err error
		if page.layout, err = a.layout(p, me, r, bot.Say("web.try").For(me.Language).Plain(a.words, nil), "try"); err != nil {
			return err
		}
		page.Sample = page.layout.Sample
		return nil
	})
	if err != nil {
		return err
	}
	page.Here = "/try"
	a.render(w, page.Me.Language, status, "try", page)
	return nil
}

// pastedMail reads the form: a file, if one was given, else the text.
func pastedMail(r *http.Request) (raw []byte, err error) {
	media, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || media != "multipart/form-data" {
		return nil, bot.Refuse("refuse.no_mail")
	}
	parts := multipart.NewReader(r.Body, params["boundary"])
	for {
		p, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return raw, nil
		}
		if err != nil {
			return nil, err
		}
		if name := p.FormName(); name != "mail" && name != "file" || name == "file" && p.FileName() == "" {
			continue
		}
		data, err := io.ReadAll(io.LimitReader(p, maxPasted))
		if err != nil {
			return nil, err
		}
		if len(bytes.TrimSpace(data)) > 0 {
			raw = data
		}
	}
}

// showMail shows what the desk would make of a mail. Nothing of it happens.
func (a *Adapter) showMail(w http.ResponseWriter, r *http.Request) error {
	if a.try.Mail == nil {
		return bot.ErrNotFound
	}
	raw, err := pastedMail(r)
	var refused *bot.Error
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return a.showTry(w, r, "", bot.Refuse("refuse.mail_large", "Limit", maxPasted>>20))
	case errors.As(err, &refused):
		return a.showTry(w, r, "", refused)
	case err != nil:
		return bot.Refuse("refuse.no_mail")
	}
	began := time.Now()
	page := readPage{Token: a.nonce()}
	err = a.readMail(r, raw, &page)
	if errors.As(err, &refused) {
		text := ""
		if len(raw) <= maxText {
			text = strings.ToValidUTF8(string(raw), "\uFFFD")
		}
		return a.showTry(w, r, text, refused)
	}
	if err != nil {
		return err
	}
	a.log.InfoContext(r.Context(), "web: a mail was shown", "bytes", len(raw), "took", time.Since(began))
	a.render(w, page.Me.Language, http.StatusOK, "read", page)
	return nil
}

// readMail fills the page of a mail.
func (a *Adapter) readMail(r *http.Request, raw []byte, page *readPage) error {
	who, err := a.aroundMail(r, page)
	if err != nil {
		return err
	}
	e, err := a.try.Mail(r.Context(), raw, writer(page.Me))
	if err != nil {
		return err
	}
	if err := a.rehearse(r, e, who, page); err != nil {
		return err
	}
	a.pasted.put(page.Token, e)
	return nil
}

// aroundMail fills what stands around the page of a mail, and says who reads it.
func (a *Adapter) aroundMail(r *http.Request, page *readPage) (who string, err error) {
	err = a.view(r, func(p bot.Pages, me reader) (err error) {
		if !p.Who().Team() {
			return bot.ErrNotFound
		}
		who = me.ID
		page.layout, err = a.layout(p, me, r, bot.Say("web.try_mail").For(me.Language).Plain(a.words, nil), "try")
		return err
	})
	page.Here = "/try"
	return who, err
}

// rehearse fills the page with what the desk would make of a mail.
func (a *Adapter) rehearse(r *http.Request, e bot.Event, who string, page *readPage) error {
	var known int64
	if err := a.desk.View(r.Context(), who, func(p bot.Pages) (err error) {
		known, err = p.MailKnown(e)
		return err
	}); err != nil {
		return err
	}
	rehearser, ok := a.desk.(bot.Rehearser)
	if !ok {
		return bot.ErrNotFound
	}
	return rehearser.Rehearse(r.Context(), e, who, func(p bot.Pages, read []bot.Event) error {
		if len(read) == 0 {
			return bot.ErrNotFound
		}
		found, err := p.ReadMail(read[0])
		if err != nil {
			return err
		}
		if known != 0 {
			found.Becomes, found.Receipt = bot.BecomesAgain, nil
		}
		page.fill(a, p, page.Me, found)
		return nil
	})
}

// writer is who wrote a text that says of nobody who wrote it.
func writer(me reader) bot.Address {
	for _, id := range append([]string{me.Person.ID}, me.Person.IDs...) {
		if address, ok := strings.CutPrefix(id, "email:"); ok {
			return bot.Address{Name: me.Person.Name, Address: address}
		}
	}
	return bot.Address{Name: me.Person.Name, Address: "you@localhost"}
}

// fileMail files a mail that was shown: from here on it is a mail like any
// other.
func (a *Adapter) fileMail(w http.ResponseWriter, r *http.Request) error {
	t, err := a.begin(r)
	if err != nil {
		return err
	}
	if !t.me.Person.Team() {
		return bot.ErrNotFound
	}
	e, ok := a.pasted.get(r.PostForm.Get("token"))
	if !ok {
		return bot.Refuse("refuse.mail_forgotten")
	}
	e.At = time.Now()
	if err := a.desk.Accept(r.Context(), e); err != nil {
		return err
	}
	to := "/mail"
	err = a.view(r, func(p bot.Pages, me reader) error {
		if cards := p.Settings().MailCards; cards.Adapter == name {
			to = placeURL(cards)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return a.back(w, r, to)
}
