package bench

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"meridian/bot"
	"meridian/bot/bottest"
	"meridian/storage"
)

// BenchmarkStart starts the built program, on an empty store and on one with
// 24,000 requests and 1,000,000 handled events. Wanted: ready within 100 ms and
// 500 ms, at most 50 MB and 80 MB resident, under 0.5% of a core when idle, and
// a program of at most 30 MB.
func BenchmarkStart(b *testing.B) {
	program := filepath.Join(b.TempDir(), "meridian")
	build := exec.Command("go", "build", "-trimpath", "-tags", "nethttpomithttp2", "-ldflags", "-s -w", "-o", program, "meridian")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		b.Fatalf("build: %v\n%s", err, out)
	}
	info, err := os.Stat(program)
	if err != nil {
		b.Fatal(err)
	}
	for _, size := range []struct {
		name             string
		requests, events int
	}{{"empty", 0, 0}, {"24000-requests", 24_000, 1_000_000}} {
		b.Run(size.name, func(b *testing.B) {
			dir := b.TempDir()
			fill(b, filepath.Join(dir, "desk.db"), size.requests, size.events)
			var ready []float64
			for range 4 {
				p := start(b, program, dir)
				ready = append(ready, p.ready.Seconds()*1000)
				p.stop(b)
			}
			p := start(b, program, dir)
			before := p.cpu(b)
			sleep(b.Context(), 20*time.Second)
			b.ReportMetric((p.cpu(b)-before).Seconds()/20*100, "idle-%-of-a-core")
			b.ReportMetric(p.rss(b), "idle-MB")
			p.stop(b)
			b.ReportMetric(middle(ready), "ready-ms")
			b.ReportMetric(float64(info.Size())/1e6, "program-MB")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// fill makes a store with old requests, one in forty of them open, and events
// that were handled long ago.
func fill(b *testing.B, path string, requests, events int) {
	settings := bottest.Team(b)
	s, err := storage.Open(b.Context(), "sqlite:"+path, storage.Options{Settings: func() *bot.Settings { return settings }})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close() //nolint:errcheck // the store is opened again
	const step = 1000
	for n := 0; n < requests; n += step {
		update(b, s, func(tx bot.Tx) error { return oldRequests(tx, n, min(step, requests-n)) })
	}
	for n := 0; n < events; n += step {
		update(b, s, func(tx bot.Tx) error {
			ids := make([]int64, 0, step)
			for i := range step {
				e := message(n + i)
				id, err := tx.PutEvent(e)
				if err != nil {
					return err
				}
				ids = append(ids, id)
			}
			return tx.FinishEvents(ids...)
		})
	}
}

func update(b *testing.B, s *storage.Store, fn func(bot.Tx) error) {
	if err := s.Update(b.Context(), fn); err != nil {
		b.Fatal(err)
	}
}

func oldRequests(tx bot.Tx, from, n int) error {
	for i := from; i < from+n; i++ {
		r := bot.Request{
			Title: fmt.Sprintf("Checkout fails for order %d", i), Words: "It says that the card is refused, in every shop.",
			State: bot.Closed, Level: 1, Class: bot.Standard, Kind: bot.KindBug,
			Requester: fmt.Sprintf("email:person%d@client%d.example", i%2000, i%400), Name: "Grace", Client: fmt.Sprintf("Client %d", i%400),
			Assignee: []string{"web:inga", "web:timur", "web:dina"}[i%3], Source: "email",
			Home: bot.Place{Adapter: "email", Channel: fmt.Sprintf("person%d@client%d.example", i%2000, i%400)}, Desk: bot.Place{Adapter: "web", Channel: "desk", Thread: fmt.Sprint("t", i)},
		}
		if i%40 == 0 {
			r.State = []bot.State{bot.New, bot.Open, bot.Waiting}[i/40%3]
		}
		if err := tx.SaveRequest(&r); err != nil {
			return err
		}
	}
	return nil
}

// process is the program under way.
type process struct {
	cmd   *exec.Cmd
	ready time.Duration
}

// start runs the program in dir until it says that it is ready.
func start(b *testing.B, program, dir string) *process {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	address := l.Addr().String()
	if err := l.Close(); err != nil {
		b.Fatal(err)
	}
	config := filepath.Join(dir, "config.yaml")
	text := fmt.Sprintf("storage: {url: 'sqlite:%s'}\nhttp: {listen: '%s'}\nteam: {name: Desk, timezone: Europe/Minsk}\nchannels:\n  - {name: desk, place: 'web:desk', audience: inside}\n", filepath.Join(dir, "desk.db"), address)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		b.Fatal(err)
	}
	p := &process{cmd: exec.Command(program, "serve", "--config", config)}
	p.cmd.Stderr = os.Stderr
	began := time.Now()
	if err := p.cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { p.cmd.Process.Kill() }) //nolint:errcheck // it has ended
	for time.Since(began) < 30*time.Second {
		if isReady(b.Context(), "http://"+address+"/readyz") {
			p.ready = time.Since(began)
			return p
		}
		sleep(b.Context(), time.Millisecond)
	}
	b.Fatal("it was not ready within 30 seconds")
	return nil
}

func isReady(ctx context.Context, url string) bool {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return false
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		return false
	}
	defer res.Body.Close()
	_, err = io.Copy(io.Discard, res.Body)
	return err == nil && res.StatusCode == http.StatusOK
}

func (p *process) stop(b *testing.B) {
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		b.Fatal(err)
	}
	if err := p.cmd.Wait(); err != nil {
		b.Fatal(err)
	}
}

// cpu is the processor time that the program has used, in ticks of 10 ms.
func (p *process) cpu(b *testing.B) time.Duration {
	fields := strings.Fields(p.proc(b, "stat"))
	var ticks int
	for _, f := range fields[13:15] {
		n, err := strconv.Atoi(f)
		if err != nil {
			b.Fatal(err)
		}
		ticks += n
	}
	return time.Duration(ticks) * 10 * time.Millisecond
}

// rss is the resident memory in MB.
func (p *process) rss(b *testing.B) float64 {
	fields := strings.Fields(p.proc(b, "statm"))
	pages, err := strconv.Atoi(fields[1])
	if err != nil {
		b.Fatal(err)
	}
	return float64(pages) * 4096 / 1e6
}

func (p *process) proc(b *testing.B, file string) string {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/%s", p.cmd.Process.Pid, file))
	if err != nil {
		b.Fatal(err)
	}
	return string(data)
}
