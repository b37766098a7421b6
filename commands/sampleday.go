package commands

import (
	"errors"
	"time"

	"meridian/bot"
)

// invoice is S-1: solved three days ago, and it came back this morning.
func (d *sampleDay) invoice() error {
	tom, timur := d.who("Tom Hale", "tom@larkspur.example"), d.agent("Timur")
	text, again, note := bot.Say("sample.invoice"), bot.Say("sample.invoice_again"), bot.Say("sample.invoice_note")
	r, err := d.mailed(1, 72*time.Hour, tom, bot.Mail{Subject: "Invoice PDF is empty"}, text)
	if err != nil {
		return err
	}
	if r.Client == "" {
		r.Client = "Larkspur Media"
	}
	solved, back := d.ago(70*time.Hour), d.ago(2*time.Hour)
	if refused := r.Solve(timur, solved); refused != nil {
		return refused
	}
	r.AnsweredAt, r.Assignee = solved, ""
	if refused := r.Reopen(); refused != nil {
		return refused
	}
	if r.BackWords, err = d.words(again); err != nil {
		return err
	}
	r.BackAt, r.OwedSince, r.BackSettled = back, back, true
	return errors.Join(d.comment(r, back, tom, bot.ForClient, again), d.keep(r, back), d.note(r, back.Add(time.Minute), timur, note))
}

// giftCards is S-2: filed yesterday, and the client owes the next step.
func (d *sampleDay) giftCards() error {
	owen, inga := d.who("Owen", ""), d.agent("Inga")
	at, asked := d.ago(26*time.Hour), d.ago(25*time.Hour)
	id, err := d.says("gift", at, owen, bot.Say("sample.gift"))
	if err != nil {
		return err
	}
	r, err := d.file(2, at, owen, bot.Filing{Source: "web", Home: d.support.In(id), Message: id}, bot.Say("sample.gift"))
	if err != nil {
		return err
	}
	words, err := d.words(bot.Say("sample.gift_ask"))
	if err != nil {
		return err
	}
	if refused := r.Ask(inga, words, asked); refused != nil {
		return refused
	}
	r.AnsweredAt = asked
	m := bot.Message{Author: inga.ID, Text: bot.Text{Parts: []bot.Part{bot.Quote(words)}}}
	return errors.Join(d.comment(r, asked, bot.Actor{ID: inga.ID, Name: inga.Name}, bot.ForClient, bot.Say("sample.gift_ask")),
		bot.ToClient(bot.SampleAt(d.tx, asked), r, bot.Delivery{Key: "sample:gift"}, m, false), d.keep(r, asked))
}

// checkout is S-3: a mail that a client passes on, of which somebody has taken
// care.
func (d *sampleDay) checkout() error {
	grace, dina := d.who("Grace Lin", "grace@harbor.example"), d.agent("Dina")
	text := bot.Say("sample.checkout")
	body, err := d.words(text)
	if err != nil {
		return err
	}
	above, err := d.words(bot.Say("sample.checkout_above"))
	if err != nil {
		return err
	}
	r, err := d.mailed(3, 50*time.Minute, grace, bot.Mail{
		Subject: "Fwd: Checkout is broken on the spring catalogue", Text: above,
		Forwarded: &bot.Forward{From: bot.Address{Name: "Helen Park", Address: "helen@copperfield.example"}, Subject: "Checkout is broken on the spring catalogue", Text: body},
	}, text)
	if err != nil {
		return err
	}
	taken := d.ago(40 * time.Minute)
	if refused := r.Take(dina); refused != nil {
		return refused
	}
	return errors.Join(d.keep(r, taken), d.note(r, taken.Add(3*time.Minute), dina, bot.Say("sample.checkout_note")))
}

// senderAddress is a question that an article answers: nothing is filed.
func (d *sampleDay) senderAddress() error {
	owen, at := d.who("Owen", ""), d.ago(12*time.Minute)
	id, err := d.says("sender", at, owen, bot.Say("sample.sender"))
	if err != nil {
		return err
	}
	title, err := d.words(bot.Say("sample.article"))
	if err != nil {
		return err
	}
	body, err := d.words(bot.Say("sample.article_body"))
	if err != nil {
		return err
	}
	// It is dropped, so that nobody else finds it.
	a := bot.Article{Number: -1, Title: title, Body: body, Language: d.s.Team.Language, Audience: bot.PublicArticle, Checked: d.ago(20 * 24 * time.Hour), Dropped: true}
	q := bot.Suggestion{Place: d.support, Message: id, Who: owen.ID, Name: owen.Name, At: at, State: bot.SuggestionSent, Article: a.Number, Sure: true, Speak: bot.SpeakThread}
	if err := errors.Join(d.tx.SaveArticle(&a), d.tx.SaveSuggestion(&q)); err != nil {
		return err
	}
	return answerWith(bot.SampleAt(d.tx, at.Add(20*time.Second)), q, a)
}

// disk is an alert of the night that has recovered, in one card.
func (d *sampleDay) disk() error {
	began := d.ago(6 * time.Hour)
	report := bot.AlertReport{Group: sampleTimer, Alerts: []bot.Alert{{Fingerprint: sampleTimer, Status: bot.Firing, Title: "billing-db disk 91%", Severity: "warning", StartsAt: began}}}
	for _, at := range []time.Time{began, began.Add(41 * time.Minute)} {
		tx := bot.SampleAt(d.tx, at)
		if _, err := saveAlerts(tx, bot.SampleHook, report); err != nil {
			return err
		}
		g, err := tx.AlertGroup(bot.SampleHook, report.Group)
		known := !errors.Is(err, bot.ErrNotFound)
		if err != nil && known {
			return err
		}
		g.Hook, g.Key, g.Place, g.Number = bot.SampleHook, report.Group, d.alerts, -1
		if err := showGroup(tx, g, known); err != nil {
			return err
		}
		report.Alerts[0].Status, report.Alerts[0].EndsAt = bot.Resolved, began.Add(41*time.Minute)
	}
	return nil
}

// morning is the digest that the team read this morning.
func (d *sampleDay) morning() error { return tellSample(d.tx, d.s, d.team, d.ago(5*time.Minute)) }

// mailed files a mail as one of the sample day.
func (d *sampleDay) mailed(n int64, age time.Duration, from bot.Actor, m bot.Mail, words bot.Text) (bot.Request, error) {
	at, tx := d.ago(age), bot.SampleAt(d.tx, d.ago(age))
	address := from.ID[len("email:"):]
	text, err := d.words(words)
	if err != nil {
		return bot.Request{}, err
	}
	m.Kind, m.From, m.Date = bot.MailHuman, bot.Address{Name: from.Name, Address: address}, at
	m.To = []bot.Address{{Address: d.s.MailFrom}}
	m.MessageID = "<" + bot.SampleMessage + address + ">"
	if m.Forwarded == nil {
		m.Text = text
	}
	home := bot.Place{Adapter: "email", Channel: address}
	r, err := d.file(n, at, from, bot.Filing{Title: mailTitle(m), Source: "email", Home: home, Message: m.MessageID, Mail: &m}, words)
	if err != nil {
		return r, err
	}
	if err := saveMail(tx, m, r.Number, false); err != nil || m.Forwarded == nil {
		return r, err
	}
	e := d.e
	e.Place, e.Message, e.Actor, e.At = home, m.MessageID, from, at
	if _, err := keepAbove(tx, e, r.Number, m); err != nil {
		return r, err
	}
	return r, bot.ShowForward(tx, r)
}

// file makes one of the requests. Nobody hears of them but those who look.
func (d *sampleDay) file(n int64, at time.Time, who bot.Actor, f bot.Filing, words bot.Text) (bot.Request, error) {
	var err error
	if f.Words, err = d.words(words); err != nil {
		return bot.Request{}, err
	}
	e := d.e
	e.Actor, e.At, e.Call = who, at, nil
	f.Who, f.Sample = who, n
	return bot.FileRequest(bot.SampleAt(d.tx, at), e, f)
}

// says is a message that somebody writes in the channel of clients.
func (d *sampleDay) says(name string, at time.Time, who bot.Actor, words bot.Text) (id string, err error) {
	text, err := d.words(words)
	id = bot.SampleMessage + name
	if err != nil {
		return id, err
	}
	return id, d.tx.SaveShown(bot.ShownMessage{Place: d.support, ID: id, Author: who.ID, Name: who.Name, Said: text, At: at})
}

// comment is a part of a request's conversation.
func (d *sampleDay) comment(r bot.Request, at time.Time, who bot.Actor, to bot.Visibility, words bot.Text) error {
	text, err := d.words(words)
	if err != nil {
		return err
	}
	return d.tx.SaveComment(&bot.Comment{Request: r.Number, Author: who.ID, Name: who.Name, Text: text, Visibility: to, Place: r.Home, At: at})
}

// note is what somebody of the team says in the thread of a card.
func (d *sampleDay) note(r bot.Request, at time.Time, who bot.Person, words bot.Text) error {
	text, err := d.words(words)
	if err != nil {
		return err
	}
	m := bot.Message{Author: who.ID, Text: bot.Text{Parts: []bot.Part{bot.Quote(text)}}}
	return errors.Join(d.comment(r, at, bot.Actor{ID: who.ID, Name: who.Name}, bot.ForInternal, words),
		bot.ToDesk(bot.SampleAt(d.tx, at), r, bot.Delivery{Key: "sample:note:" + r.ID(), Urgency: bot.UrgentReply, Message: m}))
}

// keep stores what has become of a request, and shows it on the card.
func (d *sampleDay) keep(r bot.Request, at time.Time) error {
	if err := d.tx.SaveRequest(&r); err != nil {
		return err
	}
	return bot.PutCard(bot.SampleAt(d.tx, at), r)
}
