package bot

import (
	"errors"
	"time"
)

// The sample day is what a desk shows that nobody has used yet: a few requests,
// an alert, a question and a mail. They are real ones, made and drawn by the same
// rules, with numbers below zero: S-3 is the request -3. Everything that lists,
// counts, finds or exports goes up from zero, and so leaves them out; removing
// them is removing what is below zero.
const (
	// SampleHook is the hook whose alerts belong to the sample day. No hook of a
	// configuration can have this name.
	SampleHook = "(sample)"
	// SampleMessage begins the id of a message that people say on the sample day.
	SampleMessage = "sample-"
	// SampleRest is the request that deliveries of the sample day name which
	// belong to none, such as that of an alert's card.
	SampleRest = -1_000_000
)

// pastTx lets rules act at another time, and leaves behind only what can be
// removed again: no timers, no contacts, no history.
type pastTx struct {
	Tx
	at time.Time
}

// SampleAt is a transaction in which something of the sample day happens at an
// instant.
func SampleAt(tx Tx, at time.Time) Tx { return pastTx{tx, at} }

// Now is the instant at which it happens.
func (p pastTx) Now() time.Time { return p.at }

// PutDelivery lets what is said be shown to have been said then.
func (p pastTx) PutDelivery(d Delivery) error {
	d.SaidAt, d.Until, d.NotBefore = p.at, time.Time{}, time.Time{}
	if d.Request == 0 {
		d.Request = SampleRest
	}
	return p.Tx.PutDelivery(d)
}

// SetTimer sets none: nothing of the sample day becomes due.
func (p pastTx) SetTimer(Timer) error { return nil }

// SaveContact keeps nobody: they are made up.
func (p pastTx) SaveContact(Contact) error { return nil }

// AddAudit writes nothing: the audit log could not be rid of it.
func (p pastTx) AddAudit(AuditLine) error { return nil }

// Sampled are the requests of the sample day, S-1 first.
func Sampled(v View) (all []Request, err error) {
	for n := int64(-1); ; n-- {
		r, err := v.Request(n)
		if errors.Is(err, ErrNotFound) {
			return all, nil
		}
		if err != nil {
			return nil, err
		}
		all = append(all, r)
	}
}

// mixes refuses to tie a request of the sample day to a real one, which would
// outlive it.
func (r Request) mixes(other Request) *Error {
	if r.Number < 0 == (other.Number < 0) {
		return nil
	}
	if r.Number < 0 {
		r = other
	}
	return Refuse("refuse.sample_mixed", "Request", r.Part())
}
