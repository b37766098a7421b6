package storagetest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// cluster is the one PostgreSQL of a test binary: starting one takes about two
// seconds, a database in it a tenth of one.
var cluster struct {
	sync.Mutex
	running *server
	err     error
	main    bool
	made    atomic.Int64
}

// Main runs the tests of a package and then stops the cluster that Postgres has
// started, if any. Call it from TestMain.
func Main(m *testing.M) {
	cluster.main = true
	code := m.Run()
	if s := cluster.running; s != nil {
		s.stop()
	}
	os.Exit(code)
}

// Postgres gives the address of a new, empty database in a real PostgreSQL,
// which it starts with the first call. Where none is installed the test fails;
// MERIDIAN_SKIP_POSTGRES=1 skips it instead, except in CI.
func Postgres(t testing.TB) (url string) {
	t.Helper()
	cluster.Lock()
	defer cluster.Unlock()
	if !cluster.main {
		t.Fatal("the package of this test needs a TestMain that calls storagetest.Main, which stops PostgreSQL in the end")
	}
	bin, err := postgresBin()
	if err != nil {
		if os.Getenv("MERIDIAN_SKIP_POSTGRES") == "1" && os.Getenv("CI") == "" {
			t.Skip("NOT TESTED ON POSTGRESQL: it is not installed and MERIDIAN_SKIP_POSTGRES=1 is set")
		}
		t.Fatal(err)
	}
	if cluster.running == nil && cluster.err == nil {
		cluster.running, cluster.err = start(bin)
	}
	if cluster.err != nil {
		t.Fatalf("PostgreSQL does not start: %v", cluster.err)
	}
	return cluster.running.database(t)
}

func postgresBin() (string, error) {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/postgres")
	if err != nil {
		return "", err
	}
	if len(found) == 0 {
		return "", errors.New("PostgreSQL is not here: apt-get install postgresql (or set MERIDIAN_SKIP_POSTGRES=1)")
	}
	slices.Sort(found)
	return filepath.Dir(found[len(found)-1]), nil
}

// server is a running cluster in a folder of its own.
type server struct {
	bin, dir string
	port     int
	as       *syscall.Credential
	life     io.Closer // closing it, or the end of this process, stops the cluster
	cmd      *exec.Cmd
}

// start makes and starts a cluster that ends with this process, however that
// ends: a shell waits for the end of its standard input.
func start(bin string) (*server, error) {
	s := &server{bin: bin}
	if err := s.makeFolder(); err != nil {
		return nil, err
	}
	if err := s.run("initdb", "-D", filepath.Join(s.dir, "data"), "-U", "meridian", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"); err != nil {
		return nil, err
	}
	var err error
	if s.port, err = freePort(); err != nil {
		return nil, err
	}
	script := fmt.Sprintf(`%s/postgres -D data -p %d -k "$PWD" -c listen_addresses=127.0.0.1 -c max_connections=300 -c log_min_messages=fatal </dev/null >log 2>&1 &
		read -r _; kill -INT $!; wait $!; cd /; rm -rf "$0"`, s.bin, s.port)
	s.cmd = s.command("/bin/sh", "-c", script, s.dir)
	pipe, err := s.cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	s.life = pipe
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	if err := s.ready(); err != nil {
		log, _ := os.ReadFile(filepath.Join(s.dir, "log"))
		s.stop()
		return nil, fmt.Errorf("%w\n%s", err, log)
	}
	return s, nil
}

// makeFolder makes a folder that the server's user owns: PostgreSQL refuses to
// run as root.
func (s *server) makeFolder() (err error) {
	if s.dir, err = os.MkdirTemp("", "meridian-postgres-"); err != nil || os.Getuid() != 0 {
		return err
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return err
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return err
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	if err != nil {
		return err
	}
	s.as = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	return os.Chown(s.dir, int(uid), int(gid))
}

// freePort asks the system for a port that nobody listens on.
func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	return l.Addr().(*net.TCPAddr).Port, l.Close()
}

func (s *server) command(name string, args ...string) *exec.Cmd {
	c := exec.Command(name, args...)
	c.Dir = s.dir
	c.SysProcAttr = &syscall.SysProcAttr{Credential: s.as, Setpgid: true} // Ctrl-C is for the tests
	return c
}

func (s *server) run(program string, args ...string) error {
	out, err := s.command(filepath.Join(s.bin, program), args...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s: %w\n%s", program, err, bytes.TrimSpace(out))
	}
	return nil
}

// ready waits until the cluster answers.
func (s *server) ready() (err error) {
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if err = s.psql("SELECT 1"); err == nil {
			return nil
		}
	}
	return err
}

func (s *server) psql(statement string) error {
	return s.run("psql", "-h", s.dir, "-p", strconv.Itoa(s.port), "-U", "meridian", "-d", "postgres", "-X", "-q", "-c", statement)
}

func (s *server) database(t testing.TB) string {
	name := fmt.Sprintf("test%d", cluster.made.Add(1))
	if err := s.psql("CREATE DATABASE " + name); err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("postgres://meridian@127.0.0.1:%d/%s?sslmode=disable", s.port, name)
}

func (s *server) stop() {
	s.life.Close() //nolint:errcheck // the shell sees the end
	s.cmd.Wait()   //nolint:errcheck // it was asked to end
}
