package bot

import (
	"strings"
	"testing"
)

func TestThanksAreToldFromWhatStillNeedsAnAnswer(t *testing.T) {
	for text, want := range map[string]bool{
		"thanks":                      true,
		"Thanks!":                     true,
		"Thank you very much":         true,
		"thx":                         true,
		"Works, thank you.":           true,
		"It works now, many thanks 🙏": true,
		"That fixed it":               true,
		"All good":                    true,
		"Great":                       true,
		"ok":                          true,
		"👍":                           true,
		"👍🏽":                          true,
		"❤️":                          true,
		"Спасибо":                     true,
		"СПАСИБО БОЛЬШОЕ!!!":          true,
		"Спасибо, всё работает": true,
		"спс": true,
		"Всё заработало, благодарю за помощь": true,
		"Отлично":            true,
		"Спасибо ❤️":         true,
		"Все\u0308 работает": true,
		"Спасибо :)":         true,

		"":    false,
		"   ": false,
		"...": false,
		"🤔":   false,
		"you": false,
		"Спасибо! Но отчёт всё ещё пустой":       false,
		"Спасибо! А можно ещё поменять логотип?": false,
		"Спасибо, завтра пришлю скриншот":        false,
		"Thanks, but no":               false,
		"No thanks":                    false,
		"Thanks, it is still empty":    false,
		"It works?":                    false,
		"is it fixed":                  false,
		"Is it solved now":             false,
		"работает？":                    false,
		"не работает":                  false,
		"Не помогло":                   false,
		"not fixed":                    false,
		"It works on one host only":    false,
		"Works 👎":                      false,
		"thanks ❌":                     false,
		"Thanks\n\nOne more thing":     false,
		"thanks R-12":                  false,
		strings.Repeat("thanks ", 100): false, // nobody says thanks in 700 bytes
	} {
		if got := IsThanks(text); got != want {
			t.Errorf("IsThanks(%q) = %v", text, got)
		}
	}
}
