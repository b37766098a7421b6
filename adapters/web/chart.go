package web

import (
	"strconv"

	"meridian/bot"
)

// How a chart is laid out, in units of its own: a page makes it as wide as there
// is room. A unit is about a pixel.
const (
	chartWidth  = 320
	chartHeight = 140
	chartTop    = 16  // above the highest bar, for its number
	chartBase   = 118 // where the bars stand; their categories are below
	chartNames  = 7   // categories that have room for their words
	chartLeast  = 4   // what a bar of full height stands for at least: one request is no tower
	chartNumber = 10  // the width of a bar that has room for its number
)

// chart is a bot.Chart as a page draws it, and as a table for who does not see
// the picture.
type chart struct {
	Title  string
	Width  int
	Height int
	Base   int
	Bars   []bar
	Labels []chartLabel
	Series []string // their names
	Rows   []chartRow
}

// bar is one number. Its place is written as SVG writes it.
type bar struct {
	Series              int
	X, Y, Width, Height string
	Middle, Above       string // where its number stands
	Number              string // empty: there is no room for it
}

type chartLabel struct{ Middle, Words string }

type chartRow struct {
	Category string
	Numbers  []int
}

// chart lays a chart out; nil where there is none, or none that can be drawn.
func (a *Adapter) chart(c *bot.Chart, me reader) *chart {
	if c == nil || c.Check() != nil {
		return nil
	}
	out := &chart{Title: a.plain(c.Title, me), Width: chartWidth, Height: chartHeight, Base: chartBase}
	highest := chartLeast
	for _, s := range c.Series {
		out.Series = append(out.Series, a.plain(s.Name, me))
		for _, n := range s.Values {
			highest = max(highest, n)
		}
	}
	group := float64(chartWidth) / float64(len(c.Categories))
	width := min(group*0.76/float64(len(c.Series)), 24)
	step := (len(c.Categories) + chartNames - 1) / chartNames
	for i, category := range c.Categories {
		row := chartRow{Category: a.plain(category, me)}
		middle := group * (float64(i) + 0.5)
		for j, s := range c.Series {
			n := s.Values[i]
			row.Numbers = append(row.Numbers, n)
			if n > 0 {
				left := middle + width*(float64(j)-float64(len(c.Series))/2)
				out.Bars = append(out.Bars, barAt(j, n, left, width, float64(n)/float64(highest)))
			}
		}
		out.Rows = append(out.Rows, row)
		if i%step == 0 {
			out.Labels = append(out.Labels, chartLabel{units(middle), row.Category})
		}
	}
	return out
}

// barAt is a bar that is a share of the highest.
func barAt(series, n int, left, width, share float64) bar {
	height := max(share*(chartBase-chartTop), 2)
	b := bar{
		Series: series, X: units(left + 1), Y: units(chartBase - height), Width: units(width - 2), Height: units(height),
		Middle: units(left + width/2), Above: units(chartBase - height - 4),
	}
	if width >= chartNumber {
		b.Number = strconv.Itoa(n)
	}
	return b
}

// units writes a length to a tenth.
func units(f float64) string { return strconv.FormatFloat(f, 'f', 1, 64) }
