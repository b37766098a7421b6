package slacktest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// manifest is an app's manifest, as far as Slack checks it.
type manifest struct {
	Display struct {
		Name, Description string
		Long              string `json:"long_description"`
		Color             string `json:"background_color"`
	} `json:"display_information"`
	Features struct {
		AppHome map[string]bool `json:"app_home"`
		BotUser struct {
			Name   string `json:"display_name"`
			Online bool   `json:"always_online"`
		} `json:"bot_user"`
		Shortcuts []struct {
			Name, Type, Description string
			Callback                string `json:"callback_id"`
		} `json:"shortcuts"`
		Slash []struct {
			Command, Description, URL string
			Hint                      string `json:"usage_hint"`
			Escape                    bool   `json:"should_escape"`
		} `json:"slash_commands"`
	} `json:"features"`
	OAuth struct {
		Scopes struct{ Bot []string } `json:"scopes"`
	} `json:"oauth_config"`
	Settings struct {
		Events struct {
			URL string   `json:"request_url"`
			Bot []string `json:"bot_events"`
		} `json:"event_subscriptions"`
		Interactivity struct {
			Enabled bool   `json:"is_enabled"`
			URL     string `json:"request_url"`
			Options string `json:"message_menu_options_url"`
		} `json:"interactivity"`
		Org      bool `json:"org_deploy_enabled"`
		Socket   bool `json:"socket_mode_enabled"`
		Rotation bool `json:"token_rotation_enabled"`
	} `json:"settings"`
}

var slashName = regexp.MustCompile(`^/[a-z0-9_-]{1,31}$`)

// Reserved are the commands that Slack keeps for itself. One of them in a
// manifest and the whole is refused.
func Reserved() []string {
	return strings.Fields(`/active /apps /archive /away /call /collapse /dm /dnd /expand /feed /feedback /help /invite /join /kick /leave /me /msg /mute
		/open /part /prefs /pro /remind /remove /rename /search /shortcuts /shrug /star /status /topic /unarchive /who`)
}

// CheckManifest says what Slack would refuse of a manifest in JSON.
func CheckManifest(raw []byte) (problems []string) {
	say := func(format string, args ...any) { problems = append(problems, fmt.Sprintf(format, args...)) }
	var m manifest
	in := json.NewDecoder(bytes.NewReader(raw))
	in.DisallowUnknownFields()
	if err := in.Decode(&m); err != nil {
		return []string{err.Error()}
	}
	length := func(what, s string, least, most int) {
		if n := utf8.RuneCountInString(s); n < least || n > most {
			say("%s of %d characters, not %d to %d", what, n, least, most)
		}
	}
	length("name", m.Display.Name, 1, 35)
	length("description", m.Display.Description, 0, 140)
	if m.Display.Long != "" {
		length("long_description", m.Display.Long, 175, 4000)
	}
	length("display_name", m.Features.BotUser.Name, 1, 80)
	problems = append(problems, m.commands()...)
	if n := len(m.Features.Shortcuts); n > 10 {
		say("%d shortcuts", n)
	}
	for _, s := range m.Features.Shortcuts {
		length("shortcut", s.Name, 1, 24)
		length("callback_id", s.Callback, 1, 255)
		length("description of a shortcut", s.Description, 1, 150)
		if s.Type != "message" && s.Type != "global" {
			say("shortcut of type %q", s.Type)
		}
	}
	return append(problems, m.settings()...)
}

func (m manifest) commands() (problems []string) {
	say := func(format string, args ...any) { problems = append(problems, fmt.Sprintf(format, args...)) }
	if n := len(m.Features.Slash); n > 50 {
		say("%d commands", n)
	}
	seen := map[string]bool{}
	for _, c := range m.Features.Slash {
		switch {
		case !slashName.MatchString(c.Command):
			say("%q is no name of a command", c.Command)
		case slices.Contains(Reserved(), c.Command):
			say("%s is Slack's own", c.Command)
		case seen[c.Command]:
			say("%s twice", c.Command)
		case c.Description == "" || utf8.RuneCountInString(c.Description) > 2000 || utf8.RuneCountInString(c.Hint) > 1000:
			say("description or hint of %s is too short or too long", c.Command)
		case m.Settings.Socket == (c.URL != ""):
			say("%s has the address %q", c.Command, c.URL)
		case c.URL != "" && !strings.HasPrefix(c.URL, "https://"):
			say("%s has no https address", c.Command)
		}
		seen[c.Command] = true
	}
	return problems
}

// settings are the events, whose scopes must be asked for, and the addresses.
func (m manifest) settings() (problems []string) {
	say := func(format string, args ...any) { problems = append(problems, fmt.Sprintf(format, args...)) }
	s := m.Settings
	for _, u := range []string{s.Events.URL, s.Interactivity.URL, s.Interactivity.Options} {
		if s.Socket && u != "" || !s.Socket && !strings.HasPrefix(u, "https://") {
			say("address %q, socket mode %v", u, s.Socket)
		}
	}
	for _, scope := range m.OAuth.Scopes.Bot {
		if !slices.Contains(allScopes(), scope) && scope != "users:read.email" && scope != "chat:write.customize" {
			say("scope %q is not known", scope)
		}
	}
	for _, e := range s.Events.Bot {
		need, ok := eventScopes()[e]
		if !ok {
			say("event %q is not known", e)
		} else if need != "" && !slices.Contains(m.OAuth.Scopes.Bot, need) {
			say("event %s needs the scope %s", e, need)
		}
	}
	if (len(m.Features.Slash) > 0 || len(m.Features.Shortcuts) > 0) && !slices.Contains(m.OAuth.Scopes.Bot, "commands") {
		say("commands need the scope commands")
	}
	return problems
}

func eventScopes() map[string]string {
	return map[string]string{
		"app_home_opened": "", "app_mention": "app_mentions:read", "app_uninstalled": "", "tokens_revoked": "",
		"message.channels": "channels:history", "message.groups": "groups:history", "message.im": "im:history",
		"reaction_added": "reactions:read", "reaction_removed": "reactions:read",
		"member_joined_channel": "channels:read", "member_left_channel": "channels:read",
		"channel_rename": "channels:read", "group_rename": "groups:read", "channel_archive": "channels:read", "channel_unarchive": "channels:read",
		"channel_shared": "channels:read", "channel_unshared": "channels:read", "channel_id_changed": "channels:read",
		"user_change": "users:read", "team_join": "users:read", "subteam_members_changed": "usergroups:read",
	}
}
