package bot

import "time"

// Surface is the way by which an act came.
type Surface string

// The surfaces.
const (
	ByCommand Surface = "command"
	ByMention Surface = "mention"
	ByButton  Surface = "button"
	ByForm    Surface = "form"
	ByEmoji   Surface = "emoji"
	ByMessage Surface = "message"
	ByMail    Surface = "mail"
	ByWeb     Surface = "web"
	ByDesk    Surface = "desk" // the bot by itself
	ByCLI     Surface = "cli"
)

// AuditLine says who changed what, by which surface, and why. Lines form a
// hash chain. The chain holds person numbers and the hash of Why; names and
// free text live beside it, so that a person can be erased.
type AuditLine struct {
	ID      int64
	At      time.Time
	Who     string // a person; empty: the bot itself
	Surface Surface
	Action  string
	Object  string // "R-12"
	Before  string // what it was, such as "new L1", without anybody's words
	After   string
	Why     string // free text, kept outside the chain
	Event   int64  // the event that led to it
}

// Act is a change that can be taken back for a while.
type Act struct {
	ID      int64
	Request int64
	Who     string
	Command string
	Emoji   string // if it was done by emoji
	Place   Place  // of the message that the emoji is on
	Message string
	At      time.Time
	Version int      // the request's Turn after the act
	Before  Request  // what it is restored to, see [Request.Restore]
	Sends   []string // keys of the deliveries that wait because of it
	Text    string   `json:",omitempty"` // of an answer to several requests: the words, before names are put into them
	Others  []int64  `json:",omitempty"` // the requests that it goes to beside its own, when it leaves
	Undone  bool
}
