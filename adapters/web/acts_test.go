package web

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"meridian/bot"
)

var support = bot.Place{Adapter: "web", Channel: "support"}

func one(t *testing.T, d *fakeDesk) bot.Event {
	t.Helper()
	events := d.accepted()
	if len(events) != 1 {
		t.Fatalf("%d events were accepted, want one: %v", len(events), events)
	}
	return events[0]
}

func TestATypedTextBecomesAMessage(t *testing.T) {
	d := newFakeDesk()
	d.post(bot.ShownMessage{Place: support, ID: "m1", Author: "web:owen", Said: "root"})
	for _, c := range []struct {
		text, said, place string
		mentioned         bool
	}{
		{"hello", "", "web:support", false},
		{"two\r\nlines\tand a tab ", "two\nlines\tand a tab ", "web:support", false},
		{"@desk take R-1", "take R-1", "web:support", true},
		{" @DESK, возьми\nэто", "возьми\nэто", "web:support", true},
		{"please, @Desk, look", "", "web:support/m1", true},
		{"mail help@desk.example or help@desk", "", "web:support", false},
		{"@desktop and x@desk", "", "web:support", false},
		{"hello", "", "web:@dina", true},
		{"@desk: help", "help", "web:@dina", true},
		{"/etc/passwd is gone", "", "web:support", false},
		{"/ nothing", "", "web:support", false},
	} {
		if c.said == "" {
			c.said = c.text
		}
		d.events = nil
		b := openAs(t, d, "web:dina")
		if w := b.post("/say", "place", c.place, "text", c.text, "nonce", "n1"); w.Code != http.StatusOK || nonceIn(t, w.Body.String()) == "n1" {
			t.Errorf("%q: %d %s", c.text, w.Code, w.Body)
		}
		e := one(t, d)
		said, ok := e.Body.(bot.Said)
		if !ok || said.Text != c.said || said.Mentioned != c.mentioned {
			t.Errorf("%q became %#v", c.text, e.Body)
		}
		place, _ := bot.ParsePlace(c.place)
		if e.Place != place || e.Source != "web" || e.Actor != (bot.Actor{ID: "web:dina", Name: "Dina"}) || e.At.IsZero() {
			t.Errorf("%q: event %+v", c.text, e)
		}
		if e.Message == "" || e.Key != "said:"+place.Channel+"/"+e.Message {
			t.Errorf("%q: key %q, message %q", c.text, e.Key, e.Message)
		}
	}
}

func TestAMentionAloneIsAnEmptyMessageThatShowsTheMention(t *testing.T) {
	d := newFakeDesk()
	b := openAs(t, d, "web:dina")
	b.post("/say", "place", "web:support", "text", "@desk", "nonce", "n")
	e := one(t, d)
	if said := e.Body.(bot.Said); said.Text != "" || !said.Mentioned {
		t.Errorf("said %#v", said)
	}
	d.post(bot.ShownMessage{Place: support, ID: e.Message, Author: "web:dina"})
	if got, _ := shownAs(t, b.get("/c/support").Body.String(), "said"); got != "@desk" {
		t.Errorf("shown as %q", got)
	}
}

func TestASlashTextBecomesACommand(t *testing.T) {
	for text, want := range map[string]bot.Commanded{
		"/request take R-12":        {Slash: "request", Text: "take R-12"},
		"/request":                  {Slash: "request"},
		"/Desk\u00a0статус":         {Slash: "desk", Text: "статус"},
		"/куйгуые list":             {Slash: "куйгуые", Text: "list"},
		"/request one\r\n\ttwo\r\n": {Slash: "request", Text: "one\n\ttwo"},
	} {
		d := newFakeDesk()
		openAs(t, d, "web:dina").post("/say", "place", "web:support", "text", text, "nonce", "n1")
		e := one(t, d)
		if e.Body != want || !strings.HasPrefix(e.Key, "commanded:") {
			t.Errorf("%q became %#v with key %q", text, e.Body, e.Key)
		}
	}
}

func TestSendingAFormTwiceIsOneEventAndAChangedTextAnother(t *testing.T) {
	for _, c := range []struct {
		path string
		form []string
		then []string // what makes it another act
	}{
		{"/say", []string{"text", "hello"}, []string{"text", "hello again"}},
		{"/say", []string{"text", "/request list"}, []string{"text", "/request take R-1"}},
		{"/press", []string{"message", "b1", "act", "take", "value", "R-1"}, []string{"act", "solve"}},
		{"/react", []string{"message", "b1", "emoji", "eyes"}, []string{"emoji", "ticket"}},
		{"/submit", []string{"message", "b1", "act", "note", "value", "R-1", "f.text", "x"}, []string{"value", "R-2"}},
		{"/edit", []string{"message", "m1", "text", "better"}, []string{"text", "best"}},
		{"/delete", []string{"message", "m1"}, []string{"message", "m2"}},
	} {
		t.Run(c.path, func(t *testing.T) {
			d := newFakeDesk()
			d.post(bot.ShownMessage{Place: support, ID: "b1", Message: bot.Message{Card: true, Text: bot.Say("filed")}})
			d.post(bot.ShownMessage{Place: support, ID: "m1", Author: "web:dina", Said: "mine"})
			d.post(bot.ShownMessage{Place: support, ID: "m2", Author: "web:dina", Said: "mine too"})
			b := openAs(t, d, "web:dina")
			form := append([]string{"place", "web:support", "nonce", "n1"}, c.form...)
			for range 2 {
				if w := b.post(c.path, form...); w.Code != http.StatusOK {
					t.Fatalf("%d %s", w.Code, w.Body)
				}
			}
			if n := len(d.accepted()); n != 1 {
				t.Errorf("sent twice: %d events", n)
			}
			b.post(c.path, append(form, c.then...)...)
			if n := len(d.accepted()); n != 2 {
				t.Errorf("then something else: %d events", n)
			}
			b.post(c.path, append(form, "nonce", "n2")...)
			if n := len(d.accepted()); n != 3 {
				t.Errorf("then from a new form: %d events", n)
			}
			openAs(t, d, "web:inga").post(c.path, form...)
			own := c.path == "/edit" || c.path == "/delete"
			if n := len(d.accepted()); own != (n == 3) {
				t.Errorf("then by somebody else: %d events", n)
			}
		})
	}
}

func TestNobodyCanNameAMessageOfTheBot(t *testing.T) {
	d := newFakeDesk()
	key := "card:R-1"
	receipt, err := newAdapter(t, d).Deliver(t.Context(), bot.Delivery{Key: key, Op: bot.OpPost, To: support})
	if err != nil {
		t.Fatal(err)
	}
	openAs(t, d, "web:dina").post("/say", "place", "web:support", "text", "hello", "nonce", receipt.Message)
	if e := one(t, d); e.Message == receipt.Message || e.Message[0] == receipt.Message[0] {
		t.Errorf("a person's message has the id %s beside %s", e.Message, receipt.Message)
	}
}

func TestReactionsArePutAndTakenByShortName(t *testing.T) {
	for _, c := range []struct {
		form  []string
		want  bot.Reacted
		wrong bool
	}{
		{form: []string{"emoji", "eyes"}, want: bot.Reacted{Emoji: "eyes"}},
		{form: []string{"emoji", "ticket", "remove", "1"}, want: bot.Reacted{Emoji: "ticket", Removed: true}},
		{form: []string{"emoji", "ticket", "toggle", "1"}, want: bot.Reacted{Emoji: "ticket", Removed: true}},
		{form: []string{"emoji", "bug", "toggle", "1"}, want: bot.Reacted{Emoji: "bug"}},
		{form: []string{"other", ":white_check_mark:"}, want: bot.Reacted{Emoji: "white_check_mark"}},
		{form: []string{"other", ":+1::skin-tone-3:"}, want: bot.Reacted{Emoji: "+1"}},
		{form: []string{"other", "👍🏽"}, want: bot.Reacted{Emoji: "+1"}},
		{form: []string{"other", "🎫"}, want: bot.Reacted{Emoji: "ticket"}},
		{form: []string{"other", "Ours-2"}, want: bot.Reacted{Emoji: "ours-2"}},
		{form: []string{"other", "<b>"}, wrong: true},
		{form: []string{"other", "::"}, wrong: true},
		{form: []string{"emoji", ""}, wrong: true},
		{form: []string{"other", strings.Repeat("a", 65)}, wrong: true},
		{form: []string{"message", "gone", "emoji", "eyes"}, wrong: true},
	} {
		d := newFakeDesk()
		d.post(bot.ShownMessage{Place: support, ID: "m1", Author: "web:owen", Said: "x", Reactions: []bot.Reaction{{Emoji: "ticket", Who: []string{"web:dina"}}}})
		d.post(bot.ShownMessage{Place: support, ID: "gone", Author: "web:owen", Deleted: true})
		w := openAs(t, d, "web:dina").post("/react", append([]string{"place", "web:support", "message", "m1", "nonce", "n"}, c.form...)...)
		if c.wrong {
			if w.Code != http.StatusUnprocessableEntity || len(d.accepted()) > 0 || w.Body.Len() == 0 {
				t.Errorf("%v: %d %s", c.form, w.Code, w.Body)
			}
			continue
		}
		if e := one(t, d); e.Body != c.want || e.Message != "m1" {
			t.Errorf("%v became %#v", c.form, e.Body)
		}
	}
}

func TestOnlyOnesOwnMessagesAreEditedAndDeleted(t *testing.T) {
	d := newFakeDesk()
	d.post(bot.ShownMessage{Place: support, ID: "m1", Author: "web:owen", Said: "his"})
	b := openAs(t, d, "web:dina")
	for _, path := range []string{"/edit", "/delete"} {
		if w := b.post(path, "place", "web:support", "message", "m1", "text", "changed", "nonce", "n"); w.Code != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
	if w := b.get("/menu?place=web:support&message=m1"); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("menu: %d", w.Code)
	}
	if n := len(d.accepted()); n != 0 {
		t.Errorf("%d events", n)
	}
	owen := openAs(t, d, "web:owen")
	if w := owen.get("/menu?place=web:support&message=m1"); !strings.Contains(w.Body.String(), ">\nhis</textarea>") {
		t.Errorf("menu: %s", w.Body)
	}
	owen.post("/edit", "place", "web:support", "message", "m1", "text", "changed", "nonce", "n")
	owen.post("/delete", "place", "web:support", "message", "m1", "nonce", "n")
	events := d.accepted()
	if len(events) != 2 || events[0].Body != (bot.Edited{Text: "changed"}) || events[1].Body != (bot.Deleted{}) || events[0].Message != "m1" {
		t.Errorf("events %+v", events)
	}
}

func TestATextThatIsTooLongOrEmptyIsRefusedAndStays(t *testing.T) {
	d := newFakeDesk()
	b := openAs(t, d, "web:dina")
	say := func(text string) *httptest.ResponseRecorder {
		return b.post("/say", "place", "web:support", "text", text, "nonce", "n")
	}
	if w := say(strings.Repeat("я", maxText)); w.Code != http.StatusOK {
		t.Errorf("40,000 characters: %d", w.Code)
	}
	if w := say(strings.Repeat("👨", maxText)); w.Code != http.StatusOK {
		t.Errorf("40,000 wide characters: %d", w.Code)
	}
	for name, text := range map[string]string{"too long": strings.Repeat("я", maxText+1), "empty": "", "blank": " \n\t"} {
		w := say(text)
		if w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "composer-error") || strings.Contains(w.Body.String(), "<textarea") {
			t.Errorf("%s: %d %.200s", name, w.Code, w.Body)
		}
	}
	if w := say(strings.Repeat("x", maxBody)); w.Code != http.StatusRequestEntityTooLarge || !strings.Contains(w.Body.String(), "40000 characters") {
		t.Errorf("a megabyte: %d %.200s", w.Code, w.Body)
	}
	if n := len(d.accepted()); n != 2 {
		t.Errorf("%d events", n)
	}
	// Without the page's script the text comes back in a box of its own.
	form := url.Values{"place": {"web:support"}, "text": {"\n" + strings.Repeat("y", maxText+1)}, "nonce": {"n"}}
	r := httptest.NewRequest("POST", "/say", strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if w := b.do(r); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "<textarea name=\"text\" rows=\"8\" aria-label=\"Message\">\n\nyyy") {
		t.Errorf("without script: %d %.900s", w.Code, w.Body)
	}
}

func TestNobodyActsWhereTheyCannotRead(t *testing.T) {
	d := newFakeDesk()
	desk := bot.Place{Adapter: "web", Channel: "desk"}
	d.post(bot.ShownMessage{Place: desk, ID: "b1", Message: bot.Message{Text: bot.Say("filed")}})
	d.post(bot.ShownMessage{Place: support, ID: "w1", For: "web:dina", Message: bot.Message{Text: bot.Say("filed")}})
	owen := openAs(t, d, "web:owen")
	for _, form := range [][]string{
		{"place", "web:desk"}, {"place", "web:@dina"}, {"place", "web:nowhere"}, {"place", "slack:C1"}, {"place", ""},
		{"place", "web:desk/b1"}, {"place", "web:support/w1"}, {"place", "web:support/nothing"},
		{"place", "web:desk", "message", "b1"}, {"place", "web:support", "message", "w1"}, {"place", "web:support", "message", "nothing"},
		{"place", "web:support", "nonce", strings.Repeat("n", 65)},
	} {
		for _, path := range []string{"/say", "/press", "/react", "/submit", "/edit", "/delete"} {
			all := append([]string{"text", "x", "act", "take", "emoji", "eyes", "nonce", "n"}, form...)
			if w := owen.post(path, all...); w.Code != http.StatusNotFound {
				t.Errorf("%s %v: %d %s", path, form, w.Code, w.Body)
			}
		}
	}
	for _, path := range []string{"/c/desk", "/c/@dina", "/c/nowhere", "/c/support/t/w1", "/mail", "/pick?place=web:desk&message=b1", "/part/list?place=web:desk", "/part/list?place=x"} {
		if w := owen.get(path); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
	if n := len(d.accepted()); n != 0 {
		t.Errorf("%d events", n)
	}
}

func TestAButtonOpensItsFormAndErrorsStandAtTheirFields(t *testing.T) {
	d := newFakeDesk()
	d.post(bot.ShownMessage{Place: support, ID: "b1", Message: bot.Message{Card: true, Text: bot.Say("filed")}})
	d.form = func(e bot.Event) (bot.Form, bool, error) {
		p, ok := e.Body.(bot.Pressed)
		if !ok || p.Act != "reply" || e.Message != "b1" {
			return bot.Form{}, false, nil
		}
		return bot.Form{Act: "reply", Value: p.Value, Title: bot.Say("filed", "Request", bot.Quote(p.Value)), Fields: []bot.Field{
			{Name: "text", Label: bot.Say("web.message"), Long: true},
			{Name: "to", Label: bot.Say("web.to"), Choices: []bot.Choice{{Value: "a", Label: "<A>"}, {Value: "b", Label: "B"}}},
		}}, true, nil
	}
	d.try = func(e bot.Event) error {
		s := e.Body.(bot.Submitted)
		if s.Fields["text"] == "" {
			return bot.Refuse("web.empty").In("text")
		}
		if s.Fields["to"] == "b" {
			return bot.Refuse("web.no_emoji")
		}
		return nil
	}
	b := openAs(t, d, "web:dina")
	about := []string{"place", "web:support", "message", "b1", "nonce", "n"}
	w := b.post("/press", append(about, "act", "reply", "value", "R-1")...)
	page := w.Body.String()
	if w.Header().Get("HX-Retarget") != "#modal" || !strings.Contains(page, `name="f.text"`) || !strings.Contains(page, "&lt;A&gt;") || len(d.accepted()) != 0 {
		t.Fatalf("the form: %s", page)
	}
	submit := func(pairs ...string) string {
		all := append(append(about, "act", "reply", "value", "R-1", "open_act", "reply", "open_value", "R-1"), pairs...)
		return b.post("/submit", append(all, "nonce", nonceIn(t, page))...).Body.String()
	}
	body := submit("f.text", "", "f.to", "a")
	if !strings.Contains(body, `data-testid="field-error" data-field="text">Write something first.`) || len(d.accepted()) != 0 {
		t.Errorf("an error at its field: %s", body)
	}
	body = submit("f.text", "kept", "f.to", "b")
	if !strings.Contains(body, ">\nkept</textarea>") || !strings.Contains(body, `value="b" selected`) || !strings.Contains(body, `data-testid="form-error">That is no emoji`) {
		t.Errorf("an error of the whole form: %s", body)
	}
	if body = submit("f.text", strings.Repeat("z", maxText+1), "f.to", "a"); !strings.Contains(body, `data-field="text">This is longer`) {
		t.Errorf("a field that is too long: %.300s", body)
	}
	if body = submit("f.text", "line\r\nline", "f.to", "a"); body != "" {
		t.Errorf("after it is done: %s", body)
	}
	got, ok := one(t, d).Body.(bot.Submitted)
	if !ok || got.Act != "reply" || got.Value != "R-1" || got.Fields["text"] != "line\nline" || got.Fields["to"] != "a" || len(got.Fields) != 2 {
		t.Errorf("submitted %#v", got)
	}
}

func TestAButtonWithoutAFormIsPressedAndARefusalIsLeftToTheDesk(t *testing.T) {
	d := newFakeDesk()
	d.post(bot.ShownMessage{Place: support, ID: "b1", Message: bot.Message{Card: true, Text: bot.Say("filed")}})
	d.form = func(e bot.Event) (bot.Form, bool, error) {
		if e.Body.(bot.Pressed).Act == "old" {
			return bot.Form{}, false, bot.Refuse("web.not_yours")
		}
		return bot.Form{}, false, nil
	}
	b := openAs(t, d, "web:dina")
	for i, act := range []string{"take", "old"} {
		w := b.post("/press", "place", "web:support", "message", "b1", "act", act, "value", "R-1", "nonce", "n")
		if w.Code != http.StatusOK || w.Body.Len() != 0 || w.Header().Get("HX-Trigger") != "acted" {
			t.Errorf("%s: %d %s", act, w.Code, w.Body)
		}
		events := d.accepted()
		if len(events) != i+1 || events[i].Body != (bot.Pressed{Act: act, Value: "R-1"}) || events[i].Message != "b1" || events[i].Place != support {
			t.Errorf("%s: events %+v", act, events)
		}
	}
}

func TestWhatGoesWrongIsASentenceAndIsLoggedWithoutWords(t *testing.T) {
	for _, c := range []struct {
		err    error
		status int
		want   string
		logged bool
	}{
		{bot.ErrBusy, http.StatusServiceUnavailable, "Nothing was lost", false},
		{fmt.Errorf("store: %w", errors.New("disk is full")), http.StatusInternalServerError, "Something went wrong", true},
	} {
		d := newFakeDesk()
		d.accept = func(bot.Event) error { return c.err }
		b := openAs(t, d, "web:dina")
		var log bytes.Buffer
		a := newAdapter(t, d)
		a.log = slog.New(slog.NewTextHandler(&log, nil))
		b.server = a.Handler()
		w := b.post("/say", "place", "web:support", "text", "my secret words", "nonce", "n")
		if w.Code != c.status || !strings.Contains(w.Body.String(), c.want) || strings.Contains(w.Body.String(), "disk") {
			t.Errorf("%v: %d %s", c.err, w.Code, w.Body)
		}
		if got := strings.Contains(log.String(), "disk is full"); got != c.logged || strings.Contains(log.String(), "secret") {
			t.Errorf("%v: log %s", c.err, log.String())
		}
	}
}

func TestWhomOneActsAsIsChosenFromThePeople(t *testing.T) {
	d := newFakeDesk()
	acting := func(cookie string) string {
		b := openAs(t, d, cookie)
		b.post("/say", "place", "web:support", "text", "as "+cookie, "nonce", "n")
		events := d.accepted()
		return events[len(events)-1].Actor.ID
	}
	for cookie, want := range map[string]string{
		"":                               "web:dina", // the first agent
		"web:inga":                       "web:inga",
		"web:owen":                       "web:owen",
		"web:nobody":                     "web:dina",
		"email:inga@desk.example":        "web:dina", // a name elsewhere is none here
		"email:priya@brightwell.example": "web:dina",
	} {
		if got := acting(cookie); got != want {
			t.Errorf("cookie %q acts as %s, want %s", cookie, got, want)
		}
	}
	b := openAs(t, d, "")
	w := b.post("/as", "who", "web:vera")
	cookies := w.Result().Cookies()
	if len(cookies) != 1 || cookies[0].Value != "web:vera" || !cookies[0].HttpOnly || cookies[0].SameSite != http.SameSiteStrictMode {
		t.Errorf("cookies %v", cookies)
	}
	if w := b.post("/as", "who", "web:nobody"); w.Code != http.StatusNotFound || len(w.Result().Cookies()) != 0 {
		t.Errorf("nobody: %d", w.Code)
	}
	d.settings.People = d.settings.People[4:]
	if w := b.get("/c/support"); w.Code != http.StatusForbidden || !strings.Contains(w.Body.String(), "web:anna") {
		t.Errorf("nobody to act as: %d %s", w.Code, w.Body)
	}
}

func TestChoosingSomebodyElseInOneWindowLeavesTheOtherAlone(t *testing.T) {
	d := fullDesk()
	b := openAs(t, d, "web:dina")
	page := b.get("/c/support").Body.String()
	if !strings.Contains(page, `hx-headers="{&#34;Meridian-As&#34;:&#34;web:dina&#34;,&#34;Meridian-Language&#34;:&#34;en&#34;}"`) || !strings.Contains(page, "as=web%3Adina") {
		t.Errorf("the page does not say whose it is: %.1500s", page)
	}
	b.cookies[0].Value = "web:owen" // chosen in the other window
	r := httptest.NewRequest("GET", "/part/list?place=web:support", nil)
	r.Header.Set(headerPerson, "web:dina")
	if body := b.do(r).Body.String(); !strings.Contains(body, "for Dina alone") {
		t.Errorf("the page of Dina reads %s", body)
	}
}

func TestASlashCommandIsCompletedWhileItIsTyped(t *testing.T) {
	d := newFakeDesk()
	d.choices = func(q bot.Query) []bot.Choice {
		if q.Actor.ID != "web:dina" || q.Place != support || q.Limit == 0 {
			t.Errorf("query %+v", q)
		}
		if strings.HasPrefix(q.Text, "/request take ") {
			return []bot.Choice{{Value: "R-12", Label: "R-12 <broken>"}}
		}
		return []bot.Choice{{Value: "/request take ", Label: "take R-12"}, {Value: "/request list"}}
	}
	b := openAs(t, d, "web:dina")
	for text, want := range map[string]string{
		"/request t":        `data-fill="/request take " data-testid="choice">take R-12</button><button type="button" data-fill="/request list " data-testid="choice">/request list<`,
		"/request take R-1": `data-fill="/request take R-12 " data-testid="choice">R-12 &lt;broken&gt;<`,
		"plain words":       "",
		"/one\ntwo":         "",
	} {
		w := b.get("/choices?" + url.Values{"place": {"web:support"}, "text": {text}}.Encode())
		if got := w.Body.String(); w.Code != http.StatusOK || !strings.Contains(got, want) || (want == "") != (got == "") {
			t.Errorf("%q: %d %s", text, w.Code, got)
		}
	}
}

func TestGoingBackNeverLeavesTheDesk(t *testing.T) {
	b := openAs(t, newFakeDesk(), "web:dina")
	for to, want := range map[string]string{
		"/mail": "/mail", "/requests?all=1": "/requests?all=1", "": "/", "https://evil.example": "/", "//evil.example": "/", `/\evil.example`: "/", "mail": "/",
	} {
		if got := b.post("/lang", "language", "ru", "back", to).Header().Get("HX-Redirect"); got != want {
			t.Errorf("back to %q leads to %q", to, got)
		}
	}
	if w := b.post("/lang", "language", "tlh"); w.Code != http.StatusNotFound {
		t.Errorf("an unknown language: %d", w.Code)
	}
}

func TestTheSameDeliveryGivesTheSameMessage(t *testing.T) {
	a := newAdapter(t, newFakeDesk())
	d := bot.Delivery{Key: "card:R-1", Op: bot.OpPost, To: support.In("m1")}
	first, err := a.Deliver(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	second, err := a.Deliver(t.Context(), d)
	if err != nil || first.Message == "" || second.Message != first.Message || first.Thread != "m1" {
		t.Errorf("%+v, then %+v, %v", first, second, err)
	}
	d.Key = "card:R-2"
	if other, err := a.Deliver(t.Context(), d); err != nil || other.Message == first.Message {
		t.Errorf("another key: %+v, %v", other, err)
	}
	if r, done, err := a.Find(t.Context(), d); done || err != nil || r.Message != "" {
		t.Errorf("found %+v %v %v", r, done, err)
	}
	for _, c := range []struct {
		d    bot.Delivery
		want func(error) bool
	}{
		{bot.Delivery{Op: bot.OpEdit, Target: "b1"}, func(err error) bool { return err == nil }},
		{bot.Delivery{Op: bot.OpReact, Target: "b1", Emoji: "eyes"}, func(err error) bool { return err == nil }},
		{bot.Delivery{Op: bot.OpUnreact, Target: "b1", Emoji: "eyes"}, func(err error) bool { return err == nil }},
		{bot.Delivery{Op: bot.OpDelete, Target: "b1"}, func(err error) bool { return err == nil }},
		{bot.Delivery{Op: bot.OpWhisper, Person: "web:dina"}, func(err error) bool { return err == nil }},
		{bot.Delivery{Op: bot.OpWhisper}, bot.IsPermanent},
		{bot.Delivery{Op: bot.OpEdit}, bot.IsPermanent},
		{bot.Delivery{Op: bot.OpUpload}, func(err error) bool { return errors.Is(err, bot.ErrUnsupported) }},
		{bot.Delivery{Op: bot.OpHome}, func(err error) bool { return errors.Is(err, bot.ErrUnsupported) }},
	} {
		if _, err := a.Deliver(t.Context(), c.d); !c.want(err) {
			t.Errorf("%s: %v", c.d.Op, err)
		}
	}
}

func TestTheAdapterHasCaughtUpAtOnceAndEveryMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newFakeDesk()
		d.accept = func(bot.Event) error {
			if time.Now().Second() == 0 && time.Now().Minute() == 2 {
				return bot.ErrBusy // one report lost is no harm
			}
			return nil
		}
		a := newAdapter(t, d)
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- a.Run(ctx) }()
		time.Sleep(5*time.Minute + time.Second)
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
		events := d.accepted()
		if len(events) != 5 {
			t.Fatalf("%d reports in five minutes, one of them refused", len(events))
		}
		for _, e := range events {
			if h, ok := e.Body.(bot.Heard); !ok || !h.Until.Equal(e.At) || e.Source != "web" || e.Key != "" {
				t.Errorf("report %+v", e)
			}
		}
		select {
		case <-a.stopped:
		default:
			t.Error("live connections would outlive the adapter")
		}
	})
}

func FuzzTypedText(f *testing.F) {
	for _, text := range hostile() {
		f.Add(text)
	}
	for _, text := range []string{"/request take R-12", "/куйгуые", "/close 99999999999999999999", "/request close 1 2 3", "@desk взять R-1", "@DESK\u00a0x", "a@desk", "@desk@desk", "/İ @desk", "/\x00"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		slash, rest, ok := command(text)
		if ok && (slash == "" || strings.ContainsAny(slash, " /\n") || !strings.Contains(text, rest)) {
			t.Errorf("%q is the command %q %q", text, slash, rest)
		}
		said := unaddressed(text)
		if !strings.HasSuffix(text, said) || said != text && !mentions(text) {
			t.Errorf("%q says %q", text, said)
		}
		if mentions(text) && !strings.Contains(strings.ToLower(text), mention) {
			t.Errorf("%q is taken for a mention", text)
		}
		if short, ok := shortName(text); ok && (short == "" || strings.ContainsAny(short, "<>\" :&")) {
			t.Errorf("%q is the emoji %q", text, short)
		}
	})
}
