package commands

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"meridian/bot"
)

const (
	movedRead  = 500 // how many requests that nobody has are looked through
	movedNamed = 15  // how many companies an answer names
	movedEach  = 5   // and how many requests of each
	dealtAtOne = 8   // how many requests are handed out in one transaction
	timerDeal  = "deal"
)

// waitingMoved are the open requests that came over from another desk and that
// nobody has, by number. Private ones are for leads to give.
func waitingMoved(v bot.View) ([]bot.Request, error) {
	all, err := v.Requests(bot.RequestQuery{States: []bot.State{bot.New, bot.Open, bot.Waiting, bot.Snoozed}, Unowned: true, Limit: movedRead})
	return slices.DeleteFunc(all, func(r bot.Request) bool { return r.Was == nil || r.Private }), err
}

// moved lists what came over from another desk and has nobody yet, by company.
func moved() bot.Command {
	return bot.Command{
		Name: "moved", Words: words(nil, []string{"переехавшие"}), Slash: "desk", Action: bot.ActGive,
		Args: []bot.Arg{{Name: "batch", Kind: bot.ArgWords, Optional: true}}, Usage: "usage.moved", Help: "help.moved",
		Handler: bot.Handler{Do: func(_ context.Context, tx bot.Tx, e bot.Event, _ any) error {
			all, err := waitingMoved(tx)
			if err != nil {
				return err
			}
			return bot.Whisper(tx, e, bot.MessageOf(byClient(tx.Settings(), e.Call.Person, all)))
		}},
	}
}

// byClient names requests in one line for each company, those with the most
// first.
func byClient(s *bot.Settings, who bot.Person, all []bot.Request) bot.Text {
	groups := map[string][]bot.Request{}
	for _, r := range all {
		if who.Sees(r) {
			groups[cmp.Or(r.Client, r.Name)] = append(groups[cmp.Or(r.Client, r.Name)], r)
		}
	}
	names := slices.SortedFunc(maps.Keys(groups), func(a, b string) int {
		return cmp.Or(cmp.Compare(len(groups[b]), len(groups[a])), cmp.Compare(a, b))
	})
	if len(names) == 0 {
		return bot.Say("moved.none")
	}
	var t bot.Text
	for i, name := range names[:min(len(names), movedNamed)] {
		if i > 0 {
			t = t.Plus(bot.Break())
		}
		t = t.Plus(bot.Quote(fmt.Sprintf("%s · %d: ", name, len(groups[name]))))
		for j, r := range groups[name][:min(len(groups[name]), movedEach)] {
			if j > 0 {
				t = t.Plus(bot.Quote(", "))
			}
			t = t.Plus(r.Part(), bot.Quote(" "+firstOf(r.Title, 40)))
		}
		if len(groups[name]) > movedEach {
			t = t.Plus(bot.Quote(", …"))
		}
	}
	if len(names) > movedNamed {
		t = t.Plus(bot.Break(), bot.Words("list.more", "Count", len(names)-movedNamed))
	}
	return t
}

// deal hands out what came over and has nobody, to the agents in turn, those
// with the least to do first. It writes no cards: they come as people act.
func deal() bot.Command {
	return bot.Command{
		Name: "deal", Words: words([]string{"hand-out"}, []string{"раздать"}), Slash: "desk", Action: bot.ActGive,
		Args: []bot.Arg{{Name: "batch", Kind: bot.ArgWords, Optional: true}}, Usage: "usage.deal", Help: "help.deal",
		Handler: bot.Handler{Do: func(_ context.Context, tx bot.Tx, e bot.Event, _ any) error {
			all, err := waitingMoved(tx)
			if err != nil {
				return err
			}
			if len(all) == 0 {
				return bot.Refuse("moved.none")
			}
			if len(dealers(tx.Settings())) == 0 {
				return bot.Refuse("refuse.no_agents")
			}
			timer := bot.Timer{Key: timerDeal, What: timerDeal, Object: e.Call.Person.ID, At: tx.Now()}
			return errors.Join(tx.SetTimer(timer), bot.Whisper(tx, e, bot.MessageOf(bot.Say("moved.dealing", "Count", len(all)))))
		}},
	}
}

// dealers are those of the team to whom requests are handed out.
func dealers(s *bot.Settings) (found []bot.Person) {
	for _, p := range s.People {
		if p.Role == bot.Agent && p.Level <= 1 {
			found = append(found, p)
		}
	}
	return found
}

// dealDue hands out the next few, and says at the end who has how many.
func dealDue() bot.Handler {
	return bot.Handler{Name: "moved.deal", Do: func(_ context.Context, tx bot.Tx, e bot.Event, _ any) error {
		b := e.Body.(bot.Due)
		if b.What != timerDeal {
			return bot.ErrPass
		}
		all, err := waitingMoved(tx)
		if err != nil {
			return err
		}
		load, err := loads(tx)
		if err != nil {
			return err
		}
		for _, r := range all[:min(len(all), dealtAtOne)] {
			to := slices.MinFunc(load, func(a, b *dealer) int { return cmp.Compare(a.has, b.has) })
			to.has++
			if err := dealTo(tx, e, r, to.Person, b.Object); err != nil {
				return err
			}
		}
		if len(all) > dealtAtOne {
			return tx.SetTimer(bot.Timer{Key: timerDeal, What: timerDeal, Object: b.Object, At: tx.Now()})
		}
		return tellDealt(tx, e, load)
	}}
}

// dealer is somebody of the team with how many open requests they have.
type dealer struct {
	bot.Person
	has int
}

func loads(v bot.View) (all []*dealer, err error) {
	for _, p := range dealers(v.Settings()) {
		n, err := v.CountRequests(bot.RequestQuery{Assignee: p.ID, States: []bot.State{bot.New, bot.Open, bot.Waiting, bot.Snoozed}})
		if err != nil {
			return nil, err
		}
		all = append(all, &dealer{p, n})
	}
	return all, nil
}

func dealTo(tx bot.Tx, e bot.Event, r bot.Request, to bot.Person, by string) error {
	if refused := r.Take(to); refused != nil {
		return refused
	}
	return errors.Join(tx.SaveRequest(&r), tx.AddAudit(bot.AuditLine{At: tx.Now(), Who: by, Surface: bot.ByDesk, Action: "give", Object: r.ID(), After: to.ID, Event: e.ID}))
}

func tellDealt(tx bot.Tx, e bot.Event, load []*dealer) error {
	var parts []string
	for _, d := range load {
		parts = append(parts, fmt.Sprintf("%s %d", d.Name, d.has))
	}
	m := bot.MessageOf(bot.Say("moved.dealt", "List", strings.Join(parts, ", ")))
	return bot.PostAt(tx, bot.Delivery{Key: fmt.Sprintf("dealt:%d", e.ID), To: tx.Settings().TeamCards, Message: m})
}
