package commands

import (
	"context"

	"meridian/bot"
)

// quiet lets nothing reach a person by itself but pages, and what names them.
func quiet() bot.Command {
	return wish("quiet", "usage.quiet", bot.ReachQuiet, []string{"тихо", "тише"}, "told.quiet", "help.quiet")
}

// normal is what everybody has who said nothing: what is theirs to do reaches
// them, in their hours.
func normal() bot.Command {
	return wish("normal", "usage.normal", bot.ReachNormal, []string{"обычно"}, "told.normal", "help.normal")
}

// everything is normal at any hour.
func everything() bot.Command {
	return wish("all", "usage.all", bot.ReachEverything, []string{"всё", "все"}, "told.everything", "help.everything")
}

// wish is a command by which a person says what reaches them.
func wish(name, usage string, reach bot.ReachWish, ru []string, told, help string) bot.Command {
	return bot.Command{
		Name: name, Words: words(nil, ru), Slash: "desk", Action: bot.ActPrefer, Usage: usage, Help: help,
		Handler: bot.Handler{Do: func(_ context.Context, tx bot.Tx, e bot.Event, _ any) error {
			p, err := tx.Preference(e.Call.Person.ID)
			if err != nil {
				return err
			}
			p.Reach = reach
			if err := tx.SavePreference(e.Call.Person.ID, p); err != nil {
				return err
			}
			return bot.Whisper(tx, e, bot.MessageOf(bot.Say(told, "Usage", bot.Usage("usage.normal"), "Usages", bot.Usage("usage.all"))))
		}},
	}
}

// hears reports whether what the desk says by itself reaches a person.
func hears(v bot.View, who bot.Person) (bool, error) {
	if who.ID == "" || !reachable(who) {
		return false, nil
	}
	p, err := v.Preference(who.ID)
	return p.Reach != bot.ReachQuiet, err
}
