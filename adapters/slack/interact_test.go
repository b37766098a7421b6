package slack

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"meridian/adapters/slack/slacktest"
	"meridian/bot"
)

// card is posted in #desk: three buttons and a menu.
func (b *bench) card(t *testing.T, more int) bot.Receipt {
	t.Helper()
	m := words("R-1 · Checkout is broken")
	m.Card = true
	m.Buttons = []bot.Button{bot.PressButton("button.take", "take", "R-1"), bot.PressButton("button.reply", "reply", "R-1"), bot.PressButton("button.escalate", "escalate", "R-1")}
	for i := range more {
		m.More = append(m.More, bot.Button{Label: bot.Text{Parts: []bot.Part{bot.Quote(fmt.Sprintf("entry %d", i))}}, Act: "note", Value: fmt.Sprintf("R-%d", i)})
	}
	r, err := b.Deliver(t.Context(), bot.Delivery{Key: fmt.Sprint("card", more), Op: bot.OpPost, To: at("C0DESK"), Message: m})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func (b *bench) press(t *testing.T, user, channel, ts, label string) slacktest.Ack {
	t.Helper()
	ack, err := b.slack.Press(user, channel, ts, label)
	if err != nil {
		t.Fatal(err)
	}
	synctest.Wait()
	return ack
}

func TestAButtonIsAnEventWithWhatItIsAbout(t *testing.T) {
	over(t, slacktest.Options{}, func(t *testing.T, b *bench) {
		for _, more := range []int{2, 9} { // behind the dots, and in a list
			card := b.card(t, more)
			for label, want := range map[string]bot.Pressed{"Take it": {Act: "take", Value: "R-1"}, "entry 1": {Act: "note", Value: "R-1"}} {
				ack := b.press(t, "U0VERA", "C0DESK", card.Message, label)
				got := b.desk.take("pressed")
				if !ack.Taken || len(ack.Body) > 0 || len(got) != 1 {
					t.Fatalf("%s: %+v, %v", label, ack, got)
				}
				e := got[0]
				if e.Body != want || e.Actor.ID != "slack:U0VERA" || e.Place != at("C0DESK") || e.Message != card.Message || e.Key == "" {
					t.Errorf("%s: got %+v", label, e)
				}
			}
		}
	})
}

func TestTwoPressesAreTwoEvents(t *testing.T) {
	over(t, slacktest.Options{}, func(t *testing.T, b *bench) {
		card := b.card(t, 0)
		b.press(t, "U0VERA", "C0DESK", card.Message, "Take it")
		b.press(t, "U0VERA", "C0DESK", card.Message, "Take it")
		if got := b.desk.take("pressed"); len(got) != 2 || got[0].Key == got[1].Key {
			t.Errorf("got %v", got)
		}
	})
}

// replyForm is a form with a hidden field, words and a choice.
func replyForm(hidden string) bot.Form {
	f := bot.Form{Act: "reply", Value: "R-1", Title: bot.Say("form.reply", "Request", bot.Request{Number: 1}.Part()), Note: bot.Say("form.reply.to", "To", bot.Quote("Grace <!here>")),
		Submit: bot.Say("button.send"), Fields: []bot.Field{
			{Name: "text", Label: bot.Say("form.reply.text"), Long: true, Draft: bot.Say("client.done")},
			{Name: "then", Label: bot.Say("form.reply.then"), Value: "owe", Choices: []bot.Choice{{Value: "owe", Label: "we still owe"}, {Value: "solved", Label: "solved"}}},
		}}
	if hidden != "" {
		f.Fields = append(f.Fields, bot.Field{Name: "seen", Hidden: true, Value: hidden})
	}
	return f
}

func TestAFormIsOpenedFilledAndSent(t *testing.T) {
	over(t, slacktest.Options{}, func(t *testing.T, b *bench) {
		b.desk.form = func(e bot.Event) (bot.Form, bool, error) {
			p, ok := e.Body.(bot.Pressed)
			return replyForm("h1"), ok && p.Act == "reply", nil
		}
		card := b.card(t, 0)
		if ack := b.press(t, "U0VERA", "C0DESK", card.Message, "Reply"); !ack.Taken || ack.Took > 500*time.Millisecond {
			t.Errorf("%+v", ack)
		}
		if opened := b.desk.take("pressed"); len(opened) != 1 {
			t.Errorf("the desk heard %v", opened)
		}
		v, ok := b.slack.Modal("U0VERA")
		want := "Reply to R-1\nTo Grace <!here>. It leaves after a moment in which you can undo it.\nText: Done. If not, just answer.\nThen: we still owe (we still owe | solved)\n[Send]"
		if !ok || v.String() != want {
			t.Fatalf("got\n%s\nwant\n%s", v.String(), want)
		}
		if _, err := b.slack.Submit("U0VERA", map[string]string{"text": "Hello Grace,\nit works.", "then": "solved"}); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		got := b.desk.take("submitted")
		if _, open := b.slack.Modal("U0VERA"); len(got) != 1 || open {
			t.Fatalf("got %v, still open: %v", got, open)
		}
		e := got[0]
		s := e.Body.(bot.Submitted)
		if s.Act != "reply" || s.Value != "R-1" || fmt.Sprint(s.Fields) != "map[seen:h1 text:Hello Grace,\nit works. then:solved]" {
			t.Errorf("submitted %+v", s)
		}
		if e.Place != at("C0DESK") || e.Message != card.Message || e.Actor.ID != "slack:U0VERA" {
			t.Errorf("from %+v", e)
		}
	})
}

func TestWhatIsWrongIsShownAtItsField(t *testing.T) {
	over(t, slacktest.Options{}, func(t *testing.T, b *bench) {
		b.desk.form = func(bot.Event) (bot.Form, bool, error) { return replyForm(""), true, nil }
		b.desk.try = func(e bot.Event) error {
			if e.Body.(bot.Submitted).Fields["text"] == "bad" {
				return bot.Refuse("refuse.reason", "Request", bot.Request{Number: 1}.Part()).In("text")
			}
			return nil
		}
		b.press(t, "U0VERA", "C0DESK", b.card(t, 0).Message, "Reply")
		if _, err := b.slack.Submit("U0VERA", map[string]string{"text": "bad"}); err != nil {
			t.Fatal(err)
		}
		v, _ := b.slack.Modal("U0VERA")
		if v.Errors["text"] != "Why is R-1 closed? Say it in a few words." || len(b.desk.take("submitted")) > 0 {
			t.Errorf("errors %v", v.Errors)
		}
		if _, err := b.slack.Submit("U0VERA", map[string]string{"text": "good"}); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if got := b.desk.take("submitted"); len(got) != 1 {
			t.Errorf("got %v", got)
		}
	})
}

func TestAFormThatHidesWhatIsAgreedToIsMadeAnew(t *testing.T) {
	over(t, slacktest.Options{}, func(t *testing.T, b *bench) {
		turn := 0
		b.desk.form = func(e bot.Event) (bot.Form, bool, error) {
			if p := e.Body.(bot.Pressed); p.Act != "reply" || p.Value != "R-1" || e.Place != at("C0DESK") {
				t.Errorf("asked for %+v", e)
			}
			turn++
			return replyForm(fmt.Sprintf("h%d", turn)), true, nil
		}
		b.desk.try = func(e bot.Event) error {
			if e.Body.(bot.Submitted).Fields["seen"] != "h2" {
				return bot.Refuse("refuse.sent", "Request", bot.Request{Number: 1}.Part())
			}
			return nil
		}
		b.press(t, "U0VERA", "C0DESK", b.card(t, 0).Message, "Reply")
		if _, err := b.slack.Submit("U0VERA", map[string]string{"text": "my words", "then": "solved"}); err != nil {
			t.Fatal(err)
		}
		v, open := b.slack.Modal("U0VERA")
		if !open || !strings.Contains(v.String(), "⚠ The answer to R-1 has left already.") || !strings.Contains(v.String(), "Text: my words") || !strings.Contains(v.String(), "Then: solved (") {
			t.Fatalf("shown again:\n%s", v.String())
		}
		if _, err := b.slack.Submit("U0VERA", nil); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		got := b.desk.take("submitted")
		if len(got) != 1 || fmt.Sprint(got[0].Body.(bot.Submitted).Fields) != "map[seen:h2 text:my words then:solved]" {
			t.Errorf("got %v", got)
		}
	})
}

func TestAFormThatCannotBeFilledInAnyMoreSaysWhy(t *testing.T) {
	over(t, slacktest.Options{}, func(t *testing.T, b *bench) {
		gone := false
		b.desk.form = func(bot.Event) (bot.Form, bool, error) {
			if gone {
				return bot.Form{}, false, bot.Refuse("refuse.ended", "Request", bot.Request{Number: 1}.Part())
			}
			return replyForm("h"), true, nil
		}
		b.desk.try = func(bot.Event) error { return bot.Refuse("refuse.ended", "Request", bot.Request{Number: 1}.Part()) }
		b.press(t, "U0VERA", "C0DESK", b.card(t, 0).Message, "Reply")
		gone = true
		if _, err := b.slack.Submit("U0VERA", map[string]string{"text": "x"}); err != nil {
			t.Fatal(err)
		}
		if v, _ := b.slack.Modal("U0VERA"); v.String() != "Not done\nR-1 is done already. To open it again: 🔁." {
			t.Errorf("got %s", v.String())
		}
	})
}

func TestACannedAnswerFillsTheText(t *testing.T) {
	over(t, slacktest.Options{}, func(t *testing.T, b *bench) {
		b.desk.form = func(bot.Event) (bot.Form, bool, error) {
			f := replyForm("h")
			f.Fields = append([]bot.Field{{Name: "canned", Label: bot.Say("form.reply.then"), Optional: true, Choices: []bot.Choice{{Value: "hi", Label: "Greeting"}, {Value: "bye", Label: "Farewell"}},
				Fills: map[string]string{"hi": "Hello,\nthank you for writing."}, FillsField: "text"}}, f.Fields...)
			return f, true, nil
		}
		b.press(t, "U0VERA", "C0DESK", b.card(t, 0).Message, "Reply")
		if err := b.slack.Choose("U0VERA", "canned", "Greeting"); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		v, _ := b.slack.Modal("U0VERA")
		if !strings.Contains(v.String(), "Text: Hello,\nthank you for writing.") || !strings.Contains(v.String(), ": Greeting (") {
			t.Fatalf("got\n%s", v.String())
		}
		if len(b.desk.take("pressed")) != 1 {
			t.Error("choosing was told to the desk")
		}
		if _, err := b.slack.Submit("U0VERA", nil); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if got := b.desk.take("submitted"); len(got) != 1 || got[0].Body.(bot.Submitted).Fields["text"] != "Hello,\nthank you for writing." {
			t.Errorf("got %v", got)
		}
	})
}

func TestALongListIsSearchedWhileItIsTyped(t *testing.T) {
	over(t, slacktest.Options{}, func(t *testing.T, b *bench) {
		var all []bot.Choice
		for i := range 250 {
			all = append(all, bot.Choice{Value: fmt.Sprint("c", i), Label: fmt.Sprintf("Client %03d", i)})
		}
		b.desk.form = func(bot.Event) (bot.Form, bool, error) {
			return bot.Form{Act: "reply", Value: "R-1", Title: bot.Say("form.file"), Submit: bot.Say("button.file"), Fields: []bot.Field{{Name: "client", Label: bot.Say("form.file.text"), Choices: all, Value: "c7"}}}, true, nil
		}
		b.press(t, "U0VERA", "C0DESK", b.card(t, 0).Message, "Reply")
		got, err := b.slack.Suggest("U0VERA", "client", "client 24")
		if err != nil || len(got) != 10 || got[0] != "Client 240" {
			t.Errorf("got %v, %v", got, err)
		}
		if got, err := b.slack.Suggest("U0VERA", "client", ""); err != nil || len(got) != 100 {
			t.Errorf("got %d, %v", len(got), err)
		}
		b.desk.choices = func(q bot.Query) []bot.Choice {
			return []bot.Choice{{Value: q.Text, Label: q.Actor.ID}}
		}
		if got, err := b.slack.Suggest("U0VERA", "client", "nobody"); err != nil || !slices.Equal(got, []string{"slack:U0VERA"}) {
			t.Errorf("got %v, %v", got, err)
		}
	})
}

func TestAFormThatComesTooLateIsToldToThePerson(t *testing.T) {
	over(t, slacktest.Options{}, func(t *testing.T, b *bench) {
		b.desk.form = func(bot.Event) (bot.Form, bool, error) { return replyForm(""), true, nil }
		card := b.card(t, 0)
		b.slack.Fail(slacktest.Fault{Method: "views.open", Error: "expired_trigger_id"})
		before := len(b.slack.Log())
		if ack := b.press(t, "U0VERA", "C0DESK", card.Message, "Reply"); !ack.Taken {
			t.Error("not acknowledged")
		}
		if told := b.slack.Since(before); len(told) != 1 || told[0].User != "U0VERA" || told[0].Text != "That took too long, and nothing has happened. Press again." {
			t.Errorf("told %+v", told)
		}
	})
}

func TestAFormThatCannotBeMadeIsNotAcknowledged(t *testing.T) {
	inWorkspace(t, slacktest.Options{}, func(t *testing.T, b *bench) {
		b.desk.form = func(bot.Event) (bot.Form, bool, error) { return bot.Form{}, false, fmt.Errorf("the store is gone") }
		if ack := b.press(t, "U0VERA", "C0DESK", b.card(t, 0).Message, "Reply"); ack.Taken || len(b.desk.got()) > 0 {
			t.Errorf("%+v, %v", ack, b.desk.got())
		}
	})
}

func TestARefusalIsLeftToTheDesk(t *testing.T) {
	over(t, slacktest.Options{}, func(t *testing.T, b *bench) {
		b.desk.form = func(bot.Event) (bot.Form, bool, error) {
			return bot.Form{}, false, bot.Refuse("refuse.nothing_to_undo")
		}
		if b.press(t, "U0VERA", "C0DESK", b.card(t, 0).Message, "Reply"); len(b.desk.take("pressed")) != 1 {
			t.Error("the desk has not heard of it")
		}
	})
}

func TestShortcutsPressAndReact(t *testing.T) {
	over(t, slacktest.Options{}, func(t *testing.T, b *bench) {
		b.desk.form = func(e bot.Event) (bot.Form, bool, error) {
			p, ok := e.Body.(bot.Pressed)
			return bot.Form{Act: "file", Title: bot.Say("form.file"), Submit: bot.Say("button.file"), Fields: []bot.Field{{Name: "text", Label: bot.Say("form.file.text"), Long: true}}}, ok && p.Act == "file", nil
		}
		if ack := b.slack.Shortcut("U0VERA", "act:file", "", ""); !ack.Taken {
			t.Error("not taken")
		}
		if _, err := b.slack.Submit("U0VERA", map[string]string{"text": "a new printer"}); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		got := b.desk.take("submitted")
		if len(got) != 1 || got[0].Place != bot.Direct("slack:U0VERA") || got[0].Body.(bot.Submitted).Fields["text"] != "a new printer" {
			t.Errorf("got %+v", got)
		}
		ts := b.slack.Say("U0IRINA", "C0INSIDE", "", "it is slow")
		b.slack.Shortcut("U0VERA", "emoji:ticket", "C0INSIDE", ts)
		synctest.Wait()
		reacted := b.desk.take("reacted")
		if len(reacted) != 1 || reacted[0].Message != ts || reacted[0].Place != at("C0INSIDE") || reacted[0].Body.(bot.Reacted).Emoji != "ticket" {
			t.Fatalf("got %+v", reacted)
		}
		read, err := b.Read(t.Context(), reacted[0])
		if err != nil || len(read) != 1 || read[0].Body.(bot.Reacted).Text != "it is slow" || read[0].Body.(bot.Reacted).Author.ID != "slack:U0IRINA" {
			t.Errorf("read %+v, %v", read, err)
		}
	})
}

func TestASlashCommandIsAcknowledgedEmptyAndNamedWithoutThePrefix(t *testing.T) {
	for way, c := range map[string]Config{"HTTP": {SigningSecret: signing, Prefix: "acme-"}, "sockets": {AppToken: appToken, Prefix: "acme-"}} {
		t.Run(way, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBench(t, c, slacktest.Options{}).run()
				ack := b.slack.Slash("U0VERA", "C0DESK", "/acme-request", "  take R-1 &lt;now&gt; <@U0INGA|inga> ")
				synctest.Wait()
				got := b.desk.take("commanded")
				if !ack.Taken || len(ack.Body) > 0 || len(got) != 1 {
					t.Fatalf("%+v, %v", ack, got)
				}
				if body := got[0].Body.(bot.Commanded); body.Slash != "request" || body.Text != "take R-1 <now> slack:U0INGA" || got[0].Place != at("C0DESK") || got[0].Actor.ID != "slack:U0VERA" {
					t.Errorf("got %+v", got[0])
				}
				b.slack.Slash("U0VERA", b.slack.DirectWith("U0VERA"), "/acme-desk", "")
				synctest.Wait()
				if got := b.desk.take("commanded"); len(got) != 1 || got[0].Place != bot.Direct("slack:U0VERA") {
					t.Errorf("in a direct message: %+v", got)
				}
				b.end()
			})
		})
	}
}

// A button with words that the desk never wrote names an act that the desk
// judges, like any other: it is no way around the role table.
func TestAForgedButtonIsOnlyAnActOfThePerson(t *testing.T) {
	inWorkspace(t, slacktest.Options{}, func(t *testing.T, b *bench) {
		for id, want := range map[string]string{
			"act:close#0": "close", "act:": "", "menu": "", "act:a#b#1": "a#b", "other": "", "act:close": "close", "": "",
		} {
			act, _, ok := actOf(id, "R-1", "")
			if act != want && ok || !ok && want != "" {
				t.Errorf("%q is %q", id, act)
			}
		}
		for chosen, want := range map[string]string{"close|R-1|x": "close R-1|x", "|R-1": "", "close": "", "": ""} {
			act, about, ok := actOf(menuAction, "", chosen)
			if got := strings.TrimSpace(act + " " + about); ok && got != want || !ok && want != "" {
				t.Errorf("%q is %q", chosen, got)
			}
		}
	})
}
