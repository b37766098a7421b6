package commands_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"meridian/bot"
	"meridian/bot/bottest"
	"meridian/bot/say"
	"meridian/storage"
)

// What came over from another desk waits without cards, is listed by client, and
// is handed out in equal parts.
func TestWhatCameOverIsHandedOutFairly(t *testing.T) {
	words, err := say.New()
	if err != nil {
		t.Fatal(err)
	}
	d := newDesk(t)
	d.change(func(tx bot.Tx) error {
		for n := range 31 {
			client := []string{"Harbor", "Brightwell", ""}[n%3]
			r := bot.Request{Title: fmt.Sprintf("Old matter %d", n), State: bot.New, Level: 1, Class: bot.Standard, Requester: "email:a@b.example", Name: "Ann", Client: client, Source: "email",
				Home: bot.Place{Adapter: "email", Channel: "a@b.example"}, Desk: channel("desk"), Was: &bot.Was{Desk: "Zammad", Number: fmt.Sprint(48000 + n)}, Private: n == 30}
			if err := tx.SaveRequest(&r); err != nil {
				return err
			}
		}
		return bot.TellMoved(tx, "2026-03-14a", "Zammad", 37, 31)
	})
	said := func() (all []string) {
		for _, o := range d.outbox() {
			all = append(all, o.Message.Text.Plain(words, time.UTC))
		}
		return all
	}
	if first := said(); len(first) != 1 || first[0] != "37 open requests came over from Zammad. 31 have no person yet. Take them as you go: no reminders run on them until someone does." {
		t.Errorf("the team is told %q", first)
	}
	if buttons := d.outbox()[0].Message.Buttons; len(buttons) != 2 || buttons[0].Act != "moved" || buttons[1].Act != "deal" {
		t.Errorf("the buttons are %+v", buttons)
	}

	d.must(pressedBy("inga", "moved", "2026-03-14a"))
	list := said()[1]
	if !strings.HasPrefix(list, "Ann · 10: R-3 Old matter 2, R-6 ") || !strings.Contains(list, "\nHarbor · 10: R-1 ") || strings.Contains(list, "Old matter 30") {
		t.Errorf("by client:\n%s", list)
	}

	d.must(pressedBy("inga", "deal", "2026-03-14a"))
	d.must(pressedBy("timur", "deal", "2026-03-14a")) // twice at the same time
	for range 5 {
		statements, err := d.do(bot.Event{Body: bot.Due{Timer: "deal", What: "deal", Object: "web:inga"}})
		if err != nil || statements > 60 {
			t.Fatalf("%d statements, %v", statements, err)
		}
	}
	has := map[string]int{}
	for _, r := range d.requests() {
		has[r.Assignee]++
	}
	if want := map[string]int{"web:inga": 8, "web:timur": 8, "web:dina": 7, "web:kirill": 7, "": 1}; fmt.Sprint(has) != fmt.Sprint(want) {
		t.Errorf("they have %v", has)
	}
	all := said()
	if !slices.Contains(all, "Handed out. Open now: Inga 8, Timur 8, Dina 7, Кирилл 7.") {
		t.Errorf("it says %q", all)
	}
	if slices.ContainsFunc(d.outbox(), func(o bot.Delivery) bool { return o.Message.Card || o.Op == bot.OpMail }) {
		t.Error("handing out posts cards or sends mail")
	}
	if _, err := d.do(pressedBy("inga", "deal", "")); err == nil || d.refusal(err) != "refused: moved.none" {
		t.Errorf("once more: %v", err)
	}
	if _, err := d.do(pressedBy("grace", "deal", "")); err == nil {
		t.Error("a client hands out")
	}
}

// A digest leaves out what came over until somebody acts on it; then its line
// still adds up.
func TestReportsLeaveOutWhatCameOver(t *testing.T) {
	words, err := say.New()
	if err != nil {
		t.Fatal(err)
	}
	d := newDesk(t)
	standing := func() (st bot.Standing, text string) {
		if err := d.store.View(t.Context(), func(v bot.View) (err error) {
			st, err = bot.ReadStanding(v, bot.Digest{Name: "team", Place: channel("desk"), Zone: time.UTC})
			return err
		}); err != nil {
			t.Fatal(err)
		}
		lines, _ := st.DigestLines(d.settings, 0)
		return st, bot.DigestText(lines).Plain(words, time.UTC)
	}
	came := func(n int, state bot.State) bot.Request {
		return bot.Request{Title: fmt.Sprintf("Old matter %d", n), State: state, Level: 1, Class: bot.Standard, Requester: "email:a@b.example", Source: "email",
			Home: bot.Place{Adapter: "email", Channel: "a@b.example"}, Desk: channel("desk"), Was: &bot.Was{Desk: "Zammad", Number: fmt.Sprint(48000 + n)}}
	}
	d.change(func(tx bot.Tx) error {
		own := bot.Request{Title: "Our own", State: bot.New, Level: 1, Class: bot.Standard, Requester: "web:grace", Home: channel("support"), Desk: channel("desk")}
		if err := tx.SaveRequest(&own); err != nil {
			return err
		}
		for n := range 6 {
			r := came(n, []bot.State{bot.New, bot.Waiting, bot.Closed}[n%3])
			if err := tx.SaveRequest(&r); err != nil {
				return err
			}
		}
		return tx.SaveDigest(bot.DigestRun{Name: "team", At: tx.Now(), Told: tx.Now(), Open: 1, Highest: 1})
	})
	st, text := standing()
	if st.Open() != 1 || st.New != 0 || len(st.Needs) != 1 || !st.AddsUp || !strings.Contains(text, "Open 1 (was 1).") || !strings.Contains(text, "Not counted 4 · came over from another desk, nobody has looked at them") {
		t.Errorf("open %d, new %d, %d need somebody:\n%s", st.Open(), st.New, len(st.Needs), text)
	}
	d.must(pressedBy("inga", "take", "R-2"))
	d.change(func(tx bot.Tx) error {
		r, err := tx.Request(5)
		if err != nil {
			return err
		}
		r.State = bot.Closed
		return tx.SaveRequest(&r)
	})
	if st, text = standing(); st.Open() != 2 || st.New != 2 || st.Solved != 1 || !st.AddsUp || !strings.Contains(text, "2 new, 1 solved. Open 2 (was 1).") || !strings.Contains(text, "Not counted 2") {
		t.Errorf("then open %d, new %d, solved %d:\n%s", st.Open(), st.New, st.Solved, text)
	}
}

// moveIn imports requests of another desk, each with the mail that it began with.
func moveIn(ctx context.Context, store bot.Store, s *bot.Settings, all []bottest.Moved) error {
	i, err := store.(*storage.Store).StartImport(ctx, "export.zip", "zammad:1", int64(len(all)), true)
	if err != nil {
		return err
	}
	open, unowned := 0, 0
	for n, m := range all {
		came := time.Now().AddDate(0, 0, -20)
		home := bot.Place{Adapter: "email", Channel: m.Requester}
		who := s.Person(bot.Actor{ID: "email:" + m.Requester})
		r := bot.Request{
			Number: int64(n) + 1, Title: m.Title, Words: m.Title, State: m.State, Until: m.Until, Level: 1, Class: bot.Standard, Kind: bot.KindQuestion, Requester: who.ID, Name: cmp.Or(who.Name, m.Requester), Client: who.Client,
			Source: "email", Home: home, Desk: bot.DeskOf(s, home), Version: 1, Was: &m.Was, CreatedAt: came, UpdatedAt: came, AnsweredAt: came, OwedSince: came,
		}
		if r.Ended() {
			r.SolvedAt = came
		}
		for _, p := range s.People {
			if strings.EqualFold(p.Name, m.Assignee) {
				r.Assignee = p.ID
			}
		}
		if !r.Ended() {
			open++
			if r.Assignee == "" {
				unowned++
			}
		}
		id := "<old" + m.Was.Number + "@old.example>"
		if _, err := i.Step(ctx, func(w *storage.ImportTx) (bool, error) {
			return false, errors.Join(w.Request(r), w.Comment(bot.Comment{Request: r.Number, Author: r.Requester, Name: r.Name, Text: m.Title, Visibility: bot.ForClient, Place: home, Message: id, At: came}),
				w.Mail(bot.MailLine{At: came, From: m.Requester, Subject: m.Title, Text: m.Title, Kind: bot.MailHuman, Request: r.Number, Message: id}))
		}); err != nil {
			return err
		}
	}
	err = i.Finish(ctx, func(tx bot.Tx) error { return bot.TellMoved(tx, i.Batch, all[0].Was.Desk, open, unowned) })
	return errors.Join(err, i.Release(ctx))
}
