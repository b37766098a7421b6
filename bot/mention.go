package bot

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// mention is how people address the desk where the messenger knows no mark of
// its own for it.
const mention = "@desk"

// Unaddressed is a text without the "@desk" that it begins with: what is said
// to the desk, and not that it is. A longer name is another's.
func Unaddressed(text string) string {
	rest := strings.TrimLeftFunc(text, unicode.IsSpace)
	if len(rest) < len(mention) || !strings.EqualFold(rest[:len(mention)], mention) {
		return text
	}
	rest = rest[len(mention):]
	if next, _ := utf8.DecodeRuneInString(rest); unicode.IsLetter(next) || unicode.IsDigit(next) || strings.ContainsRune("_-.", next) {
		return text
	}
	return strings.TrimLeftFunc(rest, func(c rune) bool { return unicode.IsSpace(c) || c == ',' || c == ':' })
}
