package bot

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	// maxTokens is how many different words of one text count. Identifiers come
	// first: the number at the end of a long mail is what people look for.
	maxTokens = 128
	// maxTokenRunes is how much of a word counts.
	maxTokenRunes = 32
	// minPrefix is how many characters of a word must be typed until it stands
	// for all words that begin like that.
	minPrefix = 3
)

// Tokens cuts a text into the words it is found by, each once, in the form in
// which they are compared: folded as by [Fold], Russian and English endings cut,
// 32 characters at most. Mail addresses, host names and names with digits such
// as "R-12" and "v1.2" count as a whole and in parts. Of a long text 128 words
// count. Single letters do not count.
func Tokens(text string) []string {
	var names, words []string
	seen := make(map[string]bool, 64)
	add := func(to []string, token string) []string {
		if seen[token] {
			return to
		}
		seen[token] = true
		return append(to, token)
	}
	all := wordsIn(text)
	for _, w := range all {
		if w.name {
			names = add(names, shortened(w.text))
			for _, part := range parts(w.text) {
				names = add(names, stem(part))
			}
		}
	}
	for _, w := range all {
		if !w.name {
			words = add(words, stem(w.text))
		}
	}
	both := append(names, words...)
	return both[:min(len(both), maxTokens)]
}

// Sought cuts what somebody looks for into tokens, each of which must be there.
// prefix is the beginning of the last word, if it is long enough: a word that
// begins with it will do as well as the last token.
func Sought(text string) (tokens []string, prefix string) {
	words := wordsIn(text)
	last := ""
	for i, w := range words {
		token := shortened(w.text)
		if !w.name {
			token = stem(w.text)
		}
		if i == len(words)-1 {
			last = token
			if runes := []rune(w.text); len(runes) >= minPrefix {
				prefix = shortened(w.text)
			}
		}
		tokens = append(tokens, token)
	}
	tokens = distinct(tokens)
	if i := slices.Index(tokens, last); i >= 0 { // the last word stays the last
		tokens = append(slices.Delete(tokens, i, i+1), last)
	}
	return tokens[:min(len(tokens), maxTokens)], prefix
}

// word is a word of a text, folded. A name is found as a whole.
type word struct {
	text string
	name bool
}

// wordsIn finds the words of a text in their order.
func wordsIn(text string) (out []word) {
	text = Fold(text)
	for len(text) > 0 {
		end, run := cutRun(text)
		text = text[end:]
		run.text = strings.TrimFunc(run.text, joiner)
		switch {
		case run.text == "":
		case !run.joined || !strings.ContainsFunc(run.text, joiner):
			if counts(run.text) {
				out = append(out, word{run.text, false})
			}
		case run.digit || strings.ContainsAny(run.text, "@."):
			out = append(out, word{run.text, true})
		default:
			for part := range strings.FieldsFuncSeq(run.text, joiner) {
				if counts(part) {
					out = append(out, word{part, false})
				}
			}
		}
	}
	return out
}

// run is characters of words without others between them.
type run struct {
	text   string
	joined bool // some of them join words
	digit  bool
}

// cutRun finds where the first run of a text ends; it is empty if the text
// begins with something else.
func cutRun(text string) (end int, r run) {
	for i, c := range text {
		switch {
		case c >= 'a' && c <= 'z' || c >= 'а' && c <= 'я':
		case joiner(c):
			r.joined = true
		case unicode.IsDigit(c):
			r.digit = true
		case !unicode.IsLetter(c):
			r.text = text[:i]
			_, size := utf8.DecodeRuneInString(text[i:])
			return i + size, r
		}
	}
	r.text = text
	return len(text), r
}

// parts are what a name is found by beside itself: its words and, of an
// address, the host and the domains above it.
func parts(name string) (out []string) {
	if i := strings.LastIndexByte(name, '@'); i >= 0 {
		out = append(out, name[i+1:])
	}
	host := name[strings.LastIndexByte(name, '@')+1:]
	for i := strings.IndexByte(host, '.'); i >= 0; i = strings.IndexByte(host, '.') {
		host = host[i+1:]
		if strings.Contains(host, ".") {
			out = append(out, host)
		}
	}
	for part := range strings.FieldsFuncSeq(name, joiner) {
		if counts(part) {
			out = append(out, part)
		}
	}
	return out
}

// joiner reports whether a character within a word makes it a name.
func joiner(r rune) bool { return r == '@' || r == '.' || r == '-' || r == '_' }

// counts reports whether a word is more than a single letter.
func counts(w string) bool {
	r, size := utf8.DecodeRuneInString(w)
	return len(w) > size || unicode.IsDigit(r)
}

func shortened(w string) string {
	if len(w) <= maxTokenRunes {
		return w
	}
	n := 0
	for i := range w {
		if n++; n > maxTokenRunes {
			return w[:i]
		}
	}
	return w
}

// distinct keeps the first of equal values.
func distinct(all []string) []string {
	seen := make(map[string]bool, len(all))
	return slices.DeleteFunc(all, func(s string) bool {
		if seen[s] {
			return true
		}
		seen[s] = true
		return false
	})
}
