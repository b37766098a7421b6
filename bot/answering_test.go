package bot

import (
	"slices"
	"strings"
	"testing"
	"time"
)

var (
	tenOClock = time.Date(2026, 3, 3, 10, 0, 0, 0, time.UTC)
	dina      = Person{ID: "web:dina", IDs: []string{"web:dina"}, Name: "Dina", Role: Agent}
	timur     = Person{ID: "web:timur", IDs: []string{"web:timur"}, Name: "Timur", Role: Agent}
)

func TestWhoBeganToWriteFirstStandsOnTheCard(t *testing.T) {
	r := Request{Number: 1, State: Open}
	if !r.Answers(dina, tenOClock) || r.AnsweringAt(tenOClock) != dina.ID {
		t.Fatalf("Dina writes: %+v", r.Answering)
	}
	if r.Answers(timur, tenOClock.Add(time.Minute)) || r.AnsweringAt(tenOClock.Add(time.Minute)) != dina.ID {
		t.Error("Timur takes her place")
	}
	if !r.Answers(dina, tenOClock.Add(4*time.Minute)) || r.AnsweringAt(tenOClock.Add(8*time.Minute)) != dina.ID {
		t.Error("opening the form again does not begin anew")
	}
	if r.AnsweringAt(tenOClock.Add(9*time.Minute)) != "" {
		t.Error("it never ends")
	}
	if !r.Answers(timur, tenOClock.Add(9*time.Minute)) {
		t.Error("nobody may write after her")
	}
}

func TestAskingIsTheClientsTurnWhateverItWaitedFor(t *testing.T) {
	for _, state := range []State{New, Open, Waiting, Snoozed} {
		r := Request{Number: 1, State: state, WaitingFor: "the hosting", Until: tenOClock.Add(time.Hour)}
		if refused := r.Ask(dina, strings.Repeat("ж", 600), tenOClock); refused != nil {
			t.Fatal(state, refused)
		}
		if !r.WaitsForClient() || r.Assignee != dina.ID || !r.Since.Equal(tenOClock) || !r.Until.IsZero() || len([]rune(r.Asked)) != maxAsked {
			t.Errorf("%s: %+v", state, r)
		}
	}
	for _, r := range []Request{{Number: 1, State: Solved}, {Number: 1, State: Closed}, {Number: 1, State: Closed, MergedInto: 2}} {
		before := r
		if refused := r.Ask(dina, "well?", tenOClock); refused == nil || r.State != before.State || r.Asked != "" {
			t.Errorf("%s is asked: %v", before.State, refused)
		}
	}
}

// talk is a conversation: the client, the team among itself, two answers, one of
// them taken back, and the desk.
func talk() []Comment {
	at := func(m int) time.Time { return tenOClock.Add(time.Duration(m) * time.Minute) }
	return []Comment{
		{ID: 1, Author: "web:owen", Name: "Owen", Text: "It fails", Visibility: ForClient, At: at(0)},
		{ID: 2, Author: timur.ID, Text: "the cache?", Visibility: ForInternal, At: at(1)},
		{ID: 3, Author: dina.ID, Text: "We look", Visibility: ForClient, Message: "reply:R-1:7", At: at(2)},
		{ID: 4, Author: timur.ID, Text: "Wrong window", Visibility: ForClient, Message: "reply:R-1:8", At: at(3), Deleted: true},
		{ID: 5, Text: "filed", Visibility: ForClient, At: at(3)},
		{ID: 6, Author: "web:owen", Name: "Owen", Text: "Thanks", Visibility: ForClient, At: at(4)},
	}
}

func teamOfTwo() *Settings { return &Settings{People: []Person{dina, timur}} }

func TestUnreadIsWhatOthersHaveWrittenSince(t *testing.T) {
	for _, tt := range []struct {
		who  Person
		seen int64
		want []int64
	}{
		{dina, 1, []int64{2, 6}}, {dina, 5, []int64{6}}, {dina, 6, nil}, {timur, 2, []int64{3, 6}}, {timur, 0, []int64{1, 3, 6}},
		{Person{ID: "web:vera"}, 0, []int64{2, 3, 6}}, // the last three
	} {
		var got []int64
		for _, c := range Unread(talk(), tt.who, tt.seen) {
			got = append(got, c.ID)
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s since %d: %v, want %v", tt.who.Name, tt.seen, got, tt.want)
		}
	}
}

func TestOnlyWhatAnotherAnsweredAMomentAgoIsAskedAbout(t *testing.T) {
	s, r := teamOfTwo(), Request{Number: 1, Requester: "web:owen"}
	if got := s.AnsweredJustNow(r, talk(), timur, tenOClock.Add(4*time.Minute)); len(got) != 1 || got[0].ID != 3 {
		t.Errorf("Timur, two minutes later: %+v", got)
	}
	if got := s.AnsweredJustNow(r, talk(), timur, tenOClock.Add(4*time.Minute+time.Second)); len(got) != 0 {
		t.Errorf("Timur, later: %+v", got)
	}
	if got := s.AnsweredJustNow(r, talk(), dina, tenOClock.Add(3*time.Minute)); len(got) != 0 {
		t.Errorf("her own: %+v", got)
	}
}

func TestTheLastWordsOfBothSides(t *testing.T) {
	s, r := teamOfTwo(), Request{Number: 1, Requester: "web:owen"}
	if theirs, ours := s.LastWords(r, talk()); theirs.ID != 6 || ours.ID != 3 {
		t.Errorf("theirs %d, ours %d", theirs.ID, ours.ID)
	}
	if at := s.FirstAnswer(r, talk()); !at.Equal(tenOClock.Add(2 * time.Minute)) {
		t.Errorf("answered first at %s", at)
	}
	own := Request{Number: 1, Requester: timur.ID} // an agent who asks colleagues
	said := []Comment{{ID: 1, Author: timur.ID, Visibility: ForClient}, {ID: 2, Author: dina.ID, Visibility: ForClient}, {ID: 3, Author: timur.ID, Visibility: ForClient}}
	if theirs, ours := s.LastWords(own, said); theirs.ID != 3 || ours.ID != 2 {
		t.Errorf("of a colleague's request: theirs %d, ours %d", theirs.ID, ours.ID)
	}
}

func TestWhatWasWrittenMeanwhileSaysByWhomAndIsCut(t *testing.T) {
	s, r := teamOfTwo(), Request{Number: 1, Requester: "web:owen"}
	all := talk()
	for want, unread := range map[string][]Comment{"meanwhile.wrote": all[5:], "meanwhile.answered": all[2:3], "meanwhile.told": all[1:2]} {
		text := s.Meanwhile(r, unread, tenOClock.Add(10*time.Minute))
		if text.Parts[0].ID != want || len(text.Parts) != 3 {
			t.Errorf("%s: %+v", want, text)
		}
	}
	long := Comment{Author: timur.ID, Text: strings.Repeat("x", 5000), Visibility: ForInternal}
	parts := s.Meanwhile(r, []Comment{all[5], long}, tenOClock).Parts
	if last := parts[len(parts)-1]; len([]rune(last.Text)) != maxMeanwhile {
		t.Errorf("%d characters are shown", len([]rune(last.Text)))
	}
}

func TestAnsweringEndsWhenTheRequestIsSomebodyElsesTurnOrDone(t *testing.T) {
	for after, stays := range map[State]bool{Open: true, New: true, Waiting: false, Snoozed: false, Solved: false, Closed: false} {
		for _, before := range []State{New, Open, Waiting, Snoozed, Solved} {
			if before == after {
				continue
			}
			r := Request{State: after, Answering: &Answering{Who: dina.ID}}
			r.endAnswering(Request{State: before})
			if (r.Answering != nil) != stays {
				t.Errorf("%s to %s: %v", before, after, r.Answering)
			}
		}
	}
}
