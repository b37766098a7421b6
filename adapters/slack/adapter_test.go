package slack

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"meridian/adapters/slack/slacktest"
	"meridian/bot"
	"meridian/bot/say"
)

// The secrets of the stand-in, in the shape of Slack's.
const (
	botToken = "xoxb-canary-bot-token"
	appToken = "xapp-canary-app-token"
	signing  = "canary-signing-secret"
)

func config(c Config) Config {
	c.BotToken = botToken
	return c
}

func workspace(o slacktest.Options) slacktest.Options {
	o.BotToken, o.AppToken, o.SigningSecret = botToken, appToken, signing
	return o
}

// desk is a desk without rules: it keeps what it is given, and knows settings,
// forms and choices.
type desk struct {
	mu        sync.Mutex
	settings  *bot.Settings
	events    []bot.Event
	keys      map[string]bool
	all       int // accepted, those known by their key included
	blobs     map[string][]byte
	heard     map[string]bot.Event
	requests  []bot.Request
	reminders []bot.Reminder
	wish      bot.Preference
	ails      string // the mark of what the adapter suffers from
	accept    func(bot.Event) error
	form      func(bot.Event) (bot.Form, bool, error)
	try       func(bot.Event) error
	choices   func(bot.Query) []bot.Choice
}

func newDesk() *desk {
	at := func(id string) bot.Place { return bot.Place{Adapter: name, Channel: id} }
	person := func(id, called string, role bot.Role) bot.Person {
		return bot.Person{ID: "slack:" + id, IDs: []string{"slack:" + id}, Name: called, Role: role}
	}
	return &desk{keys: map[string]bool{}, blobs: map[string][]byte{}, heard: map[string]bot.Event{}, settings: &bot.Settings{
		Team: bot.Team{Name: "Desk", Language: say.English},
		Channels: []bot.Channel{
			{Name: "support", Place: at("C0SUPPORT"), Desk: at("C0DESK"), Audience: bot.ForClients},
			{Name: "desk", Place: at("C0DESK"), Audience: bot.Inside},
			{Name: "inside", Place: at("C0INSIDE"), Audience: bot.ForClients, LookedUp: true},
		},
		People: []bot.Person{person("U0VERA", "Vera", bot.Lead), person("U0INGA", "Inga", bot.Agent)},
	}}
}

func (d *desk) Accept(_ context.Context, events ...bot.Event) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, e := range events {
		if d.accept != nil {
			if err := d.accept(e); err != nil {
				return err
			}
		}
	}
	for _, e := range events {
		d.all++
		if _, ok := e.Body.(bot.Heard); ok {
			d.heard[e.Source] = e
			continue
		}
		if b, ok := e.Body.(bot.Changed); ok && b.What == bot.WhatAdapter {
			d.ails = ""
			if b.Ailing != "" {
				d.ails = fmt.Sprint(e.At.UnixMilli(), " ", b.Ailing)
			}
			continue
		}
		if e.Key != "" && d.keys[e.Key] {
			continue
		}
		d.keys[e.Key] = true
		d.events = append(d.events, e)
	}
	return nil
}

func (d *desk) Form(_ context.Context, e bot.Event) (bot.Form, bool, error) {
	if d.form == nil {
		return bot.Form{}, false, nil
	}
	return d.form(e)
}

func (d *desk) Try(_ context.Context, e bot.Event) error {
	if d.try == nil {
		return nil
	}
	return d.try(e)
}

func (d *desk) Choices(_ context.Context, q bot.Query) ([]bot.Choice, error) {
	if d.choices == nil {
		return nil, nil
	}
	return d.choices(q), nil
}

func (d *desk) View(_ context.Context, who string, fn func(bot.Pages) error) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return fn(bot.PagesFor(deskView{desk: d}, who))
}

func (d *desk) Watch(context.Context) <-chan struct{} { return nil }

func (d *desk) PutBlob(_ context.Context, kind string, r io.Reader, limit int64) (bot.Blob, error) {
	data, err := io.ReadAll(r)
	if err != nil {
		return bot.Blob{}, err
	}
	if int64(len(data)) > limit {
		return bot.Blob{}, bot.ErrTooLarge
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	b := bot.Blob{Hash: fingerprint(data), Size: int64(len(data)), Kind: kind}
	d.blobs[b.Hash] = data
	return b, nil
}

func (d *desk) OpenBlob(_ context.Context, b bot.Blob) (io.ReadCloser, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	data, ok := d.blobs[b.Hash]
	if !ok {
		return nil, bot.ErrNotFound
	}
	return io.NopCloser(bytes.NewReader(data)), nil
}

// got are the events accepted so far, as "kind key".
func (d *desk) got() (out []string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, e := range d.events {
		out = append(out, e.Body.Kind()+" "+e.Key)
	}
	return out
}

// take gives the events of a kind, and forgets them.
func (d *desk) take(kind string) (out []bot.Event) {
	d.mu.Lock()
	defer d.mu.Unlock()
	var rest []bot.Event
	for _, e := range d.events {
		if e.Body.Kind() == kind {
			out = append(out, e)
		} else {
			rest = append(rest, e)
		}
	}
	d.events = rest
	return out
}

// deskView is the part of a view that the adapter reads. Everything else panics.
type deskView struct {
	bot.View
	desk *desk
}

func (v deskView) Settings() *bot.Settings { return v.desk.settings }

func (v deskView) Now() timeT { return time.Now() }

func (v deskView) Mark(string) (string, error) { return v.desk.ails, nil } // View holds the lock

// ailing is the mark that the adapter keeps of what it suffers from, as a test
// reads it.
func (d *desk) ailing() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.ails
}

func (v deskView) HeardUntil(adapter string) (at timeT, err error) {
	if b, ok := v.desk.heard[adapter].Body.(bot.Heard); ok {
		at = b.Until
	}
	return at, nil
}

func (v deskView) Requests(q bot.RequestQuery) (out []bot.Request, err error) {
	for _, r := range v.desk.requests {
		if (q.Assignee == "" || r.Assignee == q.Assignee) && (q.Requester == "" || r.Requester == q.Requester) && (!q.Unowned || r.Assignee == "") {
			out = append(out, r)
		}
	}
	return out, nil
}

func (v deskView) Preference(string) (bot.Preference, error) { return v.desk.wish, nil }

func (v deskView) Reminders(q bot.ReminderQuery) (found []bot.Reminder, err error) {
	for _, r := range v.desk.reminders {
		if state := cmp.Or(r.State, bot.ReminderActive); slices.Contains(q.States, state) {
			found = append(found, r)
		}
	}
	return found, nil
}

// buffer is a log that many may write to.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// bench is an adapter in the stand-in workspace.
type bench struct {
	*Adapter
	t     testing.TB
	slack *slacktest.Server
	desk  *desk
	logs  *buffer
	stop  context.CancelFunc
	done  chan error
}

func catalogue(t testing.TB) *say.Catalogue {
	t.Helper()
	c, err := say.New()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// newBench makes an adapter that does not run yet.
func newBench(t testing.TB, c Config, o slacktest.Options) *bench {
	t.Helper()
	b := &bench{t: t, desk: newDesk(), logs: &buffer{}, done: make(chan error, 1)}
	b.slack = slacktest.New(t, workspace(o))
	b.slack.Cast()
	a, err := New(config(c), b.desk, Options{
		Catalogue: catalogue(t), Log: slog.New(slog.NewTextHandler(b.logs, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Transport: b.slack.Transport(), Dial: b.slack.Dial,
	})
	if err != nil {
		t.Fatal(err)
	}
	b.Adapter = a
	b.desk.settings.Known = a
	if a.Serves() {
		b.slack.SetApp(a.Handler())
	}
	return b
}

// run starts the adapter; it ends with the test, or with b.end.
func (b *bench) run() *bench {
	b.t.Helper()
	ctx, cancel := context.WithCancel(b.t.Context())
	b.stop = cancel
	go func() { b.done <- b.Run(ctx) }()
	synctest.Wait()
	return b
}

func (b *bench) end() {
	b.t.Helper()
	b.stop()
	if err := <-b.done; err != nil && !errors.Is(err, context.Canceled) {
		b.t.Errorf("Run ended with %v", err)
	}
	b.slack.Wait()
	b.noSecrets()
}

// noSecrets fails the test when a secret was logged or stored.
func (b *bench) noSecrets() {
	b.t.Helper()
	var all strings.Builder
	all.WriteString(b.logs.String())
	for _, e := range b.desk.events {
		stored, err := bot.EncodeEvent(e)
		if err != nil {
			b.t.Error(err)
		}
		all.WriteString(string(stored) + e.Key)
	}
	written := all.String()
	for _, secret := range []string{botToken, appToken, signing, "hooks.slack.com", "ticket="} {
		if strings.Contains(written, secret) {
			b.t.Errorf("the secret %q was written down", secret)
		}
	}
}

// over runs a test in fake time, once over HTTP and once over Socket Mode.
func over(t *testing.T, o slacktest.Options, test func(t *testing.T, b *bench)) {
	t.Helper()
	for way, c := range map[string]Config{"HTTP": {SigningSecret: signing}, "sockets": {AppToken: appToken}} {
		t.Run(way, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBench(t, c, o).run()
				test(t, b)
				b.end()
			})
		})
	}
}

func TestAMessageIsOneEventOverBothWays(t *testing.T) {
	over(t, slacktest.Options{}, func(t *testing.T, b *bench) {
		ts := b.slack.Say("U0OWEN", "C0SUPPORT", "", "<@"+slacktest.BotUser+"> checkout &lt;b&gt; is <https://x.example/|broken>")
		synctest.Wait()
		got := b.desk.take("said")
		if len(got) != 1 {
			t.Fatalf("got %d events: %v", len(got), b.desk.got())
		}
		e := got[0]
		said := e.Body.(bot.Said)
		want := "slack:C0SUPPORT slack:" + slacktest.Stranger + "/U0OWEN said:C0SUPPORT/" + ts + " checkout <b> is broken (https://x.example/) true"
		if s := fmt.Sprint(e.Place, " ", e.Actor.ID, " ", e.Key, " ", said.Text, " ", said.Mentioned); s != want || e.Message != ts || e.At.IsZero() {
			t.Errorf("got  %s\nwant %s", s, want)
		}
		if len(b.slack.Lost()) > 0 {
			t.Errorf("lost %v", b.slack.Lost())
		}
	})
}

func TestOurOwnWordsAndThoseOfOtherBotsAreNoEvents(t *testing.T) {
	over(t, slacktest.Options{}, func(t *testing.T, b *bench) {
		_, err := b.Deliver(t.Context(), bot.Delivery{Key: "k", Op: bot.OpPost, To: bot.Place{Adapter: name, Channel: "C0DESK"}, Message: bot.MessageOf(bot.Say("client.done"))})
		if err != nil {
			t.Fatal(err)
		}
		b.slack.Send("C0DESK", map[string]any{"type": "message", "subtype": "bot_message", "bot_id": "B9", "text": "hi", "ts": "1.000001", "channel": "C0DESK"})
		b.slack.Send("C0DESK", map[string]any{"type": "message", "subtype": "channel_join", "user": "U0VERA", "text": "has joined", "ts": "1.000002", "channel": "C0DESK"})
		synctest.Wait()
		if got := b.desk.got(); len(got) != 0 {
			t.Errorf("got %v", got)
		}
	})
}

func TestHTTPWithoutASignatureIsRefused(t *testing.T) {
	b := newBench(t, Config{SigningSecret: signing}, slacktest.Options{})
	for _, path := range []string{"/slack/events", "/slack/commands", "/slack/interactions"} {
		r, err := http.NewRequest(http.MethodPost, path, strings.NewReader("{}"))
		if err != nil {
			t.Fatal(err)
		}
		if code, body := answer(b, r); code != http.StatusUnauthorized || body != "unsigned\n" {
			t.Errorf("%s: %d %q", path, code, body)
		}
	}
}
