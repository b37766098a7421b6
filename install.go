package main

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"meridian/adapters"
	"meridian/bot"
	"meridian/cli"
)

// slackAPIURL is the environment variable that says where Slack's Web API is, for
// tokens that are typed on the web desk: a government's workspace has another.
const slackAPIURL = "SLACK_API_URL"

// kept is what was kept beside the store, and its place in the configuration.
type kept struct{ cli.Kept }

// install turns Slack on by the app that was kept, if there is one.
func (c *file) install(path string, app *adapters.KeptApp) (kept, error) {
	k := kept{cli.Kept{File: path, App: app, APIURL: os.Getenv(slackAPIURL), Save: keepApp(path)}}
	section := adapters.KeptApp{BotToken: "xoxb-", AppToken: "xapp-"}.Section(k.APIURL)
	if key, why := section.Check(); key == "slack.api_url" {
		return k, fmt.Errorf("the environment variable %s %s", slackAPIURL, why)
	}
	if app != nil {
		c.Slack = app.Section(k.APIURL)
	}
	return k, nil
}

// where says where a key stands: those of the app that was kept do not stand in
// the configuration.
func (k kept) where(other func(key string) string) func(key string) string {
	return func(key string) string {
		if section, _, _ := strings.Cut(key, "."); section == "slack" && k.App != nil {
			return k.File
		}
		return other(key)
	}
}

// inSlack adds the channels of an app to those of the default: the team's cards
// go to that which is called as theirs, and in all others the desk listens and
// posts nothing. A channel of the web desk that is called so too is still there,
// under another name, and what was switched for it is not for the new one.
func (c *file) inSlack(app adapters.KeptApp) {
	cards, own := c.Team.Channel, len(c.Channels)
	for _, k := range app.Channels {
		taken := slices.ContainsFunc(c.Channels[own:], func(ch channel) bool { return strings.EqualFold(ch.Name, k.Name) })
		if taken || !nameable(k.Name) { // it was renamed since, or is longer than names can be here
			_, id, _ := strings.Cut(k.Place, ":")
			k.Name = strings.ToLower(id)
		}
		c.rename(c.Channels[:own], k.Name, c.free("web-"+k.Name))
		one := channel{Name: k.Name, Place: k.Place, Desk: cards, Intake: bot.IntakeShadow, FAQ: channelFAQ{Speak: bot.SpeakOff}, switched: k.Place}
		if k.Name == cards {
			one.Desk, one.Intake, one.Audience = "", "", bot.Inside
		}
		c.Channels = append(c.Channels, one)
	}
	if app.Lead != "" {
		c.Roles.Leads = append(c.Roles.Leads, app.Lead)
	}
}

// free is a name that no channel has yet.
func (c *file) free(name string) string {
	for slices.ContainsFunc(c.Channels, func(ch channel) bool { return strings.EqualFold(ch.Name, name) }) {
		name = "web-" + name
	}
	return name
}

// rename gives a channel of the web desk another name, and tells the channels
// and hooks that name it. What names the channel of the team's cards means the
// new one.
func (c *file) rename(channels []channel, old, now string) {
	i := slices.IndexFunc(channels, func(ch channel) bool { return strings.EqualFold(ch.Name, old) })
	if i < 0 {
		return
	}
	channels[i].Name, channels[i].switched = now, channels[i].Name
	for i := range channels {
		if channels[i].Desk == old {
			channels[i].Desk = now
		}
	}
	for i := range c.Webhooks {
		if c.Webhooks[i].Channel == old {
			c.Webhooks[i].Channel = now
		}
	}
}
