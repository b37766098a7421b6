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

// Mail is one mail, in or out.
type Mail struct {
	Kind       MailKind  `json:"kind,omitempty"`
	From       Address   `json:"from"`
	To         []Address `json:"to,omitempty"`
	Cc         []Address `json:"cc,omitempty"`
	Subject    string    `json:"subject"`
	Text       string    `json:"text"`             // what is new in it
	Quoted     string    `json:"quoted,omitempty"` // what it quotes
	MessageID  string    `json:"message_id,omitempty"`
	InReplyTo  string    `json:"in_reply_to,omitempty"`
	References []string  `json:"references,omitempty"`
	Date       time.Time `json:"date,omitzero"`
	Files      []File    `json:"files,omitempty"`
	Auto       bool      `json:"auto,omitempty"`       // sent by the desk itself: Auto-Submitted, null sender
	Unreadable string    `json:"unreadable,omitempty"` // why it could not be parsed; Text is then the raw head
	// Body is what an outgoing mail says, in the catalogue's words; Text is used
	// when it is empty.
	Body        Text `json:"body,omitzero"`
	SubjectText Text `json:"subject_text,omitzero"`
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
