// Package adapters lists the outside: one folder each. What a configuration
// file says of them is declared here, and they are made of it.
package adapters

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"reflect"
	"slices"
	"strings"

	"meridian/adapters/email"
	"meridian/adapters/slack"
	"meridian/adapters/web"
	"meridian/adapters/webhook"
	"meridian/bot"
	"meridian/bot/say"
)

// Config are the sections of the configuration that belong to adapters. A part
// that is not there is off, but for the web desk, which is on.
type Config struct {
	Web      Web       `yaml:"web"`
	Slack    *Slack    `yaml:"slack"`
	Email    *Email    `yaml:"email"`
	Webhooks []Webhook `yaml:"webhooks"`
}

// Web is the web desk, the messenger that is built in.
type Web struct {
	Enabled bool `yaml:"enabled"`
}

// Slack is the app in one Slack workspace.
type Slack struct {
	BotToken      bot.Secret `yaml:"bot_token"`      // xoxb-...
	AppToken      bot.Secret `yaml:"app_token"`      // xapp-..., opens Socket Mode
	SigningSecret bot.Secret `yaml:"signing_secret"` // of what comes over HTTP
	APIURL        string     `yaml:"api_url"`
	Prefix        string     `yaml:"prefix"`   // before the names of slash commands
	Commands      []string   `yaml:"commands"` // those that become slash commands; empty: all
}

// Webhook is one hook that a monitoring system calls.
type Webhook struct {
	Name    string       `yaml:"name"`   // it answers at /hooks/NAME
	Kind    string       `yaml:"kind"`   // whose bodies it takes, see [Kinds]
	Secret  []bot.Secret `yaml:"secret"` // any of them opens it
	Channel string       `yaml:"channel"`
}

// Messengers are the adapters that have channels and people of their own.
func Messengers() []string { return []string{"web", "slack"} }

// Kinds are the kinds of webhook.
func Kinds() []string { return webhook.Kinds() }

// config is the section as the adapter takes it. Groups with a role are listed
// like people, by their ids.
func (c Slack) config(s *bot.Settings) slack.Config {
	out := slack.Config{BotToken: c.BotToken.Reveal(), AppToken: c.AppToken.Reveal(), SigningSecret: c.SigningSecret.Reveal(), APIURL: c.APIURL, Prefix: c.Prefix}
	if s != nil {
		out.Groups = slack.Groups(s.People)
	}
	return out
}

// CheckSlackCommand says why a slash command cannot be called so, or nothing.
func CheckSlackCommand(prefix, command string) error { return slack.CheckCommand(prefix, command) }

// Same reports whether two sections say the same.
func (c Slack) Same(other Slack) bool {
	commands := slices.Equal(c.Commands, other.Commands)
	c.Commands, other.Commands = nil, nil
	return commands && reflect.DeepEqual(c, other)
}

// Check says what is wrong with the section, if anything: the key, then why.
func (c Slack) Check() (key, why string) {
	_, err := slack.New(c.config(nil), nil, slack.Options{})
	if err == nil {
		return "", ""
	}
	key, why, _ = strings.Cut(err.Error(), ": ")
	return key, why
}

// SlackOrNew is the section, or that of an app that is yet to be made.
func (c Config) SlackOrNew() Slack {
	if c.Slack == nil {
		return Slack{}
	}
	return *c.Slack
}

// Ask asks Slack whether the tokens are good for everything that the desk does.
func (c Slack) Ask(ctx context.Context, s *bot.Settings) error {
	return slack.Ask(ctx, c.config(s), slack.Options{})
}

// Manifest is what Slack makes the app of. base is where the desk is reached by
// HTTP, for a workspace without Socket Mode.
func (c Slack) Manifest(s *bot.Settings, words *say.Catalogue, commands []bot.Command, base string) ([]byte, error) {
	return slack.ManifestFor(c.config(s), s.Team, words, commands, c.Commands, base)
}

// Env is what adapters need beside their section.
type Env struct {
	Desk      bot.Desk
	Catalogue *say.Catalogue
	Log       *slog.Logger
	Settings  *bot.Settings
	PublicURL string
	Mail      net.Listener // for SMTP; nil: no mail comes in
	Secret    bot.Secret   // the store's own, by which reply addresses and links are signed
	Commands  []bot.Command
	Install   Installing
}

// Built are the adapters that a configuration turns on, and what they serve.
type Built struct {
	All   []bot.Adapter
	Web   http.Handler // nil: the web desk is off
	Slack http.Handler // for the pattern /slack/; nil: Slack does not come over HTTP
	Hooks http.Handler // for the pattern /hooks/{name}
	Known bot.Known    // what messengers say of people and channels; nil: nothing
	hooks *webhook.Adapter
	slack *slack.Adapter
}

// Build makes the adapters. To add one, write its folder, give Config a field
// and Build a line.
func (c Config) Build(env Env) (*Built, error) {
	var mailbox *email.Adapter
	b := &Built{hooks: webhook.New(c.hooks(env.Settings), env.Desk, webhook.Options{Log: env.Log})}
	b.Hooks = b.hooks.Handler()
	b.All = append(b.All, b.hooks)
	if c.Email != nil {
		var err error
		if mailbox, err = c.Email.build(env); err != nil {
			return nil, err
		}
		b.All = append(b.All, mailbox)
	}
	if c.Web.Enabled {
		install, err := c.install(env, b)
		if err != nil {
			return nil, err
		}
		desk := web.New(env.Desk, web.Options{Catalogue: env.Catalogue, Log: env.Log, PublicURL: env.PublicURL, Try: c.try(b, mailbox), Install: install, Passes: bot.NewMailPasses(env.Secret)})
		b.Web = desk.Handler()
		b.All = append(b.All, desk)
	}
	if c.Slack != nil {
		if err := c.Slack.build(env, b); err != nil {
			return nil, err
		}
	}
	return b, nil
}

func (c Slack) build(env Env, b *Built) error {
	a, err := slack.New(c.config(env.Settings), env.Desk, slack.Options{Catalogue: env.Catalogue, Log: env.Log, PublicURL: env.PublicURL})
	if err != nil {
		return err
	}
	b.slack, b.Known, b.All = a, a, append(b.All, a)
	if a.Serves() {
		b.Slack = a.Handler()
	}
	return nil
}

// Ailing says of each adapter that can ail why it cannot do anything now; empty:
// it can.
func (b *Built) Ailing() map[string]string {
	out := map[string]string{}
	if b.slack != nil {
		out[b.slack.Name()] = b.slack.Ailing()
	}
	return out
}

// Reload takes from a new configuration what can change while the program runs:
// the hooks and their secrets.
func (b *Built) Reload(c Config, s *bot.Settings) { b.hooks.SetHooks(c.hooks(s)) }

// hooks joins the secrets of hooks with the places that the settings found for
// them.
func (c Config) hooks(s *bot.Settings) []webhook.Hook {
	var hooks []webhook.Hook
	for i, h := range c.Webhooks {
		hooks = append(hooks, webhook.Hook{Name: h.Name, Kind: h.Kind, Secrets: h.Secret, Channel: s.Hooks[i].Channel})
	}
	return hooks
}

// TestHook says what a hook of a kind makes of a body, one line a finding,
// without a secret, a store or a server.
func TestHook(kind string, body []byte, header http.Header) ([]string, error) {
	return webhook.Test(kind, body, header)
}
