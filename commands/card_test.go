package commands_test

import (
	"slices"
	"testing"
	"time"

	"meridian/bot"
	"meridian/bot/bottest"
	"meridian/commands"
)

// Whatever a card offers can be done: its command is there, and what the button
// leaves open is asked by a form.
func TestEveryButtonOfACardIsACommand(t *testing.T) {
	s := bottest.Team(t)
	all := commands.All()
	now := time.Date(2026, time.March, 4, 20, 0, 0, 0, time.UTC)
	seen := map[string]bool{}
	for _, r := range everyCard(now) {
		m := bot.Card(s, r)
		for _, b := range append(m.Buttons, m.More...) {
			i := slices.IndexFunc(all, func(c bot.Command) bool { return c.Name == b.Act })
			if i < 0 {
				t.Errorf("%s %s offers %q, which is no command", r.State, b.Label.Parts[0].ID, b.Act)
				continue
			}
			seen[b.Act] = true
			wants := slices.ContainsFunc(all[i].Args, func(a bot.Arg) bool { return !a.Optional && a.Kind != bot.ArgRequest })
			if wants && all[i].Form == nil && b.Value == r.ID() {
				t.Errorf("the button %q gives no %v, and there is no form for it", b.Act, all[i].Args)
			}
		}
	}
	for _, act := range []string{"take", "give", "reply", "escalate", "ask", "hold", "pause", "note", "merge", "split", "convert", "client", "complaint",
		"close", "solve", "class", "wake", "confirmed", "remind", "same", "newquestion", "undo", "reopen"} {
		if !seen[act] {
			t.Errorf("no card offers %q", act)
		}
	}
}

// everyCard is a request in each state, on each level, with and without somebody
// who has it.
func everyCard(now time.Time) (all []bot.Request) {
	for _, state := range []bot.State{bot.New, bot.Open, bot.Waiting, bot.Snoozed, bot.Solved, bot.Closed} {
		for level := 1; level <= bot.MaxLevel; level++ {
			for _, who := range []string{"", "web:dina"} {
				r := bot.Request{Number: 1, Title: "t", State: state, Level: level, Class: bot.Standard, Client: "Harbor", Assignee: who,
					CreatedAt: now, UpdatedAt: now, Since: now, SolvedAt: now, LevelSince: now, EscalatedTo: who, Clues: &bot.Clues{Urgent: true}}
				held, back, silent, confirmed := r, r, r, r
				held.WaitingFor = "the hosting"
				back.Returns = 1
				silent.Silence = &bot.Silence{Asked: now, Back: now}
				confirmed.Confirmed = true
				all = append(all, r, held, back, silent, confirmed)
			}
		}
	}
	return all
}
