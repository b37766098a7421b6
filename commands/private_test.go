package commands_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"meridian/bot"
)

// secret is a word that stands in everything of the private requests below.
const secret = "zebrafish"

// sendAll does all that waits, as a messenger would.
func (d *desk) sendAll() {
	d.t.Helper()
	d.change(func(tx bot.Tx) error {
		all, err := tx.Deliveries(bot.DeliveryQuery{States: []bot.DeliveryState{bot.DeliveryWaiting}, Limit: 1000})
		for _, o := range all {
			sent := o
			if o.After != "" && o.Op == bot.OpPost && o.To.Thread == "" {
				if _, first, err := tx.Delivery(o.After); err == nil {
					sent.To.Thread = first.Message
				}
			}
			err = errors.Join(err, tx.FinishDelivery(sent, bot.Receipt{Message: fmt.Sprint("out", o.ID)}))
		}
		return err
	})
}

// leaked are deliveries after one with the secret in them to anybody but the
// client, and the people named.
func (d *desk) leaked(since int64, may ...string) (bad []string) {
	d.t.Helper()
	for _, o := range d.outbox() {
		text, err := json.Marshal(o)
		if err != nil {
			d.t.Fatal(err)
		}
		own := strings.HasSuffix(o.Key, "find.none") // what somebody looked for themselves
		if o.ID <= since || !strings.Contains(string(text), secret) || o.ToClient || own {
			continue
		}
		ok := false
		for _, who := range may {
			ok = ok || o.To == bot.Direct("web:"+who) || o.Op == bot.OpWhisper && o.Person == "web:"+who
		}
		if !ok {
			bad = append(bad, fmt.Sprintf("%s %s to %s %s", o.Op, o.Key, o.To, o.Person))
		}
	}
	return bad
}

// last is the id of the newest delivery.
func (d *desk) last() (id int64) {
	for _, o := range d.outbox() {
		id = o.ID
	}
	return id
}

// complained is a request about which the desk has posted, made a complaint by
// Inga. It is Vera's from now on.
func complained(t *testing.T) *desk {
	d := newDesk(t)
	d.must(addressed("owen", "m1", secret+" at work"))
	d.sendAll()
	d.must(said("owen", "m1", "m2", secret+" again"))
	d.must(slashed("inga", "note R-1 "+secret+" noted"))
	d.sendAll()
	d.must(said("owen", "m1", "m3", secret+" not relayed yet"))
	d.must(slashed("inga", "complaint R-1"))
	return d
}

func TestWhatTheDeskPostedOfAPrivateRequestLeavesTheChannel(t *testing.T) {
	d := complained(t)
	gone := map[string]bool{}
	for _, o := range d.outbox() {
		text, _ := json.Marshal(o)
		switch {
		case o.Op == bot.OpDelete && o.To == channel("desk"):
			gone[strings.TrimSuffix(o.Key, ":gone")] = true
		case o.State == bot.DeliveryWaiting && o.To.Top() == channel("desk") && strings.Contains(string(text), secret):
			t.Errorf("%s still waits: %s", o.Key, text)
		}
	}
	for _, o := range d.outbox() {
		text, _ := json.Marshal(o)
		if o.State == bot.DeliveryDone && o.Op == bot.OpPost && o.To.Top() == channel("desk") && o.Key != bot.CardKey(1) && strings.Contains(string(text), secret) && !gone[o.Key] {
			t.Errorf("%s stays in the channel", o.Key)
		}
	}
	if len(gone) < 2 {
		t.Errorf("only %v are deleted", gone)
	}
}

func TestNoWordOfAPrivateRequestReachesWhoMayNotReadIt(t *testing.T) {
	d := complained(t)
	start := d.last()
	edit := bot.Event{Place: channel("support").In("m1"), Message: "m4", Actor: actor("owen"), Body: bot.Edited{Text: secret + " edited"}}
	for i, e := range []bot.Event{
		said("owen", "m1", "m4", secret+" more"), edit, slashed("vera", "note R-1 "+secret+" note"), slashed("vera", "reply R-1 "+secret+" reply"),
		slashed("vera", "escalate R-1 "+secret+" needed"), slashed("vera", "hold R-1 for "+secret), slashed("vera", "resume R-1"), slashed("vera", "tag R-1 "+secret),
		slashed("vera", "solve R-1"), said("owen", "m1", "m5", secret+" is still there, it does not work"), slashed("vera", "solve R-1"),
		slashed("vera", "close R-1 "+secret), said("owen", "m1", "m6", secret+" comes back, please look at the other door"), said("owen", "m6", "m7", secret+" hurry"),
		{Place: channel("support").In("m1"), Message: "m4", Actor: actor("owen"), Body: bot.Deleted{}},
		slashed("dina", "list"), slashed("dina", "list vera"), slashed("dina", "find "+secret), slashed("dina", "find 1"), {Place: channel("desk"), Actor: actor("dina"), Body: bot.Commanded{Slash: "client", Text: "Harbor"}},
		slashed("grace", "find "+secret), slashed("grace", "list"), {Place: channel("desk"), Message: "x1", Actor: actor("dina"), Body: bot.Said{Text: "find " + secret, Mentioned: true}},
	} {
		_, err := d.do(e)
		if told := d.refusal(err); strings.Contains(told, secret) {
			t.Errorf("event %d tells %s", i, told)
		}
		d.sendAll()
	}
	if bad := d.leaked(start, "vera"); len(bad) > 0 {
		t.Errorf("it reached others:\n%s", strings.Join(bad, "\n"))
	}
	all := d.requests()
	if len(all) != 2 || !all[1].Private || all[1].Assignee != "web:vera" {
		t.Errorf("what follows it is %+v", all[1:])
	}
	told, edits := 0, 0
	for _, o := range d.outbox() {
		if o.To == bot.Direct("web:vera") && (o.Op == bot.OpEdit || o.Op == bot.OpDelete) {
			edits++
		}
		if text, _ := json.Marshal(o); o.To == bot.Direct("web:vera") && o.Op == bot.OpPost && strings.Contains(string(text), secret) {
			told++
		}
	}
	if told < 5 || edits != 2 {
		t.Errorf("Vera got %d messages of the conversation, and %d that were edited or deleted", told, edits)
	}
}

// Pages are what the web desk shows.
func TestPagesShowNothingOfWhatIsPrivate(t *testing.T) {
	d := complained(t)
	for who, want := range map[string]bool{"dina": false, "inga": false, "grace": false, "vera": true, "owen": true} {
		err := d.store.View(t.Context(), func(v bot.View) error {
			p := bot.PagesFor(v, "web:"+who)
			list, err := p.Requests(bot.RequestQuery{})
			if err != nil || (len(list) == 1) != want {
				t.Errorf("%s: the list has %d (%v)", who, len(list), err)
			}
			if _, err := p.Request(1); (err == nil) != want || err != nil && !errors.Is(err, bot.ErrNotFound) {
				t.Errorf("%s: the page says %v", who, err)
			}
			if _, err := p.RequestAt(channel("desk").In("out1"), ""); (err == nil) != want && !errors.Is(err, bot.ErrNotFound) {
				t.Errorf("%s: the thread says %v", who, err)
			}
			choices, err := d.router.Choices(v, bot.Query{Actor: actor(who), Place: channel("desk"), Text: "/request show "})
			if got, _ := json.Marshal(choices); err != nil || strings.Contains(string(got), secret) != want {
				t.Errorf("%s: completion says %s (%v)", who, got, err)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestMailsOfAPrivateRequestAreForItsReaders(t *testing.T) {
	d := newDesk(t)
	d.must(mailed("grace@harbor.example", "<a@x>", secret))
	d.must(slashed("inga", "complaint R-1"))
	d.must(mailed("grace@harbor.example", "<b@x>", secret+" again", "<a@x>"))
	start := d.last()
	d.must(bot.Event{Place: bot.Place{Adapter: "email", Channel: "daemon@mail.example"}, Actor: bot.Actor{ID: "email:daemon@mail.example", Bot: true}, Message: "<c@x>",
		Body: bot.Mailed{Mail: bot.Mail{Kind: bot.MailBounce, From: bot.Address{Address: "daemon@mail.example"}, Text: secret, MessageID: "<c@x>", InReplyTo: "<a@x>", References: []string{"<a@x>"}}}})
	d.must(bot.Event{Body: bot.Failed{Delivery: "reply:R-1:9", Op: bot.OpMail, To: bot.Place{Adapter: "email", Channel: "grace@harbor.example"}, Request: 1, Why: "refused"}})
	for _, o := range d.outbox() {
		text, _ := json.Marshal(o)
		if o.ID > start && o.To.Top() == channel("desk") && strings.Contains(string(text), "grace@") {
			t.Errorf("%s names the address in the channel: %s", o.Key, text)
		}
	}
	if bad := d.leaked(start-1, "vera"); len(bad) > 0 {
		t.Errorf("it reached others: %v", bad)
	}
	err := d.store.View(t.Context(), func(v bot.View) error {
		for who, want := range map[string]bool{"dina": false, "vera": true} {
			mails, err := bot.PagesFor(v, "web:"+who).Mails(100)
			if got, _ := json.Marshal(mails); err != nil || strings.Contains(string(got), secret) != want {
				t.Errorf("%s reads %s (%v)", who, got, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestNothingAutomaticGoesToWhoComplainedUntilALeadLiftsIt(t *testing.T) {
	d := newDesk(t)
	automatic := func() (n int) {
		for _, o := range d.outbox() {
			if o.ToClient && o.Message.Author == "" && (o.Mail == nil || o.Mail.Auto) {
				n++
			}
		}
		return n
	}
	d.must(mailed("grace@harbor.example", "<a@x>", "You are slow"))
	before := automatic()
	d.must(slashed("inga", "complaint R-1"))
	d.later = 20 * 60e9
	d.must(mailed("grace@harbor.example", "<b@x>", "The invoice is wrong"))
	d.must(slashed("inga", "solve R-2"))
	d.must(addressed("grace", "m1", "The logo is blurred")) // the same person in the chat
	if got := automatic(); got != before {
		t.Errorf("%d automatic messages after the complaint", got-before)
	}
	d.must(slashed("vera", "reply R-1 I am sorry"))
	found := false
	for _, o := range d.outbox() {
		found = found || o.ToClient && o.Mail != nil && !o.Mail.Auto
	}
	if !found {
		t.Error("a person's answer does not go either")
	}
	d.must(slashed("vera", "lift R-1"))
	d.later = 3 * 60 * 60e9
	d.must(mailed("grace@harbor.example", "<c@x>", "The font is wrong"))
	if got := automatic(); got != before+1 {
		t.Errorf("%d automatic messages after it was lifted", got-before)
	}
}

// A question among colleagues has no other face: what is private is answered by
// direct message from then on.
func TestAPrivateQuestionAmongColleaguesIsAnsweredDirectly(t *testing.T) {
	d := newDesk(t)
	d.must(bot.Event{Place: channel("inside"), Message: "m1", Actor: actor("grace"), Body: bot.Said{Text: secret, Mentioned: true}})
	d.must(slashed("inga", "take R-1"))
	d.must(slashed("inga", "private R-1"))
	start := d.last()
	d.must(slashed("inga", "reply R-1 "+secret+" answered"))
	d.must(bot.Event{Place: channel("inside").In("m1"), Message: "m2", Actor: actor("grace"), Body: bot.Said{Text: secret + " still"}})
	for _, o := range d.outbox() {
		if text, _ := json.Marshal(o); o.ID > start && o.To.Top() == channel("inside") && strings.Contains(string(text), secret) {
			t.Errorf("%s stands in the channel", o.Key)
		}
	}
	if bad := d.leaked(start, "inga"); len(bad) > 0 {
		t.Errorf("it reached others: %v", bad)
	}
}

func TestNobodyMakesAComplaintWhereThereIsNoLead(t *testing.T) {
	d := newDesk(t)
	for i := range d.settings.People {
		if d.settings.People[i].Role == bot.Lead {
			d.settings.People[i].Role = bot.Agent
		}
	}
	r := d.in(bot.Open, 0)
	_, err := d.do(slashed("inga", "complaint "+r.ID()))
	if got := d.refusal(err); got != "refused: refuse.no_lead" || d.request(r.Number).Private {
		t.Errorf("%q", got)
	}
	d.must(slashed("inga", "private "+r.ID()+" Timur"))
	if after := d.request(r.Number); !after.Private || after.Assignee != "" {
		t.Errorf("%+v", after)
	}
}

func TestReadersAreNamedByCommasOrOneWordEach(t *testing.T) {
	for given, want := range map[string]string{
		"Inga": "[web:inga]", "Inga Timur": "[web:inga web:timur]", "Inga, Timur": "[web:inga web:timur]", "Inga and Timur": "[web:inga web:timur]",
		"@inga": "[web:inga]", "web:inga": "[web:inga]", "Inga Bob": "refused: refuse.no_such_person", "Grace": "refused: refuse.no_such_person", "": "[]",
	} {
		d := newDesk(t)
		r := d.in(bot.Open, 0)
		_, err := d.do(slashed("vera", "private "+r.ID()+" "+given))
		got := d.refusal(err)
		if got == "" {
			got = fmt.Sprint(d.request(r.Number).Readers)
		}
		if got != want {
			t.Errorf("%q: %s, want %s", given, got, want)
		}
	}
}

// A partner does not read what is private: it is a lead's then, and the partner
// learns nothing of it by taking back what they did before.
func TestWhatAPartnerHadIsALeadsWhenItBecomesPrivate(t *testing.T) {
	for _, act := range []string{"private", "complaint"} {
		d := newDesk(t)
		d.partner()
		d.must(addressed("owen", "m1", "Checkout is slow"))
		d.must(slashed("pat", "take R-1"))
		d.must(slashed("inga", act+" R-1"))
		if r := d.request(1); r.Assignee != "web:vera" {
			t.Errorf("%s: %q has it", act, r.Assignee)
		}
		_, err := d.do(slashed("pat", "undo R-1"))
		if got := d.refusal(err); got != "refused: refuse.nothing_to_undo" {
			t.Errorf("%s: Pat hears %q", act, got)
		}
	}
}

// The address that a person is shown is the one where the answer goes.
func TestTheAddressOfAPrivateAnswerIsTheDirectMessage(t *testing.T) {
	d := newDesk(t)
	d.must(bot.Event{Place: channel("inside"), Message: "i1", Actor: actor("owen"), Body: bot.Said{Text: "My salary", Mentioned: true}})
	d.must(slashed("inga", "take R-1"))
	d.must(slashed("inga", "private R-1"))
	d.must(slashed("inga", "reply R-1 Which month?"))
	if got := d.card("inga"); !strings.Contains(got, "told.reply_leaves") || strings.Contains(got, "inside") {
		t.Errorf("Inga reads %s", got)
	}
}
