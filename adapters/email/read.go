package email

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"meridian/bot"
)

// Read takes the stored bytes of a mail apart and keeps its files as blobs of
// kind "attachment". It gives the one event back with the mail filled in, and
// with the place and the person of its From. A mail that makes no sense is no
// error; errors are those of the store, permanent if the bytes are gone.
func (a *Adapter) Read(ctx context.Context, e bot.Event) ([]bot.Event, error) {
	body, ok := e.Body.(bot.Mailed)
	if !ok {
		return []bot.Event{e}, nil
	}
	raw, err := a.bytes(ctx, e)
	if err != nil {
		return nil, err
	}
	p := Parse(raw, Envelope{From: body.EnvelopeFrom, Known: true, Own: a.config.Address, Host: a.config.Hostname, Authserv: a.config.AuthservID})
	for i, file := range p.Attachments {
		blob, err := a.desk.PutBlob(ctx, "attachment", bytes.NewReader(file.Data()), maxMail)
		if err != nil {
			return nil, fmt.Errorf("email: keep file %d of a mail: %w", i+1, err)
		}
		p.Mail.Files = append(p.Mail.Files, bot.File{Name: file.Name, Type: file.Type, Size: file.Size, Blob: blob})
	}
	if body.Cut != "" {
		p.Mail.Unreadable, p.Mail.Text = body.Cut, rawHead(raw)
	}
	p.Mail.Answers = a.answers(p.Mail, body.EnvelopeTo)
	p.Mail.From = name(&e, p.Mail.From, body.EnvelopeFrom)
	e.Message = p.Mail.MessageID
	body.Mail = p.Mail
	e.Body = body
	return []bot.Event{e}, nil
}

// bytes are the mail as it came.
func (a *Adapter) bytes(ctx context.Context, e bot.Event) ([]byte, error) {
	if e.Blob.Hash == "" {
		if len(e.Raw) == 0 {
			return nil, bot.Permanent(fmt.Errorf("email: read event: %w", errNoMail))
		}
		return e.Raw, nil
	}
	r, err := a.desk.OpenBlob(ctx, e.Blob)
	if errors.Is(err, bot.ErrNotFound) {
		return nil, bot.Permanent(fmt.Errorf("email: open mail: %w", errNoMail))
	}
	if err != nil {
		return nil, fmt.Errorf("email: open mail: %w", err)
	}
	defer r.Close()
	raw := bytes.NewBuffer(make([]byte, 0, min(max(e.Blob.Size, 0), maxMail)+bytes.MinRead))
	if _, err := raw.ReadFrom(io.LimitReader(r, maxMail)); err != nil {
		return nil, fmt.Errorf("email: read mail: %w", err)
	}
	return raw.Bytes(), nil
}
