package bot

import "errors"

import (
	"time"

	"meridian/bot/say"
)

// Filing is what becomes a request.
type Filing struct {
	Who      Actor  // who wants something
	Words    string // in their words
	Title    string // empty: the first line of Words
	Source   string // the adapter
	Home     Place  // the channel or thread where the client speaks
	Message  string // the message that it was, which is the first of the conversation
	LinkedTo int64  // the request it continues
	Silent   bool   // no receipt: to a machine, or to somebody who just got one
	Mail     *Mail  // the mail it came by
	// Language is what the client writes, where nothing else says what they read.
	Language Language
	// Names is the request that the mail's subject names, to which its sender has
	// no part: the team is told that.
	Names int64
	// Unseen says that the mail lay in the mailbox before the desk came: neither
	// client nor team is told of it.
	Unseen    bool
	Posted    bool              // the words stand in no message yet: the desk posts them, and they become the first of the conversation
	Files     []File            // what is attached to the message
	Kind      Kind              // what its author says it is; empty: nothing was said
	Fields    map[string]string // what a request of that kind should say, by name: see [KindFields]
	Sample    int64             // it is the one of the sample day with this number: "S-3" is 3
	Complaint bool              // it is private from the start, and a lead's
	// Moved are comments of another request that are the conversation of this one
	// from now on; the first of them is Words.
	Moved []Comment
}

// FileRequest makes a request: the row, the first comment, the card for the team and
// one receipt for the client.
func FileRequest(tx Tx, e Event, f Filing) (Request, error) {
	s := tx.Settings()
	who := s.Person(f.Who)
	r := Request{
		Title: f.Title, Words: f.Words, State: New, Level: 1, Class: Standard, Kind: KindQuestion,
		Requester: who.ID, Name: who.Name, Client: who.Client, Source: f.Source,
		Home: f.Home, Desk: DeskOf(s, f.Home), LinkedTo: f.LinkedTo,
		Language: s.LanguageFor(f.Home, who), CreatedAt: tx.Now(),
	}
	if r.Title == "" {
		r.Title = TitleOfText(f.Words)
	}
	if r.Title == "" && len(f.Files) > 0 {
		r.Title = TitleOfText(f.Files[0].Name)
	}
	if r.OneFace() {
		r.Desk = r.Home
	}
	r.Passed = s.PassedOn(f.Mail)
	if f.Language != "" && who.Language == "" {
		r.Language = f.Language
	}
	if f.Mail != nil {
		r.Include(s, *f.Mail)
	}
	rules, err := sortNew(tx, &r, f)
	if err != nil {
		return Request{}, err
	}
	if refused := r.asFiled(f); refused != nil {
		return Request{}, refused
	}
	if f.Complaint {
		r.asComplaint(s)
	}
	if len(f.Moved) == 0 { // what was cut off another request is read beside that one
		if r.Clues, err = cluesOf(tx, r, len(f.attached())); err != nil {
			return Request{}, err
		}
		if f.Names != 0 {
			if r.Clues == nil {
				r.Clues = &Clues{}
			}
			r.Clues.Names = f.Names
		}
	}
	if len(f.Moved) == 0 && !f.Complaint {
		o, err := SameMatter(tx, r)
		if err != nil {
			return Request{}, err
		}
		r.Alike = o.Number
	}
	r.Number = -f.Sample
	if err := errors.Join(inherit(tx, &r), tx.SaveRequest(&r)); err != nil {
		return Request{}, err
	}
	if err := errors.Join(fileRows(tx, e, f, r), noteRules(tx, e, r, rules)); err != nil {
		return Request{}, err
	}
	if f.Posted {
		if err := postRoot(tx, r); err != nil {
			return Request{}, err
		}
	}
	if f.Unseen {
		return r, nil
	}
	if err := errors.Join(PutCard(tx, r), f.tellInherited(tx, r), offerMerge(tx, r), firstFiles(tx, r, f)); err != nil {
		return Request{}, err
	}
	if r.OneFace() || f.Silent {
		return r, nil
	}
	return r, ToClient(tx, r, Delivery{Key: ReceiptKey(r.Number)}, receipt(s, r), true)
}

func fileRows(tx Tx, e Event, f Filing, r Request) error {
	if err := firstWords(tx, e, f, r); err != nil {
		return err
	}
	if f.Message != "" && f.Mail == nil {
		if err := tx.LinkFirst(f.Home, f.Message, r.Number); err != nil {
			return err
		}
	}
	by, action, surface := e.who(tx)
	if action == "" || e.Call == nil {
		action = "file"
	}
	return tx.AddAudit(AuditLine{At: tx.Now(), Who: by, Surface: surface, Action: action, Object: r.ID(), After: brief(r), Event: e.ID})
}

// firstWords begins the conversation of a new request.
func firstWords(tx Tx, e Event, f Filing, r Request) error {
	c := Comment{Request: r.Number, Author: r.Requester, Name: r.Name, Text: f.Words, Files: f.attached(),
		Visibility: ForClient, Place: f.Home, Message: f.Message, At: e.At}
	if len(f.Moved) == 0 {
		return tx.SaveComment(&c)
	}
	return tx.MoveComments(r.Number, f.Moved)
}

// attached are the files that came with what is filed.
func (f Filing) attached() []File {
	if f.Mail != nil {
		return f.Mail.Files
	}
	return f.Files
}

// ReceiptKey is the key of the one automatic message that a client gets.
func ReceiptKey(number int64) string { return "receipt:" + RequestID(number) }

// rootKey is the key of the delivery that posts the first message of a
// conversation which began with a slash command.
func rootKey(number int64) string { return "root:" + RequestID(number) }

// postRoot says the requester's words in the channel. Receipt and answers go
// below it.
func postRoot(tx Tx, r Request) error {
	m := Message{Author: r.Requester, Text: Text{Parts: []Part{BlockQuote(r.Words)}}}
	return PostAt(tx, Delivery{Key: rootKey(r.Number), To: r.Home, Request: r.Number, Face: FaceHome, ToClient: true, Message: m})
}

// DeskOf is where the cards of requests from a place go: the channel's desk,
// the thread itself where colleagues ask colleagues, the mail's or the team's
// channel for what comes in no channel.
func DeskOf(s *Settings, home Place) Place {
	if home.Adapter == "email" {
		return s.MailCards
	}
	c, ok := s.Channel(home)
	switch {
	case ok && c.Desk != (Place{}):
		return c.Desk
	case ok && c.Audience == Inside:
		return home
	}
	return s.TeamCards
}

// ReceiptMessage is the receipt as a message, for where another one becomes it.
func ReceiptMessage(s *Settings, r Request) Message { return receipt(s, r) }

// receipt is the one automatic message that a client gets: the number, and by
// when a person answers. Where that is not promised, it says no time.
func receipt(s *Settings, r Request) Message {
	if r.Home.Adapter == "email" {
		return MessageOf(mailReceipt(s, r))
	}
	if r.LinkedTo != 0 {
		return MessageOf(Say("client.filed_from", "Request", r.Part(), "Other", Quote(RequestID(r.LinkedTo))))
	}
	due, ok := s.FirstAnswerBy(r)
	if !ok || !due.After(r.UpdatedAt) {
		return MessageOf(Say("client.filed", "Request", r.Part()))
	}
	back, closed := s.backAt(r)
	zone := s.ClientZone(r)
	switch {
	case !closed:
		return MessageOf(Say("client.filed_by", "Request", r.Part(), "When", s.AtClient(due, r, near(due, r.UpdatedAt, s.ClientCalendar(r).Zone))))
	case zone == nil:
		return MessageOf(Say("client.filed_back", "Request", r.Part(), "Since", At(back), "When", At(due)))
	}
	return MessageOf(Say("client.filed_closed", "Request", r.Part(), "Since", ClockIn(back, zone, say.DayClock), "When", ClockIn(due, zone, near(due, back, zone))))
}

// backAt is when somebody is at work again; false: somebody is.
func (s *Settings) backAt(r Request) (time.Time, bool) {
	cover := s.Coverage()
	if cover.Open(r.UpdatedAt) {
		return time.Time{}, false
	}
	return cover.NextOpen(r.UpdatedAt)
}

// mailReceipt is the receipt as a mail.
func mailReceipt(s *Settings, r Request) Text {
	if r.Kind == KindComplaint {
		t := Say("mail.hello", "Name", Quote(r.Name)).Plus(Break(), Break()).Plus(complaintPromise(s, r)...)
		return t.Plus(Break(), Break(), Words("mail.signature", "Name", Quote(s.Team.Name), "Request", r.Part()))
	}
	t := Say("mail.hello", "Name", Quote(r.Name)).Plus(Break(), Break(), s.filedWords(r), Break())
	t = t.Plus(mailPromise(s, r)...)
	if s.writesOnlyTo(r) {
		t = t.Plus(Break(), Words("mail.only", "Original", r.Original()))
	}
	return t.Plus(Break(), Break(), Words("mail.signature", "Name", Quote(s.Team.Name), "Request", r.Part()))
}

// filedWords say that a request is filed, and of a forward for whose company.
func (s *Settings) filedWords(r Request) Part {
	if home := s.OriginalHome(r); home != "" && home != r.Client {
		return Words("mail.filed_for", "Request", r.Part(), "Title", Quote(r.Title), "Client", home)
	}
	return Words("mail.filed", "Request", r.Part(), "Title", Quote(r.Title))
}

// writesOnlyTo reports whether the forwarder of a mail is told that whoever
// wrote it gets nothing from us: unless the client's rule or a copy of the mail
// says otherwise.
func (s *Settings) writesOnlyTo(r Request) bool {
	return r.Original() != "" && s.AnswersGoTo(r) == ToForwarder && !r.isToOriginal(r.Cc) && !r.isToOriginal([]Address{r.MailAddress()})
}

// mailPromise says by when a person answers, on the reader's own clock, and
// that somebody is at work, or from when.
func mailPromise(s *Settings, r Request) []Part {
	due, ok := s.FirstAnswerBy(r)
	if !ok {
		return []Part{Words("mail.answers")}
	}
	zone := s.ClientZone(r)
	back, closed := s.backAt(r)
	switch {
	case closed && zone == nil:
		return []Part{Words("mail.back_at", "Since", At(back), "When", At(due))}
	case closed:
		return []Part{Words("mail.back", "Since", ClockIn(back, zone, say.DayClock), "When", ClockIn(due, zone, near(due, back, zone)))}
	}
	answer := Words("mail.answers_at", "When", At(due))
	if zone != nil {
		answer = Words("mail.answers_by", "When", ClockIn(due, zone, near(due, r.UpdatedAt, zone)))
	}
	if city, ok := s.atWork(r.UpdatedAt); ok {
		return []Part{Words("mail.at_work", "Place", city), Quote(" "), answer}
	}
	return []Part{answer}
}
