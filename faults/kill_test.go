package faults

import (
	"math/rand/v2"
	"testing"
	"time"
)

// A program that is killed at any moment forgets nothing that it has
// acknowledged, and does nothing twice when it comes back.
func TestKilledAtRandomPointsNothingIsLostOrDoubled(t *testing.T) {
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
	began := time.Now()
	for range *kills {
		if moments.IntN(4) > 0 { // else the start itself is cut off
			p.up(t)
		}
		<-time.After(time.Duration(moments.IntN(200_001)) * time.Microsecond)
		p.kill()
		p.start(t)
	}
	p.up(t)
	l.end()
	t.Logf("%d kills in %v", *kills, time.Since(began).Round(time.Millisecond))
	finish(t, store, all)
	t.Log(b.figures())
	check(t, b, readState(t, store), mails)
}
