package bot

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// crowd are the requests of a property test, R-1 and on.
type crowd []Request

func newCrowd(n int) crowd {
	all := make(crowd, n)
	for i := range all {
		all[i] = Request{Number: int64(i + 1), State: Open, Level: 1, Requester: fmt.Sprintf("web:p%d", i%3), Client: "Harbor"}
	}
	return all
}

func (c crowd) clone() crowd {
	out := slices.Clone(c)
	for i := range out {
		out[i].Links, out[i].CauseOf = slices.Clone(out[i].Links), slices.Clone(out[i].CauseOf)
		out[i].Merged, out[i].With = slices.Clone(out[i].Merged), slices.Clone(out[i].With)
	}
	return out
}

// family counts all that go on in a request.
func (c crowd) family(n int64) (count int) {
	for _, m := range c[n-1].Merged {
		count += 1 + c.family(m)
	}
	return count
}

// String writes what ties the requests.
func (c crowd) String() string {
	var s string
	for _, r := range c {
		s += fmt.Sprintf("%s %s links %v cause %d of %v into %d merged %v with %q\n", r.ID(), r.State, r.Links, r.Cause, r.CauseOf, r.MergedInto, r.Merged, sorted(r.With))
	}
	return s
}

func sorted(s []string) []string { return slices.Sorted(slices.Values(s)) }

// do ties two requests in one of the ways.
func (c crowd) do(how string, a, b int64) *Error {
	one, other := &c[a-1], &c[b-1]
	if a == b {
		copied := c[b-1]
		other = &copied
	}
	switch how {
	case "link":
		return Tie(one, other)
	case "unlink":
		return Untie(one, other)
	case "cause":
		return Because(one, other)
	}
	return one.MergeInto(other, true, c.family(a)+c.family(b), time.Unix(1, 0))
}

// agrees says where two requests tell different things of each other.
func (c crowd) agrees() string {
	for _, a := range c {
		for _, b := range c {
			has := func(list []int64, n int64) bool { return slices.Contains(list, n) }
			switch {
			case has(a.Links, b.Number) != has(b.Links, a.Number):
				return fmt.Sprintf("links of %s and %s", a.ID(), b.ID())
			case (a.Cause == b.Number) != has(b.CauseOf, a.Number):
				return fmt.Sprintf("the cause of %s and %s", a.ID(), b.ID())
			case (a.MergedInto == b.Number) != has(b.Merged, a.Number):
				return fmt.Sprintf("%s merged into %s", a.ID(), b.ID())
			case a.Number == b.Number && (has(a.Links, a.Number) || a.Cause == a.Number || a.MergedInto == a.Number):
				return a.ID() + " is tied to itself"
			}
		}
		if a.Cause != 0 && len(a.CauseOf) > 0 {
			return a.ID() + " is a cause and has one"
		}
		if a.MergedInto != 0 && a.State != Closed {
			return a.ID() + " goes on elsewhere and is open"
		}
		for n, hops := a.Number, 0; c[n-1].MergedInto != 0; n, hops = c[n-1].MergedInto, hops+1 {
			if hops > len(c) {
				return a.ID() + " goes round in a circle"
			}
		}
	}
	return ""
}

// Whatever is tied to what, in whatever order, each says of the other what the
// other says of it, no circle comes about, and a refusal changes nothing.
func TestRequestsThatBelongTogetherAgreeAboutIt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := newCrowd(6)
		for range rapid.IntRange(1, 30).Draw(t, "length") {
			how := rapid.SampledFrom([]string{"link", "unlink", "cause", "merge"}).Draw(t, "how")
			a, b := rapid.Int64Range(1, 6).Draw(t, "a"), rapid.Int64Range(1, 6).Draw(t, "b")
			before := all.clone()
			refused := all.do(how, a, b)
			if refused != nil && !reflect.DeepEqual(all, before) {
				t.Fatalf("%s R-%d R-%d was refused (%v) and changed\n%s\nto\n%s", how, a, b, refused, before, all)
			}
			if why := all.agrees(); why != "" {
				t.Fatalf("after %s R-%d R-%d: %s:\n%s", how, a, b, why, all)
			}
			if refused != nil {
				continue
			}
			undone := all.clone()
			undone[a-1].Restore(before[a-1])
			for _, n := range undone[a-1].Untied(all[a-1]) {
				undone[a-1].Mirror(&undone[n-1])
			}
			if how == "merge" { // what the other took over of it stays
				undone[b-1].Assignee, undone[b-1].State = before[b-1].Assignee, before[b-1].State
			}
			if undone.String() != before.String() {
				t.Fatalf("%s R-%d R-%d undone is\n%s\nnot\n%s", how, a, b, undone, before)
			}
		}
	})
}

func TestWhatMustNotBecomeOneIsRefusedWithTheWayOut(t *testing.T) {
	request := func(n int64, change func(r *Request)) Request {
		r := Request{Number: n, State: Open, Level: 1, Requester: "web:owen"}
		if change != nil {
			change(&r)
		}
		return r
	}
	for name, tt := range map[string]struct {
		a, b func(r *Request)
		want string
	}{
		"both open":               {nil, nil, ""},
		"closed into open":        {func(r *Request) { r.State = Closed }, nil, ""},
		"solved into open":        {func(r *Request) { r.State = Solved }, nil, ""},
		"closed into solved":      {func(r *Request) { r.State = Closed }, func(r *Request) { r.State = Solved }, ""},
		"open into solved":        {nil, func(r *Request) { r.State = Solved }, "refuse.merge_solved"},
		"open into closed":        {nil, func(r *Request) { r.State = Closed }, "refuse.merge_closed"},
		"solved into closed":      {func(r *Request) { r.State = Solved }, func(r *Request) { r.State = Closed }, "refuse.merge_closed"},
		"twice":                   {func(r *Request) { r.State, r.MergedInto = Closed, 2 }, nil, "refuse.goes_on"},
		"into another as well":    {func(r *Request) { r.State, r.MergedInto = Closed, 3 }, nil, "refuse.goes_on"},
		"in a circle":             {nil, func(r *Request) { r.State, r.MergedInto = Closed, 1 }, "refuse.goes_on"},
		"into what is merged":     {nil, func(r *Request) { r.State, r.MergedInto = Closed, 3 }, "refuse.merged_on"},
		"private into open":       {func(r *Request) { r.Private = true }, nil, "refuse.merge_private"},
		"open into private":       {nil, func(r *Request) { r.Private = true }, ""},
		"private into private":    {func(r *Request) { r.Private = true }, func(r *Request) { r.Private = true }, ""},
		"what is a cause":         {func(r *Request) { r.CauseOf = []int64{3} }, nil, "refuse.merge_cause"},
		"what waits for a cause":  {func(r *Request) { r.Cause = 3 }, nil, ""},
		"into one that is linked": {func(r *Request) { r.Links = []int64{2} }, func(r *Request) { r.Links = []int64{1} }, ""},
	} {
		a, b := request(1, tt.a), request(2, tt.b)
		if got := refusal(a.MergeInto(&b, true, 0, time.Unix(1, 0))); got != tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
	a, b := request(1, nil), request(2, nil)
	if got := refusal(a.MergeInto(&b, false, 0, time.Unix(1, 0))); got != "refuse.merge_clients" {
		t.Errorf("of different clients: %q", got)
	}
	if got := refusal(a.MergeInto(&b, true, MaxMerged, time.Unix(1, 0))); got != "refuse.merge_many" {
		t.Errorf("too many: %q", got)
	}
}

func refusal(err *Error) string {
	if err == nil {
		return ""
	}
	return err.Text.Parts[0].ID
}

func TestWhoHadAMergedRequestHasTheOtherIfNobodyElse(t *testing.T) {
	for _, tt := range []struct {
		state State
		had   string
		want  string
		after State
	}{
		{New, "", "web:inga", Open},
		{Open, "web:timur", "web:timur", Open},
		{Waiting, "web:timur", "web:timur", Waiting},
	} {
		a := Request{Number: 1, State: Open, Assignee: "web:inga", Requester: "web:owen"}
		b := Request{Number: 2, State: tt.state, Assignee: tt.had, Requester: "web:grace"}
		if refused := a.MergeInto(&b, true, 0, time.Unix(1, 0)); refused != nil || b.Assignee != tt.want || b.State != tt.after {
			t.Errorf("%s of %q: %s of %q, %v", tt.state, tt.had, b.State, b.Assignee, refused)
		}
		if a.State != Closed || a.ClosedAt.IsZero() || !slices.Equal(b.With, []string{"web:owen"}) {
			t.Errorf("%+v goes on in %+v", a, b)
		}
	}
}

func TestThoseWhoseRequestsGoOnOwnTheOtherUnlessItIsPrivate(t *testing.T) {
	owen, eve := Person{ID: "web:owen", IDs: []string{"web:owen"}, Role: Requester}, Person{ID: "web:eve", IDs: []string{"web:eve"}, Role: Requester}
	r := Request{Number: 2, State: Solved, Requester: "web:grace", With: []string{"web:owen"}}
	if !owen.Owns(r) || !owen.Sees(r) || !owen.May(ActConfirm, r) || owen.May(ActSolve, r) {
		t.Error("Owen does not own what his request goes on in, or too much")
	}
	if eve.Owns(r) || eve.Sees(r) {
		t.Error("somebody else does")
	}
	r.Private = true
	if owen.Owns(r) || owen.Sees(r) {
		t.Error("Owen reads what is private")
	}
}

func TestACauseHasALimit(t *testing.T) {
	cause := Request{Number: 1, State: Open}
	for n := int64(2); n <= MaxTogether; n++ {
		effect := Request{Number: n, State: Open}
		if refused := Because(&cause, &effect); refused != nil {
			t.Fatal(n, refused)
		}
	}
	effect := Request{Number: 99, State: Open}
	if got := refusal(Because(&cause, &effect)); got != "refuse.cause_of_many" || effect.Cause != 0 {
		t.Errorf("one more: %q, %+v", got, effect)
	}
}

func TestWhatIsPrivateIsTiedToNothingThatOthersRead(t *testing.T) {
	for _, tie := range []func(a, b *Request) *Error{Tie, Because} {
		a, b := Request{Number: 1, State: Open, Private: true}, Request{Number: 2, State: Open}
		if refusal(tie(&a, &b)) != "refuse.private_with" || refusal(tie(&b, &a)) != "refuse.private_with" {
			t.Error("a private request is tied to an open one")
		}
		b.Private = true
		if refused := tie(&a, &b); refused != nil {
			t.Error(refused)
		}
	}
}

func TestOnlyTheSamePeopleAndCompaniesMayBecomeOne(t *testing.T) {
	s := &Settings{
		Channels: []Channel{{Name: "in", Place: Place{Adapter: "web", Channel: "in"}, Audience: Inside}, {Name: "out", Place: Place{Adapter: "web", Channel: "out"}}},
		People:   []Person{{ID: "web:grace", IDs: []string{"web:grace", "email:g@h.example"}, Name: "Grace"}},
	}
	in, out := Place{Adapter: "web", Channel: "in"}, Place{Adapter: "web", Channel: "out"}
	for _, tt := range []struct {
		a, b Request
		want bool
	}{
		{Request{Requester: "web:grace"}, Request{Requester: "email:g@h.example"}, true},
		{Request{Requester: "web:a", Client: "Harbor"}, Request{Requester: "web:b", Client: "Harbor"}, true},
		{Request{Requester: "web:a", Client: "Harbor"}, Request{Requester: "web:b", Client: "Larkspur"}, false},
		{Request{Requester: "web:a"}, Request{Requester: "web:b"}, false},
		{Request{Requester: "web:a", Home: in, Desk: in}, Request{Requester: "web:b", Home: in, Desk: in}, true},
		{Request{Requester: "web:a", Home: out, Desk: out}, Request{Requester: "web:b", Home: out, Desk: out}, false},
		{Request{Requester: "web:a", Home: in, Desk: in}, Request{Requester: "web:b", Home: out, Desk: in}, false},
	} {
		if got := s.Kin(tt.a, tt.b); got != tt.want {
			t.Errorf("%+v and %+v: %v", tt.a, tt.b, got)
		}
	}
}

// merges is a view that knows requests alone.
type merges struct {
	View
	all map[int64]Request
}

func (m merges) Request(n int64) (Request, error) {
	if r, ok := m.all[n]; ok {
		return r, nil
	}
	return Request{}, ErrNotFound
}

func TestWhatGoesOnIsFoundThroughSeveralMergesAndNeverForEver(t *testing.T) {
	v := merges{all: map[int64]Request{
		1: {Number: 1, MergedInto: 2}, 2: {Number: 2, MergedInto: 3, Merged: []int64{1}}, 3: {Number: 3, Merged: []int64{2, 5}},
		4: {Number: 4, MergedInto: 99}, 5: {Number: 5, MergedInto: 3}, 6: {Number: 6, MergedInto: 7}, 7: {Number: 7, MergedInto: 6},
	}}
	for n, want := range map[int64]int64{1: 3, 2: 3, 3: 3, 4: 4, 5: 3} {
		if r, err := GoesOn(v, v.all[n]); err != nil || r.Number != want {
			t.Errorf("R-%d goes on in R-%d, %v, want R-%d", n, r.Number, err, want)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	if _, err := GoesOn(v, v.all[6]); err != nil || ctx.Err() != nil {
		t.Error("a circle in the store is followed for ever", err)
	}
	family, err := Family(v, v.all[3])
	if err != nil || len(family) != 3 || family[0].Number != 1 || family[2].Number != 5 {
		t.Errorf("in R-3 go on %+v, %v", family, err)
	}
}
