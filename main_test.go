package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"meridian/cli"
	"meridian/storage/storagetest"
)

func TestMain(m *testing.M) { storagetest.Main(m) }

// meridian runs the program to its end.
func meridian(t *testing.T, args ...string) (stdout string, err error) {
	t.Helper()
	var out, errs bytes.Buffer
	err = run(t.Context(), args, &out, &errs)
	return out.String(), err
}

func write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestTheExitCodeTellsUsageFromFailure(t *testing.T) {
	t.Chdir(t.TempDir())
	tests := map[string]int{
		"version":                      0,
		"--help":                       0,
		"next --help":                  0,
		"check":                        0,
		"export":                       1, // there is no store yet
		"verify":                       1,
		"dead list":                    1,
		"check --config absent.yaml":   1,
		"next @never":                  1,
		"mail parse absent.eml":        1,
		"webhook test nobody --file x": 1,
		"frobnicate":                   2,
		"next":                         2,
		"next @daily --count many":     2,
		"dead replay comment 1":        2,
		"webhook test alertmanager":    2,
		"serve --port 1":               2,
		"webhook test generic --file x --header y": 2,
	}
	for line, want := range tests {
		t.Run(line, func(t *testing.T) {
			_, err := meridian(t, strings.Fields(line)...)
			if got := cli.ExitCode(err); got != want {
				t.Errorf("exits %d with %v, want %d", got, err, want)
			}
			if err != nil && (strings.Contains(err.Error(), "\n") || strings.TrimSpace(err.Error()) == "") {
				t.Errorf("does not say one sentence: %q", err)
			}
		})
	}
	if entries, err := os.ReadDir("."); err != nil || len(entries) != 0 {
		t.Errorf("commands that only read made %v, %v", entries, err)
	}
}

func TestNextPrintsInstantsInTheZonesOffset(t *testing.T) {
	out, err := meridian(t, "next", "30 2 * * *", "--zone", "Europe/Berlin", "--from", "2026-03-28T00:00:00Z", "--count", "3")
	// On 29 March 2026 the clock goes from 2:00 to 3:00.
	if want := "2026-03-28T02:30:00+01:00\n2026-03-29T03:00:00+02:00\n2026-03-30T02:30:00+02:00\n"; err != nil || out != want {
		t.Errorf("prints %q, %v; want %q", out, err, want)
	}
}

func TestMailParsePrintsWhatTheDeskReads(t *testing.T) {
	file := write(t, "a.eml", "From: Grace <grace@harbor.example>\r\nTo: support@localhost\r\nSubject: Printer\r\nMessage-ID: <1@x>\r\n\r\nIt is on fire.\r\n")
	out, err := meridian(t, "mail", "parse", file, "--json")
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Kind, Subject, Text string
		From                struct{ Name, Address string }
	}
	if err := json.Unmarshal([]byte(out), &got); err != nil {
		t.Fatal(err)
	}
	if got.Kind != "human" || got.Subject != "Printer" || got.From.Address != "grace@harbor.example" || strings.TrimSpace(got.Text) != "It is on fire." {
		t.Errorf("prints %s", out)
	}
	if out, err = meridian(t, "mail", "parse", file); err != nil || !strings.Contains(out, "from: Grace <grace@harbor.example>") {
		t.Errorf("prints %q, %v", out, err)
	}
}

// alertBody is one report as Alertmanager sends it.
func alertBody(status, fingerprint string) string {
	return fmt.Sprintf(`{"version":"4","groupKey":"{}:{alertname=\"Disk\"}","status":%[1]q,"receiver":"desk","groupLabels":{},"commonLabels":{},"commonAnnotations":{},"externalURL":"http://x",
		"alerts":[{"status":%[1]q,"labels":{"alertname":"Disk full"},"annotations":{},"startsAt":"2026-01-02T03:04:05Z","endsAt":"0001-01-01T00:00:00Z","generatorURL":"http://x","fingerprint":%[2]q}]}`, status, fingerprint)
}

func TestWebhookTestSaysWhatAHookWouldMake(t *testing.T) {
	t.Chdir(t.TempDir())
	out, err := meridian(t, "webhook", "test", "alertmanager", "--file", write(t, "a.json", alertBody("firing", "f1")), "--header", "X-A: b")
	if err != nil || out != "firing Disk full\n" {
		t.Errorf("prints %q, %v", out, err)
	}
	if _, err := meridian(t, "webhook", "test", "alertmanager", "--file", write(t, "b.json", "{")); cli.ExitCode(err) != 1 {
		t.Errorf("half a body: %v", err)
	}
}

func TestCheckNamesTheFileTheLineAndTheKey(t *testing.T) {
	file := write(t, "config.yaml", strings.Replace(good, "desk: desk", "desk: support", 1))
	_, err := meridian(t, "check", "--config", file)
	if want := file + ":3: channels[0].desk names support, which clients can read"; err == nil || !strings.HasPrefix(err.Error(), want) {
		t.Errorf("says %v", err)
	}
	file = write(t, "config.yaml", "storage:\n  url: sqlite:"+t.TempDir()+"\n"+good)
	if _, err = meridian(t, "check", "--config", file); err == nil || !strings.HasPrefix(err.Error(), file+":2: storage.url: ") {
		t.Errorf("a store that cannot be opened: %v", err)
	}
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = closed.Close()
	folder := t.TempDir()
	file = write(t, "config.yaml", "storage: {url: 'sqlite:"+folder+"/x.db'}\n"+strings.Replace(good, "address: ", "smarthost: '"+closed.Addr().String()+"', address: ", 1))
	if _, err = meridian(t, "check", "--config", file); err == nil || !strings.Contains(err.Error(), "email.smarthost: nobody answers") {
		t.Errorf("a smarthost that is not there: %v", err)
	}
	out, err := meridian(t, "check", "--offline", "--config", file)
	if err != nil || !strings.Contains(out, "is in order: 2 channels, 2 people, 1 clients, 1 webhooks") {
		t.Errorf("offline: %q, %v", out, err)
	}
	if entries, err := os.ReadDir(folder); err != nil || len(entries) != 0 {
		t.Errorf("check made %v, %v", entries, err)
	}
}

// desk is a whole program that runs.
type desk struct {
	base  string
	file  string
	stop  context.CancelFunc
	ended chan error
	log   *lockedBuffer
	load  cli.Loader // of the program; nil: its own
}

// start runs the program with a configuration until the test ends.
func start(t *testing.T, config string) *desk {
	t.Helper()
	d := &desk{file: write(t, "config.yaml", config), ended: make(chan error, 1), log: &lockedBuffer{}}
	d.begin(t)
	t.Cleanup(func() { d.end(t) })
	return d
}

func (d *desk) begin(t *testing.T) {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	d.stop = stop
	read, out := io.Pipe()
	go func() {
		err := d.run(ctx, out)
		_ = out.CloseWithError(io.EOF)
		d.ended <- err
	}()
	lines := bufio.NewScanner(read)
	for d.base == "" && lines.Scan() {
		if base, ok := strings.CutPrefix(lines.Text(), "Meridian is at "); ok {
			d.base = strings.TrimSuffix(base, "/")
		}
	}
	if d.base == "" {
		t.Fatalf("the desk did not start: %v", <-d.ended)
	}
	go io.Copy(io.Discard, read) //nolint:errcheck // until the program ends
	d.until(t, "ready", func() bool { status, _ := d.get(t, "/readyz", nil); return status == http.StatusOK })
}

func (d *desk) run(ctx context.Context, out io.Writer) error {
	if d.load != nil {
		return cli.Run(ctx, nil, cli.Program{Load: d.load, Stdout: out, Stderr: d.log})
	}
	return run(ctx, []string{"--config", d.file}, out, d.log)
}

// end stops the program, which must not take longer than it promises.
func (d *desk) end(t *testing.T) {
	t.Helper()
	if d.base == "" {
		return
	}
	d.base = ""
	d.stop()
	select {
	case err := <-d.ended:
		if err != nil {
			t.Errorf("the desk ended with %v", err)
		}
	case <-time.After(12 * time.Second):
		t.Error("the desk did not stop within 12 seconds")
	}
}

// until waits for something that a running program does in its own time.
func (d *desk) until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	deadline := time.NewTimer(10 * time.Second)
	defer deadline.Stop()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-tick.C:
		case <-deadline.C:
			t.Fatalf("waited in vain for: %s\n%s", what, d.log)
		}
	}
}

func (d *desk) get(t *testing.T, path string, header http.Header) (int, string) {
	t.Helper()
	return d.do(t, http.MethodGet, path, header, "")
}

func (d *desk) do(t *testing.T, method, path string, header http.Header, body string) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, d.base+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for k, v := range header {
		r.Header[k] = v
	}
	if host := header.Get("Host"); host != "" {
		r.Host = host
	}
	answer, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		return 0, err.Error()
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(text)
}

// running is the good configuration on free ports, with a store of its own.
func running(t *testing.T, more string) string {
	return runningOn("sqlite:"+t.TempDir()+"/meridian.db", more)
}

func runningOn(store, more string) string {
	return "storage: {url: '" + store + "'}\nhttp: {listen: '127.0.0.1:0'" + more + "}\n" +
		strings.Replace(good, "email: {", "email: {listen: '127.0.0.1:0', ", 1)
}

func TestTheDeskServesHealthMetricsHooksAndTheWeb(t *testing.T) {
	d := start(t, running(t, ", metrics_token: m3trics"))
	bearer := func(s string) http.Header {
		return http.Header{"Authorization": {"Bearer " + s}, "Content-Type": {"application/json"}}
	}
	elsewhere := http.Header{"X-Forwarded-For": {"192.0.2.1"}}
	tests := []struct {
		name, method, path string
		header             http.Header
		body               string
		status             int
		text               string
	}{
		{"health", "GET", "/healthz", nil, "", 200, "alive"},
		{"readiness", "GET", "/readyz", nil, "", 200, "ready"},
		{"metrics here", "GET", "/metrics", nil, "", 200, "meridian_events_handled_total"},
		{"metrics from elsewhere", "GET", "/metrics", elsewhere, "", 401, ""},
		{"metrics under another name", "GET", "/metrics", http.Header{"Host": {"desk.example"}}, "", 401, ""},
		{"metrics with the token", "GET", "/metrics", http.Header{"Host": {"desk.example"}, "Authorization": {"Bearer m3trics"}}, "", 200, "meridian_stuck"},
		{"metrics with a wrong token", "GET", "/metrics", http.Header{"Host": {"desk.example"}, "Authorization": {"Bearer x"}}, "", 401, ""},
		{"the web desk", "GET", "/", nil, "", 200, ""},
		{"the web desk from elsewhere", "GET", "/", elsewhere, "", 403, ""},
		{"a page that is not there", "GET", "/nowhere", nil, "", 404, ""},
		{"a hook", "POST", "/hooks/prom", bearer("s3cret-canary"), alertBody("firing", "f1"), 202, ""},
		{"a hook with a wrong secret", "POST", "/hooks/prom", bearer("x"), alertBody("firing", "f1"), 401, ""},
		{"a hook that is not there", "POST", "/hooks/none", bearer("s3cret-canary"), "{}", 401, ""},
		{"a hook that is only looked at", "GET", "/hooks/prom", bearer("s3cret-canary"), "", 405, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			status, text := d.do(t, test.method, test.path, test.header, test.body)
			if status != test.status || !strings.Contains(text, test.text) {
				t.Errorf("answers %d %.200q, want %d with %q", status, text, test.status, test.text)
			}
		})
	}
	if log := d.log.String(); strings.Contains(log, "s3cret") || strings.Contains(log, "m3trics") {
		t.Errorf("the log tells a secret:\n%s", log)
	}
}

func TestCommandsWorkBesideARunningDesk(t *testing.T) {
	t.Run("SQLite", func(t *testing.T) {
		d := start(t, running(t, ""))
		beside(t, d)
		if _, err := meridian(t, "--config", d.file); err == nil || strings.Contains(err.Error(), "\n") {
			t.Errorf("a second server on one file: %v", err)
		}
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		d := start(t, runningOn(storagetest.Postgres(t), ""))
		beside(t, d)
		replica := &desk{file: d.file, ended: make(chan error, 1), log: &lockedBuffer{}}
		replica.begin(t)
		replica.end(t)
	})
}

// beside runs every command that works while the desk does.
func beside(t *testing.T, d *desk) {
	t.Helper()
	status, text := d.do(t, "POST", "/hooks/prom", http.Header{"Authorization": {"Bearer s3cret-canary"}, "Content-Type": {"application/json"}}, alertBody("firing", "f1"))
	if status != http.StatusAccepted {
		t.Fatalf("the hook answers %d %s", status, text)
	}
	var out string
	d.until(t, "the alert in the export", func() bool {
		var err error
		if out, err = meridian(t, "export", "--config", d.file); err != nil {
			t.Fatal(err)
		}
		return strings.Contains(out, `{"type":"alert","v":1,"fingerprint":"f1","status":"firing","title":"Disk full","acknowledged":false}`)
	})
	for line := range strings.Lines(out) {
		var l struct {
			Type string
			V    int
		}
		if err := json.Unmarshal([]byte(line), &l); err != nil || l.Type == "" || l.V != 1 {
			t.Errorf("a line is %q, %v", line, err)
		}
	}
	file := filepath.Join(t.TempDir(), "all.jsonl")
	if _, err := meridian(t, "export", "--out", file, "--config", d.file); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 || info.Size() == 0 {
		t.Errorf("the file is %v, %v", info, err)
	}
	if out, err := meridian(t, "verify", "--config", d.file); err != nil || !strings.Contains(out, "is whole") {
		t.Errorf("verify: %q, %v", out, err)
	}
	if out, err := meridian(t, "dead", "list", "--config", d.file); err != nil || out != "" {
		t.Errorf("dead list: %q, %v", out, err)
	}
	if _, err := meridian(t, "dead", "replay", "event", "1", "--config", d.file); err == nil || !strings.Contains(err.Error(), "event 1 is not stuck") {
		t.Errorf("dead replay: %v", err)
	}
	if out, err := meridian(t, "check", "--config", d.file); err != nil || !strings.Contains(out, "the store can be read") {
		t.Errorf("check: %q, %v", out, err)
	}
}

func TestAHangUpReadsTheConfigurationAgainOrNotAtAll(t *testing.T) {
	d := start(t, running(t, ""))
	bearer := func(s string) http.Header {
		return http.Header{"Authorization": {"Bearer " + s}, "Content-Type": {"application/json"}}
	}
	change := func(old, new, logged string) {
		t.Helper()
		text, err := os.ReadFile(d.file)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(d.file, bytes.Replace(text, []byte(old), []byte(new), 1), 0o600); err != nil {
			t.Fatal(err)
		}
		before := strings.Count(d.log.String(), logged)
		if err := syscall.Kill(os.Getpid(), syscall.SIGHUP); err != nil {
			t.Fatal(err)
		}
		d.until(t, logged, func() bool { return strings.Count(d.log.String(), logged) > before })
	}
	change("s3cret-canary", "n3w-canary", "the configuration was read again")
	if status, _ := d.do(t, "POST", "/hooks/prom", bearer("n3w-canary"), alertBody("firing", "f1")); status != http.StatusAccepted {
		t.Errorf("the new secret answers %d", status)
	}
	change("kind: alertmanager, secret: n3w-canary", "kind: nagios, secret: oth3r-canary", "the configuration was refused")
	if status, _ := d.do(t, "POST", "/hooks/prom", bearer("n3w-canary"), alertBody("firing", "f1")); status != http.StatusAccepted {
		t.Errorf("after a refused one the old secret answers %d", status)
	}
	if strings.Contains(d.log.String(), "canary") {
		t.Error("the log tells a secret")
	}
}

// program builds the program as people get it.
func program(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "meridian")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", path, ".").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	return path
}

// process starts a built program and gives where it listens and what it logs.
func process(t *testing.T, bin string) (p *exec.Cmd, address string, log *bufio.Scanner) {
	t.Helper()
	p = exec.CommandContext(t.Context(), bin, "--config", write(t, "config.yaml", running(t, "")))
	out, err := p.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	errs, err := p.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	if !lines.Scan() {
		t.Fatal("it said nothing")
	}
	address = strings.Trim(strings.TrimPrefix(lines.Text(), "Meridian is at http://"), "/")
	return p, address, bufio.NewScanner(errs)
}

// logged waits until the program has logged something.
func logged(t *testing.T, log *bufio.Scanner, what string) {
	t.Helper()
	for log.Scan() {
		if strings.Contains(log.Text(), what) {
			return
		}
	}
	t.Fatalf("it never logged %q", what)
}

// Somebody who sends half a request and waits holds the end up for a while. A
// second signal does not wait.
func TestASecondSignalEndsTheProcessAtOnce(t *testing.T) {
	p, address, log := process(t, program(t))
	logged(t, log, "the desk runs")
	half, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer half.Close()
	fmt.Fprintf(half, "POST /hooks/prom HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer s3cret-canary\r\nContent-Type: application/json\r\nContent-Length: 9\r\nExpect: 100-continue\r\n\r\n")
	if line, err := bufio.NewReader(half).ReadString('\n'); err != nil || !strings.Contains(line, "100 Continue") {
		t.Fatalf("the request is not under way: %q, %v", line, err)
	}
	if err := p.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	logged(t, log, "the desk stops")
	began := time.Now()
	if err := p.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	err = p.Wait()
	if took := time.Since(began); took > 3*time.Second || p.ProcessState.Success() {
		t.Errorf("it ended after %v with %v", took, err)
	}
}

func TestTheProcessEndsCleanlyWhenItIsToldTo(t *testing.T) {
	bin := program(t)
	for _, s := range []os.Signal{syscall.SIGTERM, os.Interrupt} {
		p, _, _ := process(t, bin)
		began := time.Now()
		if err := p.Process.Signal(s); err != nil {
			t.Fatal(err)
		}
		if err := p.Wait(); err != nil || time.Since(began) > 10*time.Second {
			t.Errorf("%v ended it after %v with %v", s, time.Since(began), err)
		}
	}
	p := exec.CommandContext(t.Context(), bin, "frobnicate")
	var said bytes.Buffer
	p.Stderr = &said
	if err := p.Run(); p.ProcessState.ExitCode() != 2 || strings.Count(said.String(), "\n") != 1 {
		t.Errorf("a wrong command ends with %v and says %q", err, &said)
	}
}

// A page that stays open must not keep the process from its end.
func TestAnOpenPageDoesNotKeepTheProcess(t *testing.T) {
	d := start(t, running(t, ""))
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, d.base+"/events?as=web:vera", nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		t.Fatalf("a page is answered %s", answer.Status)
	}
	began := time.Now()
	d.end(t)
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("it took %v", took)
	}
}

func TestATakenAddressIsToldWithItsKey(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	file := write(t, "config.yaml", strings.Replace(running(t, ""), "127.0.0.1:0", taken.Addr().String(), 1))
	_, err = meridian(t, "--config", file)
	if err == nil || !strings.HasPrefix(err.Error(), file+":2: http.listen: ") {
		t.Errorf("says %v", err)
	}
}

// lockedBuffer is a log that a test reads while the program writes.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}
