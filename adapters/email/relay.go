package email

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/smtp"
	"net/textproto"
	"net/url"
	"time"

	"meridian/bot"
)

// relay is the smarthost that takes mail out.
type relay struct {
	addr     string // host:port; empty: none
	host     string
	tls      bool // from the first byte
	user     string
	password bot.Secret
}

// parseRelay reads host:port, smtp://user:pass@host:port or smtps://... The
// ports may be left out in the latter two: 587 and 465. Errors do not repeat
// what was written, since it may hold a password.
func parseRelay(s string) (relay, error) {
	if s == "" {
		return relay{}, nil
	}
	if host, port, err := net.SplitHostPort(s); err == nil && host != "" && port != "" {
		return relay{addr: s, host: host}, nil
	}
	u, err := url.Parse(s)
	if err != nil || u.Hostname() == "" || u.Scheme != "smtp" && u.Scheme != "smtps" {
		return relay{}, errors.New("must be host:port, smtp://user:pass@host:port or smtps://user:pass@host:port")
	}
	r := relay{host: u.Hostname(), tls: u.Scheme == "smtps"}
	port := u.Port()
	if port == "" {
		port = map[bool]string{false: "587", true: "465"}[r.tls]
	}
	r.addr = net.JoinHostPort(r.host, port)
	if u.User != nil {
		r.user = u.User.Username()
		password, _ := u.User.Password()
		r.password = bot.Secret(password)
	}
	return r, nil
}

// letter is a mail with its envelope.
type letter struct {
	from  string   // empty: the null sender, to which nothing is answered
	to    []string // without one of them it is not sent
	cc    []string
	write func(io.Writer) (int64, error)
	tries int // how often it was tried before
}

// refusal is a recipient that the smarthost did not take while it took others.
type refusal struct {
	address string
	reply   *textproto.Error
}

// patience is how often a letter is tried again as a whole because the
// smarthost will take one of its recipients later. Then the others get it.
const patience = 5

// sendTime is how long one mail may take to be handed over.
const sendTime = 5 * time.Minute

// send hands a letter to the smarthost, and says who was left out. The phases
// differ in what an error means: see [Adapter.Deliver].
func (a *Adapter) send(ctx context.Context, l letter) ([]refusal, error) {
	c, err := a.connect(ctx)
	if err != nil {
		return nil, fmt.Errorf("email: smarthost: %w", err)
	}
	defer c.Close()
	if err := c.Mail(l.from); err != nil {
		return nil, refused("sender", err)
	}
	out, err := l.address(c)
	if err != nil {
		return nil, err
	}
	w, err := c.Data()
	if err != nil {
		return nil, refused("mail", err)
	}
	if _, err := l.write(w); err != nil {
		return nil, fmt.Errorf("email: hand over mail: %w", err)
	}
	if err := w.Close(); err != nil {
		if reply := (*textproto.Error)(nil); !errors.As(err, &reply) {
			return nil, bot.Unknown(fmt.Errorf("email: answer to mail: %w", err))
		}
		return nil, refused("mail", err)
	}
	_ = c.Quit() // the mail is taken, whatever is said to this
	return out, nil
}

// address names the recipients. It fails where none of those in To is taken, or
// where somebody will be taken later and there is patience left.
func (l letter) address(c *smtp.Client) (out []refusal, err error) {
	taken := false
	var later error
	for i, to := range append(l.to[:len(l.to):len(l.to)], l.cc...) {
		err := c.Rcpt(to)
		var reply *textproto.Error
		switch {
		case err == nil:
			taken = taken || i < len(l.to)
			continue
		case !errors.As(err, &reply):
			return nil, fmt.Errorf("email: recipient: %w", err)
		case reply.Code < 500 && later == nil:
			later = refused("recipient", err)
		}
		out = append(out, refusal{to, reply})
	}
	switch {
	case later != nil && (!taken || l.tries < patience):
		return nil, later
	case !taken:
		return nil, refused("recipient", out[0].reply)
	}
	return out, nil
}

// connect dials, says hello, and goes over to TLS and signs in where it can.
// What the smarthost says here is about us, not about the mail: it is tried
// again, so that a mended configuration sends what waits.
func (a *Adapter) connect(ctx context.Context) (*smtp.Client, error) {
	nc, err := a.o.Dial(ctx, "tcp", a.relay.addr)
	if err != nil {
		return nil, err
	}
	deadline := time.Now().Add(sendTime)
	if d, ok := ctx.Deadline(); ok && d.Before(deadline) {
		deadline = d
	}
	if err := nc.SetDeadline(deadline); err != nil {
		nc.Close()
		return nil, err
	}
	if a.relay.tls {
		nc = tls.Client(nc, &tls.Config{ServerName: a.relay.host, MinVersion: tls.VersionTLS12})
	}
	c, err := smtp.NewClient(nc, a.relay.host)
	if err != nil {
		nc.Close()
		return nil, err
	}
	if err := a.secure(c); err != nil {
		c.Close()
		return nil, err
	}
	return c, nil
}

// secure starts TLS where it is offered. With a password the certificate must
// hold, and without TLS the password is not sent but to this machine itself;
// without one, unproven encryption is better than none.
func (a *Adapter) secure(c *smtp.Client) error {
	if err := c.Hello(a.config.Hostname); err != nil {
		return err
	}
	if ok, _ := c.Extension("STARTTLS"); ok && !a.relay.tls {
		config := &tls.Config{ServerName: a.relay.host, MinVersion: tls.VersionTLS12, InsecureSkipVerify: a.relay.user == ""}
		if err := c.StartTLS(config); err != nil {
			return err
		}
	}
	if a.relay.user == "" {
		return nil
	}
	return c.Auth(smtp.PlainAuth("", a.relay.user, a.relay.password.Reveal(), a.relay.host))
}

// refused tells a refusal for good from one for now. That the smarthost wants
// a password is about us, and is tried again.
func refused(what string, err error) error {
	wrapped := fmt.Errorf("email: %s refused: %w", what, err)
	var reply *textproto.Error
	if !errors.As(err, &reply) || reply.Code < 500 || reply.Code == 530 || reply.Code == 535 {
		return wrapped
	}
	return bot.Permanent(wrapped)
}
