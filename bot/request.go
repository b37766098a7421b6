package bot

import (
	"cmp"
	"strconv"
	"strings"
	"time"
)

// State says who owes the next step of a request.
type State string

// The states, by the names the export prints. New: nobody has it. Open: we owe
// the next step. Waiting: somebody named in WaitingFor does. Snoozed: a date.
const (
	New     State = "new"
	Open    State = "open"
	Waiting State = "waiting"
	Snoozed State = "snoozed"
	Solved  State = "solved"
	Closed  State = "closed"
)

// Class is the class of service, as in Kanban.
type Class string

// The classes of service, most urgent first.
const (
	Expedite   Class = "expedite"
	FixedDate  Class = "fixed-date"
	Standard   Class = "standard"
	Intangible Class = "intangible"
)

// Kind says what a request is.
type Kind string

// The kinds of request.
const (
	KindQuestion  Kind = "question"
	KindBug       Kind = "bug"
	KindIdea      Kind = "idea"
	KindStory     Kind = "story"
	KindTask      Kind = "task"
	KindComplaint Kind = "complaint"
)

// Face is one of the two sides of a request: the client's conversation, or the
// team's card with its thread.
type Face string

// The faces. In a channel without a desk channel they are one thread.
const (
	FaceHome Face = "home"
	FaceDesk Face = "desk"
)

// MaxLevel is the highest level a request can be escalated to.
const MaxLevel = 3

// Request is one thing that somebody wants from the desk.
type Request struct {
	Number    int64
	Title     string
	Words     string // the first message, as written
	State     State
	Level     int // 1 to MaxLevel
	Class     Class
	Kind      Kind
	Private   bool
	Requester string // a person: "web:owen", "email:a@b.example"
	Name      string // the requester's name when it was filed
	Client    string // the company, if known
	Assignee  string // a person; empty: nobody
	Source    string // the adapter it came through
	Home      Place  // where the client speaks
	Desk      Place  // the team's card: its channel, and the thread below it once it is posted
	Returns   int    // how often it came back after it was solved
	Confirmed bool   // the client said that it is solved
	LinkedTo  int64  // the request that this one continues
	Language  Language
	Version   int // grows by one each time it is stored
	CreatedAt time.Time
	UpdatedAt time.Time
	SolvedAt  time.Time
	Solver    string `json:",omitempty"` // who solved it, who need not be the one who has it
	SolvedBy  string `json:",omitempty"` // key of the reply that said so to the client; empty: the desk's own notice does
	ClosedAt  time.Time

	Tags        []string          `json:",omitempty"` // lower case, sorted
	Readers     []string          `json:",omitempty"` // of a private request: the people who read it beside the leads
	Links       []int64           `json:",omitempty"` // requests about the same matter, ascending; each names this one too
	Cause       int64             `json:",omitzero"`  // the request whose answer is this one's answer too
	CauseOf     []int64           `json:",omitempty"` // the requests whose Cause is this one, ascending
	MergedInto  int64             `json:",omitzero"`  // the request that goes on in place of this one, which is closed
	Merged      []int64           `json:",omitempty"` // the requests that this one goes on for, ascending; each is MergedInto this one
	With        []string          `json:",omitempty"` // requesters of Merged who are other people: unless it is private, it is theirs too
	Alike       int64             `json:",omitzero"`  // another request of the same person, come by another way, that may be about the same
	Cc          []Address         `json:",omitempty"` // those whom the client's mails were copied to: they get the answers too
	WaitingFor  string            `json:",omitempty"` // while Waiting: who owes the next step, such as "the hosting"; empty: the client
	Since       time.Time         `json:",omitzero"`  // when it began to wait
	Asked       string            `json:",omitempty"` // what the client was asked last
	Until       time.Time         `json:",omitzero"`  // while Snoozed: when it comes back to us; while Waiting for somebody in WaitingFor: when we ask them again
	Needed      string            `json:",omitempty"` // what the next level is wanted to do
	LevelSince  time.Time         `json:",omitzero"`  // when it was escalated last
	Woken       bool              `json:",omitempty"` // who it was escalated to was told at once, whatever the hour
	EscalatedTo string            `json:",omitempty"` // who is there for the level it was escalated to
	AnsweredAt  time.Time         `json:",omitzero"`  // when a person first answered the client
	BackAt      time.Time         `json:",omitzero"`  // when it came back last
	Fields      map[string]string `json:",omitempty"` // what its kind asks for, by name: see [KindFields]
	Answering   *Answering        `json:",omitempty"` // who writes to the client at this moment
	Clues       *Clues            `json:",omitempty"` // what was found beside the words when it was filed
	Passed      *Passed           `json:",omitempty"` // the mail that it was filed by passes this one on
	MailTo      string            `json:",omitempty"` // the address that answers go to instead of the one its mails came from
	Folded      int               `json:",omitzero"`  // how many mails are kept in it that were too many to be requests
	Tried       string            `json:",omitempty"` // what had been tried when it was escalated last
	NeededBy    string            `json:",omitempty"` // who escalated it last
	OwedSince   time.Time         `json:",omitzero"`  // since when the client waits for our next word
	Waited      time.Duration     `json:",omitzero"`  // working time in which the client owed the next step: the clock of the solution stood still
	BackWords   string            `json:",omitempty"` // what the client said when it came back last
	BackSettled bool              `json:",omitempty"` // of one that came back: nobody needs to say any more whether it is the same problem
	Outcome     string            `json:",omitempty"` // how it ended, in the words of whoever ended it
	EndedBy     string            `json:",omitempty"` // who closed it; empty: the desk
	ConfirmedAt time.Time         `json:",omitzero"`
	ConfirmedBy Actor             `json:",omitzero"`  // who said that it is solved, where that was not the requester
	Silence     *Silence          `json:",omitempty"` // what becomes of a question that the client does not answer
	Promised    time.Time         `json:",omitzero"`  // while it waits for the client: by when they said they come back to it; until then they are not silent
	Away        time.Time         `json:",omitzero"`  // until when the client is away, as an automatic reply says: silence is counted from then
	Marks       int               `json:",omitzero"`  // how many of Version were no act of anybody: see [Mark]
	Was         *Was              `json:",omitempty"` // what it was at the desk that it came over from
	Unfiled     bool              `json:",omitempty"` // while Closed: the emoji that filed it was taken away
}

// Clues are what was found beside the words of a request when it was filed.
type Clues struct {
	Site    string    `json:",omitempty"` // the client's site that the words name
	Files   int       `json:",omitzero"`  // how many came with them
	Similar []Similar `json:",omitempty"` // solved requests about the same, the likeliest first
	Firing  []string  `json:",omitempty"` // titles of alerts that fired on what the words name
	Names   int64     `json:",omitzero"`  // the request that the subject of the mail names, to which its sender has no part
	Urgent  bool      `json:",omitempty"` // the words say that nothing goes any more
}

// Similar is a solved request that is like another one.
type Similar struct {
	Number   int64
	SolvedAt time.Time
}

// Silence is a question that the client was asked and has not answered.
type Silence struct {
	Asked    time.Time // when the client was asked
	Back     time.Time `json:",omitzero"`  // when the request came back to us, and a reminder was drafted
	Sent     time.Time `json:",omitzero"`  // when the reminder left; the second silence is counted from then
	Reminder string    `json:",omitempty"` // key of the reminder's delivery
	Unsent   bool      `json:",omitempty"` // the reminder could not be sent
}

// Answering says that a person has opened the form that answers the client.
type Answering struct {
	Who   string
	Until time.Time // afterwards it is not shown any more
}

// ID is the request's number as people write it: "R-12".
//
//go:noinline
func (r Request) ID() string { return RequestID(r.Number) }

// RequestID writes a number as people do: "R-12". One of the sample day is below
// zero: "S-3" is -3.
func RequestID(number int64) string {
	if number < 0 {
		return "S-" + strconv.FormatInt(-number, 10)
	}
	return "R-" + strconv.FormatInt(number, 10)
}

// ParseRequestID reads "R-12", "r12" or "12", and "S-3". Zero, negative and
// overlong numbers are refused.
func ParseRequestID(s string) (int64, bool) {
	s = strings.TrimSpace(s)
	sign := int64(1)
	switch {
	case strings.HasPrefix(s, "S-"), strings.HasPrefix(s, "s-"):
		s, sign = s[2:], -1
	case len(s) > 0 && (s[0] == 'R' || s[0] == 'r'):
		s = strings.TrimPrefix(s[1:], "-")
	}
	if s == "" || len(s) > 15 || s[0] < '1' || s[0] > '9' {
		return 0, false
	}
	n, err := strconv.ParseInt(s, 10, 64)
	return sign * n, err == nil
}

// Part is the request in a text.
//
//go:noinline
func (r Request) Part() Part { return Part{Kind: PartRequest, Text: r.ID()} }

// MailAddress is the client's address that answers by mail go to.
func (r Request) MailAddress() Address {
	return Address{Name: r.Name, Address: cmp.Or(r.MailTo, r.Home.Channel)}
}

// OneFace reports whether card and conversation are one thread, as in a
// channel where colleagues ask colleagues.
func (r Request) OneFace() bool { return r.Home.Top() == r.Desk.Top() }

// Ended reports whether nobody owes anything any more.
func (r Request) Ended() bool { return r.State == Solved || r.State == Closed }

// Over refuses what cannot be done any more: nil while the request goes on, else
// a sentence that says that it is done, or which one goes on in its place.
func (r Request) Over() *Error {
	switch {
	case r.MergedInto != 0:
		return Refuse("refuse.goes_on", "Request", r.Part(), "Other", Part{Kind: PartRequest, Text: RequestID(r.MergedInto)})
	case r.Ended():
		return Refuse("refuse.ended", "Request", r.Part())
	}
	return nil
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// Take gives the request to a person. Taking what one has already is refused,
// as is taking what another has: the refusal names who and since when.
func (r *Request) Take(who Person) *Error {
	if over := r.Over(); over != nil {
		return over
	}
	if r.Assignee == who.ID {
		return Refuse("refuse.yours", "Request", r.Part())
	}
	r.Assignee = who.ID
	if r.State == New {
		r.State = Open
	}
	return nil
}

// Escalate raises the level by one at once. It resets neither age nor class.
func (r *Request) Escalate() *Error {
	if over := r.Over(); over != nil {
		return over
	}
	if r.Level >= MaxLevel {
		return Refuse("refuse.top_level", "Request", r.Part())
	}
	r.Level++
	if r.State == New {
		r.State = Open
	}
	return nil
}

// Solve says that our work is done. The client may still say otherwise.
func (r *Request) Solve(who Person, now time.Time) *Error {
	if over := r.Over(); over != nil {
		return over
	}
	r.State, r.SolvedAt, r.Solver = Solved, now, who.ID
	if r.Assignee == "" {
		r.Assignee = who.ID
	}
	return nil
}

// Confirm records the client's word that the request is solved.
func (r *Request) Confirm() *Error {
	switch {
	case r.Confirmed:
		return Refuse("refuse.confirmed", "Request", r.Part())
	case r.State != Solved:
		return Refuse("refuse.not_solved", "Request", r.Part())
	}
	r.Confirmed = true
	return nil
}

// Close ends the request for good. People solve; closing is a lead's act with
// a reason, or the desk's after silence.
func (r *Request) Close(now time.Time) *Error {
	if r.State == Closed {
		return Refuse("refuse.closed", "Request", r.Part())
	}
	r.State, r.ClosedAt = Closed, now
	return nil
}

// Reopen takes a solved or closed request up again: it came back. One that was
// taken back by whoever filed it is new again.
func (r *Request) Reopen() *Error {
	if r.MergedInto != 0 {
		return r.Over()
	}
	if !r.Ended() {
		return Refuse("refuse.not_ended", "Request", r.Part())
	}
	if r.Unfiled {
		r.Refile()
		return nil
	}
	r.unsolve()
	r.Returns++
	return nil
}

// TakeBack takes a solve back that the client has not heard of: no return.
func (r *Request) TakeBack() { r.unsolve() }

func (r *Request) unsolve() {
	r.State = Open
	if r.Assignee == "" {
		r.State = New
	}
	r.Confirmed = false
	r.SolvedAt, r.Solver, r.SolvedBy, r.ClosedAt = time.Time{}, "", "", time.Time{}
}

// Visibility says who may read a comment.
type Visibility string

// The visibilities, by the names the export prints.
const (
	ForClient   Visibility = "client"
	ForPartner  Visibility = "partner"
	ForInternal Visibility = "internal"
)

// Comment is one message of a request's conversation.
type Comment struct {
	ID         int64
	Request    int64
	Author     string // a person; empty: the bot
	Name       string // the author's name when it was written
	Text       string
	Files      []File // attached to it; kept as long as the comment
	Visibility Visibility
	Place      Place  // where it was said
	Message    string // the outside's id of it, so that edits and deletes are followed
	At         time.Time
	EditedAt   time.Time // the outside's own time of the last edit
	Deleted    bool
}
