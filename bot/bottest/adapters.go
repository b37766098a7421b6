package bottest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"meridian/bot"
)

// chat is a messenger without a wire: what people do is accepted as events,
// what the bot does is written down.
type chat struct {
	p    *player
	life *life
}

func (c *chat) Name() string { return "web" }
func (c *chat) Keeps() bool  { return true }

func (c *chat) Run(ctx context.Context) error {
	return c.p.hears(ctx, c.life, c.Name())
}

// Deliver writes down what the bot did. A second call with the same key gives
// the same receipt.
func (c *chat) Deliver(_ context.Context, d bot.Delivery) (bot.Receipt, error) {
	if c.life.dead.Load() {
		return bot.Receipt{}, errCut
	}
	id := "m" + fmt.Sprint(d.ID)
	c.p.mu.Lock()
	defer c.p.mu.Unlock()
	switch d.Op {
	case bot.OpPost:
		c.p.remember(d, id)
		c.p.places[id] = d.To
		text := c.p.render(d, id)
		c.p.shows[id] = text
		c.p.hear(d.ID, c.p.author(d)+" in "+c.p.where(d.To)+": "+text)
	case bot.OpUpload:
		c.p.remember(d, id)
		c.p.hear(d.ID, c.p.author(d)+" in "+c.p.where(d.To)+": "+c.p.uploaded(d, c.p.render(d, id)))
	case bot.OpEdit:
		text := c.p.render(d, d.Target)
		c.p.shows[d.Target] = text
		c.p.hear(d.ID, "desk edits "+c.p.messageName(d.Target)+": "+text)
	case bot.OpWhisper:
		c.p.hear(d.ID, "to "+c.who(d.Person)+": "+c.p.render(d, id))
	case bot.OpReact:
		c.p.hear(d.ID, "desk reacts :"+d.Emoji+": to "+c.p.messageName(d.Target))
	case bot.OpDelete:
		delete(c.p.shows, d.Target)
		c.p.hear(d.ID, "desk deletes "+c.p.messageName(d.Target))
	default:
		return bot.Receipt{}, bot.ErrUnsupported
	}
	return bot.Receipt{Message: id, Thread: d.To.Thread}, nil
}

// errMail is what every mail gets while none can be sent.
var errMail = errors.New("no mail can be sent")

// errWaits is what a mail server says that is not there.
var errWaits = errors.New("connection refused")

// mailbox is mail without a wire.
type mailbox struct {
	p    *player
	life *life
}

func (m *mailbox) Name() string { return "email" }

func (m *mailbox) Run(ctx context.Context) error { return m.p.hears(ctx, m.life, m.Name()) }

// Read gives the mail that was stored as JSON.
func (m *mailbox) Read(_ context.Context, e bot.Event) ([]bot.Event, error) {
	b, ok := e.Body.(bot.Mailed)
	if !ok {
		return []bot.Event{e}, nil
	}
	if err := json.Unmarshal(e.Raw, &b.Mail); err != nil {
		return nil, fmt.Errorf("test mail: %w", err)
	}
	e.Body = b
	return []bot.Event{e}, nil
}

// Deliver writes down a mail that the bot sends.
func (m *mailbox) Deliver(_ context.Context, d bot.Delivery) (bot.Receipt, error) {
	if m.life.dead.Load() {
		return bot.Receipt{}, errCut
	}
	if d.Op != bot.OpMail {
		return bot.Receipt{}, bot.ErrUnsupported
	}
	m.p.mu.Lock()
	defer m.p.mu.Unlock()
	if m.p.mailDead {
		return bot.Receipt{}, bot.Permanent(errMail)
	}
	if m.p.mailWaits {
		return bot.Receipt{}, errWaits
	}
	var to []string
	for _, a := range append(d.Mail.To, d.Mail.Cc...) {
		to = append(to, a.Address)
	}
	zone := m.p.o.Settings.ZoneOf(bot.Person{})
	from := ""
	if d.Mail.From.Name != "" {
		from = " from " + d.Mail.From.Name
	}
	text := fmt.Sprintf("mail to %s%s: %s\n%s", strings.Join(to, ", "), from, d.Mail.SubjectText.Plain(m.p.words, zone), d.Mail.Body.Plain(m.p.words, zone))
	for _, f := range d.Mail.Files {
		text += "\n[" + f.Name + "]"
	}
	m.p.hear(d.ID, text)
	m.p.ours = fmt.Sprintf("<%d@desk.example>", d.ID)
	return bot.Receipt{Message: m.p.ours}, nil
}

// alerts is a webhook without a wire.
type alerts struct {
	p    *player
	life *life
}

func (a *alerts) Name() string { return "webhook" }

func (a *alerts) Run(ctx context.Context) error {
	<-ctx.Done()
	return nil
}

// Read gives the report that was stored as JSON.
func (a *alerts) Read(_ context.Context, e bot.Event) ([]bot.Event, error) {
	b, ok := e.Body.(bot.Alerted)
	if !ok {
		return []bot.Event{e}, nil
	}
	if err := json.Unmarshal(e.Raw, &b.Report); err != nil {
		return nil, fmt.Errorf("test alert: %w", err)
	}
	e.Body = b
	return []bot.Event{e}, nil
}

// Deliver is never asked for anything.
func (a *alerts) Deliver(context.Context, bot.Delivery) (bot.Receipt, error) {
	return bot.Receipt{}, bot.ErrUnsupported
}
