package email

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"meridian/bot"
)

// The pace of fetching.
const (
	fetchTogether = 20              // mails that are stored at once
	idleFor       = 5 * time.Minute // before the mailbox is looked at, whether or not it said something
	pollEvery     = 30 * time.Second
)

// fetcher is one session with the mailbox.
type fetcher struct {
	a      *Adapter
	c      *imapclient.Client
	news   chan struct{} // the mailbox says that mail came
	mark   mark
	saved  mark      // as the desk knows it
	heard  time.Time // when the desk was last told that the mailbox is caught up with
	failed bool      // the folder for what could not be read is there
}

// fetch signs in and takes what comes until ctx ends or something goes wrong.
func (a *Adapter) fetch(ctx context.Context) error {
	f := &fetcher{a: a, news: make(chan struct{}, 1)}
	var err error
	if f.saved, err = a.readMark(ctx); err != nil {
		return err
	}
	end, err := f.signIn(ctx)
	if err != nil {
		return err
	}
	defer end()
	if err := f.open(); err != nil {
		return err
	}
	for {
		began := a.o.Now()
		if err := f.catchUp(ctx); err != nil {
			return err
		}
		if err := f.report(ctx, began); err != nil {
			return err
		}
		if err := f.wait(ctx); err != nil {
			return err
		}
	}
}

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

// open selects the folder and finds out where to begin.
func (f *fetcher) open() error {
	m := f.a.mailbox
	box, err := f.c.Select(m.folder, nil).Wait()
	if err != nil {
		return fmt.Errorf("open folder: %w", err)
	}
	now, next := f.a.o.Now().UTC().Truncate(time.Second), uint32(box.UIDNext)
	f.mark = f.saved
	switch {
	case f.mark.Box == "": // newly connected
		f.mark = mark{Box: m.box(), Validity: box.UIDValidity, UID: next - min(next, 1), Old: next, Connected: now}
		if m.all || m.past > 0 {
			f.mark.UID = 0
		}
		if m.past > 0 {
			f.mark.Since = now.Add(-m.past)
		}
	case f.mark.Validity != box.UIDValidity:
		// The server has given new numbers to all mails. Those that were taken are
		// known by their keys; of the others, those from before the desk came stay
		// where they are unless they were asked for.
		f.a.o.Log.Info("the mailbox has new numbers, it is read again from the start", "host", m.host)
		f.mark.Validity, f.mark.UID, f.mark.Old = box.UIDValidity, 0, next
		if f.mark.Since.IsZero() && !m.all {
			f.mark.Since = f.mark.Connected
		}
	}
	return nil
}

// catchUp takes every mail that came after the mark.
func (f *fetcher) catchUp(ctx context.Context) error {
	found, err := f.c.UIDSearch(&imap.SearchCriteria{UID: []imap.UIDSet{{{Start: imap.UID(f.mark.UID + 1), Stop: 0}}}}, nil).Wait()
	if err != nil {
		return fmt.Errorf("search: %w", err)
	}
	uids := found.AllUIDs()
	slices.Sort(uids)
	for len(uids) > 0 {
		if uint32(uids[0]) <= f.mark.UID { // "n:*" always finds the last one
			uids = uids[1:]
			continue
		}
		batch := uids[:min(len(uids), fetchTogether)]
		uids = uids[len(batch):]
		if err := f.take(ctx, batch); err != nil {
			return err
		}
	}
	return nil
}

// take stores some mails together with the new mark, and then marks them as
// seen, for the people who look at the mailbox.
func (f *fetcher) take(ctx context.Context, uids []imap.UID) error {
	var events []bot.Event
	var taken []imap.UID
	for _, uid := range uids {
		e, ok, err := f.mail(ctx, uid)
		if err != nil {
			return err
		}
		if ok {
			events, taken = append(events, e), append(taken, uid)
		}
		f.mark.UID = uint32(uid)
	}
	place, err := f.mark.event(f.a.o.Now(), time.Time{})
	if err != nil {
		return err
	}
	if err := f.a.desk.Accept(ctx, append(events, place)...); err != nil {
		return fmt.Errorf("store mails: %w", err)
	}
	f.saved = f.mark
	if len(taken) == 0 {
		return nil
	}
	err = f.c.Store(imap.UIDSetNum(taken...), &imap.StoreFlags{Op: imap.StoreFlagsAdd, Silent: true, Flags: []imap.Flag{imap.FlagSeen}}, nil).Close()
	if isRefusal(err) {
		return nil // a mailbox that may only be read
	}
	return err
}

// isRefusal tells what a server does not want to do from a connection that is
// broken.
func isRefusal(err error) bool {
	var no *imap.Error
	return errors.As(err, &no) && no.Type != imap.StatusResponseTypeBye
}

// about is what is asked of a mail before it is fetched.
type about struct {
	size int64
	at   time.Time
}

// mail fetches one mail into an event. ok is false for one that is gone, or that
// is older than was asked for.
func (f *fetcher) mail(ctx context.Context, uid imap.UID) (e bot.Event, ok bool, err error) {
	all, err := f.c.Fetch(imap.UIDSetNum(uid), &imap.FetchOptions{UID: true, InternalDate: true, RFC822Size: true}).Collect()
	if err != nil && !isRefusal(err) {
		return e, false, fmt.Errorf("look at a mail: %w", err)
	}
	if err == nil && len(all) == 0 {
		return e, false, nil // somebody took it away
	}
	i := about{}
	if err == nil {
		i = about{all[0].RFC822Size, all[0].InternalDate}
	}
	lay := uint32(uid) < f.mark.Old && i.at.Before(f.mark.Connected)
	if lay && !f.mark.Since.IsZero() && !i.at.IsZero() && i.at.Before(f.mark.Since) {
		return e, false, nil
	}
	var k kept
	cut := ""
	if i.size > maxMail {
		cut = fmt.Sprintf("it has more than %d MiB", maxMail>>20)
	} else if k, err = f.body(ctx, uid, imap.PartSpecifierNone); isRefusal(err) {
		cut = "the mailbox does not give it out"
	} else if err != nil {
		return e, false, err
	}
	if cut != "" {
		if k, err = f.setAside(ctx, uid); err != nil {
			return e, false, err
		}
	}
	return f.event(k, i.at, bot.Mailed{Old: lay, Cut: cut}), true, nil
}

// body fetches a mail, or its header, and keeps it.
func (f *fetcher) body(ctx context.Context, uid imap.UID, what imap.PartSpecifier) (k kept, err error) {
	cmd := f.c.Fetch(imap.UIDSetNum(uid), &imap.FetchOptions{UID: true, BodySection: []*imap.FetchItemBodySection{{Peek: true, Specifier: what}}})
	found := false
	for m := cmd.Next(); m != nil; m = cmd.Next() {
		for item := m.Next(); item != nil; item = m.Next() {
			part, ok := item.(imapclient.FetchItemDataBodySection)
			if !ok || part.Literal == nil || found {
				continue
			}
			found = true
			in := &wholeReader{r: part.Literal, left: part.Literal.Size()}
			if k, err = f.a.keep(ctx, in, nil); err == nil {
				continue
			}
			if in.err == nil { // the connection is good, and what is left is to be read first
				_ = cmd.Close()
			}
			return k, fmt.Errorf("keep a mail: %w", err)
		}
	}
	if err := cmd.Close(); err != nil {
		return k, err
	}
	if !found {
		return k, &imap.Error{Type: imap.StatusResponseTypeNo, Text: "no text came"}
	}
	return k, nil
}

// wholeReader reads a text of a known length. The library calls one that was cut
// off with its connection complete, and must not be asked again after an error.
type wholeReader struct {
	r    io.Reader
	left int64
	err  error
}

// Read gives io.ErrUnexpectedEOF where the text ends too early.
func (w *wholeReader) Read(b []byte) (int, error) {
	if w.err != nil {
		return 0, w.err
	}
	n, err := w.r.Read(b)
	w.left -= int64(n)
	if err == io.EOF && w.left > 0 {
		err = io.ErrUnexpectedEOF
	}
	if err != nil && err != io.EOF {
		w.err = err
	}
	return n, err
}

// setAside copies a mail that cannot be taken whole into the folder for those,
// and takes its header. Without even that it is taken by its number: a person
// finds it in the folder.
func (f *fetcher) setAside(ctx context.Context, uid imap.UID) (kept, error) {
	name := f.a.mailbox.failed
	if !f.failed {
		if err := f.c.Create(name, nil).Wait(); err != nil && !isRefusal(err) {
			return kept{}, fmt.Errorf("make a folder: %w", err)
		}
		f.failed = true // it is there, or copying into it tells
	}
	if _, err := f.c.Copy(imap.UIDSetNum(uid), name).Wait(); err != nil {
		if !isRefusal(err) {
			return kept{}, fmt.Errorf("set a mail aside: %w", err)
		}
		f.a.o.Log.Warn("a mail that cannot be read was not copied", "uid", uint32(uid), "error", err)
	}
	k, err := f.body(ctx, uid, imap.PartSpecifierHeader)
	if isRefusal(err) {
		stub := fmt.Sprintf("Subject: UID %d\r\nDate: %d\r\n\r\n", uid, f.mark.Validity)
		return f.a.keep(ctx, strings.NewReader(stub), nil)
	}
	return k, err
}

// event is the mail as the desk takes it in. The envelope is what the server has
// written of it into the header.
func (f *fetcher) event(k kept, at time.Time, body bot.Mailed) bot.Event {
	now := f.a.o.Now()
	if at = sane(at); at.IsZero() || at.After(now) {
		at = now
	}
	body.EnvelopeFrom = envelopeFrom(k.head)
	for _, name := range []string{"delivered-to", "x-original-to", "envelope-to", "x-envelope-to"} {
		for _, to := range parseAddresses(k.head.get(name)) {
			if !slices.Contains(body.EnvelopeTo, to.Address) {
				body.EnvelopeTo = append(body.EnvelopeTo, to.Address)
			}
		}
	}
	return k.event(at, body)
}

// envelopeFrom is the envelope sender as the server has written it down; where it
// has not, the sender stands for it.
func envelopeFrom(h header) string {
	if path := strings.TrimSpace(h.get("return-path")); path != "" {
		if list := parseAddresses(path); len(list) > 0 {
			return list[0].Address
		}
		return ""
	}
	return sender(h).Address
}

// report tells the desk that everything was heard that the mailbox had at a
// time, at most once a minute.
func (f *fetcher) report(ctx context.Context, until time.Time) error {
	if until.Sub(f.heard) < heardEvery && f.saved == f.mark {
		return nil
	}
	heard := f.a.heardBySMTP(until)
	e, err := f.mark.event(until, heard)
	if err != nil {
		return err
	}
	if err := f.a.desk.Accept(ctx, e); err != nil {
		return fmt.Errorf("store how far mail was heard: %w", err)
	}
	f.heard, f.saved = until, f.mark
	return nil
}

// wait ends when the mailbox has something new, or is to be looked at again.
func (f *fetcher) wait(ctx context.Context) error {
	if !f.c.Caps().Has(imap.CapIdle) {
		select {
		case <-ctx.Done():
		case <-time.After(pollEvery):
		}
		return f.c.Noop().Wait()
	}
	idle, err := f.c.Idle()
	if err != nil {
		return fmt.Errorf("wait for mail: %w", err)
	}
	ended := make(chan error, 1)
	go func() { ended <- idle.Wait() }()
	select {
	case <-ctx.Done():
	case <-f.news:
	case <-time.After(idleFor):
	case err := <-ended:
		if err == nil {
			err = io.ErrUnexpectedEOF
		}
		return fmt.Errorf("wait for mail: %w", err)
	}
	if err := idle.Close(); err != nil {
		return fmt.Errorf("wait for mail: %w", err)
	}
	return <-ended
}
