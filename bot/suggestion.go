package bot

import (
	"slices"
	"time"
)

// Speak says who hears of an article that may answer a question which somebody
// asks in a channel.
type Speak string

// The rungs of the ladder, each louder than the one before. Agents: somebody of
// the team is asked whether to send it. Asker: whoever asked is told privately.
// Thread: it is said in the thread of the question.
const (
	SpeakOff    Speak = "off"
	SpeakAgents Speak = "agents"
	SpeakAsker  Speak = "asker"
	SpeakThread Speak = "thread"
)

// SpeakAt is how loud articles are in a channel. Where the configuration does
// not say, agents hear of them where clients read, and the asker inside. Where
// the desk only listens, and in channels that are not configured, it is off.
func (s *Settings) SpeakAt(p Place) Speak {
	c, ok := s.Channel(p)
	switch {
	case !ok || p.IsDirect() || c.Intake == IntakeShadow:
		return SpeakOff
	case c.Speak != "":
		return c.Speak
	case c.Audience == Inside:
		return SpeakAsker
	}
	return SpeakAgents
}

// FAQ is when an article is suggested unasked. Zero fields are the usual ones.
type FAQ struct {
	Score float64       // how much of the question the article must speak about, of 1
	Gap   float64       // and how much more than the next one
	Wait  time.Duration // how long people have the first word
}

// The usual gate. It was chosen on nine bases of questions in both languages, of
// 67 to 947 articles and 400 to 3,100 questions each, so that it fits without
// being tuned. Where an article answers the question, what passes is the right
// one in 95 to 100 cases of 100 on seven of the bases, and in 88 and 93 on the
// two whose articles are hardest to tell apart. Where that article was taken
// away something else passes for 0 to 5 of 100 questions (11 on a base of 77
// nearly equal intents), and for 0 to 2 of 100 that are about something else
// altogether. The price is silence: 6 to 43 of 100 questions pass. The gap does
// more for it than the score: without it, 2 to 15 times as many are wrong. What
// people confirm is learned, and passes the next time.
//
// From maybeScore on, two articles are shown to somebody who can judge them.
const (
	usualScore = 0.35
	usualGap   = 0.10
	usualWait  = 20 * time.Second
	maybeScore = 0.25
)

// Waits is how long people have the first word before anything is suggested.
func (f FAQ) Waits() time.Duration {
	if f.Wait <= 0 {
		return usualWait
	}
	return f.Wait
}

// Sure reports whether the first of what was found, the best first, is the
// answer.
func (f FAQ) Sure(found []FoundArticle) bool {
	score, gap := f.Score, f.Gap
	if score <= 0 {
		score = usualScore
	}
	if gap <= 0 {
		gap = usualGap
	}
	if len(found) == 0 || found[0].Score < score {
		return false
	}
	return len(found) == 1 || found[0].Score-found[1].Score >= gap
}

// Candidates are those of what was found that somebody who can judge them is
// asked about: two at most.
func (f FAQ) Candidates(found []FoundArticle) []FoundArticle {
	n := slices.IndexFunc(found, func(a FoundArticle) bool { return a.Score < maybeScore })
	if n < 0 {
		n = len(found)
	}
	return found[:min(n, 2)]
}

// SuggestionState is what became of a question that an article may answer.
type SuggestionState string

// The states. Waiting: people have the first word. Silent: a person answered
// first, and nothing is ever suggested there. Gap: no article speaks of it.
// Offered: somebody of the team is asked. Declined: they said no. Sent: the
// asker has read it. Solved: it helped. Missed: it did not.
const (
	SuggestionWaiting  SuggestionState = "waiting"
	SuggestionSilent   SuggestionState = "silent"
	SuggestionGap      SuggestionState = "gap"
	SuggestionOffered  SuggestionState = "offered"
	SuggestionDeclined SuggestionState = "declined"
	SuggestionSent     SuggestionState = "sent"
	SuggestionSolved   SuggestionState = "solved"
	SuggestionMissed   SuggestionState = "missed"
)

// Suggestion is a question of a channel, and what was suggested to it: once,
// whatever becomes of it. Its words are kept for 7 days.
type Suggestion struct {
	ID       int64
	Place    Place  // the channel
	Message  string // the question's message, which begins the thread
	Who      string // who asked
	Name     string
	Question string
	At       time.Time // when it was asked, by the desk's clock
	State    SuggestionState
	Article  int64   // the one that was suggested
	Found    []int64 `json:",omitempty"` // articles that may answer it, the best first
	Sure     bool    `json:",omitempty"` // the first of them does
	By       string  `json:",omitempty"` // who of the team was asked, or sent it
	Speak    Speak   `json:",omitempty"` // how loud it was
	Pieces   int     `json:",omitempty"` // messages that the question was written in
}

// Thread is where the question is answered.
func (s Suggestion) Thread() Place { return s.Place.In(s.Message) }

// SuggestionQuery chooses suggestions. Zero fields choose all.
type SuggestionQuery struct {
	Place   Place // a channel
	Who     string
	States  []SuggestionState // any of these
	Article int64
	Since   time.Time // asked after this
	Limit   int       // default 100
}

// SuggestionTally counts the suggestions of one channel with one state.
type SuggestionTally struct {
	Channel Place
	State   SuggestionState
	Speak   Speak
	Count   int
}

// QuestionCounts counts questions that articles might have answered.
type QuestionCounts struct {
	Asked, Helped, Gaps int // all, those that an article helped with, and those without one
}

// SuggestionView reads suggestions.
type SuggestionView interface {
	QuestionView
	Suggestion(id int64) (Suggestion, error)                      // ErrNotFound
	SuggestionAt(p Place, message string) (Suggestion, error)     // by the question's message; ErrNotFound
	Suggestions(q SuggestionQuery) ([]Suggestion, error)          // the newest first
	SuggestionTallies(since time.Time) ([]SuggestionTally, error) // of questions asked after this, by channel
}

// QuestionView reads what was asked, and nothing of what was suggested.
type QuestionView interface {
	CountQuestions(since time.Time) (QuestionCounts, error) // asked after this
	// Gaps are the last questions without an article that were asked after an
	// instant, the newest first: their ids and words alone.
	Gaps(since time.Time, limit int) ([]Suggestion, error)
}

// SuggestionTx writes suggestions.
type SuggestionTx interface {
	SaveSuggestion(s *Suggestion) error // ID 0 is a new one; a message that is known changes nothing
}
