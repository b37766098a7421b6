package email

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"meridian/adapters/adaptertest"
	"meridian/bot"
)

// smarthost answers as its script says: the first line of the script whose
// beginning a command has gives the answer; "drop" hangs up.
type smarthost struct {
	script map[string]string
	mu     sync.Mutex
	mails  []string
	lines  []string
}

func (s *smarthost) start(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go s.serve(c)
		}
	}()
	return l.Addr().String()
}

func (s *smarthost) serve(c net.Conn) {
	defer c.Close()
	r := bufio.NewReader(c)
	say := func(key, normal string) bool {
		if answer, ok := s.script[key]; ok {
			normal = answer
		}
		if normal == "drop" {
			return false
		}
		_, _ = io.WriteString(c, normal+"\r\n")
		return true
	}
	if !say("greet", "220 smarthost") {
		return
	}
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return
		}
		line = strings.TrimSpace(line)
		s.mu.Lock()
		s.lines = append(s.lines, line)
		s.mu.Unlock()
		verb, _, _ := strings.Cut(line, " ")
		if verb != "DATA" {
			key := verb
			if _, ok := s.script[line]; ok {
				key = line
			}
			if !say(key, "250 ok") {
				return
			}
			continue
		}
		if !say("DATA", "354 go on") {
			return
		}
		if s.script["DATA"] != "" {
			continue
		}
		var b strings.Builder
		for {
			l, err := r.ReadString('\n')
			if err != nil {
				return
			}
			if l == ".\r\n" {
				break
			}
			b.WriteString(strings.TrimPrefix(l, "."))
		}
		s.mu.Lock()
		s.mails = append(s.mails, b.String())
		s.mu.Unlock()
		if !say("dot", "250 taken") {
			return
		}
	}
}

func answer() bot.Delivery {
	return bot.Delivery{Key: "reply:7", Op: bot.OpMail, Mail: &bot.Mail{
		To:        []bot.Address{{Name: "Anna, Лин", Address: "anna@shop.example"}},
		Cc:        []bot.Address{{Address: "bob@shop.example"}},
		Subject:   "Re: Hello\r\nBcc: evil@x.example",
		Text:      "We look at it.\n.\nПривет",
		InReplyTo: "1@shop.example", References: []string{"0@shop.example"},
	}}
}

func TestAMailIsSentOnceWithItsOwnID(t *testing.T) {
	s := &smarthost{}
	now := time.Date(2026, 3, 3, 10, 0, 0, 0, time.UTC)
	a := newAdapter(t, Config{Smarthost: s.start(t)}, adaptertest.NewDesk(), Options{Now: func() time.Time { return now }})
	got, err := a.Deliver(t.Context(), answer())
	if err != nil {
		t.Fatal(err)
	}
	again, err := a.Deliver(t.Context(), answer())
	if err != nil || got.Message == "" || again.Message != got.Message {
		t.Fatalf("ids %q and %q, %v", got.Message, again.Message, err)
	}
	m, err := mail.ReadMessage(strings.NewReader(s.mails[0]))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"Message-Id": "<" + got.Message + ">", "In-Reply-To": "<1@shop.example>", "References": "<0@shop.example> <1@shop.example>",
		"From": `"Desk" <support@desk.example>`, "Cc": "<bob@shop.example>", "Bcc": "", "Auto-Submitted": "", "Precedence": "",
		LoopHeader: "desk.example", "Date": "Tue, 03 Mar 2026 10:00:00 +0000",
	} {
		if v := m.Header.Get(name); v != want {
			t.Errorf("%s is %q, want %q", name, v, want)
		}
	}
	p := Parse([]byte(s.mails[0]), Envelope{})
	if p.Mail.Subject != "Re: Hello Bcc: evil@x.example" || p.Mail.To[0] != answer().Mail.To[0] || p.Mail.Text != "We look at it.\n.\nПривет" {
		t.Errorf("read back: %+v", p.Mail)
	}
	if p.Mail.Kind != bot.MailAuto {
		t.Errorf("our own mail coming back is %s", p.Mail.Kind)
	}
	if all := strings.Join(s.lines, "|"); !strings.Contains(all, "MAIL FROM:<support@desk.example>|RCPT TO:<anna@shop.example>|RCPT TO:<bob@shop.example>|DATA") {
		t.Errorf("said %s", all)
	}
}

func TestAnAutomaticMailAsksForNoAnswer(t *testing.T) {
	s := &smarthost{}
	a := newAdapter(t, Config{Smarthost: s.start(t)}, adaptertest.NewDesk(), Options{})
	d := answer()
	d.Mail.Auto = true
	d.Mail.Body = bot.Say("mail.hello", "Name", "Anna").Plus(bot.Break(), bot.Quote("R-12"))
	if _, err := a.Deliver(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	m, err := mail.ReadMessage(strings.NewReader(s.mails[0]))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"Auto-Submitted": "auto-replied", "X-Auto-Response-Suppress": "All", "Precedence": "bulk"} {
		if v := m.Header.Get(name); v != want {
			t.Errorf("%s is %q", name, v)
		}
	}
	if !strings.Contains(strings.Join(s.lines, "|"), "MAIL FROM:<>") {
		t.Errorf("said %q", s.lines)
	}
	if body, _ := io.ReadAll(m.Body); !strings.Contains(string(body), "R-12") || strings.Contains(string(body), "We look at it") {
		t.Errorf("body %q", body)
	}
}

func TestWhatTheSmarthostSaysDecidesWhatHappensNext(t *testing.T) {
	const plain, permanent, unknown = "plain", "permanent", "unknown"
	for _, c := range []struct{ at, answer, want string }{
		{"greet", "554 go away", plain}, {"greet", "421 busy", plain}, {"greet", "drop", plain},
		{"MAIL", "451 later", plain}, {"MAIL", "550 no", permanent}, {"MAIL", "530 sign in", plain}, {"MAIL", "drop", plain},
		{"RCPT", "450 later", plain}, {"RCPT", "550 no such user", permanent}, {"RCPT", "drop", plain},
		{"DATA", "452 full", plain}, {"DATA", "554 no", permanent},
		{"dot", "451 later", plain}, {"dot", "554 spam", permanent}, {"dot", "drop", unknown}, {"QUIT", "500 what", ""},
	} {
		s := &smarthost{script: map[string]string{c.at: c.answer}}
		a := newAdapter(t, Config{Smarthost: s.start(t)}, adaptertest.NewDesk(), Options{})
		_, err := a.Deliver(t.Context(), answer())
		got := plain
		switch {
		case err == nil:
			got = ""
		case bot.IsUnknown(err):
			got = unknown
		case bot.IsPermanent(err):
			got = permanent
		case bot.IsHeld(err):
			got = "held"
		}
		if got != c.want {
			t.Errorf("%s at %s: %q (%v), want %q", c.answer, c.at, got, err, c.want)
		}
	}
	refuse := func(context.Context, string, string) (net.Conn, error) { return nil, errors.New("refused") }
	a := newAdapter(t, Config{Smarthost: "mail.example:25"}, adaptertest.NewDesk(), Options{Dial: refuse})
	if _, err := a.Deliver(t.Context(), answer()); err == nil || bot.IsPermanent(err) || bot.IsUnknown(err) || bot.IsHeld(err) {
		t.Errorf("a connection refused: %v", err)
	}
}

func TestWithoutASmarthostMailIsHeld(t *testing.T) {
	a := newAdapter(t, Config{}, adaptertest.NewDesk(), Options{})
	if _, err := a.Deliver(t.Context(), answer()); !bot.IsHeld(err) {
		t.Errorf("got %v", err)
	}
	if _, err := a.Deliver(t.Context(), bot.Delivery{Op: bot.OpPost}); !errors.Is(err, bot.ErrUnsupported) {
		t.Errorf("a post: %v", err)
	}
}

func TestMailToNobodyOrToTheDeskItselfIsRefused(t *testing.T) {
	a := newAdapter(t, Config{Smarthost: "mail.example:25"}, adaptertest.NewDesk(), Options{})
	for _, to := range []string{Unknown, "", "a@b\r\nRCPT TO:<c@d.example>", "Support@desk.example"} {
		d := answer()
		d.Mail.To = []bot.Address{{Address: to}}
		if _, err := a.Deliver(t.Context(), d); !bot.IsPermanent(err) {
			t.Errorf("to %q: %v", to, err)
		}
	}
}

func TestASmarthostsPasswordIsNeverShown(t *testing.T) {
	a := newAdapter(t, Config{Smarthost: "smtps://desk:tops3cret@mail.example"}, adaptertest.NewDesk(), Options{
		Dial: func(_ context.Context, _, addr string) (net.Conn, error) { return nil, errors.New("dial " + addr) },
	})
	_, err := a.Deliver(t.Context(), answer())
	if err == nil || strings.Contains(err.Error(), "tops3cret") || !strings.Contains(err.Error(), "mail.example:465") {
		t.Errorf("error %v", err)
	}
	if _, err := New(Config{Address: "a@b.example", Smarthost: "desk:tops3cret@mail.example:x:y"}, nil, Options{}); err == nil || strings.Contains(err.Error(), "tops3cret") {
		t.Errorf("error %v", err)
	}
}

func TestReferencesKeepTheFirstAndTheLast(t *testing.T) {
	var ids []string
	for i := range 200 {
		ids = append(ids, strings.Repeat("x", 20)+string(rune('a'+i%26))+"@shop.example")
	}
	got := references(ids)
	if len(got) > maxReferences || !strings.HasPrefix(got, "<"+ids[0]+">") || !strings.HasSuffix(got, "<"+ids[199]+">") {
		t.Errorf("%d bytes: %s", len(got), got)
	}
	if got := references([]string{"a b\r\nX: y", "1@x.example"}); got != "<1@x.example>" && strings.Contains(got, "\r\nX") {
		t.Errorf("%q", got)
	}
}

func TestAttachedFilesAreSentFromTheirBlobs(t *testing.T) {
	s := &smarthost{}
	d := adaptertest.NewDesk()
	a := newAdapter(t, Config{Smarthost: s.start(t)}, d, Options{})
	blob, err := d.PutBlob(t.Context(), "attachment", strings.NewReader("log line\n"), 100)
	if err != nil {
		t.Fatal(err)
	}
	out := answer()
	out.Mail.Files = []bot.File{{Name: "../журнал.txt", Type: "text/plain", Size: 9, Blob: blob}}
	if _, err := a.Deliver(t.Context(), out); err != nil {
		t.Fatal(err)
	}
	p := Parse([]byte(s.mails[0]), Envelope{})
	if len(p.Attachments) != 1 || p.Attachments[0].Name != "журнал.txt" || string(p.Attachments[0].Data()) != "log line\n" {
		t.Errorf("attachments %+v", p.Attachments)
	}
	out.Mail.Files[0].Blob.Hash = "gone"
	if _, err := a.Deliver(t.Context(), out); !bot.IsPermanent(err) {
		t.Errorf("a file that is gone: %v", err)
	}
}

func TestARecipientThatIsRefusedDoesNotStopTheOthers(t *testing.T) {
	const anna, bob = "RCPT TO:<anna@shop.example>", "RCPT TO:<bob@shop.example>"
	for name, c := range map[string]struct {
		script        map[string]string
		attempt, sent int
		left          string
	}{
		"a copy refused for good":     {map[string]string{bob: "550 5.1.1 no such user"}, 1, 1, "bob@shop.example"},
		"a copy refused for now":      {map[string]string{bob: "450 4.2.0 later"}, 1, 0, ""},
		"a copy refused for too long": {map[string]string{bob: "450 4.2.0 later"}, 9, 1, "bob@shop.example"},
		"the recipient refused":       {map[string]string{anna: "550 5.1.1 no such user"}, 1, 0, ""},
		"the recipient later":         {map[string]string{anna: "450 later"}, 9, 0, ""},
	} {
		s := &smarthost{script: c.script}
		a := signing(t, Config{Smarthost: s.start(t)}, adaptertest.NewDesk())
		d := answer()
		d.Request, d.Attempt = 12, c.attempt
		receipt, err := a.Deliver(t.Context(), d)
		if len(s.mails) != c.sent || (err == nil) != (c.sent == 1) || len(receipt.Events) != c.sent {
			t.Errorf("%s: %d mails sent, %d events, %v", name, len(s.mails), len(receipt.Events), err)
			continue
		}
		if c.sent == 0 {
			continue
		}
		read, err := a.Read(t.Context(), receipt.Events[0])
		if err != nil {
			t.Fatal(err)
		}
		m := read[0].Body.(bot.Mailed).Mail
		if m.Kind != bot.MailBounce || m.Answers != 12 || m.Bounce.Message != receipt.Message || len(m.Bounce.To) != 1 || m.Bounce.To[0] != c.left || m.Bounce.Why == "" {
			t.Errorf("%s: the report is %s, request %d, %+v", name, m.Kind, m.Answers, m.Bounce)
		}
		if again, _ := a.Deliver(t.Context(), d); again.Events[0].Key != receipt.Events[0].Key {
			t.Errorf("%s: a second try reports again", name)
		}
	}
}
