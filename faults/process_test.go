package faults

import (
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// build makes the program as people get it.
func build(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "meridian")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", path, "meridian").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	return path
}

// config is the configuration of one process. Every %s is an address but the
// first, which is the store.
const config = `
storage: {url: '%s'}
http: {listen: '%s'}
email: {listen: '%s', address: support@desk.example, channel: desk, smarthost: '%s', limits: {per_sender_hour: 0, per_domain_hour: 0}}
undo: {state: 2s, reply: 1s}
channels:
  - {name: support, place: web:support, audience: clients, desk: desk}
  - {name: desk, place: web:desk, audience: inside}
  - {name: alerts, place: web:alerts, audience: inside}
roles:
  leads: [web:vera]
  agents: [web:timur]
people:
  - {name: Vera, ids: [web:vera]}
  - {name: Timur, ids: [web:timur]}
  - {name: Grace, ids: [web:grace]}
  - {name: Owen, ids: [web:owen]}
  - {name: Ruth, ids: [web:ruth]}
webhooks:
  - {name: prom, kind: alertmanager, secret: s3cret, channel: alerts}
`

// process is one place where the program runs, is killed and runs again.
type process struct {
	bin, file  string
	http, mail string // host:port
	cmd        *exec.Cmd
	ended      chan error
	log        *os.File // what all its lives have logged
}

// newProcesses chooses addresses for n processes on one store and writes their
// configurations.
func newProcesses(t *testing.T, n int, bin, store, smarthost string) []*process {
	t.Helper()
	free := freeAddresses(t, 2*n)
	var all []*process
	for i := range n {
		dir := t.TempDir()
		p := &process{bin: bin, file: filepath.Join(dir, "config.yaml"), http: free[2*i], mail: free[2*i+1]}
		text := fmt.Sprintf(config, store, p.http, p.mail, smarthost)
		if err := os.WriteFile(p.file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		var err error
		if p.log, err = os.OpenFile(filepath.Join(dir, "log"), os.O_CREATE|os.O_RDWR|os.O_APPEND, 0o600); err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
		t.Cleanup(func() {
			p.kill()
			if t.Failed() {
				t.Logf("the end of the log of %s:\n%s", p.http, last(p.logged(t), 40))
			}
			p.log.Close()
		})
	}
	return all
}

// freeAddresses are n that nobody listens on, below the ports that the system
// gives to connections: a process comes back to its own again and again.
func freeAddresses(t *testing.T, n int) []string {
	t.Helper()
	var all []string
	for port := 20_000 + rand.IntN(8_000); len(all) < n && port < 32_000; port++ {
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		if err != nil {
			continue // somebody has it
		}
		all = append(all, l.Addr().String())
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if len(all) < n {
		t.Fatal("not enough ports are free")
	}
	return all
}

// start runs the program; it need not be up yet.
func (p *process) start(t *testing.T) {
	t.Helper()
	p.cmd = exec.Command(p.bin, "--config", p.file)
	p.cmd.Stdout, p.cmd.Stderr = p.log, p.log
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	cmd, ended := p.cmd, make(chan error, 1)
	p.ended = ended
	go func() { ended <- cmd.Wait() }()
}

// up waits until the program says that it is ready.
func (p *process) up(t *testing.T) {
	t.Helper()
	c := &http.Client{Timeout: time.Second}
	defer c.CloseIdleConnections()
	until(t, 20*time.Second, "readiness", func() bool {
		select {
		case err := <-p.ended:
			t.Fatalf("the program ended with %v:\n%s", err, last(p.logged(t), 20))
		default:
		}
		answer, err := c.Get("http://" + p.http + "/readyz")
		if err != nil {
			return false
		}
		answer.Body.Close()
		return answer.StatusCode == http.StatusOK
	})
}

// kill ends the program without a chance to do anything, if it runs.
func (p *process) kill() {
	if p.cmd == nil {
		return
	}
	_ = p.cmd.Process.Kill() // it may have ended
	<-p.ended                //nolint:errcheck // it was killed
	p.cmd = nil
}

// stop tells the program to end and waits until it has, which must be within
// its own limit of ten seconds and without an error.
func (p *process) stop(t *testing.T) time.Duration {
	t.Helper()
	began := time.Now()
	p.signal(t, syscall.SIGTERM)
	select {
	case err := <-p.ended:
		p.cmd = nil
		if err != nil {
			t.Errorf("told to end, the program ended with %v:\n%s", err, last(p.logged(t), 20))
		}
	case <-time.After(10*time.Second + 500*time.Millisecond):
		t.Errorf("told to end, the program did not within ten seconds:\n%s", last(p.logged(t), 20))
		p.kill()
	}
	return time.Since(began)
}

// signal sends a signal to this process alone.
func (p *process) signal(t *testing.T, s syscall.Signal) {
	t.Helper()
	if err := p.cmd.Process.Signal(s); err != nil {
		t.Fatal(err)
	}
}

// run runs another command of the program on the same configuration.
func (p *process) run(t *testing.T, args ...string) (out string, err error) {
	t.Helper()
	b, err := exec.CommandContext(t.Context(), p.bin, append(args, "--config", p.file)...).CombinedOutput()
	return string(b), err
}

// logged is all that the program has logged, in all its lives.
func (p *process) logged(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile(p.log.Name())
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// last is the end of a text.
func last(text string, lines int) string {
	all := strings.Split(strings.TrimSpace(text), "\n")
	return strings.Join(all[max(0, len(all)-lines):], "\n")
}

// complaints counts what processes have logged as warnings and errors.
func complaints(t *testing.T, all []*process) map[string]int {
	t.Helper()
	found := map[string]int{}
	message := regexp.MustCompile(`level=(WARN|ERROR) msg=("[^"]*"|\S+)`)
	for _, p := range all {
		for _, m := range message.FindAllString(p.logged(t), -1) {
			found[m]++
		}
	}
	return found
}
