package web

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"meridian/bot"
)

// installDesk is a desk on its way into Slack, which answers with found.
func installDesk(t *testing.T, found *Installed, err *error) *browser {
	t.Helper()
	install := Install{Manifest: `{"display_information":{"name":"<Desk>"}}`, Scopes: []string{"chat:write", "app_mentions:read"},
		Look: func(_ context.Context, botToken, appToken bot.Secret, channel string, since time.Time) (Installed, error) {
			if botToken.Reveal() != "xoxb-1" || appToken.Reveal() != "xapp-1" || channel != "desk" || since.IsZero() {
				t.Errorf("Slack is asked with %s, %s, %s, %s", botToken.Reveal(), appToken.Reveal(), channel, since)
			}
			return *found, *err
		}}
	a := New(fullDesk(), Options{Catalogue: catalogue(t), Log: slog.New(slog.DiscardHandler), Install: install})
	return &browser{t: t, server: a.Handler(), cookies: []*http.Cookie{{Name: cookiePerson, Value: "web:dina"}}}
}

func TestTheWayIntoSlackTurnsGreenStepByStep(t *testing.T) {
	var found Installed
	var failed error
	dina := installDesk(t, &found, &failed)
	page := dina.get("/install").Body.String()
	for _, want := range []string{"&lt;Desk&gt;", "https://api.slack.com/apps?new_app=1", `name="bot_token"`, `name="app_token"`, "to post its own messages", "delete one file"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not have %s", want)
		}
	}
	w := dina.post("/install", "nonce", "n1", "bot_token", " xoxb-1 ", "app_token", "xapp-1")
	at := w.Header().Get("HX-Redirect")
	if w.Code != http.StatusNoContent || at != "/install?try=n1" {
		t.Fatalf("%d, to %q", w.Code, at)
	}
	harbor := JoinedChannel{"harbor's support", bot.Place{Adapter: "slack", Channel: "C0HARBOR"}}
	desk := JoinedChannel{"desk", bot.Place{Adapter: "slack", Channel: "C0DESK"}}
	for _, tt := range []struct {
		name  string
		found Installed
		err   error
		state string
		says  string
	}{
		{"Slack is far", Installed{}, errors.New("no way out"), "off wait wait", "cannot be reached"},
		{"a dead token", Installed{BotRefused: "invalid_auth"}, nil, "off wait wait", "refuses the bot token: invalid_auth"},
		{"the other one", Installed{AppRefused: "not_allowed"}, nil, "off wait wait", "refuses the app token: not_allowed"},
		{"it may too little", Installed{Missing: "chat:write"}, nil, "off wait wait", "was not granted chat:write"},
		{"it is nowhere", Installed{Bot: "acme"}, nil, "on off wait", "not in #desk. Type /invite @acme there."},
		{"nobody has spoken", Installed{Channels: []JoinedChannel{desk}}, nil, "on on wait", "Write hello in #desk."},
		{"all is well", Installed{Workspace: "Acme", Channels: []JoinedChannel{desk, harbor}, Heard: "slack:U0VERA"}, nil, "on on on", "place: slack:C0HARBOR"},
	} {
		found, failed = tt.found, tt.err
		for _, path := range []string{"/part/lamps?try=n1", at} {
			body := dina.get(path).Body.String()
			var states []string
			for _, part := range strings.Split(body, `data-testid="lamp" data-state="`)[1:] {
				state, _, _ := strings.Cut(part, `"`)
				states = append(states, state)
			}
			if got := strings.Join(states, " "); got != tt.state || !strings.Contains(body, tt.says) {
				t.Errorf("%s at %s: %s, and %.600s", tt.name, path, got, body)
			}
			if again := strings.Contains(body, `hx-trigger="every 3s"`); again == (tt.state == "on on on") {
				t.Errorf("%s: it is asked again: %t", tt.name, again)
			}
			if strings.Contains(body, "xoxb-1") || strings.Contains(body, "xapp-1") {
				t.Errorf("%s: the page shows a token", tt.name)
			}
		}
	}
}

func TestWhatIsNoTokenIsRefusedBeforeSlackIsAsked(t *testing.T) {
	dina := installDesk(t, nil, nil)
	for want, pair := range map[string][2]string{
		"no bot token": {"xapp-1", "xapp-1"}, "no app token": {"xoxb-1", "xoxb-1"},
		"it begins with xoxb-": {"", "xapp-1"}, "it begins with xapp-": {"xoxb-1", strings.Repeat("x", 10_000)},
	} {
		w := dina.post("/install", "nonce", "n1", "bot_token", pair[0], "app_token", pair[1])
		if w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), want) {
			t.Errorf("%s: %d, %.300s", want, w.Code, w.Body)
		}
	}
	if w := dina.get("/part/lamps?try=other"); w.Code != http.StatusNotFound {
		t.Errorf("the lamps of nothing: %d", w.Code)
	}
}

func TestADeskThatIsInSlackSaysSo(t *testing.T) {
	a := New(fullDesk(), Options{Catalogue: catalogue(t), Log: slog.New(slog.DiscardHandler), Install: Install{Done: true}})
	dina := &browser{t: t, server: a.Handler(), cookies: []*http.Cookie{{Name: cookiePerson, Value: "web:dina"}}}
	if body := dina.get("/install").Body.String(); !strings.Contains(body, `data-testid="install-done"`) || strings.Contains(body, "bot_token") {
		t.Errorf("the page is %.500s", body)
	}
}
