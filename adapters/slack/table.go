package slack

import (
	"unicode/utf8"

	"github.com/slack-go/slack"

	"meridian/bot"
)

// What Slack takes of a table.
const (
	maxRows    = 100 // the head among them
	maxColumns = 20
	maxCells   = 10_000 // characters of all cells
)

// table is a table and what stands below it; nil where Slack would not take it,
// and the lines of the text are written instead.
func (p painter) table(t *bot.Table) []slack.Block {
	if t == nil || len(t.Rows)+1 > maxRows || len(t.Head) > maxColumns {
		return nil
	}
	block := &slack.TableBlock{Type: slack.MBTTable}
	size := 0
	var head []slack.TableCell
	for _, name := range t.Head {
		words := p.plainText(name)
		size += utf8.RuneCountInString(words)
		head = append(head, slack.NewTableRawTextCell(words))
		block.ColumnSettings = append(block.ColumnSettings, slack.ColumnSetting{Align: slack.ColumnAlignmentLeft, IsWrapped: true})
	}
	block.Rows = append(block.Rows, head)
	for _, row := range t.Rows {
		var cells []slack.TableCell
		for _, words := range row {
			cell, n := p.cell(words)
			size += n
			cells = append(cells, cell)
		}
		block.Rows = append(block.Rows, cells)
	}
	if size > maxCells {
		return nil
	}
	rest, _ := layOut(p.pieces(t.Rest), maxRich)
	return append([]slack.Block{block}, rest...)
}

// cell is a text on one line. Nothing in it becomes markup.
func (p painter) cell(words bot.Text) (slack.TableCell, int) {
	var section []slack.RichTextSectionElement
	size := 0
	for _, x := range p.pieces(words) {
		if x.kind == pieceBreak || x.text == "" {
			continue
		}
		x.block = false
		size += utf8.RuneCountInString(x.text)
		section = join(section, x)
	}
	if len(section) == 0 {
		return slack.NewTableRawTextCell("–"), 1
	}
	return slack.NewTableRichTextCell(&slack.RichTextSection{Type: slack.RTESection, Elements: section}), size
}
