package slacktest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// What a chart may hold: of a message charts, of a chart series, of a series
// points, and characters of its words.
const (
	messageCharts = 2
	chartSeries   = 6
	seriesPoints  = 20
	chartTitle    = 50
	chartWord     = 20
)

// chartJSON is a chart of bars. Its fields are pointers where leaving one out
// differs from zero.
type chartJSON struct {
	Type   string       `json:"type"`
	Series []seriesJSON `json:"series"`
	Axis   *struct {
		Categories []string `json:"categories"`
		X          string   `json:"x_label"`
		Y          string   `json:"y_label"`
	} `json:"axis_config"`
}

type seriesJSON struct {
	Name string `json:"name"`
	Data []struct {
		Label string   `json:"label"`
		Value *float64 `json:"value"`
	} `json:"data"`
}

// chart checks a chart. A message holds two, and nothing else does.
func (c *checker) chart(b block) {
	if c.where != "message" {
		c.say("a chart outside of a message")
	}
	if c.charts++; c.charts > messageCharts {
		c.say("%d charts in a message", c.charts)
	}
	c.length("title", b.Title, 1, chartTitle)
	var chart chartJSON
	if err := json.Unmarshal(b.Chart, &chart); err != nil {
		c.say("a chart: %v", err)
		return
	}
	if !slices.Contains([]string{"bar", "area", "line"}, chart.Type) {
		c.say("a chart of type %q", chart.Type)
	}
	if chart.Axis == nil || len(chart.Axis.Categories) == 0 {
		c.say("a chart without categories")
		return
	}
	c.length("x_label", chart.Axis.X, 0, chartTitle)
	c.length("y_label", chart.Axis.Y, 0, chartTitle)
	c.chartWords("category", chart.Axis.Categories)
	if n := len(chart.Series); n < 1 || n > chartSeries {
		c.say("%d series", n)
	}
	var names []string
	for _, s := range chart.Series {
		names = append(names, s.Name)
		c.series(s, chart.Axis.Categories)
	}
	c.chartWords("series", names)
}

// chartWords checks words that must differ from each other.
func (c *checker) chartWords(what string, words []string) {
	for i, word := range words {
		c.length(what, word, 1, chartWord)
		if slices.Contains(words[:i], word) {
			c.say("%s %q twice", what, word)
		}
	}
}

// series checks that there is exactly one number for each category.
func (c *checker) series(s seriesJSON, categories []string) {
	if n := len(s.Data); n < 1 || n > seriesPoints {
		c.say("%d points", n)
	}
	seen := map[string]bool{}
	for _, point := range s.Data {
		switch {
		case !slices.Contains(categories, point.Label):
			c.say("a point %q of no category", point.Label)
		case seen[point.Label]:
			c.say("a point %q twice", point.Label)
		case point.Value == nil:
			c.say("a point %q without a number", point.Label)
		}
		seen[point.Label] = true
	}
	if len(seen) != len(categories) {
		c.say("%d points for %d categories", len(seen), len(categories))
	}
}

// plainChart is a chart on a line: what it shows, and for each category its
// numbers in the order of the series.
func plainChart(b block) string {
	var chart chartJSON
	if json.Unmarshal(b.Chart, &chart) != nil || chart.Axis == nil {
		return string(b.Chart)
	}
	var names, groups []string
	for _, s := range chart.Series {
		names = append(names, s.Name)
	}
	for _, category := range chart.Axis.Categories {
		var numbers []string
		for _, s := range chart.Series {
			for _, point := range s.Data {
				if point.Label == category && point.Value != nil {
					numbers = append(numbers, strconv.FormatFloat(*point.Value, 'f', -1, 64))
				}
			}
		}
		groups = append(groups, category+": "+strings.Join(numbers, "/"))
	}
	return fmt.Sprintf("[chart %s (%s) %s]", b.Title, strings.Join(names, "/"), strings.Join(groups, ", "))
}
