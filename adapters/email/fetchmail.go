package email

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"meridian/bot"
)

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
		named := fmt.Sprintf("Subject: UID %d\r\nDate: %d\r\n\r\n", uid, f.mark.Validity)
		return f.a.keep(ctx, strings.NewReader(named), nil)
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
	return f.a.event(k, at, body)
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
