package adapters

import (
	"context"
	"strings"
	"time"

	"meridian/adapters/slack"
	"meridian/adapters/web"
	"meridian/bot"
)

// install is how the web desk puts the desk into Slack: what to paste there, and
// how far it is. Where the configuration has a Slack section it is there already.
func (c Config) install(env Env) (web.Install, error) {
	if c.Slack != nil || env.Settings == nil || env.Catalogue == nil {
		return web.Install{Done: c.Slack != nil}, nil
	}
	manifest, err := c.SlackOrNew().Manifest(env.Settings, env.Catalogue, env.Commands, "")
	if err != nil {
		return web.Install{}, err
	}
	out := web.Install{Manifest: string(manifest), Look: lookAround}
	for _, s := range slack.Scopes(false) {
		out.Scopes = append(out.Scopes, s[0])
	}
	return out, nil
}

// lookAround asks Slack how far a new app is.
func lookAround(ctx context.Context, botToken, appToken bot.Secret, channel string, since time.Time) (web.Installed, error) {
	found, err := slack.LookAround(ctx, slack.Config{BotToken: botToken.Reveal(), AppToken: appToken.Reveal()}, slack.Options{}, channel, since)
	out := web.Installed{BotRefused: found.Refused, AppRefused: found.AppToken, Missing: strings.Join(found.Missing, ", "), Workspace: found.Team, Bot: found.Bot}
	for _, j := range found.Channels {
		out.Channels = append(out.Channels, web.JoinedChannel{Name: j.Name, Place: bot.Place{Adapter: "slack", Channel: j.ID}})
	}
	if found.Heard != "" {
		out.Heard = "slack:" + found.Heard
	}
	return out, err
}
