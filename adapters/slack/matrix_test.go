package slack

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"meridian/adapters/slack/slacktest"
	"meridian/bot"
)

// onDesk runs a test with a whole desk over HTTP, in fake time.
func onDesk(t *testing.T, o slacktest.Options, fn func(t *testing.T, w *whole)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := newWhole(t, Config{SigningSecret: signing}, o, 2*time.Second)
		defer w.stop()
		time.Sleep(2 * time.Second)
		fn(t, w)
	})
}

func TestWhateverTextIsFiledAsItIsAndItsCardIsPosted(t *testing.T) {
	for name, c := range map[string]struct{ said, want string }{
		"only emoji":         {"😀😀👩‍👩‍👧‍👦🏳️‍🌈", "😀😀👩‍👩‍👧‍👦🏳️‍🌈"},
		"combining marks":    {"Z" + strings.Repeat("̖", 1000), "Z" + strings.Repeat("̖", 1000)},
		"turned around":      {"a\u202Ebc\u202C\u2066d\u2069", "a\u202Ebc\u202C\u2066d\u2069"},
		"mentions":           {"&lt;!channel&gt; &amp;lt;!here&amp;gt; @everyone &lt;@&amp;role&gt;", "<!channel> &lt;!here&gt; @everyone <@&role>"},
		"fences and quotes":  {"```\n&gt;&gt;&gt; x\n` *b* _i_ ~s~", "```\n>>> x\n` *b* _i_ ~s~"},
		"40,001 characters":  {strings.Repeat("ы", 40_001), strings.Repeat("ы", 40_001)},
		"one line of 12,000": {strings.Repeat("<", 1) + strings.Repeat("&amp;", 12_000), "<" + strings.Repeat("&", 12_000)},
	} {
		t.Run(name, func(t *testing.T) {
			onDesk(t, slacktest.Options{}, func(t *testing.T, w *whole) {
				w.slack.Say("U0INGA", "C0INSIDE", "", "<@"+slacktest.BotUser+"> "+c.said)
				time.Sleep(5 * time.Second)
				if r := w.request(1); r.Words != c.want {
					t.Errorf("filed %.200q (%d), want %.200q (%d)", r.Words, len(r.Words), c.want, len(c.want))
				}
				if len(w.slack.Log()) == 0 || w.count(bot.DeliveryDead) > 0 {
					t.Error("no card was posted")
				}
			})
		})
	}
}

func TestATextOfNothingFilesNothing(t *testing.T) {
	onDesk(t, slacktest.Options{}, func(t *testing.T, w *whole) {
		for _, text := range []string{"", "   ", "\u200b", " \u2060\ufeff "} {
			w.slack.Say("U0INGA", "C0INSIDE", "", "<@"+slacktest.BotUser+">"+text)
			w.slack.Slash("U0INGA", "C0INSIDE", "/request", "file "+text)
			time.Sleep(3 * time.Second)
		}
		if n := w.requests(); n != 0 {
			t.Errorf("%d requests", n)
		}
	})
}

// requests counts them.
func (w *whole) requests() (n int) {
	w.t.Helper()
	if err := w.store.View(w.t.Context(), func(v bot.View) (err error) { n, err = v.CountRequests(bot.RequestQuery{}); return err }); err != nil {
		w.t.Error(err)
	}
	return n
}

func TestCommandsOfNonsenseSayWhatIsWrongAndDoNothing(t *testing.T) {
	onDesk(t, slacktest.Options{}, func(t *testing.T, w *whole) {
		w.slack.Slash("U0VERA", "C0INSIDE", "/request", "the printer is on fire")
		time.Sleep(3 * time.Second)
		for _, c := range [][2]string{
			{"/request", "close 99999999999999999999"}, {"/request", "close -1"}, {"/request", "close R-0"}, {"/request", "take R-18446744073709551617"},
			{"/nudge", "me x in 0s"}, {"/nudge", "me x in 0 seconds"}, {"/nudge", "me x in 100 years"}, {"/nudge", "me x cron TZ=UTC"}, {"/nudge", "me x cron 0 0 30 2 *"},
			{"/desk", "'; DROP TABLE requests; --"}, {"/desk", "$(reboot) `id` {{.Settings}} ${jndi:x}"}, {"/desk", "take"}, {"/desk", strings.Repeat("x", 8000)},
		} {
			before, n := w.request(1), len(w.slack.Log())
			if ack := w.slack.Slash("U0VERA", "C0INSIDE", c[0], c[1]); !ack.Taken {
				t.Errorf("%s %.40s was not taken", c[0], c[1])
			}
			time.Sleep(3 * time.Second)
			more := w.slack.Since(n)
			if len(more) != 1 || more[0].Kind != "whisper" || more[0].Text == "" {
				t.Errorf("%s %.40s: %+v", c[0], c[1], more)
			}
			if r := w.request(1); r.Version != before.Version || w.requests() != 1 {
				t.Errorf("%s %.40s changed something", c[0], c[1])
			}
		}
	})
}

func TestEveryEmojiHasItsOutcome(t *testing.T) {
	onDesk(t, slacktest.Options{Unlimited: true}, func(t *testing.T, w *whole) {
		w.slack.Say("U0OWEN", "C0SUPPORT", "", "<@"+slacktest.BotUser+"> the logo is blurred")
		time.Sleep(3 * time.Second)
		card := w.slack.Messages("C0DESK")[0].TS
		still := func(what string, put func()) {
			t.Helper()
			before, n := w.request(1), len(w.slack.Log())
			put()
			time.Sleep(3 * time.Second)
			if r := w.request(1); r.Version != before.Version || w.requests() != 1 || len(w.slack.Since(n)) > 0 {
				t.Errorf("%s: version %d, then %d, said %v", what, before.Version, r.Version, w.slack.Since(n))
			}
		}
		still("on a file", func() {
			w.slack.Send("C0DESK", map[string]any{"type": "reaction_added", "user": "U0VERA", "reaction": "eyes", "event_ts": "1.000009", "item": map[string]any{"type": "file", "file": "F1"}})
		})
		still("on what is gone", func() {
			ts := w.slack.Say("U0INGA", "C0INSIDE", "", "never mind")
			time.Sleep(time.Second)
			w.slack.Delete("C0INSIDE", ts)
			w.slack.Send("C0INSIDE", map[string]any{"type": "reaction_added", "user": "U0VERA", "reaction": "ticket", "event_ts": "1.000010", "item": map[string]any{"type": "message", "channel": "C0INSIDE", "ts": ts}})
		})
		still("where the app is not", func() {
			w.slack.Send("C0ELSE", map[string]any{"type": "reaction_added", "user": "U0VERA", "reaction": "ticket", "event_ts": "1.000011", "item": map[string]any{"type": "message", "channel": "C0ELSE", "ts": "5.000001"}})
		})
		still("of another name", func() { w.slack.React("U0VERA", "C0DESK", card, "eyes-custom") })
		w.slack.React("U0INGA", "C0DESK", card, "eyes::skin-tone-5") // a tone is the same emoji
		time.Sleep(3 * time.Second)
		if r := w.request(1); r.Assignee != "slack:U0INGA" {
			t.Errorf("taken by %q", r.Assignee)
		}
		for i := range 1000 { // all within one second, the same one again and again
			w.slack.Send("C0DESK", map[string]any{"type": "reaction_added", "user": "U0INGA", "reaction": "eyes", "event_ts": "7.000001", "item": map[string]any{"type": "message", "channel": "C0DESK", "ts": card}})
			if i%10 == 9 {
				time.Sleep(10 * time.Millisecond)
			}
		}
		n := len(w.slack.Log())
		time.Sleep(time.Minute)
		if r := w.request(1); r.Assignee != "slack:U0INGA" || len(w.slack.Lost()) > 0 || len(w.slack.Since(n)) > 3 {
			t.Errorf("after 1,000: %q has it, lost %d, said %v", r.Assignee, len(w.slack.Lost()), w.slack.Since(n))
		}
	})
}

func TestAMadeUpButtonIsRefusedAndChangesNothing(t *testing.T) {
	onDesk(t, slacktest.Options{Unlimited: true}, func(t *testing.T, w *whole) {
		w.slack.Say("U0OWEN", "C0SUPPORT", "", "<@"+slacktest.BotUser+"> the logo is blurred")
		time.Sleep(3 * time.Second)
		w.slack.Slash("U0VERA", "C0DESK", "/request", "close R-1 spam")
		time.Sleep(3 * time.Second)
		for name, c := range map[string]struct{ user, team, channel, action, value string }{
			"a number of nothing":      {"U0VERA", slacktest.Team, "C0DESK", "act:take#0", "R-99"},
			"a number out of bounds":   {"U0VERA", slacktest.Team, "C0DESK", "act:take#0", "R-99999999999999999999"},
			"an act of nothing":        {"U0VERA", slacktest.Team, "C0DESK", "act:burn#0", "R-1"},
			"a value of SQL":           {"U0VERA", slacktest.Team, "C0DESK", "act:take#0", "R-1'; DROP TABLE requests"},
			"an old card's":            {"U0VERA", slacktest.Team, "C0DESK", "act:take#0", "R-1"},
			"a client's":               {"U0OWEN", slacktest.Stranger, "C0SUPPORT", "act:take#0", "R-1"},
			"of another team":          {"U0VERA", "T0OTHERS", "C0DESK", "act:take#0", "R-1"},
			"of a stranger's own desk": {"U0NOBODY", "T0OTHERS", "C0DESK", "act:reopen#0", "R-1"},
		} {
			before := w.request(1)
			payload, err := json.Marshal(map[string]any{
				"type": "block_actions", "trigger_id": "1." + name, "user": map[string]any{"id": c.user, "team_id": c.team, "name": "x"}, "team": map[string]any{"id": c.team},
				"channel": map[string]any{"id": c.channel}, "container": map[string]any{"message_ts": "1700000000.000100"},
				"actions": []map[string]any{{"type": "button", "action_id": c.action, "value": c.value, "action_ts": fmt.Sprint(len(name), ".000001")}},
			})
			if err != nil {
				t.Fatal(err)
			}
			body := "payload=" + strings.NewReplacer("%", "%25", "&", "%26", "+", "%2B", ";", "%3B").Replace(string(payload))
			if code, _ := serve(w.adapter, w.slack.Sign("/slack/interactions", "application/x-www-form-urlencoded", []byte(body), time.Now())); code != http.StatusOK {
				t.Errorf("%s: answered %d", name, code)
			}
			time.Sleep(3 * time.Second)
			if r := w.request(1); r.Version != before.Version || r.State != bot.Closed || r.Assignee != before.Assignee {
				t.Errorf("%s changed something: %+v", name, r)
			}
		}
	})
}

func TestSixHoursWithoutSlackAreCaughtUpWithAndRaiseNoStorm(t *testing.T) {
	for way, c := range map[string]Config{"HTTP": {SigningSecret: signing}, "sockets": {AppToken: appToken}} {
		t.Run(way, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWhole(t, c, slacktest.Options{}, time.Minute)
				defer w.stop()
				time.Sleep(2 * time.Minute)
				w.slack.Fail(slacktest.Fault{Status: http.StatusServiceUnavailable, Times: 1 << 30})
				w.slack.RefuseSockets("too_many_websockets")
				w.slack.Disconnect("refresh_requested")
				for i := range 12 {
					w.slack.Quietly("U0INGA", "C0INSIDE", "", fmt.Sprintf("<@%s> request number %d", slacktest.BotUser, i))
					time.Sleep(30 * time.Minute)
				}
				calls := 0
				for _, method := range []string{"auth.test", "conversations.history", "conversations.info", "chat.postMessage", "users.info"} {
					calls += w.slack.Calls(method)
				}
				if calls > 2000 {
					t.Errorf("%d calls while nobody answered", calls)
				}
				w.slack.Heal()
				w.slack.RefuseSockets("")
				time.Sleep(30 * time.Minute)
				if n := w.requests(); n != 12 {
					t.Errorf("%d requests of 12", n)
				}
				cards := map[string]int{}
				for _, e := range w.slack.Log() {
					if e.Kind == "post" {
						cards[e.Key]++
					}
				}
				for key, n := range cards {
					if n != 1 {
						t.Errorf("%s was posted %d times", key, n)
					}
				}
			})
		})
	}
}

func TestEventsThatComeShuffledFourTimesAndADayLateEndAlike(t *testing.T) {
	for seed := range uint64(4) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWhole(t, Config{SigningSecret: signing}, slacktest.Options{Unlimited: true}, 10*time.Minute)
				defer w.stop()
				time.Sleep(2 * time.Second)
				root := w.slack.Quietly("U0INGA", "C0INSIDE", "", "<@"+slacktest.BotUser+"> the printer is on fire")
				reply := w.slack.Quietly("U0INGA", "C0INSIDE", root, "the left one")
				time.Sleep(24 * time.Hour)
				message := func(ts, thread, text string) map[string]any {
					m := map[string]any{"type": "message", "user": "U0INGA", "text": text, "ts": ts, "channel": "C0INSIDE", "event_ts": ts}
					if thread != "" {
						m["thread_ts"] = thread
					}
					return m
				}
				edited := message(root, "", "<@"+slacktest.BotUser+"> the printer is not on fire")
				edited["edited"] = map[string]any{"user": "U0INGA", "ts": later(root, 60)}
				mention := message(root, "", "<@"+slacktest.BotUser+"> the printer is on fire")
				mention["type"] = "app_mention"
				inner := []map[string]any{
					message(root, "", "<@"+slacktest.BotUser+"> the printer is on fire"), mention, message(reply, root, "the left one"),
					{"type": "message", "subtype": "message_changed", "channel": "C0INSIDE", "event_ts": later(root, 60), "message": edited, "previous_message": message(root, "", "x")},
					{"type": "reaction_added", "user": "U0VERA", "reaction": "eyes", "event_ts": later(root, 90), "item": map[string]any{"type": "message", "channel": "C0INSIDE", "ts": root}},
				}
				var all []int
				for i := range inner {
					all = append(all, i, i, i, i)
				}
				r := rand.New(rand.NewPCG(seed, 7))
				r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
				for _, i := range all {
					body, err := json.Marshal(map[string]any{"type": "event_callback", "event_id": fmt.Sprint("Ev", i), "team_id": slacktest.Team, "api_app_id": slacktest.App, "event": inner[i],
						"authorizations": []map[string]any{{"team_id": slacktest.Team, "user_id": slacktest.BotUser, "is_bot": true}}})
					if err != nil {
						t.Fatal(err)
					}
					if code, _ := serve(w.adapter, w.slack.Sign("/slack/events", "application/json", body, time.Now())); code != http.StatusOK {
						t.Fatalf("answered %d", code)
					}
					time.Sleep(time.Duration(r.IntN(3000)) * time.Millisecond)
				}
				time.Sleep(time.Minute)
				if n := w.requests(); n != 1 {
					t.Fatalf("%d requests", n)
				}
				got := w.request(1)
				if got.Words != "the printer is not on fire" || got.Assignee != "slack:U0VERA" || got.State != bot.Open {
					t.Errorf("%q, %s has it, %s", got.Words, got.Assignee, got.State)
				}
				var texts []string
				if err := w.store.View(t.Context(), func(v bot.View) error {
					comments, err := v.Comments(1)
					for _, c := range comments {
						texts = append(texts, c.Text)
					}
					return err
				}); err != nil {
					t.Fatal(err)
				}
				if slices.Contains(texts, "the left one") != true || len(slices.Compact(slices.Sorted(slices.Values(texts)))) != len(texts) {
					t.Errorf("comments %q", texts)
				}
			})
		})
	}
}

// later is a timestamp some seconds after another.
func later(ts string, seconds int) string {
	at, _ := instant(ts)
	return stamp(at.Add(time.Duration(seconds) * time.Second))
}

func TestWhereSomebodyFromOutsideReadsNoCardIsEverShown(t *testing.T) {
	for name, enter := range map[string]func(w *whole){
		"a guest":                    func(w *whole) { w.slack.Join("U0GUEST", "C0DESK") },
		"a person of another team":   func(w *whole) { w.slack.Join("U0GRACE", "C0DESK") },
		"a channel of Slack Connect": func(w *whole) { w.slack.ShareChannel("C0DESK") },
	} {
		t.Run(name, func(t *testing.T) {
			onDesk(t, slacktest.Options{Unlimited: true}, func(t *testing.T, w *whole) {
				w.slack.Say("U0OWEN", "C0SUPPORT", "", "<@"+slacktest.BotUser+"> the logo is blurred")
				time.Sleep(5 * time.Second)
				if !strings.Contains(logOf(w, "C0DESK"), "[Take it]") {
					t.Fatalf("there is no card: %q", logOf(w, "C0DESK"))
				}
				if strings.Contains(logOf(w, "C0SUPPORT"), "[") || strings.Contains(logOf(w, "C0SUPPORT"), "L1") {
					t.Errorf("the clients read %q", logOf(w, "C0SUPPORT"))
				}
				enter(w)
				time.Sleep(10 * time.Second)
				n := len(w.slack.Log())
				w.slack.Slash("U0VERA", "C0INSIDE", "/request", "take R-1")
				w.slack.Say("U0OWEN", "C0SUPPORT", "", "<@"+slacktest.BotUser+"> and so is the footer")
				time.Sleep(time.Minute)
				for _, e := range w.slack.Since(n) {
					if e.Channel == "C0DESK" && e.Kind != "whisper" {
						t.Errorf("shown where somebody from outside reads: %+v", e)
					}
				}
				told := 0
				for _, e := range w.slack.Log() {
					if e.Channel == w.slack.DirectWith("U0VERA") && strings.HasPrefix(e.Text, "Somebody from outside reads #desk now.") {
						told++
					}
				}
				if told != 1 {
					t.Errorf("the lead was told %d times", told)
				}
				if name == "a channel of Slack Connect" {
					return
				}
				w.slack.Leave("U0GUEST", "C0DESK")
				w.slack.Leave("U0GRACE", "C0DESK")
				time.Sleep(10 * time.Second)
				w.slack.Slash("U0VERA", "C0INSIDE", "/request", "note R-1 the SVG is missing")
				w.slack.Slash("U0VERA", "C0INSIDE", "/request", "escalate R-1")
				time.Sleep(time.Minute)
				if got := logOf(w, w.slack.DirectWith("U0VERA")); !strings.Contains(got, "The team alone reads #desk again.") {
					t.Errorf("the lead is told %q", got)
				}
			})
		})
	}
}
