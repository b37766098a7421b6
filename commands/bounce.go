package commands

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"meridian/bot"
)

// maxReport is how much of a report is kept, in characters.
const maxReport = 2000

// bounced takes a report that a mail of ours did not arrive. Nobody has read it,
// and whoever wrote it is told. found is the request that the mail was sent for,
// and r the one that goes on in its place.
func bounced(tx bot.Tx, e bot.Event, found, r bot.Request, m bot.Mail) error {
	err := tx.SaveComment(&bot.Comment{Request: r.Number, Name: m.From.Address, Text: firstOf(strings.TrimSpace(m.Text), maxReport), Visibility: bot.ForInternal, At: e.At})
	if err != nil || m.Bounce != nil && !m.Bounce.Permanent { // it may arrive yet
		return err
	}
	f, err := failureOf(tx, found, m)
	if err != nil {
		return err
	}
	if err := f.unread(tx, e, &r, m); err != nil {
		return err
	}
	return f.tell(tx, e, r, m)
}

// failure is a mail of ours that came back.
type failure struct {
	delivery bot.Delivery // without a key: nobody knows which it was
	words    bot.Comment  // the answer that it carried; of number 0: it was the desk's own
	missed   []string     // the addresses that were not reached
}

// failureOf finds the mail that a report is about.
func failureOf(v bot.View, found bot.Request, m bot.Mail) (f failure, err error) {
	for _, id := range answered(m) {
		sent, err := v.Deliveries(bot.DeliveryQuery{Op: bot.OpMail, Request: found.Number, Message: id, Limit: 1})
		if err != nil {
			return f, err
		}
		if len(sent) > 0 {
			f.delivery = sent[0]
			break
		}
	}
	if bot.IsReply(f.delivery.Key) {
		if f.words, err = v.CommentAt(found.Home, f.delivery.Key); err != nil && !errors.Is(err, bot.ErrNotFound) {
			return f, err
		}
	}
	switch {
	case m.Bounce != nil && len(m.Bounce.To) > 0:
		f.missed = m.Bounce.To
	case f.delivery.Mail != nil:
		for _, a := range f.delivery.Mail.To {
			f.missed = append(f.missed, a.Address)
		}
	default:
		f.missed = []string{found.MailAddress().Address}
	}
	return f, nil
}

// copies reports whether only somebody in copy was not reached.
func (f failure) copies() bool {
	return f.delivery.Mail != nil && !slices.ContainsFunc(f.delivery.Mail.To, func(a bot.Address) bool {
		return slices.ContainsFunc(f.missed, func(to string) bool { return strings.EqualFold(to, a.Address) })
	})
}

// unread notes that a mail has not arrived after all: what was asked in it was
// not asked, and what it answered is not answered.
func (f failure) unread(tx bot.Tx, e bot.Event, r *bot.Request, m bot.Mail) error {
	if f.delivery.Key == "" || f.delivery.State != bot.DeliveryDone || f.copies() {
		return nil
	}
	why := m.Subject
	if m.Bounce != nil {
		why = cmp.Or(m.Bounce.Why, m.Bounce.Status, m.Subject)
	}
	if err := tx.PutOffDelivery(f.delivery.ID, bot.DeliveryDead, f.delivery.Attempt, time.Time{}, why); err != nil || f.words.ID == 0 {
		return err
	}
	comments, err := tx.Comments(r.Number)
	if err != nil {
		return err
	}
	s, before := tx.Settings(), *r
	_, ours := s.LastWords(*r, comments)
	r.AnsweredAt = s.FirstAnswer(*r, slices.DeleteFunc(comments, func(c bot.Comment) bool { return c.ID == f.words.ID }))
	if r.WaitsForClient() && ours.ID == f.words.ID {
		if refused := r.Resume(); refused != nil {
			return refused
		}
	}
	if r.State == before.State && r.AnsweredAt.Equal(before.AnsweredAt) {
		return nil
	}
	return bot.Change(tx, e, before, r, why)
}

// tell tells the team, and whoever wrote the mail in their hours: what they
// wrote has to go another way.
func (f failure) tell(tx bot.Tx, e bot.Event, r bot.Request, m bot.Mail) error {
	id := "relay.bounced_own"
	switch {
	case f.copies():
		id = "relay.bounced_copy"
	case f.words.ID != 0:
		id = "relay.bounced"
	}
	reported := bot.MessageOf(bot.Say(id, "Request", r.Part(), "To", strings.Join(f.missed, ", "), "Reason", bounceReason(m.Bounce)))
	if r.Home.Adapter == "email" && !f.copies() {
		reported.Buttons = []bot.Button{bot.PressButton("button.other_address", "address", r.ID())}
	}
	key := fmt.Sprintf("%d", e.ID)
	if f.delivery.Key != "" { // one mail may be reported on twice
		key = f.delivery.Key + ":" + strings.ToLower(strings.Join(f.missed, ","))
	}
	if err := bot.ToDesk(tx, r, bot.Delivery{Key: "bounce:" + key, Message: reported}); err != nil || f.words.ID == 0 || f.copies() || r.Private {
		return err
	}
	who := tx.Settings().Person(bot.Actor{ID: f.words.Author})
	return bot.DirectAt(tx, bot.Delivery{Key: "bounced:" + key, NotBefore: bot.InHours(tx, who)}, who, reported)
}

// bounceReason says why a mail came back, in the desk's words where the code
// tells, else in those of the other side.
func bounceReason(b *bot.Bounce) bot.Part {
	if b == nil {
		return bot.Words("bounce.unknown")
	}
	for prefix, id := range map[string]string{
		"5.1.": "bounce.no_mailbox", "5.2.1": "bounce.no_mailbox", "5.2.2": "bounce.full", "4.2.2": "bounce.full", "5.2.3": "bounce.large", "5.3.4": "bounce.large", "5.7.": "bounce.refused", "5.4.": "bounce.no_route", "4.4.": "bounce.no_route",
	} {
		if strings.HasPrefix(b.Status, prefix) {
			return bot.Words(id)
		}
	}
	if b.Why != "" {
		return bot.Quote(firstOf(b.Why, 200))
	}
	return bot.Words("bounce.unknown")
}

// address changes the mail address that a client's answers go to, and sends the
// last one again that did not arrive.
func address() bot.Command {
	return bot.Command{
		Name: "address", Words: words(nil, []string{"адрес"}), Slash: "request",
		Action: bot.ActReply, Args: append(one(), bot.Arg{Name: "address", Kind: bot.ArgWords}),
		Usage: "usage.address", Help: "help.address", Form: addressForm,
		Handler: bot.Handler{Do: func(_ context.Context, tx bot.Tx, e bot.Event, _ any) error {
			r, err := request(tx, e)
			if err != nil {
				return err
			}
			if r.MergedInto != 0 {
				return r.Over()
			}
			to, refused := otherAddress(tx.Settings(), r, e.Call.Args["address"])
			if refused != nil {
				return refused.In("address")
			}
			before := r
			if r.MailTo = to; strings.EqualFold(to, r.Home.Channel) {
				r.MailTo = ""
			}
			c, err := lastUnread(tx, r)
			if err != nil {
				return err
			}
			if c.ID != 0 {
				return sendElsewhere(tx, e, r, c)
			}
			if err := bot.Change(tx, e, before, &r, ""); err != nil {
				return err
			}
			return bot.Whisper(tx, e, bot.MessageOf(bot.Say("told.address", "Request", r.Part(), "To", mailbox(r.MailAddress()))))
		}},
	}
}

// otherAddress is the address that somebody types, if answers can go there.
func otherAddress(s *bot.Settings, r bot.Request, given string) (string, *bot.Error) {
	to := parseMailbox(given).Address
	switch {
	case r.Home.Adapter != "email":
		return "", bot.Refuse("refuse.not_by_mail", "Request", r.Part())
	case !bot.IsMailAddress(to):
		return "", bot.Refuse("refuse.bad_address", "Words", firstOf(strings.TrimSpace(given), 80))
	case s.Ours(to):
		return "", bot.Refuse("refuse.our_address", "Words", to)
	case strings.EqualFold(to, r.MailAddress().Address):
		return "", bot.Refuse("refuse.same_address", "Request", r.Part(), "Words", to)
	}
	return to, nil
}

func addressForm(v bot.View, e bot.Event) (bot.Form, error) {
	r, err := request(v, e)
	if err != nil {
		return bot.Form{}, err
	}
	if r.Home.Adapter != "email" {
		return bot.Form{}, bot.Refuse("refuse.not_by_mail", "Request", r.Part())
	}
	c, err := lastUnread(v, r)
	if err != nil {
		return bot.Form{}, err
	}
	f := bot.Form{
		Act: "address", Value: r.ID(), Title: bot.Say("form.address", "Request", r.Part()), Submit: bot.Say("button.save"),
		Note:   bot.Say("form.address.now", "To", mailbox(r.MailAddress())),
		Fields: []bot.Field{{Name: "address", Label: bot.Say("form.address.to"), Hint: bot.Say("form.address.hint", "Name", r.Name)}},
	}
	if c.ID != 0 {
		f.Submit = bot.Say("button.send")
		f.Note = f.Note.Plus(bot.Break(), bot.Words("form.address.again"), bot.Break(), bot.BlockQuote(c.Text))
	}
	return f, nil
}

// lastUnread is the last answer of a request, if it came back; of number 0: it
// did not.
func lastUnread(v bot.View, r bot.Request) (bot.Comment, error) {
	comments, err := v.Comments(r.Number)
	if err != nil {
		return bot.Comment{}, err
	}
	_, ours := v.Settings().LastWords(r, comments)
	if ours.ID == 0 || !bot.IsReply(ours.Message) {
		return bot.Comment{}, nil
	}
	d, _, err := v.Delivery(ours.Message)
	if errors.Is(err, bot.ErrNotFound) || err == nil && (d.State != bot.DeliveryDead || d.Op != bot.OpMail) {
		return bot.Comment{}, nil
	}
	return ours, err
}

// sendElsewhere sends the words of an answer that came back to the address that
// the request has now. They go in the name of whoever sends them.
func sendElsewhere(tx bot.Tx, e bot.Event, r bot.Request, c bot.Comment) error {
	a := answer{text: c.Text, files: c.Files, key: bot.OnceKey(r.Number, fmt.Sprintf("again%d", e.ID)), leaves: tx.Now().Add(tx.Settings().UndoReply), cc: copiesOf(r)}
	if r.Asked != "" && strings.HasPrefix(c.Text, strings.TrimSuffix(r.Asked, "…")) && !r.Ended() {
		a.then = thenTurn // it was a question
	}
	c.Deleted = true
	if err := tx.SaveComment(&c); err != nil {
		return err
	}
	return sendAnswer(tx, e, r, a)
}
