package email

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"meridian/adapters/adaptertest"
	"meridian/bot"
)

// mailServer is a real Postfix on this machine. It has the mailboxes of
// shop.example, and brings what is for desk.example to the desk's listener.
type mailServer struct {
	t    *testing.T
	dir  string
	port int
}

// postfix starts one. desk is the address of the desk's listener.
func postfix(t *testing.T, desk string) *mailServer {
	t.Helper()
	master := "/usr/lib/postfix/sbin/master"
	_, err := os.Stat(master)
	if missing := err != nil || os.Getuid() != 0; missing {
		if os.Getenv("MERIDIAN_SKIP_MAIL_SERVERS") == "1" && os.Getenv("CI") == "" {
			t.Skip("NOT TESTED WITH A REAL MAIL SERVER: MERIDIAN_SKIP_MAIL_SERVERS=1 is set")
		}
		t.Fatal("Postfix is not here, or this is not root, as whom alone it starts: apt-get install postfix (or set MERIDIAN_SKIP_MAIL_SERVERS=1)")
	}
	dir, err := os.MkdirTemp("", "meridian-postfix-")
	if err != nil {
		t.Fatal(err)
	}
	s := &mailServer{t: t, dir: dir, port: freePort(t)}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	s.configure(desk)
	if out, err := exec.Command("postfix", "-c", dir, "check").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	t.Cleanup(untilTheEnd(t, dir, nil, fmt.Sprintf(`export MAIL_CONFIG=%[1]s; %[2]s -d -c %[1]s </dev/null >out 2>&1 & read -r _; kill -TERM $!; wait $!; cd /; rm -rf %[1]s`, dir, master)))
	awaitGreeting(t, s.port, "220 ", filepath.Join(dir, "log"), filepath.Join(dir, "out"))
	return s
}

func (s *mailServer) configure(desk string) {
	s.t.Helper()
	_, port, _ := strings.Cut(desk, ":")
	owner, reader := credential(s.t, "postfix"), credential(s.t, "nobody")
	files := map[string]string{
		"boxes":     "anna@shop.example anna/\nbob@shop.example bob/\n",
		"transport": fmt.Sprintf("desk.example smtp:[127.0.0.1]:%s\n", port),
		"main.cf": fmt.Sprintf(`compatibility_level = 3.6
queue_directory = %[1]s/queue
data_directory = %[1]s/data
mail_owner = postfix
setgid_group = postdrop
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
maillog_file = %[1]s/log
maillog_file_prefixes = %[2]s
myhostname = mx.relay.example
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
smtpd_reject_unlisted_recipient = no
virtual_mailbox_domains = shop.example
virtual_mailbox_base = %[1]s/mail
virtual_mailbox_maps = texthash:%[1]s/boxes
virtual_uid_maps = static:%[3]d
virtual_gid_maps = static:%[4]d
virtual_minimum_uid = 1
transport_maps = texthash:%[1]s/transport
smtp_tls_security_level = may
smtp_tls_loglevel = 1
minimal_backoff_time = 1s
queue_run_delay = 1s
`, s.dir, filepath.Dir(s.dir), reader.Uid, reader.Gid),
		"master.cf": fmt.Sprintf("127.0.0.1:%d inet n - n - - smtpd\n", s.port) + `pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
`,
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(s.dir, name), []byte(text), 0o644); err != nil {
			s.t.Fatal(err)
		}
	}
	if err := os.Chmod(s.dir, 0o755); err != nil { // its parts run as different users
		s.t.Fatal(err)
	}
	for name, id := range map[string]int{"queue": 0, "data": int(owner.Uid), "mail": int(reader.Uid)} {
		path := filepath.Join(s.dir, name)
		if err := os.Mkdir(path, 0o755); err != nil {
			s.t.Fatal(err)
		}
		if err := os.Chown(path, id, 0); err != nil {
			s.t.Fatal(err)
		}
	}
}

func (s *mailServer) addr() string { return "127.0.0.1:" + strconv.Itoa(s.port) }

// mail waits for the first mail in somebody's mailbox.
func (s *mailServer) mail(who string) []byte { return s.mailWith(who, "") }

// mailWith waits for a mail that has some words in it.
func (s *mailServer) mailWith(who, words string) []byte {
	s.t.Helper()
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		found, err := filepath.Glob(filepath.Join(s.dir, "mail", who, "new", "*"))
		if err != nil {
			s.t.Fatal(err)
		}
		for _, name := range found {
			raw, err := os.ReadFile(name)
			if err != nil {
				s.t.Fatal(err)
			}
			if strings.Contains(string(raw), words) {
				return raw
			}
		}
	}
	log, _ := os.ReadFile(filepath.Join(s.dir, "log"))
	s.t.Fatalf("nothing came for %s:\n%s", who, log)
	return nil
}

// A whole exchange by a real mail server: out to the client, and the client's
// answer, an attachment and a bounce back to the desk, over TLS.
func TestMailGoesOutAndComesBackByARealMailServer(t *testing.T) {
	d := remember()
	files, _ := certify(t, t.TempDir(), 1)
	listener := listenWith(t, Config{TLS: files}, d)
	s := postfix(t, listener)
	a := signing(t, Config{Smarthost: s.addr()}, d)

	out := answer()
	out.Request = 12
	logs := strings.Repeat("line\r\n", 20_000)
	blob, err := d.PutBlob(t.Context(), "attachment", strings.NewReader(logs), maxMail)
	if err != nil {
		t.Fatal(err)
	}
	out.Mail.Files = []bot.File{{Name: "журнал.log", Type: "text/plain", Size: blob.Size, Blob: blob}}
	receipt, err := a.Deliver(t.Context(), out)
	if err != nil {
		t.Fatal(err)
	}
	got := Parse(s.mail("anna"), Envelope{})
	if got.Mail.MessageID != receipt.Message || got.Mail.Text != "We look at it.\n.\nПривет" || len(got.Attachments) != 1 || got.Attachments[0].Name != "журнал.log" || string(got.Attachments[0].Data()) != logs {
		t.Errorf("the client got %+v", got.Mail)
	}
	s.mail("bob") // the copy

	reply := strings.Trim(headerOf(t, s.mail("anna"), "reply-to"), "<>")
	client := newAdapter(t, Config{Address: "anna@shop.example", Smarthost: s.addr()}, d, Options{})
	back := bot.Delivery{Key: "back", Op: bot.OpMail, Mail: &bot.Mail{To: []bot.Address{{Address: reply}}, Subject: "Re: Hello", Text: "It works.", InReplyTo: receipt.Message}}
	if _, err := client.Deliver(t.Context(), back); err != nil {
		t.Fatal(err)
	}
	d.awaitMails(t, 1)
	if m := a.read(t, d.taken()[0]); m.Answers != 12 || m.Text != "It works." || m.From.Address != "anna@shop.example" {
		t.Errorf("the answer is %+v", m)
	}
	if log, err := os.ReadFile(filepath.Join(s.dir, "log")); err != nil || !strings.Contains(string(log), "TLS connection established to 127.0.0.1") {
		t.Errorf("the answer came unencrypted, %v", err)
	}

	out.Key, out.Mail.To, out.Mail.Cc, out.Mail.Files = "reply:8", []bot.Address{{Address: "nobody@shop.example"}}, nil, nil
	lost, err := a.Deliver(t.Context(), out)
	if err != nil {
		t.Fatal(err)
	}
	d.awaitMails(t, 2)
	m := a.read(t, d.taken()[1])
	if m.Kind != bot.MailBounce || m.Answers != 12 || m.Bounce.Message != lost.Message || len(m.Bounce.To) != 1 || m.Bounce.To[0] != "nobody@shop.example" || !m.Bounce.Permanent || m.Bounce.Status != "5.1.1" {
		t.Errorf("the bounce is %s about request %d, %+v", m.Kind, m.Answers, m.Bounce)
	}
}

func TestAutomaticMailHasTheEmptyEnvelopeSenderAtARealMailServer(t *testing.T) {
	d := adaptertest.NewDesk()
	s := postfix(t, "127.0.0.1:1")
	a := signing(t, Config{Smarthost: s.addr()}, d)
	out := answer()
	out.Mail.Auto = true
	if _, err := a.Deliver(t.Context(), out); err != nil {
		t.Fatal(err)
	}
	raw := s.mail("anna")
	if headerOf(t, raw, "return-path") != "<>" || headerOf(t, raw, "auto-submitted") != "auto-replied" || headerOf(t, raw, strings.ToLower(LoopHeader)) != "desk.example" {
		t.Errorf("the client got %s", raw)
	}
	if kind := Parse(raw, Envelope{}).Mail.Kind; kind != bot.MailAuto {
		t.Errorf("another desk takes it for %s", kind)
	}
}

func headerOf(t *testing.T, raw []byte, name string) string {
	t.Helper()
	h, _, err := readHeader(raw)
	if err != nil {
		t.Fatal(err)
	}
	return h.get(name)
}

// read is the mail of an event.
func (a *Adapter) read(t *testing.T, e bot.Event) bot.Mail {
	t.Helper()
	got, err := a.Read(t.Context(), e)
	if err != nil {
		t.Fatal(err)
	}
	return got[0].Body.(bot.Mailed).Mail
}
