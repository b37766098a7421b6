package commands

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"meridian/bot"
)

// digestTake takes a request by the button of a digest, whose line says so from
// then on. Nothing else of the post is ever written anew.
func digestTake() bot.Command {
	return bot.Command{
		Name: "digesttake", Slash: "desk", Action: bot.ActTake,
		Args: append(one(), bot.Arg{Name: "run", Kind: bot.ArgWords}), Usage: "usage.take",
		Handler: bot.Handler{Do: func(ctx context.Context, tx bot.Tx, e bot.Event, _ any) error {
			call := *e.Call
			call.Command = "take"
			e.Call = &call
			if err := take().Do(ctx, tx, e, nil); err != nil {
				return err
			}
			return retell(tx, e)
		}},
	}
}

// retell writes the line of a request anew that somebody has now.
func retell(tx bot.Tx, e bot.Event) error {
	name, at, ok := parseDigestRun(e.Call.Args["run"])
	if !ok {
		return nil
	}
	run, err := tx.DigestRun(name, at)
	if errors.Is(err, bot.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	r, err := request(tx, e)
	i, known := run.Takes[e.Call.Request]
	if err != nil || !known || i >= len(run.Lines) || r.Assignee == "" {
		return err
	}
	s := tx.Settings()
	run.Lines[i] = bot.NeedLine(s, bot.Need{Request: r}, tx.Now())
	delete(run.Takes, r.Number)
	run.Buttons = slices.DeleteFunc(run.Buttons, func(b bot.Button) bool {
		return b.Act == "digesttake" && strings.HasPrefix(b.Value, r.ID()+" ")
	})
	if err := tx.SaveDigest(run); err != nil {
		return err
	}
	m := digestMessage(run, bot.Text{})
	bot.Localize(&m, s.LanguageFor(run.Place, bot.Person{}))
	key := bot.DigestKey(name, at)
	return tx.PutDelivery(bot.Delivery{Key: key + ":" + r.ID(), To: run.Place, Op: bot.OpEdit, Card: key, After: key, TeamSide: true, Message: m})
}

// parseDigestRun reads the key of a digest's post.
func parseDigestRun(key string) (name string, at time.Time, ok bool) {
	rest, ok := strings.CutPrefix(strings.TrimSpace(key), bot.TimerDigest+":")
	i := strings.LastIndexByte(rest, ':')
	if !ok || i < 0 {
		return "", at, false
	}
	ms, err := strconv.ParseInt(rest[i+1:], 10, 64)
	return rest[:i], time.UnixMilli(ms).UTC(), err == nil
}
