package email

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// imapServer is a real Dovecot on this machine, with the mailbox of "desk".
type imapServer struct {
	t    *testing.T
	dir  string
	port int
	end  func() // stops it
	as   *syscall.Credential
	more string // of its configuration
}

const imapPassword = "mailbox-canary"

// dovecot starts one. more is added to its configuration.
func dovecot(t *testing.T, more string) *imapServer {
	t.Helper()
	if _, err := exec.LookPath("dovecot"); err != nil {
		if os.Getenv("MERIDIAN_SKIP_MAIL_SERVERS") == "1" && os.Getenv("CI") == "" {
			t.Skip("NOT TESTED WITH A REAL IMAP SERVER: it is not installed and MERIDIAN_SKIP_MAIL_SERVERS=1 is set")
		}
		t.Fatal("Dovecot is not here: apt-get install dovecot-imapd (or set MERIDIAN_SKIP_MAIL_SERVERS=1)")
	}
	dir, err := os.MkdirTemp("", "meridian-dovecot-")
	if err != nil {
		t.Fatal(err)
	}
	s := &imapServer{t: t, dir: dir, more: more, port: freePort(t)}
	t.Cleanup(func() {
		s.stop()
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	if os.Getuid() == 0 { // it serves no mail of root's
		s.as = credential(t, "nobody")
		if err := os.Chown(dir, int(s.as.Uid), int(s.as.Gid)); err != nil {
			t.Fatal(err)
		}
	}
	s.start()
	return s
}

func credential(t *testing.T, name string) *syscall.Credential {
	t.Helper()
	u, err := user.Lookup(name)
	if err != nil {
		t.Fatal(err)
	}
	uid, err1 := strconv.ParseUint(u.Uid, 10, 32)
	gid, err2 := strconv.ParseUint(u.Gid, 10, 32)
	if err1 != nil || err2 != nil {
		t.Fatal(err1, err2)
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
}

func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

func (s *imapServer) start() {
	s.t.Helper()
	who, group := "nobody", "nogroup"
	if s.as == nil {
		u, err := user.Current()
		if err != nil {
			s.t.Fatal(err)
		}
		g, err := user.LookupGroupId(u.Gid)
		if err != nil {
			s.t.Fatal(err)
		}
		who, group = u.Username, g.Name
	}
	config := fmt.Sprintf(`base_dir = %[1]s/run
state_dir = %[1]s/run
log_path = %[1]s/log
protocols = imap
listen = 127.0.0.1
disable_plaintext_auth = no
auth_mechanisms = plain
auth_failure_delay = 0
mail_location = maildir:%[1]s/mail
default_internal_user = %[2]s
default_login_user = %[2]s
default_internal_group = %[3]s
first_valid_uid = 1
mail_max_userip_connections = 100
passdb {
  driver = static
  args = password=%[4]s
}
userdb {
  driver = static
  args = uid=%[2]s gid=%[3]s home=%[1]s
}
service imap-login {
  chroot =
  inet_listener imap {
    port = %[5]d
  }
  inet_listener imaps {
    port = 0
  }
}
service anvil {
  chroot =
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
%[6]s
`, s.dir, who, group, imapPassword, s.port, s.more)
	if !strings.Contains(s.more, "ssl = ") {
		config += "ssl = no\n"
	}
	if err := os.WriteFile(filepath.Join(s.dir, "dovecot.conf"), []byte(config), 0o600); err != nil {
		s.t.Fatal(err)
	}
	if s.as != nil {
		if err := os.Chown(filepath.Join(s.dir, "dovecot.conf"), int(s.as.Uid), int(s.as.Gid)); err != nil {
			s.t.Fatal(err)
		}
	}
	s.end = untilTheEnd(s.t, s.dir, s.as, `dovecot -F -c dovecot.conf </dev/null >out 2>&1 & read -r _; kill -TERM $!; wait $!`)
	awaitGreeting(s.t, s.port, "* OK", filepath.Join(s.dir, "log"), filepath.Join(s.dir, "out"))
}

func (s *imapServer) stop() {
	if s.end != nil {
		s.end()
	}
	s.end = nil
}

// untilTheEnd runs a script that ends when its standard input does, so that
// nothing is left behind however the tests end.
func untilTheEnd(t *testing.T, dir string, as *syscall.Credential, script string) (end func()) {
	t.Helper()
	c := exec.Command("/bin/sh", "-c", script)
	c.Dir, c.Env = dir, []string{"PATH=/usr/sbin:/usr/bin:/sbin:/bin"}
	c.SysProcAttr = &syscall.SysProcAttr{Credential: as, Setpgid: true}
	life, err := c.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	return func() {
		life.Close()
		_ = c.Wait() // it was told to end, and says how
	}
}

// awaitGreeting waits until a server on this machine answers.
func awaitGreeting(t *testing.T, port int, greeting string, logs ...string) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		c, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		if err != nil {
			continue
		}
		_ = c.SetDeadline(time.Now().Add(10 * time.Second))
		said := make([]byte, len(greeting))
		_, err = io.ReadFull(c, said)
		c.Close()
		if err == nil && string(said) == greeting {
			return
		}
	}
	for _, name := range logs {
		log, _ := os.ReadFile(name)
		t.Logf("%s:\n%s", name, log)
	}
	t.Fatal("the server does not answer")
}

// url is how the desk names the mailbox.
func (s *imapServer) url() string {
	return fmt.Sprintf("imap://desk:%s@127.0.0.1:%d", imapPassword, s.port)
}

// client is somebody else who is signed in to the mailbox.
func (s *imapServer) client() *imapclient.Client {
	s.t.Helper()
	c, err := imapclient.DialInsecure(fmt.Sprintf("127.0.0.1:%d", s.port), nil)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { c.Close() })
	if err := c.Login("desk", imapPassword).Wait(); err != nil {
		s.t.Fatal(err)
	}
	return c
}

// put lays a mail into a folder, as if it had come at a time.
func (s *imapServer) put(folder, mail string, at time.Time) {
	s.t.Helper()
	c := s.client()
	defer c.Close()
	cmd := c.Append(folder, int64(len(mail)), &imap.AppendOptions{Time: at})
	if _, err := io.WriteString(cmd, mail); err != nil {
		s.t.Fatal(err)
	}
	if err := cmd.Close(); err != nil {
		s.t.Fatal(err)
	}
	if _, err := cmd.Wait(); err != nil {
		s.t.Fatal(err)
	}
}

// holding fetches with an adapter until stop is called.
func holding(t *testing.T, a *Adapter) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- a.Hold(ctx) }()
	stopped := false
	stop = func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		select {
		case err := <-done:
			if err != nil {
				t.Errorf("Hold: %v", err)
			}
		case <-time.After(time.Minute):
			t.Error("Hold did not end with its context")
		}
	}
	t.Cleanup(stop)
	return stop
}
