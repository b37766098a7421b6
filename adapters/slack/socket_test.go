package slack

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"meridian/adapters/slack/slacktest"
	"meridian/bot"
)

// onSockets runs a test in fake time with an adapter on Socket Mode.
func onSockets(t *testing.T, o slacktest.Options, test func(t *testing.T, b *bench)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, Config{AppToken: appToken}, o).run()
		test(t, b)
		b.end()
	})
}

// say lets messages come, so many a second, and gives their keys.
func (b *bench) say(n, perSecond int) []string {
	var keys []string
	for range n {
		keys = append(keys, "said said:C0SUPPORT/"+b.slack.Say("U0OWEN", "C0SUPPORT", "", "help"))
		time.Sleep(time.Second / time.Duration(perSecond))
	}
	return keys
}

// expect fails the test unless each of these was heard once, in this order if
// ordered.
func (b *bench) expect(keys []string) {
	b.t.Helper()
	b.slack.Wait()
	synctest.Wait()
	times := map[string]int{}
	for _, k := range b.desk.got() {
		times[k]++
	}
	missing, doubled := 0, 0
	for _, k := range keys {
		switch times[k] {
		case 0:
			missing++
		case 1:
		default:
			doubled++
		}
	}
	if missing+doubled > 0 {
		b.t.Errorf("of %d messages %d were lost and %d doubled", len(keys), missing, doubled)
	}
	if lost := b.slack.Lost(); len(lost) > 0 {
		b.t.Errorf("Slack has given up on %d events", len(lost))
	}
}

func TestTwoConnectionsEndAtDifferentTimesAndNeverBoth(t *testing.T) {
	onSockets(t, slacktest.Options{SocketLife: 10 * time.Minute}, func(t *testing.T, b *bench) {
		if open, _, _ := b.slack.Sockets(); open != 2 {
			t.Fatalf("%d connections", open)
		}
		var keys []string
		for range 6 * 60 { // an hour
			keys = append(keys, b.say(1, 1)...)
			time.Sleep(9 * time.Second)
		}
		open, peak, gaps := b.slack.Sockets()
		if open < 2 || peak > 4 || gaps > 0 {
			t.Errorf("%d open, at most %d, %d times none", open, peak, gaps)
		}
		b.expect(keys)
	})
}

func TestNothingIsLostWhileConnectionsAreRenewedAllTheTime(t *testing.T) {
	refreshes := 300
	if os.Getenv("SLACK_SOAK") != "" {
		refreshes = 3000
	}
	onSockets(t, slacktest.Options{}, func(t *testing.T, b *bench) {
		stop := make(chan struct{})
		done := make(chan []string)
		go func() {
			var keys []string
			for {
				select {
				case <-stop:
					done <- keys
					return
				default:
					keys = append(keys, b.say(1, 100)...)
				}
			}
		}()
		for range refreshes {
			b.slack.Refresh(200 * time.Millisecond) // warned, and ended a fifth of a second later
		}
		close(stop)
		keys := <-done
		_, peak, gaps := b.slack.Sockets()
		if gaps > 0 || peak > 10 {
			t.Errorf("%d times there was no connection; at most %d at once", gaps, peak)
		}
		if len(keys) < refreshes*20 {
			t.Errorf("only %d messages", len(keys))
		}
		b.expect(keys)
		t.Logf("%d refreshes under %d messages; at most %d connections", refreshes, len(keys), peak)
	})
}

func TestALostAcknowledgementBringsTheEventAgainAndItIsKnown(t *testing.T) {
	onSockets(t, slacktest.Options{Seed: 7}, func(t *testing.T, b *bench) {
		b.slack.DropAcks(0.1)
		keys := b.say(500, 100)
		b.expect(keys)
		if b.desk.all <= len(keys) {
			t.Errorf("%d accepted of %d: nothing came again", b.desk.all, len(keys))
		}
	})
}

func TestWhatIsNotStoredIsNotAcknowledgedAndComesAgain(t *testing.T) {
	onSockets(t, slacktest.Options{}, func(t *testing.T, b *bench) {
		failing := true
		b.desk.accept = func(bot.Event) error {
			if failing {
				return bot.ErrBusy
			}
			return nil
		}
		go func() {
			time.Sleep(30 * time.Second)
			b.desk.mu.Lock()
			defer b.desk.mu.Unlock()
			failing = false
		}()
		b.expect(b.say(20, 10))
	})
}

func TestOneEventThatCannotBeStoredHoldsNoOther(t *testing.T) {
	onSockets(t, slacktest.Options{}, func(t *testing.T, b *bench) {
		bad := ""
		b.desk.accept = func(e bot.Event) error {
			if said, ok := e.Body.(bot.Said); ok && said.Text == "bad" {
				bad = e.Key
				return fmt.Errorf("it cannot be stored")
			}
			return nil
		}
		var keys []string
		for i := range 30 { // so fast that they are accepted together
			text := "good"
			if i == 10 {
				text = "bad"
			}
			if ts := b.slack.Say("U0OWEN", "C0SUPPORT", "", text); text == "good" {
				keys = append(keys, "said said:C0SUPPORT/"+ts)
			}
		}
		synctest.Wait()
		if got := b.desk.got(); len(got) != len(keys) || bad == "" {
			t.Errorf("%d of %d were stored", len(got), len(keys))
		}
		b.desk.mu.Lock()
		b.desk.accept = nil
		b.desk.mu.Unlock()
		b.expect(keys)
	})
}

func TestMessagesOfOneConnectionAreAcceptedInTheirOrder(t *testing.T) {
	onSockets(t, slacktest.Options{}, func(t *testing.T, b *bench) {
		b.slack.Pin()
		var want []string
		for range 200 {
			want = append(want, "said said:C0SUPPORT/"+b.slack.Say("U0OWEN", "C0SUPPORT", "", "x"))
		}
		synctest.Wait()
		if got := b.desk.got(); strings.Join(got, "\n") != strings.Join(want, "\n") {
			t.Errorf("the order is another, %d of %d", len(got), len(want))
		}
	})
}

func TestAHalfOpenConnectionIsNoticed(t *testing.T) {
	onSockets(t, slacktest.Options{}, func(t *testing.T, b *bench) {
		b.slack.HalfOpen()
		keys := b.say(5, 1)
		time.Sleep(time.Minute)
		if open, _, _ := b.slack.Sockets(); open < 2 {
			t.Errorf("%d connections", open)
		}
		b.expect(keys)
	})
}

func TestAnEleventhConnectionIsNeverOpened(t *testing.T) {
	onSockets(t, slacktest.Options{}, func(t *testing.T, b *bench) {
		b.slack.OpenOthers(8) // other copies of the app
		b.slack.CloseOne()    // the next one is the tenth
		time.Sleep(10 * time.Second)
		var keys []string
		for range 40 {
			b.slack.Refresh(10 * time.Second)
			keys = append(keys, b.say(1, 1)...)
		}
		if open, peak, gaps := b.slack.Sockets(); open != 2 || peak > 10 || gaps > 0 {
			t.Errorf("%d open, %d at once, %d times none", open, peak, gaps)
		}
		b.expect(keys)
	})
}

func TestSlacksRefusalOfConnectionsIsWaitedOut(t *testing.T) {
	for reason, wait := range map[string]time.Duration{"too_many_websockets": 3 * time.Minute, "link_disabled": 10 * time.Minute} {
		t.Run(reason, func(t *testing.T) {
			onSockets(t, slacktest.Options{}, func(t *testing.T, b *bench) {
				b.slack.RefuseSockets(reason)
				b.slack.Disconnect(reason)
				time.Sleep(time.Hour)
				if open, _, _ := b.slack.Sockets(); open != 0 {
					t.Errorf("%d connections", open)
				}
				if n := b.slack.Calls("apps.connections.open"); n > 200 {
					t.Errorf("%d tries within an hour", n)
				}
				if reason == "link_disabled" && !strings.Contains(b.logs.String(), "switched off") {
					t.Error("nobody was told that Socket Mode is off")
				}
				b.slack.RefuseSockets("")
				time.Sleep(wait)
				if open, _, _ := b.slack.Sockets(); open != 2 {
					t.Errorf("%d connections", open)
				}
			})
		})
	}
}

func TestADeadAppTokenIsTriedAgainSeldom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, Config{AppToken: "xapp-wrong"}, slacktest.Options{}).run()
		time.Sleep(time.Hour)
		if n := b.slack.Calls("apps.connections.open"); n < 5 || n > 40 {
			t.Errorf("%d tries within an hour", n)
		}
		b.end()
	})
}
