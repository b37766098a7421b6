package say

// Russian writes days and months in the forms a date needs.
var (
	ruDays     = [...]string{"вс", "пн", "вт", "ср", "чт", "пт", "сб"}
	ruMonths   = [...]string{"января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября", "октября", "ноября", "декабря"}
	ruOnDays   = [...]string{"в воскресенье", "в понедельник", "во вторник", "в среду", "в четверг", "в пятницу", "в субботу"}
	ruInMonths = [...]string{"январе", "феврале", "марте", "апреле", "мае", "июне", "июле", "августе", "сентябре", "октябре", "ноябре", "декабре"}
	ruCities   = map[string]string{
		"Minsk": "Минск", "Novosibirsk": "Новосибирск", "Moscow": "Москва", "London": "Лондон", "New York": "Нью-Йорк",
		"Kyiv": "Киев", "Almaty": "Алматы", "Tbilisi": "Тбилиси", "Yerevan": "Ереван", "Warsaw": "Варшава", "Berlin": "Берлин", "Paris": "Париж", "Boston": "Бостон", "Chicago": "Чикаго", "Los Angeles": "Лос-Анджелес", "San Francisco": "Сан-Франциско",
		"Vilnius": "Вильнюс", "Riga": "Рига", "Tallinn": "Таллин", "Prague": "Прага", "Vienna": "Вена", "Amsterdam": "Амстердам", "Madrid": "Мадрид", "Rome": "Рим",
		"Dubai": "Дубай", "Tashkent": "Ташкент", "Yekaterinburg": "Екатеринбург", "Omsk": "Омск", "Tomsk": "Томск", "Irkutsk": "Иркутск", "Vladivostok": "Владивосток",
		"Singapore": "Сингапур", "Tokyo": "Токио", "Sydney": "Сидней", "Toronto": "Торонто",
	}
)
