package web

import (
	"slices"
	"strings"
	"testing"
)

func TestEmojiAreFoundByNameAndByWhatTheyDo(t *testing.T) {
	acts := func(name string) string {
		if name == "eyes" {
			return "взять"
		}
		return ""
	}
	for typed, want := range map[string]string{
		"":             "ticket",
		"hourglass":    "hourglass_flowing_sand",
		":Rocket":      "rocket",
		"rolling eyes": "rolling_eyes",
		"взя":          "eyes",
		"tada":         "tada",
	} {
		found := find(typed, acts)
		if len(found) == 0 || found[0].Name != want && !slices.ContainsFunc(found, func(e emoji) bool { return e.Name == want }) {
			t.Errorf("%q finds %v, want %s", typed, found, want)
		}
	}
	if found := find("xyzzy", acts); len(found) != 0 {
		t.Errorf("nothing finds %v", found)
	}
	found := find("a", acts)
	shown := map[string]bool{}
	for _, e := range found {
		if shown[e.Glyph] || e.Glyph == "" {
			t.Errorf("%q is shown twice, or as nothing", e.Name)
		}
		shown[e.Glyph] = true
	}
	if len(found) != maxFound {
		t.Errorf("%d are shown, want %d", len(found), maxFound)
	}
}

func TestAPictureHasTheShortNameOfMessengers(t *testing.T) {
	for picture, want := range map[string]string{"👀": "eyes", "👍": "+1", "👍🏽": "+1", "✅": "white_check_mark", "⏳": "hourglass_flowing_sand", "🚀": "rocket", "❤️": "heart"} {
		if got, ok := shortName(picture); !ok || got != want {
			t.Errorf("%s is %q, %v, want %q", picture, got, ok, want)
		}
		if got := glyph(want); uncolored(got) != uncolored(picture) {
			t.Errorf("%s looks like %q, want %s", want, got, picture)
		}
	}
	if got := glyph("our_own"); got != ":our_own:" {
		t.Errorf("a name of the team's own looks like %q", got)
	}
}

func TestTheListOfEmojiIsSortedAndEachLineIsANameAndAPicture(t *testing.T) {
	before := ""
	for line := range strings.Lines(emojis) {
		name, picture, ok := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		if short, valid := shortName(name); !ok || !valid || short != name || name <= before || uncolored(picture) == "" || strings.ContainsAny(picture, " :") {
			t.Errorf("%q is no name and picture, or comes before %q", line, before)
		}
		before = name
	}
	if glyph("eyes") != "👀" || glyph("yes") == glyph("eyes") || glyph("") != "::" {
		t.Error("a short name is not looked up whole")
	}
}
