//go:build corpus

package main

import (
	"fmt"
	"maps"
	"mime"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
	"text/tabwriter"
	"time"

	"meridian/adapters/email"
	"meridian/bot"
)

// mails is the folder of real mails.
func mails(t *testing.T) string { return filepath.Join(corpus(t), "emails") }

func readFile(t *testing.T, elem ...string) []byte {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(elem...))
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// mailLine is a file of the corpus and what it is known to be.
type mailLine struct {
	Path, Source, Kind, Subject string
}

// figures are what is told of the corpus of mails at the end, beside what is
// wanted.
type figures [][3]string

func (f *figures) add(what, got, wanted string) { *f = append(*f, [3]string{what, got, wanted}) }

func outOf(n, of int) string {
	return fmt.Sprintf("%d of %d, %.1f%%", n, of, 100*float64(n)/float64(max(of, 1)))
}

func TestCorpusOfMail(t *testing.T) {
	var table figures
	for _, part := range []struct {
		name string
		fn   func(t *testing.T, table *figures)
	}{{"files", everyMail}, {"bounces", bouncesOf}, {"forwards", forwardsOf}, {"headers", headersOf}, {"replies", repliesOf}} {
		t.Run(part.name, func(t *testing.T) { part.fn(t, &table) })
	}
	var out strings.Builder
	w := tabwriter.NewWriter(&out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "mail\tgot\twanted")
	for _, row := range table {
		fmt.Fprintln(w, strings.Join(row[:], "\t"))
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	t.Logf("\n%s", &out)
}

// Every file is read, quickly, in little memory, and nothing of it is an error.
func everyMail(t *testing.T, table *figures) {
	kinds, known, unreadable := map[bot.MailKind]int{}, map[string]map[bot.MailKind]int{}, 0
	people, alarms := 0, 0
	var slowest time.Duration
	var largest uint64
	all := rows[mailLine](t, filepath.Join(mails(t), "INDEX.jsonl"))
	for _, e := range all {
		raw := readFile(t, mails(t), e.Path)
		var d email.Description
		took, heap := measured(func() { d = email.Describe(raw, "", "") })
		slowest, largest = max(slowest, took), max(largest, heap)
		kinds[d.Kind]++
		if known[e.Kind] == nil {
			known[e.Kind] = map[bot.MailKind]int{}
		}
		known[e.Kind][d.Kind]++
		if d.Unreadable != "" {
			unreadable++
			t.Logf("unreadable: %s: %s", e.Path, d.Unreadable)
		}
		if e.Kind == "reply" || e.Kind == "forward" { // others may be reports
			people++
			if d.Kind == bot.MailBounce {
				alarms++
				t.Logf("%s is called a bounce", e.Path)
			}
		}
	}
	t.Logf("kinds %v; unreadable %d; slowest %v; most memory %d KiB", kinds, unreadable, slowest, largest>>10)
	for _, k := range slices.Sorted(maps.Keys(known)) {
		t.Logf("  %s: %v", k, known[k])
	}
	table.add("files read without an error", outOf(len(all)-unreadable, len(all)), "all")
	table.add("slowest file", slowest.Round(time.Millisecond).String(), "<= 1s")
	table.add("most memory of a file", fmt.Sprintf("%.1f MiB", float64(largest)/(1<<20)), "<= 64 MiB")
	table.add("people's mail called a bounce", outOf(alarms, people), "< 1%")
	if slowest > time.Second || largest > 64<<20 || unreadable > 0 {
		t.Errorf("one mail took %v, one %d MiB, %d are unreadable", slowest, largest>>20, unreadable)
	}
	if alarms*100 >= people {
		t.Errorf("%d of %d mails of people are called bounces", alarms, people)
	}
}

// measured says how long fn took and how much it allocated at most.
func measured(fn func()) (time.Duration, uint64) {
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	began := time.Now()
	fn()
	took := time.Since(began)
	runtime.ReadMemStats(&after)
	return took, after.TotalAlloc - before.TotalAlloc
}

func bouncesOf(t *testing.T, table *figures) {
	paths := map[string]string{}
	for _, e := range rows[mailLine](t, filepath.Join(mails(t), "INDEX.jsonl")) {
		if e.Source == "sisimai" {
			paths[filepath.Base(e.Path)] = e.Path
		}
	}
	type expectation struct {
		File     string
		Expected []struct{ Reason, Status string }
	}
	got := map[string]map[bot.MailKind]int{}
	for _, x := range rows[expectation](t, filepath.Join(mails(t), "sisimai.expected.jsonl")) {
		what := "bounce"
		if r := x.Expected[0].Reason; r == "feedback" || r == "vacation" || r == "delivered" {
			what = r // none of these is one
		}
		if got[what] == nil {
			got[what] = map[bot.MailKind]int{}
		}
		kind := email.Describe(readFile(t, mails(t), paths[x.File]), "", "").Kind
		got[what][kind]++
		if what == "bounce" && kind != bot.MailBounce || what != "bounce" && kind != bot.MailAuto {
			t.Logf("%s (%s) is called %s", x.File, what, kind)
		}
	}
	total := 0
	for _, n := range got["bounce"] {
		total += n
	}
	table.add("bounces found", outOf(got["bounce"][bot.MailBounce], total), ">= 98%")
	t.Logf("bounces: %v", got)
	if got["bounce"][bot.MailBounce]*100 < total*98 {
		t.Error("fewer than 98% of the bounces were found")
	}
}

// forwardCase is a forward of which the original is known.
type forwardCase struct {
	BodyFile    string `json:"body_file"`
	SubjectFile string `json:"subject_file"`
	Expected    struct {
		Forwarded bool
		Message   string
		Email     struct {
			Body, Subject, Date string
			From                bot.Address
		}
	}
}

// mail makes a mail of the case; false: its file is not there.
func (c forwardCase) mail(t *testing.T) ([]byte, bool) {
	folder := filepath.Join(mails(t), "crisp-forward", "fixtures")
	subject, body := "", c.BodyFile
	if strings.HasSuffix(c.SubjectFile, "_subject.txt") || strings.Contains(c.SubjectFile, "_subject_") {
		subject = strings.TrimSpace(string(readFile(t, folder, c.SubjectFile)))
	} else if c.SubjectFile != "" { // a body: the case slipped by one
		body = c.SubjectFile
	}
	text, err := os.ReadFile(filepath.Join(folder, body))
	if err != nil {
		t.Logf("%s is not there", body)
		return nil, false
	}
	return fmt.Appendf(nil, "From: Grace Lin <grace@partner.example>\r\nTo: support@desk.example\r\nSubject: %s\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n%s",
		mime.QEncoding.Encode("utf-8", subject), text), true
}

func forwardsOf(t *testing.T, table *figures) {
	cases := rows[forwardCase](t, filepath.Join(mails(t), "crisp-forward.expected.jsonl"))
	seen, sender, subject, body, date, own, forwards, wrong := 0, 0, 0, 0, 0, 0, 0, 0
	for _, c := range cases {
		raw, ok := c.mail(t)
		if !ok {
			continue
		}
		d := email.Describe(raw, "", "")
		if !c.Expected.Forwarded {
			if d.Forwarded != nil {
				wrong++
				t.Logf("%s is no forward", c.BodyFile)
			}
			continue
		}
		forwards++
		if d.Forwarded == nil {
			t.Logf("%s is a forward", c.BodyFile)
			continue
		}
		seen++
		want := c.Expected.Email
		count := func(what, got, want string, n *int) {
			if got == want {
				*n++
			} else {
				t.Logf("%s: %s %.200q, not %.200q", c.BodyFile, what, got, want)
			}
		}
		count("sender", d.Forwarded.From.Name+" "+d.Forwarded.From.Address, want.From.Name+" "+want.From.Address, &sender)
		count("subject", d.Forwarded.Subject, want.Subject, &subject)
		count("date", d.Forwarded.Date, want.Date, &date)
		count("body", d.Forwarded.Text, strings.TrimSpace(want.Body), &body)
		count("own words", d.Text, c.Expected.Message, &own)
	}
	t.Logf("forwards %d: seen %d, sender %d, subject %d, body %d, date %d, the forwarder's own words %d; called forwards wrongly: %d of %d",
		forwards, seen, sender, subject, body, date, own, wrong, len(cases)-forwards)
	table.add("forwards: the original sender exact", outOf(sender, forwards), ">= 95%")
	table.add("forwards: the subject exact", outOf(subject, forwards), ">= 90%")
	table.add("forwards: the body exact", outOf(body, forwards), ">= 90%")
	table.add("answers called forwards", fmt.Sprint(wrong), "0")
	if sender*100 < forwards*95 || subject*100 < forwards*90 || body*100 < forwards*90 || wrong > 0 {
		t.Error("too few of the forwards are understood")
	}
}

// What Zammad says of headers: who is away, and to whom nothing is answered.
func headersOf(t *testing.T, table *figures) {
	type expectation struct {
		Source, Raw string
		N           int
		Expected    struct {
			Absent *bool `json:"x-zammad-out-of-office"`
			Answer *bool `json:"x-zammad-send-auto-response"`
		}
	}
	all := rows[expectation](t, filepath.Join(mails(t), "zammad-inline.expected.jsonl"))
	good := 0
	for _, x := range all {
		p := email.Parse([]byte(x.Raw), email.Envelope{Known: true, From: "me@example.com", Own: "support@zammad.example.com", Host: "zammad.example.com"})
		m := p.Mail
		ok := m.Unreadable == "" && m.From.Address != email.Unknown
		if x.Expected.Absent != nil {
			ok = ok && (m.Kind == bot.MailAuto) == *x.Expected.Absent
		}
		if x.Expected.Answer != nil {
			ok = ok && m.Quiet != *x.Expected.Answer
		}
		if ok {
			good++
		} else {
			t.Logf("%s %d: kind %s, quiet %v", x.Source, x.N, m.Kind, m.Quiet)
		}
	}
	table.add("headers: kind and who is answered", outOf(good, len(all)), "all")
	if good < len(all) {
		t.Error("not all headers are understood")
	}
}

func repliesOf(t *testing.T, table *figures) {
	folder := filepath.Join(mails(t), "discourse-trimmer")
	names, err := os.ReadDir(filepath.Join(folder, "emails"))
	if err != nil {
		t.Fatal(err)
	}
	exact := 0
	for _, n := range names {
		head := "From: a@b.example\r\nTo: support@desk.example\r\nSubject: Re: x\r\nIn-Reply-To: <1@desk.example>\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
		d := email.Describe(append([]byte(head), readFile(t, folder, "emails", n.Name())...), "", "")
		want := string(readFile(t, folder, "trimmed", n.Name()))
		if strings.TrimSpace(d.Text) == strings.TrimSpace(want) {
			exact++
		} else {
			t.Logf("%s:\n%.600q\nnot\n%.600q", n.Name(), d.Text, want)
		}
	}
	table.add("replies: the new text exact", outOf(exact, len(names)), ">= 85%")
	if exact*100 < len(names)*85 {
		t.Error("too few replies are taken apart exactly")
	}
}
