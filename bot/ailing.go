package bot

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// WhatAdapter is what a [Changed] says that tells of the adapter itself: that the
// outside refuses it, or takes it again.
const WhatAdapter = "adapter"

// Ailment says that the outside refuses an adapter, so that nothing of it comes
// in and what is to be sent waits. The zero value: it is well.
type Ailment struct {
	Adapter string
	Why     string    // in the outside's own word, such as "token_revoked"
	Since   time.Time // when it was noticed
}

// ailmentMark begins the names under which ailments are kept.
const ailmentMark = "ailing:"

// AilmentOf is what an adapter suffers from, as the desk was told last.
func AilmentOf(v View, adapter string) (Ailment, error) {
	mark, err := v.Mark(ailmentMark + adapter)
	since, why, ok := strings.Cut(mark, " ")
	ms, bad := strconv.ParseInt(since, 10, 64)
	if err != nil || !ok || bad != nil {
		return Ailment{}, err
	}
	return Ailment{adapter, why, time.UnixMilli(ms).UTC()}, nil
}

// SaveAilment keeps what an adapter suffers from, or with an empty Why that it is
// well.
func SaveAilment(tx Tx, a Ailment) error {
	mark := ""
	if a.Why != "" {
		mark = itoa(a.Since.UnixMilli()) + " " + a.Why
	}
	return tx.SaveMark(ailmentMark+a.Adapter, mark)
}

// Key names the ailment from its beginning to its end.
func (a Ailment) Key() string { return ailmentMark + a.Adapter + ":" + itoa(a.Since.UnixMilli()) }

// Text says what is wrong, how much waits, and what to do.
func (a Ailment) Text(waiting int) Text {
	since, what := At(a.Since), Quote(AdapterName(a.Adapter))
	if scope, lacks := strings.CutPrefix(a.Why, LacksScope); lacks {
		return Say("ailing.scope", "Place", what, "Since", since, "Words", Code(scope), "Count", waiting)
	}
	return Say("ailing.token", "Place", what, "Since", since, "Reason", Code(a.Why), "Count", waiting)
}

// LacksScope begins the reason of an adapter that may not do everything it needs;
// behind it stands what it lacks.
const LacksScope = "missing_scope: "

// AdapterName is what people call what is behind an adapter.
func AdapterName(adapter string) string {
	if adapter == "" {
		return ""
	}
	return strings.ToUpper(adapter[:1]) + adapter[1:]
}

// mostWaiting is how many waiting deliveries are counted.
const mostWaiting = 1000

// WaitingFor counts what is to be sent by an adapter, up to a thousand.
func WaitingFor(v View, adapter string) (int, error) {
	all, err := v.WaitingDeliveries(adapter, 0, mostWaiting)
	return len(all), err
}

// Ailing says what the messengers suffer from in which the desk has channels.
// Only the team reads it.
func (p Pages) Ailing() ([]Text, error) {
	if !p.who.Team() {
		return nil, nil
	}
	var out []Text
	for _, adapter := range p.v.Settings().messengers() {
		a, err := AilmentOf(p.v, adapter)
		if err != nil {
			return nil, err
		}
		if a.Why == "" {
			continue
		}
		waiting, err := WaitingFor(p.v, adapter)
		if err != nil {
			return nil, err
		}
		out = append(out, a.Text(waiting))
	}
	return out, nil
}

// Ailment is what an adapter suffers from, as it told last. It tells nothing of
// any request, so that the adapter may ask.
func (p Pages) Ailment(adapter string) (Ailment, error) { return AilmentOf(p.v, adapter) }

// messengers are the adapters in which the desk has channels, each once.
func (s *Settings) messengers() (out []string) {
	for _, c := range s.Channels {
		if !slices.Contains(out, c.Place.Adapter) {
			out = append(out, c.Place.Adapter)
		}
	}
	return out
}
