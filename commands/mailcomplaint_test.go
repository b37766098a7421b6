package commands_test

import (
	"testing"

	"meridian/bot"
)

// Whatever way the address for complaints is in a mail, nobody but a lead reads
// what it says, also where it answers an open request, comes twice, or comes
// from the team.
func TestAComplaintIsPrivateHoweverItComes(t *testing.T) {
	const address = "complaints@desk.example"
	for name, with := range map[string]func(b *bot.Mailed){
		"to":       func(b *bot.Mailed) { b.Mail.To = []bot.Address{{Address: "Complaints@Desk.example"}} },
		"cc":       func(b *bot.Mailed) { b.Mail.Cc = []bot.Address{{Address: address}} },
		"envelope": func(b *bot.Mailed) { b.EnvelopeTo = []string{address} },
		"answers":  func(b *bot.Mailed) { b.EnvelopeTo, b.Mail.Answers = []string{address}, 1 },
		"a form":   func(b *bot.Mailed) { b.EnvelopeTo, b.Mail.Kind = []string{address}, bot.MailAuto },
		"a list":   func(b *bot.Mailed) { b.EnvelopeTo, b.Mail.Kind = []string{address}, bot.MailList },
		"old":      func(b *bot.Mailed) { b.EnvelopeTo, b.Old = []string{address}, true },
	} {
		d := newDesk(t)
		d.settings.Complaints = address
		d.must(mailed("grace@harbor.example", "<a@x>", "Checkout fails"))
		e := mailed("grace@harbor.example", "<b@x>", "You were rude to me")
		b := e.Body.(bot.Mailed)
		with(&b)
		e.Body = b
		d.must(e)
		r := d.request(2)
		if r.Kind != bot.KindComplaint || !r.Private || r.Assignee != "web:vera" {
			t.Errorf("%s: %+v", name, r)
		}
		for _, c := range d.conversation(1) {
			if c.Text == "You were rude to me" {
				t.Errorf("%s: it stands in R-1", name)
			}
		}
		d.checkNobodyReads(name, "You were rude to me")
	}
}

// checkNobodyReads fails where words go anywhere but to leads.
func (d *desk) checkNobodyReads(name, words string) {
	d.t.Helper()
	for _, o := range d.outbox() {
		if o.To == bot.Direct("web:vera") {
			continue
		}
		var all []bot.Part
		for _, p := range append(o.Message.Text.Parts, o.Message.Preview.Parts...) {
			all = append(all, p)
			for _, arg := range p.Args {
				all = append(all, arg)
			}
		}
		for _, p := range all {
			if p.Text == words {
				d.t.Errorf("%s: %s says it at %v", name, o.Key, o.To)
			}
		}
	}
}

// Whoever has a private request, or reads it, may be whom its client complains
// about.
func TestAComplaintAboutAPrivateRequestIsNotForWhoeverHasThat(t *testing.T) {
	d := newDesk(t)
	d.settings.Complaints = "complaints@desk.example"
	d.must(mailed("grace@harbor.example", "<a@x>", "Checkout fails"))
	r := d.request(1)
	d.change(func(tx bot.Tx) error {
		r.Assignee, r.State, r.Private, r.Readers = "web:inga", bot.Open, true, []string{"web:timur"}
		return tx.SaveRequest(&r)
	})
	e := mailed("grace@harbor.example", "<b@x>", "Inga was rude to me")
	b := e.Body.(bot.Mailed)
	b.EnvelopeTo, b.Mail.Answers = []string{d.settings.Complaints}, 1
	e.Body = b
	d.must(e)
	if r := d.request(2); r.Assignee != "web:vera" || len(r.Readers) != 0 || r.LinkedTo != 1 {
		t.Errorf("it is %s's, read by %v, about %d", r.Assignee, r.Readers, r.LinkedTo)
	}
	d.checkNobodyReads("about a private one", "Inga was rude to me")
}

// What a machine answers to a mail is no complaint, wherever it was sent.
func TestAnAutomaticAnswerToTheAddressForComplaintsIsNone(t *testing.T) {
	d := newDesk(t)
	d.settings.Complaints = "complaints@desk.example"
	e := mailed("grace@harbor.example", "<b@x>", "I am away until Monday")
	b := e.Body.(bot.Mailed)
	b.EnvelopeTo, b.Mail.Kind, b.Mail.InReplyTo = []string{d.settings.Complaints}, bot.MailAuto, "<unknown@x>"
	e.Body = b
	d.must(e)
	if all := d.requests(); len(all) != 0 {
		t.Errorf("%d were filed", len(all))
	}
}

func TestWhereNoAddressForComplaintsIsKnownAMailIsOrdinary(t *testing.T) {
	d := newDesk(t)
	e := mailed("grace@harbor.example", "<b@x>", "You were rude to me")
	b := e.Body.(bot.Mailed)
	b.EnvelopeTo = []string{"", "complaints@desk.example"}
	e.Body = b
	d.must(e)
	if r := d.request(1); r.Private || r.Kind == bot.KindComplaint {
		t.Errorf("%+v", r)
	}
}

func TestAColleagueWhoPassesAComplaintOnIsNotHushed(t *testing.T) {
	d := newDesk(t)
	d.settings.Complaints = "complaints@desk.example"
	d.settings.People[1].IDs = append(d.settings.People[1].IDs, "email:inga@desk.example")
	e := mailed("inga@desk.example", "<b@x>", "Priya called and was angry")
	b := e.Body.(bot.Mailed)
	b.EnvelopeTo = []string{d.settings.Complaints}
	e.Body = b
	d.must(e)
	if r := d.request(1); !r.Private || r.Kind != bot.KindComplaint {
		t.Errorf("%+v", r)
	}
	for _, o := range d.outbox() {
		if o.Op == bot.OpMail {
			t.Errorf("a receipt to a colleague: %s", o.Key)
		}
	}
	err := d.store.View(t.Context(), func(v bot.View) error {
		by, err := bot.Hushed(v, d.settings.People[1])
		if by != 0 {
			t.Errorf("hushed by %d", by)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// What a colleague passes on, and what comes from a form, is each somebody else's
// complaint; nobody is told that they get no more automatic mail.
func TestComplaintsThatArePassedOnStayApart(t *testing.T) {
	for name, with := range map[string]func(b *bot.Mailed){
		"a colleague": func(b *bot.Mailed) { b.Mail.Kind = bot.MailHuman },
		"a form":      func(b *bot.Mailed) { b.Mail.Kind = bot.MailAuto },
	} {
		d := newDesk(t)
		d.settings.Complaints = "complaints@desk.example"
		from := "forms@shop.example"
		if name == "a colleague" {
			from = "inga@desk.example"
			d.settings.People[1].IDs = append(d.settings.People[1].IDs, "email:"+from)
		}
		for i, words := range []string{"Priya called and was angry", "Grace called and was angrier"} {
			e := mailed(from, []string{"<a@x>", "<b@x>"}[i], words)
			b := e.Body.(bot.Mailed)
			b.EnvelopeTo = []string{d.settings.Complaints}
			with(&b)
			e.Body = b
			d.must(e)
			if r := d.request(int64(i + 1)); !r.Private || r.Kind != bot.KindComplaint || r.Words != words {
				t.Errorf("%s: R-%d says %q", name, r.Number, r.Words)
			}
		}
		for _, o := range d.outbox() {
			for _, p := range o.Message.Text.Parts {
				if p.ID == "told.hushed" {
					t.Errorf("%s: %s says that automatic mail is off", name, o.Key)
				}
			}
		}
	}
}

func TestMailsBeyondTheLimitDoNotDisappearInAComplaint(t *testing.T) {
	d := newDesk(t)
	d.settings.Complaints, d.settings.MailLimits.PerSender = "complaints@desk.example", 2
	d.must(mailed("grace@harbor.example", "<a@x>", "Checkout fails"))
	e := mailed("grace@harbor.example", "<b@x>", "You were rude to me")
	b := e.Body.(bot.Mailed)
	b.EnvelopeTo = []string{d.settings.Complaints}
	e.Body = b
	d.must(e)
	d.must(mailed("grace@harbor.example", "<c@x>", "The catalogue is empty"))
	d.must(mailed("grace@harbor.example", "<d@x>", "Now the shop is down"))
	if r := d.request(3); r.Words != "The catalogue is empty" || r.Private || r.Folded != 1 {
		t.Errorf("%q is private: %t, with %d more", r.Words, r.Private, r.Folded)
	}
	for _, c := range d.conversation(2) {
		if c.Text != "You were rude to me" {
			t.Errorf("the complaint has %q", c.Text)
		}
	}
}
