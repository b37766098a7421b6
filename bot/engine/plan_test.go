package engine_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"meridian/bot"
)

func TestTheConfigurationIsPlannedAtTheStartAndWheneverItIsAnother(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var plans, fired atomic.Int32
		b := newBench(t, bot.Unasked{
			Plan: []func(bot.Tx) error{func(tx bot.Tx) error {
				plans.Add(1)
				return tx.SetTimer(bot.Timer{Key: "planned", What: "planned", Object: "planned", At: tx.Now().Add(time.Minute)})
			}},
			Due: []bot.Handler{{Name: "planned", Do: func(context.Context, bot.Tx, bot.Event, any) error {
				fired.Add(1)
				return nil
			}}},
		})
		b.run()
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		if plans.Load() != 1 || fired.Load() != 1 {
			t.Errorf("with one configuration: planned %d times, fired %d times", plans.Load(), fired.Load())
		}
		other := *b.settings.Load()
		b.settings.Store(&other)
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		if plans.Load() != 2 || fired.Load() != 2 {
			t.Errorf("with the second: planned %d times, fired %d times", plans.Load(), fired.Load())
		}
		b.stop()
	})
}

func TestAPlanThatFailsIsMadeAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var plans atomic.Int32
		b := newBench(t, bot.Unasked{Plan: []func(bot.Tx) error{func(bot.Tx) error {
			if plans.Add(1) == 1 {
				return errors.New("the store is away")
			}
			return nil
		}}})
		b.run()
		time.Sleep(time.Minute)
		synctest.Wait()
		if plans.Load() != 2 {
			t.Errorf("planned %d times", plans.Load())
		}
		b.stop()
	})
}
