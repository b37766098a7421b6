package bot

import (
	"context"
	"errors"
	"slices"
	"strings"
)

// emoji lists the commands of an emoji. The configuration comes before the
// commands' own; nothing there switches it off.
func (r *Router) emoji(s *Settings, b Reacted) []Handler {
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

// firstAllowed is the first command whose action the person may do; if there
// is none, the refusal of the first.
func (r *Router) firstAllowed(commands []Command) Handler {
	return Handler{Name: "emoji", Do: func(ctx context.Context, tx Tx, e Event, _ any) error {
		var refused error
		for _, c := range commands {
			err := r.handler(c, "").Do(ctx, tx, e, nil)
			var denied *Error
			if errors.As(err, &denied) && slices.Contains(c.Casual, e.Body.(Reacted).Emoji) {
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
