package bot

import (
	"strings"
	"testing"
	"time"
)

// monday is Monday 2 March 2026, 09:00 UTC.
var monday = time.Date(2026, time.March, 2, 9, 0, 0, 0, time.UTC)

func TestHoldSaysWhoOwesTheNextStepAndWhoAsksAgain(t *testing.T) {
	r := Request{Number: 1, State: New, Level: 1}
	inga := Person{ID: "web:inga"}
	if err := r.Hold(inga, "the hosting", monday.Add(24*time.Hour), monday); err != nil {
		t.Fatal(err)
	}
	if r.State != Waiting || r.WaitingFor != "the hosting" || r.Assignee != "web:inga" || !r.Since.Equal(monday) || r.WaitsForClient() {
		t.Errorf("it is %+v", r)
	}
	later := monday.Add(time.Hour)
	if err := r.Hold(Person{ID: "web:timur"}, "the hosting", later.Add(48*time.Hour), later); err != nil {
		t.Fatal(err)
	}
	if !r.Since.Equal(monday) || r.Assignee != "web:inga" || !r.Until.Equal(later.Add(48*time.Hour)) {
		t.Errorf("another reminder for the same one: %+v", r)
	}
	if err := r.Hold(inga, "release 2", later.Add(time.Hour), later); err != nil || !r.Since.Equal(later) {
		t.Errorf("somebody else is waited for since %s (%v)", r.Since, err)
	}
}

func TestWhatIsOverOrUnclearIsNeitherHeldNorPaused(t *testing.T) {
	soon := monday.Add(time.Hour)
	for name, tt := range map[string]struct {
		r     Request
		who   string
		until time.Time
		want  string
	}{
		"solved":    {Request{State: Solved}, "x", soon, "refuse.ended"},
		"closed":    {Request{State: Closed}, "x", soon, "refuse.ended"},
		"merged":    {Request{State: Closed, MergedInto: 2}, "x", soon, "refuse.goes_on"},
		"past":      {Request{State: Open}, "x", monday.Add(-time.Second), "refuse.until_past"},
		"now":       {Request{State: Open}, "x", monday, "refuse.until_past"},
		"400 days":  {Request{State: Open}, "x", monday.Add(maxPause), ""},
		"401 days":  {Request{State: Open}, "x", monday.Add(maxPause + time.Second), "refuse.until_far"},
		"year 9999": {Request{State: Open}, "x", time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC), "refuse.until_far"},
		"year 1":    {Request{State: Open}, "x", time.Time{}, "refuse.until_past"},
	} {
		held, paused := tt.r, tt.r
		if got := refusedID(held.Hold(Person{ID: "web:a"}, tt.who, tt.until, monday)); got != tt.want {
			t.Errorf("%s: hold says %q, want %q", name, got, tt.want)
		}
		if got := refusedID(paused.Pause(tt.until, monday)); got != tt.want {
			t.Errorf("%s: pause says %q, want %q", name, got, tt.want)
		}
		if tt.want != "" && (held.State != tt.r.State || paused.State != tt.r.State || held.Assignee != "") {
			t.Errorf("%s: refused, and done: %+v %+v", name, held, paused)
		}
	}
	r := Request{State: Open}
	if got := refusedID(r.Hold(Person{}, "", soon, monday)); got != "refuse.hold_whom" {
		t.Errorf("nobody is waited for: %q", got)
	}
	if got := refusedID(r.Hold(Person{}, strings.Repeat("x", 200), soon, monday)); got != "refuse.hold_long" {
		t.Errorf("a long name: %q", got)
	}
}

func refusedID(err *Error) string {
	if err == nil {
		return ""
	}
	return err.Text.Parts[0].ID
}

func TestResumeGivesTheStepBackToWhoeverHasIt(t *testing.T) {
	for _, tt := range []struct {
		r    Request
		want State
		says string
	}{
		{Request{State: Snoozed}, New, ""},
		{Request{State: Snoozed, Assignee: "web:a"}, Open, ""},
		{Request{State: Waiting, Assignee: "web:a"}, Open, ""},
		{Request{State: Waiting, Assignee: "web:a", WaitingFor: "x"}, Open, ""},
		{Request{State: Open}, Open, "refuse.not_waiting"},
		{Request{State: New}, New, "refuse.not_waiting"},
		{Request{State: Solved}, Solved, "refuse.ended"},
	} {
		r := tt.r
		if got := refusedID(r.Resume()); got != tt.says || r.State != tt.want {
			t.Errorf("%+v: %s, says %q", tt.r, r.State, got)
		}
	}
}

func TestWhatBelongedToAStateGoesWithIt(t *testing.T) {
	full := Request{WaitingFor: "x", Since: monday, Until: monday}
	for _, s := range []State{New, Open, Snoozed, Solved, Closed, Waiting} {
		r := full
		r.State = s
		r.settle()
		if kept := r.WaitingFor != "" || !r.Since.IsZero(); kept != (s == Waiting) {
			t.Errorf("%s keeps whom it waits for: %v", s, kept)
		}
		if kept := !r.Until.IsZero(); kept != (s == Waiting || s == Snoozed) {
			t.Errorf("%s keeps its time: %v", s, kept)
		}
	}
	client := Request{State: Waiting, Until: monday}
	if client.settle(); !client.Until.IsZero() {
		t.Error("a wait for the client keeps a time")
	}
}

func TestATimerOfAnEarlierPauseIsNotThisOne(t *testing.T) {
	r := Request{State: Snoozed, Until: monday}
	for name, tt := range map[string]struct {
		r    Request
		due  Due
		want bool
	}{
		"this one":      {r, Due{What: TimerPause, At: monday}, true},
		"earlier":       {r, Due{What: TimerPause, At: monday.Add(-time.Hour)}, false},
		"another rule":  {r, Due{What: TimerHold, At: monday}, false},
		"resumed":       {Request{State: Open}, Due{What: TimerPause, At: monday}, false},
		"held":          {Request{State: Waiting, WaitingFor: "x", Until: monday}, Due{What: TimerHold, At: monday}, true},
		"of the client": {Request{State: Waiting, Until: monday}, Due{What: TimerHold, At: monday}, false},
		"nothing":       {Request{}, Due{}, false},
	} {
		if got := tt.r.IsDue(tt.due); got != tt.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestTheNextMorningIsOnAWorkingDayOfThePerson(t *testing.T) {
	minsk, err := time.LoadLocation("Europe/Minsk")
	if err != nil {
		t.Fatal(err)
	}
	boston, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	s := &Settings{Team: Team{Zone: minsk}}
	for _, tt := range []struct{ zone, now, want string }{
		{"minsk", "2026-03-05T09:00:00Z", "2026-03-06T10:00:00+03:00"},
		{"minsk", "2026-03-06T06:00:00Z", "2026-03-09T10:00:00+03:00"}, // Friday morning
		{"minsk", "2026-03-07T06:00:00Z", "2026-03-09T10:00:00+03:00"},
		{"minsk", "2026-03-05T22:00:00Z", "2026-03-09T10:00:00+03:00"},  // Friday 01:00 in Minsk
		{"boston", "2026-03-06T22:00:00Z", "2026-03-09T10:00:00-04:00"}, // the clocks change on Sunday
		{"boston", "2026-03-05T22:00:00Z", "2026-03-06T10:00:00-05:00"},
	} {
		who := Person{Zone: map[string]*time.Location{"minsk": minsk, "boston": boston}[tt.zone]}
		now, err := time.Parse(time.RFC3339, tt.now)
		if err != nil {
			t.Fatal(err)
		}
		if got := s.NextMorning(who, now).Format(time.RFC3339); got != tt.want {
			t.Errorf("%s at %s: %s, want %s", tt.zone, tt.now, got, tt.want)
		}
	}
	if got := s.NextMonday(Person{}, monday).Format(time.RFC3339); got != "2026-03-09T10:00:00+03:00" {
		t.Errorf("the next Monday after a Monday is %s", got)
	}
}
