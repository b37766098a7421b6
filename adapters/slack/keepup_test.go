package slack

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"meridian/adapters/slack/slacktest"
	"meridian/bot"
)

// heard says that the desk had heard until now.
func (b *bench) heard() {
	b.desk.mu.Lock()
	defer b.desk.mu.Unlock()
	b.desk.heard[name] = bot.Event{Body: bot.Heard{Until: time.Now()}}
}

func (b *bench) heardAt() time.Time {
	b.desk.mu.Lock()
	defer b.desk.mu.Unlock()
	if h, ok := b.desk.heard[name].Body.(bot.Heard); ok {
		return h.Until
	}
	return time.Time{}
}

func TestWhatWasSaidWhileNobodyListenedIsHeardOnce(t *testing.T) {
	for what, c := range map[string]struct {
		options  slacktest.Options
		messages int
		within   time.Duration
	}{
		"3000 messages of 6 hours":        {slacktest.Options{}, 3000, 10 * time.Minute},
		"at 15 messages and one a minute": {slacktest.Options{HistoryPage: 15, HistoryEvery: time.Minute}, 300, 2 * time.Hour},
	} {
		for way, conf := range map[string]Config{"HTTP": {SigningSecret: signing}, "sockets": {AppToken: appToken}} {
			t.Run(what+" over "+way, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					b := newBench(t, conf, c.options)
					b.heard()
					before := b.slack.Quietly("U0OWEN", "C0SUPPORT", "", "known")
					b.desk.keys["said:C0SUPPORT/"+before] = true
					open := b.slack.Quietly("U0OWEN", "C0SUPPORT", "", "an old thread")
					b.desk.keys["said:C0SUPPORT/"+open] = true
					b.desk.requests = []bot.Request{{Number: 1, Home: at("C0SUPPORT").In(open)}}
					var want []string
					for i := range c.messages {
						time.Sleep(6 * time.Hour / time.Duration(c.messages))
						thread := ""
						switch i % 10 {
						case 3:
							thread = open
						case 7:
							thread = b.slack.Quietly("U0GRACE", "C0SUPPORT", "", "a new thread")
							want = append(want, "said said:C0SUPPORT/"+thread)
						}
						channel := []string{"C0SUPPORT", "C0INSIDE", "C0SUPPORT"}[i%3]
						if thread != "" {
							channel = "C0SUPPORT"
						}
						want = append(want, "said said:"+channel+"/"+b.slack.Quietly("U0OWEN", channel, thread, fmt.Sprint("message ", i)))
					}
					im := b.slack.DirectWith("U0INGA")
					want = append(want, "said said:"+im+"/"+b.slack.Quietly("U0INGA", im, "", "to the desk"))
					began := time.Now()
					b.run()
					time.Sleep(c.within)
					if heard := b.heardAt(); !heard.After(began.Add(-time.Second)) {
						t.Errorf("heard until %s, it began at %s", heard, began)
					}
					b.expect(want)
					if n := len(b.desk.take("said")); n != len(want) {
						t.Errorf("%d messages, not %d", n, len(want))
					}
					b.end()
				})
			})
		}
	}
}

func TestANewDeskFilesNothingOfBefore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, Config{SigningSecret: signing}, slacktest.Options{})
		b.slack.Quietly("U0OWEN", "C0SUPPORT", "", "long ago")
		time.Sleep(time.Hour)
		b.run()
		time.Sleep(time.Minute)
		if got := b.desk.got(); len(got) > 0 || b.heardAt().IsZero() {
			t.Errorf("got %v, heard %s", got, b.heardAt())
		}
		b.end()
	})
}

func TestAnEditMadeMeanwhileIsFollowed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, Config{SigningSecret: signing}, slacktest.Options{})
		b.heard()
		time.Sleep(time.Hour)
		ts := b.slack.Quietly("U0OWEN", "C0SUPPORT", "", "first")
		b.slack.SetApp(nil)
		b.slack.Edit("C0SUPPORT", ts, "second")
		b.slack.SetApp(b.Handler())
		b.run()
		time.Sleep(time.Minute)
		said, edited := b.desk.take("said"), b.desk.take("edited")
		if len(said) != 1 || len(edited) != 1 || edited[0].Body.(bot.Edited).Text != "second" {
			t.Errorf("said %v, edited %v", said, edited)
		}
		b.end()
	})
}

func TestAGapOfTheSocketsIsCaughtUpWith(t *testing.T) {
	onSockets(t, slacktest.Options{}, func(t *testing.T, b *bench) {
		time.Sleep(5 * time.Minute)
		b.slack.RefuseSockets("too_many_websockets")
		b.slack.Disconnect("refresh_requested")
		time.Sleep(30 * time.Minute)
		ts := b.slack.Quietly("U0OWEN", "C0SUPPORT", "", "while nobody listened")
		time.Sleep(5 * time.Minute)
		b.slack.RefuseSockets("")
		time.Sleep(5 * time.Minute)
		b.expect([]string{"said said:C0SUPPORT/" + ts})
		if late := time.Since(b.heardAt()); late > 2*time.Minute {
			t.Errorf("heard %s ago", late)
		}
	})
}

func TestNothingIsHeardWhileSlackCannotBeAsked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, Config{SigningSecret: signing}, slacktest.Options{})
		b.run()
		time.Sleep(time.Minute)
		b.slack.Kill("account_inactive")
		before := b.heardAt()
		time.Sleep(2 * time.Hour)
		if heard := b.heardAt(); heard.Sub(before) > 15*time.Minute {
			t.Errorf("heard until %s", heard)
		}
		b.slack.Kill("")
		time.Sleep(15 * time.Minute)
		if late := time.Since(b.heardAt()); late > 15*time.Minute {
			t.Errorf("heard %s ago", late)
		}
		b.end()
	})
}
