package web

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"meridian/bot"
)

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
	r := request("POST", "/say", strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if w := b.do(r); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "<textarea name=\"text\" rows=\"8\" aria-label=\"Message\">\n\nyyy") {
		t.Errorf("without script: %d %.900s", w.Code, w.Body)
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
		if q.Text == "/re" {
			return []bot.Choice{{Value: "/request "}, {Value: "/requests"}}
		}
		return []bot.Choice{{Value: "/request take ", Label: "take R-12"}, {Value: "/request list"}}
	}
	b := openAs(t, d, "web:dina")
	for text, want := range map[string]string{
		"/request t":        `data-fill="/request take " data-testid="choice">take R-12</button><button type="button" data-fill="/request list " data-testid="choice">/request list<`,
		"/request take R-1": `data-fill="/request take R-12 " data-testid="choice">R-12 &lt;broken&gt;<`,
		"/re":               `data-fill="/request " data-testid="choice">/request </button><button type="button" data-fill="/requests " data-testid="choice">/requests<`,
		"plain words":       "",
		"/one\ntwo":         "",
	} {
		w := b.get("/choices?" + url.Values{"place": {"web:support"}, "text": {text}}.Encode())
		if got := w.Body.String(); w.Code != http.StatusOK || !strings.Contains(got, want) || (want == "") != (got == "") {
			t.Errorf("%q: %d %s", text, w.Code, got)
		}
	}
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
		said := bot.Unaddressed(text)
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
