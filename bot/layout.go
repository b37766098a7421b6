package bot

import "strings"

// The rows of the two keyboard layouts that people in Minsk switch between and
// forget to: "куйгуые" is "request" typed with the other one.
const (
	latinKeys    = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`"
	cyrillicKeys = "йцукенгшщзхъфывапролджэячсмитьбюё"
)

// otherLayout rewrites a lower-case word as if it had been typed with the other
// keyboard layout. Letters that are on no key stay.
func otherLayout(word string) string {
	latin, cyrillic := []rune(latinKeys), []rune(cyrillicKeys)
	return strings.Map(func(c rune) rune {
		for i := range latin {
			switch c {
			case latin[i]:
				return cyrillic[i]
			case cyrillic[i]:
				return latin[i]
			}
		}
		return c
	}, word)
}
