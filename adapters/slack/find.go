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
	findBefore = time.Minute     // our clock and Slack's may differ by so much
	findGap    = 5 * time.Second // a message takes a while to appear in a history
	findPages  = 10
	mostTries  = 10_000
)

// finds remembers what is needed to find out whether a post was made: when it
// was tried, and what looks at histories have brought. One look answers for all
// that was tried in that place long enough before it.
type finds struct {
	mu    sync.Mutex
	began time.Time // what was tried by another process was tried before
	tries map[string]try
	looks map[string]look
}

// try is when a delivery was tried first, and when its last try had ended.
type try struct{ first, last time.Time }

// look is the keys of our messages in a place at a moment.
type look struct {
	at     time.Time
	oldest time.Time
	whole  bool // the place was read back to oldest
	keys   map[string]string
}

func newFinds() *finds {
	return &finds{began: time.Now(), tries: map[string]try{}, looks: map[string]look{}}
}

// note remembers that a try has ended. One whose outcome is known needs no
// memory.
func (f *finds) note(key string, began time.Time, unknown bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !unknown {
		delete(f.tries, key)
		return
	}
	if len(f.tries) >= mostTries {
		clear(f.tries)
		f.began = time.Now() // whatever was forgotten was tried before
	}
	t, ok := f.tries[key]
	if !ok {
		t.first = began
	}
	t.last = time.Now()
	f.tries[key] = t
}

// tried is when a delivery was tried first and last. What this process has not
// tried, another has, at any time since it was queued.
func (f *finds) tried(d bot.Delivery) try {
	f.mu.Lock()
	defer f.mu.Unlock()
	if t, ok := f.tries[d.Key]; ok {
		return t
	}
	return try{first: d.Created, last: f.began}
}

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

// answers reports whether a look says for certain that a delivery was not made.
func (l look) answers(t try) bool {
	return !l.at.Before(t.last.Add(findGap)) && !l.oldest.After(t.first.Add(-findBefore))
}

// Find finds out whether a post was made after all: each carries its delivery's
// key. A message takes a while to appear, so that a place is looked at soon, for
// what is there, and once more when everything must be.
func (a *Adapter) Find(ctx context.Context, d bot.Delivery) (bot.Receipt, bool, error) {
	if d.Op == bot.OpUpload {
		return a.findUpload(ctx, d)
	}
	channel, err := a.channel(ctx, d.To)
	if err != nil {
		return bot.Receipt{}, false, a.outcome(d, err)
	}
	place, t := channel+"/"+d.To.Thread, a.finds.tried(d)
	for {
		l := a.finds.get(place)
		if ts := l.keys[d.Key]; ts != "" {
			a.posted(d.To, ts)
			return bot.Receipt{Message: ts, Thread: d.To.Thread}, true, nil
		}
		if l.answers(t) {
			if !l.whole {
				return a.blind(d, errors.New("slack: too much was said since to look it up"))
			}
			return bot.Receipt{}, false, nil
		}
		if !l.at.Before(t.last) && !sleep(ctx, time.Until(t.last.Add(findGap))) { // it was looked at too soon
			return bot.Receipt{}, false, ctx.Err()
		}
		oldest := t.first.Add(-findBefore)
		switch l, err = a.lookThrough(ctx, channel, d.To.Thread, oldest); {
		case refused(err, "thread_not_found", "message_not_found"):
			return bot.Receipt{}, false, nil
		case refused(err, "missing_scope", "not_in_channel", "channel_not_found"):
			return a.blind(d, err)
		case err != nil:
			return bot.Receipt{}, false, a.unsure(d, err)
		}
		a.finds.put(place, l)
	}
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

// lookThrough reads the keys of our messages in a channel or thread since a
// moment.
func (a *Adapter) lookThrough(ctx context.Context, channel, thread string, oldest time.Time) (look, error) {
	l := look{at: time.Now(), oldest: oldest, keys: map[string]string{}}
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
		if err := a.api.within(ctx, method, args, &out); err != nil {
			return l, err
		}
		for _, m := range out.Messages {
			if m.Metadata != nil && m.Metadata.Type == metadataType && m.Metadata.Payload.Key != "" && a.mine(m) {
				l.keys[m.Metadata.Payload.Key] = m.TS
			}
		}
		if out.next() == "" {
			l.whole = true
			break
		}
		args.Set("cursor", out.next())
	}
	return l, nil
}

// mine reports whether a message is the app's own.
func (a *Adapter) mine(m message) bool {
	me := a.self()
	return m.Bot != "" && (me.Bot == "" || m.Bot == me.Bot || m.User == me.User)
}
