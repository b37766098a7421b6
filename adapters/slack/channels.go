package slack

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"meridian/bot"
)

const (
	audienceTime = time.Hour // how often it is looked up who reads a channel
	mostMembers  = 2000      // above it nobody can be sure of everybody
)

// facts are what is known of a channel.
type facts struct {
	name     string
	shared   bool
	outsider bool // a guest, a stranger or a partner is in it
	archived bool
	known    bool // the members could be looked up
}

// audience is who reads the channel. Where it cannot be looked up it is clients.
func (f facts) audience() bot.Audience {
	if f.known && !f.shared && !f.outsider {
		return bot.Inside
	}
	return bot.ForClients
}

// channels remembers who reads which channel.
type channels struct {
	a    *Adapter
	mu   sync.Mutex
	byID map[string]facts
	look chan string // to be looked up again
}

func newChannels(a *Adapter) *channels {
	return &channels{a: a, byID: map[string]facts{}, look: make(chan string, 256)}
}

// Audience is who reads a channel, from memory. It is not known of channels that
// have not been looked up.
func (a *Adapter) Audience(p bot.Place) (bot.Audience, bool) {
	a.channels.mu.Lock()
	defer a.channels.mu.Unlock()
	f, ok := a.channels.byID[p.Channel]
	return f.audience(), ok && p.Adapter == name
}

// again asks for a channel to be looked up soon.
func (c *channels) again(id string) {
	select {
	case c.look <- id:
	default: // the hourly round comes to it
	}
}

// outsiderIn notes at once that somebody from outside has come. It reports
// whether only the team had read the channel until then.
func (c *channels) outsiderIn(id string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	f, known := c.byID[id]
	was := f.audience()
	f.outsider = true
	c.byID[id] = f
	return known && was == bot.Inside
}

// keep looks up who reads the configured channels: now, when something changes,
// and every hour.
func (c *channels) keep(ctx context.Context) {
	round := time.NewTimer(0)
	defer round.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case id := <-c.look:
			c.refresh(ctx, id)
		case <-round.C:
			for _, ch := range c.configured(ctx) {
				c.refresh(ctx, ch.Place.Channel)
			}
			round.Reset(jitter(audienceTime))
		}
	}
}

// configured are the channels of the configuration that are in Slack.
func (c *channels) configured(ctx context.Context) (out []bot.Channel) {
	err := c.a.desk.View(ctx, "", func(p bot.Pages) error {
		for _, ch := range p.Settings().Channels {
			if ch.Place.Adapter == name {
				out = append(out, ch)
			}
		}
		return nil
	})
	if err != nil && ctx.Err() == nil {
		c.a.log.Warn("slack: the channels of the configuration cannot be read", "error", err)
	}
	return out
}

// meantInside reports whether the configuration says that only the team reads a
// channel.
func (c *channels) meantInside(ctx context.Context, id string) bool {
	return slices.ContainsFunc(c.configured(ctx), func(ch bot.Channel) bool { return ch.Place.Channel == id && ch.Audience == bot.Inside })
}

// refresh looks a channel up. The desk hears of it when somebody else reads it
// than before.
func (c *channels) refresh(ctx context.Context, id string) {
	f, err := c.lookup(ctx, id)
	switch {
	case ctx.Err() != nil:
		return
	case err != nil && !closedTo(err):
		// Slack cannot be asked at all. What was known stays so; a channel that was
		// never looked up counts as read by clients.
		c.a.log.Warn("slack: it cannot be asked who reads a channel", "channel", id, "error", err)
		return
	case err != nil:
		c.a.log.Warn("slack: a channel cannot be looked up, and counts as read by clients", "channel", id, "error", err)
	}
	c.mu.Lock()
	old, had := c.byID[id]
	c.byID[id] = f
	c.mu.Unlock()
	if had && old.audience() == f.audience() || !had && (f.audience() == bot.Inside || !c.meantInside(ctx, id)) {
		return
	}
	if err := c.a.desk.Accept(ctx, audienceChanged(id, stamp(time.Now()))); err != nil && ctx.Err() == nil {
		c.a.log.Warn("slack: the desk was not told who reads a channel", "channel", id, "error", err)
	}
}

// closedTo reports whether Slack does not let us look at a channel.
func closedTo(err error) bool {
	var no *refusal
	return errors.As(err, &no) && !isDead(no.code)
}

// audienceKey begins the keys of events that say that others read a channel.
const audienceKey = "audience:"

// audienceChanged says that others read a channel than before.
func audienceChanged(id, why string) bot.Event {
	return bot.Event{Source: name, Key: audienceKey + id + ":" + why, Place: bot.Place{Adapter: name, Channel: id}, At: time.Now(), Body: bot.Changed{What: whatChannel}}
}

// channelJSON is a channel of conversations.info.
type channelJSON struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	User     string `json:"user"`
	Shared   bool   `json:"is_shared"`
	Ext      bool   `json:"is_ext_shared"`
	Org      bool   `json:"is_org_shared"`
	Pending  bool   `json:"is_pending_ext_shared"`
	Archived bool   `json:"is_archived"`
	Member   bool   `json:"is_member"`
	Members  int    `json:"num_members"`
}

func (c *channels) lookup(ctx context.Context, id string) (facts, error) {
	var out struct {
		Channel channelJSON `json:"channel"`
	}
	if err := c.a.api.patient(ctx, "conversations.info", url.Values{"channel": {id}, "include_num_members": {"true"}}, &out); err != nil {
		return facts{}, err
	}
	in := out.Channel
	f := facts{name: in.Name, shared: in.Shared || in.Ext || in.Org || in.Pending, archived: in.Archived}
	if f.shared || in.Members > mostMembers {
		return f, nil
	}
	members, err := c.members(ctx, id)
	if err != nil {
		return f, err
	}
	partners := c.partners(ctx)
	for _, user := range members {
		p, err := c.a.people.patiently(ctx, user)
		if err != nil {
			return f, err
		}
		if p.outside() || slices.Contains(partners, p.id) {
			f.outsider = true
		}
	}
	f.known = true
	return f, nil
}

// patiently looks somebody up, and waits for the rates.
func (s *people) patiently(ctx context.Context, user string) (profile, error) {
	for {
		p, err := s.lookup(ctx, user)
		wait, limited := bot.RetryDelay(err)
		if !limited || !sleep(ctx, wait) {
			return p, err
		}
	}
}

func (c *channels) members(ctx context.Context, id string) (all []string, err error) {
	cursor := ""
	for {
		var out struct {
			Members []string `json:"members"`
			paged
		}
		if err := c.a.api.patient(ctx, "conversations.members", url.Values{"channel": {id}, "limit": {"200"}, "cursor": {cursor}}, &out); err != nil {
			return nil, err
		}
		all = append(all, out.Members...)
		if cursor = out.next(); cursor == "" {
			return all, nil
		}
	}
}

// partners are the people at a client's side, by all their names in Slack.
func (c *channels) partners(ctx context.Context) (out []string) {
	err := c.a.desk.View(ctx, "", func(p bot.Pages) error {
		for _, who := range p.Settings().People {
			if who.Role != bot.Partner {
				continue
			}
			for _, id := range who.IDs {
				if strings.HasPrefix(id, name+":") {
					out = append(out, id)
				}
			}
		}
		return nil
	})
	if err != nil && ctx.Err() == nil {
		c.a.log.Warn("slack: the partners of the configuration cannot be read", "error", err)
	}
	return out
}
