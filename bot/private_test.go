package bot

import (
	"slices"
	"testing"
)

// cast is a lead, two agents, an admin and a requester.
func cast() *Settings {
	p := func(id, name string, role Role) Person {
		return Person{ID: "web:" + id, IDs: []string{"web:" + id}, Name: name, Role: role}
	}
	return &Settings{People: []Person{p("root", "Root", Admin), p("inga", "Inga", Agent), p("vera", "Vera", Lead), p("timur", "Timur", Agent), p("owen", "Owen", Requester)}}
}

func TestAPrivateRequestIsReadByWhomItNames(t *testing.T) {
	s := cast()
	inga, _ := s.Named("Inga")
	timur, _ := s.Named("Timur")
	r := Request{Number: 1, State: Open, Requester: "web:owen"}
	if err := r.Seclude([]Person{inga, timur, inga}); err != nil || !slices.Equal(r.Readers, []string{"web:inga", "web:timur"}) {
		t.Fatalf("%v: readers %q", err, r.Readers)
	}
	for _, p := range s.People {
		if !p.Sees(r) {
			t.Errorf("%s does not see it", p.Name)
		}
	}
	if got := refusedID(r.Seclude([]Person{inga})); got != "refuse.private_already" || len(r.Readers) != 2 {
		t.Errorf("again: %q, %q", got, r.Readers)
	}
	if err := r.Publish(); err != nil || r.Private || r.Readers != nil {
		t.Errorf("%v: %+v", err, r)
	}
	if got := refusedID(r.Publish()); got != "refuse.not_private" {
		t.Errorf("again: %q", got)
	}
}

func TestAComplaintIsALeads(t *testing.T) {
	s := cast()
	inga, _ := s.Named("Inga")
	root, _ := s.Named("Root")
	for name, tt := range map[string]struct {
		assignee string
		by       Person
		want     string
	}{
		"nobody's":      {"", inga, "web:vera"},
		"an agent's":    {"web:inga", inga, "web:vera"},
		"a lead's":      {"web:vera", root, "web:vera"},
		"by an admin":   {"web:inga", root, "web:root"},
		"an outsider's": {"web:gone", inga, "web:vera"},
	} {
		r := Request{Number: 1, State: New, Assignee: tt.assignee}
		keeper, ok := s.Keeper(r, tt.by)
		if err := r.Complain(keeper); !ok || err != nil || r.Assignee != tt.want || !r.Private || r.State != Open || r.Kind != KindComplaint {
			t.Errorf("%s: %v %+v", name, err, r)
		}
		if got := refusedID(r.Complain(keeper)); got != "refuse.complaint_already" {
			t.Errorf("%s: again %q", name, got)
		}
	}
	if _, ok := (&Settings{People: []Person{inga}}).Keeper(Request{}, inga); ok {
		t.Error("where there is no lead somebody keeps it")
	}
}

func TestAPrivateConversationGoesOnAmongWhoHasItAndItsReaders(t *testing.T) {
	s := cast()
	for name, tt := range map[string]struct {
		r    Request
		want string
	}{
		"assignee":          {Request{Assignee: "web:inga"}, "Inga"},
		"and readers":       {Request{Assignee: "web:inga", Readers: []string{"web:inga", "web:timur"}}, "Inga Timur"},
		"readers alone":     {Request{Readers: []string{"web:timur"}}, "Timur"},
		"nobody":            {Request{}, "Vera"},
		"who left the team": {Request{Assignee: "web:owen", Readers: []string{"web:gone"}}, "Vera"},
	} {
		got := ""
		for _, p := range s.Confidants(tt.r) {
			got += " " + p.Name
		}
		if got != " "+tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
	s.People = slices.DeleteFunc(s.People, func(p Person) bool { return p.Role == Lead })
	if got := s.Leads(); len(got) != 1 || got[0].Name != "Root" {
		t.Errorf("without leads: %v", got)
	}
}
