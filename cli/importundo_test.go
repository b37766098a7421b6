package cli

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"meridian/bot"
	"meridian/storage"
)

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

func TestAnImportIsCountedOnItsDaysUntilItIsTakenBack(t *testing.T) {
	from, to := newOffice("sqlite:"+filepath.Join(t.TempDir(), "a.db")), newOffice("sqlite:"+filepath.Join(t.TempDir(), "b.db"))
	from.update(t, func(tx bot.Tx) error {
		open := bot.Request{Title: "t", State: bot.Open, Level: 1, Class: bot.Standard, Kind: bot.KindBug, Requester: "email:a@b.example", Source: "email",
			Home: bot.Place{Adapter: "email", Channel: "a@b.example"}, Desk: bot.Place{Adapter: "web", Channel: "desk"}}
		ended := open
		ended.State, ended.SolvedAt = bot.Solved, tx.Now()
		return errors.Join(tx.SaveRequest(&open), tx.SaveRequest(&ended))
	})
	counted := func(want bot.DayCount) {
		t.Helper()
		s := to.open(t)
		defer s.Close() //nolint:errcheck // it was only read
		err := s.View(t.Context(), func(v bot.View) error {
			got, err := v.DigestDays([]time.Time{time.Now().AddDate(0, 0, -1), time.Now().AddDate(0, 0, 1)})
			if err == nil && got[0] != want {
				t.Errorf("counted %v, want %v", got, want)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}
	batch := batchOf(t, to.must(t, "import", file(t, from.must(t, "export"))))
	counted(bot.DayCount{Filed: 2, Solved: 1})
	to.must(t, "import", "--undo", batch)
	counted(bot.DayCount{})
}
