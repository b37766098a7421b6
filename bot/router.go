package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"meridian/bot/phrase"
)

// Router knows every command and every unasked handler, and says which of them
// an event is for.
type Router struct {
	commands []Command
	unasked  Unasked
	byWord   map[string]int // lower-case word -> index in commands
}

// NewRouter checks the lists: no two commands share a name or a word. Several
// may share an emoji.
func NewRouter(commands []Command, u Unasked) (*Router, error) {
	r := &Router{commands: commands, unasked: u, byWord: map[string]int{}}
	for i, c := range commands {
		if c.Do == nil {
			return nil, fmt.Errorf("command %q does nothing", c.Name)
		}
		words := []string{c.Name}
		for _, own := range c.Words {
			words = append(words, own...)
		}
		slices.Sort(words)
		for _, w := range slices.Compact(words) {
			if j, ok := r.byWord[w]; ok {
				return nil, fmt.Errorf("commands %q and %q both answer to %q", commands[j].Name, c.Name, w)
			}
			r.byWord[w] = i
		}
	}
	return r, nil
}

// Commands are all commands in the order of the list.
func (r *Router) Commands() []Command { return r.commands }

// Command finds a command by its name or by one of its words, also when it was
// typed with the other keyboard layout.
func (r *Router) Command(word string) (Command, bool) {
	w := strings.ToLower(strings.TrimSpace(word))
	if i, ok := r.byWord[w]; ok {
		return r.commands[i], true
	}
	if i, ok := r.byWord[phrase.OtherLayout(w)]; ok && w != "" {
		return r.commands[i], true
	}
	return Command{}, false
}

// Route lists the handlers that may claim an event, in order. It reads nothing
// but the settings: what the event is about is found when a handler runs.
func (r *Router) Route(s *Settings, e Event) []Handler {
	switch b := e.Body.(type) {
	case Said:
		return r.said(e, b)
	case Commanded:
		return []Handler{r.slash(b)}
	case Pressed:
		return []Handler{r.pressed(b)}
	case Submitted:
		return []Handler{r.act(b.Act, b.Value)}
	case Reacted:
		return append(r.emoji(s, b), r.unasked.Reacted...)
	}
	return r.listed(e.Body)
}

// said lists who may claim a message: the command that it is, or that it may be,
// before what is done with any message.
func (r *Router) said(e Event, b Said) []Handler {
	first, rest, ok := r.spoken(b)
	if ok && !first.Wordy {
		return []Handler{r.handler(first, rest)}
	}
	var handlers []Handler
	if ok {
		handlers = append(handlers, doubtful(r.handler(first, rest)))
	}
	if c, rest, in := r.inThread(e, b); in && (!ok || c.Name != first.Name) {
		handlers = append(handlers, tentative(r.handler(c, rest)))
	}
	return append(handlers, r.unasked.Said...)
}

// Plans reports whether anything is planned ahead.
func (r *Router) Plans() bool { return len(r.unasked.Plan) > 0 }

// Plan sets the timers that the configuration asks for.
func (r *Router) Plan(tx Tx) error {
	for _, plan := range r.unasked.Plan {
		if err := plan(tx); err != nil {
			return err
		}
	}
	return nil
}

// listed are the handlers of bodies that are never a command.
func (r *Router) listed(b Body) []Handler {
	switch b.(type) {
	case Edited:
		return r.unasked.Edited
	case Deleted:
		return r.unasked.Deleted
	case Opened:
		return r.unasked.Opened
	case Mailed:
		return r.unasked.Mailed
	case Alerted:
		return r.unasked.Alerted
	case Due:
		return r.unasked.Due
	case Answered:
		return r.unasked.Answered
	case Failed:
		return r.unasked.Failed
	case Joined:
		return r.unasked.Joined
	case Changed:
		return r.unasked.Changed
	}
	return nil
}

// act is the command that a button or a form names. A name that is none was
// made up, or belonged to an older card.
func (r *Router) act(name, value string) Handler {
	if c, ok := r.named(name); ok {
		return r.handler(c, value)
	}
	return unknownWords(name)
}

// pressed is the handler of a button. A button that opens a form is done by the
// form; that it was opened is all that the desk hears of it.
func (r *Router) pressed(b Pressed) Handler {
	c, ok := r.named(b.Act)
	if !ok || c.Form == nil {
		return r.act(b.Act, b.Value)
	}
	return Handler{Name: c.Name, Do: func(ctx context.Context, tx Tx, e Event, seen any) error {
		call, err := understand(tx, e, c, b.Value)
		if err != nil {
			return err
		}
		e.Call = &call
		if !opensForm(c, call) {
			return c.Do(ctx, tx, e, seen)
		}
		if _, err := c.Form(tx, e); err != nil || c.Opened == nil {
			return err
		}
		return c.Opened(ctx, tx, e)
	}}
}

// opensForm reports whether a button leaves the command's arguments to a form.
func opensForm(c Command, call Call) bool {
	if c.Form == nil {
		return false
	}
	for _, a := range c.Args {
		if a.Kind != ArgRequest && a.Kind != ArgObject && call.Args[a.Name] != "" {
			return false
		}
	}
	return true
}

func (r *Router) named(name string) (Command, bool) {
	i, ok := r.byWord[name]
	if !ok || r.commands[i].Name != name {
		return Command{}, false
	}
	return r.commands[i], true
}

// spoken reports whether a message addressed to the bot begins with a command.
func (r *Router) spoken(b Said) (Command, string, bool) {
	if !b.Mentioned {
		return Command{}, "", false
	}
	word, rest := cutWord(r.natural(b.Text))
	c, ok := r.Command(strings.TrimRight(word, ".!:"))
	if !ok {
		return Command{}, "", false
	}
	c, fits := r.meant(c, rest)
	return c, rest, fits
}

// meant is the command that the words behind a command's word fit: the command
// itself, or the one to which it leaves what does not fit.
func (r *Router) meant(c Command, rest string) (Command, bool) {
	if r.plausible(c, rest) {
		return c, true
	}
	other, ok := r.named(c.Else)
	if !ok || !r.plausible(other, rest) {
		return c, false
	}
	return other, true
}

// inThread finds a command that is said in a thread with nothing but words
// behind it. Whether the thread is a request's, and the person may do it, is
// seen when it is handled.
func (r *Router) inThread(e Event, b Said) (Command, string, bool) {
	if !b.Mentioned || e.Place.Thread == "" {
		return Command{}, "", false
	}
	word, rest := cutWord(b.Text)
	c, ok := r.Command(strings.TrimRight(word, ".!:"))
	return c, rest, ok && c.InThread && rest != ""
}

// tentative passes an event on that the person may not have meant as the
// command: who may not give it has only said something.
func tentative(h Handler) Handler {
	do := h.Do
	h.Do = func(ctx context.Context, tx Tx, e Event, seen any) error {
		if _, _, _, err := tx.RequestAt(e.Place, e.Message); errors.Is(err, ErrNotFound) {
			return ErrPass
		}
		err := do(ctx, tx, e, seen)
		var told *Error
		if errors.As(err, &told) && told.Denied {
			return ErrPass
		}
		return err
	}
	return h
}

// doubtful passes on what reads like a command from somebody who may not give
// it: they have only said something.
func doubtful(h Handler) Handler {
	look, do := h.Look, h.Do
	denied := func(err error) bool {
		var told *Error
		return errors.As(err, &told) && told.Denied
	}
	if look != nil {
		h.Look = func(ctx context.Context, v View, e Event) (any, error) {
			seen, err := look(ctx, v, e)
			if denied(err) {
				return nil, nil // Do says the same
			}
			return seen, err
		}
	}
	h.Do = func(ctx context.Context, tx Tx, e Event, seen any) error {
		err := do(ctx, tx, e, seen)
		if denied(err) {
			return ErrPass
		}
		return err
	}
	return h
}

// plausible tells "take R-12" from "take a look at the shop": what follows the
// command's word must fit, or the sentence is a request and must not get lost.
// "file" itself is only a command before words that would be another one.
func (r *Router) plausible(c Command, rest string) bool {
	first, _ := cutWord(rest)
	switch {
	case rest == "" || c.Wordy:
		return true
	case c.Name == fileCommand:
		_, ok := r.Command(first)
		return ok
	case len(c.Args) == 0:
		return false
	case c.Args[0].Kind == ArgRequest:
		return looksLikeRequest(first)
	case c.Args[0].Kind == ArgWords:
		return len(strings.Fields(rest)) <= fewWords
	}
	return true
}

// fewWords is how many words may follow a command that takes any: "list
// mine", "alert take 3", but not "list of prices is empty".
const fewWords = 2

// fileCommand is the name of the command that takes what no other understands.
const fileCommand = "file"

// slash finds the command behind "/request take R-12". Under /desk any command
// is known; under another slash name its own come first, then all; and what
// /request does not know is what somebody wants to file.
func (r *Router) slash(b Commanded) Handler {
	if c, ok := r.Command(b.Slash); ok && c.Whole {
		return r.handler(c, strings.TrimSpace(b.Text))
	}
	word, rest := cutWord(r.natural(b.Text))
	if word == "" {
		if c, ok := r.named(emptySlash(b.Slash)); ok {
			return r.handler(c, "")
		}
		return unknownWords(b.Slash)
	}
	c, known := r.Command(word)
	if known {
		var fits bool
		if c, fits = r.meant(c, rest); fits || b.Slash != "request" {
			return r.handler(c, rest)
		}
	}
	if known && c.Name != fileCommand {
		return r.whichOf(c, b.Text)
	}
	if known && Blank(rest) { // nothing to file that anybody could see
		return r.handler(c, "")
	}
	if b.Slash == "request" {
		if isSlip(rest) {
			return unknownWords(word)
		}
		second, _ := cutWord(rest)
		if c, ok := r.Command(second); ok && namesRequest(word) && wantsRequest(c) {
			return r.whichOf(c, b.Text)
		}
		if c, ok := r.named(fileCommand); ok {
			return r.handler(c, b.Text)
		}
	}
	if b.Slash != "desk" {
		if c, ok := r.Command(b.Slash); ok {
			return r.handler(c, b.Text)
		}
	}
	return unknownWords(word)
}

// whichOf asks whether words are a command or something to be filed.
func (r *Router) whichOf(c Command, words string) Handler {
	return refusing(Refuse("refuse.which", "Usage", UsageBehind(c.before(), c.Usage), "Text", UsageWith("usage.file_words", words)))
}

// isSlip reports whether a word that is no command stands before a request's
// number and nothing else: whoever wrote it meant a command, and would file what
// everybody reads.
func isSlip(rest string) bool {
	return looksLikeRequest(rest) && !isBare(rest)
}

func emptySlash(slash string) string {
	switch slash {
	case "request":
		return "list"
	case "client":
		return "client"
	}
	return "help"
}

// Form gives the form that an event opens, if the command has one.
func (r *Router) Form(v View, e Event) (Form, bool, error) {
	var c Command
	var about string
	var ok bool
	switch b := e.Body.(type) {
	case Pressed:
		about = b.Value
		c, ok = r.named(b.Act)
	case Reacted:
		c, ok = r.chosen(v.Settings(), b)
	}
	if !ok || c.Form == nil {
		return Form{}, false, nil
	}
	call, err := understand(v, e, c, about)
	if err != nil {
		return Form{}, false, err
	}
	if !opensForm(c, call) {
		return Form{}, false, nil
	}
	e.Call = &call
	form, err := c.Form(v, e)
	return form, err == nil, err
}

// HasLook reports whether any handler wants to look before it writes.
func HasLook(handlers []Handler) bool {
	return slices.ContainsFunc(handlers, func(h Handler) bool { return h.Look != nil })
}

func refusing(err error) Handler {
	return Handler{Name: "refuse", Do: func(context.Context, Tx, Event, any) error { return err }}
}

func unknownWords(word string) Handler {
	return refusing(Refuse("refuse.unknown", "Words", shorten(word, 40)))
}

// cutWord splits off the first word.
func cutWord(s string) (word, rest string) {
	s = strings.TrimSpace(s)
	i := strings.IndexFunc(s, func(c rune) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\u00a0' })
	if i < 0 {
		return s, ""
	}
	return s[:i], strings.TrimSpace(s[i:])
}
