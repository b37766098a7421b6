package commands_test

import (
	"errors"
	"testing"

	"meridian/bot"
)

// copied is a mail once more, by its hidden copy to the address for complaints.
func copied(e bot.Event, address string) bot.Event {
	b := e.Body.(bot.Mailed)
	b.EnvelopeTo = []string{address}
	e.Body = b
	return e
}

// Whoever only takes part in a request complains in one of their own: that of
// somebody else stays where the team sees it.
func TestAHiddenCopyMakesNobodyElsesRequestAComplaint(t *testing.T) {
	const address = "complaints@desk.example"
	d := newDesk(t)
	d.settings.Complaints = address
	d.must(mailed("grace@harbor.example", "<a@x>", "Checkout fails"))
	said := mailed("owen@harbor.example", "<b@x>", "Timur was rude to me")
	b := said.Body.(bot.Mailed)
	b.Mail.Answers, b.Mail.InReplyTo = 1, "<a@x>"
	said.Body = b
	d.must(said)
	d.must(copied(said, address))
	if r := d.request(1); r.Private || r.Kind == bot.KindComplaint {
		t.Errorf("R-1 of somebody else is hidden: %+v", r)
	}
	if r := d.request(2); !r.Private || r.Kind != bot.KindComplaint || r.Requester != "email:owen@harbor.example" {
		t.Errorf("%+v", r)
	}
}

// An answer to a mail goes where the mail was said for all, not into what its
// sender has complained of behind it.
func TestAnAnswerToAMailWithAHiddenCopyStaysInItsRequest(t *testing.T) {
	const address = "complaints@desk.example"
	d := newDesk(t)
	d.settings.Complaints = address
	d.must(mailed("grace@harbor.example", "<a@x>", "Checkout fails"))
	said := mailed("owen@harbor.example", "<b@x>", "Since Monday", "<a@x>")
	d.must(said)
	d.must(copied(said, address))
	d.must(mailed("grace@harbor.example", "<c@x>", "Rather since Tuesday", "<b@x>"))
	if all := d.conversation(1); all[len(all)-1].Text != "Rather since Tuesday" {
		t.Errorf("R-1 ends with %q", all[len(all)-1].Text)
	}
}

// Where requests of several people go on in one, none of them hides it.
func TestAHiddenCopyOfWhatGoesOnWithOthersIsAComplaintOfItsOwn(t *testing.T) {
	const address = "complaints@desk.example"
	for _, first := range []string{"grace@harbor.example", "owen@harbor.example"} {
		d := newDesk(t)
		d.settings.Complaints = address
		mine := mailed("grace@harbor.example", "<a@x>", "Checkout fails")
		other := mailed("owen@harbor.example", "<b@x>", "The invoice is empty")
		d.must(mine)
		d.must(other)
		d.must(slashed("vera", "merge R-2 R-1"))
		if r := d.request(2); r.MergedInto != 1 {
			t.Fatalf("not merged: %+v", r)
		}
		if first == "grace@harbor.example" {
			d.must(copied(mine, address))
		} else {
			d.must(copied(other, address))
		}
		if r := d.request(1); r.Private {
			t.Errorf("%s hides what is two people's", first)
		}
		if r := d.request(3); !r.Private || r.Home.Channel != first {
			t.Errorf("%+v", r)
		}
	}
}

// The id of a mail is no secret, and a machine may use one twice.
func TestAComplaintUnderAnIDThatIsTakenIsAComplaintOfItsOwn(t *testing.T) {
	const address = "complaints@desk.example"
	for _, state := range []bot.State{bot.New, bot.Solved, bot.Closed} {
		d := newDesk(t)
		d.settings.Complaints = address
		d.must(mailed("grace@harbor.example", "<a@x>", "Checkout fails"))
		d.change(func(tx bot.Tx) error {
			r, err := tx.Request(1)
			r.State = state
			return errors.Join(err, tx.SaveRequest(&r))
		})
		d.must(copied(mailed("grace@harbor.example", "<a@x>", "Timur was rude to me"), address))
		if r := d.request(1); r.Private || r.State != state {
			t.Errorf("%s: R-1 is private: %t, and %s", state, r.Private, r.State)
		}
		if r := d.request(2); !r.Private || r.Kind != bot.KindComplaint {
			t.Errorf("%s: %+v", state, r)
		}
		d.checkNobodyReads(string(state), "Timur was rude to me")
	}
}
