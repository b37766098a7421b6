package engine

import (
	"cmp"
	"errors"

	"meridian/bot"
)

// keeps reports whether the store keeps the messages of an adapter.
func (e *Engine) keeps(adapter string) bool {
	if s, ok := e.senders[adapter]; ok {
		k, ok := s.adapter.(bot.Keeper)
		return ok && k.Keeps()
	}
	return false
}

// keepShown writes what people said and did into the messages of an adapter
// that has no messenger behind it. It is part of the event's transaction, but
// stays when the event is refused: what was said was said.
func (e *Engine) keepShown(tx bot.Tx, w *work) error {
	ev := w.event
	if !e.keeps(ev.Source) {
		return nil
	}
	switch b := ev.Body.(type) {
	case bot.Said:
		return tx.SaveShown(bot.ShownMessage{Place: ev.Place, ID: ev.Message, Author: ev.Actor.ID, Name: ev.Actor.Name, Said: cmp.Or(b.Typed, b.Text), At: ev.At})
	case bot.Edited:
		return e.changeShown(tx, ev, func(m *bot.ShownMessage) { m.Said, m.Edited = b.Text, true })
	case bot.Deleted:
		return e.changeShown(tx, ev, func(m *bot.ShownMessage) { m.Said, m.Deleted = "", true })
	case bot.Reacted:
		return tx.SaveReaction(ev.Place, ev.Message, b.Emoji, ev.Actor.ID, !b.Removed)
	}
	return nil
}

// changeShown changes a message of one's own; others' are left alone.
func (e *Engine) changeShown(tx bot.Tx, ev bot.Event, change func(*bot.ShownMessage)) error {
	m, err := tx.ShownMessage(ev.Place, ev.Message)
	if errors.Is(err, bot.ErrNotFound) || err == nil && m.Author != ev.Actor.ID {
		return nil
	}
	if err != nil {
		return err
	}
	change(&m)
	return tx.SaveShown(m)
}

// keepSent writes what the bot said into the messages of an adapter that has
// no messenger behind it, and the Message-ID of a mail, by which answers to it
// are known, in the transaction of the receipt.
func (e *Engine) keepSent(tx bot.Tx, d bot.Delivery, r bot.Receipt) error {
	if d.Op == bot.OpMail && d.Mail != nil {
		return tx.SaveMail(bot.OutLine(tx.Settings(), d, tx.Now(), bot.DeliveryDone, r.Message))
	}
	if !e.keeps(d.To.Adapter) {
		return nil
	}
	switch d.Op {
	case bot.OpPost, bot.OpWhisper, bot.OpUpload:
		m := bot.ShownMessage{Place: d.To, ID: r.Message, For: d.Person, Message: d.Message, Files: d.Files, At: tx.Now()}
		if !d.SaidAt.IsZero() {
			m.At = d.SaidAt
		}
		if d.Message.Author != "" {
			m.Author = d.Message.Author
			m.Name = tx.Settings().Person(bot.Actor{ID: m.Author}).Name
		}
		return tx.SaveShown(m)
	case bot.OpEdit, bot.OpDelete:
		m, err := tx.ShownMessage(d.To, d.Target)
		if errors.Is(err, bot.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		m.Message, m.Deleted = d.Message, d.Op == bot.OpDelete
		return tx.SaveShown(m)
	case bot.OpReact, bot.OpUnreact:
		return tx.SaveReaction(d.To, d.Target, d.Emoji, "", d.Op == bot.OpReact)
	}
	return nil
}
