package web

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"testing"

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
	seen := 7
	d.form = func(e bot.Event) (bot.Form, bool, error) {
		p, ok := e.Body.(bot.Pressed)
		if !ok || p.Act != "reply" || e.Message != "b1" {
			return bot.Form{}, false, nil
		}
		return bot.Form{Act: "reply", Value: p.Value, Title: bot.Say("filed", "Request", bot.Quote(p.Value)), Fields: []bot.Field{
			{Name: "text", Label: bot.Say("web.message"), Long: true},
			{Name: "to", Label: bot.Say("web.to"), Choices: []bot.Choice{{Value: "a", Label: "<A>"}, {Value: "b", Label: "B"}}, Hint: bot.Say("web.message"),
				Fills: map[string]string{"a": "Hello <A>"}, FillsField: "text"},
			{Name: "seen", Hidden: true, Value: strconv.Itoa(seen)},
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
	b.target = "modal" // its place is known: what was pressed may be gone by now
	if w := b.post("/press", append(about, "act", "reply", "value", "R-1")...); w.Header().Get("HX-Retarget") != "" {
		t.Error("the dialog's place is looked for beside what was pressed")
	}
	b.target = ""
	w := b.post("/press", append(about, "act", "reply", "value", "R-1")...)
	page := w.Body.String()
	if w.Header().Get("HX-Retarget") != "#modal" || !strings.Contains(page, `name="f.text"`) || !strings.Contains(page, "&lt;A&gt;") || !strings.Contains(page, `name="f.seen" value="7"`) ||
		!strings.Contains(page, `data-into="f.text"`) || !strings.Contains(page, `data-words="Hello &lt;A&gt;"`) || !strings.Contains(page, `data-testid="field-hint">Message<`) {
		t.Fatalf("the form: %s", page)
	}
	if opened := d.accepted(); len(opened) != 1 || opened[0].Body != (bot.Pressed{Act: "reply", Value: "R-1"}) || opened[0].Message != "b1" {
		t.Fatalf("that the form was opened: %+v", opened)
	}
	submit := func(pairs ...string) string {
		all := append(append(about, "act", "reply", "value", "R-1", "open_act", "reply", "open_value", "R-1"), pairs...)
		return b.post("/submit", append(all, "nonce", nonceIn(t, page))...).Body.String()
	}
	seen = 8
	body := submit("f.text", "", "f.to", "a", "f.seen", "7")
	if !strings.Contains(body, `data-testid="field-error" data-field="text">Write something first.`) || len(d.accepted()) != 1 {
		t.Errorf("an error at its field: %s", body)
	}
	if !strings.Contains(body, `name="f.seen" value="8"`) {
		t.Errorf("a hidden field is not made anew: %s", body)
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
	got, ok := d.accepted()[len(d.accepted())-1].Body.(bot.Submitted)
	if !ok || len(d.accepted()) != 2 || got.Act != "reply" || got.Value != "R-1" || got.Fields["text"] != "line\nline" || got.Fields["to"] != "a" || len(got.Fields) != 2 {
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
	r := request("GET", "/part/list?place=web:support", nil)
	r.Header.Set(headerPerson, "web:dina")
	if body := b.do(r).Body.String(); !strings.Contains(body, "for Dina alone") {
		t.Errorf("the page of Dina reads %s", body)
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
