package commands

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"meridian/bot"
)

// What a client's answer to a solved request was taken for, until somebody of
// the team says otherwise.
const (
	cameBack = "came back" // the same problem: a return
	isNew    = "is new"    // another matter, filed by itself
)

// problem is a client's answer of which the team may say what it is.
type problem struct {
	kind    string
	request bot.Request // the one that was answered, as it is now
	before  bot.Request // as it was
	filed   int64       // the one that was filed from the answer, if any
	said    bot.Comment
}

// askProblem asks the assignee, once, whether a client's answer is about the
// same problem. The question can be answered by anybody of the team, also by a
// button elsewhere; unanswered, what was done stays.
func askProblem(tx bot.Tx, e bot.Event, p problem) error {
	r := p.request
	act := bot.Act{Request: r.Number, Command: p.kind, Place: p.said.Place, Message: p.said.Message, At: tx.Now(), Version: r.Turn(), Before: p.before}
	if p.kind == isNew {
		act.Before = bot.Request{Number: p.filed}
	}
	if r.Assignee != "" {
		key := fmt.Sprintf("back:%s:%d", r.ID(), e.ID)
		if err := bot.DirectUnasked(tx, bot.Delivery{Key: key}, tx.Settings().Person(bot.Actor{ID: r.Assignee}), problemMessage(p)); err != nil {
			return err
		}
		act.Sends = []string{key}
	}
	return tx.SaveAct(&act) // of nobody: it is not taken back like one's own
}

func problemMessage(p problem) bot.Message {
	r := p.request
	head, foot := bot.Say("told.came_back", "Request", r.Part(), "Title", bot.Quote(r.Title)), "same.ask"
	if p.kind == isNew {
		head = bot.Say("told.is_new", "Request", bot.Request{Number: p.filed}.Part(), "Other", r.Part(), "Name", bot.Quote(p.said.Name))
		foot = "same.ask_new"
	}
	return bot.MessageOf(head.Plus(bot.Break(), bot.BlockQuote(strings.TrimSpace(p.said.Text)), bot.Break(), bot.Words(foot)),
		bot.PressButton("button.came_back", "same", r.ID()), bot.PressButton("button.new_question", "newquestion", r.ID()))
}

// same says that what a client answered to a solved request is the same
// problem: it came back.
func same() bot.Command {
	return bot.Command{
		Name: "same", Slash: "request", Action: bot.ActSplit,
		Args: one(), Usage: "same R-12",
		Handler: bot.Handler{Do: func(_ context.Context, tx bot.Tx, e bot.Event, _ any) error {
			r, act, err := openProblem(tx, e)
			if err != nil {
				return err
			}
			if act.Command == isNew {
				r, err = takeIntoOld(tx, e, r, act)
			} else {
				err = settleReturn(tx, e, r)
			}
			if err != nil {
				return err
			}
			return settled(tx, e, act, bot.Say("told.came_back", "Request", r.Part(), "Title", bot.Quote(r.Title)))
		}},
	}
}

// settleReturn notes that a return is one.
func settleReturn(tx bot.Tx, e bot.Event, r bot.Request) error {
	before := r
	r.BackSettled = true
	e.Call.Undo = true // there is nothing to take back
	return bot.Change(tx, e, before, &r, "")
}

// newQuestion says that it is another matter: it becomes a request of its own,
// and the old one is solved as it was.
func newQuestion() bot.Command {
	return bot.Command{
		Name: "newquestion", Slash: "request", Action: bot.ActSplit,
		Args: one(), Usage: "newquestion R-12",
		Handler: bot.Handler{Do: func(_ context.Context, tx bot.Tx, e bot.Event, _ any) error {
			r, act, err := openProblem(tx, e)
			if err != nil {
				return err
			}
			number := act.Before.Number
			if act.Command == cameBack {
				if number, err = fileFromReturn(tx, e, r, act); err != nil {
					return err
				}
			}
			return settled(tx, e, act, bot.Say("client.filed_from", "Request", bot.Request{Number: number}.Part(), "Other", r.Part()))
		}},
	}
}

// openProblem finds the question that a person answers.
func openProblem(tx bot.Tx, e bot.Event) (bot.Request, bot.Act, error) {
	r, err := request(tx, e)
	if err != nil {
		return r, bot.Act{}, err
	}
	act, err := tx.LastAct("", bot.ActQuery{Request: r.Number})
	if errors.Is(err, bot.ErrNotFound) || err == nil && act.Command != cameBack && act.Command != isNew {
		return r, act, bot.Refuse("refuse.not_asked", "Request", r.Part())
	}
	return r, act, err
}

// settled closes the question: it is not asked again, and the message that
// asked says what came of it.
func settled(tx bot.Tx, e bot.Event, act bot.Act, t bot.Text) error {
	act.Undone = true
	if err := tx.SaveAct(&act); err != nil {
		return err
	}
	shown := false
	for _, key := range act.Sends {
		d, _, err := tx.Delivery(key)
		if errors.Is(err, bot.ErrNotFound) {
			continue
		}
		if err != nil {
			return err
		}
		m := bot.MessageOf(t)
		bot.Localize(&m, d.Message.Text.Language)
		shown = shown || d.To == e.Place
		if err := tx.PutDelivery(bot.Delivery{Key: key + ":answered", To: d.To, Op: bot.OpEdit, Card: key, After: key, Message: m}); err != nil {
			return err
		}
	}
	if shown {
		return nil
	}
	return bot.Whisper(tx, e, bot.MessageOf(t))
}

// fileFromReturn makes a request of what came back and takes the return off. It
// is refused once somebody has gone on with it as a return.
func fileFromReturn(tx bot.Tx, e bot.Event, r bot.Request, act bot.Act) (int64, error) {
	was := act.Before
	if r.Ended() || r.Returns != was.Returns+1 || r.Assignee != was.Assignee || r.Level != was.Level || r.MergedInto != 0 {
		return 0, changedSince(tx, e, act, r)
	}
	moved, err := saidSince(tx, r, act)
	if err != nil {
		return 0, err
	}
	first := moved[0]
	f := bot.Filing{
		Who: bot.Actor{ID: first.Author, Name: first.Name}, Words: first.Text, Source: r.Source, Home: first.Place,
		Message: first.Message, LinkedTo: r.Number, Files: first.Files, Moved: moved,
	}
	if first.Place.Adapter == "email" {
		f.Message = "" // a mail is found by its own headers
	}
	filed, err := bot.FileRequest(tx, e, f)
	if err != nil {
		return 0, err
	}
	before := r
	if r.Turn() == act.Version {
		r.Restore(was)
	} else {
		r.State, r.Returns, r.BackAt, r.BackWords, r.BackSettled = bot.Solved, was.Returns, was.BackAt, was.BackWords, was.BackSettled
		r.SolvedAt, r.Solver, r.SolvedBy, r.Confirmed = was.SolvedAt, was.Solver, was.SolvedBy, was.Confirmed
	}
	e.Call.Undo = true // what was filed is not taken back by undo
	return filed.Number, bot.Change(tx, e, before, &r, filed.ID())
}

// saidSince are the comments of a request from the one that re-opened it on,
// without what the team says among itself.
func saidSince(v bot.View, r bot.Request, act bot.Act) ([]bot.Comment, error) {
	all, err := v.Comments(r.Number)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(all, func(c bot.Comment) bool {
		return c.Message == act.Message && c.Place == act.Place && c.Visibility == bot.ForClient && !c.Deleted
	})
	if i < 0 {
		return nil, bot.Refuse("refuse.words_gone", "Request", r.Part())
	}
	return slices.DeleteFunc(all[i:], func(c bot.Comment) bool { return c.Visibility != bot.ForClient }), nil
}

// fileAnother files a client's answer that is about something else, and tells
// the assignee, who may say that it is not.
func fileAnother(tx bot.Tx, e bot.Event, r bot.Request, c bot.Comment) (int64, error) {
	number, err := fileFollowing(tx, e, r, c)
	if err != nil {
		return number, err
	}
	return number, askProblem(tx, e, problem{kind: isNew, request: r, filed: number, said: c})
}

// takeIntoOld takes what was filed by itself back into the request that it
// answers, which came back.
func takeIntoOld(tx bot.Tx, e bot.Event, r bot.Request, act bot.Act) (bot.Request, error) {
	filed, err := tx.Request(act.Before.Number)
	if err != nil {
		return r, err
	}
	if filed.State != bot.New || filed.Assignee != "" || filed.MergedInto != 0 {
		return r, changedSince(tx, e, act, filed)
	}
	if _, err := tx.DropDelivery(bot.ReceiptKey(filed.Number)); err != nil {
		return r, err
	}
	e.Call.Undo = true // what was merged is not taken back by undo
	if r.Ended() {
		before := r
		if refused := r.Reopen(); refused != nil {
			return r, refused
		}
		if err := bot.Change(tx, e, before, &r, filed.ID()); err != nil {
			return r, err
		}
	}
	return r, mergeTwo(tx, e, filed, r)
}
