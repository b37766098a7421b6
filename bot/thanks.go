package bot

import (
	"strings"
	"unicode"
)

// pureThanks are the words of which a message may consist that says nothing
// but thanks, or that all is well. A message with any other word is more than
// thanks.
func pureThanks(word string) (known, thanks bool) {
	switch word {
	case "thanks", "thank", "thx", "ty", "cheers", "спасибо", "спс", "благодарю", "благодарим", "works", "работает", "заработало", "помогло", "solved", "fixed":
		return true, true
	case "you", "u", "so", "very", "much", "a", "lot", "again", "all", "it", "now", "great", "good", "perfect", "ok", "okay", "that", "fine", "well", "everything", "is", "many", "big",
		"большое", "огромное", "вам", "тебе", "за", "помощь", "всё", "все", "теперь", "отлично", "супер", "хорошо", "ок", "да", "yes", "for", "the", "your", "help", "и", "and":
		return true, false
	}
	return false, false
}

// IsThanks reports whether a text says thanks or that it works, in English or
// Russian, and nothing else. A question is never thanks.
func IsThanks(text string) bool {
	if len(text) > 200 || strings.ContainsRune(text, '?') {
		return false
	}
	words := strings.FieldsFunc(strings.ToLower(text), func(c rune) bool {
		return unicode.IsSpace(c) || unicode.IsPunct(c) || unicode.IsSymbol(c)
	})
	found := false
	for _, w := range words {
		known, thanks := pureThanks(w)
		if !known {
			return false
		}
		found = found || thanks
	}
	return found
}
