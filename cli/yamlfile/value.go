package yamlfile

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"

	"meridian/bot"
)

// value fills v, which the key at path names, from a node.
func (f *File) value(path string, n ast.Node, v reflect.Value) {
	if !f.plain(path, n) {
		return
	}
	switch {
	case v.Kind() == reflect.Pointer:
		if v.IsNil() {
			v.Set(reflect.New(v.Type().Elem()))
		}
		f.value(path, n, v.Elem())
	case v.Kind() == reflect.Struct:
		f.structure(path, n, v)
	case v.Kind() == reflect.Map:
		f.table(path, n, v)
	case v.Kind() == reflect.Slice:
		f.list(path, n, v)
	default:
		f.scalar(path, n, v)
	}
}

// plain refuses what a configuration has no use for, wherever it stands. An
// alias may stand for a value that holds the alias: nothing is ever expanded.
func (f *File) plain(path string, n ast.Node) bool {
	key := path
	if key == "" {
		key = "the file"
	}
	switch n.(type) {
	case *ast.AnchorNode, *ast.AliasNode, *ast.MergeKeyNode:
		f.problem(line(n), key+" uses an anchor or alias (&name, *name, <<); write the value out")
	case *ast.TagNode:
		f.problem(line(n), key+" uses a tag (!name); write the value plainly")
	case *ast.NullNode, nil:
		f.problem(f.Line(path), key+" has no value; give it one or take the key out")
	default:
		return true
	}
	return false
}

// A field is one key of a struct.
type field struct {
	key   string
	index []int
	typ   reflect.Type
}

// fields are the keys of a struct, in order. The keys of an inline struct stand
// among those of the struct it is in.
func fields(t reflect.Type) []field {
	var all []field
	for i := range t.NumField() {
		switch key := t.Field(i).Tag.Get("yaml"); key {
		case "":
		case ",inline":
			for _, f := range fields(t.Field(i).Type) {
				f.index = append([]int{i}, f.index...)
				all = append(all, f)
			}
		default:
			all = append(all, field{key, []int{i}, t.Field(i).Type})
		}
	}
	return all
}

// keys are the words that may stand in a struct's mapping: a field that holds
// secrets has two.
func keys(t reflect.Type) []string {
	var all []string
	for _, f := range fields(t) {
		all = append(all, f.key)
		if isSecret(f.typ) {
			all = append(all, f.key+fileTwin)
		}
	}
	return all
}

// Schema lists every key that a file for this struct may have: "team.name",
// "channels[].name", "reactions" for a table with keys of its own.
func Schema(t reflect.Type) []string {
	var all []string
	for _, f := range fields(t) {
		all = append(all, f.key)
		if isSecret(f.typ) {
			all = append(all, f.key+fileTwin)
			continue
		}
		inner, prefix := f.typ, f.key+"."
		if inner.Kind() == reflect.Pointer {
			inner = inner.Elem()
		}
		if inner.Kind() == reflect.Slice {
			inner, prefix = inner.Elem(), f.key+"[]."
		}
		if inner.Kind() == reflect.Struct {
			for _, key := range Schema(inner) {
				all = append(all, prefix+key)
			}
		}
	}
	return all
}

// fileTwin ends the name of the key that names a file instead of a secret.
const fileTwin = "_file"

// isSecret reports whether a field of this type holds one secret or several.
func isSecret(t reflect.Type) bool {
	if t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	return t == reflect.TypeFor[bot.Secret]()
}

func pairs(n ast.Node) ([]*ast.MappingValueNode, bool) {
	switch n := n.(type) {
	case *ast.MappingNode:
		return n.Values, true
	case *ast.MappingValueNode:
		return []*ast.MappingValueNode{n}, true
	}
	return nil, false
}

// each walks the keys of a mapping and refuses those that stand twice.
func (f *File) each(path string, n ast.Node, fn func(path, key string, value ast.Node)) {
	values, ok := pairs(n)
	if !ok {
		f.wrongType(path, n, "keys with values")
		return
	}
	seen := map[string]int{}
	for _, p := range values {
		if _, merge := p.Key.(*ast.MergeKeyNode); merge {
			f.plain(path, p.Key)
			continue
		}
		key, ok := keyText(p.Key)
		if !ok {
			f.problem(line(p.Key), strings.TrimSpace(path+" has a key that is no plain word"))
			continue
		}
		at := strings.TrimPrefix(path+"."+key, ".")
		if first, ok := seen[key]; ok {
			f.problem(line(p.Key), fmt.Sprintf("%s stands twice; the first is on line %d", at, first))
			continue
		}
		seen[key] = line(p.Key)
		f.lines[at] = line(p.Key)
		fn(at, key, p.Value)
	}
}

func keyText(n ast.Node) (string, bool) {
	switch n := n.(type) {
	case *ast.StringNode:
		return n.Value, true
	case *ast.IntegerNode, *ast.BoolNode, *ast.FloatNode:
		return n.GetToken().Value, true
	}
	return "", false
}

func (f *File) structure(path string, n ast.Node, v reflect.Value) {
	known := map[string]field{}
	for _, one := range fields(v.Type()) {
		known[one.key] = one
	}
	f.each(path, n, func(at, key string, value ast.Node) {
		if one, ok := known[key]; ok {
			f.value(at, value, v.FieldByIndex(one.index))
			return
		}
		base, twin := strings.CutSuffix(key, fileTwin)
		if one, ok := known[base]; ok && twin && isSecret(one.typ) {
			f.secretFile(at, value, v.FieldByIndex(one.index))
			return
		}
		sentence := at + " is not a key I know"
		if near := Nearest(key, keys(v.Type())); near != "" {
			sentence += "; did you mean " + near + "?"
		}
		f.problem(f.lines[at], sentence)
		delete(f.lines, at)
	})
	for key, one := range known {
		at := strings.TrimPrefix(path+"."+key, ".")
		if isSecret(one.typ) && f.Has(at) && f.Has(at+fileTwin) {
			f.Problem(at+fileTwin, "and %s are both set; keep one", key)
		}
	}
}

func (f *File) table(path string, n ast.Node, v reflect.Value) {
	v.Set(reflect.MakeMap(v.Type()))
	f.each(path, n, func(at, key string, value ast.Node) {
		one := reflect.New(v.Type().Elem()).Elem()
		f.value(at, value, one)
		v.SetMapIndex(reflect.ValueOf(key), one)
	})
}

func (f *File) list(path string, n ast.Node, v reflect.Value) {
	seq, ok := n.(*ast.SequenceNode)
	if !ok {
		if _, scalar := n.(ast.ScalarNode); scalar && isSecret(v.Type()) {
			v.Set(reflect.MakeSlice(v.Type(), 1, 1))
			f.value(path, n, v.Index(0))
			return
		}
		f.wrongType(path, n, "a list (- one, - two)")
		return
	}
	v.Set(reflect.MakeSlice(v.Type(), len(seq.Values), len(seq.Values)))
	for i, item := range seq.Values {
		at := fmt.Sprintf("%s[%d]", path, i)
		if item != nil {
			f.lines[at] = line(item)
		}
		f.value(at, item, v.Index(i))
	}
}

// scalar fills a text, number, switch or duration.
func (f *File) scalar(path string, n ast.Node, v reflect.Value) {
	text, isText, ok := scalarText(n)
	if !ok {
		f.wrongType(path, n, typeName(v.Type()))
		return
	}
	expanded, err := f.expand(text)
	if err != nil {
		f.problem(f.Line(path), path+" "+err.Error())
		return
	}
	fits := isText || v.Kind() != reflect.String || isNumber(n)
	if fits {
		fits = set(v, expanded)
	}
	if !fits {
		f.wrongType(path, n, typeName(v.Type()))
	}
}

func set(v reflect.Value, text string) bool {
	switch {
	case v.Type() == reflect.TypeFor[time.Duration]():
		d, err := time.ParseDuration(text)
		v.SetInt(int64(d))
		return err == nil
	case v.Kind() == reflect.String:
		v.SetString(text)
		return true
	case v.Kind() == reflect.Bool:
		v.SetBool(text == "true")
		return text == "true" || text == "false"
	case v.Kind() == reflect.Int:
		i, err := strconv.Atoi(text)
		v.SetInt(int64(i))
		return err == nil
	}
	panic("yamlfile: no way to fill a " + v.Type().String())
}

// scalarText is a scalar as it is written, so that 010 stays 010.
func scalarText(n ast.Node) (text string, isText, ok bool) {
	switch n := n.(type) {
	case *ast.StringNode:
		return n.Value, true, true
	case *ast.LiteralNode:
		return n.Value.Value, true, true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		return n.GetToken().Value, false, true
	}
	text, ok = joined(n)
	return text, true, ok
}

// joined is web:anna in {ids: [web:anna]}. YAML reads one word there, as no
// space follows the colon; the parser takes it for a key with a value.
func joined(n ast.Node) (string, bool) {
	values, ok := pairs(n)
	if !ok || len(values) != 1 || values[0].Value == nil || values[0].Start == nil {
		return "", false
	}
	key, colon, value := values[0].Key.GetToken(), values[0].Start, values[0].Value.GetToken()
	switch values[0].Value.(type) {
	case *ast.StringNode, *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
	default:
		return "", false
	}
	if key == nil || value == nil || quoted(key) || quoted(value) || key.Position.Line != value.Position.Line {
		return "", false
	}
	if key.Position.Offset+len(key.Value) != colon.Position.Offset || colon.Position.Offset+1 != value.Position.Offset {
		return "", false
	}
	return key.Value + ":" + value.Value, true
}

func quoted(t *token.Token) bool {
	return t.Type == token.SingleQuoteType || t.Type == token.DoubleQuoteType
}

func isNumber(n ast.Node) bool {
	switch n.(type) {
	case *ast.IntegerNode, *ast.FloatNode:
		return true
	}
	return false
}

func typeName(t reflect.Type) string {
	switch {
	case t == reflect.TypeFor[time.Duration]():
		return "a duration such as 30s or 10m"
	case t.Kind() == reflect.Bool:
		return "true or false"
	case t.Kind() == reflect.Int:
		return "a whole number"
	}
	return "text"
}

// wrongType says what should stand at a key. It never shows what does: that
// may be a secret in the wrong place.
func (f *File) wrongType(path string, n ast.Node, want string) {
	got := "a value of another kind"
	switch n.(type) {
	case *ast.MappingNode, *ast.MappingValueNode:
		got = "keys with values"
	case *ast.SequenceNode:
		got = "a list"
	case *ast.BoolNode:
		got = "true or false"
	case *ast.IntegerNode, *ast.FloatNode:
		got = "a number"
	case *ast.StringNode, *ast.LiteralNode:
		got = "text that is something else"
	}
	if path == "" {
		path = "the file"
	}
	f.problem(line(n), fmt.Sprintf("%s must be %s; it is %s", path, want, got))
}

// Nearest is the known word that a misspelt one is most like, or "".
func Nearest(word string, known []string) string {
	if len(word) > 40 {
		return ""
	}
	best, least := "", 1+max(1, len(word)/3)
	for _, k := range known {
		if d := distance(strings.ToLower(word), strings.ToLower(k)); d < least {
			best, least = k, d
		}
	}
	return best
}

// distance counts the letters to insert, remove, change or swap with their
// neighbour to come from one word to the other.
func distance(a, b string) int {
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			rows[i][j] = slices.Min([]int{rows[i-1][j] + 1, rows[i][j-1] + 1, rows[i-1][j-1] + cost})
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(a)][len(b)]
}
