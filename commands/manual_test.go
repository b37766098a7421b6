package commands_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The manual names each conversation once, with its first line.
func TestTheManualNamesEveryConversation(t *testing.T) {
	text, err := os.ReadFile("../docs/manual.md")
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("testdata/*.chat")
	if err != nil || len(files) == 0 {
		t.Fatal("no conversations", err)
	}
	for _, file := range files {
		chat, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		about, _, _ := strings.Cut(strings.TrimPrefix(string(chat), "# "), "\n")
		name := strings.TrimSuffix(filepath.Base(file), ".chat")
		line := "- [" + name + "](../commands/" + filepath.ToSlash(file) + "): " + about + "\n"
		if strings.Count(string(text), line) != 1 {
			t.Errorf("docs/manual.md has no line, or several:\n%s", line)
		}
	}
	if links := strings.Count(string(text), ".chat): "); links != len(files) {
		t.Errorf("docs/manual.md has %d conversations, there are %d", links, len(files))
	}
}
