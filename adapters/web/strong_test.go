package web

import (
	"testing"
	"time"

	"meridian/bot"
	"meridian/bot/say"
)

func TestWhatStandsOutIsAnElementAndStillEscaped(t *testing.T) {
	words, err := say.New()
	if err != nil {
		t.Fatal(err)
	}
	a := &Adapter{words: words}
	got := a.html(bot.Text{Parts: []bot.Part{bot.Strong(bot.Quote("<b>"))}}, reader{Zone: time.UTC, Language: say.English})
	if want := "<strong><bdi>&lt;b&gt;</bdi></strong>"; string(got) != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
