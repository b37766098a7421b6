package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"meridian/bot"
	"meridian/bot/calendar"
	"meridian/storage"
	"meridian/storage/storagetest"
)

// engines are addresses of new stores.
func engines() map[string]func(t *testing.T) string {
	return map[string]func(t *testing.T) string{
		"SQLite":     func(t *testing.T) string { return "sqlite:" + filepath.Join(t.TempDir(), "m.db") },
		"PostgreSQL": func(t *testing.T) string { return storagetest.Postgres(t) },
	}
}

// office is a store that commands are run on.
type office struct {
	url      string
	settings *bot.Settings
}

func newOffice(url string) *office {
	return &office{url, &bot.Settings{Clients: []bot.Client{{Name: "Fixed", Tier: "gold", Locked: true}}}}
}

// run runs a command line and gives what it printed.
func (d *office) run(ctx context.Context, args ...string) (string, error) {
	var out, log bytes.Buffer
	err := Run(ctx, args, Program{Stdout: &out, Stderr: &log, Stdin: strings.NewReader(""), Load: func(string, bool) (Config, error) {
		return Config{Where: func(string) string { return "config.yaml:1" }, Storage: bot.Secret(d.url), Settings: d.settings}, nil
	}})
	if log.Len() > 0 {
		err = errors.Join(err, errors.New(log.String()))
	}
	return out.String(), err
}

func (d *office) must(t *testing.T, args ...string) string {
	t.Helper()
	out, err := d.run(t.Context(), args...)
	if err != nil {
		t.Fatalf("meridian %s: %v", strings.Join(args, " "), err)
	}
	return out
}

func (d *office) refuses(t *testing.T, want string, args ...string) {
	t.Helper()
	_, err := d.run(t.Context(), args...)
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("meridian %s: got %v, want %q", strings.Join(args, " "), err, want)
	}
}

// open opens the store as a server does. The test closes it.
func (d *office) open(t *testing.T) *storage.Store {
	t.Helper()
	s, err := storage.Open(t.Context(), d.url, storage.Options{Settings: func() *bot.Settings { return d.settings }, SingleInstance: true})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (d *office) update(t *testing.T, fn func(tx bot.Tx) error) {
	t.Helper()
	s := d.open(t)
	if err := errors.Join(s.Update(t.Context(), fn), s.Close()); err != nil {
		t.Fatal(err)
	}
}

// fill writes something of everything that an export prints.
func (d *office) fill(t *testing.T, requests int) {
	t.Helper()
	at := time.Date(2026, 3, 2, 8, 30, 0, 123e6, time.UTC)
	zone, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	hours, err := calendar.ParseHours("Mon-Fri 09:00-18:00")
	if err != nil {
		t.Fatal(err)
	}
	s := d.open(t)
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	if _, err := s.Accept(t.Context(), bot.Event{Source: "web", Key: "said:1", Body: bot.Said{Text: "x"}, Place: bot.Place{Adapter: "web", Channel: "support"}}); err != nil {
		t.Fatal(err)
	}
	states := []bot.State{bot.New, bot.Open, bot.Waiting, bot.Snoozed, bot.Solved, bot.Closed}
	err = s.Update(t.Context(), func(tx bot.Tx) error {
		for i := range requests {
			r := bot.Request{
				Title: fmt.Sprintf("Printer %d <burns> & \"smokes\"", i), Words: "line one\nline two \u2028 ё", State: states[i%6], Level: 1 + i%3, Class: bot.Standard, Kind: bot.KindBug,
				Requester: "email:priya@brightwell.example", Name: "Priya Shah", Client: "Brightwell", Source: "email", Private: i == 3, Returns: i % 2,
				Home: bot.Place{Adapter: "email", Channel: "priya@brightwell.example"}, Desk: bot.Place{Adapter: "web", Channel: "desk", Thread: fmt.Sprint("t", i)},
				Tags: []string{"hardware"}, Fields: map[string]string{"steps": "press"}, CreatedAt: at.Add(time.Duration(i) * time.Minute), SolvedAt: at,
			}
			if i%2 == 0 {
				r.Assignee = "web:dina"
			}
			for range 1 + i%2 { // some have been changed
				if err := tx.SaveRequest(&r); err != nil {
					return err
				}
			}
			for _, c := range []bot.Comment{
				{Author: r.Requester, Name: r.Name, Text: r.Words, Visibility: bot.ForClient, Place: r.Home, Message: fmt.Sprintf("<m%d@brightwell.example>", i), At: at},
				{Author: "web:dina", Text: "the culprit is quartz", Visibility: bot.ForInternal, At: at, EditedAt: at.Add(time.Minute)},
				{Text: "gone", Visibility: bot.ForClient, Deleted: true},
				{Author: "web:dina", Text: "turn it off", Visibility: bot.ForClient, Message: bot.ReplyKey(r.Number, 7), At: at},
			} {
				c.Request = r.Number
				if err := tx.SaveComment(&c); err != nil {
					return err
				}
			}
			if err := errors.Join(
				tx.SaveMail(bot.MailLine{At: at, From: "priya@brightwell.example", To: "support@localhost", Subject: r.Title, Text: r.Words, Kind: bot.MailHuman, Request: r.Number, Message: fmt.Sprintf("<m%d@brightwell.example>", i)}),
				tx.SaveMail(bot.MailLine{Out: true, At: at, Key: fmt.Sprint("receipt:", i), Body: bot.Say("client.filed", "Request", r.Part()), Request: r.Number, State: bot.DeliveryDone, Message: fmt.Sprintf("<o%d@desk.example>", i)}),
				tx.PutDelivery(bot.Delivery{Key: fmt.Sprint("card:", r.ID()), Op: bot.OpPost, To: r.Desk.Top(), Request: r.Number, Face: bot.FaceDesk}),
				tx.AddAudit(bot.AuditLine{At: at, Who: "web:dina", Surface: bot.ByEmoji, Action: "take", Object: r.ID(), Before: "new L1", After: "open L1 taken", Why: "because", Event: 1}),
				tx.AddAudit(bot.AuditLine{At: at, Surface: bot.ByDesk, Action: "close", Object: r.ID()}),
			); err != nil {
				return err
			}
		}
		id, err := tx.PutEvent(bot.Event{Source: "web", Key: "said:done", Body: bot.Said{Text: "x"}, Place: bot.Place{Adapter: "web", Channel: "support"}})
		if err != nil {
			return err
		}
		return errors.Join(
			tx.FinishEvents(id),
			tx.SaveAlerts([]bot.Alert{{Hook: "am", Fingerprint: "f1", Group: "g", Status: bot.Firing, Title: "disk full"}, {Hook: "am", Fingerprint: "f0", Group: "g", Status: bot.Resolved, Title: "load"}}),
			tx.SaveAlertGroup(&bot.AlertGroup{Hook: "am", Key: "g", Holder: "web:dina"}),
			tx.SaveClient(bot.Client{Name: "Brightwell", Tier: "silver", Domains: []string{"brightwell.example"}, Zone: zone, Hours: hours, Sites: []string{"shop.example"}, Notes: "pays"}),
			tx.SaveClient(bot.Client{Name: "Ёлка"}),
			tx.SaveContact(bot.Contact{ID: "email:priya@brightwell.example", Name: "Priya Shah", Client: "Brightwell", First: at, Last: at.Add(time.Hour), Quiet: 2}),
			tx.SaveContact(bot.Contact{ID: "slack:U7", First: at, Last: at}),
		)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// file writes text to a new file.
func file(t *testing.T, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "export.jsonl")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func sameExport(t *testing.T, got, want string) {
	t.Helper()
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range max(len(g), len(w)) {
		if i >= len(g) || i >= len(w) || g[i] != w[i] {
			t.Fatalf("%d lines, want %d; line %d differs:\n%s\nwant\n%s", len(g), len(w), i+1, append(g, make([]string, len(w))...)[i], append(w, make([]string, len(g))...)[i])
		}
	}
}

func TestAnExportIsImportedExactly(t *testing.T) {
	for name, url := range engines() {
		t.Run(name, func(t *testing.T) {
			from, to := newOffice(url(t)), newOffice(url(t))
			from.fill(t, 30)
			want := from.must(t, "export")
			for _, kind := range []string{"request", "comment", "delivery", "event", "alert", "client", "contact", "mail", "audit"} {
				if !strings.Contains(want, `{"type":"`+kind+`","v":1,`) {
					t.Errorf("the export has no %s", kind)
				}
			}
			name := file(t, want)
			to.must(t, "import", name)
			sameExport(t, to.must(t, "export"), want)
			if out := to.must(t, "verify"); !strings.Contains(out, "whole: 60 lines") {
				t.Errorf("verify says %q", out)
			}
			if out := to.must(t, "import", name); !strings.Contains(out, "nothing to do") {
				t.Errorf("imported again it says %q", out)
			}
			sameExport(t, to.must(t, "export"), want)
			third := newOffice(url(t))
			third.must(t, "import", file(t, to.must(t, "export")))
			sameExport(t, third.must(t, "export"), want)
		})
	}
}

func TestNothingComesOfAnImport(t *testing.T) {
	from := newOffice("sqlite:" + filepath.Join(t.TempDir(), "a.db"))
	to := newOffice("sqlite:" + filepath.Join(t.TempDir(), "b.db"))
	from.fill(t, 6)
	to.must(t, "import", file(t, from.must(t, "export")))
	s := to.open(t)
	defer s.Close() //nolint:errcheck // it was only read
	err := s.View(t.Context(), func(v bot.View) error {
		events, err1 := v.WaitingEvents(10)
		web, err2 := v.WaitingDeliveries("web", 0, 10)
		next, err3 := v.NextTimer()
		stuck, err4 := v.Stuck()
		firing, err5 := v.FiringAlerts(10)
		if len(events)+len(web)+len(stuck)+len(firing) != 0 || !next.IsZero() {
			t.Errorf("events %v, deliveries %v, the next timer %s, stuck %v, firing %v", events, web, next, stuck, firing)
		}
		found, err6 := v.FindRequests(bot.FindQuery{Text: "quartz", Internal: true})
		outside, err7 := v.FindRequests(bot.FindQuery{Text: "quartz"})
		replies, err8 := v.FindRequests(bot.FindQuery{Text: "turn off"})
		if len(found) != 6 || len(outside) != 0 || len(replies) != 6 {
			t.Errorf("found %d for the team, %d for others, %d by a reply", len(found), len(outside), len(replies))
		}
		number, err9 := v.MailRequest("<o3@desk.example>")
		if number != 4 {
			t.Errorf("an answer to our mail goes to R-%d", number)
		}
		return errors.Join(err1, err2, err3, err4, err5, err6, err7, err8, err9)
	})
	if err != nil {
		t.Fatal(err)
	}
	ids, err := s.Accept(t.Context(), bot.Event{Source: "web", Key: "said:done", Body: bot.Said{Text: "x"}})
	if err != nil || ids[0] != 0 {
		t.Errorf("an event that was handled there is taken here again: %v, %v", ids, err)
	}
	err = s.Update(t.Context(), func(tx bot.Tx) error {
		r := bot.Request{Title: "new here"}
		if err := tx.SaveRequest(&r); err != nil {
			return err
		}
		if r.Number != 7 {
			t.Errorf("the next request is %s", r.ID())
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestADryRunWritesNothing(t *testing.T) {
	from := newOffice("sqlite:" + filepath.Join(t.TempDir(), "a.db"))
	from.fill(t, 6)
	name := file(t, from.must(t, "export"))
	dir := t.TempDir()
	to := newOffice("sqlite:" + filepath.Join(dir, "b.db"))
	want := "6 requests, 18 comments, 2 contacts, 3 clients, 12 mails, 12 audit lines, 10 lines of history · 2026-03-02 .. "
	out := to.must(t, "import", name, "--dry-run")
	if !strings.HasPrefix(out, want) || !strings.Contains(out, "Would import: 2 solved or closed, 4 open.\nNothing is sent to anybody.") {
		t.Errorf("it says %q", out)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
		t.Errorf("it left %v, %v", left, err)
	}
	to.update(t, func(tx bot.Tx) error { return tx.SaveRequest(&bot.Request{Title: "mine"}) })
	before := to.must(t, "export")
	to.refuses(t, "R-1 is in the store already", "import", name, "--dry-run")
	to.refuses(t, "R-1 is in the store already", "import", name)
	sameExport(t, to.must(t, "export"), before)
}

func TestADamagedFileIsRefusedWithItsLine(t *testing.T) {
	from := newOffice("sqlite:" + filepath.Join(t.TempDir(), "a.db"))
	from.fill(t, 2)
	good := from.must(t, "export")
	lines := strings.SplitAfter(good, "\n")
	with := func(n int, line string) string {
		return strings.Join(lines[:n-1], "") + line + strings.Join(lines[n:], "")
	}
	change := func(n int, old, new string) string {
		if !strings.Contains(lines[n-1], old) {
			t.Fatalf("line %d has no %s: %s", n, old, lines[n-1])
		}
		return with(n, strings.Replace(lines[n-1], old, new, 1))
	}
	dir := t.TempDir()
	to := newOffice("sqlite:" + filepath.Join(dir, "b.db"))
	for _, tt := range []struct{ name, text, want string }{
		{"empty", "", "is empty"},
		{"no JSON", with(2, "oops\n"), "export.jsonl:2: this is no line of an export"},
		{"cut in the middle", good[:len(good)-20], fmt.Sprintf("export.jsonl:%d: this is no line of an export", len(lines)-1)},
		{"two on one line", with(1, strings.TrimSuffix(lines[0], "\n")), "export.jsonl:1: this is no line of an export"},
		{"another type", change(1, `"request"`, `"rocket"`), `export.jsonl:1: lines of type "rocket" are not known`},
		{"another version", change(1, `"v":1`, `"v":2`), "export.jsonl:1: version 2"},
		{"another field", change(2, `"text"`, `"txet"`), "export.jsonl:2: the line does not fit"},
		{"a wrong type", change(1, `"level":1`, `"level":"1"`), "export.jsonl:1: the line does not fit"},
		{"no such level", change(1, `"level":1`, `"level":7`), "export.jsonl:1: 7 is no level"},
		{"no such state", change(1, `"state":"new"`, `"state":"news"`), `export.jsonl:1: "news" is no state`},
		{"no number", change(1, `"number":"R-1"`, `"number":"R-0"`), `export.jsonl:1: "R-0" is no number`},
		{"a record that does not fit", change(1, `"Words":"`, `"Words":7,"Other":"`), "export.jsonl:1: its record does not fit"},
		{"twice the same", with(1, lines[0]+lines[0]), "export.jsonl:2: R-1 stands in the file twice"},
		{"a comment of nothing", strings.Join(lines[1:], ""), "export.jsonl:1: its request R-1 does not stand before it"},
		{"no visibility", change(2, `"visibility":"client"`, `"visibility":"all"`), `export.jsonl:2: "all" is no visibility`},
		{"invalid UTF-8", change(2, "line one", "line \xff"), "export.jsonl:2: this is no line of an export"},
	} {
		t.Run(tt.name, func(t *testing.T) { to.refuses(t, tt.want, "import", file(t, tt.text)) })
	}
	to.refuses(t, "no such file", "import", filepath.Join(dir, "none.jsonl"))
	if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
		t.Errorf("a refused file left %v, %v", left, err)
	}
	for _, args := range [][]string{{"import"}, {"import", "f", "--undo", "b"}, {"import", "--undo", "b", "--dry-run"}} {
		if _, err := to.run(t.Context(), args...); ExitCode(err) != 2 {
			t.Errorf("%v: got %v, want a usage error", args, err)
		}
	}
}

func TestAnImportThatWasBrokenOffGoesOn(t *testing.T) {
	for name, url := range engines() {
		t.Run(name, func(t *testing.T) {
			from, to := newOffice(url(t)), newOffice(url(t))
			from.fill(t, 60)
			want := from.must(t, "export")
			name := file(t, want)
			for breaks := 1; ; breaks++ {
				// A context that ends after some commits is a process that was killed
				// between them: nothing of the transaction under way is kept.
				ctx, kill := context.WithCancel(t.Context())
				s, err := summarize(name, &progress{})
				if err != nil {
					t.Fatal(err)
				}
				store := to.open(t)
				asked := 0
				i, err := store.StartImport(ctx, "export.jsonl", s.hash, 60)
				if err != nil {
					t.Fatal(err)
				}
				err = takeLines(&asking{ctx, func() {
					if asked++; asked > 700 { // more than one transaction asks
						kill()
					}
				}}, i, s, &progress{})
				if e := store.Close(); e != nil {
					t.Fatal(e)
				}
				kill()
				if err == nil {
					if breaks < 2 {
						t.Fatal("it was never broken off")
					}
					break
				}
				if !errors.Is(err, context.Canceled) {
					t.Fatal(err)
				}
			}
			if out := to.must(t, "import", name); !strings.Contains(out, "goes on after line") {
				t.Errorf("it says %q", out)
			}
			sameExport(t, to.must(t, "export"), want)
		})
	}
}

// asking is a context that tells when somebody asks whether it has ended.
type asking struct {
	context.Context
	asked func()
}

func (c *asking) Err() error {
	c.asked()
	return c.Context.Err()
}

func TestAnImportIsTakenBackButForWhatSomebodyTouched(t *testing.T) {
	for name, url := range engines() {
		t.Run(name, func(t *testing.T) {
			from, to := newOffice(url(t)), newOffice(url(t))
			from.fill(t, 12)
			to.update(t, func(tx bot.Tx) error {
				return errors.Join(tx.SaveContact(bot.Contact{ID: "web:x"}), tx.SaveClient(bot.Client{Name: "Mine"}), tx.SaveClient(bot.Client{Name: "Other"}))
			})
			before := to.must(t, "export")
			text := from.must(t, "export")
			batch := batchOf(t, to.must(t, "import", file(t, text)))
			to.update(t, func(tx bot.Tx) error {
				r, err := tx.Request(3)
				if err != nil {
					return err
				}
				r.State = bot.Solved
				r.LinkedTo = 5 // which stays with it
				next := bot.Request{Title: "it goes on", LinkedTo: 8}
				return errors.Join(tx.SaveRequest(&r), tx.SaveRequest(&next),
					tx.SaveComment(&bot.Comment{Request: 10, Text: "said here", Visibility: bot.ForClient, At: tx.Now()}),
					tx.SaveContact(bot.Contact{ID: "slack:U7", Name: "known by now"}))
			})
			to.refuses(t, "there is no import 2020-01-01z; those that can be taken back are "+batch, "import", "--undo", "2020-01-01z")
			out := to.must(t, "import", "--undo", batch)
			if !strings.HasPrefix(out, "Taken back: 8 requests, 1 contact, 2 clients.\n4 requests stay") || !strings.Contains(out, ": R-3, R-5, R-8, R-10.") {
				t.Errorf("it says %q", out)
			}
			to.refuses(t, "has been taken back already", "import", "--undo", batch)
			after := to.must(t, "export")
			for _, line := range strings.SplitAfter(before, "\n") {
				if !strings.Contains(after, line) {
					t.Errorf("this was here before: %s", line)
				}
			}
			for _, n := range []string{"R-1", "R-2", "R-12"} {
				if strings.Contains(after, `"request","v":1,"number":"`+n+`"`) || strings.Contains(after, `"comment","v":1,"request":"`+n+`"`) || strings.Contains(after, `"mail","v":1,"request":"`+n+`"`) {
					t.Errorf("%s is still there", n)
				}
			}
			for _, kind := range []string{"delivery", "event", "alert"} {
				if strings.Contains(after, `{"type":"`+kind) {
					t.Errorf("there is history left of kind %s", kind)
				}
			}
			if !strings.Contains(after, "known by now") || !strings.Contains(after, `"action":"import undo","object":"`+batch+`"`) {
				t.Error("a contact that was changed is gone, or the audit log does not know")
			}
			to.found(t, "culprit quartz", 4)
			to.must(t, "verify")
		})
	}
}

func TestWhatWasTakenBackIsImportedAgainWithoutDoubles(t *testing.T) {
	from := newOffice("sqlite:" + filepath.Join(t.TempDir(), "a.db"))
	to := newOffice("sqlite:" + filepath.Join(t.TempDir(), "b.db"))
	from.fill(t, 12)
	want := from.must(t, "export")
	name := file(t, want)
	to.must(t, "import", "--undo", batchOf(t, to.must(t, "import", name)))
	to.found(t, "culprit quartz", 0)
	second := batchOf(t, to.must(t, "import", name))
	if !strings.HasSuffix(second, "b") {
		t.Errorf("the second batch is %s", second)
	}
	undo := `{"type":"audit"`
	got := to.must(t, "export")
	var kept []string
	for _, line := range strings.SplitAfter(got, "\n") {
		if !strings.HasPrefix(line, undo) || !strings.Contains(line, "import undo") {
			kept = append(kept, line)
		}
	}
	sameExport(t, strings.Join(kept, ""), want)
}

func TestAnImportStaysAfterThirtyDays(t *testing.T) {
	from := newOffice("sqlite:" + filepath.Join(t.TempDir(), "a.db"))
	to := newOffice("sqlite:" + filepath.Join(t.TempDir(), "b.db"))
	from.fill(t, 2)
	batch := batchOf(t, to.must(t, "import", file(t, from.must(t, "export"))))
	s, err := storage.Open(t.Context(), to.url, storage.Options{Now: func() time.Time { return time.Now().AddDate(0, 0, 31) }})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close() //nolint:errcheck // the test is over
	if _, err := s.UndoImport(t.Context(), batch, func(int, int) {}); !errors.Is(err, storage.ErrOld) {
		t.Errorf("got %v", err)
	}
	for more := true; more; {
		if more, err = s.Sweep(t.Context(), time.Now().AddDate(0, 0, 31)); err != nil {
			t.Fatal(err)
		}
	}
	if names, err := s.Batches(t.Context()); err != nil || len(names) != 0 {
		t.Errorf("those that can be taken back are %v, %v", names, err)
	}
}

func TestAnImportIsRefusedWhileAServerRuns(t *testing.T) {
	for name, url := range engines() {
		t.Run(name, func(t *testing.T) {
			from, to := newOffice(url(t)), newOffice(url(t))
			from.fill(t, 2)
			name := file(t, from.must(t, "export"))
			s := to.open(t)
			if err := s.Update(t.Context(), func(tx bot.Tx) error {
				_, _, err := tx.HoldDuty("timers", "a server", time.Minute)
				return err
			}); err != nil {
				t.Fatal(err)
			}
			to.refuses(t, "a server is running", "import", name)
			to.refuses(t, "a server is running", "import", "--undo", "2026-01-01a")
			to.must(t, "import", name, "--dry-run")
			if out := to.must(t, "export"); strings.Contains(out, `"request"`) {
				t.Errorf("it wrote %s", out)
			}
			if err := errors.Join(s.Update(t.Context(), func(tx bot.Tx) error {
				_, _, err := tx.HoldDuty("timers", "a server", 0)
				return err
			}), s.Close()); err != nil {
				t.Fatal(err)
			}
			to.must(t, "import", name)
		})
	}
}

// The card of a request that was imported is posted once, by the first act, and
// edited afterwards.
func TestTheFirstActOnAnImportedRequestPostsItsCard(t *testing.T) {
	from := newOffice("sqlite:" + filepath.Join(t.TempDir(), "a.db"))
	to := newOffice("sqlite:" + filepath.Join(t.TempDir(), "b.db"))
	from.fill(t, 1)
	to.must(t, "import", file(t, from.must(t, "export")))
	to.update(t, func(tx bot.Tx) error {
		d, _, err := tx.Delivery(bot.CardKey(1))
		if err != nil || d.State != bot.DeliveryExpired {
			t.Errorf("the card's delivery is %s, %v", d.State, err)
		}
		if err := tx.AdoptDelivery(bot.CardKey(1), bot.Receipt{Message: "m1"}); err != nil {
			return err
		}
		d, r, err := tx.Delivery(bot.CardKey(1))
		if d.State != bot.DeliveryDone || r.Message != "m1" {
			t.Errorf("then it is %s in %s", d.State, r.Message)
		}
		return err
	})
	if out := to.must(t, "export"); strings.Contains(out, `"op":""`) {
		t.Error("what stands for a card is exported")
	}
}

// batchOf is the batch that an import has named.
func batchOf(t *testing.T, out string) string {
	t.Helper()
	_, rest, ok := strings.Cut(out, "Imported as batch ")
	batch, _, colon := strings.Cut(rest, ":")
	if !ok || !colon {
		t.Fatalf("there is no batch in %q", out)
	}
	return batch
}

// found wants so many requests with some words.
func (d *office) found(t *testing.T, text string, want int) {
	t.Helper()
	s := d.open(t)
	defer s.Close() //nolint:errcheck // it was only read
	if err := s.View(t.Context(), func(v bot.View) error {
		found, err := v.FindRequests(bot.FindQuery{Text: text, Internal: true, Limit: 100})
		if len(found) != want {
			t.Errorf("found %d with %q, want %d", len(found), text, want)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
}
