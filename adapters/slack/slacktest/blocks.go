package slacktest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// block is what all blocks and elements may hold; which of it counts depends on
// the type.
type block struct {
	Type           string              `json:"type"`
	BlockID        string              `json:"block_id"`
	Text           json.RawMessage     `json:"text"`
	Fields         []textJSON          `json:"fields"`
	Accessory      *element            `json:"accessory"`
	Elements       []json.RawMessage   `json:"elements"`
	Label          *textJSON           `json:"label"`
	Hint           *textJSON           `json:"hint"`
	Element        *element            `json:"element"`
	Optional       bool                `json:"optional"`
	Rows           [][]json.RawMessage `json:"rows"`
	Dispatch       bool                `json:"dispatch_action"`
	ImageURL       string              `json:"image_url"`
	AltText        string              `json:"alt_text"`
	ColumnSettings []columnJSON        `json:"column_settings"`
	Title          string              `json:"title"`
	Chart          json.RawMessage     `json:"chart"`
}

type textJSON struct {
	Type     string `json:"type"`
	Text     string `json:"text"`
	Verbatim bool   `json:"verbatim"`
}

type element struct {
	Type          string       `json:"type"`
	ActionID      string       `json:"action_id"`
	Text          *textJSON    `json:"text"`
	Value         string       `json:"value"`
	URL           string       `json:"url"`
	Style         string       `json:"style"`
	Placeholder   *textJSON    `json:"placeholder"`
	Options       []optionJSON `json:"options"`
	Initial       *optionJSON  `json:"initial_option"`
	InitialMany   []optionJSON `json:"initial_options"`
	InitialValue  string       `json:"initial_value"`
	Multiline     bool         `json:"multiline"`
	MaxLength     int          `json:"max_length"`
	MinQuery      *int         `json:"min_query_length"`
	Accessibility string       `json:"accessibility_label"`
}

type optionJSON struct {
	Text        *textJSON `json:"text"`
	Value       string    `json:"value"`
	Description *textJSON `json:"description"`
}

// mostBytes is the size in bytes from which the blocks of a message are refused
// as too long. It is documented nowhere; this is where others have met it.
const mostBytes = 13_000

// CheckBlocks says what is wrong with the blocks of a "message", a "modal" or a
// "home", by the sizes that Slack enforces.
func CheckBlocks(raw json.RawMessage, where string) []string {
	c := &checker{where: where, ids: map[string]bool{}}
	var blocks []json.RawMessage
	if err := json.Unmarshal(raw, &blocks); err != nil {
		return []string{"blocks are no list: " + err.Error()}
	}
	most := 100
	if where == "message" {
		most = 50
	}
	if len(blocks) > most || len(blocks) == 0 {
		c.say("%d blocks", len(blocks))
	}
	if where == "message" && len(raw) > mostBytes {
		c.say("blocks of %d bytes in all", len(raw))
	}
	for i, b := range blocks {
		c.at = fmt.Sprintf("blocks[%d]", i)
		c.block(b)
	}
	return c.problems
}

type checker struct {
	where, at string
	ids       map[string]bool
	tables    int
	charts    int
	problems  []string
}

func (c *checker) say(format string, args ...any) {
	c.problems = append(c.problems, strings.TrimSpace(c.at+" "+fmt.Sprintf(format, args...)))
}

func (c *checker) length(what, s string, least, most int) {
	if n := utf8.RuneCountInString(s); n < least || n > most {
		c.say("%s of %d characters, not %d to %d", what, n, least, most)
	}
}

func (c *checker) block(raw json.RawMessage) {
	var b block
	if err := json.Unmarshal(raw, &b); err != nil {
		c.say("%v", err)
		return
	}
	c.length("block_id", b.BlockID, 0, 255)
	if b.BlockID != "" && c.ids[b.BlockID] {
		c.say("block_id %q twice", b.BlockID)
	}
	c.ids[b.BlockID] = true
	switch b.Type {
	case "section":
		c.section(b)
	case "header":
		c.text("header", parseText(b.Text), 1, 150, "plain_text")
	case "context":
		c.context(b)
	case "actions":
		c.actions(b)
	case "input":
		c.input(b)
	case "rich_text":
		c.rich(raw)
	case "table":
		c.table(b)
	case "data_visualization":
		c.chart(b)
	case "divider":
	case "image":
		c.length("image_url", b.ImageURL, 1, 3000)
		c.length("alt_text", b.AltText, 1, 2000)
	default:
		c.say("type %q is not known", b.Type)
	}
}

func parseText(raw json.RawMessage) *textJSON {
	var t *textJSON
	if json.Unmarshal(raw, &t) != nil {
		return nil
	}
	return t
}

func (c *checker) text(what string, t *textJSON, least, most int, kinds ...string) {
	if t == nil {
		c.say("no %s", what)
		return
	}
	if !slices.Contains(kinds, t.Type) {
		c.say("%s is %q", what, t.Type)
	}
	c.length(what, t.Text, least, most)
	if t.Type == "mrkdwn" && loud.MatchString(t.Text) {
		c.say("%s with a mention of a whole channel", what)
	}
	if t.Type == "mrkdwn" && !t.Verbatim {
		c.say("%s is markup and not verbatim: names and addresses in it would become links", what)
	}
}

func (c *checker) section(b block) {
	if b.Text == nil && len(b.Fields) == 0 {
		c.say("a section without text")
	}
	if b.Text != nil {
		c.text("text", parseText(b.Text), 1, 3000, "mrkdwn", "plain_text")
	}
	if len(b.Fields) > 10 {
		c.say("%d fields", len(b.Fields))
	}
	for i := range b.Fields {
		c.text("field", &b.Fields[i], 1, 2000, "mrkdwn", "plain_text")
	}
	if b.Accessory != nil {
		c.element(*b.Accessory)
	}
}

func (c *checker) context(b block) {
	if n := len(b.Elements); n < 1 || n > 10 {
		c.say("%d elements in a context", n)
	}
	for _, raw := range b.Elements {
		var t textJSON
		if err := json.Unmarshal(raw, &t); err != nil {
			c.say("%v", err)
			continue
		}
		c.text("context", &t, 1, 3000, "mrkdwn", "plain_text")
	}
}

func (c *checker) actions(b block) {
	if n := len(b.Elements); n < 1 || n > 25 {
		c.say("%d elements in actions", n)
	}
	seen := map[string]bool{}
	for _, raw := range b.Elements {
		var e element
		if err := json.Unmarshal(raw, &e); err != nil {
			c.say("%v", err)
			continue
		}
		if seen[e.ActionID] {
			c.say("action_id %q twice in a block", e.ActionID)
		}
		seen[e.ActionID] = true
		c.element(e)
	}
}

func (c *checker) input(b block) {
	if c.where == "message" {
		c.say("an input in a message")
	}
	c.text("label", b.Label, 1, 2000, "plain_text")
	if b.Hint != nil {
		c.text("hint", b.Hint, 1, 2000, "plain_text")
	}
	if b.Element == nil {
		c.say("an input without element")
		return
	}
	c.element(*b.Element)
}

func (c *checker) element(e element) {
	c.length("action_id", e.ActionID, 1, 255)
	switch e.Type {
	case "button":
		c.text("button", e.Text, 1, 75, "plain_text")
		c.length("value", e.Value, 0, 2000)
		c.length("url", e.URL, 0, 3000)
		if e.Style != "" && e.Style != "primary" && e.Style != "danger" {
			c.say("style %q", e.Style)
		}
	case "overflow":
		c.options(e.Options, 1, 5)
	case "static_select", "radio_buttons", "checkboxes":
		most := 100
		if e.Type != "static_select" {
			most = 10
		}
		c.options(e.Options, 1, most)
		c.initial(e)
	case "external_select":
		if e.Initial != nil {
			c.option(*e.Initial)
		}
	case "plain_text_input":
		c.length("initial_value", e.InitialValue, 0, 3000)
		if e.MaxLength < 0 || e.MaxLength > 3000 {
			c.say("max_length %d", e.MaxLength)
		}
	default:
		c.say("element %q is not known", e.Type)
	}
	if e.Placeholder != nil {
		c.text("placeholder", e.Placeholder, 1, 150, "plain_text")
	}
}

func (c *checker) options(all []optionJSON, least, most int) {
	if len(all) < least || len(all) > most {
		c.say("%d options, not %d to %d", len(all), least, most)
	}
	seen := map[string]bool{}
	for _, o := range all {
		c.option(o)
		if seen[o.Value] {
			c.say("option %q twice", o.Value)
		}
		seen[o.Value] = true
	}
}

func (c *checker) option(o optionJSON) {
	c.text("option", o.Text, 1, 75, "plain_text", "mrkdwn")
	c.length("option's value", o.Value, 1, 150)
	if o.Description != nil {
		c.text("description", o.Description, 1, 75, "plain_text", "mrkdwn")
	}
}

// initial is one of the options, word for word.
func (c *checker) initial(e element) {
	for _, want := range append(e.InitialMany, deref(e.Initial)...) {
		if !slices.ContainsFunc(e.Options, func(o optionJSON) bool { return o.Value == want.Value && o.Text.Text == want.Text.Text }) {
			c.say("initial option %q is none of the options", want.Value)
		}
	}
}

func deref(o *optionJSON) []optionJSON {
	if o == nil {
		return nil
	}
	return []optionJSON{*o}
}
