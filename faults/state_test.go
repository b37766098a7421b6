package faults

import (
	"fmt"
	"slices"
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

// settled waits until nothing is left to do, which takes as long as a lost
// duty lasts and a failed delivery waits.
func settled(t *testing.T, url string) {
	t.Helper()
	s, err := storage.OpenExisting(t.Context(), url, storage.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	events, deliveries := 0, 0
	defer func() {
		if events+deliveries > 0 {
			t.Logf("%d events and %d deliveries wait", events, deliveries)
		}
	}()
	until(t, 90*time.Second, "everything to be handled and sent", func() bool {
		err := s.View(t.Context(), func(v bot.View) error {
			e, err := v.WaitingEvents(everything)
			if err != nil {
				return err
			}
			d, err := v.Deliveries(bot.DeliveryQuery{Limit: everything, States: []bot.DeliveryState{bot.DeliveryWaiting, bot.DeliverySending, bot.DeliveryUnknown}})
			events, deliveries = len(e), len(d)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return events+deliveries == 0
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
	stuck    []bot.StuckItem
	waiting  int
}

func readState(t *testing.T, url string) *state {
	t.Helper()
	s := &state{
		requests: map[string][]bot.Request{}, cards: map[string]int{}, receipts: map[string]int{}, roots: map[string]int{}, said: map[string]int{},
		comments: map[string]int{}, notes: map[string]int{}, alerts: map[string][]string{}, status: map[string]bot.AlertStatus{}, filed: map[string]int{},
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

// check compares the state and the sink with what was sent. What was
// acknowledged has happened once, with all its effects; what was not has
// happened once or not at all. It returns how often a mail came again under its
// own Message-ID, as is the rule where nobody knows whether it was taken.
func check(t *testing.T, b *book, s *state, mails *sink) (repeats int) {
	t.Helper()
	for _, in := range b.all {
		switch in.kind {
		case filed, mentioned:
			s.checkRequest(t, in)
		case mailed:
			n := s.checkRequest(t, in)
			different, again, texts := mails.got(in.sender())
			repeats += again
			if different != n || n == 1 && !strings.Contains(texts, s.requests[in.text()][0].ID()) {
				t.Errorf("mail %s of %d requests got %d receipts: %q", in.id, n, different, texts)
			}
		case noted:
			n := s.comments[in.text()]
			once(t, in, "comments", n)
			same(t, in, "notes on #desk", s.notes[in.text()], n)
		case fired:
			cards := s.alerts[in.text()]
			once(t, in, "cards", len(cards))
		case recovered:
			if want := []string{"alert.recovered"}; in.acked && (s.status[in.text()] != bot.Resolved || !slices.Equal(s.alerts[in.text()], want)) {
				t.Errorf("group %s has recovered and is %s, its cards say %v", in.id, s.status[in.text()], s.alerts[in.text()])
			}
		}
	}
	s.checkRest(t, b)
	t.Logf("the sink took %d mails, %d of them repeats of one that it had", mails.mails, repeats)
	return repeats
}

// checkRequest looks for the one request of an input, its card, its receipt
// and its line in the audit log.
func (s *state) checkRequest(t *testing.T, in *input) (requests int) {
	t.Helper()
	all := s.requests[in.text()]
	once(t, in, "requests", len(all))
	for _, r := range all {
		same(t, in, "cards", s.cards[r.ID()], 1)
		same(t, in, "audit lines", s.filed[r.ID()], 1)
		if in.kind != mailed {
			same(t, in, "receipts", s.receipts[r.ID()], 1)
		}
	}
	switch in.kind {
	case filed:
		same(t, in, "first messages", s.roots[in.text()], len(all))
	case mentioned:
		same(t, in, "messages", s.said["@desk "+in.text()], len(all))
	}
	return len(all)
}

// checkRest looks for what is stuck, still waits, or comes from nowhere.
func (s *state) checkRest(t *testing.T, b *book) {
	t.Helper()
	for _, item := range s.stuck {
		t.Errorf("stuck: %+v", item)
	}
	if s.waiting != 0 {
		t.Errorf("%d events still wait", s.waiting)
	}
	known := map[string]bool{}
	for _, in := range b.all {
		known[in.text()] = true
	}
	for what, all := range s.requests {
		if !known[what] {
			t.Errorf("nobody sent what %s says: %q", all[0].ID(), what)
		}
	}
	for title := range s.alerts {
		if !known[title] {
			t.Errorf("nobody reported alert %q", title)
		}
	}
}

// once says that an input which was acknowledged has n = 1 effects of a kind,
// and another one at most 1.
func once(t *testing.T, in *input, what string, n int) {
	t.Helper()
	switch {
	case n > 1:
		t.Errorf("DOUBLED: %s %s has %d %s, sent %d times", in.kind, in.id, n, what, in.tries)
	case n == 0 && in.acked:
		t.Errorf("LOST: %s %s was acknowledged and has no %s", in.kind, in.id, what)
	}
}

func same(t *testing.T, in *input, what string, got, want int) {
	t.Helper()
	if got != want {
		t.Errorf("%s %s has %d %s, want %d", in.kind, in.id, got, what, want)
	}
}

// finish lets what is left be done, ends every process, and looks whether what
// it left is whole.
func finish(t *testing.T, url string, all []*process) {
	t.Helper()
	began := time.Now()
	settled(t, url)
	t.Logf("what was left was done within %v", time.Since(began).Round(time.Millisecond))
	for _, p := range all {
		p.stop(t)
	}
	p := all[0] // what came while they stopped is still to do
	p.start(t)
	p.up(t)
	settled(t, url)
	p.stop(t)
	if out, err := p.run(t, "verify"); err != nil || !strings.Contains(out, "is whole") {
		t.Errorf("verify says %q, %v", out, err)
	}
	if out, err := p.run(t, "dead", "list"); err != nil || out != "" {
		t.Errorf("dead list says %q, %v", out, err)
	}
	for what, n := range complaints(t, all) {
		t.Logf("logged %d times: %s", n, what)
	}
}

// first files the requests that notes are about, and waits until they are
// there.
func first(t *testing.T, b *book, to *process, url string) {
	t.Helper()
	l := &load{book: b, web: newClient()}
	defer l.web.CloseIdleConnections()
	for i := range noteOn {
		in := b.add(&input{kind: filed, id: fmt.Sprintf("first%d", i)})
		if _, err := l.send(t.Context(), to, in); err != nil {
			t.Fatal(err)
		}
		in.tries, in.acked = 1, true
	}
	settled(t, url)
}
