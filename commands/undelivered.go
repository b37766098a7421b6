package commands

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"meridian/bot"
)

// mailLate says that a mail has not left for an hour: the team learns of an
// answer on its request, and its writer by direct message in their hours; of
// what the desk writes by itself the operator is told, once a day.
func mailLate(tx bot.Tx, b bot.Failed) error {
	if !bot.IsReply(b.Delivery) || b.Request == 0 {
		return bot.TellOps(tx, "late:"+tx.Now().Format(time.DateOnly), bot.Say("mail.late_own", "Reason", reason(b)))
	}
	r, err := tx.Request(b.Request)
	if errors.Is(err, bot.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	m := bot.MessageOf(bot.Say("mail.late", "Request", r.Part(), "To", b.To.Channel, "Reason", reason(b)))
	return tellWriter(tx, r, b, "late:"+b.Delivery, m)
}

// mailUnsent says that an answer was refused for good, or was tried for as long
// as it is worth it: nobody has read it.
// Whoever sent a reminder has been told already.
func mailUnsent(tx bot.Tx, e bot.Event, r bot.Request, b bot.Failed, reminder bool) error {
	m := bot.MessageOf(bot.Say("stuck.mail", "Request", r.Part(), "Place", bot.Quote(b.To.Channel)))
	if r.Home.Adapter == "email" {
		m.Buttons = []bot.Button{bot.PressButton("button.other_address", "address", r.ID())}
	}
	key := fmt.Sprintf("failed:%s:%d", b.Delivery, e.ID)
	if reminder {
		return bot.ToDesk(tx, r, bot.Delivery{Key: key, Message: m})
	}
	return tellWriter(tx, r, b, key, m)
}

// isReminder reports whether a delivery is the reminder of a silent client.
func isReminder(v bot.View, b bot.Failed) (bool, error) {
	r, err := v.Request(b.Request)
	if errors.Is(err, bot.ErrNotFound) {
		return false, nil
	}
	return err == nil && r.Silence != nil && r.Silence.Reminder == b.Delivery, err
}

// reason is what the mail server said, without whose words they are.
func reason(b bot.Failed) bot.Part {
	return bot.Quote(firstOf(strings.TrimPrefix(b.Why, "email: "), 200))
}

// tellWriter tells the team on the request, and whoever wrote the answer in
// their hours. A private request is told of where it is read alone.
func tellWriter(tx bot.Tx, r bot.Request, b bot.Failed, key string, m bot.Message) error {
	if err := bot.ToDesk(tx, r, bot.Delivery{Key: key, Message: m}); err != nil || r.Private {
		return err
	}
	c, err := tx.CommentAt(r.Home, b.Delivery)
	if errors.Is(err, bot.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	who := tx.Settings().Person(bot.Actor{ID: c.Author})
	return bot.DirectAt(tx, bot.Delivery{Key: key + ":writer", NotBefore: bot.InHours(tx, who)}, who, m)
}
