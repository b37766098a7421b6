package faults

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"meridian/bot"
)

// life is one thing that is done, once, with a request that nobody else touches.
type life struct {
	verb string
	on   int64 // the request; the next number is the other one of verbs about two
}

// verbs are what is done with requests, with the words of the command behind
// its name: %s is the request, the second the other one, the last the input's
// own words.
func verbs() map[string]string {
	return map[string]string{
		"take": "%[1]s", "give": "%[1]s Timur", "ask": "%[1]s %[3]s", "reply": "%[1]s %[3]s", "hold": "%[1]s for the hosting", "pause": "%[1]s tomorrow 10:00",
		"merge": "%[1]s %[2]s", "split": "%[1]s", "link": "%[1]s %[2]s", "cause": "%[1]s %[2]s", "tag": "%[1]s printer", "class": "%[1]s expedite", "level": "%[1]s 2",
		"private": "%[1]s", "complaint": "%[1]s", "solve": "%[1]s", "escalate": "%[1]s", "close": "%[1]s %[3]s",
	}
}

// order is that of a map, so that a seed plays the same.
var order = strings.Fields("take give ask reply hold pause merge split link cause tag class level private solve escalate close")

func (l *life) words(text string) string {
	return l.verb + " " + fmt.Sprintf(verbs()[l.verb]+"%.0[1]s%.0[2]s%.0[3]s", bot.RequestID(l.on), bot.RequestID(l.on+1), text)
}

// further begins what a client said later.
const further = "Also "

// furtherWords says something more on each request that is to be split: a split
// begins with what a client said later.
func (l *load) furtherWords(t *testing.T, to *process, url string) {
	t.Helper()
	read(t, url, func(v bot.View) error {
		for all := (&lives{}); ; {
			one := all.next()
			if one == nil {
				return nil
			}
			if one.verb != "split" {
				continue
			}
			r, err := v.Request(one.on)
			if err != nil {
				return err
			}
			in := &input{kind: filed, id: "further" + r.ID()}
			if _, err := l.sayAt(t.Context(), to, in, r.Home, "web:grace", further+in.text()); err != nil {
				return err
			}
		}
	})
}

// livesOn is how many requests have a life, two for each.
const livesOn = 2 * 17 * 12

// lives hands out each life once.
type lives struct {
	mu   sync.Mutex
	done int
}

func (l *lives) next() *life {
	l.mu.Lock()
	defer l.mu.Unlock()
	if 2*l.done >= livesOn {
		return nil
	}
	l.done++
	return &life{verb: order[l.done%len(order)], on: int64(noteOn + 2*l.done - 1)}
}

// checkLife looks for the one line in the audit log that a verb left, and for
// what it made of the request.
func (s *state) checkLife(t *testing.T, in *input) {
	t.Helper()
	verb, id := in.life.verb, bot.RequestID(in.life.on)
	n := s.acts[id+" "+verb]
	once(t, in, "audit lines of "+verb+" on "+id, n)
	r := s.numbers[in.life.on]
	if n == 0 {
		if r.Turn() != 1 {
			t.Errorf("%s on %s: no audit line, and it is %+v", verb, id, r)
		}
		return
	}
	other := s.numbers[in.life.on+1]
	did := map[string]bool{
		"take": r.Assignee == "web:vera", "give": r.Assignee == "web:timur", "ask": r.State == bot.Waiting && r.WaitingFor == "", "reply": !r.AnsweredAt.IsZero(),
		"hold": r.State == bot.Waiting && r.WaitingFor != "", "pause": r.State == bot.Snoozed, "merge": r.State == bot.Closed && r.MergedInto == other.Number,
		"split": len(r.Links) == 1, "link": len(r.Links) == 1 && len(other.Links) == 1, "cause": other.Cause == r.Number, "tag": len(r.Tags) == 1,
		"class": r.Class == bot.Expedite, "level": r.Level == 2, "private": r.Private,
		"solve": r.State == bot.Solved, "escalate": r.Level == 2, "close": r.State == bot.Closed,
	}
	if !did[verb] {
		t.Errorf("%s on %s was done and left %+v", verb, id, r)
	}
	if verb == "ask" || verb == "reply" {
		same(t, in, "comments", s.comments[in.text()], 1)
		same(t, in, "messages to the client", s.roots[in.text()], 1)
	}
}
