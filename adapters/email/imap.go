package email

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"
	"time"

	"meridian/bot"
)

// IMAP names a mailbox at a provider that mail is fetched from.
type IMAP struct {
	URL    string `yaml:"url"`    // imaps://USER:PASSWORD@HOST or imap://..., which goes over to TLS
	Folder string `yaml:"folder"` // empty: INBOX
	Failed string `yaml:"failed"` // the folder that gets a copy of what could not be read; empty: Unreadable
	From   string `yaml:"from"`   // what is taken of a newly connected mailbox: "now", "all" or days such as "14d"; empty: now
}

// mailbox is where mail is fetched from.
type mailbox struct {
	addr, host string
	tls        bool // from the first byte
	user       string
	password   bot.Secret
	folder     string
	failed     string
	all        bool          // old mails are taken too
	past       time.Duration // and how far back; 0: those from now on
}

// days is how far back the mails of a newly connected mailbox may be asked for.
const maxDays = 3650

// parse checks the section. Errors begin with the key, and do not repeat what
// may hold a password.
func (c IMAP) parse() (mailbox, error) {
	if c.URL == "" {
		return mailbox{}, nil
	}
	u, err := url.Parse(c.URL)
	if err != nil || u.Hostname() == "" || u.User == nil || u.Scheme != "imap" && u.Scheme != "imaps" {
		return mailbox{}, errors.New("url: must be imaps://USER:PASSWORD@HOST or imap://USER:PASSWORD@HOST")
	}
	m := mailbox{host: u.Hostname(), tls: u.Scheme == "imaps", user: u.User.Username(), folder: c.Folder, failed: c.Failed}
	port := u.Port()
	if port == "" {
		port = map[bool]string{false: "143", true: "993"}[m.tls]
	}
	m.addr = net.JoinHostPort(m.host, port)
	password, _ := u.User.Password()
	m.password = bot.Secret(password)
	if m.folder == "" {
		m.folder = "INBOX"
	}
	if m.failed == "" {
		m.failed = "Unreadable"
	}
	if m.failed == m.folder {
		return mailbox{}, errors.New("failed: is the folder that mail is fetched from")
	}
	days, isDays := strings.CutSuffix(c.From, "d")
	switch n, err := strconv.Atoi(days); {
	case c.From == "" || c.From == "now":
	case c.From == "all":
		m.all = true
	case isDays && err == nil && n > 0 && n <= maxDays:
		m.past = time.Duration(n) * 24 * time.Hour
	default:
		return mailbox{}, errors.New("from: must be now, all, or a number of days such as 14d")
	}
	return m, nil
}

// mark is how far a mailbox has been taken. It is kept by the desk.
type mark struct {
	Box       string    `json:"box"`            // which mailbox it is, without naming it
	Validity  uint32    `json:"validity"`       // UIDVALIDITY: with another one UIDs mean nothing
	UID       uint32    `json:"uid"`            // the last one that was taken
	Old       uint32    `json:"old,omitempty"`  // mails below it lay there when the mailbox was connected
	Connected time.Time `json:"connected"`      // when that was
	Since     time.Time `json:"since,omitzero"` // of the old mails, only those that came later
}

// box names the mailbox in marks.
func (m mailbox) box() string {
	sum := sha256.Sum256([]byte(m.user + "\x00" + m.addr + "\x00" + m.folder))
	return hex.EncodeToString(sum[:8])
}

// Duty is "imap": one replica fetches mail.
func (a *Adapter) Duty() string { return "imap" }

// The times between tries when the mailbox cannot be reached.
const (
	firstRetry = time.Second
	lastRetry  = 5 * time.Minute
)

// Hold fetches mail until ctx ends. What goes wrong is tried again: a mailbox
// that cannot be reached today can be tomorrow.
func (a *Adapter) Hold(ctx context.Context) error {
	if a.mailbox.addr == "" {
		<-ctx.Done()
		return nil
	}
	wait := firstRetry
	for ctx.Err() == nil {
		began := a.o.Now()
		err := a.fetch(ctx)
		if ctx.Err() != nil {
			return nil
		}
		if a.o.Now().Sub(began) > lastRetry {
			wait = firstRetry
		}
		a.o.Log.Warn("the mailbox cannot be read, it is tried again", "host", a.mailbox.host, "in", wait.String(), "error", err)
		select {
		case <-ctx.Done():
		case <-time.After(wait):
		}
		wait = min(2*wait, lastRetry)
	}
	return nil
}

// readMark is where fetching goes on. A mailbox that is not the one of the mark
// is a new one.
func (a *Adapter) readMark(ctx context.Context) (mark, error) {
	var text string
	err := a.desk.View(ctx, "", func(p bot.Pages) (err error) {
		text, err = p.Mark(Source)
		return err
	})
	if err != nil {
		return mark{}, fmt.Errorf("where fetching mail goes on: %w", err)
	}
	var m mark
	if text == "" || json.Unmarshal([]byte(text), &m) != nil || m.Box != a.mailbox.box() {
		return mark{}, nil
	}
	return m, nil
}

// event tells the desk where fetching goes on, and with a time how far the
// mailbox has been heard.
func (m mark) event(at, heard time.Time) (bot.Event, error) {
	text, err := json.Marshal(m)
	return bot.Event{Source: Source, At: at, Body: bot.Heard{Until: heard, Mark: string(text)}}, err
}
