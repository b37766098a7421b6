package phrase

import (
	"testing"

	"pgregory.net/rapid"
)

func TestAWordTypedWithTheOtherLayoutIsTheSameTypedBack(t *testing.T) {
	if l, c := len([]rune(latinKeys)), len([]rune(cyrillicKeys)); l != c {
		t.Fatalf("%d latin keys and %d cyrillic ones", l, c)
	}
	keys := []rune(latinKeys + cyrillicKeys)
	rapid.Check(t, func(t *rapid.T) {
		word := string(rapid.SliceOf(rapid.SampledFrom(keys)).Draw(t, "word"))
		other := OtherLayout(word)
		if back := OtherLayout(other); back != word {
			t.Fatalf("%q became %q and then %q", word, other, back)
		}
		if word != "" && other == word {
			t.Fatalf("%q stayed", word)
		}
	})
	for slip, want := range map[string]string{"ефлу": "take", "куыщдму": "resolve", "dpznm": "взять", "htibnm": "решить", "ёлка": "`krf", "12": "12", "héé": "рéé", "": ""} {
		if got := OtherLayout(slip); got != want {
			t.Errorf("OtherLayout(%q) = %q, want %q", slip, got, want)
		}
	}
}
