package bot

import (
	"slices"
	"strings"
	"time"

	"meridian/bot/calendar"
)

// Role says what a person may do.
type Role string

// The roles, from the least to the most. An outsider is anybody the desk does
// not know; a requester is a listed person or a known contact; a partner is
// the first line at a client's side.
const (
	Outsider  Role = "outsider"
	Requester Role = "requester"
	Partner   Role = "partner"
	Agent     Role = "agent"
	Lead      Role = "lead"
	Admin     Role = "admin"
)

// Person is somebody the desk deals with. One person may have several names:
// "slack:U1", "email:a@b.example".
type Person struct {
	ID       string // the first of IDs; what assignments and audit lines hold
	IDs      []string
	Name     string
	Role     Role
	Zone     *time.Location    // nil: the team's
	Language Language          // empty: the channel's, else the team's
	Client   string            // the company of a requester or partner, if known
	Clients  []string          // the companies that a partner is the first line of; empty: Client alone
	Hours    calendar.Hours    // when they work, on their own clock; always: the team's hours
	Holidays calendar.Holidays // days off beside the team's
	Level    int               // which requests they are there for, 1 to MaxLevel; 0 is 1
}

// Part is the person in a text.
func (p Person) Part() Part { return Part{Kind: PartPerson, Person: p.ID, Text: p.Name} }

// Team reports whether the person works for the desk.
func (p Person) Team() bool { return p.Role == Agent || p.Role == Lead || p.Role == Admin }

// Is reports whether id is one of the person's names.
func (p Person) Is(id string) bool {
	if id == "" {
		return false
	}
	for _, own := range p.IDs {
		if own == id {
			return true
		}
	}
	return p.ID == id
}

// Action is something that a role may or may not do.
type Action string

// The actions. One table says which role may do which, see [Settings.May].
const (
	ActFile     Action = "file"
	ActList     Action = "list"
	ActShow     Action = "show"
	ActComment  Action = "comment"
	ActTake     Action = "take"
	ActEscalate Action = "escalate"
	ActNote     Action = "note"
	ActReply    Action = "reply"
	ActSolve    Action = "solve"
	ActConfirm  Action = "confirm"
	ActClose    Action = "close"
	ActReopen   Action = "reopen"
	ActUndo     Action = "undo"
	ActAlert    Action = "alert"
	ActHelp     Action = "help"
	ActOperate  Action = "operate" // stuck, replay
	ActFind     Action = "find"
	ActGive     Action = "give"
	ActAsk      Action = "ask"
	ActHold     Action = "hold"
	ActPause    Action = "pause"
	ActMerge    Action = "merge"
	ActSplit    Action = "split"
	ActLink     Action = "link"  // link, cause
	ActSort     Action = "sort"  // tag, class, convert
	ActLevel    Action = "level" // by hand, up or down
	ActPrivate  Action = "private"
	ActLift     Action = "lift"    // make a private request public again, end what a complaint stopped
	ActClient   Action = "client"  // the card of a company
	ActRules    Action = "rules"   // keyword rules and their dry run
	ActJoin     Action = "join"    // "same matter": of one's own message
	ActPrefer   Action = "prefer"  // what reaches oneself
	ActFAQ      Action = "faq"     // look for articles, say whether one helped
	ActArticle  Action = "article" // write articles, send them to whoever asked
	ActNudge    Action = "nudge"   // reminders; who is not of the team reminds themselves alone
	ActDigest   Action = "digest"  // how things stand
	ActSwitch   Action = "switch"  // what the desk does unasked
	ActSample   Action = "sample"  // the sample day
)

// Reach is how far a role's right to an action goes.
type Reach int

// The reaches: nothing, one's own requests, those of one's clients, all.
const (
	None Reach = iota
	Own
	Clients
	All
)

// Rights is the one table of role x action. What is not in it is refused.
func Rights(r Role, a Action) Reach {
	switch r {
	case Outsider, Requester:
		switch a {
		case ActFile, ActHelp, ActFAQ:
			return All
		case ActList, ActShow, ActComment, ActConfirm, ActReopen, ActUndo, ActFind, ActJoin:
			return Own
		case ActNudge:
			if r == Requester {
				return Own
			}
		}
	case Partner:
		switch a {
		case ActFile, ActHelp, ActFAQ:
			return All
		case ActList, ActShow, ActComment, ActTake, ActEscalate, ActReply, ActConfirm, ActReopen, ActUndo, ActFind, ActAsk, ActClient:
			return Clients
		case ActJoin, ActNudge:
			return Own
		}
	case Agent:
		switch a {
		case ActFile, ActHelp, ActList, ActShow, ActComment, ActTake, ActEscalate, ActNote, ActReply, ActSolve, ActReopen, ActUndo, ActAlert,
			ActFind, ActGive, ActAsk, ActHold, ActPause, ActMerge, ActSplit, ActLink, ActSort, ActPrivate, ActClient, ActPrefer,
			ActFAQ, ActArticle, ActNudge, ActDigest, ActSample:
			return All
		case ActJoin:
			return Own
		}
	case Lead, Admin:
		if slices.Contains(Actions(), a) {
			return All
		}
	}
	return None
}

// Roles are all roles, for tables and tests.
func Roles() []Role { return []Role{Outsider, Requester, Partner, Agent, Lead, Admin} }

// Actions are all actions, for tables and tests.
func Actions() []Action {
	return []Action{ActFile, ActList, ActShow, ActComment, ActTake, ActEscalate, ActNote, ActReply, ActSolve,
		ActConfirm, ActClose, ActReopen, ActUndo, ActAlert, ActHelp, ActOperate,
		ActFind, ActGive, ActAsk, ActHold, ActPause, ActMerge, ActSplit, ActLink, ActSort, ActLevel,
		ActPrivate, ActLift, ActClient, ActRules, ActJoin, ActPrefer, ActFAQ, ActArticle, ActNudge, ActDigest, ActSwitch, ActSample}
}

// Sees reports whether the person may know that the request exists. Whoever
// may not gets the same answer as for a number that is missing.
func (p Person) Sees(r Request) bool { return p.reaches(Rights(p.Role, ActShow), r) }

// May reports whether the person may do a to r. For actions without a request
// r is the zero value.
func (p Person) May(a Action, r Request) bool {
	reach := Rights(p.Role, a)
	if r.Number == 0 {
		return reach != None
	}
	return p.reaches(reach, r)
}

func (p Person) reaches(reach Reach, r Request) bool {
	switch reach {
	case All:
		return !r.Private || p.Role != Agent || p.Is(r.Assignee) || p.Is(r.Requester) || slices.ContainsFunc(r.Readers, p.Is)
	case Clients:
		return p.Owns(r) || p.serves(r.Client) && !r.Private
	case Own:
		return p.Owns(r)
	}
	return false
}

// Owns reports whether a request is the person's own: they filed it, or it goes
// on in place of one that they filed.
func (p Person) Owns(r Request) bool {
	return p.Is(r.Requester) || !r.Private && slices.ContainsFunc(r.With, p.Is)
}

// serves reports whether a partner is the first line of a company.
func (p Person) serves(client string) bool {
	return client != "" && slices.ContainsFunc(p.Companies(), func(c string) bool { return strings.EqualFold(c, client) })
}

// Companies are the companies whose requests a partner may see.
func (p Person) Companies() []string {
	if len(p.Clients) == 0 && p.Client != "" {
		return []string{p.Client}
	}
	return p.Clients
}
