package slacktest

import (
	"encoding/json"
	"strings"
	"unicode/utf8"
)

// What a table may hold: rows with the head among them, cells of a row, and
// characters of all cells.
const (
	tableRows    = 100
	tableColumns = 20
	tableMost    = 10_000
)

type columnJSON struct {
	Align   string `json:"align"`
	Wrapped bool   `json:"is_wrapped"`
}

type tableCell struct {
	Type string `json:"type"`
	Text string `json:"text"`
}

// table checks a table. A message holds one, and nothing else does.
func (c *checker) table(b block) {
	if c.where != "message" {
		c.say("a table outside of a message")
	}
	if c.tables++; c.tables > 1 {
		c.say("a second table in a message")
	}
	if n := len(b.Rows); n < 1 || n > tableRows {
		c.say("%d rows", n)
	}
	if n := len(b.ColumnSettings); n > tableColumns {
		c.say("settings of %d columns", n)
	}
	for _, col := range b.ColumnSettings {
		if col.Align != "" && col.Align != "left" && col.Align != "center" && col.Align != "right" {
			c.say("a column aligned %q", col.Align)
		}
	}
	total := 0
	for _, row := range b.Rows {
		if n := len(row); n < 1 || n > tableColumns {
			c.say("%d cells in a row", n)
		}
		if len(row) != len(b.Rows[0]) {
			c.say("a row of %d cells below a head of %d", len(row), len(b.Rows[0]))
		}
		for _, raw := range row {
			total += c.cell(raw)
		}
	}
	if total > tableMost {
		c.say("a table of %d characters", total)
	}
}

// cell checks a cell, and gives its characters.
func (c *checker) cell(raw json.RawMessage) int {
	var cell tableCell
	if err := json.Unmarshal(raw, &cell); err != nil {
		c.say("a cell: %v", err)
	}
	switch cell.Type {
	case "rich_text":
		c.rich(raw)
		return utf8.RuneCountInString(plainRich(raw, utc))
	case "raw_text":
		if cell.Text == "" {
			c.say("an empty cell")
		}
	default:
		c.say("a cell of type %q", cell.Type)
	}
	return utf8.RuneCountInString(cell.Text)
}

// plainTable is a table as one reads it aloud: row by row, without its head, the
// last cell a little apart.
func plainTable(b block, clock Clock) string {
	var rows []string
	for _, row := range b.Rows[min(1, len(b.Rows)):] {
		var cells []string
		for _, raw := range row {
			var cell tableCell
			_ = json.Unmarshal(raw, &cell) // the checker has told of one that cannot be read
			if cell.Type == "rich_text" {
				cell.Text = plainRich(raw, clock)
			}
			cells = append(cells, cell.Text)
		}
		last := len(cells) - 1
		rows = append(rows, strings.Join(cells[:last], " · ")+"  "+cells[last])
	}
	return strings.Join(rows, "\n")
}
