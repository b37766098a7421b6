package bot

import (
	"strings"
	"time"

	"meridian/bot/say"
)

// Language is a language of the catalogue: "en" or "ru".
type Language = say.Language

// PartKind says what a part of a text is.
type PartKind string

// The kinds of part. Words, links and people may produce markup; a quote never
// becomes markup, a mention or a link.
const (
	PartWords   PartKind = "words"   // a sentence of the catalogue: ID, Args, Count
	PartQuote   PartKind = "quote"   // what somebody wrote: Text
	PartTime    PartKind = "time"    // an instant, shown in the reader's zone: Time
	PartPerson  PartKind = "person"  // somebody: Person and the name in Text
	PartRequest PartKind = "request" // a request by its number: Text ("R-12")
	PartLink    PartKind = "link"    // URL with the label in Text
	PartCode    PartKind = "code"    // something to be typed as it stands: Text, then the usage named by ID
	PartBreak   PartKind = "break"   // a new line
	PartClock   PartKind = "clock"   // an instant as a clock elsewhere shows it: Time in that zone, written in the style As
	PartCity    PartKind = "city"    // a city by its English name in Text
	PartPass    PartKind = "pass"    // a link that is signed when it leaves: see [MailPasses.Signed]
)

// Part is one part of a text. Which fields count depends on Kind.
type Part struct {
	Kind   PartKind        `json:"k"`
	ID     string          `json:"id,omitempty"`
	Args   map[string]Part `json:"args,omitempty"`
	Count  *int            `json:"n,omitempty"`
	Text   string          `json:"text,omitempty"`
	Time   time.Time       `json:"time,omitzero"`
	Person string          `json:"person,omitempty"`
	URL    string          `json:"url,omitempty"`
	As     say.Style       `json:"as,omitempty"`
	Block  bool            `json:"block,omitempty"` // a quote of its own lines, set off from the rest
	Strong bool            `json:"b,omitempty"`     // it stands out, where the messenger can show that
}

// Text is what the bot says: parts, and the language chosen when the event was
// handled. It is put into words and markup when it is sent.
type Text struct {
	Language Language `json:"lang,omitempty"`
	Parts    []Part   `json:"parts,omitempty"`
}

// Say makes a text of one sentence of the catalogue. Arguments are pairs of
// name and value; a value is a Part, a string (a quote), an int (which also
// chooses the plural form when its name is "Count"), or a Text of one part.
//
// It and others that are called at hundreds of places are not inlined there:
// that would make the program half a megabyte larger.
//
//go:noinline
func Say(id string, args ...any) Text { return Text{Parts: []Part{Words(id, args...)}} }

// Words is a sentence or a phrase of the catalogue as a part. Its arguments
// are those of [Say].
func Words(id string, args ...any) Part {
	p := Part{Kind: PartWords, ID: id}
	for i := 0; i+1 < len(args); i += 2 {
		name := args[i].(string)
		if p.Args == nil {
			p.Args = map[string]Part{}
		}
		switch v := args[i+1].(type) {
		case Part:
			p.Args[name] = v
		case string:
			p.Args[name] = Quote(v)
		case int:
			if name == "Count" {
				p.Count = &v
			} else {
				p.Args[name] = Quote(itoa(int64(v)))
			}
		default:
			panic("bot: Words takes a Part, a string or an int as " + name)
		}
	}
	return p
}

// Quote is what somebody wrote, within a line.
//
//go:noinline
func Quote(s string) Part { return Part{Kind: PartQuote, Text: s} }

// BlockQuote is what somebody wrote, in lines of its own.
func BlockQuote(s string) Part { return Part{Kind: PartQuote, Text: s, Block: true} }

// Strong makes a part stand out: the name of a group of lines, a title.
func Strong(p Part) Part {
	p.Strong = true
	return p
}

// At is an instant. Messengers show it in the reader's own zone.
func At(t time.Time) Part { return Part{Kind: PartTime, Time: t} }

// ClockIn is an instant as the clocks in a zone show it, whoever reads it. What
// says it names the zone's city too, or says that it is the reader's own.
func ClockIn(t time.Time, zone *time.Location, as say.Style) Part {
	return Part{Kind: PartClock, Time: t.In(zone), As: as}
}

// City is a city, in the language of the text.
func City(name string) Part { return Part{Kind: PartCity, Text: name} }

// Link is a link with a label.
func Link(url, label string) Part { return Part{Kind: PartLink, URL: url, Text: label} }

// Code is something to be typed or compared as it stands.
//
//go:noinline
func Code(s string) Part { return Part{Kind: PartCode, Text: s} }

// Usage is what can be typed, in the language of the text: the catalogue's
// sentence of that id, or the words themselves where it is none.
func Usage(id string) Part { return UsageBehind("", id) }

// UsageBehind is a usage with something in front of it, such as the slash
// command that it stands behind.
func UsageBehind(before, id string) Part {
	if !strings.HasPrefix(id, usagePrefix) {
		return Code(before + id)
	}
	return Part{Kind: PartCode, Text: before, ID: id}
}

// UsageWith is a usage with somebody's words in it, as its argument Text.
func UsageWith(id, words string) Part {
	return Part{Kind: PartCode, ID: id, Args: map[string]Part{"Text": Quote(words)}}
}

const usagePrefix = "usage."

// UsageOn is a usage that names a request, with the number of this one.
func UsageOn(id string, r Request) Part {
	return Part{Kind: PartCode, ID: id, Args: map[string]Part{"Request": r.Part()}}
}

// anyRequest is the number that stands in usages for that of any request.
const anyRequest = "R-12"

// Break is a new line.
//
//go:noinline
func Break() Part { return Part{Kind: PartBreak} }

// Plus appends parts to a text.
//
//go:noinline
func (t Text) Plus(parts ...Part) Text {
	t.Parts = append(t.Parts[:len(t.Parts):len(t.Parts)], parts...)
	return t
}

// For sets the language in which the text will be read.
func (t Text) For(l Language) Text {
	t.Language = l
	return t
}

// Markup turns parts into one messenger's writing. A nil function writes its
// part plainly. Words gets the catalogue's own words, which may be escaped;
// Quote must make sure that nothing in it acts as markup, mention or link.
type Markup struct {
	Words   func(s string) string
	Quote   func(s string, block bool) string
	Time    func(t time.Time, l Language) string
	Person  func(id, name string) string
	Request func(number string) string
	Link    func(url, label string) string
	Code    func(s string) string
	Strong  func(s string) string // gets what is written already
	Break   string                // default "\n"
}

// Render writes the text in one messenger's markup.
func (t Text) Render(c *say.Catalogue, m Markup) string {
	var b strings.Builder
	for _, p := range t.Parts {
		t.part(&b, c, m, p)
	}
	return b.String()
}

func (t Text) part(b *strings.Builder, c *say.Catalogue, m Markup, p Part) {
	if p.Strong && m.Strong != nil {
		var inner strings.Builder
		p.Strong = false
		t.part(&inner, c, m, p)
		b.WriteString(m.Strong(inner.String()))
		return
	}
	switch p.Kind {
	case PartWords:
		for _, s := range c.Sentence(t.Language, p.ID, p.Count) {
			if !s.Slot {
				b.WriteString(orPlain(m.Words, s.Text))
			} else if arg, ok := p.Args[s.Text]; ok {
				t.part(b, c, m, arg)
			}
		}
	case PartQuote:
		if m.Quote != nil {
			b.WriteString(m.Quote(p.Text, p.Block))
		} else {
			b.WriteString(p.Text)
		}
	case PartTime:
		if m.Time != nil {
			b.WriteString(m.Time(p.Time, t.Language))
		} else {
			b.WriteString(p.Time.UTC().Format("2006-01-02 15:04 MST"))
		}
	case PartClock:
		b.WriteString(orPlain(m.Words, c.Local(t.Language, p.Time, p.As)))
	case PartCity:
		t.part(b, c, m, Quote(c.CityName(t.Language, p.Text)))
	case PartPerson:
		if m.Person != nil {
			b.WriteString(m.Person(p.Person, p.Text))
		} else {
			b.WriteString(p.Text)
		}
	case PartRequest:
		b.WriteString(orPlain(m.Request, p.Text))
	case PartLink:
		if m.Link != nil {
			b.WriteString(m.Link(p.URL, p.Text))
		} else {
			b.WriteString(strings.TrimSpace(p.Text + " " + p.URL))
		}
	case PartPass:
		b.WriteString(p.URL + "…")
	case PartCode:
		b.WriteString(orPlain(m.Code, p.Text+usageIn(t.Language, c, p)))
	case PartBreak:
		if m.Break != "" {
			b.WriteString(m.Break)
		} else {
			b.WriteByte('\n')
		}
	}
}

// usageIn is the catalogue's usage that a part names, in a language; no id:
// nothing.
func usageIn(l Language, c *say.Catalogue, p Part) string {
	if p.ID == "" {
		return ""
	}
	var b strings.Builder
	for _, s := range c.Sentence(l, p.ID, nil) {
		if s.Slot {
			b.WriteString(p.Args[s.Text].Text)
		} else {
			b.WriteString(s.Text)
		}
	}
	if on, ok := p.Args["Request"]; ok {
		return strings.Replace(b.String(), anyRequest, on.Text, 1)
	}
	return b.String()
}

func orPlain(f func(string) string, s string) string {
	if f == nil {
		return s
	}
	return f(s)
}

// Plain writes the text without any markup; times are in zone with its name.
func (t Text) Plain(c *say.Catalogue, zone *time.Location) string {
	return t.Render(c, Markup{Time: func(at time.Time, l Language) string {
		return c.Time(l, at.In(zone)) + " " + c.City(l, zone)
	}})
}
