package faults

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

// A program that is told to end finishes what is under way, says so by its exit
// code, and loses nothing that came until then.
func TestToldToEndUnderLoadItLosesNothing(t *testing.T) {
	s := chosenSeed(t)
	moments := rand.New(rand.NewPCG(s, 1000))
	mails := newSink(t, s)
	store := "sqlite:" + t.TempDir() + "/meridian.db"
	all := newProcesses(t, 1, build(t), store, mails.address)
	p, b := all[0], &book{}
	p.start(t)
	p.up(t)
	first(t, b, p, store)
	l := newLoad(t, s, often, b, all)
	var longest time.Duration
	for range 5 {
		p.up(t)
		<-time.After(time.Duration(moments.Int64N(int64(400 * time.Millisecond))))
		longest = max(longest, p.stop(t))
		p.start(t)
	}
	p.up(t)
	l.end()
	t.Logf("told to end 5 times, it took at most %v", longest.Round(time.Millisecond))
	finish(t, store, all)
	t.Log(b.figures())
	if repeats := check(t, b, readState(t, store), mails); repeats > 0 {
		t.Errorf("%d mails went out again: at the end their outcome was not written down", repeats)
	}
}

// Two processes on one SQLite file would undo each other's work: the second one
// says why it does not start, and starts once the first is gone, however it
// went.
func TestASecondProcessOnOneSQLiteStoreIsRefused(t *testing.T) {
	mails := newSink(t, 1)
	all := newProcesses(t, 2, build(t), "sqlite:"+t.TempDir()+"/meridian.db", mails.address)
	one, two := all[0], all[1]
	one.start(t)
	one.up(t)
	out, err := two.run(t, "serve")
	if err == nil || strings.Count(out, "\n") != 1 || !strings.Contains(out, "storage.url") || !strings.Contains(out, "the store is in use by process ") {
		t.Errorf("the second one says %q, %v", out, err)
	}
	one.up(t) // it goes on
	one.kill()
	two.start(t)
	two.up(t)
	if took := two.stop(t); took > 5*time.Second {
		t.Errorf("without anything to do it took %v to end", took)
	}
}
