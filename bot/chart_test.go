package bot

import (
	"slices"
	"strings"
	"testing"
	"time"

	"meridian/bot/say"
)

func TestAChartThatNobodyCanDrawIsNone(t *testing.T) {
	word := Text{Parts: []Part{Quote("x")}}
	chart := func(categories int, series ...Series) *Chart {
		return &Chart{Title: word, Categories: slices.Repeat([]Text{word}, categories), Series: series}
	}
	row := func(n ...int) Series { return Series{word, n} }
	for name, tt := range map[string]struct {
		chart *Chart
		want  string
	}{
		"whole":               {chart(2, row(0, 7), row(1, 2)), ""},
		"no title":            {&Chart{Categories: []Text{word}, Series: []Series{row(1)}}, "no title"},
		"no categories":       {chart(0, row()), "0 categories"},
		"too many categories": {chart(21, row(make([]int, 21)...)), "21 categories"},
		"no series":           {chart(1), "0 series"},
		"too many series":     {chart(1, slices.Repeat([]Series{row(1)}, 7)...), "7 series"},
		"a number too few":    {chart(2, row(1, 2), row(1)), "series 1 has 1 numbers for 2 categories"},
		"below zero":          {chart(1, row(-1)), "below zero"},
	} {
		err := tt.chart.Check()
		if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// week is a view that counts the days it is asked for.
type week struct {
	View
	s     *Settings
	asked []time.Time
}

func (v *week) Settings() *Settings { return v.s }

func (v *week) DigestDays(days []time.Time) ([]DayCount, error) {
	v.asked = days
	return make([]DayCount, len(days)-1), nil
}

func TestTheFirstDigestOfAWorkingWeekShowsTheSevenDaysBehindIt(t *testing.T) {
	s := presenceTeam(t)
	for _, tt := range []struct {
		zone, now string
		always    bool
		first     string // of the days, empty: none
		hours     []int  // of those that are no 24
	}{
		{"Europe/Minsk", "2026-03-02T06:00:00Z", false, "2026-02-22T21:00:00Z", nil},     // Monday
		{"Europe/Minsk", "2026-03-03T06:00:00Z", false, "", nil},                         // Tuesday
		{"Europe/Minsk", "2026-03-03T06:00:00Z", true, "2026-02-23T21:00:00Z", nil},      // whatever day it is
		{"Europe/Minsk", "2026-03-01T06:00:00Z", false, "", nil},                         // Sunday
		{"Asia/Novosibirsk", "2026-03-09T02:00:00Z", false, "", nil},                     // Monday is off there
		{"Asia/Novosibirsk", "2026-03-10T02:00:00Z", false, "2026-03-02T17:00:00Z", nil}, // so Tuesday is the first
		{"America/New_York", "2026-03-09T13:00:00Z", false, "2026-03-02T05:00:00Z", []int{23}},
		{"America/Havana", "2026-03-09T13:00:00Z", true, "2026-03-02T05:00:00Z", []int{23}}, // the clock is put forward at midnight
		{"Africa/Cairo", "2026-04-27T07:00:00Z", true, "2026-04-19T22:00:00Z", []int{23}},
		{"Africa/Cairo", "2026-11-02T07:00:00Z", true, "2026-10-25T21:00:00Z", []int{25}}, // and back
		{"America/New_York", "2026-11-02T14:00:00Z", false, "2026-10-26T04:00:00Z", []int{25}},
	} {
		now, err := time.Parse(time.RFC3339, tt.now)
		if err != nil {
			t.Fatal(err)
		}
		st, v := Standing{Now: now, Digest: Digest{Zone: zoneOf(t, tt.zone), Week: tt.always}}, &week{s: s}
		if err := st.readWeek(v); err != nil {
			t.Fatal(err)
		}
		if tt.first == "" {
			if v.asked != nil {
				t.Errorf("%s in %s shows %v", tt.now, tt.zone, v.asked)
			}
			continue
		}
		if len(v.asked) != 8 || v.asked[0].UTC().Format(time.RFC3339) != tt.first || v.asked[7].After(now) || now.Sub(v.asked[7]) > 24*time.Hour {
			t.Errorf("%s in %s shows %v", tt.now, tt.zone, v.asked)
			continue
		}
		var odd []int
		for i := range 7 {
			if at := v.asked[i].In(st.Digest.Zone); at.Day() != at.Add(12*time.Hour).Day() {
				t.Errorf("in %s a day begins at %s", tt.zone, v.asked[i])
			}
			if hours := int(v.asked[i+1].Sub(v.asked[i]).Hours()); hours != 24 {
				odd = append(odd, hours)
			}
		}
		if !slices.Equal(odd, tt.hours) {
			t.Errorf("%s in %s has days of %v hours", tt.now, tt.zone, odd)
		}
	}
}

func TestAWeekWithoutARequestHasNoChart(t *testing.T) {
	words, err := say.New()
	if err != nil {
		t.Fatal(err)
	}
	st := Standing{Digest: Digest{Zone: time.UTC}, Week: make([]DayCount, 7)}
	for day := range 8 {
		st.Days = append(st.Days, time.Date(2026, 2, 23+day, 0, 0, 0, 0, time.UTC))
	}
	if c := st.Chart(); c != nil {
		t.Errorf("it has %+v", c)
	}
	st.Week[6].Solved = 2
	for l, want := range map[Language]string{say.English: "Filed and solved, day by day: Filed Solved, Mon 23 to Sun 1", say.Russian: "Новые и решённые по дням: Новые Решённые, пн 23 to вс 1"} {
		c := st.Chart().localize(l)
		if err := c.Check(); err != nil {
			t.Error(err)
		}
		plain := func(t Text) string { return t.Plain(words, time.UTC) }
		got := plain(c.Title) + ": " + plain(c.Series[0].Name) + " " + plain(c.Series[1].Name) + ", " + plain(c.Categories[0]) + " to " + plain(c.Categories[6])
		if got != want || c.Series[1].Values[6] != 2 {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
