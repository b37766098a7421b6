package bottest

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"time"

	"meridian/bot"
)

// mailLine is a mail that comes in. What it answers is a Message-ID, "ours" for
// the mail that the bot sent last, or a request: then it carries that one's
// token. Of one that forwards another, its
// words stand above a line "---", and the other's below it, which may begin with
// lines "Date: ", "Subject: " and "To: ". Of a bounce the words are the code, the
// address and what the other side said.
//
//	mail from grace@harbor.example (auto) answering R-1 forwarding Helen Park <helen@copperfield.example> with a.zip,b.png cc owen@harbor.example to support@desk.example bcc complaints@desk.example: Subject
var mailLine = regexp.MustCompile(`^mail from ([^ ]+?)(?: \((auto|away|bounce|list|quiet|old)\))?(?: answering (.+?))?(?: forwarding (.+?))?(?: with ([^ ]+))?(?: cc ([^ ]+))?(?: to ([^ ]+))?(?: bcc ([^ ]+))?: (.*)$`)

// mail takes in the mail that a line says.
func (p *player) mail(ctx context.Context, m []string, body string) error {
	mail := p.mailOf(m, body)
	for i, f := range mail.Files {
		blob, err := p.life.desk.PutBlob(ctx, "attachment", strings.NewReader("the bytes of "+f.Name), 0)
		if err != nil {
			return err
		}
		mail.Files[i].Blob, mail.Files[i].Size = blob, blob.Size
	}
	raw, err := json.Marshal(mail)
	if err != nil {
		return err
	}
	p.mailed = bot.Event{
		Source: "email", Key: "mailed:" + mail.MessageID, Place: bot.Place{Adapter: "email", Channel: m[1]}, Message: mail.MessageID,
		Actor: bot.Actor{ID: "email:" + m[1], Name: mail.From.Name}, At: time.Now(), Raw: raw, Body: bot.Mailed{EnvelopeFrom: m[1], EnvelopeTo: to(m[8]), Old: m[2] == "old"},
	}
	return p.life.desk.Accept(ctx, p.mailed)
}

// copyLine is the last mail once more, in a transaction of its own for an address
// that its header need not name.
//
//	the same mail to complaints@desk.example
var copyLine = regexp.MustCompile(`^the same mail to ([^ ]+)$`)

// mailCopy takes in the last mail once more.
func (p *player) mailCopy(ctx context.Context, address string) error {
	e := p.mailed
	e.Key, e.At = e.Key+":"+address, time.Now()
	body := e.Body.(bot.Mailed)
	body.EnvelopeTo = to(address)
	e.Body = body
	return p.life.desk.Accept(ctx, e)
}

// to is the envelope of one address; empty: it is not said.
func to(address string) []string {
	if address == "" {
		return nil
	}
	return []string{address}
}

func (p *player) mailOf(m []string, body string) bot.Mail {
	mail := bot.Mail{
		Kind: mailKind(m[2]), Absent: m[2] == "away", Quiet: m[2] == "quiet", From: mailboxOf(m[1]), To: []bot.Address{{Address: "support@desk.example"}}, Subject: m[9], Text: body,
		MessageID: fmt.Sprintf("<%x@mail.example>", sha256.Sum256([]byte(fmt.Sprint(p.steps, body))))[:24] + ">",
	}
	if n, ok := bot.ParseRequestID(m[3]); ok {
		mail.Answers = n
	} else if mail.InReplyTo = m[3]; m[3] == "ours" {
		p.mu.Lock()
		mail.InReplyTo = p.ours
		p.mu.Unlock()
	}
	if m[4] != "" {
		mail.Text, mail.Forwarded = forwarded(mailboxOf(m[4]), m[9], body)
		mail.Quoted = mail.Forwarded.Text
	}
	for name := range strings.SplitSeq(m[5], ",") {
		if name != "" {
			mail.Files = append(mail.Files, bot.File{Name: name, Type: "application/octet-stream", Size: 1})
		}
	}
	for address := range strings.SplitSeq(m[6], ",") {
		if address != "" {
			mail.Cc = append(mail.Cc, bot.Address{Address: address})
		}
	}
	if m[7] != "" {
		mail.To = []bot.Address{{Address: m[7]}}
	}
	if mail.Kind == bot.MailBounce {
		code, rest, _ := strings.Cut(body, " ")
		to, why, _ := strings.Cut(rest, " ")
		mail.Bounce = &bot.Bounce{Message: mail.InReplyTo, To: strings.Fields(to), Status: code, Permanent: strings.HasPrefix(code, "5"), Why: why}
	}
	return mail
}

func mailKind(mark string) bot.MailKind {
	switch mark {
	case "", "quiet", "old":
		return bot.MailHuman
	case "away":
		return bot.MailAuto
	}
	return bot.MailKind(mark)
}

// mailboxOf reads "Helen Park <helen@copperfield.example>". One without a name
// goes by the name in its address.
func mailboxOf(s string) bot.Address {
	if name, rest, ok := strings.Cut(s, " <"); ok {
		return bot.Address{Name: name, Address: strings.TrimSuffix(rest, ">")}
	}
	name, _, ok := strings.Cut(s, "@")
	if !ok {
		return bot.Address{Name: s}
	}
	return bot.Address{Name: strings.ToUpper(name[:1]) + name[1:], Address: s}
}

// forwarded takes the words of a forward apart.
func forwarded(from bot.Address, subject, body string) (above string, f *bot.Forward) {
	above, below, ok := strings.Cut("\n"+body, "\n---\n")
	if !ok {
		above, below = "", body
	}
	f = &bot.Forward{From: from, Subject: bot.TitleOfSubject(subject)}
	for {
		line, rest, _ := strings.Cut(below, "\n")
		switch name, value, _ := strings.Cut(line, ": "); name {
		case "Date":
			f.Date = value
		case "Subject":
			f.Subject = value
		case "To":
			f.To = []bot.Address{mailboxOf(value)}
		default:
			f.Text = below
			return strings.TrimSpace(above), f
		}
		below = rest
	}
}
