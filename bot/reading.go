package bot

import (
	"errors"
	"strings"
)

// MailReading is what the desk makes of a mail, read within a rehearsal: nothing
// of it has happened.
type MailReading struct {
	Mail     Mail
	Becomes  Becomes
	Request  Request // that it becomes, or belongs to; zero: none
	Card     Message // of that request
	Receipt  *Mail   // what its sender would get; nil: nothing
	To       []Address
	Articles []Article // that may answer it, the best first
	Urgent   string    // the words that say that nothing goes any more
}

// Becomes is what becomes of a mail.
type Becomes string

// What can become of one: a new request, a part of a request's conversation, the
// very same mail as before, or nothing but a line among the mails.
const (
	BecomesRequest Becomes = "request"
	BecomesComment Becomes = "comment"
	BecomesAgain   Becomes = "again"
	BecomesNothing Becomes = "nothing"
)

// articlesNamed is how many articles are named beside a mail.
const articlesNamed = 2

// ReadMail reads what a mail would lead to. Only the team may.
func (p Pages) ReadMail(e Event) (r MailReading, err error) {
	b, ok := e.Body.(Mailed)
	if !ok || !p.who.Team() {
		return r, ErrNotFound
	}
	r.Mail, r.Becomes = b.Mail, BecomesNothing
	line, err := p.lineOf(b.Mail)
	if err != nil || line.Request == 0 {
		return r, err
	}
	if r.Request, err = p.v.Request(line.Request); err != nil {
		return r, err
	}
	if !p.who.Sees(r.Request) {
		return MailReading{Mail: b.Mail, Becomes: BecomesComment}, nil
	}
	r.Becomes = BecomesComment
	if line.Filed {
		r.Becomes = BecomesRequest
	}
	s := p.v.Settings()
	if r.Card, err = CardOf(p.v, r.Request); err != nil {
		return r, err
	}
	r.To = r.Request.AddressesOf(s.AnswersGoTo(r.Request))
	r.Urgent = urgentPhrase(r.Request.Title + "\n" + r.Request.Words)
	return r, errors.Join(r.readReceipt(p.v), r.readArticles(p.v))
}

// linesRead is how many of the newest lines are looked through for a mail.
const linesRead = 20

// lineOf is the line that a mail has just got among the mails; zero: none.
func (p Pages) lineOf(m Mail) (MailLine, error) {
	lines, err := p.v.Mails(linesRead)
	for _, l := range lines {
		if !l.Out && l.Message == m.MessageID && l.From == m.From.Address {
			return l, err
		}
	}
	return MailLine{}, err
}

// MailKnown is the request that has the very same mail already; 0: none has.
func (p Pages) MailKnown(e Event) (int64, error) {
	if e.Message == "" || !p.who.Team() {
		return 0, nil
	}
	c, err := p.v.CommentAt(e.Place, e.Message)
	if errors.Is(err, ErrNotFound) {
		return 0, nil
	}
	return c.Request, err
}

func (r *MailReading) readReceipt(v View) error {
	if r.Becomes != BecomesRequest {
		return nil
	}
	d, _, err := v.Delivery(ReceiptKey(r.Request.Number))
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	r.Receipt = d.Mail
	return err
}

func (r *MailReading) readArticles(v View) error {
	found, err := v.FindArticles(ArticleQuery{Text: r.Request.Title + "\n" + r.Request.Words, Limit: 5})
	if err != nil {
		return err
	}
	for _, a := range v.Settings().FAQ.Candidates(found) {
		if len(r.Articles) < articlesNamed {
			r.Articles = append(r.Articles, a.Article)
		}
	}
	return nil
}

// Above is what the forwarder of a mail wrote above it, for the team alone.
func (r MailReading) Above() string {
	if r.Mail.Forwarded == nil {
		return ""
	}
	return strings.TrimSpace(r.Mail.Text)
}
