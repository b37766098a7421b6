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

// pressed gives a button to the desk as a messenger does: the form is asked
// for first, and once it is shown the desk hears that it was opened.
func (p *player) pressed(ctx context.Context, who string, b shownButton, with string) error {
	e := p.event(who, b.place, b.message, "pressed", bot.Pressed{Act: b.act, Value: b.value})
	form, opens, err := p.life.desk.Form(ctx, e)
	if err != nil || !opens {
		return errors.Join(ignoreTold(err), p.life.desk.Accept(ctx, e))
	}
	p.forms[who] = openForm{form, e}
	if err := p.life.desk.Accept(ctx, e); err != nil {
		return err
	}
	synctest.Wait()
	if with != "" {
		return p.sends(ctx, who, with)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.hear(0, "to "+who+" in a form: "+p.formText(form))
	return nil
}

// sends fills the form that a person has before them and sends it: "text=Hello;
// then=solved". What is wrong with it is written down, and the form stays.
func (p *player) sends(ctx context.Context, who, with string) error {
	open, ok := p.forms[who]
	if !ok {
		return errors.New("no form is open")
	}
	fields := map[string]string{}
	for _, f := range open.form.Fields {
		if v := p.inField(f); v != "" {
			fields[f.Name] = v
		}
	}
	for pair := range strings.SplitSeq(with, "; ") {
		if k, v, ok := strings.Cut(pair, "="); ok {
			fields[k] = v
		}
	}
	p.steps++
	e := p.event(who, open.opened.Place, open.opened.Message, "submitted", bot.Submitted{Act: open.form.Act, Value: open.form.Value, Fields: fields})
	var told *bot.Error
	if err := p.life.desk.Try(ctx, e); errors.As(err, &told) {
		form, opens, err := p.life.desk.Form(ctx, open.opened)
		if err := ignoreTold(err); err != nil {
			return err
		}
		delete(p.forms, who)
		if opens {
			p.forms[who] = openForm{form, open.opened}
		}
		p.mu.Lock()
		defer p.mu.Unlock()
		p.hear(0, "to "+who+" in the form: "+p.text(told.Text))
		return nil
	} else if err != nil {
		return err
	}
	delete(p.forms, who)
	return p.life.desk.Accept(ctx, e)
}

// formText writes a form down: title, note, and each field with its value, what
// can be chosen and the hint below it.
func (p *player) formText(f bot.Form) string {
	s := p.text(f.Title)
	if note := p.text(f.Note); note != "" {
		s += "\n" + note
	}
	for _, field := range f.Fields {
		if field.Hidden {
			continue
		}
		s += "\n" + p.text(field.Label) + ": " + p.inField(field)
		var choices []string
		for _, c := range field.Choices {
			choices = append(choices, c.Label)
		}
		if len(choices) > 0 {
			s += " (" + strings.Join(choices, " | ") + ")"
		}
		if hint := p.text(field.Hint); hint != "" {
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
