package email

import (
	"context"
	"errors"
	"net"
	"testing"
	"testing/synctest"
	"time"

	"meridian/adapters/adaptertest"
	"meridian/bot"
)

// heardDesk is a desk that knows how far mail was heard before.
type heardDesk struct {
	*adaptertest.Desk
	until time.Time
}

func (d heardDesk) View(_ context.Context, who string, fn func(bot.Pages) error) error {
	return fn(bot.PagesFor(heardView{until: d.until}, who))
}

type heardView struct {
	bot.View
	until time.Time
}

func (heardView) Settings() *bot.Settings { return &bot.Settings{} }

func (v heardView) HeardUntil(adapter string) (time.Time, error) {
	if adapter != Source {
		return time.Time{}, errors.New("another adapter was asked for")
	}
	return v.until, nil
}

// hearing runs a mailbox on a desk in a bubble and hands the test the moment
// it began to listen.
func hearing(t *testing.T, before func(start time.Time) time.Time, test func(d heardDesk, start time.Time)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		d := heardDesk{Desk: adaptertest.NewDesk(), until: before(start)}
		a := newAdapter(t, Config{}, d, Options{Listener: pipes{conns: make(chan net.Conn)}})
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- a.Run(ctx) }()
		test(d, start)
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

// reports fails unless the reports since the one of number from are one a
// minute from first on.
func reports(t *testing.T, d heardDesk, from, want int, first time.Time) {
	t.Helper()
	synctest.Wait()
	got := d.Heard()
	if len(got) != from+want {
		t.Fatalf("%d reports, want %d", len(got), from+want)
	}
	for i, e := range got[from:] {
		if h, ok := e.Body.(bot.Heard); !ok || !h.Until.Equal(first.Add(time.Duration(i)*time.Minute)) || e.Source != Source {
			t.Errorf("report %d: %+v", i, e)
		}
	}
}

func TestAfterAGapMailIsHeardAfterFourHoursOfListening(t *testing.T) {
	for name, before := range map[string]func(time.Time) time.Time{
		"never heard":                func(time.Time) time.Time { return time.Time{} },
		"heard over 5 minutes ago":   func(start time.Time) time.Time { return start.Add(-5*time.Minute - time.Millisecond) },
		"heard on the day before it": func(start time.Time) time.Time { return start.Add(-24 * time.Hour) },
	} {
		t.Run(name, func(t *testing.T) {
			hearing(t, before, func(d heardDesk, start time.Time) {
				time.Sleep(4*time.Hour - time.Second)
				reports(t, d, 0, 0, start)
				time.Sleep(3 * time.Minute)
				reports(t, d, 0, 3, start.Add(4*time.Hour))
			})
		})
	}
}

func TestAStartWithinFiveMinutesOfTheLastReportContinuesAtOnce(t *testing.T) {
	for _, gap := range []time.Duration{0, time.Second, 5 * time.Minute} {
		t.Run(gap.String(), func(t *testing.T) {
			hearing(t, func(start time.Time) time.Time { return start.Add(-gap) }, func(d heardDesk, start time.Time) {
				reports(t, d, 0, 1, start)
				time.Sleep(2*time.Minute + time.Second)
				reports(t, d, 0, 3, start)
			})
		})
	}
}

func TestReportsThatCannotBeStoredForFiveMinutesAreAGap(t *testing.T) {
	hearing(t, func(start time.Time) time.Time { return start }, func(d heardDesk, start time.Time) {
		reports(t, d, 0, 1, start)
		d.FailWith(errors.New("the disk is full"))
		time.Sleep(3*time.Minute + time.Second)
		d.FailWith(nil)
		time.Sleep(2 * time.Minute)
		reports(t, d, 1, 2, start.Add(4*time.Minute))
		d.FailWith(errors.New("the disk is full"))
		time.Sleep(7 * time.Minute)
		d.FailWith(nil)
		time.Sleep(3 * time.Hour)
		reports(t, d, 3, 0, start)
		time.Sleep(time.Hour)
		synctest.Wait()
		if got := d.Heard()[3].Body.(bot.Heard).Until; got.Sub(start) < 4*time.Hour+10*time.Minute {
			t.Errorf("heard until %s after the start", got.Sub(start))
		}
	})
}

func TestWhoFetchesAndListensIsHeardAsFarAsBoth(t *testing.T) {
	now := time.Date(2026, 3, 3, 10, 0, 0, 0, time.UTC)
	fetches := newAdapter(t, Config{IMAP: IMAP{URL: "imaps://a:b@mail.example"}}, nil, Options{})
	if got := fetches.heardBySMTP(now); !got.Equal(now) {
		t.Errorf("without a listener it is heard until %s", got)
	}
	both := newAdapter(t, Config{Listen: "127.0.0.1:0", IMAP: IMAP{URL: "imaps://a:b@mail.example"}}, nil, Options{})
	if got := both.heardBySMTP(now); !got.IsZero() {
		t.Errorf("while the listener knows nothing it is heard until %s", got)
	}
	both.smtpHeard.Store(now.Add(-time.Hour).Unix())
	if got := both.heardBySMTP(now); !got.Equal(now.Add(-time.Hour)) {
		t.Errorf("it is heard until %s", got)
	}
	both.smtpHeard.Store(now.Add(time.Hour).Unix())
	if got := both.heardBySMTP(now); !got.Equal(now) {
		t.Errorf("it is heard until %s", got)
	}
}
