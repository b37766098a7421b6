package bot

import (
	"errors"
	"fmt"
)

// Chart is a picture of numbers below a message's text, for a messenger that can
// draw one: bars that stand in groups, one group for each category and one bar in
// it for each series. What must not be missed stands in the text, too: who reads
// it elsewhere has no chart.
type Chart struct {
	Title      Text     `json:"title"`
	Categories []Text   `json:"categories"` // along the axis, in their order; no two say the same
	Series     []Series `json:"series"`     // no two names say the same
}

// Series is one row of numbers of a chart: the first is that of the first
// category.
type Series struct {
	Name   Text  `json:"name"`
	Values []int `json:"values"` // whole numbers from zero
}

// What a chart holds at most. Messengers take no more.
const (
	MaxSeries     = 6
	MaxCategories = 20
)

// Check says why a chart cannot be drawn: numbers are missing or there are too
// many, or one is below zero. How long its words may be is for the messenger.
func (c *Chart) Check() error {
	switch {
	case len(c.Title.Parts) == 0:
		return errors.New("chart: it has no title")
	case len(c.Categories) == 0 || len(c.Categories) > MaxCategories:
		return fmt.Errorf("chart: %d categories, not 1 to %d", len(c.Categories), MaxCategories)
	case len(c.Series) == 0 || len(c.Series) > MaxSeries:
		return fmt.Errorf("chart: %d series, not 1 to %d", len(c.Series), MaxSeries)
	}
	for i, s := range c.Series {
		if len(s.Values) != len(c.Categories) {
			return fmt.Errorf("chart: series %d has %d numbers for %d categories", i, len(s.Values), len(c.Categories))
		}
		for _, n := range s.Values {
			if n < 0 {
				return fmt.Errorf("chart: series %d has a number below zero", i)
			}
		}
	}
	return nil
}

// localize sets the language of everything in the chart.
func (c *Chart) localize(l Language) *Chart {
	if c == nil {
		return nil
	}
	out := &Chart{Title: c.Title.For(l)}
	for _, words := range c.Categories {
		out.Categories = append(out.Categories, words.For(l))
	}
	for _, s := range c.Series {
		out.Series = append(out.Series, Series{s.Name.For(l), s.Values})
	}
	return out
}
