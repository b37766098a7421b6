package bot

// Table is what a message says in rows and columns, for a messenger that can
// show them. The message's own text says the same in lines, for every other.
type Table struct {
	Head []Text   `json:"head"`
	Rows [][]Text `json:"rows"`
	Rest Text     `json:"rest,omitzero"` // what the text says below the rows
}

// tableFrom is how many rows are worth a table.
const tableFrom = 2

// RequestTable are requests below each other, as [RequestLine] writes each; nil
// where a line says it as well. rest is said below them.
func RequestTable(s *Settings, all []Request, rest ...Part) *Table {
	if len(all) < tableFrom {
		return nil
	}
	t := &Table{Head: []Text{Say("table.request"), Say("table.client"), Say("table.title"), Say("table.state")}, Rest: Text{Parts: rest}}
	one := func(p Part) Text { return Text{Parts: []Part{p}} }
	for _, r := range all {
		t.Rows = append(t.Rows, []Text{one(r.Part()), one(Quote(clientOr(r))), one(Quote(shorten(r.Title, 80))), one(stateWords(s, r))})
	}
	return t
}

// localize sets the language of everything in the table.
func (t *Table) localize(l Language) *Table {
	if t == nil {
		return nil
	}
	out := &Table{Rest: t.Rest.For(l)}
	each := func(row []Text) (cells []Text) {
		for _, c := range row {
			cells = append(cells, c.For(l))
		}
		return cells
	}
	out.Head = each(t.Head)
	for _, row := range t.Rows {
		out.Rows = append(out.Rows, each(row))
	}
	return out
}
