package slack

import (
	"context"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"meridian/adapters/slack/slacktest"
	"meridian/bot"
)

// beside is an adapter of a desk that has more than Slack. It keeps what it was
// given to deliver.
type beside struct {
	name string
	mu   sync.Mutex
	all  []bot.Delivery
}

func (b *beside) Name() string { return b.name }

func (b *beside) Run(ctx context.Context) error {
	<-ctx.Done()
	return nil
}

func (b *beside) Deliver(_ context.Context, d bot.Delivery) (bot.Receipt, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.all = append(b.all, d)
	return bot.Receipt{Message: d.Key}, nil
}

// given are the texts that were delivered, each behind whom it went to.
func (b *beside) given(t *testing.T) (out []string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	minsk, err := time.LoadLocation("Europe/Minsk")
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range b.all {
		text := d.Message.Text.Plain(catalogue(t), minsk)
		if d.Mail != nil {
			text = d.Mail.SubjectText.Plain(catalogue(t), minsk) + ": " + d.Mail.Body.Plain(catalogue(t), minsk)
			if !d.Mail.Auto {
				t.Error("a mail of the desk itself does not say so")
			}
		}
		out = append(out, d.To.Channel+" "+text)
	}
	return out
}

// elsewhere gives the lead of the team a mailbox and a name on the web desk.
func elsewhere(w *whole) {
	w.change(func(s *bot.Settings) {
		s.MailFrom = "support@desk.example"
		s.People = append([]bot.Person{{ID: "web:olga", IDs: []string{"web:olga", "email:olga@desk.example"}, Name: "Olga", Role: bot.Admin}}, s.People...)
	})
}

func TestADeadTokenIsToldByMailAndOnTheWebOnceAndSoIsThatItLivesAgain(t *testing.T) {
	over := map[string]Config{"HTTP": {SigningSecret: signing}, "sockets": {AppToken: appToken}}
	for way, c := range over {
		t.Run(way, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				mail, web := &beside{name: "email"}, &beside{name: "web"}
				w := newWhole(t, c, slacktest.Options{}, time.Minute, mail, web)
				elsewhere(w)
				time.Sleep(10 * time.Second)
				w.slack.Slash("U0VERA", "C0INSIDE", "/request", "the printer is on fire")
				w.slack.Kill("token_revoked")
				time.Sleep(2 * time.Hour)
				mails, said := mail.given(t), web.given(t)
				if len(mails) != 1 || len(said) != 1 {
					t.Fatalf("told by mail %q and on the web %q", mails, said)
				}
				for _, text := range append(mails, said...) {
					for _, want := range []string{"Slack has refused our token since Sat 1 January", "(token_revoked)", "What to do: ", "slack.bot_token"} {
						if !strings.Contains(text, want) {
							t.Errorf("there is no %q in %q", want, text)
						}
					}
				}
				if !strings.HasPrefix(mails[0], "olga@desk.example Slack refuses our desk: ") || !strings.HasPrefix(said[0], "@olga ") {
					t.Errorf("told by mail %q and on the web %q", mails, said)
				}
				if shown := w.banner("slack:U0VERA"); len(shown) != 1 || !strings.Contains(shown[0], "token_revoked") {
					t.Errorf("the web desk shows %q", shown)
				}
				if shown := w.banner("slack:U0GRACE"); len(shown) != 0 {
					t.Errorf("somebody outside of the team is shown %q", shown)
				}
				w.slack.Kill("account_inactive") // dead is dead
				time.Sleep(time.Hour)
				w.slack.Kill("")
				time.Sleep(15 * time.Minute)
				mails, said = mail.given(t), web.given(t)
				if len(mails) != 2 || len(said) != 2 || !strings.Contains(mails[1], "Slack takes our messages again. ") || !strings.Contains(said[1], "for 3 h") {
					t.Errorf("after it lived again: by mail %q, on the web %q", mails, said)
				}
				if shown := w.banner("slack:U0VERA"); len(shown) != 0 {
					t.Errorf("the web desk still shows %q", shown)
				}
				if !strings.Contains(logOf(w, "C0DESK"), "Slack takes our messages again.") {
					t.Errorf("the team was not told in Slack: %q", logOf(w, "C0DESK"))
				}
				w.stop()
			})
		})
	}
}

// banner is what the web desk shows a person of what messengers suffer from.
func (w *whole) banner(who string) (out []string) {
	err := w.store.View(context.Background(), func(v bot.View) error {
		all, err := bot.PagesFor(v, who).Ailing()
		for _, text := range all {
			out = append(out, text.For("en").Plain(w.adapter.words, time.UTC))
		}
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return out
}

// logOf is everything that was posted into a channel.
func logOf(w *whole, channel string) string {
	var all []string
	for _, e := range w.slack.Log() {
		if e.Channel == channel {
			all = append(all, e.Text)
		}
	}
	return strings.Join(all, "\n")
}

func TestARevokedTokenIsNoticedByTheEventAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		mail := &beside{name: "email"}
		w := newWhole(t, Config{SigningSecret: signing}, slacktest.Options{}, 2*time.Second, mail)
		elsewhere(w)
		time.Sleep(10 * time.Second)
		w.slack.Kill("token_revoked")
		w.slack.Send("", map[string]any{"type": "app_uninstalled"})
		time.Sleep(10 * time.Second)
		if got := mail.given(t); len(got) != 1 {
			t.Errorf("told %q", got)
		}
		w.stop()
	})
}

func TestAScopeThatIsMissingIsToldOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		mail := &beside{name: "email"}
		w := newWhole(t, Config{SigningSecret: signing}, slacktest.Options{}, time.Minute, mail)
		elsewhere(w)
		time.Sleep(10 * time.Second)
		w.slack.Revoke("reactions:write")
		w.put(bot.Delivery{Key: "k", Op: bot.OpReact, To: at("C0DESK"), Target: "1.000001", Emoji: "eyes"})
		time.Sleep(time.Hour)
		got := mail.given(t)
		if len(got) != 1 || !strings.Contains(got[0], "what needs the scope reactions:write. 1 message waits.") || w.adapter.Ailing() != "missing_scope: reactions:write" {
			t.Fatalf("told %q, ails of %q", got, w.adapter.Ailing())
		}
		w.slack.Grant("reactions:write")
		time.Sleep(15 * time.Minute)
		if got = mail.given(t); len(got) != 2 || !strings.Contains(got[1], "takes our messages again") || w.adapter.Ailing() != "" {
			t.Errorf("told %q, ails of %q", got, w.adapter.Ailing())
		}
		w.stop()
	})
}

func TestAPassingTroubleIsNoDeadToken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		mail := &beside{name: "email"}
		w := newWhole(t, Config{SigningSecret: signing}, slacktest.Options{}, 2*time.Second, mail)
		elsewhere(w)
		time.Sleep(10 * time.Second)
		w.slack.Fail(slacktest.Fault{Method: "chat.postMessage", Error: "team_access_not_granted"})
		w.put(bot.Delivery{Key: "k", Op: bot.OpPost, To: at("C0DESK"), Message: words("x")})
		time.Sleep(10 * time.Minute)
		if got := mail.given(t); len(got) > 0 || len(w.slack.Log()) != 1 {
			t.Errorf("told %q, said %v", got, w.slack.Log())
		}
		w.stop()
	})
}

func TestADeskThatStartsWithADeadTokenSaysSoOnceHoweverOftenItStarts(t *testing.T) {
	for _, c := range []struct {
		why  string
		same bool
	}{{"invalid_auth", true}, {"account_inactive", true}, {"", false}, {"missing_scope: files:read", false}} {
		if got := sameAilment("invalid_auth", c.why); got != c.same {
			t.Errorf("%q after a dead token: %v", c.why, got)
		}
	}
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, Config{SigningSecret: signing}, slacktest.Options{})
		b.desk.ails = "1000 invalid_auth" // told before it started
		b.slack.Kill("account_inactive")
		b.run()
		time.Sleep(time.Hour)
		if b.desk.ailing() != "1000 invalid_auth" || b.Ailing() != "account_inactive" {
			t.Errorf("told again: %q", b.desk.ailing())
		}
		b.slack.Kill("")
		time.Sleep(10 * time.Minute)
		if b.desk.ailing() != "" {
			t.Errorf("it is not known to be well: %q", b.desk.ailing())
		}
		b.end()
	})
}
