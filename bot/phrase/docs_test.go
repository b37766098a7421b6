package phrase_test

import (
	"errors"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"meridian/bot/phrase"
)

// The page for people promises nothing that is not so: every example of its
// tables is read, as said on the day that the page names.
func TestThePageOfPhrasesIsTrue(t *testing.T) {
	page, err := os.ReadFile("../../docs/phrases.md")
	if err != nil {
		t.Fatal(err)
	}
	now := minsk(t)
	note := regexp.MustCompile(` \(.*\)`)
	examples := func(cell string) []string {
		return strings.Split(strings.TrimSpace(note.ReplaceAllString(cell, "")), " · ")
	}
	section, checked := "", map[string]int{}
	for line := range strings.Lines(string(page)) {
		if name, ok := strings.CutPrefix(line, "## "); ok {
			section = strings.TrimSpace(name)
		}
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		if len(cells) < 2 || strings.Contains(line, "---") || strings.HasPrefix(line, "| what ") || strings.HasPrefix(line, "| reason ") || strings.HasPrefix(line, "| written ") {
			continue
		}
		switch section {
		case "One time", "Again and again":
			if len(cells) < 3 {
				continue // dates in figures are words
			}
			var specs []string
			if len(cells) > 3 {
				specs = strings.Split(strings.ReplaceAll(strings.TrimSpace(cells[3]), "`", ""), " · ")
			}
			for i, lang := range []string{"en", "ru"} {
				for _, text := range examples(cells[i+1]) {
					checked[section]++
					r, err := phrase.Parse(text, lang, now.Location(), now)
					var e *phrase.Error
					if errors.As(err, &e) && e.Reason == phrase.Either && section == "One time" && strings.HasPrefix(strings.TrimSpace(cells[0]), "hour") {
						continue // these hours are beside a day or not, as the text says
					}
					if err != nil || specs != nil && !slices.Contains(specs, r.Spec) {
						t.Errorf("%s: %q is %s", lang, text, meant(r, err))
					}
				}
			}
		case "What is refused":
			reason := strings.TrimSpace(cells[0])
			if !slices.Contains([]string{"either", "past", "never", "far"}, reason) {
				continue
			}
			for _, text := range examples(cells[1]) {
				checked[section]++
				if got := meant(phrase.Parse(text, "en", now.Location(), now)); got != reason {
					t.Errorf("%q is %s, not %s", text, got, reason)
				}
			}
		}
	}
	for section, want := range map[string]int{"One time": 90, "Again and again": 30, "What is refused": 10} {
		if checked[section] < want {
			t.Errorf("only %d examples of %q were read", checked[section], section)
		}
	}
}
