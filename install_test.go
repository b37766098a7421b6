package main

import (
	"errors"
	"html"
	"io/fs"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"meridian/adapters/slack/slacktest"
	"meridian/bot"
	"meridian/cli"
)

// The tokens of the app in the workspace that stands in for Slack.
const (
	goodBot = "xoxb-1-c4n4ryB0t"
	goodApp = "xapp-1-c4n4ry4pp"
)

// slackFor is a workspace that programs reach over the network.
func slackFor(t *testing.T, o slacktest.Options) *slacktest.Server {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	o.BotToken, o.AppToken, o.Base = goodBot, goodApp, "http://"+l.Addr().String()
	s := slacktest.New(t, o)
	s.Cast()
	server := httptest.NewUnstartedServer(s)
	_ = server.Listener.Close()
	server.Listener = l
	server.Start()
	t.Cleanup(func() { server.CloseClientConnections(); server.Close() })
	t.Setenv(slackAPIURL, o.Base+"/api/")
	return s
}

// startDefault runs the program without a configuration file, in a folder of its
// own and on free ports.
func startDefault(t *testing.T) *desk {
	t.Helper()
	t.Chdir(t.TempDir())
	return startFrom(t, func(string, bool) (cli.Config, error) {
		c, err := load("", true)
		if err == nil {
			c.Listen, c.Adapters.Email.Listen = "127.0.0.1:0", "127.0.0.1:0"
		}
		return c, err
	})
}

func startFrom(t *testing.T, load cli.Loader) *desk {
	t.Helper()
	d := &desk{ended: make(chan error, 1), log: &lockedBuffer{}, load: load}
	d.begin(t)
	t.Cleanup(func() { d.end(t) })
	return d
}

// post sends a form as Vera's browser does.
func (d *desk) post(t *testing.T, path string, fields ...string) (int, string) {
	t.Helper()
	form := url.Values{}
	for pair := range slices.Chunk(fields, 2) {
		form.Set(pair[0], pair[1])
	}
	return d.do(t, http.MethodPost, path, http.Header{
		"Content-Type": {"application/x-www-form-urlencoded"}, "Accept": {"text/html"}, "Cookie": {"meridian_as=web:vera"}}, form.Encode())
}

// lamps are the states of the lamps, such as "on on wait".
func (d *desk) lamps(t *testing.T) (states, page string) {
	t.Helper()
	_, page = d.get(t, "/part/lamps", http.Header{"Cookie": {"meridian_as=web:vera"}})
	var all []string
	for _, m := range regexp.MustCompile(`data-state="(\w+)"`).FindAllStringSubmatch(page, -1) {
		all = append(all, m[1])
	}
	return strings.Join(all, " "), page
}

func (d *desk) untilLamps(t *testing.T, want string) (page string) {
	t.Helper()
	states := ""
	d.until(t, "lamps "+want, func() bool { states, page = d.lamps(t); return states == want })
	return page
}

// posted reports whether the app has posted something like this in a channel.
func posted(s *slacktest.Server, channel, like string) bool {
	return slices.ContainsFunc(s.Log(), func(e slacktest.Entry) bool {
		return e.Kind == "post" && e.Channel == channel && strings.Contains(e.Text, like)
	})
}

// restart stops the program and starts it again.
func (d *desk) restart(t *testing.T) {
	t.Helper()
	d.end(t)
	d.begin(t)
}

func TestTokensTypedOnThePagePutTheDeskIntoSlackAndItStaysThere(t *testing.T) {
	slack := slackFor(t, slacktest.Options{})
	d := startDefault(t)
	// What is switched on the web desk is not switched in Slack, whatever the
	// channels are called.
	if status, page := d.post(t, "/does", "place", "web:@vera", "nonce", "n1", "what", "intake", "channel", "support", "value", "auto"); status != http.StatusSeeOther {
		t.Fatalf("it was not switched: %d, %s", status, page)
	}
	if status, page := d.post(t, "/install", "bot_token", "xoxb-other", "app_token", goodApp); status != http.StatusUnprocessableEntity || !strings.Contains(page, "refuses the bot token: invalid_auth") {
		t.Fatalf("a wrong token: %d, %s", status, page)
	}
	if text, err := os.ReadFile(secretsFile); err != nil || strings.Contains(string(text), "xoxb") {
		t.Fatalf("a wrong token is kept: %s, %v", text, err)
	}
	if status, page := d.post(t, "/install", "bot_token", " \n'"+goodBot+"' ", "app_token", goodApp+"\r\n"); status != http.StatusSeeOther {
		t.Fatalf("good tokens: %d, %s", status, page)
	}
	info, err := os.Stat(secretsFile)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("they are kept in %v, %v", info, err)
	}
	d.untilLamps(t, "on on wait")

	// What is in the histories is not heard, and a start in between loses nothing.
	d.restart(t)
	d.untilLamps(t, "on on wait")
	slack.Say("U0INGA", "C0DESK", "", "hello")
	page := d.untilLamps(t, "on on on")
	for _, want := range []string{"Inga leads the desk in Slack", "#desk", "#support", "#alerts"} {
		if !strings.Contains(page, want) {
			t.Errorf("the green lamps do not say %q: %s", want, page)
		}
	}
	if status, page := d.post(t, "/install/begin", "lead", "slack:U0INGA"); status != http.StatusSeeOther {
		t.Fatalf("it did not begin: %d, %s", status, page)
	}
	d.until(t, "it is in Slack", func() bool {
		_, page := d.get(t, "/install", nil)
		return strings.Contains(page, `data-testid="install-done"`)
	})
	d.untilLamps(t, "on on")
	slack.Say("U0OWEN", "C0SUPPORT", "", "<@"+slacktest.BotUser+"> checkout is broken")
	d.until(t, "a card", func() bool { return posted(slack, "C0DESK", "R-1 · checkout is broken") })
	slack.Say("U0INGA", "C0INSIDE", "", "<@"+slacktest.BotUser+"> the lamp is out")
	d.until(t, "a card from who leads", func() bool { return posted(slack, "C0DESK", "from Inga") })

	d.restart(t)
	slack.Say("U0OWEN", "C0SUPPORT", "", "the invoice is empty") // in shadow: it only listens
	d.untilLamps(t, "on on")
	slack.Say("U0GRACE", "C0SUPPORT", "", "<@"+slacktest.BotUser+"> the logo is missing")
	d.until(t, "another card", func() bool { return posted(slack, "C0DESK", "R-3 · the logo is missing") })
	if posted(slack, "C0DESK", "invoice") || posted(slack, "C0SUPPORT", "invoice") {
		t.Error("what nobody asked for was filed")
	}
	slack.Wait()
	nowhereElse(t, d)
	if out, err := meridian(t, "check", "--offline"); err != nil || !strings.Contains(out, "Slack's tokens are in meridian.secrets, which only its owner can read") {
		t.Errorf("check says %q, %v", out, err)
	}
}

// nowhereElse fails the test if a token stands anywhere but in the file that
// keeps it: in the store, an export, a copy, a page or the log.
func nowhereElse(t *testing.T, d *desk) {
	t.Helper()
	for _, path := range []string{"/install", "/part/lamps"} {
		if _, page := d.get(t, path, nil); strings.Contains(page, "c4n4ry") {
			t.Errorf("%s shows a token", path)
		}
	}
	if strings.Contains(d.log.String(), "c4n4ry") {
		t.Error("the log shows a token")
	}
	if _, err := meridian(t, "backup", "copy.db"); err != nil {
		t.Error(err)
	}
	if _, err := meridian(t, "export", "--out", "all.jsonl"); err != nil {
		t.Error(err)
	}
	err := filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || entry.Name() == secretsFile {
			return err
		}
		text, err := os.ReadFile(path)
		if strings.Contains(string(text), "c4n4ry") {
			t.Errorf("a token stands in %s", path)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func TestTheChannelsOfSomebodysOwnFileAreTheFiles(t *testing.T) {
	slack := slackFor(t, slacktest.Options{})
	d := start(t, running(t, ""))
	if status, page := d.post(t, "/install", "bot_token", goodApp, "app_token", goodBot); status != http.StatusSeeOther {
		t.Fatalf("tokens in each other's fields: %d, %s", status, page)
	}
	d.untilLamps(t, "on on wait")
	slack.Say("U0INGA", "C0DESK", "", "hello")
	page := d.untilLamps(t, "on on on")
	if !strings.Contains(page, d.file) || strings.Contains(page, `data-testid="begin"`) {
		t.Errorf("the page does not say where the channels belong: %s", page)
	}
	if status, _ := d.post(t, "/install/begin"); status != http.StatusNotFound {
		t.Errorf("the channels of a file were changed elsewhere: %d", status)
	}

	// The lines that the page writes are a configuration.
	_, lines, _ := strings.Cut(page, `data-testid="config">`)
	lines, _, _ = strings.Cut(lines, "</pre>")
	store, err := os.ReadFile(d.file)
	must(t, err)
	first, _, _ := strings.Cut(string(store), "\n")
	c, err := load(write(t, "config.yaml", first+"\n"+html.UnescapeString(lines)), false)
	if err != nil {
		t.Fatalf("%v in\n%s", err, lines)
	}
	if c.Settings.TeamCards.String() != "slack:C0DESK" || c.Settings.Person(bot.Actor{ID: "slack:U0INGA"}).Role != bot.Lead || c.Adapters.Slack.BotToken.Reveal() != goodBot {
		t.Errorf("it becomes %+v", c.Settings)
	}
	if one, _ := c.Settings.ChannelNamed("помощь"); one.Intake != bot.IntakeShadow || one.Desk != c.Settings.TeamCards {
		t.Errorf("another channel is %+v", one)
	}
	must(t, os.Remove(c.Kept.File))
	if _, err := load(d.file, false); err != nil { // it says nothing of Slack
		t.Error(err)
	}
}

func TestSecretsThatCannotBeTrustedStopTheStart(t *testing.T) {
	for name, test := range map[string]struct {
		make func(t *testing.T)
		want string
	}{
		"others can read it": {func(t *testing.T) { keep(t, "slack: {bot_token: xoxb-1, app_token: xapp-1}\n", 0o640) }, "meridian.secrets can be read by others; chmod 600 it"},
		"a folder":           {func(t *testing.T) { must(t, os.Mkdir(secretsFile, 0o700)) }, "meridian.secrets is not a file; move it away"},
		"half a file":        {func(t *testing.T) { keep(t, "slack:\n  bot_token: 'xoxb-c4n4ry\n", 0o600) }, "meridian.secrets:"},
		"a key too many":     {func(t *testing.T) { keep(t, "slack: {bot_token: xoxb-c4n4ry, app_token: xapp-1, more: 1}\n", 0o600) }, "meridian.secrets:1: slack.more is not a key I know"},
		"one token":          {func(t *testing.T) { keep(t, "slack: {bot_token: xoxb-c4n4ry}\n", 0o600) }, "meridian.secrets: slack.app_token is missing"},
		"tokens in each other's place": {func(t *testing.T) { keep(t, "slack: {bot_token: xapp-c4n4ry, app_token: xoxb-1}\n", 0o600) },
			"meridian.secrets: slack.bot_token is another kind of token"},
		"a channel elsewhere": {func(t *testing.T) {
			keep(t, "slack: {bot_token: xoxb-c4n4ry, app_token: xapp-1, channels: [{name: desk, place: irc:x}]}\n", 0o600)
		}, "meridian.secrets: slack.channels[0].place must be slack:CHANNEL"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			test.make(t)
			own := write(t, "config.yaml", "storage: {url: sqlite:meridian.db}\n"+good)
			for _, args := range [][]string{{"check", "--offline"}, {"check", "--offline", "--config", own}} {
				_, err := meridian(t, args...)
				if err == nil || !strings.HasPrefix(err.Error(), test.want) || strings.Contains(err.Error(), "c4n4ry") {
					t.Errorf("%q says %v", args, err)
				}
			}
		})
	}
}

func keep(t *testing.T, text string, mode fs.FileMode) {
	t.Helper()
	must(t, os.WriteFile(secretsFile, []byte(text), mode))
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestASectionInTheFileRulesOverKeptTokens(t *testing.T) {
	t.Chdir(t.TempDir())
	keep(t, "slack: {bot_token: xoxb-kept, app_token: xapp-kept}\n", 0o600)
	own := write(t, "config.yaml", "storage: {url: sqlite:meridian.db}\nslack: {bot_token: xoxb-file, app_token: xapp-file}\n"+good)
	c, err := load(own, false)
	if err != nil || c.Adapters.Slack.BotToken.Reveal() != "xoxb-file" || c.Kept.App != nil {
		t.Errorf("%+v, %v", c.Adapters.Slack, err)
	}
	if out, err := meridian(t, "check", "--offline", "--config", own); err != nil || !strings.Contains(out, "are not used, since the configuration has a section slack") {
		t.Errorf("check says %q, %v", out, err)
	}
	must(t, os.Chmod(secretsFile, 0o644)) // what is not used need not be in order
	if _, err := load(own, false); err != nil {
		t.Error(err)
	}
}

func TestKeptChannelsStandBesideThoseOfTheWebDesk(t *testing.T) {
	t.Chdir(t.TempDir())
	keep(t, `alertmanager_secret: 'it''s $${kept}'
slack:
  bot_token: xoxb-1
  app_token: xapp-1
  lead: slack:U0VERA
  channels:
    - {name: alerts, place: slack:C0ALERTS}
    - {name: desk, place: slack:C0DESK}
    - {name: desk, place: slack:C0OLD}
    - {name: 'два слова', place: slack:C0ODD}
`, 0o600)
	c, err := load("", true)
	must(t, err)
	var got []string
	for _, ch := range c.Settings.Channels {
		desk := ""
		if ch.Desk.Channel != "" {
			desk = " > " + ch.Desk.String()
		}
		got = append(got, ch.Name+" "+ch.Place.String()+" "+string(ch.Intake)+desk)
	}
	want := []string{"support web:support manual > web:desk", "web-desk web:desk manual", "web-alerts web:alerts manual", "team web:team manual",
		"alerts slack:C0ALERTS shadow > slack:C0DESK", "desk slack:C0DESK manual", "c0old slack:C0OLD shadow > slack:C0DESK", "c0odd slack:C0ODD shadow > slack:C0DESK"}
	if !slices.Equal(got, want) {
		t.Errorf("the channels are\n%s", strings.Join(got, "\n"))
	}
	s := c.Settings
	if s.TeamCards.String() != "slack:C0DESK" || s.MailCards != s.TeamCards || s.Hooks[0].Channel.String() != "web:alerts" {
		t.Errorf("cards go to %s, of mails to %s, alerts to %s", s.TeamCards, s.MailCards, s.Hooks[0].Channel)
	}
	// What is kept comes back as it was, whatever is in it.
	before, err := readSecrets(secretsFile)
	must(t, err)
	must(t, c.Kept.Save(*before.Slack))
	after, err := readSecrets(secretsFile)
	must(t, err)
	if after.Alertmanager.Reveal() != "it's ${kept}" || after.Slack.Channels[3] != before.Slack.Channels[3] || after.Slack.Lead != "slack:U0VERA" {
		t.Errorf("it came back as %+v", after.Slack)
	}
}

func TestTokensThatCannotBeWrittenAreRefusedWithASentence(t *testing.T) {
	slackFor(t, slacktest.Options{})
	d := startDefault(t)
	must(t, os.Chmod(".", 0o777))
	status, page := d.post(t, "/install", "bot_token", goodBot, "app_token", goodApp)
	if status != http.StatusUnprocessableEntity || !strings.Contains(page, "everybody can change its folder") {
		t.Errorf("%d, %s", status, page)
	}
	must(t, os.Chmod(".", 0o700))
	must(t, os.MkdirAll(secretsFile+".new/x", 0o700)) // where the new file is written
	if status, page = d.post(t, "/install", "bot_token", goodBot, "app_token", goodApp); status != http.StatusUnprocessableEntity || !strings.Contains(page, "meridian.secrets cannot be written: directory not empty") {
		t.Errorf("%d, %s", status, page)
	}
	if s, err := readSecrets(secretsFile); err != nil || s.Alertmanager == "" || s.Slack != nil {
		t.Errorf("what was there is not as it was: %+v, %v", s, err)
	}
	must(t, os.RemoveAll(secretsFile+".new"))
	must(t, os.Remove(secretsFile))
	must(t, os.Mkdir(secretsFile, 0o700))
	if status, page = d.post(t, "/install", "bot_token", goodBot, "app_token", goodApp); status != http.StatusUnprocessableEntity || !strings.Contains(page, "is not a file; move it away") {
		t.Errorf("%d, %s", status, page)
	}
	if status, _ := d.get(t, "/readyz", nil); status != http.StatusOK {
		t.Error("the desk stopped")
	}
	if _, err := os.Stat(filepath.Join(secretsFile, "x")); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	left, err := filepath.Glob(secretsFile + ".*")
	if err != nil || len(left) > 0 {
		t.Errorf("%q is left, %v", left, err)
	}
}

func TestNobodyFromElsewhereTypesTokens(t *testing.T) {
	slackFor(t, slacktest.Options{})
	d := startDefault(t)
	before, err := os.ReadFile(secretsFile)
	must(t, err)
	form := url.Values{"bot_token": {goodBot}, "app_token": {goodApp}}.Encode()
	for name, header := range map[string]http.Header{
		"another site's page": {"Origin": {"https://evil.example"}, "Sec-Fetch-Site": {"cross-site"}},
		"through a proxy":     {"X-Forwarded-For": {"192.0.2.1"}},
		"under another name":  {"Host": {"desk.example"}},
		"as a client":         {"Cookie": {"meridian_as=web:owen"}},
	} {
		header.Set("Content-Type", "application/x-www-form-urlencoded")
		for _, path := range []string{"/install", "/install/begin"} {
			if status, _ := d.do(t, http.MethodPost, path, header, form); status != http.StatusForbidden && status != http.StatusNotFound {
				t.Errorf("%s: %s answers %d", name, path, status)
			}
		}
	}
	if now, err := os.ReadFile(secretsFile); err != nil || string(now) != string(before) {
		t.Errorf("something was kept: %v", err)
	}
}

func TestTokensTypedInSeveralPagesAtOnceAreKeptOnce(t *testing.T) {
	slackFor(t, slacktest.Options{})
	d := startDefault(t)
	answers := make(chan int)
	for range 5 {
		go func() {
			status, _ := d.post(t, "/install", "bot_token", goodBot, "app_token", goodApp)
			answers <- status
		}()
	}
	for range 5 {
		// Kept, sent on to the desk that begins anew, or cut off by it.
		if status := <-answers; status != http.StatusSeeOther && status != http.StatusTemporaryRedirect && status != 0 {
			t.Errorf("one is answered %d", status)
		}
	}
	d.untilLamps(t, "on on wait")
	s, err := readSecrets(secretsFile)
	if err != nil || s.Alertmanager == "" || s.Slack == nil || s.Slack.BotToken.Reveal() != goodBot {
		t.Errorf("what is kept is %+v, %v", s, err)
	}
	if strings.Contains(d.log.String(), "level=ERROR") {
		t.Errorf("the desk logged %s", d.log)
	}
}
