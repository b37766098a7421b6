package slacktest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

// User is one person, or the app itself.
type User struct {
	ID        string
	Team      string // default Team
	Name      string // as it is shown
	Zone      string // of the IANA database; "none": they told none
	Locale    string // "en-US", "ru-RU"; "none"
	Guest     bool   // of several channels (is_restricted)
	SoleGuest bool   // of one channel (is_ultra_restricted)
	Bot       bool
	Deleted   bool
}

// Channel is a channel, or a direct message with one person.
type Channel struct {
	ID       string
	Name     string
	Members  []string
	Private  bool
	Shared   bool // with another organization
	Archived bool
	With     string // of a direct message: the person
}

// Message is one message of a channel or thread.
type Message struct {
	TS, Thread string
	User       string
	Bot        bool // it is the app's
	Subtype    string
	Text       string
	Blocks     json.RawMessage
	Metadata   json.RawMessage
	Edited     string // when, as a timestamp
	Reactions  []Reaction
	Files      []string // ids
	seen       time.Time
	root       bool // its thread has replies
}

// Reaction is one emoji with those who put it.
type Reaction struct {
	Name  string
	Users []string
}

// AddUser lets somebody into the workspace, or changes them.
func (s *Server) AddUser(u User) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u.Team = or(u.Team, Team)
	u.Zone = or(u.Zone, "Europe/Minsk")
	u.Locale = or(u.Locale, "en-US")
	s.users[u.ID] = &u
}

// AddChannel opens a channel. The app is in it if its members say so.
func (s *Server) AddChannel(c Channel) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.channels[c.ID] = &c
}

// AddGroup makes a user group.
func (s *Server) AddGroup(id string, members ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.groups[id] = members
}

// Cast fills the workspace with the people and channels that most tests need:
// Vera, Inga, Timur, Kirill and Irina in Minsk, Dina in Novosibirsk; Grace and
// Owen of Harbor in Boston, who are strangers; #support, shared with Harbor;
// #desk and #alerts, the team's own; #inside for colleagues.
func (s *Server) Cast() {
	s.AddUser(User{ID: BotUser, Name: "desk", Bot: true})
	for _, u := range []User{
		{ID: "U0VERA", Name: "Vera"}, {ID: "U0INGA", Name: "Inga"}, {ID: "U0TIMUR", Name: "Timur"},
		{ID: "U0DINA", Name: "Dina", Zone: "Asia/Novosibirsk"},
		{ID: "U0KIRILL", Name: "Кирилл", Locale: "ru-RU"}, {ID: "U0IRINA", Name: "Ирина", Locale: "ru-RU"},
		{ID: "U0GUEST", Name: "Gus", Guest: true},
		{ID: "U0GRACE", Name: "Grace", Team: Stranger, Zone: "America/New_York"}, {ID: "U0OWEN", Name: "Owen", Team: Stranger, Zone: "America/New_York"},
	} {
		s.AddUser(u)
	}
	team := []string{BotUser, "U0VERA", "U0INGA", "U0TIMUR", "U0DINA", "U0KIRILL"}
	s.AddChannel(Channel{ID: "C0SUPPORT", Name: "support", Shared: true, Members: append(slices.Clone(team), "U0GRACE", "U0OWEN")})
	s.AddChannel(Channel{ID: "C0DESK", Name: "desk", Private: true, Members: slices.Clone(team)})
	s.AddChannel(Channel{ID: "C0ALERTS", Name: "alerts", Members: slices.Clone(team)})
	s.AddChannel(Channel{ID: "C0INSIDE", Name: "inside", Members: append(slices.Clone(team), "U0IRINA")})
	s.AddChannel(Channel{ID: "C0AUTO", Name: "auto", Shared: true, Members: append(slices.Clone(team), "U0GRACE", "U0OWEN")})
	s.AddChannel(Channel{ID: "C0HELPRU", Name: "помощь", Members: append(slices.Clone(team), "U0IRINA")})
	s.AddChannel(Channel{ID: "C0ELSE", Name: "elsewhere", Members: []string{"U0VERA", "U0INGA"}})
}

// direct is the conversation with one person. The caller holds the lock.
func (s *Server) direct(user string) *Channel {
	for _, c := range s.channels {
		if c.With == user {
			return c
		}
	}
	c := &Channel{ID: "D" + strings.TrimPrefix(user, "U"), With: user, Members: []string{user, BotUser}}
	s.channels[c.ID] = c
	return c
}

// DirectWith is the id of the app's direct messages with a person.
func (s *Server) DirectWith(user string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.direct(user).ID
}

func (ch *Channel) has(user string) bool { return slices.Contains(ch.Members, user) }

func (ch *Channel) kind() string {
	switch {
	case ch.With != "":
		return "im"
	case ch.Private:
		return "group"
	}
	return "channel"
}

// find is a message by its timestamp. The caller holds the lock.
func (s *Server) find(channel, ts string) *Message {
	for _, m := range s.messages[channel] {
		if m.TS == ts {
			return m
		}
	}
	return nil
}

func (s *Server) remove(channel, ts string) {
	s.messages[channel] = slices.DeleteFunc(s.messages[channel], func(m *Message) bool { return m.TS == ts })
}

// put stores a message. It is seen in histories only after a while. The caller
// holds the lock.
func (s *Server) put(channel string, m *Message) *Message {
	m.seen = time.Now().Add(s.o.Visibility)
	if m.Thread != "" {
		if root := s.find(channel, m.Thread); root != nil {
			root.root = true
		}
	}
	s.messages[channel] = append(s.messages[channel], m)
	return m
}

// Messages are those of a channel and its threads, oldest first.
func (s *Server) Messages(channel string) []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Message
	for _, m := range s.messages[channel] {
		out = append(out, *m)
	}
	return out
}

// Message is one message.
func (s *Server) Message(channel, ts string) (Message, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if m := s.find(channel, ts); m != nil {
		return *m, true
	}
	return Message{}, false
}

// Plain is a message's blocks, or its text, as one reads them.
func (m Message) Plain() string {
	if len(m.Blocks) > 0 {
		return Plain(m.Blocks)
	}
	return m.Text
}

// json is a message as Slack writes it. The caller holds the lock.
func (s *Server) json(channel string, m *Message, metadata bool) map[string]any {
	out := map[string]any{"type": "message", "ts": m.TS, "text": m.Text, "user": m.User, "team": s.teamOf(m.User)}
	if m.Bot {
		out["bot_id"], out["app_id"] = BotID, App
		out["bot_profile"] = map[string]any{"id": BotID, "app_id": App, "name": "desk", "team_id": Team, "deleted": false, "updated": 1}
	} else {
		out["client_msg_id"] = "c-" + m.TS
	}
	if m.Subtype != "" {
		out["subtype"] = m.Subtype
	}
	if m.Thread != "" {
		out["thread_ts"] = m.Thread
	}
	if m.root {
		out["thread_ts"] = m.TS
		out["reply_count"], out["latest_reply"] = s.replies(channel, m.TS)
	}
	if len(m.Blocks) > 0 {
		out["blocks"] = m.Blocks
	}
	if metadata && len(m.Metadata) > 0 {
		out["metadata"] = m.Metadata
	}
	if m.Edited != "" {
		out["edited"] = map[string]any{"user": m.User, "ts": m.Edited}
	}
	if len(m.Reactions) > 0 {
		var all []map[string]any
		for _, r := range m.Reactions {
			all = append(all, map[string]any{"name": r.Name, "users": r.Users, "count": len(r.Users)})
		}
		out["reactions"] = all
	}
	if len(m.Files) > 0 {
		var all []map[string]any
		for _, id := range m.Files {
			all = append(all, s.files[id].json(s))
		}
		out["files"] = all
	}
	return out
}

func (s *Server) replies(channel, ts string) (n int, latest string) {
	for _, m := range s.messages[channel] {
		if m.Thread == ts {
			n, latest = n+1, m.TS
		}
	}
	return n, latest
}

func (s *Server) teamOf(user string) string {
	if u := s.users[user]; u != nil {
		return u.Team
	}
	return Team
}

// json is a person as users.info shows them to an app of our workspace.
func (u *User) json(locale bool) map[string]any {
	zone := strings.TrimPrefix(u.Zone, "none")
	out := map[string]any{
		"id": u.ID, "team_id": u.Team, "name": strings.ToLower(u.ID), "real_name": u.Name, "deleted": u.Deleted, "is_bot": u.Bot,
		"is_restricted": u.Guest || u.SoleGuest, "is_ultra_restricted": u.SoleGuest, "is_stranger": u.Team != Team,
		"tz": zone, "tz_label": zone, "tz_offset": -1, "updated": 1,
		"profile": map[string]any{"real_name": u.Name + " Realname", "display_name": u.Name, "team": u.Team},
	}
	if locale {
		out["locale"] = strings.TrimPrefix(u.Locale, "none")
	}
	return out
}

// String says where a message stands, for failures.
func (m Message) String() string { return fmt.Sprintf("%s: %.60q", m.TS, m.Plain()) }

// HasUser reports whether somebody is in the workspace.
func (s *Server) HasUser(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.users[id] != nil
}
