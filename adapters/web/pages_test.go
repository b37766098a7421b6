package web

import (
	"io/fs"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"meridian/bot"
	"meridian/bot/say"
)

// wordsUsed are the catalogue ids that templates name, and those made of a
// prefix and a value.
func wordsUsed(t *testing.T) []string {
	t.Helper()
	var ids []string
	used := regexp.MustCompile(`\{\{-?\s*(?:or [^}]*\()?t "([a-z_.]+)"`)
	inner := regexp.MustCompile(`\(t "([a-z_.]+)"\)`)
	names, err := fs.Glob(templates, "templates/*.html")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		data, err := fs.ReadFile(templates, name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range append(used.FindAllSubmatch(data, -1), inner.FindAllSubmatch(data, -1)...) {
			ids = append(ids, "web."+string(m[1]))
		}
	}
	if len(ids) < 50 {
		t.Fatalf("only %d words were found in the templates", len(ids))
	}
	for _, s := range []bot.State{bot.New, bot.Open, bot.Waiting, bot.Snoozed, bot.Solved, bot.Closed} {
		ids = append(ids, "web.state."+string(s))
	}
	for _, s := range []bot.DeliveryState{bot.DeliveryWaiting, bot.DeliverySending, bot.DeliveryUnknown, bot.DeliveryHeld, bot.DeliveryDone, bot.DeliveryExpired, bot.DeliveryDead} {
		ids = append(ids, "web.delivery."+string(s))
	}
	for _, k := range []bot.MailKind{bot.MailAuto, bot.MailBounce, bot.MailList} {
		ids = append(ids, "web.mail_kind."+string(k))
	}
	for _, v := range []bot.Visibility{bot.ForClient, bot.ForPartner, bot.ForInternal} {
		ids = append(ids, "web.visibility."+string(v))
	}
	for _, s := range []bot.Surface{bot.ByCommand, bot.ByMention, bot.ByButton, bot.ByForm, bot.ByEmoji, bot.ByMessage, bot.ByMail, bot.ByWeb, bot.ByDesk, bot.ByCLI} {
		ids = append(ids, "web.surface."+string(s))
	}
	for _, e := range palette() {
		if e.Act {
			ids = append(ids, "web.emoji."+e.Name)
		}
	}
	return append(ids, "web.delivery", "web.source.mail", "web.source.chat", "web.not_local", "web.cross_origin", "web.nobody", "web.not_found",
		"web.busy", "web.failed", "web.too_long", "web.empty", "web.no_emoji", "web.not_yours", "web.mail", "web.requests")
}

// fullDesk has one of everything.
func fullDesk() *fakeDesk {
	d := newFakeDesk()
	desk := bot.Place{Adapter: "web", Channel: "desk"}
	at := time.Date(2026, 3, 3, 22, 12, 0, 0, time.UTC)
	request := bot.Request{Number: 12, Title: "Checkout is broken", Words: "Nobody can pay", State: bot.Open, Level: 2, Requester: "web:owen", Name: "Owen",
		Client: "Harbor & Co", Assignee: "web:dina", Home: support.In("m1"), Desk: desk.In("b1"), LinkedTo: 7, CreatedAt: at, UpdatedAt: at}
	other := request
	other.Number, other.Requester, other.Title, other.State, other.LinkedTo, other.Home, other.Desk = 13, "email:priya@brightwell.example", "Hers", bot.Solved, 0, bot.Place{}, bot.Place{}
	d.requests = []bot.Request{other, request}
	d.comments = []bot.Comment{
		{Request: 12, Author: "web:dina", Name: "Dina", Text: "We see it too", Visibility: bot.ForClient, At: at},
		{Request: 12, Author: "web:inga", Text: "Between us", Visibility: bot.ForInternal, At: at},
	}
	d.audit = []bot.AuditLine{{ID: 1, At: at, Who: "web:dina", Surface: bot.ByEmoji, Action: "take", Object: "R-12", Before: "new L1", After: "open L1 taken", Why: "<why>"}}
	d.mails = []bot.MailLine{
		{ID: 2, Out: true, At: at, From: "support@localhost", To: "grace@harbor.example", Subject: "R-12 is filed", Text: "A person answers.", Kind: bot.MailAuto, Request: 12, State: bot.DeliveryHeld},
		{ID: 1, At: at, From: "grace@harbor.example", To: "support@localhost", Text: "<b>help</b>", Kind: bot.MailHuman},
	}
	d.shown = []bot.ShownMessage{
		{Place: support, ID: "m1", Author: "web:owen", Name: "Owen", Said: "Nobody can pay", At: at, Reactions: []bot.Reaction{{Emoji: "ticket", Who: []string{"web:owen", "web:dina"}}, {Emoji: "ours", Who: []string{"web:vera"}}}},
		{Place: support.In("m1"), ID: "b0", Message: bot.Message{Text: bot.Say("filed", "Request", request.Part())}, At: at},
		{Place: support, ID: "w1", For: "web:dina", Message: bot.Message{Text: bot.Text{Parts: []bot.Part{bot.Quote("for Dina alone")}}}, At: at},
		{Place: support, ID: "w2", For: "email:inga@desk.example", Message: bot.Message{Text: bot.Text{Parts: []bot.Part{bot.Quote("for Inga alone")}}}, At: at.Add(24 * time.Hour)},
		{Place: desk, ID: "b1", At: at, Message: bot.Message{Card: true, Text: bot.Text{Parts: []bot.Part{request.Part(), bot.Break(), bot.BlockQuote("Nobody can pay")}},
			Buttons: []bot.Button{{Label: bot.Say("web.send"), Act: "reply", Value: "R-12"}, {Label: bot.Say("web.add"), Act: "solve", Value: "R-12", Emoji: "white_check_mark"}},
			More:    []bot.Button{{Label: bot.Say("web.delete"), Act: "close", Value: "R-12"}}}},
	}
	d.changes = map[string]int64{"support": 4, "desk": 1, "@dina": 2}
	return d
}

func TestAllPagesAreServedWholeInBothLanguages(t *testing.T) {
	for _, l := range say.Languages() {
		b := openAs(t, fullDesk(), "web:dina")
		b.cookies = append(b.cookies, &http.Cookie{Name: cookieLanguage, Value: string(l)})
		for _, path := range []string{"/c/support", "/c/support/t/m1", "/c/desk", "/c/team", "/d", "/mail", "/requests", "/requests?all=1", "/does", "/try", "/install", "/r/12", "/r/R-13",
			"/pick?place=web:support&message=m1", "/part/list?place=web:support/m1", "/part/side?open=web:support", "/part/clocks", "/nowhere"} {
			w := b.get(path)
			body := w.Body.String()
			if want := http.StatusOK; w.Code != want && path != "/nowhere" || w.Header().Get("Content-Type") != "text/html; charset=utf-8" {
				t.Errorf("%s: %d %.300s", path, w.Code, body)
			}
			if strings.Contains(body, "web.") && regexp.MustCompile(`>[^<]*\bweb\.[a-z]`).MatchString(body) {
				t.Errorf("%s has a word that is not in the catalogue: %s", path, regexp.MustCompile(`\bweb\.[a-z_.]+`).FindString(body))
			}
			whole(t, path, body, l)
		}
	}
}

// whole checks a page for what its policy forbids and its script relies on.
func whole(t *testing.T, path, body string, l say.Language) {
	t.Helper()
	root, err := html.Parse(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	ids := map[string]bool{}
	for n := range root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		if id := attribute(n, "id"); id != "" && ids[id] {
			t.Errorf("%s: two elements %s", path, id)
		} else {
			ids[id] = true
		}
		for _, a := range n.Attr {
			if strings.HasPrefix(a.Key, "on") || a.Key == "style" || strings.HasPrefix(a.Key, "hx-on") || strings.HasPrefix(a.Val, "js:") {
				t.Errorf("%s: <%s %s=%q> is inline", path, n.Data, a.Key, a.Val)
			}
		}
		if n.Data == "script" && n.FirstChild != nil || n.Data == "style" {
			t.Errorf("%s: inline <%s>", path, n.Data)
		}
		if n.Data == "form" && attribute(n, "method") != "post" {
			t.Errorf("%s: a form that does not post", path)
		}
	}
	if strings.HasPrefix(body, "<!doctype") && !strings.Contains(body, `<html lang="`+string(l)+`">`) && path != "/nowhere" {
		t.Errorf("%s is not in %s", path, l)
	}
}

func TestWhispersToOthersAreNeverShown(t *testing.T) {
	d := fullDesk()
	for who, want := range map[string]string{"web:dina": "for Dina alone", "web:inga": "for Inga alone", "web:owen": "", "web:vera": ""} {
		b := openAs(t, d, who)
		for _, path := range []string{"/c/support", "/part/list?place=web:support", "/c/support/t/m1"} {
			body := b.get(path).Body.String()
			for _, secret := range []string{"for Dina alone", "for Inga alone"} {
				if got := strings.Contains(body, secret); got != (secret == want) {
					t.Errorf("%s reads %q on %s: %v", who, secret, path, got)
				}
			}
			if want != "" && (!strings.Contains(body, "only you see this") || !strings.Contains(body, `class="msg bot whisper"`)) {
				t.Errorf("%s: the whisper does not look private on %s", who, path)
			}
		}
	}
}

func TestTheTeamsSideIsHiddenFromOthers(t *testing.T) {
	d := fullDesk()
	owen := openAs(t, d, "web:owen")
	body := owen.get("/c/support").Body.String()
	for _, hidden := range []string{"/c/desk", "/mail", "/c/alerts", "/c/team"} {
		if strings.Contains(body, `href="`+hidden+`"`) {
			t.Errorf("a requester is shown %s", hidden)
		}
	}
	page := owen.get("/r/12").Body.String()
	if !strings.Contains(page, "We see it too") || strings.Contains(page, "Between us") || strings.Contains(page, `data-testid="audit"`) || strings.Contains(page, "/c/desk") {
		t.Errorf("a requester's own request: %s", page)
	}
	if w := owen.get("/requests?all=1"); strings.Contains(w.Body.String(), "Hers") {
		t.Error("a requester lists what is somebody else's")
	}
	hidden, missing := owen.get("/r/13"), owen.get("/r/99")
	if hidden.Code != http.StatusNotFound || hidden.Body.String() != missing.Body.String() {
		t.Errorf("hidden and missing differ: %d %d", hidden.Code, missing.Code)
	}
	dina := openAs(t, d, "web:dina").get("/r/12").Body.String()
	if !strings.Contains(dina, "Between us") || !strings.Contains(dina, `data-action="take"`) || !strings.Contains(dina, "&lt;why&gt;") || !strings.Contains(dina, `href="/c/desk/t/b1"`) {
		t.Errorf("an agent's view: %s", dina)
	}
}

func TestWhatAMessengerSuffersFromIsShownToTheTeamOnEveryPage(t *testing.T) {
	d := fullDesk()
	d.settings.Channels = []bot.Channel{{Name: "hq", Place: bot.Place{Adapter: "slack", Channel: "C0"}, Audience: bot.Inside}}
	d.ailing, d.waiting = "1772000000000 token_revoked", make([]bot.WaitingDelivery, 14)
	const sentence = "Slack has refused our token since Wed 25 February 09:13 Minsk (token_revoked). 14 messages wait"
	for _, path := range []string{"/requests", "/mail", "/part/side?open=mail"} {
		if body := openAs(t, d, "web:vera").get(path).Body.String(); !strings.Contains(body, `data-testid="ailing">`+sentence) {
			t.Errorf("%s does not say %q: %s", path, sentence, body)
		}
	}
	if body := openAs(t, d, "web:owen").get("/requests").Body.String(); strings.Contains(body, "ailing") {
		t.Error("somebody outside of the team is told")
	}
}

func TestWhoIsNotOfTheTeamReadsNoStateOfTheTeams(t *testing.T) {
	d := fullDesk()
	mine := &d.requests[1]
	internal := regexp.MustCompile(`\bL[123]\b|data-state|[🚨🔁🆕⏳💤👀✅]|In hand</td>|Paused|Waiting|Nobody yet|Private`)
	for name, want := range map[string]struct {
		change func(*bot.Request)
		next   string
	}{
		"escalated": {func(r *bot.Request) { r.Level = 2 }, "Dina is on it."},
		"untaken":   {func(r *bot.Request) { r.Level, r.Assignee = 3, "" }, "We have it."},
		"returned":  {func(r *bot.Request) { r.Returns = 2 }, "Sorry, we look again."},
		"waiting":   {func(r *bot.Request) { r.State = bot.Waiting }, "Your turn."},
		"snoozed":   {func(r *bot.Request) { r.State = bot.Snoozed }, "Dina is on it."},
		"private":   {func(r *bot.Request) { r.Private, r.Class = true, bot.Expedite }, "Dina is on it."},
		"solved":    {func(r *bot.Request) { r.State = bot.Solved }, "Done. If not, just answer."},
		"closed":    {func(r *bot.Request) { r.State = bot.Closed }, "Closed. If anything is left, just write again."},
	} {
		before := *mine
		want.change(mine)
		for _, path := range []string{"/requests?all=1", "/r/12"} {
			body := openAs(t, d, "web:owen").get(path).Body.String()
			if !strings.Contains(body, `data-testid="next">`+want.next+"<") {
				t.Errorf("%s: %s does not say %q", name, path, want.next)
			}
			if _, list, _ := strings.Cut(body, "<main"); internal.MatchString(list) {
				t.Errorf("%s: %s prints %q", name, path, internal.FindString(list))
			}
			if team := openAs(t, d, "web:vera").get(path).Body.String(); !strings.Contains(team, "data-state=") || !regexp.MustCompile(`\bL[123]\b`).MatchString(team) {
				t.Errorf("%s: the team does not read state and level on %s", name, path)
			}
		}
		*mine = before
	}
}

func TestAMessageHasWhatTestsAndPeopleLookFor(t *testing.T) {
	b := openAs(t, fullDesk(), "web:dina")
	support, desk := b.get("/c/support").Body.String(), b.get("/c/desk").Body.String()
	for _, want := range []string{
		`data-message="m1" data-author="web:owen" data-place="web:support"`, `data-emoji="ticket" data-count="2" aria-pressed="true"`, `title=":ours: Vera"`,
		">:ours:<", `href="/c/support/t/m1" data-testid="open-thread">1 reply<`, "Wed 4 March", `data-channel="web:@dina"`, "Clients read this channel",
		`data-testid="composer-main"`, "New York", "Minsk", "Novosibirsk",
	} {
		if !strings.Contains(support, want) {
			t.Errorf("#support does not have %s", want)
		}
	}
	for _, want := range []string{`class="first" data-testid="act" data-act="reply" data-value="R-12"`, `data-act="solve"`, "✅", `<details class="more"`, `data-act="close"`, `<a class="request" href="/r/12">R-12</a>`} {
		if !strings.Contains(desk, want) {
			t.Errorf("#desk does not have %s", want)
		}
	}
	mail := b.get("/mail").Body.String()
	for _, want := range []string{`data-out="true" data-state="held"`, ">held<", "&lt;b&gt;help&lt;/b&gt;", "no subject", `href="/r/12"`} {
		if !strings.Contains(mail, want) {
			t.Errorf("mail does not have %s", want)
		}
	}
}

func TestAListIsSentAgainOnlyWhenItHasChanged(t *testing.T) {
	d := fullDesk()
	b := openAs(t, d, "web:dina")
	have := regexp.MustCompile(`name="have" value="([0-9a-f]+)"`)
	for _, path := range []string{"/part/list?place=web:support", "/mail?", "/requests?all=1", "/r/12?"} {
		ask := func(hash string) (int, string) {
			r := request("GET", path+"&have="+hash, nil)
			r.Header.Set("HX-Request", "true")
			w := b.do(r)
			return w.Code, w.Body.String()
		}
		status, body := ask("")
		m := have.FindStringSubmatch(body)
		if status != http.StatusOK || m == nil || strings.Contains(body, "<html") {
			t.Fatalf("%s: %d %.300s", path, status, body)
		}
		if status, _ := ask(m[1]); status != http.StatusNoContent {
			t.Errorf("%s unchanged: %d", path, status)
		}
		d.commit(func() {
			d.shown = slices.Clone(d.shown)
			d.shown[0].Said += "!"
			d.mails[0].State = bot.DeliveryDone
			d.requests = slices.Clone(d.requests)
			d.requests[1].Title += "!"
		})
		if status, _ := ask(m[1]); status != http.StatusOK {
			t.Errorf("%s changed: %d", path, status)
		}
		d.mails[0].State = bot.DeliveryHeld
	}
}

func TestEarlierMessagesAreAskedFor(t *testing.T) {
	d := newFakeDesk()
	for range usualMessages + 20 {
		d.shown = append(d.shown, bot.ShownMessage{Place: support, ID: "m", Author: "web:owen", Said: "x"})
	}
	b := openAs(t, d, "web:dina")
	count := func(path string) int { return strings.Count(b.get(path).Body.String(), "<article") }
	if n := count("/c/support"); n != usualMessages {
		t.Errorf("%d messages at first", n)
	}
	if !strings.Contains(b.get("/c/support").Body.String(), `href="/c/support?show=400"`) {
		t.Error("nothing leads to the earlier ones")
	}
	if n := count("/c/support?show=400"); n != usualMessages+20 {
		t.Errorf("%d messages then", n)
	}
	for _, show := range []string{"-1", "x", "0", "99999999999999999999"} {
		if n := count("/c/support?show=" + show); n != usualMessages {
			t.Errorf("show=%s: %d messages", show, n)
		}
	}
}

func TestFilesAreServedForEverByTheirContent(t *testing.T) {
	a := newAdapter(t, newFakeDesk())
	b := openAs(t, newFakeDesk(), "web:dina")
	for _, name := range []string{"app.js", "style.css", "htmx.min.js", "htmx-sse.min.js", "LICENSES.txt"} {
		w := b.get(a.assets.url(name))
		if w.Code != http.StatusOK || !strings.Contains(w.Header().Get("Cache-Control"), "immutable") || w.Body.Len() == 0 {
			t.Errorf("%s: %d %v", name, w.Code, w.Header())
		}
		if w := b.get("/static/000000000000/" + name); w.Code != http.StatusNotFound {
			t.Errorf("%s under another hash: %d", name, w.Code)
		}
	}
	for _, path := range []string{"/static/x/..%2fadapter.go", "/static/x/y", "/static/"} {
		if w := b.get(path); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
}

func TestTheFirstPageIsSupport(t *testing.T) {
	b := openAs(t, newFakeDesk(), "web:dina")
	if w := b.get("/"); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "<bdi>#support</bdi>") {
		t.Errorf("%d %v", w.Code, w.Body)
	}
}
