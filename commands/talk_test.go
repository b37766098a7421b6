package commands_test

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"meridian/bot"
)

// form fills the form of a command on a request, as a person in #desk.
func form(who, act, request string, fields map[string]string) bot.Event {
	return bot.Event{Place: channel("desk"), Actor: actor(who), Body: bot.Submitted{Act: act, Value: request, Fields: fields}}
}

// pressedBy is a button in #desk.
func pressedBy(who, act, value string) bot.Event {
	return bot.Event{Place: channel("desk"), Actor: actor(who), Body: bot.Pressed{Act: act, Value: value}}
}

// opens is the form that a button opens.
func (d *desk) opens(e bot.Event) (f bot.Form) {
	d.t.Helper()
	err := d.store.View(d.t.Context(), func(v bot.View) (err error) {
		f, _, err = d.router.Form(v, e)
		return err
	})
	if err != nil {
		d.t.Fatal(err)
	}
	return f
}

func field(f bot.Form, name string) bot.Field {
	i := slices.IndexFunc(f.Fields, func(o bot.Field) bool { return o.Name == name })
	if i < 0 {
		return bot.Field{}
	}
	return f.Fields[i]
}

// replies are the answers that wait to go to clients, by their keys.
func (d *desk) replies() (keys []string) {
	for _, o := range d.outbox() {
		if bot.IsReply(o.Key) {
			keys = append(keys, o.Key)
		}
	}
	return keys
}

// conversation are the comments of a request, oldest first.
func (d *desk) conversation(number int64) (all []bot.Comment) {
	d.t.Helper()
	err := d.store.View(d.t.Context(), func(v bot.View) (err error) {
		all, err = v.Comments(number)
		return err
	})
	if err != nil {
		d.t.Fatal(err)
	}
	return all
}

// whisper is the last message that only its reader sees.
func (d *desk) whisper() (m bot.Message) {
	for _, o := range d.outbox() {
		if o.Op == bot.OpWhisper {
			m = o.Message
		}
	}
	return m
}

// What was agreed to by opening a form is agreed to once: the second message is
// shown too.
func TestAFormShowsEachMessageThatCameMeanwhileOnce(t *testing.T) {
	d := newDesk(t)
	d.must(addressed("owen", "m1", "Checkout fails"))
	seen := field(d.opens(pressedBy("inga", "reply", "R-1")), "seen").Value
	for i, said := range []string{"and the cart", "and the logo"} {
		d.must(bot.Event{Place: channel("support").In("m1"), Message: fmt.Sprint("n", i), Actor: actor("owen"), Body: bot.Said{Text: said}})
		_, err := d.do(form("inga", "reply", "R-1", map[string]string{"text": "We look", "seen": seen}))
		var told *bot.Error
		if !errors.As(err, &told) || told.Text.Parts[len(told.Text.Parts)-1].Text != said || told.Field != "" {
			t.Fatalf("%s: %v", said, err)
		}
		seen = field(d.opens(pressedBy("inga", "reply", "R-1")), "seen").Value
	}
	d.must(form("inga", "reply", "R-1", map[string]string{"text": "We look", "seen": seen}))
	if n := len(d.replies()); n != 1 {
		t.Errorf("%d answers wait", n)
	}
}

// Fields that nobody could have filled like this: nothing is sent, or what is
// sent is what the person may send.
func TestForgedFieldsOfAnAnswerSendNothingElse(t *testing.T) {
	for name, tt := range map[string]struct {
		fields map[string]string
		want   string // of the refusal
	}{
		"seen is a word":            {map[string]string{"text": "hi", "seen": "dance"}, ""},
		"seen lies ahead":           {map[string]string{"text": "hi", "seen": "999999"}, ""},
		"then is a word":            {map[string]string{"text": "hi", "then": "dance now"}, ""},
		"whom is a word":            {map[string]string{"text": "hi", "whom": "everybody"}, ""},
		"to all that do not wait":   {map[string]string{"text": "hi", "whom": "all"}, "refuse.no_followers"},
		"somebody else in copy":     {map[string]string{"text": "hi", "cc": "eve@evil.example"}, "refuse.cc"},
		"where nothing goes on":     {map[string]string{"text": "hi", "also": "R-2"}, "refuse.also"},
		"the key of another answer": {map[string]string{"text": "mine:R-1:1"}, ""}, // words like any other
		"an unknown canned answer":  {map[string]string{"text": " ", "canned": "dance"}, "refuse.canned"},
		"nothing at all":            {map[string]string{}, "refuse.empty"},
		"blanks":                    {map[string]string{"text": " \n\t "}, "refuse.empty"},
	} {
		d := newDesk(t)
		d.must(addressed("owen", "m1", "Checkout fails"))
		d.must(addressed("grace", "m2", "Something else"))
		_, err := d.do(form("inga", "reply", "R-1", tt.fields))
		if got := strings.TrimPrefix(d.refusal(err), "refused: "); got != tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
		for _, o := range d.outbox() {
			if bot.IsReply(o.Key) && (tt.want != "" || o.Request != 1 || o.To != d.request(1).Home || o.Mail != nil) {
				t.Errorf("%s: %s goes to %s", name, o.Key, o.To)
			}
		}
	}
}

func TestWhoTypesAnAnswerIsAskedOnlyWithinTwoMinutesOfAnothers(t *testing.T) {
	d := newDesk(t)
	d.must(addressed("owen", "m1", "Checkout fails"))
	d.must(slashed("timur", "reply R-1 We look"))
	d.must(slashed("timur", "reply R-1 And PayPal works")) // his own
	d.must(slashed("inga", "reply R-1 We look too"))
	if n := len(d.replies()); n != 2 {
		t.Fatalf("%d answers wait, and hers should not", n)
	}
	m := d.whisper()
	if m.Text.Parts[0].ID != "meanwhile.answered" || m.Buttons[0].Act != "show" || m.Buttons[1].Act != "reply" {
		t.Fatalf("she is told %+v", m)
	}
	for who, want := range map[string]string{"timur": "refuse.mine_gone", "owen": "refuse.denied"} {
		_, err := d.do(pressedBy(who, "reply", m.Buttons[1].Value))
		if got := strings.TrimPrefix(d.refusal(err), "refused: "); got != want {
			t.Errorf("%s presses her button: %q", who, got)
		}
	}
	_, err := d.do(pressedBy("inga", "reply", strings.Replace(m.Buttons[1].Value, "R-1 ", "R-2 ", 1)))
	if got := d.refusal(err); got != "refused: refuse.no_request" {
		t.Errorf("on another request: %q", got)
	}
	d.must(pressedBy("inga", "reply", m.Buttons[1].Value))
	last := d.conversation(1)
	if c := last[len(last)-1]; c.Author != "web:inga" || c.Text != "We look too" || len(d.replies()) != 3 {
		t.Errorf("she sends %+v", c)
	}
	d.later = 121 * time.Second
	d.must(slashed("dina", "reply R-1 Later"))
	if n := len(d.replies()); n != 4 {
		t.Errorf("%d answers wait two minutes later", n)
	}
}

// Opening the form is stored, and shown, and takes from nobody what they can
// undo; nor does it bring a refused form to life.
func TestOpeningTheFormIsNoAct(t *testing.T) {
	d := newDesk(t)
	d.must(addressed("owen", "m1", "Checkout fails"))
	d.must(slashed("inga", "take R-1"))
	before := d.request(1)
	d.must(pressedBy("dina", "reply", "R-1"))
	r := d.request(1)
	if r.Answering == nil || r.Answering.Who != "web:dina" || r.Turn() != before.Turn() || r.Version == before.Version {
		t.Fatalf("R-1 is %+v", r)
	}
	d.must(slashed("inga", "undo R-1"))
	r = d.request(1)
	if r.Assignee != "" || r.State != bot.New || r.Answering == nil {
		t.Errorf("undone, R-1 is %+v", r)
	}
	if _, err := d.do(pressedBy("owen", "reply", "R-1")); d.refusal(err) != "refused: refuse.denied" || !reflect.DeepEqual(d.request(1), r) {
		t.Errorf("a client opens it: %v", err)
	}
	d.must(slashed("inga", "solve R-1"))
	if d.request(1).Answering != nil {
		t.Error("somebody writes on what is done")
	}
	d.must(pressedBy("dina", "reply", "R-1"))
	if d.request(1).Answering != nil {
		t.Error("opening it again there is shown")
	}
}

func TestATimerOfSomebodyWhoWritesEndsItsOwnTimeAlone(t *testing.T) {
	d := newDesk(t)
	d.must(addressed("owen", "m1", "Checkout fails"))
	due := bot.Event{Body: bot.Due{Timer: "answering:R-1", What: bot.TimerAnswering, Object: "R-1"}}
	d.must(pressedBy("dina", "reply", "R-1"))
	version := d.request(1).Version
	d.must(due) // too early, as of an older one
	if r := d.request(1); r.Answering == nil || r.Version != version {
		t.Errorf("R-1 is %+v", r)
	}
	d.later = 5*time.Minute + time.Second
	d.must(due)
	if d.request(1).Answering != nil {
		t.Error("she writes for ever")
	}
	version = d.request(1).Version
	d.must(due)
	for _, b := range []bot.Due{{What: bot.TimerAnswering, Object: "R-99"}, {What: bot.TimerAnswering, Object: "dance"}, {What: "together", Timer: "together x"}} {
		d.must(bot.Event{Body: b})
	}
	if d.request(1).Version != version {
		t.Error("a timer of nothing changes something")
	}
}

func TestTheFirstAnswerIsTheFirstThatIsNotTakenBack(t *testing.T) {
	d := newDesk(t)
	d.must(addressed("owen", "m1", "Checkout fails"))
	d.must(slashed("timur", "note R-1 the cache?"))
	if !d.request(1).AnsweredAt.IsZero() {
		t.Error("a note answers")
	}
	d.must(slashed("inga", "reply R-1 We look"))
	first := d.request(1).AnsweredAt
	if first.IsZero() {
		t.Fatal("an answer does not")
	}
	d.must(slashed("inga", "undo R-1"))
	if at := d.request(1).AnsweredAt; !at.IsZero() {
		t.Errorf("an answer that was taken back does: %s", at)
	}
	d.later = time.Minute
	d.must(bot.Event{Place: channel("support").In("m1"), Message: "m2", Actor: actor("dina"), Body: bot.Said{Text: "We look"}})
	said := d.request(1).AnsweredAt
	if said.IsZero() || !said.After(first) {
		t.Errorf("a word in the client's thread: %s", said)
	}
	d.later = 5 * time.Minute
	d.must(slashed("inga", "reply R-1 Fixed"))
	d.must(slashed("inga", "undo R-1"))
	if at := d.request(1).AnsweredAt; !at.Equal(said) {
		t.Errorf("taking a second answer back changes the first: %s and %s", at, said)
	}
}

// Words as people and attackers write them reach the client as they were
// written, and in no other place.
func TestAnAnswerIsSentAsItWasWritten(t *testing.T) {
	for _, text := range []string{
		strings.Repeat("ж", 40_001), "=", "{name}", "<!channel> @everyone", "*bold* _it_ [x](http://y)", "🔥👩‍👩‍👧", "e\u0301\u0301\u0301", "\u202etxt.exe", "line one\nline two\r\nthree\tfour",
		"R-2", "mine", "reply:R-1:1 is the key", "a\x00b", "a\xffb", "\x07\x1b[31mred",
	} {
		for _, surface := range []bot.Surface{bot.ByForm, bot.ByMention} {
			d := newDesk(t)
			d.must(addressed("owen", "m1", "Checkout fails"))
			e := form("inga", "reply", "R-1", map[string]string{"text": text})
			if surface == bot.ByMention {
				e = bot.Event{Place: channel("support").In("m1"), Message: "m2", Actor: actor("inga"), Body: bot.Said{Text: "reply R-1 " + text, Mentioned: true}}
			}
			_, err := d.do(e)
			if surface == bot.ByMention && strings.HasPrefix(text, "=") {
				if got := d.refusal(err); got != "refused: refuse.canned" {
					t.Errorf("%.20q by %s: %q", text, surface, got)
				}
				continue
			}
			if err != nil {
				t.Errorf("%.20q by %s: %v", text, surface, err)
				continue
			}
			all := d.conversation(1)
			if got := all[len(all)-1].Text; got != asWritten(text) {
				t.Errorf("%.20q by %s is kept as %.40q", text, surface, got)
			}
			for _, o := range d.outbox() {
				if bot.IsReply(o.Key) && (len(o.Message.Text.Parts) != 1 || o.Message.Text.Parts[0].Kind != bot.PartQuote || o.To != d.request(1).Home) {
					t.Errorf("%.20q by %s leaves as %+v", text, surface, o.Message.Text)
				}
			}
		}
	}
}

func TestWhatCanBeSentByAnEmojiIsTheTeamsOwnAlone(t *testing.T) {
	d := newDesk(t)
	d.settings.People = append(d.settings.People, bot.Person{ID: "web:pat", IDs: []string{"web:pat"}, Name: "Pat", Role: bot.Partner, Client: "Harbor"})
	d.must(addressed("owen", "m1", "Checkout fails"))
	d.change(func(tx bot.Tx) error { return tx.LinkMessage(channel("desk"), "card", 1, bot.FaceDesk, bot.CardKey(1)) })
	for i, who := range []string{"timur", "owen", "stranger", "timur"} {
		d.must(bot.Event{Place: channel("desk").In("card"), Message: fmt.Sprint("t", i), Actor: actor(who), Body: bot.Said{Text: []string{"It is the cache", "I am here by mistake", "so am I", "wrong"}[i]}})
	}
	d.must(bot.Event{Place: channel("desk").In("card"), Message: "t3", Actor: actor("timur"), At: time.Now().Add(time.Minute), Body: bot.Deleted{}})
	put := func(who, message string) string {
		_, err := d.do(bot.Event{Place: channel("desk").In("card"), Message: message, Actor: actor(who), Body: bot.Reacted{Emoji: "outbox_tray"}})
		return strings.TrimPrefix(d.refusal(err), "refused: ")
	}
	for message, want := range map[string]string{"t1": "refuse.send_what", "t2": "refuse.send_what", "t3": "refuse.send_what", "nowhere": "refuse.send_what", "card": "refuse.send_what"} {
		if got := put("inga", message); got != want {
			t.Errorf("%s: %q, want %q", message, got, want)
		}
	}
	if got := put("owen", "t0"); got != "refuse.denied" {
		t.Errorf("a client sends: %q", got)
	}
	if n := len(d.replies()); n != 0 {
		t.Fatalf("%d answers wait", n)
	}
	if got := put("inga", "t0"); got != "" || len(d.replies()) != 1 {
		t.Errorf("hers: %q, %v", got, d.replies())
	}
	if got := put("dina", "t0"); got != "refuse.send_twice" || len(d.replies()) != 1 {
		t.Errorf("a second time: %q, %v", got, d.replies())
	}
}

func TestThoseInCopyGetTheAnswersByMailOnly(t *testing.T) {
	d := newDesk(t)
	e := mailed("grace@harbor.example", "<a@x>", "It fails")
	b := e.Body.(bot.Mailed)
	b.Mail.Cc = []bot.Address{{Name: "Owen", Address: "owen@harbor.example"}, {Address: "support@desk.example"}}
	e.Body = b
	d.must(e)
	d.must(slashed("inga", "reply R-1 We look"))
	for _, o := range d.outbox() {
		if o.Op != bot.OpMail {
			continue
		}
		if n := len(o.Mail.Cc); bot.IsReply(o.Key) != (n == 1) {
			t.Errorf("%s has %d in copy", o.Key, n)
		}
	}
	d.must(form("inga", "reply", "R-1", map[string]string{"text": "For you alone", "cc": "", "seen": "99"}))
	all := d.outbox()
	for _, o := range all {
		if o.Op == bot.OpMail && o.Mail.Body.Parts[0].Text == "For you alone" && len(o.Mail.Cc) != 0 {
			t.Errorf("taken out, and in copy: %+v", o.Mail.Cc)
		}
	}
}

// A partner who answers is shown what a partner may read, and nothing that the
// team says among itself or has not sent yet.
func TestAPartnerIsShownNothingOfTheTeamsOwnMeanwhile(t *testing.T) {
	d := newDesk(t)
	d.settings.People = append(d.settings.People, bot.Person{ID: "web:pat", IDs: []string{"web:pat"}, Name: "Pat", Role: bot.Partner, Client: "Harbor"})
	d.must(addressed("owen", "m1", "Checkout fails"))
	d.must(slashed("timur", "note R-1 the client is difficult"))
	d.must(slashed("timur", "reply R-1 not yet sent"))
	d.must(form("pat", "reply", "R-1", map[string]string{"text": "We look", "seen": "1"}))
	d.must(slashed("pat", "reply R-1 We look"))
	if n := len(d.replies()); n != 3 {
		t.Errorf("%d answers wait", n)
	}
	d.must(said("owen", "m1", "m2", "and the logo"))
	_, err := d.do(form("pat", "reply", "R-1", map[string]string{"text": "We look", "seen": "1"}))
	var told *bot.Error
	if !errors.As(err, &told) || strings.Contains(fmt.Sprintf("%+v", told.Text), "difficult") || strings.Contains(fmt.Sprintf("%+v", told.Text), "not yet sent") || told.Text.Parts[0].ID != "meanwhile.wrote" {
		t.Errorf("she is told %v", err)
	}
}

func TestAPrivateRequestIsAnsweredToNobodyElseByItself(t *testing.T) {
	d := newDesk(t)
	d.must(addressed("owen", "m1", "Checkout fails"))
	d.must(addressed("grace", "m2", "Timur was rude about the checkout"))
	d.must(slashed("vera", "private R-2"))
	d.must(slashed("vera", "merge R-1 R-2"))
	d.must(slashed("vera", "reply R-2 I am sorry"))
	if got := d.replies(); len(got) != 1 {
		t.Errorf("it goes to %v", got)
	}
	f := d.opens(pressedBy("vera", "reply", "R-2"))
	if also := field(f, "also"); also.Value != "" {
		t.Errorf("the form has %q switched on", also.Value)
	}
}
