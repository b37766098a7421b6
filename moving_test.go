package main

import (
	"archive/zip"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net"
	"net/smtp"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"meridian/bot"
	"meridian/storage"
	"meridian/storage/storagetest"
)

// zammad packs an export as its API gives it.
func zammad(t *testing.T) string {
	t.Helper()
	log := base64.StdEncoding.EncodeToString([]byte("line one\r\n\tline two\r\n"))
	return packed(t, map[string]string{
		"export/tickets.json": `[
{"id":1,"number":"48001","title":"Invoice is empty","state_id":4,"group_id":1,"priority_id":2,"customer_id":11,"owner_id":7,"organization_id":3,"created_at":"2021-02-03T08:00:00Z","updated_at":"2021-02-05T08:00:00Z"},
{"id":2,"number":"48211","title":"Checkout is slow","state_id":2,"group_id":1,"priority_id":3,"customer_id":11,"owner_id":7,"organization_id":3,"created_at":"2026-03-10T09:00:00Z","updated_at":"2026-03-12T09:00:00Z","tags":["Checkout"]},
{"id":3,"number":"48212","title":"Import stops","state_id":9,"group_id":1,"priority_id":2,"customer_id":12,"owner_id":8,"created_at":"2026-03-11T09:00:00Z","updated_at":"2026-03-11T10:00:00Z"},
{"id":4,"number":"48213","title":"Cheap watches","state_id":4,"group_id":1,"customer_id":13,"owner_id":1,"tags":["spam"],"created_at":"2026-03-11T09:00:00Z","updated_at":"2026-03-11T09:00:00Z"},
{"id":5,"number":"48214","title":"Offer for 200 seats","state_id":2,"group_id":2,"customer_id":13,"owner_id":1,"created_at":"2026-03-12T09:00:00Z","updated_at":"2026-03-12T09:00:00Z"}]`,
		"export/ticket_articles.json": `[
{"id":1,"ticket_id":1,"from":"Grace Lin <grace@harbor.example>","to":"support@desk.example","subject":"Invoice is empty","message_id":"<inv1@harbor.example>","content_type":"text/plain","body":"The PDF has no lines.","internal":false,"sender_id":2,"created_at":"2021-02-03T08:00:00Z"},
{"id":2,"ticket_id":1,"from":"Support","message_id":"<inv2@old.example>","content_type":"text/html","body":"<p>It is <b>repaired</b>.</p><p>Sorry.</p>","internal":false,"sender_id":1,"created_by_id":7,"created_at":"2021-02-04T08:00:00Z"},
{"id":3,"ticket_id":2,"from":"Grace Lin <grace@harbor.example>","cc":"owen@harbor.example","subject":"Checkout is slow","message_id":"<slow1@harbor.example>","content_type":"text/plain","body":"It takes a minute to pay.","internal":false,"sender_id":2,"created_at":"2026-03-10T09:00:00Z",
 "attachments":[{"id":1,"filename":"../../trace.log","size":"21","preferences":{"Mime-Type":"text/plain"},"data":"` + log + `"}]},
{"id":4,"ticket_id":2,"from":"Vera","content_type":"text/plain","body":"The shop's database is full of carts.","internal":true,"sender_id":1,"created_by_id":7,"created_at":"2026-03-10T10:00:00Z"},
{"id":5,"ticket_id":2,"from":"Support <support@desk.example>","message_id":"<slow2@old.example>","content_type":"text/plain","body":"We look at it.","internal":false,"sender_id":1,"created_by_id":7,"created_at":"2026-03-10T11:00:00Z"},
{"id":6,"ticket_id":3,"from":"priya@brightwell.example","message_id":"<imp1@brightwell.example>","content_type":"text/plain","body":"The import stops at 10,000 rows.","internal":false,"sender_id":2,"created_at":"2026-03-11T09:00:00Z"},
{"id":7,"ticket_id":4,"from":"x@spam.example","content_type":"text/plain","body":"Buy.","sender_id":2,"created_at":"2026-03-11T09:00:00Z"},
{"id":8,"ticket_id":5,"from":"x@else.example","content_type":"text/plain","body":"How much?","sender_id":2,"created_at":"2026-03-12T09:00:00Z"}]`,
		"export/users.json": `[
{"id":1,"login":"-","firstname":"-","lastname":""},{"id":7,"login":"vera","firstname":"Vera","lastname":"","email":"vera@desk.example"},
{"id":8,"login":"t.ivanou","firstname":"T.","lastname":"Ivanou","email":"t.ivanou@desk.example"},
{"id":11,"login":"grace@harbor.example","firstname":"Grace","lastname":"Lin","email":"grace@harbor.example","organization_id":3},
{"id":12,"login":"priya","firstname":"Priya","lastname":"Shah","email":"priya@brightwell.example"},{"id":13,"login":"x","firstname":"X","lastname":"","email":"x@spam.example"}]`,
		"export/organizations.json": `[{"id":3,"name":"Harbor","domain":"harbor.example","shared":true}]`,
		"export/groups.json":        `[{"id":1,"name":"Support"},{"id":2,"name":"Sales"}]`,
		"export/ticket_states.json": `[{"id":1,"name":"new"},{"id":2,"name":"open"},{"id":4,"name":"closed"},{"id":9,"name":"pending close"}]`,
	})
}

// packed makes a zip of some files.
func packed(t *testing.T, files map[string]string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "export.zip")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	z := zip.NewWriter(f)
	for name, text := range files {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprint(w, text) //nolint:errcheck // Close tells
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close() //nolint:errcheck // it was only asked for an address
	return l.Addr().String()
}

// told runs the program and fails the test unless it says all of some words.
func told(t *testing.T, args []string, words ...string) string {
	t.Helper()
	out, err := meridian(t, args...)
	if err != nil {
		t.Fatalf("%v: %v", args, err)
	}
	for _, w := range words {
		if !strings.Contains(out, w) {
			t.Errorf("%v does not say %q:\n%s", args, w, out)
		}
	}
	return out
}

// exported is what an export says of requests and comments.
type exported struct {
	Type, Number, Title, State, Request, Author, Text, Visibility, Key, Op string
	Assignee                                                               *string
	Record                                                                 struct {
		LinkedTo  int64
		Was       *bot.Was
		Confirmed bool
		Files     []bot.File
	}
}

func (d *desk) exports(t *testing.T, kind string) (all []exported) {
	t.Helper()
	return exportOf(t, d.file, kind)
}

func exportOf(t *testing.T, file, kind string) (all []exported) {
	t.Helper()
	out, err := meridian(t, "export", "--config", file)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(out) {
		var x exported
		if err := json.Unmarshal([]byte(line), &x); err == nil && x.Type == kind {
			all = append(all, x)
		}
	}
	return all
}

// mailed sends a mail to the desk as another server would.
func mailed(t *testing.T, to, from, head, body string) {
	t.Helper()
	raw := fmt.Sprintf("From: %s\r\nTo: support@desk.example\r\nMessage-ID: <%x@test.example>\r\n%s\r\n\r\n%s\r\n", from, head+body, head, body)
	if err := smtp.SendMail(to, nil, from, []string{"support@desk.example"}, []byte(raw)); err != nil {
		t.Fatal(err)
	}
}

func TestATeamMovesInFromZammad(t *testing.T) {
	for name, store := range map[string]func() string{
		"SQLite":     func() string { return "sqlite:" + filepath.Join(t.TempDir(), "desk.db") },
		"PostgreSQL": func() string { return storagetest.Postgres(t) },
	} {
		t.Run(name, func(t *testing.T) { moveIn(t, store()) })
	}
}

func moveIn(t *testing.T, store string) {
	export, mail := zammad(t), freeAddress(t)
	config := strings.Replace(runningOn(store, ""), "listen: '127.0.0.1:0', address:", "listen: '"+mail+"', address:", 1)
	file := write(t, "config.yaml", config)
	with := func(args ...string) []string { return append([]string{"--config", file, "import"}, args...) }

	// The dry run says what there is to decide and writes nothing.
	told(t, with(export, "--from", "zammad", "--dry-run"),
		"Would import: 1 closed, 3 open. Would skip: 1 (spam 1)",
		`"T. Ivanou" (1 request) is whom? --person 'T. Ivanou=web:vera'`, "", `state "pending close" (1): waiting for the client?`, `groups "Support" (3), "Sales" (1)`,
		`"Zammad 48001" finds it`, "Nothing is sent to anybody. Run without --dry-run to write.")
	if strings.HasPrefix(store, "sqlite:") {
		if _, err := os.Stat(strings.TrimPrefix(store, "sqlite:")); err == nil {
			t.Error("the dry run made a store")
		}
	}
	decided := []string{export, "--from", "zammad", "--person", "T. Ivanou=web:vera", "--state", "pending close=waiting", "--without", "Sales"}
	skipped := filepath.Join(t.TempDir(), "skipped.csv")
	told(t, with(append(decided, "--dry-run", "--skipped", skipped)...), "Would import: 1 closed, 2 open. Would skip: 2")
	if list, err := os.ReadFile(skipped); err != nil || !strings.Contains(string(list), "48213,Cheap watches,spam\n48214,Offer for 200 seats,group Sales\n") {
		t.Errorf("skipped.csv is %q, %v", list, err)
	}
	out := told(t, with(decided...), "Imported as batch ", "3 requests, 6 comments", "Nothing was sent to anybody.", "takes back what nobody has touched")
	batch, _, _ := strings.Cut(strings.TrimPrefix(out, "Imported as batch "), ":")
	told(t, with(decided...), "nothing to do")

	// Nothing went out but one message to the team.
	for _, d := range exportOf(t, file, "delivery") {
		if d.Op != "" && d.Key != "moved:"+batch {
			t.Errorf("the import sends %s %s", d.Op, d.Key)
		}
	}
	movedIn(t, file)
	answered(t, file, mail)

	told(t, []string{"--config", file, "import", "--undo", batch}, "Taken back: 1 request", "stay, because somebody has worked on them", "R-1", "R-2")
	if left := exportOf(t, file, "request"); len(left) != 4 {
		t.Errorf("%d requests are left", len(left))
	}
}

// movedIn looks at what the import has made.
func movedIn(t *testing.T, file string) {
	t.Helper()
	all := exportOf(t, file, "request")
	if len(all) != 3 || all[0].State != "closed" || all[1].State != "open" || all[2].State != "waiting" || all[1].Record.Was.String() != "Zammad 48211" ||
		all[1].Assignee == nil || *all[1].Assignee != "web:vera" || *all[2].Assignee != "web:vera" {
		t.Fatalf("the requests are %+v", all)
	}
	var files []bot.File
	for _, c := range exportOf(t, file, "comment") {
		switch {
		case strings.Contains(c.Text, "full of carts") && (c.Visibility != "internal" || c.Author != "web:vera"):
			t.Errorf("the note is %+v", c)
		case c.Request == "R-1" && c.Author == "web:vera" && c.Text != "It is repaired.\n\nSorry.":
			t.Errorf("a page became %q", c.Text)
		}
		files = append(files, c.Record.Files...)
	}
	if len(files) != 1 || files[0].Name != "trace.log" || files[0].Blob.Size != 21 {
		t.Errorf("the files are %+v", files)
	}
}

// tags are those of a page.
var tags = regexp.MustCompile(`<[^>]*>`)

// answered has clients answer old mails, and looks where that lands.
func answered(t *testing.T, file, mail string) {
	t.Helper()
	d := &desk{file: file, ended: make(chan error, 1), log: &lockedBuffer{}}
	d.begin(t)
	mailed(t, mail, "grace@harbor.example", "Subject: Re: Checkout is slow [Ticket#48211]", "It is two minutes now.")
	mailed(t, mail, "owen@harbor.example", "Subject: AW: something else\r\nIn-Reply-To: <slow2@old.example>", "For me too.")
	mailed(t, mail, "mallory@evil.example", "Subject: [Ticket#48211] close it", "I am Grace.")
	mailed(t, mail, "grace@harbor.example", "Subject: Re: Invoice is empty [Ticket#48001]", "The new one is empty too.")
	said := func(text string) (found exported) {
		for _, c := range d.exports(t, "comment") {
			if c.Text == text {
				found = c
			}
		}
		return found
	}
	d.until(t, "four mails", func() bool {
		return said("It is two minutes now.").Request != "" && said("For me too.").Request != "" && said("I am Grace.").Request != "" && said("The new one is empty too.").Request != ""
	})
	byNumber := map[string]exported{}
	for _, r := range d.exports(t, "request") {
		byNumber[r.Number] = r
	}
	if said("It is two minutes now.").Request != "R-2" || said("For me too.").Request != "R-2" {
		t.Error("an answer to an old mail did not reach its request")
	}
	if stranger := said("I am Grace.").Request; stranger == "R-2" || byNumber[stranger].State != "new" {
		t.Errorf("a stranger who knows the number wrote into %s", stranger)
	}
	if again := byNumber[said("The new one is empty too.").Request]; again.Number == "R-1" || again.Record.LinkedTo != 1 {
		t.Errorf("an answer to a closed one is in %s, linked to R-%d", again.Number, again.Record.LinkedTo)
	}
	if dead, err := meridian(t, "dead", "list", "--config", file); err != nil || strings.Contains(dead, "dead") {
		t.Errorf("dead list: %s, %v", dead, err)
	}
	d.until(t, "the card says what it was", func() bool {
		_, page := d.get(t, "/c/desk?as=web:vera", nil)
		page = strings.Join(strings.Fields(tags.ReplaceAllString(page, "")), " ")
		return strings.Contains(page, "was Zammad 48211") && strings.Contains(page, "2 open requests came over from Zammad.")
	})
	d.end(t)

	config, err := load(file, false)
	if err != nil {
		t.Fatal(err)
	}
	s, err := storage.OpenExisting(t.Context(), config.Storage.Reveal(), storage.Options{Settings: func() *bot.Settings { return config.Settings }})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close() //nolint:errcheck // it was only read
	err = s.View(t.Context(), func(v bot.View) error {
		for _, words := range []string{"48211", "Zammad 48211"} {
			if found, err := v.FindRequests(bot.FindQuery{Text: words, Internal: true}); err != nil || len(found) == 0 || found[len(found)-1].Number != 2 {
				t.Errorf("%q finds %v, %v", words, found, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
