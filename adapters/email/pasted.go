package email

import (
	"bytes"
	"context"
	"mime"
	"net/mail"
	"regexp"
	"strings"
	"unicode/utf8"

	"meridian/bot"
)

// headerLine is how a mail begins whose header is there.
var headerLine = regexp.MustCompile(`^(From |[!-9;-~]+:)`)

// Pasted is the event that a mail would be which somebody gives by hand, as text
// or as a file, if it had come by SMTP: filing it and a delivery of the same mail
// are one event. A text without a header, such as what a mail program shows, is
// read as a mail from the given address. It refuses what is no mail at all.
func (a *Adapter) Pasted(ctx context.Context, raw []byte, from bot.Address) (bot.Event, error) {
	raw = bytes.TrimLeft(bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf")), " \t\r\n")
	switch {
	case len(raw) == 0:
		return bot.Event{}, bot.Refuse("refuse.mail_empty")
	case len(raw) > maxMail:
		return bot.Event{}, bot.Refuse("refuse.mail_large", "Limit", maxMail>>20)
	}
	first, _, _ := bytes.Cut(raw, []byte("\n"))
	if !headerLine.Match(first) || !named(raw) {
		if !readable(raw) {
			return bot.Event{}, bot.Refuse("refuse.no_mail")
		}
		raw = withHeader(raw, from)
	}
	k, err := a.keep(ctx, bytes.NewReader(raw), nil)
	if err != nil {
		return bot.Event{}, err
	}
	return k.event(a.o.Now(), bot.Mailed{EnvelopeFrom: sender(k.head).Address, EnvelopeTo: []string{a.config.Address}}), nil
}

// named reports whether a header says who wrote the mail, or about what.
func named(raw []byte) bool {
	h, _, _ := readHeader(raw)
	return h.has("from") || h.has("subject") || h.has("received")
}

// readable reports whether bytes are a text that somebody may have written.
func readable(raw []byte) bool {
	return utf8.Valid(raw) && bytes.IndexByte(raw, 0) < 0
}

// withHeader makes a mail of a text. What was copied from a mail program begins
// with the subject as often as not; the words say it better than nothing.
func withHeader(text []byte, from bot.Address) []byte {
	subject, _, _ := strings.Cut(string(text), "\n")
	subject = bot.TitleOfText(subject)
	head := "From: " + (&mail.Address{Name: from.Name, Address: from.Address}).String() + "\r\nSubject: " + mime.QEncoding.Encode("utf-8", subject) + "\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
	return append([]byte(head), text...)
}
