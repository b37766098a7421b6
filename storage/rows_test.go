package storage

import (
	"path/filepath"
	"testing"
	"time"

	"meridian/bot"
)

func TestTheNewestEditOfACardIsTheLastToGo(t *testing.T) {
	s := openFor(t, "sqlite:"+filepath.Join(t.TempDir(), "m.db"), Options{})
	to := bot.Place{Adapter: "a", Channel: "c"}
	edit := func(n string) bot.Delivery {
		return bot.Delivery{Key: "card:v" + n, Card: "card", Op: bot.OpEdit, To: to, Target: "m"}
	}
	update := func(fn func(tx bot.Tx) error) {
		t.Helper()
		if err := s.Update(t.Context(), fn); err != nil {
			t.Fatal(err)
		}
	}
	put := func(n string) { update(func(tx bot.Tx) error { return tx.PutDelivery(edit(n)) }) }
	var started []bot.Delivery
	put("2")
	update(func(tx bot.Tx) (err error) {
		started, err = tx.StartDeliveries(1)
		return err
	})
	put("3") // while the second is under way
	update(func(tx bot.Tx) error {
		return tx.PutOffDelivery(started[0].ID, bot.DeliveryWaiting, 1, time.Now(), "503")
	})
	put("4")
	update(func(tx bot.Tx) error {
		waiting, err := tx.WaitingDeliveries("a", 0, 10)
		if err != nil {
			return err
		}
		if len(waiting) != 1 {
			t.Fatalf("%d edits wait, want the newest alone", len(waiting))
		}
		last, err := tx.StartDeliveries(waiting[0].ID)
		if err == nil && last[0].Key != "card:v4" {
			t.Errorf("the last edit is %s", last[0].Key)
		}
		return err
	})
}

func TestOneRowThatCannotBeReadStopsNoOther(t *testing.T) {
	s := openFor(t, "sqlite:"+filepath.Join(t.TempDir(), "m.db"), Options{})
	ids, err := s.Accept(t.Context(), bot.Event{Source: "a", Key: "1", Body: bot.Opened{}}, bot.Event{Source: "a", Key: "2", Body: bot.Opened{}})
	if err != nil {
		t.Fatal(err)
	}
	err = s.Update(t.Context(), func(x bot.Tx) error {
		if err := x.PutDelivery(bot.Delivery{Key: "1", To: bot.Place{Adapter: "a", Channel: "c"}, Op: bot.OpPost}); err != nil {
			return err
		}
		for _, table := range []string{"inbox", "outbox"} {
			if _, err := x.(*tx).exec(`UPDATE ` + table + ` SET body = replace(body, '"v":1', '"v":9') WHERE id = 1`); err != nil {
				return err
			}
		}
		events, err := x.Events(ids...)
		if err != nil || len(events) != 2 || events[0].Err == nil || events[1].Err != nil {
			t.Errorf("got %+v, %v", events, err)
		}
		sent, err := x.StartDeliveries(1)
		if err != nil || len(sent) != 1 || sent[0].Decode() == nil {
			t.Errorf("got %+v, %v", sent, err)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
