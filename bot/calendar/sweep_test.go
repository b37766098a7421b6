package calendar_test

import (
	"fmt"
	"runtime"
	"sync"
	"testing"
	"time"

	"meridian/bot/calendar"
)

// The years over which every zone is checked.
var (
	sweepFrom = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	sweepTo   = time.Date(2036, 1, 1, 0, 0, 0, 0, time.UTC)
)

const (
	hour = 3600
	day  = 24 * hour
)

// dailySpecs are the 48 jobs that run once a day, at each half hour.
func dailySpecs(t testing.TB) []calendar.Spec {
	t.Helper()
	var specs []calendar.Spec
	for half := range 48 {
		s, err := calendar.Parse(fmt.Sprintf("%d %d * * *", half%2*30, half/2))
		if err != nil {
			t.Fatal(err)
		}
		specs = append(specs, s)
	}
	return specs
}

func wallOf(at time.Time) int64 {
	_, offset := at.Zone()
	return at.Unix() + int64(offset)
}

// transitions are the instants at which a zone's offset changes, found by
// looking at it every 6 hours and halving.
func transitions(zone *time.Location) []time.Time {
	offset := func(unix int64) int64 { return wallOf(time.Unix(unix, 0).In(zone)) - unix }
	var out []time.Time
	for at := sweepFrom.Unix(); at < sweepTo.Unix(); at += 6 * hour {
		low, high := at, at+6*hour
		if offset(low) == offset(high) {
			continue
		}
		for high-low > 1 {
			if middle := (low + high) / 2; offset(middle) == offset(low) {
				low = middle
			} else {
				high = middle
			}
		}
		out = append(out, time.Unix(high, 0))
	}
	return out
}

// tally is what a sweep has seen.
type tally struct {
	days, skipped, doubled int // local days of one spec and zone, counted by the day a run is meant for
	elsewhere              int // runs that came on the day after, since the gap swallowed the end of theirs
}

// around checks each daily spec on the local days about an instant against
// what a clock on the wall shows, read every quarter of an hour: the run of a
// day is due when the clock first shows its time or a later one.
func around(t *testing.T, zone *time.Location, specs []calendar.Spec, at time.Time, days int64) tally {
	first := wallOf(at.In(zone))/day - days
	last := first + 2*days
	shown := wallFirstShown(zone, first*day, (last+1)*day)
	var sum tally
	for half, spec := range specs {
		cursor := time.Unix(shown[half*2]-1, 0)
		for d := first; d <= last; d++ {
			sum.days++
			due := shown[(d-first)*96+int64(half)*2]
			next, ok := spec.Next(cursor, zone)
			switch {
			case !ok || next.Unix() > due:
				sum.skipped++
				t.Errorf("%s %q: no run for %s, due %s, next %s", zone, spec, dateOf(d), time.Unix(due, 0).UTC(), next)
			case next.Unix() < due:
				sum.doubled++
				t.Errorf("%s %q: extra run for %s at %s, due %s", zone, spec, dateOf(d), next, time.Unix(due, 0).UTC())
			}
			if wallOf(next)/day != d {
				sum.elsewhere++
				if wallOf(next) != (d+1)*day {
					t.Errorf("%s %q: the run for %s comes at %s", zone, spec, dateOf(d), next)
				}
			}
			cursor = next
		}
	}
	return sum
}

func dateOf(days int64) string { return time.Unix(days*day, 0).UTC().Format(time.DateOnly) }

// wallFirstShown gives, for each quarter of an hour from one wall time to
// another, the first instant at which the clock shows it or a later one.
func wallFirstShown(zone *time.Location, from, to int64) []int64 {
	out := make([]int64, 0, (to-from)/900)
	for at := from - 30*hour; len(out) < cap(out); at += 900 {
		wall := wallOf(time.Unix(at, 0).In(zone))
		for len(out) < cap(out) && from+int64(len(out))*900 <= wall {
			out = append(out, at)
		}
	}
	return out
}

// eachZone runs check for every zone of the database, on all processors.
func eachZone(t *testing.T, check func(zone *time.Location) tally) tally {
	t.Helper()
	names := calendar.Zones()
	if len(names) < 590 {
		t.Fatalf("%d zones", len(names))
	}
	var (
		wait  sync.WaitGroup
		mu    sync.Mutex
		sum   tally
		queue = make(chan string)
	)
	for range runtime.GOMAXPROCS(0) {
		wait.Go(func() {
			for name := range queue {
				zone, err := time.LoadLocation(name)
				if err != nil {
					t.Errorf("%s: %v", name, err)
					continue
				}
				one := check(zone)
				mu.Lock()
				sum = tally{sum.days + one.days, sum.skipped + one.skipped, sum.doubled + one.doubled, sum.elsewhere + one.elsewhere}
				mu.Unlock()
			}
		})
	}
	for _, name := range names {
		queue <- name
	}
	close(queue)
	wait.Wait()
	return sum
}

// TestEveryClockChangeOfEveryZoneHasOneRunADay looks at five local days about
// each change of clocks from 2026 to 2035, and at one sampled ordinary day a
// quarter.
func TestEveryClockChangeOfEveryZoneHasOneRunADay(t *testing.T) {
	specs := dailySpecs(t)
	var mu sync.Mutex
	changes := 0
	sum := eachZone(t, func(zone *time.Location) tally {
		var sum tally
		add := func(one tally) {
			sum = tally{sum.days + one.days, sum.skipped + one.skipped, sum.doubled + one.doubled, sum.elsewhere + one.elsewhere}
		}
		all := transitions(zone)
		for _, at := range all {
			add(around(t, zone, specs, at, 2))
		}
		for at := sweepFrom.AddDate(0, 1, 17); at.Before(sweepTo); at = at.AddDate(0, 3, 1) {
			add(around(t, zone, specs, at, 0))
		}
		mu.Lock()
		changes += len(all)
		mu.Unlock()
		return sum
	})
	t.Logf("%d zones, %d clock changes, %d local days: %d skipped, %d doubled, %d runs at the midnight after a gap",
		len(calendar.Zones()), changes, sum.days, sum.skipped, sum.doubled, sum.elsewhere)
	if changes < 3000 {
		t.Errorf("only %d clock changes were found", changes)
	}
}

// TestEveryDayOfEveryZoneHasOneRun looks at every local day from 2026 to 2035.
func TestEveryDayOfEveryZoneHasOneRun(t *testing.T) {
	specs := dailySpecs(t)
	middle := sweepFrom.Add(sweepTo.Sub(sweepFrom) / 2)
	sum := eachZone(t, func(zone *time.Location) tally { return around(t, zone, specs, middle, 1826) })
	t.Logf("%d zones, %d local days: %d skipped, %d doubled, %d runs at the midnight after a gap",
		len(calendar.Zones()), sum.days, sum.skipped, sum.doubled, sum.elsewhere)
}
