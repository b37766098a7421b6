//go:build corpus

package main

import (
	"bufio"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"meridian/adapters"
	"meridian/adapters/email"
	"meridian/bot"
)

// corpus is a folder of real data that is no part of the project.
func corpus(t *testing.T) string {
	t.Helper()
	folder := os.Getenv("MERIDIAN_CORPUS")
	if folder == "" {
		t.Fatal("set MERIDIAN_CORPUS to the folder of the data, or use make corpus")
	}
	return folder
}

// rows reads a file of JSON lines.
func rows[T any](t *testing.T, path string) []T {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var all []T
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var one T
		if err := json.Unmarshal(lines.Bytes(), &one); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		all = append(all, one)
	}
	if lines.Err() != nil {
		t.Fatal(lines.Err())
	}
	return all
}

func TestCorpusOfMails(t *testing.T) {
	folder := filepath.Join(corpus(t), "emails")
	type entry struct{ Path, Kind string }
	kinds, unreadable, slowest := map[bot.MailKind]int{}, 0, time.Duration(0)
	for _, e := range rows[entry](t, filepath.Join(folder, "INDEX.jsonl")) {
		if e.Kind != "raw" && e.Kind != "" && !strings.HasSuffix(e.Path, ".eml") {
			continue
		}
		raw, err := os.ReadFile(filepath.Join(folder, e.Path))
		if err != nil {
			t.Error(err)
			continue
		}
		began := time.Now()
		d := email.Describe(raw)
		slowest = max(slowest, time.Since(began))
		kinds[d.Kind]++
		if d.Unreadable != "" {
			unreadable++
			t.Logf("unreadable: %s: %s", e.Path, d.Unreadable)
		}
	}
	t.Logf("kinds %v; unreadable %d; slowest %v", kinds, unreadable, slowest)
	if slowest > time.Second {
		t.Errorf("one mail took %v", slowest)
	}
}

func TestCorpusOfBounces(t *testing.T) {
	folder := filepath.Join(corpus(t), "emails")
	paths := map[string]string{}
	type entry struct{ Path string }
	for _, e := range rows[entry](t, filepath.Join(folder, "INDEX.jsonl")) {
		if strings.HasPrefix(e.Path, "sisimai/") {
			paths[filepath.Base(e.Path)] = e.Path
		}
	}
	type expectation struct {
		File     string
		Expected []struct{ Reason string }
	}
	got := map[string]map[bot.MailKind]int{}
	for _, x := range rows[expectation](t, filepath.Join(folder, "sisimai.expected.jsonl")) {
		raw, err := os.ReadFile(filepath.Join(folder, paths[x.File]))
		if err != nil || len(x.Expected) == 0 {
			t.Errorf("%s: %v", x.File, err)
			continue
		}
		what := "bounce"
		if r := x.Expected[0].Reason; r == "feedback" || r == "vacation" || r == "delivered" {
			what = r // none of these is one
		}
		if got[what] == nil {
			got[what] = map[bot.MailKind]int{}
		}
		got[what][email.Describe(raw).Kind]++
	}
	total := 0
	for _, n := range got["bounce"] {
		total += n
	}
	t.Logf("bounces found: %d of %d; %v", got["bounce"][bot.MailBounce], total, got)
}

func TestCorpusOfWebhooks(t *testing.T) {
	folder := filepath.Join(corpus(t), "webhooks")
	type entry struct{ Path string }
	for _, kind := range adapters.Kinds() {
		found := map[string]int{}
		for _, e := range rows[entry](t, filepath.Join(folder, "INDEX.jsonl")) {
			body, err := os.ReadFile(filepath.Join(folder, e.Path))
			if err != nil {
				t.Error(err)
				continue
			}
			lines, err := adapters.TestHook(kind, body, http.Header{})
			switch {
			case err != nil:
				found["refused"]++
			case strings.HasPrefix(lines[0], "ignored:"):
				found["ignored"]++
			default:
				found["taken"]++
			}
			for _, l := range lines {
				if _, title, ok := strings.Cut(l, " "); !ok || strings.TrimSpace(title) == "" {
					t.Errorf("%s as %s has an empty title", e.Path, kind)
				}
			}
		}
		t.Logf("%s: %v", kind, found)
	}
}
