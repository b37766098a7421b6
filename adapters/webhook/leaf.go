package webhook

import (
	"bytes"
	"encoding/json"
	"strings"
)

// maxLeaves is how many values of one object are looked at.
const maxLeaves = 2_000

// leaf is one text, number or truth of an object.
type leaf struct {
	name  string // the key it stands under, also within a list
	key   string // the same in lower case, without "_", "-", "." and spaces
	value string
	depth int  // 1 at the top
	text  bool // it was a string
}

// walker goes through JSON that is known to be valid without building a tree of
// it, since a tree of a body of 1 MiB can take 46 MB.
type walker struct {
	leaves []leaf
	open   []json.Delim // the objects and lists we are in
	names  []string     // the key that each of them stands under
	name   string
	key    bool // the next string is a key
}

// leavesOf are the values of an object in their order, the first maxLeaves of
// them. JSON that a sender has put into a text is looked into.
func leavesOf(object []byte) []leaf {
	var w walker
	d := json.NewDecoder(bytes.NewReader(object))
	d.UseNumber()
	for len(w.leaves) < maxLeaves {
		token, err := d.Token()
		if err != nil {
			break // the end
		}
		w.take(token)
	}
	return w.leaves
}

func (w *walker) take(token json.Token) {
	delim, isDelim := token.(json.Delim)
	switch {
	case isDelim && (delim == '{' || delim == '['):
		w.open, w.names = append(w.open, delim), append(w.names, w.name)
	case isDelim:
		last := len(w.open) - 1
		w.name, w.open, w.names = w.names[last], w.open[:last], w.names[:last]
	case w.key:
		w.name, w.key = token.(string), false
		return
	default:
		w.add(token)
	}
	w.key = len(w.open) > 0 && w.open[len(w.open)-1] == '{'
}

func (w *walker) add(token json.Token) {
	l := leaf{name: w.name, depth: len(w.open), key: plainKey(w.name)}
	switch v := token.(type) {
	case string:
		l.value, l.text = v, true
		if inner := strings.TrimSpace(v); strings.HasPrefix(inner, "{") && json.Valid([]byte(inner)) {
			for _, in := range leavesOf([]byte(inner)) {
				in.depth += l.depth
				w.leaves = append(w.leaves, in)
			}
			return
		}
	case json.Number:
		l.value = v.String()
	case bool:
		if v {
			l.value = "true"
		}
	}
	if l.value != "" {
		w.leaves = append(w.leaves, l)
	}
}

// plainKey lets alert_name, alertName and "Alert Name" be one.
func plainKey(name string) string {
	return strings.Map(func(r rune) rune {
		if r == '_' || r == '-' || r == '.' || r == ' ' {
			return -1
		}
		return r
	}, strings.ToLower(name))
}
