package commands_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"meridian/bot"
)

// replied is a filled reply form.
func replied(who, text, then string) bot.Event {
	return bot.Event{Place: channel("desk"), Actor: actor(who), Body: bot.Submitted{Act: "reply", Value: "R-1", Fields: map[string]string{"text": text, "then": then}}}
}

// reads are the texts of R-1's conversation as a person reads them.
func (d *desk) reads(who string) (texts []string) {
	d.t.Helper()
	err := d.store.View(d.t.Context(), func(v bot.View) error {
		p, err := bot.PagesFor(v, "web:"+who).Request(1)
		for _, c := range p.Comments {
			texts = append(texts, c.Text)
		}
		return err
	})
	if err != nil {
		d.t.Fatal(err)
	}
	return texts
}

func TestAReplyIsTheTeamsOwnUntilItHasLeft(t *testing.T) {
	d := newDesk(t)
	d.must(addressed("owen", "m1", "Checkout fails"))
	d.must(slashed("inga", "reply R-1 the wrong window"))
	if got := d.reads("owen"); len(got) != 1 {
		t.Errorf("before it has left the client reads %q", got)
	}
	if got := d.reads("inga"); len(got) != 2 {
		t.Errorf("the team reads %q", got)
	}
	d.change(func(tx bot.Tx) error {
		sent, _, err := tx.Delivery(bot.ReplyKey(1, 2))
		return errors.Join(err, tx.FinishDelivery(sent, bot.Receipt{Message: "m2"}))
	})
	if got := d.reads("owen"); len(got) != 2 {
		t.Errorf("once it has left the client reads %q", got)
	}
}

func TestAReplyThatWasTakenBackIsNeverReadByTheClient(t *testing.T) {
	d := newDesk(t)
	d.must(addressed("owen", "m1", "Checkout fails"))
	d.must(slashed("inga", "reply R-1 the wrong window"))
	d.must(slashed("inga", "undo R-1"))
	if got := d.reads("owen"); len(got) != 1 {
		t.Errorf("the client reads %q", got)
	}
}

func TestAPartnerDoesNotSolveByTheReplyForm(t *testing.T) {
	d := newDesk(t)
	d.settings.People = append(d.settings.People, bot.Person{ID: "web:pat", IDs: []string{"web:pat"}, Name: "Pat", Role: bot.Partner, Client: "Harbor"})
	d.must(addressed("owen", "m1", "Checkout fails"))
	_, err := d.do(replied("pat", "done", "solved"))
	if got := d.refusal(err); got != "refused: refuse.denied" || d.requests()[0].State == bot.Solved {
		t.Errorf("%q, R-1 is %s", got, d.requests()[0].State)
	}
	for who, want := range map[string][]string{"pat": {"open", "turn"}, "inga": {"open", "turn", "solved"}} {
		e := bot.Event{Place: channel("support"), Actor: actor(who), Body: bot.Pressed{Act: "reply", Value: "R-1"}}
		err := d.store.View(t.Context(), func(v bot.View) error {
			form, _, err := d.router.Form(v, e)
			var then []string
			for _, f := range form.Fields {
				for _, c := range f.Choices {
					if f.Name == "then" {
						then = append(then, c.Value)
					}
				}
			}
			if !slices.Equal(then, want) {
				t.Errorf("%s: after the answer comes %q, want %q", who, then, want)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestWhatIsSolvedAgainByAnUndoIsToldToTheClient(t *testing.T) {
	for _, act := range []string{"close R-1 why", "reopen R-1"} {
		d := newDesk(t)
		d.must(addressed("owen", "m1", "Checkout fails"))
		d.must(slashed("vera", "solve R-1"))
		d.must(slashed("vera", act))
		d.must(slashed("vera", "undo R-1"))
		r := d.requests()[0]
		err := d.store.View(t.Context(), func(v bot.View) error { _, _, err := v.Delivery(bot.SolvedKey(r)); return err })
		if r.State != bot.Solved || err != nil {
			t.Errorf("%s: R-1 is %s, the client's notice: %v", act, r.State, err)
		}
	}
}

func TestWhatAClientSaysBeforeASolvingReplyHasLeftIsNoReturn(t *testing.T) {
	d := newDesk(t)
	d.must(addressed("owen", "m1", "Checkout fails"))
	d.must(replied("inga", "done", "solved"))
	d.must(said("owen", "m1", "m2", "still broken"))
	r := d.requests()[0]
	if r.State != bot.Open || r.Returns != 0 {
		t.Errorf("R-1 is %s with %d returns", r.State, r.Returns)
	}
	err := d.store.View(t.Context(), func(v bot.View) error { _, _, err := v.Delivery(bot.ReplyKey(1, 2)); return err })
	if err != nil {
		t.Errorf("the reply is gone: %v", err)
	}
}

func TestWhatAClientSaysAfterASolvingReplyHasLeftIsAReturn(t *testing.T) {
	d := newDesk(t)
	d.must(addressed("owen", "m1", "Checkout fails"))
	d.must(replied("inga", "done", "solved"))
	d.change(func(tx bot.Tx) error {
		sent, _, err := tx.Delivery(bot.ReplyKey(1, 2))
		return errors.Join(err, tx.FinishDelivery(sent, bot.Receipt{Message: "m2"}))
	})
	d.must(said("owen", "m1", "m3", "still broken"))
	if r := d.requests()[0]; r.State != bot.Open || r.Returns != 1 {
		t.Errorf("R-1 is %s with %d returns", r.State, r.Returns)
	}
}

func TestABystanderAndAMachineChangeNothing(t *testing.T) {
	d := newDesk(t)
	d.must(addressed("owen", "m1", "Licences"))
	d.must(slashed("inga", "solve R-1"))
	stranger := said("stranger", "m1", "m2", "ok")
	d.must(stranger)
	stranger.Message, stranger.Body = "m3", bot.Said{Text: "mine are gone too"}
	d.must(stranger)
	machine := said("ci", "m1", "m4", "build 5 passed")
	machine.Actor.Bot = true
	d.must(machine)
	if r := d.requests()[0]; r.State != bot.Solved || r.Confirmed {
		t.Errorf("R-1 is %s, confirmed: %v", r.State, r.Confirmed)
	}
	if got := d.reads("inga"); len(got) != 4 {
		t.Errorf("the conversation is %q", got)
	}
}

func TestAThumbConfirmsForTheRequesterAloneAndIsNeverAnswered(t *testing.T) {
	d := newDesk(t)
	d.must(addressed("owen", "m1", "Checkout fails"))
	thumb := func(who string) {
		d.must(bot.Event{Place: channel("support"), Message: "m1", Actor: actor(who), Body: bot.Reacted{Emoji: "+1"}})
	}
	thumb("owen") // nothing is solved yet
	d.must(slashed("inga", "solve R-1"))
	for _, who := range []string{"inga", "vera", "stranger"} {
		if thumb(who); d.requests()[0].Confirmed {
			t.Errorf("%s confirmed", who)
		}
	}
	if thumb("owen"); !d.requests()[0].Confirmed {
		t.Error("the requester did not confirm")
	}
}

func TestCommandsWithoutARequestAreUnderstoodInAnybodysThread(t *testing.T) {
	d := newDesk(t)
	d.must(addressed("owen", "m1", "Licences"))
	for _, text := range []string{"list", "help", "file my own printer is dead", "the printer is dead"} {
		d.must(bot.Event{Place: channel("support").In("m1"), Actor: actor("grace"), Body: bot.Commanded{Slash: "request", Text: text}})
	}
	d.must(bot.Event{Place: channel("support").In("m1"), Message: "m9", Actor: actor("grace"), Body: bot.Reacted{Emoji: "+1", Removed: true}})
	if n := len(d.requests()); n != 3 {
		t.Errorf("%d requests, want 3", n)
	}
}

func TestThanksToTheDeskFilesNothingAndConfirmsWhatWasSolvedLast(t *testing.T) {
	d := newDesk(t)
	direct := bot.Event{Place: bot.Direct("web:owen"), Message: "t1", Actor: actor("owen"), Body: bot.Said{Text: "Thanks!", Mentioned: true}}
	d.must(direct)
	d.must(addressed("owen", "t2", "thank you"))
	if n := len(d.requests()); n != 0 {
		t.Fatalf("%d requests were filed", n)
	}
	d.must(addressed("owen", "m1", "Checkout fails"))
	d.must(slashed("inga", "solve R-1"))
	d.must(addressed("owen", "m2", "A question that is still open"))
	direct.Message = "t3"
	d.must(direct)
	if all := d.requests(); len(all) != 2 || !all[0].Confirmed {
		t.Errorf("%d requests, the first confirmed: %v", len(all), all[0].Confirmed)
	}
}

func TestAnAnswerByMailRefersToTheClientsMails(t *testing.T) {
	d := newDesk(t)
	d.must(mailed("grace@harbor.example", "<a@x>", "it is broken"))
	d.must(mailed("grace@harbor.example", "<b@x>", "very broken", "<a@x>"))
	d.must(slashed("inga", "reply R-1 we look"))
	d.must(slashed("inga", "solve R-1"))
	n := 0
	for _, o := range d.outbox() {
		if o.Op != bot.OpMail || o.Key == "receipt:R-1" {
			continue
		}
		n++
		if m := o.Mail; m.InReplyTo != "<b@x>" || len(m.References) != 2 || m.References[0] != "<a@x>" {
			t.Errorf("%s answers %q of %q", o.Key, m.InReplyTo, m.References)
		}
	}
	if n != 2 {
		t.Errorf("%d mails", n)
	}
}

func TestAnEditIsReadWithoutTheMentionItBeginsWith(t *testing.T) {
	d := newDesk(t)
	d.must(addressed("owen", "m1", "Licences"))
	e := bot.Event{Place: channel("support"), Message: "m1", Actor: actor("owen"), At: time.Now().Add(time.Second), Body: bot.Edited{Text: "@desk Licences gone"}}
	d.must(e)
	if r := d.requests()[0]; r.Title != "Licences gone" || r.Words != "Licences gone" {
		t.Errorf("R-1 is %q: %q", r.Title, r.Words)
	}
	e.Body = bot.Deleted{}
	d.must(e)
	if r := d.requests()[0]; r.Title != "Licences gone" || r.Words != "" {
		t.Errorf("once deleted R-1 is %q: %q", r.Title, r.Words)
	}
}
