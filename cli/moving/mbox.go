package moving

import (
	"bytes"
	"fmt"
	"strings"
	"time"

	"meridian/adapters/email"
	"meridian/bot"
)

// maxMail is the size of the largest mail that is read, in bytes.
const maxMail = 25 << 20

// readMbox reads a mailbox: each thread is a request. own is the desk's address,
// from which the team wrote. What machines wrote is left out.
func readMbox(file, own string) (*Desk, error) {
	raw, err := bounded(file)
	if err != nil {
		return nil, err
	}
	if !bytes.HasPrefix(raw, []byte("From ")) {
		return nil, fmt.Errorf(`%s is no mbox: it does not begin with "From "`, file)
	}
	m := mailbag{own: own, threads: map[string]int{}}
	for start := 0; start < len(raw); {
		end := start + mailEnd(raw[start:])
		if err := m.take(file, raw[start:end], start); err != nil {
			return nil, err
		}
		start = end
	}
	for i := range m.tickets {
		t := &m.tickets[i]
		last := t.Entries[len(t.Entries)-1]
		if t.State = bot.Closed; !last.Team && m.newest.Sub(last.At) < recent {
			t.State = bot.New
		}
	}
	return &Desk{Name: "mbox", Tickets: m.tickets}, nil
}

// mailEnd is where the next mail of a mailbox begins: behind an empty line.
func mailEnd(raw []byte) int {
	for from := 1; ; {
		i := bytes.Index(raw[from:], []byte("\nFrom "))
		if i < 0 {
			return len(raw)
		}
		at := from + i
		if before := bytes.TrimSuffix(raw[:at], []byte("\r")); bytes.HasSuffix(before, []byte("\n")) {
			return at + 1
		}
		from = at + 1
	}
}

// mailbag gathers the mails of a mailbox into threads.
type mailbag struct {
	own     string
	tickets []Ticket
	threads map[string]int // Message-ID -> ticket
	newest  time.Time
}

// take takes one mail, which stands at a place in the file.
func (b *mailbag) take(file string, raw []byte, at int) error {
	_, raw, _ = bytes.Cut(raw, []byte("\n"))
	if len(bytes.TrimSpace(raw)) == 0 {
		return nil
	}
	if len(raw) > maxMail {
		return fmt.Errorf("%s: the mail at byte %d is larger than 25 MiB", file, at)
	}
	raw = unescaped(raw)
	p := email.Parse(raw, email.Envelope{Own: b.own})
	m := p.Mail
	e := Entry{
		Author: Person{Name: m.From.Name, Address: strings.ToLower(m.From.Address)}, At: m.Date, Message: m.MessageID, To: m.To, Cc: m.Cc,
		Text: strings.TrimSpace(m.Text), Team: b.own != "" && strings.EqualFold(m.From.Address, b.own),
	}
	if m.From.Address == email.Unknown {
		e.Author.Address = ""
	}
	if e.Text == "" {
		e.Text = strings.TrimSpace(m.Quoted)
	}
	for i, a := range p.Attachments {
		e.Files = append(e.Files, File{Name: a.Name, Type: a.Type, Size: a.Size, Open: func() ([]byte, error) { return email.Parse(raw, email.Envelope{Own: b.own}).Attachments[i].Data(), nil }})
	}
	if m.Date.After(b.newest) {
		b.newest = m.Date
	}
	i, answers := b.threadOf(m)
	if m.MessageID != "" {
		if _, twice := b.threads[m.MessageID]; twice {
			return nil // the same mail once more
		}
	}
	if answers {
		b.tickets[i].Entries = append(b.tickets[i].Entries, e)
	} else {
		i = len(b.tickets)
		t := Ticket{Title: bot.TitleOfSubject(m.Subject), Created: m.Date, Entries: []Entry{e}}
		if m.Kind != bot.MailHuman {
			t.Skip = SkipSpam
		}
		b.tickets = append(b.tickets, t)
	}
	if m.MessageID != "" {
		b.threads[m.MessageID] = i
	}
	return nil
}

// threadOf is the thread that a mail answers into.
func (b *mailbag) threadOf(m bot.Mail) (int, bool) {
	ids := append([]string{m.InReplyTo}, m.References...)
	for _, id := range ids {
		if i, ok := b.threads[id]; ok && id != "" {
			return i, true
		}
	}
	return 0, false
}

// unescaped takes away the marks that keep lines of a mail from looking like the
// beginning of another.
func unescaped(raw []byte) []byte {
	if !bytes.Contains(raw, []byte("\n>")) {
		return raw
	}
	lines := bytes.SplitAfter(raw, []byte("\n"))
	for i, l := range lines {
		if rest := bytes.TrimLeft(l, ">"); len(rest) < len(l) && bytes.HasPrefix(rest, []byte("From ")) {
			lines[i] = l[1:]
		}
	}
	return bytes.Join(lines, nil)
}
