package commands_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"meridian/bot"
)

// inAuto is a message in the channel that files by itself, some time after the
// first.
func inAuto(who, id, text string, after time.Duration) bot.Event {
	return bot.Event{Place: channel("auto"), Message: id, Actor: actor(who), At: noon.Add(after), Body: bot.Said{Text: text}}
}

var noon = time.Now().Truncate(time.Second)

// whispers are what was told privately, by the ids of sentences.
func (d *desk) whispers() (ids []string) {
	for _, o := range d.outbox() {
		if o.Op == bot.OpWhisper && len(o.Message.Text.Parts) > 0 {
			ids = append(ids, o.Message.Text.Parts[0].ID)
		}
	}
	return ids
}

func TestMessagesOfOnePersonWithinThreeMinutesAreOneRequest(t *testing.T) {
	for _, tt := range []struct {
		name     string
		second   bot.Event
		requests int
		asked    bool
	}{
		{"at once", inAuto("owen", "m2", "It shows error 500", 0), 1, false},
		{"after 3 minutes", inAuto("owen", "m2", "It shows error 500", 3*time.Minute), 1, false},
		{"a moment later", inAuto("owen", "m2", "It shows error 500", 3*time.Minute+time.Second), 2, true},
		{"after 10 minutes", inAuto("owen", "m2", "It shows error 500", 10*time.Minute), 2, true},
		{"long after", inAuto("owen", "m2", "It shows error 500", 10*time.Minute+time.Second), 2, false},
		{"that came late", inAuto("owen", "m2", "It shows error 500", -2*time.Minute), 1, false},
		{"of another person", inAuto("grace", "m2", "It shows error 500", time.Minute), 2, false},
		{"in another channel", addressed("owen", "m2", "It shows error 500"), 2, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := newDesk(t)
			d.must(inAuto("owen", "m1", "Checkout fails", 0))
			d.must(tt.second)
			if all := d.requests(); len(all) != tt.requests {
				t.Errorf("%d requests, want %d", len(all), tt.requests)
			}
			if got := slices.Contains(d.whispers(), "join.ask"); got != tt.asked {
				t.Errorf("asked: %v", got)
			}
		})
	}
}

func TestAMessageJoinsNothingThatTheTeamIsAt(t *testing.T) {
	for name, act := range map[string]bot.Event{
		"taken":     slashed("inga", "take R-1"),
		"solved":    slashed("inga", "solve R-1"),
		"answered":  {Place: channel("auto").In("m1"), Message: "a1", Actor: actor("inga"), Body: bot.Said{Text: "Which browser?"}},
		"escalated": slashed("inga", "escalate R-1"),
		"closed":    slashed("vera", "close R-1 a test"),
	} {
		d := newDesk(t)
		d.must(inAuto("owen", "m1", "Checkout fails", 0))
		d.must(act)
		d.must(inAuto("owen", "m2", "It shows error 500", time.Minute))
		if n := len(d.requests()); n != 2 {
			t.Errorf("%s: %d requests, want 2", name, n)
		}
	}
}

func TestWhatIsSaidBelowAJoinedMessageBelongsToItsRequest(t *testing.T) {
	d := newDesk(t)
	d.must(inAuto("owen", "m1", "Hello", 0))
	d.must(inAuto("owen", "m2", "Checkout fails", time.Minute))
	d.must(inAuto("owen", "m3", "since nine", 2*time.Minute))
	d.must(bot.Event{Place: channel("auto").In("m3"), Message: "m4", Actor: actor("owen"), At: noon, Body: bot.Said{Text: "or ten"}})
	d.must(bot.Event{Place: channel("auto"), Message: "m2", Actor: actor("inga"), Body: bot.Reacted{Emoji: "eyes"}})
	r := d.requests()[0]
	if r.Title != "Checkout fails" || r.Words != "Hello\nCheckout fails\nsince nine" || r.Assignee != "web:inga" {
		t.Errorf("R-1 is %q of %q, and %s has it", r.Title, r.Words, r.Assignee)
	}
	if got := d.reads("owen"); len(got) != 4 {
		t.Errorf("the conversation is %q", got)
	}
	edit := bot.Event{Place: channel("auto"), Message: "m3", Actor: actor("owen"), At: noon.Add(time.Hour), Body: bot.Edited{Text: "since eight"}}
	d.must(edit)
	edit.Message, edit.Body = "m1", bot.Deleted{}
	d.must(edit)
	if r := d.requests()[0]; r.Words != "Checkout fails\nsince eight" {
		t.Errorf("after an edit and a removal it says %q", r.Words)
	}
}

func TestHoweverMuchSomebodyWritesARequestStaysReadable(t *testing.T) {
	d := newDesk(t)
	for i := range 45 {
		d.must(inAuto("owen", fmt.Sprint("m", i), strings.Repeat("x", 3000), time.Duration(i)*time.Second))
	}
	all := d.requests()
	if len(all) != 3 {
		t.Fatalf("%d requests, want 3", len(all))
	}
	for _, r := range all {
		if len(r.Words) > 20_000 {
			t.Errorf("%s begins with %d bytes", r.ID(), len(r.Words))
		}
	}
	if got := d.reads("owen"); len(got) != 20 {
		t.Errorf("R-1 has %d messages", len(got))
	}
}

func TestAMailJoinsNothing(t *testing.T) {
	d := newDesk(t)
	d.must(mailed("grace@harbor.example", "<a@x>", "it is broken"))
	d.must(mailed("grace@harbor.example", "<b@x>", "so is that"))
	if n := len(d.requests()); n != 2 {
		t.Errorf("%d requests, want 2", n)
	}
}

func TestOneMessageFilesOnceHoweverOftenItComes(t *testing.T) {
	d := newDesk(t)
	for range 4 { // under other keys, as two kinds of event of one message
		d.must(inAuto("owen", "m1", "Checkout fails", 0))
	}
	if all := d.requests(); len(all) != 1 || all[0].Words != "Checkout fails" {
		t.Errorf("requests: %+v", all)
	}
	if got := d.reads("owen"); len(got) != 1 {
		t.Errorf("the conversation is %q", got)
	}
}

func TestOnlyOnesOwnRequestsAreJoinedAndOnlyUntouchedOnes(t *testing.T) {
	ask := func(d *desk) {
		d.must(inAuto("owen", "m1", "Checkout fails", 0))
		d.must(inAuto("owen", "m2", "It shows error 500", 5*time.Minute))
	}
	press := func(who, value string) bot.Event {
		return bot.Event{Place: channel("auto"), Actor: actor(who), Body: bot.Pressed{Act: "join", Value: value}}
	}
	d := newDesk(t)
	ask(d)
	for value, want := range map[string]string{
		"R-2 R-9": "refused: refuse.no_request", "R-2 R-2": "refused: refuse.usage", "R-2 x": "refused: refuse.usage", "R-2": "refused: refuse.usage",
	} {
		if _, err := d.do(press("owen", value)); d.refusal(err) != want {
			t.Errorf("%s: %v, want %s", value, err, want)
		}
	}
	if _, err := d.do(press("grace", "R-2 R-1")); d.refusal(err) != "refused: refuse.no_request" {
		t.Errorf("another's: %v", err)
	}
	if _, err := d.do(press("inga", "R-2 R-1")); d.refusal(err) != "refused: refuse.denied" {
		t.Errorf("an agent: %v", err)
	}
	d.must(slashed("inga", "take R-2"))
	if _, err := d.do(press("owen", "R-2 R-1")); d.refusal(err) != "refused: refuse.changed_since" {
		t.Errorf("once it is taken: %v", err)
	}
	d = newDesk(t)
	ask(d)
	d.must(press("owen", "R-2 new"))
	d.must(press("owen", "R-2 R-1"))
	if _, err := d.do(press("owen", "R-2 R-1")); d.refusal(err) == "" {
		t.Error("it was joined twice")
	}
	if r := d.requests()[1]; r.MergedInto != 1 || r.State != bot.Closed {
		t.Errorf("R-2 is %s and goes on in R-%d", r.State, r.MergedInto)
	}
}

func TestPeopleOutsideOfTheTeamBecomeContacts(t *testing.T) {
	d := newDesk(t)
	contact := func(id string) bot.Contact {
		var c bot.Contact
		err := d.store.View(t.Context(), func(v bot.View) (err error) {
			c, err = v.Contact(id)
			return err
		})
		if err != nil && !errors.Is(err, bot.ErrNotFound) {
			t.Fatal(err)
		}
		return c
	}
	m := mailed("bob@harbor.example", "<a@x>", "it is broken")
	m.Actor.Name = "Bob Harris"
	d.must(m)
	if c := contact("email:bob@harbor.example"); c.Name != "Bob Harris" || c.Client != "Harbor" || c.First.IsZero() {
		t.Errorf("Bob is %+v", c)
	}
	d.must(addressed("owen", "m1", "Checkout fails"))
	d.must(said("stranger", "m1", "m2", "mine too"))
	if c := contact("web:owen"); c.Name != "Owen" || c.Client != "Harbor" {
		t.Errorf("Owen is %+v", c)
	}
	if c := contact("web:stranger"); c.Name != "stranger" || c.Client != "" {
		t.Errorf("the stranger is %+v", c)
	}
	d.must(said("inga", "m1", "m3", "we look"))
	machine := said("ci", "m1", "m4", "build 5 passed")
	machine.Actor.Bot = true
	d.must(machine)
	auto := mailed("robot@shop.example", "<b@x>", "out of office")
	auto.Body = bot.Mailed{Mail: bot.Mail{Kind: bot.MailAuto, Subject: "Auto", Text: "away", MessageID: "<b@x>", From: bot.Address{Address: "robot@shop.example"}}}
	d.must(auto)
	for _, id := range []string{"web:inga", "web:ci", "email:robot@shop.example"} {
		if c := contact(id); c.ID != "" {
			t.Errorf("%s is a contact", id)
		}
	}
	first := contact("web:owen").Last
	d.later = 23 * time.Hour
	d.must(said("owen", "m1", "m5", "still"))
	if got := contact("web:owen").Last; !got.Equal(first) {
		t.Errorf("written again after 23 hours: %s, then %s", first, got)
	}
	d.later = 25 * time.Hour
	d.must(said("owen", "m1", "m6", "still"))
	if got := contact("web:owen").Last; got.Equal(first) {
		t.Error("not written again after a day")
	}
}

func TestACompanyIsKnownByPersonContactRuleOrSite(t *testing.T) {
	d := newDesk(t)
	d.settings.Clients = append(d.settings.Clients, bot.Client{Name: "Larkspur", Sites: []string{"larkspur.example"}}, bot.Client{Name: "Brightwell"})
	d.settings.Rules = []bot.Rule{{Words: []string{"brightwell"}, Client: "Brightwell"}}
	d.change(func(tx bot.Tx) error {
		return tx.SaveContact(bot.Contact{ID: "web:priya", Name: "Priya", Client: "Brightwell"})
	})
	for i, tt := range []struct{ who, text, want string }{
		{"owen", "www.larkspur.example is down, says brightwell", "Harbor"},
		{"priya", "larkspur.example is down", "Brightwell"},
		{"ann", "larkspur.example is down, says Brightwell", "Brightwell"},
		{"bea", "https://shop.larkspur.example/cart is down", "Larkspur"},
		{"cid", "write to info@larkspur.example", ""},
		{"dan", "larkspur.example and harbor.example are down", ""},
		{"eve", "notlarkspur.example is down", ""},
	} {
		d.must(addressed(tt.who, fmt.Sprint("m", i), tt.text))
		all := d.requests()
		if got := all[len(all)-1].Client; got != tt.want {
			t.Errorf("%s, %q: %q, want %q", tt.who, tt.text, got, tt.want)
		}
	}
}

func TestTheAuditLogSaysWhichRuleSortedARequest(t *testing.T) {
	d := newDesk(t)
	d.must(addressed("owen", "m1", "a chargeback by bank transfer"))
	var why []string
	err := d.store.View(t.Context(), func(v bot.View) error {
		lines, err := v.Audit("R-1", 0, 10)
		for _, l := range lines {
			if l.Action == "rule" && l.Who == "" {
				why = append(why, l.Why)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"chargeback, чарджбэк* -> kind task, class expedite, tag billing", "bank transfer, chargeback -> class intangible, level 2"}; !slices.Equal(why, want) {
		t.Errorf("the log says %q", why)
	}
	if r := d.requests()[0]; r.Kind != bot.KindTask || r.Class != bot.Expedite || r.Level != 2 || !slices.Equal(r.Tags, []string{"billing"}) {
		t.Errorf("R-1 is %+v", r)
	}
}

func TestADraftOfARuleWritesNothing(t *testing.T) {
	d := newDesk(t)
	for i := range 7 {
		d.must(addressed(fmt.Sprint("p", i), fmt.Sprint("m", i), "the printer is out of paper"))
	}
	before := d.requests()
	statements, err := d.do(bot.Event{Place: channel("desk"), Actor: actor("vera"), Body: bot.Commanded{Slash: "desk", Text: "rules try printer -> kind bug, tags paper"}})
	if err != nil || statements > 10 {
		t.Errorf("%d statements, %v", statements, err)
	}
	for i, r := range d.requests() {
		if r.Version != before[i].Version || r.Kind != bot.KindQuestion {
			t.Errorf("%s was changed", r.ID())
		}
	}
}

func TestFilingStaysWithinItsStatements(t *testing.T) {
	d := newDesk(t)
	for i := range 20 {
		d.must(inAuto("owen", fmt.Sprint("old", i), "chargeback no. "+fmt.Sprint(i), time.Duration(i)*11*time.Minute))
	}
	for name, e := range map[string]bot.Event{
		"a new one":   inAuto("owen", "n1", "a chargeback came in by bank transfer", 300*time.Minute),
		"one more":    inAuto("owen", "n2", "chargeback: see shop.copperfield.example", 305*time.Minute),
		"a joined":    inAuto("owen", "n3", "and a refund", 306*time.Minute),
		"by mail":     mailed("bob@harbor.example", "<a@x>", "a chargeback: see shop.copperfield.example "+strings.Repeat("word ", 2000)),
		"a thank you": inAuto("owen", "n4", "thanks", 307*time.Minute),
	} {
		if n, err := d.do(e); err != nil || n > 60 {
			t.Errorf("%s: %d statements, %v", name, n, err)
		}
	}
}

// heard says that the word to the client that a request is done has left.
func (d *desk) heard(number int64) {
	d.t.Helper()
	d.change(func(tx bot.Tx) error {
		r, err := tx.Request(number)
		if err != nil {
			return err
		}
		sent, _, err := tx.Delivery(bot.SolvedKey(r))
		if err != nil {
			return err
		}
		return tx.FinishDelivery(sent, bot.Receipt{Message: fmt.Sprint("told", number)})
	})
}

func TestANewQuestionIsNoReturnByChatAndByMail(t *testing.T) {
	question := map[string]func(id string) bot.Event{
		"chat": func(id string) bot.Event { return said("owen", "m1", id, "Could you change the logo?") },
		"mail": func(id string) bot.Event {
			return mailed("grace@harbor.example", "<"+id+"@x>", "Could you change the logo?", "<a@x>")
		},
	}
	first := map[string]bot.Event{"chat": addressed("owen", "m1", "Report is empty"), "mail": mailed("grace@harbor.example", "<a@x>", "Report is empty")}
	for by := range question {
		t.Run(by, func(t *testing.T) {
			d := newDesk(t)
			d.must(first[by])
			d.must(slashed("dina", "take R-1"))
			d.must(slashed("dina", "solve R-1"))
			d.heard(1)
			was := d.requests()[0]
			d.must(question[by]("b"))
			if r := d.requests()[0]; r.State != bot.Open || r.Returns != 1 {
				t.Fatalf("R-1 is %s with %d returns", r.State, r.Returns)
			}
			press := pressedAt("desk", "dina", "newquestion", "R-1")
			d.must(press)
			all := d.requests()
			if r := all[0]; r.State != bot.Solved || r.Returns != 0 || !r.SolvedAt.Equal(was.SolvedAt) || !r.BackAt.IsZero() || r.AsksSame() {
				t.Errorf("R-1 is %s with %d returns, solved at %s, was %s", r.State, r.Returns, r.SolvedAt, was.SolvedAt)
			}
			if len(all) != 2 || all[1].LinkedTo != 1 || all[1].Words != "Could you change the logo?" || all[1].Requester != was.Requester {
				t.Fatalf("requests: %+v", all)
			}
			if got := d.conversation(1); len(got) != 1 {
				t.Errorf("R-1 says %+v", got)
			}
			if got := d.conversation(2); len(got) != 1 {
				t.Errorf("R-2 says %+v", got)
			}
			for _, act := range []string{"newquestion", "same"} {
				press.Body = bot.Pressed{Act: act, Value: "R-1"}
				if _, err := d.do(press); d.refusal(err) != "refused: refuse.not_asked" {
					t.Errorf("%s afterwards: %v", act, err)
				}
			}
			if n := len(d.requests()); n != 2 {
				t.Errorf("%d requests", n)
			}
		})
	}
}

func TestAReturnThatSomebodyWorksOnStaysOne(t *testing.T) {
	for _, act := range []string{"escalate R-1", "solve R-1", "give R-1 Inga", "close R-1 a test"} {
		d := newDesk(t)
		d.must(addressed("owen", "m1", "Report is empty"))
		d.must(slashed("dina", "take R-1"))
		d.must(slashed("dina", "solve R-1"))
		d.heard(1)
		d.must(said("owen", "m1", "m2", "It is empty again"))
		d.must(slashed("vera", act))
		_, err := d.do(pressedAt("desk", "dina", "newquestion", "R-1"))
		if got := d.refusal(err); got != "refused: refuse.changed_since" || len(d.requests()) != 1 || d.requests()[0].Returns != 1 {
			t.Errorf("after %s: %q, %d requests", act, got, len(d.requests()))
		}
	}
}
