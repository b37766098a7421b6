package slack

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/slack-go/slack"

	"meridian/bot"
)

// memo is what a modal carries in private_metadata: the form that it shows,
// what opened it, and the fields that are not shown.
type memo struct {
	Act     string            `json:"a"`
	Value   string            `json:"v,omitempty"`
	Open    string            `json:"o,omitempty"` // the act that opened it
	OpenFor string            `json:"w,omitempty"`
	Channel string            `json:"c,omitempty"`
	Thread  string            `json:"t,omitempty"`
	Message string            `json:"m,omitempty"`
	Hidden  map[string]string `json:"h,omitempty"`
	Turn    int               `json:"n,omitempty"` // how often it has been shown again
}

// place is where the form was opened.
func (m memo) place() bot.Place {
	return bot.Place{Adapter: name, Channel: m.Channel, Thread: m.Thread}
}

func parseMemo(s string) (memo, bool) {
	var m memo
	err := json.Unmarshal([]byte(s), &m)
	return m, err == nil && m.Act != ""
}

// formCallback names every form of ours; what it is about stands in its memo.
const formCallback = "form"

// The parts of an input's names. Slack keeps what was typed under one block's
// id; one that is to show something else gets another.
const (
	fieldAction = "field"
	fillAction  = "fill"
	turnCut     = "~"
)

func (m memo) blockID(field string) string {
	if m.Turn == 0 {
		return field
	}
	return fmt.Sprintf("%s%s%d", field, turnCut, m.Turn)
}

func fieldOf(blockID string) string {
	field, _, _ := strings.Cut(blockID, turnCut)
	return field
}

// errTooMuch says that a form hides more than a modal can carry.
var errTooMuch = errors.New("slack: a form with more hidden words than a modal can carry")

// modal shows a form. filled are the values of one that is shown again, refused
// is what was wrong with it.
func (p painter) modal(f bot.Form, m memo, filled map[string]string, refused *bot.Error) (*slack.ModalViewRequest, error) {
	m.Act, m.Value, m.Hidden = f.Act, f.Value, nil
	v := &slack.ModalViewRequest{
		Type: slack.VTModal, CallbackID: formCallback,
		Title: plainObject(p.plainText(f.Title), maxTitle), Submit: plainObject(p.plainText(f.Submit), maxTitle),
		Close: plainObject(p.plainText(bot.Say("slack.cancel").For(language(f.Title))), maxTitle),
	}
	add := func(blocks ...slack.Block) { v.Blocks.BlockSet = append(v.Blocks.BlockSet, blocks...) }
	if refused != nil {
		blocks, _ := layOut(append([]piece{{text: "⚠ ", bold: true}}, p.pieces(refused.Text)...), maxRich)
		add(blocks...)
	}
	if len([]rune(p.plainText(f.Title))) > maxTitle { // what the window's own line cuts off
		blocks, _ := layOut(bolded(p.pieces(f.Title)), maxRich)
		add(blocks...)
	}
	if len(f.Note.Parts) > 0 {
		blocks, _ := layOut(p.pieces(f.Note), maxWords)
		add(blocks...)
	}
	for _, field := range f.Asked(filled) {
		if field.Hidden {
			if m.Hidden == nil {
				m.Hidden = map[string]string{}
			}
			m.Hidden[field.Name] = field.Value
			continue
		}
		value, ok := filled[field.Name]
		if !ok {
			value = p.initial(field)
		}
		add(p.input(field, m.blockID(field.Name), value, len(field.Fills) > 0 || f.Decides(field.Name)))
	}
	if len(v.Blocks.BlockSet) == 0 {
		add(slack.NewSectionBlock(plainObject(p.plainText(f.Title), maxRich), nil, nil))
	}
	raw, err := marshal(m)
	if err == nil && len([]rune(raw)) > maxMetadata {
		err = errTooMuch
	}
	v.PrivateMetadata = raw
	return v, err
}

func (p painter) initial(f bot.Field) string {
	if f.Value == "" && len(f.Draft.Parts) > 0 {
		return p.lines(f.Draft)
	}
	return f.Value
}

// input is one field of a form. telling lets the desk hear at once what is
// chosen in it.
func (p painter) input(f bot.Field, id, value string, telling bool) *slack.InputBlock {
	label := p.plainText(f.Label)
	if label == "" {
		label = f.Name
	}
	b := &slack.InputBlock{Type: slack.MBTInput, BlockID: id, Label: plainObject(label, maxLabel), Optional: f.Optional}
	if hint := p.lines(f.Hint); hint != "" {
		b.Hint = plainObject(hint, maxHint)
	}
	switch n := len(f.Choices); {
	case n == 0:
		b.Element = &slack.PlainTextInputBlockElement{Type: slack.METPlainTextInput, ActionID: fieldAction, Multiline: f.Long,
			InitialValue: short(value, maxInput), MaxLength: maxInput}
	case n > maxOptions:
		e := &slack.SelectBlockElement{Type: slack.OptTypeExternal, ActionID: fieldAction, MinQueryLength: new(int)}
		e.InitialOption = chosen(options(f.Choices), value)
		b.Element = e
	default:
		e := &slack.SelectBlockElement{Type: slack.OptTypeStatic, ActionID: fieldAction, Options: options(f.Choices)}
		e.InitialOption = chosen(e.Options, value)
		if telling {
			e.ActionID, b.DispatchAction = fillAction, true
		}
		b.Element = e
	}
	return b
}

// options are choices as Slack takes them. A value that is too long for one
// cannot be chosen.
func options(choices []bot.Choice) (out []*slack.OptionBlockObject) {
	seen := map[string]bool{}
	for _, c := range choices {
		if c.Value == "" || seen[c.Value] || len([]rune(c.Value)) > maxOptionValue {
			continue
		}
		seen[c.Value] = true
		label := c.Label
		if label == "" {
			label = c.Value
		}
		out = append(out, slack.NewOptionBlockObject(c.Value, plainObject(label, maxOption), nil))
	}
	return out
}

func chosen(all []*slack.OptionBlockObject, value string) *slack.OptionBlockObject {
	for _, o := range all {
		if o.Value == value {
			return o
		}
	}
	return nil
}

// viewState is a modal as it comes back.
type viewState struct {
	ID       string `json:"id"`
	Type     string `json:"type"`
	Callback string `json:"callback_id"`
	Metadata string `json:"private_metadata"`
	Hash     string `json:"hash"`
	State    struct {
		Values map[string]map[string]struct {
			Value    *string `json:"value"`
			Selected *struct {
				Value string `json:"value"`
			} `json:"selected_option"`
		} `json:"values"`
	} `json:"state"`
}

// fields are what a person has filled in, with what was hidden from them, and
// the block of each.
func (v viewState) fields(m memo) (values, blocks map[string]string) {
	values, blocks = map[string]string{}, map[string]string{}
	for id, actions := range v.State.Values {
		field := fieldOf(id)
		blocks[field] = id
		for _, in := range actions {
			switch {
			case in.Value != nil:
				values[field] = strings.ReplaceAll(*in.Value, "\r\n", "\n")
			case in.Selected != nil:
				values[field] = in.Selected.Value
			}
		}
	}
	for field, value := range m.Hidden {
		values[field] = value
	}
	return values, blocks
}
