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

	"meridian/adapters"
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
