package commands

import (
	"context"
	"errors"
	"strings"

	"meridian/bot"
)

// solve says that our work is done. The client hears of it when the solve can
// no longer be taken back.
func solve() bot.Command {
	return bot.Command{
		Name: "solve", Words: words([]string{"done"}, []string{"решить", "решена", "готово"}), Slash: "request",
		Action: bot.ActSolve, Emoji: []string{"white_check_mark"},
		Args:  append(one(), bot.Arg{Name: "why", Kind: bot.ArgWords, Optional: true}),
		Usage: "usage.solve", Help: "help.solve",
		Handler: bot.Handler{Do: func(_ context.Context, tx bot.Tx, e bot.Event, _ any) error {
			r, err := request(tx, e)
			if err != nil {
				return err
			}
			before := r
			if refused := r.Solve(e.Call.Person, tx.Now()); refused != nil {
				return refused
			}
			if err := solved(tx, e, before, &r, e.Call.Args["why"]); err != nil {
				return err
			}
			return offerSolveAll(tx, e, r)
		}},
	}
}

// solved stores a solve and queues the word to the client.
func solved(tx bot.Tx, e bot.Event, before bot.Request, r *bot.Request, why string) error {
	key, err := bot.TellSolved(tx, *r)
	if err != nil {
		return err
	}
	return bot.Change(tx, e, before, r, why, key)
}

// confirm records the client's word that it is solved.
func confirm() bot.Command {
	return bot.Command{
		Name: "confirm", Words: words([]string{"works"}, []string{"подтвердить", "помогло"}), Slash: "request",
		Action: bot.ActConfirm, Emoji: []string{"white_check_mark", "+1"}, Casual: []string{"+1"},
		Args: one(), Usage: "usage.confirm", Help: "help.confirm",
		Handler: bot.Handler{Do: func(_ context.Context, tx bot.Tx, e bot.Event, _ any) error {
			r, err := request(tx, e)
			if err != nil {
				return err
			}
			if e.Call.Emoji == "+1" && !e.Call.Person.Is(r.Requester) {
				return bot.ErrPass
			}
			return confirmSince(tx, e, r, r)
		}},
	}
}

// closing ends a request for good. People solve; closing is a lead's act, with
// a reason.
func closing() bot.Command {
	return bot.Command{
		Name: "close", Words: words([]string{"drop"}, []string{"закрыть"}), Slash: "request",
		Action: bot.ActClose,
		Args:   append(one(), bot.Arg{Name: "reason", Kind: bot.ArgWords}),
		Usage:  "usage.close", Help: "help.close",
		Form: closeForm, InThread: true,
		Handler: bot.Handler{Do: func(_ context.Context, tx bot.Tx, e bot.Event, _ any) error {
			r, err := request(tx, e)
			if err != nil {
				return err
			}
			reason := e.Call.Args["reason"]
			if reason == "" || isNumbers(reason) {
				return bot.Refuse("refuse.reason", "Request", r.Part()).In("reason")
			}
			before := r
			if refused := r.Close(tx.Now()); refused != nil {
				return refused
			}
			if _, err := bot.DropSolved(tx, before); err != nil {
				return err
			}
			return bot.Change(tx, e, before, &r, reason)
		}},
	}
}

// isNumbers reports whether words are only more numbers of requests: whoever
// writes "close 1 2 3" means three, and has given no reason.
func isNumbers(words string) bool {
	for word := range strings.FieldsSeq(words) {
		if _, ok := bot.ParseRequestID(strings.Trim(word, ",.;#")); !ok {
			return false
		}
	}
	return true
}

func closeForm(v bot.View, e bot.Event) (bot.Form, error) {
	r, err := request(v, e)
	return bot.Form{
		Act: "close", Value: r.ID(), Title: bot.Say("form.close", "Request", r.Part()), Submit: bot.Say("button.close"),
		Fields: []bot.Field{{Name: "reason", Label: bot.Say("form.close.reason")}},
	}, err
}

// reopen takes a solved or closed request up again: it came back.
func reopen() bot.Command {
	return bot.Command{
		Name: "reopen", Words: words([]string{"re-open", "back", "return"}, []string{"вернуть", "переоткрыть"}), Slash: "request",
		Action: bot.ActReopen, Emoji: []string{"repeat"},
		Args:  append(one(), bot.Arg{Name: "why", Kind: bot.ArgWords, Optional: true}),
		Usage: "usage.reopen", Help: "help.reopen",
		Handler: bot.Handler{Do: func(_ context.Context, tx bot.Tx, e bot.Event, _ any) error {
			r, err := request(tx, e)
			if err != nil {
				return err
			}
			before := r
			if refused := r.Reopen(); refused != nil {
				return refused
			}
			unheard, err := bot.DropSolved(tx, before)
			if err != nil {
				return err
			}
			if before.Unfiled {
				if err := bot.TellRefiled(tx, e, r); err != nil {
					return err
				}
			}
			if unheard && before.State == bot.Solved { // the client never heard that it was solved
				r = before
				r.TakeBack()
			}
			return bot.Change(tx, e, before, &r, e.Call.Args["why"])
		}},
	}
}

// undo takes back what somebody did a moment ago: an emoji by removing it, a
// solve or a reply by its button.
func undo() bot.Command {
	return bot.Command{
		Name: "undo", Words: words(nil, []string{"отменить"}), Slash: "request",
		Action: bot.ActUndo,
		Args:   []bot.Arg{{Name: "what", Kind: bot.ArgWords, Optional: true}},
		Usage:  "usage.undo", Help: "help.undo",
		Handler: bot.Handler{Do: func(_ context.Context, tx bot.Tx, e bot.Event, _ any) error {
			if key := e.Call.Args["what"]; bot.IsReply(key) {
				return undoReply(tx, e, key)
			}
			number := e.Call.Request
			if n, ok := bot.ParseRequestID(e.Call.Args["what"]); ok {
				number = n
			} else if n, ok := giftFor(e.Call.Args["what"]); ok {
				number = n
			}
			if number == 0 && e.Call.Emoji == "" {
				return bot.Refuse("refuse.usage", "Usage", bot.Usage("usage.undo"))
			}
			act, err := lastAct(tx, e, number)
			if errors.Is(err, bot.ErrNotFound) {
				if e.Call.Emoji != "" {
					return bot.ErrPass
				}
				return bot.Refuse("refuse.nothing_to_undo", "Request", bot.Quote(bot.RequestID(number)))
			}
			if err != nil {
				return err
			}
			return takeBack(tx, e, act)
		}},
	}
}

// lastAct finds what is to be taken back: the act of the emoji that was
// removed, the gift whose button was pressed, or the person's last one on the
// request.
func lastAct(v bot.View, e bot.Event, number int64) (bot.Act, error) {
	if key := e.Call.Args["what"]; key != "" {
		if _, gift := giftFor(key); gift {
			return v.LastAct(e.Call.Person.ID, bot.ActQuery{Request: number, Sends: key})
		}
	}
	if e.Call.Emoji == "" {
		return v.LastAct(e.Call.Person.ID, bot.ActQuery{Request: number})
	}
	act, err := v.LastAct(e.Call.Person.ID, bot.ActQuery{Place: e.Place.Top(), Message: e.Message, Emoji: e.Call.Emoji})
	if errors.Is(err, bot.ErrNotFound) && e.Call.Root && asksUntil(v.Settings(), e.Call.Emoji) {
		// This emoji only asked until when; the answer was the act.
		act, err = v.LastAct(e.Call.Person.ID, bot.ActQuery{Request: number})
		if err == nil && act.Command != pauseCommand {
			err = bot.ErrNotFound
		}
	}
	return act, err
}

// takeBack makes a request what it was before an act, if nobody has changed it
// since and it is not too late.
func takeBack(tx bot.Tx, e bot.Event, act bot.Act) error {
	r, err := tx.Request(act.Request)
	if err != nil {
		return err
	}
	limit := tx.Settings().UndoState
	hides := r.Private && (!act.Before.Private || act.Command == "complaint") // the act itself, if nobody has changed it since
	switch {
	case act.Undone:
		return bot.ErrPass
	case !e.Call.Person.Sees(r) && !(hides && r.Turn() == act.Version):
		return bot.Refuse("refuse.nothing_to_undo", "Request", bot.Quote(r.ID()))
	case tx.Now().Sub(act.At) > limit:
		return tooLate(tx, act, r)
	case act.Command == giftCommand:
		return ungive(tx, e, act, r)
	case r.Turn() != act.Version:
		return changedSince(tx, e, act, r)
	case act.Command == "file":
		return unfile(tx, e, act, r)
	case hides:
		return bot.Refuse("refuse.stays_private", "Request", r.Part())
	}
	if sendsReply(act) {
		return takeReplyBack(tx, e, act, r)
	}
	for _, key := range act.Sends {
		if _, err := tx.DropDelivery(key); err != nil {
			return err
		}
	}
	return restore(tx, e, act, r, "")
}

// takeReplyBack takes an answer back with what it did to the request. One that
// has left stays said: then only the rest is undone, if there is any.
func takeReplyBack(tx bot.Tx, e bot.Event, act bot.Act, r bot.Request) error {
	waited, err := unsendAct(tx, act, &r)
	switch {
	case err != nil:
		return err
	case waited:
		return restore(tx, e, act, r, "told.reply_undone")
	case r.State == act.Before.State && r.Assignee == act.Before.Assignee:
		return bot.Refuse("refuse.sent", "Request", r.Part())
	}
	act.Before.OwedSince, act.Before.Waited = r.OwedSince, r.Waited // the client has the answer
	if r.Ended() {
		return restore(tx, e, act, r, "")
	}
	return restore(tx, e, act, r, "told.undone_sent")
}

// restore makes a request what it was before an act, and tells the person:
// with a sentence of its own, or what the request is now.
func restore(tx bot.Tx, e bot.Event, act bot.Act, r bot.Request, told string) error {
	before := r
	r.Restore(act.Before)
	if len(before.Merged) > 0 && before.State == bot.Solved && r.State != bot.Solved {
		if _, err := bot.DropSolved(tx, before); err != nil { // the word to those whose requests go on in it
			return err
		}
	}
	if err := tellAgain(tx, r); err != nil {
		return err
	}
	act.Undone = true
	if err := tx.SaveAct(&act); err != nil {
		return err
	}
	e.Call.Undo = true
	if err := bot.Change(tx, e, before, &r, act.Command); err != nil {
		return err
	}
	if err := untie(tx, e, before, r); err != nil {
		return err
	}
	switch {
	case told != "":
	case before.Ended() && !r.Ended():
		told = "told.open_again"
	default:
		told = "told.undone"
	}
	return bot.Whisper(tx, e, bot.MessageOf(bot.Say(told, "Request", r.Part())))
}

// tellAgain queues the word that a request is solved where another act dropped
// it before it left. The row of one that has left is kept.
func tellAgain(tx bot.Tx, r bot.Request) error {
	if r.State != bot.Solved || r.Confirmed || r.SolvedBy != "" {
		return nil
	}
	_, _, err := tx.Delivery(bot.SolvedKey(r))
	if errors.Is(err, bot.ErrNotFound) {
		_, err = bot.TellSolved(tx, r)
	}
	return err
}

// tooLate says how long ago the act was, and whether the client has heard of it.
func tooLate(v bot.View, act bot.Act, r bot.Request) error {
	done := bot.Code(act.Command)
	if act.Emoji != "" {
		done = bot.EmojiPart(act.Emoji)
	}
	ago := bot.Quote(bot.Duration(v.Now().Sub(act.At)))
	for _, key := range act.Sends {
		if d, _, err := v.Delivery(key); err == nil && d.State == bot.DeliveryDone {
			id := "refuse.too_late_told"
			if act.Command == "file" {
				id = "refuse.too_late_filed"
			}
			return bot.Refuse(id, "Command", done, "Duration", ago, "Name", r.Name, "Request", r.Part())
		}
	}
	return bot.Refuse("refuse.too_late", "Command", done, "Duration", ago)
}

// changedSince says what has happened to a request since the act that somebody
// wants to take back.
func changedSince(tx bot.Tx, e bot.Event, act bot.Act, r bot.Request) error {
	lines, err := tx.Audit(r.ID(), 0, 1000)
	if err != nil {
		return err
	}
	last := lines[len(lines)-1]
	who := tx.Settings().Person(bot.Actor{ID: last.Who})
	return bot.Refuse("refuse.changed_since", "Request", r.Part(), "Command", bot.Code(last.Action), "Person", who.Part(), "When", bot.At(last.At))
}
