package commands_test

import (
	"cmp"
	"errors"
	"fmt"
	"testing"
	"time"

	"meridian/bot"
)

// offered are requests in every state that a card shows apart, as the rules
// themselves make them: by name, what is done to R-1, in order, by whom.
func offered() map[string][]bot.Event {
	at := time.Now().Add(time.Hour).Format(time.RFC3339)
	owen := func(words string) bot.Event { return said("owen", "m1", fmt.Sprint("o", words), words) }
	return map[string][]bot.Event{
		"new":             {},
		"taken":           {slashed("dina", "take R-1")},
		"written to":      {owen("and the logo is gone")},
		"escalated":       {slashed("dina", "take R-1"), slashed("dina", "escalate R-1 help")},
		"level 3":         {slashed("dina", "escalate R-1 help"), slashed("dina", "escalate R-1 help")},
		"urgent":          {slashed("dina", "class R-1 drop everything")},
		"with the client": {slashed("dina", "ask R-1 Does it work?")},
		"with others":     {slashed("dina", "hold R-1 for the hosting")},
		"paused":          {slashed("dina", "pause R-1 "+at)},
		"solved":          {slashed("dina", "solve R-1")},
		"confirmed":       {slashed("dina", "solve R-1"), slashed("owen", "confirm R-1")},
		"came back":       {slashed("dina", "solve R-1"), slashed("owen", "reopen R-1")},
		"asked the same":  {slashed("dina", "solve R-1"), later(), owen("It is still broken, the cart is empty")},
		"closed":          {slashed("vera", "close R-1 spam")},
		"merged":          {slashed("dina", "merge R-1 R-2")},
		"goes on in":      {slashed("dina", "merge R-2 R-1")},
		"cause":           {slashed("dina", "cause R-1 R-2")},
		"caused":          {slashed("dina", "cause R-2 R-1")},
		"linked":          {slashed("dina", "link R-1 R-2")},
		"a bug":           {slashed("dina", "convert R-1 bug")},
		"an idea":         {slashed("dina", "convert R-1 idea")},
		"private":         {slashed("vera", "private R-1 Dina")},
		"a complaint":     {slashed("vera", "complaint R-1")},
	}
}

// later has the desk's clock go on, so that what waits to be said has been.
func later() bot.Event { return bot.Event{Key: "later"} }

// prepared is a desk on which one of the stories has been played.
func prepared(t *testing.T, story []bot.Event) *desk {
	t.Helper()
	d := newDesk(t)
	d.must(addressed("owen", "m1", "Checkout fails"))
	d.must(addressed("grace", "m2", "Nobody can pay"))
	d.must(slashed("grace", "The logo is gone")) // R-3, for what needs another one
	for _, e := range story {
		if e.Key == "later" {
			d.later += time.Hour
			d.change(func(tx bot.Tx) error {
				_, err := tx.DropDelivery(bot.SolvedKey(must1(tx.Request(1))))
				return err
			})
			continue
		}
		if _, err := d.do(e); err != nil {
			t.Fatalf("%+v: %v", e.Body, err)
		}
	}
	return d
}

func must1(r bot.Request, err error) bot.Request {
	if err != nil {
		panic(err)
	}
	return r
}

// Whatever a card offers is accepted of somebody who reads the card: the press
// is done, or opens a form. Of nobody is it refused for the state of the request.
func TestEveryButtonOfEveryCardIsAcceptedOfSomebodyWhoReadsIt(t *testing.T) {
	for name, story := range offered() {
		d := prepared(t, story)
		m := d.cardOf(1)
		if n := len(m.Buttons); n > 3 {
			t.Errorf("%s: %d buttons", name, n)
		}
		for _, b := range append(m.Buttons, m.More...) {
			if b.Act == "undo" {
				continue // taking back is whose act it was; conversations show it
			}
			accepted := ""
			for _, who := range []string{"dina", "vera"} {
				if !d.settings.Person(actor(who)).Sees(d.request(1)) {
					continue
				}
				refused := d.press(who, b)
				if refused == "" {
					accepted = who
				} else if refused != "refused: refuse.denied" && refused != "refused: refuse.yours" {
					t.Errorf("%s: %s presses %q: %s", name, who, b.Act+" "+b.Value, refused)
				}
			}
			if accepted == "" {
				t.Errorf("%s: nobody may press %q", name, b.Act)
			}
		}
	}
}

// cardOf is what the card of a request shows.
func (d *desk) cardOf(number int64) (m bot.Message) {
	d.t.Helper()
	err := d.store.View(d.t.Context(), func(v bot.View) error {
		r, err := v.Request(number)
		if err != nil {
			return err
		}
		m, err = bot.CardOf(v, r)
		return err
	})
	if err != nil {
		d.t.Fatal(err)
	}
	return m
}

// filled is a form as somebody sends it who leaves what stands in it, and writes
// something sensible where nothing does.
func filled(s *bot.Settings, form bot.Form) bot.Submitted {
	sensible := map[string]string{"who": "Timur", "to": "Timur", "others": "R-3", "until": "tomorrow 10:00", "amount": "10", "for": "the hosting", "text": "Hello, we look at it."}
	b := bot.Submitted{Act: form.Act, Value: form.Value, Fields: map[string]string{}}
	for _, f := range form.Fields {
		v := cmp.Or(f.Value, sensible[f.Name])
		switch {
		case v == "" && len(f.Choices) > 0 && !f.Optional:
			v = f.Choices[0].Value
		case v == "" && !f.Optional:
			v = "Some words"
		}
		b.Fields[f.Name] = v
	}
	return b
}

// press is a press as an adapter takes it: it asks for the form, if there is one
// sends it filled in, and tells the desk. It gives the refusal, if there is one; what the press does is taken
// back.
func (d *desk) press(who string, b bot.Button) string {
	d.t.Helper()
	e := bot.Event{ID: 1_000_000, Key: "press", Source: "web", At: time.Now(), Place: channel("desk"), Actor: actor(who), Message: "card", Body: bot.Pressed{Act: b.Act, Value: b.Value}}
	var refused error
	back := errors.New("taken back")
	err := d.store.Update(d.t.Context(), func(tx bot.Tx) error {
		form, opens, err := d.router.Form(tx, e)
		if refused = err; refused == nil && opens {
			e.Body = filled(d.settings, form)
		}
		if refused == nil {
			refused = d.handle(tx, e)
		}
		return back
	})
	if !errors.Is(err, back) {
		d.t.Fatalf("%s: %v", b.Act, err)
	}
	return d.refusal(refused)
}
