package commands

import (
	"context"

	"meridian/bot"
)

// help lists what the person may say. Commands without a line of help are there
// for their buttons.
func help() bot.Command {
	c := bot.Command{
		Name: "help", Words: words([]string{"home"}, []string{"помощь", "справка"}), Slash: "desk",
		Action: bot.ActHelp, Usage: "usage.help", Help: "help.help",
	}
	c.Do = func(_ context.Context, tx bot.Tx, e bot.Event, _ any) error {
		t := bot.Say("help.title")
		for _, other := range All() {
			if other.Help == "" || bot.Rights(e.Call.Person.Role, other.Action) == bot.None {
				continue
			}
			t = t.Plus(bot.Break(), bot.UsageBehind("/"+slashOf(other)+" ", other.Usage), bot.Quote("  "), bot.Words(other.Help))
		}
		return bot.Whisper(tx, e, bot.MessageOf(t))
	}
	return c
}

// slashOf is the slash command in front of a command's usage. One that has its
// own name is not said twice.
func slashOf(c bot.Command) string {
	if c.Slash == c.Name && !c.Whole {
		return "desk"
	}
	return c.Slash
}
