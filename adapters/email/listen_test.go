package email

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/smtp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"meridian/adapters/adaptertest"
	"meridian/bot"
)

// talk is a raw SMTP conversation.
type talk struct {
	t *testing.T
	c net.Conn
	r *bufio.Reader
}

func dial(t *testing.T, addr string) *talk {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	_ = c.SetDeadline(time.Now().Add(3 * time.Minute))
	k := &talk{t: t, c: c, r: bufio.NewReader(c)}
	k.expect("220")
	return k
}

func (k *talk) reply() string {
	k.t.Helper()
	var all strings.Builder
	for {
		line, err := k.r.ReadString('\n')
		all.WriteString(line)
		if err != nil || len(line) < 4 || line[3] != '-' {
			return all.String()
		}
	}
}

func (k *talk) expect(code string) string {
	k.t.Helper()
	got := k.reply()
	if !strings.HasPrefix(got, code) {
		k.t.Fatalf("answered %q, want %s", got, code)
	}
	return got
}

func (k *talk) say(line, code string) string {
	k.t.Helper()
	if _, err := io.WriteString(k.c, line+"\r\n"); err != nil {
		k.t.Fatalf("write: %v", err)
	}
	return k.expect(code)
}

func (k *talk) begin() {
	k.t.Helper()
	k.say("EHLO client.example", "250")
	k.say("MAIL FROM:<anna@shop.example>", "250")
	k.say("RCPT TO:<support@desk.example>", "250")
	k.say("DATA", "354")
}

const plainMail = "From: Anna Lin <Anna@Shop.example>\r\nTo: support@desk.example\r\nMessage-ID: <1@shop.example>\r\nSubject: Hello\r\n\r\nThe shop is down.\r\n"

func TestAMailIsAcknowledgedAfterItIsStored(t *testing.T) {
	d := adaptertest.NewDesk()
	k := dial(t, listen(t, d))
	k.begin()
	k.say(plainMail+".", "250")
	events := d.Events()
	if len(events) != 1 {
		t.Fatalf("%d events are stored", len(events))
	}
	e := events[0]
	if string(e.Raw) != plainMail {
		t.Errorf("stored %q", e.Raw)
	}
	if e.Source != "email" || e.Place.String() != "email:anna@shop.example" || e.Actor.ID != "email:anna@shop.example" || e.Actor.Name != "Anna Lin" || e.Message != "1@shop.example" {
		t.Errorf("event %+v", e)
	}
	body := e.Body.(bot.Mailed)
	if body.EnvelopeFrom != "anna@shop.example" || len(body.EnvelopeTo) != 1 || body.EnvelopeTo[0] != "support@desk.example" {
		t.Errorf("envelope %+v", body)
	}
	if !strings.HasPrefix(e.Key, "mailed:") {
		t.Errorf("key %q", e.Key)
	}
}

func TestTheSameMailHasTheSameKeyWhicheverWayItCame(t *testing.T) {
	d := adaptertest.NewDesk()
	addr := listen(t, d)
	send := func(mail string) string {
		k := dial(t, addr)
		k.begin()
		k.say(mail+".", "250")
		all := d.Events()
		return all[len(all)-1].Key
	}
	first := send(plainMail)
	if again := send("Received: from a by b\r\n" + plainMail); again != first {
		t.Error("a second way gave a second key")
	}
	if other := send(strings.Replace(plainMail, "down", "up", 1)); other == first {
		t.Error("another body has the same key")
	}
	if other := send(strings.Replace(plainMail, "<1@", "<2@", 1)); other == first {
		t.Error("another id has the same key")
	}
	noID := strings.Replace(plainMail, "Message-ID: <1@shop.example>\r\n", "Date: Tue, 3 Mar 2026 10:00:00 +0000\r\n", 1)
	first = send(noID)
	if send(noID) != first || send(strings.Replace(noID, "10:00", "10:01", 1)) == first {
		t.Error("without an id, sender, date and body name the mail")
	}
	large := plainMail + strings.Repeat("0123456789abcde\r\n", 20_000)
	first = send(large)
	if send("X-Other: way\r\n"+large) != first || send(large+"more\r\n") == first {
		t.Error("the key of a large mail is not made of its id and body")
	}
}

func TestALargeMailIsKeptAsABlob(t *testing.T) {
	d := adaptertest.NewDesk()
	k := dial(t, listen(t, d))
	k.begin()
	mail := plainMail + strings.Repeat("0123456789abcde\r\n", 50_000)
	k.say(mail+".", "250")
	e := d.Events()[0]
	if e.Raw != nil || e.Blob.Kind != "mail" || blob(t, d, e.Blob) != mail {
		t.Errorf("raw %d bytes, blob %+v", len(e.Raw), e.Blob)
	}
}

func TestAStoreThatFailsIsAnsweredWithTryAgain(t *testing.T) {
	for want, err := range map[string]error{"451": errors.New("disk is gone"), "452": bot.ErrBusy} {
		d := adaptertest.NewDesk()
		d.FailWith(err)
		k := dial(t, listen(t, d))
		k.begin()
		k.say(plainMail+".", want)
		d.FailWith(nil)
		k.say("MAIL FROM:<anna@shop.example>", "250")
		k.say("RCPT TO:<support@desk.example>", "250")
		k.say("DATA", "354")
		k.say(plainMail+".", "250")
		if len(d.Events()) != 1 {
			t.Errorf("%v: %d events", err, len(d.Events()))
		}
	}
}

func TestOnlyTheDesksOwnAddressIsTaken(t *testing.T) {
	k := dial(t, listen(t, adaptertest.NewDesk()))
	k.say("EHLO client.example", "250")
	k.say("MAIL FROM:<>", "250")
	for rcpt, want := range map[string]string{
		"support@desk.example": "250", "SUPPORT@Desk.Example": "250", "support+12.abc@desk.example": "250",
		"sales@desk.example": "550 5.7.1", "support@other.example": "550 5.7.1", "supporter@desk.example": "550 5.7.1",
		"support%other.example@relay.example": "550 5.7.1", "support@desk.example.other.example": "550 5.7.1",
	} {
		if got := k.say("RCPT TO:<"+rcpt+">", want[:3]); !strings.HasPrefix(got, want) {
			t.Errorf("%s: %s", rcpt, got)
		}
	}
}

func TestLimitsAreToldAndKept(t *testing.T) {
	d := adaptertest.NewDesk()
	addr := listen(t, d)
	k := dial(t, addr)
	hello := k.say("EHLO client.example", "250")
	if !strings.Contains(hello, "SIZE 26214400") || strings.Contains(hello, "AUTH") {
		t.Errorf("hello %q", hello)
	}
	k.say("AUTH PLAIN AGEAYg==", "523")
	k.say("MAIL FROM:<a@b.example> SIZE=26214401", "552")
	k.say("MAIL FROM:<a@b.example>", "250")
	for range 20 {
		k.say("RCPT TO:<support@desk.example>", "250")
	}
	k.say("RCPT TO:<support@desk.example>", "452")
	k.say("DATA", "354")
	k.say(strings.Repeat("Received: from a by b\r\n", 51)+plainMail+".", "554 5.4.6")

	k = dial(t, addr)
	k.begin()
	k.say("Subject: long\r\n\r\n"+strings.Repeat("x", 1_000_000)+"\r\n.", "500")

	k = dial(t, addr)
	k.begin()
	chunk := strings.Repeat("0123456789abcde\r\n", 60_000)
	for range 27 {
		if _, err := io.WriteString(k.c, chunk); err != nil {
			t.Fatal(err)
		}
	}
	k.say(".", "552")
	if n := len(d.Events()); n != 0 {
		t.Errorf("%d mails beyond the limits are stored", n)
	}
}

func TestNoMailIsSmuggledBehindAnother(t *testing.T) {
	second := "MAIL FROM:<boss@desk.example>\r\nRCPT TO:<support@desk.example>\r\nDATA\r\nFrom: boss@desk.example\r\nSubject: smuggled\r\n\r\nPay.\r\n.\r\n"
	for _, end := range []string{
		"\n.\n", "\n.\r\n", "\r\n.\n", "\r.\r", "\r.\r\n", "\r\n.\r", "\n.\r", "\r.\n", "\r\r\n.\r\r\n", "\n\n.\n\n", "\r\n.\r\r\n", "\x00\n.\n", "\r\n\x00.\r\n\n",
		"\r\n.\rX\r\n",
	} {
		d := adaptertest.NewDesk()
		k := dial(t, listen(t, d))
		k.begin()
		_, _ = io.WriteString(k.c, "From: anna@shop.example\r\nSubject: first\r\n\r\nHello"+end+second+"QUIT\r\n")
		rest, _ := io.ReadAll(k.r)
		for _, e := range d.Events() {
			if len(e.Raw) > 0 && strings.HasPrefix(string(e.Raw), "From: boss") {
				t.Errorf("%q smuggled a mail", end)
			}
		}
		if len(d.Events()) != 0 || !bytes.HasPrefix(rest, []byte("500")) {
			t.Errorf("%q: %d mails stored, answered %q", end, len(d.Events()), rest)
		}
		if bytes.Count(rest, []byte("\n")) > 1 {
			t.Errorf("%q: the conversation went on: %q", end, rest)
		}
	}
}

func TestDotsAndPipelinesOfHonestSendersAreUnderstood(t *testing.T) {
	d := adaptertest.NewDesk()
	k := dial(t, listen(t, d))
	k.say("EHLO client.example", "250")
	one := "MAIL FROM:<a@b.example>\r\nRCPT TO:<support@desk.example>\r\nDATA\r\nFrom: a@b.example\r\n\r\n..\r\n...dots\r\n.\r\n"
	_, _ = io.WriteString(k.c, one+one+"QUIT\r\n")
	rest, _ := io.ReadAll(k.r)
	if got := d.Events(); len(got) != 2 || string(got[1].Raw) != "From: a@b.example\r\n\r\n.\r\n..dots\r\n" {
		t.Errorf("%d mails, answered %q", len(got), rest)
	}
}

func TestConnectionsBeyondTheLimitAreTurnedAway(t *testing.T) {
	g := newGate(nil, nil)
	admitted := 0
	for range 12 {
		if g.admit(fakeConn{addr: "203.0.113.5:99"}) != nil {
			admitted++
		}
	}
	if admitted != maxConnsPerIP {
		t.Errorf("one address has %d connections", admitted)
	}
	for i := range 200 {
		if g.admit(fakeConn{addr: fmt.Sprintf("203.0.113.%d:99", i+10)}) != nil {
			admitted++
		}
	}
	if admitted != maxConns {
		t.Errorf("%d connections are open", admitted)
	}
	for c := range g.conns {
		c.Close()
		c.Close()
	}
	for range 20 {
		if g.admit(fakeConn{addr: "127.0.0.1:99"}) == nil {
			t.Fatal("this machine's own relay is limited by its address")
		}
	}
	if len(g.perIP) != 0 || len(g.conns) != 20 {
		t.Errorf("counts are left over: %v, %d", g.perIP, len(g.conns))
	}
}

type fakeConn struct {
	net.Conn
	addr string
}

func (c fakeConn) RemoteAddr() net.Addr { a, _ := net.ResolveTCPAddr("tcp", c.addr); return a }
func (c fakeConn) Close() error         { return nil }

func TestAMailUnderWayIsStoredWhenTheProgramStops(t *testing.T) {
	d := adaptertest.NewDesk()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	a := newAdapter(t, Config{}, d, Options{Listener: l})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- a.Run(ctx) }()
	idle := dial(t, l.Addr().String())
	busy := dial(t, l.Addr().String())
	busy.begin()
	_, _ = io.WriteString(busy.c, plainMail)
	cancel()
	idle.expect("421")
	busy.say(".", "250")
	if err := <-done; err != nil {
		t.Error(err)
	}
	if len(d.Events()) != 1 {
		t.Error("the mail under way is lost")
	}
}

func TestAnOrdinaryClientIsServed(t *testing.T) {
	d := adaptertest.NewDesk()
	if err := smtp.SendMail(listen(t, d), nil, "anna@shop.example", []string{"support@desk.example"}, []byte(plainMail)); err != nil {
		t.Fatal(err)
	}
	if len(d.Events()) != 1 {
		t.Error("nothing stored")
	}
}

// pipes is a listener without sockets, for fake time.
type pipes struct{ conns chan net.Conn }

func (p pipes) Accept() (net.Conn, error) {
	c, ok := <-p.conns
	if !ok {
		return nil, net.ErrClosed
	}
	return c, nil
}
func (p pipes) Close() error   { close(p.conns); return nil }
func (p pipes) Addr() net.Addr { return &net.TCPAddr{} }

func TestAnIdleConnectionIsEndedAfterFiveMinutes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := adaptertest.NewDesk()
		l := pipes{conns: make(chan net.Conn)}
		a := newAdapter(t, Config{}, d, Options{Listener: l})
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- a.Run(ctx) }()
		ours, theirs := net.Pipe()
		l.conns <- theirs
		start := time.Now()
		said, _ := io.ReadAll(ours)
		if !bytes.Contains(said, []byte("421 4.4.2")) || time.Since(start) != idleTime {
			t.Errorf("after %s it said %q", time.Since(start), said)
		}
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

// deadlines is a connection that only takes deadlines.
type deadlines struct{ net.Conn }

func (deadlines) SetReadDeadline(time.Time) error { return nil }
