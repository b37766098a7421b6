package slacktest

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"
)

// richMost is how many characters the rich text of one block may hold.
const richMost = 3000

// rich is a rich text block, or an element of one.
type rich struct {
	Type      string          `json:"type"`
	Elements  []rich          `json:"elements"`
	Style     json.RawMessage `json:"style"`
	Text      string          `json:"text"`
	URL       string          `json:"url"`
	UserID    string          `json:"user_id"`
	Name      string          `json:"name"`
	Timestamp int64           `json:"timestamp"`
	Format    string          `json:"format"`
	Fallback  *string         `json:"fallback"`
	Range     string          `json:"range"`
	Indent    int             `json:"indent"`
}

func (c *checker) rich(raw json.RawMessage) {
	var b rich
	if err := json.Unmarshal(raw, &b); err != nil {
		c.say("%v", err)
		return
	}
	if len(b.Elements) == 0 {
		c.say("rich text of nothing")
	}
	total := 0
	for _, part := range b.Elements {
		switch part.Type {
		case "rich_text_section", "rich_text_quote", "rich_text_preformatted":
			total += c.richParts(part.Elements)
		case "rich_text_list":
			for _, item := range part.Elements {
				if item.Type != "rich_text_section" {
					c.say("a list of %q", item.Type)
				}
				total += c.richParts(item.Elements)
			}
			if s := string(part.Style); s != `"bullet"` && s != `"ordered"` {
				c.say("a list of style %s", s)
			}
		default:
			c.say("rich text holds %q", part.Type)
		}
	}
	if total > richMost {
		c.say("rich text of %d characters", total)
	}
}

func (c *checker) richParts(parts []rich) (total int) {
	if len(parts) == 0 {
		c.say("a part of nothing")
	}
	for _, p := range parts {
		total += utf8.RuneCountInString(p.Text)
		switch p.Type {
		case "text":
			c.length("text", p.Text, 1, richMost)
		case "link":
			u, err := url.Parse(p.URL)
			if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
				c.say("a link to %q", p.URL)
			}
			c.length("url", p.URL, 1, 3000)
		case "user":
			c.length("user_id", p.UserID, 1, 20)
		case "emoji":
			c.length("emoji", p.Name, 1, 100)
		case "date":
			if p.Timestamp <= 0 || !strings.Contains(p.Format, "{") {
				c.say("a date of %d as %q", p.Timestamp, p.Format)
			}
		case "broadcast":
			c.say("a mention of a whole channel")
		default:
			c.say("rich text element %q is not known", p.Type)
		}
	}
	return total
}

// Plain writes blocks as one reads them: buttons in brackets, what hides behind
// a menu after ⋯, dates in UTC.
func Plain(raw json.RawMessage) string { return plain(raw, utc) }

// plain shows dates as clock writes them.
func plain(raw json.RawMessage, clock Clock) string {
	var blocks []json.RawMessage
	if json.Unmarshal(raw, &blocks) != nil {
		return string(raw)
	}
	var lines []string
	for _, one := range blocks {
		if s := plainBlock(one, clock); s != "" {
			lines = append(lines, s)
		}
	}
	return strings.Join(lines, "\n")
}

func plainBlock(raw json.RawMessage, clock Clock) string {
	var b block
	if json.Unmarshal(raw, &b) != nil {
		return string(raw)
	}
	switch b.Type {
	case "rich_text":
		return plainRich(raw, clock)
	case "divider":
		return "---"
	case "context":
		var out []string
		for _, e := range b.Elements {
			var t textJSON
			if json.Unmarshal(e, &t) == nil {
				out = append(out, t.Text)
			}
		}
		return strings.Join(out, " · ")
	case "actions":
		return plainActions(b)
	case "input":
		return plainInput(b)
	case "image":
		return "(" + b.AltText + ")"
	case "table":
		return plainTable(b, clock)
	case "data_visualization":
		return plainChart(b)
	}
	s := ""
	if t := parseText(b.Text); t != nil {
		s = t.Text
	}
	for _, f := range b.Fields {
		s += "\n" + f.Text
	}
	if b.Accessory != nil {
		s += " " + plainElement(*b.Accessory)
	}
	return s
}

func plainActions(b block) string {
	var out []string
	for _, raw := range b.Elements {
		var e element
		if json.Unmarshal(raw, &e) == nil {
			out = append(out, plainElement(e))
		}
	}
	return strings.Join(out, " ")
}

func plainElement(e element) string {
	var options []string
	for _, o := range e.Options {
		if o.Text != nil {
			options = append(options, o.Text.Text)
		}
	}
	switch e.Type {
	case "button":
		if e.Text != nil {
			return "[" + e.Text.Text + "]"
		}
	case "overflow":
		return "⋯ " + strings.Join(options, " ")
	case "static_select":
		if e.Placeholder != nil {
			return e.Placeholder.Text + " " + strings.Join(options, " ")
		}
	}
	return "(" + e.Type + ")"
}

func plainInput(b block) string {
	if b.Label == nil || b.Element == nil {
		return "(input)"
	}
	s := b.Label.Text + ": "
	e := *b.Element
	if e.Initial != nil && e.Initial.Text != nil {
		s += e.Initial.Text.Text
	}
	s += e.InitialValue
	var options []string
	for _, o := range e.Options {
		options = append(options, o.Text.Text)
	}
	if len(options) > 0 {
		s += " (" + strings.Join(options, " | ") + ")"
	}
	if b.Hint != nil {
		s += "\n  " + b.Hint.Text
	}
	return s
}

func plainRich(raw json.RawMessage, clock Clock) string {
	var b rich
	if json.Unmarshal(raw, &b) != nil {
		return string(raw)
	}
	var out strings.Builder
	for i, part := range b.Elements {
		if i > 0 && !strings.HasSuffix(out.String(), "\n") {
			out.WriteByte('\n')
		}
		s := plainParts(part.Elements, clock)
		switch part.Type {
		case "rich_text_quote":
			s = "> " + strings.ReplaceAll(s, "\n", "\n> ")
		case "rich_text_preformatted":
			s = "```\n" + s + "\n```"
		case "rich_text_list":
			s = ""
			for _, item := range part.Elements {
				s += "• " + plainParts(item.Elements, clock) + "\n"
			}
		}
		out.WriteString(s)
	}
	return strings.TrimRight(out.String(), "\n")
}

func plainParts(parts []rich, clock Clock) string {
	var out strings.Builder
	for _, p := range parts {
		switch p.Type {
		case "text":
			var style struct{ Code bool }
			_ = json.Unmarshal(p.Style, &style) // a style of another kind is none that is seen
			if style.Code {
				out.WriteString("`" + p.Text + "`")
			} else {
				out.WriteString(p.Text)
			}
		case "link":
			if p.Text == "" {
				out.WriteString(p.URL)
			} else {
				out.WriteString(p.Text)
			}
		case "user":
			fmt.Fprintf(&out, "<@%s>", p.UserID)
		case "emoji":
			out.WriteString(":" + p.Name + ":")
		case "date":
			fallback := ""
			if p.Fallback != nil {
				fallback = *p.Fallback
			}
			out.WriteString(clock(time.Unix(p.Timestamp, 0), fallback))
		}
	}
	return out.String()
}
