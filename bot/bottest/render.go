package bottest

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"meridian/bot"
)

// hear notes something the bot did. The caller holds the lock.
func (p *player) hear(id int64, text string) { p.heard = append(p.heard, line{id, text}) }

func (p *player) author(d bot.Delivery) string {
	if d.Message.Author != "" {
		return "desk for " + p.m.who(d.Message.Author)
	}
	return "desk"
}

// direct is how a conversation writes the direct messages with a person: "@dina".
func (p *player) direct(to bot.Place) string {
	return "@" + p.m.who(to.Adapter+":"+strings.TrimPrefix(to.Channel, bot.DirectPrefix))
}

// remember gives a message of the bot a name that later lines can use.
func (p *player) remember(d bot.Delivery, id string) {
	if _, known := p.names[id]; known {
		return
	}
	if rest, ok := strings.CutPrefix(d.Key, "card:"); ok {
		p.cards[rest] = id
		p.name("card "+rest, id)
		return
	}
	by := "desk"
	if d.To.IsDirect() { // what is said to one person does not wait for what is said elsewhere
		by = p.direct(d.To)
	}
	p.counts[by]++
	p.name(fmt.Sprintf("%s#%d", by, p.counts[by]), id)
}

func (p *player) name(name, id string) {
	p.messages[name], p.names[id] = id, name
}

func (p *player) messageName(id string) string {
	if n, ok := p.names[id]; ok {
		return n
	}
	return id
}

// where writes a place as the conversation does: "#support", "#desk/card R-1".
func (p *player) where(to bot.Place) string {
	s := "#" + to.Channel
	if to.IsDirect() {
		s = p.direct(to)
	} else if c, ok := p.o.Settings.Channel(to); ok {
		s = "#" + c.Name
	}
	if to.Thread != "" {
		s += "/" + p.messageName(to.Thread)
	}
	return s
}

// render writes a message as plain text with its buttons below.
func (p *player) render(d bot.Delivery, id string) string {
	m := d.Message
	s := p.text(m.Text) + p.chart(m.Chart)
	var row []string
	for _, b := range m.Buttons {
		label := p.text(b.Label)
		row = append(row, "["+label+"]")
		p.button(d, id, label, b)
	}
	for i, b := range m.More {
		label := p.text(b.Label)
		if i == 0 {
			row = append(row, "⋯")
		}
		row = append(row, label)
		p.button(d, id, label, b)
	}
	if len(row) > 0 {
		s += "\n" + strings.Join(row, " ")
	}
	return s
}

// chart is a chart on a line: what it shows, and for each category its numbers in
// the order of the series.
func (p *player) chart(c *bot.Chart) string {
	if c == nil {
		return ""
	}
	if err := c.Check(); err != nil {
		p.t.Errorf("a message with a chart that nobody can draw: %v", err)
		return ""
	}
	var names, groups []string
	for _, s := range c.Series {
		names = append(names, p.plain(s.Name))
	}
	for i, category := range c.Categories {
		var numbers []string
		for _, s := range c.Series {
			numbers = append(numbers, strconv.Itoa(s.Values[i]))
		}
		groups = append(groups, p.plain(category)+": "+strings.Join(numbers, "/"))
	}
	return fmt.Sprintf("\n[chart %s (%s) %s]", p.plain(c.Title), strings.Join(names, "/"), strings.Join(groups, ", "))
}

// uploaded are a message's files below it.
func (p *player) uploaded(d bot.Delivery, text string) string {
	for _, f := range d.Files {
		text += "\n[" + f.Name + "]"
	}
	return strings.TrimPrefix(text, "\n")
}

func (p *player) button(d bot.Delivery, id, label string, b bot.Button) {
	p.buttons = append(p.buttons, shownButton{label: label, act: b.Act, value: b.Value, message: id, place: d.To, card: p.names[id]})
}

// clock writes an instant of today as the clock shows it, any other with its
// date, as messengers do.
func (p *player) clock(at time.Time, l bot.Language) string {
	if now := time.Now().In(at.Location()); now.Year() == at.Year() && now.YearDay() == at.YearDay() {
		return at.Format("15:04")
	}
	return p.words.Time(l, at)
}

func (p *player) text(t bot.Text) string { return t.Render(p.words, p.markup()) }

// plain is a text where no messenger shows markup: below the field of a form.
func (p *player) plain(t bot.Text) string {
	m := p.markup()
	m.Code, m.Strong = nil, nil
	return t.Render(p.words, m)
}

func (p *player) markup() bot.Markup {
	zone := p.o.Settings.ZoneOf(bot.Person{})
	return bot.Markup{
		Time: func(at time.Time, l bot.Language) string { return p.clock(at.In(zone), l) },
		Quote: func(s string, block bool) string {
			if block {
				return "> " + strings.ReplaceAll(s, "\n", "\n> ")
			}
			return s
		},
		Code:   func(s string) string { return "`" + s + "`" },
		Strong: func(s string) string { return "*" + s + "*" },
	}
}
