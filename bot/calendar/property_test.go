package calendar_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/robfig/cron/v3"
	"pgregory.net/rapid"

	"meridian/bot/calendar"
)

// fieldGen writes one field of a spec with values from low to high.
func fieldGen(low, high int, steps bool) *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		shape := rapid.IntRange(0, 9).Draw(t, "shape")
		a := rapid.IntRange(low, high).Draw(t, "a")
		b := rapid.IntRange(a, high).Draw(t, "b")
		switch {
		case shape < 3:
			return "*"
		case shape < 6:
			return strconv.Itoa(a)
		case shape < 7:
			return fmt.Sprintf("%d,%d", b, a)
		case shape < 8 || !steps:
			return fmt.Sprintf("%d-%d", a, b)
		case shape < 9:
			return fmt.Sprintf("*/%d", rapid.IntRange(1, high-low+1).Draw(t, "step"))
		}
		return fmt.Sprintf("%d-%d/%d", a, b, rapid.IntRange(1, b-a+1).Draw(t, "step"))
	})
}

// specGen writes specs that come: no more than the 28th of a month alone.
// Steps of days are left out: robfig/cron takes "*/2" for a day without a star.
var specGen = rapid.Custom(func(t *rapid.T) string {
	return strings.Join([]string{
		fieldGen(0, 59, true).Draw(t, "minute"), fieldGen(0, 23, true).Draw(t, "hour"),
		fieldGen(1, 28, false).Draw(t, "day"), fieldGen(1, 12, true).Draw(t, "month"), fieldGen(0, 6, false).Draw(t, "week"),
	}, " ")
})

func load(t testing.TB, name string) *time.Location {
	t.Helper()
	zone, err := calendar.Zone(name)
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

func TestWhereClocksDoNotChangeEveryCronAgrees(t *testing.T) {
	zones := []*time.Location{time.UTC, load(t, "Europe/Minsk"), load(t, "Asia/Kathmandu"), load(t, "Pacific/Kiritimati"), load(t, "Pacific/Marquesas")}
	rapid.Check(t, func(t *rapid.T) {
		text := specGen.Draw(t, "spec")
		zone := rapid.SampledFrom(zones).Draw(t, "zone")
		at := time.Unix(rapid.Int64Range(sweepFrom.Unix(), sweepTo.Unix()).Draw(t, "from"), 0).In(zone)
		spec, err := calendar.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		other, err := cron.ParseStandard(text)
		if err != nil {
			t.Fatal(err)
		}
		for range 10 {
			got, ok := spec.Next(at, zone)
			want := other.Next(at)
			if want.IsZero() { // it gives up after five years
				return
			}
			if !ok || !got.Equal(want) {
				t.Fatalf("%q after %s: %s, robfig/cron %s", text, at, got, want)
			}
			at = got
		}
	})
}

// changing are zones of many habits: an hour, half an hour and two hours, at
// midnight, at the end of a day, in Ramadan, and one that skipped a day.
var changing = []string{
	"America/New_York", "Africa/Cairo", "America/Nuuk", "Australia/Lord_Howe", "Antarctica/Troll", "Africa/Casablanca",
	"Pacific/Chatham", "Asia/Beirut", "America/Havana", "Atlantic/Azores", "Pacific/Easter", "Europe/Dublin",
}

func TestAClockOnTheWallGivesTheSameRuns(t *testing.T) {
	zones := map[string][]time.Time{}
	for _, name := range changing {
		zones[name] = transitions(load(t, name))
		if len(zones[name]) == 0 {
			t.Fatalf("%s changes no clocks", name)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		// Dates are left open, so that there are runs within the days looked at.
		text := fieldGen(0, 59, true).Draw(t, "minute") + " " + fieldGen(0, 23, true).Draw(t, "hour") + " * * *"
		name := rapid.SampledFrom(changing).Draw(t, "zone")
		zone, _ := time.LoadLocation(name)
		change := rapid.SampledFrom(zones[name]).Draw(t, "change")
		from := change.Add(time.Duration(rapid.Int64Range(-30*hour, 6*hour).Draw(t, "from")) * time.Second)
		to := from.Add(36 * time.Hour)
		spec, err := calendar.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		var got []int64
		for at, ok := spec.Next(from, zone); ok && !at.After(to); at, ok = spec.Next(at, zone) {
			got = append(got, at.Unix())
		}
		if want := watch(t, text, zone, from, to); !slices.Equal(got, want) {
			t.Fatalf("%q in %s from %s:\n got %v\nwant %v", text, name, from.In(zone), inZone(got, zone), inZone(want, zone))
		}
	})
}

// watch reads the wall clock every minute, as a person with the crontab in hand
// would: jobs at fixed times run when the clock first reaches or passes their
// time, others whenever it shows a matching minute.
func watch(t *rapid.T, text string, zone *time.Location, from, to time.Time) []int64 {
	words := strings.Fields(text)
	minutes, err1 := cron.NewParser(cron.Minute).Parse(words[0])
	hours, err2 := cron.NewParser(cron.Hour).Parse(words[1])
	if err1 != nil || err2 != nil {
		t.Fatal(err1, err2)
	}
	matches := func(wall int64) bool {
		return minutes.(*cron.SpecSchedule).Minute>>(wall/60%60)&1 == 1 && hours.(*cron.SpecSchedule).Hour>>(wall/hour%24)&1 == 1
	}
	elapsed := strings.ContainsAny(words[0]+words[1], "*/")
	var out []int64
	start := from.Unix()/60*60 - 30*hour
	reached := wallOf(time.Unix(start, 0).In(zone))
	for at := start + 60; at <= to.Unix(); at += 60 {
		wall := wallOf(time.Unix(at, 0).In(zone))
		run := elapsed && matches(wall)
		for ; reached < wall; reached += 60 {
			run = run || !elapsed && matches(reached+60)
		}
		if run && at > from.Unix() {
			out = append(out, at)
		}
	}
	return out
}

func inZone(unix []int64, zone *time.Location) []string {
	var out []string
	for _, at := range unix {
		out = append(out, time.Unix(at, 0).In(zone).Format("2006-01-02T15:04Z07:00"))
	}
	return out
}
