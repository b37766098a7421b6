package slack

import (
	"context"
	"errors"
	"log/slog"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Installed is how far an app is that is being put into a workspace.
type Installed struct {
	Refused  string   // Slack's word against the bot's token, such as invalid_auth; empty: it works
	Missing  []string // scopes that the app was not granted
	AppToken string   // Slack's word against the app's token; empty: it works
	Team     string   // the workspace's name
	Bot      string   // the app's name in it
	Channels []Joined // channels that it was invited to
	Heard    string   // who wrote in the channel that was asked for; empty: nobody did
}

// Joined is a channel that the app was invited to.
type Joined struct{ ID, Name string }

// LookAround asks Slack with the tokens of a new app how far it is: whether they
// are good, which channels it sees, and whether a person has written in the
// channel called so since an instant. Nothing is changed. An error says that
// Slack could not be asked.
func LookAround(ctx context.Context, c Config, o Options, channel string, since time.Time) (found Installed, err error) {
	granted := ""
	api := newClient(c, o, slog.New(slog.DiscardHandler), func(string) {})
	api.scopes = func(s string) { granted = s }
	var me struct{ Team, User string }
	if err := api.call(ctx, "auth.test", nil, &me); err != nil {
		found.Refused = word(err)
		return found, unless(found.Refused, err)
	}
	found.Team, found.Bot = me.Team, me.User
	if granted != "" {
		found.Missing = Missing(granted, false)
	}
	if err := api.call(ctx, "apps.connections.open", url.Values{}, nil); err != nil {
		if found.AppToken = word(err); found.AppToken == "" {
			return found, err
		}
	}
	if found.Channels, err = joined(ctx, api); err != nil {
		return found, unless(word(err), err)
	}
	at := slices.IndexFunc(found.Channels, func(j Joined) bool { return j.Name == channel })
	if at < 0 {
		return found, nil
	}
	found.Heard, err = lastHeard(ctx, api, found.Channels[at].ID, since)
	return found, unless(word(err), err)
}

// word is Slack's own for what is wrong; empty: Slack did not say no.
func word(err error) string {
	var no *refusal
	if errors.As(err, &no) {
		return no.code
	}
	return ""
}

// unless is err where Slack said nothing of its own.
func unless(said string, err error) error {
	if said != "" {
		return nil
	}
	return err
}

// joined are the channels that the app is in, by name.
func joined(ctx context.Context, api *client) (all []Joined, err error) {
	args := url.Values{"types": {"public_channel,private_channel"}, "exclude_archived": {"true"}, "limit": {"200"}}
	for {
		var out struct {
			Channels []channelJSON `json:"channels"`
			paged
		}
		if err := api.call(ctx, "users.conversations", args, &out); err != nil {
			return nil, err
		}
		for _, c := range out.Channels {
			all = append(all, Joined{c.ID, c.Name})
		}
		if out.next() == "" {
			slices.SortFunc(all, func(a, b Joined) int { return strings.Compare(a.Name, b.Name) })
			return all, nil
		}
		args.Set("cursor", out.next())
	}
}

// lastHeard is who wrote in a channel since an instant, the last of them.
func lastHeard(ctx context.Context, api *client, channel string, since time.Time) (string, error) {
	var out struct {
		Messages []struct {
			User    string `json:"user"`
			Bot     string `json:"bot_id"`
			Subtype string `json:"subtype"`
		} `json:"messages"`
	}
	if err := api.call(ctx, "conversations.history", url.Values{"channel": {channel}, "oldest": {stamp(since)}, "limit": {"20"}}, &out); err != nil {
		return "", err
	}
	for _, m := range out.Messages {
		if m.User != "" && m.Bot == "" && m.Subtype == "" {
			return m.User, nil
		}
	}
	return "", nil
}
