package faults

import (
	"flag"
	"testing"
	"time"

	"meridian/storage/storagetest"
)

var (
	kills  = flag.Int("faults.kills", 10, "how often the program is killed")
	pauses = flag.Int("faults.pauses", 1, "how often each kind of pause of a replica is played")
	seed   = flag.Uint64("faults.seed", 0, "seed of moments and load; 0: a new one, which is printed")
)

func TestMain(m *testing.M) { storagetest.Main(m) }

// chosenSeed is the seed to play, printed so that it can be played again.
func chosenSeed(t *testing.T) uint64 {
	t.Helper()
	s := *seed
	if s == 0 {
		s = uint64(time.Now().UnixNano())
	}
	t.Logf("play it again with -faults.seed=%d", s)
	return s
}

// until waits for something that a running program does in its own time.
func until(t *testing.T, limit time.Duration, what string, ok func() bool) {
	t.Helper()
	deadline := time.NewTimer(limit)
	defer deadline.Stop()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-tick.C:
		case <-deadline.C:
			t.Fatalf("waited %v in vain for: %s", limit, what)
		}
	}
}
