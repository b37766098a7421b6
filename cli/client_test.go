package cli

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"golang.org/x/text/encoding/charmap"

	"meridian/bot"
	"meridian/storage"
)

// wide writes a text in UTF-16.
func wide(text string, order binary.ByteOrder, mark bool) []byte {
	if mark {
		text = "\ufeff" + text
	}
	var out []byte
	for _, u := range utf16.Encode([]rune(text)) {
		var two [2]byte
		order.PutUint16(two[:], u)
		out = append(out, two[:]...)
	}
	return out
}

func cyrillic(t *testing.T, text string) []byte {
	t.Helper()
	b, err := charmap.Windows1251.NewEncoder().Bytes([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestAFileOfClientsIsReadWhateverWroteIt(t *testing.T) {
	const ru = "Название;Тариф;Часовой пояс;Домены;Сайты;Примечание\nООО «Ромашка»;золото;Europe/Minsk;romashka.example, mail.romashka.example;https://shop.romashka.example/;Звонить до 17\n"
	const en = "name,tier,timezone,domains,sites,notes\n\"ООО «Ромашка»\",золото,Europe/Minsk,\"romashka.example, mail.romashka.example\",shop.romashka.example,Звонить до 17\n"
	for name, raw := range map[string][]byte{
		"UTF-8":                           []byte(ru),
		"with a mark":                     []byte("\ufeff" + ru),
		"commas and quotes":               []byte(en),
		"carriage returns":                []byte(strings.ReplaceAll(en, "\n", "\r\n")),
		"windows-1251":                    cyrillic(t, ru),
		"UTF-16":                          wide(ru, binary.LittleEndian, true),
		"UTF-16 of the other order":       wide(ru, binary.BigEndian, true),
		"UTF-16 without a mark":           wide(strings.Replace(en, "ООО «Ромашка»", "ООО «Ромашка»", 1), binary.LittleEndian, false),
		"tabs":                            []byte(strings.ReplaceAll(ru, ";", "\t")),
		"a line that names the separator": []byte("sep=;\n" + ru),
		"other columns, other order":      []byte("ИНН;Домен;Клиент;Менеджер;Уровень;TZ;Website;Comment\n77;@romashka.example | mail.romashka.example;ООО «Ромашка»;Вера;золото;Europe/Minsk;SHOP.romashka.example;Звонить до 17\n;;;;;;;\n"),
	} {
		f, err := readClients(raw)
		if err != nil || len(f.rows) != 1 {
			t.Errorf("%s: %d rows, %v", name, len(f.rows), err)
			continue
		}
		c := f.rows[0].client
		if c.Name != "ООО «Ромашка»" || c.Tier != "золото" || c.Zone.String() != "Europe/Minsk" || c.Notes != "Звонить до 17" ||
			!slices.Equal(c.Domains, []string{"romashka.example", "mail.romashka.example"}) || !slices.Equal(c.Sites, []string{"shop.romashka.example"}) {
			t.Errorf("%s: %+v", name, c)
		}
	}
}

func TestWhatIsWrongWithAFileOfClientsIsNamedByItsLine(t *testing.T) {
	long := strings.Repeat("x", maxClientName+1)
	for text, want := range map[string]string{
		"":                                         "there is nothing in it",
		"title,tier\nHarbor,gold\n":                "line 1: no column is called name",
		"name,company\nHarbor,Harbor\n":            "line 1: two columns are the name",
		"name,tier\nHarbor,gold\n,silver\n":        "line 3: the name is missing",
		"name\n" + long + "\n":                     "line 2: the name must be one line of at most 120 characters",
		"name\n\"a\nb\"\n":                         "line 2: the name must be one line",
		"name,timezone\nHarbor,EST\n":              `line 2: the timezone is wrong: "EST" does not say where`,
		"name,timezone\nHarbor,Minsk\n":            "line 2: the timezone is wrong",
		"name,domains\nHarbor,harbor\n":            `line 2: "harbor" is no domain of mail addresses`,
		"name,domains\nHarbor,a@b.example\n":       `line 2: "a@b.example" is no domain`,
		"name,domains\nHarbor,gmail.com\n":         "line 2: gmail.com is a mailbox for everybody",
		"name,sites\nHarbor,http://\n":             "is no name of a host",
		"name,notes\nHarbor,a,b\n":                 `line 2: it has 3 cells, the first line 2; a cell with "," in it stands in quotes`,
		"name\n\"Harbor\n":                         "line 2: a quote stands where none may",
		"sep=;\nname;tier\nHarbor;a;b\n":           "line 3: it has 3 cells",
		"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR":      "it is no text: save it as CSV",
		"name\nHarbor\nLarkspur\nharbor\n":         "line 4: harbor stands on line 2 already",
		"name,domains\nA,x.example\nB,x.example\n": "line 3: x.example is a domain of A already",
		"name,domains\nA,acme.example\n":           "line 2: acme.example is a domain of Acme already",
		"name,tier\nLocked,gold\n":                 "line 2: Locked is described in the configuration file; change it there (tier)",
	} {
		f, err := readClients([]byte(text))
		if err == nil {
			_, err = planClients([]bot.Client{{Name: "Acme", Domains: []string{"acme.example"}}, {Name: "Locked", Locked: true}}, f.rows)
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q says %v, want %s", text, err, want)
		}
	}
	var many strings.Builder
	many.WriteString("name,timezone\n")
	for i := range 50 {
		fmt.Fprintf(&many, "c%d,Nowhere\n", i)
	}
	if _, err := readClients([]byte(many.String())); err == nil || !strings.HasSuffix(err.Error(), "and 30 more") {
		t.Errorf("50 mistakes: %v", err)
	}
}

func FuzzClientFile(f *testing.F) {
	f.Add([]byte("name,tier\nHarbor,gold\n"))
	f.Add([]byte("\xff\xfen\x00a\x00"))
	f.Add([]byte("sep=\\t\nname\n\"\n"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		file, err := readClients(raw)
		if err != nil {
			return
		}
		plan, err := planClients(nil, file.rows)
		if err == nil && plan.added != len(file.rows) {
			t.Errorf("%d rows, %d added", len(file.rows), plan.added)
		}
	})
}

// desk is a store with a configuration, and what a command prints.
func desk(t *testing.T) (import_ func(csv string, dry bool) (string, error), clients func() []bot.Client) {
	t.Helper()
	dir := t.TempDir()
	url := "sqlite:" + filepath.Join(dir, "m.db")
	settings := &bot.Settings{Clients: []bot.Client{{Name: "Locked", Tier: "gold", Locked: true}}}
	o := storage.Options{Now: time.Now, Settings: func() *bot.Settings { return settings }}
	s, err := storage.Open(t.Context(), url, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	load := func(string, bool) (Config, error) { return Config{Storage: bot.Secret(url), Settings: settings}, nil }
	return func(csv string, dry bool) (string, error) {
			name := filepath.Join(dir, "clients.csv")
			if err := os.WriteFile(name, []byte(csv), 0o600); err != nil {
				t.Fatal(err)
			}
			var out bytes.Buffer
			x := clientImport{File: name, DryRun: dry}
			err := x.Run(context.Background(), &call{Program: Program{Load: load, Stdout: &out, Stderr: &out}})
			return strings.ReplaceAll(out.String(), name, "clients.csv"), err
		}, func() (all []bot.Client) {
			err := s.View(t.Context(), func(v bot.View) error { all = v.Settings().Clients; return nil })
			if err != nil {
				t.Fatal(err)
			}
			return all
		}
}

func TestClientsAreTakenInWholeOrNotAtAllAndASecondTimeChangesNothing(t *testing.T) {
	take, clients := desk(t)
	var csv strings.Builder
	csv.WriteString("name;tier;domains;timezone;manager\n")
	for i := range 400 {
		fmt.Fprintf(&csv, "Company %d;silver;c%d.example;Europe/Minsk;Vera\n", i, i)
	}
	out, err := take(csv.String(), true)
	if err != nil || !strings.HasSuffix(out, "clients.csv (UTF-8, semicolons): 400 would be added, 0 would be changed, 0 as they were\ncolumns left out: manager\n") || len(clients()) != 1 {
		t.Fatalf("the dry run: %v, %d clients, %s", err, len(clients()), out[max(0, len(out)-300):])
	}
	if _, err := take(csv.String()+"Company 400;silver;c1.example;Europe/Minsk;Vera\n", false); err == nil || len(clients()) != 1 {
		t.Fatalf("a file with one mistake: %v, %d clients", err, len(clients()))
	}
	if _, err := take(csv.String(), false); err != nil || len(clients()) != 401 {
		t.Fatalf("%v, %d clients", err, len(clients()))
	}
	if out, err := take(csv.String(), false); err != nil || !strings.Contains(out, ": 0 added, 0 changed, 400 as they were") {
		t.Errorf("a second time: %v, %s", err, out)
	}
	out, err = take("name,tier,domains,notes\ncompany 7,gold,,pays late\nLocked,gold,,\n", false)
	if err != nil || !strings.Contains(out, "~ Company 7: tier, notes\n") || !strings.Contains(out, "0 added, 1 changed, 1 as they were") {
		t.Errorf("a change: %v, %s", err, out)
	}
	i := slices.IndexFunc(clients(), func(c bot.Client) bool { return c.Name == "Company 7" })
	if c := clients()[i]; c.Tier != "gold" || c.Notes != "pays late" || !slices.Equal(c.Domains, []string{"c7.example"}) || c.Zone.String() != "Europe/Minsk" {
		t.Errorf("Company 7 is %+v", c)
	}
	if _, err := take("name,tier\nNew,x\nLocked,silver\n", false); err == nil || len(clients()) != 401 {
		t.Errorf("one of the configuration: %v, %d clients", err, len(clients()))
	}
	if out, err := take("name,domains\nCompany 1,c2.example\nCompany 2,c1.example\n", false); err != nil {
		t.Errorf("two that change their domains: %v, %s", err, out)
	}
}
