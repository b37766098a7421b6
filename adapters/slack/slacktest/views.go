package slacktest

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// View is a modal, or a person's home.
type View struct {
	ID       string
	Type     string // "modal" or "home"
	Callback string
	Title    string
	Submit   string
	Metadata string
	Blocks   json.RawMessage
	Hash     string
	Errors   map[string]string // by block id, as the app answered
	User     string
}

// trigger is what a click gives: it opens one modal, within 3 seconds.
type trigger struct {
	user  string
	until time.Time
}

// newTrigger makes one. The caller holds the lock.
func (s *Server) newTrigger(user string) string {
	id := fmt.Sprintf("%d.%d.%08x", time.Now().UnixMilli(), len(s.triggers)+1, s.rand.Uint64())
	s.triggers[id] = trigger{user: user, until: time.Now().Add(clickTime)}
	return id
}

type viewJSON struct {
	Type     string          `json:"type"`
	Callback string          `json:"callback_id"`
	Metadata string          `json:"private_metadata"`
	Title    *textJSON       `json:"title"`
	Submit   *textJSON       `json:"submit"`
	Close    *textJSON       `json:"close"`
	Blocks   json.RawMessage `json:"blocks"`
}

// parseView reads and checks a view.
func parseView(raw []byte, kind string) (*View, []string) {
	var in viewJSON
	if err := json.Unmarshal(raw, &in); err != nil {
		return nil, []string{err.Error()}
	}
	problems := CheckBlocks(in.Blocks, kind)
	say := func(format string, args ...any) { problems = append(problems, fmt.Sprintf(format, args...)) }
	if in.Type != kind {
		say("the type is %q", in.Type)
	}
	if n := utf8.RuneCountInString(in.Metadata); n > 3000 {
		say("private_metadata of %d characters", n)
	}
	if n := utf8.RuneCountInString(in.Callback); n > 255 {
		say("callback_id of %d characters", n)
	}
	v := &View{Type: in.Type, Callback: in.Callback, Metadata: in.Metadata, Blocks: in.Blocks}
	for name, text := range map[string]*textJSON{"title": in.Title, "submit": in.Submit, "close": in.Close} {
		switch {
		case kind == "home" && text != nil:
			say("a home has no %s", name)
		case text == nil:
			continue
		case text.Type != "plain_text":
			say("%s is %s", name, text.Type)
		}
		if n := utf8.RuneCountInString(text.Text); n == 0 || n > 24 {
			say("%s of %d characters", name, n)
		}
	}
	if in.Title != nil {
		v.Title = in.Title.Text
	} else if kind == "modal" {
		say("no title")
	}
	if in.Submit != nil {
		v.Submit = in.Submit.Text
	} else if kind == "modal" && strings.Contains(string(in.Blocks), `"type":"input"`) {
		say("inputs and no submit")
	}
	return v, problems
}

func (c *call) view(kind string) (*View, error) {
	v, problems := parseView([]byte(c.args.Get("view")), kind)
	if len(problems) > 0 {
		c.s.breach("%s: %s", c.method, strings.Join(problems, "; "))
		return nil, apiError{code: "invalid_arguments", extra: answer{"response_metadata": answer{"messages": problems}}}
	}
	return v, nil
}

func (c *call) openView() (answer, error) {
	id := c.args.Get("trigger_id")
	t, ok := c.s.triggers[id]
	switch {
	case !ok:
		c.s.breach("views.open: a trigger that was used before, or never given")
		return refuse("exchanged_trigger_id")
	case c.now.After(t.until):
		return refuse("expired_trigger_id")
	}
	v, err := c.view("modal")
	if err != nil {
		return nil, err
	}
	delete(c.s.triggers, id)
	v.ID, v.Hash, v.User = c.s.id("V"), c.s.id("H"), t.user
	c.s.views[t.user] = append(c.s.views[t.user], v)
	c.s.note(Entry{Kind: "open", User: t.user, TS: v.ID, Text: v.String()}, nil)
	return answer{"view": v.json()}, nil
}

func (c *call) updateView() (answer, error) {
	id := c.args.Get("view_id")
	v, err := c.view("modal")
	if err != nil {
		return nil, err
	}
	for user, stack := range c.s.views {
		for i, old := range stack {
			if old.ID == id {
				v.ID, v.Hash, v.User = id, c.s.id("H"), user
				stack[i] = v
				return answer{"view": v.json()}, nil
			}
		}
	}
	return refuse("not_found")
}

func (c *call) publish() (answer, error) {
	user := c.args.Get("user_id")
	if c.s.users[user] == nil {
		return refuse("user_not_found")
	}
	v, err := c.view("home")
	if err != nil {
		return nil, err
	}
	v.ID, v.Hash, v.User = "V"+user, c.s.id("H"), user
	c.s.homes[user] = v
	c.s.note(Entry{Kind: "home", User: user, Text: Plain(v.Blocks)}, nil)
	return answer{"view": v.json()}, nil
}

func (v *View) json() answer {
	out := answer{"id": v.ID, "team_id": Team, "type": v.Type, "callback_id": v.Callback, "private_metadata": v.Metadata, "hash": v.Hash,
		"blocks": v.Blocks, "app_id": App, "bot_id": BotID, "root_view_id": v.ID, "previous_view_id": nil, "state": answer{"values": answer{}}}
	if v.Type == "modal" {
		out["title"] = answer{"type": "plain_text", "text": v.Title}
	}
	return out
}

// String is a modal as one reads it.
func (v *View) String() string {
	s := v.Title + "\n" + Plain(v.Blocks)
	if v.Submit != "" {
		s += "\n[" + v.Submit + "]"
	}
	return s
}

// Refused is what a modal says is wrong with it, in its first block behind a
// warning sign; empty: nothing.
func (v *View) Refused() string {
	var all []json.RawMessage
	if json.Unmarshal(v.Blocks, &all) != nil || len(all) == 0 {
		return ""
	}
	told, ok := strings.CutPrefix(Plain(append(append([]byte("["), all[0]...), ']')), "⚠ ")
	if !ok {
		return ""
	}
	return told
}

// Modal is the one that a person has before them.
func (s *Server) Modal(user string) (View, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	stack := s.views[user]
	if len(stack) == 0 {
		return View{}, false
	}
	return *stack[len(stack)-1], true
}

// Home is what a person's home shows.
func (s *Server) Home(user string) (View, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	v := s.homes[user]
	if v == nil {
		return View{}, false
	}
	return *v, true
}

// CheckView says what Slack would refuse of a "modal" or a "home".
func CheckView(raw []byte, kind string) []string {
	_, problems := parseView(raw, kind)
	return problems
}
