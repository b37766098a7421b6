package storagetest

import (
	"errors"
	"reflect"
	"testing"
	"time"

	"meridian/bot"
)

var desk = bot.Place{Adapter: "web", Channel: "desk"}

func put(t testing.TB, s bot.Store, ds ...bot.Delivery) {
	t.Helper()
	update(t, s, func(tx bot.Tx) error {
		for _, d := range ds {
			if err := tx.PutDelivery(d); err != nil {
				return err
			}
		}
		return nil
	})
}

func delivery(t testing.TB, s bot.Store, key string) (d bot.Delivery, r bot.Receipt) {
	t.Helper()
	view(t, s, func(v bot.View) (err error) {
		d, r, err = v.Delivery(key)
		return err
	})
	return d, r
}

func text(s string) bot.Message { return bot.Message{Text: bot.Text{Parts: []bot.Part{bot.Quote(s)}}} }

func queue(t testing.TB, s bot.Store, adapter string) (all []bot.WaitingDelivery) {
	t.Helper()
	view(t, s, func(v bot.View) (err error) {
		all, err = v.WaitingDeliveries(adapter, 0, 100)
		return err
	})
	return all
}

func knownDeliveries(t *testing.T, f Fixture) {
	s := f.open(t, nil)
	put(t, s, bot.Delivery{Key: "1", To: desk, Op: bot.OpPost, Message: text("first")}, bot.Delivery{Key: "1", To: desk, Op: bot.OpPost, Message: text("second")})
	all := queue(t, s, "web")
	same(t, "deliveries", len(all), 1)
	d, _ := delivery(t, s, "1")
	same(t, "the text", d.Message.Text.Parts[0].Text, "first")
}

func deliveryRoundTrip(t *testing.T, f Fixture) {
	c := newClock()
	s := f.open(t, c.now)
	want := bot.Delivery{
		Key: "k", To: bot.Place{Adapter: "web", Channel: "desk", Thread: "t"}, Op: bot.OpPost, Urgency: bot.UrgentPage, Card: "c", After: "a",
		Request: 7, Face: bot.FaceDesk, NotBefore: c.now().Add(time.Minute), Until: c.now().Add(time.Hour),
		Target: "m", Person: "web:anna", Emoji: "eyes", Message: text("hi"), Mail: &bot.Mail{Subject: "s", Date: c.now()},
		ToClient: true, Page: true, TeamSide: true,
	}
	want.Message.Chart = &bot.Chart{Title: bot.Say("digest.chart"), Categories: []bot.Text{bot.Say("digest.today")},
		Series: []bot.Series{{Name: bot.Say("digest.chart_filed"), Values: []int{0}}}}
	put(t, s, want)
	want.State, want.Created = bot.DeliveryWaiting, c.now()
	got, r := delivery(t, s, "k")
	want.ID = got.ID
	if !reflect.DeepEqual(got, want) || got.ID == 0 {
		t.Errorf("got %+v\nwant %+v", got, want)
	}
	same(t, "the receipt", r.Message+r.Thread, "")
	row := bot.WaitingDelivery{ID: got.ID, Lane: want.Lane(), Channel: "desk", Op: want.Op, State: bot.DeliveryWaiting, After: "a", NotBefore: want.NotBefore, Urgency: bot.UrgentPage}
	if all := queue(t, s, "web"); len(all) != 1 || all[0] != row {
		t.Errorf("got %+v, want %+v", all, row)
	}
	same(t, "deliveries of another adapter", len(queue(t, s, "slack")), 0)
	view(t, s, func(v bot.View) error {
		for name, q := range map[string]bot.DeliveryQuery{
			"all": {}, "by op": {Op: bot.OpPost}, "by request": {Request: 7}, "by state": {States: []bot.DeliveryState{bot.DeliveryWaiting}},
		} {
			if all, err := v.Deliveries(q); err != nil || len(all) != 1 {
				t.Errorf("%s: got %v, %v", name, all, err)
			}
		}
		for name, q := range map[string]bot.DeliveryQuery{
			"after": {After: got.ID}, "by op": {Op: bot.OpMail}, "by request": {Request: 8},
			"by state": {States: []bot.DeliveryState{bot.DeliveryHeld, bot.DeliveryDead}},
		} {
			if all, err := v.Deliveries(q); err != nil || len(all) != 0 {
				t.Errorf("%s: got %v, %v", name, all, err)
			}
		}
		return nil
	})
}

func newestWins(t *testing.T, f Fixture) {
	c := newClock()
	s := f.open(t, c.now)
	soon, late := c.now().Add(20*time.Second), c.now().Add(40*time.Second)
	edit := func(key, words string, notBefore time.Time) bot.Delivery {
		return bot.Delivery{Key: key, To: desk, Op: bot.OpEdit, Card: "card", Message: text(words), NotBefore: notBefore}
	}
	put(t, s, edit("v1", "one", soon), bot.Delivery{Key: "other", To: desk, Op: bot.OpPost, After: "v1"}, edit("v2", "two", late))
	all := queue(t, s, "web")
	if len(all) != 2 || !all[0].NotBefore.Equal(soon) || all[1].After != "v2" {
		t.Fatalf("got %+v: the edit keeps its place and its time, and what follows it finds it", all)
	}
	d, _ := delivery(t, s, "v2")
	same(t, "the text", d.Message.Text.Parts[0].Text, "two")
	same(t, "the id", d.ID, all[0].ID)
	put(t, s, edit("v2", "known", late))
	d, _ = delivery(t, s, "v2")
	same(t, "the text after a known key", d.Message.Text.Parts[0].Text, "two")
	update(t, s, func(tx bot.Tx) error { _, err := tx.StartDeliveries(d.ID); return err })
	put(t, s, edit("v3", "three", time.Time{}))
	same(t, "deliveries: one on its way is not replaced", len(queue(t, s, "web")), 3)
	put(t, s, bot.Delivery{Key: "post", To: desk, Op: bot.OpPost, Card: "card"})
	same(t, "deliveries: a post replaces nothing", len(queue(t, s, "web")), 4)
}

func after(t *testing.T, f Fixture) {
	s := f.open(t, nil)
	put(t, s, bot.Delivery{Key: "post", To: desk, Op: bot.OpPost}, bot.Delivery{Key: "edit", To: desk, Op: bot.OpEdit, Card: "c", After: "post"})
	all := queue(t, s, "web")
	same(t, "what goes first", all[1].After, "post")
	update(t, s, func(tx bot.Tx) error {
		ds, err := started(tx, all[0].ID)
		if err != nil {
			return err
		}
		return tx.FinishDelivery(ds[0], bot.Receipt{Message: "m1", Thread: "th"})
	})
	d, r := delivery(t, s, all[1].After)
	same(t, "its state", d.State, bot.DeliveryDone)
	same(t, "its message", r.Message, "m1")
	same(t, "its thread", r.Thread, "th")
	same(t, "waiting rows", len(queue(t, s, "web")), 1)
}

func until(t *testing.T, f Fixture) {
	c := newClock()
	s := f.open(t, c.now)
	own := c.now().Add(time.Minute)
	put(t, s,
		bot.Delivery{Key: "post", To: desk, Op: bot.OpPost},
		bot.Delivery{Key: "whisper", To: desk, Op: bot.OpWhisper},
		bot.Delivery{Key: "own", To: desk, Op: bot.OpWhisper, Until: own},
		bot.Delivery{Key: "later", To: desk, Op: bot.OpWhisper, NotBefore: own},
	)
	for key, want := range map[string]time.Time{"post": {}, "whisper": c.now().Add(25 * time.Minute), "own": own, "later": own.Add(25 * time.Minute)} {
		d, _ := delivery(t, s, key)
		same(t, key, d.Until, want)
	}
}

func deliveryLife(t *testing.T, f Fixture) {
	c := newClock()
	s := f.open(t, c.now)
	put(t, s, bot.Delivery{Key: "a", To: desk, Op: bot.OpPost}, bot.Delivery{Key: "b", To: desk, Op: bot.OpMail, Until: c.now().Add(time.Minute)})
	all := queue(t, s, "web")
	a, b := all[0].ID, all[1].ID
	update(t, s, func(tx bot.Tx) error {
		ds, err := started(tx, b, a, 99)
		if err != nil {
			return err
		}
		if len(ds) != 2 || ds[0].ID != b || ds[1].ID != a || ds[0].Attempt != 1 || ds[0].State != bot.DeliverySending || !ds[0].Intended.Equal(c.now()) {
			t.Errorf("started %+v", ds)
		}
		return errors.Join(
			tx.PutOffDelivery(a, bot.DeliveryUnknown, 1, c.now().Add(time.Second), "no answer"),
			tx.PutOffDelivery(b, bot.DeliveryHeld, 1, time.Time{}, "no way to send"))
	})
	if all = queue(t, s, "web"); len(all) != 1 || all[0].State != bot.DeliveryUnknown || !all[0].NotBefore.Equal(c.now().Add(time.Second)) {
		t.Errorf("the queue: %+v", all)
	}
	update(t, s, func(tx bot.Tx) error {
		ds, err := started(tx, a, b)
		if len(ds) != 1 || ds[0].Attempt != 2 || ds[0].Error != "no answer" {
			t.Errorf("started %+v", ds)
		}
		return errors.Join(err, tx.PutOffDelivery(a, bot.DeliveryDead, 2, time.Time{}, "gone"))
	})
	c.advance(time.Hour)
	update(t, s, func(tx bot.Tx) error {
		stuck, err := tx.Stuck()
		if len(stuck) != 2 || stuck[0].ID != a || stuck[0].State != "dead" || stuck[0].Why != "gone" || stuck[0].What != "delivery" || stuck[1].State != "held" {
			t.Errorf("stuck: %+v", stuck)
		}
		return errors.Join(err, tx.Replay("delivery", a), tx.Replay("delivery", b))
	})
	for _, key := range []string{"a", "b"} {
		d, _ := delivery(t, s, key)
		if d.State != bot.DeliveryWaiting || d.Attempt != 0 || !d.NotBefore.IsZero() || !d.Until.IsZero() {
			t.Errorf("replayed: %+v", d)
		}
	}
	update(t, s, func(tx bot.Tx) error {
		wantIs(t, tx.Replay("delivery", a), bot.ErrNotFound)
		return nil
	})
}

func drop(t *testing.T, f Fixture) {
	s := f.open(t, nil)
	put(t, s, bot.Delivery{Key: "waits", To: desk, Op: bot.OpPost}, bot.Delivery{Key: "gone", To: desk, Op: bot.OpPost})
	d, _ := delivery(t, s, "gone")
	update(t, s, func(tx bot.Tx) error {
		if _, err := tx.StartDeliveries(d.ID); err != nil {
			return err
		}
		for key, want := range map[string]bool{"waits": true, "gone": false, "missing": false} {
			dropped, err := tx.DropDelivery(key)
			if err != nil {
				return err
			}
			same(t, key, dropped, want)
		}
		return nil
	})
	same(t, "what is left", len(queue(t, s, "web")), 1)
}

// finish posts a delivery and gives it a receipt.
func finish(t testing.TB, s bot.Store, d bot.Delivery, message string) {
	t.Helper()
	put(t, s, d)
	stored, _ := delivery(t, s, d.Key)
	update(t, s, func(tx bot.Tx) error {
		ds, err := started(tx, stored.ID)
		if err != nil {
			return err
		}
		return tx.FinishDelivery(ds[0], bot.Receipt{Message: message})
	})
}

func receipt(t *testing.T, f Fixture) {
	s := f.open(t, nil)
	r := save(t, s, newRequest("links"))
	card := text("card")
	card.Card = true
	finish(t, s, bot.Delivery{Key: "card", To: desk, Op: bot.OpPost, Request: r.Number, Face: bot.FaceDesk, Message: card}, "m1")
	finish(t, s, bot.Delivery{Key: "root", To: r.Home, Op: bot.OpPost, Request: r.Number, Face: bot.FaceHome}, "h1")
	finish(t, s, bot.Delivery{Key: "answer", To: r.Home.In("h1"), Op: bot.OpPost, Request: r.Number, Face: bot.FaceHome}, "h2")
	view(t, s, func(v bot.View) error {
		now, err := v.Request(r.Number)
		same(t, "the desk", now.Desk, desk.In("m1"))
		same(t, "home", now.Home, r.Home.In("h1"))
		same(t, "the version, which nobody raised", now.Version, r.Version)
		for message, want := range map[string]struct {
			place bot.Place
			face  bot.Face
			root  bool
		}{"m1": {desk, bot.FaceDesk, true}, "h1": {r.Home, bot.FaceHome, true}, "h2": {r.Home.In("h1"), bot.FaceHome, false}} {
			found, face, root, err := v.RequestAt(want.place, message)
			if err != nil || found.Number != r.Number || face != want.face || root != want.root {
				t.Errorf("%s: found R-%d, %s, %v, %v", message, found.Number, face, root, err)
			}
		}
		return err
	})
	one := newRequest("one face")
	one.Desk = one.Home
	one = save(t, s, one)
	finish(t, s, bot.Delivery{Key: "root2", To: one.Home, Op: bot.OpPost, Request: one.Number, Face: bot.FaceHome}, "o1")
	view(t, s, func(v bot.View) error {
		now, err := v.Request(one.Number)
		same(t, "the one thread, as home", now.Home.Thread, "o1")
		same(t, "the one thread, as desk", now.Desk.Thread, "o1")
		return err
	})
}

// started starts deliveries and decodes them, as their sender does.
func started(tx bot.Tx, ids ...int64) ([]bot.Delivery, error) {
	ds, err := tx.StartDeliveries(ids...)
	for i := range ds {
		err = errors.Join(err, ds[i].Decode())
	}
	return ds, err
}
