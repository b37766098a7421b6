package slacktest

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// content is what chat.* methods share: text, blocks, metadata.
type content struct {
	text     string
	blocks   json.RawMessage
	metadata json.RawMessage
}

// loud are the mentions that call a whole channel, written as markup.
var loud = regexp.MustCompile(`<!(?:channel|here|everyone|subteam\^[^>]*)(?:\|[^>]*)?>`)

// content reads and checks what a message is to show.
func (c *call) content() (content, error) {
	m := content{text: c.args.Get("text")}
	if raw := c.args.Get("blocks"); raw != "" && raw != "null" && raw != "[]" {
		m.blocks = json.RawMessage(raw)
	}
	if raw := c.args.Get("metadata"); raw != "" {
		m.metadata = json.RawMessage(raw)
	}
	if m.text == "" && m.blocks == nil {
		return m, apiError{code: "no_text"}
	}
	if n := utf8.RuneCountInString(m.text); n > 40000 {
		c.s.breach("%s: text of %d characters", c.method, n)
		return m, apiError{code: "msg_too_long"}
	} else if n > 4000 {
		c.s.breach("%s: text of %d characters, 4000 are advised", c.method, n)
	}
	if m.text == "" {
		c.s.breach("%s: no text beside the blocks: phones show nothing", c.method)
	}
	if loud.MatchString(m.text) {
		c.s.breach("%s: a mention of a whole channel", c.method)
	}
	if c.args.Get("link_names") != "" && c.args.Get("link_names") != "0" && c.args.Get("link_names") != "false" || c.args.Get("parse") == "full" {
		c.s.breach("%s: names would be made mentions", c.method)
	}
	if m.blocks != nil {
		if problems := CheckBlocks(m.blocks, "message"); len(problems) > 0 {
			c.s.breach("%s: invalid_blocks: %s", c.method, strings.Join(problems, "; "))
			return m, apiError{code: "invalid_blocks", extra: answer{"response_metadata": answer{"messages": problems}}}
		}
	}
	return m, nil
}

func (c *call) post() (answer, error) {
	ch, err := c.channel()
	if err != nil {
		return nil, err
	}
	in, err := c.content()
	if err != nil {
		return nil, err
	}
	for _, unfurl := range []string{"unfurl_links", "unfurl_media"} {
		if v := c.args.Get(unfurl); v != "false" && v != "0" {
			c.s.breach("chat.postMessage: %s is %q and not off", unfurl, v)
		}
	}
	key := metadataKey(in.metadata)
	if key == "" {
		c.s.breach("chat.postMessage: no metadata to find it by")
	}
	m := &Message{TS: c.s.ts(), User: BotUser, Bot: true, Text: in.text, Blocks: in.blocks, Metadata: in.metadata}
	if thread := c.args.Get("thread_ts"); thread != "" {
		root := c.s.find(ch.ID, thread)
		switch {
		case root == nil:
			return refuse("thread_not_found")
		case root.Thread != "":
			c.s.breach("chat.postMessage: thread_ts %s is itself a reply", thread)
			thread = root.Thread
		}
		m.Thread = thread
	}
	c.s.put(ch.ID, m)
	c.s.note(Entry{Kind: "post", Channel: ch.ID, Thread: m.Thread, TS: m.TS, Text: m.Text, Notice: m.Text, Key: key}, m.Blocks)
	shown := c.s.json(ch.ID, m, true)
	c.s.echo(ch, m)
	return answer{"channel": ch.ID, "ts": m.TS, "message": shown}, nil
}

func metadataKey(raw json.RawMessage) string {
	var m struct {
		Type    string            `json:"event_type"`
		Payload map[string]string `json:"event_payload"`
	}
	if json.Unmarshal(raw, &m) != nil || m.Type == "" {
		return ""
	}
	return m.Payload["key"]
}

func (c *call) update() (answer, error) {
	ch, err := c.channel()
	if err != nil {
		return nil, err
	}
	m := c.s.find(ch.ID, c.args.Get("ts"))
	switch {
	case m == nil:
		return refuse("message_not_found")
	case !m.Bot:
		return refuse("cant_update_message")
	}
	in, err := c.content()
	if err != nil {
		return nil, err
	}
	before := *m
	m.Text, m.Blocks = in.text, in.blocks
	if in.metadata != nil {
		m.Metadata = in.metadata
	}
	c.s.note(Entry{Kind: "edit", Channel: ch.ID, Thread: m.Thread, TS: m.TS, Text: m.Text, Notice: m.Text}, m.Blocks)
	c.s.changed(ch, m, &before)
	return answer{"channel": ch.ID, "ts": m.TS, "text": m.Text, "message": c.s.json(ch.ID, m, false)}, nil
}

func (c *call) delete() (answer, error) {
	ch, err := c.channel()
	if err != nil {
		return nil, err
	}
	m := c.s.find(ch.ID, c.args.Get("ts"))
	switch {
	case m == nil:
		return refuse("message_not_found")
	case !m.Bot:
		return refuse("cant_delete_message")
	}
	c.s.remove(ch.ID, m.TS)
	c.s.note(Entry{Kind: "delete", Channel: ch.ID, Thread: m.Thread, TS: m.TS, Text: m.Text}, m.Blocks)
	return answer{"channel": ch.ID, "ts": m.TS}, nil
}

func (c *call) ephemeral() (answer, error) {
	ch, err := c.channel()
	if err != nil {
		return nil, err
	}
	in, err := c.content()
	if err != nil {
		return nil, err
	}
	user := c.args.Get("user")
	if !ch.has(user) {
		return refuse("user_not_in_channel")
	}
	thread := c.args.Get("thread_ts")
	if thread != "" && c.s.find(ch.ID, thread) == nil {
		return refuse("thread_not_found")
	}
	ts := c.s.ts()
	c.s.whisper(ch.ID, thread, ts, user, in)
	return answer{"message_ts": ts}, nil
}

// whisper shows a person something that only they see. It is kept so that they
// can press its buttons, but it is in no history.
func (s *Server) whisper(channel, thread, ts, user string, in content) {
	m := Message{TS: ts, Thread: thread, User: BotUser, Bot: true, Text: in.text, Blocks: in.blocks}
	s.messages["whispers to "+user] = append(s.messages["whispers to "+user], &m)
	s.note(Entry{Kind: "whisper", Channel: channel, Thread: thread, TS: ts, User: user, Text: m.Text, Notice: in.text}, m.Blocks)
}

func (c *call) reacted() (*Channel, *Message, string, error) {
	ch, err := c.channel()
	if err != nil {
		return nil, nil, "", err
	}
	m := c.s.find(ch.ID, c.args.Get("timestamp"))
	name := c.args.Get("name")
	switch {
	case m == nil:
		return nil, nil, "", apiError{code: "message_not_found"}
	case name == "" || strings.ContainsAny(name, ": "):
		return nil, nil, "", apiError{code: "invalid_name"}
	}
	return ch, m, name, nil
}

func (c *call) react() (answer, error) {
	ch, m, name, err := c.reacted()
	if err != nil {
		return nil, err
	}
	if !m.react(name, BotUser) {
		return refuse("already_reacted")
	}
	c.s.note(Entry{Kind: "react", Channel: ch.ID, Thread: m.Thread, TS: m.TS, Emoji: name}, nil)
	c.s.reactionEvent(ch, m, BotUser, name, "reaction_added")
	return answer{}, nil
}

func (c *call) unreact() (answer, error) {
	ch, m, name, err := c.reacted()
	if err != nil {
		return nil, err
	}
	if !m.unreact(name, BotUser) {
		return refuse("no_reaction")
	}
	c.s.note(Entry{Kind: "unreact", Channel: ch.ID, Thread: m.Thread, TS: m.TS, Emoji: name}, nil)
	return answer{}, nil
}

func (m *Message) react(name, user string) bool {
	for i := range m.Reactions {
		if m.Reactions[i].Name != name {
			continue
		}
		if slices.Contains(m.Reactions[i].Users, user) {
			return false
		}
		m.Reactions[i].Users = append(m.Reactions[i].Users, user)
		return true
	}
	m.Reactions = append(m.Reactions, Reaction{Name: name, Users: []string{user}})
	return true
}

func (m *Message) unreact(name, user string) bool {
	for i := range m.Reactions {
		if at := slices.Index(m.Reactions[i].Users, user); m.Reactions[i].Name == name && at >= 0 {
			m.Reactions[i].Users = slices.Delete(m.Reactions[i].Users, at, at+1)
			if len(m.Reactions[i].Users) == 0 {
				m.Reactions = slices.Delete(m.Reactions, i, i+1)
			}
			return true
		}
	}
	return false
}

// response is a response address: 5 answers within 30 minutes.
type response struct {
	channel, thread, user string
	until                 time.Time
	uses                  int
}

// responseURL makes one. The caller holds the lock.
func (s *Server) responseURL(channel, thread, user string) string {
	id := s.id("R")
	s.responses[id] = &response{channel: channel, thread: thread, user: user, until: time.Now().Add(30 * time.Minute)}
	return s.address("hooks.slack.com", "/response/"+id)
}
