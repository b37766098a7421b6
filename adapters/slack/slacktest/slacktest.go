// Package slacktest is a strict stand-in for Slack: a workspace with people,
// channels and one installed app. It answers the Web API, sends events, slash
// commands and interactions to the app over signed HTTP or over Socket Mode,
// and does what its people do.
//
// It is strict where Slack is: sizes of blocks, rates with 429, one-time
// triggers that end after 3 seconds, response addresses that end after 30
// minutes or 5 uses, acknowledgements within 3 seconds with redeliveries behind
// them. What an app must never do fails the test at once, see [T].
//
// No socket is opened: [Server.Transport] answers calls in place and
// [Server.Dial] gives one end of a pipe, so that everything works inside of a
// testing/synctest bubble. The same server is an http.Handler for those who
// want real ones.
package slacktest

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// T is told when the app breaks a contract. A *testing.T is one.
type T interface {
	Helper()
	Errorf(format string, args ...any)
}

// The ids of the workspace and of the app in it.
const (
	Team      = "T0MERIDIAN"
	App       = "A0MERIDIAN"
	BotUser   = "U0MERIDIAN"
	BotID     = "B0MERIDIAN"
	Stranger  = "T0HARBOR" // the team of people in shared channels who are not of ours
	ackTime   = 3 * time.Second
	clickTime = 3 * time.Second
)

// Options make a Server. The zero value is a workspace with Slack's own limits.
type Options struct {
	BotToken      string        // default "xoxb-test-bot-token"
	AppToken      string        // default "xapp-test-app-token"
	SigningSecret string        // default "test-signing-secret"
	Scopes        []string      // granted to the bot; default all that exist here
	Visibility    time.Duration // how long a message takes to appear in histories
	PostBurst     int           // messages that a channel takes at once; default 4
	PostEvery     time.Duration // then one each; default 1 s
	Unlimited     bool          // no rates: for measuring
	HistoryPage   int           // most messages in one answer of a history; default 100
	HistoryEvery  time.Duration // between two calls of a history: an app of a store has a minute
	SocketLife    time.Duration // of a connection; default 5 h
	Seed          uint64        // of what is left to chance
	Clock         Clock         // how the log shows a date; default in UTC
	Base          string        // what addresses begin with; default those of Slack itself
}

// Server is the workspace. It is safe for use by many at once.
type Server struct {
	t T
	o Options

	mu        sync.Mutex
	rand      *rand.Rand
	lastTS    int64
	ids       int
	bot       http.Handler
	users     map[string]*User
	channels  map[string]*Channel
	groups    map[string][]string
	messages  map[string][]*Message // by channel, oldest first
	files     map[string]*file
	views     map[string][]*View // by user: the stack of modals, the open one last
	homes     map[string]*View
	triggers  map[string]trigger
	responses map[string]*response
	limits    limits
	faults    []*Fault
	calls     map[string]int
	log       []Entry
	lost      []string
	dead      string // error that every call gets; the token has died
	sockets   *sockets
	flights   sync.WaitGroup
}

// New makes a workspace. Its people and channels are those of [Cast].
func New(t T, o Options) *Server {
	o.BotToken = or(o.BotToken, "xoxb-test-bot-token")
	o.AppToken = or(o.AppToken, "xapp-test-app-token")
	o.SigningSecret = or(o.SigningSecret, "test-signing-secret")
	if o.Scopes == nil {
		o.Scopes = allScopes()
	}
	if o.PostBurst == 0 {
		o.PostBurst = 4
	}
	if o.PostEvery == 0 {
		o.PostEvery = time.Second
	}
	if o.HistoryPage == 0 {
		o.HistoryPage = 100
	}
	if o.Clock == nil {
		o.Clock = utc
	}
	if o.SocketLife == 0 {
		o.SocketLife = 5 * time.Hour
	}
	s := &Server{
		t: t, o: o, rand: rand.New(rand.NewPCG(o.Seed, 1)), users: map[string]*User{}, channels: map[string]*Channel{}, groups: map[string][]string{},
		messages: map[string][]*Message{}, files: map[string]*file{}, views: map[string][]*View{}, homes: map[string]*View{},
		triggers: map[string]trigger{}, responses: map[string]*response{}, calls: map[string]int{},
	}
	s.limits = newLimits(o)
	s.sockets = newSockets(s)
	return s
}

func or(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// SetApp names the app's own HTTP handler: without a socket, events go there.
func (s *Server) SetApp(h http.Handler) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.bot = h
}

// Wait waits until everything that was sent to the app has been answered or
// given up.
func (s *Server) Wait() { s.flights.Wait() }

// Lost are the events that the app never acknowledged, by their ids.
func (s *Server) Lost() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.lost)
}

// Calls counts how often a method of the Web API was called.
func (s *Server) Calls(method string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.calls[method]
}

// Kill lets the token die: every call is answered with this error, such as
// "token_revoked". Empty brings it back.
func (s *Server) Kill(why string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.dead = why
}

// Revoke takes a scope from the token.
func (s *Server) Revoke(scope string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.o.Scopes = slices.DeleteFunc(slices.Clone(s.o.Scopes), func(have string) bool { return have == scope })
}

// Grant gives the token a scope, as installing the app again does.
func (s *Server) Grant(scope string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.o.Scopes = append(slices.Clone(s.o.Scopes), scope)
}

// Clock writes a date of a message, which is written as fallback where no
// messenger shows it in its reader's own words.
type Clock func(at time.Time, fallback string) string

// utc is how a date is shown where nobody says otherwise.
func utc(at time.Time, _ string) string { return at.UTC().Format("Mon 2 Jan 15:04 MST") }

// address is where something of the workspace can be reached.
func (s *Server) address(host, path string) string {
	if s.o.Base != "" {
		return s.o.Base + path
	}
	return "https://" + host + path
}

// breach fails the test: the app has done what it must never do.
func (s *Server) breach(format string, args ...any) {
	s.t.Helper()
	s.t.Errorf("slack: "+format, args...)
}

// ts is a new timestamp, which names a message. The caller holds the lock.
func (s *Server) ts() string {
	n := max(time.Now().UnixMicro(), s.lastTS+1)
	s.lastTS = n
	return fmt.Sprintf("%d.%06d", n/1e6, n%1e6)
}

// id is a new id with a letter in front. The caller holds the lock.
func (s *Server) id(letter string) string {
	s.ids++
	return letter + "0" + strings.ToUpper(strconv.FormatInt(int64(s.ids)+46655, 36))
}

// seconds is the instant that a timestamp names.
func seconds(ts string) time.Time {
	whole, part, _ := strings.Cut(ts, ".")
	sec, err1 := strconv.ParseInt(whole, 10, 64)
	micro, err2 := strconv.ParseInt((part + "000000")[:6], 10, 64)
	if err1 != nil || err2 != nil {
		return time.Time{}
	}
	return time.UnixMicro(sec*1e6 + micro)
}

// Entry is one thing that the app did in the workspace.
type Entry struct {
	At      time.Time
	Kind    string // "post", "edit", "delete", "react", "unreact", "whisper", "home", "open", "upload"
	Channel string
	Thread  string
	TS      string
	User    string // who alone sees a whisper, a home, a modal
	Emoji   string
	Text    string // the blocks as plain text, buttons in brackets
	Notice  string // the text that a phone shows
	Key     string // in the message's metadata
}

// Log is what the app did so far, oldest first.
func (s *Server) Log() []Entry {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.log)
}

// Since is what the app did after the first n things.
func (s *Server) Since(n int) []Entry {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.log[min(n, len(s.log)):])
}

// note writes down something that the app did, with the blocks that show it.
func (s *Server) note(e Entry, blocks json.RawMessage) {
	e.At = time.Now()
	if len(blocks) > 0 {
		e.Text = plain(blocks, s.o.Clock)
	}
	s.log = append(s.log, e)
}
