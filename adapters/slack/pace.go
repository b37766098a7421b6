package slack

import (
	"strconv"
	"strings"
	"sync"
	"time"
)

const (
	defaultRetry = 30 * time.Second // where a 429 names no time
	minRetry     = time.Second
	maxRetry     = 15 * time.Minute
)

// retryAfter reads the header of a 429. What is missing or cannot be read is
// half a minute.
func retryAfter(header string) time.Duration {
	seconds, err := strconv.ParseFloat(strings.TrimSpace(header), 64)
	if err != nil || seconds != seconds {
		return defaultRetry
	}
	if seconds > maxRetry.Seconds() {
		return maxRetry
	}
	return max(time.Duration(seconds*float64(time.Second)), minRetry)
}

// pace keeps to the rates of methods: each has a bucket of its own, and after a
// 429 nobody calls before the time that it named.
type pace struct {
	off     bool // but for a 429
	mu      sync.Mutex
	buckets map[string]*bucket
	until   map[string]time.Time
}

type bucket struct {
	tokens float64
	at     time.Time
}

func newPace() *pace { return &pace{buckets: map[string]*bucket{}, until: map[string]time.Time{}} }

// perMinute is the documented tier of a method. Zero: a person waits for its
// answer, or it has a rule of its own, and only a 429 holds it back.
func perMinute(method string) float64 {
	switch method {
	case "chat.update", "chat.delete", "reactions.add", "reactions.remove", "conversations.history", "conversations.replies",
		"conversations.info", "conversations.open", "users.conversations":
		return 50
	case "users.info", "conversations.members", "views.publish", "files.getUploadURLExternal", "files.completeUploadExternal", "files.info":
		return 100
	case "users.list", "usergroups.users.list":
		return 20
	}
	return 0
}

// burst is the part of a minute's calls that may be made at once.
const burst = 0.2

// take takes a token of the method's bucket, or tells how long until there is
// one. left is the part of a minute's tokens that must stay in it.
func (p *pace) take(method, channel string, now time.Time, left float64) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	key := paceKey(method, channel)
	if until, ok := p.until[key]; ok {
		if now.Before(until) {
			return until.Sub(now)
		}
		delete(p.until, key)
	}
	most := perMinute(method)
	if most == 0 || p.off {
		return 0
	}
	b := p.buckets[method]
	if b == nil {
		b = &bucket{tokens: most * burst, at: now}
		p.buckets[method] = b
	}
	b.tokens = min(most*burst, b.tokens+now.Sub(b.at).Minutes()*most)
	b.at = now
	if missing := 1 + most*left - b.tokens; missing > 1e-9 {
		return time.Duration(missing/most*float64(time.Minute)) + time.Millisecond
	}
	b.tokens--
	return 0
}

// hold lets nobody call before until.
func (p *pace) hold(method, channel string, until time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.until[paceKey(method, channel)] = until
}

// paceKey names what a 429 is about: a method, and of posts one channel alone.
func paceKey(method, channel string) string {
	if method == "chat.postMessage" {
		return method + " " + channel
	}
	return method
}
