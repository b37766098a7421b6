package bot

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// stem cuts the ending off a folded word, so that "заявки" is found by
// "заявка" and "invoices" by "invoice". It is light: it joins the forms of one
// word, not a verb with its noun. Names and words with digits stay as they are.
func stem(word string) string {
	if strings.IndexFunc(word, func(r rune) bool { return unicode.IsDigit(r) || joiner(r) }) >= 0 {
		return shortened(word)
	}
	switch r, _ := utf8.DecodeRuneInString(word); {
	case r >= 'а' && r <= 'я':
		word = stemRussian(word)
	case r >= 'a' && r <= 'z':
		word = stemEnglish(word)
	}
	return shortened(word)
}

// minStem is what must be left of a word.
const minStem = 3

// russianEndings are those of nouns and adjectives and the commonest of verbs,
// the longest first. Endings that are as often the end of a noun by itself, such
// as those of "тикет", "портал" and "система", are left alone.
var russianEndings = []string{
	"иями", "ается", "яется", "уется", "ются",
	"ями", "ами", "ыми", "ими", "его", "ого", "ему", "ому", "иях", "ией", "ает", "яет", "ует", "ают", "яют", "уют", "аем", "яем", "уем",
	"ая", "яя", "ое", "ее", "ые", "ие", "ый", "ий", "ой", "ей", "ую", "юю", "ою", "ею", "ью", "аю", "яю", "ых", "их", "ым", "им",
	"ом", "ам", "ям", "ах", "ях", "ов", "ев", "ия", "ию", "ии", "ья", "ье", "ьи",
	"а", "е", "и", "о", "у", "ы", "ь", "ю", "я", "й",
}

// infinitives are cut only of longer words: "память" is a noun.
var infinitives = []string{"ать", "ять", "ить", "еть"}

func stemRussian(w string) string {
	cut := func(minimum int, endings ...string) bool {
		for _, ending := range endings {
			if rest, ok := strings.CutSuffix(w, ending); ok && utf8.RuneCountInString(rest) >= minimum {
				w = rest
				return true
			}
		}
		return false
	}
	if strings.HasSuffix(w, "телем") { // "пользователем"
		w = strings.TrimSuffix(w, "ем")
	} else if !cut(minStem+1, infinitives...) {
		cut(minStem, russianEndings...)
	}
	// "заявок" is of "заявка".
	if r := []rune(w); len(r) >= 5 && r[len(r)-1] == 'к' && (r[len(r)-2] == 'о' || r[len(r)-2] == 'е') && !russianVowel(r[len(r)-3]) {
		return string(r[:len(r)-2]) + "к"
	}
	return w
}

func russianVowel(r rune) bool { return strings.ContainsRune("аеиоуыэюя", r) }

func stemEnglish(s string) string {
	keeps := func(ending string) bool { // enough would be left, with a vowel in it
		rest, ok := strings.CutSuffix(s, ending)
		return ok && len(rest) >= minStem && strings.ContainsAny(rest, "aeiouy")
	}
	switch {
	case keeps("ies"), keeps("ied"):
		s = s[:len(s)-3] + "y"
	case strings.HasSuffix(s, "ss"), strings.HasSuffix(s, "us"), strings.HasSuffix(s, "is"):
	case keeps("s"):
		s = s[:len(s)-1]
	}
	switch {
	case keeps("eed"):
	case keeps("ing"):
		s = s[:len(s)-3]
	case keeps("ed"):
		s = s[:len(s)-2]
	}
	if keeps("e") {
		s = s[:len(s)-1]
	}
	if n := len(s); n > minStem && s[n-1] == s[n-2] { // "stopped" is of "stop"
		s = s[:n-1]
	}
	return s
}
