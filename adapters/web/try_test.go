package web

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"meridian/bot"
)

// tryDesk is a desk with a mailbox that takes what begins with "From:", and a
// hook that notes what it gets.
func tryDesk(t *testing.T) (d *fakeDesk, dina *browser, hooked *[]string) {
	t.Helper()
	d, hooked = fullDesk(), new([]string)
	forward := bot.Mail{
		Kind: bot.MailHuman, From: bot.Address{Name: "Grace <b>Lin</b>", Address: "grace@harbor.example"}, Subject: "Fwd: Nobody can pay", Text: "They are furious <script>",
		Quoted: "---- Forwarded ----\nFrom: Helen\n\nNobody can pay", Forwarded: &bot.Forward{From: bot.Address{Name: "Helen Park"}, Text: "Nobody can pay"},
		MessageID: "<1@harbor.example>", Cc: []bot.Address{{Address: "owen@harbor.example"}},
	}
	d.mails = append([]bot.MailLine{{ID: 3, From: "grace@harbor.example", Message: "<1@harbor.example>", Request: 12, Filed: true}}, d.mails...)
	d.rehearse = func(e bot.Event) []bot.Event {
		e.Body = bot.Mailed{Mail: forward}
		return []bot.Event{e}
	}
	try := Try{
		Mail: func(_ context.Context, raw []byte, _ bot.Address) (bot.Event, error) {
			switch {
			case len(bytes.TrimSpace(raw)) == 0:
				return bot.Event{}, bot.Refuse("refuse.mail_empty")
			case len(raw) >= maxPasted:
				return bot.Event{}, bot.Refuse("refuse.mail_large", "Limit", 25)
			case !bytes.HasPrefix(raw, []byte("From:")):
				return bot.Event{}, bot.Refuse("refuse.no_mail")
			}
			return bot.Event{Source: "email", Key: "mailed:1", Message: "<1@harbor.example>", Body: bot.Mailed{}}, nil
		},
		Hook: func(_ context.Context, name string, body []byte) (int, error) {
			*hooked = append(*hooked, name+" "+string(body))
			return http.StatusAccepted, nil
		},
		Hooks: []string{"prom"},
	}
	a := New(d, Options{Catalogue: catalogue(t), Log: slog.New(slog.DiscardHandler), Try: try})
	return d, &browser{t: t, server: a.Handler(), cookies: []*http.Cookie{{Name: cookiePerson, Value: "web:dina"}}}, hooked
}

// paste sends the form of a mail as a browser does.
func (b *browser) paste(text string, file []byte) *httptest.ResponseRecorder {
	b.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	_ = form.WriteField("mail", text)
	if file != nil {
		w, err := form.CreateFormFile("file", "mail.eml")
		if err != nil {
			b.t.Fatal(err)
		}
		_, _ = w.Write(file)
	}
	_ = form.Close()
	r := request("POST", "/try/mail", &body)
	r.Header.Set("Content-Type", form.FormDataContentType())
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.Header.Set("Accept", "text/html")
	return b.do(r)
}

func TestAPastedMailIsShownPartByPartAndNothingHappens(t *testing.T) {
	d, dina, _ := tryDesk(t)
	for name, w := range map[string]*httptest.ResponseRecorder{"text": dina.paste("From: grace", nil), "file": dina.paste("", []byte("From: grace"))} {
		body := w.Body.String()
		if w.Code != http.StatusOK {
			t.Fatalf("%s: %d %.500s", name, w.Code, body)
		}
		for _, want := range []string{
			`data-testid="becomes">It becomes a new request: R-12<`, `data-fact="from"`, `data-part="head"`, `data-fact="urgent"`, "They are furious &lt;script&gt;", "Grace &lt;b&gt;Lin",
			`id="part-text"`, `id="part-passed"`, `data-fact="above"`, `data-testid="file-it"`,
		} {
			if !strings.Contains(body, want) {
				t.Errorf("%s: the page does not have %s", name, want)
			}
		}
		whole(t, name, body, "en")
	}
	if n := len(d.accepted()); n != 0 {
		t.Errorf("%d events came of looking", n)
	}
}

func TestWhatIsNoMailIsRefusedInOneSentence(t *testing.T) {
	_, dina, _ := tryDesk(t)
	large := bytes.Repeat([]byte("x"), maxForm+1)
	for name, tt := range map[string]struct {
		text string
		file []byte
		want string
	}{
		"empty":     {" \n", nil, "Paste a mail first"},
		"no mail":   {"\x00\x01\x02 <script>", nil, "This is no mail"},
		"an image":  {"", []byte("\x89PNG\r\n\x1a\n\x00\x00"), "This is no mail"},
		"25 MB":     {"", bytes.Repeat([]byte("a"), 25<<20+1), "larger than 25 MiB"},
		"much more": {"", large, "larger than 25 MiB"},
	} {
		w := dina.paste(tt.text, tt.file)
		if w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), tt.want) || strings.Contains(w.Body.String(), "<script> ") {
			t.Errorf("%s: %d %.300s", name, w.Code, regexp.MustCompile(`try-error">[^<]*`).FindString(w.Body.String()))
		}
	}
	r := request("POST", "/try/mail", strings.NewReader("mail=From:+grace"))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if w := dina.do(r); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("a form of another kind: %d", w.Code)
	}
}

func TestAMailThatWasShownIsFiledOnce(t *testing.T) {
	d, dina, _ := tryDesk(t)
	body := dina.paste("From: grace", nil).Body.String()
	token := regexp.MustCompile(`name="token" value="([a-z0-9]+)"`).FindStringSubmatch(body)
	if token == nil {
		t.Fatal("nothing to file by")
	}
	for range 2 {
		if w := dina.post("/try/file", "nonce", nonceIn(t, body), "place", "web:@dina", "token", token[1]); w.Header().Get("HX-Redirect") == "" {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
	}
	if all := d.accepted(); len(all) != 1 || all[0].Source != "email" || all[0].Key != "mailed:1" {
		t.Errorf("%+v", all)
	}
	if w := dina.post("/try/file", "nonce", "n", "place", "web:@dina", "token", "made-up"); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("a token that was made up: %d", w.Code)
	}
}

func TestAnAlertGoesToTheHookInThreeReportsOfOneGroup(t *testing.T) {
	_, dina, hooked := tryDesk(t)
	for stage, want := range []string{"It fires.", "It got worse", "It has recovered"} {
		w := dina.post("/try/alert", "nonce", "n", "place", "web:@dina", "stage", string(rune('1'+stage)))
		if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), want) {
			t.Errorf("stage %d: %d %s", stage+1, w.Code, w.Body)
		}
	}
	var keys []string
	for _, h := range *hooked {
		body, ok := strings.CutPrefix(h, "prom ")
		var report struct {
			GroupKey string `json:"groupKey"`
			Status   string `json:"status"`
		}
		if err := json.Unmarshal([]byte(body), &report); err != nil || !ok {
			t.Fatalf("%v: %s", err, h)
		}
		keys = append(keys, report.Status+report.GroupKey)
	}
	if len(keys) != 3 || keys[0] != keys[1] || !strings.HasPrefix(keys[2], "resolved") {
		t.Errorf("%q", keys)
	}
	for _, stage := range []string{"", "0", "4", "-1", "99999999999999999999", "fire"} {
		if w := dina.post("/try/alert", "nonce", "n", "place", "web:@dina", "stage", stage); w.Code != http.StatusNotFound {
			t.Errorf("stage %q: %d", stage, w.Code)
		}
	}
}

func TestSwitchesAndTheSampleDayAreCommands(t *testing.T) {
	d, dina, _ := tryDesk(t)
	dina.post("/does", "nonce", "1", "place", "web:@dina", "what", "intake", "channel", "support", "value", "auto")
	dina.post("/does", "nonce", "2", "place", "web:@dina", "what", "digest", "channel", "", "value", "09:00")
	dina.post("/sample", "nonce", "3", "place", "web:@dina", "what", "clear", "back", "//evil.example")
	var said []string
	for _, e := range d.accepted() {
		said = append(said, e.Body.(bot.Commanded).Slash+" "+e.Body.(bot.Commanded).Text)
	}
	if got := strings.Join(said, "|"); got != "desk unasked intake support auto|desk unasked digest off|desk sample clear" {
		t.Errorf("%s", got)
	}
	d.try = func(bot.Event) error { return bot.Refuse("refuse.mail_empty") }
	if w := dina.post("/does", "nonce", "4", "place", "web:@dina", "what", "filing", "value", "maybe"); w.Code != http.StatusUnprocessableEntity || len(d.accepted()) != 3 {
		t.Errorf("what is refused was done: %d", w.Code)
	}
}

// Whatever can be posted keeps to the rules of all that can be: from this
// machine, from the desk's own pages, by the team.
func TestTryingOutKeepsToTheRulesOfActing(t *testing.T) {
	d, dina, hooked := tryDesk(t)
	for _, path := range []string{"/try/mail", "/try/file", "/try/alert", "/sample", "/does"} {
		form := "nonce=n&place=web%3A%40dina&stage=1&what=clear&token=x"
		away := request("POST", path, strings.NewReader(form))
		away.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		away.Header.Set("Sec-Fetch-Site", "cross-site")
		if w := dina.do(away); w.Code != http.StatusForbidden {
			t.Errorf("%s from another site: %d", path, w.Code)
		}
		proxied := request("POST", path, strings.NewReader(form))
		proxied.Header.Set("X-Forwarded-For", "203.0.113.7")
		if w := dina.do(proxied); w.Code != http.StatusForbidden {
			t.Errorf("%s through a proxy: %d", path, w.Code)
		}
	}
	owen := &browser{t: t, server: dina.server, cookies: []*http.Cookie{{Name: cookiePerson, Value: "web:owen"}}}
	for _, path := range []string{"/try", "/does"} {
		if w := owen.get(path); w.Code != http.StatusNotFound {
			t.Errorf("a client reads %s: %d", path, w.Code)
		}
	}
	if w := owen.paste("From: owen", nil); w.Code != http.StatusNotFound {
		t.Errorf("a client has a mail read: %d", w.Code)
	}
	owen.post("/try/alert", "nonce", "n", "place", "web:@owen", "stage", "1")
	owen.post("/try/file", "nonce", "n", "place", "web:@owen", "token", "x")
	if len(d.accepted())+len(*hooked) != 0 {
		t.Errorf("something was done: %v %v", d.accepted(), *hooked)
	}
}

func TestClocksSayWhoIsAtWork(t *testing.T) {
	d := fullDesk()
	d.settings.People[1].Name = "Dina & co"
	body := openAs(t, d, "web:dina").get("/part/clocks").Body.String()
	if !strings.Contains(body, `title="At work: Dina &amp; co"`) || !strings.Contains(body, `data-work="true"`) { // who has no hours is always there
		t.Errorf("%s", body)
	}
}

func TestTheTeamsClockStandsFirstAndTheOthersFromEastToWest(t *testing.T) {
	d := fullDesk()
	zone := func(name string) *time.Location {
		z, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		return z
	}
	d.settings.Team.Zone = zone("Europe/Minsk")
	d.settings.People, d.settings.Clients = d.settings.People[:2], nil
	for _, name := range []string{"Europe/London", "Asia/Novosibirsk", "America/New_York", "Europe/Minsk", "Asia/Novosibirsk"} {
		d.settings.Clients = append(d.settings.Clients, bot.Client{Name: name, Zone: zone(name)})
	}
	body := openAs(t, d, "web:dina").get("/part/clocks").Body.String()
	at := -1
	for _, city := range []string{"Minsk", "Novosibirsk", "London", "New York"} {
		i := strings.Index(body, city)
		if i <= at || strings.Count(body, city) != 1 {
			t.Errorf("%s stands at %d, %d times, in\n%s", city, i, strings.Count(body, city), body)
		}
		at = i
	}
}

func TestAReportOfAMailReadWrongHasNoWordOfIt(t *testing.T) {
	d, dina, _ := tryDesk(t)
	shown := dina.paste("From: grace", nil).Body.String()
	token := regexp.MustCompile(`name="token" value="([a-z0-9]+)"`).FindStringSubmatch(shown)
	if len(token) != 2 || !strings.Contains(shown, `name="fact" value="original"`) {
		t.Fatalf("there is no way to say what is wrong: %.300s", shown)
	}
	w := dina.post("/try/wrong", "token", token[1], "fact", "original", "right", "the second one <b>")
	body := w.Body.String()
	for _, want := range []string{"wrong: original", "right would be: the second one &lt;b&gt;", "---- Forwarded ----", "From: Xxxxx", "[head]", "Xxxxxx xxx xxx", "title: Xxxxxx"} {
		if !strings.Contains(body, want) {
			t.Errorf("the report does not have %q: %s", want, body)
		}
	}
	for _, secret := range []string{"Grace", "harbor", "Helen", "can pay", "furious", "owen@"} {
		if _, report, _ := strings.Cut(body, `data-testid="report"`); strings.Contains(report, secret) {
			t.Errorf("the report has %q", secret)
		}
	}
	whole(t, "/try/wrong", body, "en")
	if n := len(d.accepted()); n != 0 {
		t.Errorf("%d events came of a report", n)
	}
	if w := dina.post("/try/wrong", "token", "none"); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("a report of nothing: %d", w.Code)
	}
}

func TestMaskedTextKeepsItsShape(t *testing.T) {
	for text, want := range map[string]string{
		"Дата: 3 марта\r\n> Пароль: hunter2":    "Дата: 0 жжжжж\r\n> Жжжжжж: xxxxxx0",
		"> *От кого:* Анна":                     "> *От кого:* Жжжж",
		"Helen Park: my card is 4111":           "Xxxxx Xxxx: xx xxxx xx 0000",
		"Anna Novak wrote:":                     "Xxxx Xxxxx xxxxx:",
		"-- Helen Park --":                      "-- Xxxxx Xxxx --",
		"---- Salary of Owen ----":              "---- Xxxxxx xx Xxxx ----",
		"-----Original Message-----\r":          "-----Original Message-----\r",
		"-----Исходное сообщение-----":          "-----Исходное сообщение-----",
		"call +375 29 123-45-67, Ivan":          "xxxx +000 00 000-00-00, Xxxx",
		"very long secret words without end: x": "xxxx xxxx xxxxxx xxxxx xxxxxxx xxx: x",
	} {
		if got := masked(text); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}
