package commands

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"meridian/bot"
)

// stuck lists what was given up or is held, and how to try again.
func stuck() bot.Command {
	return bot.Command{
		Name: "stuck", Words: words(nil, []string{"застряло"}), Slash: "desk",
		Action: bot.ActOperate, Usage: "usage.stuck", Help: "help.stuck",
		Handler: bot.Handler{Do: func(_ context.Context, tx bot.Tx, e bot.Event, _ any) error {
			items, err := tx.Stuck()
			if err != nil {
				return err
			}
			if len(items) == 0 {
				return bot.Whisper(tx, e, bot.MessageOf(bot.Say("stuck.none")))
			}
			m := bot.MessageOf(bot.Say("stuck.list", "Count", len(items)))
			for _, it := range items[:min(len(items), listed)] {
				line := fmt.Sprintf("%s %d · %s · %s · %d", it.What, it.ID, it.Kind, it.State, it.Tries)
				m.Text = m.Text.Plus(bot.Break(), bot.Code(line))
			}
			first := items[0]
			m.Buttons = []bot.Button{{Label: bot.Say("button.try_again", "Id", strconv.FormatInt(first.ID, 10)), Act: "replay", Value: fmt.Sprintf("%s %d", first.What, first.ID)}}
			return bot.Whisper(tx, e, m)
		}},
	}
}

// replay lets something that was given up be tried again.
func replay() bot.Command {
	return bot.Command{
		Name: "replay", Words: words([]string{"retry"}, []string{"повторить"}), Slash: "desk",
		Action: bot.ActOperate,
		Args:   []bot.Arg{{Name: "what", Kind: bot.ArgWords}},
		Usage:  "usage.replay", Help: "help.replay",
		Handler: bot.Handler{Do: func(_ context.Context, tx bot.Tx, e bot.Event, _ any) error {
			what, number, _ := strings.Cut(strings.TrimSpace(e.Call.Args["what"]), " ")
			id, err := strconv.ParseInt(strings.TrimSpace(number), 10, 64)
			if err != nil || what != "event" && what != "delivery" {
				return bot.Refuse("refuse.usage", "Usage", bot.Usage("usage.replay"))
			}
			if err := tx.Replay(what, id); errors.Is(err, bot.ErrNotFound) {
				return bot.Refuse("refuse.not_stuck", "Id", bot.Code(number))
			} else if err != nil {
				return err
			}
			if err := tx.AddAudit(bot.AuditLine{At: tx.Now(), Who: e.Call.Person.ID, Surface: e.Call.Surface, Action: "replay", Object: what + " " + number, Event: e.ID}); err != nil {
				return err
			}
			return bot.Whisper(tx, e, bot.MessageOf(bot.Say("stuck.replayed", "Id", bot.Code(number))))
		}},
	}
}

// failed tells the team what did not reach its reader. A failed message to the
// team itself is only listed as stuck: telling it the same way would fail too.
func failed() bot.Handler {
	return bot.Handler{Name: "failed", Do: func(_ context.Context, tx bot.Tx, e bot.Event, _ any) error {
		b := e.Body.(bot.Failed)
		if b.Trying {
			return mailLate(tx, b)
		}
		reminder, err := isReminder(tx, b)
		if err != nil {
			return err
		}
		if err := reminderFailed(tx, e, b); err != nil {
			return err
		}
		if strings.HasPrefix(b.Delivery, "ops:") || b.Expired && b.Op != bot.OpMail || b.Op == bot.OpWhisper {
			return nil
		}
		id := "stuck.dead"
		if b.Op == bot.OpMail {
			id = "stuck.mail"
		}
		what := b.Delivery
		if b.Request != 0 {
			what = bot.RequestID(b.Request)
		}
		if r, err := tx.Request(b.Request); err == nil && bot.IsReply(b.Delivery) && b.Op == bot.OpMail {
			return mailUnsent(tx, e, r, b, reminder)
		}
		t, key := bot.Say(id, "Request", bot.Code(what), "Place", bot.Quote(b.To.Channel)), fmt.Sprintf("failed:%s:%d", b.Delivery, e.ID)
		if r, err := tx.Request(b.Request); err == nil && r.Private && b.Op == bot.OpMail {
			return bot.ToDesk(tx, r, bot.Delivery{Key: key, Message: bot.MessageOf(t)}) // who wrote it is nobody else's business
		}
		return bot.TellOps(tx, key, t)
	}}
}
