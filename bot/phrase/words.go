package phrase

import "time"

// class is what a word may be.
type class int

const (
	relDay   class = iota + 1 // today, завтра: days from today
	weekday                   // Monday, в понедельник: a time.Weekday
	weekdays                  // Mondays, по понедельникам: the same, each of them
	month                     // March, марта: a time.Month
	unit                      // hours, часов: a unit of time
	aUnit                     // час, неделю: one of a unit, without a number
	cardinal                  // ten, десять
	ordinal                   // tenth, десятого
	dayPart                   // morning, вечера: a part of the day
	modifier                  // next, ago, every: alone no time, but about time
)

// meaning is a class and which of it.
type meaning struct {
	class class
	n     int
}

// units of time, the values of class unit.
const (
	second = iota + 1
	minute
	hour
	day
	week
	fortnight
	aMonth
	year
	decade
)

// parts of the day, the values of class dayPart.
const (
	morning = iota + 1
	afternoon
	evening
	night
)

// meanings are all that a lower-case word may be. There are few that may be two
// things: "second" is a unit and an ordinal, "дня" a unit and the afternoon.
func meanings(word string) []meaning {
	var all []meaning
	for _, known := range []struct {
		class class
		of    func(string) (int, bool)
	}{
		{relDay, relDayEN}, {relDay, relDayRU},
		{weekday, weekdayEN}, {weekday, weekdayRU}, {weekdays, weekdaysEN}, {weekdays, weekdaysRU},
		{month, monthEN}, {month, monthRU},
		{unit, unitEN}, {unit, unitRU}, {aUnit, aUnitRU},
		{cardinal, cardinalEN}, {cardinal, cardinalRU}, {ordinal, ordinalEN}, {ordinal, ordinalRU},
		{dayPart, dayPartOf}, {modifier, modifierOf},
	} {
		if n, ok := known.of(word); ok {
			all = append(all, meaning{known.class, n})
		}
	}
	return all
}

// as is what a token is within a class.
func (t token) as(c class) (int, bool) {
	for _, m := range t.means {
		if m.class == c {
			return m.n, true
		}
	}
	return 0, false
}

// strong reports whether a token, whatever stands around it, is about time.
func (t token) strong() bool {
	for _, m := range t.means {
		switch m.class {
		case cardinal, ordinal, aUnit:
		case weekday, month:
			// "sun", "mar" and "may" are words of their own, too.
			if len([]rune(t.text)) > 3 && t.text != "march" && t.text != "марта" {
				return true
			}
		default:
			return true
		}
	}
	_, mark := t.parts()
	return mark == ':' || mark == '.' || mark == '/' || mark == '-' && len(t.text) > 5 || noon(t.text) || midnight(t.text)
}

// isDay reports whether a token alone says which day.
func (t token) isDay() bool {
	_, rel := t.as(relDay)
	_, week := t.as(weekday)
	_, weeks := t.as(weekdays)
	return rel || (week || weeks) && t.strong()
}

func noon(word string) bool {
	switch word {
	case "noon", "midday", "полдень", "полудню":
		return true
	}
	return false
}

func midnight(word string) bool {
	switch word {
	case "midnight", "полночь", "полуночи":
		return true
	}
	return false
}

func dayPartOf(word string) (int, bool) {
	switch word {
	case "morning", "утра", "утром", "утро":
		return morning, true
	case "afternoon", "дня", "днем":
		return afternoon, true
	case "evening", "вечера", "вечером", "вечер":
		return evening, true
	case "night", "ночи", "ночью", "ночь":
		return night, true
	}
	return 0, false
}

// modifierOf knows words that belong to a time when they stand beside one.
func modifierOf(word string) (int, bool) {
	switch word {
	case "next", "following", "coming", "every", "each", "ago", "later", "hence", "soon", "half", "quarter", "past",
		"tonight", "now", "daily", "hourly", "monthly", "yearly", "annually", "weekly", "am", "pm", "o'clock", "noonish",
		"weekend", "weekends", "workday", "workdays", "lunch", "lunchtime", "eom", "eoy", "eod",
		"следующий", "следующая", "следующую", "следующее", "следующей", "следующем", "следующего",
		"каждый", "каждая", "каждую", "каждое", "каждые", "каждого", "ежедневно", "ежечасно", "ежемесячно", "ежегодно", "еженедельно",
		"назад", "скоро", "позже", "попозже", "потом", "спустя", "полчаса", "половина", "половине", "четверть", "четверти",
		"сейчас", "выходные", "выходным", "выходных", "будни", "будням", "обеда", "обед", "обедом", "полдесятого":
		return 1, true
	}
	_, ok := halfTo(word)
	return 1, ok
}

// weekdayOf makes a class value of a day of the week.
func weekdayOf(d time.Weekday) (int, bool) { return int(d), true }
