// Package slack is the desk in a Slack workspace: one app, in the channels that
// it was invited to. It takes events, slash commands, buttons and forms over
// signed HTTP or over Socket Mode, and posts, edits, whispers and reacts through
// the Web API.
//
// What Slack brings is acknowledged when it is stored, and not before. What the
// desk says is written as rich text, whose quotes are data and never markup.
// Calls are not repeated here: the desk's outbox knows what may be repeated.
package slack

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"meridian/bot"
	"meridian/bot/say"
)

// name is the adapter's name, as places and people carry it: "slack:C012".
const name = "slack"

// Config is what the configuration file says of Slack.
type Config struct {
	BotToken      string // xoxb-..., of the app in this workspace
	AppToken      string // xapp-..., opens Socket Mode; empty: there is none
	SigningSecret string // of what comes over HTTP; empty: nothing does
	APIURL        string // where the Web API is; empty: slack.com
	Prefix        string // before the names of slash commands: "acme-" makes /acme-request
	// Groups are user groups that have a role, as "S0123". Who is in them is
	// looked up.
	Groups []string
}

// Options are what the adapter needs beside its section. Those of the network
// may be left out.
type Options struct {
	Catalogue *say.Catalogue
	Log       *slog.Logger
	PublicURL string // of the web desk, for links; empty: there are none
	Transport http.RoundTripper
	Dial      func(ctx context.Context, network, address string) (net.Conn, error) // for Socket Mode
	Unpaced   bool                                                                 // keep to no rates but those of a 429: the workspace is a stand-in
}

// Adapter is the desk's side of a workspace. It is safe for use by many at once.
type Adapter struct {
	desk      bot.Desk
	conf      Config
	words     *say.Catalogue
	log       *slog.Logger
	publicURL string
	api       *client
	dial      func(ctx context.Context, network, address string) (net.Conn, error)
	plainDial bool // dial gives what needs no TLS, as in tests

	me        atomic.Pointer[identity]
	people    *people
	channels  *channels
	responses *responses
	direct    *directs
	threads   *seen // whose beginning the desk knows
	ours      *seen // messages of our own
	health    *health
	lives     *lives
	overheard *overheard
	renewing  sync.Mutex // one connection is opened at a time
	finds     *finds
	homes     *homes
}

// identity is who the app is in the workspace.
type identity struct {
	Team      string `json:"team_id"`
	User      string `json:"user_id"`
	Bot       string `json:"bot_id"`
	Workspace string `json:"team"` // the workspace's name
	Name      string `json:"user"` // the app's name in it
}

// New checks c and makes an adapter that speaks to desk. Its error begins with
// the key that is wrong.
func New(c Config, desk bot.Desk, o Options) (*Adapter, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	a := &Adapter{desk: desk, conf: c, words: o.Catalogue, log: o.Log, publicURL: strings.TrimSuffix(o.PublicURL, "/"), dial: o.Dial, plainDial: o.Dial != nil}
	if a.log == nil {
		a.log = slog.New(slog.DiscardHandler)
	}
	if a.dial == nil {
		a.dial = (&net.Dialer{Timeout: dialTime}).DialContext
	}
	a.health = newHealth(a.log)
	a.api = newClient(c, o, a.log, a.health.ail)
	a.api.lack = a.health.lack
	a.api.scopes = func(granted string) { a.health.granted(granted, len(c.Groups) > 0) }
	a.people, a.channels = newPeople(a), newChannels(a)
	a.responses, a.direct, a.threads, a.ours, a.lives, a.finds = newResponses(), newDirects(), newSeen(), newSeen(), newLives(), newFinds()
	a.homes, a.overheard = newHomes(), newOverheard()
	return a, nil
}

// Name is "slack".
func (a *Adapter) Name() string { return name }

// Rates are those of chat.postMessage: a message a second and channel, with a
// short burst, and several hundred a minute in all. Other methods have rates of
// their own, see [client].
func (a *Adapter) Rates() bot.Rates {
	return bot.Rates{ChannelEvery: 1, ChannelBurst: 1, Total: 5, TotalBurst: 20, Parallel: 32,
		Free: []bot.Op{bot.OpEdit, bot.OpDelete, bot.OpReact, bot.OpUnreact, bot.OpWhisper, bot.OpHome, bot.OpThread}}
}

// Run finds out who the app is and who reads its channels, catches up with what
// was said while it was down, and listens until ctx ends.
func (a *Adapter) Run(ctx context.Context) error {
	var wg sync.WaitGroup
	wg.Go(func() { a.begin(ctx) })
	wg.Go(func() { a.watchHealth(ctx) })
	if a.conf.AppToken != "" {
		wg.Go(func() { a.listen(ctx) })
	}
	wg.Wait()
	return nil
}

// begin does what must be done once Slack can be reached, and then goes on
// keeping up.
func (a *Adapter) begin(ctx context.Context) {
	for tries := 0; ; tries++ {
		err := a.identify(ctx)
		if err == nil {
			break
		}
		if ctx.Err() != nil {
			return
		}
		a.log.Warn("slack does not say who we are", "error", err)
		if !sleep(ctx, backoff(tries, 5*time.Minute)) {
			return
		}
	}
	a.health.nudge() // a desk that was told otherwise hears that the token is good
	var wg sync.WaitGroup
	wg.Go(func() { a.people.keep(ctx) })
	wg.Go(func() { a.channels.keep(ctx) })
	wg.Go(func() { a.keepUp(ctx) })
	wg.Go(func() { a.keepHomes(ctx) })
	wg.Wait()
}

func (a *Adapter) identify(ctx context.Context) error {
	var me identity
	if err := a.api.call(ctx, "auth.test", nil, &me); err != nil {
		return err
	}
	if me.Team == "" || me.User == "" {
		return errors.New("auth.test named no workspace")
	}
	a.me.Store(&me)
	return nil
}

// self is who the app is, as far as it knows.
func (a *Adapter) self() identity {
	if me := a.me.Load(); me != nil {
		return *me
	}
	return identity{}
}

// sleep waits, and reports false when ctx ended first.
func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}

// backoff is the time to wait after so many failures: 1, 2, 4 ... seconds up to
// most, and up to a fifth more, so that many do not come back at once.
func backoff(tries int, most time.Duration) time.Duration {
	return jitter(min(time.Second<<min(tries, 20), most))
}

// jitter adds up to a fifth.
func jitter(d time.Duration) time.Duration {
	n, err := rand.Int(rand.Reader, big.NewInt(int64(d)/5+1))
	if err != nil {
		return d
	}
	return d + time.Duration(n.Int64())
}
