package email

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/mail"
	"strings"

	gomail "github.com/wneessen/go-mail"

	"meridian/bot"
)

var (
	errNoRelay   = errors.New("no smarthost is set")
	errRecipient = errors.New("no recipient has an address")
	errLoop      = errors.New("the desk does not write to itself")
)

// maxReferences is the length of a References field; the first mail of a
// conversation and the last ones fit.
const maxReferences = 1500

// Deliver sends a mail by the smarthost; every other operation is unsupported.
// Without a smarthost it is held. A refusal (5xx) is permanent, a connection
// that is lost after the whole mail was handed over leaves the outcome
// unknown, anything else is tried again. The mail's id is made of the
// delivery's key, so that a second try can be seen as the same mail.
func (a *Adapter) Deliver(ctx context.Context, d bot.Delivery) (bot.Receipt, error) {
	if d.Op != bot.OpMail || d.Mail == nil {
		return bot.Receipt{}, bot.ErrUnsupported
	}
	if a.relay.addr == "" {
		return bot.Receipt{}, bot.Held(errNoRelay)
	}
	to, cc := a.recipients(d.Mail.To), a.recipients(d.Mail.Cc)
	if len(to) == 0 {
		if len(d.Mail.To) > 0 && strings.EqualFold(d.Mail.To[0].Address, a.config.Address) {
			return bot.Receipt{}, bot.Permanent(errLoop)
		}
		return bot.Receipt{}, bot.Permanent(errRecipient)
	}
	id, reply := a.messageID(d.Key, d.Request), a.replyAddress(d.Request)
	msg, err := a.compose(ctx, *d.Mail, id, to, cc)
	if err != nil {
		return bot.Receipt{}, err
	}
	letter := letter{from: a.config.Address, write: msg.WriteTo}
	if reply != "" {
		letter.from = reply // so that a bounce names the request
		if err := msg.ReplyTo(reply); err != nil {
			return bot.Receipt{}, bot.Permanent(fmt.Errorf("email: reply address: %w", err))
		}
	}
	if d.Mail.Auto && !a.config.NamedSender {
		letter.from = ""
	}
	letter.to, letter.cc, letter.tries = plainAddresses(to), plainAddresses(cc), d.Attempt-1
	out, err := a.send(ctx, letter)
	if err != nil {
		return bot.Receipt{}, err
	}
	receipt := bot.Receipt{Message: id}
	for _, r := range out {
		receipt.Events = append(receipt.Events, a.leftOut(id, r))
	}
	return receipt, nil
}

func plainAddresses(list []*mail.Address) []string {
	var out []string
	for _, r := range list {
		out = append(out, r.Address)
	}
	return out
}

// leftOut tells of a recipient that the smarthost did not take while it took
// others, in the form of the report that a mail server would have sent.
func (a *Adapter) leftOut(id string, r refusal) bot.Event {
	status := enhanced.FindString(r.reply.Msg)
	if status == "" {
		status = "5.0.0"
	}
	why := cleanLine(fmt.Sprintf("%d %s", r.reply.Code, r.reply.Msg), 300)
	raw := fmt.Sprintf("From: Mail Delivery System <mailer-daemon@%s>\r\nTo: %s\r\nSubject: Undelivered Mail Returned to Sender\r\nAuto-Submitted: auto-replied\r\n"+
		"Content-Type: multipart/report; report-type=delivery-status; boundary=\"report\"\r\n\r\n--report\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n<%s>: %s\r\n"+
		"--report\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; %s\r\n\r\nFinal-Recipient: rfc822; %s\r\nAction: failed\r\nStatus: %s\r\nDiagnostic-Code: smtp; %s\r\n"+
		"--report\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <%s>\r\n--report--\r\n",
		a.config.Hostname, a.config.Address, r.address, why, a.config.Hostname, r.address, status, why, id)
	sum := sha256.Sum256([]byte(id + " " + r.address))
	return bot.Event{
		Source: Source, Key: "refused:" + hex.EncodeToString(sum[:16]), At: a.o.Now(), Raw: []byte(raw),
		Actor: bot.Actor{ID: Source + ":mailer-daemon@" + a.config.Hostname}, Place: bot.Place{Adapter: Source, Channel: "mailer-daemon@" + a.config.Hostname},
		Body: bot.Mailed{EnvelopeTo: []string{a.config.Address}},
	}
}

// recipients are those that can be written to. The desk never writes to itself.
func (a *Adapter) recipients(list []bot.Address) []*mail.Address {
	var out []*mail.Address
	for _, r := range list {
		if isAddress(r.Address) && !strings.EqualFold(r.Address, a.config.Address) {
			out = append(out, &mail.Address{Name: cleanLine(r.Name, maxNameBytes), Address: r.Address})
		}
	}
	return out
}

// compose writes the mail: every field is one line, whoever its words are from.
func (a *Adapter) compose(ctx context.Context, m bot.Mail, id string, to, cc []*mail.Address) (*gomail.Msg, error) {
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	sender := m.From.Name
	if sender == "" {
		sender = a.o.Name
	}
	msg.FromMailAddress(&mail.Address{Name: cleanLine(sender, maxNameBytes), Address: a.config.Address})
	msg.ToMailAddress(to...)
	if len(cc) > 0 {
		msg.CcMailAddress(cc...)
	}
	subject, text := m.Subject, m.Text
	if len(m.SubjectText.Parts) > 0 {
		subject = m.SubjectText.Plain(a.o.Catalogue, a.o.Zone)
	}
	if len(m.Body.Parts) > 0 {
		text = a.passes.Signed(m.Body, a.o.Now()).Plain(a.o.Catalogue, a.o.Zone)
	}
	msg.Subject(cleanLine(subject, maxSubjectBytes))
	msg.SetMessageIDWithValue(id)
	msg.SetDateWithValue(a.o.Now())
	a.thread(msg, m)
	msg.SetGenHeader(LoopHeader, a.config.Hostname)
	if m.Auto {
		msg.SetGenHeader("Auto-Submitted", "auto-replied")
		msg.SetGenHeader("X-Auto-Response-Suppress", "All")
		msg.SetGenHeader("Precedence", "bulk")
	}
	msg.SetBodyString(gomail.TypeTextPlain, strings.TrimRight(text, "\n")+"\n")
	return msg, a.attach(ctx, msg, m.Files)
}

// thread names the mails that this one answers.
func (a *Adapter) thread(msg *gomail.Msg, m bot.Mail) {
	refs := m.References
	if m.InReplyTo != "" && (len(refs) == 0 || refs[len(refs)-1] != m.InReplyTo) {
		refs = append(refs[:len(refs):len(refs)], m.InReplyTo)
	}
	if id := headerID(m.InReplyTo); id != "" {
		msg.SetGenHeaderPreformatted("In-Reply-To", id)
	}
	if line := references(refs); line != "" {
		msg.SetGenHeaderPreformatted("References", line)
	}
}

// references joins ids, each on a folded line of its own: the first, and as
// many of the last as fit.
func references(ids []string) string {
	var kept []string
	size := 0
	for i := len(ids) - 1; i >= 0; i-- {
		id := headerID(ids[i])
		if id == "" {
			continue
		}
		if size+len(id)+3 > maxReferences {
			break
		}
		size += len(id) + 3
		kept = append([]string{id}, kept...)
	}
	if len(ids) > 0 && len(kept) > 1 {
		if first := headerID(ids[0]); first != "" && first != kept[0] {
			for size+len(first)+3 > maxReferences && len(kept) > 1 {
				size -= len(kept[0]) + 3
				kept = kept[1:]
			}
			kept = append([]string{first}, kept...)
		}
	}
	return strings.Join(kept, "\r\n ")
}

// headerID is an id in brackets, if it can stand in a header.
func headerID(id string) string {
	id = cleanID(id)
	for _, r := range id {
		if r > 0x7e {
			return ""
		}
	}
	if id == "" {
		return ""
	}
	return "<" + id + ">"
}

// attach adds the kept bytes of files.
func (a *Adapter) attach(ctx context.Context, msg *gomail.Msg, files []bot.File) error {
	for i, f := range files {
		r, err := a.desk.OpenBlob(ctx, f.Blob)
		if errors.Is(err, bot.ErrNotFound) {
			return bot.Permanent(fmt.Errorf("email: file %d of a mail: %w", i+1, err))
		}
		if err != nil {
			return fmt.Errorf("email: file %d of a mail: %w", i+1, err)
		}
		err = msg.AttachReader(fileName(f.Name, f.Type, i+1), r)
		r.Close()
		if err != nil {
			return fmt.Errorf("email: file %d of a mail: %w", i+1, err)
		}
	}
	return nil
}
