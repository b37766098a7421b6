package slack

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"meridian/adapters/slack/slacktest"
	"meridian/bot"
)

func at(channel string) bot.Place { return bot.Place{Adapter: name, Channel: channel} }

func words(s string) bot.Message {
	return bot.Message{Text: bot.Text{Parts: []bot.Part{bot.Quote(s)}}}
}

// outcome names what an error says of a delivery.
func outcome(err error) string {
	wait, limited := bot.RetryDelay(err)
	switch {
	case err == nil:
		return "done"
	case limited:
		return "wait " + wait.Round(time.Second).String()
	case bot.IsUnknown(err):
		return "unknown"
	case bot.IsHeld(err):
		return "held"
	case errors.Is(err, bot.ErrUnsupported):
		return "unsupported"
	case bot.IsPermanent(err):
		return "permanent"
	}
	return "again"
}

// inWorkspace runs a test in fake time with an adapter that knows who it is.
func inWorkspace(t *testing.T, o slacktest.Options, test func(t *testing.T, b *bench)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, Config{SigningSecret: signing}, o)
		if err := b.identify(t.Context()); err != nil {
			t.Fatal(err)
		}
		test(t, b)
		b.slack.Wait()
		b.noSecrets()
	})
}

func TestEachOpIsDoneInSlack(t *testing.T) {
	inWorkspace(t, slacktest.Options{}, func(t *testing.T, b *bench) {
		deliver := func(d bot.Delivery) bot.Receipt {
			t.Helper()
			r, err := b.Deliver(t.Context(), d)
			if err != nil {
				t.Fatalf("%s: %v", d.Op, err)
			}
			return r
		}
		first := deliver(bot.Delivery{Key: "post", Op: bot.OpPost, To: at("C0DESK"), Message: words("hello")})
		reply := deliver(bot.Delivery{Key: "reply", Op: bot.OpPost, To: at("C0DESK").In(first.Message), Message: words("below")})
		if reply.Thread != first.Message || reply.Message == "" {
			t.Errorf("receipt %+v", reply)
		}
		deliver(bot.Delivery{Key: "edit", Op: bot.OpEdit, To: at("C0DESK"), Target: first.Message, Message: words("hello again")})
		for range 2 { // a second time changes nothing
			deliver(bot.Delivery{Key: "react", Op: bot.OpReact, To: at("C0DESK"), Target: first.Message, Emoji: "pray"})
		}
		for range 2 {
			deliver(bot.Delivery{Key: "unreact", Op: bot.OpUnreact, To: at("C0DESK"), Target: first.Message, Emoji: "pray"})
		}
		deliver(bot.Delivery{Key: "whisper", Op: bot.OpWhisper, To: at("C0DESK"), Person: "slack:U0VERA", Message: words("psst")})
		deliver(bot.Delivery{Key: "direct", Op: bot.OpPost, To: bot.Direct("slack:U0INGA"), Message: words("to you")})
		deliver(bot.Delivery{Key: "stranger", Op: bot.OpPost, To: bot.Direct("slack:" + slacktest.Stranger + "/U0OWEN"), Message: words("to you too")})
		deliver(bot.Delivery{Key: "home", Op: bot.OpHome, To: bot.Direct("slack:U0INGA"), Person: "slack:U0INGA", Message: words("note")})
		for range 2 {
			deliver(bot.Delivery{Key: "delete", Op: bot.OpDelete, To: at("C0DESK"), Target: reply.Message})
		}
		var got []string
		for _, e := range b.slack.Log() {
			where := e.Channel
			if e.Thread != "" {
				where += "/thread"
			}
			got = append(got, fmt.Sprintf("%s %s %s %s%s", e.Kind, where, e.User, e.Emoji, strings.SplitN(e.Text, "\n", 2)[0]))
		}
		want := []string{
			"post C0DESK  hello", "post C0DESK/thread  below", "edit C0DESK  hello again", "react C0DESK  pray", "unreact C0DESK  pray", "whisper C0DESK U0VERA psst",
			"post D0INGA  to you", "post D0OWEN  to you too", "home  U0INGA note", "delete C0DESK/thread  below",
		}
		if !slices.Equal(got, want) {
			t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
		for _, e := range b.slack.Log() {
			if e.Kind == "post" && e.Key == "" {
				t.Errorf("%s carries no key", e.Text)
			}
		}
	})
}

func TestAnErrorSaysWhatMayHaveHappened(t *testing.T) {
	post := bot.Delivery{Key: "k", Op: bot.OpPost, To: at("C0DESK"), Message: words("x")}
	const method = "chat.postMessage"
	for what, c := range map[string]struct {
		fault slacktest.Fault
		want  string
	}{
		"the connection drops":         {slacktest.Fault{Drop: true, After: true}, "unknown"},
		"status 500":                   {slacktest.Fault{Status: 500, Body: "<html>"}, "unknown"},
		"status 503":                   {slacktest.Fault{Status: 503}, "unknown"},
		"a redirect":                   {slacktest.Fault{Status: 302, Header: http.Header{"Location": {"https://evil.example/"}}}, "again"},
		"internal_error":               {slacktest.Fault{Error: "internal_error", After: true}, "unknown"},
		"fatal_error":                  {slacktest.Fault{Error: "fatal_error"}, "unknown"},
		"request_timeout":              {slacktest.Fault{Error: "request_timeout"}, "unknown"},
		"service_unavailable":          {slacktest.Fault{Error: "service_unavailable"}, "unknown"},
		"no answer in time":            {slacktest.Fault{Delay: time.Minute, After: true}, "unknown"},
		"nothing":                      {slacktest.Fault{Body: ""}, "unknown"},
		"no JSON":                      {slacktest.Fault{Body: "ok"}, "unknown"},
		"null":                         {slacktest.Fault{Body: "null"}, "unknown"},
		"an empty object":              {slacktest.Fault{Body: "{}"}, "unknown"},
		"ok without a timestamp":       {slacktest.Fault{Body: `{"ok":true}`}, "unknown"},
		"not ok without a word":        {slacktest.Fault{Body: `{"ok":false}`}, "unknown"},
		"a timestamp of another kind":  {slacktest.Fault{Body: `{"ok":true,"ts":17}`}, "unknown"},
		"no such channel":              {slacktest.Fault{Error: "channel_not_found"}, "permanent"},
		"archived":                     {slacktest.Fault{Error: "is_archived"}, "permanent"},
		"too long":                     {slacktest.Fault{Error: "msg_too_long"}, "permanent"},
		"a word of tomorrow":           {slacktest.Fault{Error: "of_tomorrow"}, "permanent"},
		"429 with a time":              {slacktest.Fault{Status: 429, Header: http.Header{"Retry-After": {"10"}}}, "wait"},
		"429 without a time":           {slacktest.Fault{Status: 429}, "wait"},
		"429 in HTML":                  {slacktest.Fault{Status: 429, Body: "<html>slow down</html>", Header: http.Header{"Retry-After": {"7"}}}, "wait"},
		"ratelimited without a status": {slacktest.Fault{Error: "ratelimited"}, "wait"},
		"revoked":                      {slacktest.Fault{Error: "token_revoked"}, "wait"},
		"a scope":                      {slacktest.Fault{Error: "missing_scope"}, "wait"},
	} {
		t.Run(what, func(t *testing.T) {
			inWorkspace(t, slacktest.Options{}, func(t *testing.T, b *bench) {
				c.fault.Method = method
				b.slack.Fail(c.fault)
				_, err := b.Deliver(t.Context(), post)
				if got := outcome(err); !strings.HasPrefix(got, c.want) {
					t.Errorf("%v: %s, want %s", err, got, c.want)
				}
				if b.slack.Calls(method) != 1 {
					t.Errorf("called %d times", b.slack.Calls(method))
				}
				synctest.Wait()
			})
		})
	}
}

func TestRetryAfterIsReadBySomebodyWhoExpectsAnything(t *testing.T) {
	for header, want := range map[string]time.Duration{
		"": 30 * time.Second, "abc": 30 * time.Second, "Wed, 21 Oct 2026 07:28:00 GMT": 30 * time.Second, "-1": time.Second, "0": time.Second, "1": time.Second,
		"10": 10 * time.Second, " 10 ": 10 * time.Second, "1.5": 1500 * time.Millisecond, "3600": 15 * time.Minute, "99999999999999999999": 15 * time.Minute, "NaN": 30 * time.Second, "Inf": 15 * time.Minute,
	} {
		if got := retryAfter(header); got != want {
			t.Errorf("%q: %s, want %s", header, got, want)
		}
	}
}

func TestA429HoldsItsOwnBucketAlone(t *testing.T) {
	inWorkspace(t, slacktest.Options{}, func(t *testing.T, b *bench) {
		post := func(channel string) string {
			_, err := b.Deliver(t.Context(), bot.Delivery{Key: channel, Op: bot.OpPost, To: at(channel), Message: words("x")})
			return outcome(err)
		}
		b.slack.Fail(slacktest.Fault{Method: "chat.postMessage", Channel: "C0DESK", Status: 429, Header: http.Header{"Retry-After": {"20"}}})
		post("C0DESK")
		before := b.slack.Calls("chat.postMessage")
		if got := post("C0DESK"); !strings.HasPrefix(got, "wait") || b.slack.Calls("chat.postMessage") != before {
			t.Errorf("%s, %d calls", got, b.slack.Calls("chat.postMessage")-before)
		}
		if got := post("C0ALERTS"); got != "done" {
			t.Errorf("another channel: %s", got)
		}
		if _, err := b.Deliver(t.Context(), bot.Delivery{Op: bot.OpWhisper, To: at("C0DESK"), Person: "slack:U0VERA", Message: words("x")}); err != nil {
			t.Errorf("another method: %v", err)
		}
		time.Sleep(25 * time.Second) // and up to a fifth
		if got := post("C0DESK"); got != "done" {
			t.Errorf("after the time: %s", got)
		}
	})
}

func TestADeadTokenPausesEverythingAndIsToldOnce(t *testing.T) {
	inWorkspace(t, slacktest.Options{}, func(t *testing.T, b *bench) {
		b.slack.Kill("token_revoked")
		for i := range 3 {
			_, err := b.Deliver(t.Context(), bot.Delivery{Key: fmt.Sprint(i), Op: bot.OpPost, To: at("C0DESK"), Message: words("x")})
			if got := outcome(err); got != "wait 1m0s" {
				t.Errorf("got %s", got)
			}
		}
		if b.Ailing() != "token_revoked" || strings.Count(b.logs.String(), "refuses the token") != 1 {
			t.Errorf("ailing %q, log:\n%s", b.Ailing(), b.logs)
		}
		b.slack.Kill("")
		if _, err := b.Deliver(t.Context(), bot.Delivery{Key: "k", Op: bot.OpPost, To: at("C0DESK"), Message: words("x")}); err != nil || b.Ailing() != "" {
			t.Errorf("%v, ailing %q", err, b.Ailing())
		}
	})
}

func TestAPostOfUnknownOutcomeIsFoundAndNotMadeTwice(t *testing.T) {
	for what, fault := range map[string]slacktest.Fault{
		"done, then dropped": {Drop: true, After: true}, "done, then 500": {Status: 500, After: true}, "not done": {Drop: true}, "done, and the time is over": {Delay: time.Minute, After: true},
	} {
		for where, thread := range map[string]bool{"in a channel": false, "in a thread": true} {
			t.Run(what+" "+where, func(t *testing.T) {
				inWorkspace(t, slacktest.Options{Visibility: 3 * time.Second}, func(t *testing.T, b *bench) {
					to := at("C0DESK")
					if thread {
						to = to.In(b.slack.Say("U0VERA", "C0DESK", "", "root"))
					}
					time.Sleep(10 * time.Second)
					d := bot.Delivery{Key: "k1", Op: bot.OpPost, To: to, Message: words("once"), Created: time.Now()}
					fault.Method = "chat.postMessage"
					b.slack.Fail(fault)
					if _, err := b.Deliver(t.Context(), d); !bot.IsUnknown(err) {
						t.Fatal(err)
					}
					r, found, err := b.Find(t.Context(), d)
					if err != nil || found != fault.After || found && (r.Message == "" || r.Thread != to.Thread) {
						t.Fatalf("found %v: %+v, %v", found, r, err)
					}
					if _, again, _ := b.Find(t.Context(), bot.Delivery{Key: "another", Op: bot.OpPost, To: to, Created: d.Created}); again {
						t.Error("another delivery was found")
					}
					b.slack.Wait()
				})
			})
		}
	}
}

func TestWhereNobodyMayLookATextForAClientWaitsForAPerson(t *testing.T) {
	inWorkspace(t, slacktest.Options{Scopes: []string{"chat:write"}}, func(t *testing.T, b *bench) {
		d := bot.Delivery{Key: "k", Op: bot.OpPost, To: at("C0ALERTS"), Created: time.Now()}
		if _, found, err := b.Find(t.Context(), d); found || err != nil {
			t.Errorf("an alert: %v, %v", found, err)
		}
		d.ToClient = true
		if _, found, err := b.Find(t.Context(), d); found || !bot.IsHeld(err) {
			t.Errorf("a text for a client: %v, %v", found, err)
		}
	})
}

func TestManyDoubtfulPostsNeedOneLookTogether(t *testing.T) {
	inWorkspace(t, slacktest.Options{}, func(t *testing.T, b *bench) {
		created := time.Now().Add(-time.Hour) // by a process that died
		for i := range 60 {
			d := bot.Delivery{Key: fmt.Sprint(i), Op: bot.OpPost, To: at("C0DESK"), Created: created}
			if _, found, err := b.Find(t.Context(), d); found || err != nil {
				t.Fatal(found, err)
			}
		}
		if n := b.slack.Calls("conversations.history"); n > 2 || time.Since(created) > time.Hour+10*time.Second {
			t.Errorf("%d looks in %s", n, time.Since(created)-time.Hour)
		}
	})
}

func TestAPostThatAnotherProcessMadeLongAgoIsFound(t *testing.T) {
	inWorkspace(t, slacktest.Options{}, func(t *testing.T, b *bench) {
		d := bot.Delivery{Key: "k1", Op: bot.OpPost, To: at("C0DESK"), Message: words("once"), Created: time.Now()}
		first, err := b.Deliver(t.Context(), d)
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(48 * time.Hour)
		b.finds = newFinds() // as in a new process
		d.Intended = time.Now()
		if r, found, err := b.Find(t.Context(), d); err != nil || !found || r.Message != first.Message {
			t.Errorf("found %v: %+v, %v", found, r, err)
		}
	})
}

func TestAWhisperFindsItsWay(t *testing.T) {
	inWorkspace(t, slacktest.Options{}, func(t *testing.T, b *bench) {
		whisper := func(person, channel, thread string) string {
			to := at(channel)
			to.Thread = thread
			before := len(b.slack.Log())
			r0, e0 := b.slack.Calls("response_url"), b.slack.Calls("chat.postEphemeral")
			_, err := b.Deliver(t.Context(), bot.Delivery{Key: "w", Op: bot.OpWhisper, To: to, Person: "slack:" + person, Message: words("psst")})
			way := outcome(err)
			if b.slack.Calls("response_url") > r0 {
				way += " by address"
			}
			if b.slack.Calls("chat.postEphemeral") > e0 {
				way += " alone"
			}
			return fmt.Sprintf("%s, %d shown", way, len(b.slack.Log())-before)
		}
		expect := func(what, got, want string) {
			t.Helper()
			if got != want {
				t.Errorf("%s: %s, want %s", what, got, want)
			}
		}
		expect("without a command", whisper("U0VERA", "C0DESK", ""), "done alone, 1 shown")
		expect("where the app is not", whisper("U0VERA", "C0ELSE", ""), "unsupported alone, 0 shown")
		expect("where the person is not", whisper("U0IRINA", "C0DESK", ""), "unsupported alone, 0 shown")
		expect("in a direct message", whisper("U0VERA", "@U0VERA", ""), "unsupported, 0 shown")
		b.slack.Slash("U0VERA", "C0ELSE", "/desk", "help")
		for i := range 5 {
			expect(fmt.Sprint("after a command, ", i), whisper("U0VERA", "C0ELSE", ""), "done by address, 1 shown")
		}
		expect("when the address is used up", whisper("U0VERA", "C0ELSE", ""), "unsupported alone, 0 shown")
		expect("of another person", whisper("U0INGA", "C0ELSE", ""), "unsupported alone, 0 shown")
		b.slack.Slash("U0VERA", "C0DESK", "/desk", "help")
		time.Sleep(29 * time.Minute)
		expect("when the address is old", whisper("U0VERA", "C0DESK", ""), "done alone, 1 shown")
		root := b.slack.Say("U0VERA", "C0DESK", "", "root")
		b.slack.Slash("U0VERA", "C0DESK", "/desk", "help")
		expect("in a thread", whisper("U0VERA", "C0DESK", root), "done alone, 1 shown")
		b.slack.Fail(slacktest.Fault{Method: "response_url", Status: 404})
		expect("when the address is refused", whisper("U0VERA", "C0DESK", ""), "done by address alone, 1 shown")
	})
}

func TestATextForAClientNamesWhoSpeaksAndLinksNowhere(t *testing.T) {
	inWorkspace(t, slacktest.Options{}, func(t *testing.T, b *bench) {
		b.publicURL = "https://desk.example"
		m := words("Hello Grace, it is ")
		m.Text = m.Text.Plus(bot.Request{Number: 12}.Part())
		m.Author = "slack:U0INGA"
		root := b.slack.Say("U0OWEN", "C0SUPPORT", "", "help")
		if _, err := b.Deliver(t.Context(), bot.Delivery{Key: "k", Op: bot.OpPost, To: at("C0SUPPORT").In(root), ToClient: true, Message: m}); err != nil {
			t.Fatal(err)
		}
		e := b.slack.Log()[0]
		if e.Text != "Inga\nHello Grace, it is R-12" || e.Notice != "Hello Grace, it is R-12" {
			t.Errorf("got %q, notice %q", e.Text, e.Notice)
		}
		shown, _ := b.slack.Message("C0SUPPORT", e.TS)
		if strings.Contains(string(shown.Blocks), "desk.example") {
			t.Errorf("a client is led to the desk: %s", shown.Blocks)
		}
	})
}

func TestFilesAreUploadedWithoutTheToken(t *testing.T) {
	inWorkspace(t, slacktest.Options{}, func(t *testing.T, b *bench) {
		blob, err := b.desk.PutBlob(t.Context(), "chart", strings.NewReader("a picture"), 100)
		if err != nil {
			t.Fatal(err)
		}
		r, err := b.Deliver(t.Context(), bot.Delivery{Key: "k", Op: bot.OpUpload, To: at("C0DESK"), Message: words("the <week>"), Files: []bot.File{{Name: "we/ek.png", Type: "image/png", Size: 9, Blob: blob}}})
		if err != nil || r.Message == "" {
			t.Fatalf("%+v, %v", r, err)
		}
		m, ok := b.slack.Message("C0DESK", r.Message)
		if !ok || len(m.Files) != 1 || m.Text != "the &lt;week&gt;" {
			t.Fatalf("shown %+v", m)
		}
		if name, data, _ := b.slack.File(m.Files[0]); name != "we_ek.png" || string(data) != "a picture" {
			t.Errorf("%s: %q", name, data)
		}
		if _, err := b.Deliver(t.Context(), bot.Delivery{Op: bot.OpUpload, To: at("C0DESK")}); !errors.Is(err, bot.ErrUnsupported) {
			t.Errorf("nothing to upload: %v", err)
		}
	})
}

func TestTheTokenGoesToSlackAlone(t *testing.T) {
	b := newBench(t, Config{SigningSecret: signing}, slacktest.Options{})
	for _, address := range []string{"https://slack.com/x", "https://files.slack.com/x", "https://hooks.slack.com/x", "https://slack.com:443/x"} {
		if !b.api.ours(address) {
			t.Errorf("%s is Slack's", address)
		}
	}
	for _, address := range []string{
		"http://slack.com/x", "https://slack.com.evil.example/x", "https://evilslack.com/x", "https://slack.com@evil.example/", "https://evil.example/slack.com",
		"https://127.0.0.1/", "https://[::ffff:127.0.0.1]/", "https://2130706433/", "https://slack.com:8443/x", "file:///etc/passwd", "//slack.com/x", "https://u:p@files.slack.com/x", "",
	} {
		if b.api.ours(address) {
			t.Errorf("%s is not Slack's", address)
		}
	}
}
