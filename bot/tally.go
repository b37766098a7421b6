package bot

import "time"

// Overheard is a message that the desk read where it files nothing by itself,
// and what it would have done. It is kept for 7 days at most.
type Overheard struct {
	ID       int64
	Place    Place  // of the message, its thread included
	Message  string // the outside's id of it
	Who      string // a person
	Name     string
	Text     string // empty where it does not matter what was said
	At       time.Time
	Verdict  Verdict
	Doubtful bool      // the verdict may be wrong
	Judged   Judgement // what a person of the team said of the verdict
	Told     time.Time // the report that counted it; zero: none yet
	Request  int64     // what was filed from it after all
}

// Verdict is what the desk thought of a message it overheard.
type Verdict string

// The verdicts. Offered: its author was asked whether to file it.
const (
	WouldFile  Verdict = "file"
	WouldIdle  Verdict = "idle"
	WasOffered Verdict = "offered"
)

// Judgement is what a person said of a verdict; empty: nobody has.
type Judgement string

// The judgements.
const (
	JudgedRight Judgement = "right"
	JudgedWrong Judgement = "wrong"
)

// OverheardQuery chooses what was overheard. Zero fields choose all, but for
// Told: the zero time is what no report has counted yet.
type OverheardQuery struct {
	Who      string // of this person
	Verdict  Verdict
	Told     time.Time // of this report; see Any
	Any      bool      // of any report or none
	Doubtful bool      // doubtful, and nobody has judged it
	Newest   bool
	Limit    int // default 100
}

// Tally counts what was overheard in one channel with one verdict.
type Tally struct {
	Channel  Place
	Verdict  Verdict
	Doubtful bool
	Judged   Judgement
	Count    int
	First    time.Time // when the first of them was heard, by the desk's clock
}

// TallyView reads what was overheard.
type TallyView interface {
	Overheard(id int64) (Overheard, error)                  // ErrNotFound
	OverheardAt(p Place, message string) (Overheard, error) // ErrNotFound
	OverheardList(q OverheardQuery) ([]Overheard, error)    // oldest first unless asked otherwise
	Tallies(told time.Time, all bool) ([]Tally, error)      // of one report, or of all; by channel
}

// TallyTx writes what was overheard.
type TallyTx interface {
	SaveOverheard(o *Overheard) error // ID 0 is a new one; a message that is known changes nothing
	TellOverheard(at time.Time) error // a report has counted what no report had, but for what was offered
}
