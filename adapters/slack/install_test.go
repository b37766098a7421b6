package slack

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"meridian/adapters/slack/slacktest"
)

func TestTheTokensOfANewAppAreTried(t *testing.T) {
	server := slacktest.New(t, workspace(slacktest.Options{}))
	server.Cast()
	try := func(c Config) Tried {
		t.Helper()
		tried, err := Try(t.Context(), c, Options{Transport: server.Transport()})
		if err != nil {
			t.Fatal(err)
		}
		return tried
	}
	if tried := try(Config{BotToken: "xoxb-other", AppToken: appToken}); tried.Refused != "invalid_auth" || tried.Team != "" {
		t.Errorf("another bot token: %+v", tried)
	}
	if tried := try(config(Config{AppToken: "xapp-other"})); tried.AppToken != "invalid_auth" || tried.Refused != "" {
		t.Errorf("another app token: %+v", tried)
	}
	if tried := try(config(Config{AppToken: appToken})); tried.Refused+tried.AppToken != "" || tried.Missing != nil || tried.Team != slacktest.Team || tried.Workspace != "Meridian" {
		t.Errorf("good ones: %+v", tried)
	}
	server.Fail(slacktest.Fault{Method: "auth.test", Drop: true})
	if tried, err := Try(t.Context(), config(Config{AppToken: appToken}), Options{Transport: server.Transport()}); err == nil {
		t.Errorf("Slack that cannot be reached says %+v", tried)
	}
}

func TestAnAppThatMayTooLittleIsToldWhat(t *testing.T) {
	server := slacktest.New(t, workspace(slacktest.Options{Scopes: []string{"chat:write"}}))
	tried, err := Try(t.Context(), config(Config{AppToken: appToken}), Options{Transport: server.Transport()})
	if err != nil || !slices.Contains(tried.Missing, "channels:history") || slices.Contains(tried.Missing, "chat:write") {
		t.Errorf("%+v, %v", tried, err)
	}
}

// standing is how far the app of a bench is.
func standing(t *testing.T, b *bench) Standing {
	t.Helper()
	b.slack.Wait()
	synctest.Wait()
	s, err := b.Standing(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestAnAppKnowsWhomItHasHeardByItsOwnConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, Config{AppToken: appToken}, slacktest.Options{})
		b.slack.Say("U0VERA", "C0DESK", "", "hello") // it stands in the history: nobody listens
		b.slack.Wait()
		b.run()
		if s := standing(t, b); !s.Connected || s.Bot != "desk" || !slices.Contains(s.Channels, Joined{"C0DESK", "desk"}) || len(s.Heard) > 0 {
			t.Errorf("before anybody was heard: %+v", s)
		}
		b.slack.Say("U0OWEN", "C0SUPPORT", "", "hello") // he is of another workspace
		b.slack.Say("U0INGA", b.slack.DirectWith("U0INGA"), "", "hello")
		if s := standing(t, b); len(s.Heard) > 0 {
			t.Errorf("strangers and direct messages count: %+v", s.Heard)
		}
		b.slack.Say("U0DINA", "C0DESK", "", "hello")
		if s := standing(t, b); len(s.Heard) != 1 || s.Heard["C0DESK"] != "U0DINA" {
			t.Errorf("after a hello: %+v", s.Heard)
		}
		b.slack.Say("U0INGA", "C0DESK", "", "hello")
		if s := standing(t, b); len(s.Heard) != 1 || s.Heard["C0DESK"] != "U0INGA" {
			t.Errorf("after two hellos: %+v", s.Heard)
		}
		asked := b.slack.Calls("users.conversations")
		for range 100 { // many look at the page
			standing(t, b)
		}
		if now := b.slack.Calls("users.conversations"); now != asked {
			t.Errorf("Slack was asked %d times more", now-asked)
		}
		b.slack.Kill("token_revoked")
		time.Sleep(joinedTime)
		if s := standing(t, b); s.Ailing != "token_revoked" {
			t.Errorf("a dead token: %+v", s)
		}
		b.end()
	})
}

func TestAnAppWhoseConnectionsAreSwitchedOffSaysSo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, Config{AppToken: appToken}, slacktest.Options{})
		b.slack.RefuseSockets("link_disabled")
		b.run()
		if s := standing(t, b); s.Connected || !s.Disabled || len(s.Channels) > 0 {
			t.Errorf("it stands so: %+v", s)
		}
		b.slack.RefuseSockets("")
		time.Sleep(2 * disabledRetry)
		if s := standing(t, b); !s.Connected || s.Disabled {
			t.Errorf("after it was switched on: %+v", s)
		}
		b.end()
	})
}
