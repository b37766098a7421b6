package bottest

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"meridian/bot"
)

// messenger is where the people of a conversation talk with the desk: chat, which
// has no wire, or a strict stand-in for a messenger outside. What people do is
// given to it; what the bot does there is heard by the player.
type messenger interface {
	// settings are the team's, with people and channels named as they are here.
	settings(s *bot.Settings) *bot.Settings
	// adapter is the desk's side, for one life of the process.
	adapter(l *life) (bot.Adapter, error)
	person(who string) string // "web:anna"
	who(person string) string // and back
	channel(name string) bot.Place

	says(ctx context.Context, who string, to bot.Place, text string) error
	commands(ctx context.Context, who string, to bot.Place, slash, text string) error
	reacts(ctx context.Context, who string, to bot.Place, message, emoji string, removed bool) error
	edits(ctx context.Context, who string, to bot.Place, message, text string) error
	deletes(ctx context.Context, who string, to bot.Place, message string) error
	// presses gives the form that a button opens, written down; empty: none.
	presses(ctx context.Context, who string, b shownButton) (form string, err error)
	// sends fills the form that a person has before them. told is what is wrong.
	sends(ctx context.Context, who string, fields map[string]string) (told string, err error)
}

// newMessenger makes a messenger by its name.
func (p *player) newMessenger() (messenger, error) {
	switch p.o.Messenger {
	case "", "web":
		return &chat{p: p}, nil
	case "slack", "slack over HTTP":
		return newSlack(p, p.o.Messenger == "slack"), nil
	}
	return nil, fmt.Errorf("there is no messenger %q", p.o.Messenger)
}

func (c *chat) settings(s *bot.Settings) *bot.Settings { return s }
func (c *chat) adapter(l *life) (bot.Adapter, error)   { c.life = l; return c, nil }
func (c *chat) person(who string) string               { return "web:" + who }
func (c *chat) who(person string) string               { return strings.TrimPrefix(person, "web:") }
func (c *chat) channel(name string) bot.Place          { return bot.Place{Adapter: "web", Channel: name} }

func (c *chat) says(ctx context.Context, who string, to bot.Place, text string) error {
	var name string
	c.p.said(who, to, func(called string) string {
		name = called
		return called
	})
	plain, mentioned := strings.CutPrefix(text, "@desk ")
	return c.life.desk.Accept(ctx, c.p.event(who, to, name, "said", bot.Said{Text: plain, Mentioned: mentioned || to.IsDirect()}))
}

func (c *chat) commands(ctx context.Context, who string, to bot.Place, slash, text string) error {
	return c.life.desk.Accept(ctx, c.p.event(who, to, "", "commanded", bot.Commanded{Slash: slash, Text: text}))
}

func (c *chat) reacts(ctx context.Context, who string, to bot.Place, message, emoji string, removed bool) error {
	return c.life.desk.Accept(ctx, c.p.event(who, to, message, "reacted", bot.Reacted{Emoji: emoji, Removed: removed}))
}

func (c *chat) edits(ctx context.Context, who string, to bot.Place, message, text string) error {
	return c.life.desk.Accept(ctx, c.p.event(who, to, message, "edited", bot.Edited{Text: text}))
}

func (c *chat) deletes(ctx context.Context, who string, to bot.Place, message string) error {
	return c.life.desk.Accept(ctx, c.p.event(who, to, message, "deleted", bot.Deleted{}))
}

// presses gives a button to the desk as a messenger does: the form is asked for
// first, and once it is shown the desk hears that it was opened.
func (c *chat) presses(ctx context.Context, who string, b shownButton) (string, error) {
	e := c.p.event(who, b.place, b.message, "pressed", bot.Pressed{Act: b.act, Value: b.value})
	form, opens, err := c.life.desk.Form(ctx, e)
	if err != nil || !opens {
		return "", errors.Join(ignoreTold(err), c.life.desk.Accept(ctx, e))
	}
	c.p.forms[who] = openForm{form, e}
	return c.p.formText(form), c.life.desk.Accept(ctx, e)
}

func (c *chat) sends(ctx context.Context, who string, given map[string]string) (string, error) {
	open, ok := c.p.forms[who]
	if !ok {
		return "", errors.New("no form is open")
	}
	fields := map[string]string{}
	for _, f := range open.form.Fields {
		if v := c.p.inField(f); v != "" {
			fields[f.Name] = v
		}
	}
	for k, v := range given {
		fields[k] = v
	}
	c.p.steps++
	e := c.p.event(who, open.opened.Place, open.opened.Message, "submitted", bot.Submitted{Act: open.form.Act, Value: open.form.Value, Fields: fields})
	var told *bot.Error
	if err := c.life.desk.Try(ctx, e); errors.As(err, &told) {
		form, opens, err := c.life.desk.Form(ctx, open.opened)
		delete(c.p.forms, who)
		if opens {
			c.p.forms[who] = openForm{form, open.opened}
		}
		return c.p.text(told.Text), ignoreTold(err)
	} else if err != nil {
		return "", err
	}
	delete(c.p.forms, who)
	return "", c.life.desk.Accept(ctx, e)
}
