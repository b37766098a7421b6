package say

import (
	"fmt"
	"time"
)

// Style is how much of an instant is written. A deadline in an hour needs its
// clock alone, one in a week its date.
type Style string

// The styles, with what they write of Friday 6 March 2026, 09:00.
const (
	Clock     Style = "clock"     // 09:00
	DayClock  Style = "dayclock"  // Fri 09:00
	Moment    Style = "moment"    // Fri 6 Mar 09:00
	Day       Style = "day"       // Fri
	Date      Style = "date"      // Fri 6 Mar
	LongDate  Style = "longdate"  // Fri 6 March
	FarDate   Style = "fardate"   // Fri 6 March 2026
	DayNumber Style = "daynumber" // Fri 6
	MonthDay  Style = "monthday"  // 6 March
	OnDay     Style = "onday"     // on Friday
	InMonth   Style = "inmonth"   // in Mar
	InYear    Style = "inyear"    // in Mar 2026
	ShortDate Style = "shortdate" // 6 Mar
	FullDay   Style = "fullday"   // Friday 6 March
	Weekday   Style = "weekday"   // Friday
	SinceDay  Style = "sinceday"  // Since Friday 09:00
	SinceDate Style = "sincedate" // Since 6 Mar 09:00
)

// Local writes an instant in the zone, or at the offset, that it carries. A
// style that is not known writes everything.
func (c *Catalogue) Local(l Language, t time.Time, s Style) string {
	if l == Russian {
		return ruLocal(t, s)
	}
	layout, ok := map[Style]string{
		Clock: "15:04", DayClock: "Mon 15:04", Moment: "Mon 2 Jan 15:04", Day: "Mon", Date: "Mon 2 Jan", LongDate: "Mon 2 January", FarDate: "Mon 2 January 2006", DayNumber: "Mon 2", MonthDay: "2 January",
		OnDay: "on Monday", InMonth: "in Jan", InYear: "in Jan 2006",
		ShortDate: "2 Jan", FullDay: "Monday 2 January", Weekday: "Monday", SinceDay: "Since Monday 15:04", SinceDate: "Since 2 Jan 15:04",
	}[s]
	if !ok {
		return c.Time(l, t)
	}
	return t.Format(layout)
}

func ruLocal(t time.Time, s Style) string {
	day, month, clock := ruDays[t.Weekday()], ruMonths[t.Month()-1], t.Format("15:04")
	switch s {
	case Clock:
		return clock
	case DayClock:
		return day + " " + clock
	case Day:
		return day
	case Date, LongDate:
		return fmt.Sprintf("%s, %d %s", day, t.Day(), month)
	case DayNumber:
		return fmt.Sprintf("%s %d", day, t.Day())
	case MonthDay, ShortDate:
		return fmt.Sprintf("%d %s", t.Day(), month)
	case OnDay:
		return ruOnDays[t.Weekday()]
	case InMonth:
		return "в " + ruInMonths[t.Month()-1]
	case InYear:
		return fmt.Sprintf("в %s %d", ruInMonths[t.Month()-1], t.Year())
	}
	return ruLong(t, s)
}

// ruLong writes the styles that name the day in full.
func ruLong(t time.Time, s Style) string {
	month, clock := ruMonths[t.Month()-1], t.Format("15:04")
	switch s {
	case FullDay:
		return fmt.Sprintf("%s, %d %s", ruFullDays[t.Weekday()], t.Day(), month)
	case Weekday:
		return ruFullDays[t.Weekday()]
	case FarDate:
		return fmt.Sprintf("%s, %d %s %d г.", ruDays[t.Weekday()], t.Day(), month, t.Year())
	case SinceDay:
		return ruSinceDays[t.Weekday()] + " " + clock
	case SinceDate:
		return fmt.Sprintf("С %d %s %s", t.Day(), month, clock)
	}
	return fmt.Sprintf("%s, %d %s %s", ruDays[t.Weekday()], t.Day(), month, clock)
}

// CityName is a city in a language; one that is not known stays as it is.
func (c *Catalogue) CityName(l Language, name string) string {
	if l == Russian {
		if ru, ok := ruCities[name]; ok {
			return ru
		}
	}
	return name
}
