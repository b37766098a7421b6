package slacktest

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// click is an action of a block, as it is sent.
type click map[string]any

// findClick looks through blocks for what carries a label: a button, an option
// of a menu.
func findClick(raw json.RawMessage, label string) (click, bool) {
	var blocks []block
	if json.Unmarshal(raw, &blocks) != nil {
		return nil, false
	}
	for _, b := range blocks {
		elements := b.Elements
		if b.Accessory != nil {
			one, err := json.Marshal(b.Accessory)
			if err != nil {
				return nil, false
			}
			elements = append(elements, one)
		}
		for _, raw := range elements {
			var e element
			if json.Unmarshal(raw, &e) != nil {
				continue
			}
			if c, ok := e.click(label); ok {
				c["block_id"], c["action_ts"] = or(b.BlockID, "b1"), "1"
				return c, true
			}
		}
	}
	return nil, false
}

func (e element) click(label string) (click, bool) {
	if e.Type == "button" && e.Text != nil && e.Text.Text == label {
		return click{"type": "button", "action_id": e.ActionID, "value": e.Value, "text": e.Text}, true
	}
	for _, o := range e.Options {
		if o.Text != nil && (o.Text.Text == label || o.Value == label) {
			return click{"type": e.Type, "action_id": e.ActionID, "selected_option": o}, true
		}
	}
	return nil, false
}

// Press lets a person press what carries a label in a message: a button, or an
// entry of its menu. Messages that only the person sees come first.
func (s *Server) Press(user, channel, ts, label string) (Ack, error) {
	s.mu.Lock()
	where := channel
	m := s.find(channel, ts)
	if m == nil {
		where = "whispers to " + user
		m = s.find(where, ts)
	}
	if m == nil {
		s.mu.Unlock()
		return Ack{}, fmt.Errorf("there is no message %s", ts)
	}
	c, ok := findClick(m.Blocks, label)
	if !ok {
		s.mu.Unlock()
		return Ack{}, fmt.Errorf("there is no button %q in %s", label, m)
	}
	return s.PressRaw(user, channel, m, c, where != channel), nil
}

// PressAction lets a person press the button of a message that has this
// action_id, whatever its label says.
func (s *Server) PressAction(user, channel, ts, action string) Ack {
	s.mu.Lock()
	m := s.find(channel, ts)
	if m == nil {
		s.mu.Unlock()
		return Ack{}
	}
	var blocks []block
	_ = json.Unmarshal(m.Blocks, &blocks) // a message without any has no button
	for _, b := range blocks {
		for _, raw := range b.Elements {
			var e element
			if json.Unmarshal(raw, &e) == nil && e.Type == "button" && e.ActionID == action {
				return s.PressRaw(user, channel, m, click{"type": "button", "action_id": e.ActionID, "value": e.Value, "text": e.Text, "block_id": or(b.BlockID, "b1")}, false)
			}
		}
	}
	s.mu.Unlock()
	return Ack{}
}

// PressRaw sends a press as it is given. The caller holds the lock, which is
// given back.
func (s *Server) PressRaw(user, channel string, m *Message, c click, whisper bool) Ack {
	c["action_ts"] = s.ts()
	container := map[string]any{"type": "message", "message_ts": m.TS, "channel_id": channel, "is_ephemeral": whisper}
	payload := s.interaction("block_actions", user)
	if m.Thread != "" {
		container["thread_ts"] = m.Thread
	}
	payload["container"], payload["actions"] = container, []click{c}
	payload["channel"] = map[string]any{"id": channel, "name": s.channels[channel].Name}
	payload["response_url"] = s.responseURL(channel, m.Thread, user)
	payload["state"] = map[string]any{"values": map[string]any{}}
	if !whisper {
		payload["message"] = s.json(channel, m, false)
	}
	return s.finish(outgoing{kind: "interactive", payload: payload})
}

// interaction is what all interactions say. The caller holds the lock.
func (s *Server) interaction(kind, user string) map[string]any {
	return map[string]any{
		"type": kind, "token": "verification-token", "api_app_id": App, "enterprise": nil, "is_enterprise_install": false, "trigger_id": s.newTrigger(user),
		"team": map[string]any{"id": Team, "domain": "meridian"},
		"user": map[string]any{"id": user, "username": user, "name": s.users[user].Name, "team_id": s.teamOf(user)},
	}
}

// Shortcut lets a person choose a shortcut of the app: of a message, or global
// where ts is empty.
func (s *Server) Shortcut(user, callback, channel, ts string) Ack {
	s.mu.Lock()
	kind := "shortcut"
	if ts != "" {
		kind = "message_action"
	}
	payload := s.interaction(kind, user)
	payload["callback_id"], payload["action_ts"] = callback, s.ts()
	if m := s.find(channel, ts); m != nil {
		payload["message_ts"], payload["message"] = ts, s.json(channel, m, false)
		payload["channel"] = map[string]any{"id": channel, "name": s.channels[channel].Name}
		payload["response_url"] = s.responseURL(channel, "", user)
	}
	return s.finish(outgoing{kind: "interactive", payload: payload})
}

// Submit fills the modal that a person has before them, by block ids, and sends
// it. What the person leaves alone keeps its value. A modal with errors stays.
func (s *Server) Submit(user string, fields map[string]string) (Ack, error) {
	s.mu.Lock()
	stack := s.views[user]
	if len(stack) == 0 {
		s.mu.Unlock()
		return Ack{}, fmt.Errorf("%s has no modal", user)
	}
	v := stack[len(stack)-1]
	values, err := fill(v.Blocks, fields)
	if err != nil {
		s.mu.Unlock()
		return Ack{}, err
	}
	payload := s.interaction("view_submission", user)
	view := v.json()
	view["state"] = map[string]any{"values": values}
	payload["view"] = view
	ack := s.finish(outgoing{kind: "interactive", payload: payload})
	return ack, s.submitted(user, v, ack)
}

// submitted does to a modal what the app has answered.
func (s *Server) submitted(user string, v *View, ack Ack) error {
	if !ack.Taken {
		return fmt.Errorf("the modal was not taken: %s", ack.Body)
	}
	var in struct {
		Action string            `json:"response_action"`
		Errors map[string]string `json:"errors"`
		View   json.RawMessage   `json:"view"`
	}
	if len(ack.Body) > 0 {
		if err := json.Unmarshal(ack.Body, &in); err != nil {
			return fmt.Errorf("answer to a modal: %w", err)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	stack := s.views[user]
	switch in.Action {
	case "":
		s.views[user] = stack[:len(stack)-1]
	case "clear":
		delete(s.views, user)
	case "errors":
		for id := range in.Errors {
			if !slices.Contains(inputs(v.Blocks), id) {
				s.breach("view_submission: an error for %q, which is no input", id)
			}
		}
		v.Errors = in.Errors
	case "update":
		next, problems := parseView(in.View, "modal")
		if len(problems) > 0 {
			s.breach("view_submission: update: %v", problems)
			return nil
		}
		next.ID, next.Hash, next.User = v.ID, s.id("H"), user
		stack[len(stack)-1] = next
	default:
		s.breach("view_submission: response_action %q", in.Action)
	}
	return nil
}

func inputs(raw json.RawMessage) (ids []string) {
	var blocks []block
	if json.Unmarshal(raw, &blocks) != nil {
		return nil
	}
	for _, b := range blocks {
		if b.Type == "input" {
			ids = append(ids, b.BlockID)
		}
	}
	return ids
}

// fill makes the state of a modal. An input that must have a value and has none
// is not sent, as in Slack's own window.
func fill(raw json.RawMessage, fields map[string]string) (map[string]any, error) {
	var blocks []block
	if err := json.Unmarshal(raw, &blocks); err != nil {
		return nil, err
	}
	left := maps.Clone(fields)
	values := map[string]any{}
	for _, b := range blocks {
		if b.Type != "input" {
			continue
		}
		value, given := left[b.BlockID]
		delete(left, b.BlockID)
		state, err := b.Element.state(value, given)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", b.BlockID, err)
		}
		if !b.Optional && state.empty() {
			return nil, fmt.Errorf("%s must be filled in", b.BlockID)
		}
		values[b.BlockID] = map[string]any{b.Element.ActionID: state}
	}
	for id := range left {
		return nil, fmt.Errorf("there is no field %q", id)
	}
	return values, nil
}

func (c click) empty() bool {
	return (c["value"] == nil || c["value"] == "") && c["selected_option"] == nil && c["selected_options"] == nil
}

// state is the value of an element, as a submission carries it.
func (e element) state(value string, given bool) (click, error) {
	switch e.Type {
	case "plain_text_input":
		if !given {
			value = e.InitialValue
		}
		if value == "" {
			return click{"type": e.Type, "value": nil}, nil
		}
		return click{"type": e.Type, "value": value}, nil
	case "external_select":
		if !given && e.Initial != nil {
			return click{"type": e.Type, "selected_option": e.Initial}, nil
		} else if value == "" {
			return click{"type": e.Type, "selected_option": nil}, nil
		}
		return click{"type": e.Type, "selected_option": optionJSON{Text: &textJSON{Type: "plain_text", Text: value}, Value: value}}, nil
	}
	if !given && e.Initial != nil {
		return click{"type": e.Type, "selected_option": e.Initial}, nil
	}
	if value == "" {
		return click{"type": e.Type, "selected_option": nil}, nil
	}
	for _, o := range e.Options {
		if o.Value == value || o.Text.Text == value {
			return click{"type": e.Type, "selected_option": o}, nil
		}
	}
	return nil, fmt.Errorf("%q cannot be chosen", value)
}

// Suggest asks the app for the choices of a field that a person types in, and
// gives their labels.
func (s *Server) Suggest(user, blockID, typed string) ([]string, error) {
	s.mu.Lock()
	stack := s.views[user]
	if len(stack) == 0 {
		s.mu.Unlock()
		return nil, fmt.Errorf("%s has no modal", user)
	}
	v := stack[len(stack)-1]
	var blocks []block
	if err := json.Unmarshal(v.Blocks, &blocks); err != nil {
		s.mu.Unlock()
		return nil, err
	}
	i := slices.IndexFunc(blocks, func(b block) bool { return b.BlockID == blockID })
	if i < 0 || blocks[i].Element == nil || blocks[i].Element.Type != "external_select" {
		s.mu.Unlock()
		return nil, fmt.Errorf("%q asks for no choices", blockID)
	}
	payload := s.interaction("block_suggestion", user)
	delete(payload, "trigger_id")
	payload["view"], payload["value"] = v.json(), typed
	payload["block_id"], payload["action_id"] = blockID, blocks[i].Element.ActionID
	ack := s.finish(outgoing{kind: "interactive", payload: payload})
	var in struct {
		Options []optionJSON `json:"options"`
	}
	if err := json.Unmarshal(ack.Body, &in); err != nil {
		return nil, fmt.Errorf("answer to a suggestion: %w", err)
	}
	var labels []string
	check := &checker{ids: map[string]bool{}}
	check.options(in.Options, 0, 100)
	if len(check.problems) > 0 {
		s.breach("block_suggestion: %v", check.problems)
	}
	for _, o := range in.Options {
		labels = append(labels, o.Text.Text)
	}
	return labels, nil
}

// Choose lets a person choose something, by its label or value, in a field of
// their modal that tells the app at once.
func (s *Server) Choose(user, blockID, label string) error {
	s.mu.Lock()
	stack := s.views[user]
	if len(stack) == 0 {
		s.mu.Unlock()
		return fmt.Errorf("%s has no modal", user)
	}
	v := stack[len(stack)-1]
	var blocks []block
	if err := json.Unmarshal(v.Blocks, &blocks); err != nil {
		s.mu.Unlock()
		return err
	}
	i := slices.IndexFunc(blocks, func(b block) bool { return b.BlockID == blockID })
	if i < 0 || !blocks[i].Dispatch {
		s.mu.Unlock()
		return fmt.Errorf("%q tells nobody what is chosen", blockID)
	}
	c, ok := blocks[i].Element.click(label)
	if !ok {
		s.mu.Unlock()
		return fmt.Errorf("%q cannot be chosen", label)
	}
	values := map[string]any{}
	for _, b := range blocks {
		if b.Type != "input" {
			continue
		}
		state, err := b.Element.state("", false)
		if b.BlockID == blockID {
			state = click{"type": c["type"], "selected_option": c["selected_option"]}
		} else if err != nil {
			s.mu.Unlock()
			return err
		}
		values[b.BlockID] = map[string]any{b.Element.ActionID: state}
	}
	c["block_id"], c["action_ts"] = blockID, s.ts()
	payload := s.interaction("block_actions", user)
	view := v.json()
	view["state"] = map[string]any{"values": values}
	payload["container"] = map[string]any{"type": "view", "view_id": v.ID}
	payload["view"], payload["actions"] = view, []click{c}
	if ack := s.finish(outgoing{kind: "interactive", payload: payload}); !ack.Taken {
		return fmt.Errorf("the choice was not taken: %s", ack.Body)
	}
	return nil
}

// Tells reports whether a field of the modal that a person has before them tells
// the app at once what is chosen in it.
func (s *Server) Tells(user, blockID string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	stack := s.views[user]
	var blocks []block
	if len(stack) == 0 || json.Unmarshal(stack[len(stack)-1].Blocks, &blocks) != nil {
		return false
	}
	return slices.ContainsFunc(blocks, func(b block) bool { return b.BlockID == blockID && b.Dispatch })
}

// Inputs are the ids of the fields in the modal that a person has before them.
func (s *Server) Inputs(user string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	stack := s.views[user]
	if len(stack) == 0 {
		return nil
	}
	return inputs(stack[len(stack)-1].Blocks)
}
