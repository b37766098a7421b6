package commands

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"meridian/bot"
)

// reply sends words to the client's face of a request, in the person's own
// name. They leave after a moment in which they can be taken back.
func reply() bot.Command {
	return bot.Command{
		Name: "reply", Words: words([]string{"answer"}, []string{"ответить", "ответ"}), Slash: "request",
		Action: bot.ActReply,
		Args:   append(one(), bot.Arg{Name: "text", Kind: bot.ArgWords}),
		Usage:  "usage.reply", Help: "help.reply",
		Form: replyForm, Opened: opened, InThread: true,
		Handler: bot.Handler{Do: func(_ context.Context, tx bot.Tx, e bot.Event, _ any) error {
			r, err := request(tx, e)
			if err != nil {
				return err
			}
			return sayToClient(tx, e, r, thenOf(e))
		}},
	}
}

// What follows an answer: who owes the next step.
const (
	thenOwe    = "open"   // we do, as before
	thenTurn   = "turn"   // the client
	thenSolved = "solved" // nobody: our work is done
)

// thenOf is what is to follow the answer of a form; empty: nothing was chosen.
func thenOf(e bot.Event) string {
	then := e.Call.Args["then"]
	if then == thenOwe || then == thenTurn || then == thenSolved {
		return then
	}
	return ""
}

// answer is what a person says to the client of a request.
type answer struct {
	text   string
	raw    string // before names are put into it, for those in also; empty: the same words go to them
	key    string // of its delivery and its comment
	then   string
	to     []bot.Address // by mail; nobody: the client alone
	cc     []bot.Address
	also   []bot.Request // those that go on in this one, where it is said too
	leaves time.Time
	later  bool // it leaves when the client's day begins
	files  []bot.File
}

// sayToClient reads what a person wants to say, looks whether they have seen
// what others said, and sends it. then says what follows, if anything.
func sayToClient(tx bot.Tx, e bot.Event, r bot.Request, then string) error {
	if r.MergedInto != 0 {
		return r.Over()
	}
	if e.Call.Args["whom"] == toAll {
		return replyToAll(tx, e, r, then)
	}
	tx = bot.Remembering(tx)
	a, err := readAnswer(tx, e, r, then)
	if err != nil {
		return err
	}
	if asked, err := meanwhile(tx, e, r, a); err != nil || asked {
		return err
	}
	return sendAnswer(tx, e, r, a)
}

// readAnswer takes an answer from a form, or from what was typed.
func readAnswer(tx bot.Tx, e bot.Event, r bot.Request, then string) (a answer, err error) {
	s := tx.Settings()
	a = answer{key: bot.ReplyKey(r.Number, e.ID), then: then, leaves: tx.Now().Add(s.UndoReply)}
	if key, ok := mineKey(e); ok {
		a.key = bot.OnceKey(r.Number, key)
	}
	if a.text, err = answerWords(tx, e, r); err != nil {
		return a, err
	}
	if a.files, err = attached(tx, e, r); err != nil {
		return a, err
	}
	a.text = strings.TrimSpace(a.text)
	if a.text == "" {
		return a, bot.Refuse("refuse.empty", "Usage", bot.Code(e.Call.Command+" "+r.ID()+" WORDS")).In("text")
	}
	family, err := bot.Family(tx, r)
	if err != nil {
		return a, err
	}
	var refused *bot.Error
	if then != thenRemind { // a reminder greets the client
		if a.to, refused = recipients(s, r, e.Call); refused != nil {
			return a, refused
		}
	}
	if e.Call.Surface != bot.ByForm {
		a.cc, a.also = without(copiesOf(r), a.to), others(s, r, family)
		return a, nil
	}
	if a.cc, refused = chosenCopies(r, e.Call.Args["cc"]); refused != nil {
		return a, refused
	}
	a.cc = without(a.cc, a.to)
	if a.also, refused = chosenOthers(family, e.Call.Args["also"]); refused != nil {
		return a, refused
	}
	if begins, _, ok := s.ClientDay(r, tx.Now()); ok && e.Call.Args["when"] == whenLater {
		a.leaves, a.later = begins, true
	}
	return a, nil
}

// answerWords are the words of an answer: those that were written, a canned answer
// by its name, or those that a person wrote before and still wants to send.
func answerWords(tx bot.Tx, e bot.Event, r bot.Request) (string, error) {
	text := e.Call.Args["text"]
	if e.Call.Surface == bot.ByForm {
		if name := e.Call.Args["canned"]; strings.TrimSpace(text) == "" && name != "" {
			text = cannedMark + name
		} else {
			return text, nil
		}
	}
	if key, ok := mineKey(e); ok {
		return mineBefore(tx, e, r, key)
	}
	full, refused := expand(tx.Settings(), r, text)
	if refused != nil {
		return "", refused.In("canned")
	}
	if full != text {
		full = r.FillIn(full)
	}
	return full, nil
}

// sendAnswer sends an answer and tells the person to whom it goes, and when.
func sendAnswer(tx bot.Tx, e bot.Event, r bot.Request, a answer) error {
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
	buttons := []bot.Button{bot.PressButton("button.undo", "undo", a.key)}
	followers, err := bot.Followers(tx, r, e.Call.Person, bot.ActReply)
	if err != nil {
		return err
	}
	if n := len(followers); n > 0 && !a.later {
		buttons = append(buttons, bot.Button{Label: bot.Say("button.reply_all", "Count", n+1), Act: "replyall", Value: r.ID() + " " + a.key})
	}
	to := bot.Quote(addresses(tx.Settings(), r, a))
	t := bot.Say("told.reply_leaves", "Request", r.Part(), "To", to, "When", bot.At(a.leaves))
	if a.later {
		t = bot.Say("told.reply_later", "Request", r.Part(), "To", to, "When", tx.Settings().Both(a.leaves, r))
	}
	if t = t.Plus(strange(tx.Settings(), r, a)...); len(a.files) > 0 {
		t = t.Plus(bot.Quote(" "), bot.Words("told.with_files", "List", bot.FileNames(a.files)))
	}
	return bot.Whisper(tx, e, bot.MessageOf(t, buttons...))
}

// moves does to a request what an answer does to it. Who answers has it, if
// nobody has.
func (a answer) moves(r *bot.Request, who bot.Person, now time.Time) *bot.Error {
	switch {
	case a.then == thenRemind:
		if refused := r.Remind(a.key, a.since(now)); refused != nil {
			return refused
		}
	case a.then == thenTurn:
		if !who.May(bot.ActAsk, *r) {
			return bot.Denied("ask", bot.ActAsk, who, *r).In("then")
		}
		if refused := r.Ask(who, a.text, a.since(now)); refused != nil {
			return refused
		}
	case r.Ended(): // a word after the end moves nothing
	case a.then == thenSolved:
		if !who.May(bot.ActSolve, *r) {
			return bot.Denied("solve", bot.ActSolve, who, *r).In("then")
		}
		if refused := r.Solve(who, now); refused != nil {
			return refused
		}
		r.SolvedBy = a.key
	case a.then == thenOwe && r.WaitsForClient():
		if refused := r.Resume(); refused != nil {
			return refused
		}
	case r.Assignee == "":
		r.Assignee, r.State = who.ID, bot.Open
	}
	if r.AnsweredAt.IsZero() {
		r.AnsweredAt = a.since(now)
	}
	if r.Answering != nil && r.Answering.Who == who.ID {
		r.Answering = nil
	}
	return nil
}

// since is when the client has the answer, but for the moment in which it can
// be taken back.
func (a answer) since(now time.Time) time.Time {
	if a.later {
		return a.leaves
	}
	return now
}

// queueAnswer queues what an answer sends, and keeps it as one comment. It gives
// the keys of all deliveries.
func queueAnswer(tx bot.Tx, e bot.Event, r *bot.Request, a answer) ([]string, error) {
	who := e.Call.Person
	says := func(text string) bot.Message {
		return bot.Message{Text: bot.Text{Parts: []bot.Part{bot.BlockQuote(text)}}, Author: who.ID}
	}
	d := bot.Delivery{Key: a.key, NotBefore: a.leaves}
	if len(a.cc)+len(a.to)+len(a.files) > 0 {
		d.Mail = &bot.Mail{To: a.to, Cc: a.cc, Files: a.files}
	}
	sends := []string{a.key}
	if err := bot.ToClient(tx, *r, d, says(a.text), false); err != nil {
		return nil, err
	}
	if key := a.key + ":files"; len(a.files) > 0 && r.Home.Adapter != "email" {
		up := bot.Delivery{Key: key, To: r.Home, Op: bot.OpUpload, Request: r.Number, Face: bot.FaceHome, ToClient: true, Files: a.files, NotBefore: a.leaves}
		if err := tx.PutDelivery(up); err != nil {
			return nil, err
		}
		sends = append(sends, key)
	}
	told := make([]int64, 0, len(a.also))
	for _, o := range a.also {
		key, text := bot.ReplyKey(o.Number, e.ID), a.text
		if a.raw != "" {
			text = o.FillIn(a.raw)
		}
		if err := bot.ToClient(tx, o, bot.Delivery{Key: key, NotBefore: a.leaves}, says(text), false); err != nil {
			return nil, err
		}
		sends, told = append(sends, key), append(told, o.Number)
	}
	if r.SolvedBy == a.key {
		if err := bot.TellFamilySolved(tx, *r, told...); err != nil {
			return nil, err
		}
	}
	return sends, tx.SaveComment(&bot.Comment{Request: r.Number, Author: who.ID, Name: who.Name, Text: a.text, Files: a.files,
		Visibility: bot.ForClient, Place: r.Home, Message: a.key, At: tx.Now()})
}

// undoReply takes a reply back that has not left, by the button that stood
// below it.
func undoReply(tx bot.Tx, e bot.Event, key string) error {
	act, err := tx.LastAct(e.Call.Person.ID, bot.ActQuery{Sends: key})
	if errors.Is(err, bot.ErrNotFound) {
		return bot.Refuse("refuse.not_yours")
	}
	if err != nil {
		return err
	}
	r, err := tx.Request(act.Request)
	if err != nil {
		return err
	}
	waited, err := unsendAct(tx, act, &r)
	if err != nil {
		return err
	}
	if !waited {
		return bot.Refuse("refuse.sent", "Request", r.Part())
	}
	if r.Turn() == act.Version {
		return restore(tx, e, act, r, "told.reply_undone")
	}
	act.Undone = true
	if err := errors.Join(tx.SaveAct(&act), bot.Mark(tx, &r)); err != nil {
		return err
	}
	return bot.Whisper(tx, e, bot.MessageOf(bot.Say("told.reply_undone", "Request", r.Part())))
}

// sendsReply reports whether an act sent words to the client.
func sendsReply(act bot.Act) bool { return slices.ContainsFunc(act.Sends, bot.IsReply) }

// unsendAct takes back the replies of an act, all of them or none, and says
// whether they had not left.
func unsendAct(tx bot.Tx, act bot.Act, r *bot.Request) (bool, error) {
	if len(act.Others) > 0 {
		if ok, err := stopRun(tx, act); err != nil || !ok {
			return false, err
		}
		if _, _, err := tx.Delivery(act.Sends[0]); errors.Is(err, bot.ErrNotFound) {
			return true, nil // it goes to the others alone
		}
	}
	waited, err := bot.Unsend(tx, r.Home, slices.DeleteFunc(slices.Clone(act.Sends), func(key string) bool { return !bot.IsReply(key) })...)
	if err != nil || !waited {
		return waited, err
	}
	comments, err := tx.Comments(r.Number)
	r.AnsweredAt = tx.Settings().FirstAnswer(*r, comments)
	return true, err
}

// teamSays keeps what somebody of the team writes in a thread. Where the client
// reads it, it is an answer: who waits for our next word has got one.
func teamSays(tx bot.Tx, r bot.Request, c bot.Comment) error {
	if err := tx.SaveComment(&c); err != nil {
		return err
	}
	next := tx.Settings().Clocks.Next[r.Class] > 0
	if c.Visibility != bot.ForClient || r.Ended() || !r.AnsweredAt.IsZero() && !next {
		return nil
	}
	if r.AnsweredAt.IsZero() {
		r.AnsweredAt = c.At
	}
	if next {
		r.OwedSince = tx.Now()
	}
	return bot.Mark(tx, &r)
}

// addressOf says where a reply goes, in full: that is the preview.
func addressOf(s *bot.Settings, r bot.Request) string {
	if r.Home.Adapter == "email" {
		return mailbox(r.MailAddress())
	}
	if c, ok := s.Channel(bot.ClientPlace(s, r)); ok {
		return r.Name + ", #" + c.Name
	}
	return r.Name
}

// addresses are all whom an answer reaches.
func addresses(s *bot.Settings, r bot.Request, a answer) string {
	out := []string{addressOf(s, r)}
	if len(a.to) > 0 {
		out = nil
	}
	for _, o := range a.to {
		out = append(out, mailbox(o))
	}
	for _, c := range a.cc {
		out = append(out, "Cc "+c.Address)
	}
	for _, o := range a.also {
		out = append(out, addressOf(s, o)+" ("+o.ID()+")")
	}
	return strings.Join(out, "; ")
}
