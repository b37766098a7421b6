package bot

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"meridian/bot/say"
)

func TestADigestHasAtMost25LinesAndNoPrivateTitle(t *testing.T) {
	s := presenceTeam(t)
	words, err := say.New()
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, time.March, 2, 6, 0, 0, 0, time.UTC)
	secret := Request{Number: 7, Title: "Salary of the boss", Client: "Harbor", Name: "Helen", Private: true, Assignee: "web:inga", WaitingFor: "the lawyer", Since: now.AddDate(0, 0, -2), Until: now.AddDate(0, 0, 2), CreatedAt: now.AddDate(0, 0, -30)}
	many := make([]Request, 12)
	for i := range many {
		many[i] = secret
		many[i].Number = int64(100 + i)
	}
	st := Standing{
		Now: now, Digest: Digest{Name: "team", Zone: s.Team.Zone}, Last: DigestRun{At: now.AddDate(0, 0, -3), Told: now.AddDate(0, 0, -3), Open: 50},
		New: 14, Back: 1, Solved: 16, AddsUp: true, NeedsMore: 6, Oldest: secret,
		Drafted: many, Clients: many, Others: many, Paused: many, Returned: many[:2], BackLately: 2, SolvedLately: 61, Lately: now.AddDate(0, 0, -28),
		Asked: 11, Helped: 6, Gaps: 3, Gap: Suggestion{ID: 1, Question: "How do I change it?"}, GapTimes: 3,
		Firing: []string{"disk", "load", "disk"}, Today: []Reminder{{Text: "Harbor call", NextAt: now.Add(8 * time.Hour)}},
	}
	for i := range 9 {
		st.Counts = append(st.Counts, QueueCount{Owes: OwesUs, Assignee: fmt.Sprint("web:p", i), Count: i + 1, Oldest: 7})
	}
	st.Counts = append(st.Counts, QueueCount{Owes: OwesUs, Count: 2, Oldest: 9}, QueueCount{Owes: OwesClient, Count: 12}, QueueCount{Owes: OwesOther, Count: 12}, QueueCount{Owes: OwesNobody, Count: 12})
	for range needsShown {
		st.Needs = append(st.Needs, Need{Request: secret, Due: now.Add(time.Hour), First: true})
	}
	for _, l := range say.Languages() {
		lines, takes := st.DigestLines(s, 12*time.Minute)
		text := DigestText(lines).For(l).Plain(words, s.Team.Zone)
		if n := strings.Count(text, "\n") + 1; n > maxDigest || n < maxDigest-2 {
			t.Errorf("%d lines:\n%s", n, text)
		}
		for _, hidden := range []string{"Salary", "Helen", "Harbor ·", "lawyer"} {
			if strings.Contains(text, hidden) {
				t.Errorf("it says %q:\n%s", hidden, text)
			}
		}
		if len(takes) != 0 {
			t.Errorf("a private request is offered: %v", takes)
		}
		preview := st.DigestPreview(s).For(l).Plain(words, s.Team.Zone)
		if len([]rune(preview)) > 120 || strings.Contains(preview, "Harbor") {
			t.Errorf("the preview is %q", preview)
		}
		for _, id := range []string{"{{", "digest."} {
			if strings.Contains(text+preview, id) {
				t.Errorf("a sentence is missing:\n%s", text)
			}
		}
	}
}

func TestADigestComesInTheMorningsOfItsReadersWorkingDays(t *testing.T) {
	s := presenceTeam(t)
	at := func(text string) time.Time {
		t.Helper()
		got, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	for _, tt := range []struct{ zone, after, want string }{
		{"Europe/Minsk", "2026-03-06T06:00:00Z", "2026-03-09T06:00:00Z"}, // over the weekend, to the second
		{"Europe/Minsk", "2026-03-06T05:59:59Z", "2026-03-06T06:00:00Z"},
		{"Asia/Novosibirsk", "2026-03-06T02:00:00Z", "2026-03-10T02:00:00Z"}, // Monday is off there
		{"America/New_York", "2026-03-06T14:00:00Z", "2026-03-09T13:00:00Z"}, // nobody lives there: the team's days; its clocks are changed
	} {
		d := Digest{Name: "team", At: 9 * time.Hour, Zone: zoneOf(t, tt.zone)}
		got, ok := d.Next(s, at(tt.after))
		if !ok || !got.Equal(at(tt.want)) {
			t.Errorf("%s after %s: %s, %v", tt.zone, tt.after, got, ok)
		}
	}
	d := Digest{Name: "team", At: 9 * time.Hour, Zone: s.Team.Zone}
	if got, worth := d.Latest(s, at("2026-03-02T06:00:00Z"), at("2026-03-05T10:00:00Z")); !worth || !got.Equal(at("2026-03-05T06:00:00Z")) {
		t.Errorf("of several the last is told: %s, %v", got, worth)
	}
	if got, worth := d.Latest(s, at("2026-03-06T06:00:00Z"), at("2026-03-07T06:00:00Z")); worth {
		t.Errorf("%s is told a day later", got)
	}
}
