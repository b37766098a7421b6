package main

import (
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"meridian/bot"
	"meridian/storage"
)

// linkIn is the link of a mail. A long line of a mail is broken by "=".
var linkIn = regexp.MustCompile(`https://desk\.example(/l/[A-Za-z0-9_.-]+)`)

// Scanners open every link of a mail. What its reader says there counts when
// they press the button.
func TestALinkInAMailActsByItsButtonAlone(t *testing.T) {
	mail, out := freeAddress(t), newSink(t)
	store := "sqlite:" + filepath.Join(t.TempDir(), "desk.db")
	config := strings.Replace(runningOn(store, ", public_url: 'https://desk.example'"), "listen: '127.0.0.1:0', address:", "listen: '"+mail+"', smarthost: '"+out.addr+"', address:", 1)
	d := start(t, config+"undo: {state: 1s}\n")
	mailed(t, mail, "grace@harbor.example", "Subject: Checkout is broken", "Nobody can pay.")
	d.until(t, "the receipt", func() bool { return len(out.letters()) == 1 })
	if linkIn.MatchString(out.letters()[0].raw) {
		t.Error("the receipt has a link that does nothing yet")
	}
	d.end(t)
	solve(t, d.file)
	d.begin(t)

	var path string
	d.until(t, "the word that it is solved", func() bool {
		for _, l := range out.about("is done. If not, just answer.") {
			if m := linkIn.FindStringSubmatch(strings.ReplaceAll(l.raw, "=\r\n", "")); m != nil {
				path = m[1]
			}
		}
		return path != ""
	})
	public := http.Header{"Host": {"desk.example"}, "X-Forwarded-For": {"192.0.2.1"}, "Content-Type": {"application/x-www-form-urlencoded"}}
	state := func() string {
		r := d.exports(t, "request")[0]
		if r.Record.Confirmed {
			return r.State + ", confirmed"
		}
		return r.State
	}
	say := func(method, path, body string, status int, words string) {
		t.Helper()
		got, page := d.do(t, method, path, public, body)
		if got != status || !strings.Contains(page, words) {
			t.Errorf("%s %s %q answers %d %s; want %d with %q", method, path, body, got, page, status, words)
		}
	}
	for range 3 {
		say("GET", path, "", 200, "Is it solved?")
		say("GET", path+"?act=confirm", "act=confirm", 200, "R-1 · Checkout is broken")
		say("HEAD", path, "", 200, "")
	}
	say("POST", path, "", 404, "")
	say("POST", path, "act=close", 404, "")
	say("GET", path[:len(path)-3]+"AAA", "", 403, "This link is not whole.")
	say("POST", path[:len(path)-3]+"AAA", "act=confirm", 403, "This link is not whole.")
	say("GET", "/l/x", "", 403, "This link is not whole.")
	say("GET", bot.PassPath+passOf(t, d.file, time.Now().Add(-time.Minute)), "", 403, "This link to R-1 is too old. Just answer our last mail.")
	say("GET", "/", "", 403, "") // the desk itself stays closed
	if state() != "solved" {
		t.Errorf("looking at it made it %s", state())
	}
	say("POST", path, "act=confirm", 200, "Thank you: R-1 is confirmed.")
	d.until(t, "confirmed", func() bool { return state() == "solved, confirmed" })
	say("POST", path, "act=confirm", 422, "R-1 is confirmed already.")
	say("POST", path, "act=reopen", 200, "Sorry, we look again.")
	d.until(t, "open again", func() bool { return state() == "new" })
	say("GET", path, "", 200, "R-1 · Checkout is broken")
	say("POST", path, "act=confirm", 200, "R-1 · Checkout is broken")
	if state() != "new" {
		t.Errorf("what is open became %s", state())
	}
	if log := d.log.String(); strings.Contains(log, path[3:20]) {
		t.Errorf("the log has the link:\n%s", log)
	}
}

// opened opens the store of a desk that does not run.
func opened(t *testing.T, file string, fn func(s *storage.Store)) {
	t.Helper()
	config, err := load(file, false)
	if err != nil {
		t.Fatal(err)
	}
	s, err := storage.Open(t.Context(), config.Storage.Reveal(), storage.Options{Settings: func() *bot.Settings { return config.Settings }})
	if err != nil {
		t.Fatal(err)
	}
	fn(s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// solve has somebody of the team solve R-1.
func solve(t *testing.T, file string) {
	t.Helper()
	opened(t, file, func(s *storage.Store) {
		err := s.Update(t.Context(), func(tx bot.Tx) error {
			r, err := tx.Request(1)
			if err != nil {
				return err
			}
			if refused := r.Solve(bot.Person{ID: "web:vera"}, tx.Now()); refused != nil {
				return refused
			}
			r.Assignee = ""
			if err := tx.SaveRequest(&r); err != nil {
				return err
			}
			_, err = bot.TellSolved(tx, r)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

// passOf is a link of the desk's that is good until some time.
func passOf(t *testing.T, file string, until time.Time) string {
	t.Helper()
	config, err := load(file, false)
	if err != nil {
		t.Fatal(err)
	}
	s, err := storage.OpenExisting(t.Context(), config.Storage.Reveal(), storage.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close() //nolint:errcheck // it was only read
	secret, err := s.Secret(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return bot.NewMailPasses(secret).Write(bot.MailPass{Act: bot.PassDone, Request: 1, Who: "web:grace", Until: until})
}
