package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"meridian/bot"
)

func TestAnExportIsImportedExactly(t *testing.T) {
	for name, url := range engines() {
		t.Run(name, func(t *testing.T) {
			from, to := newOffice(url(t)), newOffice(url(t))
			from.fill(t, 30)
			want := from.must(t, "export")
			for _, kind := range []string{"request", "comment", "delivery", "event", "alert", "client", "contact", "preference", "article", "reminder", "mail", "audit"} {
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

// When somebody first acted on a request that came over from another desk decides
// in which report it counts as new. It is not when the request was touched last.
func TestTheFirstActOnWhatCameOverIsExportedAndImportedExactly(t *testing.T) {
	for name, url := range engines() {
		t.Run(name, func(t *testing.T) {
			from, to := newOffice(url(t)), newOffice(url(t))
			from.must(t, "import", named(t, "t.csv", "Number;Subject;Status;Created\n7;Acted on;Open;2026-03-01\n8;Left alone;Open;2026-03-01\n9;Over there;Closed;2026-03-01\n"), "--from", "csv")
			var first, last time.Time
			for i := range 2 {
				from.update(t, func(tx bot.Tx) error {
					r, err := tx.Request(1)
					if last = tx.Now(); i == 0 {
						first = last
					}
					return errors.Join(err, tx.SaveRequest(&r))
				})
			}
			want := from.must(t, "export")
			to.must(t, "import", file(t, want))
			sameExport(t, to.must(t, "export"), want)
			for _, d := range []*office{from, to} {
				for since, want := range map[time.Time]int{first: 1, last: 0} {
					d.view(t, func(v bot.View) error {
						c, err := v.QueueChanges(bot.ChangesQuery{After: 3, Since: since})
						if c.New != want {
							t.Errorf("%d are new since %s, want %d", c.New, since.Format(time.TimeOnly), want)
						}
						return err
					})
				}
			}
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
		if len(events)+len(web)+len(stuck)+len(firing) != 0 || next.Year() != 2099 /* the reminder */ {
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
	want := "6 requests, 18 comments, 2 contacts, 3 clients, 1 article, 2 reminders, 12 mails, 12 audit lines, 10 lines of history · 2026-03-02 .. "
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
				i, err := store.StartImport(ctx, "export.jsonl", s.hash, 60, false)
				if err != nil {
					t.Fatal(err)
				}
				err = takeItems(&asking{ctx, func() {
					if asked++; asked > 700 { // more than one transaction asks
						kill()
					}
				}}, store, i, s, &progress{})
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
			if out := to.must(t, "import", name); !strings.Contains(out, " lines.\n") {
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
