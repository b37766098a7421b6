package webhook_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"meridian/adapters/adaptertest"
	"meridian/adapters/webhook"
	"meridian/bot"
)

// read parses a body as the engine does.
func read(t testing.TB, hook, body string) []bot.AlertReport {
	t.Helper()
	a := webhook.New(hooks(), adaptertest.NewDesk(), webhook.Options{})
	events, err := a.Read(context.Background(), bot.Event{
		ID: 7, Source: "webhook", Place: alerts, At: arrived, Raw: []byte(body), Body: bot.Alerted{Hook: hook},
	})
	if err != nil {
		t.Fatalf("%.80s: %v", body, err)
	}
	var out []bot.AlertReport
	for _, e := range events {
		if e.ID != 7 || e.Key != "" || e.Place != alerts {
			t.Errorf("another event: %+v", e)
		}
		out = append(out, e.Body.(bot.Alerted).Report)
	}
	return out
}

func TestAReportOfAlertmanagerIsReadWhole(t *testing.T) {
	r := read(t, "prod", diskFiring)[0]
	if len(r.Alerts) != 2 || r.Truncated != 0 || r.Group != `desk {}:{alertname="DiskFull"}` {
		t.Fatalf("%+v", r)
	}
	a, b := r.Alerts[0], r.Alerts[1]
	if a.Hook != "prod" || a.Group != r.Group || a.Fingerprint != "b7f1c1f4a5d0e3aa" || a.Status != bot.Firing || a.Severity != "critical" ||
		a.Title != "billing-db: disk 91%, full in about 3 h" || a.URL != "https://prometheus.example/graph?g0.expr=disk" || a.Labels["instance"] != "db-1" {
		t.Errorf("%+v", a)
	}
	if want := time.Date(2026, 3, 3, 2, 41, 7, 113e6, time.UTC); !a.StartsAt.Equal(want) || !a.EndsAt.IsZero() {
		t.Errorf("from %v to %v", a.StartsAt, a.EndsAt)
	}
	if b.Title != "DiskFull" || b.URL != "" || b.Fingerprint != "0c5bd6a7f1b2c3d4" {
		t.Errorf("%+v", b)
	}
}

func TestAPartialRecoveryKeepsTheGroup(t *testing.T) {
	before, r := read(t, "prod", diskFiring)[0], read(t, "prod", diskPartial)[0]
	if r.Group != before.Group || r.Truncated != 3 {
		t.Errorf("%q, %d truncated", r.Group, r.Truncated)
	}
	a, b := r.Alerts[0], r.Alerts[1]
	if a.Status != bot.Resolved || !a.EndsAt.Equal(time.Date(2026, 3, 3, 3, 22, 0, 0, time.UTC)) || a.Fingerprint != before.Alerts[0].Fingerprint {
		t.Errorf("%+v", a)
	}
	if b.Status != bot.Firing {
		t.Errorf("%+v", b)
	}
}

func TestOddReportsOfAlertmanagerAreHandled(t *testing.T) {
	one := func(alert string) string { return `{"status":"firing","groupKey":"g","alerts":[` + alert + `]}` }
	t.Run("no alerts", func(t *testing.T) {
		if r := read(t, "prod", `{"status":"resolved","groupKey":"g","alerts":[]}`)[0]; len(r.Alerts) != 0 {
			t.Errorf("%+v", r)
		}
	})
	t.Run("10,000 alerts", func(t *testing.T) {
		r := read(t, "prod", string(storm(10_000)))[0]
		seen := map[string]bool{}
		for _, a := range r.Alerts {
			seen[a.Fingerprint] = true
		}
		if len(r.Alerts) != 10_000 || len(seen) != 10_000 {
			t.Errorf("%d alerts, %d fingerprints", len(r.Alerts), len(seen))
		}
	})
	t.Run("no fingerprint", func(t *testing.T) {
		a := read(t, "prod", one(`{"labels":{"alertname":"A","x":"1"}}`))[0].Alerts[0]
		same := read(t, "prod", one(`{"labels":{"x":"1","alertname":"A"},"status":"resolved"}`))[0].Alerts[0]
		other := read(t, "prod", one(`{"labels":{"alertname":"A","x":"2"}}`))[0].Alerts[0]
		if a.Fingerprint == "" || a.Fingerprint != same.Fingerprint || a.Fingerprint == other.Fingerprint {
			t.Errorf("%q, %q, %q", a.Fingerprint, same.Fingerprint, other.Fingerprint)
		}
	})
	t.Run("endless and unreadable times", func(t *testing.T) {
		a := read(t, "prod", one(`{"labels":{"alertname":"A"},"startsAt":"soon","endsAt":"0001-01-01T00:00:00Z"}`))[0].Alerts[0]
		if !a.StartsAt.Equal(arrived) || !a.EndsAt.IsZero() || a.Status != bot.Firing {
			t.Errorf("%+v", a)
		}
	})
	t.Run("no status but an end", func(t *testing.T) {
		body := `{"groupKey":"g","alerts":[{"labels":{"alertname":"A"},"endsAt":"2026-03-03T03:59:00Z"},{"labels":{"alertname":"B"},"endsAt":"2026-03-03T04:01:00Z"}]}`
		if r := read(t, "prod", body)[0]; r.Alerts[0].Status != bot.Resolved || r.Alerts[1].Status != bot.Firing {
			t.Errorf("%+v", r)
		}
	})
	t.Run("labels are data", func(t *testing.T) {
		a := read(t, "prod", one(`{"labels":{"alertname":"<!channel> @everyone\nsecond","n":5,"nul":"a\u0000b","z":null}}`))[0].Alerts[0]
		if a.Labels["alertname"] != "<!channel> @everyone\nsecond" || a.Labels["n"] != "5" || a.Labels["nul"] != "a\ufffdb" {
			t.Errorf("%q", a.Labels)
		}
		if a.Title != "<!channel> @everyone" {
			t.Errorf("title %q", a.Title)
		}
	})
	t.Run("a link that is no link", func(t *testing.T) {
		if a := read(t, "prod", one(`{"labels":{"alertname":"A"},"generatorURL":"javascript:alert(1)"}`))[0].Alerts[0]; a.URL != "" {
			t.Errorf("%q", a.URL)
		}
	})
	t.Run("very long names", func(t *testing.T) {
		long := strings.Repeat("k", 100_000)
		r := read(t, "prod", `{"groupKey":"`+long+`","alerts":[{"fingerprint":"`+long+`","labels":{"alertname":"`+long+`"}}]}`)[0]
		if a := r.Alerts[0]; len(r.Group) > 256 || len(a.Fingerprint) > 256 || utf8.RuneCountInString(a.Title) > 121 {
			t.Errorf("%d, %d, %d", len(r.Group), len(a.Fingerprint), len(a.Title))
		}
	})
	t.Run("no envelope", func(t *testing.T) {
		for _, body := range []string{`[{"labels":{"alertname":"A"}}]`, `{"status":"firing","labels":{"alertname":"A"}}`} {
			if r := read(t, "prod", body)[0]; len(r.Alerts) != 1 || r.Alerts[0].Title != "A" {
				t.Errorf("%s: %+v", body, r)
			}
		}
	})
	t.Run("no group key", func(t *testing.T) {
		a := read(t, "prod", `{"groupLabels":{"a":"1"},"alerts":[]}`)[0].Group
		b := read(t, "prod", `{"groupLabels":{"a":"2"},"alerts":[]}`)[0].Group
		if a == "" || a == b {
			t.Errorf("%q, %q", a, b)
		}
	})
}

func TestATitleIsAlwaysFound(t *testing.T) {
	for _, c := range []struct{ kind, body, want string }{
		{"alertmanager", `{"alerts":[{"labels":{"alertname":"A"},"annotations":{"summary":" \n\tSummary  here\nmore"}}]}`, "firing Summary here"},
		{"alertmanager", `{"alerts":[{"labels":{"alertname":"A"},"annotations":{"summary":"\u200b"}}]}`, "firing A"},
		{"alertmanager", `{"alerts":[{"labels":{"alertname":"A"},"annotations":{"title":"T"}}]}`, "firing T"},
		{"alertmanager", `{"commonAnnotations":{"summary":"S"},"alerts":[{"labels":{"alertname":"A"}}]}`, "firing S"},
		{"alertmanager", `{"alerts":[{"annotations":{"description":"D"}}]}`, "firing D"},
		{"alertmanager", `{"alerts":[{"labels":{"job":"node","host":"a"}}]}`, "firing host=a job=node"},
		{"alertmanager", `{"alerts":[{"fingerprint":"abc"}]}`, "firing abc"},
		{"alertmanager", `{"alerts":[{}]}`, "firing Alertmanager"},
		{"alertmanager", `{"alerts":[{"labels":{"alertname":"A"},"status":"resolved"}]}`, "resolved A"},
		{"alertmanager", `{"alerts":[]}`, "ignored: the report holds no alerts"},
		{"generic", `{"title":"T","message":"M"}`, "firing T"},
		{"generic", `{"message":"M","extra":{"a":{"b":{"title":"deep"}}}}`, "firing M"},
		{"generic", `{"incident":{"summary":"S","state":"closed"},"version":"1.0"}`, "resolved S"},
		{"generic", `{"Alert_Name":"N","Event Type":"x","State":"OK"}`, "resolved N"},
		{"generic", `{"alert_transition":"Recovered","title":"T"}`, "resolved T"},
		{"generic", `{"title":"T","severity":"ok","state":"0"}`, "resolved T"},
		{"generic", `{"resolved":true,"name":"N"}`, "resolved N"},
		{"generic", `{"Type":"Notification","Message":"{\"AlarmName\":\"High CPU\",\"NewStateValue\":\"OK\"}"}`, "resolved High CPU"},
		{"generic", `{"url":"https://x.example","link":"https://y.example","note":"look"}`, "firing look"},
		{"generic", `{"a":{"b":[1,2]}}`, "firing b: 1"},
		{"generic", `{"up":true}`, "firing up: true"},
		{"generic", `{"title":"","message":null,"host":"h"}`, "firing h"},
		{"generic", `{"title":"a\u202eb\u0007c"}`, "firing abc"},
		{"generic", `["just words"]`, "firing just words"},
		{"generic", `"just words"`, "firing just words"},
		{"generic", `[{"title":"one"},{"title":"two","status":"up"}]`, "firing one|resolved two"},
		{"generic", `{}`, "ignored: the body says nothing: it has no text in it"},
		{"generic", `[{},[],null,{"a":" "}]`, "ignored: the body says nothing: it has no text in it"},
	} {
		lines, err := webhook.Test(c.kind, []byte(c.body), nil)
		if got := strings.Join(lines, "|"); err != nil || got != c.want {
			t.Errorf("%s %s:\n got %q, %v\nwant %q", c.kind, c.body, got, err, c.want)
		}
	}
}

func TestAGenericAlertKeepsItsNameUntilItIsOver(t *testing.T) {
	for _, c := range [][2]string{
		{`{"alert_uid":"u1","title":"Down","state":"alerting"}`, `{"alert_uid":"u1","title":"Up again","state":"ok"}`},
		{`{"title":"Disk full on a","status":"triggered","level":"warning","url":"https://x.example/1"}`, `{"title":"Disk full on a","status":"recovered"}`},
	} {
		a, b := read(t, "any", c[0])[0], read(t, "any", c[1])[0]
		if a.Group != b.Group || a.Alerts[0].Fingerprint != b.Alerts[0].Fingerprint || a.Group != a.Alerts[0].Fingerprint {
			t.Errorf("%q and %q", a.Group, b.Group)
		}
		if a.Alerts[0].Status != bot.Firing || b.Alerts[0].Status != bot.Resolved || b.Alerts[0].EndsAt.IsZero() {
			t.Errorf("%+v, %+v", a.Alerts[0], b.Alerts[0])
		}
	}
	a := read(t, "any", `{"title":"Disk full on a","level":"warning","url":"https://x.example/1","n":3}`)[0].Alerts[0]
	if a.Severity != "warning" || a.URL != "https://x.example/1" || a.Labels["n"] != "3" || !a.StartsAt.Equal(arrived) || a.Hook != "any" {
		t.Errorf("%+v", a)
	}
}

func TestABodyThatSaysNothingChangesNothing(t *testing.T) {
	if r := read(t, "any", `{}`); len(r) != 1 || len(r[0].Alerts) != 0 {
		t.Errorf("%+v", r)
	}
}

func TestWhatCannotBeReadLaterEither(t *testing.T) {
	a := webhook.New(hooks(), adaptertest.NewDesk(), webhook.Options{})
	for name, e := range map[string]bot.Event{
		"a hook that is gone":    {Raw: []byte(diskFiring), Body: bot.Alerted{Hook: "gone"}},
		"a kind that is gone":    {Raw: []byte(diskFiring), Body: bot.Alerted{Hook: "strange"}},
		"a body of another kind": {Raw: []byte(`{"title":"x"}`), Body: bot.Alerted{Hook: "prod"}},
		"a body that is gone":    {Blob: bot.Blob{Hash: "none"}, Body: bot.Alerted{Hook: "prod"}},
	} {
		if _, err := a.Read(context.Background(), e); !bot.IsPermanent(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
	heard := bot.Event{Body: bot.Heard{}}
	if events, err := a.Read(context.Background(), heard); err != nil || len(events) != 1 {
		t.Errorf("%v, %v", events, err)
	}
	if _, err := a.Deliver(context.Background(), bot.Delivery{Op: bot.OpPost}); !errors.Is(err, bot.ErrUnsupported) {
		t.Error(err)
	}
}

func TestTestRefusesWhatAHookWouldRefuse(t *testing.T) {
	for name, c := range map[string]struct{ kind, body string }{
		"an unknown kind": {"nagios", `{}`},
		"no JSON":         {"generic", `title: x`},
		"nothing":         {"generic", ``},
		"too large":       {"generic", `"` + strings.Repeat("x", 1<<20) + `"`},
		"another shape":   {"alertmanager", `{"title":"x"}`},
	} {
		if lines, err := webhook.Test(c.kind, []byte(c.body), nil); err == nil {
			t.Errorf("%s: %q", name, lines)
		}
	}
}

func FuzzBody(f *testing.F) {
	for _, seed := range []string{
		diskFiring, diskPartial, `{}`, `[]`, `null`, `""`, `{"alerts":[]}`, `{"alerts":[{}]}`, `{"alerts":null}`, `{"alerts":[null]}`,
		"\xef\xbb\xbf{}", `{"a":1e400}`, `{"a":-0.0e-9}`, `[[[[[[]]]]]]`, `{"title":"\ud800"}`, "{\"title\":\"\xff\"}", `{"title":{"title":{}}}`,
		`{"Message":"{\"Message\":\"{\\\"title\\\":\\\"x\\\"}\"}"}`, `{"alerts":[{"labels":{"a":{"b":[1]}},"startsAt":5,"truncatedAlerts":-1}]}`,
		`{"":""}`, `{"a":"\"}"}`, `{"a":"\\"}`, list("{},[]", 5), nested(3),
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, kind := range webhook.Kinds() {
			before := string(body)
			lines, err := webhook.Test(kind, body, nil)
			if string(body) != before {
				t.Fatalf("%s: reading changed the body", kind)
			}
			if err != nil {
				if s := err.Error(); s == "" || len(s) > 200 {
					t.Errorf("%s: no sentence: %q", kind, s)
				}
				continue
			}
			if w := post(mux(webhook.New([]webhook.Hook{{Name: "h", Kind: kind, Secrets: []bot.Secret{secret}}}, adaptertest.NewDesk(), webhook.Options{Log: slog.New(slog.DiscardHandler)})), "h", body, nil); w.Code != 202 {
				t.Errorf("%s: can be read, but is refused: %d %s", kind, w.Code, w.Body)
			}
			for _, line := range lines {
				what, title, _ := strings.Cut(line, " ")
				if !strings.Contains("firing resolved ignored:", what) || strings.TrimSpace(title) == "" || strings.ContainsAny(line, "\n\r\x00") || !utf8.ValidString(line) {
					t.Errorf("%s: %q", kind, line)
				}
			}
			a := webhook.New([]webhook.Hook{{Name: "h", Kind: kind}}, adaptertest.NewDesk(), webhook.Options{})
			e := bot.Event{At: arrived, Raw: body, Body: bot.Alerted{Hook: "h"}}
			first, err := a.Read(context.Background(), e)
			if err != nil {
				t.Fatalf("%s: taken, but cannot be read: %v", kind, err)
			}
			again, _ := a.Read(context.Background(), e)
			if fmt.Sprintf("%+v", first) != fmt.Sprintf("%+v", again) {
				t.Errorf("%s: reading twice differs", kind)
			}
		}
	})
}

func BenchmarkRead(b *testing.B) {
	a := webhook.New(hooks(), adaptertest.NewDesk(), webhook.Options{})
	for name, body := range map[string]string{"two_alerts": diskFiring, "10000_alerts": string(storm(10_000))} {
		b.Run(name, func(b *testing.B) {
			e := bot.Event{At: arrived, Raw: []byte(body), Body: bot.Alerted{Hook: "prod"}}
			b.SetBytes(int64(len(body)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := a.Read(b.Context(), e); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkIntake is the way of a body up to the store, without a network.
func BenchmarkIntake(b *testing.B) {
	h := mux(webhook.New(hooks(), adaptertest.NewDesk(), webhook.Options{}))
	b.ReportAllocs()
	for b.Loop() {
		if w := post(h, "prod", []byte(diskFiring), nil); w.Code != 202 {
			b.Fatal(w.Code)
		}
	}
}
