package commands_test

import (
	"reflect"
	"testing"

	"meridian/bot"
)

// mailed is a mail of a client, answering others: the last of refs is the one
// it answers.
func mailed(from, id, text string, refs ...string) bot.Event {
	m := bot.Mail{Kind: bot.MailHuman, From: bot.Address{Name: from, Address: from}, Subject: "Broken", Text: text, MessageID: id, References: refs}
	if len(refs) > 0 {
		m.InReplyTo = refs[len(refs)-1]
	}
	return bot.Event{
		Place: bot.Place{Adapter: "email", Channel: from}, Actor: bot.Actor{ID: "email:" + from, Name: from}, Message: id,
		Body: bot.Mailed{EnvelopeFrom: from, Mail: m},
	}
}

// slashed is a /request command in the desk's channel.
func slashed(who, text string) bot.Event {
	return bot.Event{Place: channel("desk"), Actor: actor(who), Body: bot.Commanded{Slash: "request", Text: text}}
}

// addressed is a message in #support that begins with @desk.
func addressed(who, id, text string) bot.Event {
	return bot.Event{Place: channel("support"), Message: id, Actor: actor(who), Body: bot.Said{Text: text, Mentioned: true}}
}

// said is a message in the thread below another in #support.
func said(who, thread, id, text string) bot.Event {
	return bot.Event{Place: channel("support").In(thread), Message: id, Actor: actor(who), Body: bot.Said{Text: text}}
}

// outbox is all that waits to be sent, oldest first.
func (d *desk) outbox() (all []bot.Delivery) {
	d.t.Helper()
	err := d.store.View(d.t.Context(), func(v bot.View) (err error) {
		all, err = v.Deliveries(bot.DeliveryQuery{Limit: 1000})
		return err
	})
	if err != nil {
		d.t.Fatal(err)
	}
	return all
}

func TestInTheThreadOfARequestABareNumberIsAWord(t *testing.T) {
	for _, text := range []string{"reply 1 licence was added", "note 1 licence was added", "escalate 1 licence was added"} {
		d := newDesk(t)
		d.must(addressed("grace", "m1", "Invoice"))
		d.must(addressed("owen", "m2", "Licences"))
		before := d.requests()[0]
		d.must(bot.Event{Place: channel("support").In("m2"), Message: "m3", Actor: actor("inga"), Body: bot.Said{Text: text, Mentioned: true}})
		for _, o := range d.outbox() {
			if o.Request == 1 && o.Message.Author == "web:inga" {
				t.Errorf("%s: it goes to R-1: %v", text, o.To)
			}
		}
		if after := d.requests()[0]; !reflect.DeepEqual(after, before) {
			t.Errorf("%s: R-1 is %+v", text, after)
		}
	}
}

func TestInTheThreadOfARequestAWholeNumberNamesAnother(t *testing.T) {
	for _, number := range []string{"R-1", "r-1", "r1", "#1"} {
		d := newDesk(t)
		d.must(addressed("grace", "m1", "Invoice"))
		d.must(addressed("owen", "m2", "Licences"))
		d.must(bot.Event{Place: channel("support").In("m2"), Message: "m3", Actor: actor("inga"), Body: bot.Said{Text: "solve " + number, Mentioned: true}})
		if all := d.requests(); all[0].State != bot.Solved || all[1].State != bot.New {
			t.Errorf("%s: %s and %s", number, all[0].State, all[1].State)
		}
	}
	d := newDesk(t)
	d.must(addressed("grace", "m1", "Invoice"))
	d.must(addressed("owen", "m2", "Licences"))
	_, err := d.do(bot.Event{Place: channel("support").In("m2"), Message: "m3", Actor: actor("inga"), Body: bot.Said{Text: "solve 1", Mentioned: true}})
	if got := d.refusal(err); got != "refused: refuse.usage" {
		t.Errorf("solve 1 in the thread of R-2: %q", got)
	}
}

func TestAColleaguesMailOnAClosedRequestIsAnsweredToTheColleague(t *testing.T) {
	d := newDesk(t)
	d.must(mailed("grace@harbor.example", "<a@x>", "it is broken"))
	d.must(slashed("vera", "close R-1 an old story"))
	d.must(mailed("bob@harbor.example", "<b@x>", "mine is broken too", "<a@x>"))
	r := d.requests()[1]
	if r.Home.Channel != "bob@harbor.example" || r.Requester != "email:bob@harbor.example" || r.LinkedTo != 1 && r.LinkedTo != 0 {
		t.Errorf("R-2 is of %s at %s, linked to %d", r.Requester, r.Home, r.LinkedTo)
	}
	for _, o := range d.outbox() {
		if o.Request == 2 && o.Op == bot.OpMail && o.Mail.To[0].Address != "bob@harbor.example" {
			t.Errorf("%s goes to %s", o.Key, o.Mail.To[0].Address)
		}
	}
}

func TestMailsInTheThreadOfAClosedRequestStayWithTheOneThatFollowed(t *testing.T) {
	d := newDesk(t)
	d.must(mailed("grace@harbor.example", "<a@x>", "it is broken"))
	d.must(slashed("vera", "close R-1 an old story"))
	d.must(mailed("grace@harbor.example", "<b@x>", "again broken", "<a@x>"))
	d.must(mailed("grace@harbor.example", "<c@x>", "here is the log", "<a@x>", "<b@x>"))
	d.must(mailed("grace@harbor.example", "<d@x>", "more of it", "<b@x>"))
	if n := len(d.requests()); n != 2 {
		t.Errorf("%d requests, want 2", n)
	}
}

func TestWhatIsSaidBelowAClosedRequestStaysWithTheOneThatFollowed(t *testing.T) {
	d := newDesk(t)
	d.must(addressed("owen", "m1", "Licences"))
	d.must(slashed("vera", "close R-1 an old story"))
	d.must(said("owen", "m1", "m2", "they are gone again"))
	d.must(said("owen", "m1", "m3", "all of them"))
	if n := len(d.requests()); n != 2 {
		t.Errorf("%d requests, want 2", n)
	}
}

func TestARequestThatBeginsInAThreadIsActedOnByAnEmojiOnItsMessage(t *testing.T) {
	d := newDesk(t)
	d.must(said("owen", "chat", "m1", "the printer is dead"))
	ticket := bot.Event{Place: channel("support").In("chat"), Message: "m1", Actor: actor("timur"),
		Body: bot.Reacted{Emoji: "ticket", Text: "the printer is dead", Author: actor("owen")}}
	d.must(ticket)
	ticket.Actor, ticket.Body = actor("inga"), bot.Reacted{Emoji: "eyes"}
	d.must(ticket)
	if all := d.requests(); len(all) != 1 || all[0].Assignee != "web:inga" {
		t.Errorf("requests: %+v", all)
	}
}

func TestWordsThatTheDeskPostsForAClientAreTextForTheClient(t *testing.T) {
	d := newDesk(t)
	d.must(bot.Event{Place: channel("support"), Actor: actor("owen"), Body: bot.Commanded{Slash: "request", Text: "the printer is dead"}})
	for _, o := range d.outbox() {
		if o.Key == "root:R-1" {
			if !o.ToClient {
				t.Error("a second try may say them twice")
			}
			return
		}
	}
	t.Error("nothing was posted")
}
