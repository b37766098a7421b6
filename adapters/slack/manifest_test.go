package slack

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"meridian/adapters/slack/slacktest"
	"meridian/bot"
	"meridian/commands"
)

// manifestFor writes a manifest in both languages, which Slack would take, and
// gives the English one.
func manifestFor(t *testing.T, c Config, chosen []string, base string) (english []byte) {
	t.Helper()
	for _, lang := range []bot.Language{"ru", "en"} {
		raw, err := ManifestFor(c, bot.Team{Name: "Meridian", Language: lang}, catalogue(t), commands.All(), chosen, base)
		if err != nil {
			t.Fatal(err)
		}
		if problems := slacktest.CheckManifest(raw); len(problems) > 0 {
			t.Fatalf("in %s Slack would refuse it: %s\n%s", lang, strings.Join(problems, "; "), raw)
		}
		english = raw
	}
	return english
}

func TestTheManifestIsOneThatSlackAccepts(t *testing.T) {
	for what, c := range map[string]struct {
		config Config
		base   string
		socket bool
	}{
		"of a new app":       {Config{}, "", true},
		"over sockets":       {Config{AppToken: "xapp-1", SigningSecret: "s"}, "https://desk.example/", true},
		"over HTTP":          {Config{SigningSecret: "s"}, "https://desk.example", false},
		"with a prefix":      {Config{Prefix: "acme-"}, "", true},
		"with a user group":  {Config{Groups: []string{"S0DESK"}}, "", true},
		"with a long prefix": {Config{Prefix: "acme-of-the-north---"}, "", true},
	} {
		t.Run(what, func(t *testing.T) {
			raw := manifestFor(t, c.config, nil, c.base)
			var m struct {
				Features struct {
					Slash []struct{ Command, URL string } `json:"slash_commands"`
				}
				Settings struct {
					Socket bool `json:"socket_mode_enabled"`
				}
				OAuth struct{ Scopes struct{ Bot []string } } `json:"oauth_config"`
			}
			if err := json.Unmarshal(raw, &m); err != nil {
				t.Fatal(err)
			}
			if m.Settings.Socket != c.socket || m.Features.Slash[0].Command != "/"+c.config.Prefix+"desk" || (m.Features.Slash[0].URL == "") != c.socket {
				t.Errorf("%+v", m)
			}
			if slices.Contains(m.OAuth.Scopes.Bot, "usergroups:read") != (len(c.config.Groups) > 0) {
				t.Errorf("scopes %v", m.OAuth.Scopes.Bot)
			}
		})
	}
}

func TestSlashCommandsCanBeChosenAndOnlyThoseThereAre(t *testing.T) {
	raw := manifestFor(t, Config{}, []string{"request"}, "")
	if !strings.Contains(string(raw), `"/request"`) || strings.Contains(string(raw), `"/desk"`) {
		t.Errorf("%s", raw)
	}
	if _, err := ManifestFor(Config{}, bot.Team{Name: "x"}, catalogue(t), commands.All(), []string{"reqest"}, ""); err == nil || !strings.Contains(err.Error(), "slack.commands: names reqest") {
		t.Errorf("%v", err)
	}
}

func TestNoSlashCommandTakesANameOfSlacksOwn(t *testing.T) {
	words := catalogue(t)
	for _, n := range slashNames(commands.All()) {
		if err := CheckCommand("", n); err != nil {
			t.Error(err)
		}
		if text := bot.Say("slack.slash."+n).Plain(words, nil); strings.HasPrefix(text, "slack.slash.") {
			t.Errorf("/%s has no description", n)
		}
	}
	for _, reserved := range slacktest.Reserved() {
		if CheckCommand("", strings.TrimPrefix(reserved, "/")) == nil {
			t.Errorf("%s would be taken", reserved)
		}
		if _, err := Manifest(Config{}, "x", "", []Slash{{Name: strings.TrimPrefix(reserved, "/"), Description: "x"}}, nil); err == nil {
			t.Errorf("a manifest with %s was written", reserved)
		}
	}
	for _, bad := range []string{"", "Request", "re quest", "запрос", strings.Repeat("x", 32), "a/b", "a.b"} {
		if CheckCommand("", bad) == nil {
			t.Errorf("%q is no name", bad)
		}
	}
	if CheckCommand("acme-", "status") != nil || CheckCommand("", "statuses") != nil {
		t.Error("a name that only looks like one of Slack's is refused")
	}
}

func TestEveryEventAndMethodHasItsScope(t *testing.T) {
	granted := []string{}
	for _, s := range Scopes(false) {
		granted = append(granted, s[0])
	}
	if missing := Missing(strings.Join(granted, ","), false); len(missing) > 0 {
		t.Errorf("missing %v", missing)
	}
	if missing := Missing(strings.Join(granted[1:], ","), true); !slices.Equal(missing, []string{granted[0], "usergroups:read"}) {
		t.Errorf("missing %v", missing)
	}
}

func TestTheTokensAreAskedForWhatTheyMay(t *testing.T) {
	all := []string{}
	for _, s := range Scopes(false) {
		all = append(all, s[0])
	}
	for what, c := range map[string]struct {
		config Config
		scopes []string
		kill   string
		want   string
	}{
		"all is well":          {Config{AppToken: appToken}, all, "", ""},
		"a scope is missing":   {Config{AppToken: appToken}, all[:len(all)-1], "", "slack.bot_token: the app may not do everything it needs; add the scopes users:read"},
		"two are missing":      {Config{SigningSecret: signing}, all[2:], "", "add the scopes app_mentions:read, channels:history and"},
		"the token is dead":    {Config{SigningSecret: signing}, all, "account_inactive", "slack.bot_token: slack auth.test: account_inactive"},
		"the other one is bad": {Config{AppToken: "xapp-other"}, all, "", "slack.app_token: slack apps.connections.open: invalid_auth"},
		"a group and no scope": {Config{AppToken: appToken, Groups: []string{"S0DESK"}}, all, "", "usergroups:read"},
	} {
		t.Run(what, func(t *testing.T) {
			server := slacktest.New(t, workspace(slacktest.Options{Scopes: c.scopes}))
			server.Kill(c.kill)
			err := Ask(t.Context(), config(c.config), Options{Transport: server.Transport()})
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("%v, want %q", err, c.want)
			}
		})
	}
}

func TestAWrongSectionIsNamedByItsKey(t *testing.T) {
	good := Config{BotToken: "xoxb-1", AppToken: "xapp-1"}
	for want, change := range map[string]func(*Config){
		"slack.bot_token: is missing":              func(c *Config) { c.BotToken = "" },
		"slack.bot_token: is another kind":         func(c *Config) { c.BotToken = "xapp-1" },
		"slack.app_token: is another kind":         func(c *Config) { c.AppToken = "xoxb-1" },
		"slack.app_token: is missing, and so is":   func(c *Config) { c.AppToken = "" },
		"slack.prefix: must be of a-z":             func(c *Config) { c.Prefix = "Acme " },
		"slack.api_url: is not an address such as": func(c *Config) { c.APIURL = "slack.com" },
	} {
		c := good
		change(&c)
		if _, err := New(c, newDesk(), Options{}); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
	if _, err := New(good, newDesk(), Options{}); err != nil {
		t.Error(err)
	}
}

func TestWhatIsToBeTypedHasThePrefixToo(t *testing.T) {
	for in, want := range map[string]string{
		"/request WORDS": "/acme-request WORDS", "/desk help": "/acme-desk help", "/invite @desk": "/invite @desk", "take R-1": "take R-1", "http.public_url": "http.public_url",
	} {
		if got := (painter{own: "acme-"}).usage(in); got != want {
			t.Errorf("%q is shown as %q", in, got)
		}
		if got := (painter{}).usage(in); got != in {
			t.Errorf("without a prefix %q is shown as %q", in, got)
		}
	}
}
