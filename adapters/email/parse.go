package email

import (
	"errors"
	"net/mail"
	"slices"
	"strings"
	"time"

	"meridian/bot"
)

// Envelope is what the conversation that brought a mail said of it.
type Envelope struct {
	From  string // the envelope sender; empty: the null sender <>
	Known bool   // whether From was told at all
	Own   string // the desk's own address
	Host  string // the host in the desk's own message ids
	// Authserv is the name of the mail server whose findings are believed.
	Authserv string
}

// Attachment is a file of a mail, still in its transfer encoding until Data.
type Attachment struct {
	Name string // safe on every disk, at most 120 bytes
	Type string // media type
	Size int64  // bytes of Data
	part *part
}

// Data decodes the file.
func (a Attachment) Data() []byte {
	return decodeTransfer(a.part.header.get("content-transfer-encoding"), a.part.body)
}

// Parsed is a mail taken apart.
type Parsed struct {
	Mail        bot.Mail // without Files
	Attachments []Attachment
}

// Parse takes a mail apart. It never fails: one beyond the caps (header of
// 1 MiB or 1,000 lines, 20 levels, 300 parts) or one that makes no sense gives
// what its header says, with Unreadable naming why and Text its raw head.
func Parse(raw []byte, e Envelope) Parsed {
	root, err := readPart(raw)
	m := headerMail(root.header)
	m.Proven = proven(root.header, e.Authserv)
	if err != nil {
		m.Unreadable = err.Error()
		m.Text = rawHead(raw)
		classify(&m, &part{header: root.header, typ: root.typ, params: root.params}, "", e)
		return Parsed{Mail: m}
	}
	b := &body{}
	b.walk(root)
	text := cleanText(strings.Join(b.texts, "\n\n"))
	classify(&m, root, text, e)
	machine := m.Kind == bot.MailBounce || m.Kind == bot.MailAuto
	w := takeApart(text, addressed{subject: m.Subject, to: slices.Concat(m.To, m.Cc), answers: m.InReplyTo != "", ownLower: strings.ToLower(e.Own), machine: machine})
	m.Text, m.Quoted, m.Signature, m.Forwarded = w.text, w.quoted, w.signature, w.forward
	mark := firstMark(m.Subject)
	if m.Forwarded == nil && !machine && (mark == "" && m.InReplyTo == "" || slices.Contains(forwardMarks[:], mark)) {
		b.attachedForward(&m)
	}
	return Parsed{Mail: m, Attachments: b.files}
}

// attachedForward takes the first mail that is attached as the one that is
// passed on, and adds its files to those of the mail itself.
func (b *body) attachedForward(m *bot.Mail) {
	i := slices.IndexFunc(b.files, func(a Attachment) bool { return a.part.typ == "message/rfc822" })
	if i < 0 {
		return
	}
	root, err := readPart(b.files[i].Data())
	if err != nil || !root.header.has("from", "subject", "date") {
		return
	}
	inner := &body{size: b.size}
	inner.walk(root)
	head := headerMail(root.header)
	if head.From.Address == Unknown {
		head.From.Address = ""
	}
	m.Forwarded = &bot.Forward{
		From: head.From, To: head.To, Cc: head.Cc, Subject: head.Subject, Attached: true,
		Date: cleanLine(decodeWords(cutBytes(root.header.get("date"), maxFieldBytes)), 200), Text: cleanText(strings.Join(inner.texts, "\n\n")),
	}
	b.files = append(b.files, inner.files...)
}

// rawHeadBytes is how much of an unreadable mail is shown.
const rawHeadBytes = 4000

func rawHead(raw []byte) string {
	return cleanText(toUTF8("", raw[:min(len(raw), rawHeadBytes)]))
}

// headerMail reads the fields of a header that the desk keeps.
func headerMail(h header) bot.Mail {
	m := bot.Mail{
		From:      sender(h),
		Subject:   cleanLine(decodeWords(cutBytes(h.get("subject"), maxFieldBytes)), maxSubjectBytes),
		To:        parseAddresses(h.get("to")),
		Cc:        parseAddresses(h.get("cc")),
		MessageID: messageID(cutBytes(h.get("message-id"), maxFieldBytes)),
		InReplyTo: messageID(cutBytes(h.get("in-reply-to"), maxFieldBytes)),
	}
	m.References = messageIDs(cutBytes(h.get("references"), maxFieldBytes))
	if at, err := mail.ParseDate(stripComments(cutBytes(h.get("date"), 200))); err == nil {
		m.Date = sane(at)
	}
	return m
}

// sane drops dates that no store can hold.
func sane(t time.Time) time.Time {
	if t.Year() < 1970 || t.Year() > 9000 {
		return time.Time{}
	}
	return t.UTC()
}

// body gathers the readable text and the files of a mail.
type body struct {
	texts []string
	files []Attachment
	size  int // bytes of text read so far, HTML with its tags
}

func (b *body) walk(p *part) {
	switch {
	case len(p.children) == 0:
		b.leaf(p)
	case p.typ == "multipart/alternative":
		b.alternative(p)
	default:
		for _, c := range p.children {
			b.walk(c)
		}
	}
}

// alternative keeps the first version that has words, plain text before HTML,
// and the files of all.
func (b *body) alternative(p *part) {
	chosen := -1
	versions := make([]*body, len(p.children))
	for i, c := range p.children {
		v := &body{size: b.size}
		versions[i] = v
		// The page of a text that is chosen already is not looked at.
		if chosen >= 0 && p.children[chosen].typ == "text/plain" && c.typ == "text/html" && c.file == "" && c.disposition != "attachment" && len(c.body) < maxTextBytes {
			continue
		}
		v.walk(c)
		b.size = v.size
		b.files = append(b.files, v.files...)
		if len(v.texts) > 0 && (chosen < 0 || c.typ == "text/plain" && p.children[chosen].typ != "text/plain") {
			chosen = i
		}
	}
	if chosen >= 0 {
		b.texts = append(b.texts, versions[chosen].texts...)
	}
}

func (b *body) leaf(p *part) {
	isText := p.typ == "text/plain" || p.typ == "text/html" || strings.HasPrefix(p.typ, "multipart/") || !strings.Contains(p.typ, "/")
	if !isText || p.disposition == "attachment" || p.file != "" {
		b.file(p)
		return
	}
	data := decodeTransfer(p.header.get("content-transfer-encoding"), p.body)
	room := maxTextBytes
	if p.typ == "text/html" {
		room *= 2
	}
	whole := true
	if room = max(0, room-b.size); len(data) > room {
		data, whole = data[:room], false
	}
	b.size += len(data)
	charset := p.params["charset"]
	if p.typ == "text/html" && charset == "" {
		charset = htmlCharset(data)
	}
	text := toUTF8(charset, data)
	if strings.EqualFold(p.params["format"], "flowed") {
		text = unflow(text, strings.EqualFold(p.params["delsp"], "yes"))
	}
	if p.typ == "text/html" {
		text = htmlToText(text)
		whole = whole && len(text) < maxTextBytes
	}
	if !whole {
		b.file(p) // what is too long to be read is there to be opened
	}
	if strings.TrimSpace(text) != "" {
		b.texts = append(b.texts, text)
	}
}

func (b *body) file(p *part) {
	a := Attachment{part: p}
	data := a.Data()
	a.Size = int64(len(data))
	a.Type = fileType(p.typ, data)
	a.Name = fileName(p.file, a.Type, len(b.files)+1)
	b.files = append(b.files, a)
}

// htmlCharset finds the charset that a page names for itself.
func htmlCharset(data []byte) string {
	head := strings.ToLower(string(data[:min(len(data), 2000)]))
	_, rest, ok := strings.Cut(head, "charset=")
	if !ok {
		return ""
	}
	rest = strings.TrimLeft(rest, `"' `)
	if i := strings.IndexAny(rest, "\"'> ;/"); i >= 0 {
		rest = rest[:i]
	}
	return rest
}

// errNoMail is said of an event whose bytes are gone.
var errNoMail = errors.New("the bytes of the mail are not kept")
