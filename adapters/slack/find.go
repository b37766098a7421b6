package slack

import (
	"context"
	"errors"
	"net/url"
	"sync"
	"time"

	"meridian/bot"
)

const (
	findBefore = time.Minute     // how long before a post was meant the history is looked through
	findGap    = 5 * time.Second // between two looks: a message takes a while to appear
	findSettle = time.Minute     // after it one look is enough
	findPages  = 10
)

// finds remembers what looks at histories have brought, so that many doubtful
// deliveries to one place need two looks together.
type finds struct {
	mu    sync.Mutex
	looks map[string]look
}

// look is the keys of our messages in a place.
type look struct {
	first  time.Time // when it was first looked at, the last look being findGap later
	last   time.Time // zero: there was no second look yet
	oldest time.Time
	keys   map[string]string // key -> timestamp
}

func newFinds() *finds { return &finds{looks: map[string]look{}} }

func (f *finds) get(place string) look {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.looks[place]
}

func (f *finds) put(place string, l look) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.looks) > 1000 {
		clear(f.looks)
	}
	f.looks[place] = l
}

// covers reports whether two looks have been taken since a delivery was tried.
func (l look) covers(d bot.Delivery) bool {
	return !l.last.IsZero() && l.first.After(d.Intended) && !l.oldest.After(d.Intended.Add(-findBefore))
}

// Find finds out whether a post was made after all: each carries its delivery's
// key. Not found means that the place was looked through twice, or once long
// after the attempt.
func (a *Adapter) Find(ctx context.Context, d bot.Delivery) (bot.Receipt, bool, error) {
	if d.Op == bot.OpUpload {
		return a.findUpload(ctx, d)
	}
	channel, err := a.channel(ctx, d.To)
	if err != nil {
		return bot.Receipt{}, false, a.outcome(d, err)
	}
	place := channel + "/" + d.To.Thread
	l := a.finds.get(place)
	if !l.covers(d) && l.keys[d.Key] == "" {
		l, err = a.lookTwice(ctx, channel, d)
		switch {
		case refused(err, "thread_not_found", "message_not_found"):
			return bot.Receipt{}, false, nil
		case refused(err, "missing_scope", "not_in_channel", "channel_not_found"):
			return a.blind(d, err)
		case err != nil:
			return bot.Receipt{}, false, a.unsure(d, err)
		}
		a.finds.put(place, l)
	}
	ts := l.keys[d.Key]
	if ts == "" {
		return bot.Receipt{}, false, nil
	}
	a.posted(d.To, ts)
	return bot.Receipt{Message: ts, Thread: d.To.Thread}, true, nil
}

// lookTwice looks for a delivery, and once more if it is not there.
func (a *Adapter) lookTwice(ctx context.Context, channel string, d bot.Delivery) (look, error) {
	oldest := d.Intended.Add(-findBefore)
	l := look{first: time.Now(), oldest: oldest}
	var err error
	if l.keys, err = a.lookThrough(ctx, channel, d.To.Thread, oldest); err != nil || l.keys[d.Key] != "" {
		return l, err
	}
	if l.last = l.first; l.first.Sub(d.Intended) > findSettle {
		return l, nil
	}
	if !sleep(ctx, findGap) {
		return l, ctx.Err()
	}
	l.last = time.Now()
	l.keys, err = a.lookThrough(ctx, channel, d.To.Thread, oldest)
	return l, err
}

// unsure says that a look failed. Looking is no deed: it can be done again.
func (a *Adapter) unsure(d bot.Delivery, err error) error {
	if bot.IsUnknown(err) {
		return errors.New(err.Error())
	}
	return a.outcome(d, err)
}

// blind decides where we may not look: a text for a client waits for a person,
// anything else is rather said twice than never.
func (a *Adapter) blind(d bot.Delivery, err error) (bot.Receipt, bool, error) {
	if d.ToClient {
		return bot.Receipt{}, false, bot.Held(err)
	}
	return bot.Receipt{}, false, nil
}

// lookThrough reads the keys of our messages in a channel or thread.
func (a *Adapter) lookThrough(ctx context.Context, channel, thread string, oldest time.Time) (map[string]string, error) {
	keys := map[string]string{}
	method, args := "conversations.history", url.Values{"channel": {channel}, "oldest": {stamp(oldest)}, "include_all_metadata": {"true"}, "limit": {"200"}}
	if thread != "" {
		method = "conversations.replies"
		args.Set("ts", thread)
	}
	for range findPages {
		var out struct {
			Messages []message `json:"messages"`
			paged
		}
		if err := a.api.call(ctx, method, args, &out); err != nil {
			return nil, err
		}
		for _, m := range out.Messages {
			if m.Metadata != nil && m.Metadata.Type == metadataType && m.Metadata.Payload.Key != "" && a.mine(m) {
				keys[m.Metadata.Payload.Key] = m.TS
			}
		}
		if out.next() == "" {
			break
		}
		args.Set("cursor", out.next())
	}
	return keys, nil
}

// mine reports whether a message is the app's own.
func (a *Adapter) mine(m message) bool {
	me := a.self()
	return m.Bot != "" && (me.Bot == "" || m.Bot == me.Bot || m.User == me.User)
}
