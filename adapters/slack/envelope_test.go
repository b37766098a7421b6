package slack

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"meridian/adapters/slack/slacktest"
	"meridian/bot"
)

// shapes are bodies that no event of today has. Each must be taken, and the
// bytes kept as they came where they are not understood.
func shapes() map[string]string {
	wrap := func(event string) string {
		return `{"type":"event_callback","event_id":"Ev1","team_id":"T1","event":` + event + `}`
	}
	return map[string]string{
		"nothing": ``, "null": `null`, "a string": `"x"`, "a list": `[]`, "a number": `1`, "an object": `{}`, "half": `{"type":`, "no JSON": `hello`, "a NUL": "\x00",
		"invalid UTF-8": "{\"type\":\"\xff\xfe\"}", "no event": `{"type":"event_callback","event_id":"Ev1"}`,
		"event null": wrap(`null`), "event string": wrap(`"x"`), "event list": wrap(`[]`), "event number": wrap(`1`), "event empty": wrap(`{}`),
		"unknown type": wrap(`{"type":"of_tomorrow","channel":"C1"}`), "type number": wrap(`{"type":5}`), "type null": wrap(`{"type":null}`),
		"deep": wrap(strings.Repeat(`{"a":`, 20000) + `1` + strings.Repeat(`}`, 20000)), "deep list": wrap(strings.Repeat(`[`, 20000) + strings.Repeat(`]`, 20000)),
		"float time":       `{"type":"event_callback","event_id":"Ev1","event_time":1.5e9,"event":{"type":"of_tomorrow"}}`,
		"types all wrong":  `{"type":["event_callback"],"event_id":7,"team_id":{},"event":[]}`,
		"authorizations":   `{"type":"event_callback","event_id":"Ev1","authorizations":"none","event":{"type":"of_tomorrow"}}`,
		"rate limited":     `{"type":"app_rate_limited","team_id":"T1","minute_rate_limited":1518467820,"api_app_id":"A1"}`,
		"outer unknown":    `{"type":"of_tomorrow","event_id":"Ev1"}`,
		"wrong case":       `{"TYPE":"event_callback","Event_ID":"Ev1","EVENT":{"Type":"of_tomorrow"}}`,
		"twice":            `{"type":"event_callback","type":"event_callback","event_id":"Ev1","event_id":"Ev2","event":{"type":"of_tomorrow"},"event":{"type":"of_tomorrow"}}`,
		"a big unknown":    wrap(`{"type":"of_tomorrow","x":"` + strings.Repeat("x", 200<<10) + `"}`),
		"tokens revoked":   wrap(`{"type":"tokens_revoked","tokens":{"bot":["U1"]}}`),
		"user of no shape": wrap(`{"type":"user_change","user":[1,2]}`),
	}
}

func TestWhatIsNotUnderstoodIsTakenAndKept(t *testing.T) {
	for what, body := range shapes() {
		t.Run(what, func(t *testing.T) {
			b := newBench(t, Config{SigningSecret: signing}, slacktest.Options{})
			r := b.slack.Sign("/slack/events", "application/json", []byte(body), time.Now())
			if code, said := answer(b, r); code != http.StatusOK || said != "" {
				t.Fatalf("%d %q", code, said)
			}
			got := b.desk.take("changed")
			if len(got) != 1 || len(b.desk.got()) != 0 {
				t.Fatalf("got %v and %v", got, b.desk.got())
			}
			e := got[0]
			if want := body[:min(len(body), bot.InlineLimit)]; string(e.Raw) != want || e.Key == "" || e.Source != name || e.At.IsZero() {
				t.Errorf("kept %d of %d bytes under %q", len(e.Raw), len(body), e.Key)
			}
			if _, err := b.Read(t.Context(), e); err != nil {
				t.Errorf("it cannot be read: %v", err)
			}
		})
	}
}

// Messages some of whose fields are of the wrong kind are heard all the same.
func TestAMessageWithAStrangeFieldIsHeard(t *testing.T) {
	for what, field := range map[string]string{
		"blocks that are a string": `"blocks":"x"`, "files that are a string": `"files":"x"`, "an edit that is a number": `"edited":7`, "a bot id that is a list": `"bot_id":[]`,
		"a team that is null": `"team":null`, "metadata of any kind": `"metadata":[1]`,
	} {
		t.Run(what, func(t *testing.T) {
			b := newBench(t, Config{SigningSecret: signing}, slacktest.Options{})
			body := `{"type":"event_callback","event_id":"Ev1","event_time":1.5,"authorizations":7,"event":{"type":"message","user":"U0VERA","text":"hello","ts":"1700000000.000100","channel":"C0SUPPORT",` + field + `}}`
			d := b.decode([]byte(body))
			said, ok := d.event.Body.(bot.Said)
			if d.ignore || !ok || said.Text != "hello" || d.event.Key != "said:C0SUPPORT/1700000000.000100" {
				t.Errorf("got %+v", d)
			}
		})
	}
}

func TestSubtypesSayWhatHappened(t *testing.T) {
	b := newBench(t, Config{SigningSecret: signing}, slacktest.Options{})
	b.me.Store(&identity{Team: slacktest.Team, User: slacktest.BotUser, Bot: slacktest.BotID})
	const ts, later = "1700000000.000100", "1700000005.000200"
	for what, want := range map[string]string{
		`{"type":"message","user":"U1","text":"x","ts":"` + ts + `","channel":"C1"}`:                                                                                                                                                                   "said said:C1/" + ts + " slack:C1",
		`{"type":"app_mention","user":"U1","text":"x","ts":"` + ts + `","channel":"C1"}`:                                                                                                                                                               "said said:C1/" + ts + " slack:C1",
		`{"type":"message","subtype":"file_share","user":"U1","text":"","ts":"` + ts + `","channel":"C1","files":[{"id":"F1"}]}`:                                                                                                                       "said said:C1/" + ts + " slack:C1",
		`{"type":"message","subtype":"me_message","user":"U1","text":"x","ts":"` + ts + `","channel":"C1"}`:                                                                                                                                            "said said:C1/" + ts + " slack:C1",
		`{"type":"message","subtype":"thread_broadcast","user":"U1","text":"x","ts":"` + later + `","thread_ts":"` + ts + `","channel":"C1"}`:                                                                                                          "said said:C1/" + later + " slack:C1/" + ts,
		`{"type":"message","user":"U1","text":"x","ts":"` + ts + `","thread_ts":"` + ts + `","channel":"C1"}`:                                                                                                                                          "said said:C1/" + ts + " slack:C1",
		`{"type":"message","user":"U1","text":"x","ts":"` + ts + `","channel":"D1","channel_type":"im"}`:                                                                                                                                               "said said:D1/" + ts + " slack:@U1",
		`{"type":"message","user":"U1","team":"T9","text":"x","ts":"` + ts + `","channel":"C1"}`:                                                                                                                                                       "said said:C1/" + ts + " slack:C1 slack:T9/U1",
		`{"type":"message","subtype":"message_changed","channel":"C1","message":{"user":"U1","text":"y","ts":"` + ts + `","edited":{"user":"U1","ts":"` + later + `"}},"previous_message":{"ts":"` + ts + `"}}`:                                        "edited edited:C1/" + ts + "/" + later + " slack:C1",
		`{"type":"message","subtype":"message_changed","channel":"C1","message":{"user":"U1","text":"y","ts":"` + ts + `","reply_count":1},"previous_message":{"ts":"` + ts + `"}}`:                                                                    "",
		`{"type":"message","subtype":"message_changed","channel":"C1","message":{"user":"U1","text":"y","ts":"` + ts + `","edited":{"ts":"` + later + `"},"attachments":[{}]},"previous_message":{"ts":"` + ts + `","edited":{"ts":"` + later + `"}}}`: "",
		`{"type":"message","subtype":"message_changed","channel":"C1","message":{"bot_id":"` + slacktest.BotID + `","user":"` + slacktest.BotUser + `","ts":"` + ts + `","edited":{"ts":"` + later + `"}},"previous_message":{}}`:                      "",
		`{"type":"message","subtype":"message_changed","channel":"C1","event_ts":"` + later + `","message":{"subtype":"tombstone","ts":"` + ts + `"},"previous_message":{"user":"U1","ts":"` + ts + `"}}`:                                              "deleted deleted:C1/" + ts + " slack:C1",
		`{"type":"message","subtype":"message_deleted","channel":"C1","event_ts":"` + later + `","deleted_ts":"` + ts + `","previous_message":{"user":"U1","ts":"` + ts + `","thread_ts":"1600000000.000001"}}`:                                        "deleted deleted:C1/" + ts + " slack:C1/1600000000.000001",
		`{"type":"message","subtype":"channel_topic","user":"U1","text":"x","ts":"` + ts + `","channel":"C1"}`:                                                                                                                                         "",
		`{"type":"message","subtype":"bot_message","bot_id":"B9","text":"x","ts":"` + ts + `","channel":"C1"}`:                                                                                                                                         "",
		`{"type":"message","bot_id":"B9","user":"U9","text":"x","ts":"` + ts + `","channel":"C1"}`:                                                                                                                                                     "",
		`{"type":"reaction_added","user":"U1","reaction":"+1::skin-tone-4","event_ts":"` + later + `","item":{"type":"message","channel":"C1","ts":"` + ts + `"}}`:                                                                                     "reacted reacted:C1/" + ts + "/U1/+1::skin-tone-4/" + later + " slack:C1",
		`{"type":"reaction_removed","user":"U1","reaction":"eyes","event_ts":"` + later + `","item":{"type":"message","channel":"D1","ts":"` + ts + `"}}`:                                                                                              "reacted unreacted:D1/" + ts + "/U1/eyes/" + later + " slack:@U1",
		`{"type":"reaction_added","user":"U1","reaction":"eyes","event_ts":"` + later + `","item":{"type":"file","file":"F1"}}`:                                                                                                                        "",
		`{"type":"reaction_added","user":"` + slacktest.BotUser + `","reaction":"eyes","event_ts":"` + later + `","item":{"type":"message","channel":"C1","ts":"` + ts + `"}}`:                                                                         "",
		`{"type":"app_home_opened","user":"U1","channel":"D1","tab":"home","event_ts":"` + later + `"}`:                                                                                                                                                "opened opened:Ev1 slack:@U1",
		`{"type":"app_home_opened","user":"U1","channel":"D1","tab":"messages","event_ts":"` + later + `"}`:                                                                                                                                            "",
		`{"type":"member_joined_channel","user":"U1","channel":"C1","event_ts":"` + later + `"}`:                                                                                                                                                       "joined joined:Ev1 slack:C1",
		`{"type":"user_change","user":{"id":"U1","tz":"Europe/Minsk"},"event_ts":"` + later + `"}`:                                                                                                                                                     "changed changed:Ev1 ",
		`{"type":"channel_rename","channel":{"id":"C1","name":"x"},"event_ts":"` + later + `"}`:                                                                                                                                                        "changed changed:Ev1 slack:C1",
		`{"type":"message","user":"U1","text":"x","ts":"not a time","channel":"C1"}`:                                                                                                                                                                   "",
	} {
		d := b.decode([]byte(`{"type":"event_callback","event_id":"Ev1","api_app_id":"A1","event":` + what + `}`))
		got := ""
		if !d.ignore {
			got = d.event.Body.Kind() + " " + d.event.Key + " " + d.event.Place.String()
			if strings.Contains(d.event.Actor.ID, "/") {
				got += " " + d.event.Actor.ID
			}
		}
		if got != want {
			t.Errorf("%s\ngot  %q\nwant %q", what, got, want)
		}
	}
}

// FuzzEnvelope holds that no body of Slack ends the program, and that each is
// either of no meaning or stored under a key.
func FuzzEnvelope(f *testing.F) {
	for _, body := range shapes() {
		if len(body) < 10_000 {
			f.Add([]byte(body))
		}
	}
	for _, in := range requests() {
		f.Add([]byte(in.body))
	}
	b := newBench(f, Config{SigningSecret: signing}, slacktest.Options{})
	f.Fuzz(func(t *testing.T, body []byte) {
		d := b.decode(body)
		if d.ignore {
			return
		}
		if d.event.Key == "" || d.event.Source != name || d.event.Body == nil || d.event.At.IsZero() {
			t.Errorf("an incomplete event: %+v", d.event)
		}
		if _, err := bot.EncodeEvent(d.event); err != nil {
			t.Errorf("it cannot be stored: %v", err)
		}
		if _, ok := b.interact(t.Context(), body); !ok {
			t.Error("an interaction was not taken")
		}
	})
}

func TestEveryMomentIsWrittenAndReadAlike(t *testing.T) {
	for _, ts := range []string{"1700000000.000100", "1700000000.999999", "1.000001"} {
		at, ok := instant(ts)
		if !ok || stamp(at) != ts {
			t.Errorf("%s became %s", ts, stamp(at))
		}
	}
	for _, bad := range []string{"", "x", "-1.000000", "1700000000", "1.2.3", "9999999999999999.1", "1700000000.-00001"} {
		if isStamp(bad) {
			t.Errorf("%q names a message", bad)
		}
	}
}
