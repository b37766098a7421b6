package bot

import (
	"encoding/json"
	"fmt"
	"time"
)

// Op is what a delivery does outside.
type Op string

// The operations. Thread opens, tags or archives a thread; Hook calls a URL
// that the configuration names; Ask is a question to a language model.
const (
	OpPost    Op = "post"
	OpEdit    Op = "edit"
	OpDelete  Op = "delete"
	OpReact   Op = "react"
	OpUnreact Op = "unreact"
	OpWhisper Op = "whisper"
	OpHome    Op = "home"
	OpThread  Op = "thread"
	OpMail    Op = "mail"
	OpAsk     Op = "ask"
	OpUpload  Op = "upload"
	OpHook    Op = "hook"
)

// Urgency orders deliveries to one place: a lower number goes first.
type Urgency int

// The urgencies, most urgent first. The zero value is a reply.
const (
	UrgentPage   Urgency = -1
	UrgentReply  Urgency = 0
	UrgentPost   Urgency = 1
	UrgentDigest Urgency = 2
)

// DeliveryState is how far a delivery has come, as the export prints it.
type DeliveryState string

// The states of a delivery. Unknown: it may or may not have happened. Held: it
// waits for a person, or for a way to send.
const (
	DeliveryWaiting DeliveryState = "waiting"
	DeliverySending DeliveryState = "sending"
	DeliveryUnknown DeliveryState = "unknown"
	DeliveryHeld    DeliveryState = "held"
	DeliveryDone    DeliveryState = "done"
	DeliveryExpired DeliveryState = "expired"
	DeliveryDead    DeliveryState = "dead"
)

// Delivery is something that goes outside and must not be lost.
type Delivery struct {
	ID        int64         `json:"-"`
	Key       string        `json:"-"` // unique; a second one with the same key is dropped
	To        Place         `json:"-"`
	Op        Op            `json:"-"`
	Urgency   Urgency       `json:"-"`
	Card      string        `json:"-"` // groups an object's Edits and Homes: a waiting one is replaced by a newer one
	After     string        `json:"-"` // key of the delivery that goes first and gives Target or Thread
	Request   int64         `json:"-"` // the request it belongs to, if any
	Face      Face          `json:"-"` // which face of the request a post shows
	State     DeliveryState `json:"-"`
	Attempt   int           `json:"-"` // how often it has been tried
	Stored    []byte        `json:"-"` // what is in no column, not decoded yet: see Decode
	Error     string        `json:"-"` // what the last try said
	Created   time.Time     `json:"-"`
	Intended  time.Time     `json:"-"`                // when the last try began
	NotBefore time.Time     `json:"-"`                // until then it is in no lane; zero: at once
	Until     time.Time     `json:"-"`                // past it the delivery is not sent; zero: no end
	SaidAt    time.Time     `json:"said_at,omitzero"` // when it is shown to have been said, where the store keeps what is shown; zero: when it is sent

	Target   string  `json:"target,omitempty"` // the message that Edit, Delete, React and Unreact are about
	Person   string  `json:"person,omitempty"` // who sees a Whisper or a Home: "web:anna"
	Emoji    string  `json:"emoji,omitempty"`
	Message  Message `json:"message,omitzero"`
	Files    []File  `json:"files,omitempty"` // what an Upload shows
	Mail     *Mail   `json:"mail,omitempty"`
	Draws    bool    `json:"draws,omitempty"`     // Message is the card of Request, drawn when the delivery leaves: see Draw
	ToClient bool    `json:"to_client,omitempty"` // text that a client reads: held, not repeated, when its outcome stays unknown
	Page     bool    `json:"page,omitempty"`      // wakes a person: rather twice than never
	TeamSide bool    `json:"team_side,omitempty"` // must never be seen by an outsider; the sender checks the audience of To first
}

// Receipt is what the outside gave back.
type Receipt struct {
	Message string  // the id of what was posted
	Thread  string  // the thread it is in, or that was opened
	Events  []Event // what the delivery brought back, such as an answer
}

// Lane is the line a delivery waits in: its place and urgency.
func (d Delivery) Lane() string { return fmt.Sprintf("%s %d", d.To.Top(), d.Urgency) }

// DefaultUntil is how long a delivery of this kind is worth sending; zero
// means for ever. Automatic mail sets its own, 24 hours.
func (d Delivery) DefaultUntil() time.Duration {
	switch {
	case d.Op == OpWhisper:
		return 25 * time.Minute
	case d.Op == OpMail:
		return 7 * 24 * time.Hour
	case d.Urgency == UrgentDigest:
		return 12 * time.Hour
	}
	return 0
}

// deliveryVersion is the version of the JSON that EncodeDelivery writes.
const deliveryVersion = 1

type storedDelivery struct {
	V int `json:"v"`
	Delivery
}

// EncodeDelivery writes the parts of a delivery that are no columns as JSON.
func EncodeDelivery(d Delivery) ([]byte, error) {
	return json.Marshal(storedDelivery{V: deliveryVersion, Delivery: d})
}

// Decode reads what the outbox has given undecoded. It is done by whoever sends
// the delivery: decoding is as much work as the rest of a transaction.
func (d *Delivery) Decode() error {
	if len(d.Stored) == 0 {
		return nil
	}
	stored := d.Stored
	d.Stored = nil
	return DecodeDelivery(stored, d)
}

// DecodeDelivery reads what EncodeDelivery wrote into d, whose columns the
// caller has filled.
func DecodeDelivery(data []byte, d *Delivery) error {
	s := storedDelivery{Delivery: *d}
	if err := json.Unmarshal(data, &s); err != nil {
		return fmt.Errorf("decode delivery %d: %w", d.ID, err)
	}
	if s.V < 1 || s.V > deliveryVersion {
		return fmt.Errorf("decode delivery %d: version %d is not known", d.ID, s.V)
	}
	*d = s.Delivery
	return nil
}
