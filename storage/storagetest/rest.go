package storagetest

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"math/rand/v2"
	"reflect"
	"testing"
	"testing/iotest"
	"time"

	"meridian/bot"
)

func duties(t *testing.T, f Fixture) {
	c := newClock()
	a, b := f.open(t, c.now), f.open(t, c.now)
	hold := func(s bot.Store, holder string, d time.Duration) (token int64, ok bool) {
		t.Helper()
		update(t, s, func(tx bot.Tx) (err error) {
			token, ok, err = tx.HoldDuty("inbox", holder, d)
			return err
		})
		return token, ok
	}
	check := func(s bot.Store, token int64) error {
		return s.Update(t.Context(), func(tx bot.Tx) error {
			if err := tx.CheckDuty("inbox", token); err != nil {
				return err
			}
			return tx.SaveHeard("a", c.now())
		})
	}
	wantIs(t, check(a, 0), bot.ErrFenced)
	first, ok := hold(a, "a", 10*time.Second)
	same(t, "a takes it", ok, true)
	_, ok = hold(b, "b", 10*time.Second)
	same(t, "b takes it meanwhile", ok, false)
	c.advance(5 * time.Second)
	again, ok := hold(a, "a", 10*time.Second)
	same(t, "a renews it", ok, true)
	same(t, "the token", again, first)
	c.advance(9 * time.Second)
	if err := check(a, first); err != nil {
		t.Errorf("the holder was refused: %v", err)
	}
	c.advance(time.Second) // a pauses too long
	second, ok := hold(b, "b", 10*time.Second)
	same(t, "b takes it after its end", ok, true)
	same(t, "the token", second, first+1)
	c.advance(-time.Second)
	wantIs(t, check(a, first), bot.ErrFenced) // a's late commit
	if _, ok = hold(a, "a", time.Second); ok {
		t.Error("a takes it from b")
	}
	_, ok = hold(b, "b", 0)
	same(t, "b gives it back", ok, true)
	wantIs(t, check(b, second), bot.ErrFenced)
	third, ok := hold(a, "a", time.Second)
	same(t, "a takes it back", ok, true)
	same(t, "the token", third, second+1)
	view(t, a, func(v bot.View) error {
		holder, until, err := v.Duty("inbox")
		same(t, "the holder", holder, "a")
		same(t, "its end", until, c.now().Add(time.Second))
		nobody, _, err2 := v.Duty("never held")
		same(t, "the holder of a duty never held", nobody, "")
		return errors.Join(err, err2)
	})
}

func timers(t *testing.T, f Fixture) {
	c := newClock()
	s := f.open(t, c.now)
	in := func(d time.Duration) time.Time { return c.now().Add(d) }
	full := bot.Timer{Key: "b", What: "remind", Object: "R-1", Place: desk.In("t"), At: in(2 * time.Minute), Presumes: []string{"web", "email"}}
	allSet(t, full)
	update(t, s, func(tx bot.Tx) error {
		return errors.Join(tx.SetTimer(full), tx.SetTimer(bot.Timer{Key: "a", At: in(time.Hour)}),
			tx.SetTimer(bot.Timer{Key: "a", At: in(time.Minute)}), tx.SetTimer(bot.Timer{Key: "c", At: in(3 * time.Minute)}), tx.DropTimer("missing"))
	})
	due := func() (keys []string) {
		t.Helper()
		view(t, s, func(v bot.View) error {
			all, err := v.DueTimers(10)
			for _, d := range all {
				if keys = append(keys, d.Key); d.Key == "b" && !reflect.DeepEqual(d, full) {
					t.Errorf("got %+v, want %+v", d, full)
				}
			}
			return err
		})
		return keys
	}
	next := func() (at time.Time) {
		t.Helper()
		view(t, s, func(v bot.View) (err error) {
			at, err = v.NextTimer()
			return err
		})
		return at
	}
	start := c.now()
	sameList(t, "due at once", due(), nil)
	same(t, "the next one", next(), start.Add(time.Minute))
	c.advance(2 * time.Minute)
	sameList(t, "due before anybody was heard", due(), []string{"a"})
	update(t, s, func(tx bot.Tx) error { return errors.Join(tx.DropTimer("a"), tx.SaveHeard("web", c.now())) })
	sameList(t, "due while mail was not heard", due(), nil)
	same(t, "the next one, one that waits to be heard left out", next(), start.Add(3*time.Minute))
	update(t, s, func(tx bot.Tx) error { return tx.SaveHeard("email", full.At.Add(-time.Second)) })
	sameList(t, "due while mail was heard up to just before", due(), nil)
	update(t, s, func(tx bot.Tx) error { return tx.SaveHeard("email", full.At) })
	sameList(t, "due once both are heard", due(), []string{"b"})
	c.advance(time.Hour)
	sameList(t, "due in order", due(), []string{"b", "c"})
	update(t, s, func(tx bot.Tx) error { return errors.Join(tx.DropTimer("b"), tx.DropTimer("c")) })
	same(t, "the next one of none", next(), time.Time{})
}

func heard(t *testing.T, f Fixture) {
	c := newClock()
	s := f.open(t, c.now)
	update(t, s, func(tx bot.Tx) error {
		return errors.Join(tx.SaveHeard("web", c.now()), tx.SaveHeard("web", c.now().Add(-time.Hour)), tx.SaveMark("web", "7"), tx.SaveMark("web", "5"))
	})
	view(t, s, func(v bot.View) error {
		at, err := v.HeardUntil("web")
		same(t, "heard until", at, c.now())
		never, err2 := v.HeardUntil("email")
		same(t, "never heard", never, time.Time{})
		mark, err3 := v.Mark("web")
		same(t, "mark", mark, "5")
		none, err4 := v.Mark("email")
		same(t, "no mark", none, "")
		return errors.Join(err, err2, err3, err4)
	})
}

func messages(t *testing.T, f Fixture) {
	c := newClock()
	s := f.open(t, c.now)
	shown := func(id, thread string) bot.ShownMessage {
		return bot.ShownMessage{Place: desk.In(thread), ID: id, Author: "web:anna", Name: "Anna", For: "web:owen", Said: "hi", Message: text("x"), At: c.now(), Edited: true,
			Files: []bot.File{{Name: "a.log", Type: "text/plain", Size: 3}}}
	}
	root := shown("m1", "m1") // the first of its thread stands in the channel
	update(t, s, func(tx bot.Tx) error {
		return errors.Join(tx.SaveShown(root), tx.SaveShown(shown("m2", "")), tx.SaveShown(shown("m3", "m1")), tx.SaveShown(shown("m4", "m1")),
			tx.SaveReaction(desk, "m1", "eyes", "web:anna", true), tx.SaveReaction(desk, "m1", "tada", "web:mia", true),
			tx.SaveReaction(desk, "m1", "eyes", "web:owen", true), tx.SaveReaction(desk, "m1", "eyes", "web:owen", true),
			tx.SaveReaction(desk, "m1", "tada", "web:mia", false), tx.SaveReaction(desk, "m1", "tada", "web:mia", false))
	})
	everybody := shown("m5", "m1") // the others are whispers: no replies that everybody may count
	everybody.For = ""
	update(t, s, func(tx bot.Tx) error { return tx.SaveShown(everybody) })
	gone := shown("m4", "m1")
	gone.Deleted = true
	update(t, s, func(tx bot.Tx) error { return tx.SaveShown(gone) })
	view(t, s, func(v bot.View) error {
		top, err := v.ShownMessages(desk, 10)
		want := root
		want.Place.Thread, want.Replies, want.Reactions = "", 1, []bot.Reaction{{Emoji: "eyes", Who: []string{"web:anna", "web:owen"}}}
		allSet(t, want, "Deleted")
		if len(top) != 2 || !reflect.DeepEqual(top[0], want) || top[1].ID != "m2" {
			t.Errorf("got %+v\nwant %+v first", top, want)
		}
		newest, err2 := v.ShownMessages(desk, 1)
		same(t, "the newest", newest[0].ID, "m2")
		thread, err3 := v.ShownMessages(desk.In("m1"), 10)
		if len(thread) != 3 || thread[0].ID != "m3" || !thread[1].Deleted {
			t.Errorf("the thread: %+v", thread)
		}
		one, err4 := v.ShownMessage(desk, "m1")
		if !reflect.DeepEqual(one, want) {
			t.Errorf("got %+v", one)
		}
		changes, err5 := v.LastShown("web")
		same(t, "the changes of the channel", changes["desk"], 10) // what changed nothing is not counted
		_, missing := v.ShownMessage(desk, "m9")
		wantIs(t, missing, bot.ErrNotFound)
		return errors.Join(err, err2, err3, err4, err5)
	})
}

func audit(t *testing.T, f Fixture) {
	c := newClock()
	s := f.open(t, c.now)
	line := bot.AuditLine{At: c.now(), Who: "web:anna", Surface: bot.ByEmoji, Action: "take", Object: "R-1", Before: "new L1", After: "open L1", Why: "because", Event: 7}
	allSet(t, line, "ID")
	update(t, s, func(tx bot.Tx) error {
		for range 3 {
			if err := tx.AddAudit(line); err != nil {
				return err
			}
		}
		return tx.AddAudit(bot.AuditLine{Action: "close", Object: "R-2"})
	})
	wantIs(t, s.Update(t.Context(), func(tx bot.Tx) error { return errors.Join(tx.AddAudit(line), errWanted) }), errWanted)
	update(t, s, func(tx bot.Tx) error { return tx.AddAudit(bot.AuditLine{Action: "close", Object: "R-3"}) })
	view(t, s, func(v bot.View) error {
		lines, broken, err := v.VerifyAudit()
		same(t, "lines", lines, 5)
		same(t, "the broken line", broken, 0)
		all, err2 := v.Audit("", 0, 100)
		same(t, "all lines", len(all), 5)
		line.ID = all[0].ID
		same(t, "the first line", all[0], line)
		of, err3 := v.Audit("R-1", all[0].ID, 1)
		if len(of) != 1 || of[0].ID != all[1].ID {
			t.Errorf("the second line of R-1: %+v", of)
		}
		return errors.Join(err, err2, err3)
	})
}

func blobs(t *testing.T, f Fixture) {
	s := f.open(t, nil)
	big := make([]byte, 3<<20+17)
	for i := range big {
		big[i] = byte(rand.IntN(256))
	}
	sum := sha256.Sum256(big)
	want := bot.Blob{Hash: hex.EncodeToString(sum[:]), Size: int64(len(big)), Kind: "attachment"}
	for range 2 {
		b, err := s.PutBlob(t.Context(), "attachment", iotest.HalfReader(bytes.NewReader(big)), 4<<20)
		if err != nil || b != want {
			t.Fatalf("got %+v, %v, want %+v", b, err, want)
		}
		if !bytes.Equal(readBlob(t, s, b), big) {
			t.Error("the content differs")
		}
	}
	for _, size := range []int{0, 1, 256 << 10, 512 << 10} {
		b, err := s.PutBlob(t.Context(), "body", bytes.NewReader(big[:size]), 0)
		if err != nil || !bytes.Equal(readBlob(t, s, b), big[:size]) {
			t.Errorf("%d bytes do not come back: %v", size, err)
		}
	}
	_, err := s.PutBlob(t.Context(), "body", bytes.NewReader(big), 1<<20)
	wantIs(t, err, bot.ErrTooLarge)
	_, err = s.PutBlob(t.Context(), "body", io.MultiReader(bytes.NewReader(big), iotest.ErrReader(errWanted)), 0)
	wantIs(t, err, errWanted)
	_, err = s.OpenBlob(t.Context(), bot.Blob{Hash: hex.EncodeToString(make([]byte, 32))})
	wantIs(t, err, bot.ErrNotFound)
	_, err = s.OpenBlob(t.Context(), bot.Blob{})
	wantIs(t, err, bot.ErrNotFound)
}

const day = 24 * time.Hour

// sweepAll sweeps until nothing is left to sweep.
func sweepAll(t testing.TB, s bot.Store, now time.Time) {
	t.Helper()
	for more, rounds := true, 0; more; rounds++ {
		var err error
		if more, err = s.(bot.Sweeper).Sweep(t.Context(), now); err != nil {
			t.Fatal(err)
		}
		if rounds > 1000 {
			t.Fatal("the sweep does not end")
		}
	}
}

func sweep(t *testing.T, f Fixture) {
	c := newClock()
	s := f.open(t, c.now)
	var many []bot.Event
	for i := range 250 {
		many = append(many, said(numbered("k", i)))
	}
	mail := said("mail")
	mail.Body = bot.Mailed{EnvelopeFrom: "a@b.example", EnvelopeTo: []string{"c@d.example"}}
	ids := accept(t, s, append(many, mail, said("waits"), said("dead"))...)
	put(t, s, bot.Delivery{Key: "done", To: desk, Op: bot.OpPost}, bot.Delivery{Key: "waits", To: desk, Op: bot.OpPost})
	d, _ := delivery(t, s, "done")
	update(t, s, func(tx bot.Tx) error {
		return errors.Join(tx.FinishEvents(ids[:251]...), tx.PutOffEvent(ids[252], 5, time.Time{}, "broken"), tx.FinishDelivery(d, bot.Receipt{Message: "m"}))
	})
	lines := func() (n int) {
		view(t, s, func(v bot.View) error {
			all, err := v.EventLines(0, 1000)
			n = len(all)
			return err
		})
		return n
	}
	c.advance(6 * day)
	sweepAll(t, s, c.now())
	same(t, "events after 6 days", lines(), 253)
	c.advance(2 * day)
	sweepAll(t, s, c.now())
	same(t, "events after 8 days: the one that waits and the dead one", lines(), 2)
	sameList(t, "keys are known for longer", accept(t, s, said("k0"), mail), []int64{0, 0})
	if d, r := delivery(t, s, "done"); d.State != bot.DeliveryDone || r.Message != "m" || len(d.Message.Text.Parts) != 0 {
		t.Errorf("the delivery after 8 days: %+v, %+v", d, r)
	}
	c.advance(400 * day)
	sweepAll(t, s, c.now())
	if ids := accept(t, s, said("k0"), mail); ids[0] == 0 || ids[1] != 0 {
		t.Errorf("after 400 days keys are forgotten, but not those of mails: got the ids %v", ids)
	}
	sameList(t, "what waits is never swept", waiting(t, s), []string{"waits", "k0"})
	view(t, s, func(v bot.View) error {
		_, _, err := v.Delivery("done")
		wantIs(t, err, bot.ErrNotFound)
		_, _, err = v.Delivery("waits")
		return err
	})
}

func sweepBlobs(t *testing.T, f Fixture) {
	c := newClock()
	s := f.open(t, c.now)
	blob := func(kind, content string) bot.Blob {
		b, err := s.PutBlob(t.Context(), kind, bytes.NewReader([]byte(content)), 0)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	idle, mail, event, comment := blob("body", "idle"), blob("mail", "mail"), blob("body", "event"), blob("attachment", "comment")
	mailed, named := said("mail"), said("event")
	mailed.Blob, named.Blob = mail, event
	ids := accept(t, s, mailed, named)
	update(t, s, func(tx bot.Tx) error {
		return tx.SaveComment(&bot.Comment{Request: 1, Text: "x", Files: []bot.File{{Name: "a", Blob: comment}}})
	})
	left := func(want ...bot.Blob) {
		t.Helper()
		for _, b := range []bot.Blob{idle, mail, event, comment} {
			kept := false
			for _, w := range want {
				kept = kept || w == b
			}
			r, err := s.OpenBlob(t.Context(), b)
			if kept != (err == nil) {
				t.Errorf("the blob %q of a %s: %v", b.Hash[:4], b.Kind, err)
			}
			if err == nil {
				r.Close() //nolint:errcheck // nothing was read
			}
		}
	}
	c.advance(2 * day)
	sweepAll(t, s, c.now())
	left(mail, event, comment)
	update(t, s, func(tx bot.Tx) error { return tx.FinishEvents(ids...) })
	c.advance(8 * day)
	sweepAll(t, s, c.now()) // the bodies of the events
	left(mail, event, comment)
	c.advance(2 * day)
	sweepAll(t, s, c.now())
	left(mail, comment)
	c.advance(30 * day)
	sweepAll(t, s, c.now())
	left(comment)
}
