package slack

import (
	"bytes"
	"encoding/json"
	"strings"
	"time"

	"meridian/bot"
)

// envelope is what the Events API wraps an event in, as far as it matters.
type envelope struct {
	Type      string          `json:"type"`
	Challenge string          `json:"challenge"`
	Team      string          `json:"team_id"`
	Context   string          `json:"context_team_id"`
	App       string          `json:"api_app_id"`
	ID        string          `json:"event_id"`
	Event     json.RawMessage `json:"event"`
	For       []struct {
		Team string `json:"team_id"`
		User string `json:"user_id"`
		Bot  bool   `json:"is_bot"`
	} `json:"authorizations"`
}

// inner is an event of any type; which fields count depends on it.
type inner struct {
	Type     string `json:"type"`
	Subtype  string `json:"subtype"`
	Channel  ident  `json:"channel"`
	User     ident  `json:"user"`
	Kind     string `json:"channel_type"`
	Text     string `json:"text"`
	TS       string `json:"ts"`
	Thread   string `json:"thread_ts"`
	At       string `json:"event_ts"`
	Team     string `json:"team"`
	UserTeam string `json:"user_team"`
	Bot      string `json:"bot_id"`
	App      string `json:"app_id"`
	Tab      string `json:"tab"`
	Reaction string `json:"reaction"`
	Item     struct {
		Type    string `json:"type"`
		Channel string `json:"channel"`
		TS      string `json:"ts"`
	} `json:"item"`
	DeletedTS string    `json:"deleted_ts"`
	Message   *message  `json:"message"`
	Previous  *message  `json:"previous_message"`
	Files     []fileRef `json:"files"`
	Edited    *edit     `json:"edited"`
}

// message is a message within an event or a history.
type message struct {
	Type      string    `json:"type"`
	Subtype   string    `json:"subtype"`
	User      string    `json:"user"`
	UserTeam  string    `json:"user_team"`
	Team      string    `json:"team"`
	Bot       string    `json:"bot_id"`
	App       string    `json:"app_id"`
	Name      string    `json:"username"`
	Text      string    `json:"text"`
	TS        string    `json:"ts"`
	Thread    string    `json:"thread_ts"`
	Latest    string    `json:"latest_reply"`
	Replies   int       `json:"reply_count"`
	Edited    *edit     `json:"edited"`
	Files     []fileRef `json:"files"`
	Metadata  *metadata `json:"metadata"`
	Reactions []struct {
		Name  string   `json:"name"`
		Users []string `json:"users"`
	} `json:"reactions"`
}

type edit struct {
	User string `json:"user"`
	TS   string `json:"ts"`
}

// metadata is what we put into a message to find it by.
type metadata struct {
	Type    string `json:"event_type"`
	Payload struct {
		Key string `json:"key"`
	} `json:"event_payload"`
}

// fileRef is a file of a message.
type fileRef struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Type string `json:"mimetype"`
	Size int64  `json:"size"`
	Mode string `json:"mode"`
	URL  string `json:"url_private_download"`
}

// ident is an id, written as it is or within an object.
type ident string

// UnmarshalJSON takes "C1" and {"id": "C1", ...}; anything else is no id.
func (i *ident) UnmarshalJSON(b []byte) error {
	var object struct {
		ID string `json:"id"`
	}
	if len(b) > 0 && b[0] == '{' {
		if err := json.Unmarshal(b, &object); err != nil {
			return err
		}
		*i = ident(object.ID)
		return nil
	}
	var s string
	if err := json.Unmarshal(b, &s); err == nil {
		*i = ident(s)
	}
	return nil
}

// Where an event is kept that this version does not understand: a change of
// nothing that the desk knows, with the bytes as they came.
const (
	whatPerson  = "person"
	whatChannel = "channel"
	whatUnknown = "unknown"
)

// decoded is what a body of the Events API comes to.
type decoded struct {
	event     bot.Event
	ignore    bool   // ours, or nothing that anybody said or did
	challenge string // of an address that is being set up
	dead      string // the app was taken out, or its token
	missed    bool   // Slack has kept events back
}

// decode reads a body of the Events API. It never fails: what it does not
// understand is kept as it came, under the event's id.
func (a *Adapter) decode(body []byte) decoded {
	var e envelope
	if err := json.Unmarshal(body, &e); err != nil {
		e = loosely(body)
	}
	switch e.Type {
	case "url_verification":
		return decoded{challenge: e.Challenge, ignore: true}
	case "event_callback":
		return a.inside(e, body)
	case "app_rate_limited":
		return decoded{event: a.unknown(e, body), missed: true}
	}
	return decoded{event: a.unknown(e, body)}
}

// loosely reads an envelope some of whose fields are not of the kind that they
// should be.
func loosely(body []byte) (e envelope) {
	var fields map[string]json.RawMessage
	if json.Unmarshal(body, &fields) != nil {
		return e
	}
	for key, into := range map[string]*string{"type": &e.Type, "challenge": &e.Challenge, "team_id": &e.Team,
		"context_team_id": &e.Context, "api_app_id": &e.App, "event_id": &e.ID} {
		_ = json.Unmarshal(fields[key], into) // it stays empty
	}
	e.Event = fields["event"]
	_ = json.Unmarshal(fields["authorizations"], &e.For)
	return e
}

// home is the workspace the app is in, and user who it is there.
func (a *Adapter) home(e envelope) (team, user string) {
	me := a.self()
	team, user = me.Team, me.User
	for _, f := range e.For {
		if f.Bot && team == "" {
			team, user = f.Team, f.User
		}
	}
	if team == "" {
		team = e.Context
	}
	return team, user
}

// inside reads the event within an envelope.
func (a *Adapter) inside(e envelope, body []byte) decoded {
	var in inner
	if len(e.Event) == 0 || bytes.Equal(e.Event, []byte("null")) || json.Unmarshal(e.Event, &in) != nil {
		if in = looseInner(e.Event); in.Type == "" {
			return decoded{event: a.unknown(e, body)}
		}
	}
	team, self := a.home(e)
	o := origin{envelope: e, team: team, self: self, app: e.App}
	switch in.Type {
	case "message", "app_mention":
		if ev, ok := a.said(o, in); ok {
			if len(in.Files) > 0 && len(body) <= bot.InlineLimit {
				ev.Raw = body // it says where the files are
			}
			return decoded{event: ev}
		}
		return decoded{ignore: true}
	case "reaction_added", "reaction_removed":
		if in.Item.Type != "message" || string(in.User) == self || !isStamp(in.Item.TS) {
			return decoded{ignore: true}
		}
		return decoded{event: a.reacted(o, in)}
	case "app_home_opened":
		if in.Tab != "home" || in.User == "" {
			return decoded{ignore: true}
		}
		return decoded{event: o.event("opened:"+e.ID, bot.Direct(o.person(string(in.User), "")), string(in.User), "", in.At, bot.Opened{})}
	case "tokens_revoked", "app_uninstalled":
		return decoded{event: a.unknown(e, body), dead: in.Type}
	}
	if ev, ok := changed(o, in); ok {
		return decoded{event: ev}
	}
	return decoded{event: a.unknown(e, body)}
}

// looseInner takes what it can of an event with fields of the wrong kind.
func looseInner(raw json.RawMessage) (in inner) {
	var fields map[string]json.RawMessage
	if json.Unmarshal(raw, &fields) != nil {
		return in
	}
	for key, into := range map[string]any{"type": &in.Type, "subtype": &in.Subtype, "channel": &in.Channel, "user": &in.User, "channel_type": &in.Kind,
		"text": &in.Text, "ts": &in.TS, "thread_ts": &in.Thread, "event_ts": &in.At, "team": &in.Team, "user_team": &in.UserTeam, "bot_id": &in.Bot,
		"app_id": &in.App, "tab": &in.Tab, "reaction": &in.Reaction, "item": &in.Item, "deleted_ts": &in.DeletedTS,
		"message": &in.Message, "previous_message": &in.Previous, "files": &in.Files} {
		_ = json.Unmarshal(fields[key], into) // it stays empty
	}
	return in
}

// unknown keeps a body as it came.
func (a *Adapter) unknown(e envelope, body []byte) bot.Event {
	key := "event:" + e.ID
	if e.ID == "" {
		key = "body:" + fingerprint(body)
	}
	raw := body
	if len(raw) > bot.InlineLimit {
		raw = raw[:bot.InlineLimit]
	}
	return bot.Event{Source: name, Key: key, At: time.Now(), Raw: raw, Body: bot.Changed{What: whatUnknown}}
}

// origin is where an event comes from.
type origin struct {
	envelope
	team string // of the app
	self string // the app's own user
	app  string
}

// person names a user of a team. Those of others carry their team; where the
// team is not told, it is looked up when the event is read.
func (o origin) person(user, team string) string {
	if team != "" && o.team != "" && team != o.team {
		return name + ":" + team + "/" + user
	}
	return name + ":" + user
}

// event fills in what all events have.
func (o origin) event(key string, place bot.Place, user, team, at string, body bot.Body) bot.Event {
	when, ok := instant(at)
	if !ok {
		when = time.Now()
	}
	e := bot.Event{Source: name, Key: key, Place: place, At: when, Body: body}
	if user != "" {
		e.Actor = bot.Actor{ID: o.person(user, team)}
	}
	return e
}

// place is a channel, or the direct messages with one person: those have a
// channel id of their own that begins with D.
func (o origin) place(channel, user, team string) bot.Place {
	if strings.HasPrefix(channel, "D") && user != "" {
		return bot.Direct(o.person(user, team))
	}
	return bot.Place{Adapter: name, Channel: channel}
}
