package bot

import (
	"testing"
	"time"
)

// knows is a messenger that knows some people and channels.
type knows struct {
	people   map[string]Profile
	channels map[string]Audience
}

func (k knows) Profile(id string) (Profile, bool) { p, ok := k.people[id]; return p, ok }
func (k knows) Audience(p Place) (Audience, bool) { a, ok := k.channels[p.Channel]; return a, ok }

func TestAMessengerCompletesPeopleAndGivesRolesByGroup(t *testing.T) {
	boston, minsk := time.FixedZone("Boston", -5*3600), time.FixedZone("Minsk", 3*3600)
	s := &Settings{
		People: []Person{
			{ID: "slack:U1", IDs: []string{"slack:U1"}, Name: "Vera", Role: Lead, Zone: minsk},
			{ID: "slack:U6", IDs: []string{"slack:U6"}, Name: "U6", Role: Agent},
			{ID: "slack:S1", IDs: []string{"slack:S1"}, Name: "S1", Role: Agent}, {ID: "slack:S2", IDs: []string{"slack:S2"}, Name: "S2", Role: Lead},
		},
		Known: knows{people: map[string]Profile{
			"slack:U1": {Name: "V.", Zone: boston, Language: "ru"},
			"slack:U2": {Name: "Inga", Zone: boston, Groups: []string{"slack:S1"}},
			"slack:U3": {Name: "Timur", Groups: []string{"slack:S1", "slack:S2", "slack:S9"}},
			"slack:U4": {Name: "Gus"},
			"slack:U6": {Name: "Dina"},
		}},
	}
	for id, want := range map[string]Person{
		"slack:U1": {Name: "Vera", Role: Lead, Zone: minsk, Language: "ru"},
		"slack:U2": {Name: "Inga", Role: Agent, Zone: boston},
		"slack:U3": {Name: "Timur", Role: Lead},
		"slack:U4": {Name: "Gus", Role: Outsider},
		"slack:U6": {Name: "Dina", Role: Agent},
		"slack:U5": {Name: "U5", Role: Outsider},
	} {
		got := s.Person(Actor{ID: id})
		if got.Name != want.Name || got.Role != want.Role || got.Zone != want.Zone || got.Language != want.Language {
			t.Errorf("%s: got %+v", id, got)
		}
	}
}

func TestAnOutsiderMakesAnInsideChannelOneThatClientsRead(t *testing.T) {
	at := func(name string) Place { return Place{Adapter: "slack", Channel: name} }
	s := &Settings{
		Channels: []Channel{
			{Name: "a", Place: at("a"), Audience: Inside}, {Name: "b", Place: at("b"), Audience: Inside}, {Name: "c", Place: at("c"), Audience: ForClients},
			{Name: "d", Place: at("d"), Audience: ForClients, LookedUp: true}, {Name: "e", Place: at("e"), Audience: ForClients, LookedUp: true},
			{Name: "f", Place: at("f"), Audience: Inside},
		},
		Known: knows{channels: map[string]Audience{"a": Inside, "b": ForClients, "c": Inside, "d": Inside}},
	}
	for name, want := range map[string]bool{
		"a": true,  // both say so
		"b": false, // somebody has come in
		"c": false, // the configuration says clients
		"d": true,  // looked up
		"e": false, // not looked up yet
		"f": true,  // the configuration says so, and nobody else anything
	} {
		if got := s.Inside(at(name)); got != want {
			t.Errorf("%s: inside is %v", name, got)
		}
	}
}
