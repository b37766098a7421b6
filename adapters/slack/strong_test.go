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
}
