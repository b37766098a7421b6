package commands

import (
	"context"
	"errors"
	"strings"

	"meridian/bot"
)

// mailAgain takes a mail that the desk has already: sent again after an answer
// got lost, or come by two ways. What it says beyond the first is kept. One that
// has come to the address for complaints too makes its request one, if that is the
// sender's alone and it says the same: whoever only knows its id has not sent it.
func mailAgain() bot.Handler {
	return bot.Handler{Name: "mail.again", Do: func(_ context.Context, tx bot.Tx, e bot.Event, _ any) error {
		b := e.Body.(bot.Mailed)
		if b.Mail.MessageID == "" {
			return bot.ErrPass
		}
		c, err := tx.CommentAt(e.Place, b.Mail.MessageID)
		if errors.Is(err, bot.ErrNotFound) {
			return bot.ErrPass
		}
		same := sameWords(c.Text, mailWords(b.Mail)) || b.Mail.Kind != bot.MailHuman
		if err != nil || same && !complains(tx.Settings(), b) {
			return err
		}
		r, err := tx.Request(c.Request)
		if err == nil {
			r, err = bot.GoesOn(tx, r)
		}
		if err == nil && complains(tx.Settings(), b) {
			if !sameWords(c.Text, mailWords(b.Mail)) || !theirsAlone(tx.Settings().Person(e.Actor), r) {
				return bot.ErrPass
			}
			r, err = becomesComplaint(tx, e, r, c)
		}
		if err != nil || same {
			return err
		}
		return mailSays(tx, e, r, b.Mail)
	}}
}

// mailThread takes a mail that answers one of ours, or one of the client's own
// before, into that request's conversation.
func mailThread() bot.Handler {
	return bot.Handler{Name: "mail.thread", Do: func(_ context.Context, tx bot.Tx, e bot.Event, _ any) error {
		m := e.Body.(bot.Mailed).Mail
		found, err := mailRequest(tx, e, m)
		if errors.Is(err, bot.ErrNotFound) {
			return bot.ErrPass
		}
		r := found
		if err == nil {
			r, err = bot.GoesOn(tx, r)
		}
		switch {
		case err != nil:
			return err
		case m.Kind == bot.MailBounce:
			return errors.Join(saveMail(tx, m, r.Number, false), bounced(tx, e, found, r, m))
		case m.Kind == bot.MailAuto:
			return autoSays(tx, e, r, m)
		case colleague(tx.Settings(), e.Actor):
			return colleagueSays(tx, e, r, m)
		}
		return mailSays(tx, e, r, m)
	}}
}

// mailSays takes a client's mail into the conversation of a request. Whom it was
// copied to take part in it from then on, and so does a colleague of theirs who
// writes.
func mailSays(tx bot.Tx, e bot.Event, r bot.Request, m bot.Mail) error {
	s := tx.Settings()
	who := s.Person(e.Actor)
	if client := s.Person(bot.Actor{ID: r.Requester, Name: r.Name}); r.MailTo != "" && who.Is("email:"+strings.ToLower(r.MailTo)) && !client.Team() {
		e.Actor, who = bot.Actor{ID: client.ID, Name: client.Name}, client // the address that we were told they have
	}
	joins := m
	if who.Client != "" && strings.EqualFold(who.Client, r.Client) {
		joins.Cc = append(joins.Cc[:len(joins.Cc):len(joins.Cc)], m.From)
	}
	if !r.Ended() && r.Include(s, joins) {
		if err := bot.Mark(tx, &r); err != nil {
			return err
		}
	}
	c := mailComment(e, who, r, m)
	above, err := keepAbove(tx, e, r.Number, m)
	if err != nil {
		return err
	}
	if e.Body.(bot.Mailed).Old {
		return errors.Join(tx.SaveComment(&c), saveMail(tx, m, r.Number, false))
	}
	if err := bot.EnsureCard(tx, r); err != nil {
		return err
	}
	number, err := clientSays(tx, e, r, c)
	if err != nil {
		return err
	}
	return errors.Join(showPassed(tx, e, r, number, m, above), saveMail(tx, m, number, false))
}

// mailComment is a mail as its sender's word to the desk.
func mailComment(e bot.Event, who bot.Person, r bot.Request, m bot.Mail) bot.Comment {
	return bot.Comment{Request: r.Number, Author: who.ID, Name: who.Name, Text: mailWords(m), Visibility: bot.ForClient, Place: e.Place, Message: m.MessageID, At: e.At, Files: m.Files}
}

// autoSays keeps what a machine answers, for the team alone. That the client is
// away stops the clock of their silence.
func autoSays(tx bot.Tx, e bot.Event, r bot.Request, m bot.Mail) error {
	who := tx.Settings().Person(e.Actor)
	c := mailComment(e, who, r, m)
	c.Visibility = bot.ForInternal
	if err := errors.Join(saveMail(tx, m, r.Number, false), tx.SaveComment(&c)); err != nil || !who.Owns(r) {
		return err
	}
	return absent(tx, r, m)
}

// mostAway is how many requests wait for somebody who is away, at most.
const mostAway = 5

// absentFromAll takes a notice of absence that answers nothing we know: it stops
// the clock of each silence of its sender.
func absentFromAll(tx bot.Tx, e bot.Event, m bot.Mail) error {
	waiting, err := tx.Requests(bot.RequestQuery{Requester: tx.Settings().Person(e.Actor).ID, States: []bot.State{bot.Waiting}, Newest: true, Limit: mostAway})
	if err != nil {
		return err
	}
	for _, r := range waiting {
		if err := absent(tx, r, m); err != nil {
			return err
		}
	}
	return nil
}

// colleagueSays takes a mail of somebody of the team as a note: the client reads
// what is sent to them, and not what is said to the desk.
func colleagueSays(tx bot.Tx, e bot.Event, r bot.Request, m bot.Mail) error {
	c := mailComment(e, tx.Settings().Person(e.Actor), r, m)
	c.Visibility = bot.ForInternal
	if err := errors.Join(tx.SaveComment(&c), saveMail(tx, m, r.Number, false)); err != nil {
		return err
	}
	t := bot.Say("relay.note", "Name", bot.Quote(c.Name)).Plus(bot.Break(), bot.BlockQuote(strings.TrimSpace(c.Text)))
	return bot.ToDesk(tx, r, bot.Delivery{Key: relayKey(c), Urgency: bot.UrgentReply, Message: bot.MessageOf(t)})
}

// mailIntake files a mail as a request. Machines get no receipt; bounces and
// automatic answers to nothing we know are kept on the mail page alone.
func mailIntake() bot.Handler {
	return bot.Handler{Name: "mail.intake", Do: func(_ context.Context, tx bot.Tx, e bot.Event, _ any) error {
		m := e.Body.(bot.Mailed).Mail
		switch {
		case m.Absent:
			return errors.Join(saveMail(tx, m, 0, false), absentFromAll(tx, e, m))
		case m.Kind == bot.MailBounce, answersItself(m):
			return saveMail(tx, m, 0, false)
		case isThanksMail(tx, e, m):
			return thanksMail(tx, e, m)
		}
		before, err := earlier(tx, e)
		if err != nil {
			return err
		}
		if r, ok := before.same(m, tx.Now()); ok {
			return saysAgain(tx, e, r, m)
		}
		folds, err := before.tooMany(tx, m)
		if err != nil {
			return err
		}
		if folds.limit > 0 {
			return fold(tx, e, folds, m)
		}
		return fileMail(tx, e, m, before)
	}}
}

// answersItself reports whether a mail is what a machine answers to another.
func answersItself(m bot.Mail) bool {
	return m.Absent || m.Kind == bot.MailAuto && (m.InReplyTo != "" || len(m.References) > 0)
}

// fileMail makes a request of a mail. Its first words are those of whoever wants
// something: of a forward they are the mail that is passed on.
func fileMail(tx bot.Tx, e bot.Event, m bot.Mail, before lately) error {
	names, err := mentioned(tx, m)
	if err != nil {
		return err
	}
	old := e.Body.(bot.Mailed).Old
	r, err := bot.FileRequest(tx, e, bot.Filing{
		Who: e.Actor, Words: mailWords(m), Title: mailTitle(m), Source: "email", Home: e.Place, Message: m.MessageID,
		Silent: m.Kind != bot.MailHuman || m.Quiet || old || m.From.Address == "" || before.enough(mailTitle(m), tx.Now()), Mail: &m,
		Language: before.language(m), Names: names, Unseen: old,
	})
	if err != nil {
		return err
	}
	if err := saveMail(tx, m, r.Number, true); err != nil || m.Forwarded == nil {
		return err
	}
	if _, err := keepAbove(tx, e, r.Number, m); err != nil || old {
		return err
	}
	return errors.Join(bot.ShowForward(tx, r), bot.ShowFiles(tx, r, r.ID(), r.Name, m.Files))
}

// mailWords are what somebody wants, in their words: of a forward the mail that
// is passed on, else the new text, or all there is.
func mailWords(m bot.Mail) string {
	all := []string{m.Text, m.Quoted, m.Subject}
	if m.Forwarded != nil { // what its forwarder wrote is for the team alone
		all = []string{m.Forwarded.Text, m.Forwarded.Subject, m.Subject}
	}
	for _, s := range all {
		if s = strings.TrimSpace(s); s != "" {
			return s
		}
	}
	return ""
}

// mailTitle is a mail's subject without the marks of answers and forwards. Who
// forwards under a subject of their own has written it to us: then it is that of
// the mail which is passed on.
func mailTitle(m bot.Mail) string {
	written := strings.Join(strings.Fields(subjectTag.ReplaceAllString(m.Subject, "")), " ")
	if m.Forwarded != nil && ownSubject(m) != "" {
		if title := bot.TitleOfSubject(m.Forwarded.Subject); title != "" {
			return title
		}
	}
	return bot.TitleOfSubject(written)
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
			return saveMail(tx, m, 0, false)
		}
		r = recent[0]
	}
	number, err := clientSays(tx, e, r, mailComment(e, who, r, m))
	if err != nil {
		return err
	}
	return saveMail(tx, m, number, false)
}

// saveMail keeps a mail for the mail page, with the request that it belongs to;
// filed says that it became that one.
func saveMail(tx bot.Tx, m bot.Mail, request int64, filed bool) error {
	var to []string
	for _, a := range m.To {
		to = append(to, a.Address)
	}
	return tx.SaveMail(bot.MailLine{
		At: tx.Now(), From: m.From.Address, To: strings.Join(to, ", "), Subject: m.Subject, Text: m.Text, Kind: m.Kind,
		Request: request, Filed: filed, Message: m.MessageID,
	})
}
