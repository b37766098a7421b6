package web

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"meridian/bot"
)

// stream is the answer of a live connection.
type stream struct {
	mu     sync.Mutex
	header http.Header
	text   strings.Builder
	writes int
	broken bool
}

func (s *stream) Header() http.Header { return s.header }
func (s *stream) WriteHeader(int)     {}
func (s *stream) Flush()              {}

func (s *stream) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.broken {
		return 0, http.ErrHandlerTimeout
	}
	s.writes++
	return s.text.Write(b)
}

// take is what was sent since it was called last, as the names of events.
func (s *stream) take() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var names []string
	for line := range strings.Lines(s.text.String()) {
		if name, ok := strings.CutPrefix(line, "event: "); ok {
			names = append(names, strings.TrimSpace(name))
		} else if strings.HasPrefix(line, ":") {
			names = append(names, "beat")
		}
	}
	s.text.Reset()
	return strings.Join(names, " ")
}

// connect opens a live connection of Dina's in a bubble and returns when it
// waits.
func connect(t *testing.T, a *Adapter, open string) (*stream, context.CancelFunc, <-chan struct{}) {
	t.Helper()
	return connectAs(t, a, "web:dina", open)
}

func connectAs(t *testing.T, a *Adapter, who, open string) (*stream, context.CancelFunc, <-chan struct{}) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	s := &stream{header: http.Header{}}
	r := request("GET", "/events?as="+who+"&open="+open, nil).WithContext(ctx)
	r.Host = "localhost"
	done := make(chan struct{})
	go func() {
		defer close(done)
		a.Handler().ServeHTTP(s, r)
	}()
	synctest.Wait()
	return s, stop, done
}

// settle lets a quarter of a second of the bubble pass.
func settle() {
	time.Sleep(250 * time.Millisecond)
	synctest.Wait()
}

func TestALivePageHearsOfWhatItShows(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newFakeDesk()
		a := newAdapter(t, d)
		channel, stopChannel, channelDone := connect(t, a, "web:support/m1")
		mail, stopMail, mailDone := connect(t, a, "mail")
		if got := channel.take(); got != "place side" {
			t.Errorf("at first a channel hears %q", got)
		}
		if got := mail.take(); got != "side desk" {
			t.Errorf("at first the mail hears %q", got)
		}
		if got := channel.header.Get("Content-Type"); got != "text/event-stream" {
			t.Errorf("content type %q", got)
		}
		settle()
		for _, c := range []struct{ name, place, channel, mail string }{
			{"its own channel", "web:support", "place side", "side desk"},
			{"its own thread", "web:support/m1", "place side", "side desk"},
			{"another channel", "web:desk", "side", "side desk"},
			{"a channel that is not theirs", "web:@owen", "", "desk"},
		} {
			place, _ := bot.ParsePlace(c.place)
			d.post(bot.ShownMessage{Place: place, ID: c.name, Author: "web:owen", Said: "x"})
			settle()
			if got := channel.take(); got != c.channel {
				t.Errorf("%s: the channel hears %q", c.name, got)
			}
			if got := mail.take(); got != c.mail {
				t.Errorf("%s: the mail hears %q", c.name, got)
			}
		}
		stopChannel()
		stopMail()
		<-channelDone
		<-mailDone
	})
}

func TestARequesterHearsNothingOfTheTeamsChannels(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newFakeDesk()
		a := newAdapter(t, d)
		for _, hidden := range []string{"desk", "alerts", "@dina"} {
			place := bot.Place{Adapter: "web", Channel: hidden}
			s, stop, done := connectAs(t, a, "web:owen", place.String())
			settle()
			s.take()
			d.post(bot.ShownMessage{Place: place, ID: "m", Author: "web:dina", Said: "x"})
			settle()
			if got := s.take(); got != "" {
				t.Errorf("of %s Owen hears %q", hidden, got)
			}
			d.post(bot.ShownMessage{Place: support, ID: "m", Author: "web:dina", Said: "x"})
			settle()
			if got := s.take(); got != "side" {
				t.Errorf("of #support Owen hears %q", got)
			}
			stop()
			<-done
		}
	})
}

func TestAStormOfCommitsIsToldTenTimesASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newFakeDesk()
		s, stop, done := connect(t, newAdapter(t, d), "web:support")
		settle()
		s.take()
		before := s.writes
		for range 2000 {
			d.post(bot.ShownMessage{Place: support, ID: "m", Said: "x"})
			time.Sleep(time.Millisecond)
		}
		settle()
		if n := s.writes - before; n < 15 || n > 22 {
			t.Errorf("%d writes in two seconds", n)
		}
		stop()
		<-done
	})
}

func TestALiveConnectionBeatsAndEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newFakeDesk()
		a := newAdapter(t, d)
		s, stop, done := connect(t, a, "web:support")
		settle()
		s.take()
		time.Sleep(61 * time.Second)
		synctest.Wait()
		if got := s.take(); got != "beat beat beat beat" {
			t.Errorf("in a quiet minute %q", got)
		}
		stop()
		<-done // the browser went away

		gone, stopGone, goneDone := connect(t, a, "web:support")
		defer stopGone()
		gone.mu.Lock()
		gone.broken = true
		gone.mu.Unlock()
		<-goneDone // the next beat could not be written

		_, stopLast, lastDone := connect(t, a, "web:support")
		defer stopLast()
		ctx, end := context.WithCancel(t.Context())
		ran := make(chan error, 1)
		go func() { ran <- a.Run(ctx) }()
		end()
		if err := <-ran; err != nil {
			t.Errorf("Run ended with %v", err)
		}
		<-lastDone // the desk is going down
	})
}
