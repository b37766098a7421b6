package bot

import (
	"strings"
	"testing"
)

func TestRequestsAreToldFromTalk(t *testing.T) {
	for text, want := range map[string]bool{
		"How do I change the sender address of order mails?": true,
		"Checkout fails for gift cards since this morning":   true,
		"Could you please add Anna to the billing group":     true,
		"I can't log in, it says the password has expired":   true,
		"Inga, the export is stuck again, can you look?":     true,
		"Hi! Does anyone know where the price list is?":      true,
		"Не приходят письма с заказами":                      true,
		"Подскажите, как настроить оплату картой?":           true,
		"Прошу выдать доступ к отчётам для новой сотрудницы": true,
		"У меня не открывается личный кабинет":               true,
		"В отчёте не формируется итог за февраль":            true,
		"Сайт упал, ошибка 502":                              true,

		"We deploy at noon":     false,
		"Спасибо, всё работает": false,
		"Thanks!":                               false,
		"Good morning everyone":                 false,
		"ok":                                    false,
		"lol":                                   false,
		"anna: did you try to restart it?":      false,
		"@anna you can find it in the settings": false,
		"yes, that is what I meant":             false,
		"Всем привет":                           false,
		"Завтра выходной":                       false,
		"попробуйте очистить кэш":                   false,
		"https://news.example/2026/03/shops-grow":   false,
		"Congratulations on the launch, great work": false,
		"":                            false,
		"🔥🔥🔥":                         false,
		"\u202e\u200d":                false,
		strings.Repeat("la ", 20_000): false,
		strings.Repeat("\U0001F468\u200D", 5_000) + "\xff": false,
	} {
		if got := LooksOf(text, "Inga"); got.IsRequest() != want {
			t.Errorf("LooksOf(%.60q) = %d points", text, got)
		}
	}
}
