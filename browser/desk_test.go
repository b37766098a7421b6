package browser

import (
	"bufio"
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/smtp"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// secret is the bearer token of the hook for alerts.
const secret = "browser-s3cret"

// patience is how long something may take before a test gives up: far longer
// than a person would wait, for machines that do much else.
const patience = 30 * time.Second

// program is the built program; TestMain sets it once.
var program string

func TestMain(m *testing.M) { os.Exit(built(m)) }

// built runs the tests with the program as people get it.
func built(m *testing.M) int {
	flag.Parse()
	folder, err := os.MkdirTemp("", "meridian-browser-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(folder)
	program = filepath.Join(folder, "meridian")
	if out, err := exec.Command("go", "build", "-o", program, "meridian").CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build: %v\n%s", err, out)
		return 1
	}
	return m.Run()
}

// desk is the program as a process, with a store that outlives it.
type desk struct {
	t       testing.TB
	changes []string // what differs from default.yaml, as for strings.NewReplacer
	folder  string
	process *exec.Cmd
	log     *buffer
	base    string // "http://127.0.0.1:PORT", the same after a restart
	mail    string // HOST:PORT
}

// open starts the program as `go run .` would, but for its addresses and its
// store: on free ports and in a folder of the test. Of each pair of changes the
// first is a line of default.yaml and the second stands in its place.
func open(t testing.TB, changes ...string) *desk {
	t.Helper()
	d := &desk{t: t, changes: changes, folder: t.TempDir(), log: &buffer{}}
	d.configure("127.0.0.1:0", "127.0.0.1:0")
	d.start()
	t.Cleanup(d.stop)
	d.configure(strings.TrimPrefix(d.base, "http://"), d.mail) // for the next start
	return d
}

func (d *desk) configure(web, mail string) {
	d.t.Helper()
	text, err := os.ReadFile("../default.yaml")
	if err != nil {
		d.t.Fatal(err)
	}
	config := string(text)
	changes := append([]string{"sqlite:meridian.db", "sqlite:" + filepath.Join(d.folder, "meridian.db"), "127.0.0.1:8080", web, "127.0.0.1:2525", mail}, d.changes...)
	for pair := range slices.Chunk(changes, 2) {
		if strings.Count(config, pair[0]) != 1 {
			d.t.Fatalf("default.yaml does not say %q once", pair[0])
		}
		config = strings.Replace(config, pair[0], pair[1], 1)
	}
	text = []byte(config)
	if err := os.WriteFile(d.file(), text, 0o600); err != nil {
		d.t.Fatal(err)
	}
}

func (d *desk) file() string { return filepath.Join(d.folder, "config.yaml") }

// start runs the program until it says where it is and that it is ready.
func (d *desk) start() {
	d.t.Helper()
	d.process = exec.Command(program, "--config", d.file())
	d.process.Env = append(os.Environ(), "ALERTMANAGER_SECRET="+secret)
	d.process.Stderr = d.log
	out, err := d.process.StdoutPipe()
	if err == nil {
		err = d.process.Start()
	}
	if err != nil {
		d.t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for range 3 {
		lines.Scan()
		if base, ok := strings.CutPrefix(lines.Text(), "Meridian is at "); ok {
			d.base = strings.TrimSuffix(base, "/")
		}
		if at, ok := strings.CutPrefix(lines.Text(), "Mail for support@localhost is taken at "); ok {
			d.mail = strings.TrimSuffix(at, ".")
		}
	}
	if d.base == "" || d.mail == "" {
		d.t.Fatalf("the desk did not start:\n%s", d.log)
	}
	go io.Copy(io.Discard, out) //nolint:errcheck // until the program ends
	d.until("the desk is ready", func() bool {
		answer, err := http.Get(d.base + "/readyz")
		if err != nil {
			return false
		}
		defer answer.Body.Close()
		return answer.StatusCode == http.StatusOK
	})
}

// cut ends the program as a power cut would, and starts it again on the same
// store and the same addresses.
func (d *desk) cut() {
	d.t.Helper()
	if err := d.process.Process.Kill(); err != nil {
		d.t.Fatal(err)
	}
	var ended *exec.ExitError
	if err := d.process.Wait(); !errors.As(err, &ended) || ended.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
		d.t.Fatalf("the desk had ended by itself: %v\n%s", err, d.log)
	}
	d.start()
}

// stop ends the program as an operator would. Nothing may have gone wrong in
// it.
func (d *desk) stop() {
	if err := d.process.Process.Signal(syscall.SIGTERM); err != nil {
		d.t.Errorf("the desk had ended already: %v", err)
	}
	if err := d.process.Wait(); err != nil {
		d.t.Errorf("the desk ended with %v", err)
	}
	for line := range strings.Lines(d.log.String()) {
		if strings.Contains(line, "level=ERROR") || strings.Contains(line, `"level":"ERROR"`) || strings.HasPrefix(line, "panic") {
			d.t.Errorf("the desk logged: %s", line)
		}
	}
}

// until waits for something that the program does in its own time.
func (d *desk) until(what string, ok func() bool) {
	d.t.Helper()
	if !eventually(ok) {
		d.t.Fatalf("waited in vain until %s\n%s", what, d.log)
	}
}

// eventually reports whether ok comes true while somebody would wait for it.
func eventually(ok func() bool) bool {
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-tick.C:
		case <-deadline.C:
			return false
		}
	}
	return true
}

// send sends a mail to the desk.
func (d *desk) send(from, id, subject, text string) {
	d.t.Helper()
	name, _, _ := strings.Cut(from, "@")
	mail := fmt.Sprintf("From: %s <%s>\nTo: support@localhost\nSubject: %s\nMessage-ID: <%s@harbor.example>\nDate: Sun, 22 Nov 2026 09:12:00 -0500\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\n%s\n",
		strings.ToUpper(name[:1])+name[1:], from, subject, id, text)
	if err := smtp.SendMail(d.mail, nil, from, []string{"support@localhost"}, []byte(strings.ReplaceAll(mail, "\n", "\r\n"))); err != nil {
		d.t.Fatalf("the mail was not taken: %v", err)
	}
}

// alert is what Alertmanager posts about one group of one alert.
func (d *desk) alert(title, fingerprint, status string) {
	d.t.Helper()
	ends := "0001-01-01T00:00:00Z"
	if status == "resolved" {
		ends = "2026-11-22T09:00:00Z"
	}
	body := fmt.Sprintf(`{"version":"4","groupKey":"{}:{alertname=\"%[1]s\"}","truncatedAlerts":0,"status":%[3]q,"receiver":"desk",
		"groupLabels":{"alertname":%[1]q},"commonLabels":{"alertname":%[1]q,"severity":"page"},"commonAnnotations":{},"externalURL":"http://alertmanager.example:9093",
		"alerts":[{"status":%[3]q,"labels":{"alertname":%[1]q,"severity":"page"},"annotations":{},"startsAt":"2026-11-22T08:00:00Z","endsAt":%[4]q,
		"generatorURL":"http://prometheus.example:9090","fingerprint":%[2]q}]}`, title, fingerprint, status, ends)
	r, err := http.NewRequestWithContext(d.t.Context(), http.MethodPost, d.base+"/hooks/alertmanager", strings.NewReader(body))
	if err != nil {
		d.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+secret)
	r.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		d.t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode/100 != 2 {
		d.t.Fatalf("the hook answers %s", answer.Status)
	}
}

// export is what the program says is in its store.
// page is what somebody gets who knows an address.
func (d *desk) page(path, who string) string {
	d.t.Helper()
	r, err := http.NewRequestWithContext(d.t.Context(), http.MethodGet, d.base+path, nil)
	if err != nil {
		d.t.Fatal(err)
	}
	r.Header.Set("Meridian-As", who)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		d.t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		d.t.Fatal(err)
	}
	return string(text)
}

func (d *desk) export() string {
	d.t.Helper()
	command := exec.Command(program, "export", "--config", d.file())
	command.Env = append(os.Environ(), "ALERTMANAGER_SECRET="+secret)
	out, err := command.Output()
	if err != nil {
		d.t.Fatalf("export: %v", err)
	}
	return string(out)
}

// buffer is a log that is read while it is written.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *buffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *buffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}
