package email

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"meridian/adapters/adaptertest"
	"meridian/bot"
)

func pasting(t *testing.T, raw []byte) (bot.Event, *bot.Error) {
	t.Helper()
	a := newAdapter(t, Config{}, &adaptertest.Desk{}, Options{})
	e, err := a.Pasted(t.Context(), raw, bot.Address{Name: "Inga", Address: "inga@desk.example"})
	var refused *bot.Error
	if err != nil && !errors.As(err, &refused) {
		t.Fatal(err)
	}
	return e, refused
}

// The same mail by hand and by SMTP is one event.
func TestAPastedMailIsTheEventThatItsDeliveryWouldBe(t *testing.T) {
	mail := "From: Grace Lin <Grace@Harbor.example>\r\nSubject: Checkout\r\nMessage-ID: <1@harbor.example>\r\n\r\nNobody can pay.\r\n"
	e, refused := pasting(t, []byte("\xef\xbb\xbf\r\n"+mail))
	if refused != nil {
		t.Fatal(refused)
	}
	a := newAdapter(t, Config{}, &adaptertest.Desk{}, Options{})
	k, err := a.keep(t.Context(), strings.NewReader(mail), nil)
	if err != nil {
		t.Fatal(err)
	}
	if e.Key != k.key || e.Source != Source || e.Actor.ID != "email:grace@harbor.example" || e.Place.Channel != "grace@harbor.example" {
		t.Errorf("%+v, want the key %s", e, k.key)
	}
	if b := e.Body.(bot.Mailed); b.EnvelopeFrom != "Grace@Harbor.example" || len(b.EnvelopeTo) != 1 || b.EnvelopeTo[0] != "support@desk.example" {
		t.Errorf("%+v", b)
	}
}

func TestATextWithoutAHeaderIsReadAsAMail(t *testing.T) {
	for _, text := range []string{
		"Чекаут сломан\n\nНикто не может оплатить.",
		"Hello: nobody can pay\n\nsince noon",
		"note: see below\n\n---------- Forwarded message ---------\nFrom: Helen Park <helen@copperfield.example>\nSubject: Checkout\n\nNobody can pay.",
	} {
		e, refused := pasting(t, []byte(text))
		if refused != nil {
			t.Errorf("%q: %v", text, refused)
			continue
		}
		m := Parse(e.Raw, Envelope{}).Mail
		if m.From.Address != "inga@desk.example" || m.Subject == "" || m.Kind != bot.MailHuman || m.Text == "" && m.Forwarded == nil {
			t.Errorf("%q: %+v", text, m)
		}
	}
}

func TestWhatCannotBeAMailIsRefused(t *testing.T) {
	for want, raws := range map[string][][]byte{
		"refuse.mail_empty": {nil, []byte(" \r\n\t "), []byte("\xef\xbb\xbf")},
		"refuse.no_mail":    {[]byte("\x89PNG\r\n\x1a\n\x00\x00"), []byte("PK\x03\x04\xff\xfe"), bytes.Repeat([]byte{0xff}, 1000)},
		"refuse.mail_large": {bytes.Repeat([]byte("a"), maxMail+1)},
	} {
		for _, raw := range raws {
			if _, refused := pasting(t, raw); refused == nil || refused.Text.Parts[0].ID != want {
				t.Errorf("%.20q: %v, want %s", raw, refused, want)
			}
		}
	}
	if _, refused := pasting(t, []byte("From: a@b.example\r\n\r\n\xff\x00 words in some charset")); refused != nil {
		t.Errorf("a mail of odd bytes is refused: %v", refused)
	}
}
