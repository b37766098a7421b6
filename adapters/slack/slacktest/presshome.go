package slacktest

import (
	"encoding/json"
	"fmt"
)

// PressHome lets a person press something on the app's home.
func (s *Server) PressHome(user, label string) (Ack, error) {
	return s.pressHome(user, fmt.Sprintf("button %q", label), func(v *View) (click, bool) { return findClick(v.Blocks, label) })
}

// PressHomeValue lets a person press the button of their home that has this
// action_id and value: several may have one label.
func (s *Server) PressHomeValue(user, action, value string) Ack {
	ack, err := s.pressHome(user, action, func(v *View) (click, bool) {
		var blocks []block
		if json.Unmarshal(v.Blocks, &blocks) != nil {
			return nil, false
		}
		for _, b := range blocks {
			for _, raw := range b.Elements {
				var e element
				if json.Unmarshal(raw, &e) == nil && e.Type == "button" && e.ActionID == action && e.Value == value {
					return click{"type": "button", "action_id": e.ActionID, "value": e.Value, "text": e.Text, "block_id": or(b.BlockID, "b1")}, true
				}
			}
		}
		return nil, false
	})
	if err != nil {
		return Ack{}
	}
	return ack
}

func (s *Server) pressHome(user, what string, find func(*View) (click, bool)) (Ack, error) {
	s.mu.Lock()
	v := s.homes[user]
	if v == nil {
		s.mu.Unlock()
		return Ack{}, fmt.Errorf("%s has no home", user)
	}
	c, ok := find(v)
	if !ok {
		s.mu.Unlock()
		return Ack{}, fmt.Errorf("there is no %s in the home of %s", what, user)
	}
	c["action_ts"] = s.ts()
	payload := s.interaction("block_actions", user)
	payload["container"] = map[string]any{"type": "view", "view_id": v.ID}
	payload["view"], payload["actions"] = v.json(), []click{c}
	return s.finish(outgoing{kind: "interactive", payload: payload}), nil
}
