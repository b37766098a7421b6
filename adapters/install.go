package adapters

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"meridian/adapters/slack"
	"meridian/adapters/web"
	"meridian/bot"
)

// KeptApp is an app in Slack as the web desk's page leaves it behind, beside the
// store: its tokens and its workspace, and, once somebody has said so on the
// page, the channels it is in and who leads there.
type KeptApp struct {
	BotToken  bot.Secret    `yaml:"bot_token"`
	AppToken  bot.Secret    `yaml:"app_token"`
	Team      string        `yaml:"team"`      // the workspace's id
	Workspace string        `yaml:"workspace"` // its name
	Lead      string        `yaml:"lead"`      // "slack:U0VERA"; empty: nobody leads there yet
	Channels  []KeptChannel `yaml:"channels"`
}

// KeptChannel is a channel that the app is in.
type KeptChannel struct {
	Name  string `yaml:"name"`
	Place string `yaml:"place"` // "slack:C0DESK"
}

// Section is the kept app as a section of the configuration. apiURL is where the
// Web API is; empty: at slack.com.
func (k KeptApp) Section(apiURL string) *Slack {
	return &Slack{BotToken: k.BotToken, AppToken: k.AppToken, APIURL: apiURL}
}

// Check says what is wrong with what was kept, if anything: the key, then why.
func (k KeptApp) Check() (key, why string) {
	if key, why = k.Section("").Check(); why != "" {
		return key, why
	}
	for i, c := range k.Channels {
		if p, ok := bot.ParsePlace(c.Place); !ok || p.Adapter != "slack" || p.Thread != "" || p.IsDirect() {
			return fmt.Sprintf("slack.channels[%d].place", i), "must be slack:CHANNEL"
		}
	}
	if _, ok := strings.CutPrefix(k.Lead, "slack:"); k.Lead != "" && !ok {
		return "slack.lead", "must be slack:USER"
	}
	return "", ""
}

// Installing is what the page needs that puts the desk into Slack.
type Installing struct {
	App    *KeptApp            // what was kept; nil: nothing was, or the configuration file has a section slack
	File   string              // where it is kept; empty: the store is no file, and there is nowhere beside it
	Own    string              // the configuration file, whose the channels are; empty: they are those of the app
	APIURL string              // where Slack's Web API is; empty: at slack.com
	Keep   func(KeptApp) error // keeps an app, and starts the desk anew with it
}

// install is how the web desk puts the desk into Slack. Where the configuration
// file has a section slack, the file rules and there is nothing to do.
func (c Config) install(env Env, b *Built) (web.Install, error) {
	in := env.Install
	if c.Slack != nil && in.App == nil || env.Settings == nil || env.Catalogue == nil {
		return web.Install{ByFile: c.Slack != nil}, nil
	}
	manifest, err := c.SlackOrNew().Manifest(env.Settings, env.Catalogue, env.Commands, "")
	if err != nil {
		return web.Install{}, err
	}
	out := web.Install{Manifest: string(manifest), File: in.File, Own: in.Own, Try: in.try, Keep: in.keep, Begin: in.begin}
	for _, s := range slack.Scopes(false) {
		out.Scopes = append(out.Scopes, s[0])
	}
	if in.App != nil {
		out.Team, out.Workspace, out.Lead = in.App.Team, in.App.Workspace, in.App.Lead
		for _, ch := range in.App.Channels {
			if p, ok := bot.ParsePlace(ch.Place); ok {
				out.Taken = append(out.Taken, p)
			}
		}
		out.Look = b.lookAround
	}
	return out, nil
}

// try asks Slack whether two tokens are good.
func (in Installing) try(ctx context.Context, botToken, appToken bot.Secret) (web.Tried, error) {
	found, err := slack.Try(ctx, slack.Config{BotToken: botToken.Reveal(), AppToken: appToken.Reveal(), APIURL: in.APIURL}, slack.Options{})
	return web.Tried{BotRefused: found.Refused, AppRefused: found.AppToken, Missing: strings.Join(found.Missing, ", "), Team: found.Team, Workspace: found.Workspace}, err
}

// keep keeps tokens that were tried. What was said of the app before stays.
func (in Installing) keep(botToken, appToken bot.Secret, t web.Tried) error {
	app := KeptApp{}
	if in.App != nil {
		app = *in.App
	}
	app.BotToken, app.AppToken, app.Team, app.Workspace = botToken, appToken, t.Team, t.Workspace
	return in.Keep(app)
}

// begin keeps the channels of the app, and who leads there.
func (in Installing) begin(lead string, found []web.JoinedChannel) error {
	app := *in.App
	app.Lead, app.Channels = cmp.Or(app.Lead, lead), slices.Clone(app.Channels)
	for _, j := range found {
		at := j.Place.String()
		if !slices.ContainsFunc(app.Channels, func(k KeptChannel) bool { return k.Place == at }) {
			app.Channels = append(app.Channels, KeptChannel{Name: j.Name, Place: at})
		}
	}
	return in.Keep(app)
}

// lookAround says how far the app is that runs.
func (b *Built) lookAround(ctx context.Context) (web.Standing, error) {
	found, err := b.slack.Standing(ctx)
	out := web.Standing{Connected: found.Connected, BotRefused: found.Ailing, AppRefused: found.AppToken, Disabled: found.Disabled, Bot: found.Bot}
	if lacks, ok := strings.CutPrefix(found.Ailing, bot.LacksScope); ok {
		out.BotRefused, out.Missing = "", lacks
	}
	for _, j := range found.Channels {
		one := web.JoinedChannel{Name: j.Name, Place: bot.Place{Adapter: "slack", Channel: j.ID}}
		if who := found.Heard[j.ID]; who != "" {
			one.Heard = "slack:" + who
		}
		out.Channels = append(out.Channels, one)
	}
	return out, err
}
