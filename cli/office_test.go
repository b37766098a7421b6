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
			tx.SavePreference("web:dina", bot.Preference{Reach: bot.ReachQuiet}),
			tx.SaveArticle(&bot.Article{Title: "Where the printer is", Body: "Behind the door.", Language: "en", Audience: bot.PublicArticle, File: "en/printer.md",
				Asked: []string{"where to print"}, Solved: 2, Checked: at}),
			tx.SaveReminder(&bot.Reminder{Owner: "web:dina", Place: bot.Direct("web:dina"), Text: "call", Spec: "0 9 * * 1", Zone: "Asia/Novosibirsk", Missed: bot.MissedOnce,
				State: bot.ReminderActive, NextAt: time.Date(2099, time.March, 2, 2, 0, 0, 0, time.UTC)}),
			tx.SaveReminder(&bot.Reminder{Owner: "web:dina", Place: bot.Place{Adapter: "web", Channel: "desk"}, Text: "said", State: bot.ReminderFired, FiredAt: at}),
		)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// file writes text to a new file.
func file(t *testing.T, text string) string {
	t.Helper()
	return named(t, "export.jsonl", text)
}

// named is a file with a name of its own.
func named(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
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

func (d *office) view(t *testing.T, fn func(v bot.View) error) {
	t.Helper()
	s := d.open(t)
	if err := errors.Join(s.View(t.Context(), fn), s.Close()); err != nil {
		t.Fatal(err)
	}
}
