package email

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/emersion/go-smtp"

	"meridian/adapters/adaptertest"
	"meridian/bot"
)

func event(raw string, envelope string) bot.Event {
	return bot.Event{ID: 7, Source: Source, Key: "mailed:1", Raw: []byte(raw), Body: bot.Mailed{EnvelopeFrom: envelope, EnvelopeTo: []string{"support@desk.example"}}}
}

func TestReadFillsTheMailIntoItsEvent(t *testing.T) {
	d := adaptertest.NewDesk()
	a := newAdapter(t, Config{}, d, Options{})
	raw := "From: Anna <Anna@shop.example>\r\nSubject: Logs\r\nMessage-ID: <1@shop.example>\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" +
		"--b\r\n\r\nSee.\r\n\r\n> old\r\n--b\r\nContent-Type: text/x-log; name=\"../a.log\"\r\n\r\nline\r\n--b--\r\n"
	got, err := a.Read(t.Context(), event(raw, "bounces@shop.example"))
	if err != nil || len(got) != 1 {
		t.Fatalf("%d events, %v", len(got), err)
	}
	e := got[0]
	m := e.Body.(bot.Mailed).Mail
	if e.Key != "mailed:1" || e.ID != 7 || e.Actor.ID != "email:anna@shop.example" || e.Actor.Name != "Anna" || e.Place.String() != "email:anna@shop.example" || e.Message != "1@shop.example" {
		t.Errorf("event %+v", e)
	}
	if m.Text != "See." || m.Quoted != "> old" || m.Subject != "Logs" || m.Kind != bot.MailHuman || e.Body.(bot.Mailed).EnvelopeFrom != "bounces@shop.example" {
		t.Errorf("mail %+v", m)
	}
	if len(m.Files) != 1 || m.Files[0].Name != "a.log" || m.Files[0].Size != 4 || m.Files[0].Blob.Kind != "attachment" || blob(t, d, m.Files[0].Blob) != "line" {
		t.Errorf("files %+v", m.Files)
	}
}

func TestReadTakesTheBytesFromTheirBlob(t *testing.T) {
	d := adaptertest.NewDesk()
	a := newAdapter(t, Config{}, d, Options{})
	e := event("", "anna@shop.example")
	var err error
	if e.Blob, err = d.PutBlob(t.Context(), "mail", strings.NewReader(plainMail), 1000); err != nil {
		t.Fatal(err)
	}
	got, err := a.Read(t.Context(), e)
	if err != nil || got[0].Body.(bot.Mailed).Mail.Text != "The shop is down." {
		t.Errorf("%+v, %v", got, err)
	}
	e.Blob.Hash = "gone"
	if _, err := a.Read(t.Context(), e); !bot.IsPermanent(err) {
		t.Errorf("bytes that are gone: %v", err)
	}
	if _, err := a.Read(t.Context(), event("", "")); !bot.IsPermanent(err) {
		t.Errorf("no bytes at all: %v", err)
	}
}

func TestASenderWithoutAnAddressIsAnsweredAtTheEnvelope(t *testing.T) {
	a := newAdapter(t, Config{}, adaptertest.NewDesk(), Options{})
	for envelope, want := range map[string]string{"Anna@shop.example": "email:anna@shop.example", "": "email:unknown", "a b@c": "email:unknown"} {
		got, err := a.Read(t.Context(), event("From: Anna\r\n\r\nhi", envelope))
		if err != nil || got[0].Place.String() != want || got[0].Actor.Name != "Anna" {
			t.Errorf("from <%s>: %+v, %v", envelope, got, err)
		}
	}
}

func TestAMailBeyondTheCapsIsReadWithoutAnError(t *testing.T) {
	a := newAdapter(t, Config{}, adaptertest.NewDesk(), Options{})
	all := hostile()
	for _, name := range []string{"20,000 nested parts", "200,000 parts", "500,000 fields", "a header of 20 MB", "one line", "a large attachment"} {
		got, err := a.Read(t.Context(), event(string(all[name]), "a@b.example"))
		if err != nil || len(got) != 1 {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// FuzzStrictReader checks that what is let through has no line end that two
// servers could read in two ways.
func FuzzStrictReader(f *testing.F) {
	for _, s := range []string{"a\r\nb\r\n", "a\nb", "a\rb", "a\r", "\r\n.\r\n", "\r\r\n", ""} {
		f.Add([]byte(s), 1)
		f.Add([]byte(s), 100)
	}
	f.Fuzz(func(t *testing.T, raw []byte, size int) {
		g := newGate(nil, nil)
		in := &strictReader{r: bytes.NewReader(raw), conn: &conn{Conn: deadlines{}, stream: deadlines{}, gate: g}}
		got, err := io.ReadAll(readerOf(in, min(max(size, 1), 4096)))
		bare := strings.ContainsAny(strings.ReplaceAll(string(raw), "\r\n", ""), "\r\n")
		if bare != errors.Is(err, errBareLine) {
			t.Errorf("%q: %v", raw, err)
		}
		if !bare && !bytes.Equal(got, raw) {
			t.Errorf("%q became %q", raw, got)
		}
	})
}

// readerOf reads at most n bytes at once.
func readerOf(r io.Reader, n int) io.Reader {
	return readFunc(func(b []byte) (int, error) { return r.Read(b[:min(n, len(b))]) })
}

type readFunc func([]byte) (int, error)

func (f readFunc) Read(b []byte) (int, error) { return f(b) }

func TestAnswersOfTheListenerAreWhatSendersUnderstand(t *testing.T) {
	for _, r := range []*smtp.SMTPError{replyRelay, replyHops, replyBare, replyLine, replyBusy, replyStore, replyReading} {
		if r.Code/100 != r.EnhancedCode[0] || r.Message == "" || strings.ContainsAny(r.Message, "\r\n") {
			t.Errorf("%+v", r)
		}
	}
}
