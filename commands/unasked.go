package commands

import (
	"context"
	"errors"
	"strings"

	"meridian/bot"
)

// switches says what the desk does by itself, and switches it.
func switches() bot.Command {
	return bot.Command{
		Name: "unasked", Words: words(nil, []string{"самостоятельно"}), Slash: "desk", Action: bot.ActSwitch, Wordy: true,
		Args:  []bot.Arg{{Name: "switch", Kind: bot.ArgWords, Optional: true}},
		Usage: "usage.unasked", Help: "help.unasked",
		Handler: bot.Handler{Do: func(_ context.Context, tx bot.Tx, e bot.Event, _ any) error {
			typed := strings.TrimSpace(e.Call.Args["switch"])
			if typed == "" {
				t := bot.Say("told.unasked").Plus(bot.Break()).Plus(tx.Settings().DoingLines().Parts...)
				return bot.Whisper(tx, e, bot.MessageOf(t.Plus(bot.Break(), bot.Words("told.unasked_how", "Usage", bot.Code("/desk unasked shadow on"),
					"Usages", bot.Code("/desk unasked digest team 9:30")))))
			}
			by, ok := bot.ParseSwitch(typed)
			_, said := e.Body.(bot.Said)
			switch {
			case !ok && said: // somebody asks for something that begins with this word
				return bot.ErrPass
			case !ok:
				return bot.Refuse("refuse.no_switch", "Words", firstOf(typed, 60))
			}
			return switchTo(tx, e, by)
		}},
	}
}

// switchTo switches what the desk does by itself, from now on: what it plans is
// planned anew.
func switchTo(tx bot.Tx, e bot.Event, by bot.Switch) error {
	w, err := tx.Switches()
	if err != nil {
		return err
	}
	if refused := w.Set(tx.Settings(), by); refused != nil {
		return refused
	}
	if err := tx.SaveSwitches(w); err != nil {
		return err
	}
	if err := errors.Join(replan(tx), tx.AddAudit(bot.AuditLine{
		At: tx.Now(), Who: e.Call.Person.ID, Surface: e.Call.Surface, Action: "switch", Object: "unasked", After: by.String(), Event: e.ID,
	})); err != nil {
		return err
	}
	return bot.Whisper(tx, e, bot.MessageOf(tx.Settings().DoingLines(by.What)))
}

// replan sets the timers that what is switched now asks for.
func replan(tx bot.Tx) error {
	for _, plan := range Unasked().Plan {
		if err := plan(tx); err != nil {
			return err
		}
	}
	return nil
}
