package bot

import "testing"

func TestAClientsWordIsUnderstood(t *testing.T) {
	names := []string{"Grace Lin", "Инга", "Harbor & Co"}
	for text, want := range map[string]Gist{
		"Спасибо":         Thanks,
		"Спасибо, Инга!":  Thanks,
		"thanks again":    Thanks,
		"Спасибо ещё раз": Thanks,
		"ok":              Thanks,
		"👍":               Thanks,
		"Отлично, большое спасибо за быстрый ответ":                                 Thanks,
		"Добрый день! Спасибо.\n\nС уважением, Инга":                                Thanks,
		"Thank you so much for your help!\n\nBest regards,\nGrace Lin\nHarbor & Co": Thanks,

		"Works, thank you.":        Works,
		"Спасибо, всё работает":    Works,
		"снова работает, спасибо":  Works,
		"it's working now":         Works,
		"works like a charm":       Works,
		"Всё в порядке":            Works,
		"Всё получилось, спасибо!": Works,
		"Done, thanks":             Did,
		"Готово":                   Did,
		"Сделала, спасибо":         Did,
		"Done, it works":           Works,

		"I'll check":                             Checks,
		"Проверю":                                Checks,
		"Посмотрю и отпишусь":                    Checks,
		"I'll send you the log":                  Sends,
		"Спасибо, завтра проверю":                Checks,
		"Thanks, I'll check tomorrow":            Checks,
		"Thanks, let me check":                   Checks,
		"Thank you, I will let you know":         Checks,
		"Спасибо, завтра пришлю скриншот":        Sends,
		"Завтра пришлю скриншот":                 Sends,
		"Thanks, I'll send the screenshot soon":  Sends,
		"Уточню у коллег и напишу в понедельник": Sends,

		"Спасибо! А можно ещё поменять логотип?":                     Another,
		"Спасибо, и ещё: как поменять логотип?":                      Another,
		"Thank you! Could you also change the logo?":                 Another,
		"Works. One more question, how do I export it":               More, // nothing says for sure that it is another
		"Thanks! By the way, another question: where is the export?": Another,

		"Спасибо! Но отчёт всё ещё пустой":             More,
		"Спасибо, а отчёт всё ещё пустой?":             More,
		"Спасибо! Можно ещё раз? Опять не работает":    More,
		"Could you also change the logo?":              More,
		"А можно ещё поменять логотип?":                More,
		"Thanks, can you also look why it still fails": More,
		"Good morning":                      More,
		"Добрый день":                       More,
		"Will you send it tomorrow? Thanks": More,
		"Please send it tomorrow, thanks":   More,
		"Пришлите завтра, спасибо":          More,
		"Не проверю до завтра":              More,
		"Thanks for nothing":                More,
		"Нет, спасибо":                      More,
		"Is it done":                        More,
		"I will be glad when it works":      More,
		"Проверю ещё раз, но на нашей стороне всё по-прежнему стоит": More,
		"Firefox": More,
		"да":      More,
		"":        More,
	} {
		if got := GistOf(text, names...); got != want {
			t.Errorf("GistOf(%q) = %d, want %d", text, got, want)
		}
	}
}

func TestAGreetingIsToldFromAMatter(t *testing.T) {
	for text, want := range map[string]bool{
		"Hi": true, "Hello team!": true, "Good morning, Inga": true, "Добрый день, коллеги": true, "Здравствуйте, Инга!": true,
		"": false, "👋": false, "Hello, checkout fails": false, "Инга": false, "Добрый день, не работает оплата": false,
	} {
		if got := IsGreeting(text, "Inga", "Инга"); got != want {
			t.Errorf("IsGreeting(%q) = %v", text, got)
		}
	}
}

func TestWhatStandsBehindThanksIsTheMatter(t *testing.T) {
	for text, want := range map[string]string{
		"Спасибо! А можно ещё поменять логотип?":                       "А можно ещё поменять логотип?",
		"Thanks, Inga. Works!\nAnother question: where is the export?": "Another question: where is the export?",
		"Checkout fails, thanks": "Checkout fails, thanks",
		"Thanks":                 "Thanks",
		"Thanks.":                "",
	} {
		if got := AfterThanks(text, "Inga"); got != want {
			t.Errorf("AfterThanks(%q) = %q", text, got)
		}
	}
}
