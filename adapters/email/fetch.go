package email

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
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
