package slackbench

import (
	"context"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

var peers = flag.String("peers", "", "the folder with bolt.mjs and its modules; `make bench-slack` fills one")

const signingSecret = "bench-signing-secret"

// wanted skips a benchmark that was not asked for: it needs node, and builds
// whole programs.
func wanted(b *testing.B) {
	if *peers == "" {
		b.Skip("say make bench-slack")
	}
}

// freePort is a port that nobody listens on.
func freePort(b *testing.B) int {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close() //nolint:errcheck // it only gave its number
	return l.Addr().(*net.TCPAddr).Port
}

// build makes a program of this module.
func build(b *testing.B, pkg string) string {
	b.Helper()
	out := filepath.Join(b.TempDir(), "program")
	c := exec.CommandContext(b.Context(), "go", "build", "-trimpath", "-o", out, pkg)
	if text, err := c.CombinedOutput(); err != nil {
		b.Fatalf("%s: %v\n%s", pkg, err, text)
	}
	return out
}

// start runs a program until the benchmark ends.
func start(b *testing.B, dir string, env []string, name string, args ...string) {
	b.Helper()
	ctx, cancel := context.WithCancel(b.Context())
	c := exec.CommandContext(ctx, name, args...)
	c.Dir, c.Env = dir, append(os.Environ(), env...)
	c.Cancel = func() error { return c.Process.Signal(os.Interrupt) }
	c.WaitDelay = 10 * time.Second
	log, err := os.Create(filepath.Join(b.TempDir(), "log"))
	if err != nil {
		b.Fatal(err)
	}
	c.Stdout, c.Stderr = log, log
	if err := c.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		cancel()
		_ = c.Wait() // it was told to end
		if b.Failed() {
			if text, err := os.ReadFile(log.Name()); err == nil {
				b.Logf("%s said:\n%.4000s", filepath.Base(name), text)
			}
		}
	})
}

// await waits until something answers.
func await(b *testing.B, url string) {
	b.Helper()
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		r, err := http.Get(url) //nolint:noctx // it ends with the loop
		if err != nil {
			continue
		}
		_, _ = io.Copy(io.Discard, r.Body)
		_ = r.Body.Close()
		if r.StatusCode == http.StatusOK {
			return
		}
	}
	b.Fatalf("%s does not answer", url)
}

// startBolt runs the app on Bolt, and gives its address.
func startBolt(b *testing.B) string {
	port := freePort(b)
	start(b, *peers, []string{fmt.Sprint("PORT=", port), "SIGNING_SECRET=" + signingSecret, "NODE_ENV=production"}, "node", "bolt.mjs")
	base := fmt.Sprintf("http://127.0.0.1:%d", port)
	await(b, base+"/readyz")
	return base
}

// startDesk runs the whole desk as an app of a workspace, and gives its address.
// way is the key by which events come.
func startDesk(b *testing.B, w *workspace, way string) string {
	port, dir := freePort(b), b.TempDir()
	config := fmt.Sprintf(`team:
  name: Bench
storage:
  url: sqlite:%s
http:
  listen: 127.0.0.1:%d
web:
  enabled: false
slack:
  bot_token: xoxb-bench
  %s
  api_url: %s/api/
channels:
  - name: desk
    place: slack:C0DESK
    audience: inside
  - name: bench
    place: slack:C0BENCH
    desk: desk
    audience: clients
roles:
  agents: [slack:U0VERA]
`, filepath.Join(dir, "bench.db"), port, way, w.base)
	path := filepath.Join(dir, "config.yaml")
	if err := os.WriteFile(path, []byte(config), 0o600); err != nil {
		b.Fatal(err)
	}
	start(b, dir, nil, build(b, "meridian"), "--config", path)
	base := fmt.Sprintf("http://127.0.0.1:%d", port)
	await(b, base+"/readyz")
	return base
}
