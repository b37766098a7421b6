package email

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"meridian/bot"
	"meridian/storage"
)

// swaks sends a mail by the program of that name, as a person's mail program
// would.
func swaks(t *testing.T, server string, args ...string) {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "swaks", append([]string{"--server", server, "--helo", "client.example"}, args...)...).CombinedOutput()
	if err != nil {
		t.Fatalf("swaks: %v (apt-get install swaks)\n%s", err, out)
	}
}

// act has Vera of the team do something by a slash command.
func act(t *testing.T, s *storage.Store, text string) {
	t.Helper()
	_, err := s.Accept(t.Context(), bot.Event{
		Source: "web", Key: "commanded:" + text, Place: bot.Place{Adapter: "web", Channel: "desk"}, At: time.Now(),
		Actor: bot.Actor{ID: "web:vera", Name: "Vera"}, Body: bot.Commanded{Slash: "request", Text: text},
	})
	if err != nil {
		t.Fatal(err)
	}
}

// aCommentOn waits for some words in the conversation of a request.
func aCommentOn(number int64, words string) func(bot.View) (bool, error) {
	return func(v bot.View) (bool, error) {
		all, err := v.Comments(number)
		return slices.ContainsFunc(all, func(c bot.Comment) bool { return strings.Contains(c.Text, words) }), err
	}
}

// A client writes by a real mail server, somebody of the team takes it and
// answers by the real smarthost, the client answers back: one request. What is
// attached comes through both ways, and what comes back is told.
func TestAConversationGoesBothWaysByARealMailServer(t *testing.T) {
	listen := fmt.Sprintf("127.0.0.1:%d", freePort(t))
	s := postfix(t, listen)
	store, _ := whole(t, "sqlite:"+filepath.Join(t.TempDir(), "desk.db"), Config{Listen: listen, Smarthost: s.addr()}, func(s *bot.Settings) {
		s.People = []bot.Person{{ID: "web:vera", IDs: []string{"web:vera"}, Name: "Vera", Role: bot.Lead}}
	})
	log := filepath.Join(t.TempDir(), "журнал.log")
	if err := os.WriteFile(log, []byte("line one\n\tline two\n"), 0o600); err != nil {
		t.Fatal(err)
	}

	swaks(t, s.addr(), "--from", "anna@shop.example", "--to", "support@desk.example", "--header", "Subject: Checkout is broken", "--body", "The button does nothing.", "--attach-name", "trace.log", "--attach", "@"+log)
	receipt := s.mailWith("anna", "R-1")
	if headerOf(t, receipt, "return-path") != "<>" || headerOf(t, receipt, "auto-submitted") != "auto-replied" {
		t.Errorf("the receipt is\n%s", receipt)
	}
	awaitStored(t, store, "the file in the thread", func(v bot.View) (bool, error) {
		up, err := v.Deliveries(bot.DeliveryQuery{Op: bot.OpUpload, Request: 1})
		return len(up) == 1 && len(up[0].Files) == 1 && up[0].Files[0].Name == "trace.log" && up[0].TeamSide, err
	})

	act(t, store, "take R-1")
	awaitStored(t, store, "taken", func(v bot.View) (bool, error) {
		r, err := v.Request(1)
		return r.Assignee == "web:vera", err
	})
	act(t, store, "reply R-1 We look at it. Which browser is it?")
	answer := s.mailWith("anna", "Which browser is it?")
	if headerOf(t, answer, "auto-submitted") != "" || !strings.HasPrefix(headerOf(t, answer, "from"), `"Vera"`) || headerOf(t, answer, "in-reply-to") == "" || headerOf(t, answer, "references") == "" {
		t.Errorf("the answer is\n%s", answer)
	}

	swaks(t, s.addr(), "--from", "anna@shop.example", "--to", strings.Trim(headerOf(t, answer, "reply-to"), "<>"), "--header", "Subject: quite another subject", "--body", "It is Firefox.")
	awaitStored(t, store, "the client's answer", aCommentOn(1, "It is Firefox."))
	awaitStored(t, store, "one request", requests(1))

	// Somebody without a mailbox.
	act(t, store, "address R-1 nobody@shop.example")
	act(t, store, "reply R-1 Then try another one.")
	awaitStored(t, store, "the report", func(v bot.View) (bool, error) {
		dead, err := v.Deliveries(bot.DeliveryQuery{Op: bot.OpMail, Request: 1, States: []bot.DeliveryState{bot.DeliveryDead}})
		if err != nil || len(dead) != 1 {
			return false, err
		}
		told, _, err := v.Delivery("bounce:" + dead[0].Key + ":nobody@shop.example")
		if errors.Is(err, bot.ErrNotFound) {
			return false, nil
		}
		return told.TeamSide, err
	})
}

// Two desks write to each other, each the other's client; nothing in the first
// mail says that a machine wrote it. Nothing of it goes on for ever.
func TestTwoDesksThatWriteToEachOtherStop(t *testing.T) {
	addresses := []string{fmt.Sprintf("127.0.0.1:%d", freePort(t)), fmt.Sprintf("127.0.0.1:%d", freePort(t))}
	names := []string{"support@desk.example", "help@two.example"}
	var stores []*storage.Store
	for i, name := range names {
		store, _ := whole(t, "sqlite:"+filepath.Join(t.TempDir(), "desk.db"), Config{Address: name, Listen: addresses[i], Smarthost: addresses[1-i]}, func(s *bot.Settings) { s.MailFrom = name })
		stores = append(stores, store)
	}
	mails := func() (n int) {
		for _, s := range stores {
			err := s.View(t.Context(), func(v bot.View) error {
				all, err := v.Mails(100)
				for _, m := range all {
					if !m.Out {
						n++
					}
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		return n
	}
	awaitListening(t, addresses...)
	swaks(t, addresses[0], "--from", names[1], "--to", names[0], "--header", "Subject: We have your message", "--body", "Thank you, we look at it.")
	awaitStored(t, stores[1], "an answer", func(v bot.View) (bool, error) {
		all, err := v.Mails(10)
		return len(all) > 0, err
	})
	// What is under way is done when nothing waits in either desk any more.
	settled := func(v bot.View) (bool, error) {
		events, err1 := v.WaitingEvents(1)
		out, err2 := v.Deliveries(bot.DeliveryQuery{Op: bot.OpMail, States: []bot.DeliveryState{bot.DeliveryWaiting, bot.DeliverySending}})
		return len(events)+len(out) == 0, errors.Join(err1, err2)
	}
	for range 4 {
		for _, s := range stores {
			awaitStored(t, s, "all is done", settled)
		}
	}
	if n := mails(); n < 2 || n > 4 {
		t.Errorf("%d mails went to and fro, want 2 to 4", n)
	}
}

// awaitListening waits until listeners answer.
func awaitListening(t *testing.T, addresses ...string) {
	t.Helper()
	for _, a := range addresses {
		for ctx, d := t.Context(), (net.Dialer{}); ; {
			c, err := d.DialContext(ctx, "tcp", a)
			if err == nil {
				_ = c.Close()
				break
			}
			if errors.Is(err, context.Canceled) {
				t.Fatal(err)
			}
		}
	}
}

// The peer has the answer to its mail lost on the way and sends it again.
func TestAMailThatIsSentAgainIsOneRequest(t *testing.T) {
	listen := fmt.Sprintf("127.0.0.1:%d", freePort(t))
	store, _ := whole(t, "sqlite:"+filepath.Join(t.TempDir(), "desk.db"), Config{Listen: listen})
	awaitListening(t, listen)
	raw := strings.ReplaceAll(plainMail, "\r\n", "\n")
	for range 3 {
		swaks(t, listen, "--from", "anna@shop.example", "--to", "support@desk.example", "--data", raw)
	}
	swaks(t, listen, "--from", "anna@shop.example", "--to", "support@desk.example", "--data", strings.Replace(raw, "Message-ID: <1@", "Message-ID: <99@", 1)+"\nMore.")
	awaitStored(t, store, "two requests", requests(2))
}
