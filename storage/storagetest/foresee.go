package storagetest

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"meridian/bot"
)

// foresee does the same random writes with and without having foreseen what
// they are about: after each of them all reads must agree.
func foresee(t *testing.T, f Fixture) {
	s := f.open(t, nil)
	for seed := range uint64(12) {
		var plain, foreseen []string
		for _, run := range []struct {
			pictures *[]string
			foresees bool
			end      error
		}{{&plain, false, errWanted}, {&foreseen, true, errWanted}, {&foreseen, true, nil}} {
			*run.pictures = nil
			err := s.Update(t.Context(), func(tx bot.Tx) error {
				w := world{tx: tx, random: rand.New(rand.NewPCG(seed, 0))}
				err := w.live(run.foresees)
				*run.pictures = w.pictures
				return errors.Join(err, run.end)
			})
			if !errors.Is(err, run.end) {
				t.Fatal(err)
			}
			if run.foresees && !slices.Equal(plain, foreseen) {
				t.Fatalf("seed %d: read\n%s\nwithout foresight\n%s", seed, strings.Join(foreseen, "\n"), strings.Join(plain, "\n"))
			}
		}
		view(t, s, func(v bot.View) error {
			same(t, "what was committed", picture(t, v), foreseen[len(foreseen)-1])
			return nil
		})
	}
}

// world is few people and messages, so that writes hit the same ones often.
type world struct {
	tx       bot.Tx
	random   *rand.Rand
	pictures []string
}

var worldPlaces = []bot.Place{
	{Adapter: "web", Channel: "support"}, {Adapter: "web", Channel: "support", Thread: "m0"},
	{Adapter: "web", Channel: "desk"}, {Adapter: "web", Channel: "desk", Thread: "m1"},
}

// worldPeople have ids of all lengths: of one that is long a digest is the key.
var worldPeople = []string{"web:p0", "web:p1", "email:p2@x.example", "web:" + strings.Repeat("long", 200)}

func (w *world) who() string      { return worldPeople[w.random.IntN(len(worldPeople))] }
func (w *world) message() string  { return fmt.Sprintf("m%d", w.random.IntN(4)) }
func (w *world) place() bot.Place { return worldPlaces[w.random.IntN(len(worldPlaces))] }

// live foresees some of it, writes, and undoes some of what it has written.
func (w *world) live(foresees bool) error {
	var events []bot.Event
	for range 1 + w.random.IntN(6) {
		events = append(events, bot.Event{Actor: bot.Actor{ID: w.who()}, Place: w.place(), Message: w.message(), Body: bot.Said{}})
	}
	if foresees {
		if err := w.tx.Foresee(events...); err != nil {
			return err
		}
	}
	for range 8 {
		if err := w.look(); err != nil {
			return err
		}
		err := w.write()
		if w.random.IntN(3) == 0 {
			err = errors.Join(err, w.regret())
		}
		if err != nil {
			return err
		}
	}
	return w.look()
}

func (w *world) regret() error {
	err := w.tx.Savepoint(func() error { return errors.Join(w.write(), w.write(), w.look(), errWanted) })
	if !errors.Is(err, errWanted) || strings.Contains(err.Error(), "\n") {
		return fmt.Errorf("the savepoint: %w", err)
	}
	return nil
}

func (w *world) write() error {
	switch w.random.IntN(6) {
	case 0, 1:
		r := newRequest("a")
		r.Requester, r.Home, r.Desk.Thread = w.who(), w.place(), w.message()
		return w.tx.SaveRequest(&r)
	case 2:
		all, err := w.tx.Requests(bot.RequestQuery{})
		if err != nil || len(all) == 0 {
			return err
		}
		r := all[w.random.IntN(len(all))]
		r.Requester, r.Home.Thread = w.who(), w.message()
		return w.tx.SaveRequest(&r)
	case 3:
		return w.tx.LinkMessage(w.place(), w.message(), 1+w.random.Int64N(2), bot.FaceHome, "")
	case 4:
		return w.tx.SaveContact(bot.Contact{ID: w.who(), Name: fmt.Sprint("Owen ", w.random.IntN(9))})
	default:
		return w.tx.AddAudit(bot.AuditLine{Who: w.who(), Surface: bot.ByButton, Action: "take", Object: "R-1"})
	}
}

func (w *world) look() error {
	p, err := pictureOf(w.tx)
	w.pictures = append(w.pictures, p)
	return err
}

func picture(t *testing.T, v bot.View) string {
	t.Helper()
	p, err := pictureOf(v)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// pictureOf is all that can be read of the small world.
func pictureOf(v bot.View) (string, error) {
	var b strings.Builder
	for i, who := range worldPeople {
		c, err := v.Contact(who)
		if err != nil && !errors.Is(err, bot.ErrNotFound) {
			return "", err
		}
		theirs, err := v.Requests(bot.RequestQuery{Requester: who, Newest: true})
		if err != nil {
			return "", err
		}
		fmt.Fprintf(&b, "%s is %q and asked", who, c.Name)
		for _, r := range theirs {
			b.WriteString(" " + r.ID())
		}
		for _, p := range worldPlaces {
			r, face, root, err := v.RequestAt(p, fmt.Sprintf("m%d", i))
			if err != nil && !errors.Is(err, bot.ErrNotFound) {
				return "", err
			}
			fmt.Fprintf(&b, "; %s m%d: R-%d %s %v", p, i, r.Number, face, root)
		}
		b.WriteString("\n")
	}
	lines, err := v.Audit("R-1", 0, 100)
	for _, l := range lines {
		b.WriteString(l.Who + " ")
	}
	return b.String(), err
}
