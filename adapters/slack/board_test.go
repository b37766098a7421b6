package slack

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"meridian/adapters/slack/slacktest"
	"meridian/adapters/web"
	"meridian/bot"
)

const publicURL = "https://desk.example"

// browser asks a web desk from elsewhere, and keeps its cookies.
type browser struct {
	t    *testing.T
	desk http.Handler
	jar  []*http.Cookie
}

func (b *browser) ask(method, path string, form url.Values) (int, string) {
	b.t.Helper()
	r := httptest.NewRequest(method, publicURL+path, strings.NewReader(form.Encode()))
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for _, c := range b.jar {
		r.AddCookie(c)
	}
	w := httptest.NewRecorder()
	b.desk.ServeHTTP(w, r)
	b.jar = append(b.jar, w.Result().Cookies()...)
	body, err := io.ReadAll(w.Result().Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return w.Code, string(body)
}

var inLink = regexp.MustCompile(`https://desk\.example/in\?t=([^"\\]+)`)

// asked lets a person ask for the board, and gives the token that came by direct
// message.
func (w *whole) asked(t *testing.T, user string) string {
	t.Helper()
	w.slack.Slash(user, "C0INSIDE", "/desk", "board")
	time.Sleep(5 * time.Second)
	all := w.slack.Messages(w.slack.DirectWith(user))
	if len(all) == 0 {
		t.Fatal("no direct message")
	}
	m := inLink.FindStringSubmatch(string(all[len(all)-1].Blocks))
	if m == nil {
		t.Fatalf("no link in %s", all[len(all)-1].Blocks)
	}
	for _, e := range w.slack.Log() {
		if e.Channel == "C0INSIDE" && strings.Contains(e.Text, "/in?") {
			t.Error("the link was shown in a channel")
		}
	}
	token, err := url.QueryUnescape(m[1])
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// onBoard runs a test with a desk that is reached from elsewhere.
func onBoard(t *testing.T, test func(t *testing.T, w *whole, open func() *browser)) {
	synctest.Test(t, func(t *testing.T) {
		w := newWhole(t, Config{SigningSecret: signing}, slacktest.Options{}, 2*time.Second)
		w.change(func(s *bot.Settings) { s.PublicURL = publicURL })
		desk := web.New(w.engine, web.Options{Catalogue: catalogue(t), PublicURL: publicURL}).Handler()
		time.Sleep(time.Second)
		test(t, w, func() *browser { return &browser{t: t, desk: desk} })
		w.stop()
	})
}

func TestALinkFromADirectMessageOpensTheBoardOnce(t *testing.T) {
	onBoard(t, func(t *testing.T, w *whole, open func() *browser) {
		w.slack.Slash("U0INGA", "C0INSIDE", "/request", "checkout is broken")
		token := w.asked(t, "U0VERA")
		vera, other := open(), open()
		if code, body := vera.ask("GET", "/requests", nil); code != http.StatusForbidden || strings.Contains(body, "checkout") {
			t.Errorf("without signing in: %d %s", code, body)
		}
		for range 3 { // what only reads links uses none up
			if code, body := other.ask("GET", "/in?t="+url.QueryEscape(token), nil); code != http.StatusOK || !strings.Contains(body, "Come in") {
				t.Fatalf("the page to sign in: %d %s", code, body)
			}
		}
		if code, _ := vera.ask("POST", "/in", url.Values{"t": {token}}); code != http.StatusSeeOther {
			t.Fatalf("signing in: %d", code)
		}
		if code, body := vera.ask("GET", "/requests", nil); code != http.StatusOK || !strings.Contains(body, "checkout is broken") {
			t.Errorf("signed in: %d %s", code, body)
		}
		if code, _ := other.ask("POST", "/in", url.Values{"t": {token}}); code != http.StatusForbidden {
			t.Errorf("the second use: %d", code)
		}
		if code, _ := vera.ask("POST", "/as", url.Values{"who": {"slack:U0INGA"}}); code == http.StatusSeeOther {
			t.Error("she acts as another")
		}
		cookie := vera.jar[len(vera.jar)-1]
		if !cookie.HttpOnly || !cookie.Secure || cookie.SameSite != http.SameSiteLaxMode {
			t.Errorf("cookie %+v", cookie)
		}
		w.change(func(s *bot.Settings) { s.People = nil }) // she has left the team
		if code, _ := vera.ask("GET", "/requests", nil); code != http.StatusForbidden {
			t.Errorf("after leaving the team: %d", code)
		}
	})
}

func TestOfTwoBrowsersWithOneLinkOneComesIn(t *testing.T) {
	onBoard(t, func(t *testing.T, w *whole, open func() *browser) {
		token := w.asked(t, "U0VERA")
		codes := make(chan int)
		for range 8 {
			go func() {
				code, _ := open().ask("POST", "/in", url.Values{"t": {token}})
				codes <- code
			}()
		}
		in := 0
		for range 8 {
			if <-codes == http.StatusSeeOther {
				in++
			}
		}
		if in != 1 {
			t.Errorf("%d came in", in)
		}
	})
}

func TestALinkEndsAfterTenMinutesAndWithTheNext(t *testing.T) {
	onBoard(t, func(t *testing.T, w *whole, open func() *browser) {
		first := w.asked(t, "U0VERA")
		second := w.asked(t, "U0VERA")
		if code, _ := open().ask("POST", "/in", url.Values{"t": {first}}); code != http.StatusForbidden {
			t.Errorf("the older link: %d", code)
		}
		time.Sleep(bot.SignInTime)
		if code, body := open().ask("GET", "/in?t="+url.QueryEscape(second), nil); code != http.StatusForbidden || !strings.Contains(body, "ten minutes") {
			t.Errorf("after ten minutes: %d %s", code, body)
		}
		third := w.asked(t, "U0VERA")
		b := open()
		if code, _ := b.ask("POST", "/in", url.Values{"t": {third}}); code != http.StatusSeeOther {
			t.Errorf("the newest link: %d", code)
		}
	})
}

func TestNobodyElseComesIn(t *testing.T) {
	onBoard(t, func(t *testing.T, w *whole, open func() *browser) {
		token := w.asked(t, "U0VERA")
		_, secret, _ := bot.ParseToken(token)
		for name, forged := range map[string]string{
			"another person": bot.Token("slack:U0INGA", secret), "a guess": bot.Token("slack:U0VERA", bot.NewSecret()), "nobody": bot.Token("", secret),
			"a stranger": bot.Token("slack:U0OWEN", secret), "nothing": "", "no secret": "c2xhY2s6VTBWRVJB.", "words": strings.Repeat("x", 300),
		} {
			if code, _ := open().ask("POST", "/in", url.Values{"t": {forged}}); code != http.StatusForbidden {
				t.Errorf("%s: %d", name, code)
			}
		}
		b := open()
		b.jar = []*http.Cookie{{Name: "meridian_session", Value: token}}
		if code, _ := b.ask("GET", "/requests", nil); code != http.StatusForbidden {
			t.Errorf("with the link as a cookie: %d", code)
		}
		w.slack.Slash("U0IRINA", "C0INSIDE", "/desk", "board")
		time.Sleep(5 * time.Second)
		if all := w.slack.Messages(w.slack.DirectWith("U0IRINA")); len(all) > 0 {
			t.Errorf("a colleague who is not of the team got %v", all)
		}
	})
}
