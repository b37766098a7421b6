package main

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"meridian/bot"
	"meridian/cli"
	"meridian/cli/yamlfile"
	"meridian/commands"
)

// good is a small configuration that tests break in one place each.
const good = `
channels:
  - {name: support, place: web:support, desk: desk}
  - {name: desk, place: web:desk, audience: inside}
people:
  - {name: Vera, ids: [web:vera], timezone: Europe/Minsk}
  - {name: Grace, ids: [web:grace], email: grace@harbor.example, client: Harbor}
clients:
  - {name: Harbor, timezone: America/New_York, domains: [harbor.example]}
roles:
  leads: [web:vera]
email: {address: support@desk.example}
webhooks:
  - {name: prom, kind: alertmanager, secret: s3cret-canary, channel: desk}
`

func testEnv(name string) (string, bool) { return "from-" + name, name != "ABSENT" }

func loadText(text string) (cli.Config, error) {
	c := defaults()
	f, err := yamlfile.Decode("config.yaml", []byte(text), testEnv, &c)
	return finish(f, c, true, err)
}

func TestASmallConfigurationBecomesSettings(t *testing.T) {
	c, err := loadText(good)
	if err != nil {
		t.Fatal(err)
	}
	s := c.Settings
	desk := bot.Place{Adapter: "web", Channel: "desk"}
	if s.TeamCards != desk || s.MailCards != desk || s.Channels[0].Desk != desk || s.Hooks[0].Channel != desk {
		t.Errorf("cards go to %v, %v, %v, alerts to %v", s.TeamCards, s.MailCards, s.Channels[0].Desk, s.Hooks[0].Channel)
	}
	if s.Channels[0].Audience != bot.ForClients || s.Channels[0].Intake != bot.IntakeManual {
		t.Errorf("a channel without audience and intake is %v and %v", s.Channels[0].Audience, s.Channels[0].Intake)
	}
	vera, grace := s.Person(bot.Actor{ID: "web:vera"}), s.Person(bot.Actor{ID: "email:grace@harbor.example"})
	if vera.Role != bot.Lead || vera.Zone.String() != "Europe/Minsk" {
		t.Errorf("Vera is a %v in %v", vera.Role, vera.Zone)
	}
	if grace.ID != "web:grace" || grace.Role != bot.Requester || grace.Client != "Harbor" || grace.Zone.String() != "America/New_York" {
		t.Errorf("Grace is %+v", grace)
	}
	if s.Person(bot.Actor{ID: "email:x@eu.harbor.example"}).Client != "Harbor" {
		t.Error("a domain does not name its client")
	}
}

func TestCannedAnswersBecomeSettings(t *testing.T) {
	c, err := loadText(good + "answers:\n  - {name: password, text: {en: 'Hello {name}', ru: 'Здравствуйте, {name}'}}\n  - {name: code, text: {en: 'Use {a-b} and {}'}}\n")
	if err != nil {
		t.Fatal(err)
	}
	want := []bot.Answer{
		{Name: "password", Text: map[bot.Language]string{"en": "Hello {name}", "ru": "Здравствуйте, {name}"}},
		{Name: "code", Text: map[bot.Language]string{"en": "Use {a-b} and {}"}},
	}
	if !reflect.DeepEqual(c.Settings.Answers, want) {
		t.Errorf("got %+v", c.Settings.Answers)
	}
}

func TestAClientSaysWhomItsForwardsAreAnsweredTo(t *testing.T) {
	for value, want := range map[string]bot.Whom{"forwarder": bot.ToForwarder, "original": bot.ToOriginal, "both": bot.ToBoth, "": ""} {
		text := good
		if value != "" {
			text = strings.Replace(good, "domains: [harbor.example]", "domains: [harbor.example], answer: "+value, 1)
		}
		c, err := loadText(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := c.Settings.Clients[0].Answer; got != want {
			t.Errorf("answer: %q becomes %q", value, got)
		}
	}
}

func TestMailCarriesNoRole(t *testing.T) {
	c, err := loadText(strings.Replace(good, "ids: [web:vera]", "ids: ['email:v@x.example', web:vera]", 1))
	if err != nil {
		t.Fatal(err)
	}
	here, byMail := c.Settings.Person(bot.Actor{ID: "web:vera"}), c.Settings.Person(bot.Actor{ID: "email:v@x.example"})
	if here.Role != bot.Lead || byMail.Role != bot.Requester || byMail.ID != "web:vera" {
		t.Errorf("Vera is a %s here and a %s by mail, under the name %s", here.Role, byMail.Role, byMail.ID)
	}
}

func TestTheTeamChannelIsGuessedOnlyFromInsideChannels(t *testing.T) {
	tests := map[string]struct{ channels, want string }{
		"the one named desk":        {"[{name: a, place: web:a, audience: inside}, {name: desk, place: web:d, audience: inside, intake: auto}]", "web:d"},
		"else the first inside one": {"[{name: desk, place: web:d}, {name: b, place: web:b, audience: inside, intake: auto}, {name: a, place: web:a, audience: inside}]", "web:a"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			c, err := loadText("channels: " + test.channels)
			if err != nil {
				t.Fatal(err)
			}
			if got := c.Settings.TeamCards.String(); got != test.want {
				t.Errorf("cards go to %s, want %s", got, test.want)
			}
		})
	}
}

// Each test breaks the good configuration at one place.
func TestABrokenConfigurationIsRefusedWithLineAndKey(t *testing.T) {
	tests := map[string]struct{ old, new, want string }{
		"unknown key":                    {"audience: inside", "audeince: inside", "config.yaml:4: channels[1].audeince is not a key I know; did you mean audience?"},
		"key of a later part":            {"roles:", "discord: {token: x}\nroles:", "config.yaml:10: discord is not a key I know"},
		"duplicate key":                  {"roles:", "clients: []\nroles:", "config.yaml:10: clients stands twice; the first is on line 8"},
		"wrong type":                     {"leads: [web:vera]", "leads: web:vera", "config.yaml:11: roles.leads must be a list"},
		"tab":                            {"  leads", "\tleads", "config.yaml:11: a tab stands in the indentation"},
		"variable missing":               {"s3cret-canary", "'${ABSENT}'", "config.yaml:14: webhooks[0].secret needs the environment variable ABSENT, which is not set"},
		"alias":                          {"ids: [web:vera]", "ids: &a [*a]", "config.yaml:6: people[0].ids uses an anchor or alias"},
		"channel without name":           {"name: support, ", "", "config.yaml:3: channels[0].name is missing"},
		"channel with #":                 {"name: support", "name: '#support'", "config.yaml:3: channels[0].name must be written without #"},
		"channel named twice":            {"name: support", "name: Desk", "config.yaml:4: channels[1].name desk is taken by another one above"},
		"two channels at one place":      {"place: web:support", "place: web:desk", "config.yaml:4: channels[1].place is the place of another channel already"},
		"channel without place":          {"place: web:support, ", "", "config.yaml:3: channels[0].place is missing"},
		"place without adapter":          {"place: web:support", "place: support", "config.yaml:3: channels[0].place must be ADAPTER:CHANNEL"},
		"place at an unknown messenger":  {"place: web:support", "place: irc:support", "config.yaml:3: channels[0].place names irc, which is no messenger I know"},
		"place that is a thread":         {"place: web:support", "place: web:support/1", "config.yaml:3: channels[0].place must be ADAPTER:CHANNEL"},
		"audience misspelt":              {"audience: inside", "audience: team", "config.yaml:4: channels[1].audience must be inside or clients"},
		"intake misspelt":                {"desk: desk}", "desk: desk, intake: shade}", "config.yaml:3: channels[0].intake must be manual, auto, suggest or shadow"},
		"rule without words":             {"roles:", "rules: [{kind: bug}]\nroles:", "config.yaml:10: rules[0].words is missing"},
		"rule of signs alone":            {"roles:", "rules: [{words: ['***'], kind: bug}]\nroles:", "config.yaml:10: rules[0].words must be 1 to 50 words"},
		"rule that does nothing":         {"roles:", "rules: [{words: [refund]}]\nroles:", "config.yaml:10: rules[0] changes nothing; set kind, class, level, client or tags"},
		"rule of an unknown kind":        {"roles:", "rules: [{words: [refund], kind: complaint}]\nroles:", "config.yaml:10: rules[0].kind must be one of question, bug"},
		"rule of an unknown class":       {"roles:", "rules: [{words: [refund], class: soon}]\nroles:", "config.yaml:10: rules[0].class must be one of expedite"},
		"rule of level 0":                {"roles:", "rules: [{words: [refund], level: 0}]\nroles:", "config.yaml:10: rules[0].level must be between 1 and 3"},
		"rule of an unknown client":      {"roles:", "rules: [{words: [refund], client: Harbr}]\nroles:", `config.yaml:10: rules[0].client names "Harbr", which is not a client of this file; did you mean Harbor?`},
		"answers to a stranger":          {"domains: [harbor.example]}", "domains: [harbor.example], answer: sender}", "config.yaml:9: clients[0].answer must be forwarder, original or both"},
		"rule with a bad tag":            {"roles:", "rules: [{words: [refund], tags: [Money]}]\nroles:", "config.yaml:10: rules[0].tags must be words of letters"},
		"partner by mail address":        {"name: Harbor,", "name: Harbor, partners: ['email:a@b.example'],", "config.yaml:9: clients[0].partners[0] is a mail address, which proves nothing"},
		"partner named twice":            {"name: Harbor,", "name: Harbor, partners: [web:grace, web:grace],", "config.yaml:9: clients[0].partners[1] names Grace twice"},
		"desk that clients read":         {"desk: desk}", "desk: support}", "config.yaml:3: channels[0].desk names support, which clients can read; name a channel with audience: inside"},
		"desk that is not there":         {"desk: desk}", "desk: dsek}", `config.yaml:3: channels[0].desk names "dsek", which is not a channel of this file; did you mean desk?`},
		"desk that is the channel":       {"audience: inside", "audience: inside, desk: desk", "config.yaml:4: channels[1].desk names the channel itself"},
		"no inside channel":              {"audience: inside", "audience: clients", "config.yaml:1: team.channel is missing, and there is no channel to take for it: add one under channels with audience: inside"},
		"team.channel that clients read": {"channels:", "team: {channel: support}\nchannels:", "config.yaml:2: team.channel names support, which clients can read"},
		"team.channel that is missing":   {"channels:", "team: {channel: deks}\nchannels:", `config.yaml:2: team.channel names "deks", which is not a channel of this file; did you mean desk?`},
		"zone misspelt":                  {"Europe/Minsk", "Europe/Mins", `config.yaml:6: people[0].timezone is wrong: "Europe/Mins" is not a time zone of the IANA database: did you mean Europe/Minsk?`},
		"zone that is an abbreviation":   {"America/New_York", "EST", `config.yaml:9: clients[0].timezone is wrong: "EST" does not say where`},
		"language unknown":               {"channels:", "team: {language: de}\nchannels:", "config.yaml:2: team.language must be en or ru"},
		"person named twice":             {"name: Grace", "name: vera", "config.yaml:7: people[1].name vera is taken by another one above"},
		"id of two people":               {"web:grace", "web:vera", "config.yaml:7: people[1].ids[0] web:vera is an id of Vera already"},
		"id without adapter":             {"ids: [web:vera]", "ids: [vera]", "config.yaml:6: people[0].ids[0] must be ADAPTER:NAME"},
		"id of an unknown adapter":       {"leads: [web:vera]", "leads: [discord:1]", "config.yaml:11: roles.leads[0] names discord, which is no adapter I know"},
		"person without id":              {"ids: [web:vera], ", "", "config.yaml:6: people[0].ids is missing"},
		"address that is none":           {"email: grace@harbor.example", "email: Grace <grace>", "config.yaml:7: people[1].email must be a plain address"},
		"client that is missing":         {"client: Harbor}", "client: Harbour}", `config.yaml:7: people[1].client names "Harbour", which is not a client of this file; did you mean Harbor?`},
		"role by mail address":           {"leads: [web:vera]", "leads: ['email:grace@harbor.example']", "config.yaml:11: roles.leads[0] is a mail address, which proves nothing"},
		"partner of no client":           {"leads: [web:vera]", "partners: [web:vera]", "config.yaml:11: roles.partners[0] has no client"},
		"domain that is an address":      {"[harbor.example]", "[a@harbor.example]", "config.yaml:9: clients[0].domains[0] must be a domain of mail addresses"},
		"emoji for nothing":              {"roles:", "reactions: {eyes: tkae}\nroles:", `config.yaml:10: reactions.eyes names "tkae", which is nothing the desk does; did you mean take?`},
		"emoji with colons":              {"roles:", "reactions: {':eyes:': take}\nroles:", "config.yaml:10: reactions.:eyes: must be the emoji's short name, without colons"},
		"undo that is too long":          {"roles:", "undo: {state: 48h}\nroles:", "config.yaml:10: undo.state must be between 0s and 24h0m0s"},
		"undo without a unit":            {"roles:", "undo: {reply: 30}\nroles:", "config.yaml:10: undo.reply must be a duration such as 30s or 10m"},
		"store of another kind":          {"roles:", "storage: {url: 'mysql://a:pw-canary@b'}\nroles:", "config.yaml:10: storage.url must be sqlite:PATH or postgres://"},
		"port that does not exist":       {"roles:", "http: {listen: '127.0.0.1:99999'}\nroles:", "config.yaml:10: http.listen names port 99999, which does not exist"},
		"listener without port":          {"roles:", "http: {listen: localhost}\nroles:", "config.yaml:10: http.listen must be HOST:PORT"},
		"public address without scheme":  {"roles:", "http: {public_url: desk.example}\nroles:", "config.yaml:10: http.public_url is not an address such as https://desk.example"},
		"mailbox without address":        {"address: support@desk.example", "listen: '127.0.0.1:2525'", "config.yaml:12: email.address is missing"},
		"mail cards before clients":      {"address: support@desk.example", "address: support@desk.example, channel: support", "config.yaml:12: email.channel names support, which clients can read"},
		"mailbox of no address":          {"address: support@desk.example", "address: support", "config.yaml:12: email.address must be an address"},
		"smarthost of no kind":           {"address: support@desk.example", "address: support@desk.example, smarthost: 'imap://u:pw-canary@h'", "config.yaml:12: email.smarthost must be host:port"},
		"hook without secret":            {"secret: s3cret-canary, ", "", "config.yaml:14: webhooks[0].secret is missing or empty; set it, or secret_file"},
		"hook with an empty secret":      {"secret: s3cret-canary", "secret: [a, '']", "config.yaml:14: webhooks[0].secret is missing or empty"},
		"hook of an unknown kind":        {"kind: alertmanager", "kind: nagios", "config.yaml:14: webhooks[0].kind must be one of alertmanager"},
		"hook before clients":            {"secret: s3cret-canary, channel: desk", "secret: s3cret-canary, channel: support", "config.yaml:14: webhooks[0].channel names support, which clients can read"},
		"answer without name":            {"roles:", "answers: [{text: {en: Hello}}]\nroles:", "config.yaml:10: answers[0].name is missing"},
		"answer of several words":        {"roles:", "answers: [{name: new password, text: {en: Hello}}]\nroles:", "config.yaml:10: answers[0].name must be one word"},
		"answer named twice":             {"roles:", "answers: [{name: a, text: {en: Hello}}, {name: A, text: {en: Hi}}]\nroles:", "config.yaml:10: answers[1].name A is taken by another one above"},
		"answer without text":            {"roles:", "answers: [{name: a}]\nroles:", "config.yaml:10: answers[0].text is missing; write it as {en: ..., ru: ...}"},
		"answer that is empty":           {"roles:", "answers: [{name: a, text: {en: ' '}}]\nroles:", "config.yaml:10: answers[0].text.en is empty"},
		"answer in another language":     {"roles:", "answers: [{name: a, text: {de: Hallo}}]\nroles:", "config.yaml:10: answers[0].text.de is not a key I know"},
		"answer with a wrong name in it": {"roles:", "answers: [{name: a, text: {en: 'Hello {nmae}'}}]\nroles:", "config.yaml:10: answers[0].text.en has {nmae}, which stands for nothing; did you mean {name}?"},
		"answer that is too long":        {"roles:", "answers: [{name: a, text: {en: " + strings.Repeat("x", 10_001) + "}}]\nroles:", "config.yaml:10: answers[0].text.en is longer than 10000 bytes"},
		"hook with two ways to a secret": {"secret: s3cret-canary", "secret: s3cret-canary, secret_file: x", "config.yaml:14: webhooks[0].secret_file and secret are both set; keep one"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			text := strings.Replace(good, test.old, test.new, 1)
			if text == good {
				t.Fatalf("%q does not stand in the good configuration", test.old)
			}
			c, err := loadText(text)
			if err == nil {
				t.Fatal("it was read")
			}
			if !strings.Contains(err.Error(), test.want) {
				t.Errorf("says\n%v\nwant\n%s", err, test.want)
			}
			if strings.Contains(err.Error(), "canary") {
				t.Errorf("tells a secret: %v", err)
			}
			if !reflect.ValueOf(c).IsZero() {
				t.Errorf("something of it counts: %+v", c)
			}
		})
	}
}

// example gives the example as it is, or with the keys that it shows in
// comments taken in, but for the twins of secrets, which exclude each other.
func example(t *testing.T, whole bool) string {
	t.Helper()
	data, err := os.ReadFile("config.example.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if !whole {
		return string(data)
	}
	return regexp.MustCompile(`(?m)^( *)# ([a-z_]+: \S+)$`).ReplaceAllStringFunc(string(data), func(line string) string {
		if strings.Contains(line, "_file: ") {
			return line
		}
		return strings.Replace(line, "# ", "", 1)
	})
}

func TestTheExampleIsAValidConfiguration(t *testing.T) {
	for _, whole := range []bool{false, true} {
		if _, err := loadText(example(t, whole)); err != nil {
			t.Errorf("with the keys in comments: %v: %v", whole, err)
		}
	}
}

func TestTheExampleShowsEveryKeyWithASentence(t *testing.T) {
	text := example(t, true)
	c := defaults()
	f, err := yamlfile.Decode("config.example.yaml", []byte(text), testEnv, &c)
	if err != nil {
		t.Fatal(err)
	}
	shown := map[string]int{}
	for _, p := range f.Paths() {
		key := regexp.MustCompile(`\[\d+\]`).ReplaceAllString(p, "[]")
		if _, ok := shown[key]; !ok || f.Line(p) < shown[key] {
			shown[key] = f.Line(p)
		}
	}
	lines := strings.Split(text, "\n")
	for _, key := range yamlfile.Schema(reflect.TypeFor[file]()) {
		if base, twin := strings.CutSuffix(key, "_file"); twin && shown[base] != 0 {
			if !strings.Contains(text, "# "+key[strings.LastIndexAny(key, ".]")+1:]+": ") {
				t.Errorf("%s is not shown", key)
			}
			continue
		}
		line, ok := shown[key]
		if !ok && strings.HasPrefix(key, "email.tls") && regexp.MustCompile(`# +`+strings.TrimPrefix(strings.TrimPrefix(key, "email."), "tls.")+":").MatchString(text) {
			continue // it names files that would have to be there
		}
		if !ok {
			t.Errorf("%s is not shown", key)
			continue
		}
		if section := !strings.Contains(key, ".") && !strings.HasSuffix(lines[line-1], "]"); section {
			continue
		}
		if before := strings.TrimSpace(lines[line-2]); !strings.HasPrefix(before, "# ") || !strings.HasSuffix(before, ".") {
			t.Errorf("no sentence stands above %s on line %d", key, line)
		}
	}
}

func TestTheExampleTellsTheDefaultsThatCount(t *testing.T) {
	told := map[string]string{}
	var comment string
	for line := range strings.SplitSeq(example(t, true), "\n") {
		line = strings.TrimSpace(line)
		if words, ok := strings.CutPrefix(line, "# "); ok {
			comment += words + " "
			continue
		}
		key, _, _ := strings.Cut(strings.TrimPrefix(line, "- "), ":")
		if _, value, ok := strings.Cut(comment, "Default: "); ok && told[strings.Trim(key, `"`)] == "" { // of several the first
			told[strings.Trim(key, `"`)] = strings.TrimSuffix(strings.TrimSpace(value), ".")
		}
		comment = ""
	}
	d := defaults()
	want := map[string]any{
		"timezone": nil, "listen": nil, "language": nil, // several keys have these names
		"url": d.Storage.URL.Reveal(), "enabled": d.Web.Enabled, "state": "10m", "reply": "30s",
	}
	for _, command := range commands.All() {
		for _, emoji := range command.Emoji {
			if before, ok := want[emoji]; ok {
				want[emoji] = fmt.Sprintf("%v|%s", before, command.Name)
			} else {
				want[emoji] = command.Name
			}
		}
	}
	for key, value := range want {
		if value != nil && told[key] != fmt.Sprint(value) {
			t.Errorf("the default of %s is told as %q, it is %v", key, told[key], value)
		}
	}
	if d.Undo.State.String() != "10m0s" || d.Undo.Reply.String() != "30s" {
		t.Errorf("the defaults of undo are %v", d.Undo)
	}
	c, err := loadText(example(t, false))
	if err != nil {
		t.Fatal(err)
	}
	if shown, made := slices.Sorted(maps.Keys(c.Settings.Emoji)), emojiOfCommands(); !slices.Equal(shown, made) {
		t.Errorf("the example shows the emoji %q, the commands have %q", shown, made)
	}
}

func emojiOfCommands() []string {
	all := map[string]bool{}
	for _, command := range commands.All() {
		for _, e := range command.Emoji {
			all[e] = true
		}
	}
	return slices.Sorted(maps.Keys(all))
}

func TestTheDefaultMakesItsSecretOnceAndForItsOwnerAlone(t *testing.T) {
	t.Chdir(t.TempDir())
	if _, err := load("", false); err != nil {
		t.Fatal(err)
	}
	if entries, err := os.ReadDir("."); err != nil || len(entries) != 0 {
		t.Fatalf("reading alone made %v, %v", entries, err)
	}
	first, err := load("", true)
	if err != nil {
		t.Fatal(err)
	}
	again, err := load("", true)
	if err != nil {
		t.Fatal(err)
	}
	if a, b := first.Adapters.Webhooks[0].Secret[0], again.Adapters.Webhooks[0].Secret[0]; a != b || len(a.Reveal()) < 20 {
		t.Errorf("the secret is of %d bytes, and the same again: %v", len(a.Reveal()), a == b)
	}
	if info, err := os.Stat("meridian.secrets"); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("meridian.secrets is %v, %v", info, err)
	}
	if err := os.Chmod("meridian.secrets", 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := load("", true); err == nil || !strings.Contains(err.Error(), "chmod 600") {
		t.Errorf("a file that others can read: %v", err)
	}
}

func TestTheDefaultHasTheChannelsAndPeopleItPromises(t *testing.T) {
	t.Chdir(t.TempDir())
	c, err := load("", false)
	if err != nil {
		t.Fatal(err)
	}
	if c.Listen != "127.0.0.1:8080" || c.Adapters.Email.Listen != "127.0.0.1:2525" || c.Storage.Reveal() != "sqlite:meridian.db" || !c.Adapters.Web.Enabled {
		t.Errorf("it is %+v", c)
	}
	var channels []string
	for _, ch := range c.Settings.Channels {
		channels = append(channels, ch.Name)
	}
	if want := []string{"support", "desk", "alerts", "team"}; !slices.Equal(channels, want) {
		t.Errorf("the channels are %q", channels)
	}
	byRole := map[bot.Role]int{}
	for _, p := range c.Settings.People {
		byRole[p.Role]++
	}
	if byRole[bot.Lead] != 1 || byRole[bot.Agent] != 5 || byRole[bot.Requester] != 2 {
		t.Errorf("the people are %v", byRole)
	}
}

func TestAConfigurationInASecretFileIsNeverPrinted(t *testing.T) {
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "hook"), []byte("c4n4ry\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(folder, "config.yaml")
	if err := os.WriteFile(path, []byte(strings.Replace(good, "secret: s3cret-canary", "secret_file: hook", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := load(path, false)
	if err != nil {
		t.Fatal(err)
	}
	if c.Adapters.Webhooks[0].Secret[0].Reveal() != "c4n4ry" {
		t.Error("the secret was not read")
	}
	if printed := fmt.Sprintf("%v %+v %#v %s", c, c, c.Adapters.Webhooks, c.Adapters.Webhooks[0].Secret); strings.Contains(printed, "c4n4ry") {
		t.Error("the configuration prints its secret")
	}
}

func FuzzConfig(f *testing.F) {
	f.Add([]byte(good))
	f.Add(defaultFile)
	if data, err := os.ReadFile("config.example.yaml"); err == nil {
		f.Add(data)
	}
	for _, seed := range []string{"", "channels: []\n", "channels: [{}]\npeople: [{}]\nclients: [{}]\nwebhooks: [{}]\nemail: {}\n",
		"channels: [{name: a, place: 'web:@b', audience: inside}]\nroles: {agents: ['web:', ':', 'email:x']}\n", "reactions: {'': '|'}\n",
		"undo: {state: -1s}\nhttp: {listen: ':'}\n", "team: &a {name: *a}\n"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := loadText(string(data))
		if err == nil && (c.Settings == nil || c.Settings.TeamCards == (bot.Place{}) || c.Settings.Team.Zone == nil) {
			t.Errorf("accepted, but not whole: %+v", c.Settings)
		}
		if err != nil && (!strings.HasPrefix(err.Error(), "config.yaml") || c.Settings != nil) {
			t.Errorf("%v names no file, or something counts", err)
		}
	})
}
