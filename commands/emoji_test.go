package commands_test

import (
	"fmt"
	"testing"
	"time"

	"meridian/bot"
)

// emojiStep is an emoji that somebody puts on one of the two messages that stand
// for a request, or takes away, and what has become of the request by then.
type emojiStep struct {
	who, emoji string
	on         string // "card" or "first"
	removed    bool
	wait       time.Duration // before it
	refused    string
	state      bot.State
	assignee   string
}

func puts(who, emoji, on, refused string, state bot.State, assignee string) emojiStep {
	return emojiStep{who: who, emoji: emoji, on: on, refused: refused, state: state, assignee: assignee}
}

func removes(who, emoji, on, refused string, state bot.State, assignee string) emojiStep {
	return emojiStep{who: who, emoji: emoji, on: on, removed: true, refused: refused, state: state, assignee: assignee}
}

// An emoji is an act of whoever puts it, on whichever of the two messages it
// stands. Taken away within the time it takes back what it did, once, if it was
// the last act; what was refused did nothing, and so does taking it away. Nobody
// takes back what another did.
func TestAnEmojiIsTheActOfWhoeverPutsIt(t *testing.T) {
	const eyes, check = "eyes", "white_check_mark"
	late := removes("inga", eyes, "card", "refused: refuse.too_late", bot.Open, "web:inga")
	late.wait = 11 * time.Minute
	for name, steps := range map[string][]emojiStep{
		"the second comes too late, and does not inherit": {
			puts("inga", eyes, "card", "", bot.Open, "web:inga"), puts("timur", eyes, "card", "", bot.Open, "web:inga"),
			removes("inga", eyes, "card", "", bot.New, ""), removes("timur", eyes, "card", "", bot.New, ""), puts("timur", eyes, "card", "", bot.Open, "web:timur"),
		},
		"both solve": {
			puts("inga", check, "card", "", bot.Solved, "web:inga"), puts("timur", check, "card", "refused: refuse.ended", bot.Solved, "web:inga"),
			removes("timur", check, "card", "", bot.Solved, "web:inga"), removes("inga", check, "card", "", bot.New, ""),
		},
		"one person on both messages": {
			puts("inga", eyes, "card", "", bot.Open, "web:inga"), puts("inga", eyes, "first", "refused: refuse.yours", bot.Open, "web:inga"),
			removes("inga", eyes, "first", "", bot.Open, "web:inga"), removes("inga", eyes, "card", "", bot.New, ""),
		},
		"what another put": {
			puts("inga", eyes, "first", "", bot.Open, "web:inga"), removes("timur", eyes, "first", "", bot.Open, "web:inga"),
			removes("owen", eyes, "first", "", bot.Open, "web:inga"),
		},
		"after its time": {puts("inga", eyes, "card", "", bot.Open, "web:inga"), late},
		"twice": {
			puts("inga", eyes, "card", "", bot.Open, "web:inga"), removes("inga", eyes, "card", "", bot.New, ""), removes("inga", eyes, "card", "", bot.New, ""),
		},
		"of who may not": {
			puts("owen", eyes, "first", "refused: refuse.denied", bot.New, ""), removes("owen", eyes, "first", "", bot.New, ""), puts("inga", eyes, "first", "", bot.Open, "web:inga"),
		},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			d.must(addressed("owen", "first", "Checkout fails"))
			d.change(func(tx bot.Tx) error {
				return tx.LinkMessage(channel("desk"), "card", 1, bot.FaceDesk, bot.CardKey(1))
			})
			for i, s := range steps {
				d.later += s.wait
				at := channel("desk")
				if s.on == "first" {
					at = channel("support")
				}
				_, err := d.do(bot.Event{Place: at, Message: s.on, Actor: actor(s.who), At: time.Now().Add(d.later),
					Body: bot.Reacted{Emoji: s.emoji, Removed: s.removed}})
				r, what := d.request(1), fmt.Sprintf("%d. %s, %s on the %s, removed: %v", i+1, s.who, s.emoji, s.on, s.removed)
				if got := d.refusal(err); got != s.refused {
					t.Errorf("%s: %q, want %q", what, got, s.refused)
				}
				if r.State != s.state || r.Assignee != s.assignee {
					t.Errorf("%s: it is %s of %q, want %s of %q", what, r.State, r.Assignee, s.state, s.assignee)
				}
			}
		})
	}
}
