package engine_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"meridian/bot"
)

func TestDeliveriesOfALaneGoInOrderAndWaitForTheirTime(t *testing.T) {
	bubble(t, func(t *testing.T) {
		out := &outside{name: "a", took: 10 * time.Millisecond}
		b := newBench(t, bot.Unasked{}, out)
		b.run()
		defer b.stop()
		later := post("c", "later")
		later.NotBefore = time.Now().Add(time.Hour)
		b.put(later, post("c", "1"), post("c", "2"), post("c", "3"))
		time.Sleep(time.Minute)
		if got := out.keys(); !slices.Equal(got, []string{"1", "2", "3"}) {
			t.Errorf("at once: %v", got)
		}
		time.Sleep(time.Hour)
		if got := out.keys(); !slices.Equal(got, []string{"1", "2", "3", "later"}) {
			t.Errorf("an hour later: %v", got)
		}
	})
}

func TestAWaitingDeliveryCanBeDropped(t *testing.T) {
	bubble(t, func(t *testing.T) {
		out := &outside{name: "a"}
		b := newBench(t, bot.Unasked{}, out)
		b.run()
		defer b.stop()
		held := post("c", "held")
		held.NotBefore = time.Now().Add(time.Minute)
		b.put(held)
		time.Sleep(30 * time.Second)
		err := b.store.Update(t.Context(), func(tx bot.Tx) error {
			ok, err := tx.DropDelivery("held")
			if !ok {
				return errors.New("it was not there")
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Hour)
		if len(out.sent()) != 0 {
			t.Errorf("got %v", out.keys())
		}
	})
}

func TestAnEditFollowsItsPostAndTheNewestWins(t *testing.T) {
	bubble(t, func(t *testing.T) {
		out := &outside{name: "a", took: time.Second}
		b := newBench(t, bot.Unasked{}, out)
		b.run()
		defer b.stop()
		b.put(post("c", "card"))
		time.Sleep(500 * time.Millisecond)
		for i := range 5 {
			b.put(bot.Delivery{Key: fmt.Sprint("card:v", i), Card: "card", After: "card", Op: bot.OpEdit, To: bot.Place{Adapter: "a", Channel: "c"}})
		}
		time.Sleep(10 * time.Second)
		if got := out.keys(); !slices.Equal(got, []string{"card", "card:v4"}) || out.sent()[1].Target != "m:card" {
			t.Errorf("got %v, target %q", got, out.sent()[1].Target)
		}
	})
}

func TestWhatStandsBelowAMessageOfAThreadGoesIntoThatThread(t *testing.T) {
	bubble(t, func(t *testing.T) {
		out := &outside{name: "a"}
		b := newBench(t, bot.Unasked{}, out)
		b.run()
		defer b.stop()
		to := bot.Place{Adapter: "a", Channel: "c"}
		inside := post("c", "inside")
		inside.To.Thread = "root"
		b.put(post("c", "card"), inside,
			bot.Delivery{Key: "below the card", After: "card", Op: bot.OpPost, To: to},
			bot.Delivery{Key: "beside it", After: "inside", Op: bot.OpPost, To: to})
		time.Sleep(10 * time.Second)
		want := []string{"card in ", "inside in root", "below the card in m:card", "beside it in root"}
		var got []string
		for _, d := range out.sent() {
			got = append(got, d.Key+" in "+d.To.Thread)
		}
		if !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
	})
}

func TestWhenTheFirstIsDeadAnEditBecomesAPostInItsPlaceAndAnythingElseDies(t *testing.T) {
	bubble(t, func(t *testing.T) {
		out := &outside{name: "a", tell: func(d bot.Delivery) error {
			if d.Key == "card" {
				return bot.Permanent(errors.New("channel is archived"))
			}
			return nil
		}}
		var failed []string
		b := newBench(t, bot.Unasked{Failed: []bot.Handler{{Name: "test", Do: func(_ context.Context, _ bot.Tx, e bot.Event, _ any) error {
			failed = append(failed, e.Body.(bot.Failed).Delivery)
			return nil
		}}}}, out)
		b.run()
		defer b.stop()
		to := bot.Place{Adapter: "a", Channel: "c"}
		b.put(post("c", "card"),
			bot.Delivery{Key: "edit", Card: "card", After: "card", Op: bot.OpEdit, To: to},
			bot.Delivery{Key: "react", After: "card", Op: bot.OpReact, To: to})
		time.Sleep(10 * time.Second)
		b.put(bot.Delivery{Key: "edit2", Card: "card", After: "card", Op: bot.OpEdit, To: to})
		b.put(bot.Delivery{Key: "after", After: "nothing", Op: bot.OpPost, To: to})
		time.Sleep(10 * time.Second)
		synctest.Wait()
		// What follows goes to the message that stands for the dead one.
		if got := out.keys(); !slices.Equal(got, []string{"edit", "react", "edit2"}) || out.sent()[0].Op != bot.OpPost {
			t.Fatalf("sent %v", got)
		}
		for _, d := range out.sent()[1:] {
			if d.Target != "m:edit" {
				t.Errorf("%s went to %q", d.Key, d.Target)
			}
		}
		if !slices.Equal(failed, []string{"card", "after"}) {
			t.Errorf("failed %v", failed)
		}
	})
}

func TestPastItsUntilADeliveryExpires(t *testing.T) {
	bubble(t, func(t *testing.T) {
		down := true
		out := &outside{name: "a", tell: func(bot.Delivery) error {
			if down {
				return errors.New("no route")
			}
			return nil
		}}
		b := newBench(t, bot.Unasked{}, out)
		b.run()
		defer b.stop()
		d := post("c", "digest")
		d.Until = time.Now().Add(5 * time.Minute)
		b.put(d)
		time.Sleep(time.Hour)
		down = false
		time.Sleep(time.Hour)
		if len(out.sent()) != 0 || b.state("digest") != bot.DeliveryExpired {
			t.Errorf("sent %v, state %s", out.keys(), b.state("digest"))
		}
	})
}

func TestAPlainFailureIsTriedAgainAndStepsAsideAfterTenMinutes(t *testing.T) {
	bubble(t, func(t *testing.T) {
		out := &outside{name: "a", tell: func(d bot.Delivery) error {
			if d.Key == "bad" {
				return errors.New("no luck")
			}
			return nil
		}}
		b := newBench(t, bot.Unasked{}, out)
		b.run()
		defer b.stop()
		b.put(post("c", "bad"), post("c", "next"), post("other", "beside"))
		time.Sleep(9 * time.Minute)
		if got := out.keys(); !slices.Equal(got, []string{"beside"}) {
			t.Errorf("within ten minutes: %v", got)
		}
		time.Sleep(10 * time.Minute)
		if got := out.keys(); !slices.Equal(got, []string{"beside", "next"}) {
			t.Errorf("after ten minutes: %v", got)
		}
		out.mu.Lock()
		out.tell = nil
		out.mu.Unlock()
		time.Sleep(10 * time.Minute)
		if got := out.keys(); !slices.Equal(got, []string{"beside", "next", "bad"}) {
			t.Errorf("at the end: %v", got)
		}
	})
}

func TestRetryAfterIsKeptToAndIsNoAttempt(t *testing.T) {
	bubble(t, func(t *testing.T) {
		var tries []time.Time
		var attempts []int
		out := &outside{name: "a", tell: func(d bot.Delivery) error {
			tries, attempts = append(tries, time.Now()), append(attempts, d.Attempt)
			if len(tries) < 3 {
				return bot.RetryAfter(30 * time.Second)
			}
			return nil
		}}
		b := newBench(t, bot.Unasked{}, out)
		b.run()
		defer b.stop()
		b.put(post("c", "1"))
		time.Sleep(5 * time.Minute)
		if len(tries) != 3 || tries[1].Sub(tries[0]) < 30*time.Second || tries[1].Sub(tries[0]) > 31*time.Second || attempts[2] != 1 {
			t.Errorf("tries %v, attempts %v", tries, attempts)
		}
	})
}

// What happens after an unknown outcome depends on what it was.
func TestAfterAnUnknownOutcome(t *testing.T) {
	page, client, mail := post("c", "page"), post("c", "client"), post("c", "mail")
	page.Page, client.ToClient, mail.Op = true, true, bot.OpMail
	edit, whisper := post("c", "edit"), post("c", "whisper")
	edit.Op, whisper.Op, whisper.Person = bot.OpEdit, bot.OpWhisper, "a:anna"
	for _, tt := range []struct {
		d      bot.Delivery
		unsure int // so many outcomes are unknown
		times  int // how often it is done
		state  bot.DeliveryState
	}{
		{post("c", "post"), 1, 2, bot.DeliveryDone}, // nobody can look it up: again
		{page, 1, 2, bot.DeliveryDone},              // rather twice than never
		{client, 1, 1, bot.DeliveryHeld},            // a person decides
		{mail, 1, 2, bot.DeliveryDone},              // again with the same Message-ID
		{edit, 2, 3, bot.DeliveryDone},              // harmless
		{whisper, 1, 2, bot.DeliveryDone},           // again once
		{whisper, 9, 2, bot.DeliveryDead},
	} {
		t.Run(fmt.Sprintf("%s after %d", tt.d.Key, tt.unsure), func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				n := 0
				out := &outside{name: "a", tell: func(d bot.Delivery) error {
					if d.Key != tt.d.Key {
						return nil
					}
					if n++; n <= tt.unsure {
						return bot.Unknown(errors.New("connection dropped"))
					}
					return nil
				}}
				b := newBench(t, bot.Unasked{}, out)
				b.run()
				defer b.stop()
				b.put(tt.d)
				time.Sleep(10 * time.Minute)
				if n != tt.times || b.state(tt.d.Key) != tt.state {
					t.Errorf("done %d times, state %s", n, b.state(tt.d.Key))
				}
			})
		})
	}
}

// seeker can look up what it did.
type seeker struct{ outside }

func (s *seeker) Find(_ context.Context, d bot.Delivery) (bot.Receipt, bool, error) {
	return bot.Receipt{Message: "m:" + d.Key}, slices.Contains(s.keys(), d.Key), nil
}

func TestAnUnknownPostIsLookedUpFirst(t *testing.T) {
	bubble(t, func(t *testing.T) {
		out := &seeker{outside{name: "a"}}
		out.tell = func(d bot.Delivery) error {
			if d.Attempt == 1 {
				return bot.Unknown(errors.New("connection dropped"))
			}
			return nil
		}
		b := newBench(t, bot.Unasked{}, out)
		b.run()
		defer b.stop()
		b.put(post("c", "1"), post("c", "2"))
		time.Sleep(time.Minute)
		if got := out.keys(); !slices.Equal(got, []string{"1", "2"}) || b.state("2") != bot.DeliveryDone {
			t.Errorf("got %v, %s", got, b.state("2"))
		}
	})
}

func TestWhatAMessengerHasNoMeansForIsDoneAnotherWay(t *testing.T) {
	bubble(t, func(t *testing.T) {
		out := &outside{name: "a", tell: func(d bot.Delivery) error {
			if d.Op != bot.OpPost {
				return bot.ErrUnsupported
			}
			return nil
		}}
		b := newBench(t, bot.Unasked{}, out)
		b.run()
		defer b.stop()
		to := bot.Place{Adapter: "a", Channel: "c"}
		b.put(bot.Delivery{Key: "w", Op: bot.OpWhisper, To: to, Person: "a:anna"}, bot.Delivery{Key: "r", Op: bot.OpReact, To: to}, bot.Delivery{Key: "t", Op: bot.OpThread, To: to})
		time.Sleep(time.Minute)
		if len(out.sent()) != 1 || out.sent()[0].To != bot.Direct("a:anna") {
			t.Errorf("sent %+v", out.sent())
		}
		if b.state("r") != bot.DeliveryDone || b.state("t") != bot.DeliveryDead {
			t.Errorf("reaction %s, thread %s", b.state("r"), b.state("t"))
		}
	})
}

func TestTheTeamsSideNeverGoesWhereAnOutsiderReads(t *testing.T) {
	bubble(t, func(t *testing.T) {
		out := &outside{name: "a"}
		b := newBench(t, bot.Unasked{}, out)
		b.run()
		defer b.stop()
		card := post("clients", "card")
		card.TeamSide = true
		inside := post("ops", "inside")
		inside.TeamSide = true
		b.put(card, inside)
		time.Sleep(time.Minute)
		if got := out.keys(); !slices.Equal(got, []string{"inside"}) || b.state("card") != bot.DeliveryDead {
			t.Errorf("sent %v, card %s", got, b.state("card"))
		}
	})
}

// limited is an adapter with rates.
type limited struct {
	outside
	rates bot.Rates
}

func (l *limited) Rates() bot.Rates { return l.rates }

func TestCatchUpTakesNoLongerThanTheRatesDemand(t *testing.T) {
	for _, tt := range []struct {
		channels, each int
		total          float64 // a second
		ideal          time.Duration
	}{
		{1, 200, 0, 199 * time.Second},
		{5, 200, 0, 199 * time.Second},
		{50, 20, 5, 1000 * time.Second / 5},
	} {
		t.Run(fmt.Sprint(tt.channels, " channels"), func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				out := &limited{outside: outside{name: "a", took: 50 * time.Millisecond}, rates: bot.Rates{ChannelEvery: 1, Total: tt.total, TotalBurst: 1, Parallel: 64}}
				b := newBench(t, bot.Unasked{}, out)
				var all []bot.Delivery
				for i := range tt.each {
					for c := range tt.channels {
						d := post(fmt.Sprint("c", c), fmt.Sprintf("%d/%d", c, i))
						d.Urgency = bot.UrgentPost
						all = append(all, d)
					}
				}
				b.put(all...)
				b.run()
				defer b.stop()
				began := time.Now()
				urgent := post("c0", "urgent")
				urgent.Urgency = bot.UrgentPage
				time.Sleep(10 * time.Second)
				b.put(urgent)
				asked := time.Now()
				for len(out.keys()) < len(all)+1 {
					time.Sleep(100 * time.Millisecond)
				}
				took := out.at[len(out.at)-1].Sub(began)
				t.Logf("%d posts in %d channels took %s, ideal %s", len(all), tt.channels, took, tt.ideal)
				if limit := tt.ideal + tt.ideal/20; took > limit {
					t.Errorf("took %s, want at most %s", took, limit)
				}
				if wait := out.at[slices.Index(out.keys(), "urgent")].Sub(asked); wait > 3*time.Second {
					t.Errorf("the urgent one waited %s", wait)
				}
			})
		})
	}
}
