package slack

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"meridian/bot"
)

// Tried is what Slack says of the tokens of a new app.
type Tried struct {
	Refused   string   // its word against the bot's token, such as invalid_auth; empty: it works
	Missing   []string // scopes that the app was not granted
	AppToken  string   // its word against the app's token; empty: it works
	Team      string   // the workspace's id
	Workspace string   // its name
}

// Try asks Slack whether the tokens of a new app are good. Nothing is changed. An
// error says that Slack could not be asked.
func Try(ctx context.Context, c Config, o Options) (tried Tried, err error) {
	granted := ""
	api := newClient(c, o, slog.New(slog.DiscardHandler), func(string) {})
	api.scopes = func(s string) { granted = s }
	var me identity
	if err := api.call(ctx, "auth.test", nil, &me); err != nil {
		tried.Refused = word(err)
		return tried, unless(tried.Refused, err)
	}
	tried.Team, tried.Workspace = me.Team, me.Workspace
	if granted != "" {
		tried.Missing = Missing(granted, len(c.Groups) > 0)
	}
	if err := api.call(ctx, "apps.connections.open", url.Values{}, nil); err != nil {
		if tried.AppToken = word(err); tried.AppToken == "" {
			return tried, err
		}
	}
	return tried, nil
}

// Standing is how far an app is that runs.
type Standing struct {
	Connected bool              // it is known in the workspace, and has a connection of Socket Mode
	Ailing    string            // see [Adapter.Ailing]
	AppToken  string            // Slack's word against the app's token; empty: it has said nothing
	Disabled  bool              // Socket Mode is switched off in the app's settings
	Bot       string            // the app's name in the workspace
	Channels  []Joined          // channels that it was invited to, by name
	Heard     map[string]string // who of the workspace was heard last, by the channel's id
}

// Joined is a channel that the app was invited to.
type Joined struct{ ID, Name string }

// Standing asks how far the app is: whether it is connected, which channels it
// sees, and whom it has heard over its own connection since it began to listen.
// What stands in a channel's history it has not heard. An error says that Slack
// could not be asked.
func (a *Adapter) Standing(ctx context.Context) (s Standing, err error) {
	open, failed := a.lives.connected()
	s.Ailing, s.AppToken, s.Disabled = a.Ailing(), word(failed), errors.Is(failed, errDisabled)
	me := a.me.Load()
	if s.Connected = open && me != nil; !s.Connected {
		if s.Ailing+s.AppToken != "" || s.Disabled {
			return s, nil
		}
		return s, failed
	}
	s.Bot, s.Heard = me.Name, a.overheard.all()
	if s.Channels, err = a.overheard.joined(ctx, a.api); word(err) != "" {
		s.Ailing = word(err)
		return s, nil
	}
	return s, err
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
			i, _ := slices.BinarySearchFunc(all, c.Name, func(j Joined, name string) int { return strings.Compare(j.Name, name) })
			all = slices.Insert(all, i, Joined{c.ID, c.Name})
		}
		if out.next() == "" {
			return all, nil
		}
		args.Set("cursor", out.next())
	}
}

const (
	mostOverheard = 1000            // channels that are kept in memory
	joinedTime    = 3 * time.Second // however many look: Slack is asked no more often
)

// overheard knows who spoke last in each channel, of those who were heard over a
// connection: it proves that events come, which a history does not. It knows
// beside it which channels the app is in.
type overheard struct {
	mu sync.Mutex
	by map[string]string

	asking sync.Mutex // one asks at a time
	asked  time.Time
	in     []Joined
}

func newOverheard() *overheard { return &overheard{by: map[string]string{}} }

// note takes what people of the workspace say in channels. People of other
// workspaces do not count: whoever is heard may come to lead the desk.
func (o *overheard) note(events []bot.Event) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, e := range events {
		_, isSaid := e.Body.(bot.Said)
		who, ours := strings.CutPrefix(e.Actor.ID, name+":")
		_, known := o.by[e.Place.Channel]
		if isSaid && ours && !e.Actor.Bot && !e.Place.IsDirect() && !strings.Contains(who, "/") && (known || len(o.by) < mostOverheard) {
			o.by[e.Place.Channel] = who
		}
	}
}

// all is who was heard, by channel.
func (o *overheard) all() map[string]string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return maps.Clone(o.by)
}

// joined are the channels that the app is in, as of a moment ago.
func (o *overheard) joined(ctx context.Context, api *client) ([]Joined, error) {
	o.asking.Lock()
	defer o.asking.Unlock()
	if time.Since(o.asked) < joinedTime {
		return o.in, nil
	}
	in, err := joined(ctx, api)
	if err == nil {
		o.in, o.asked = in, time.Now()
	}
	return o.in, err
}
