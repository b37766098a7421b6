package bot

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// Change stores what an act made of a request: the request, its audit line,
// its card and, so that it can be taken back, the act itself. before is the
// request as it was; sends are the keys of deliveries that wait because of it.
func Change(tx Tx, e Event, before Request, r *Request, why string, sends ...string) error {
	r.endAnswering(before)
	r.settle()
	r.note(tx, e, before, why, sends)
	if err := errors.Join(tx.SaveRequest(r), keepTimer(tx, before, *r), keepSilence(tx, before, *r), keepBrief(tx, before, *r), keepForward(tx, before, *r)); err != nil {
		return err
	}
	who, action, surface := e.who(tx)
	if err := tx.AddAudit(AuditLine{
		At: tx.Now(), Who: who, Surface: surface, Action: action, Object: r.ID(),
		Before: brief(before), After: brief(*r), Why: why, Event: e.ID,
	}); err != nil {
		return err
	}
	if e.Call != nil && !e.Call.Undo && before.Number != 0 {
		act := Act{Request: r.Number, Who: who, Command: action, Emoji: e.Call.Emoji, Place: e.Place.Top(), Message: e.Message,
			At: tx.Now(), Version: r.Turn(), Before: before, Sends: sends}
		if err := tx.SaveAct(&act); err != nil {
			return err
		}
	}
	return PutCard(tx, *r)
}

// Mark stores something of a request that is no act, such as who writes to the
// client at this moment, and shows it on the card. It is in no audit line, and
// takes from nobody what they can undo.
func Mark(tx Tx, r *Request) error {
	r.Marks++
	if err := tx.SaveRequest(r); err != nil {
		return err
	}
	return PutCard(tx, *r)
}

// Turn counts the acts that have changed the request. An act can be undone
// while it is the last one.
func (r Request) Turn() int { return r.Version - r.Marks }

// Restore makes the request what it was before an act that is the last one. What
// is no act's doing stays: where it is shown, who writes at this moment, and
// when the client was answered first.
func (r *Request) Restore(before Request) {
	now := *r
	*r = before
	r.Number, r.Version, r.Marks = now.Number, now.Version, now.Marks
	r.CreatedAt, r.UpdatedAt = now.CreatedAt, now.UpdatedAt
	r.Home, r.Desk = now.Home, now.Desk
	r.Answering, r.AnsweredAt = now.Answering, now.AnsweredAt
}

// who says in whose name an event acts, what it does, and by which surface.
func (e Event) who(v View) (person, action string, surface Surface) {
	if e.Call != nil {
		return e.Call.Person.ID, e.Call.Command, e.Call.Surface
	}
	if e.Actor.ID != "" {
		person = v.Settings().Person(e.Actor).ID
	}
	return person, e.Body.Kind(), SurfaceOf(e)
}

// brief is a request's state for the audit log, without anybody's words.
func brief(r Request) string {
	if r.Number == 0 {
		return ""
	}
	s := fmt.Sprintf("%s L%d", r.State, r.Level)
	if r.Class != "" && r.Class != Standard {
		s += " " + string(r.Class)
	}
	if r.Kind != "" && r.Kind != KindQuestion {
		s += " " + string(r.Kind)
	}
	if r.Private {
		s += " private"
	}
	if r.Assignee != "" {
		s += " taken"
	}
	if r.Returns > 0 {
		s += fmt.Sprintf(" returns %d", r.Returns)
	}
	if r.Confirmed {
		s += " confirmed"
	}
	return s
}

// SolvedKey is the key of the word that a client gets when a request is
// solved. It waits for the time in which a solve can be taken back.
func SolvedKey(r Request) string { return fmt.Sprintf("solved:%s:%d", r.ID(), r.SolvedAt.UnixMilli()) }

// TellSolved queues the word to the client that the request is done, and to
// those whose requests go on in it; it leaves when the act can no longer be
// taken back. It returns the key of the first.
func TellSolved(tx Tx, r Request) (string, error) {
	key := SolvedKey(r)
	tx = Remembering(tx)
	if err := tellSolved(tx, r, r); err != nil {
		return key, err
	}
	return key, TellFamilySolved(tx, r)
}

// TellFamilySolved queues that word where the requests were that go on in this
// one, but for where it is said anyway: there, or on those in told.
func TellFamilySolved(tx Tx, r Request, told ...int64) error {
	tx = Remembering(tx)
	family, err := Family(tx, r)
	if err != nil {
		return err
	}
	heard := []Place{r.Home}
	for _, m := range family {
		if slices.Contains(told, m.Number) {
			heard = append(heard, m.Home)
		}
	}
	for _, m := range family {
		if slices.Contains(heard, m.Home) { // one conversation hears it once
			continue
		}
		if err := tellSolved(tx, r, m); err != nil {
			return err
		}
		heard = append(heard, m.Home)
	}
	return nil
}

func tellSolved(tx Tx, r, m Request) error {
	d := Delivery{Key: solvedFor(r, m), NotBefore: tx.Now().Add(tx.Settings().UndoState)}
	t := Say("client.solved", "Request", m.Part())
	if r.Number == m.Number {
		t = withPass(tx.Settings(), r, t)
	}
	return ToClient(tx, m, d, MessageOf(t), true)
}

// solvedFor is the key of the word that goes where a request was which goes on
// in r.
func solvedFor(r, m Request) string {
	if r.Number == m.Number {
		return SolvedKey(r)
	}
	return SolvedKey(r) + ":" + m.ID()
}

// ToClient sends something to the client's face of a request: to the thread
// where the client speaks, or by mail, with the copies that d.Mail names. auto
// says that the desk speaks by itself, which it does not to a person for whom a
// complaint has stopped that.
func ToClient(tx Tx, r Request, d Delivery, m Message, auto bool) error {
	s := tx.Settings()
	if auto {
		by, err := Hushed(tx, s.Person(Actor{ID: r.Requester}))
		if err != nil || by != 0 {
			return err
		}
	}
	lang := s.ClientLanguage(r)
	Localize(&m, lang)
	d.To, d.Request, d.Face, d.ToClient, d.Message = ClientPlace(s, r), r.Number, FaceHome, true, m
	if r.Home.Adapter != "email" {
		d.Op = OpPost
		if d.To == r.Home && r.Home.Thread == "" {
			d.After = rootKey(r.Number)
		}
		return tx.PutDelivery(d)
	}
	d.Op, d.Message = OpMail, Message{}
	mail, err := mailTo(tx, r, m, lang)
	if err != nil {
		return err
	}
	if d.Mail != nil {
		mail.Cc, mail.Files = d.Mail.Cc, d.Mail.Files
		mail.addressTo(r, d.Mail.To)
	}
	mail.Auto = auto
	d.Mail = &mail
	if auto && d.Until.IsZero() {
		d.Until = later(tx.Now(), d.NotBefore).Add(24 * time.Hour)
	}
	if err := tx.SaveMail(OutLine(s, d, tx.Now(), DeliveryWaiting, "")); err != nil {
		return err
	}
	return tx.PutDelivery(d)
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// mailTo is an answer to the last mail of the client.
func mailTo(v View, r Request, m Message, lang Language) (Mail, error) {
	mail := Mail{
		To:          []Address{r.MailAddress()},
		SubjectText: Say("mail.subject", "Request", Quote(r.ID()), "Title", Quote(r.Title)).For(lang),
		Body:        m.Text,
	}
	if m.Author != "" {
		mail.From.Name = v.Settings().Person(Actor{ID: m.Author}).Name
	}
	comments, err := mailsOf(v, r)
	if err != nil {
		return mail, err
	}
	mail.References = clientMails(comments)
	if n := len(mail.References); n > 0 {
		mail.InReplyTo = mail.References[n-1]
	}
	return mail, nil
}

// mailsOf is the conversation that a mail to the client of a request goes on
// with. Where several requests became one, it is what was said at the client's
// own address: the others' mails are in nobody else's mailbox.
func mailsOf(v View, r Request) ([]Comment, error) {
	comments, err := v.Comments(r.Number)
	if err != nil || r.MergedInto == 0 && len(r.Merged) == 0 {
		return comments, err
	}
	on, err := GoesOn(v, r)
	if err != nil {
		return nil, err
	}
	if on.Number != r.Number {
		later, err := v.Comments(on.Number)
		if err != nil {
			return nil, err
		}
		comments = append(comments, later...)
	}
	return slices.DeleteFunc(comments, func(c Comment) bool { return c.Place.Top() != r.Home.Top() }), nil
}

// clientMails are the Message-IDs of the client's mails, oldest first, as an
// answer refers to them. What we say ourselves is kept under a delivery's key,
// which no mail program knows.
func clientMails(comments []Comment) (ids []string) {
	for _, c := range comments {
		if c.Place.Adapter == "email" && c.Visibility == ForClient && !c.Deleted && c.Message != "" && !IsReply(c.Message) {
			ids = append(ids, c.Message)
		}
	}
	return ids[max(0, len(ids)-maxReferences):]
}

// maxReferences is how many mails an answer refers to.
const maxReferences = 20

// DropSolved takes back the word that a request is done, if it still waits. It
// reports whether no client has heard it. A reply that says it is a person's
// own words: it leaves all the same.
func DropSolved(tx Tx, r Request) (unheard bool, err error) {
	if r.SolvedBy != "" {
		unheard, err = waits(tx, r.SolvedBy)
	} else {
		unheard, err = tx.DropDelivery(SolvedKey(r))
	}
	if err != nil || r.SolvedAt.IsZero() {
		return unheard, err
	}
	family, err := Family(tx, r)
	if err != nil {
		return unheard, err
	}
	for _, m := range family {
		dropped, err := tx.DropDelivery(solvedFor(r, m))
		if err != nil {
			return unheard, err
		}
		if !dropped {
			_, _, err := tx.Delivery(solvedFor(r, m))
			if err != nil && !errors.Is(err, ErrNotFound) {
				return unheard, err
			}
			unheard = unheard && err != nil // there was none
		}
	}
	return unheard, nil
}
