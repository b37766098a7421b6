package email

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"

	"meridian/adapters/adaptertest"
	"meridian/bot"
)

// memory is a desk that remembers marks, and knows keys that it has seen.
type memory struct {
	*adaptertest.Desk
	mu    sync.Mutex
	mark  string
	keys  map[string]int
	order []bot.Event   // what is new to it
	came  chan struct{} // gets a value after each Accept
	heard []time.Time
	ended func() // called when the mailbox was read to its end
}

func remember() *memory {
	return &memory{Desk: adaptertest.NewDesk(), keys: map[string]int{}, came: make(chan struct{}, 1000)}
}

// Accept keeps events whose keys it does not know.
func (d *memory) Accept(ctx context.Context, events ...bot.Event) error {
	if err := d.Desk.Accept(ctx, events...); err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, e := range events {
		if h, ok := e.Body.(bot.Heard); ok {
			if h.Mark != "" {
				d.mark = h.Mark
			}
			if !h.Until.IsZero() {
				d.heard = append(d.heard, h.Until)
				if d.ended != nil {
					d.ended()
				}
			}
			continue
		}
		if d.keys[e.Key]++; d.keys[e.Key] == 1 {
			d.order = append(d.order, e)
		}
	}
	d.came <- struct{}{}
	return nil
}

// View shows the mark.
func (d *memory) View(_ context.Context, who string, fn func(bot.Pages) error) error {
	return fn(bot.PagesFor(marks{d: d}, who))
}

type marks struct {
	bot.View
	d *memory
}

func (m marks) Settings() *bot.Settings              { return &bot.Settings{} }
func (m marks) HeardUntil(string) (time.Time, error) { return time.Time{}, nil }
func (m marks) Mark(string) (string, error) {
	m.d.mu.Lock()
	defer m.d.mu.Unlock()
	return m.d.mark, nil
}

// taken are the mails that are new to the desk, in order.
func (d *memory) taken() []bot.Event {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.order)
}

// subjects are those of the mails that were taken, in order.
func (d *memory) subjects(t *testing.T, a *Adapter) []string {
	t.Helper()
	var out []string
	for _, e := range d.taken() {
		read, err := a.Read(t.Context(), e)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, read[0].Body.(bot.Mailed).Mail.Subject)
	}
	return out
}

// await waits until a condition holds, looking after each Accept.
func (d *memory) await(t *testing.T, what string, holds func() bool) {
	t.Helper()
	late := time.After(2 * time.Minute)
	for {
		d.mu.Lock()
		ok := holds()
		d.mu.Unlock()
		if ok {
			return
		}
		select {
		case <-d.came:
		case <-late:
			t.Fatalf("%s: never; %d mails came", what, len(d.taken()))
		}
	}
}

func (d *memory) awaitMails(t *testing.T, n int) {
	t.Helper()
	d.await(t, fmt.Sprintf("%d mails", n), func() bool { return len(d.order) >= n })
}

// awaitCaughtUp waits until the mailbox has been read to its end once more.
func (d *memory) awaitCaughtUp(t *testing.T) {
	t.Helper()
	d.await(t, "caught up", func() bool { return len(d.heard) > 0 })
}

func letterOf(n int) string {
	return fmt.Sprintf("Return-Path: <anna@shop.example>\r\nDelivered-To: support+7.x@desk.example\r\nFrom: Anna <anna@shop.example>\r\nTo: support@desk.example\r\nMessage-ID: <%d@shop.example>\r\nSubject: Mail %d\r\n\r\nWords %d.\r\n", n, n, n)
}

func fetching(t *testing.T, d bot.Desk, c IMAP, log io.Writer) *Adapter {
	t.Helper()
	return newAdapter(t, Config{IMAP: c}, d, Options{Log: slog.New(slog.NewTextHandler(log, nil))})
}

func TestMailIsFetchedAsItComes(t *testing.T) {
	s := dovecot(t, "")
	s.put("INBOX", letterOf(1), time.Now()) // lay there before
	d := remember()
	a := fetching(t, d, IMAP{URL: s.url()}, io.Discard)
	holding(t, a)
	d.awaitCaughtUp(t)
	for n := 2; n <= 4; n++ {
		s.put("INBOX", letterOf(n), time.Now())
		d.awaitMails(t, n-1)
	}
	if got := d.subjects(t, a); !slices.Equal(got, []string{"Mail 2", "Mail 3", "Mail 4"}) {
		t.Errorf("took %q", got)
	}
	e := d.taken()[0]
	body := e.Body.(bot.Mailed)
	if e.Source != Source || e.Actor.ID != "email:anna@shop.example" || body.EnvelopeFrom != "anna@shop.example" || !slices.Equal(body.EnvelopeTo, []string{"support+7.x@desk.example"}) || body.Old || body.Cut != "" {
		t.Errorf("event %+v", e)
	}
	c := s.client()
	if _, err := c.Select("INBOX", nil).Wait(); err != nil {
		t.Fatal(err)
	}
	found, err := c.Search(&imap.SearchCriteria{NotFlag: []imap.Flag{imap.FlagSeen}}, nil).Wait()
	if err != nil || len(found.AllSeqNums()) != 1 {
		t.Errorf("unseen %v, %v", found, err)
	}
}

func TestFetchingGoesOnWhereItEnded(t *testing.T) {
	s := dovecot(t, "")
	d := remember()
	a := fetching(t, d, IMAP{URL: s.url()}, io.Discard)
	stop := holding(t, a)
	d.awaitCaughtUp(t)
	s.put("INBOX", letterOf(1), time.Now())
	d.awaitMails(t, 1)
	stop()
	for n := 2; n <= 60; n++ {
		mail := letterOf(n)
		if n == 3 {
			mail += strings.Repeat("0123456789abcdef\r\n", 100_000) // stored while it comes
		}
		s.put("INBOX", mail, time.Now())
	}
	disk := errors.New("the disk is full")
	d.FailWith(disk) // what is not stored is not passed over
	if err := a.fetch(t.Context()); !errors.Is(err, disk) {
		t.Errorf("with a full disk: %v", err)
	}
	d.FailWith(nil)
	holding(t, fetching(t, d, IMAP{URL: s.url()}, io.Discard))
	d.awaitMails(t, 60)
	var want []string
	for n := 1; n <= 60; n++ {
		want = append(want, fmt.Sprintf("Mail %d", n))
	}
	if got := d.subjects(t, a); !slices.Equal(got, want) {
		t.Errorf("took %q", got)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	for key, n := range d.keys {
		if n > 1 {
			t.Errorf("%s was taken %d times", key, n)
		}
	}
}

func TestOldMailsAreTakenWhereTheyWereAskedFor(t *testing.T) {
	s := dovecot(t, "")
	now := time.Now()
	for n, age := range []time.Duration{400 * 24 * time.Hour, 20 * 24 * time.Hour, 10 * 24 * time.Hour, time.Hour} {
		s.put("INBOX", letterOf(n), now.Add(-age))
	}
	for from, want := range map[string][]string{"": nil, "now": nil, "14d": {"Mail 2", "Mail 3"}, "all": {"Mail 0", "Mail 1", "Mail 2", "Mail 3"}} {
		d := remember()
		a := fetching(t, d, IMAP{URL: s.url(), From: from}, io.Discard)
		stop := holding(t, a)
		d.awaitCaughtUp(t)
		if got := d.subjects(t, a); !slices.Equal(got, want) {
			t.Errorf("from %q took %q", from, got)
		}
		for _, e := range d.taken() {
			if !e.Body.(bot.Mailed).Old || now.Sub(e.At) < time.Minute {
				t.Errorf("from %q: %+v of %s", from, e.Body, e.At)
			}
		}
		stop()
	}
}

func TestNewNumbersSkipAndDoubleNothing(t *testing.T) {
	s := dovecot(t, "")
	s.put("INBOX", letterOf(0), time.Now().Add(-48*time.Hour)) // before the desk came
	d := remember()
	a := fetching(t, d, IMAP{URL: s.url()}, io.Discard)
	stop := holding(t, a)
	d.awaitCaughtUp(t)
	s.put("INBOX", letterOf(1), time.Now())
	s.put("INBOX", letterOf(2), time.Now())
	d.awaitMails(t, 2)
	stop()
	s.stop()
	for _, name := range []string{"dovecot-uidlist", "dovecot.index", "dovecot.index.log", "dovecot.index.cache", "dovecot-uidvalidity"} {
		_ = os.Remove(filepath.Join(s.dir, "mail", name)) // some are not there
	}
	old, _ := filepath.Glob(filepath.Join(s.dir, "mail", "dovecot-uidvalidity.*"))
	for _, name := range old {
		_ = os.Remove(name)
	}
	time.Sleep(1100 * time.Millisecond) // UIDVALIDITY is the second in which the folder was made
	s.start()
	s.put("INBOX", letterOf(3), time.Now())
	before := d.mark
	stop = holding(t, a)
	d.awaitMails(t, 3)
	s.put("INBOX", letterOf(4), time.Now())
	d.awaitMails(t, 4)
	stop()
	if got := d.subjects(t, a); !slices.Equal(got, []string{"Mail 1", "Mail 2", "Mail 3", "Mail 4"}) {
		t.Errorf("took %q", got)
	}
	if strings.Split(before, `"uid"`)[0] == strings.Split(d.mark, `"uid"`)[0] {
		t.Errorf("the numbers are not new: %s", d.mark)
	}
}

func TestWhatCannotBeReadIsSetAside(t *testing.T) {
	s := dovecot(t, "")
	d := remember()
	a := fetching(t, d, IMAP{URL: s.url(), Failed: "Too large"}, io.Discard)
	holding(t, a)
	d.awaitCaughtUp(t)
	s.put("INBOX", strings.Replace(letterOf(1), "Words", strings.Repeat("0123456789abcdef\r\n", maxMail/18+1), 1), time.Now())
	s.put("INBOX", letterOf(2), time.Now())
	d.awaitMails(t, 2)
	read, err := a.Read(t.Context(), d.taken()[0])
	if err != nil {
		t.Fatal(err)
	}
	m := read[0].Body.(bot.Mailed).Mail
	if m.Subject != "Mail 1" || m.From.Address != "anna@shop.example" || !strings.Contains(m.Unreadable, "25 MiB") || !strings.Contains(m.Text, "Subject: Mail 1") {
		t.Errorf("%+v", m)
	}
	c := s.client()
	box, err := c.Select("Too large", nil).Wait()
	if err != nil || box.NumMessages != 1 {
		t.Errorf("the folder holds %+v, %v", box, err)
	}
	if got := d.subjects(t, a); got[1] != "Mail 2" {
		t.Errorf("what came behind it: %q", got)
	}
}

func TestAServerWithoutIDLEIsAskedAgain(t *testing.T) {
	s := dovecot(t, "imap_capability = IMAP4rev1 UIDPLUS\nprotocol imap {\n}\n")
	d := remember()
	a := fetching(t, d, IMAP{URL: s.url()}, io.Discard)
	f := &fetcher{a: a, news: make(chan struct{}, 1)}
	end, err := f.signIn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer end()
	if f.c.Caps().Has(imap.CapIdle) {
		t.Fatal("this server has IDLE")
	}
	if err := f.open(); err != nil {
		t.Fatal(err)
	}
	s.put("INBOX", letterOf(1), time.Now())
	ctx, cancel := context.WithCancel(t.Context())
	cancel() // does not wait
	if err := f.wait(ctx); err != nil {
		t.Fatal(err)
	}
	if err := f.catchUp(t.Context()); err != nil || len(d.taken()) != 1 {
		t.Errorf("%d mails, %v", len(d.order), err)
	}
}

func TestAMailboxIsReachedByTLSAndProvesItself(t *testing.T) {
	files, pool := certify(t, t.TempDir(), 1)
	cert, key := t.TempDir()+"/c", t.TempDir()+"/k"
	for from, to := range map[string]string{files.CertFile: cert, files.KeyFile: key} {
		data, err := os.ReadFile(from)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(to, data, 0o644); err != nil {
			t.Fatal(err)
		}
		for dir := filepath.Dir(to); dir != "/tmp" && dir != "/"; dir = filepath.Dir(dir) {
			if err := os.Chmod(dir, 0o755); err != nil {
				t.Fatal(err)
			}
		}
	}
	secure := freePort(t)
	s := dovecot(t, fmt.Sprintf("ssl = yes\nssl_cert = <%s\nssl_key = <%s\nservice imap-login {\n  inet_listener imaps {\n    port = %d\n  }\n}\n", cert, key, secure))
	byName := func(ctx context.Context, network, addr string) (net.Conn, error) {
		_, port, err := net.SplitHostPort(addr)
		if err != nil {
			return nil, err
		}
		return (&net.Dialer{}).DialContext(ctx, network, net.JoinHostPort("127.0.0.1", port))
	}
	for _, url := range []string{fmt.Sprintf("imap://desk:%s@desk.example:%d", imapPassword, s.port), fmt.Sprintf("imaps://desk:%s@desk.example:%d", imapPassword, secure)} {
		a := newAdapter(t, Config{IMAP: IMAP{URL: url}}, remember(), Options{Dial: byName, Roots: pool})
		f := &fetcher{a: a, news: make(chan struct{}, 1)}
		end, err := f.signIn(t.Context())
		if err != nil {
			t.Fatalf("%.10s: %v", url, err)
		}
		end()
		a.o.Roots = nil
		if _, err := f.signIn(t.Context()); err == nil || !strings.Contains(err.Error(), "unknown authority") {
			t.Errorf("%.10s: a mailbox that nobody certifies: %v", url, err)
		}
	}
}

func TestAWrongPasswordIsToldWithoutIt(t *testing.T) {
	s := dovecot(t, "")
	var log bytes.Buffer
	d := remember()
	a := fetching(t, d, IMAP{URL: strings.Replace(s.url(), imapPassword, "wrong-canary", 1)}, &log)
	err := a.fetch(t.Context())
	if err == nil || strings.Contains(err.Error(), "canary") || !strings.Contains(err.Error(), "sign in") {
		t.Errorf("%v", err)
	}
}

// A connection that breaks at any place loses and doubles nothing.
func TestAConnectionThatBreaksAnywhereLosesNothing(t *testing.T) {
	s := dovecot(t, "")
	d := remember()
	whole := func() net.Conn {
		c, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", s.port))
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	first := fetching(t, d, IMAP{URL: s.url()}, io.Discard)
	stop := holding(t, first)
	d.awaitCaughtUp(t)
	stop()
	for n := 1; n <= 30; n++ {
		s.put("INBOX", letterOf(n), time.Now())
	}
	for limit := 200; ; limit += 397 {
		var broken atomic.Bool
		a := newAdapter(t, Config{IMAP: IMAP{URL: s.url()}}, d, Options{Dial: func(context.Context, string, string) (net.Conn, error) {
			return &shortConn{Conn: whole(), left: limit, broken: &broken}, nil
		}})
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		d.mu.Lock()
		d.ended = cancel
		d.mu.Unlock()
		err := a.fetch(ctx)
		if err == nil || ctx.Err() == nil && !broken.Load() {
			t.Fatalf("after %d bytes: %v", limit, err)
		}
		if ctx.Err() != nil {
			break
		}
	}
	d.awaitMails(t, 30)
	seen := map[string]bool{}
	for _, subject := range d.subjects(t, first) {
		if seen[subject] {
			t.Errorf("%s was filed twice", subject)
		}
		seen[subject] = true
	}
	if len(seen) != 30 {
		t.Errorf("%d of 30 mails", len(seen))
	}
	for _, e := range d.taken() {
		if !bytes.Contains(e.Raw, []byte("\r\n\r\nWords ")) || !bytes.HasSuffix(e.Raw, []byte(".\r\n")) {
			t.Errorf("half a mail was taken: %q", e.Raw)
		}
	}
}

// shortConn breaks after some bytes were read.
type shortConn struct {
	net.Conn
	left   int
	broken *atomic.Bool
}

func (c *shortConn) Read(b []byte) (int, error) {
	if c.left <= 0 {
		c.broken.Store(true)
		c.Close()
		return 0, io.EOF
	}
	n, err := c.Conn.Read(b[:min(len(b), c.left)])
	c.left -= n
	return n, err
}

func TestTheMailboxIsNamedAsItMustBe(t *testing.T) {
	for url, want := range map[string]string{
		"imaps://desk:pw-canary@mail.example": "mail.example:993", "imap://desk:p@mail.example": "mail.example:143", "imaps://desk%40a.example:p@mail.example:1993": "mail.example:1993",
		"mail.example": "", "pop3://a:b@c": "", "imaps://mail.example": "", "imaps://a:pw-canary@": "",
	} {
		m, err := IMAP{URL: url}.parse()
		if m.addr != want || (err == nil) != (want != "") || err != nil && strings.Contains(err.Error(), "canary") {
			t.Errorf("%s: %+v, %v", url, m.addr, err)
		}
	}
	for from, ok := range map[string]bool{"now": true, "all": true, "14d": true, "0d": false, "14": false, "d": false, "9999d": false, "tomorrow": false} {
		if _, err := (IMAP{URL: "imaps://a:b@c", From: from}).parse(); (err == nil) != ok {
			t.Errorf("from %q: %v", from, err)
		}
	}
	if _, err := (IMAP{URL: "imaps://a:b@c", Failed: "INBOX"}).parse(); err == nil {
		t.Error("what cannot be read would be read again")
	}
}
