package web

import (
	"strings"
	"testing"
	"time"

	"meridian/bot"
	"meridian/bot/say"
)

// week is a chart of seven days and two series.
func week() *bot.Chart {
	c := &bot.Chart{Title: bot.Say("digest.chart"), Series: []bot.Series{
		{Name: bot.Say("digest.chart_filed"), Values: []int{3, 0, 12, 1, 0, 0, 2}}, {Name: bot.Say("digest.chart_solved"), Values: []int{2, 5, 6, 0, 0, 0, 0}},
	}}
	for day := range 7 {
		c.Categories = append(c.Categories, bot.Text{Parts: []bot.Part{bot.ClockIn(time.Date(2026, 2, 23+day, 0, 0, 0, 0, time.UTC), time.UTC, say.DayNumber)}})
	}
	return c
}

// drawn is the page's part of a message with a chart.
func drawn(t *testing.T, c *bot.Chart, l say.Language) string {
	t.Helper()
	a := newAdapter(t, nil)
	me := reader{ID: "web:anna", Zone: time.UTC, Language: l}
	var b strings.Builder
	if err := a.pages[l].t.ExecuteTemplate(&b, "message", formRow{message{Chart: a.chart(c, me), Body: "words"}, "n"}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestAChartIsAPictureAndATableOfItsNumbers(t *testing.T) {
	for l, want := range map[say.Language]string{
		say.English: "Filed and solved, day by dayFiledSolvedMon 2332Tue 2405Wed 25126Thu 2610Fri 2700Sat 2800Sun 120",
		say.Russian: "Новые и решённые по днямНовыеРешённыепн 2332вт 2405ср 25126чт 2610пт 2700сб 2800вс 120",
	} {
		page := drawn(t, week(), l)
		got, _ := shownAs(t, page, "chart-numbers")
		if got = strings.ReplaceAll(got, "\n", ""); got != want {
			t.Errorf("the table says %q, want %q", got, want)
		}
		if n := strings.Count(page, "<rect "); n != 7 {
			t.Errorf("%d bars for 7 numbers above zero:\n%s", n, page)
		}
		for _, part := range []string{`<svg role="img" aria-label="`, `<rect class="bar0"`, `<rect class="bar1"`, `height="102.0"`, `height="51.0"`} {
			if !strings.Contains(page, part) {
				t.Errorf("there is no %s in\n%s", part, page)
			}
		}
		if strings.Contains(page, "style=") || strings.Contains(page, "<script") {
			t.Errorf("something that the page's own policy forbids:\n%s", page)
		}
	}
}

func TestAChartThatCannotBeDrawnIsLeftOut(t *testing.T) {
	short := week()
	short.Series[0].Values = []int{1}
	for name, c := range map[string]*bot.Chart{"none": nil, "numbers are missing": short} {
		if page := drawn(t, c, say.English); strings.Contains(page, "<svg") || !strings.Contains(page, "words") {
			t.Errorf("%s: %s", name, page)
		}
	}
}

func TestAChartOfManyNumbersWritesOnlyWhatHasRoom(t *testing.T) {
	c := &bot.Chart{Title: bot.Text{Parts: []bot.Part{bot.Quote("<b>many</b>")}}}
	for range bot.MaxCategories {
		c.Categories = append(c.Categories, bot.Text{Parts: []bot.Part{bot.Quote("word")}})
	}
	for range bot.MaxSeries {
		c.Series = append(c.Series, bot.Series{Name: bot.Text{Parts: []bot.Part{bot.Quote("s")}}, Values: make([]int, bot.MaxCategories)})
	}
	c.Series[5].Values[19] = 1_000_000
	page := drawn(t, c, say.English)
	if n := strings.Count(page, "<text x="); n > chartNames {
		t.Errorf("%d words below the bars", n)
	}
	if strings.Contains(page, `class="number"`) || strings.Count(page, "<rect ") != 1 || strings.Contains(page, "<b>") {
		t.Errorf("it is drawn as\n%s", page)
	}
}
