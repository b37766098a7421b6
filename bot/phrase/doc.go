// Package phrase understands when people mean: "tomorrow at 10", "завтра в 10",
// "in 2 hours", "каждый будний день в 9". It answers with an instant or, for
// what comes again and again, with a cron spec.
//
// It is strict. A phrase is taken as a whole or not at all, and one that people
// read in two ways is refused rather than guessed, if possible with what to
// write instead. docs/phrases.md is the grammar in words: what is understood,
// what is refused, and why.
//
// English and Russian words are always both understood, also typed with the
// other keyboard layout; the language of the reader decides only what figures
// alone do not, such as 5.6.
//
// The code follows the grammar. A text is split into tokens, which know what
// classes of words they belong to (token.go, words.go, words_en.go, words_ru.go).
// A parser takes them from left to right into the parts of one moment (day.go,
// date.go, clock.go, later.go; once.go) or of something that recurs (every.go),
// and they are put together when all of them are known (resolve.go, spec.go).
// Lead, Tail and Find look for a phrase within a sentence (sentence.go).
package phrase
