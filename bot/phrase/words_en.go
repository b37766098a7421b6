package phrase

import (
	"strings"
	"time"
)

func relDayEN(word string) (int, bool) {
	switch word {
	case "today":
		return 0, true
	case "tomorrow", "tmrw", "tmr":
		return 1, true
	case "yesterday":
		return -1, true
	}
	return 0, false
}

func weekdayEN(word string) (int, bool) {
	switch word {
	case "mon", "monday":
		return weekdayOf(time.Monday)
	case "tue", "tues", "tuesday":
		return weekdayOf(time.Tuesday)
	case "wed", "weds", "wednesday":
		return weekdayOf(time.Wednesday)
	case "thu", "thur", "thurs", "thursday":
		return weekdayOf(time.Thursday)
	case "fri", "friday":
		return weekdayOf(time.Friday)
	case "sat", "saturday":
		return weekdayOf(time.Saturday)
	case "sun", "sunday":
		return weekdayOf(time.Sunday)
	}
	return 0, false
}

// weekdaysEN knows "mondays".
func weekdaysEN(word string) (int, bool) {
	if one, ok := strings.CutSuffix(word, "days"); ok {
		return weekdayEN(one + "day")
	}
	return 0, false
}

func monthEN(word string) (int, bool) {
	switch word {
	case "jan", "january":
		return int(time.January), true
	case "feb", "february":
		return int(time.February), true
	case "mar", "march":
		return int(time.March), true
	case "apr", "april":
		return int(time.April), true
	case "may":
		return int(time.May), true
	case "jun", "june":
		return int(time.June), true
	case "jul", "july":
		return int(time.July), true
	case "aug", "august":
		return int(time.August), true
	case "sep", "sept", "september":
		return int(time.September), true
	case "oct", "october":
		return int(time.October), true
	case "nov", "november":
		return int(time.November), true
	case "dec", "december":
		return int(time.December), true
	}
	return 0, false
}

// unitEN takes "m" for minutes, as people who write "in 5m" do.
func unitEN(word string) (int, bool) {
	switch word {
	case "s", "sec", "secs", "second", "seconds":
		return second, true
	case "m", "min", "mins", "minute", "minutes":
		return minute, true
	case "h", "hr", "hrs", "hour", "hours":
		return hour, true
	case "d", "day", "days":
		return day, true
	case "w", "wk", "wks", "week", "weeks":
		return week, true
	case "fortnight", "fortnights":
		return fortnight, true
	case "month", "months", "mons":
		return aMonth, true
	case "y", "yr", "yrs", "year", "years":
		return year, true
	case "decade", "decades":
		return decade, true
	}
	return 0, false
}

func cardinalEN(word string) (int, bool) {
	for n, name := range []string{
		"zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
		"thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
	} {
		if word == name {
			return n, true
		}
	}
	for i, name := range []string{"twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"} {
		if word == name {
			return 20 + 10*i, true
		}
	}
	return 0, false
}

func ordinalEN(word string) (int, bool) {
	for n, name := range []string{
		"first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh", "twelfth",
		"thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth", "twentieth",
	} {
		if word == name {
			return n + 1, true
		}
	}
	return 30, word == "thirtieth"
}
