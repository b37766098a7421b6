package bot

import "testing"

func TestTheMentionThatATextBeginsWithIsNoPartOfIt(t *testing.T) {
	for text, want := range map[string]string{
		"@desk Licences": "Licences", " @Desk: Licences": "Licences", "@desk": "", "@desk, @desk": "@desk",
		"@desktop is slow": "@desktop is slow", "ask @desk": "ask @desk", "@desk-2 hello": "@desk-2 hello", "": "",
	} {
		if got := Unaddressed(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
