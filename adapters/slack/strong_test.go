package slack

import (
	"testing"
	"time"

	"meridian/bot"
	"meridian/bot/say"
)

func TestWhatStandsOutIsBoldAndNothingBesideIt(t *testing.T) {
	words, err := say.New()
	if err != nil {
		t.Fatal(err)
	}
	p := painter{words: words, zone: time.UTC}
	all := p.pieces(bot.Text{Language: "en", Parts: []bot.Part{bot.Strong(bot.Words("state.nobody")), bot.Quote("x"), bot.Strong(bot.Quote("*y*"))}})
	if len(all) != 3 || !all[0].bold || all[1].bold || !all[2].bold || all[2].text != "*y*" {
		t.Errorf("got %+v", all)
	}
	// The title of an article is bold within its sentence, and the rest is not.
	told := p.pieces(bot.Say("faq.should_be", "Name", "Owen", "Title", bot.Strong(bot.Quote("Change the \x01 address"))).For("en"))
	var bold []string
	for _, one := range told {
		if one.bold {
			bold = append(bold, one.text)
		}
	}
	if len(told) < 3 || len(bold) != 1 || bold[0] != "Change the  address" {
		t.Errorf("bold is %q of %+v", bold, told)
	}
}
