package web

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"meridian/bot"
)

func TestNobodyCanNameAMessageOfTheBot(t *testing.T) {
	d := newFakeDesk()
	key := "card:R-1"
	receipt, err := newAdapter(t, d).Deliver(t.Context(), bot.Delivery{Key: key, Op: bot.OpPost, To: support})
	if err != nil {
		t.Fatal(err)
	}
	openAs(t, d, "web:dina").post("/say", "place", "web:support", "text", "hello", "nonce", receipt.Message)
	if e := one(t, d); e.Message == receipt.Message || e.Message[0] == receipt.Message[0] {
		t.Errorf("a person's message has the id %s beside %s", e.Message, receipt.Message)
	}
}

func TestTheSameDeliveryGivesTheSameMessage(t *testing.T) {
	a := newAdapter(t, newFakeDesk())
	d := bot.Delivery{Key: "card:R-1", Op: bot.OpPost, To: support.In("m1")}
	first, err := a.Deliver(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	second, err := a.Deliver(t.Context(), d)
	if err != nil || first.Message == "" || second.Message != first.Message || first.Thread != "m1" {
		t.Errorf("%+v, then %+v, %v", first, second, err)
	}
	d.Key = "card:R-2"
	if other, err := a.Deliver(t.Context(), d); err != nil || other.Message == first.Message {
		t.Errorf("another key: %+v, %v", other, err)
	}
	if r, done, err := a.Find(t.Context(), d); done || err != nil || r.Message != "" {
		t.Errorf("found %+v %v %v", r, done, err)
	}
	for _, c := range []struct {
		d    bot.Delivery
		want func(error) bool
	}{
		{bot.Delivery{Op: bot.OpEdit, Target: "b1"}, func(err error) bool { return err == nil }},
		{bot.Delivery{Op: bot.OpReact, Target: "b1", Emoji: "eyes"}, func(err error) bool { return err == nil }},
		{bot.Delivery{Op: bot.OpUnreact, Target: "b1", Emoji: "eyes"}, func(err error) bool { return err == nil }},
		{bot.Delivery{Op: bot.OpDelete, Target: "b1"}, func(err error) bool { return err == nil }},
		{bot.Delivery{Op: bot.OpWhisper, Person: "web:dina"}, func(err error) bool { return err == nil }},
		{bot.Delivery{Op: bot.OpWhisper}, bot.IsPermanent},
		{bot.Delivery{Op: bot.OpEdit}, bot.IsPermanent},
		{bot.Delivery{Op: bot.OpUpload}, func(err error) bool { return err == nil }},
		{bot.Delivery{Op: bot.OpHome}, func(err error) bool { return errors.Is(err, bot.ErrUnsupported) }},
	} {
		if _, err := a.Deliver(t.Context(), c.d); !c.want(err) {
			t.Errorf("%s: %v", c.d.Op, err)
		}
	}
}

func TestTheAdapterHasCaughtUpAtOnceAndEveryMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newFakeDesk()
		d.accept = func(bot.Event) error {
			if time.Now().Second() == 0 && time.Now().Minute() == 2 {
				return bot.ErrBusy // one report lost is no harm
			}
			return nil
		}
		a := newAdapter(t, d)
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- a.Run(ctx) }()
		time.Sleep(5*time.Minute + time.Second)
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
		events := d.accepted()
		if len(events) != 5 {
			t.Fatalf("%d reports in five minutes, one of them refused", len(events))
		}
		for _, e := range events {
			if h, ok := e.Body.(bot.Heard); !ok || !h.Until.Equal(e.At) || e.Source != "web" || e.Key != "" {
				t.Errorf("report %+v", e)
			}
		}
		select {
		case <-a.stopped:
		default:
			t.Error("live connections would outlive the adapter")
		}
	})
}
