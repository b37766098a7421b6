package slack

import (
	"slices"
	"testing"
	"time"

	"meridian/adapters/slack/slacktest"
)

func TestAnAppOnItsWayIsAskedHowFarItIs(t *testing.T) {
	server := slacktest.New(t, workspace(slacktest.Options{}))
	server.Cast()
	look := func(c Config, channel string, since time.Time) Installed {
		t.Helper()
		found, err := LookAround(t.Context(), c, Options{Transport: server.Transport()}, channel, since)
		if err != nil {
			t.Fatal(err)
		}
		return found
	}
	good := config(Config{AppToken: appToken})
	if found := look(Config{BotToken: "xoxb-other", AppToken: appToken}, "desk", time.Now()); found.Refused != "invalid_auth" || len(found.Channels) != 0 {
		t.Errorf("another bot token: %+v", found)
	}
	if found := look(config(Config{AppToken: "xapp-other"}), "desk", time.Now()); found.AppToken != "invalid_auth" || found.Refused != "" {
		t.Errorf("another app token: %+v", found)
	}
	before := time.Now().Add(-time.Minute)
	found := look(good, "desk", before)
	if found.Team != "Meridian" || found.Bot != "desk" || !slices.Contains(found.Channels, Joined{"C0DESK", "desk"}) || found.Heard != "" || found.Missing != nil {
		t.Errorf("nobody has written: %+v", found)
	}
	if found := look(good, "nowhere", before); found.Heard != "" || len(found.Channels) == 0 {
		t.Errorf("a channel that it is not in: %+v", found)
	}
	server.Say("U0INGA", "C0DESK", "", "hello")
	if found := look(good, "desk", before); found.Heard != "U0INGA" {
		t.Errorf("after a hello: %+v", found)
	}
	if found := look(good, "desk", time.Now().Add(time.Hour)); found.Heard != "" {
		t.Errorf("what was said before counts: %+v", found)
	}
}

func TestAnAppThatMayTooLittleIsToldWhat(t *testing.T) {
	server := slacktest.New(t, workspace(slacktest.Options{Scopes: []string{"chat:write"}}))
	found, err := LookAround(t.Context(), config(Config{AppToken: appToken}), Options{Transport: server.Transport()}, "desk", time.Now())
	if err != nil || !slices.Contains(found.Missing, "channels:history") || slices.Contains(found.Missing, "chat:write") {
		t.Errorf("%+v, %v", found, err)
	}
}
