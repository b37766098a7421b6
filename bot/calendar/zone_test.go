package calendar_test

import (
	"archive/zip"
	"errors"
	"go/build"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"meridian/bot/calendar"
)

func TestZonesOfTheDatabaseAreKnown(t *testing.T) {
	for _, name := range []string{"UTC", "Europe/Minsk", "Europe/Kiev", "Asia/Calcutta", "America/Argentina/ComodRivadavia", "Etc/UTC", "Singapore", "US/Eastern", "GMT"} {
		zone, err := calendar.Zone(name)
		if err != nil || zone.String() != name {
			t.Errorf("%s: %v, %v", name, zone, err)
		}
	}
}

func TestWhatIsNoZoneIsRefusedWithASuggestion(t *testing.T) {
	for name, c := range map[string]struct {
		code calendar.Code
		near string
	}{
		"":                        {calendar.ZoneEmpty, ""},
		"Local":                   {calendar.ZoneUnknown, ""},
		"EST5EDT":                 {calendar.ZoneVague, "America/New_York"},
		"EST":                     {calendar.ZoneVague, "America/New_York"},
		"pst":                     {calendar.ZoneVague, "America/Los_Angeles"},
		"MSK":                     {calendar.ZoneVague, "Europe/Moscow"},
		"UTC+3":                   {calendar.ZoneUnknown, "Europe/Moscow"},
		"GMT-05:00":               {calendar.ZoneUnknown, "America/New_York"},
		"+10":                     {calendar.ZoneUnknown, "Australia/Brisbane"},
		"+99":                     {calendar.ZoneUnknown, ""},
		"../../etc/passwd":        {calendar.ZoneUnknown, ""},
		"/etc/passwd":             {calendar.ZoneUnknown, ""},
		"Europe/../../etc/passwd": {calendar.ZoneUnknown, ""},
		"Europe/":                 {calendar.ZoneUnknown, ""},
		"Europe":                  {calendar.ZoneUnknown, ""},
		"posix/Europe/Minsk":      {calendar.ZoneUnknown, "Europe/Minsk"},
		"right/Europe/Minsk":      {calendar.ZoneUnknown, "Europe/Minsk"},
		"Factory":                 {calendar.ZoneUnknown, ""},
		"Nope/Zone":               {calendar.ZoneUnknown, ""},
		"europe/minsk":            {calendar.ZoneUnknown, "Europe/Minsk"},
		"Minsk":                   {calendar.ZoneUnknown, "Europe/Minsk"},
		"Europe/Mosow":            {calendar.ZoneUnknown, "Europe/Moscow"},
		"New York":                {calendar.ZoneUnknown, "America/New_York"},
		"Asia/New_York":           {calendar.ZoneUnknown, "America/New_York"},
		"America/Port au Prince":  {calendar.ZoneUnknown, "America/Port-au-Prince"},
		"Europe/Minsk\x00":        {calendar.ZoneUnknown, "Europe/Minsk"},
		strings.Repeat("A/", 999): {calendar.ZoneUnknown, ""},
	} {
		_, err := calendar.Zone(name)
		if got := codeOf(t, err); got != c.code {
			t.Errorf("%.40q: code %q, want %q", name, got, c.code)
			continue
		}
		checkSentence(t, err)
		var e *calendar.Error
		if errors.As(err, &e); strings.Join(e.Near, " ") != c.near && (c.near == "" || e.Near == nil || e.Near[0] != c.near) {
			t.Errorf("%.40q: suggests %v, want %q", name, e.Near, c.near)
		}
	}
}

func TestTheListOfZonesIsThatOfTheGoRelease(t *testing.T) {
	archive, err := zip.OpenReader(filepath.Join(build.Default.GOROOT, "lib", "time", "zoneinfo.zip"))
	if err != nil {
		t.Fatalf("the Go release has no zone archive to compare zones.txt with: %v", err)
	}
	defer archive.Close()
	var names []string
	for _, f := range archive.File {
		if !strings.HasSuffix(f.Name, "/") {
			names = append(names, f.Name)
		}
	}
	slices.Sort(names)
	if got := calendar.Zones(); !slices.Equal(got, names) {
		t.Errorf("zones.txt has %d names, the Go release %d: write its names into zones.txt", len(got), len(names))
	}
}
