package slack

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/slack-go/slack"
)

var (
	prefixForm = regexp.MustCompile(`^[a-z0-9_-]{0,20}$`)
	nameForm   = regexp.MustCompile(`^[a-z0-9_-]{1,31}$`)
	groupForm  = regexp.MustCompile(`^S[A-Z0-9]{2,}$`)
)

// check says what is wrong with the section. The error begins with the key.
func (c Config) check() error {
	switch {
	case c.BotToken == "":
		return errors.New("slack.bot_token: is missing; it is on the app's page OAuth & Permissions and begins with xoxb-")
	case strings.HasPrefix(c.BotToken, "xapp-") || strings.HasPrefix(c.BotToken, "xoxp-"):
		return errors.New("slack.bot_token: is another kind of token; a bot's begins with xoxb-")
	case strings.HasPrefix(c.AppToken, "xox"):
		return errors.New("slack.app_token: is another kind of token; an app's begins with xapp-")
	case c.AppToken == "" && c.SigningSecret == "":
		return errors.New("slack.app_token: is missing, and so is slack.signing_secret: set the first for Socket Mode or the second for HTTP")
	case !prefixForm.MatchString(c.Prefix):
		return errors.New("slack.prefix: must be of a-z, 0-9, - and _, at most 20 of them")
	}
	for _, g := range c.Groups {
		if !groupForm.MatchString(g) {
			return fmt.Errorf("slack: %s is no id of a user group", g)
		}
	}
	if c.APIURL == "" {
		return nil
	}
	u, err := url.Parse(c.APIURL)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return errors.New("slack.api_url: is not an address such as https://slack.com/api/")
	}
	return nil
}

// Reserved are the commands that Slack keeps for itself, without the slash. It
// refuses a whole manifest for one of them. Whether help is one is not settled,
// so that it is left alone.
func Reserved() []string {
	return []string{"active", "apps", "archive", "away", "call", "collapse", "dm", "dnd", "expand", "feed", "feedback", "help", "invite", "join", "kick",
		"leave", "me", "msg", "mute", "open", "part", "prefs", "pro", "remind", "remove", "rename", "search", "shortcuts", "shrug", "star", "status",
		"topic", "unarchive", "who"}
}

// CheckCommand says why a slash command cannot be called so, or nothing.
func CheckCommand(prefix, command string) error {
	full := prefix + command
	switch {
	case !nameForm.MatchString(full):
		return fmt.Errorf("/%s is no name for a slash command: a-z, 0-9, - and _, at most 31 of them", full)
	case slices.Contains(Reserved(), full):
		return fmt.Errorf("/%s is Slack's own, and Slack refuses the whole manifest for it", full)
	}
	return nil
}

// Scopes are what the app needs to be allowed, each with what for. groups says
// that user groups have roles.
func Scopes(groups bool) [][2]string {
	all := [][2]string{
		{"app_mentions:read", "to hear @desk in channels"},
		{"channels:history", "to read messages of public channels it is in, also after a pause"},
		{"channels:read", "to know who reads a public channel"},
		{"chat:write", "to post and edit its own messages"},
		{"commands", "slash commands and shortcuts"},
		{"files:read", "to keep files with a request"},
		{"files:write", "to show the files of requests"},
		{"groups:history", "to read messages of private channels it is in"},
		{"groups:read", "to know who reads a private channel"},
		{"im:history", "to read direct messages to it"},
		{"im:read", "to find direct messages after a pause"},
		{"im:write", "to write direct messages"},
		{"reactions:read", "to see emoji"},
		{"reactions:write", "to answer with an emoji"},
		{"users:read", "names, time zones, and who is a guest"},
	}
	if groups {
		all = append(all, [2]string{"usergroups:read", "roles by user groups"})
	}
	return all
}

// events are what the app is told of.
func events(groups bool) []string {
	all := []string{
		"app_home_opened", "app_mention", "app_uninstalled", "channel_archive", "channel_rename", "channel_shared", "channel_unarchive", "channel_unshared",
		"group_rename", "member_joined_channel", "member_left_channel", "message.channels", "message.groups", "message.im",
		"reaction_added", "reaction_removed", "tokens_revoked", "user_change",
	}
	if groups {
		all = append(all, "subteam_members_changed")
	}
	return all
}

// Slash is one slash command of a manifest.
type Slash struct {
	Name        string // without slash and prefix
	Description string
	Hint        string
}

// Shortcut is one entry in Slack's menus.
type Shortcut struct {
	Name        string // at most 24 characters
	Description string
	Emoji       string // put on the message it is chosen at; empty: a global one
	Act         string // done by a global one
}

// Manifest writes the app's manifest. name is what the app is called, base where
// it is reached by HTTP; with an app token it is reached over sockets instead.
func Manifest(c Config, name, base string, commands []Slash, shortcuts []Shortcut) ([]byte, error) {
	m := slack.Manifest{}
	socket := c.AppToken != "" || base == ""
	m.Display = slack.Display{Name: short(name, 35), Description: "Requests, alerts and reminders, in the channels where people talk."}
	m.Features.BotUser = slack.BotUser{DisplayName: "desk", AlwaysOnline: true}
	m.Features.AppHome = slack.AppHome{HomeTabEnabled: true, MessagesTabEnabled: true}
	address := func(path string) string {
		if socket {
			return ""
		}
		return strings.TrimSuffix(base, "/") + path
	}
	for _, s := range commands {
		if err := CheckCommand(c.Prefix, s.Name); err != nil {
			return nil, err
		}
		m.Features.SlashCommands = append(m.Features.SlashCommands, slack.ManifestSlashCommand{
			Command: "/" + c.Prefix + s.Name, Description: short(s.Description, 2000), UsageHint: short(s.Hint, 1000), Url: address("/slack/commands"), ShouldEscape: true,
		})
	}
	for _, s := range shortcuts {
		kind, callback := "message", emojiPrefix+s.Emoji
		if s.Emoji == "" {
			kind, callback = "global", actPrefix+s.Act
		}
		m.Features.Shortcuts = append(m.Features.Shortcuts, slack.Shortcut{Name: short(s.Name, 24), CallbackID: callback, Description: short(s.Description, 150), Type: slack.ShortcutType(kind)})
	}
	groups := len(c.Groups) > 0
	for _, s := range Scopes(groups) {
		m.OAuthConfig.Scopes.Bot = append(m.OAuthConfig.Scopes.Bot, s[0])
	}
	m.Settings = slack.Settings{
		EventSubscriptions: &slack.EventSubscriptions{RequestUrl: address("/slack/events"), BotEvents: events(groups)},
		Interactivity:      &slack.Interactivity{IsEnabled: true, RequestUrl: address("/slack/interactions"), MessageMenuOptionsUrl: address("/slack/interactions")},
		SocketModeEnabled:  socket,
	}
	return tidy(m)
}

// tidy writes the manifest without what is empty.
func tidy(m slack.Manifest) ([]byte, error) {
	raw, err := json.Marshal(m)
	if err != nil {
		return nil, fmt.Errorf("manifest: %w", err)
	}
	var tree map[string]any
	if err := json.Unmarshal(raw, &tree); err != nil {
		return nil, fmt.Errorf("manifest: %w", err)
	}
	prune(tree)
	if home, ok := under(tree, "features", "app_home"); ok {
		home["messages_tab_read_only_enabled"] = false // people write to the desk there
	}
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(tree); err != nil {
		return nil, fmt.Errorf("manifest: %w", err)
	}
	return out.Bytes(), nil
}

// under walks down a tree.
func under(tree map[string]any, path ...string) (map[string]any, bool) {
	for _, name := range path {
		next, ok := tree[name].(map[string]any)
		if !ok {
			return nil, false
		}
		tree = next
	}
	return tree, true
}

func prune(tree map[string]any) {
	for key, value := range tree {
		switch v := value.(type) {
		case nil:
			delete(tree, key)
		case string:
			if v == "" {
				delete(tree, key)
			}
		case []any:
			for _, item := range v {
				if sub, ok := item.(map[string]any); ok {
					prune(sub)
				}
			}
			if len(v) == 0 {
				delete(tree, key)
			}
		case map[string]any:
			if prune(v); len(v) == 0 {
				delete(tree, key)
			}
		}
	}
}

// Missing are the scopes that the app needs and was not granted.
func Missing(granted string, groups bool) (out []string) {
	have := strings.FieldsFunc(granted, func(c rune) bool { return c == ',' || c == ' ' })
	for _, s := range Scopes(groups) {
		if !slices.Contains(have, s[0]) {
			out = append(out, s[0])
		}
	}
	return out
}
