package phrase

import (
	"slices"
	"strings"
	"time"
)

func relDayRU(word string) (int, bool) {
	switch word {
	case "сегодня":
		return 0, true
	case "завтра":
		return 1, true
	case "послезавтра":
		return 2, true
	case "послепослезавтра":
		return 3, true
	case "вчера":
		return -1, true
	case "позавчера":
		return -2, true
	}
	return 0, false
}

func weekdayRU(word string) (int, bool) {
	switch word {
	case "пн", "пнд", "понедельник", "понедельника", "понедельнику":
		return weekdayOf(time.Monday)
	case "вт", "втр", "вторник", "вторника", "вторнику":
		return weekdayOf(time.Tuesday)
	case "ср", "срд", "среда", "среды", "среду", "среде":
		return weekdayOf(time.Wednesday)
	case "чт", "чтв", "четверг", "четверга", "четвергу":
		return weekdayOf(time.Thursday)
	case "пт", "птн", "пятница", "пятницы", "пятницу", "пятнице":
		return weekdayOf(time.Friday)
	case "сб", "сбт", "суббота", "субботы", "субботу", "субботе":
		return weekdayOf(time.Saturday)
	case "вс", "вск", "воскресенье", "воскресенья", "воскресенью":
		return weekdayOf(time.Sunday)
	}
	return 0, false
}

func weekdaysRU(word string) (int, bool) {
	for d, name := range []string{
		"воскресеньям", "понедельникам", "вторникам", "средам", "четвергам", "пятницам", "субботам",
	} {
		if word == name {
			return d, true
		}
	}
	return 0, false
}

// monthRU knows the cases that stand with a day, and short names.
func monthRU(word string) (int, bool) {
	for m, names := range [12][]string{
		{"янв", "январь", "января", "январе", "январю"}, {"фев", "февр", "февраль", "февраля", "феврале", "февралю"},
		{"мар", "март", "марта", "марте", "марту"}, {"апр", "апрель", "апреля", "апреле", "апрелю"},
		{"май", "мая", "мае", "маю"}, {"июн", "июнь", "июня", "июне", "июню"}, {"июл", "июль", "июля", "июле", "июлю"},
		{"авг", "август", "августа", "августе", "августу"}, {"сен", "сент", "сентябрь", "сентября", "сентябре", "сентябрю"},
		{"окт", "октябрь", "октября", "октябре", "октябрю"}, {"ноя", "нояб", "ноябрь", "ноября", "ноябре", "ноябрю"},
		{"дек", "декабрь", "декабря", "декабре", "декабрю"},
	} {
		if slices.Contains(names, word) {
			return m + 1, true
		}
	}
	return 0, false
}

func unitRU(word string) (int, bool) {
	switch word {
	case "сек", "секунда", "секунду", "секунды", "секунд":
		return second, true
	case "м", "мин", "минута", "минуту", "минуты", "минут":
		return minute, true
	case "ч", "час", "часа", "часов", "часам":
		return hour, true
	case "д", "дн", "день", "дня", "дней", "сут", "сутки", "суток":
		return day, true
	case "нед", "неделя", "неделю", "недели", "недель", "неделе":
		return week, true
	case "мес", "месяц", "месяца", "месяцев", "месяце":
		return aMonth, true
	case "год", "года", "лет", "году":
		return year, true
	}
	return 0, false
}

// aUnitRU are words that mean one of a unit after "через".
func aUnitRU(word string) (int, bool) {
	switch word {
	case "секунду", "минуту", "час", "день", "сутки", "неделю", "месяц", "год":
		return unitRU(word)
	}
	return 0, false
}

func cardinalRU(word string) (int, bool) {
	for n, names := range [][]string{
		{"ноль"}, {"один", "одна", "одну", "одно"}, {"два", "две"}, {"три"}, {"четыре"}, {"пять"}, {"шесть"}, {"семь"},
		{"восемь"}, {"девять"}, {"десять"}, {"одиннадцать"}, {"двенадцать"}, {"тринадцать"}, {"четырнадцать"},
		{"пятнадцать"}, {"шестнадцать"}, {"семнадцать"}, {"восемнадцать"}, {"девятнадцать"},
	} {
		if slices.Contains(names, word) {
			return n, true
		}
	}
	for i, name := range []string{"двадцать", "тридцать", "сорок", "пятьдесят"} {
		if word == name {
			return 20 + 10*i, true
		}
	}
	// After "без": "без двадцати десять".
	for i, name := range []string{"пяти", "десяти", "пятнадцати", "двадцати"} {
		if word == name {
			return 5 + 5*i, true
		}
	}
	return 0, false
}

// ordinalRU knows ordinals in every case that a date, an hour or "each" takes.
func ordinalRU(word string) (int, bool) {
	for n, stem := range []string{
		"перв", "втор", "трет", "четверт", "пят", "шест", "седьм", "восьм", "девят", "десят", "одиннадцат", "двенадцат",
		"тринадцат", "четырнадцат", "пятнадцат", "шестнадцат", "семнадцат", "восемнадцат", "девятнадцат", "двадцат",
	} {
		if ending, ok := strings.CutPrefix(word, stem); ok && isOrdinalEnding(ending, stem == "трет") {
			return n + 1, true
		}
	}
	ending, ok := strings.CutPrefix(word, "тридцат")
	return 30, ok && isOrdinalEnding(ending, false)
}

func isOrdinalEnding(ending string, third bool) bool {
	if third {
		return slices.Contains([]string{"ий", "ье", "ья", "ью", "ьего", "ьей", "ьему"}, ending)
	}
	return slices.Contains([]string{"ый", "ой", "ое", "ая", "ую", "ого", "ому"}, ending)
}

// halfTo is the hour of "полдесятого", which is half past nine.
func halfTo(word string) (int, bool) {
	rest, ok := strings.CutPrefix(word, "пол")
	if !ok || !strings.HasSuffix(rest, "го") {
		return 0, false
	}
	n, ok := ordinalRU(rest)
	return n, ok && n >= 1 && n <= 12
}
