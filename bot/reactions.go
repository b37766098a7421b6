package bot

import (
	"context"
	"errors"
	"slices"
	"strings"
)

// emoji lists the commands of an emoji. The configuration comes before the
// commands' own; nothing there switches it off.
//
// Where several people put emoji, each is the act of whoever put it, on the
// message on which it stands: the card and the first message are two. A second
// person's is answered privately and does nothing; it stays nothing when the first
// one's is taken away. Taken away within the time for it an emoji takes back what
// it did, once, and only if nobody has changed the request since; later, or after
// a change, a sentence says so. Taking away what did nothing, or what another put,
// does nothing and is not answered.
func (r *Router) emoji(s *Settings, b Reacted) []Handler {
	names := r.namesOf(s, b)
	if len(names) == 0 {
		return nil
	}
	if b.Removed {
		names = []string{"undo"}
	}
	var commands []Command
	for _, n := range names {
		if c, ok := r.named(n); ok {
			commands = append(commands, c)
		}
	}
	return []Handler{r.firstAllowed(commands)}
}

// chosen is the command of an emoji whose form opens at once where it is chosen
// by name.
func (r *Router) chosen(s *Settings, b Reacted) (Command, bool) {
	for _, n := range r.namesOf(s, b) {
		if c, ok := r.named(n); ok && c.FormAt && b.Chosen && !b.Removed {
			return c, true
		}
	}
	return Command{}, false
}

// namesOf are the names of an emoji's commands.
func (r *Router) namesOf(s *Settings, b Reacted) []string {
	var names []string
	if mapped, ok := s.Emoji[b.Emoji]; ok {
		names = strings.FieldsFunc(mapped, func(c rune) bool { return c == '|' || c == ' ' })
	} else {
		for _, c := range r.commands {
			if slices.Contains(c.Emoji, b.Emoji) {
				names = append(names, c.Name)
			}
		}
	}
	return names
}

// firstAllowed is the first command whose action the person may do; if there
// is none, the refusal of the first.
func (r *Router) firstAllowed(commands []Command) Handler {
	return Handler{Name: "emoji", Do: func(ctx context.Context, tx Tx, e Event, _ any) error {
		var refused error
		for _, c := range commands {
			err := r.handler(c, "").Do(ctx, tx, e, nil)
			var denied *Error
			if b := e.Body.(Reacted); errors.As(err, &denied) && !b.Chosen && slices.Contains(c.Casual, b.Emoji) {
				err = ErrPass
			}
			if !errors.As(err, &denied) || !denied.Denied {
				return err
			}
			if refused == nil {
				refused = err
			}
		}
		return refused
	}}
}
