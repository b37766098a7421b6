package bot

import (
	"fmt"
	"strings"
	"time"
)

// Whisper tells the person behind an event something that only they see, in
// their language, where the event happened.
func Whisper(tx Tx, e Event, m Message) error {
	return WhisperTo(tx, e, tx.Settings().Person(e.Actor), m)
}

// WhisperTo tells a person something that only they see. Where they are not at
// the event's place, it is a direct message.
func WhisperTo(tx Tx, e Event, who Person, m Message) error {
	to := e.Place
	if to.Adapter == "" || !strings.HasPrefix(e.Actor.ID, to.Adapter+":") || !who.Is(e.Actor.ID) {
		return DirectTo(tx, fmt.Sprintf("direct:%d:%s:%s", e.ID, e.Key, firstID(m)), who, m)
	}
	Localize(&m, tx.Settings().LanguageFor(to, who))
	return tx.PutDelivery(Delivery{
		Key: fmt.Sprintf("whisper:%d:%s:%s", e.ID, e.Key, firstID(m)), To: to, Op: OpWhisper,
		Person: e.Actor.ID, Message: m,
	})
}

// DirectTo sends a person a direct message in the messenger they are in. Who
// is in none is told by nobody: mail never carries the team's side.
func DirectTo(tx Tx, key string, who Person, m Message) error {
	return DirectAt(tx, Delivery{Key: key}, who, m)
}

// DirectAt is DirectTo with a delivery that says more than its key, such as
// when the message leaves, or which one it edits.
func DirectAt(tx Tx, d Delivery, who Person, m Message) error {
	id := chatID(who)
	if id == "" {
		return nil
	}
	if d.To = Direct(id); d.Op == "" {
		d.Op = OpPost
	}
	Localize(&m, tx.Settings().LanguageFor(d.To, who))
	d.Message = m
	return tx.PutDelivery(d)
}

// DirectUnasked is DirectAt for what the desk says by itself, because something
// has happened that is the person's to look at. Who wants quiet does not get it:
// it stands on the card. Who wants everything gets it at once, whatever the hour.
func DirectUnasked(tx Tx, d Delivery, who Person, m Message) error {
	p, err := tx.Preference(who.ID)
	switch {
	case err != nil || p.Reach == ReachQuiet:
		return err
	case p.Reach == ReachEverything:
		d.NotBefore = time.Time{}
	}
	return DirectAt(tx, d, who, m)
}

// InHours is when a message that is no page may reach a person: now while they
// work, else when their day begins.
func InHours(tx Tx, who Person) time.Time {
	at, ok := tx.Settings().CalendarOf(who).NextOpen(tx.Now())
	if !ok || !at.After(tx.Now()) {
		return time.Time{}
	}
	return at
}

// chatID is the first of a person's names that is in a messenger.
func chatID(who Person) string {
	for _, id := range who.IDs {
		if !strings.HasPrefix(id, "email:") {
			return id
		}
	}
	return ""
}

// PostAt posts a message for everybody at a place, in the place's language.
func PostAt(tx Tx, d Delivery) error {
	d.Op = OpPost
	Localize(&d.Message, tx.Settings().LanguageFor(d.To, Person{}))
	return tx.PutDelivery(d)
}

// Localize sets the language of everything in a message.
func Localize(m *Message, l Language) {
	m.Text, m.Preview, m.Table, m.Chart = m.Text.For(l), m.Preview.For(l), m.Table.localize(l), m.Chart.localize(l)
	for i := range m.Buttons {
		m.Buttons[i].Label = m.Buttons[i].Label.For(l)
	}
	for i := range m.More {
		m.More[i].Label = m.More[i].Label.For(l)
	}
}

// TellOps posts to the team what the operator of the desk must know. A second
// call with the same key says nothing.
func TellOps(tx Tx, key string, t Text) error {
	to := tx.Settings().TeamCards
	if to == (Place{}) {
		return nil
	}
	return PostAt(tx, Delivery{Key: "ops:" + key, To: to, Urgency: UrgentPost, TeamSide: true, Message: Message{Text: t}})
}

func firstID(m Message) string {
	if len(m.Text.Parts) == 0 {
		return ""
	}
	return m.Text.Parts[0].ID
}

// PressButton is a button labelled by a catalogue sentence.
//
//go:noinline
func PressButton(label, act, value string) Button {
	return Button{Label: Say(label), Act: act, Value: value}
}

// MessageOf is a message of one text and buttons.
//
//go:noinline
func MessageOf(t Text, buttons ...Button) Message { return Message{Text: t, Buttons: buttons} }
