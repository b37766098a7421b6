package slacktest

import (
	"slices"
	"strings"
)

// Say lets a person write a message; thread is the first message of a thread,
// or empty. It gives the message's timestamp.
func (s *Server) Say(user, channel, thread, text string) string {
	return s.SayWith(user, channel, thread, text)
}

// SayWith is a message with files, by the ids that Attach gave.
func (s *Server) SayWith(user, channel, thread, text string, files ...string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := &Message{TS: s.ts(), Thread: thread, User: user, Text: text, Files: files}
	if len(files) > 0 {
		m.Subtype = "file_share"
	}
	s.put(channel, m)
	s.echo(s.channels[channel], m)
	return m.TS
}

// Attach uploads a file of a person.
func (s *Server) Attach(user, name, kind string, data []byte) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := &file{ID: s.id("F"), Name: name, Title: name, Type: kind, Data: data, Size: len(data), Done: true, User: user, shares: map[string]string{}}
	s.files[f.ID] = f
	return f.ID
}

// Quietly lets a person write a message of which the app is not told, as while
// it was down.
func (s *Server) Quietly(user, channel, thread, text string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.put(channel, &Message{TS: s.ts(), Thread: thread, User: user, Text: text}).TS
}

// Edit changes a message.
func (s *Server) Edit(channel, ts, text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.find(channel, ts)
	if m == nil {
		return // it is gone
	}
	before := *m
	m.Text, m.Edited = text, s.ts()
	s.changed(s.channels[channel], m, &before)
}

// Delete takes a message away. One that has replies stays as a mark.
func (s *Server) Delete(channel, ts string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	ch, m := s.channels[channel], s.find(channel, ts)
	if m == nil {
		return // it is gone already
	}
	before := s.json(channel, m, false)
	s.remove(channel, ts)
	if !ch.has(BotUser) {
		return
	}
	at := s.ts()
	s.event(ch, map[string]any{
		"type": "message", "subtype": "message_deleted", "hidden": true, "channel": channel, "channel_type": ch.kind(),
		"ts": at, "event_ts": at, "deleted_ts": ts, "previous_message": before,
	})
}

// React puts an emoji; name may carry a skin tone, "+1::skin-tone-2".
func (s *Server) React(user, channel, ts, name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if m := s.find(channel, ts); m != nil && m.react(name, user) {
		s.reactionEvent(s.channels[channel], m, user, name, "reaction_added")
	}
}

// Unreact takes an emoji away.
func (s *Server) Unreact(user, channel, ts, name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if m := s.find(channel, ts); m != nil && m.unreact(name, user) {
		s.reactionEvent(s.channels[channel], m, user, name, "reaction_removed")
	}
}

// UnreactQuietly takes an emoji away without the app hearing of it, as when the
// event was lost.
func (s *Server) UnreactQuietly(user, channel, ts, name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if m := s.find(channel, ts); m != nil {
		m.unreact(name, user)
	}
}

// Join lets a person into a channel.
func (s *Server) Join(user, channel string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	ch := s.channels[channel]
	ch.Members = append(ch.Members, user)
	if ch.has(BotUser) {
		s.event(ch, map[string]any{"type": "member_joined_channel", "user": user, "channel": channel, "channel_type": "C", "team": s.teamOf(user), "event_ts": s.ts()})
	}
}

// Leave takes a person out of a channel.
func (s *Server) Leave(user, channel string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	ch := s.channels[channel]
	told := ch.has(BotUser)
	ch.Members = slices.DeleteFunc(ch.Members, func(id string) bool { return id == user })
	if told {
		s.event(ch, map[string]any{"type": "member_left_channel", "user": user, "channel": channel, "channel_type": "C", "team": s.teamOf(user), "event_ts": s.ts()})
	}
}

// ChangeUser changes a person and tells the app.
func (s *Server) ChangeUser(u User) {
	s.AddUser(u)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.event(nil, map[string]any{"type": "user_change", "user": s.users[u.ID].json(true), "event_ts": s.ts(), "cache_ts": 1})
}

// ShareChannel shares a channel with another organization and tells the app.
func (s *Server) ShareChannel(channel string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	ch := s.channels[channel]
	ch.Shared = true
	s.event(ch, map[string]any{"type": "channel_shared", "channel": channel, "connected_team_id": Stranger, "event_ts": s.ts()})
}

// OpenHome lets a person look at the app's home.
func (s *Server) OpenHome(user string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.event(nil, map[string]any{"type": "app_home_opened", "user": user, "channel": s.direct(user).ID, "tab": "home", "event_ts": s.ts()})
}

// Slash lets a person give a slash command, such as "/request", and waits for
// the acknowledgement.
func (s *Server) Slash(user, channel, command, text string) Ack {
	s.mu.Lock()
	ch := s.channels[channel]
	o := outgoing{kind: "slash_commands", payload: map[string]string{
		"token": "verification-token", "team_id": s.teamOf(user), "team_domain": "meridian", "channel_id": channel, "channel_name": or(ch.Name, "directmessage"),
		"user_id": user, "user_name": strings.ToLower(s.users[user].Name), "command": command, "text": text, "api_app_id": App, "is_enterprise_install": "false",
		"response_url": s.responseURL(channel, "", user), "trigger_id": s.newTrigger(user),
	}}
	return s.finish(o)
}

// finish sends something that comes once, and waits. The caller holds the lock,
// which is given back.
func (s *Server) finish(o outgoing) Ack {
	a := s.start(o, 0, "")
	s.mu.Unlock()
	ack, why := s.await(a)
	if why == "http_timeout" {
		s.breach("%s was not acknowledged within 3 seconds", o.kind)
	}
	return ack
}
