package cli

import (
	"errors"
	"fmt"

	"meridian/bot"
	"meridian/bot/calendar"
	"meridian/storage"
)

type articleItem struct{ articleLine }

func (i *articleItem) article() (bot.Article, error) {
	var a bot.Article
	if err := i.Record.fill(&a); err != nil {
		return a, fmt.Errorf("its record does not fit: %w", err)
	}
	n, ok := bot.ParseArticleID(i.ID)
	if !ok {
		return a, fmt.Errorf("%q is no number of an article", i.ID)
	}
	a.Number, a.Title, a.Language, a.Audience = n, i.Title, i.Language, i.Audience
	if a.Audience != bot.InternalArticle && a.Audience != bot.PublicArticle {
		return a, fmt.Errorf("%q is no audience of an article", a.Audience)
	}
	a.Tidy()
	if a.Check() != nil {
		return a, fmt.Errorf("%s is no article: it has no title or no text, or is too long", i.ID)
	}
	return a, nil
}

func (i *articleItem) check(s *summary) error {
	if _, err := i.article(); err != nil {
		return err
	}
	s.articles++
	return nil
}

func (i *articleItem) write(w *storage.ImportTx) error {
	a, err := i.article()
	if err != nil {
		return err
	}
	return w.Article(a)
}

type reminderItem struct{ reminderLine }

func (i *reminderItem) reminder() (bot.Reminder, error) {
	var r bot.Reminder
	if err := i.Record.fill(&r); err != nil {
		return r, fmt.Errorf("its record does not fit: %w", err)
	}
	n, ok := bot.ParseReminderID(i.ID)
	if !ok {
		return r, fmt.Errorf("%q is no number of a reminder", i.ID)
	}
	place, ok := bot.ParsePlace(i.Place)
	if !ok {
		return r, fmt.Errorf("%q is no place of a reminder", i.Place)
	}
	r.Number, r.Text, r.Place, r.Spec, r.Zone = n, i.Text, place, orEmpty(i.Spec), i.Zone
	if i.NextAt != nil {
		r.NextAt = *i.NextAt
	}
	switch {
	case r.Text == "" || len([]rune(r.Text)) > bot.MaxReminder:
		return r, errors.New("the reminder says nothing, or too much")
	case r.State == bot.ReminderActive && i.NextAt == nil, r.State != bot.ReminderActive && r.State != bot.ReminderFired:
		return r, errors.New("it does not say when the reminder comes")
	}
	if r.Spec != "" {
		if _, err := calendar.Parse(r.Spec); err != nil {
			return r, err
		}
	}
	return r, nil
}

func (i *reminderItem) check(s *summary) error {
	if _, err := i.reminder(); err != nil {
		return err
	}
	s.reminders++
	return nil
}

// write leaves out what a configuration file has said again and again: the one of
// this store says it here.
func (i *reminderItem) write(w *storage.ImportTx) error {
	r, err := i.reminder()
	if err != nil || r.Schedule != "" {
		return err
	}
	return w.Reminder(r)
}
