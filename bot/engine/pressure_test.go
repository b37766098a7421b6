package engine_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"meridian/bot"
)

func TestWithABacklogBeyondMemoryALaneKeepsItsOrder(t *testing.T) {
	bubble(t, func(t *testing.T) {
		var h handled
		b := newBench(t, h.said(func(e bot.Event) error {
			if e.Place.Channel == "old" {
				time.Sleep(time.Millisecond)
			}
			return nil
		}), &outside{name: "a"})
		for i := range 41 {
			var events []bot.Event
			for j := range 250 {
				events = append(events, said("old", fmt.Sprintf("%d-%d", i, j)))
			}
			if _, err := b.store.Accept(t.Context(), events...); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := b.store.Accept(t.Context(), said("x", "root")); err != nil {
			t.Fatal(err)
		}
		b.run()
		defer b.stop()
		time.Sleep(time.Second)
		b.accept(said("x", "reply"))
		time.Sleep(time.Minute)
		synctest.Wait()
		got := slices.DeleteFunc(h.list(), func(key string) bool { return strings.Contains(key, "-") })
		if !slices.Equal(got, []string{"root", "reply"}) {
			t.Errorf("got %v", got)
		}
	})
}

func TestEventsWithoutALookDoNotWaitForThoseWithOne(t *testing.T) {
	bubble(t, func(t *testing.T) {
		var h handled
		var opened time.Time
		u := h.said(nil)
		u.Said[0].Look = func(_ context.Context, _ bot.View, e bot.Event) (any, error) {
			if strings.HasPrefix(e.Place.Channel, "slow") {
				time.Sleep(9 * time.Second)
			}
			return nil, nil
		}
		u.Opened = []bot.Handler{{Name: "home", Do: func(context.Context, bot.Tx, bot.Event, any) error {
			opened = time.Now()
			return nil
		}}}
		b := newBench(t, u, &outside{name: "a"})
		b.run()
		defer b.stop()
		for i := range 32 {
			b.accept(said(fmt.Sprint("slow", i), fmt.Sprint("slow", i)))
		}
		time.Sleep(100 * time.Millisecond)
		for i := range 40 {
			b.accept(said("busy", fmt.Sprint("busy", i)))
		}
		time.Sleep(100 * time.Millisecond)
		asked := time.Now()
		b.accept(bot.Event{Source: "a", Key: "home", Actor: bot.Actor{ID: "a:anna"}, Body: bot.Opened{}})
		time.Sleep(time.Minute)
		synctest.Wait()
		if waited := opened.Sub(asked); waited < 0 || waited > time.Second {
			t.Errorf("it waited %s", waited)
		}
	})
}

func TestWhatFailsAgainAfterAReplayIsToldAgain(t *testing.T) {
	bubble(t, func(t *testing.T) {
		failures := 0
		out := &outside{name: "a", tell: func(d bot.Delivery) error {
			if d.Key == "x" {
				return bot.Permanent(errors.New("archived"))
			}
			return nil
		}}
		var h handled
		u := h.said(func(bot.Event) error { return errors.New("no luck") })
		u.Failed = []bot.Handler{{Name: "failed", Do: func(context.Context, bot.Tx, bot.Event, any) error {
			failures++
			return nil
		}}}
		b := newBench(t, u, out)
		b.run()
		defer b.stop()
		b.put(post("c", "x"))
		b.accept(said("c", "bad"))
		time.Sleep(5 * time.Minute)
		told := len(out.keys())
		err := b.store.Update(t.Context(), func(tx bot.Tx) error {
			items, err := tx.Stuck()
			for _, i := range items {
				err = errors.Join(err, tx.Replay(i.What, i.ID))
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(5 * time.Minute)
		synctest.Wait()
		if failures != 2 || len(out.keys()) <= told {
			t.Errorf("%d failures told, then %v", failures, out.keys()[told:])
		}
	})
}
