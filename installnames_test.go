package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"testing"

	"meridian/adapters/slack/slacktest"
	"meridian/cli"
)

// A channel of the web desk gets a name that is free, whatever the channels in
// Slack are called and in whatever order they were taken in.
func TestKeptChannelsTakeNoNameTwice(t *testing.T) {
	for _, names := range [][]string{{"web-support", "support"}, {"support", "web-support"}, {"web-support", "web-web-support", "support"}} {
		t.Chdir(t.TempDir())
		text := "slack:\n  bot_token: xoxb-1\n  app_token: xapp-1\n  channels:\n    - {name: desk, place: slack:C0DESK}\n"
		for i, name := range names {
			text += fmt.Sprintf("    - {name: %s, place: slack:C0%d}\n", name, i)
		}
		keep(t, text, 0o600)
		c, err := load("", true)
		if err != nil {
			t.Errorf("%q: %v", names, err)
			continue
		}
		for i, name := range names {
			if ch, ok := c.Settings.ChannelNamed(name); !ok || ch.Place.Channel != fmt.Sprintf("C0%d", i) {
				t.Errorf("%q: %s is %s", names, name, ch.Place)
			}
		}
	}
}

func TestAnAppThatTheDeskCannotStartWithLeavesTheOneItHas(t *testing.T) {
	slack := slackFor(t, slacktest.Options{})
	t.Chdir(t.TempDir())
	var broken atomic.Bool
	d := startFrom(t, func(string, bool) (cli.Config, error) {
		c, err := load("", true)
		if err == nil {
			c.Listen, c.Adapters.Email.Listen = "127.0.0.1:0", "127.0.0.1:0"
		}
		if broken.Load() {
			err = errors.New("channels[5].name is taken")
		}
		return c, err
	})
	if status, page := d.post(t, "/install", "bot_token", goodBot, "app_token", goodApp); status != http.StatusSeeOther {
		t.Fatalf("good tokens: %d, %s", status, page)
	}
	d.untilLamps(t, "on on wait")
	slack.Say("U0INGA", "C0DESK", "", "hello")
	d.untilLamps(t, "on on on")
	before, err := os.ReadFile(secretsFile)
	must(t, err)
	broken.Store(true)
	status, page := d.post(t, "/install/begin", "lead", "slack:U0INGA")
	if status != http.StatusUnprocessableEntity || !strings.Contains(page, "cannot be started with it: channels[5].name is taken") {
		t.Errorf("%d, %s", status, page)
	}
	if now, err := os.ReadFile(secretsFile); err != nil || string(now) != string(before) {
		t.Errorf("what was kept is not as it was: %v", err)
	}
}

// A desk that begins, for the first time or anew, may be told to stop before it
// runs.
func TestADeskThatIsToldToStopWhileItBeginsEndsWithoutAnError(t *testing.T) {
	t.Chdir(t.TempDir())
	ctx, stop := context.WithCancel(t.Context())
	load := func(string, bool) (cli.Config, error) {
		c, err := load("", true)
		c.Listen, c.Adapters.Email.Listen = "127.0.0.1:0", "127.0.0.1:0"
		stop()
		return c, err
	}
	if err := cli.Run(ctx, nil, cli.Program{Load: load, Stdout: io.Discard, Stderr: io.Discard}); err != nil {
		t.Errorf("it ended with %v", err)
	}
}
