package phrase

import (
	"strings"
	"unicode"
)

// The rows of the two keyboard layouts that people switch between and forget
// to: "pfdnhf" is "завтра" typed with the other one.
const (
	latinKeys    = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`"
	cyrillicKeys = "йцукенгшщзхъфывапролджэячсмитьбюё"
)

// OtherLayout rewrites a lower-case text as if it had been typed with the other
// of the English and the Russian keyboard layout. What is on no such key stays.
func OtherLayout(text string) string {
	return strings.Map(otherKey, text)
}

// otherLayout does the same rune by rune, in any case of letters.
func otherLayout(text []rune) []rune {
	out := make([]rune, len(text))
	for i, c := range text {
		out[i] = otherKey(unicode.ToLower(c))
	}
	return out
}

func otherKey(c rune) rune {
	cyrillic := []rune(cyrillicKeys)
	for i, latin := range latinKeys { // each is one byte
		switch c {
		case latin:
			return cyrillic[i]
		case cyrillic[i]:
			return latin
		}
	}
	return c
}
