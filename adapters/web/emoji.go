package web

import (
	"cmp"
	_ "embed"
	"slices"
	"strings"
)

// emojis are the short names in use in messengers and their pictures, sorted,
// one to a line; without skin tones.
//
//go:embed emoji.txt
var emojis string

// emoji is one emoji by its short name, as in Slack.
type emoji struct {
	Name  string
	Glyph string
	Act   bool // the picker says what it does by default
}

// palette are the emoji that the picker offers.
func palette() []emoji {
	return []emoji{
		{"ticket", "🎫", true}, {"eyes", "👀", true}, {"rotating_light", "🚨", true}, {"hourglass_flowing_sand", "⏳", true},
		{"white_check_mark", "✅", true}, {"repeat", "🔁", true}, {"zzz", "💤", true}, {"bulb", "💡", true},
		{"bug", "🐛", true}, {"books", "📚", false}, {"outbox_tray", "📤", true}, {"+1", "👍", false}, {"pray", "🙏", false},
	}
}

// glyph is the picture of a short name, or the name between colons: teams make
// names of their own.
func glyph(short string) string {
	rest, found := strings.CutPrefix(emojis, short+" ") // the first line has none before it
	if !found {
		_, rest, found = strings.Cut(emojis, "\n"+short+" ")
	}
	if found && !strings.ContainsAny(short, " \n") {
		picture, _, _ := strings.Cut(rest, "\n")
		return picture
	}
	return ":" + short + ":"
}

// nameOf is the short name of a picture, the shortest of several; empty if it
// has none.
func nameOf(picture string) (name string) {
	if picture = uncolored(picture); picture == "" {
		return ""
	}
	for line := range strings.Lines(emojis) {
		short, p, _ := strings.Cut(strings.TrimSpace(line), " ")
		if uncolored(p) == picture && (name == "" || len(short) < len(name)) {
			name = short
		}
	}
	return name
}

// maxFound is how many emoji a search shows.
const maxFound = 32

// find looks for emoji by a piece of a short name, or of what the desk does on
// one: those that begin with it first, then in the order of their names. Each
// picture comes once, without skin tones.
func find(typed string, acts func(name string) string) []emoji {
	typed = strings.ReplaceAll(strings.ToLower(strings.Trim(strings.TrimSpace(typed), ":")), " ", "_")
	if typed == "" {
		return palette()
	}
	var begins, holds []emoji
	for _, e := range palette() {
		if strings.Contains(e.Name, typed) || e.Act && strings.Contains(strings.ToLower(acts(e.Name)), typed) {
			begins = append(begins, e)
		}
	}
	for line := range strings.Lines(emojis) {
		var e emoji
		e.Name, e.Glyph, _ = strings.Cut(strings.TrimSpace(line), " ")
		if strings.HasPrefix(e.Name, typed) {
			begins = append(begins, e)
		} else if strings.Contains(e.Name, typed) {
			holds = append(holds, e)
		}
	}
	byName := func(a, b emoji) int {
		return cmp.Or(btoi(b.Act)-btoi(a.Act), len(a.Name)-len(b.Name), strings.Compare(a.Name, b.Name))
	}
	slices.SortStableFunc(begins, byName)
	slices.SortStableFunc(holds, byName)
	return first(append(begins, holds...), maxFound)
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// first keeps at most n emoji, each picture once.
func first(all []emoji, n int) (out []emoji) {
	shown := map[string]bool{}
	for _, e := range all {
		if g := uncolored(e.Glyph); !shown[g] && len(out) < n {
			shown[g] = true
			out = append(out, e)
		}
	}
	return out
}

// shortName reads what somebody typed or pressed: "eyes", ":eyes:",
// ":+1::skin-tone-2:" or the picture itself. It reports false for anything that
// cannot be a short name.
func shortName(s string) (string, bool) {
	s = strings.TrimSpace(s)
	for _, e := range palette() {
		if uncolored(e.Glyph) == uncolored(s) {
			return e.Name, true
		}
	}
	if name := nameOf(s); name != "" {
		return name, true
	}
	s, _, _ = strings.Cut(strings.Trim(strings.ToLower(s), ":"), "::skin-tone-")
	if s == "" || len(s) > 64 {
		return "", false
	}
	for _, c := range s {
		if !strings.ContainsRune("abcdefghijklmnopqrstuvwxyz0123456789_+-'", c) {
			return "", false
		}
	}
	return s, true
}

// uncolored drops the sign that asks for the coloured form, and skin tones.
func uncolored(s string) string {
	return strings.Map(func(c rune) rune {
		if c == '\ufe0f' || c >= '\U0001F3FB' && c <= '\U0001F3FF' {
			return -1
		}
		return c
	}, s)
}
