package web

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"meridian/bot"
)

// way is a desk on its way into Slack, as far as a test lets it be.
type way struct {
	Install
	tried    Tried
	standing Standing
	failed   error // why Slack could not be asked
	unkept   error // why nothing can be kept
	kept     []string
	begun    []string
}

// browser is Dina's, at this desk.
func (w *way) browser(t *testing.T) *browser {
	t.Helper()
	i := w.Install
	i.Manifest, i.Scopes = `{"display_information":{"name":"<Desk>"}}`, []string{"chat:write", "app_mentions:read"}
	i.Try = func(context.Context, bot.Secret, bot.Secret) (Tried, error) { return w.tried, w.failed }
	i.Keep = func(botToken, appToken bot.Secret, t Tried) error {
		if w.unkept == nil {
			w.kept = append(w.kept, botToken.Reveal()+" "+appToken.Reveal()+" "+t.Workspace)
		}
		return w.unkept
	}
	i.Begin = func(lead string, found []JoinedChannel) error {
		for _, c := range found {
			lead += " " + c.Name
		}
		w.begun = append(w.begun, lead)
		return w.unkept
	}
	if i.Team != "" {
		i.Look = func(context.Context) (Standing, error) { return w.standing, w.failed }
	}
	a := New(fullDesk(), Options{Catalogue: catalogue(t), Log: slog.New(slog.DiscardHandler), Install: i})
	return &browser{t: t, server: a.Handler(), cookies: []*http.Cookie{{Name: cookiePerson, Value: "web:dina"}}}
}

func TestTokensThatWorkAreKeptAndAllOthersForgotten(t *testing.T) {
	w := &way{Install: Install{File: "meridian.secrets"}, tried: Tried{Team: "T1", Workspace: "Acme"}}
	dina := w.browser(t)
	page := dina.get("/install").Body.String()
	for _, want := range []string{"&lt;Desk&gt;", "https://api.slack.com/apps?new_app=1", `name="bot_token"`, `name="app_token"`, "to post its own messages", "delete one file, meridian.secrets", `data-state="new"`} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not have %s", want)
		}
	}
	if got := dina.get("/part/lamps").Code; got != http.StatusNotFound {
		t.Errorf("the lamps of nothing: %d", got)
	}
	for _, tt := range []struct {
		name, bot, app string
		tried          Tried
		failed         error
		says           string
	}{
		{"an app token twice", "xapp-1", "xapp-1", Tried{}, nil, "no bot token"},
		{"a bot token twice", "xoxb-1", "xoxb-1", Tried{}, nil, "no app token"},
		{"nothing", "", "xapp-1", Tried{}, nil, "it begins with xoxb-"},
		{"a beginning", "xoxb-", "xapp-1", Tried{}, nil, "it begins with xoxb-"},
		{"far too long", "xoxb-1", "xapp-" + strings.Repeat("x", 10_000), Tried{}, nil, "it begins with xapp-"},
		{"a line break", "xoxb-1\n2", "xapp-1", Tried{}, nil, "it begins with xoxb-"},
		{"a variable", "xoxb-${HOME}", "xapp-1", Tried{}, nil, "it begins with xoxb-"},
		{"Slack is far", "xoxb-1", "xapp-1", Tried{}, errors.New("no way out"), "so the tokens were not tried and are not kept"},
		{"a dead token", "xoxb-1", "xapp-1", Tried{BotRefused: "invalid_auth"}, nil, "refuses the bot token: invalid_auth"},
		{"the other one", "xoxb-1", "xapp-1", Tried{AppRefused: "not_allowed"}, nil, "refuses the app token: not_allowed"},
		{"it may too little", "xoxb-1", "xapp-1", Tried{Missing: "chat:write"}, nil, "was not granted chat:write"},
	} {
		w.tried, w.failed = tt.tried, tt.failed
		got := dina.post("/install", "bot_token", tt.bot, "app_token", tt.app)
		if got.Code != http.StatusUnprocessableEntity || !strings.Contains(got.Body.String(), tt.says) || strings.Contains(got.Body.String(), "xoxb-1") || len(w.kept) > 0 {
			t.Errorf("%s: %d, kept %q, %.900s", tt.name, got.Code, w.kept, got.Body)
		}
		if red := strings.Contains(got.Body.String(), `data-testid="lamp" data-state="off"`); red != (tt.tried != Tried{} || tt.failed != nil) {
			t.Errorf("%s: the lamp is red: %t", tt.name, red)
		}
	}
	w.tried, w.failed = Tried{Team: "T1", Workspace: "Acme"}, nil
	for typed, app := range map[string]string{" xoxb-1 ": "xapp-1", `"xoxb-1",`: "", "“xoxb-1”": "'xapp-1'", "xapp-1": "xoxb-1"} {
		w.kept = nil
		got := dina.post("/install", "bot_token", typed, "app_token", app)
		if app == "" {
			continue
		}
		if at := got.Header().Get("HX-Redirect"); got.Code != http.StatusNoContent || at != "/install" || len(w.kept) != 1 || w.kept[0] != "xoxb-1 xapp-1 Acme" {
			t.Errorf("%q: %d, to %q, kept %q", typed, got.Code, at, w.kept)
		}
	}
	w.unkept = errors.New("meridian.secrets cannot be written: no space left on device")
	if got := dina.post("/install", "bot_token", "xoxb-1", "app_token", "xapp-1"); got.Code != http.StatusUnprocessableEntity || !strings.Contains(got.Body.String(), "no space left on device") {
		t.Errorf("a full disk: %d, %.600s", got.Code, got.Body)
	}
}

func TestTokensOfAnotherWorkspaceAreRefused(t *testing.T) {
	w := &way{Install: Install{File: "meridian.secrets", Team: "T1", Workspace: "Acme"}, tried: Tried{Team: "T2", Workspace: "Beta"}}
	dina := w.browser(t)
	if page := dina.get("/install").Body.String(); !strings.Contains(page, "The tokens for Acme work") || !strings.Contains(page, `data-testid="other-tokens"`) {
		t.Errorf("the page is %.900s", page)
	}
	got := dina.post("/install", "bot_token", "xoxb-2", "app_token", "xapp-2")
	if got.Code != http.StatusUnprocessableEntity || len(w.kept) > 0 || !strings.Contains(got.Body.String(), "tokens for Beta, and the desk is in Acme") {
		t.Errorf("%d, kept %q, %.900s", got.Code, w.kept, got.Body)
	}
	w.tried.Team = "T1"
	if got := dina.post("/install", "bot_token", "xoxb-2", "app_token", "xapp-2"); got.Code != http.StatusNoContent || len(w.kept) != 1 {
		t.Errorf("new ones of the same: %d, kept %q", got.Code, w.kept)
	}
}

func TestTheWayIntoSlackTurnsGreenStepByStep(t *testing.T) {
	w := &way{Install: Install{File: "meridian.secrets", Team: "T1", Workspace: "Acme"}}
	dina := w.browser(t)
	at := func(name, id, heard string) JoinedChannel {
		return JoinedChannel{name, bot.Place{Adapter: "slack", Channel: id}, heard}
	}
	harbor := at("harbor's support", "C0HARBOR", "slack:U0EVE")
	for _, tt := range []struct {
		name     string
		standing Standing
		err      error
		state    string
		says     string
	}{
		{"Slack is far", Standing{}, errors.New("no way out"), "off wait wait", "cannot be reached"},
		{"it connects", Standing{}, nil, "wait wait wait", "The desk connects to Slack."},
		{"a dead token", Standing{BotRefused: "token_revoked"}, nil, "off wait wait", "refuses the bot token: token_revoked"},
		{"the other one", Standing{AppRefused: "not_allowed"}, nil, "off wait wait", "refuses the app token: not_allowed"},
		{"connections are switched off", Standing{Disabled: true}, nil, "off wait wait", "switch Socket Mode on"},
		{"it may too little", Standing{Connected: true, Missing: "chat:write"}, nil, "off wait wait", "was not granted chat:write"},
		{"it is nowhere", Standing{Connected: true, Bot: "acme"}, nil, "on off wait", "not in #desk. Type /invite @acme there."},
		{"nobody has spoken", Standing{Connected: true, Channels: []JoinedChannel{at("desk", "C0DESK", ""), harbor}}, nil, "on on wait", "Write hello in #desk."},
		{"all is well", Standing{Connected: true, Channels: []JoinedChannel{at("desk", "C0DESK", "slack:U0VERA"), harbor}}, nil, "on on on", "#harbor&#39;s support"},
	} {
		w.standing, w.failed = tt.standing, tt.err
		body := dina.get("/part/lamps").Body.String()
		var states []string
		for _, part := range strings.Split(body, `data-testid="lamp" data-state="`)[1:] {
			state, _, _ := strings.Cut(part, `"`)
			states = append(states, state)
		}
		if got := strings.Join(states, " "); got != tt.state || !strings.Contains(body, tt.says) {
			t.Errorf("%s: %s, and %.600s", tt.name, got, body)
		}
		green := tt.state == "on on on"
		if again, begin := strings.Contains(body, `hx-trigger="every 3s"`), strings.Contains(body, `data-testid="begin"`); again == green || begin != green {
			t.Errorf("%s: it is asked again: %t, it can begin: %t", tt.name, again, begin)
		}
		if got := dina.post("/install/begin", "lead", "slack:U0VERA"); got.Code != http.StatusNoContent || len(w.begun) > 0 != green {
			t.Errorf("%s: pressed, it is %d, and begun %q", tt.name, got.Code, w.begun)
		}
	}
	if len(w.begun) != 1 || w.begun[0] != "slack:U0VERA desk harbor's support" {
		t.Errorf("it began as %q", w.begun)
	}
}

// The page is not read again while somebody looks at it: whom it names is who
// leads, whoever has written in the channel since.
func TestWhoLeadsIsWhomThePageNamed(t *testing.T) {
	w := &way{Install: Install{File: "meridian.secrets", Team: "T1", Workspace: "Acme"}}
	dina := w.browser(t)
	heard := func(who string) {
		w.standing = Standing{Connected: true, Channels: []JoinedChannel{{"desk", bot.Place{Adapter: "slack", Channel: "C0DESK"}, who}}}
	}
	heard("slack:U0VERA")
	body := dina.get("/part/lamps").Body.String()
	_, field, _ := strings.Cut(body, `name="lead" value="`)
	shown, _, _ := strings.Cut(field, `"`)
	heard("slack:U0EVE")
	for _, bad := range []string{"", "slack:", "slack:T0HARBOR/U0EVE", "web:vera", "slack:U0EVE'\nx"} {
		if got := dina.post("/install/begin", "lead", bad); got.Code != http.StatusNoContent || len(w.begun) > 0 {
			t.Errorf("%q: %d, begun %q", bad, got.Code, w.begun)
		}
	}
	if got := dina.post("/install/begin", "lead", shown); got.Code != http.StatusNoContent || len(w.begun) != 1 || w.begun[0] != "slack:U0VERA desk" {
		t.Errorf("%q was shown, begun %q", shown, w.begun)
	}
	w.Lead, w.begun = "slack:U0VERA", nil
	dina = w.browser(t)
	if dina.post("/install/begin", "lead", "slack:U0EVE"); len(w.begun) != 1 || w.begun[0] != " desk" {
		t.Errorf("where somebody leads, begun %q", w.begun)
	}
}

func TestWhereNothingCanBeTypedThePageSaysWhy(t *testing.T) {
	for want, i := range map[string]Install{
		`data-testid="install-done"`:    {ByFile: true},
		`data-testid="install-nowhere"`: {},
	} {
		w := &way{Install: i}
		dina := w.browser(t)
		if body := dina.get("/install").Body.String(); !strings.Contains(body, want) || strings.Contains(body, "bot_token") {
			t.Errorf("the page is %.500s", body)
		}
		if got := dina.post("/install", "bot_token", "xoxb-1", "app_token", "xapp-1"); got.Code != http.StatusNotFound || len(w.kept) > 0 {
			t.Errorf("typed all the same: %d, kept %q", got.Code, w.kept)
		}
	}
}

func TestOnlyTheTeamPutsTheDeskIntoSlack(t *testing.T) {
	w := &way{Install: Install{File: "meridian.secrets"}, tried: Tried{Team: "T1"}}
	owen := w.browser(t)
	owen.cookies = []*http.Cookie{{Name: cookiePerson, Value: "web:owen"}}
	for _, got := range []int{owen.get("/install").Code, owen.post("/install", "bot_token", "xoxb-1", "app_token", "xapp-1").Code, owen.post("/install/begin").Code} {
		if got != http.StatusNotFound {
			t.Errorf("a client gets %d", got)
		}
	}
	if len(w.kept)+len(w.begun) > 0 {
		t.Errorf("kept %q, begun %q", w.kept, w.begun)
	}
}

func TestFromElsewhereOnlyLeadsPutTheDeskIntoSlack(t *testing.T) {
	a := New(fullDesk(), Options{Catalogue: catalogue(t), Log: slog.New(slog.DiscardHandler), Install: Install{File: "meridian.secrets"}})
	from := func(who string) *http.Request {
		r := request("POST", "/install", nil)
		return r.WithContext(context.WithValue(r.Context(), signedKey{}, who))
	}
	var refused *failure
	if err := a.installing(from("web:dina")); !errors.As(err, &refused) || refused.status != http.StatusForbidden {
		t.Errorf("an agent who has signed in: %v", err)
	}
	if err := a.installing(from("web:vera")); err != nil {
		t.Errorf("a lead who has signed in: %v", err)
	}
	w := httptest.NewRecorder()
	if err := a.installPage(w, from("web:dina")); err != nil || !strings.Contains(w.Body.String(), `data-testid="only-leads"`) || strings.Contains(w.Body.String(), "bot_token") {
		t.Errorf("an agent sees %.600s, %v", w.Body, err)
	}
}
