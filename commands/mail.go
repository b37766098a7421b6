package commands

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"meridian/bot"
)

// mailThread takes a mail that answers one of ours, or one of the client's own
// before, into that request's conversation.
func mailThread() bot.Handler {
	return bot.Handler{Name: "mail.thread", Do: func(_ context.Context, tx bot.Tx, e bot.Event, _ any) error {
		m := e.Body.(bot.Mailed).Mail
		r, err := mailRequest(tx, e, m)
		if errors.Is(err, bot.ErrNotFound) {
			return bot.ErrPass
		}
		if err == nil {
			r, err = bot.GoesOn(tx, r)
		}
		if err != nil {
			return err
		}
		if m.Kind == bot.MailBounce {
			return errors.Join(saveMail(tx, e, m, r.Number), bounced(tx, e, r))
		}
		who := tx.Settings().Person(e.Actor)
		c := bot.Comment{Request: r.Number, Author: who.ID, Name: who.Name, Text: m.Text, Visibility: bot.ForClient, Place: e.Place, Message: m.MessageID, At: e.At, Files: m.Files}
		if m.Kind == bot.MailAuto { // it is kept; an absence notice stops the clock of the client's silence
			c.Visibility = bot.ForInternal
			return errors.Join(saveMail(tx, e, m, r.Number), tx.SaveComment(&c), absent(tx, r, m))
		}
		if !r.Ended() && r.Include(tx.Settings(), m) {
			if err := bot.Mark(tx, &r); err != nil {
				return err
			}
		}
		number, err := clientSays(tx, e, r, c)
		if err != nil {
			return err
		}
		return saveMail(tx, e, m, number)
	}}
}

// subjectTag is the number that we put into subjects.
var subjectTag = regexp.MustCompile(`\[[Rr]-([0-9]{1,15})\]`)

// mailRequest finds the request that a mail belongs to: by the messages it
// answers, or by the number in its subject if the sender is the requester. A
// stranger's tag is no key: that mail is a new request.
func mailRequest(v bot.View, e bot.Event, m bot.Mail) (bot.Request, error) {
	refs := answered(m)
	if len(refs) > 0 {
		n, err := v.MailRequest(refs...)
		if err == nil {
			return participates(v, e, n)
		}
		if !errors.Is(err, bot.ErrNotFound) {
			return bot.Request{}, err
		}
	}
	tag := subjectTag.FindStringSubmatch(m.Subject)
	if tag == nil {
		return bot.Request{}, bot.ErrNotFound
	}
	n, ok := bot.ParseRequestID(tag[1])
	if !ok {
		return bot.Request{}, bot.ErrNotFound
	}
	return participates(v, e, n)
}

// answered are the messages that a mail answers, the nearest first: a thread
// may have begun with another request.
func answered(m bot.Mail) []string {
	refs := slices.Clone(m.References)
	if m.InReplyTo != "" {
		refs = append(refs, m.InReplyTo)
	}
	slices.Reverse(refs)
	return refs
}

// participates gives a request to its requester, to those of the same company
// and to the team; for anybody else it is as if it were not there.
func participates(v bot.View, e bot.Event, number int64) (bot.Request, error) {
	r, err := v.Request(number)
	if err != nil {
		return r, err
	}
	who := v.Settings().Person(e.Actor)
	machine := e.Body.(bot.Mailed).Mail.Kind == bot.MailBounce
	if machine || who.Is(r.Requester) || who.Team() || who.Client != "" && who.Client == r.Client {
		return r, nil
	}
	return bot.Request{}, bot.ErrNotFound
}

// bounced tells the team that a mail of ours came back.
func bounced(tx bot.Tx, e bot.Event, r bot.Request) error {
	return bot.ToDesk(tx, r, bot.Delivery{
		Key:     fmt.Sprintf("bounce:%d", e.ID),
		Message: bot.MessageOf(bot.Say("relay.bounced", "Request", r.Part(), "To", r.Home.Channel)),
	})
}

// mailIntake files a mail as a request. Machines get no receipt; bounces and
// automatic answers to nothing we know are kept on the mail page alone.
func mailIntake() bot.Handler {
	return bot.Handler{Name: "mail.intake", Do: func(_ context.Context, tx bot.Tx, e bot.Event, _ any) error {
		m := e.Body.(bot.Mailed).Mail
		if m.Kind == bot.MailBounce || m.Kind == bot.MailAuto && (m.InReplyTo != "" || len(m.References) > 0) {
			return saveMail(tx, e, m, 0)
		}
		if isThanksMail(tx, e, m) {
			return thanksMail(tx, e, m)
		}
		quiet, err := enoughReceipts(tx, e)
		if err != nil {
			return err
		}
		f := bot.Filing{
			Who: e.Actor, Words: mailWords(m), Title: bot.TitleOfSubject(subjectTag.ReplaceAllString(m.Subject, "")), Source: "email", Home: e.Place, Message: m.MessageID,
			Silent: m.Kind != bot.MailHuman || quiet || m.From.Address == "", Mail: &m,
		}
		r, err := bot.FileRequest(tx, e, f)
		if err != nil {
			return err
		}
		return saveMail(tx, e, m, r.Number)
	}}
}

// mailWords are what a request by mail says: the new text, or all there is.
func mailWords(m bot.Mail) string {
	for _, s := range []string{m.Text, m.Quoted, m.Subject} {
		if s = strings.TrimSpace(s); s != "" {
			return s
		}
	}
	return ""
}

// isThanksMail reports whether a new mail says thanks and nothing else. Many
// write what they want into the subject and thanks below it.
func isThanksMail(v bot.View, e bot.Event, m bot.Mail) bool {
	if m.Kind != bot.MailHuman || m.Forwarded != nil || !gistOf(v, e, m.Text).Pleased() {
		return false
	}
	written := strings.Join(strings.Fields(m.Subject), " ")
	subject := bot.TitleOfSubject(subjectTag.ReplaceAllString(written, ""))
	return subject == "" || subject != written || gistOf(v, e, subject).Pleased()
}

// thanksMail keeps a mail that only says thanks: on the sender's request that
// was solved last it confirms, else it is kept with what they wrote about last,
// and it never files anything.
func thanksMail(tx bot.Tx, e bot.Event, m bot.Mail) error {
	who := tx.Settings().Person(e.Actor)
	r, err := thankedFor(tx, who)
	if err != nil {
		return err
	}
	if r.Number == 0 {
		recent, err := tx.Requests(bot.RequestQuery{Requester: who.ID, Newest: true, Limit: 1})
		if err != nil {
			return err
		}
		if len(recent) == 0 || tx.Now().Sub(recent[0].UpdatedAt) > thanksFor {
			return saveMail(tx, e, m, 0)
		}
		r = recent[0]
	}
	number, err := clientSays(tx, e, r, bot.Comment{Request: r.Number, Author: who.ID, Name: who.Name, Text: m.Text, Visibility: bot.ForClient, Place: e.Place, Message: m.MessageID, At: e.At, Files: m.Files})
	if err != nil {
		return err
	}
	return saveMail(tx, e, m, number)
}

const (
	receiptGap     = 10 * time.Minute // after a receipt the next mail of the same sender gets none
	receiptsADay   = 10
	receiptsAnHour = 3
)

// enoughReceipts reports whether a sender has had receipts enough: the first
// of several mails gets one, and two machines that answer each other stop.
func enoughReceipts(v bot.View, e bot.Event) (bool, error) {
	recent, err := v.Requests(bot.RequestQuery{Requester: v.Settings().Person(e.Actor).ID, Newest: true, Limit: receiptsADay})
	if err != nil {
		return false, err
	}
	hour, day := 0, 0
	for i, r := range recent {
		age := v.Now().Sub(r.CreatedAt)
		if i == 0 && age < receiptGap {
			return true, nil
		}
		if age < time.Hour {
			hour++
		}
		if age < 24*time.Hour {
			day++
		}
	}
	return hour >= receiptsAnHour || day >= receiptsADay, nil
}

func saveMail(tx bot.Tx, e bot.Event, m bot.Mail, request int64) error {
	var to []string
	for _, a := range m.To {
		to = append(to, a.Address)
	}
	return tx.SaveMail(bot.MailLine{
		At: tx.Now(), From: m.From.Address, To: strings.Join(to, ", "), Subject: m.Subject, Text: m.Text, Kind: m.Kind,
		Request: request, Message: m.MessageID,
	})
}
