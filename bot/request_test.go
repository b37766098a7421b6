package bot

import (
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// step is one of the things that can be done to a request, as a test draws it.
type step struct {
	name string
	do   func(r *Request, now time.Time) *Error
}

func steps(who Person) []step {
	return []step{
		{"take", func(r *Request, _ time.Time) *Error { return r.Take(who) }},
		{"escalate", func(r *Request, _ time.Time) *Error { return r.Escalate() }},
		{"solve", func(r *Request, now time.Time) *Error { return r.Solve(who, now) }},
		{"confirm", func(r *Request, _ time.Time) *Error { return r.Confirm() }},
		{"close", func(r *Request, now time.Time) *Error { return r.Close(now) }},
		{"reopen", func(r *Request, _ time.Time) *Error { return r.Reopen() }},
		{"take back", func(r *Request, _ time.Time) *Error {
			if r.State == Solved { // it is only asked for then
				r.TakeBack()
			}
			return nil
		}},
		{"wait", func(r *Request, _ time.Time) *Error {
			if r.State == Open {
				r.State = Waiting
			}
			return nil
		}},
	}
}

// Whatever people do in whatever order, a request stays one that makes sense,
// and a refusal changes nothing.
func TestARequestStaysSoundWhateverIsDoneToIt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		now := time.Date(2026, 3, 3, 10, 0, 0, 0, time.UTC)
		r := Request{Number: 1, State: New, Level: 1, Class: Standard}
		for range rapid.IntRange(1, 40).Draw(t, "length") {
			now = now.Add(time.Minute)
			who := Person{ID: rapid.SampledFrom([]string{"web:inga", "web:timur"}).Draw(t, "who")}
			s := rapid.SampledFrom(steps(who)).Draw(t, "step")
			before := r
			refused := s.do(&r, now)
			if refused != nil && !reflect.DeepEqual(r, before) {
				t.Fatalf("%s was refused (%v) and changed %+v to %+v", s.name, refused, before, r)
			}
			sound(t, s.name, before, r)
		}
	})
}

func sound(t *rapid.T, did string, before, r Request) {
	fail := func(why string) { t.Fatalf("after %s: %s: %+v", did, why, r) }
	switch {
	case r.Level < 1 || r.Level > MaxLevel || r.Level < before.Level || r.Level > before.Level+1:
		fail("the level jumps")
	case r.Returns != before.Returns && (did != "reopen" || r.Returns != before.Returns+1):
		fail("it came back without a re-open")
	case r.State == New && r.Assignee != "":
		fail("it is new and somebody's")
	case r.State == Solved && (r.Assignee == "" || r.SolvedAt.IsZero()):
		fail("it is solved by nobody, or never")
	case r.State == Closed && r.ClosedAt.IsZero():
		fail("it is closed at no time")
	case !r.Ended() && (r.Confirmed || !r.SolvedAt.IsZero() || !r.ClosedAt.IsZero()):
		fail("it is open and keeps marks of its end")
	case before.Assignee != "" && r.Assignee == "":
		fail("its holder is lost")
	case r.Class != before.Class || r.CreatedAt != before.CreatedAt:
		fail("age or class has changed")
	}
	known := false
	for _, s := range []State{New, Open, Waiting, Snoozed, Solved, Closed} {
		known = known || r.State == s
	}
	if !known {
		fail("the state is none")
	}
}

// Every state that people can bring about can be reached and left.
func TestEveryStepIsAllowedFromSomewhereAndRefusedFromSomewhere(t *testing.T) {
	who, now := Person{ID: "web:inga"}, time.Now()
	for _, s := range steps(who)[:6] {
		allowed, refused := 0, 0
		for _, state := range []State{New, Open, Waiting, Snoozed, Solved, Closed} {
			for level := 1; level <= MaxLevel; level++ {
				r := Request{Number: 1, State: state, Level: level}
				if s.do(&r, now) == nil {
					allowed++
				} else {
					refused++
				}
			}
		}
		if allowed == 0 || refused == 0 {
			if s.name != "take" || refused == 0 {
				t.Errorf("%s is allowed %d times and refused %d times", s.name, allowed, refused)
			}
		}
	}
}

func TestTakeBackIsNoReturnAndReopenIsOne(t *testing.T) {
	who, now := Person{ID: "web:inga"}, time.Now()
	for _, holder := range []string{"", "web:timur"} {
		r := Request{Number: 1, State: New, Level: 2, Assignee: holder}
		if holder != "" {
			r.State = Open
		}
		if err := r.Solve(who, now); err != nil {
			t.Fatal(err)
		}
		solved := r
		r.TakeBack()
		if r.State != Open || r.Returns != 0 || r.Level != 2 || r.Assignee != solved.Assignee || !r.SolvedAt.IsZero() {
			t.Errorf("taken back: %+v", r)
		}
		r = solved
		if err := r.Reopen(); err != nil || r.State != Open || r.Returns != 1 || r.Level != 2 {
			t.Errorf("re-opened: %+v, %v", r, err)
		}
	}
	r := Request{Number: 1, State: New, Level: 1}
	if err := r.Close(now); err != nil {
		t.Fatal(err)
	}
	if err := r.Reopen(); err != nil || r.State != New {
		t.Errorf("a request of nobody re-opened: %+v, %v", r, err)
	}
}

func TestNumbersOfRequestsAreReadStrictly(t *testing.T) {
	for s, want := range map[string]int64{
		"R-12": 12, "r-12": 12, "R12": 12, "r12": 12, "12": 12, " 12\t": 12, "1": 1, "123456789012345": 123456789012345,
		"": 0, " ": 0, "R": 0, "R-": 0, "r--1": 0, "0": 0, "R-0": 0, "007": 0, "-1": 0, "+1": 0, "R-+1": 0, "1.5": 0, "1e3": 0, "0x1f": 0, "1_000": 0,
		"12a": 0, "a12": 0, "R 12": 0, "12 13": 0, "#12": 0, "1234567890123456": 0, "99999999999999999999": 0, "١٢": 0, "１２": 0, "R-12\x00": 0,
		"RR-1": 0, "Я-1": 0,
	} {
		n, ok := ParseRequestID(s)
		if n != want || ok != (want != 0) {
			t.Errorf("ParseRequestID(%q) = %d, %v", s, n, ok)
		}
	}
}

func TestAWordThatWasMeantAsANumberIsRecognised(t *testing.T) {
	for word, want := range map[string]bool{
		"R-12": true, "r12": true, "12": true, "#12": true, "#R-12": true, "-1": true, "R--1": true, "0": true, "R-0": true,
		"99999999999999999999": true, "R-99999999999999999999": true,
		"": false, "R": false, "R-": false, "-": false, "#": false, "r": false, "a": false, "the": false, "12a": false, "R-12,": true, "R-12.": true, "12!": true, ".": false, "R-12?": false, "1.5": false,
		"report": false, "r2d2": false, "١٢": false, "R-12-13": false,
	} {
		if got := looksLikeRequest(word); got != want {
			t.Errorf("looksLikeRequest(%q) = %v", word, got)
		}
	}
}

func FuzzANumberThatIsReadIsWrittenTheSame(f *testing.F) {
	for _, s := range []string{"R-12", "r12", "12", "", "R-", "-1", "99999999999999999999", "0", " 7 ", "R-\x00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n, ok := ParseRequestID(s)
		if !ok {
			if n != 0 && n != math.MaxInt64 {
				t.Errorf("%q is refused and gives %d", s, n)
			}
			return
		}
		if again, ok := ParseRequestID(RequestID(n)); !ok || again != n || n <= 0 {
			t.Errorf("%q is %d, which is written %q", s, n, RequestID(n))
		}
		if !looksLikeRequest(strings.TrimSpace(s)) {
			t.Errorf("%q is a number and does not look like one", s)
		}
	})
}

func TestALengthOfTimeIsWrittenBriefly(t *testing.T) {
	for d, want := range map[time.Duration]string{
		-time.Hour: "1 min", 0: "1 min", time.Second: "1 min", 29 * time.Second: "1 min", 89 * time.Second: "1 min", 90 * time.Second: "2 min", 41 * time.Minute: "41 min",
		59*time.Minute + 29*time.Second: "59 min", 59*time.Minute + 30*time.Second: "1 h", 125 * time.Minute: "2 h 5 min", 24*time.Hour - time.Second: "1 d",
		24 * time.Hour: "1 d", 76*time.Hour + 59*time.Minute: "3 d 4 h", 400 * 24 * time.Hour: "400 d",
	} {
		if got := Duration(d); got != want {
			t.Errorf("Duration(%s) = %q, want %q", d, got, want)
		}
	}
}

func TestPlacesAreReadAsTheyAreWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := Place{
			Adapter: rapid.StringMatching(`[a-z]{1,8}`).Draw(t, "adapter"), Channel: rapid.StringMatching(`[^/]{1,20}`).Draw(t, "channel"),
			Thread: rapid.String().Draw(t, "thread"),
		}
		if got, ok := ParsePlace(p.String()); !ok || got != p {
			t.Fatalf("%+v is written %q and read as %+v", p, p, got)
		}
	})
	for _, s := range []string{"", "web", "web:", ":support", ":", "web:/1"} {
		if p, ok := ParsePlace(s); ok {
			t.Errorf("ParsePlace(%q) = %+v", s, p)
		}
	}
}

func TestATitleIsOneShortLine(t *testing.T) {
	r := Request{Number: 1, Title: "Hello team"}
	if refused := r.Rename(" Invoice \n of March "); refused != nil || r.Title != "Invoice of March" {
		t.Errorf("%q, %v", r.Title, refused)
	}
	for _, title := range []string{"", " \n", strings.Repeat("x", 200)} {
		if refused := r.Rename(title); refused == nil || refused.Field != "title" || r.Title != "Invoice of March" {
			t.Errorf("%q became %q, %v", title, r.Title, refused)
		}
	}
}
