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
	case "thanks", "thank", "thx", "ty", "cheers", "спасибо", "спс", "благодарю", "благодарим", "works", "работает", "заработало", "помогло", "solved", "fixed",
		"great", "perfect", "fine", "good", "ok", "okay", "отлично", "супер", "хорошо", "ок":
		return true, true
	case "you", "u", "so", "very", "much", "a", "lot", "again", "all", "it", "now", "that", "well", "everything", "is", "many", "big",
		"большое", "огромное", "вам", "тебе", "за", "помощь", "всё", "все", "теперь", "да", "yes", "for", "the", "your", "help", "и", "and":
		return true, false
	}
	return false, false
}

// signs that say thanks without a word, and signs that take back what stands
// beside them.
const (
	goodSigns = "👍🙏👌❤✅"
	badSigns  = "?？👎❌"
)

// IsThanks reports whether a text says thanks or that it works, in English or
// Russian or by an emoji, and nothing else. A question is never thanks, with or
// without its mark.
func IsThanks(text string) bool {
	if len(text) > 200 || strings.ContainsAny(text, badSigns) {
		return false
	}
	words := strings.FieldsFunc(strings.ToLower(withoutMarks(text)), func(c rune) bool {
		return unicode.IsSpace(c) || unicode.IsPunct(c) || unicode.IsSymbol(c) || c == zeroWidthJoiner
	})
	if len(words) > 0 && words[0] == "is" { // "is it fixed now"
		return false
	}
	found := strings.ContainsAny(text, goodSigns)
	for _, w := range words {
		known, thanks := pureThanks(w)
		if !known {
			return false
		}
		found = found || thanks
	}
	return found
}

// withoutMarks drops accents that stand apart from their letter, as some
// keyboards send them, and what colours an emoji.
func withoutMarks(text string) string {
	return strings.Map(func(c rune) rune {
		if unicode.Is(unicode.Mn, c) {
			return -1
		}
		return c
	}, text)
}
