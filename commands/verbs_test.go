package commands_test

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"meridian/bot"
)

// verb is a command of this group with words that fit, and what becomes of a
// request in each state: the sentence of the refusal, or "" when it is done.
type verb struct {
	name, words                         string
	open, waiting, solved, closed, gone string
}

func verbs() []verb {
	until := time.Now().Add(time.Hour).Format(time.RFC3339)
	const ended, goes = "refuse.ended", "refuse.goes_on"
	return []verb{
		{"lift", "", "refuse.not_hushed", "refuse.not_hushed", "refuse.not_hushed", "refuse.not_hushed", "refuse.not_hushed"}, // before any complaint
		{"give", "Timur", "", "", ended, ended, goes},
		{"query", "how is it?", "refuse.nobody_has", "refuse.nobody_has", "refuse.nobody_has", "refuse.nobody_has", "refuse.nobody_has"},
		{"hold", "for the hosting", "", "", ended, ended, goes},
		{"resume", "", "refuse.not_waiting", "", ended, ended, goes},
		{"pause", until, "", "", ended, ended, goes},
		{"tag", "billing", "", "", "", "", ""},
		{"class", "expedite", "", "", ended, ended, goes},
		{"level", "2", "", "", ended, ended, goes},
		{"convert", "bug", "", "", "", "", goes},
		{"private", "Timur", "", "", "", "", ""},
		{"complaint", "", "", "", "", "", ""},
	}
}

// in stores a request in a state.
func (d *desk) in(state bot.State, merged int64) bot.Request {
	d.t.Helper()
	r := bot.Request{Title: "t", Words: "w", State: state, Level: 1, Class: bot.Standard, Kind: bot.KindQuestion, MergedInto: merged,
		Requester: "web:owen", Name: "Owen", Client: "Harbor", Home: channel("support").In("1"), Desk: channel("desk")}
	d.change(func(tx bot.Tx) error { return tx.SaveRequest(&r) })
	return d.request(r.Number)
}

// Each verb in each state by each surface: done, or refused with its one
// sentence and nothing changed. Buttons of old cards are such a surface.
func TestEveryVerbInEveryStateIsDoneOrChangesNothing(t *testing.T) {
	d := newDesk(t)
	for _, v := range verbs() {
		for surface, body := range surfaces() {
			if surface == bot.ByButton && v.words != "" {
				continue // it opens the form
			}
			for _, tt := range []struct {
				state  bot.State
				merged int64
				want   string
			}{{bot.Open, 0, v.open}, {bot.Waiting, 0, v.waiting}, {bot.Snoozed, 0, v.waiting}, {bot.Solved, 0, v.solved}, {bot.Closed, 0, v.closed}, {bot.Closed, 1, v.gone}} {
				d.checkVerb(v, surface, d.in(tt.state, tt.merged), body, tt.want)
			}
		}
	}
}

func (d *desk) checkVerb(v verb, surface bot.Surface, r bot.Request, body func(string, string, int64) bot.Body, want string) {
	d.t.Helper()
	what := fmt.Sprintf("%s by %s, %s, merged into %d", v.name, surface, r.State, r.MergedInto)
	sent := len(d.outbox())
	_, err := d.do(bot.Event{Place: channel("inside"), Message: fmt.Sprint("m", d.n), Actor: actor("vera"), Body: body(v.name, v.words, r.Number)})
	if got := strings.TrimPrefix(d.refusal(err), "refused: "); got != want {
		d.t.Errorf("%s: %q, want %q", what, got, want)
	}
	after := d.request(r.Number)
	if want != "" && (!reflect.DeepEqual(after, r) || len(d.outbox()) != sent) {
		d.t.Errorf("%s: refused, and done: %+v", what, after)
	}
	if want == "" && after.Version != r.Version+1 {
		d.t.Errorf("%s: done, and stored %d times", what, after.Version-r.Version)
	}
}

// What people and attackers type behind a verb: one sentence, or something that
// makes sense, and never half of it.
func TestHostileWordsBehindAVerbAreRefusedOrPlain(t *testing.T) {
	hostile := []string{
		"", " ", "\x00", "\x07\x1b[31m", "\u202etxt", strings.Repeat("x", 10_000), strings.Repeat("ж ", 5_000), "<!channel> @everyone", "{{.Person}} %s",
		"'; DROP TABLE requests;--", "${jndi:ldap://x}", "🔥👩‍👩‍👧", "until", "for", "for until", "until until until", "-", "+", "--", "R-1", "99999999999999999999", "2147483648", "-1",
		"in 100 years", "in 0 seconds", "31 April", "9999-12-31", "0001-01-01T00:00:00Z", "9999-01-01T00:00:00Z", "off off", ",,,", "\xff\xfe", "e\u0301\u0301",
	}
	for _, v := range verbs() {
		d := newDesk(t)
		for _, words := range hostile {
			for surface, body := range surfaces() {
				if surface != bot.ByCommand && surface != bot.ByForm {
					continue // they read words as one of these
				}
				r := d.in(bot.Open, 0)
				sent := len(d.outbox())
				_, err := d.do(bot.Event{Place: channel("inside"), Message: fmt.Sprint("m", d.n), Actor: actor("vera"), Body: body(v.name, words, r.Number)})
				refused := d.refusal(err)
				after := d.request(r.Number)
				if refused != "" && (!reflect.DeepEqual(after, r) || len(d.outbox()) != sent) {
					t.Errorf("%s %.30q by %s: refused with %s, and done: %+v", v.name, words, surface, refused, after)
				}
				if len(after.WaitingFor) > 200 || strings.ContainsAny(after.WaitingFor, "\x00\x07\x1b\n") || len(after.Tags) > 20 || time.Until(after.Until) > 401*24*time.Hour {
					t.Errorf("%s %.30q by %s: %+v", v.name, words, surface, after)
				}
			}
		}
	}
}

// A button whose request is hidden, missing or of nothing at all.
func TestForgedButtonsAreRefused(t *testing.T) {
	d := newDesk(t)
	hidden := d.in(bot.Open, 0)
	d.change(func(tx bot.Tx) error {
		hidden.Private = true
		return tx.SaveRequest(&hidden)
	})
	for _, v := range verbs() {
		for _, value := range []string{hidden.ID(), "R-999999", "R-0", "R--1", "", "dance", "R-99999999999999999999 x", strings.Repeat("9", 5000)} {
			for _, b := range []bot.Body{bot.Pressed{Act: v.name, Value: value + " " + v.words}, bot.Submitted{Act: v.name, Value: value, Fields: map[string]string{fieldOf(v.name): v.words}}} {
				_, err := d.do(bot.Event{Place: channel("inside"), Message: "m", Actor: actor("inga"), Body: b})
				var told *bot.Error
				if !errors.As(err, &told) {
					t.Errorf("%T of %s on %.20q: %v", b, v.name, value, err)
				}
			}
		}
	}
	if after := d.request(hidden.Number); after.Version != hidden.Version {
		t.Errorf("the hidden one was changed: %+v", after)
	}
}

// Each act of this group is taken back whole by whoever did it.
func TestEveryVerbIsUndone(t *testing.T) {
	d := newDesk(t)
	for _, v := range verbs() {
		r := d.in(bot.Waiting, 0)
		if v.waiting != "" || v.name == "private" || v.name == "complaint" {
			continue
		}
		d.must(bot.Event{Place: channel("inside"), Message: fmt.Sprint("m", d.n), Actor: actor("vera"), Body: bot.Commanded{Slash: "request", Text: v.name + " " + r.ID() + " " + v.words}})
		d.must(bot.Event{Place: channel("inside"), Message: fmt.Sprint("m", d.n), Actor: actor("vera"), Body: bot.Commanded{Slash: "request", Text: "undo " + r.ID()}})
		after := d.request(r.Number)
		after.Version, after.UpdatedAt = r.Version, r.UpdatedAt
		if !reflect.DeepEqual(after, r) {
			t.Errorf("%s: %+v became %+v", v.name, r, after)
		}
	}
}

func TestAnActThatMakesARequestPrivateIsNotTakenBack(t *testing.T) {
	for _, act := range []string{"private", "complaint"} {
		d := newDesk(t)
		r := d.in(bot.Open, 0)
		d.must(slashed("vera", act+" "+r.ID()))
		_, err := d.do(slashed("vera", "undo "+r.ID()))
		if got := d.refusal(err); got != "refused: refuse.stays_private" || !d.request(r.Number).Private {
			t.Errorf("%s: %q", act, got)
		}
	}
}

// The log says who did what, and why in the person's own words; the state beside
// it has nobody's.
func TestTheAuditSaysWhy(t *testing.T) {
	d := newDesk(t)
	r := d.in(bot.Open, 0)
	for _, tt := range []struct{ text, why, after string }{
		{"tag %s +billing -x", "", ""},
		{"tag %s +billing", "+billing", "open L1"},
		{"class %s drop everything: shops cannot sell", "shops cannot sell", "open L1 expedite"},
		{"level %s 3 the payment is ours", "the payment is ours", "open L3 expedite"},
		{"give %s Timur", "Timur", "open L3 expedite taken"},
		{"convert %s bug", "bug", "open L3 expedite bug taken"},
		{"private %s Inga", "Timur, Inga", "open L3 expedite bug private taken"},
	} {
		before := d.audit(r)
		_, err := d.do(slashed("vera", fmt.Sprintf(tt.text, r.ID())))
		d.refusal(err)
		lines := d.audit(r)
		if tt.after == "" {
			if len(lines) != len(before) {
				t.Errorf("%s was refused, and is in the log", tt.text)
			}
			continue
		}
		last := lines[len(lines)-1]
		if last.Who != "web:vera" || last.Why != tt.why || last.After != tt.after || last.Action != strings.Fields(tt.text)[0] {
			t.Errorf("%s: %+v", tt.text, last)
		}
	}
}

func (d *desk) audit(r bot.Request) (lines []bot.AuditLine) {
	d.t.Helper()
	err := d.store.View(d.t.Context(), func(v bot.View) (err error) {
		lines, err = v.Audit(r.ID(), 0, 1000)
		return err
	})
	if err != nil {
		d.t.Fatal(err)
	}
	return lines
}
