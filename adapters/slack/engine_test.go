package slack

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"meridian/adapters/slack/slacktest"
	"meridian/bot"
	"meridian/bot/engine"
	"meridian/commands"
	"meridian/storage"
)

// whole is a whole desk in the stand-in workspace: engine, rules and a database.
type whole struct {
	t        testing.TB
	slack    *slacktest.Server
	adapter  *Adapter
	engine   *engine.Engine
	store    *storage.Store
	settings *bot.Settings
	logs     *buffer
	stop     func()
	current  atomic.Pointer[bot.Settings] // what counts now: settings, until somebody changes them
	window   string                       // the last one that goldenForm has seen
}

// change changes the configuration of a desk that runs, as the program does: by
// another one.
func (w *whole) change(fn func(s *bot.Settings)) {
	s := *w.current.Load()
	fn(&s)
	w.settings = &s
	w.current.Store(&s)
}

// newWhole starts a desk whose settings are those of the adapter's own tests,
// with other adapters beside that of Slack.
func newWhole(t testing.TB, c Config, o slacktest.Options, poll time.Duration, others ...bot.Adapter) *whole {
	t.Helper()
	w := &whole{t: t, settings: newDesk().settings, logs: &buffer{}}
	w.slack = slacktest.New(t, workspace(o))
	w.slack.Cast()
	minsk, err := time.LoadLocation("Europe/Minsk")
	if err != nil {
		t.Fatal(err)
	}
	w.settings.Team.Zone = minsk
	w.settings.TeamCards, w.settings.UndoState, w.settings.UndoReply = at("C0DESK"), 10*time.Minute, 30*time.Second
	for i := range 20 {
		id := fmt.Sprintf("C0MANY%02d", i)
		w.slack.AddChannel(slacktest.Channel{ID: id, Name: strings.ToLower(id), Members: []string{slacktest.BotUser, "U0VERA"}})
	}
	ctx, cancel := context.WithCancel(context.Background())
	w.current.Store(w.settings)
	current := func() *bot.Settings { return w.current.Load() }
	w.store, err = storage.Open(ctx, "sqlite:"+filepath.Join(t.TempDir(), "desk.db"), storage.Options{Now: time.Now, Settings: current})
	if err != nil {
		t.Fatal(err)
	}
	router, err := bot.NewRouter(commands.All(), commands.Unasked())
	if err != nil {
		t.Fatal(err)
	}
	words := catalogue(t)
	log := slog.New(slog.NewTextHandler(w.logs, nil))
	if w.engine, err = engine.New(engine.Options{Store: w.store, Router: router, Catalogue: words, Settings: current, Log: log, Name: "test", Poll: poll}); err != nil {
		t.Fatal(err)
	}
	if w.adapter, err = New(config(c), w.engine, Options{Catalogue: words, Log: log, Transport: w.slack.Transport(), Dial: w.slack.Dial}); err != nil {
		t.Fatal(err)
	}
	w.settings.Known = w.adapter
	if w.adapter.Serves() {
		w.slack.SetApp(w.adapter.Handler())
	}
	if err := w.engine.Add(append(others, w.adapter)...); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- w.engine.Run(ctx) }()
	w.stop = func() {
		w.slack.Wait()
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		if err := w.store.Close(); err != nil {
			t.Error(err)
		}
		for _, secret := range []string{botToken, appToken, signing} {
			if strings.Contains(w.logs.String(), secret) {
				t.Errorf("a secret was logged")
			}
		}
	}
	return w
}

// put queues deliveries.
func (w *whole) put(all ...bot.Delivery) {
	w.t.Helper()
	err := w.store.Update(context.Background(), func(tx bot.Tx) error {
		for _, d := range all {
			if err := tx.PutDelivery(d); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

// count counts deliveries in a state.
func (w *whole) count(state bot.DeliveryState) (n int) {
	err := w.store.View(context.Background(), func(v bot.View) error {
		all, err := v.Deliveries(bot.DeliveryQuery{States: []bot.DeliveryState{state}, Limit: 10_000})
		n = len(all)
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return n
}

func TestTwoThousandPostsKeepToTheLimitsAndAnUrgentOneGoesFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		// This workspace is stricter than ours thinks: a message each 1.2 seconds.
		w := newWhole(t, Config{SigningSecret: signing}, slacktest.Options{PostEvery: 1200 * time.Millisecond}, 2*time.Second)
		synctest.Wait()
		var all []bot.Delivery
		for i := range 2000 {
			all = append(all, bot.Delivery{Key: fmt.Sprint("digest", i), Op: bot.OpPost, To: at(fmt.Sprintf("C0MANY%02d", i%20)), Urgency: bot.UrgentDigest, Message: words(fmt.Sprint(i))})
		}
		w.put(all...)
		began := time.Now()
		waited := map[string]time.Duration{}
		for n := range 20 {
			time.Sleep(5 * time.Second)
			key := fmt.Sprint("urgent", n)
			before := time.Now()
			w.put(bot.Delivery{Key: key, Op: bot.OpPost, To: at(fmt.Sprintf("C0MANY%02d", n)), Urgency: bot.UrgentReply, Message: words(key)})
			for waited[key] == 0 && time.Since(before) < time.Minute {
				time.Sleep(100 * time.Millisecond)
				if i := slices.IndexFunc(w.slack.Log(), func(e slacktest.Entry) bool { return e.Key == key }); i >= 0 {
					waited[key] = max(w.slack.Log()[i].At.Sub(before), time.Millisecond)
				}
			}
		}
		var longest []time.Duration
		for _, d := range waited {
			longest = append(longest, d)
		}
		slices.Sort(longest)
		if p95 := longest[len(longest)*95/100-1]; len(longest) != 20 || p95 > 3*time.Second {
			t.Errorf("%d urgent posts, p95 %s", len(longest), p95)
		}
		for len(w.slack.Log()) < 2020 && time.Since(began) < time.Hour {
			time.Sleep(10 * time.Second)
		}
		seen, last := map[string]bool{}, map[string]int{}
		for _, e := range w.slack.Log() {
			if seen[e.Key] {
				t.Errorf("%s was posted twice", e.Key)
			}
			seen[e.Key] = true
			var n int
			if _, err := fmt.Sscanf(e.Key, "digest%d", &n); err == nil {
				if n < last[e.Channel] {
					t.Fatalf("in %s %d came after %d", e.Channel, n, last[e.Channel])
				}
				last[e.Channel] = n
			}
		}
		if len(seen) != 2020 {
			t.Errorf("%d posts", len(seen))
		}
		t.Logf("2000 posts in %s with %d calls; an urgent one after at most %s", time.Since(began).Round(time.Second), w.slack.Calls("chat.postMessage"), longest[len(longest)-1])
		w.stop()
	})
}

func TestAStricterWorkspaceIsHeardAfterItsFirst429(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWhole(t, Config{SigningSecret: signing}, slacktest.Options{PostEvery: 3 * time.Second, PostBurst: 2}, 2*time.Second)
		synctest.Wait()
		for i := range 200 {
			w.put(bot.Delivery{Key: fmt.Sprint("k", i), Op: bot.OpPost, To: at(fmt.Sprintf("C0MANY%02d", i%2)), Urgency: bot.Urgency(i % 3), Message: words("x")})
		}
		for i := 0; len(w.slack.Log()) < 200 && i < 1000; i++ {
			time.Sleep(time.Second)
		}
		if n := len(w.slack.Log()); n != 200 {
			t.Errorf("%d posts", n)
		}
		if calls := w.slack.Calls("chat.postMessage"); calls < 250 {
			t.Errorf("only %d calls: there was no 429", calls)
		}
		w.stop()
	})
}

func TestAnHourOf429GrowsNoStormAndLosesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWhole(t, Config{SigningSecret: signing}, slacktest.Options{}, time.Minute)
		synctest.Wait()
		w.slack.Fail(slacktest.Fault{Method: "chat.postMessage", Status: 429, Times: 1 << 30, Header: map[string][]string{"Retry-After": {"600"}}})
		for i := range 200 {
			w.put(bot.Delivery{Key: fmt.Sprint("k", i), Op: bot.OpPost, To: at(fmt.Sprintf("C0MANY%02d", i%20)), Urgency: bot.UrgentPost, Message: words("x")})
		}
		w.put(bot.Delivery{Key: "urgent", Op: bot.OpPost, To: at("C0MANY00"), Message: words("x")})
		time.Sleep(time.Hour)
		if n := w.slack.Calls("chat.postMessage"); n > 20*8 {
			t.Errorf("%d calls within an hour of 429", n)
		}
		w.slack.Heal()
		time.Sleep(15 * time.Minute)
		if log := w.slack.Log(); len(log) != 201 {
			t.Errorf("%d posts", len(log))
		} else if i := slices.IndexFunc(log, func(e slacktest.Entry) bool { return e.Channel == "C0MANY00" }); log[i].Key != "urgent" {
			t.Errorf("the first in its channel was %s", log[i].Key)
		}
		w.stop()
	})
}

func TestPostsOfUnknownOutcomeAreSeenOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWhole(t, Config{SigningSecret: signing}, slacktest.Options{Visibility: 3 * time.Second}, 2*time.Second)
		synctest.Wait()
		for i := range 60 {
			w.slack.Fail(slacktest.Fault{Method: "chat.postMessage", Channel: fmt.Sprintf("C0MANY%02d", i%20), After: i%3 != 0, Drop: i%2 == 0, Status: map[bool]int{true: 500}[i%2 == 1]})
			w.put(bot.Delivery{Key: fmt.Sprint("k", i), Op: bot.OpPost, To: at(fmt.Sprintf("C0MANY%02d", i%20)), Message: words("x"), ToClient: i%5 == 0})
		}
		time.Sleep(15 * time.Minute)
		times := map[string]int{}
		for _, e := range w.slack.Log() {
			times[e.Key]++
		}
		for i := range 60 {
			if n := times[fmt.Sprint("k", i)]; n != 1 {
				t.Errorf("k%d was posted %d times", i, n)
			}
		}
		for _, state := range []bot.DeliveryState{bot.DeliveryDead, bot.DeliveryHeld, bot.DeliveryUnknown, bot.DeliveryWaiting, bot.DeliverySending} {
			if n := w.count(state); n > 0 {
				t.Errorf("%d are %s", n, state)
			}
		}
		w.stop()
	})
}

func TestACommandIsAnsweredAtOnceAlsoManyASecond(t *testing.T) {
	for way, c := range map[string]Config{"HTTP": {SigningSecret: signing}, "sockets": {AppToken: appToken}} {
		t.Run(way, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWhole(t, c, slacktest.Options{Unlimited: true}, 2*time.Second)
				time.Sleep(time.Second)
				const n = 250
				for range n {
					if ack := w.slack.Slash("U0VERA", "C0INSIDE", "/request", "list"); !ack.Taken {
						t.Fatal("not taken")
					}
					time.Sleep(20 * time.Millisecond)
				}
				time.Sleep(5 * time.Second)
				if log := w.slack.Log(); len(log) != n || log[0].Kind != "whisper" || log[0].Text != "Nothing is open." {
					t.Errorf("%d answers: %+v", len(log), log[:min(len(log), 1)])
				}
				w.stop()
			})
		})
	}
}

func TestADeadTokenLosesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWhole(t, Config{SigningSecret: signing}, slacktest.Options{}, time.Minute)
		synctest.Wait()
		w.slack.Kill("account_inactive")
		w.slack.Slash("U0VERA", "C0INSIDE", "/request", "the printer is on fire")
		time.Sleep(6 * time.Hour)
		if len(w.slack.Log()) > 0 {
			t.Errorf("said %v", w.slack.Log())
		}
		w.slack.Kill("")
		time.Sleep(5 * time.Minute)
		if !slices.ContainsFunc(w.slack.Log(), func(e slacktest.Entry) bool { return strings.Contains(e.Text, "R-1") }) {
			t.Errorf("said %v", w.slack.Log())
		}
		w.stop()
	})
}
