package moving

import (
	"bytes"
	"fmt"
	"mime"
	"slices"
	"sort"
	"strings"
	"time"

	"meridian/adapters/email"
	"meridian/bot"
)

// maxMail is the size of the largest mail that is read, in bytes.
const maxMail = 25 << 20

// readMbox reads a mailbox: each thread is a request. own is the desk's address,
// from which the team wrote. What machines alone wrote is left out, and what nobody
// but the team did.
func readMbox(file, own string) (*Desk, error) {
	raw, err := bounded(file)
	if err != nil {
		return nil, err
	}
	if !bytes.HasPrefix(raw, []byte("From ")) {
		return nil, fmt.Errorf(`%s is no mbox: it does not begin with "From "`, file)
	}
	var all []letter
	for start := 0; start < len(raw); {
		end := start + mailEnd(raw[start:])
		if end-start > maxMail {
			return nil, fmt.Errorf("%s: the mail at byte %d is larger than 25 MiB", file, start)
		}
		if l, ok := openLetter(raw[start:end], own); ok {
			if l.entry.At.IsZero() && len(all) > 0 {
				l.entry.At = all[len(all)-1].entry.At
			}
			all = append(all, l)
		}
		start = end
	}
	// A mailbox need not be in order, and an answer may stand before its question.
	sort.SliceStable(all, func(i, j int) bool { return all[i].entry.At.Before(all[j].entry.At) })
	m := mailbag{threads: map[string]int{}, seen: map[string]bool{}}
	for _, l := range all {
		m.take(l)
	}
	return &Desk{Name: "mbox", Tickets: m.settled()}, nil
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

// letter is one mail of a mailbox.
type letter struct {
	entry   Entry
	subject string
	thread  string   // the provider's own name of its thread; empty: it gives none
	refs    []string // the mails that it answers
	human   bool     // a person wrote it
	thrown  bool     // it lay in the folder for spam, or in the bin
}

// openLetter reads one mail, with the line above it that parts it from others.
func openLetter(raw []byte, own string) (l letter, ok bool) {
	_, raw, _ = bytes.Cut(raw, []byte("\n"))
	if len(bytes.TrimSpace(raw)) == 0 {
		return l, false
	}
	raw = unescaped(raw)
	p := email.Parse(raw, email.Envelope{Own: own})
	m := p.Mail
	e := Entry{
		Author: Person{Name: m.From.Name, Address: strings.ToLower(m.From.Address)}, At: m.Date, Message: m.MessageID, To: m.To, Cc: m.Cc,
		Text: strings.TrimSpace(m.Text), Team: own != "" && strings.EqualFold(m.From.Address, own),
	}
	if m.From.Address == email.Unknown {
		e.Author.Address = ""
	}
	if e.Text == "" {
		e.Text = strings.TrimSpace(m.Quoted)
	}
	for i, a := range p.Attachments {
		e.Files = append(e.Files, File{Name: a.Name, Type: a.Type, Size: a.Size, Open: func() ([]byte, error) { return email.Parse(raw, email.Envelope{Own: own}).Attachments[i].Data(), nil }})
	}
	l = letter{entry: e, subject: m.Subject, thread: headOf(raw, "X-GM-THRID"), human: m.Kind == bot.MailHuman && !e.Team} //nolint:misspell // it is what Google calls it
	for _, id := range append(m.References, m.InReplyTo) {
		if id != "" {
			l.refs = append(l.refs, id)
		}
	}
	for _, label := range splitWords(headOf(raw, "X-Gmail-Labels")) {
		l.thrown = l.thrown || slices.Contains([]string{"spam", "trash", "спам", "корзина"}, strings.ToLower(strings.Trim(label, `"`)))
	}
	return l, true
}

// headOf is a field that a provider puts on top of a mail for itself, decoded.
func headOf(raw []byte, name string) string {
	for line := range bytes.Lines(raw) {
		if len(bytes.TrimSpace(line)) == 0 {
			break
		}
		if field, value, ok := bytes.Cut(line, []byte(":")); ok && strings.EqualFold(string(field), name) {
			text, err := new(mime.WordDecoder).DecodeHeader(string(bytes.TrimSpace(value)))
			if err != nil {
				return ""
			}
			return text
		}
	}
	return ""
}

// mailbag gathers the mails of a mailbox into threads.
type mailbag struct {
	tickets []Ticket
	human   []bool         // somebody outside of the team wrote into the ticket
	threads map[string]int // what a mail of it is called, or what it answers -> ticket
	seen    map[string]bool
	newest  time.Time
}

// take puts a mail into its thread.
func (b *mailbag) take(l letter) {
	id := l.entry.Message
	if id != "" && b.seen[id] {
		return // the same mail once more
	}
	b.seen[id] = true
	if l.entry.At.After(b.newest) {
		b.newest = l.entry.At
	}
	names := l.refs
	if id != "" { // a clock that goes wrong puts an answer before its question
		names = append([]string{id}, names...)
	}
	if l.thread != "" {
		names = append(names, "thread "+l.thread)
	}
	i := len(b.tickets)
	for _, name := range slices.Backward(names) {
		if known, ok := b.threads[name]; ok {
			i = known
			break
		}
	}
	if i == len(b.tickets) {
		b.tickets, b.human = append(b.tickets, Ticket{Title: bot.TitleOfSubject(l.subject), Created: l.entry.At}), append(b.human, false)
	}
	t := &b.tickets[i]
	t.Entries = append(t.Entries, l.entry)
	if l.human && !b.human[i] {
		b.human[i], t.Requester = true, l.entry.Author
	}
	if l.thrown {
		t.Skip = SkipSpam
	}
	for _, name := range names {
		if _, ok := b.threads[name]; !ok {
			b.threads[name] = i
		}
	}
}

// settled are the threads as requests. What waits for an answer is not said in a
// mailbox: the last word and its age have to do.
func (b *mailbag) settled() []Ticket {
	for i := range b.tickets {
		t := &b.tickets[i]
		last := t.Entries[len(t.Entries)-1]
		if t.State = bot.Closed; !last.Team && b.newest.Sub(last.At) < recent {
			t.State = bot.New
		}
		switch others := slices.ContainsFunc(t.Entries, func(e Entry) bool { return !e.Team }); {
		case b.human[i] || t.Skip != "":
		case !others:
			t.Skip = SkipOurs
		default:
			t.Skip = SkipSpam
		}
	}
	return b.tickets
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
