package bot

import "testing"

func TestATextIsBlankIfNobodySeesAnythingOfIt(t *testing.T) {
	for text, want := range map[string]bool{
		"": true, " \t\r\n": true, "\u200b": true, "\ufeff \u2060\u200d": true, "\x00\x07": true, "\u2800\u3164": true, "\ufe0f": true, "\u202e": true,
		".": false, "\u200b.": false, "👀": false, "❤️": false, "\U0001F3F3️\u200d🌈": false, "ё": false, "\u0301a": false, "\xff": false,
	} {
		if got := Blank(text); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}
