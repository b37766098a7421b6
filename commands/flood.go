package commands

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"meridian/bot"
)

const (
	receiptGap     = 10 * time.Minute // after a receipt the next mail of the same sender gets none
	receiptsADay   = 10
	receiptsAnHour = 3

	// sameFor is how long the same mail again belongs to the request that it was
	// filed as, as long as that is open.
	sameFor = 24 * time.Hour
	// mostEarlier is how many of a sender's requests are looked at, whatever the
	// configured limit.
	mostEarlier = 500
)

// lately are the requests of a sender, the newest first.
type lately []bot.Request

func earlier(v bot.View, e bot.Event) (lately, error) {
	s := v.Settings()
	n := min(max(receiptsADay, s.MailLimits.PerSender), mostEarlier)
	return v.Requests(bot.RequestQuery{Requester: s.Person(e.Actor).ID, Newest: true, Limit: n})
}

// enough reports whether the sender has had receipts enough: the first of
// several mails gets one, and as long as nobody has touched it none goes out under
// the same subject for a day, whatever numbers are in it. So two machines stop
// that answer each other.
func (l lately) enough(title string, now time.Time) bool {
	hour, day := 0, 0
	for i, r := range l[:min(len(l), receiptsADay)] {
		age := now.Sub(r.CreatedAt)
		untouched := r.State == bot.New && r.Source == "email" && age < 24*time.Hour
		if untouched && withoutDigits(r.Title) == withoutDigits(title) || i == 0 && age < receiptGap {
			return true
		}
		if age < time.Hour {
			hour++
		}
		if age < 24*time.Hour {
			day++
		}
	}
	return hour >= receiptsAnHour || day >= receiptsADay
}

func withoutDigits(title string) string {
	return strings.Map(func(c rune) rune {
		if unicode.IsDigit(c) {
			return -1
		}
		return c
	}, bot.Fold(title))
}

// language is what the sender writes: in the words of their own that the mail
// has, which are not those that it passes on, or else in what they wrote last.
// Empty: nobody can say.
func (l lately) language(m bot.Mail) bot.Language {
	own := []string{m.Text, m.Subject}
	if m.Forwarded != nil {
		own = []string{m.Text, ownSubject(m)}
	}
	for _, text := range own {
		if lang, ok := bot.WrittenIn(text); ok {
			return lang
		}
	}
	if len(l) > 0 {
		return l[0].Language
	}
	return ""
}

// same is the open request that the same mail was filed as before: sent again,
// or passed on again.
func (l lately) same(m bot.Mail, now time.Time) (bot.Request, bool) {
	title, words := mailTitle(m), mailWords(m)
	i := slices.IndexFunc(l, func(r bot.Request) bool {
		passed := (r.Passed != nil) == (m.Forwarded != nil)
		return r.Source == "email" && !r.Ended() && now.Sub(r.CreatedAt) < sameFor && passed && sameWords(r.Words, words) &&
			(r.Title == title || m.Forwarded != nil && bot.TitleOfSubject(m.Forwarded.Subject) == bot.TitleOfSubject(r.Passed.Subject))
	})
	if i < 0 {
		return bot.Request{}, false
	}
	return l[i], true
}

// sameWords compares texts as people read them.
func sameWords(a, b string) bool {
	plain := func(s string) string { return strings.Join(strings.Fields(bot.Fold(s)), " ") }
	return plain(a) == plain(b)
}

// saysAgain takes the same mail again into its request: the team is told, and
// what stands above a forward this time. The client gets no second receipt.
func saysAgain(tx bot.Tx, e bot.Event, r bot.Request, m bot.Mail) error {
	if r.Include(tx.Settings(), m) {
		if err := bot.Mark(tx, &r); err != nil {
			return err
		}
	}
	above := aboveOf(m)
	comments, err := tx.Comments(r.Number)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(comments, func(c bot.Comment) bool { return bot.IsAbove(c) && sameWords(c.Text, above) }) {
		above = "" // the very same mail
	} else if _, err := keepAbove(tx, e, r.Number, m); err != nil {
		return err
	}
	if err := saveMail(tx, m, r.Number, false); err != nil {
		return err
	}
	t, key := bot.Say("mail.again", "Name", r.Name), fmt.Sprintf("again:%s", r.ID())
	if above != "" {
		t, key = t.Plus(bot.Quote(" "), bot.Words("forward.above", "Words", firstOf(strings.Join(strings.Fields(above), " "), 1000))), fmt.Sprintf("again:%s:%d", r.ID(), e.ID)
	}
	if err := bot.ToDesk(tx, r, bot.Delivery{Key: key, Message: bot.MessageOf(t)}); err != nil || !r.WaitsForClient() || above != "" {
		return err
	}
	before := r // they were asked, and this is what they say
	if refused := r.Resume(); refused != nil {
		return refused
	}
	return bot.Change(tx, e, before, &r, "")
}

// folding is the request that mails are folded into which are too many, and the
// limit that they are beyond; limit 0: they are not.
type folding struct {
	request bot.Request
	limit   int
	whose   string // the sender's address, or the domain
}

// tooMany finds out whether the sender of a mail, or all of the same domain
// together, have sent too many in an hour. What is private neither counts nor
// takes in what the team should read.
func (l lately) tooMany(v bot.View, m bot.Mail) (folding, error) {
	limits, since := v.Settings().MailLimits, v.Now().Add(-time.Hour)
	mails := slices.DeleteFunc(slices.Clone(l), func(r bot.Request) bool { return r.Source != "email" || r.Private || !r.CreatedAt.After(since) })
	if limits.PerSender > 0 && len(mails) >= min(limits.PerSender, mostEarlier) {
		return folding{mails[0], limits.PerSender, m.From.Address}, nil
	}
	_, domain, _ := strings.Cut(m.From.Address, "@")
	if limits.PerDomain <= 0 || domain == "" {
		return folding{}, nil
	}
	count, newest, err := v.MailsFiled(m.From.Address, since)
	if err != nil || count < limits.PerDomain {
		return folding{}, err
	}
	r, err := v.Request(newest)
	if errors.Is(err, bot.ErrNotFound) || err == nil && r.Private { // what is private takes in nobody else's words
		return folding{}, nil
	}
	return folding{r, limits.PerDomain, domain}, err
}

// fold keeps a mail as a comment of another's request. The card counts them, and
// the first one is told of: a flood must not become one of messages. What
// somebody else wrote than the requester is the team's alone.
func fold(tx bot.Tx, e bot.Event, f folding, m bot.Mail) error {
	r, err := bot.GoesOn(tx, f.request)
	if err != nil {
		return err
	}
	who := tx.Settings().Person(e.Actor)
	c := mailComment(e, who, r, m)
	c.Text = strings.TrimSpace(mailTitle(m) + "\n" + c.Text)
	if !who.Owns(r) {
		c.Visibility = bot.ForInternal
	}
	r.Folded++
	if _, err := keepAbove(tx, e, r.Number, m); err != nil {
		return err
	}
	if err := errors.Join(tx.SaveComment(&c), saveMail(tx, m, r.Number, false), bot.Mark(tx, &r)); err != nil {
		return err
	}
	t := bot.Say("mail.folds", "Limit", f.limit, "Name", f.whose, "Request", r.Part())
	return bot.ToDesk(tx, r, bot.Delivery{Key: "folds:" + r.ID(), Message: bot.MessageOf(t)})
}
