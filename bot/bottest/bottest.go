// Package bottest plays written conversations against a whole bot, with a real
// database and fake time, and writes down what the bot says. A conversation is
// a text file, read as a chat log:
//
//	at 2026-03-03 09:00 Europe/Minsk
//	owen: @desk checkout is broken
//	desk in #support/owen#1: R-1 is filed. A person answers here.
//	inga reacts :eyes: to card R-1
//	wait 10m       (or: wait until 2026-03-13 18:00 America/New_York)
//	card R-1:      (what the card shows now)
//	inga presses [Reply] on card R-1
//	inga sends text=Hello; then=solved
//	cut            (the process dies here and starts again)
//	off 25m        (it is off for a while in between)
//	deaf web       (the messenger is cut off; hears web: it has caught up)
//	mail fails     (mail is refused; mail waits: nobody takes it now; mail works: it leaves)
//
// Before it begins, lines such as "with followup: auto" change what it is played
// with. Lines that begin with a person, "mail", "alert", "at", "wait", "card",
// "deaf", "hears" or "cut" are what happens. All others ("desk ...", "to inga ...", "mail to ...") are
// what the bot does, and must come out as they are written.
package bottest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"meridian/bot"
	"meridian/bot/engine"
	"meridian/bot/say"
)

// maxStatements is how many SQL statements one event may take.
const maxStatements = 60

// Options are what a conversation is played on.
type Options struct {
	// Open opens the store; each call after the first is the same database
	// after a crash.
	Open     func(ctx context.Context, settings func() *bot.Settings) bot.Store
	Router   *bot.Router
	Settings *bot.Settings
	// Messenger is where people talk: "web" (the default), which has no wire;
	// "slack" or "slack over HTTP", with the adapter and a strict stand-in.
	Messenger string
	// MoveIn imports what came over from another desk, as the command line does.
	// Nil: nothing can.
	MoveIn func(ctx context.Context, store bot.Store, s *bot.Settings, all []Moved) error
}

// Play runs a conversation and returns it with the bot's lines as they came
// out.
func Play(t *testing.T, script string, o Options) (got string) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		words, err := say.New()
		if err != nil {
			t.Fatal(err)
		}
		p := &player{t: t, o: o, words: words, messages: map[string]string{}, counts: map[string]int{}, cards: map[string]string{}, starts: map[string]span{}, places: map[string]bot.Place{}, forms: map[string]openForm{}, shows: map[string]string{}, deaf: map[string]bool{}}
		if p.m, err = p.newMessenger(); err != nil {
			t.Fatal(err)
		}
		defer func() {
			if p.stop != nil {
				p.stop()
			}
			got = p.out.String()
		}()
		p.play(script)
	})
	return got
}

// player is one conversation under way.
type player struct {
	t     *testing.T
	o     Options
	words *say.Catalogue
	out   strings.Builder

	mu        sync.Mutex
	heard     []line               // what the bot did since the last step
	messages  map[string]string    // our name of a message ("owen#1") -> its id
	names     map[string]string    // id -> our name
	counts    map[string]int       // messages by author
	cards     map[string]string    // "R-1" -> id of its card
	buttons   []shownButton        // newest last
	starts    map[string]span      // of alerts
	places    map[string]bot.Place // of messages, by id
	steps     int
	forms     map[string]openForm // by person
	shows     map[string]string   // id of a card -> what it shows now
	deaf      map[string]bool     // adapters that do not report to have caught up
	mailDead  bool                // mail is refused
	mailWaits bool                // mail cannot be sent now
	moved     []Moved             // what comes over before it begins
	mailed    bot.Event           // the mail that came in last
	ours      string              // the Message-ID of the mail that the bot sent last

	m     messenger
	life  *life
	stop  func()
	begun bool
}

// line is one thing that the bot did.
type line struct {
	id   int64
	text string
}

type shownButton struct {
	label, act, value, message string
	place                      bot.Place
	card                       string
}

// play walks the script line by line.
func (p *player) play(script string) {
	p.names = map[string]string{}
	lines := strings.Split(strings.TrimRight(script, "\n"), "\n")
	for n := 0; n < len(lines); n++ {
		text := strings.TrimRight(lines[n], " \t")
		switch {
		case strings.HasPrefix(lines[n], "  "):
			// what the bot did is written down by show
		case text == "" || strings.HasPrefix(text, "#"):
			fmt.Fprintln(&p.out, text)
		case p.isOutput(text):
		default:
			var body []string
			if strings.HasPrefix(text, "mail from ") {
				for n+1 < len(lines) && strings.HasPrefix(lines[n+1], "  ") {
					n++
					body = append(body, strings.TrimPrefix(lines[n], "  "))
				}
			}
			p.step(n+1, text, body)
		}
	}
}

// isOutput reports whether a line says what the bot did.
func (p *player) isOutput(text string) bool {
	for _, prefix := range []string{"desk ", "desk:", "to ", "mail to ", "desk reacts"} {
		if strings.HasPrefix(text, prefix) {
			return true
		}
	}
	return false
}

// step does one line, lets everything settle, and writes down what came of it.
func (p *player) step(n int, text string, body []string) {
	p.t.Helper()
	fmt.Fprintln(&p.out, text)
	for _, b := range body {
		fmt.Fprintln(&p.out, "  "+b)
	}
	if rest, ok := strings.CutPrefix(text, "at "); ok && !p.begun {
		p.sleepUntil(n, rest)
		return
	}
	if rest, ok := strings.CutPrefix(text, "with "); ok {
		if err := p.with(rest); err != nil {
			p.t.Fatalf("line %d: %v", n, err)
		}
		return
	}
	if !p.begun {
		p.start()
	}
	if err := p.do(text, strings.Join(body, "\n")); err != nil {
		p.t.Fatalf("line %d: %q: %v\nafter:\n%s", n, text, err, p.out.String())
	}
	p.settle()
	p.show()
}

// settle waits until nothing moves any more, and for what is due at once.
func (p *player) settle() {
	synctest.Wait()
	time.Sleep(10 * time.Millisecond)
	synctest.Wait()
}

func (p *player) sleepUntil(n int, s string) {
	if err := p.waitUntil(s); err != nil {
		p.t.Fatalf("line %d: %v", n, err)
	}
}

// waitUntil lets time pass until "2026-03-03 09:00 Europe/Minsk".
func (p *player) waitUntil(s string) error {
	date, zone, ok := cutLast(s, " ")
	if !ok {
		return errors.New("say 2026-03-03 09:00 Europe/Minsk")
	}
	loc, err := time.LoadLocation(zone)
	if err != nil {
		return err
	}
	at, err := time.ParseInLocation("2006-01-02 15:04", date, loc)
	if err != nil {
		return err
	}
	if at.Before(time.Now()) {
		return fmt.Errorf("%s is over already", s)
	}
	time.Sleep(time.Until(at))
	return nil
}

// shown writes down what a card shows now.
func (p *player) shown(card string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	text, ok := p.shows[p.messages[card]]
	if !ok {
		return fmt.Errorf("there is no %s", card)
	}
	p.hear(0, "  "+text)
	return nil
}

// start opens the store and runs an engine on it.
func (p *player) start() {
	if !p.begun {
		p.o.Settings = p.m.settings(p.o.Settings)
	}
	p.begun = true
	ctx, cancel := context.WithCancel(p.t.Context())
	settings := func() *bot.Settings { return p.o.Settings }
	store := p.o.Open(ctx, settings)
	if len(p.moved) > 0 {
		if err := p.o.MoveIn(ctx, store, p.o.Settings, p.moved); err != nil {
			p.t.Fatal(err)
		}
		p.moved = nil
	}
	l := &life{store: store, Blobs: store}
	e, err := engine.New(engine.Options{
		Store: l, Router: p.o.Router, Catalogue: p.words, Settings: settings, Name: "test", Poll: time.Hour, Log: slog.New(&complaints{t: p.t, life: l}),
		Handled: func(ev bot.Event, n int) {
			if n > maxStatements {
				p.t.Errorf("%s event took %d SQL statements, the limit is %d", ev.Body.Kind(), n, maxStatements)
			}
		},
	})
	if err != nil {
		p.t.Fatal(err)
	}
	l.desk = e
	a, err := p.m.adapter(l)
	if err != nil {
		p.t.Fatal(err)
	}
	if err := e.Add(a, &mailbox{p: p, life: l}, &alerts{p: p, life: l}); err != nil {
		p.t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- e.Run(ctx) }()
	p.life = l
	p.stop = func() {
		cancel()
		if err := <-done; err != nil {
			p.t.Error(err)
		}
		if err := l.store.Close(); err != nil {
			p.t.Error(err)
		}
	}
	synctest.Wait()
}

// cut is a crash: from now on every call of the old engine fails.
func (p *player) cut() { p.off(0) }

// off is a crash after which nobody starts the process for a while.
func (p *player) off(d time.Duration) {
	p.life.dead.Store(true)
	p.stop()
	time.Sleep(d)
	p.start()
}

// show writes down what the bot did, in the order in which it was decided.
func (p *player) show() {
	p.mu.Lock()
	defer p.mu.Unlock()
	sortLines(p.heard)
	for _, l := range p.heard {
		first, rest, more := strings.Cut(l.text, "\n")
		fmt.Fprintln(&p.out, first)
		if more {
			for s := range strings.SplitSeq(rest, "\n") {
				if s == "" {
					s = "|" // an empty line: editors strip blanks at the end
				}
				fmt.Fprintln(&p.out, "  "+s)
			}
		}
	}
	p.heard = nil
}

func cutLast(s, sep string) (before, after string, ok bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}
