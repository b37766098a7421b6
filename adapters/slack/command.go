package slack

import (
	"context"
	"net/url"
	"strings"
	"time"

	"meridian/bot"
)

// slashCommand is a slash command as Slack brings it, over HTTP or a socket.
type slashCommand struct {
	Command  string `json:"command"`
	Text     string `json:"text"`
	User     string `json:"user_id"`
	Name     string `json:"user_name"`
	Team     string `json:"team_id"`
	Channel  string `json:"channel_id"`
	Response string `json:"response_url"`
	Trigger  string `json:"trigger_id"`
}

func commandOf(form url.Values) slashCommand {
	return slashCommand{
		Command: form.Get("command"), Text: form.Get("text"), User: form.Get("user_id"), Name: form.Get("user_name"), Team: form.Get("team_id"),
		Channel: form.Get("channel_id"), Response: form.Get("response_url"), Trigger: form.Get("trigger_id"),
	}
}

// command stores a slash command. Its trigger names it: a replay is the same.
func (a *Adapter) command(ctx context.Context, c slashCommand) bool {
	o := origin{team: a.self().Team, self: a.self().User}
	slash := strings.TrimPrefix(strings.TrimPrefix(c.Command, "/"), a.conf.Prefix)
	place := o.place(c.Channel, c.User, c.Team)
	text, _ := addressed(c.Text, o.self)
	e := o.event("commanded:"+c.Trigger, place, c.User, c.Team, "", bot.Commanded{Slash: slash, Text: strings.TrimSpace(text)})
	if c.Trigger == "" {
		e.Key = "commanded:" + fingerprint([]byte(c.User+"\x00"+c.Response+"\x00"+c.Command+"\x00"+c.Text))
	}
	e.Actor.Name = a.people.nameOr(e.Actor.ID, c.Name)
	a.responses.put(e.Actor.ID, place, c.Response, time.Now())
	return a.store(ctx, e)
}
