package faults

import (
	"errors"
	"io"
	"log"
	"math/rand/v2"
	"net"
	"net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
)

// sink is the mail server that takes what the desk sends. It outlives the desk
// and writes down every mail once its final dot has come.
type sink struct {
	address string
	mu      sync.Mutex
	taken   map[string]map[string]int // recipient, Message-ID: how often
	texts   map[string]string         // Message-ID: what it says
	mails   int
	rand    *rand.Rand
}

// slowest is how long the sink may let a sender wait for the answer to the dot:
// moments in which the sender does not know whether the mail was taken.
const slowest = 10 * time.Millisecond

func newSink(t *testing.T, seed uint64) *sink {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &sink{address: l.Addr().String(), taken: map[string]map[string]int{}, texts: map[string]string{}, rand: rand.New(rand.NewPCG(seed, 1001))}
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &taking{sink: s}, nil }))
	server.Domain = "sink.example"
	server.ErrorLog = log.New(io.Discard, "", 0) // senders that are killed hang up
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(l) }()
	t.Cleanup(func() {
		server.Close()
		if err := <-ended; err != nil && !errors.Is(err, smtp.ErrServerClosed) && !errors.Is(err, net.ErrClosed) {
			t.Error(err)
		}
	})
	return s
}

// taking is one conversation with the desk.
type taking struct {
	sink *sink
	to   []string
}

func (c *taking) Reset()                               { c.to = nil }
func (c *taking) Logout() error                        { return nil }
func (c *taking) Mail(string, *smtp.MailOptions) error { return nil }
func (c *taking) Rcpt(to string, _ *smtp.RcptOptions) error {
	c.to = append(c.to, strings.ToLower(to))
	return nil
}

// Data takes a mail. It counts although its sender may be dead by now.
func (c *taking) Data(r io.Reader) error {
	m, err := mail.ReadMessage(r)
	if err != nil {
		return err
	}
	text, err := io.ReadAll(m.Body)
	if err != nil {
		return err // the dot never came
	}
	<-time.After(c.sink.take(c.to, m.Header.Get("Message-ID"), string(text)))
	return nil
}

// take writes a mail down and says when to answer.
func (s *sink) take(to []string, id, text string) time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mails++
	s.texts[id] = text
	for _, who := range to {
		if s.taken[who] == nil {
			s.taken[who] = map[string]int{}
		}
		s.taken[who][id]++
	}
	return time.Duration(s.rand.Int64N(int64(slowest)))
}

// got says how many different mails somebody has got, how often one of them
// came again, and what they say.
func (s *sink) got(who string) (different, again int, texts string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, n := range s.taken[who] {
		different++
		again += n - 1
		texts += s.texts[id]
	}
	return different, again, texts
}
