package say

// Russian writes days and months in the forms a date needs.
var (
	ruDays   = [...]string{"вс", "пн", "вт", "ср", "чт", "пт", "сб"}
	ruMonths = [...]string{"января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября", "октября", "ноября", "декабря"}
	ruCities = map[string]string{
		"Minsk": "Минск", "Novosibirsk": "Новосибирск", "Moscow": "Москва", "London": "Лондон", "New York": "Нью-Йорк",
		"Kyiv": "Киев", "Almaty": "Алматы", "Tbilisi": "Тбилиси", "Yerevan": "Ереван", "Warsaw": "Варшава", "Berlin": "Берлин", "Paris": "Париж",
	}
)
