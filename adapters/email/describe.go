package email

import "meridian/bot"

// Description is what `meridian mail parse --json` prints of a mail.
type Description struct {
	Kind        bot.MailKind   `json:"kind"`
	From        bot.Address    `json:"from"`
	Subject     string         `json:"subject"`
	Text        string         `json:"text"`
	Quoted      string         `json:"quoted"`
	Signature   string         `json:"signature"`
	Forwarded   *Forwarded     `json:"forwarded"`
	Attachments []AttachedFile `json:"attachments"`
	Bounce      *bot.Bounce    `json:"bounce,omitempty"`     // what a bounce says of the mail that came back
	Quiet       bool           `json:"quiet"`                // nothing automatic may answer it
	Unreadable  string         `json:"unreadable,omitempty"` // why only the raw head is shown as text
	V           int            `json:"v"`
}

// Forwarded is the mail that another one passes on, as it was written there.
type Forwarded struct {
	From    bot.Address `json:"from"`
	Date    string      `json:"date"`
	Subject string      `json:"subject"`
	Text    string      `json:"text"`
}

// AttachedFile is one attachment. Size is in bytes.
type AttachedFile struct {
	Name string `json:"name"`
	Type string `json:"type"`
	Size int64  `json:"size"`
}

// Describe reads a mail as a desk with this address and host would, without a
// store. Both may be empty.
func Describe(raw []byte, own, host string) Description {
	p := Parse(raw, Envelope{Own: own, Host: host})
	d := Description{
		Kind: p.Mail.Kind, From: p.Mail.From, Subject: p.Mail.Subject, Text: p.Mail.Text, Quoted: p.Mail.Quoted, Signature: p.Mail.Signature,
		Attachments: []AttachedFile{}, Unreadable: p.Mail.Unreadable, Bounce: p.Mail.Bounce, Quiet: p.Mail.Quiet, V: 1,
	}
	if f := p.Mail.Forwarded; f != nil {
		d.Forwarded = &Forwarded{From: f.From, Date: f.Date, Subject: f.Subject, Text: f.Text}
	}
	for _, a := range p.Attachments {
		d.Attachments = append(d.Attachments, AttachedFile{Name: a.Name, Type: a.Type, Size: a.Size})
	}
	return d
}
