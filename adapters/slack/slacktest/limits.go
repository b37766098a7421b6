package slacktest

import (
	"math"
	"time"
)

// limits are the rates of the Web API: a message a second and channel after a
// short burst, and so many calls of a method a minute.
type limits struct {
	off     bool
	every   time.Duration
	burst   int
	history time.Duration // between two calls of a history; zero: its tier
	last    map[string]time.Time
	posts   map[string]*bucket
	methods map[string][]time.Time
	until   map[string]time.Time // named in a 429: nobody may call before
}

type bucket struct {
	tokens float64
	at     time.Time
}

func newLimits(o Options) limits {
	return limits{off: o.Unlimited, every: o.PostEvery, burst: o.PostBurst, history: o.HistoryEvery, last: map[string]time.Time{},
		posts: map[string]*bucket{}, methods: map[string][]time.Time{}, until: map[string]time.Time{}}
}

// perMinute is the tier of a method, zero for those with a rule of their own.
func perMinute(method string) int {
	switch method {
	case "chat.postMessage":
		return 600 // "several hundred" of a workspace, and some grace
	case "chat.update", "chat.delete", "conversations.history", "conversations.replies", "conversations.info", "conversations.open",
		"reactions.add", "reactions.remove", "users.conversations":
		return 50
	case "chat.postEphemeral", "users.info", "conversations.members", "views.open", "views.update", "views.publish", "views.push",
		"files.getUploadURLExternal", "files.completeUploadExternal", "files.info":
		return 100
	case "users.list", "usergroups.users.list", "usergroups.list":
		return 20
	}
	return 0
}

// grace is how far over its tier a method may be called in one minute: Slack
// tolerates bursts.
const grace = 1.2

// take counts a call. wait is how long the caller must wait, zero if it may go
// on; again says that it was told so already and did not listen.
func (l *limits) take(method, channel string, now time.Time) (wait time.Duration, again bool) {
	if l.off {
		return 0, false
	}
	name := method
	if method == "chat.postMessage" {
		name += " " + channel
	}
	if until := l.until[name]; now.Before(until) {
		return until.Sub(now), true
	}
	wait = max(l.method(method, now), l.post(method, channel, now))
	if wait <= 0 {
		return 0, false
	}
	wait = time.Duration(math.Ceil(wait.Seconds())) * time.Second
	l.until[name] = now.Add(wait)
	return wait, false
}

func (l *limits) method(method string, now time.Time) time.Duration {
	if l.history > 0 && (method == "conversations.history" || method == "conversations.replies") {
		if wait := l.last[method].Add(l.history).Sub(now); wait > 0 {
			return wait
		}
		l.last[method] = now
		return 0
	}
	most := int(float64(perMinute(method)) * grace)
	if most == 0 {
		return 0
	}
	calls := l.methods[method]
	for len(calls) > 0 && now.Sub(calls[0]) >= time.Minute {
		calls = calls[1:]
	}
	if len(calls) >= most {
		l.methods[method] = calls
		return calls[0].Add(time.Minute).Sub(now)
	}
	l.methods[method] = append(calls, now)
	return 0
}

func (l *limits) post(method, channel string, now time.Time) time.Duration {
	if method != "chat.postMessage" {
		return 0
	}
	b := l.posts[channel]
	if b == nil {
		b = &bucket{tokens: float64(l.burst), at: now}
		l.posts[channel] = b
	}
	b.tokens = min(float64(l.burst), b.tokens+float64(now.Sub(b.at))/float64(l.every))
	b.at = now
	if b.tokens < 1-1e-6 {
		return time.Duration((1 - b.tokens) * float64(l.every))
	}
	b.tokens--
	return 0
}
