// Package email is the desk's mailbox. It listens for SMTP and stores each mail
// before it acknowledges it, or fetches mail by IMAP and remembers how far; Read
// takes the stored bytes apart; Deliver sends by a smarthost.
//
// A mail is what a stranger wrote. Only mail for the desk's own address is
// taken, nothing is relayed, and an end of line or of message that two servers
// could read in two ways is refused. Parsing has caps on size, nesting and
// number of parts; it fetches nothing and never fails: a mail beyond the caps
// is kept raw and shown by its head. The sender is an address that stands where
// an address belongs, never a name that looks like one.
package email

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strings"
	"sync/atomic"
	"time"

	"meridian/bot"
	"meridian/bot/say"
)

// Source is the adapter's name in events, places and people's ids.
const Source = "email"

// Config is the section `email` of the configuration.
type Config struct {
	Listen  string `yaml:"listen"`  // host:port for SMTP; empty: no mail comes in
	Address string `yaml:"address"` // the desk's own address; mail to it and to its plus-addresses is taken
	// Complaints is a second address that mail is taken for; empty: there is none.
	Complaints string `yaml:"complaints"`
	Channel    string `yaml:"channel"`   // the channel for cards of mailed requests
	Hostname   string `yaml:"hostname"`  // what the desk calls itself in SMTP and message ids; default: the address's domain
	TLS        TLS    `yaml:"tls"`       // of the listener
	IMAP       IMAP   `yaml:"imap"`      // a mailbox that mail is fetched from
	Smarthost  string `yaml:"smarthost"` // host:port, smtp://user:pass@host:port or smtps://...; empty: mail is held and shown
	// NamedSender gives automatic mail the desk's address as its envelope sender,
	// for a smarthost that does not take the empty one.
	NamedSender bool `yaml:"named_sender"`
	// AuthservID is the name under which the team's own mail server says in
	// Authentication-Results what it found. Empty: no sender is proven.
	AuthservID string `yaml:"authserv_id"`
	// Plus puts a token into the address that answers go to. It needs a mail
	// server that takes plus-addresses; the desk's own listener does.
	Plus bool `yaml:"plus"`
}

// Options are what the program gives besides the configuration.
type Options struct {
	Catalogue *say.Catalogue
	Log       *slog.Logger
	Listener  net.Listener                                                      // nil: Config.Listen is bound by Run
	Dial      func(ctx context.Context, network, addr string) (net.Conn, error) // nil: a plain dialer
	Now       func() time.Time                                                  // nil: time.Now
	Name      string                                                            // the desk's name, shown as the sender
	Zone      *time.Location                                                    // of times in what the desk writes; nil: UTC
	Roots     *x509.CertPool                                                    // whom mailboxes must be certified by; nil: those of the system
	Secret    bot.Secret                                                        // signs reply tokens and links; empty: none are given, and none believed
}

// Adapter is the mailbox. It is a bot.Adapter, a bot.Reader and a bot.Holder.
type Adapter struct {
	config    Config
	desk      bot.Desk
	o         Options
	relay     relay
	tls       *tls.Config // of the listener; nil: none
	signer    signer
	passes    bot.MailPasses // sign the links in mails
	plus      bool           // answers go to a plus-address
	mailbox   mailbox        // that mail is fetched from
	smtpHeard atomic.Int64   // unix seconds until when the listener was heard, where mail is fetched too
	local     string         // of the desk's address, lower case
	domain    string
}

// New checks the configuration. Nothing is bound or dialled before Run and
// Deliver.
func New(c Config, desk bot.Desk, o Options) (*Adapter, error) {
	if !isAddress(c.Address) {
		return nil, errors.New("email.address: must be an address such as support@example.com")
	}
	if c.Complaints != "" && (!isAddress(c.Complaints) || strings.EqualFold(c.Complaints, c.Address)) {
		return nil, errors.New("email.complaints: must be an address of its own such as complaints@example.com")
	}
	a := &Adapter{config: c, desk: desk, o: o, signer: newSigner(o.Secret), passes: bot.NewMailPasses(o.Secret), plus: c.Plus || c.Listen != "" || o.Listener != nil}
	at := strings.LastIndexByte(c.Address, '@')
	a.local, a.domain = strings.ToLower(c.Address[:at]), strings.ToLower(c.Address[at+1:])
	if a.config.Hostname == "" {
		a.config.Hostname = a.domain
	}
	var err error
	if a.relay, err = parseRelay(c.Smarthost); err != nil {
		return nil, fmt.Errorf("email.smarthost: %w", err)
	}
	if a.mailbox, err = c.IMAP.parse(); err != nil {
		return nil, fmt.Errorf("email.imap.%w", err)
	}
	if a.o.Log == nil {
		a.o.Log = slog.New(slog.DiscardHandler)
	}
	if a.tls, err = c.TLS.config(a.o.Log, time.Now); err != nil {
		return nil, fmt.Errorf("email.tls: %w", err)
	}
	if a.o.Dial == nil {
		a.o.Dial = (&net.Dialer{Timeout: 30 * time.Second}).DialContext
	}
	if a.o.Now == nil {
		a.o.Now = time.Now
	}
	if a.o.Zone == nil {
		a.o.Zone = time.UTC
	}
	return a, nil
}

// Name is "email".
func (a *Adapter) Name() string { return Source }

// drainTime is how long mails that are just being received may take to be
// stored after the program was told to stop.
const drainTime = 8 * time.Second

// Run listens until ctx ends, then takes no new mail, waits up to 8 seconds for
// those under way and returns nil. Without a listener it only waits.
func (a *Adapter) Run(ctx context.Context) error {
	l := a.o.Listener
	if l == nil && a.config.Listen == "" {
		<-ctx.Done()
		return nil
	}
	if l == nil {
		var lc net.ListenConfig
		var err error
		if l, err = lc.Listen(ctx, "tcp", a.config.Listen); err != nil {
			return fmt.Errorf("email: listen: %w", err)
		}
	}
	storing, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	g := newGate(l, a.tls)
	server := a.server(storing)
	served := make(chan error, 1)
	go func() { served <- server.Serve(g) }()
	heard := make(chan struct{})
	listening, deaf := context.WithCancel(ctx)
	go func() { defer close(heard); a.reportHeard(listening) }()
	defer func() { deaf(); <-heard }()

	select {
	case err := <-served:
		g.closeAll()
		_ = g.Close()
		return fmt.Errorf("email: serve: %w", err)
	case <-ctx.Done():
	}
	g.drain()
	closing := g.Close()
	limit, cancel := context.WithTimeout(storing, drainTime)
	defer cancel()
	if err := server.Shutdown(limit); err != nil {
		a.o.Log.Warn("mails under way were cut off", "error", err)
	}
	g.closeAll()
	if err := <-served; err != nil && !errors.Is(err, net.ErrClosed) {
		a.o.Log.Warn("listening for mail ended with an error", "error", err)
	}
	if closing != nil {
		return fmt.Errorf("email: stop listening: %w", closing)
	}
	return nil
}

// Senders try again for hours when nobody listens, so that after a gap a
// silence means something only after as long a time of unbroken listening. They
// do not notice a gap as short as a restart.
const (
	heardAfter = 4 * time.Hour
	heardGap   = 5 * time.Minute
	heardEvery = time.Minute
)

// reportHeard tells the desk how far the mailbox has been heard: at once when
// the last report is at most heardGap old, as after a restart, and after
// heardAfter else. Where reports could not be stored for longer than heardGap,
// mails were refused too, which is a gap like any other.
func (a *Adapter) reportHeard(ctx context.Context) {
	until, err := a.heardUntil(ctx)
	if err != nil && ctx.Err() == nil {
		a.o.Log.Warn("how far mail was heard before is not known", "error", err)
	}
	var wait time.Duration
	for {
		if a.o.Now().Sub(until) > heardGap {
			wait = heardAfter
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
		}
		now := a.o.Now()
		if a.mailbox.addr != "" { // who fetches mail reports for both
			a.smtpHeard.Store(now.Unix())
			until = now
		} else if err := a.desk.Accept(ctx, bot.Event{Source: Source, At: now, Body: bot.Heard{Until: now}}); err == nil {
			until = now
		} else if ctx.Err() == nil {
			a.o.Log.Warn("how far mail was heard is not stored", "error", err)
		}
		wait = heardEvery
	}
}

// heardBySMTP is how far mail was heard by both ways in, when the mailbox was
// heard up to a time. The zero time: the listener does not know yet.
func (a *Adapter) heardBySMTP(until time.Time) time.Time {
	if a.config.Listen == "" && a.o.Listener == nil {
		return until
	}
	smtp := time.Unix(a.smtpHeard.Load(), 0)
	switch {
	case smtp.Unix() == 0:
		return time.Time{}
	case smtp.Before(until):
		return smtp
	}
	return until
}

// heardUntil is how far the desk knows the mailbox to have been heard, the zero
// time if it never was.
func (a *Adapter) heardUntil(ctx context.Context) (until time.Time, err error) {
	err = a.desk.View(ctx, "", func(p bot.Pages) error {
		until, err = p.HeardUntil(Source)
		return err
	})
	return until, err
}
