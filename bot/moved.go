package bot

import (
	"errors"
	"strings"
	"time"
)

// Was is what a request was at the desk that it came over from. Such a request
// came with its past: nothing was sent because of it, and no report counts it.
type Was struct {
	Desk   string // "Zammad"
	Number string // there; empty: it had none
	// Acted is when somebody first acted here on one that came over open: from then
	// on reports count it. Zero: nobody has, or it had ended there. The store says it.
	Acted time.Time `json:",omitzero"`
}

// String is the desk and the number, as people write them: "Zammad 48211". It is
// empty where there is no number to go by.
func (w *Was) String() string {
	if w == nil || w.Number == "" {
		return ""
	}
	return strings.TrimSpace(w.Desk + " " + w.Number)
}

// unseen reports whether a request came over from another desk and has no card
// yet: it gets one when somebody first acts on it.
func (r Request) unseen(v View) (bool, error) {
	if r.Was == nil || r.Desk.Thread != "" {
		return false, nil
	}
	_, _, err := v.Delivery(CardKey(r.Number))
	if errors.Is(err, ErrNotFound) {
		return true, nil
	}
	return false, err
}

// MovedKey is the key of the one message that tells of the open requests of an
// import.
func MovedKey(batch string) string { return "moved:" + batch }

// TellMoved tells the team once of the open requests that an import has brought:
// how many there are, and how many of them nobody has.
func TellMoved(tx Tx, batch, desk string, open, unowned int) error {
	if open == 0 {
		return nil
	}
	t := Say("moved.open", "Count", open, "Place", Quote(desk))
	var buttons []Button
	if unowned > 0 {
		t = t.Plus(Quote(" "), Words("moved.unowned", "Count", unowned), Quote(" "), Words("moved.take"))
		buttons = []Button{PressButton("button.by_client", "moved", batch), PressButton("button.deal", "deal", batch)}
	}
	return PostAt(tx, Delivery{Key: MovedKey(batch), To: tx.Settings().TeamCards, Message: MessageOf(t, buttons...)})
}
