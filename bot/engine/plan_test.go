package engine_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"meridian/bot"
)

func TestTheConfigurationIsPlannedAtTheStartAndWheneverItIsAnother(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var plans, fired int
		b := newBench(t, bot.Unasked{
			Plan: []func(bot.Tx) error{func(tx bot.Tx) error {
				plans++
				return tx.SetTimer(bot.Timer{Key: "planned", What: "planned", Object: "planned", At: tx.Now().Add(time.Minute)})
			}},
			Due: []bot.Handler{{Name: "planned", Do: func(context.Context, bot.Tx, bot.Event, any) error {
				fired++
				return nil
			}}},
		})
		b.run()
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		if plans != 1 || fired != 1 {
			t.Errorf("with one configuration: planned %d times, fired %d times", plans, fired)
		}
		other := *b.settings
		b.settings = &other
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		if plans != 2 || fired != 2 {
			t.Errorf("with the second: planned %d times, fired %d times", plans, fired)
		}
		b.stop()
	})
}

func TestAPlanThatFailsIsMadeAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		plans := 0
		b := newBench(t, bot.Unasked{Plan: []func(bot.Tx) error{func(bot.Tx) error {
			if plans++; plans == 1 {
				return errors.New("the store is away")
			}
			return nil
		}}})
		b.run()
		time.Sleep(time.Minute)
		synctest.Wait()
		if plans != 2 {
			t.Errorf("planned %d times", plans)
		}
		b.stop()
	})
}
