package faults

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"meridian/bot"
)

// check compares the state and the sink with what was sent. What was
// acknowledged has happened once, with all its effects; what was not has
// happened once or not at all. It returns how often a mail came again under its
// own Message-ID, as is the rule where nobody knows whether it was taken.
func check(t *testing.T, b *book, s *state, mails *sink) (repeats int) {
	t.Helper()
	for _, in := range b.all {
		switch in.kind {
		case filed:
			s.checkRequest(t, in)
		case mentioned:
			n := s.comments[in.text()]
			once(t, in, "comments", n)
			same(t, in, "messages", s.said["@desk "+in.text()], n)
		case lived:
			s.checkLife(t, in)
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
	if in.kind == filed {
		same(t, in, "first messages", s.roots[in.text()], len(all))
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
	for words, all := range s.requests {
		for what := range strings.SplitSeq(words, "\n") { // what one person says within three minutes is one request
			if !known[what] && !strings.HasPrefix(what, further) {
				t.Errorf("nobody sent what %s says: %q", all[0].ID(), what)
			}
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

// first files the requests that notes and lives are about, and waits until they
// are there.
func first(t *testing.T, b *book, to *process, url string) {
	t.Helper()
	l := &load{book: b, web: newClient()}
	defer l.web.CloseIdleConnections()
	for i := range noteOn + livesOn {
		in := b.add(&input{kind: filed, id: fmt.Sprintf("first%d", i)})
		if _, err := l.send(t.Context(), to, in); err != nil {
			t.Fatal(err)
		}
		in.tries, in.acked = 1, true
	}
	settled(t, url)
	l.furtherWords(t, to, url)
	settled(t, url)
}
