package commands

import (
	"context"
	"fmt"
	"time"

	"meridian/bot"
)

// timerSettled is the timer of the question whether a complaint is settled, and
// settledAfter how long after the complaint, or after "not yet", it is asked.
const (
	timerSettled = "settled"
	settledAfter = 7 * 24 * time.Hour
)

// askSettled sets the timer of the question.
func askSettled(tx bot.Tx, r bot.Request) error {
	return tx.SetTimer(bot.Timer{Key: timerSettled + ":" + r.ID(), What: timerSettled, Object: r.ID(), At: tx.Now().Add(settledAfter)})
}

// settledDue asks who keeps a complaint whether it is settled with the person, as
// long as everything automatic to them is stopped: nobody else would remember.
func settledDue() bot.Handler {
	return dueAbout("settled.due", timerSettled, func(tx bot.Tx, e bot.Event, r bot.Request) error {
		s := tx.Settings()
		by, err := bot.Hushed(tx, s.Person(bot.Actor{ID: r.Requester, Name: r.Name}))
		keeper, ok := s.Keeper(r, bot.Person{})
		if err != nil || by != r.Number || !ok {
			return err
		}
		buttons := []bot.Button{bot.PressButton("button.settled", "lift", r.ID()), bot.PressButton("button.not_yet", "unsettled", r.ID())}
		if r.Client != "" { // whom to call
			buttons = append(buttons, bot.PressButton("button.call", "client", r.Client))
		}
		return bot.DirectUnasked(tx, bot.Delivery{Key: fmt.Sprintf("settled:%s:%d", r.ID(), e.ID), NotBefore: bot.InHours(tx, keeper)}, keeper,
			bot.MessageOf(bot.Say("told.settled_week", "Request", r.Part(), "Name", r.Name), buttons...))
	})
}

// unsettled has the question asked again a week later.
func unsettled() bot.Command {
	return bot.Command{
		Name: "unsettled", Slash: "request", Action: bot.ActLift, Args: one(), Usage: "unsettled R-12",
		Handler: bot.Handler{Do: func(_ context.Context, tx bot.Tx, e bot.Event, _ any) error {
			r, err := request(tx, e)
			if err != nil {
				return err
			}
			by, err := bot.Hushed(tx, tx.Settings().Person(bot.Actor{ID: r.Requester, Name: r.Name}))
			if err != nil {
				return err
			}
			if by != r.Number {
				return bot.Refuse("refuse.not_hushed", "Name", r.Name)
			}
			if err := askSettled(tx, r); err != nil {
				return err
			}
			return bot.Whisper(tx, e, bot.MessageOf(bot.Say("told.asked_again", "Request", r.Part(), "When", bot.At(tx.Now().Add(settledAfter)))))
		}},
	}
}
