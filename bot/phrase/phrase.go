package phrase

import (
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// maxPhrase is the longest phrase that is read, in bytes.
const maxPhrase = 300

// farthest is how many years ahead a phrase may reach.
const farthest = 20

// Result is what a phrase means: an instant, or a schedule.
type Result struct {
	At    time.Time // in the zone that was asked for, later than now; zero for a schedule
	Spec  string    // a cron spec of five numeric fields in that zone; empty for an instant
	Whole bool      // only a day was named: the hour is midnight, and may be changed
}

// Reason says why a phrase is refused. Reasons are stable, so that callers can
// say the same in another language.
type Reason string

// The reasons.
const (
	Empty   Reason = "empty"   // nothing was written
	Long    Reason = "long"    // more than 300 bytes, or 4,000 of a sentence
	Unclear Reason = "unclear" // not understood, or not as one time
	Either  Reason = "either"  // people mean one of two times; Try may name both
	Past    Reason = "past"    // it has passed, or is now
	Never   Reason = "never"   // there is no such date
	Far     Reason = "far"     // more than 20 years ahead
	Missing Reason = "missing" // a sentence without a time
)

// Error is the one kind of error this package returns: why a phrase was
// refused.
type Error struct {
	Reason Reason
	Phrase string   // the words in question, shortened and without control characters
	Try    []string // what to write instead, in figures; may be empty
}

// Error is one English sentence.
func (e *Error) Error() string {
	const examples = "tomorrow 10:00, in 2 hours, or every Monday 9:30"
	switch e.Reason {
	case Empty:
		return "no time is written: write such as " + examples
	case Long:
		return "that is too long for a time: write such as " + examples
	case Either:
		if len(e.Try) > 0 {
			return fmt.Sprintf("%q can be read in two ways: write %s", e.Phrase, strings.Join(e.Try, " or "))
		}
		return fmt.Sprintf("%q can be read in two ways: write the day or the hour in full, such as 2026-03-09 or 15:00", e.Phrase)
	case Past:
		return fmt.Sprintf("%q has passed: write a time to come", e.Phrase)
	case Never:
		return fmt.Sprintf("%q never comes: there is no such date", e.Phrase)
	case Far:
		return fmt.Sprintf("%q is too far away: write a time within %d years", e.Phrase, farthest)
	case Missing:
		return fmt.Sprintf("no time is found in %q: end with such as %s", e.Phrase, examples)
	}
	return fmt.Sprintf("%q is no clear time: write such as %s", e.Phrase, examples)
}

// Parse reads a phrase that is nothing but a time. Days and hours are those of
// zone, and relative to now; lang is "ru" or "en", the language of whoever
// wrote it, and decides what figures alone do not. A local time that does not
// exist, because clocks go forward over it, is the first instant after the gap;
// of one that comes twice the first is meant. The error is always an *Error.
func Parse(text, lang string, zone *time.Location, now time.Time) (Result, error) {
	switch {
	case strings.TrimSpace(text) == "":
		return Result{}, &Error{Reason: Empty}
	case len(text) > maxPhrase:
		return Result{}, &Error{Reason: Long, Phrase: short(text)}
	}
	w := world{lang, zone, now.Truncate(time.Second)}
	if at, err := time.Parse(time.RFC3339, strings.TrimSpace(text)); err == nil {
		p := parser{world: w}
		r, err := p.within(at.In(zone), false)
		return r, named(err, text)
	}
	runes := []rune(text)
	r, err := w.read(split(runes))
	if err == nil || understood(err) {
		return r.Result, named(err, text)
	}
	if r, slip := w.read(split(otherLayout(runes))); slip == nil || understood(slip) {
		return r.Result, named(slip, text)
	}
	return Result{}, named(err, text)
}

// world is where and when a phrase is said.
type world struct {
	lang string
	zone *time.Location
	now  time.Time // in whole seconds
}

// reading is what tokens mean as a phrase.
type reading struct {
	Result
	day, clock bool // what was named
	weak       bool // so short that within a sentence it may be no time at all
}

// read takes tokens for a phrase.
func (w world) read(tokens []token) (r reading, err *Error) {
	p := parser{world: w, tokens: trim(tokens)}
	if len(p.tokens) == 0 {
		return reading{}, &Error{Reason: Unclear}
	}
	p.zone = p.zoneNamed()
	r, err, ok := p.recurring()
	if !ok {
		p.at = 0
		r, err = p.once()
	}
	r.At = inZone(r.At, w.zone)
	r.weak = weak(p.tokens)
	return r, err
}

// weak reports whether tokens are one word, as in "the sun".
func weak(tokens []token) bool {
	if tokens[0].text == "the" {
		tokens = tokens[1:]
	}
	return len(tokens) == 1 && !tokens[0].strong()
}

// inZone leaves the zero time alone.
func inZone(t time.Time, zone *time.Location) time.Time {
	if t.IsZero() {
		return t
	}
	return t.In(zone)
}

// understood reports whether an error says what is wrong with a phrase, not
// merely that it is none.
func understood(err *Error) bool { return err != nil && err.Reason != Unclear }

// named puts the words into an error. It returns no error of a nil one.
func named(err *Error, text string) error {
	if err == nil {
		return nil
	}
	return &Error{Reason: err.Reason, Phrase: short(text), Try: err.Try}
}

// short cuts what a stranger wrote to what fits in a sentence.
func short(s string) string {
	const limit = 60
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == utf8.RuneError {
			return ' '
		}
		return r
	}, s)
	s = strings.Join(strings.Fields(s), " ")
	if utf8.RuneCountInString(s) <= limit {
		return s
	}
	return string([]rune(s)[:limit]) + "..."
}
