package slack

import (
	"context"
	"net/url"
	"strings"

	"meridian/bot"
)

// Read completes an event with what only Slack knows: who a person is, what the
// message says that an emoji stands on, and how the thread of an answer began.
func (a *Adapter) Read(ctx context.Context, e bot.Event) ([]bot.Event, error) {
	if b, ok := e.Body.(bot.Changed); ok {
		return a.readChanged(ctx, e, b)
	}
	who, err := a.people.resolve(ctx, e.Actor)
	if err != nil {
		return nil, err
	}
	if e.Place.IsDirect() && e.Place.Channel == bot.Direct(e.Actor.ID).Channel {
		e.Place.Channel = bot.Direct(who.ID).Channel
	}
	e.Actor = who
	switch b := e.Body.(type) {
	case bot.Joined:
		return a.readJoined(e, b), nil
	case bot.Said:
		return a.readSaid(ctx, e, b)
	case bot.Commanded:
		return a.readCommanded(ctx, e)
	case bot.Reacted:
		return a.readReacted(ctx, e, b)
	case bot.Edited, bot.Deleted:
		return a.withRoot(ctx, e)
	case bot.Opened:
		a.open(ctx, e.Actor.ID)
	}
	return []bot.Event{e}, nil
}

// readJoined notes at once that somebody from outside reads a channel.
func (a *Adapter) readJoined(e bot.Event, b bot.Joined) []bot.Event {
	out := []bot.Event{e}
	if p, ok := a.people.known(userOf(e.Actor.ID)); !b.Self && (!ok || p.outside()) && a.channels.outsiderIn(e.Place.Channel) {
		out = append(out, audienceChanged(e.Place.Channel, e.Key))
	}
	a.channels.again(e.Place.Channel)
	return out
}

// readChanged brings what is remembered up to date, and reads again what an
// older version did not understand.
func (a *Adapter) readChanged(ctx context.Context, e bot.Event, b bot.Changed) ([]bot.Event, error) {
	switch b.What {
	case whatChannel:
		if !strings.HasPrefix(e.Key, audienceKey) {
			a.channels.again(e.Place.Channel)
		}
	case whatPerson:
		a.people.forget(userOf(e.Actor.ID))
		who, err := a.people.resolve(ctx, e.Actor)
		if err != nil {
			return nil, err
		}
		e.Actor = who
	case whatUnknown:
		if d := a.decode(e.Raw); !d.ignore && d.event.Body != nil {
			if _, still := d.event.Body.(bot.Changed); !still {
				d.event.ID, d.event.Source = e.ID, e.Source
				return a.Read(ctx, d.event)
			}
		}
	}
	return []bot.Event{e}, nil
}

// forget lets somebody be looked up again.
func (s *people) forget(user string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p, ok := s.byUser[user]; ok {
		p.at = p.at.Add(-2 * profileTime)
		s.byUser[user] = p
	}
}

// readSaid brings the beginning of a thread first, and the files of a message.
func (a *Adapter) readSaid(ctx context.Context, e bot.Event, b bot.Said) ([]bot.Event, error) {
	if len(b.Files) > 0 {
		files, err := a.filesOf(ctx, e, b.Files)
		if err != nil {
			return nil, err
		}
		b.Files = files
		e.Body = b
	}
	return a.withRoot(ctx, e)
}

// readReacted fetches the message that an emoji stands on. One that is gone
// says nothing.
func (a *Adapter) readReacted(ctx context.Context, e bot.Event, b bot.Reacted) ([]bot.Event, error) {
	me := a.self()
	if a.ours.has(e.Place.Channel, e.Message) {
		b.Author = bot.Actor{ID: name + ":" + me.User, Bot: true}
		e.Body = b
		return []bot.Event{e}, nil
	}
	m, found, err := a.fetch(ctx, e.Place, e.Message)
	if err == nil && !found && strings.HasPrefix(e.Key, shortcutKey) {
		a.absent(ctx, e)
	}
	if err != nil || !found {
		return []bot.Event{e}, err
	}
	o := origin{team: me.Team, self: me.User}
	if m.Thread != "" && m.Thread != m.TS {
		e.Place.Thread = m.Thread
	}
	b.Text, _ = addressed(m.Text, o.self)
	b.Author = bot.Actor{ID: o.person(m.User, foreign(m)), Name: m.Name, Bot: m.Bot != ""}
	if m.User == "" {
		b.Author.ID = name + ":" + m.Bot
	} else if b.Author, err = a.people.resolve(ctx, b.Author); err != nil {
		return nil, err
	}
	if a.mine(m) {
		b.Text = "" // our own words are nobody's request
	}
	e.Body = b
	return a.withRoot(ctx, e)
}

// withRoot brings the first message of a thread before what stands in it, under
// the first message's own key: whoever knows it already does nothing.
func (a *Adapter) withRoot(ctx context.Context, e bot.Event) ([]bot.Event, error) {
	thread := e.Place.Thread
	if thread == "" || !a.cares(ctx, e) || a.threads.has(e.Place.Channel, thread) {
		return []bot.Event{e}, nil
	}
	m, found, err := a.fetch(ctx, e.Place.Top(), thread)
	if err != nil {
		return nil, err
	}
	if !found || a.mine(m) {
		a.threads.put(e.Place.Channel, thread)
		return []bot.Event{e}, nil
	}
	channel, err := a.channel(ctx, e.Place)
	if err != nil {
		return nil, err
	}
	me := a.self()
	root, ok := a.spoken(origin{team: me.Team, self: me.User}, channel, m)
	if !ok {
		return []bot.Event{e}, nil
	}
	if root.Actor, err = a.people.resolve(ctx, root.Actor); err != nil {
		return nil, err
	}
	a.threads.put(e.Place.Channel, thread)
	return []bot.Event{root, e}, nil
}

// cares reports whether the beginning of a thread matters: in the desk's own
// channels, in direct messages, and where the desk is addressed.
func (a *Adapter) cares(ctx context.Context, e bot.Event) bool {
	if b, ok := e.Body.(bot.Said); ok && b.Mentioned || e.Place.IsDirect() {
		return true
	}
	cares := false
	err := a.desk.View(ctx, "", func(p bot.Pages) error {
		_, cares = p.Settings().Channel(e.Place)
		return nil
	})
	return err == nil && cares
}

// fetch reads one message: of a channel, or of a thread, which a channel's
// history does not show.
func (a *Adapter) fetch(ctx context.Context, p bot.Place, ts string) (message, bool, error) {
	channel, err := a.channel(ctx, p)
	if refused(err) {
		return message{}, false, nil
	}
	if err != nil {
		return message{}, false, err
	}
	one := url.Values{"channel": {channel}, "latest": {ts}, "oldest": {ts}, "inclusive": {"true"}, "limit": {"1"}}
	m, found, err := a.first(ctx, "conversations.history", one, ts)
	if found || err != nil {
		return m, found, err
	}
	return a.first(ctx, "conversations.replies", url.Values{"channel": {channel}, "ts": {ts}, "latest": {ts}, "inclusive": {"true"}, "limit": {"1"}}, ts)
}

// first is the message of an answer that has this timestamp. What may not be
// read is not there.
func (a *Adapter) first(ctx context.Context, method string, args url.Values, ts string) (message, bool, error) {
	var out struct {
		Messages []message `json:"messages"`
	}
	err := a.api.brief(ctx, method, args, &out)
	if refused(err) {
		if !refused(err, "thread_not_found", "message_not_found") {
			a.log.Warn("slack: a message may not be read", "error", err)
		}
		return message{}, false, nil
	}
	if err != nil {
		return message{}, false, err
	}
	for _, m := range out.Messages {
		if m.TS == ts {
			return m, true, nil
		}
	}
	return message{}, false, nil
}
