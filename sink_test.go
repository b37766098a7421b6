package main

import (
	"io"
	"net"
	"strings"
	"sync"
	"testing"

	"github.com/emersion/go-smtp"
)

// sink is a mail server that keeps what it gets.
type sink struct {
	addr string
	mu   sync.Mutex
	got  []letter
	says func(to string) error // what is said to a recipient; nil: it is taken
}

// letter is one mail as it came.
type letter struct {
	from string
	to   []string
	raw  string
}

// sinkSession is one conversation with it.
type sinkSession struct {
	s *sink
	l letter
}

func (s *sinkSession) Reset()        { s.l = letter{} }
func (s *sinkSession) Logout() error { return nil }
func (s *sinkSession) Mail(from string, _ *smtp.MailOptions) error {
	s.l.from = from
	return nil
}

func (s *sinkSession) Rcpt(to string, _ *smtp.RcptOptions) error {
	if s.s.says != nil {
		if err := s.s.says(to); err != nil {
			return err
		}
	}
	s.l.to = append(s.l.to, to)
	return nil
}

func (s *sinkSession) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	s.l.raw = string(raw)
	s.s.mu.Lock()
	defer s.s.mu.Unlock()
	s.s.got = append(s.s.got, s.l)
	return nil
}

// newSink starts one until the test ends.
func newSink(t *testing.T) *sink {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &sink{addr: l.Addr().String()}
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &sinkSession{s: s}, nil }))
	done := make(chan struct{})
	go func() { defer close(done); server.Serve(l) }() //nolint:errcheck // it ends when the test does
	t.Cleanup(func() { server.Close(); <-done })
	return s
}

// letters are the mails that it has, oldest first.
func (s *sink) letters() []letter {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]letter(nil), s.got...)
}

// about are those that have some words in them.
func (s *sink) about(words string) (found []letter) {
	for _, l := range s.letters() {
		if strings.Contains(l.raw, words) {
			found = append(found, l)
		}
	}
	return found
}
