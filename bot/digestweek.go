package bot

import (
	"time"

	"meridian/bot/say"
)

// weekDays is how many days the chart of a digest shows.
const weekDays = 7

// DayCount is what became of requests on one day.
type DayCount struct {
	Filed  int // and those of another desk that were first acted on
	Solved int // that ended, however they did: each once, and none whose solve was taken back
}

// readWeek counts the whole days behind a digest one by one, if it is the first
// of its week. A day begins and ends at midnight of the readers, however long it
// is.
func (st *Standing) readWeek(v View) (err error) {
	if !st.Digest.Week && !v.Settings().weekBegins(st.Now, st.Digest.Zone) {
		return nil
	}
	y, m, day := st.Now.In(st.Digest.Zone).Date()
	for back := weekDays; back >= 0; back-- {
		st.Days = append(st.Days, dayBegins(y, m, day-back, st.Digest.Zone))
	}
	st.Week, err = v.DigestDays(st.Days)
	return err
}

// dayBegins is the first moment of a day on the clock of a zone: midnight, or one
// o'clock where the clock is put forward at midnight.
func dayBegins(y int, m time.Month, day int, zone *time.Location) time.Time {
	at := time.Date(y, m, day, 0, 0, 0, 0, zone)
	if at.Hour() > 12 { // of the day before: there is no such midnight
		at = time.Date(y, m, day, 1, 0, 0, 0, zone)
	}
	return at
}

// weekBegins reports whether a day is the first of its week, from Monday on, that
// is a working day of anybody who lives by the clock of a zone.
func (s *Settings) weekBegins(now time.Time, zone *time.Location) bool {
	y, m, day := now.In(zone).Date()
	works := func(back int) bool { return s.anybodyWorks(time.Date(y, m, day-back, 12, 0, 0, 0, zone), zone) }
	sinceMonday := (int(now.In(zone).Weekday()) + 6) % 7
	for back := 1; back <= sinceMonday; back++ {
		if works(back) {
			return false
		}
	}
	return works(0)
}

// Chart is what was filed and what was solved on each day of the week behind a
// digest; nil: it is not the first of its week, or there was nothing.
func (st Standing) Chart() *Chart {
	filed, solved := Series{Name: Say("digest.chart_filed")}, Series{Name: Say("digest.chart_solved")}
	c := &Chart{Title: Say("digest.chart")}
	sum := 0
	for i, n := range st.Week {
		c.Categories = append(c.Categories, Text{Parts: []Part{ClockIn(st.Days[i], st.Digest.Zone, say.DayNumber)}})
		filed.Values, solved.Values = append(filed.Values, n.Filed), append(solved.Values, n.Solved)
		sum += n.Filed + n.Solved
	}
	if sum == 0 {
		return nil
	}
	c.Series = []Series{filed, solved}
	return c
}
