package email

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"strings"
	"testing"
	"time"

	"meridian/adapters/adaptertest"
	"meridian/bot"
	"meridian/bot/say"
)

// blob is what a desk keeps under a name.
func blob(t *testing.T, d *adaptertest.Desk, b bot.Blob) string {
	t.Helper()
	r, err := d.OpenBlob(t.Context(), b)
	if err != nil {
		t.Fatalf("open blob: %v", err)
	}
	data, err := io.ReadAll(r)
	if err != nil {
		t.Fatalf("read blob: %v", err)
	}
	return string(data)
}

func newAdapter(t *testing.T, c Config, d bot.Desk, o Options) *Adapter {
	t.Helper()
	var err error
	if o.Catalogue, err = say.New(); err != nil {
		t.Fatal(err)
	}
	if c.Address == "" {
		c.Address = "support@desk.example"
	}
	o.Name = "Desk"
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	a, err := New(c, d, o)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// listen runs a mailbox on the loopback until the test ends.
func listen(t *testing.T, d bot.Desk) (addr string) { t.Helper(); return listenWith(t, Config{}, d) }

func listenWith(t *testing.T, c Config, d bot.Desk) (addr string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	a := newAdapter(t, c, d, Options{Listener: l})
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- a.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		select {
		case err := <-done:
			if err != nil {
				t.Errorf("Run: %v", err)
			}
		case <-time.After(2 * time.Minute):
			t.Error("Run did not end")
		}
	})
	return l.Addr().String()
}

func TestTheMailboxKeepsTheContractOfAdapters(t *testing.T) {
	for name, mail := range map[string]string{"a small mail": plainMail, "a large mail": plainMail + strings.Repeat("0123456789abcde\r\n", 10_000)} {
		t.Run(name, func(t *testing.T) {
			adaptertest.Run(t, func(t *testing.T, desk bot.Desk, log *slog.Logger) adaptertest.Outside {
				l, err := net.Listen("tcp", "127.0.0.1:0")
				if err != nil {
					t.Fatal(err)
				}
				const password = "tops3cret"
				a := newAdapter(t, Config{Smarthost: "smtp://desk:" + password + "@127.0.0.1:1"}, desk, Options{Listener: l, Log: log})
				return adaptertest.Outside{Adapter: a, Secrets: []string{password}, Send: func() (bool, string) { return send(l.Addr().String(), mail) }}
			})
		})
	}
}

// send sends one mail over a connection of its own.
func send(addr, mail string) (taken bool, answer string) {
	c, err := net.Dial("tcp", addr)
	if err != nil {
		return false, err.Error()
	}
	defer func() { _ = c.Close() }()
	r := bufio.NewReader(c)
	for _, line := range []string{"", "HELO client.example", "MAIL FROM:<anna@shop.example>", "RCPT TO:<support@desk.example>", "DATA", mail + "."} {
		if line != "" {
			if _, err := fmt.Fprintf(c, "%s\r\n", line); err != nil {
				return false, err.Error()
			}
		}
		if answer, err = r.ReadString('\n'); err != nil {
			return false, err.Error()
		}
	}
	return strings.HasPrefix(answer, "250"), answer
}
