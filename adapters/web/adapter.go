// Package web is the local web desk: a small messenger of its own, for trying
// the desk out and for teams that have no other. It has channels, threads,
// direct messages with the bot, emoji, buttons, forms and typed slash commands,
// and it shows mail in and out. There is no messenger behind it: the store
// keeps its messages, and pages are read through bot.Pages alone.
//
// Nobody signs in. That is safe only on the machine itself, see [LocalOnly].
package web

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"
	"time"

	"meridian/bot"
	"meridian/bot/say"
)

// name is the adapter's name, as places and people carry it: "web:support".
const name = "web"

// heardEvery is how often the adapter reports that it has caught up. There is
// no outside that could hold anything back.
const heardEvery = time.Minute

// Options are what the web desk needs beside the desk itself.
type Options struct {
	Catalogue *say.Catalogue
	Log       *slog.Logger   // nil: slog.Default()
	PublicURL string         // http.public_url; when it is set nobody acts without sign-in
	Try       Try            // what can be tried out on the page
	Install   Install        // how the desk is put into Slack
	Passes    bot.MailPasses // read the links in mails
	Rand      io.Reader      // where one-time ids come from; nil: crypto/rand
}

// Adapter is the web desk. It is safe for use by many at once.
type Adapter struct {
	desk      bot.Desk
	words     *say.Catalogue
	log       *slog.Logger
	publicURL string
	passes    bot.MailPasses
	rand      io.Reader
	try       Try
	pasted    *recent[bot.Event] // mails that were shown and not filed yet
	install   Install
	randMu    sync.Mutex
	assets    assets
	pages     map[say.Language]*renderer
	stop      sync.Once
	stopped   chan struct{} // closed when Run ends: live connections end with it
}

// New makes a web desk that speaks to desk.
func New(desk bot.Desk, o Options) *Adapter {
	a := &Adapter{desk: desk, words: o.Catalogue, log: o.Log, publicURL: o.PublicURL, passes: o.Passes, rand: o.Rand, try: o.Try, install: o.Install,
		pasted: newRecent[bot.Event](pastedKept),
		assets: loadAssets(), pages: map[say.Language]*renderer{}, stopped: make(chan struct{})}
	if a.log == nil {
		a.log = slog.Default()
	}
	if a.rand == nil {
		a.rand = rand.Reader
	}
	for _, l := range say.Languages() {
		a.pages[l] = newRenderer(l, a.words, a.assets)
	}
	return a
}

// Name is "web".
func (a *Adapter) Name() string { return name }

// Keeps says that the store keeps what the web desk shows.
func (a *Adapter) Keeps() bool { return true }

// Run reports at once, and then every minute, that the adapter has caught up:
// whatever somebody typed was accepted while they waited. When ctx ends, live
// connections end too.
func (a *Adapter) Run(ctx context.Context) error {
	defer a.stop.Do(func() { close(a.stopped) })
	tick := time.NewTicker(heardEvery)
	defer tick.Stop()
	for {
		now := time.Now()
		if err := a.desk.Accept(ctx, bot.Event{Source: name, At: now, Body: bot.Heard{Until: now}}); err != nil && ctx.Err() == nil {
			a.log.WarnContext(ctx, "web: could not report as caught up", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// Deliver needs no network: the engine writes what the receipt stands for in
// the receipt's own transaction. The same key gives the same id, so that
// delivering twice shows one message.
func (a *Adapter) Deliver(_ context.Context, d bot.Delivery) (bot.Receipt, error) {
	switch d.Op {
	case bot.OpWhisper, bot.OpPost, bot.OpUpload:
		if d.Op == bot.OpWhisper && d.Person == "" {
			return bot.Receipt{}, bot.Permanent(errors.New("web: whisper to nobody"))
		}
		return bot.Receipt{Message: messageID("b", d.Key), Thread: d.To.Thread}, nil
	case bot.OpEdit, bot.OpDelete, bot.OpReact, bot.OpUnreact:
		if d.Target == "" {
			return bot.Receipt{}, bot.Permanent(fmt.Errorf("web: %s of no message", d.Op))
		}
		return bot.Receipt{Message: d.Target, Thread: d.To.Thread}, nil
	}
	return bot.Receipt{}, bot.ErrUnsupported
}

// Find says that a delivery without a receipt was not done: the message and its
// receipt are written together.
func (a *Adapter) Find(context.Context, bot.Delivery) (bot.Receipt, bool, error) {
	return bot.Receipt{}, false, nil
}

// messageID makes the id of a message: kind is "b" for what the bot says and
// "m" for what people say, so that nobody can name a message of the bot.
func messageID(kind string, parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return kind + strings.ToLower(base32.StdEncoding.EncodeToString(sum[:10]))
}

// nonce is the one-time id of a form. It names what is done with the form, so
// that a double click or a replay is one event.
func (a *Adapter) nonce() string {
	a.randMu.Lock()
	defer a.randMu.Unlock()
	var b [15]byte
	if _, err := io.ReadFull(a.rand, b[:]); err != nil {
		panic("web: no randomness: " + err.Error()) // crypto/rand never fails
	}
	return strings.ToLower(base32.StdEncoding.EncodeToString(b[:]))
}
