package slack

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"meridian/bot"
)

const (
	responseTime = 29 * time.Minute // an address lives for 30
	responseUses = 5
	mostAddress  = 10_000 // addresses remembered
)

// responses remembers the addresses under which a person who gave a command can
// be answered, even where the app is not in the channel. They are secrets that
// soon end, and are kept in memory alone.
type responses struct {
	mu  sync.Mutex
	all map[string][]*address // by person and channel, the newest last
	n   int
}

type address struct {
	url   string
	until time.Time
	uses  int
}

func newResponses() *responses { return &responses{all: map[string][]*address{}} }

func responseKey(person string, p bot.Place) string {
	return userOf(person) + " " + p.Top().String()
}

func (r *responses) put(person string, p bot.Place, url string, now time.Time) {
	if url == "" {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.n++; r.n > mostAddress {
		clear(r.all)
		r.n = 1
	}
	key := responseKey(person, p)
	all := r.all[key]
	for len(all) > 0 && !now.Before(all[0].until) {
		all = all[1:]
	}
	r.all[key] = append(all, &address{url: url, until: now.Add(responseTime)})
}

// also lets what is whispered in one place be answered by the addresses of
// another.
func (r *responses) also(person string, from, to bot.Place) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if all := r.all[responseKey(person, from)]; len(all) > 0 {
		r.all[responseKey(person, to)] = append(r.all[responseKey(person, to)], all[len(all)-1])
	}
}

// take gives an address that can be used once more.
func (r *responses) take(person string, p bot.Place, now time.Time) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := r.all[responseKey(person, p)]
	for i := len(all) - 1; i >= 0; i-- {
		if a := all[i]; a.uses < responseUses && now.Before(a.until) {
			a.uses++
			return a.url
		}
	}
	return ""
}

// whisper shows a person something that only they see: by the address that
// their command brought, else as a message for them alone, else by a direct
// message.
func (a *Adapter) whisper(ctx context.Context, d bot.Delivery) (bot.Receipt, error) {
	if userOf(d.Person) == "" {
		return bot.Receipt{}, bot.Permanent(errors.New("slack: whisper to nobody"))
	}
	c, err := a.written(ctx, d)
	if err != nil {
		return bot.Receipt{}, err
	}
	if d.To.Thread == "" {
		if to := a.responses.take(d.Person, d.To, time.Now()); to != "" {
			err := a.api.respond(ctx, to, c)
			if err == nil || bot.IsUnknown(err) {
				return bot.Receipt{}, err
			}
		}
	}
	if d.To.IsDirect() {
		return bot.Receipt{}, bot.ErrUnsupported // there is nobody else to hide it from
	}
	args := c.args(url.Values{"channel": {d.To.Channel}, "user": {userOf(d.Person)}})
	if d.To.Thread != "" {
		args.Set("thread_ts", d.To.Thread)
	}
	var out sent
	err = a.api.call(ctx, "chat.postEphemeral", args, &out)
	if refused(err, "user_not_in_channel", "channel_not_found", "not_in_channel", "thread_not_found", "is_archived", "restricted_action", "missing_scope") {
		return bot.Receipt{}, bot.ErrUnsupported
	}
	return bot.Receipt{Message: out.Ephemeral}, err
}

// respond answers to a response address. It is a secret, and gets no token.
func (c *client) respond(ctx context.Context, to string, what content) error {
	body := map[string]any{"response_type": "ephemeral", "replace_original": false, "text": what.notice}
	if what.blocks != "" {
		body["blocks"] = json.RawMessage(what.blocks)
	}
	raw, err := marshal(body)
	if err != nil {
		return fmt.Errorf("slack response: %w", err)
	}
	if !c.ours(to) {
		return errors.New("slack response: an address that is not Slack's")
	}
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, to, bytes.NewReader([]byte(raw)))
	if err != nil {
		return errors.New("slack response: an address that cannot be read")
	}
	r.Header.Set("Content-Type", "application/json")
	resp, err := c.http.Do(r)
	if err != nil {
		return lost("response", err)
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, maxBody)) // its words do not matter
	switch {
	case resp.StatusCode == http.StatusOK:
		return nil
	case resp.StatusCode >= 500:
		return bot.Unknown(fmt.Errorf("slack response: status %d", resp.StatusCode))
	}
	return fmt.Errorf("slack response: status %d", resp.StatusCode)
}

// ours reports whether an address is Slack's, or that of the configured API: the
// only ones that are ever called.
func (c *client) ours(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.User != nil {
		return false
	}
	base, err := url.Parse(c.base)
	if err == nil && u.Scheme == base.Scheme && u.Host == base.Host {
		return true
	}
	host := u.Hostname()
	return u.Scheme == "https" && (u.Port() == "" || u.Port() == "443") && (host == "slack.com" || strings.HasSuffix(host, ".slack.com"))
}
