package bot

import (
	"strings"
	"testing"
)

// rights is the whole table of role x action, as a lead would write it down:
// A all requests, C those of one's clients, O one's own, - nothing.
const rights = `
           file list show comment take escalate note reply solve confirm close reopen undo alert help operate find give ask hold pause merge split link sort level private lift client rules join prefer faq article nudge digest switch sample
outsider   A    O    O    O       -    -        -    -     -     O       -     O      O    -     A    -    O - - - - - - - - - - - - - O - A - - - - -
requester  A    O    O    O       -    -        -    -     -     O       -     O      O    -     A    -    O - - - - - - - - - - - - - O - A - O - - -
partner    A    C    C    C       C    C        -    C     -     C       -     C      C    -     A    -    C - C - - - - - - - - - C - O - A - O - - -
agent      A    A    A    A       A    A        A    A     A     -       -     A      A    A     A    -    A A A A A A A A A - A - A - O A A A A A - A
lead       A    A    A    A       A    A        A    A     A     A       A     A      A    A     A    A    A A A A A A A A A A A A A A A A A A A A A A
admin      A    A    A    A       A    A        A    A     A     A       A     A      A    A     A    A    A A A A A A A A A A A A A A A A A A A A A A
`

// who is the person of the tests below, and whose the requests are.
var relations = map[string]Request{
	"own":             {Number: 1, Requester: "web:who", Client: "Harbor"},
	"own private":     {Number: 1, Requester: "web:who", Client: "Harbor", Private: true},
	"company":         {Number: 1, Requester: "web:colleague", Client: "harbor"},
	"company private": {Number: 1, Requester: "web:colleague", Client: "Harbor", Private: true},
	"other":           {Number: 1, Requester: "web:stranger", Client: "Larkspur"},
	"other private":   {Number: 1, Requester: "web:stranger", Client: "Larkspur", Private: true},
	"given private":   {Number: 1, Requester: "web:stranger", Client: "Larkspur", Private: true, Assignee: "web:who"},
	"of nobody":       {Number: 1},
}

// reached says which requests each letter of the table reaches.
var reached = map[string]string{
	"A":       "own, own private, company, company private, other, other private, given private, of nobody",
	"A agent": "own, own private, company, other, given private, of nobody",
	"C":       "own, own private, company",
	"O":       "own, own private",
	"-":       "",
}

func TestEveryCellOfTheRoleTable(t *testing.T) {
	lines := strings.Split(strings.TrimSpace(rights), "\n")
	actions := strings.Fields(lines[0])
	if len(actions) != len(Actions()) || len(lines)-1 != len(Roles()) {
		t.Fatalf("the table has %d actions and %d roles, the desk %d and %d", len(actions), len(lines)-1, len(Actions()), len(Roles()))
	}
	for i, a := range Actions() {
		if actions[i] != string(a) {
			t.Fatalf("action %d is %q here and %q there", i, actions[i], a)
		}
	}
	for i, line := range lines[1:] {
		cells := strings.Fields(line)
		role := Roles()[i]
		if cells[0] != string(role) {
			t.Fatalf("role %d is %q here and %q there", i, cells[0], role)
		}
		for j, letter := range cells[1:] {
			cell(t, role, Actions()[j], letter)
		}
	}
}

func cell(t *testing.T, role Role, a Action, letter string) {
	t.Helper()
	p := Person{ID: "web:who", IDs: []string{"web:who"}, Role: role, Client: "Harbor"}
	reach := reached[letter]
	if letter == "A" && role == Agent {
		reach = reached["A agent"]
	}
	if got := p.May(a, Request{}); got != (letter != "-") {
		t.Errorf("%s may %s without a request: %v", role, a, got)
	}
	for name, r := range relations {
		want := false
		for one := range strings.SplitSeq(reach, ", ") {
			want = want || one == name
		}
		if got := p.May(a, r); got != want {
			t.Errorf("%s may %s a request that is %s: %v", role, a, name, got)
		}
		if a == ActShow && p.Sees(r) != want {
			t.Errorf("%s sees a request that is %s: %v", role, name, !want)
		}
	}
}

func TestWhatIsInNoTableIsRefused(t *testing.T) {
	for _, r := range append(Roles(), "", "king") {
		for _, a := range append(Actions(), "", "dance") {
			known := r != "" && r != "king" && a != "" && a != "dance"
			if got := Rights(r, a); !known && got != None {
				t.Errorf("%q may %q: %v", r, a, got)
			}
		}
	}
	nobody := Person{Role: Requester}
	if nobody.Sees(Request{Number: 1}) || nobody.Is("") {
		t.Error("a person without a name owns what is nobody's")
	}
	if (Person{ID: "web:p", Role: Partner}).Sees(Request{Number: 1}) {
		t.Error("a partner without a client sees requests without one")
	}
}
