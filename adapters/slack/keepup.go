package slack

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"slices"
	"sort"
	"time"

	"meridian/bot"
)

const (
	heardEvery = time.Minute
	sweepEvery = 10 * time.Minute // without sockets: how often the histories are looked through
	overlap    = 2 * time.Minute  // of what is read again: keys make it harmless
	acceptMost = 50               // events accepted at once
	mostCaught = 20_000           // messages of a channel that are kept in memory
	mostDirect = 200              // direct conversations that are looked through
)

// keepUp accepts what was said while nobody listened: at the start, after each
// gap of the sockets, and without sockets every few minutes. It reports how far
// the desk has heard.
func (a *Adapter) keepUp(ctx context.Context) {
	heard := a.heardUntil(ctx)
	if heard.IsZero() { // the desk is new here: what was said before is not its
		heard = time.Now()
	}
	swept := time.Time{}
	for ctx.Err() == nil {
		now := time.Now()
		sockets := a.conf.AppToken != ""
		if swept.IsZero() || a.lives.missedSince(swept) || sockets && a.lives.gapSince(heard) || !sockets && now.Sub(swept) >= sweepEvery {
			if err := a.catchUp(ctx, heard.Add(-overlap)); err != nil {
				if ctx.Err() == nil {
					a.log.Warn("slack: what was said meanwhile cannot be read", "error", err)
				}
				if !sleep(ctx, jitter(heardEvery)) {
					return
				}
				continue
			}
			swept = now
		} else if !sockets {
			now = heard // between two sweeps nobody knows
		}
		if now.After(heard) || a.heardUntil(ctx).IsZero() {
			heard = a.report(ctx, now, heard)
		}
		select {
		case <-ctx.Done():
		case <-a.lives.filled:
		case <-time.After(heardEvery):
		}
	}
}

// missed notes that Slack has kept events back: more than 30,000 came in an hour.
// What was said meanwhile is read from the histories.
func (a *Adapter) missed() {
	a.log.Error("slack: events were kept back, there were more than 30,000 in an hour; the histories are read instead")
	a.lives.missed()
}

func (a *Adapter) heardUntil(ctx context.Context) (at time.Time) {
	err := a.desk.View(ctx, "", func(p bot.Pages) (err error) {
		at, err = p.HeardUntil(name)
		return err
	})
	if err != nil && ctx.Err() == nil {
		a.log.Warn("slack: how far the desk had heard cannot be read", "error", err)
	}
	return at
}

// report says that everything until now was accepted.
func (a *Adapter) report(ctx context.Context, now, before time.Time) time.Time {
	if err := a.desk.Accept(ctx, bot.Event{Source: name, At: now, Body: bot.Heard{Until: now}}); err != nil {
		if ctx.Err() == nil {
			a.log.Warn("slack: could not report as caught up", "error", err)
		}
		return before
	}
	return now
}

// catchUp reads the histories of the desk's channels and direct messages since a
// moment, and accepts what it finds. What was heard already is known by its key.
func (a *Adapter) catchUp(ctx context.Context, since time.Time) error {
	threads, err := a.openThreads(ctx)
	if err != nil {
		return err
	}
	for _, ch := range a.channels.configured(ctx) {
		if err := a.catchUpIn(ctx, ch.Place.Channel, "", threads[ch.Place.Channel], since); err != nil {
			return err
		}
	}
	ims, err := a.directChannels(ctx)
	if err != nil {
		return err
	}
	for _, im := range ims {
		if err := a.catchUpIn(ctx, im.ID, im.User, threads[bot.DirectPrefix+im.User], since); err != nil {
			return err
		}
	}
	return nil
}

// openThreads are those in which open requests are talked about, by channel: a
// channel's history does not show what is said in them.
func (a *Adapter) openThreads(ctx context.Context) (map[string][]string, error) {
	out := map[string][]string{}
	err := a.desk.View(ctx, "", func(p bot.Pages) error {
		places, err := p.OpenThreads(name)
		for _, place := range places {
			out[place.Channel] = append(out[place.Channel], place.Thread)
		}
		return err
	})
	return out, err
}

// directChannels are the direct messages with people.
func (a *Adapter) directChannels(ctx context.Context) (all []channelJSON, err error) {
	args := url.Values{"types": {"im"}, "limit": {"200"}}
	for {
		var out struct {
			Channels []channelJSON `json:"channels"`
			paged
		}
		if err := a.api.patient(ctx, "users.conversations", args, &out); refused(err) {
			a.log.Warn("slack: direct messages cannot be listed", "error", err)
			return nil, nil
		} else if err != nil {
			return nil, err
		}
		for _, c := range out.Channels {
			if c.User != "" && len(all) < mostDirect {
				a.direct.put(c.User, c.ID)
				all = append(all, c)
			}
		}
		if out.next() == "" || len(all) >= mostDirect {
			return all, nil
		}
		args.Set("cursor", out.next())
	}
}

// catchUpIn accepts what was said in a channel and its threads, oldest first.
func (a *Adapter) catchUpIn(ctx context.Context, channel, with string, threads []string, since time.Time) error {
	roots, err := a.pages(ctx, "conversations.history", url.Values{"channel": {channel}, "oldest": {stamp(since)}, "limit": {"200"}})
	if err != nil {
		return a.unreadable(channel, err)
	}
	all := roots
	for _, m := range roots {
		if latest, ok := instant(m.Latest); ok && latest.After(since) && !slices.Contains(threads, m.TS) {
			threads = append(threads, m.TS)
		}
	}
	for _, ts := range threads {
		replies, err := a.pages(ctx, "conversations.replies", url.Values{"channel": {channel}, "ts": {ts}, "oldest": {stamp(since)}, "limit": {"200"}})
		if err := a.unreadable(channel, err); err != nil {
			return err
		}
		for _, m := range replies {
			if m.TS != ts {
				all = append(all, m)
			}
		}
	}
	sort.SliceStable(all, func(i, j int) bool { return all[i].TS < all[j].TS })
	return a.acceptAll(ctx, a.caught(channel, with, all, since))
}

// unreadable lets what may not be read be: it is told once in the log.
func (a *Adapter) unreadable(channel string, err error) error {
	if !refused(err) {
		return err
	}
	var no *refusal
	if errors.As(err, &no) && isDead(no.code) {
		return err
	}
	if !refused(err, "thread_not_found") {
		a.log.Warn("slack: a channel cannot be read", "channel", channel, "error", err)
	}
	return nil
}

// pages reads all messages of a history or thread, however long it takes.
func (a *Adapter) pages(ctx context.Context, method string, args url.Values) (all []message, err error) {
	for {
		var out struct {
			Messages []message `json:"messages"`
			paged
		}
		if err := a.api.patient(ctx, method, args, &out); err != nil {
			return nil, err
		}
		all = append(all, out.Messages...)
		if out.next() == "" || len(all) >= mostCaught {
			return all, nil
		}
		args.Set("cursor", out.next())
	}
}

// caught are the events of messages that were found: what they say, and their
// last edit.
func (a *Adapter) caught(channel, with string, all []message, since time.Time) (events []bot.Event) {
	me := a.self()
	o := origin{team: me.Team, self: me.User}
	for _, m := range all {
		e, ok := a.spoken(o, channel, m)
		if !ok || with != "" && m.User != with {
			continue
		}
		if len(m.Files) > 0 {
			e.Raw = filesRaw(m.Files)
		}
		events = append(events, e)
		if m.Edited == nil {
			continue
		}
		if at, ok := instant(m.Edited.TS); ok && at.After(since) {
			events = append(events, o.rewritten(channel, m))
		}
	}
	return events
}

// filesRaw says where the files of a message are, as an event would.
func filesRaw(files []fileRef) []byte {
	raw, err := json.Marshal(map[string]any{"event": map[string]any{"files": files}})
	if err != nil || len(raw) > bot.InlineLimit {
		return nil
	}
	return raw
}

// acceptAll accepts events in their order, and comes again while the store is
// busy.
func (a *Adapter) acceptAll(ctx context.Context, events []bot.Event) error {
	for tries := 0; len(events) > 0; {
		n := min(len(events), acceptMost)
		err := a.desk.Accept(ctx, events[:n]...)
		if err == nil {
			events, tries = events[n:], 0
			continue
		}
		if tries++; !errors.Is(err, bot.ErrBusy) || tries > 20 || !sleep(ctx, backoff(0, time.Second)) {
			return err
		}
	}
	return nil
}
