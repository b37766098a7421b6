package bottest

import (
	"context"
	"errors"
	"strings"
	"testing/synctest"

	"meridian/bot"
)

// openForm is a form that a person has before them.
type openForm struct {
	form   bot.Form
	opened bot.Event // what opened it
}

// pressed presses a button. A form that it opens is written down, or filled at
// once.
func (p *player) pressed(ctx context.Context, who string, b shownButton, with string) error {
	form, err := p.m.presses(ctx, who, b)
	if err != nil || form == "" {
		return err
	}
	synctest.Wait()
	if with != "" {
		return p.sends(ctx, who, with)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.hear(0, "to "+who+" in a form: "+form)
	return nil
}

// sends fills the form that a person has before them and sends it: "text=Hello;
// then=solved". What is wrong with it is written down, and the form stays.
func (p *player) sends(ctx context.Context, who, with string) error {
	fields := map[string]string{}
	for pair := range strings.SplitSeq(with, "; ") {
		if k, v, ok := strings.Cut(pair, "="); ok {
			fields[k] = v
		}
	}
	told, err := p.m.sends(ctx, who, fields)
	if err != nil || told == "" {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.hear(0, "to "+who+" in the form: "+told)
	return nil
}

// formText writes a form down: title, note, and each field with its value, what
// can be chosen and the hint below it.
func (p *player) formText(f bot.Form) string {
	s := p.text(f.Title)
	if note := p.text(f.Note); note != "" {
		s += "\n" + note
	}
	for _, field := range f.Asked(nil) {
		if field.Hidden {
			continue
		}
		shown := p.inField(field)
		var choices []string
		for _, c := range field.Choices {
			choices = append(choices, c.Label)
			if c.Value == shown {
				shown = c.Label
			}
		}
		s += "\n" + p.text(field.Label) + ": " + shown
		if len(choices) > 0 {
			s += " (" + strings.Join(choices, " | ") + ")"
		}
		if hint := p.plain(field.Hint); hint != "" {
			s += "\n  " + hint
		}
	}
	return s + "\n[" + p.text(f.Submit) + "]"
}

// inField is what stands in a field at first.
func (p *player) inField(f bot.Field) string {
	if f.Value == "" {
		return p.text(f.Draft)
	}
	return f.Value
}

// ignoreTold drops refusals: pressing the button tells them again.
func ignoreTold(err error) error {
	var told *bot.Error
	if errors.As(err, &told) {
		return nil
	}
	return err
}
