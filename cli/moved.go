package cli

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"meridian/bot"
	"meridian/cli/moving"
	"meridian/storage"
)

// What another desk gives out becomes the same items as an export of this one,
// with numbers that are counted from the highest that there is.

// movedRequest is a request that came over. Its number is counted from 1.
type movedRequest struct{ bot.Request }

func (m movedRequest) check(s *summary) error {
	s.request(m.Request)
	return nil
}

func (m movedRequest) write(w *storage.ImportTx) error {
	r := m.Request
	r.Number += w.Base()
	return w.Request(r)
}

// movedComment is a message of such a request.
type movedComment struct {
	bot.Comment
	ours  int // which of its answers it is, from 1; 0: it is none of the team's
	files []moving.File
}

func (m *movedComment) check(s *summary) error {
	s.comments++
	s.files += len(m.files)
	for _, f := range m.files {
		if f.Open == nil {
			s.moved.named++
		}
	}
	return nil
}

// maxMovedFile is the size of the largest file that is kept, in bytes.
const maxMovedFile = 25 << 20

// keep puts the files into the store. One that the export only names, or that is
// too large, stays named.
func (m *movedComment) keep(ctx context.Context, store *storage.Store) error {
	m.Files = nil
	for _, f := range m.files {
		kept := bot.File{Name: f.Name, Type: f.Type, Size: f.Size}
		if f.Open != nil && f.Size <= maxMovedFile {
			data, err := f.Open()
			if err != nil {
				return err
			}
			if kept.Blob, err = store.PutBlob(ctx, "attachment", bytes.NewReader(data), maxMovedFile); err != nil {
				return err
			}
			kept.Size = kept.Blob.Size
		}
		m.Files = append(m.Files, kept)
	}
	return nil
}

func (m *movedComment) write(w *storage.ImportTx) error {
	c := m.Comment
	c.Request += w.Base()
	if m.ours > 0 { // an answer of somebody who may not be of this team
		c.Message = bot.OnceKey(c.Request, fmt.Sprintf("moved%d", m.ours))
	}
	return w.Comment(c)
}

// movedMail is the Message-ID of an old mail, by which answers to it are known.
type movedMail struct{ bot.MailLine }

func (m movedMail) check(s *summary) error {
	s.mails++
	return nil
}

func (m movedMail) write(w *storage.ImportTx) error {
	l := m.MailLine
	l.Request += w.Base()
	return w.Mail(l)
}

// movedClient is a company that came over.
type movedClient struct{ bot.Client }

func (m movedClient) check(s *summary) error {
	s.clients++
	return nil
}

func (m movedClient) write(w *storage.ImportTx) error { return w.Client(m.Client) }

// movedContact is a person outside of the team that came over.
type movedContact struct{ bot.Contact }

func (m movedContact) check(s *summary) error {
	s.contacts++
	return nil
}

func (m movedContact) write(w *storage.ImportTx) error { return w.Contact(m.Contact) }

// listFeed gives items that are in memory.
type listFeed struct {
	items []item
	n     int
}

func (f *listFeed) next() (item, func(error) error, error) {
	if f.n == len(f.items) {
		return nil, nil, nil
	}
	f.n++
	at := f.n
	return f.items[at-1], func(err error) error {
		if err == nil {
			return nil
		}
		return fmt.Errorf("item %d: %w", at, err)
	}, nil
}

func (f *listFeed) read() int64  { return int64(f.n) }
func (f *listFeed) Close() error { return nil }

// unit is what the summary's size counts.
func (s *summary) unit() string {
	if s.moved != nil {
		return "things"
	}
	return "bytes"
}

// each is one of the things that are written one after another.
func (s *summary) each() string {
	if s.moved != nil {
		return "thing"
	}
	return "line"
}

// afterwards tells the team of what is open, once everything is there.
func (s *summary) afterwards(batch string) func(tx bot.Tx) error {
	if s.moved == nil {
		return nil
	}
	return func(tx bot.Tx) error {
		err := tx.AddAudit(bot.AuditLine{At: tx.Now(), Surface: bot.ByCLI, Action: "import", Object: batch, After: s.moved.desk.Name})
		return errors.Join(err, bot.TellMoved(tx, batch, s.moved.desk.Name, s.moved.open, s.moved.unowned))
	}
}

// feed begins from the first item.
func (m *move) feed() (feed, error) { return &listFeed{items: m.items}, nil }

// counts are how many requests something concerns, by its name.
type counts map[string]int

// most are the names with the most requests first.
func (c counts) most() []string {
	var names []string
	for n := range c {
		names = append(names, n)
	}
	slices.SortFunc(names, func(a, b string) int {
		return cmp.Or(cmp.Compare(c[b], c[a]), cmp.Compare(a, b))
	})
	return names
}
