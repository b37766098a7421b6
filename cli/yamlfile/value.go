package yamlfile

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/goccy/go-yaml/ast"
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
