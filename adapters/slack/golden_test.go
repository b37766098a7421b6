package slack

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"meridian/adapters/slack/slacktest"
	"meridian/bot"
	"meridian/bot/calendar"
)

var update = flag.Bool("update", false, "write what is shown into testdata")

// golden compares what the workspace was given with the file of that name. What
// one reads of it stands above the blocks.
func golden(t *testing.T, name, notice string, blocks []byte) {
	t.Helper()
	shown, err := json.Marshal(slacktest.Plain(blocks))
	if err != nil {
		t.Fatal(err)
	}
	var got bytes.Buffer
	e := json.NewEncoder(&got)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(map[string]json.RawMessage{"a_notice": quoted(t, notice), "b_reads": shown, "blocks": blocks}); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join("testdata", name+".json")
	if *update {
		if err := os.WriteFile(path, got.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got.Bytes(), want) {
		t.Errorf("%s is now\n%s", path, got.String())
	}
}

func quoted(t *testing.T, s string) json.RawMessage {
	t.Helper()
	raw, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// states are the eight states of a request's card, from the first minute to the
// last.
func states() map[string]bot.Request {
	moment := func(day, hour, minute int) time.Time {
		return time.Date(2026, time.March, day, hour, minute, 0, 0, time.UTC)
	}
	a := bot.Request{
		Number: 1284, Title: "Checkout is broken on the <spring> catalogue", State: bot.New, Level: 1, Class: bot.Standard, Version: 1,
		Words:     "Since this afternoon nobody can pay.\n```\nTypeError: price.toFixed\n\tat cart.js:88\n```\n<!channel> please look",
		Requester: "email:lin@harbor.example", Name: "Grace Lin", Client: "Harbor", Source: "email",
		Home: bot.Place{Adapter: "email", Channel: "lin@harbor.example"}, Desk: at("C0DESK"), CreatedAt: moment(4, 4, 40), UpdatedAt: moment(4, 4, 40),
		Clues: &bot.Clues{Site: "shop.copperfield.example", Files: 2, Urgent: true},
	}
	b := a
	b.State, b.Assignee, b.UpdatedAt = bot.Open, "slack:U0INGA", moment(4, 4, 46)
	c := b
	c.Level, c.Class, c.Assignee, c.LevelSince, c.UpdatedAt = 3, bot.Expedite, "slack:U0VERA", moment(4, 5, 20), moment(4, 5, 20)
	c.EscalatedTo, c.NeededBy, c.Needed, c.Tried = c.Assignee, "slack:U0INGA", "accept prices with 3 decimals", "cache, browser"
	c.AnsweredAt, c.OwedSince = moment(4, 4, 58), moment(4, 8, 0)
	d := c
	d.State, d.Since, d.UpdatedAt, d.Asked = bot.Waiting, moment(4, 8, 40), moment(4, 8, 40), "Could you place a test order?"
	e := c
	e.State, e.SolvedAt, e.UpdatedAt, e.Outcome = bot.Solved, moment(4, 8, 40), moment(4, 8, 40), "prices with 3 decimals"
	f := e
	f.Confirmed, f.ConfirmedAt, f.UpdatedAt = true, moment(4, 14, 20), moment(4, 14, 20)
	g := b
	g.Returns, g.BackAt, g.OwedSince, g.UpdatedAt, g.BackWords = 1, moment(5, 15, 5), moment(5, 15, 5), moment(5, 15, 5), "It is back, but only for gift cards."
	h := d
	h.Silence = &bot.Silence{Asked: d.Since, Back: moment(6, 14, 0), Sent: moment(6, 14, 10), Reminder: "reply:R-1284:9"}
	h.State, h.ClosedAt, h.UpdatedAt = bot.Closed, moment(10, 22, 0), moment(10, 22, 0)
	return map[string]bot.Request{"a-new": a, "b-taken": b, "c-escalated": c, "d-with-the-client": d, "e-solved": e, "f-confirmed": f, "g-came-back": g, "h-closed-by-silence": h}
}

func TestEachCardLooksAsItShould(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(time.Date(2026, time.March, 4, 5, 0, 0, 0, time.UTC)))
		b := newBench(t, Config{SigningSecret: signing}, slacktest.Options{Unlimited: true}).run()
		for name, r := range states() {
			sent, err := b.Deliver(t.Context(), bot.Delivery{Key: name, Op: bot.OpPost, To: at("C0DESK"), Message: bot.Card(b.desk.settings, r), TeamSide: true})
			if err != nil {
				t.Fatal(name, err)
			}
			m, _ := b.slack.Message("C0DESK", sent.Message)
			golden(t, "card-"+name, m.Text, m.Blocks)
		}
		b.end()
	})
}

func TestFormsLookAsTheyShould(t *testing.T) {
	for name, language := range map[string]string{"en": "U0VERA", "ru": "U0KIRILL"} {
		synctest.Test(t, func(t *testing.T) {
			time.Sleep(time.Until(time.Date(2026, time.March, 4, 8, 0, 0, 0, time.UTC)))
			w := newWhole(t, Config{SigningSecret: signing}, slacktest.Options{Unlimited: true}, 2*time.Second)
			w.change(func(s *bot.Settings) {
				s.People = append(slices.Clone(s.People), bot.Person{ID: "slack:U0KIRILL", IDs: []string{"slack:U0KIRILL"}, Name: "Кирилл", Role: bot.Agent, Language: "ru"})
				s.Answers = []bot.Answer{{Name: "password", Text: map[bot.Language]string{"en": "Hello {name}", "ru": "Здравствуйте, {name}"}}}
			})
			time.Sleep(time.Second)
			w.slack.Say("U0OWEN", "C0SUPPORT", "", "<@"+slacktest.BotUser+"> Checkout is &lt;b&gt;broken&lt;/b&gt;")
			w.slack.Say("U0OWEN", "C0SUPPORT", "", "Gift cards are too, since &lt;yesterday&gt;")
			time.Sleep(time.Second)                                                  // it is the first
			w.slack.Slash("U0OWEN", "C0SUPPORT", "/request", "Our invoice is wrong") // for what takes two
			time.Sleep(2 * time.Second)
			card := w.slack.Messages("C0DESK")[0]
			for form, action := range map[string]string{"reply": "act:reply#1", "escalate": "act:escalate#2"} {
				if ack := w.slack.PressAction(language, "C0DESK", card.TS, action); !ack.Taken {
					t.Fatal("not taken")
				}
				w.goldenForm(t, language, form+"-"+name)
			}
			time.Sleep(2 * time.Second) // the card says who answers, and offers what there is now
			for _, form := range []string{"give", "ask", "hold", "pause", "note", "merge", "convert"} {
				if ack, err := w.slack.Press(language, "C0DESK", card.TS, form+"|R-1"); err != nil || !ack.Taken {
					t.Fatalf("%s is not taken: %v", form, err)
				}
				w.goldenForm(t, language, form+"-"+name)
			}
			w.slack.Shortcut(language, "emoji:books", "C0DESK", card.TS)
			w.goldenForm(t, language, "article-"+name)
			w.slack.Shortcut(language, "act:file", "", "")
			w.goldenForm(t, language, "file-"+name)
			w.stop()
		})
	}
}

// goldenForm compares the window that a person has opened with the file of that
// name.
func (w *whole) goldenForm(t *testing.T, who, name string) {
	t.Helper()
	v, ok := w.slack.Modal(who)
	if !ok || v.ID == w.window {
		t.Fatalf("%s opened nothing", name)
	}
	w.window = v.ID
	golden(t, "form-"+name, v.Title+" ["+v.Submit+"]", v.Blocks)
}

func TestTheHomeLooksAsItShould(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(time.Date(2026, time.March, 4, 5, 0, 0, 0, time.UTC)))
		b := newBench(t, Config{SigningSecret: signing}, slacktest.Options{Unlimited: true}).run()
		boston, err := time.LoadLocation("America/New_York")
		if err != nil {
			t.Fatal(err)
		}
		b.desk.settings.Clients = []bot.Client{{Name: "Harbor", Zone: boston}}
		b.desk.reminders = []bot.Reminder{
			{Number: 2, Owner: "slack:U0INGA", Text: "send the invoice", State: bot.ReminderFired, FiredAt: time.Date(2026, time.March, 3, 7, 0, 0, 0, time.UTC)},
			{Number: 3, Owner: "slack:U0INGA", Text: "call Harbor <!here>", State: bot.ReminderActive, NextAt: time.Date(2026, time.March, 5, 7, 0, 0, 0, time.UTC)},
			{Number: 4, Owner: "slack:U0INGA", Text: "look through what waits", Spec: "30 9 * * 1", State: bot.ReminderActive, NextAt: time.Date(2026, time.March, 9, 6, 30, 0, 0, time.UTC)},
		}
		hours, err := calendar.ParseHours("Mon-Fri 09:00-18:00")
		if err != nil {
			t.Fatal(err)
		}
		people := b.desk.settings.People
		people[0].Level, people[0].Hours, people[0].Zone = 3, hours, boston
		people[1].Hours, people[1].Zone = hours, time.UTC
		all := states()
		mine, free := all["b-taken"], all["a-new"]
		free.Number = 1285
		b.desk.requests = []bot.Request{mine, free}
		for name, who := range map[string]string{"agent": "U0INGA", "client": "U0GRACE"} {
			b.slack.OpenHome(who)
			synctest.Wait()
			b.read(t, "opened")
			synctest.Wait()
			v, ok := b.slack.Home(who)
			if !ok {
				t.Fatalf("%s has no home", who)
			}
			golden(t, "home-"+name, "", v.Blocks)
		}
		b.end()
	})
}
