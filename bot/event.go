package bot

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// Event is something that came from outside, or a timer that is due. It is
// stored before the outside hears that it was taken.
type Event struct {
	ID      int64  `json:"-"` // given by the inbox
	Source  string `json:"-"` // the adapter or hook that accepted it
	Key     string `json:"-"` // unique per source; names what happened, not its envelope. Empty: a report of a state, never a duplicate
	Attempt int    `json:"-"` // how often handling it has failed
	Raw     []byte `json:"-"` // the bytes as they came, if they are worth keeping; up to 64 KiB
	Call    *Call  `json:"-"` // the command this event gives, set by the router
	Err     error  `json:"-"` // why the stored event could not be read; its body is of no use then

	Place   Place     `json:"place,omitzero"`
	Message string    `json:"message,omitempty"` // the outside's id of the message it is, or is about
	Actor   Actor     `json:"actor,omitzero"`
	At      time.Time `json:"at"` // the outside's own time
	Blob    Blob      `json:"blob,omitzero"`
	Body    Body      `json:"-"`
}

// Actor is who did it, as the outside names them.
type Actor struct {
	ID   string `json:"id,omitempty"`   // "web:anna", "slack:U1", "email:a@b.example"
	Name string `json:"name,omitempty"` // what the outside shows
	Bot  bool   `json:"bot,omitempty"`
}

// Body is one of the closed set of things that happen.
type Body interface{ Kind() string }

type (
	// Said is a new message. Text is what it says to the desk, without the
	// mention it began with; Typed is what was typed, where that is not the same.
	Said struct {
		Text      string `json:"text"`
		Typed     string `json:"typed,omitempty"`
		Mentioned bool   `json:"mentioned,omitempty"` // it addresses the bot
		Files     []File `json:"files,omitempty"`
	}
	// Edited is a new text of the message Event.Message.
	Edited struct {
		Text string `json:"text"`
	}
	// Deleted says that the message Event.Message is gone.
	Deleted struct{}
	// Commanded is a slash command: "/request show R-12" is {"request", "show R-12"}.
	Commanded struct {
		Slash string `json:"slash"`
		Text  string `json:"text"`
	}
	// Reacted is an emoji put on, or taken from, the message Event.Message.
	// Emoji is the short name without colons and skin tone: "white_check_mark".
	// Text and Author are those of that message, where Read could fetch it. Chosen:
	// the person put no emoji, but chose by name what it stands for, and waits for
	// an answer.
	Reacted struct {
		Emoji   string `json:"emoji"`
		Removed bool   `json:"removed,omitempty"`
		Chosen  bool   `json:"chosen,omitempty"`
		Text    string `json:"-"`
		Author  Actor  `json:"-"`
	}
	// Pressed is a button of the message Event.Message.
	Pressed struct {
		Act   string `json:"act"`
		Value string `json:"value,omitempty"`
	}
	// Submitted is a filled form. Act and Value are those of the form.
	Submitted struct {
		Act    string            `json:"act"`
		Value  string            `json:"value,omitempty"`
		Fields map[string]string `json:"fields,omitempty"`
	}
	// Opened says that a person opened the bot's home.
	Opened struct{}
	// Mailed is a mail. Until it is read only the envelope is known; Read fills
	// in the rest from the stored bytes.
	// Old says that the mail lay in a mailbox before the desk was told of it: it
	// is filed silently. Cut says why only the head of the mail is here.
	Mailed struct {
		EnvelopeFrom string   `json:"envelope_from"` // empty: the null sender <>
		EnvelopeTo   []string `json:"envelope_to"`
		Old          bool     `json:"old,omitempty"`
		Cut          string   `json:"cut,omitempty"`
		Mail         Mail     `json:"-"`
	}
	// Alerted is one report of a monitoring system. It tells a state: a repeat
	// is no duplicate, the rule compares it with what is stored.
	Alerted struct {
		Hook   string      `json:"hook"`
		Report AlertReport `json:"-"`
	}
	// Due is a timer whose time has come.
	Due struct {
		Timer  string    `json:"timer"`  // its key
		What   string    `json:"what"`   // which rule set it
		Object string    `json:"object"` // what it is about, such as "R-12"
		At     time.Time `json:"at"`     // when it was to fire
	}
	// Answered is what an Ask brought back.
	Answered struct {
		Ask  string `json:"ask"`
		Text string `json:"text,omitempty"`
		Late bool   `json:"late,omitempty"`
	}
	// Failed says that a delivery is dead or has expired or, with Trying, that it
	// has failed for an hour and is tried still; that is said once.
	Failed struct {
		Delivery string `json:"delivery"` // its key
		Op       Op     `json:"op"`
		To       Place  `json:"to,omitzero"`
		Request  int64  `json:"request,omitempty"`
		Expired  bool   `json:"expired,omitempty"`
		Trying   bool   `json:"trying,omitempty"`
		Why      string `json:"why"`
	}
	// Joined says that Event.Actor, or the bot itself, came to a channel.
	Joined struct {
		Self bool `json:"self,omitempty"`
	}
	// Changed says that a person or a channel is not as it was, or the adapter
	// itself: that the outside refuses it, and why, or takes it again.
	Changed struct {
		What   string `json:"what"`             // "person", "channel" or "adapter"
		Ailing string `json:"ailing,omitempty"` // of an adapter: why it is refused, see [Ailment]; empty: it is well
	}
	// Heard says that an adapter has caught up: it has accepted everything that
	// the outside had before Until.
	// Mark, if there is one, is where the adapter goes on reading after a
	// restart, in words of its own; with a zero Until it says that alone.
	Heard struct {
		Until time.Time `json:"until"`
		Mark  string    `json:"mark,omitempty"`
	}
)

// Kind names the body in the inbox and in the export.
func (Said) Kind() string      { return "said" }
func (Edited) Kind() string    { return "edited" }
func (Deleted) Kind() string   { return "deleted" }
func (Commanded) Kind() string { return "commanded" }
func (Reacted) Kind() string   { return "reacted" }
func (Pressed) Kind() string   { return "pressed" }
func (Submitted) Kind() string { return "submitted" }
func (Opened) Kind() string    { return "opened" }
func (Mailed) Kind() string    { return "mailed" }
func (Alerted) Kind() string   { return "alerted" }
func (Due) Kind() string       { return "due" }
func (Answered) Kind() string  { return "answered" }
func (Failed) Kind() string    { return "failed" }
func (Joined) Kind() string    { return "joined" }
func (Changed) Kind() string   { return "changed" }
func (Heard) Kind() string     { return "heard" }

// File is something attached to a message. Its bytes are a blob.
type File struct {
	Name string `json:"name"`
	Type string `json:"type"`
	Size int64  `json:"size"`
	Blob Blob   `json:"blob,omitzero"`
}

// Lane is the line an event waits in. Events of one lane are handled one after
// another in the order they were accepted: a channel for messages and
// reactions, a person for commands, buttons and forms, a sender for mail, a
// hook for alerts, an object for timers and answers.
func (e Event) Lane() string {
	switch b := e.Body.(type) {
	case Commanded, Pressed, Submitted, Opened:
		return "person " + e.Actor.ID
	case Mailed:
		return "sender " + strings.ToLower(b.EnvelopeFrom)
	case Alerted:
		return "hook " + b.Hook
	case Due:
		return "object " + b.Object
	case Answered:
		return "object " + b.Ask
	case Failed:
		return "object " + b.Delivery
	case Heard:
		return "heard " + e.Source
	}
	return "channel " + e.Place.Top().String()
}

// eventVersion is the version of the JSON that EncodeEvent writes.
const eventVersion = 1

type storedEvent struct {
	V int `json:"v"`
	Event
	Body json.RawMessage `json:"body"`
}

// EncodeEvent writes what the inbox keeps of an event as JSON: all but its id,
// source, key, attempts and raw bytes, which are columns.
func EncodeEvent(e Event) ([]byte, error) {
	b, err := json.Marshal(struct {
		V int `json:"v"`
		Event
		Body Body `json:"body"`
	}{eventVersion, e, e.Body})
	if err != nil {
		return nil, fmt.Errorf("encode %s event: %w", e.Body.Kind(), err)
	}
	return b, nil
}

// DecodeEvent reads what EncodeEvent wrote of an event of this kind.
func DecodeEvent(kind string, data []byte) (Event, error) {
	s := storedEvent{}
	if err := json.Unmarshal(data, &s); err != nil {
		return Event{}, fmt.Errorf("decode %s event: %w", kind, err)
	}
	if s.V < 1 || s.V > eventVersion {
		return Event{}, fmt.Errorf("decode %s event: version %d is not known", kind, s.V)
	}
	body, err := decodeBody(kind, s.Body)
	if err != nil {
		return Event{}, fmt.Errorf("decode %s event: %w", kind, err)
	}
	s.Event.Body = body
	return s.Event, nil
}

func decodeBody(kind string, data []byte) (Body, error) {
	switch kind {
	case Said{}.Kind():
		return decodeAs[Said](data)
	case Edited{}.Kind():
		return decodeAs[Edited](data)
	case Deleted{}.Kind():
		return decodeAs[Deleted](data)
	case Commanded{}.Kind():
		return decodeAs[Commanded](data)
	case Reacted{}.Kind():
		return decodeAs[Reacted](data)
	case Pressed{}.Kind():
		return decodeAs[Pressed](data)
	case Submitted{}.Kind():
		return decodeAs[Submitted](data)
	case Opened{}.Kind():
		return decodeAs[Opened](data)
	case Mailed{}.Kind():
		return decodeAs[Mailed](data)
	case Alerted{}.Kind():
		return decodeAs[Alerted](data)
	case Due{}.Kind():
		return decodeAs[Due](data)
	case Answered{}.Kind():
		return decodeAs[Answered](data)
	case Failed{}.Kind():
		return decodeAs[Failed](data)
	case Joined{}.Kind():
		return decodeAs[Joined](data)
	case Changed{}.Kind():
		return decodeAs[Changed](data)
	case Heard{}.Kind():
		return decodeAs[Heard](data)
	}
	return nil, fmt.Errorf("kind %q is not known", kind)
}

func decodeAs[B Body](data []byte) (Body, error) {
	var b B
	err := json.Unmarshal(data, &b)
	return b, err
}
