package bot

import (
	"strings"
	"time"
)

// Known is what messengers say of people and channels, beside the
// configuration. It answers from memory: the settings are read within
// transactions. What it does not know counts as outside.
type Known interface {
	// Profile is a person by one of their names: "slack:U1".
	Profile(id string) (Profile, bool)
	// Audience is who reads a channel at this moment.
	Audience(p Place) (Audience, bool)
}

// Profile is a person as a messenger shows them.
type Profile struct {
	Name     string
	Zone     *time.Location // nil: not told
	Language Language       // empty: not told
	// Groups are groups of the messenger that the person is in, "slack:S1". One
	// of them that has a role in the configuration gives it to the person.
	Groups []string
}

// known completes a person by what their messenger says: what the configuration
// says comes first.
func (s *Settings) known(p Person, id string) Person {
	if s.Known == nil {
		return p
	}
	profile, ok := s.Known.Profile(id)
	if !ok {
		return p
	}
	if p.Zone == nil {
		p.Zone = profile.Zone
	}
	if p.Language == "" {
		p.Language = profile.Language
	}
	if _, unnamed, _ := strings.Cut(id, ":"); profile.Name != "" && (p.Role == Outsider || p.Name == unnamed) {
		p.Name = profile.Name // of a listed person only where nothing but the id is listed
	}
	if p.Role != Outsider {
		return p
	}
	for _, group := range profile.Groups {
		for _, g := range s.People {
			if g.Is(group) && outranks(g.Role, p.Role) {
				p.Role = g.Role
			}
		}
	}
	return p
}

// outranks reports whether a role stands behind another in [Roles].
func outranks(a, b Role) bool {
	rank := func(r Role) int {
		for i, other := range Roles() {
			if r == other {
				return i
			}
		}
		return -1
	}
	return rank(a) > rank(b)
}

// audience is who reads a channel: what the configuration says, and the
// messenger where it says nothing. One outsider makes an inside channel one that
// clients read, whatever the configuration says.
func (s *Settings) audience(c Channel) Audience {
	if s.Known == nil || c.Audience != Inside && !c.LookedUp {
		return c.Audience
	}
	if seen, ok := s.Known.Audience(c.Place); ok && (c.LookedUp || seen == ForClients) {
		return seen
	}
	return c.Audience
}
