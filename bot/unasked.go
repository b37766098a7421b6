package bot

import (
	"slices"
	"strings"
	"time"
)

// Doing is one thing that the desk does by itself, or does not.
type Doing struct {
	What string // as [Switch] names it
	On   bool
	Text Text
}

// Doings are what the desk does by itself and what it does not, in the order in
// which people ask for it.
func (s *Settings) Doings() []Doing {
	all := []Doing{
		{"filing", !s.NoFiling, Say("unasked.filing")},
		{"cards", !s.NoEdits, Say("unasked.cards")},
	}
	all = append(all, s.intakes()...)
	all = append(all, s.speaks()...)
	switch s.Followup.Silences() {
	case SilentOff:
		all = append(all, Doing{"silent", false, Say("unasked.silent")})
	case SilentDraft:
		all = append(all, Doing{"silent", true, Say("unasked.silent_draft")})
	case SilentAuto:
		all = append(all, Doing{"silent", true, Say("unasked.silent")})
	}
	for _, d := range s.Digests {
		all = append(all, Doing{"digest", true, Say("unasked.digest_to", "When", Quote(time.Time{}.Add(d.At).Format("15:04")), "Place", Quote("#"+d.Name))})
	}
	if len(s.Digests) == 0 {
		all = append(all, Doing{"digest", false, Say("unasked.digest")})
	}
	return append(all, Doing{"pages", false, Say("unasked.pages")})
}

// intakes are what becomes of new messages, by channel.
func (s *Settings) intakes() []Doing {
	in := func(kind Intake) (names []string) {
		for _, c := range s.Channels {
			if c.Intake == kind {
				names = append(names, "#"+c.Name)
			}
		}
		return names
	}
	listed := func(names []string) Part { return Quote(strings.Join(names, ", ")) }
	all := []Doing{{"intake", false, Say("unasked.intake")}}
	if names := in(IntakeAuto); len(names) > 0 {
		all[0] = Doing{"intake", true, Say("unasked.intake_in", "List", listed(names))}
	}
	if names := in(IntakeSuggest); len(names) > 0 {
		all = append(all, Doing{"intake", true, Say("unasked.suggest_in", "List", listed(names))})
	}
	if names := in(IntakeShadow); len(names) > 0 {
		return append(all, Doing{"shadow", true, Say("unasked.shadow_in", "List", listed(names))})
	}
	return append(all, Doing{"shadow", false, Say("unasked.shadow")})
}

// speaks are to whom articles are suggested, by channel.
func (s *Settings) speaks() (all []Doing) {
	for _, rung := range []Speak{SpeakAgents, SpeakAsker, SpeakThread} {
		var names []string
		for _, c := range s.Channels {
			if s.SpeakAt(c.Place) == rung {
				names = append(names, "#"+c.Name)
			}
		}
		if len(names) == 0 {
			continue
		}
		list := Quote(strings.Join(names, ", "))
		switch rung {
		case SpeakAgents:
			all = append(all, Doing{"articles", true, Say("unasked.agents", "List", list)})
		case SpeakAsker:
			all = append(all, Doing{"articles", true, Say("unasked.asker", "List", list)})
		default:
			all = append(all, Doing{"articles", true, Say("unasked.thread", "List", list)})
		}
	}
	if len(all) == 0 {
		return []Doing{{"articles", false, Say("unasked.articles")}}
	}
	return all
}

// DoingLines are those of some kinds, one below the other, with whether each is
// on; no kinds are all.
func (s *Settings) DoingLines(kinds ...string) (t Text) {
	for _, d := range s.Doings() {
		if len(kinds) > 0 && !slices.Contains(kinds, d.What) {
			continue
		}
		if len(t.Parts) > 0 {
			t = t.Plus(Break())
		}
		state := Words("unasked.off")
		if d.On {
			state = Words("unasked.on")
		}
		t = t.Plus(state, Quote(" · ")).Plus(d.Text.Parts...)
	}
	return t
}
