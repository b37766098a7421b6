package commands_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"meridian/bot"
)

// The sample day is real requests that nothing counts, lists, finds or prints,
// and taking it away leaves nothing of it.
func TestTheSampleDayIsThereAndNowhereElse(t *testing.T) {
	d := newDesk(t)
	d.must(bot.Event{Source: "web", Place: channel("desk"), Actor: actor("inga"), At: time.Now(), Body: bot.Commanded{Slash: "desk", Text: "sample"}})
	read(t, d, func(v bot.View) error {
		all, err := bot.Sampled(v)
		if err != nil || len(all) != 3 {
			t.Fatalf("%d requests, %v", len(all), err)
		}
		for i, want := range []string{"S-1 new", "S-2 waiting", "S-3 open"} {
			if got := all[i].ID() + " " + string(all[i].State); got != want {
				t.Errorf("%s, want %s", got, want)
			}
		}
		listed, err := v.Requests(bot.RequestQuery{})
		if err != nil || len(listed) != 0 {
			t.Errorf("listed: %v, %v", listed, err)
		}
		if n, err := v.CountRequests(bot.RequestQuery{}); err != nil || n != 0 {
			t.Errorf("counted: %d, %v", n, err)
		}
		if counts, err := v.QueueCounts(); err != nil || len(counts) != 0 {
			t.Errorf("owed: %v, %v", counts, err)
		}
		if n, err := v.HighestRequest(); err != nil || n != 0 {
			t.Errorf("the highest: %d, %v", n, err)
		}
		if found, err := v.FindRequests(bot.FindQuery{Text: "checkout", Internal: true}); err != nil || len(found) != 0 {
			t.Errorf("found: %v, %v", found, err)
		}
		if found, err := v.FindArticles(bot.ArticleQuery{Text: "change the sender address"}); err != nil || len(found) != 0 {
			t.Errorf("articles: %v, %v", found, err)
		}
		if lines, err := v.Audit("", 0, 100); err != nil || len(lines) != 0 {
			t.Errorf("history: %v, %v", lines, err)
		}
		if people, err := v.Contacts("", 100); err != nil || len(people) != 0 {
			t.Errorf("contacts: %v, %v", people, err)
		}
		return nil
	})
}

func TestTheSampleDayGoesAwayWhole(t *testing.T) {
	d := newDesk(t)
	say := func(who, text string) bot.Event {
		return bot.Event{Source: "web", Place: channel("desk"), Actor: actor(who), At: time.Now(), Body: bot.Commanded{Slash: "desk", Text: text}}
	}
	d.must(say("inga", "sample show"))
	d.must(say("timur", "take S-1"))
	d.must(say("timur", "note S-1 I look at it"))
	if _, err := d.do(say("inga", "sample")); !refusedWith(err, "refuse.sample_there") {
		t.Errorf("a second sample day: %v", err)
	}
	d.must(say("inga", "sample digest"))
	d.must(say("inga", "sample clear"))
	read(t, d, func(v bot.View) error {
		for _, n := range []int64{-1, -2, -3} {
			if _, err := v.Request(n); !errors.Is(err, bot.ErrNotFound) {
				t.Errorf("%s: %v", bot.RequestID(n), err)
			}
			if c, err := v.Comments(n); err != nil || len(c) != 0 {
				t.Errorf("comments of %s: %v, %v", bot.RequestID(n), c, err)
			}
		}
		for _, name := range []string{"support", "desk", "alerts", "team"} {
			shown, err := v.ShownMessages(channel(name), 100)
			for _, m := range shown {
				if m.For == "" {
					t.Errorf("#%s still shows %s: %+v", name, m.ID, m)
				}
			}
			if err != nil {
				return err
			}
		}
		mails, err := v.Mails(10)
		if err != nil || len(mails) != 0 {
			t.Errorf("mails: %v, %v", mails, err)
		}
		waiting, err := v.Deliveries(bot.DeliveryQuery{States: []bot.DeliveryState{bot.DeliveryWaiting}, Limit: 100})
		for _, d := range waiting {
			if d.Request < 0 || strings.HasPrefix(d.Key, "sample:") {
				t.Errorf("waits: %s", d.Key)
			}
		}
		return err
	})
	if _, err := d.do(say("inga", "sample clear")); !refusedWith(err, "refuse.no_sample") {
		t.Errorf("cleared twice: %v", err)
	}
	if _, err := d.do(say("owen", "sample show")); err == nil {
		t.Error("a client shows a sample day")
	}
}

func TestADeskThatIsUsedGetsNoSampleDayByItself(t *testing.T) {
	d := newDesk(t)
	d.must(bot.Event{Source: "web", Place: channel("support"), Actor: actor("owen"), At: time.Now(), Body: bot.Commanded{Slash: "request", Text: "Checkout fails"}})
	d.must(bot.Event{Source: "cli", At: time.Now(), Body: bot.Due{What: "sample", Timer: "sample", Object: "sample"}})
	read(t, d, func(v bot.View) error {
		all, err := bot.Sampled(v)
		if err != nil || len(all) != 0 {
			t.Errorf("%d requests, %v", len(all), err)
		}
		return nil
	})
}

func read(t *testing.T, d *desk, fn func(v bot.View) error) {
	t.Helper()
	if err := d.store.View(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

// refusedWith reports whether an error is the refusal with this sentence.
func refusedWith(err error, id string) bool {
	var told *bot.Error
	return errors.As(err, &told) && told.Text.Parts[0].ID == id
}
