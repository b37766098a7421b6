package commands

import (
	"context"

	"meridian/bot"
)

// escalate raises a request's level at once, whatever the hour. Age and class
// stay as they are.
func escalate() bot.Command {
	return bot.Command{
		Name: "escalate", Words: words([]string{"raise"}, []string{"эскалировать", "поднять"}), Slash: "request",
		Action: bot.ActEscalate, Emoji: []string{"rotating_light"},
		Args:  append(one(), bot.Arg{Name: "needed", Kind: bot.ArgWords, Optional: true}),
		Usage: "escalate R-12 WHAT IS NEEDED", Help: "help.escalate",
		InThread: true,
		Handler: bot.Handler{Do: func(_ context.Context, tx bot.Tx, e bot.Event, _ any) error {
			r, err := request(tx, e)
			if err != nil {
				return err
			}
			before := r
			if refused := r.Escalate(); refused != nil {
				return refused
			}
			return bot.Change(tx, e, before, &r, e.Call.Args["needed"])
		}},
	}
}
