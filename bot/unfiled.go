package bot

import (
	"errors"
	"fmt"
	"time"
)

// Unfile takes a request back that was filed by an emoji: it was none. Putting
// the emoji again, or re-opening it, makes it what it was; that is no return.
func (r *Request) Unfile(now time.Time) *Error {
	if refused := r.Close(now); refused != nil {
		return refused
	}
	r.Unfiled = true
	return nil
}

// Refile makes a request that was taken back a new one again.
func (r *Request) Refile() { r.State, r.ClosedAt, r.Unfiled = New, time.Time{}, false }

// TellUnfiled makes the receipt of a request that was taken back say so, or
// drops it if it still waits. It reports whether the client has read that it was
// filed.
func TellUnfiled(tx Tx, e Event, r Request) (bool, error) {
	d, err := receiptSent(tx, r)
	if err != nil || d.Key == "" {
		return false, err
	}
	return true, editReceipt(tx, e, r, d, MessageOf(Say("client.unfiled", "Request", r.Part())))
}

// TellRefiled makes the receipt promise again what it promised, or sends it if
// it had not left.
func TellRefiled(tx Tx, e Event, r Request) error {
	if r.OneFace() {
		return nil
	}
	d, err := receiptSent(tx, r)
	switch m := receipt(tx.Settings(), r); {
	case err != nil:
		return err
	case d.Key == "":
		return ToClient(tx, r, Delivery{Key: ReceiptKey(r.Number)}, m, true)
	default:
		return editReceipt(tx, e, r, d, m)
	}
}

// receiptSent is the receipt of a request if it has begun to leave; one that
// waits is dropped.
func receiptSent(tx Tx, r Request) (Delivery, error) {
	key := ReceiptKey(r.Number)
	if dropped, err := tx.DropDelivery(key); err != nil || dropped {
		return Delivery{}, err
	}
	d, _, err := tx.Delivery(key)
	if errors.Is(err, ErrNotFound) || err == nil && d.Op != OpPost {
		return Delivery{}, nil
	}
	return d, err
}

func editReceipt(tx Tx, e Event, r Request, d Delivery, m Message) error {
	Localize(&m, d.Message.Text.Language)
	return tx.PutDelivery(Delivery{Key: fmt.Sprintf("%s:%d", d.Key, e.ID), After: d.Key, Card: d.Key, To: d.To, Op: OpEdit,
		Request: r.Number, Face: FaceHome, ToClient: true, Message: m})
}
