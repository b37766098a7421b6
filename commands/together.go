package commands

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"meridian/bot"
)

// replyall answers a cause and all requests that wait for it with one text.
func replyall() bot.Command {
	return bot.Command{
		Name: "replyall", Words: words([]string{"reply-all"}, []string{"ответить-всем"}), Slash: "request",
		Action: bot.ActReply,
		Args:   append(one(), bot.Arg{Name: "text", Kind: bot.ArgWords}),
		Usage:  "usage.replyall", Help: "help.replyall",
		Form: replyAllForm, Opened: opened, InThread: true,
		Handler: bot.Handler{Do: func(_ context.Context, tx bot.Tx, e bot.Event, _ any) error {
			r, err := request(tx, e)
			if err != nil {
				return err
			}
			if r.MergedInto != 0 {
				return r.Over()
			}
			return replyToAll(tx, e, r, thenOf(e))
		}},
	}
}

// A run is something that is done to several requests, a few in each event: one
// event must not hold up the others.
const (
	runReply = "reply"
	runSolve = "solve"
)

// timerRun is the timer of a run. Its key says what is left to be done.
const timerRun = "together"

// runStep is how many requests a run does in one event; one that others go on in
// counts for each of them.
const runStep = 3

// run is what the key of its timer says: what is done, for which request's
// others, what follows an answer, who does it, the key of the act, and the
// number after which to go on.
type run struct {
	what, then, key, who string
	after                int64
}

func (r run) timer(about bot.Request) bot.Timer {
	key := strings.Join([]string{timerRun, r.what, r.then, strconv.FormatInt(r.after, 10), r.key, r.who}, " ")
	return bot.Timer{Key: key, What: timerRun, Object: about.ID(), Place: about.Desk.Top()}
}

func parseRun(key string) (r run, ok bool) {
	p := strings.SplitN(key, " ", 6)
	if len(p) != 6 || p[0] != timerRun {
		return r, false
	}
	after, err := strconv.ParseInt(p[3], 10, 64)
	return run{what: p[1], then: p[2], after: after, key: p[4], who: p[5]}, err == nil
}

// replyToAll sends an answer to a request and to all that wait for it. The
// others get it in the moment in which the first leaves: until then all of it
// can be taken back at once.
func replyToAll(tx bot.Tx, e bot.Event, r bot.Request, then string) error {
	followers, err := bot.Followers(tx, r, e.Call.Person, bot.ActReply)
	if err != nil {
		return err
	}
	switch {
	case len(followers) == 0:
		return bot.Refuse("refuse.no_followers", "Request", r.Part(), "Usage", bot.UsageOn("usage.cause", r))
	case conversations(r, followers) > bot.MaxTogether:
		return bot.Refuse("refuse.too_many", "Count", conversations(r, followers), "Limit", bot.MaxTogether)
	case e.Call.Surface == bot.ByForm && e.Call.Args["agreed"] != numbersOf(followers):
		return bot.Refuse("refuse.others_changed", "Request", r.Part(), "List", numbersOf(followers)).In("whom")
	case e.Call.Args["when"] == whenLater:
		return bot.Refuse("refuse.all_later").In("when")
	}
	if said := e.Call.Args["text"]; bot.IsReply(said) {
		return saySameToOthers(tx, e, r, followers, said)
	}
	a, raw, err := answerToAll(tx, e, r, then)
	if err != nil {
		return err
	}
	unfilled := a
	unfilled.text = raw
	if asked, err := meanwhile(tx, e, r, unfilled); err != nil || asked {
		return err
	}
	before := r
	if refused := a.moves(&r, e.Call.Person, tx.Now()); refused != nil {
		return refused
	}
	sends, err := queueAnswer(tx, e, &r, a)
	if err != nil {
		return err
	}
	if err := bot.Change(tx, e, before, &r, "", sends...); err != nil {
		return err
	}
	return startReplyRun(tx, e, r, a, raw, followers)
}

// conversations is how many an answer to all goes to at most: where requests
// were that go on in these counts too.
func conversations(r bot.Request, followers []bot.Request) int {
	n := 1 + len(r.Merged) + len(followers)
	for _, f := range followers {
		n += len(f.Merged)
	}
	return n
}

// answerToAll reads the answer to several: the words as they are sent on the
// first request, and as they were before names were put into them.
func answerToAll(tx bot.Tx, e bot.Event, r bot.Request, then string) (a answer, raw string, err error) {
	s := tx.Settings()
	a = answer{key: bot.ReplyKey(r.Number, e.ID), then: then, leaves: tx.Now().Add(s.UndoReply), cc: copiesOf(r)}
	if raw, err = wordsToAll(tx, e, r); err != nil {
		return a, "", err
	}
	if raw = strings.TrimSpace(raw); raw == "" {
		return a, "", bot.Refuse("refuse.empty", "Usage", bot.UsageOn("usage.replyall", r)).In("text")
	}
	if key, ok := mineKey(e); ok {
		a.key = bot.OnceKey(r.Number, key)
	}
	family, err := bot.Family(tx, r)
	a.text, a.raw, a.also = r.FillIn(raw), raw, others(s, r, family)
	return a, raw, err
}

// wordsToAll are the words of an answer to several, with the placeholders in
// them: those that were written, a canned answer, or those that a person wrote
// before and still wants to send.
func wordsToAll(tx bot.Tx, e bot.Event, r bot.Request) (string, error) {
	text := e.Call.Args["text"]
	if key, ok := mineKey(e); ok {
		return mineBefore(tx, e, r, key)
	}
	if e.Call.Surface == bot.ByForm {
		name := e.Call.Args["canned"]
		if strings.TrimSpace(text) != "" || name == "" {
			return text, nil
		}
		text = cannedMark + name
	}
	full, refused := expand(tx.Settings(), r, text)
	if refused != nil {
		return "", refused.In("canned")
	}
	return full, nil
}

// sameToAll ends the key under which others get what was said on their cause.
const sameToAll = ":all"

// saySameToOthers sends what was said on the cause a moment ago to all that
// wait for it.
func saySameToOthers(tx bot.Tx, e bot.Event, r bot.Request, followers []bot.Request, said string) error {
	c, err := tx.CommentAt(r.Home, said)
	if err != nil && !errors.Is(err, bot.ErrNotFound) {
		return err
	}
	if err != nil || c.Deleted || !e.Call.Person.Is(c.Author) {
		return bot.Refuse("refuse.mine_gone", "Request", r.Part())
	}
	a := answer{key: said + sameToAll, text: c.Text, leaves: tx.Now().Add(tx.Settings().UndoReply)}
	if _, err := tx.LastAct(e.Call.Person.ID, bot.ActQuery{Request: r.Number, Sends: a.key}); !errors.Is(err, bot.ErrNotFound) {
		if err == nil {
			err = bot.Refuse("refuse.sent_once", "Request", r.Part())
		}
		return err
	}
	before := r
	if err := bot.Change(tx, e, before, &r, numbersOf(followers), a.key); err != nil {
		return err
	}
	return startReplyRun(tx, e, r, a, a.text, followers)
}

// startReplyRun notes to whom an answer goes beside the first, and when, and
// shows all addresses to the person.
func startReplyRun(tx bot.Tx, e bot.Event, r bot.Request, a answer, raw string, followers []bot.Request) error {
	who := e.Call.Person
	act, err := tx.LastAct(who.ID, bot.ActQuery{Request: r.Number, Sends: a.key})
	if err != nil {
		return fmt.Errorf("act of an answer to several: %w", err)
	}
	act.Text = raw
	for _, f := range followers {
		act.Others = append(act.Others, f.Number)
	}
	if err := tx.SaveAct(&act); err != nil {
		return err
	}
	timer := run{what: runReply, then: orDash(a.then), key: a.key, who: who.ID}.timer(r)
	timer.At = a.leaves
	if err := tx.SetTimer(timer); err != nil {
		return err
	}
	s := tx.Settings()
	t := bot.Say("told.all_leaves", "Count", len(followers)+1, "When", bot.At(a.leaves))
	if strings.HasSuffix(a.key, sameToAll) {
		t = bot.Say("told.others_leave", "Count", len(followers), "When", bot.At(a.leaves))
	} else {
		t = t.Plus(bot.Break(), r.Part(), bot.Quote(" "+addresses(s, r, a)))
	}
	for _, f := range followers {
		family, err := bot.Family(tx, f)
		if err != nil {
			return err
		}
		t = t.Plus(bot.Break(), f.Part(), bot.Quote(" "+addresses(s, f, answer{cc: copiesOf(f), also: others(s, f, family)})))
	}
	return bot.Whisper(tx, e, bot.MessageOf(t, bot.PressButton("button.undo", "undo", a.key)))
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// stopRun ends the answer to several before it leaves; false: it has left.
func stopRun(tx bot.Tx, act bot.Act) (bool, error) {
	if !tx.Now().Before(act.At.Add(tx.Settings().UndoReply)) {
		return false, nil
	}
	for _, then := range []string{"-", thenOwe, thenTurn, thenSolved} {
		t := run{what: runReply, then: then, key: act.Sends[0], who: act.Who}.timer(bot.Request{Number: act.Request})
		if err := tx.DropTimer(t.Key); err != nil {
			return false, err
		}
	}
	return true, nil
}

// runDue does the next few requests of a run.
func runDue() bot.Handler {
	return dueAbout("together", timerRun, func(tx bot.Tx, e bot.Event, r bot.Request) error {
		step, ok := parseRun(e.Body.(bot.Due).Timer)
		if !ok {
			return bot.ErrPass
		}
		who := tx.Settings().Person(bot.Actor{ID: step.who})
		e.Call = &bot.Call{Command: step.what, Person: who, Surface: bot.ByDesk, Request: r.Number, Args: map[string]string{}}
		if step.what == runSolve {
			return solveSome(tx, e, r, step)
		}
		return replySome(tx, e, r, step)
	})
}

// replySome answers the next few that an answer goes to. Who has been answered
// otherwise by now, being done or taken out, is named to the person.
func replySome(tx bot.Tx, e bot.Event, r bot.Request, step run) error {
	act, err := tx.LastAct(step.who, bot.ActQuery{Request: r.Number, Sends: step.key})
	if errors.Is(err, bot.ErrNotFound) { // it was taken back
		return nil
	}
	if err != nil {
		return err
	}
	weight := 0
	var left []int64
	for _, n := range act.Others {
		if n <= step.after {
			continue
		}
		if weight >= runStep {
			timer := step.timer(r)
			timer.At = tx.Now()
			return errors.Join(tellLeftOut(tx, e, r, left), tx.SetTimer(timer))
		}
		f, err := tx.Request(n)
		if err != nil && !errors.Is(err, bot.ErrNotFound) {
			return err
		}
		step.after, weight = n, weight+1+len(f.Merged)
		if err != nil || f.Cause != r.Number || f.Over() != nil || !e.Call.Person.May(bot.ActReply, f) {
			left = append(left, n)
			continue
		}
		if err := replyOne(tx, e, f, act, step); err != nil {
			return err
		}
	}
	return tellLeftOut(tx, e, r, left)
}

// replyOne sends an answer on one of the requests that it goes to.
func replyOne(tx bot.Tx, e bot.Event, f bot.Request, act bot.Act, step run) error {
	tx = bot.Remembering(tx)
	family, err := bot.Family(tx, f)
	if err != nil {
		return err
	}
	a := answer{text: f.FillIn(act.Text), raw: act.Text, key: bot.OnceKey(f.Number, step.key), leaves: tx.Now(), cc: copiesOf(f), also: others(tx.Settings(), f, family)}
	if step.then != "-" {
		a.then = step.then
	}
	if strings.HasSuffix(step.key, sameToAll) {
		a.text, a.raw = act.Text, "" // it was sent on the first as it stands
	}
	before := f
	if refused := a.moves(&f, e.Call.Person, tx.Now()); refused != nil {
		return refused
	}
	sends, err := queueAnswer(tx, e, &f, a)
	if err != nil {
		return err
	}
	return bot.Change(tx, e, before, &f, "", sends...)
}

// tellLeftOut names the requests that an answer did not go to after all.
func tellLeftOut(tx bot.Tx, e bot.Event, r bot.Request, left []int64) error {
	if len(left) == 0 {
		return nil
	}
	ids := make([]string, len(left))
	for i, n := range left {
		ids[i] = bot.RequestID(n)
	}
	return bot.DirectTo(tx, fmt.Sprintf("left:%s:%d", r.ID(), e.ID), e.Call.Person,
		bot.MessageOf(bot.Say("told.left_out", "Request", r.Part(), "List", strings.Join(ids, ", "))))
}

// solveall solves all that wait for a cause which is done.
func solveall() bot.Command {
	return bot.Command{
		Name: "solveall", Words: words([]string{"solve-all"}, []string{"решить-все"}), Slash: "request",
		Action: bot.ActSolve, Args: one(), Usage: "usage.solveall", Help: "help.solveall",
		Handler: bot.Handler{Do: func(_ context.Context, tx bot.Tx, e bot.Event, _ any) error {
			r, err := request(tx, e)
			if err != nil {
				return err
			}
			if !r.Ended() {
				return bot.Refuse("refuse.cause_open", "Request", r.Part(), "Usage", bot.UsageOn("usage.solve", r))
			}
			followers, err := bot.Followers(tx, r, e.Call.Person, bot.ActSolve)
			if err != nil {
				return err
			}
			if len(followers) == 0 {
				return bot.Refuse("refuse.no_followers", "Request", r.Part(), "Usage", bot.UsageOn("usage.cause", r))
			}
			timer := run{what: runSolve, then: "-", key: "-", who: e.Call.Person.ID}.timer(r)
			timer.At = tx.Now()
			if err := tx.SetTimer(timer); err != nil {
				return err
			}
			if err := tx.AddAudit(bot.AuditLine{At: tx.Now(), Who: e.Call.Person.ID, Surface: e.Call.Surface, Action: "solveall", Object: r.ID(), Why: numbersOf(followers), Event: e.ID}); err != nil {
				return err
			}
			return bot.Whisper(tx, e, bot.MessageOf(bot.Say("told.solving_all", "Count", len(followers), "List", numbersOf(followers))))
		}},
	}
}

// solveSome solves the next few. Each can be taken back by itself.
func solveSome(tx bot.Tx, e bot.Event, r bot.Request, step run) error {
	followers, err := bot.Followers(tx, r, e.Call.Person, bot.ActSolve)
	if err != nil {
		return err
	}
	followers = slices.DeleteFunc(followers, func(f bot.Request) bool { return f.Number <= step.after })
	weight := 0
	for _, f := range followers {
		if weight >= runStep {
			timer := step.timer(r)
			timer.At = tx.Now()
			return tx.SetTimer(timer)
		}
		step.after, weight = f.Number, weight+1+len(f.Merged)
		before := f
		if refused := f.Solve(e.Call.Person, tx.Now()); refused != nil {
			return refused
		}
		if err := solved(tx, e, before, &f, r.Outcome); err != nil {
			return err
		}
	}
	return nil
}

// offerSolveAll offers to solve what waits for a request that was just solved.
func offerSolveAll(tx bot.Tx, e bot.Event, r bot.Request) error {
	followers, err := bot.Followers(tx, r, e.Call.Person, bot.ActSolve)
	if err != nil || len(followers) == 0 {
		return err
	}
	return bot.Whisper(tx, e, bot.MessageOf(bot.Say("told.solve_all", "Request", r.Part(), "List", numbersOf(followers), "Count", len(followers)),
		bot.Button{Label: bot.Say("button.solve_all", "Count", len(followers)), Act: "solveall", Value: r.ID()},
		bot.PressButton("button.reply_together", "replyall", r.ID())))
}
