package slack

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"sync"

	"meridian/bot"
)

// directs remembers the channels of direct messages.
type directs struct {
	mu     sync.Mutex
	byUser map[string]string
}

func newDirects() *directs { return &directs{byUser: map[string]string{}} }

func (d *directs) get(user string) string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.byUser[user]
}

func (d *directs) put(user, channel string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.byUser) > 100_000 {
		clear(d.byUser)
	}
	d.byUser[user] = channel
}

// channel is Slack's id of a place: its own, or that of the direct messages with
// a person.
func (a *Adapter) channel(ctx context.Context, to bot.Place) (string, error) {
	if !to.IsDirect() {
		return to.Channel, nil
	}
	user := userOf(name + ":" + strings.TrimPrefix(to.Channel, bot.DirectPrefix))
	if id := a.direct.get(user); id != "" {
		return id, nil
	}
	var out struct {
		Channel channelJSON `json:"channel"`
	}
	if err := a.api.call(ctx, "conversations.open", url.Values{"users": {user}}, &out); err != nil {
		// Opening is no message: whatever became of it, it can be done again.
		if bot.IsUnknown(err) {
			return "", errors.New(err.Error())
		}
		return "", err
	}
	if out.Channel.ID == "" {
		return "", errors.New("slack conversations.open: no channel in the answer")
	}
	a.direct.put(user, out.Channel.ID)
	return out.Channel.ID, nil
}
