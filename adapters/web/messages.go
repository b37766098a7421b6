package web

import (
	"html/template"
	"net/url"
	"slices"
	"strings"

	"meridian/bot"
)

// message is one message as a page shows it.
type message struct {
	ID        string
	Place     string
	Author    string // a person's id; empty: the bot
	Name      string
	Initials  string
	Color     int // of the picture beside the name
	Bot       bool
	Mine      bool
	Whisper   bool
	Day       string // set where another day begins
	At        instant
	Said      string // what a person wrote
	Card      bool
	Head      template.HTML
	Body      template.HTML
	Chart     *chart
	Buttons   []button
	More      []button
	Edited    bool
	Deleted   bool
	Reactions []chip
	Replies   int
	Thread    string // address of its thread; empty: it stands in one
	Files     []file
}

type button struct {
	Label string
	Act   string
	Value string
	Glyph string
	First bool
}

// chip is one emoji under a message.
type chip struct {
	Emoji string
	Glyph string
	Count int
	Mine  bool
	Names string
}

// messages turns what the store keeps into what a page shows. day is the day
// that stands above them already.
func (a *Adapter) messages(p bot.Pages, me reader, shown []bot.ShownMessage, day string) []message {
	out := make([]message, 0, len(shown))
	for _, s := range shown {
		m := a.message(p, me, s)
		if m.At.Day != day {
			day, m.Day = m.At.Day, m.At.Day
		}
		out = append(out, m)
	}
	return out
}

func (a *Adapter) message(p bot.Pages, me reader, s bot.ShownMessage) message {
	m := message{
		ID: s.ID, Place: s.Place.String(), Author: s.Author, Name: s.Name, Bot: s.Author == "", Mine: me.Person.Is(s.Author),
		Whisper: s.For != "", At: a.instant(s.At, me), Edited: s.Edited, Deleted: s.Deleted, Replies: s.Replies,
	}
	if m.Name == "" && s.Author == "" {
		m.Name = p.Name(s.Message.Author)
	} else if m.Name == "" {
		m.Name = p.Name(s.Author)
	}
	m.Initials, m.Color = portrait(m.Name)
	if s.Place.Thread == "" && s.For == "" {
		m.Thread = placeURL(s.Place.In(s.ID))
	}
	if s.Deleted {
		return m
	}
	for _, r := range s.Reactions {
		m.Reactions = append(m.Reactions, a.chip(p, me, r))
	}
	m.Files = filesOf(s)
	if s.Author != "" && len(s.Message.Text.Parts) == 0 {
		if m.Said = s.Said; m.Said == "" {
			m.Said = mention // all that was typed
		}
		return m
	}
	m.Card, m.Body = s.Message.Card, a.html(s.Message.Text, me)
	if m.Card {
		head, rest := cardParts(s.Message.Text)
		m.Head, m.Body = a.html(head, me), a.html(rest, me)
	}
	m.Chart = a.chart(s.Message.Chart, me)
	m.Buttons, m.More = a.buttons(s.Message.Buttons, me), a.buttons(s.Message.More, me)
	if len(m.Buttons) > 0 {
		m.Buttons[0].First = true
	}
	return m
}

func (a *Adapter) buttons(all []bot.Button, me reader) []button {
	var out []button
	for _, b := range all {
		one := button{Label: a.plain(b.Label, me), Act: b.Act, Value: b.Value}
		if b.Emoji != "" {
			one.Glyph = glyph(strings.Trim(b.Emoji, ":"))
			if strings.HasPrefix(one.Glyph, ":") && b.Emoji[0] > 127 {
				one.Glyph = b.Emoji // a picture already
			}
		}
		out = append(out, one)
	}
	return out
}

func (a *Adapter) chip(p bot.Pages, me reader, r bot.Reaction) chip {
	c := chip{Emoji: r.Emoji, Glyph: glyph(r.Emoji), Count: len(r.Who)}
	names := make([]string, 0, len(r.Who))
	for _, who := range r.Who {
		c.Mine = c.Mine || me.Person.Is(who)
		if len(names) < 20 {
			names = append(names, p.Name(who))
		}
	}
	c.Names = strings.Join(names, ", ")
	return c
}

// portrait is the picture beside a name: a letter on one of six colours.
func portrait(name string) (string, int) {
	color := 0
	for _, c := range name {
		color = (color*31 + int(c)) % 6
	}
	for _, c := range name {
		return strings.ToUpper(string(c)), color
	}
	return "·", color
}

// placeURL is the page of a place.
func placeURL(p bot.Place) string {
	u := "/c/" + url.PathEscape(p.Channel)
	if p.IsDirect() {
		u = "/d"
	}
	if p.Thread != "" {
		u += "/t/" + url.PathEscape(p.Thread)
	}
	return u
}

// open finds a place that the reader may read: one of the configured channels,
// their own direct messages, or a thread below a message they can see.
func open(p bot.Pages, me reader, place bot.Place) (bot.Channel, error) {
	top := place.Top()
	channel := bot.Channel{Name: "", Place: top, Audience: bot.Inside}
	if top != bot.Direct(me.ID) {
		all := p.Channels(name)
		i := slices.IndexFunc(all, func(c bot.Channel) bool { return c.Place == top })
		if i < 0 {
			return channel, bot.ErrNotFound
		}
		channel = all[i]
	}
	if place.Thread != "" {
		if _, err := p.Message(top, place.Thread); err != nil {
			return channel, err
		}
	}
	return channel, nil
}

// Link is the address of something about the message: "/pick", "/menu".
func (m message) Link(page string) string {
	return page + "?" + url.Values{"place": {m.Place}, "message": {m.ID}}.Encode()
}
