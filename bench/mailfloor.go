package bench

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/emersion/go-message/mail"
	"github.com/emersion/go-smtp"
)

// MailFloor is the least a durable intake of mail can do: hold the conversation,
// read the fields and the parts of the mail, and acknowledge it after a commit
// that it shares with whoever waits at the same time. It has no limits, no
// charsets but the common ones, no duplicates, and nothing comes of the mail.
func (f *Floor) MailFloor() *smtp.Server {
	s := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &floorSession{f}, nil }))
	s.Domain, s.MaxMessageBytes = "localhost", 25<<20
	return s
}

type floorSession struct{ f *Floor }

func (*floorSession) Mail(string, *smtp.MailOptions) error { return nil }
func (*floorSession) Rcpt(string, *smtp.RcptOptions) error { return nil }
func (*floorSession) Reset()                               {}
func (*floorSession) Logout() error                        { return nil }

// Data takes one mail.
func (s *floorSession) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if err := readMail(raw); err != nil {
		return err
	}
	p := floorPut{body: raw, done: make(chan error, 1)}
	s.f.in <- p
	return <-p.done
}

// readMail reads all of a mail.
func readMail(raw []byte) error {
	m, err := mail.CreateReader(bytes.NewReader(raw))
	if err != nil {
		return err
	}
	id, err1 := m.Header.MessageID()
	subject, err2 := m.Header.Subject()
	from, err3 := m.Header.AddressList("From")
	if err := errors.Join(err1, err2, err3); err != nil || id == "" || subject == "" || len(from) == 0 {
		return fmt.Errorf("the mail is not whole: %w", err)
	}
	for {
		p, err := m.NextPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if _, err := io.Copy(io.Discard, p.Body); err != nil {
			return err
		}
	}
}
