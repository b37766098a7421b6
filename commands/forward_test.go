package commands_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"meridian/bot"
)

// passedOn is a mail of a client that passes one on, with words of the client's
// own above it.
func passedOn(from, id, above, original string) bot.Event {
	e := mailed(from, id, above)
	b := e.Body.(bot.Mailed)
	b.Mail.Subject = "Fwd: Checkout"
	b.Mail.Forwarded = &bot.Forward{From: bot.Address{Name: "Helen Park", Address: "helen@copperfield.example"}, Subject: "Checkout", Text: original}
	b.Mail.Quoted = original
	e.Body = b
	return e
}

// secretWords stand above the forwards of these tests.
const secretWords = "furious xyzzy"

// The words above a forward are in no mail, no post and no whisper to anybody
// who is not of the team, in no page and no search of theirs, whatever is done.
func TestTheWordsAboveAForwardNeverLeave(t *testing.T) {
	d := newDesk(t)
	d.settings.Clients[0].Answer = bot.ToBoth
	d.settings.People = append(d.settings.People, bot.Person{ID: "web:pat", IDs: []string{"web:pat"}, Name: "Pat", Role: bot.Partner, Client: "Harbor"})
	d.must(passedOn("grace@harbor.example", "<a@x>", secretWords, "Nobody can pay."))
	d.must(slashed("inga", "take R-1"))
	d.must(passedOn("grace@harbor.example", "<b@x>", secretWords+" again", "Nobody can pay."))
	d.must(mailed("grace@harbor.example", "<c@x>", "And?", "<b@x>"))
	second := passedOn("grace@harbor.example", "<d@x>", secretWords+" still", "It is worse.")
	second.Body = answering(second.Body.(bot.Mailed), "<a@x>")
	d.must(second)
	d.must(slashed("inga", "original R-1 nobody"))
	d.must(slashed("inga", "undo R-1"))
	d.must(slashed("inga", "ask R-1 Which browser is it?"))
	d.must(slashed("inga", "solve R-1"))
	d.must(slashed("vera", "close R-1 done"))
	third := passedOn("grace@harbor.example", "<e@x>", secretWords+" for ever", "It is back.")
	third.Body = answering(third.Body.(bot.Mailed), "<a@x>")
	d.must(third)
	for _, who := range []string{"grace", "owen", "pat"} {
		for _, say := range []string{"list", "show R-1", "show R-2", "find furious", "find pay"} {
			d.do(slashed(who, say)) //nolint:errcheck // whoever may not is refused
		}
	}
	if n := len(d.requests()); n != 2 {
		t.Fatalf("%d requests", n)
	}
	d.nothingLeaves(t)
	d.nothingIsRead(t)
}

// answering makes a mail one that answers another.
func answering(b bot.Mailed, id string) bot.Mailed {
	b.Mail.InReplyTo, b.Mail.References = id, []string{id}
	return b
}

// nothingLeaves looks at all that goes out.
func (d *desk) nothingLeaves(t *testing.T) {
	t.Helper()
	team := 0
	for _, o := range d.outbox() {
		raw, err := json.Marshal(o)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(raw), "xyzzy") {
			continue
		}
		direct, who := o.To.IsDirect() || o.Op == bot.OpWhisper, o.Person
		if o.To.IsDirect() {
			who = "web:" + strings.TrimPrefix(o.To.Channel, bot.DirectPrefix)
		}
		switch {
		case o.Op == bot.OpMail, o.ToClient:
			t.Errorf("%s leaves: %s", o.Key, raw)
		case direct && !d.settings.Person(bot.Actor{ID: who}).Team():
			t.Errorf("%s tells %s: %s", o.Key, who, raw)
		case !direct && (!o.TeamSide || !d.settings.Inside(o.To)):
			t.Errorf("%s is posted to %s: %s", o.Key, o.To, raw)
		}
		team++
	}
	if team < 4 {
		t.Errorf("the team reads it %d times", team)
	}
}

// nothingIsRead looks at all pages and at what is found.
func (d *desk) nothingIsRead(t *testing.T) {
	t.Helper()
	err := d.store.View(t.Context(), func(v bot.View) error {
		for _, who := range []string{"web:grace", "email:grace@harbor.example", "web:owen", "web:pat", "email:helen@copperfield.example"} {
			pages := bot.PagesFor(v, who)
			for n := int64(1); n <= 2; n++ {
				page, err := pages.Request(n)
				if raw, _ := json.Marshal(page); strings.Contains(string(raw), "xyzzy") {
					t.Errorf("%s reads %s: %v", who, raw, err)
				}
			}
			if mails, err := pages.Mails(100); err == nil {
				t.Errorf("%s reads the mail page: %+v", who, mails)
			}
		}
		for words, team := range map[string]bool{"xyzzy": false, "furious": false} {
			found, err := v.FindRequests(bot.FindQuery{Text: words, Internal: team})
			if err != nil || len(found) > 0 {
				t.Errorf("%q finds %d requests for everybody: %v", words, len(found), err)
			}
			if found, err = v.FindRequests(bot.FindQuery{Text: words, Internal: true}); err != nil || len(found) != 2 {
				t.Errorf("%q finds %d requests for the team: %v", words, len(found), err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestAGuessedSenderIsWrittenToByNothingAutomatic(t *testing.T) {
	for _, rule := range []bot.Whom{"", bot.ToForwarder, bot.ToOriginal, bot.ToBoth} {
		d := newDesk(t)
		d.settings.Clients[0].Answer = rule
		d.settings.Followup.Remind = bot.RemindAuto
		d.must(passedOn("grace@harbor.example", "<a@x>", "", "Nobody can pay."))
		d.must(slashed("inga", "ask R-1 Which browser is it?"))
		for _, days := range []int{10, 20, 40} { // reminded, and closed
			d.later = time.Duration(days) * 24 * time.Hour
			d.silence(t)
		}
		auto, person := 0, 0
		for _, o := range d.outbox() {
			if o.Op != bot.OpMail {
				continue
			}
			helen := strings.Contains(fmt.Sprint(o.Mail.To, o.Mail.Cc), "helen@")
			switch {
			case !bot.IsReply(o.Key) && helen:
				t.Errorf("rule %q: %s goes to %v", rule, o.Key, o.Mail.To)
			case !bot.IsReply(o.Key):
				auto++
			case helen != (rule == bot.ToOriginal || rule == bot.ToBoth):
				t.Errorf("rule %q: the answer goes to %v", rule, o.Mail.To)
			default:
				person++
			}
		}
		if auto < 2 || person != 1 {
			t.Errorf("rule %q: %d automatic mails and %d of a person", rule, auto, person)
		}
	}
}

// silence lets the timers of silence come due.
func (d *desk) silence(t *testing.T) {
	t.Helper()
	for _, r := range d.requests() {
		d.must(bot.Event{Place: r.Desk, Body: bot.Due{Timer: "silence:" + r.ID(), What: bot.TimerSilence, Object: r.ID(), At: time.Now().Add(d.later)}})
	}
}

// The choice of a form counts, a made-up one is refused, and a sender whom
// somebody has put right meanwhile is looked at again.
func TestWhomAnAnswerGoesToIsWhatWasShown(t *testing.T) {
	d := newDesk(t)
	d.must(passedOn("grace@harbor.example", "<a@x>", "", "Nobody can pay."))
	send := func(to, sender string) string {
		_, err := d.do(bot.Event{Place: channel("desk"), Actor: actor("inga"), Body: bot.Submitted{Act: "reply", Value: "R-1", Fields: map[string]string{"text": "Hello", "to": to, "sender": sender, "cc": ""}}})
		return d.refusal(err)
	}
	for _, to := range []string{"everybody", "helen@copperfield.example", "Both"} {
		if got := send(to, "helen@copperfield.example"); got != "refused: refuse.whom" {
			t.Errorf("to %q: %q", to, got)
		}
	}
	for to, want := range map[string]string{"forwarder": "[{Grace grace@harbor.example}]", "original": "[{Helen Park helen@copperfield.example}]", "both": "[{Grace grace@harbor.example} {Helen Park helen@copperfield.example}]"} {
		before := len(d.outbox())
		if got := send(to, "helen@copperfield.example"); got != "" {
			t.Errorf("to %s: %q", to, got)
		}
		for _, o := range d.outbox()[before:] {
			if o.Op == bot.OpMail && fmt.Sprint(o.Mail.To) != want {
				t.Errorf("to %s: it goes to %v", to, o.Mail.To)
			}
		}
	}
	d.must(slashed("timur", "original R-1 Mia <mia@copperfield.example>"))
	if got := send("both", "helen@copperfield.example"); got != "refused: refuse.sender_changed" {
		t.Errorf("to a sender who was put right: %q", got)
	}
	if got := send("forwarder", "helen@copperfield.example"); got != "" {
		t.Errorf("to the forwarder: %q", got)
	}
}

func TestAForwardOfACompanyIsTheirs(t *testing.T) {
	d := newDesk(t)
	d.must(passedOn("grace@harbor.example", "<a@x>", "look", "Nobody can pay."))
	r := d.requests()[0]
	if r.Requester != "web:grace" || r.Client != "Harbor" || r.Title != "Checkout" || r.Words != "Nobody can pay." || r.Original() != "Helen Park" {
		t.Errorf("filed as %+v", r)
	}
	own := passedOn("owen@harbor.example", "<b@x>", "see", "Please look at our order.")
	b := own.Body.(bot.Mailed)
	b.Mail.Subject, b.Mail.Forwarded.Subject = "terrible people", "Order 88121"
	own.Body = b
	d.must(own)
	if r := d.requests()[1]; r.Title != "Order 88121" {
		t.Errorf("the forwarder's own subject is the title %q", r.Title)
	}
	for _, o := range d.outbox() {
		if raw, err := json.Marshal(o.Mail); err != nil || strings.Contains(string(raw), "terrible") {
			t.Errorf("%s: %s, %v", o.Key, raw, err)
		}
	}
}
