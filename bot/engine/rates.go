package engine

import (
	"slices"
	"time"

	"meridian/bot"
)

// rates are the token buckets of one adapter: one for each channel and one for
// all. They live in the sender's memory: a new holder of the duty begins with
// full ones, and the outside's own limit corrects it.
type rates struct {
	r        bot.Rates
	parallel int
	total    bucket
	channels map[string]*bucket
}

// bucket holds up to burst tokens and gains one every while.
type bucket struct {
	tokens float64
	at     time.Time
}

func newRates(a bot.Adapter) *rates {
	r := &rates{parallel: defaultAtOnce, channels: map[string]*bucket{}}
	if rated, ok := a.(bot.Rated); ok {
		r.r = rated.Rates()
		r.parallel = max(r.r.Parallel, 1)
		if r.r.Parallel == 0 {
			r.parallel = defaultAtOnce
		}
	}
	r.total.tokens = float64(max(r.r.TotalBurst, 1))
	return r
}

// take takes a token of the channel's bucket and one of all, or none. An op that
// is free needs none.
func (r *rates) take(op bot.Op, channel string, now time.Time) bool {
	if slices.Contains(r.r.Free, op) {
		return true
	}
	if r.wait(op, channel, now) > 0 {
		return false
	}
	if r.r.ChannelEvery > 0 {
		r.channels[channel].tokens--
	}
	if r.r.Total > 0 {
		r.total.tokens--
	}
	return true
}

// wait is the time until take would succeed.
func (r *rates) wait(op bot.Op, channel string, now time.Time) time.Duration {
	var d time.Duration
	if slices.Contains(r.r.Free, op) {
		return 0
	}
	if r.r.ChannelEvery > 0 {
		b := r.channels[channel]
		if b == nil {
			b = &bucket{tokens: float64(max(r.r.ChannelBurst, 1)), at: now}
			r.channels[channel] = b
		}
		d = b.wait(now, 1/r.r.ChannelEvery, max(r.r.ChannelBurst, 1))
	}
	if r.r.Total > 0 {
		d = max(d, r.total.wait(now, r.r.Total, max(r.r.TotalBurst, 1)))
	}
	return d
}

// wait refills the bucket at rate tokens a second and tells how long until it
// holds one.
func (b *bucket) wait(now time.Time, rate float64, burst int) time.Duration {
	if b.at.IsZero() {
		b.at = now
	}
	b.tokens = min(float64(burst), b.tokens+now.Sub(b.at).Seconds()*rate)
	b.at = now
	if b.tokens >= 1-1e-9 {
		return 0
	}
	return time.Duration((1-b.tokens)/rate*float64(time.Second)) + time.Microsecond
}
