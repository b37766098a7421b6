package slack

import (
	"slices"
	"unicode/utf8"

	"github.com/slack-go/slack"

	"meridian/bot"
)

// What Slack takes of the words of a chart, in characters.
const (
	maxChartTitle = 50
	maxChartWord  = 20 // a category, or the name of a series
)

// chart is a chart as bars; nil where Slack would not take it, and the message
// goes out without it.
func (p painter) chart(c *bot.Chart) []slack.Block {
	if c == nil || c.Check() != nil {
		return nil
	}
	title := p.plainText(c.Title)
	bars := &slack.DataVisualizationBarChart{Type: slack.DataVisualizationChartBar}
	bars.AxisConfig.Categories = p.chartWords(c.Categories)
	var names []bot.Text
	for _, s := range c.Series {
		names = append(names, s.Name)
	}
	words := p.chartWords(names)
	if bars.AxisConfig.Categories == nil || words == nil || utf8.RuneCountInString(title) > maxChartTitle {
		return nil
	}
	for i, s := range c.Series {
		row := slack.DataVisualizationDataSeries{Name: words[i]}
		for j, n := range s.Values {
			row.Data = append(row.Data, slack.DataVisualizationDataPoint{Label: bars.AxisConfig.Categories[j], Value: float64(n)})
		}
		bars.Series = append(bars.Series, row)
	}
	return []slack.Block{&slack.DataVisualizationBlock{Type: slack.MBTDataVisualization, Title: title, Chart: bars}}
}

// chartWords are the words of categories or series; nil where one is empty or too
// long, or two are the same: Slack finds a number by them.
func (p painter) chartWords(all []bot.Text) (words []string) {
	for _, t := range all {
		s := p.plainText(t)
		if s == "" || utf8.RuneCountInString(s) > maxChartWord || slices.Contains(words, s) {
			return nil
		}
		words = append(words, s)
	}
	return words
}
