package bot

import (
	"strings"
	"time"
)

// MailKind says who wrote a mail: the first that holds of bounce, auto, list,
// human.
type MailKind string

// The kinds of mail.
const (
	MailHuman  MailKind = "human"
	MailAuto   MailKind = "auto"
	MailBounce MailKind = "bounce"
	MailList   MailKind = "list"
)

// Address is a mailbox with the name it goes by.
type Address struct {
	Name    string `json:"name"`
	Address string `json:"address"`
}

// Forward is a mail that another one passes on, as it was written there. Who
// wrote it is a guess: the words that say so can be changed by anybody, so that
// nobody is answered or trusted because of it.
type Forward struct {
	From     Address   `json:"from"` // an empty address: only the name was there
	To       []Address `json:"to,omitempty"`
	Cc       []Address `json:"cc,omitempty"`
	Date     string    `json:"date,omitempty"`     // as written, in whatever language
	Subject  string    `json:"subject,omitempty"`  // as written; taken from the mail's own subject, it is without the marks of the forward
	Text     string    `json:"text,omitempty"`     // all of it, with what it quotes
	Attached bool      `json:"attached,omitempty"` // it was attached whole instead of written into the text
}

// Bounce is what a report says of a mail that was not delivered.
type Bounce struct {
	Message   string   `json:"message,omitempty"`   // Message-ID of the mail that came back, if the report names it
	To        []string `json:"to,omitempty"`        // the addresses that were not reached
	Status    string   `json:"status,omitempty"`    // the enhanced status code, such as 5.1.1
	Permanent bool     `json:"permanent,omitempty"` // it is not tried again
	Why       string   `json:"why,omitempty"`       // what the other side said, one line
}

// Mail is one mail, in or out.
type Mail struct {
	Kind       MailKind  `json:"kind,omitempty"`
	From       Address   `json:"from"`
	To         []Address `json:"to,omitempty"`
	Cc         []Address `json:"cc,omitempty"`
	Subject    string    `json:"subject"`
	Text       string    `json:"text"`                // what is new in it; of a forward: what the forwarder wrote, which is for the team alone and never quoted outward
	Quoted     string    `json:"quoted,omitempty"`    // what it quotes, or forwards, as it stood
	Signature  string    `json:"signature,omitempty"` // what stands below the words: a card, "Sent from my phone"
	Forwarded  *Forward  `json:"forwarded,omitempty"` // the mail that it passes on
	MessageID  string    `json:"message_id,omitempty"`
	InReplyTo  string    `json:"in_reply_to,omitempty"`
	References []string  `json:"references,omitempty"`
	Date       time.Time `json:"date,omitzero"`
	Files      []File    `json:"files,omitempty"`
	Auto       bool      `json:"auto,omitempty"`       // sent by the desk itself: Auto-Submitted, null sender
	Unreadable string    `json:"unreadable,omitempty"` // why it could not be parsed; Text is then the raw head
	// Quiet says that nothing automatic may answer the mail: it asks so, or a
	// machine wrote it.
	Quiet  bool    `json:"quiet,omitempty"`
	Absent bool    `json:"absent,omitempty"` // the automatic answer of somebody who is away
	Bounce *Bounce `json:"bounce,omitempty"` // of a mail of kind bounce
	// Answers is the request whose reply token the mail carries, checked; 0 is
	// none. Who has the token was sent it, and may write into that request.
	Answers int64 `json:"answers,omitempty"`
	// Proven says that the team's own mail server has seen DMARC hold for the
	// address in From.
	Proven bool `json:"proven,omitempty"`
	// Body is what an outgoing mail says, in the catalogue's words; Text is used
	// when it is empty.
	Body        Text `json:"body,omitzero"`
	SubjectText Text `json:"subject_text,omitzero"`
}

// MailLimits are how many mails an hour may become requests of one sender, and
// of all senders of one domain. A mail beyond them is a comment of the request
// that the others are folded into. 0 is off.
type MailLimits struct {
	PerSender int
	PerDomain int
}

// MailLine is one mail as the mail page lists it.
type MailLine struct {
	ID      int64
	Out     bool
	At      time.Time
	From    string
	To      string
	Subject string
	Text    string
	Kind    MailKind
	Request int64
	Filed   bool   // it became that request
	Message string // Message-ID
	State   DeliveryState
	Key     string // of the delivery, for mails that go out
	// What one that goes out says, in the catalogue's words; Subject and Text
	// are then empty.
	SubjectText Text `json:",omitzero"`
	Body        Text `json:",omitzero"`
}

// OutLine is the line of a mail that goes out. message is its Message-ID, once
// it has left: answers to it are known by that.
func OutLine(s *Settings, d Delivery, at time.Time, state DeliveryState, message string) MailLine {
	line := MailLine{
		Out: true, At: at, From: d.Mail.From.Name, Subject: d.Mail.Subject, SubjectText: d.Mail.SubjectText, Text: d.Mail.Text, Body: d.Mail.Body,
		Request: d.Request, Message: message, State: state, Key: d.Key,
	}
	if line.From == "" {
		line.From = s.Team.Name
	}
	var to []string
	for _, a := range d.Mail.To {
		to = append(to, a.Address)
	}
	line.To = strings.Join(to, ", ")
	return line
}
