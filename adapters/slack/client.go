package slack

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"meridian/bot"
)

const (
	apiURL     = "https://slack.com/api/"
	dialTime   = 5 * time.Second
	headerTime = 10 * time.Second
	callTime   = 15 * time.Second // a whole call
	maxBody    = 4 << 20          // bytes of an answer that are read
)

// client calls the Web API. It repeats nothing, it keeps to the rates of each
// method, and its errors say what may have happened: those of [bot.RetryAfter]
// that nothing did, [bot.Unknown] that it may have, *refusal that Slack said no.
type client struct {
	http     *http.Client
	base     string
	bot, app string
	pace     *pace
	log      *slog.Logger
	ail      func(why string)
	lack     func(scopes string)  // told which scopes would have let a call pass; nil: nobody asks
	scopes   func(granted string) // told what the token may do, with each auth.test; nil: nobody asks
}

func newClient(c Config, o Options, log *slog.Logger, ail func(string)) *client {
	t := o.Transport
	if t == nil {
		t = &http.Transport{
			Proxy: http.ProxyFromEnvironment, DialContext: (&net.Dialer{Timeout: dialTime}).DialContext, ForceAttemptHTTP2: true,
			TLSHandshakeTimeout: dialTime, ResponseHeaderTimeout: headerTime, MaxIdleConnsPerHost: 32, IdleConnTimeout: 90 * time.Second,
		}
	}
	base := c.APIURL
	if base == "" {
		base = apiURL
	}
	pace := newPace()
	pace.off = o.Unpaced
	return &client{
		// A redirect would carry the token to whoever it names.
		http: &http.Client{Transport: t, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }},
		base: strings.TrimSuffix(base, "/") + "/", bot: c.BotToken, app: c.AppToken, pace: pace, log: log, ail: ail,
	}
}

// refusal is Slack's no.
type refusal struct {
	method, code, needed string
}

// Error names the method and Slack's word for what is wrong.
func (r *refusal) Error() string {
	if r.needed != "" {
		return fmt.Sprintf("slack %s: %s, the app needs the scope %s", r.method, r.code, r.needed)
	}
	return fmt.Sprintf("slack %s: %s", r.method, r.code)
}

// refused reports whether err is Slack's no with one of these words.
func refused(err error, codes ...string) bool {
	var r *refusal
	if !errors.As(err, &r) {
		return false
	}
	for _, c := range codes {
		if r.code == c {
			return true
		}
	}
	return len(codes) == 0
}

// reply is what every answer begins with.
type reply struct {
	OK     bool   `json:"ok"`
	Error  string `json:"error"`
	Needed string `json:"needed"`
}

// call calls a method with the bot's token, or the app's where that is asked
// for, and decodes the answer into out.
func (c *client) call(ctx context.Context, method string, args url.Values, out any) error {
	return c.spare(ctx, method, args, out, 0)
}

// spare calls a method only while this part of a minute's calls stays left for
// others.
func (c *client) spare(ctx context.Context, method string, args url.Values, out any, part float64) error {
	channel := args.Get("channel")
	if wait := c.pace.take(method, channel, time.Now(), part); wait > 0 {
		return bot.RetryAfter(wait)
	}
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, c.base+method, strings.NewReader(args.Encode()))
	if err != nil {
		return fmt.Errorf("slack %s: %w", method, err)
	}
	token := c.bot
	if method == "apps.connections.open" {
		token = c.app
	}
	r.Header.Set("Authorization", "Bearer "+token)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := c.http.Do(r)
	if err != nil {
		return lost(method, err)
	}
	defer resp.Body.Close()
	if resp.StatusCode == http.StatusTooManyRequests {
		return c.limited(method, channel, retryAfter(resp.Header.Get("Retry-After")))
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxBody))
	if err != nil {
		return bot.Unknown(fmt.Errorf("slack %s: answer: %w", method, bare(err)))
	}
	return c.judge(method, channel, resp, body, out)
}

// judge says what an answer means.
func (c *client) judge(method, channel string, resp *http.Response, body []byte, out any) error {
	switch {
	case resp.StatusCode >= 500:
		return bot.Unknown(fmt.Errorf("slack %s: status %d", method, resp.StatusCode))
	case resp.StatusCode != http.StatusOK:
		return fmt.Errorf("slack %s: status %d", method, resp.StatusCode)
	}
	var r reply
	if err := json.Unmarshal(body, &r); err != nil {
		return bot.Unknown(fmt.Errorf("slack %s: answer is no JSON", method))
	}
	switch {
	case r.OK:
	case r.Error == "ratelimited" || r.Error == "rate_limited":
		return c.limited(method, channel, defaultRetry)
	case r.Error == "missing_scope":
		c.log.Error("slack refuses a call for want of a scope", "method", method, "scope", r.Needed)
		if c.lack != nil {
			c.lack(r.Needed)
		}
		return &refusal{method, r.Error, r.Needed}
	case isDead(r.Error):
		if method != "apps.connections.open" {
			c.ail(r.Error)
		}
		return &refusal{method: method, code: r.Error}
	case isUnknown(r.Error) || r.Error == "":
		return bot.Unknown(fmt.Errorf("slack %s: %q", method, r.Error))
	default:
		return &refusal{method: method, code: r.Error}
	}
	if method != "apps.connections.open" {
		c.ail("")
		if c.scopes != nil && method == "auth.test" {
			c.scopes(resp.Header.Get("X-OAuth-Scopes"))
		}
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(body, out); err != nil {
		return bot.Unknown(fmt.Errorf("slack %s: answer: %w", method, err))
	}
	return nil
}

func (c *client) limited(method, channel string, wait time.Duration) error {
	wait = jitter(wait)
	c.pace.hold(method, channel, time.Now().Add(wait))
	c.log.Warn("slack limits a method", "method", method, "seconds", int(wait.Seconds()))
	return bot.RetryAfter(wait)
}

// background is the part of a minute's calls that stays left for people who wait.
const background = burst / 2

// patient calls a method that only reads, as long as it takes. Of what people
// wait for too it leaves them some. Who reads a channel is not such a thing:
// nobody else asks for it, and cards wait for the answer.
func (c *client) patient(ctx context.Context, method string, args url.Values, out any) error {
	left := 0.0
	if awaited(method) {
		left = background
	}
	for tries := 0; ; tries++ {
		err := c.spare(ctx, method, args, out, left)
		wait, limited := bot.RetryDelay(err)
		switch {
		case err == nil || refused(err):
			return err
		case !limited && tries >= 5:
			return err
		case !limited:
			wait = backoff(tries, time.Minute)
		}
		if !sleep(ctx, wait) {
			return ctx.Err()
		}
	}
}

// awaited holds for the methods that are read both for people who wait and for
// nobody: what was said while the desk was down, and what an emoji stands on.
func awaited(method string) bool {
	return method == "conversations.history" || method == "conversations.replies"
}

// within calls a method that only reads, and waits for its rate as long as ctx
// allows.
func (c *client) within(ctx context.Context, method string, args url.Values, out any) error {
	for {
		err := c.call(ctx, method, args, out)
		wait, limited := bot.RetryDelay(err)
		if !limited {
			return err
		}
		if end, ok := ctx.Deadline(); ok && time.Until(end) < wait+callTime/3 || !sleep(ctx, wait) {
			return err
		}
	}
}

// brief calls a method that only reads, for somebody who waits: a rate that is
// used up is waited for no longer than this.
func (c *client) brief(ctx context.Context, method string, args url.Values, out any) error {
	const most = 3 * time.Second
	for {
		err := c.call(ctx, method, args, out)
		wait, limited := bot.RetryDelay(err)
		if !limited || wait > most || !sleep(ctx, wait) {
			return err
		}
	}
}

// isDead holds for the words with which Slack says that the token is of no use.
func isDead(code string) bool {
	switch code {
	case "invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired", "org_login_required", "team_access_not_granted":
		return true
	}
	return false
}

// isUnknown holds for the words with which Slack says that something failed on
// its side: part of what was asked may have been done.
func isUnknown(code string) bool {
	switch code {
	case "internal_error", "fatal_error", "request_timeout", "service_unavailable":
		return true
	}
	return false
}

// lost is an error of the network. What failed while dialling was not sent.
func lost(method string, err error) error {
	var op *net.OpError
	if errors.As(err, &op) && op.Op == "dial" {
		return fmt.Errorf("slack %s: %w", method, bare(err))
	}
	return bot.Unknown(fmt.Errorf("slack %s: %w", method, bare(err)))
}

// bare takes the address out of an error: a response address is a secret.
func bare(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}
