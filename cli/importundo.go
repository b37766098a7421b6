package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"meridian/bot"
	"meridian/storage"
)

// undo takes an import back.
func (c *call) undo(ctx context.Context, batch string) error {
	return c.serving(ctx, func(s *storage.Store) error {
		bar := newProgress(c.Stderr, "taking back")
		done, err := s.UndoImport(ctx, batch, func(done, all int) { bar.at(int64(done), int64(all), "requests") })
		bar.end()
		switch {
		case errors.Is(err, bot.ErrNotFound):
			return c.noBatch(ctx, s, batch)
		case errors.Is(err, storage.ErrUndone):
			return fmt.Errorf("import %s has been taken back already", batch)
		case errors.Is(err, storage.ErrOld):
			return fmt.Errorf("import %s is more than 30 days old: it stays", batch)
		case err != nil:
			return err
		}
		if err := c.say("Taken back: %s, %s, %s.", plural(done.Requests, "request"), plural(done.Contacts, "contact"), plural(done.Clients, "client")); err != nil {
			return err
		}
		if len(done.Kept) == 0 {
			return nil
		}
		return c.say("%s stay, because somebody has worked on them or on what refers to them: %s.", plural(len(done.Kept), "request"), someOf(done.Kept))
	})
}

// someOf names the first of many requests.
func someOf(numbers []int64) string {
	const named = 20
	var all []string
	for _, n := range numbers[:min(named, len(numbers))] {
		all = append(all, bot.RequestID(n))
	}
	text := strings.Join(all, ", ")
	if more := len(numbers) - named; more > 0 {
		text += fmt.Sprintf(" and %s more", grouped(int64(more)))
	}
	return text
}

// noBatch says which imports there are instead.
func (c *call) noBatch(ctx context.Context, s *storage.Store, batch string) error {
	names, err := s.Batches(ctx)
	if err != nil {
		return err
	}
	if len(names) == 0 {
		return fmt.Errorf("there is no import %s, and none that could be taken back", batch)
	}
	return fmt.Errorf("there is no import %s; those that can be taken back are %s", batch, strings.Join(names, ", "))
}
