package storage

import "strings"

// term is some words of which one is wanted.
type term struct {
	words  []string
	prefix string // or any that begins so; empty: none

	spaced []string // the words as they end in a row of words
	lined  []string // and in the index
}

func anyOf(words ...string) term {
	t := term{words: words}
	for _, w := range words {
		t.spaced, t.lined = append(t.spaced, w+" "), append(t.lined, w+lineTab)
	}
	return t
}

// begun finds where a text has something behind a certain character, at from or
// later; -1: nowhere. To look for the character first would find one after
// another.
func begun(text, what string, behind byte, from int) int {
	for {
		i := strings.Index(text[from:], what)
		if i < 0 {
			return -1
		}
		if from += i; from > 0 && text[from-1] == behind {
			return from
		}
		from++
	}
}

// in reports whether words that are written in a row hold the term.
func (t *term) in(words string) bool {
	for _, w := range t.spaced {
		if begun(words, w, ' ', 0) >= 0 {
			return true
		}
	}
	return t.prefix != "" && begun(words, t.prefix, ' ', 0) >= 0
}

// read adds the requests that a row of the index has for the term.
func (t *term) read(entries string, internal bool, to *bits) {
	for _, w := range t.lined {
		if at := begun(entries, w, lineBegin, 0); at >= 0 { // each word has one line
			readLine(entries[at:], internal, to)
		}
	}
	if t.prefix == "" {
		return
	}
	for at := begun(entries, t.prefix, lineBegin, 0); at >= 0; at = begun(entries, t.prefix, lineBegin, at+1) {
		readLine(entries[at:], internal, to)
	}
}

// readLine adds the requests of the line that entries begin with.
func readLine(entries string, internal bool, to *bits) {
	line, _, _ := strings.Cut(entries, string(lineBegin))
	_, places, _ := strings.Cut(line, lineTab)
	all, team, _ := strings.Cut(places, lineTab)
	to.read(all)
	if internal {
		to.read(team)
	}
}
