package bench

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/textproto"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"meridian/adapters/email"
	"meridian/bot"
	"meridian/storage"
)

// BenchmarkMail sends mails of two kilobytes, plain and as a page, over eight
// connections of a hundred mails each, to the desk's listener, to the floor
// program, and to what one builds with npm, one after another in each round.
// Wanted: at least 0.6 of the floor and 1.8 of the peer. A mail counts when it is
// acknowledged and read; make bench-mail installs the peer and names its folder.
func BenchmarkMail(b *testing.B) {
	const rounds, connections, each = 5, 8, 2 * time.Second
	peer := os.Getenv("MERIDIAN_MAIL_PEER")
	if peer == "" {
		b.Skip("NOT MEASURED: the peer is missing; run make bench-mail")
	}
	servers := []struct {
		name string
		addr string
		done func() int64 // how many mails have been read, if later than acknowledged
	}{{name: "floor", addr: mailFloor(b)}, {name: "npm", addr: npm(b, peer)}, {name: "desk"}}
	servers[2].addr, servers[2].done = deskMail(b)
	rates := map[string][]figures{}
	var serial atomic.Int64 // makes each mail another one
	for round := range rounds + 1 {
		for _, s := range servers {
			f := sendMails(b, s.addr, connections, each, &serial, s.done)
			if round > 0 { // the first warms up
				rates[s.name] = append(rates[s.name], f)
			}
		}
	}
	for _, s := range servers {
		report(b, s.name, median(rates[s.name]))
	}
	desk := median(rates["desk"]).perSecond
	b.ReportMetric(desk/median(rates["floor"]).perSecond, "of-floor")
	b.ReportMetric(desk/median(rates["npm"]).perSecond, "of-npm")
}

func mailFloor(b *testing.B) string {
	f, err := NewFloor(filepath.Join(b.TempDir(), "floor.db"), secret)
	if err != nil {
		b.Fatal(err)
	}
	s, l := f.MailFloor(), loopback(b)
	go s.Serve(l) //nolint:errcheck // it ends with the benchmark
	b.Cleanup(func() {
		s.Close() //nolint:errcheck // the benchmark is over
		f.Close() //nolint:errcheck // the benchmark is over
	})
	return l.Addr().String()
}

func loopback(b *testing.B) net.Listener {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	return l
}

// npm starts the peer.
func npm(b *testing.B, folder string) string {
	l := loopback(b)
	addr := l.Addr().String()
	l.Close() //nolint:errcheck // it was only asked for a port
	_, port, _ := strings.Cut(addr, ":")
	c := exec.CommandContext(b.Context(), "node", filepath.Join(folder, "serve.mjs"), port, filepath.Join(b.TempDir(), "mails"))
	c.Stderr = os.Stderr
	out, err := c.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := c.Start(); err != nil {
		b.Fatalf("the peer needs node: apt-get install nodejs npm: %v", err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || !strings.Contains(line, "listening") {
		b.Fatalf("the peer says %q, %v", line, err)
	}
	b.Cleanup(func() {
		c.Process.Kill() //nolint:errcheck // the benchmark is over
		c.Wait()         //nolint:errcheck // it was killed
	})
	return addr
}

// intake is the desk as its mailbox needs it: what is accepted is in the store,
// and is read by as many as there are processors. Nothing else comes of it.
type intake struct {
	bot.Desk
	store   *storage.Store
	read    chan bot.Event
	already atomic.Int64
}

func (d *intake) Accept(ctx context.Context, events ...bot.Event) error {
	ids, err := d.store.Accept(ctx, events...)
	for i := range ids {
		if _, mailed := events[i].Body.(bot.Mailed); err == nil && mailed {
			d.read <- events[i]
		}
	}
	return err
}

func (d *intake) PutBlob(ctx context.Context, kind string, r io.Reader, limit int64) (bot.Blob, error) {
	return d.store.PutBlob(ctx, kind, r, limit)
}

func (d *intake) OpenBlob(ctx context.Context, blob bot.Blob) (io.ReadCloser, error) {
	return d.store.OpenBlob(ctx, blob)
}

func (d *intake) View(ctx context.Context, who string, fn func(bot.Pages) error) error {
	return d.store.View(ctx, func(v bot.View) error { return fn(bot.PagesFor(v, who)) })
}

// deskMail is the desk's own listener.
func deskMail(b *testing.B) (addr string, read func() int64) {
	settings := &bot.Settings{}
	store, err := storage.Open(b.Context(), sqlite(b), storage.Options{Settings: func() *bot.Settings { return settings }})
	if err != nil {
		b.Fatal(err)
	}
	d := &intake{store: store, read: make(chan bot.Event, 1<<16)}
	l := loopback(b)
	a, err := email.New(email.Config{Address: "support@desk.example"}, d, email.Options{Listener: l, Secret: "bench", Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		b.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	var all sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		all.Go(func() {
			for e := range d.read {
				if out, err := a.Read(ctx, e); err != nil || out[0].Body.(bot.Mailed).Mail.Text == "" {
					b.Errorf("a mail is not read: %v", err)
				}
				d.already.Add(1)
			}
		})
	}
	ended := make(chan error, 1)
	go func() { ended <- a.Run(ctx) }()
	b.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			b.Error(err)
		}
		close(d.read)
		all.Wait()
		if err := store.Close(); err != nil {
			b.Error(err)
		}
	})
	return l.Addr().String(), d.already.Load
}

// letterOf is a mail of two kilobytes, with its text and the same as a page.
func letterOf(n int64) string {
	text := strings.Repeat("Since this afternoon nobody can pay, and the button does nothing at all.\r\n", 12)
	return fmt.Sprintf("From: Grace Lin <grace%d@harbor.example>\r\nTo: support@desk.example\r\nSubject: Checkout is broken %d\r\nMessage-ID: <%d.%d@harbor.example>\r\n"+
		"Date: Tue, 3 Mar 2026 10:00:00 +0000\r\nMIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=\"b1\"\r\n\r\n"+
		"--b1\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n%s\r\n--b1\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<html><body><p>%s</p></body></html>\r\n--b1--\r\n", n%500, n, n, os.Getpid(), text, text)
}

// sendMails sends mails for a while, and waits until the last has been read.
func sendMails(b *testing.B, addr string, connections int, d time.Duration, serial *atomic.Int64, read func() int64) figures {
	var mu sync.Mutex
	var took []time.Duration
	var wg sync.WaitGroup
	before := int64(0)
	if read != nil {
		before = read()
	}
	began := time.Now()
	for range connections {
		wg.Go(func() {
			var own []time.Duration
			for time.Since(began) < d {
				hundred, err := conversation(addr, 100, serial, func() bool { return time.Since(began) < d })
				if err != nil {
					b.Error(err)
					return
				}
				own = append(own, hundred...)
			}
			mu.Lock()
			defer mu.Unlock()
			took = append(took, own...)
		})
	}
	wg.Wait()
	for read != nil && read()-before < int64(len(took)) {
		runtime.Gosched()
	}
	return summary(b, took, time.Since(began))
}

// conversation sends up to n mails over one connection, and says how long each
// took.
func conversation(addr string, n int, serial *atomic.Int64, more func() bool) (took []time.Duration, err error) {
	c, err := net.Dial("tcp", addr)
	if err != nil {
		return nil, err
	}
	defer c.Close() //nolint:errcheck // it has said what it had to
	text := textproto.NewConn(c)
	if _, _, err := text.ReadResponse(220); err != nil {
		return nil, err
	}
	say := func(code int, line string) error {
		if err := text.PrintfLine("%s", line); err != nil {
			return err
		}
		_, _, err := text.ReadResponse(code)
		return err
	}
	if err := say(250, "EHLO bench.example"); err != nil {
		return nil, err
	}
	for i := 0; i < n && more(); i++ {
		start, id := time.Now(), serial.Add(1)
		for _, step := range []struct {
			code int
			line string
		}{{250, fmt.Sprintf("MAIL FROM:<grace%d@harbor.example>", id%500)}, {250, "RCPT TO:<support@desk.example>"}, {354, "DATA"}} {
			if err := say(step.code, step.line); err != nil {
				return nil, err
			}
		}
		if _, err := text.W.WriteString(letterOf(id) + ".\r\n"); err != nil {
			return nil, err
		}
		if err := text.W.Flush(); err != nil {
			return nil, err
		}
		if _, _, err := text.ReadResponse(250); err != nil {
			return nil, err
		}
		took = append(took, time.Since(start))
	}
	return took, say(221, "QUIT")
}
