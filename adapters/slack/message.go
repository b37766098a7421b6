package slack

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/slack-go/slack"

	"meridian/bot"
)

const (
	maxWords = 9000  // characters of a message
	maxJSON  = 12000 // bytes of a message's blocks: above about 13,000 Slack refuses them
)

// content is a message as Slack takes it.
type content struct {
	notice string // what a phone shows, escaped
	blocks string // JSON
}

// content writes a message. more says where the rest of one that had to be cut
// can be read.
func (p painter) content(m bot.Message, author string, more []piece) (content, error) {
	text := p.pieces(m.Text)
	if m.Card {
		text = headed(text)
	}
	if author != "" {
		text = append([]piece{{text: clean(author), bold: true}, {kind: pieceBreak}}, text...)
	}
	below := append(p.chart(m.Chart), p.buttons(m)...)
	if rows := p.table(m.Table); rows != nil && author == "" {
		raw, err := marshal(append(rows, below...))
		if err != nil {
			return content{}, fmt.Errorf("slack: blocks: %w", err)
		}
		if len(raw) <= maxJSON {
			return content{notice: p.notice(m), blocks: raw}, nil
		}
	}
	for budget := maxWords; budget > 100; {
		blocks, cut := layOut(text, budget)
		if cut {
			rest, _ := layOut(append([]piece{{text: "… "}}, more...), maxRich)
			blocks = append(blocks, rest...)
		}
		raw, err := marshal(append(blocks, below...))
		if err != nil {
			return content{}, fmt.Errorf("slack: blocks: %w", err)
		}
		if len(raw) <= maxJSON {
			return content{notice: p.notice(m), blocks: raw}, nil
		}
		budget = min(budget*9/10, budget*maxJSON/len(raw))
	}
	return content{}, errors.New("slack: a message that cannot be made short enough")
}

// marshal writes JSON without the escapes that only browsers need.
func marshal(v any) (string, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return "", err
	}
	if s := strings.TrimSpace(b.String()); s != "null" {
		return s, nil
	}
	return "", nil
}

// notice is one sentence for a phone.
func (p painter) notice(m bot.Message) string {
	t := m.Preview
	if len(t.Parts) == 0 {
		t = m.Text
	}
	s := p.plainText(t)
	if s == "" {
		s = "…"
	}
	return escape(short(s, maxNotice))
}

// headed lets the first line of a card stand out.
func headed(text []piece) []piece {
	for i := range text {
		if text[i].kind == pieceBreak || text[i].block {
			break
		}
		text[i].bold = text[i].kind != pieceDate && !text[i].code
	}
	return text
}

// buttons are at most three, the likely one first, and a menu of the rest.
func (p painter) buttons(m bot.Message) []slack.Block {
	var elements []slack.BlockElement
	for i, b := range m.Buttons {
		if !fits(b) {
			continue
		}
		e := slack.NewButtonBlockElement(actionID(b.Act, i), b.Value, plainObject(p.label(b), maxButton))
		if i == 0 && m.Card {
			e.Style = slack.StylePrimary
		}
		elements = append(elements, e)
	}
	elements = append(elements, p.menu(m.More, len(m.Buttons))...)
	if len(elements) == 0 {
		return nil
	}
	return []slack.Block{slack.NewActionBlock("", elements[:min(len(elements), maxElements)]...)}
}

// fits reports whether Slack takes what a button is about. Cut short it would be
// about something else.
func fits(b bot.Button) bool { return utf8.RuneCountInString(b.Value) <= maxButtonValue }

func (p painter) label(b bot.Button) string {
	s := p.plainText(b.Label)
	if b.Emoji != "" {
		s = strings.TrimSpace(b.Emoji + " " + s)
	}
	if s == "" {
		s = b.Act
	}
	return s
}

// menu is what stands behind ⋯. Slack's own sign for it holds five entries; a
// longer one is a list to choose from. What is too long for an entry is a button.
func (p painter) menu(more []bot.Button, at int) (out []slack.BlockElement) {
	var options []*slack.OptionBlockObject
	seen := map[string]bool{}
	for _, b := range more {
		value := b.Act + menuCut + b.Value
		if !fits(b) || seen[value] {
			continue
		}
		seen[value] = true
		if len([]rune(value)) > maxOptionValue || len(options) == maxOptions {
			out = append(out, slack.NewButtonBlockElement(actionID(b.Act, at+len(out)), b.Value, plainObject(p.label(b), maxButton)))
			continue
		}
		options = append(options, slack.NewOptionBlockObject(value, plainObject(p.label(b), maxOption), nil))
	}
	switch n := len(options); {
	case n == 0:
		return out
	case n <= maxOverflow:
		return append(out, &slack.OverflowBlockElement{Type: slack.METOverflow, ActionID: menuAction, Options: options})
	}
	return append(out, &slack.SelectBlockElement{Type: slack.OptTypeStatic, ActionID: menuAction, Placeholder: plainObject("⋯", maxOption), Options: options})
}

// How an act is written into what Slack gives back when it is pressed.
const (
	actPrefix  = "act:"
	menuAction = "menu"
	menuCut    = "|"
)

// actionID names a button: several of one act may stand beside each other.
func actionID(act string, i int) string { return actPrefix + act + "#" + strconv.Itoa(i) }

// actOf reads what actionID and the menu have written.
func actOf(actionID, value, chosen string) (act, about string, ok bool) {
	if actionID == menuAction {
		act, about, ok = strings.Cut(chosen, menuCut)
		return act, about, ok && act != ""
	}
	act, ok = strings.CutPrefix(actionID, actPrefix)
	if i := strings.LastIndexByte(act, '#'); i >= 0 {
		act = act[:i]
	}
	return act, value, ok && act != ""
}

// plainObject is text without any markup, emoji names included.
func plainObject(s string, most int) *slack.TextBlockObject {
	off := false
	s = short(clean(s), most)
	if strings.TrimSpace(s) == "" {
		s = "…"
	}
	return &slack.TextBlockObject{Type: slack.PlainTextType, Text: s, Emoji: &off}
}
