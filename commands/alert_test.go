package commands_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"meridian/bot"
)

// report is a body of so many alerts, those that fire first.
func report(group string, firing, resolved int) bot.Event {
	var r bot.AlertReport
	r.Group = group
	for i := range firing + resolved {
		a := bot.Alert{
			Fingerprint: fmt.Sprintf("f%05d", i), Status: bot.Firing, Title: fmt.Sprintf("disk of host %05d is full", i), Severity: "critical",
			Labels: map[string]string{"host": fmt.Sprint(i)}, URL: "https://prometheus.example/graph", StartsAt: time.Unix(1_700_000_000, 0),
		}
		if i >= firing {
			a.Status, a.EndsAt = bot.Resolved, time.Unix(1_700_000_600, 0)
		}
		r.Alerts = append(r.Alerts, a)
	}
	return bot.Event{Place: channel("alerts"), Body: bot.Alerted{Hook: "prod", Report: r}}
}

func (d *desk) group(key string) (g bot.AlertGroup, alerts []bot.Alert) {
	d.t.Helper()
	d.change(func(tx bot.Tx) (err error) {
		if g, err = tx.AlertGroup("prod", key); err != nil {
			return err
		}
		alerts, err = tx.GroupAlerts("prod", key)
		return err
	})
	return g, alerts
}

// The limit of one event is 60 statements; nobody may reach it by sending a
// larger body.
func TestTenThousandAlertsInOneBodyTakeFewStatements(t *testing.T) {
	d := newDesk(t)
	for _, tt := range []struct {
		what             string
		firing, resolved int
		limit            int
	}{
		{"first", 1000, 0, 20},
		{"again", 1000, 0, 6},
		{"one of them recovers", 999, 1, 12},
		{"ten times as many", 10_000, 0, 100},
		{"again ten times as many", 10_000, 0, 45},
	} {
		n, err := d.do(report("g", tt.firing, tt.resolved))
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%s: %d statements", tt.what, n)
		if n > tt.limit {
			t.Errorf("%s: %d statements, want at most %d", tt.what, n, tt.limit)
		}
	}
	g, alerts := d.group("g")
	if g.Firing != 10_000 || len(alerts) != 10_000 || g.Rounds != 1 {
		t.Errorf("group %+v, %d alerts", g, len(alerts))
	}
	for _, a := range alerts {
		if want := map[bool]int{true: 2, false: 1}[a.Fingerprint == "f00999"]; a.Times != want {
			t.Fatalf("alert %s began to fire %d times, want %d", a.Fingerprint, a.Times, want)
		}
	}
}

func TestAnAlertThatIsReportedForAnotherGroupIsCountedInBothUntilItRecovers(t *testing.T) {
	d := newDesk(t)
	d.must(report("old", 2, 0))
	d.must(report("new", 2, 0))
	g, alerts := d.group("new")
	if g.Firing != 2 || len(alerts) != 2 || alerts[0].Times != 1 {
		t.Errorf("the new group: %+v, %+v", g, alerts)
	}
	empty := report("old", 0, 0)
	b := empty.Body.(bot.Alerted)
	b.Report.Truncated = 7
	empty.Body = b
	d.must(empty) // a report that names no alert takes none away
	if g, alerts := d.group("old"); g.Firing != 2 || len(alerts) != 2 || g.Truncated != 7 {
		t.Errorf("the old group: %+v, %+v", g, alerts)
	}
	d.must(report("new", 0, 2))
	if g, _ := d.group("old"); g.Firing != 0 || g.Resolved != 2 || g.EndedAt.IsZero() {
		t.Errorf("the old group once all has recovered: %+v", g)
	}
}

func TestOneFingerprintTwiceInABodyIsOneAlert(t *testing.T) {
	d := newDesk(t)
	e := report("g", 2, 1)
	b := e.Body.(bot.Alerted)
	for i := range b.Report.Alerts {
		b.Report.Alerts[i].Fingerprint = "same\x00"
	}
	slices.Reverse(b.Report.Alerts)
	d.must(e)
	d.must(e)
	g, alerts := d.group("g")
	if len(alerts) != 1 || alerts[0].Status != bot.Firing || g.Firing != 1 {
		t.Errorf("group %+v, alerts %+v", g, alerts)
	}
}

func BenchmarkAlerts(b *testing.B) {
	for _, n := range []int{1, 1000, 10_000} {
		b.Run(fmt.Sprint(n, " new"), func(b *testing.B) {
			d := newDesk(b)
			i := 0
			for b.Loop() {
				e := report(fmt.Sprint(i), n, 0)
				for j := range e.Body.(bot.Alerted).Report.Alerts {
					e.Body.(bot.Alerted).Report.Alerts[j].Fingerprint += fmt.Sprint("/", i)
				}
				d.must(e)
				i++
			}
		})
		b.Run(fmt.Sprint(n, " known"), func(b *testing.B) {
			d := newDesk(b)
			e := report("g", n, 0)
			d.must(e)
			for b.Loop() {
				d.must(e)
			}
		})
	}
}

// one is a report of one alert.
func one(group, title string, status bot.AlertStatus, starts time.Time) bot.Event {
	return bot.Event{Place: channel("alerts"), Body: bot.Alerted{Hook: "prod", Report: bot.AlertReport{
		Group: group, Alerts: []bot.Alert{{Fingerprint: title, Title: title, Status: status, StartsAt: starts}}}}}
}

func TestANewRoundForgetsWhatRecoveredInAnEarlierOne(t *testing.T) {
	d := newDesk(t)
	old, now := time.Now().Add(-20*24*time.Hour), time.Now()
	d.must(one("disk", "A old disk", bot.Firing, old))
	d.must(one("disk", "A old disk", bot.Resolved, old))
	d.later = time.Minute
	d.must(one("disk", "B new disk", bot.Firing, now))
	d.must(one("disk", "B new disk", bot.Resolved, now))
	if g, _ := d.group("disk"); g.Title != "B new disk" || g.Firing != 0 || g.Resolved != 1 {
		t.Errorf("the card is named %q, %d firing, %d resolved", g.Title, g.Firing, g.Resolved)
	}
}

func TestACardIsNamedAfterTheAlertThatFiredLast(t *testing.T) {
	d := newDesk(t)
	d.must(one("disk", "A", bot.Firing, time.Now()))
	d.later = time.Minute
	d.must(one("disk", "B", bot.Firing, time.Now()))
	if g, _ := d.group("disk"); g.Title != "B" {
		t.Errorf("the card is named %q", g.Title)
	}
}

func TestAnAlertInTwoGroupsFiresInBothAndRecoversInBoth(t *testing.T) {
	d := newDesk(t)
	at := time.Now()
	for range 3 { // each report comes along both routes
		d.must(one("disk", "B", bot.Firing, at))
		d.must(one("other", "B", bot.Firing, at))
	}
	for _, key := range []string{"disk", "other"} {
		if g, _ := d.group(key); g.Firing != 1 || g.Version != 1 {
			t.Errorf("%s: %d firing, version %d", key, g.Firing, g.Version)
		}
	}
	d.must(one("other", "B", bot.Resolved, at))
	for _, key := range []string{"disk", "other"} {
		if g, _ := d.group(key); g.Firing != 0 || g.Resolved != 1 || g.Version != 2 {
			t.Errorf("%s: %d firing, %d resolved, version %d", key, g.Firing, g.Resolved, g.Version)
		}
	}
}
