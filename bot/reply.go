package bot

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"meridian/bot/calendar"
)

// replyPrefix begins the keys of deliveries that carry a person's reply to the
// client. Until such a mail or message has left, its comment has the key as its
// message.
const replyPrefix = "reply:"

// ReplyKey is the key of the reply that an event gives to a request.
func ReplyKey(request, event int64) string {
	return fmt.Sprintf("%s%s:%d", replyPrefix, RequestID(request), event)
}

// OnceKey is the key of a reply that is given once for a thing that key names,
// such as the message that asked for it.
func OnceKey(request int64, key string) string {
	return fmt.Sprintf("%s%s:once:%s", replyPrefix, RequestID(request), key)
}

// CopyKey is the key of the reply that brings a comment of the team to the
// client. There is one for each comment: it is sent once.
func CopyKey(c Comment) string {
	return fmt.Sprintf("%s%s:c%d", replyPrefix, RequestID(c.Request), c.ID)
}

// IsReply reports whether a delivery's key is a reply's.
func IsReply(key string) bool { return strings.HasPrefix(key, replyPrefix) }

// Unsent reports whether a comment is a reply that the client has not got: it
// waits for the moment in which it can be taken back, or could not be sent.
// Until it leaves it is the team's own.
func Unsent(v View, c Comment) (bool, error) {
	if c.Visibility != ForClient || !IsReply(c.Message) {
		return false, nil
	}
	d, _, err := v.Delivery(c.Message)
	if errors.Is(err, ErrNotFound) { // taken back, or sent so long ago that its row is gone
		return c.Deleted, nil
	}
	return err == nil && d.State != DeliveryDone, err
}

// waits reports whether a delivery has not begun to leave.
func waits(v View, key string) (bool, error) {
	d, _, err := v.Delivery(key)
	if errors.Is(err, ErrNotFound) {
		return false, nil
	}
	return err == nil && d.State == DeliveryWaiting, err
}

// Unsend takes replies back that have not begun to leave: all of them or, when
// one has left already, none. The comments that stand for them go with them.
func Unsend(tx Tx, home Place, keys ...string) (bool, error) {
	for _, key := range keys {
		if waiting, err := waits(tx, key); err != nil || !waiting {
			return false, err
		}
	}
	for _, key := range keys {
		if _, err := tx.DropDelivery(key); err != nil {
			return false, err
		}
		c, err := tx.CommentAt(home, key)
		if errors.Is(err, ErrNotFound) { // one that goes to several places has one comment
			continue
		}
		if err != nil {
			return false, err
		}
		c.Deleted = true
		if err := tx.SaveComment(&c); err != nil {
			return false, err
		}
	}
	return true, nil
}

// FirstAnswer is when a person of the team first answered the client in a
// conversation; zero: nobody has.
func (s *Settings) FirstAnswer(r Request, comments []Comment) time.Time {
	for _, c := range comments {
		if c.Visibility == ForClient && c.Author != "" && !c.Deleted && !s.FromClient(r, c) {
			return c.At
		}
	}
	return time.Time{}
}

// Canned finds a canned answer by its name, whatever its case.
func (s *Settings) Canned(name string) (Answer, bool) {
	i := slices.IndexFunc(s.Answers, func(a Answer) bool { return strings.EqualFold(a.Name, name) })
	if i < 0 {
		return Answer{}, false
	}
	return s.Answers[i], true
}

// In is the answer in a language, or else in the first one that it has.
func (a Answer) In(l Language) string {
	if text, ok := a.Text[l]; ok {
		return text
	}
	for _, l := range []Language{"en", "ru"} {
		if text, ok := a.Text[l]; ok {
			return text
		}
	}
	return ""
}

// Placeholders are what stands in canned answers for the words of a request:
// the requester's name, its number, and the company.
func Placeholders() []string { return []string{"{name}", "{request}", "{client}"} }

// FillIn puts the words of a request into a text, in the place of
// [Placeholders]. What is put in is not looked at again.
func (r Request) FillIn(text string) string {
	return strings.NewReplacer("{name}", r.Name, "{request}", r.ID(), "{client}", clientOr(r)).Replace(text)
}

// ClientLanguage is the language in which a request's client is written to.
func (s *Settings) ClientLanguage(r Request) Language {
	client := s.Person(Actor{ID: r.Requester, Name: r.Name})
	if client.Language == "" && r.Language != "" {
		return r.Language
	}
	return s.LanguageFor(r.Home, client)
}

// Include notes whom a client's mail was copied to: they get the answers too,
// unless whoever answers takes them out. The desk itself and whom the request is
// of anyway are left out.
func (r *Request) Include(s *Settings, m Mail) bool {
	had := len(r.Cc)
	for _, a := range m.Cc {
		known := func(o Address) bool { return strings.EqualFold(o.Address, a.Address) }
		own := s.Person(Actor{ID: "email:" + strings.ToLower(a.Address)})
		switch {
		case !strings.Contains(a.Address, "@"), s.Ours(a.Address), own.Is(r.Requester),
			strings.EqualFold(a.Address, r.Home.Channel), strings.EqualFold(a.Address, r.MailTo), slices.ContainsFunc(r.Cc, known), len(r.Cc) == maxCc:
			continue
		}
		r.Cc = append(r.Cc[:len(r.Cc):len(r.Cc)], Address{Name: a.Name, Address: a.Address})
	}
	return len(r.Cc) > had
}

// maxCc is how many people an answer is copied to.
const maxCc = 20

// clientsDay is when a client is at work of whose hours nothing is known.
const clientsDay = "Mon-Fri 09:00-18:00"

// ClientDay is when the next day of a request's client begins, on the client's
// clock. It is false while they are at work, and where their zone is not known.
func (s *Settings) ClientDay(r Request, now time.Time) (begins time.Time, zone *time.Location, ok bool) {
	zone = s.ClientZone(r)
	if zone == nil {
		return time.Time{}, nil, false
	}
	days := s.ClientCalendar(r)
	if days.Hours.Always() {
		hours, err := calendar.ParseHours(clientsDay)
		if err != nil {
			return time.Time{}, nil, false
		}
		days.Hours = hours
	}
	if days.Open(now) {
		return time.Time{}, nil, false
	}
	begins, ok = days.NextOpen(now)
	return begins, zone, ok
}
