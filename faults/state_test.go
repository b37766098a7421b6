package faults

import (
	"strings"
	"testing"
	"time"

	"meridian/bot"
	"meridian/storage"
)

// everything is more rows than there are.
const everything = 1_000_000

// read opens the store beside the program, or after it.
func read(t *testing.T, url string, fn func(v bot.View) error) {
	t.Helper()
	s, err := storage.OpenExisting(t.Context(), url, storage.Options{Settings: func() *bot.Settings { return &bot.Settings{} }})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.View(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

// settling is how long what is left may take: a lost duty lasts for ten
// seconds, and a long load on a busy machine leaves thousands of events.
const settling = 4 * time.Minute

// settled waits until nothing is left to do, which takes as long as a lost
// duty lasts and a failed delivery waits.
func settled(t *testing.T, url string) {
	t.Helper()
	s, err := storage.OpenExisting(t.Context(), url, storage.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	until(t, settling, "everything to be handled and sent", func() (done bool) {
		err := s.View(t.Context(), func(v bot.View) error {
			events, err := v.WaitingEvents(1)
			if err != nil || len(events) > 0 {
				return err
			}
			deliveries, err := v.Deliveries(bot.DeliveryQuery{Limit: 1, States: []bot.DeliveryState{bot.DeliveryWaiting, bot.DeliverySending, bot.DeliveryUnknown}})
			done = len(deliveries) == 0
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return done
	})
}

// state is what the desk shows and keeps in the end, by what stands in it.
type state struct {
	requests map[string][]bot.Request // by the words, or a mail's title
	cards    map[string]int           // on #desk, by request
	receipts map[string]int           // on #support, by request
	roots    map[string]int           // first messages of conversations on #support, by what they quote
	said     map[string]int           // messages of people on #support, by what they typed
	comments map[string]int           // by the words
	notes    map[string]int           // messages in threads of #desk, by what they quote
	alerts   map[string][]string      // cards on #alerts, by title: which sentence they say
	status   map[string]bot.AlertStatus
	filed    map[string]int // audit lines of filing, by request
	acts     map[string]int // audit lines of anything else, by request and action
	numbers  map[int64]bot.Request
	stuck    []bot.StuckItem
	waiting  int
}

func readState(t *testing.T, url string) *state {
	t.Helper()
	s := &state{
		requests: map[string][]bot.Request{}, cards: map[string]int{}, receipts: map[string]int{}, roots: map[string]int{}, said: map[string]int{},
		comments: map[string]int{}, notes: map[string]int{}, alerts: map[string][]string{}, status: map[string]bot.AlertStatus{}, filed: map[string]int{},
		acts: map[string]int{}, numbers: map[int64]bot.Request{},
	}
	read(t, url, func(v bot.View) error {
		for _, step := range []func(bot.View) error{s.readRequests, s.readSupport, s.readDesk, s.readAlerts, s.readRest} {
			if err := step(v); err != nil {
				return err
			}
		}
		return nil
	})
	return s
}

func (s *state) readRequests(v bot.View) error {
	all, err := v.Requests(bot.RequestQuery{Limit: everything})
	if err != nil {
		return err
	}
	for _, r := range all {
		what := r.Words
		if r.Source == "email" {
			what = r.Title
		}
		s.requests[what] = append(s.requests[what], r)
		s.numbers[r.Number] = r
		comments, err := v.Comments(r.Number)
		if err != nil {
			return err
		}
		for _, c := range comments {
			s.comments[c.Text]++
		}
	}
	return nil
}

// readSupport reads where clients speak.
func (s *state) readSupport(v bot.View) error {
	return eachMessage(v, bot.Place{Adapter: "web", Channel: "support"}, func(m bot.ShownMessage) {
		for _, p := range m.Message.Text.Parts {
			switch {
			case p.ID == "client.filed":
				s.receipts[p.Args["Request"].Text]++
			case p.Block:
				s.roots[p.Text]++
			}
		}
		if m.Said != "" {
			s.said[m.Said]++
		}
	})
}

// readDesk reads the team's cards with what stands below them.
func (s *state) readDesk(v bot.View) error {
	return eachMessage(v, bot.Place{Adapter: "web", Channel: "desk"}, func(m bot.ShownMessage) {
		parts := m.Message.Text.Parts
		if m.Message.Card && len(parts) > 0 && parts[0].Kind == bot.PartRequest {
			s.cards[parts[0].Text]++
			return
		}
		if m.Message.Card && len(parts) > 0 && parts[0].ID == "card.private" {
			s.cards[parts[0].Args["Request"].Text]++
			return
		}
		for _, p := range parts {
			if p.Block {
				s.notes[p.Text]++
			}
		}
	})
}

func (s *state) readAlerts(v bot.View) error {
	all, err := v.Alerts("", everything)
	if err != nil {
		return err
	}
	for _, a := range all {
		s.status[a.Title] = a.Status
	}
	return eachMessage(v, bot.Place{Adapter: "web", Channel: "alerts"}, func(m bot.ShownMessage) {
		if p := m.Message.Text.Parts; m.Message.Card && len(p) > 0 {
			title := p[0].Args["Title"].Text
			s.alerts[title] = append(s.alerts[title], p[0].ID)
		}
	})
}

func (s *state) readRest(v bot.View) error {
	audit, err := v.Audit("", 0, everything)
	if err != nil {
		return err
	}
	for _, l := range audit {
		if strings.HasPrefix(l.Object, "R-") && l.Action == "file" {
			s.filed[l.Object]++
		} else {
			s.acts[l.Object+" "+l.Action]++
		}
	}
	waiting, err := v.WaitingEvents(everything)
	if err != nil {
		return err
	}
	s.waiting = len(waiting)
	s.stuck, err = v.Stuck()
	return err
}

// eachMessage gives every message of a channel, those in threads included.
func eachMessage(v bot.View, channel bot.Place, fn func(bot.ShownMessage)) error {
	top, err := v.ShownMessages(channel, everything)
	if err != nil {
		return err
	}
	for _, m := range top {
		fn(m)
		if m.Replies == 0 {
			continue
		}
		below, err := v.ShownMessages(channel.In(m.ID), everything)
		if err != nil {
			return err
		}
		for _, m := range below {
			fn(m)
		}
	}
	return nil
}
