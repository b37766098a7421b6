package engine

import (
	"testing"
	"testing/synctest"
)

// A Look that ends wakes the loop, which may find then that the desk ends: nobody
// wakes it again.
func TestALookThatHasEndedIsNotWaitedForAtTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &lane{name: "c", busy: true}
		b := &inbox{nudged: make(chan struct{}, 1), looking: 2, looked: []*work{{lane: l}}}
		go func() {
			b.mu.Lock()
			b.looked = append(b.looked, &work{lane: l})
			b.mu.Unlock()
			nudge(b.nudged)
		}()
		b.drain()
		if b.looking != 0 || l.busy {
			t.Errorf("%d are waited for, and the lane is busy: %t", b.looking, l.busy)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		b := &inbox{nudged: make(chan struct{}, 1), looking: 1, looked: []*work{{lane: &lane{name: "c"}}}}
		b.drain()
		if b.looking != 0 {
			t.Errorf("%d are waited for", b.looking)
		}
	})
}
