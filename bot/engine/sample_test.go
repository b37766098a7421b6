package engine_test

import (
	"slices"
	"testing"
	"time"

	"meridian/bot"
)

// keeper is a messenger whose messages the store keeps, as the web desk's are.
type keeper struct{ outside }

func (*keeper) Keeps() bool { return true }

// Whoever writes something of the sample day to an address or to a messenger
// outside, by whatever way, nobody out there hears of it.
func TestNothingOfTheSampleDayLeavesThisComputer(t *testing.T) {
	bubble(t, func(t *testing.T) {
		here, out := &keeper{outside{name: "a"}}, &outside{name: "mail"}
		b := newBench(t, bot.Unasked{}, here, out)
		b.run()
		defer b.stop()
		of := func(key, adapter string, request int64) bot.Delivery {
			d := post("c", key)
			d.To.Adapter, d.Request = adapter, request
			return d
		}
		b.put(of("sample here", "a", -3), of("sample mail", "mail", -3), of("rest of the sample", "mail", bot.SampleRest), of("real mail", "mail", 3))
		time.Sleep(time.Hour)
		if got := here.keys(); !slices.Equal(got, []string{"sample here"}) {
			t.Errorf("on the page: %v", got)
		}
		if got := out.keys(); !slices.Equal(got, []string{"real mail"}) {
			t.Errorf("outside: %v", got)
		}
		for _, key := range []string{"sample mail", "rest of the sample"} {
			if state := b.state(key); state != bot.DeliveryHeld {
				t.Errorf("%s is %s, want it held", key, state)
			}
		}
	})
}
