package email

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strings"

	"github.com/emersion/go-imap/v2/imapclient"

	"meridian/bot"
)

// signIn connects, goes over to TLS and says who we are. The password is said in
// the clear to this machine alone.
func (f *fetcher) signIn(ctx context.Context) (end func(), err error) {
	m := f.a.mailbox
	config := &tls.Config{ServerName: m.host, MinVersion: tls.VersionTLS12, RootCAs: f.a.o.Roots}
	options := &imapclient.Options{TLSConfig: config, UnilateralDataHandler: &imapclient.UnilateralDataHandler{Mailbox: f.told}}
	nc, err := f.a.o.Dial(ctx, "tcp", m.addr)
	if err != nil {
		return nil, fmt.Errorf("connect: %w", err)
	}
	defer func() {
		if err != nil {
			nc.Close()
		}
	}()
	hangUp := context.AfterFunc(ctx, func() { nc.Close() })
	if m.tls {
		f.c = imapclient.New(tls.Client(nc, config), options)
	} else if f.c, err = imapclient.NewStartTLS(nc, options); err != nil {
		hangUp()
		if !isRefusal(err) || !isLoopback(nc.RemoteAddr()) {
			return nil, fmt.Errorf("go over to TLS: %w", err)
		}
		if nc, err = f.a.o.Dial(ctx, "tcp", m.addr); err != nil {
			return nil, fmt.Errorf("connect: %w", err)
		}
		hangUp = context.AfterFunc(ctx, func() { nc.Close() })
		f.c = imapclient.New(nc, options)
	}
	if err := f.c.Login(m.user, m.password.Reveal()).Wait(); err != nil {
		hangUp()
		return nil, fmt.Errorf("sign in: %w", hidden(err, m.password))
	}
	return func() { hangUp(); f.c.Close() }, nil
}

// told hears what the mailbox says unasked.
func (f *fetcher) told(d *imapclient.UnilateralDataMailbox) {
	if d.NumMessages == nil {
		return
	}
	select {
	case f.news <- struct{}{}:
	default:
	}
}

// hidden takes a password out of what a server said.
func hidden(err error, password bot.Secret) error {
	if p := password.Reveal(); p != "" && strings.Contains(err.Error(), p) {
		return errors.New(strings.ReplaceAll(err.Error(), p, password.String()))
	}
	return err
}

func isLoopback(addr net.Addr) bool {
	host, _, err := net.SplitHostPort(addr.String())
	ip := net.ParseIP(host)
	return err == nil && ip != nil && ip.IsLoopback()
}
