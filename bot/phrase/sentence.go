package phrase

import (
	"slices"
	"strings"
	"time"
)

const (
	maxSentence = 4000 // the longest sentence that is read, in bytes
	maxWords    = 24   // the most tokens of a phrase within a sentence
)

// Tail finds a time at the end of a sentence and returns what stands before it:
// "call Harbor tomorrow at 10" is "call Harbor" and a time, and "R-12 till
// Monday" is "R-12" and a day. Of all endings that are a time the longest
// counts, and it is refused when the words before it belong to a time as well:
// "in about 3 or 4 days at 10" has no ending that is meant. A sentence without a
// time is Missing. The error is always an *Error.
func Tail(text, lang string, zone *time.Location, now time.Time) (Result, string, error) {
	return find(text, lang, zone, now, sentence.tail)
}

// Lead finds a time at the start of a sentence and returns what stands after
// it: "tomorrow at 10 call Harbor". It is otherwise as Tail.
func Lead(text, lang string, zone *time.Location, now time.Time) (Result, string, error) {
	return find(text, lang, zone, now, sentence.lead)
}

// Find finds a time at the end of a sentence, or at its start, or a day at one
// and an hour at the other: "tomorrow call Harbor at 10". It is otherwise as
// Tail.
func Find(text, lang string, zone *time.Location, now time.Time) (Result, string, error) {
	return find(text, lang, zone, now, sentence.either)
}

// sentence is a text in which a time is looked for.
type sentence struct {
	world
	text   []rune
	tokens []token
}

// found is a time within a sentence: it ends at token lead and begins again at
// token tail, and the rest is between, in runes.
type found struct {
	reading
	lead, tail int
	from, to   int
}

func find(text, lang string, zone *time.Location, now time.Time, where func(sentence) (found, *Error)) (Result, string, error) {
	switch {
	case strings.TrimSpace(text) == "":
		return Result{}, "", &Error{Reason: Empty}
	case len(text) > maxSentence:
		return Result{}, "", &Error{Reason: Long, Phrase: short(text)}
	}
	runes := []rune(text)
	w := world{lang, zone, now.Truncate(time.Second)}
	f, err := where(sentence{w, runes, trim(split(runes))})
	if err != nil && err.Reason == Missing {
		if g, slip := where(sentence{w, runes, trim(split(otherLayout(runes)))}); slip == nil {
			f, err = g, nil
		}
	}
	if err != nil {
		if err.Phrase == "" {
			err.Phrase = short(text)
		}
		return Result{}, "", err
	}
	return f.Result, strings.Trim(string(runes[f.from:f.to]), " \t\r\n,;:-–—"), nil
}

// phrase is the text of tokens, for an error.
func (s sentence) phrase(from, to int) string {
	return short(string(s.text[s.tokens[from].from:s.tokens[to-1].to]))
}

// breaks reports whether a phrase may begin at a token: after a space.
func (s sentence) breaks(at int) bool { return at == 0 || at == len(s.tokens) || !s.tokens[at].glued }

func (s sentence) tail() (found, *Error) {
	n := len(s.tokens)
	for at := max(0, n-maxWords); at < n; at++ {
		if !s.breaks(at) || isLink(s.tokens[at].text) {
			continue
		}
		r, err := s.read(s.tokens[at:])
		if err != nil && !understood(err) || r.weak {
			continue
		}
		rest := at
		if rest > 0 && slices.Contains([]string{"till", "until", "до"}, s.tokens[rest-1].text) {
			rest--
		}
		f := found{reading: r, tail: at, to: s.end(rest)}
		switch {
		case s.belongsBefore(rest):
			return f, &Error{Reason: Unclear, Phrase: s.phrase(rest-1, n)}
		case err != nil:
			return f, &Error{Reason: err.Reason, Phrase: s.phrase(at, n), Try: err.Try}
		case s.says(r, 0, rest):
			return f, &Error{Reason: Unclear, Phrase: s.phrase(0, n)}
		}
		return f, nil
	}
	return found{tail: n}, s.unclear()
}

// unclear says of a sentence without a time that there is none, or that its
// last words may have been meant for one.
func (s sentence) unclear() *Error {
	n := len(s.tokens)
	if n == 0 || !s.tokens[n-1].strong() {
		return &Error{Reason: Missing}
	}
	if _, mark := s.tokens[n-1].parts(); mark == '.' { // "update to 5.6"
		return &Error{Reason: Missing}
	}
	at := n - 1
	for at > 0 && (s.tokens[at-1].strong() || s.tokens[at-1].figures || slices.Contains([]string{"in", "at", "on", "the", "this", "a", "few", "в", "на", "через", "несколько", "пару"}, s.tokens[at-1].text)) {
		at--
	}
	return &Error{Reason: Unclear, Phrase: s.phrase(at, n)}
}

// end is the rune after the last token before this one.
func (s sentence) end(at int) int {
	if at == 0 {
		return 0
	}
	return s.tokens[at-1].to
}

// belongsBefore reports whether the words before a token make another time of
// it, or no time at all: "next", "35", "by", "about".
func (s sentence) belongsBefore(at int) bool {
	if at == 0 {
		return false
	}
	before := s.tokens[at-1]
	_, counted := before.as(cardinal)
	if _, ok := s.tokens[min(at, len(s.tokens)-1)].as(unit); ok && (counted || before.figures) {
		return true // "2 or 3 дня в 15:00", of which "дня в 15:00" is a time
	}
	if before.figures && at > 1 && !before.glued {
		// "on 35 at 10"; but "room 5 at 10".
		two := s.tokens[at-2]
		return before.strong() || two.strong() || isLink(two.text) || slices.Contains([]string{"in", "at", "on", "within", "через", "в"}, two.text)
	}
	if before.text == "-" && at > 1 { // "9:30 - 11:00"; but "call Harbor - tomorrow"
		return s.tokens[at-2].strong() || s.tokens[at-2].figures
	}
	return before.strong() || isLink(before.text) || repeats(before.text)
}

// repeats reports whether a word makes a schedule of the time after it, one that
// was not understood: "every other Friday".
func repeats(word string) bool {
	return slices.Contains([]string{
		"every", "each", "other", "second",
		"каждый", "каждую", "каждое", "каждые", "второй", "вторую", "второе", "вторые",
	}, word)
}

// isLink reports whether a word makes of the time after it something else than
// when: "for Monday", "about tomorrow", "10:00 or 11:00".
func isLink(word string) bool {
	return slices.Contains([]string{
		"for", "by", "before", "after", "since", "from", "about", "around", "of", "than", "not", "or", "and", "between",
		"за", "перед", "после", "с", "со", "от", "про", "не", "или", "и", "раньше", "позже", "между",
	}, word)
}

// says reports whether some of the tokens name what a phrase does not, the day
// or the hour, or another day than it does: "tomorrow", but not "Monday report".
func (s sentence) says(r reading, from, to int) bool {
	for i := from; i < to; i++ {
		t := s.tokens[i]
		_, mark := t.parts()
		if n, ok := t.as(relDay); ok && n >= 0 {
			return true
		}
		if !r.day && (t.isDay() || mark == '.' && strings.Count(t.text, ".") == 2 || mark == '-' && len(t.text) == len("2026-03-05")) {
			return true
		}
		if !r.clock && (mark == ':' || s.isHour(i, to)) {
			return true
		}
	}
	return false
}

// isHour reports whether a number is one by what stands beside it.
func (s sentence) isHour(at, to int) bool {
	n, ok := s.tokens[at].number()
	return ok && n <= 24 &&
		(at+1 < to && slices.Contains([]string{"am", "pm", "утра", "вечера"}, s.tokens[at+1].text) ||
			at > 0 && slices.Contains([]string{"at", "@", "в", "во"}, s.tokens[at-1].text))
}

func (s sentence) lead() (found, *Error) {
	for to := min(len(s.tokens), maxWords); to > 0; to-- {
		if !s.breaks(to) && s.tokens[to].text != "," && s.tokens[to].text != ":" {
			continue
		}
		r, err := s.read(s.tokens[:to])
		if err != nil && !understood(err) || s.vague(r, to) {
			continue
		}
		if err != nil {
			return found{reading: r, lead: to}, &Error{Reason: err.Reason, Phrase: s.phrase(0, to), Try: err.Try}
		}
		if to < len(s.tokens) && s.tokens[to].strong() {
			return found{reading: r, lead: to}, &Error{Reason: Unclear, Phrase: s.phrase(0, to+1)}
		}
		if s.says(r, to, len(s.tokens)) {
			return found{reading: r, lead: to}, &Error{Reason: Unclear, Phrase: s.phrase(0, len(s.tokens))}
		}
		return found{reading: r, lead: to, from: s.start(to), to: len(s.text)}, nil
	}
	return found{}, &Error{Reason: Missing}
}

// start is the rune of a token.
func (s sentence) start(at int) int {
	if at == len(s.tokens) {
		return len(s.text)
	}
	return s.tokens[at].from
}

// vague reports whether the first tokens are a day that a sentence may be about
// rather than for: "10 March report", "Monday standup"; but "on Monday".
func (s sentence) vague(r reading, to int) bool {
	first := s.tokens[0]
	_, rel := first.as(relDay)
	return r.weak || r.Whole && r.Spec == "" && !rel && !slices.Contains([]string{"on", "in", "next", "в", "во", "через", "следующий", "следующую"}, first.text)
}

// either is Find.
func (s sentence) either() (found, *Error) {
	t, err := s.tail()
	if err == nil || err.Reason != Missing && err.Reason != Unclear && err.Reason != Either {
		return t, err
	}
	l, leadErr := s.lead()
	if err.Reason == Missing || leadErr == nil && t.tail == len(s.tokens) && l.day && l.clock {
		return l, leadErr
	}
	if l.lead == 0 || l.lead >= t.tail || s.belongsBefore(t.tail) || t.day && t.clock {
		return found{}, err
	}
	r, both := s.read(append(slices.Clone(s.tokens[:l.lead]), s.tokens[t.tail:]...))
	if both != nil || s.says(r, l.lead, t.tail) {
		return found{}, err
	}
	return found{reading: r, from: s.start(l.lead), to: s.end(t.tail)}, nil
}
