package search

import (
	"strings"
	"unicode"

	"github.com/kljensen/snowball/english"
	"github.com/kljensen/snowball/russian"
)

// words cuts a text into the stems of its words: lower case, ё as е, accents
// dropped, each word by the rules of the language whose letters it is written
// in, so that an English word in a Russian question is found too.
func words(text string) []string {
	fields := strings.FieldsFunc(fold(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	out := fields[:0]
	for _, w := range fields {
		out = append(out, stem(w))
	}
	return out
}

// fold makes letters comparable: case, ё, and marks that stand apart.
func fold(text string) string {
	return strings.Map(func(r rune) rune {
		switch r = unicode.ToLower(r); {
		case r == 'ё':
			return 'е'
		case unicode.Is(unicode.Mn, r):
			return -1
		}
		return r
	}, text)
}

// longest is the length in letters above which something is no word: a key, a
// line of base64. Of such the beginning counts.
const longest = 40

func stem(w string) string {
	if len(w) > 2*longest {
		w = string([]rune(w)[:min(longest, len([]rune(w)))])
	}
	for _, r := range w {
		switch {
		case unicode.Is(unicode.Cyrillic, r):
			return russian.Stem(w, true)
		case r < unicode.MaxASCII && unicode.IsLetter(r):
			return english.Stem(w, true)
		}
	}
	return w
}

// trigrams cuts a text into pieces of three characters, over the borders of
// words but not of what stands between them. They find what was misspelt,
// written together, or bent in a way that a stemmer does not know.
func trigrams(text string) []string {
	var out []string
	for _, w := range strings.FieldsFunc(fold(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		padded := []rune(" " + w + " ")
		padded = padded[:min(len(padded), longest)]
		for i := 0; i+3 <= len(padded); i++ {
			out = append(out, string(padded[i:i+3]))
		}
	}
	return out
}
