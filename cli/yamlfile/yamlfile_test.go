package yamlfile_test

import (
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"meridian/bot"
	"meridian/cli/yamlfile"
)

// sample has a field of every kind.
type sample struct {
	Team struct {
		Name string `yaml:"name"`
		Size int    `yaml:"size"`
	} `yaml:"team"`
	Channels []channel         `yaml:"channels"`
	Mail     *mail             `yaml:"mail"`
	Words    map[string]string `yaml:"words"`
	Wait     time.Duration     `yaml:"wait"`
	On       bool              `yaml:"on"`
	Tags     []string          `yaml:"tags"`
	Inner    `yaml:",inline"`
}

// Inner stands among the keys of sample.
type Inner struct {
	Token bot.Secret `yaml:"token"`
}

type channel struct {
	Name   string       `yaml:"name"`
	Secret []bot.Secret `yaml:"secret"`
}

type mail struct {
	Listen string `yaml:"listen"`
}

func env(name string) (string, bool) {
	v, ok := map[string]string{"NAME": "Anna", "EMPTY": "", "SIZE": "7", "NESTED": "${NAME}"}[name]
	return v, ok
}

func decode(t *testing.T, text string) (sample, *yamlfile.File) {
	t.Helper()
	var s sample
	f, err := yamlfile.Decode("a.yaml", []byte(text), env, &s)
	if err != nil {
		t.Fatalf("%s\n%v", text, err)
	}
	return s, f
}

func TestEveryKindOfValueIsRead(t *testing.T) {
	s, f := decode(t, `
team: {name: 'The desk', size: 3}
channels:
  - name: one
    secret: alone
  - name: "010"
    secret: [first, second]
mail:
  listen: :25
words: {eyes: take, repeat: ""}
wait: 1m30s
on: true
tags:
- 010
- yes
- 1.50
- |
  two
  lines
token: t0p
`)
	if s.Team.Name != "The desk" || s.Team.Size != 3 || s.Wait != 90*time.Second || !s.On || s.Mail.Listen != ":25" {
		t.Errorf("read %+v", s)
	}
	if s.Token.Reveal() != "t0p" || s.Channels[0].Secret[0].Reveal() != "alone" || len(s.Channels[1].Secret) != 2 {
		t.Errorf("secrets are %d and %d", len(s.Channels[0].Secret), len(s.Channels[1].Secret))
	}
	if want := []string{"010", "yes", "1.50", "two\nlines\n"}; !slices.Equal(s.Tags, want) {
		t.Errorf("texts are %q, want them as written: %q", s.Tags, want)
	}
	if want := map[string]string{"eyes": "take", "repeat": ""}; !reflect.DeepEqual(s.Words, want) {
		t.Errorf("table is %v", s.Words)
	}
	if f.Line("channels[1].secret") != 7 || f.Line("channels[1].absent.deep") != 6 || f.Line("absent") != 1 {
		t.Errorf("lines are %d, %d, %d", f.Line("channels[1].secret"), f.Line("channels[1].absent.deep"), f.Line("absent"))
	}
}

func TestAWordWithAColonIsOneWordInBrackets(t *testing.T) {
	for text, want := range map[string][]string{
		"tags: [web:anna, web:U1, slack:T2/U5]":              {"web:anna", "web:U1", "slack:T2/U5"},
		"{tags: [web:anna, discord:123, 'web:x', http://a]}": {"web:anna", "discord:123", "web:x", "http://a"},
		"{tags: [  web:a  ,web:b]}":                          {"web:a", "web:b"},
		"{tags: [web:ж, email:a@b.example, web:1.5]}":        {"web:ж", "email:a@b.example", "web:1.5"},
	} {
		s, _ := decode(t, text)
		if !slices.Equal(s.Tags, want) {
			t.Errorf("%s is read as %q, want %q", text, s.Tags, want)
		}
	}
	for _, text := range []string{"{tags: [a: b]}", "{tags: ['a':b]}", "{tags: [{a: b}]}"} {
		if _, err := yamlfile.Decode("a.yaml", []byte(text), env, &sample{}); err == nil {
			t.Errorf("%s was read", text)
		}
	}
}

func TestVariablesAreExpandedAfterParsing(t *testing.T) {
	s, _ := decode(t, "team:\n  name: \"Team ${NAME}, $${NAME} and $5\"\n  size: ${SIZE}\ntags: ['${NESTED}', '${EMPTY}']\n")
	if s.Team.Name != "Team Anna, ${NAME} and $5" || s.Team.Size != 7 || s.Tags[0] != "${NAME}" || s.Tags[1] != "" {
		t.Errorf("read %q %d %q", s.Team.Name, s.Team.Size, s.Tags)
	}
}

func TestWhatIsWrongIsNamedWithItsLineAndKey(t *testing.T) {
	tests := map[string]struct{ text, want string }{
		"unknown key":            {"team:\n  naem: x\n", "a.yaml:2: team.naem is not a key I know; did you mean name?"},
		"unknown key in a list":  {"channels:\n- name: a\n- nmae: b\n", "a.yaml:3: channels[1].nmae is not a key I know; did you mean name?"},
		"unknown key, far off":   {"zebra: 1\n", "a.yaml:1: zebra is not a key I know"},
		"duplicate key":          {"team:\n  name: a\n  name: b\n", "a.yaml:3: team.name stands twice; the first is on line 2"},
		"duplicate at the top":   {"on: true\nwait: 1s\non: false\n", "a.yaml:3: on stands twice; the first is on line 1"},
		"tab":                    {"team:\n\tname: a\n", "a.yaml:2: a tab stands in the indentation; YAML wants spaces"},
		"text for a number":      {"team:\n  size: many\n", "a.yaml:2: team.size must be a whole number; it is text that is something else"},
		"number for a switch":    {"on: 1\n", "a.yaml:1: on must be true or false; it is a number"},
		"switch for a text":      {"team:\n  name: true\n", "a.yaml:2: team.name must be text; it is true or false"},
		"list for a text":        {"team:\n  name: [a]\n", "a.yaml:2: team.name must be text; it is a list"},
		"text for keys":          {"team: me\n", "a.yaml:1: team must be keys with values; it is text that is something else"},
		"text for a list":        {"tags: one\n", "a.yaml:1: tags must be a list (- one, - two); it is text that is something else"},
		"keys for a list":        {"channels:\n  name: a\n", "a.yaml:2: channels must be a list (- one, - two); it is keys with values"},
		"a list at the top":      {"- a\n- b\n", "a.yaml:1: the file must be keys with values; it is a list"},
		"a word at the top":      {"hello\n", "a.yaml:1: the file must be keys with values; it is text that is something else"},
		"bad duration":           {"wait: soon\n", "a.yaml:1: wait must be a duration such as 30s or 10m; it is text that is something else"},
		"number for a duration":  {"wait: 30\n", "a.yaml:1: wait must be a duration such as 30s or 10m; it is a number"},
		"no value":               {"on: true\nteam:\n", "a.yaml:2: team has no value; give it one or take the key out"},
		"no value in a list":     {"tags:\n- a\n-\n", "tags[1] has no value"},
		"variable missing":       {"team:\n  name: ${ABSENT}\n", "a.yaml:2: team.name needs the environment variable ABSENT, which is not set"},
		"variable never closed":  {"team:\n  name: ${NAME\n", "a.yaml:2: team.name has a ${ that is not ${NAME}"},
		"variable without name":  {"tags: ['${}']\n", "a.yaml:1: tags[0] has a ${ that is not ${NAME}"},
		"alias":                  {"team: &t {name: a}\nmail: *t\n", "a.yaml:1: team uses an anchor or alias"},
		"alias bomb":             {"words: &a {x: lol}\ntags: [&b [*a,*a], &c [*b,*b,*b], *c]\n", "a.yaml:1: words uses an anchor or alias"},
		"merge key":              {"team:\n  <<: {name: a}\n", "a.yaml:2: team uses an anchor or alias"},
		"tag":                    {"team:\n  name: !!binary aGk=\n", "a.yaml:2: team.name uses a tag"},
		"empty":                  {"", "a.yaml is empty; config.example.yaml shows every key"},
		"comments alone":         {"# nothing\n\n# here\n", "a.yaml is empty"},
		"a document of nothing":  {"---\n", "a.yaml is empty"},
		"two documents":          {"on: true\n---\non: false\n", "a.yaml:3: a second document begins"},
		"never closed":           {"tags: [a, b\non: true\n", "a.yaml:2: this is not YAML"},
		"quote never closed":     {"team:\n  name: \"a\n", "a.yaml:2: this is not YAML"},
		"bad indentation":        {"team:\n  name: a\n size: 3\n", "a.yaml:3: this is not YAML"},
		"no text":                {"team:\n  name: \x00\n", "a.yaml:2: a character stands here that is no text"},
		"not UTF-8":              {"team:\n  name: caf\xe9\n", "a.yaml:2: a character stands here that is no text"},
		"too deep, in brackets":  {"tags: " + strings.Repeat("[", 10_000) + "\n", "a.yaml:1: values are nested deeper than 32 levels"},
		"too deep, in dashes":    {strings.Repeat("- ", 10_000) + "x\n", "a.yaml:1: values are nested deeper than 32 levels"},
		"too deep, by indenting": {"a:\n" + strings.Repeat(" ", 600) + "b: c\n", "a.yaml:2: values are nested deeper than 32 levels"},
		"two secrets":            {"token: a\ntoken_file: b\n", "a.yaml:2: token_file and token are both set; keep one"},
		"a key that is a list":   {"? [a]\n: b\n", "a.yaml:2: this is not YAML"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var s sample
			_, err := yamlfile.Decode("a.yaml", []byte(test.text), env, &s)
			if err == nil {
				t.Fatalf("read as %+v", s)
			}
			if first, _, _ := strings.Cut(err.Error(), "\n"); !strings.Contains(err.Error(), test.want) {
				t.Errorf("says %q, want %q", first, test.want)
			}
		})
	}
}

func TestAllProblemsOfAFileAreToldInOrder(t *testing.T) {
	_, err := yamlfile.Decode("a.yaml", []byte("on: 3\nteam:\n  size: x\n  nmae: y\nzzz: 1\n"), env, &sample{})
	if err == nil {
		t.Fatal("read")
	}
	var lines []string
	for l := range strings.SplitSeq(err.Error(), "\n") {
		lines = append(lines, l[:len("a.yaml:1")])
	}
	if want := []string{"a.yaml:1", "a.yaml:3", "a.yaml:4", "a.yaml:5"}; !slices.Equal(lines, want) {
		t.Errorf("told %q, want %q", lines, want)
	}
}

func TestAFileOver1MiBIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "big.yaml")
	if err := os.WriteFile(path, []byte("tags: [a]\n"+strings.Repeat("# filler\n", 1<<20)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := yamlfile.Open(path, env, &sample{}); err == nil || !strings.Contains(err.Error(), "larger than 1 MiB") {
		t.Errorf("says %v", err)
	}
}

func TestAFileThatIsNotThereIsNamed(t *testing.T) {
	_, err := yamlfile.Open("absent.yaml", env, &sample{})
	if err == nil || err.Error() != "absent.yaml cannot be read: no such file or directory" {
		t.Errorf("says %v", err)
	}
}

func TestASecretComesFromAFileThatOnlyItsOwnerReads(t *testing.T) {
	folder := t.TempDir()
	write := func(name, text string, mode os.FileMode) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		return path
	}
	write("good", "s3cret\n", 0o600)
	write("open", "s3cret\n", 0o640)
	write("blank", "\n", 0o600)
	write("huge", strings.Repeat("x", 70_000), 0o600)
	tests := map[string]string{
		"good":   "",
		"open":   "a.yaml:1: token_file names " + folder + "/open, which others can read; chmod 600 it",
		"blank":  "which is empty",
		"huge":   "which is too large for a secret",
		"absent": "which cannot be read: no such file or directory",
		".":      "which is not a file",
	}
	for name, want := range tests {
		t.Run(name, func(t *testing.T) {
			config := write("a.yaml", "token_file: "+name+"\nchannels: [{secret_file: "+name+"}]\n", 0o644)
			var s sample
			_, err := yamlfile.Open(config, env, &s)
			if want == "" {
				if err != nil || s.Token.Reveal() != "s3cret" || s.Channels[0].Secret[0].Reveal() != "s3cret" {
					t.Errorf("read %v, %v", s.Token.Reveal() == "s3cret", err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("says %v, want %q", err, want)
			}
			if err != nil && strings.Contains(err.Error(), "s3cret") {
				t.Errorf("tells the secret: %v", err)
			}
		})
	}
}

func TestNoProblemShowsAValue(t *testing.T) {
	const canary = "c4n4ry"
	for _, text := range []string{
		"token: [" + canary + "]\n", "token: {" + canary + ": " + canary + "}\n", "on: " + canary + "\n", "wait: " + canary + "\n",
		"token: \"" + canary + "\n", "token: " + canary + ": " + canary + "\n", "token: '" + canary + "' " + canary + "\n", "token: !" + canary + " x\n",
		"token: |3x\n" + canary + "\n", "token: \"\\q" + canary + "\"\n", "token: @" + canary + "\n", "token: %" + canary + "\n", "team:\n  size: 1" + canary + "\n",
	} {
		_, err := yamlfile.Decode("a.yaml", []byte(text), env, &sample{})
		if err != nil && strings.Contains(strings.ReplaceAll(err.Error(), "token."+canary, ""), canary) {
			t.Errorf("%q: tells %v", text, err)
		}
	}
}

func TestTheSchemaListsEveryKeyAndTheTwinsOfSecrets(t *testing.T) {
	want := []string{"team", "team.name", "team.size", "channels", "channels[].name", "channels[].secret", "channels[].secret_file",
		"mail", "mail.listen", "words", "wait", "on", "tags", "token", "token_file"}
	if got := yamlfile.Schema(reflect.TypeFor[sample]()); !slices.Equal(got, want) {
		t.Errorf("schema is %q", got)
	}
}

func TestAMisspeltWordFindsItsNeighbour(t *testing.T) {
	known := []string{"audience", "intake", "name", "place", "desk"}
	for word, want := range map[string]string{"audeince": "audience", "Audience": "audience", "nam": "name", "dsek": "desk", "zebra": "", "": "",
		strings.Repeat("name", 1000): ""} {
		if got := yamlfile.Nearest(word, known); got != want {
			t.Errorf("%q is near %q, want %q", word, got, want)
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, seed := range []string{"", "team:\n  name: a\n", "channels:\n- name: a\n  secret: [x, y]\n", "a: &a [*a]\n", "<<: *x\n", "? [a]\n: {b}\n",
		"---\n...\n---\n", "wait: ${NAME}\n", "%YAML 1.2\n---\non: true\n", "token: |-\n  x\n", "words: {a: b, a: c}\n", "{", "[", "- - - -\n", "\"", "!!a b", "\uFEFFon: true\n"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var s sample
		file, err := yamlfile.Decode("a.yaml", data, env, &s)
		if err == nil && file == nil {
			t.Fatal("neither a file nor an error")
		}
		if err != nil && !strings.HasPrefix(err.Error(), "a.yaml") {
			t.Errorf("the file is not named: %v", err)
		}
	})
}
