package phrase

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// token is a word, a number, several numbers with marks between them, or a
// mark.
type token struct {
	text     string // lower case, with е for ё
	from, to int    // runes of the text it was found in
	glued    bool   // nothing stands between it and the token before
	figures  bool   // it begins with a digit
	means    []meaning
}

// figures are numbers with marks between: 9:30, 5.3.2026, 2026-03-05, 1/2, 1,5
// or 10.
var figures = regexp.MustCompile(`^(?:[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?|[0-9]{1,2}([./-])[0-9]{1,2}(?:[./-](?:[0-9]{4}|[0-9]{2}))?|[0-9]+\.[0-9]+|[0-9]+,[0-9]{1,2}|[0-9]+)`)

// split finds the tokens of a text.
func split(text []rune) []token {
	text = fold(text)
	var tokens []token
	for i := 0; i < len(text); {
		if unicode.IsSpace(text[i]) {
			i++
			continue
		}
		end := tokenEnd(text, i)
		t := token{text: string(text[i:end]), from: i, to: end, figures: isDigit(text[i])}
		t.glued = len(tokens) > 0 && tokens[len(tokens)-1].to == i
		// A full stop after a word is its own: "sept.", "a.m.".
		if t.text == "." && t.glued && tokens[len(tokens)-1].isWord() {
			tokens[len(tokens)-1].to = end
		} else {
			if t.isWord() {
				t.means = meanings(t.text)
			}
			tokens = append(tokens, t)
		}
		i = end
	}
	return tokens
}

// fold makes letters and marks that people take for the same the same, rune by
// rune.
func fold(text []rune) []rune {
	out := make([]rune, len(text))
	for i, c := range text {
		c = unicode.ToLower(c)
		switch c {
		case 'ё':
			c = 'е'
		case '–', '—', '−', '‑':
			c = '-'
		case '’', '‘':
			c = '\''
		}
		out[i] = c
	}
	return out
}

func tokenEnd(text []rune, from int) int {
	switch {
	case isDigit(text[from]):
		// All of figures is one byte a rune.
		near := string(text[from:min(len(text), from+32)])
		end := from + len(figures.FindString(near))
		if end < len(text) && isDigit(text[end]) || end+1 < len(text) && strings.ContainsRune(":./-", text[end]) && isDigit(text[end+1]) {
			return run(text, from, func(c rune) bool { return isDigit(c) || strings.ContainsRune(":./-", c) })
		}
		return end
	case unicode.IsLetter(text[from]):
		return run(text, from, func(c rune) bool { return unicode.IsLetter(c) || c == '\'' || unicode.Is(unicode.Mn, c) })
	}
	return from + 1
}

// run is the end of the runes from one on for which ok holds.
func run(text []rune, from int, ok func(rune) bool) int {
	if i := slices.IndexFunc(text[from+1:], func(c rune) bool { return !ok(c) }); i >= 0 {
		return from + 1 + i
	}
	return len(text)
}

func isDigit(c rune) bool { return c >= '0' && c <= '9' }

func (t token) isWord() bool {
	for _, c := range t.text {
		return unicode.IsLetter(c)
	}
	return false
}

// number is what plain digits say. No number of interest has more than six.
func (t token) number() (int, bool) {
	if len(t.text) > 6 {
		return 0, false
	}
	n, err := strconv.ParseUint(t.text, 10, 32)
	return int(n), t.figures && err == nil
}

// parts are the numbers of figures with one kind of mark between them, and the
// mark.
func (t token) parts() (numbers []int, mark byte) {
	if !t.figures {
		return nil, 0
	}
	for _, text := range strings.FieldsFunc(t.text, func(c rune) bool { return !isDigit(c) }) {
		n, err := strconv.Atoi(text)
		if err != nil || len(text) > 6 {
			return nil, 0
		}
		numbers = append(numbers, n)
	}
	for i := range len(t.text) {
		if c := t.text[i]; !isDigit(rune(c)) {
			if mark != 0 && mark != c {
				return nil, 0
			}
			mark = c
		}
	}
	return numbers, mark
}

// trim drops the marks that end a sentence.
func trim(tokens []token) []token {
	for len(tokens) > 0 && slices.Contains([]string{".", "!", "?", ","}, tokens[len(tokens)-1].text) {
		tokens = tokens[:len(tokens)-1]
	}
	return tokens
}

// parser goes through tokens from left to right.
type parser struct {
	world
	tokens []token
	at     int
}

func (p *parser) done() bool { return p.at >= len(p.tokens) }

// is takes the next token if it is one of these words.
//
//go:noinline
func (p *parser) is(words ...string) bool {
	if p.done() || !slices.Contains(words, p.tokens[p.at].text) {
		return false
	}
	p.at++
	return true
}

// next reports whether the next token is one of these words, and leaves it.
func (p *parser) next(words ...string) bool {
	return !p.done() && slices.Contains(words, p.tokens[p.at].text)
}

// all takes the next tokens if they are these words, one after another.
func (p *parser) all(words ...string) bool {
	return p.try(func() bool {
		for _, w := range words {
			if !p.is(w) {
				return false
			}
		}
		return true
	})
}

// class takes the next token if it belongs to a class of words.
func (p *parser) class(c class) (int, bool) {
	if p.done() {
		return 0, false
	}
	n, ok := p.tokens[p.at].as(c)
	if ok {
		p.at++
	}
	return n, ok
}

// glued reports whether the next token follows without a space.
func (p *parser) glued() bool { return !p.done() && p.tokens[p.at].glued }

// try goes back to where it was if fn is false.
func (p *parser) try(fn func() bool) bool {
	from := p.at
	if fn() {
		return true
	}
	p.at = from
	return false
}

// names reports whether one of the tokens is one of these words.
func (p *parser) names(words ...string) bool {
	return slices.ContainsFunc(p.tokens, func(t token) bool { return slices.Contains(words, t.text) })
}
