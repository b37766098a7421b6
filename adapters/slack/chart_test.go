package slack

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"meridian/adapters/slack/slacktest"
	"meridian/bot"
)

// weekly is the end of a digest with a week's chart.
func weekly() bot.Message {
	m := bot.MessageOf(bot.Say("digest.open", "Number", 23), bot.PressButton("button.my_list", "list", "mine"))
	m.Chart = &bot.Chart{Title: bot.Say("digest.chart"), Series: []bot.Series{
		{Name: bot.Say("digest.chart_filed"), Values: []int{3, 0, 12}}, {Name: bot.Say("digest.chart_solved"), Values: []int{2, 5, 0}},
	}}
	for _, day := range []string{"Mon 23", "Tue 24", "Wed 25"} {
		m.Chart.Categories = append(m.Chart.Categories, bot.Text{Parts: []bot.Part{bot.Quote(day)}})
	}
	bot.Localize(&m, "en")
	return m
}

func TestAChartIsDrawnBelowTheWords(t *testing.T) {
	p := painter{words: catalogue(t), zone: time.UTC}
	content, err := p.content(weekly(), "", nil)
	if err != nil {
		t.Fatal(err)
	}
	if problems := slacktest.CheckBlocks([]byte(content.blocks), "message"); len(problems) > 0 {
		t.Errorf("%q", problems)
	}
	want := "Open 23.\n[chart Filed and solved, day by day (Filed/Solved) Mon 23: 3/2, Tue 24: 0/5, Wed 25: 12/0]\n[My list]"
	if got := slacktest.Plain([]byte(content.blocks)); got != want {
		t.Errorf("one reads %q, want %q", got, want)
	}
	golden(t, "digest-chart", content.notice, []byte(content.blocks))
}

func TestAChartThatSlackRefusesIsLeftOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, Config{SigningSecret: signing}, slacktest.Options{}).run()
		b.slack.Fail(slacktest.Fault{Method: "chat.postMessage", Error: "invalid_blocks"})
		sent, err := b.Deliver(t.Context(), bot.Delivery{Key: "k", Op: bot.OpPost, To: at("C0DESK"), Message: weekly()})
		if err != nil {
			t.Fatal(err)
		}
		m, _ := b.slack.Message("C0DESK", sent.Message)
		if got := slacktest.Plain(m.Blocks); got != "Open 23.\n[My list]" {
			t.Errorf("one reads %q", got)
		}
		b.end()
	})
}

func TestAChartThatSlackWouldNotTakeIsNotSent(t *testing.T) {
	p := painter{words: catalogue(t), zone: time.UTC}
	long := func(n int) bot.Text { return bot.Text{Parts: []bot.Part{bot.Quote(strings.Repeat("щ", n))}} }
	for name, c := range map[string]struct {
		change func(c *bot.Chart)
		drawn  bool
	}{
		"a title of 50":            {func(c *bot.Chart) { c.Title = long(50) }, true},
		"a title of 51":            {func(c *bot.Chart) { c.Title = long(51) }, false},
		"a category of 20":         {func(c *bot.Chart) { c.Categories[0] = long(20) }, true},
		"a category of 21":         {func(c *bot.Chart) { c.Categories[0] = long(21) }, false},
		"a category twice":         {func(c *bot.Chart) { c.Categories[0] = c.Categories[1] }, false},
		"a category without words": {func(c *bot.Chart) { c.Categories[0] = bot.Text{} }, false},
		"a series of 21":           {func(c *bot.Chart) { c.Series[1].Name = long(21) }, false},
		"a series twice":           {func(c *bot.Chart) { c.Series[1].Name = c.Series[0].Name }, false},
		"a number too few":         {func(c *bot.Chart) { c.Series[1].Values = []int{1, 2} }, false},
	} {
		m := weekly()
		c.change(m.Chart)
		content, err := p.content(m, "", nil)
		if err != nil {
			t.Fatal(name, err)
		}
		if problems := slacktest.CheckBlocks([]byte(content.blocks), "message"); len(problems) > 0 {
			t.Errorf("%s: %q", name, problems)
		}
		if got := strings.Contains(content.blocks, "data_visualization"); got != c.drawn {
			t.Errorf("%s: a chart: %v", name, got)
		}
		if !strings.Contains(content.blocks, "Open 23.") {
			t.Errorf("%s: the words are gone: %s", name, content.blocks)
		}
	}
}

func TestTheStandInIsStrictAboutCharts(t *testing.T) {
	point := func(label string) string { return `{"label":"` + label + `","value":1}` }
	series := func(name string, points ...string) string {
		return `{"name":"` + name + `","data":[` + strings.Join(points, ",") + `]}`
	}
	block := func(title, categories string, series ...string) string {
		return `{"type":"data_visualization","title":"` + title + `","chart":{"type":"bar","series":[` + strings.Join(series, ",") +
			`],"axis_config":{"categories":[` + categories + `]}}}`
	}
	good := block("t", `"a","b"`, series("s", point("a"), point("b")))
	seven := slices.Repeat([]string{series("s", point("a"))}, 7)
	for name, c := range map[string]struct{ blocks, where, want string }{
		"three charts":          {good + "," + good + "," + good, "message", "3 charts in a message"},
		"in a modal":            {good, "modal", "a chart outside of a message"},
		"in a home":             {good, "home", "a chart outside of a message"},
		"no title":              {block("", `"a"`, series("s", point("a"))), "message", "title of 0 characters"},
		"a long title":          {block(strings.Repeat("x", 51), `"a"`, series("s", point("a"))), "message", "title of 51 characters"},
		"a long category":       {block("t", `"`+strings.Repeat("x", 21)+`"`, series("s", point("a"))), "message", "category of 21 characters"},
		"a category twice":      {block("t", `"a","a"`, series("s", point("a"))), "message", `category "a" twice`},
		"a series twice":        {block("t", `"a"`, series("s", point("a")), series("s", point("a"))), "message", `series "s" twice`},
		"a long name":           {block("t", `"a"`, series(strings.Repeat("x", 21), point("a"))), "message", "series of 21 characters"},
		"seven series":          {block("t", `"a"`, seven...), "message", "7 series"},
		"no series":             {block("t", `"a"`), "message", "0 series"},
		"a point too few":       {block("t", `"a","b"`, series("s", point("a"))), "message", "1 points for 2 categories"},
		"a point of nothing":    {block("t", `"a"`, series("s", point("b"))), "message", `a point "b" of no category`},
		"a point twice":         {block("t", `"a","b"`, series("s", point("a"), point("a"))), "message", `a point "a" twice`},
		"a point without value": {block("t", `"a"`, series("s", `{"label":"a"}`)), "message", "without a number"},
		"no categories":         {`{"type":"data_visualization","title":"t","chart":{"type":"bar","series":[]}}`, "message", "a chart without categories"},
		"another type":          {strings.Replace(good, `"bar"`, `"radar"`, 1), "message", `a chart of type "radar"`},
	} {
		got := slacktest.CheckBlocks([]byte("["+c.blocks+"]"), c.where)
		if !slices.ContainsFunc(got, func(s string) bool { return strings.Contains(s, c.want) }) {
			t.Errorf("%s: %q", name, got)
		}
	}
	if got := slacktest.CheckBlocks([]byte("["+good+"]"), "message"); len(got) > 0 {
		t.Errorf("a good one: %q", got)
	}
}
