package slack

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"strings"

	"github.com/slack-go/slack"

	"meridian/bot"
)

// opener is the event that opened a form, as the desk is asked for it again.
func (a *Adapter) opener(in interaction, m memo) bot.Event {
	e := a.event(in, "", m.Message, bot.Pressed{Act: m.Open, Value: m.OpenFor})
	e.Place, e.Message = m.place(), m.Message
	return e
}

// submitted is a filled form. The desk tries it first: what is wrong is shown in
// the window, and nothing has happened yet.
func (a *Adapter) submitted(ctx context.Context, in interaction) (answer []byte, ok bool) {
	if in.View == nil || in.View.Callback != formCallback {
		return nil, true
	}
	m, known := parseMemo(in.View.Metadata)
	if !known {
		return nil, true
	}
	values, blocks := in.View.fields(m)
	in.Response = ""
	e := a.event(in, "submitted:"+in.View.ID+"/"+in.View.Hash, m.Message, bot.Submitted{Act: m.Act, Value: m.Value, Fields: values})
	e.Place, e.Message = m.place(), m.Message
	refused, err := a.try(ctx, e)
	switch {
	case err != nil:
		a.log.Error("slack: a form could not be tried", "error", err)
		return nil, false
	case refused == nil:
		return nil, a.store(ctx, e)
	}
	return a.shownAgain(ctx, in, m, e, refused, values, blocks), true
}

func (a *Adapter) try(ctx context.Context, e bot.Event) (*bot.Error, error) {
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	err := a.desk.Try(ctx, e)
	var told *bot.Error
	if errors.As(err, &told) {
		return told, nil
	}
	return nil, err
}

// shownAgain is the answer to a form with something wrong in it: a word at the
// field, or the form anew where it hides what the person agrees to.
func (a *Adapter) shownAgain(ctx context.Context, in interaction, m memo, e bot.Event, refused *bot.Error, values, blocks map[string]string) []byte {
	p := a.painter(ctx, e.Place, e.Actor.ID, false)
	if m.Hidden == nil {
		if block := blockFor(refused.Field, blocks); block != "" {
			return encode(slack.NewErrorsViewSubmissionResponse(map[string]string{block: short(p.plainText(refused.Text), maxError)}))
		}
	}
	form, opens, err := a.form(ctx, a.opener(in, m))
	if err != nil || !opens {
		form = bot.Form{Act: m.Act, Value: m.Value, Title: refused.Text, Submit: bot.Say("slack.close").For(language(refused.Text))}
		return a.gone(p, form, refused)
	}
	m.Turn++
	view, err := p.modal(form, m, values, refused)
	if err != nil {
		a.log.Error("slack: a form cannot be shown again", "error", err)
		return nil
	}
	return encode(slack.NewUpdateViewSubmissionResponse(view))
}

// gone says why a form can no longer be filled in.
func (a *Adapter) gone(p painter, f bot.Form, refused *bot.Error) []byte {
	blocks, _ := layOut(p.pieces(refused.Text), maxRich)
	return encode(slack.NewUpdateViewSubmissionResponse(&slack.ModalViewRequest{
		Type: slack.VTModal, CallbackID: "gone", Title: plainObject(p.plainText(bot.Say("slack.not_done").For(language(f.Title))), maxTitle),
		Close: plainObject(p.plainText(f.Submit), maxTitle), Blocks: slack.Blocks{BlockSet: blocks},
	}))
}

// blockFor is the input that a word belongs to: its own, else any.
func blockFor(field string, blocks map[string]string) string {
	if b := blocks[field]; b != "" {
		return b
	}
	first := ""
	for _, b := range blocks {
		if first == "" || b < first {
			first = b
		}
	}
	return first
}

func encode(v any) []byte {
	raw, err := marshal(v)
	if err != nil {
		return nil
	}
	return []byte(raw)
}

// fill shows an open form anew when something was chosen in it: a choice may
// bring words into another field, and other fields may be asked for.
func (a *Adapter) fill(ctx context.Context, in interaction, block string) {
	m, known := parseMemo(in.View.Metadata)
	if !known {
		return
	}
	values, _ := in.View.fields(m)
	e := a.opener(in, m)
	form, opens, err := a.form(ctx, e)
	if err != nil || !opens {
		return
	}
	for _, f := range form.Fields {
		if words, ok := f.Fills[values[f.Name]]; ok && f.Name == fieldOf(block) {
			values[f.FillsField] = words
		}
	}
	for field := range m.Hidden {
		delete(values, field)
	}
	m.Turn++
	view, err := a.painter(ctx, e.Place, e.Actor.ID, false).modal(form, m, values, nil)
	if err != nil {
		return
	}
	raw, err := marshal(view)
	if err != nil {
		return
	}
	if err := a.api.call(ctx, "views.update", url.Values{"view_id": {in.View.ID}, "hash": {in.View.Hash}, "view": {raw}}, nil); err != nil {
		a.log.Warn("slack: a form was not filled in", "error", err)
	}
}

// suggest answers what can be chosen of a long list, while it is typed.
func (a *Adapter) suggest(ctx context.Context, in interaction) []byte {
	none := []byte(`{"options":[]}`)
	if in.View == nil {
		return none
	}
	m, known := parseMemo(in.View.Metadata)
	if !known {
		return none
	}
	form, opens, err := a.form(ctx, a.opener(in, m))
	if err != nil || !opens {
		return none
	}
	var found []bot.Choice
	for _, f := range form.Fields {
		if f.Name == fieldOf(in.Block) {
			found = matching(f.Choices, in.Typed)
		}
	}
	if len(found) == 0 {
		found = a.completed(ctx, in, m)
	}
	all := options(found)
	raw, err := json.Marshal(map[string]any{"options": all[:min(len(all), maxOptions)]})
	if err != nil || len(all) == 0 {
		return none
	}
	return raw
}

// completed asks the desk itself what could follow.
func (a *Adapter) completed(ctx context.Context, in interaction, m memo) []bot.Choice {
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	e := a.opener(in, m)
	q := bot.Query{Actor: e.Actor, Place: e.Place, Text: "/desk " + m.Act + " " + in.Typed, Limit: maxOptions}
	found, err := a.desk.Choices(ctx, q)
	if err != nil {
		a.log.Warn("slack: nothing could be suggested", "error", err)
	}
	return found
}

// matching are the choices with what was typed in them, whatever its case.
func matching(all []bot.Choice, typed string) (out []bot.Choice) {
	typed = strings.ToLower(strings.TrimSpace(typed))
	for _, c := range all {
		if strings.Contains(strings.ToLower(c.Label), typed) || strings.Contains(strings.ToLower(c.Value), typed) {
			out = append(out, c)
		}
	}
	return out
}
