// Package moving reads what other help desks give out of themselves, so that a
// team can move in with its past: an export of Zammad or Freshdesk, a table as
// CSV, or a mailbox as mbox. It reads and decides nothing: whose an unknown name
// is, and what becomes of a state, is asked by whoever imports.
//
// A file may be hostile. Sizes are bounded, names of files are made safe, nothing
// is fetched, and what makes no sense is an error with the file and the place.
package moving

import (
	"cmp"
	"errors"
	"fmt"
	"sort"
	"strings"
	"time"

	"meridian/bot"
)

// Desk is the other desk with its past.
type Desk struct {
	Name      string   // what its numbers are shown with: "Zammad"
	Tickets   []Ticket // the oldest first
	Companies []Company
}

// Company is one of its clients.
type Company struct {
	Name    string
	Domains []string // of mail addresses, lower case
	Notes   string
}

// Person is somebody as the other desk knew them.
type Person struct {
	Name    string
	Address string // of mail, lower case; empty: none is known
	Company string
}

// Key names a person: by the address, else by the name.
func (p Person) Key() string { return cmp.Or(p.Address, p.Name) }

// Ticket is one request of the other desk.
type Ticket struct {
	Number    string // there; empty: it had none
	Title     string
	Status    string    // in the words of the other desk
	State     bot.State // what that means, where it is known; empty: nobody can say
	Class     bot.Class // empty: nothing special
	Until     time.Time // of one that was put off: until when; zero: there was no such date
	Group     string    // its queue there
	Requester Person
	Owner     Person // who has it; a zero one: nobody
	Tags      []string
	Created   time.Time
	Updated   time.Time
	Entries   []Entry // the oldest first
	Skip      string  // why it is left out: SkipSpam, SkipEmpty; empty: it is not
}

// Why a ticket is left out.
const (
	SkipSpam  = "spam"
	SkipEmpty = "empty"
	SkipOurs  = "ours alone" // nobody but the team wrote
)

// Ended reports whether nothing is left to do.
func (t Ticket) Ended() bool { return t.State == bot.Closed || t.State == bot.Solved }

// Entry is one message of a ticket.
type Entry struct {
	Author   Person
	Team     bool // somebody of the other desk's team wrote it
	Internal bool // for the team alone
	Text     string
	At       time.Time
	Message  string // Message-ID of the mail that it was; empty: it was none
	To, Cc   []bot.Address
	Files    []File
}

// File is something attached. Its bytes are read when they are wanted.
type File struct {
	Name string // safe
	Type string
	Size int64
	Open func() ([]byte, error) // nil: the export names it and does not hold it
}

// Formats are the names of what can be read.
func Formats() []string { return []string{"zammad", "freshdesk", "csv", "mbox"} }

// Options say what a file alone does not.
type Options struct {
	Name string // what the other desk is called; empty: by the format
	Own  string // the desk's own address: what it sent is the team's word
}

// Read reads a file of one of the [Formats].
func Read(file, format string, o Options) (*Desk, error) {
	var d *Desk
	var err error
	switch format {
	case "zammad":
		d, err = readZammad(file)
	case "freshdesk":
		d, err = readFreshdesk(file)
	case "csv":
		d, err = readCSV(file)
	case "mbox":
		d, err = readMbox(file, o.Own)
	default:
		return nil, fmt.Errorf("%q is no format; there are %s", format, strings.Join(Formats(), ", "))
	}
	if err != nil {
		return nil, err
	}
	if len(d.Tickets) == 0 {
		return nil, fmt.Errorf("%s holds no requests of the kind that %s gives out", file, cmp.Or(d.Name, format))
	}
	d.Name = cmp.Or(strings.TrimSpace(o.Name), d.Name)
	for i := range d.Tickets {
		d.Tickets[i].settle()
	}
	sort.SliceStable(d.Tickets, func(i, j int) bool { return d.Tickets[i].Created.Before(d.Tickets[j].Created) })
	return d, twice(d.Tickets)
}

// twice refuses a file in which one number stands for two requests.
func twice(all []Ticket) error {
	seen := map[string]bool{}
	for _, t := range all {
		if t.Number != "" && seen[t.Number] {
			return fmt.Errorf("number %s stands in the file twice", t.Number)
		}
		seen[t.Number] = true
	}
	return nil
}

// settle puts a ticket in order: entries by time, and what is missing from them.
func (t *Ticket) settle() {
	sort.SliceStable(t.Entries, func(i, j int) bool { return t.Entries[i].At.Before(t.Entries[j].At) })
	words := 0
	for i, e := range t.Entries {
		t.Entries[i].Text = strings.TrimSpace(e.Text)
		if t.Entries[i].Text != "" || len(e.Files) > 0 {
			words++
		}
		if t.Requester.Key() == "" && !e.Team && !e.Internal {
			t.Requester = e.Author
		}
		if t.Created.IsZero() {
			t.Created = e.At
		}
		if e.At.After(t.Updated) {
			t.Updated = e.At
		}
	}
	if t.Title = strings.Join(strings.Fields(t.Title), " "); t.Title == "" && len(t.Entries) > 0 {
		t.Title = bot.TitleOfText(t.Entries[0].Text)
	}
	if t.Updated.Before(t.Created) {
		t.Updated = t.Created
	}
	if t.Skip == "" && (t.Title == "" || words == 0 && len(t.Entries) > 0 || t.Created.IsZero()) {
		t.Skip = SkipEmpty
	}
}

// errDamaged is a file that no desk gave out.
var errDamaged = errors.New("it is damaged or was cut off")
