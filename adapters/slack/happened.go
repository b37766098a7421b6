package slack

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"meridian/bot"
)

// said reads a message, or what became of one. It reports false for what nobody
// said: our own words, those of other bots, and notices such as "has joined".
func (a *Adapter) said(o origin, in inner) (bot.Event, bool) {
	switch in.Subtype {
	case "", "file_share", "thread_broadcast", "me_message":
	case "message_changed":
		return a.edited(o, in)
	case "message_deleted":
		return a.deleted(o, in)
	default:
		return bot.Event{}, false
	}
	m := message{Subtype: in.Subtype, User: string(in.User), UserTeam: in.UserTeam, Team: in.Team, Bot: in.Bot, App: in.App, Text: in.Text, TS: in.TS, Thread: in.Thread, Files: in.Files}
	return a.spoken(o, string(in.Channel), m)
}

// spoken is a message of a channel, from an event or from the history: both
// have one key.
func (a *Adapter) spoken(o origin, channel string, m message) (bot.Event, bool) {
	switch m.Subtype {
	case "", "file_share", "thread_broadcast", "me_message":
	default:
		return bot.Event{}, false
	}
	if o.machine(m) || m.User == "" || channel == "" || !isStamp(m.TS) {
		return bot.Event{}, false
	}
	team := foreign(m)
	place := o.place(channel, m.User, team)
	if place.IsDirect() {
		a.direct.put(m.User, channel)
	}
	if m.Thread != "" && m.Thread != m.TS {
		place.Thread = m.Thread
	}
	text, mentioned := addressed(m.Text, o.self)
	body := bot.Said{Text: text, Mentioned: mentioned || place.IsDirect()}
	for _, f := range m.Files {
		if f.Mode == "tombstone" || f.ID == "" {
			continue
		}
		body.Files = append(body.Files, bot.File{Name: f.Name, Type: f.Type, Size: f.Size})
	}
	e := o.event("said:"+channel+"/"+m.TS, place, m.User, team, m.TS, body)
	e.Message = m.TS
	return e, true
}

// foreign is the team of who wrote, where the message tells that it is another.
func foreign(m message) string {
	if m.UserTeam != "" {
		return m.UserTeam
	}
	return m.Team
}

// machine reports whether a message is ours or another bot's.
func (o origin) machine(m message) bool {
	return m.Bot != "" || m.App != "" && m.App == o.app || m.User == o.self && o.self != ""
}

// edited is a new text of a message. Slack says "changed" for much else:
// replies below it, previews, and our own edits.
func (a *Adapter) edited(o origin, in inner) (bot.Event, bool) {
	m := in.Message
	if m == nil || !isStamp(m.TS) {
		return bot.Event{}, false
	}
	if m.Subtype == "tombstone" {
		in.DeletedTS = m.TS
		return a.deleted(o, in)
	}
	was := ""
	if in.Previous != nil && in.Previous.Edited != nil {
		was = in.Previous.Edited.TS
	}
	if o.machine(*m) || m.User == "" || m.Edited == nil || m.Edited.TS == was {
		return bot.Event{}, false
	}
	return o.rewritten(string(in.Channel), *m), true
}

// rewritten is the last edit of a message.
func (o origin) rewritten(channel string, m message) bot.Event {
	team := foreign(m)
	place := o.place(channel, m.User, team)
	if m.Thread != "" && m.Thread != m.TS {
		place.Thread = m.Thread
	}
	text, _ := addressed(m.Text, o.self)
	e := o.event("edited:"+channel+"/"+m.TS+"/"+m.Edited.TS, place, m.User, team, m.Edited.TS, bot.Edited{Text: text})
	e.Message = m.TS
	return e
}

// deleted says that a message is gone. It is told as its author's act: Slack
// does not say who took it away.
func (a *Adapter) deleted(o origin, in inner) (bot.Event, bool) {
	m := in.Previous
	if m == nil || o.machine(*m) || m.User == "" || !isStamp(in.DeletedTS) {
		return bot.Event{}, false
	}
	team := foreign(*m)
	place := o.place(string(in.Channel), m.User, team)
	if m.Thread != "" && m.Thread != m.TS {
		place.Thread = m.Thread
	}
	e := o.event("deleted:"+string(in.Channel)+"/"+in.DeletedTS, place, m.User, team, in.At, bot.Deleted{})
	e.Message = in.DeletedTS
	return e, true
}

// reacted is an emoji put on a message, or taken off it.
func (a *Adapter) reacted(o origin, in inner) bot.Event {
	emoji, _, _ := strings.Cut(in.Reaction, "::") // a skin tone is the same emoji
	body := bot.Reacted{Emoji: emoji, Removed: in.Type == "reaction_removed"}
	what := "reacted:"
	if body.Removed {
		what = "unreacted:"
	}
	e := o.event(what+in.Item.Channel+"/"+in.Item.TS+"/"+string(in.User)+"/"+in.Reaction+"/"+in.At,
		o.place(in.Item.Channel, string(in.User), in.UserTeam), string(in.User), in.UserTeam, in.At, body)
	e.Message = in.Item.TS
	return e
}

// changed is what tells of a person or a channel that is not as it was.
func changed(o origin, in inner) (bot.Event, bool) {
	key := func(what string) string { return what + ":" + o.ID }
	channel := bot.Place{Adapter: name, Channel: string(in.Channel)}
	switch in.Type {
	case "member_joined_channel":
		return o.event(key("joined"), channel, string(in.User), in.Team, in.At, bot.Joined{Self: string(in.User) == o.self}), in.User != "" && in.Channel != ""
	case "member_left_channel", "channel_shared", "channel_unshared", "channel_rename", "group_rename", "channel_archive", "channel_unarchive",
		"group_archive", "group_unarchive", "channel_id_changed", "channel_deleted":
		return o.event(key("changed"), channel, "", "", in.At, bot.Changed{What: whatChannel}), in.Channel != ""
	case "user_change", "team_join", "user_profile_changed":
		return o.event(key("changed"), bot.Place{}, string(in.User), "", in.At, bot.Changed{What: whatPerson}), in.User != ""
	case "subteam_members_changed", "subteam_updated":
		return o.event(key("changed"), bot.Place{}, "", "", in.At, bot.Changed{What: "group"}), true
	}
	return bot.Event{}, false
}

// fingerprint names bytes that carry no id.
func fingerprint(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:16])
}
