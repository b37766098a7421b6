package yamlfile

import (
	"fmt"
	"reflect"
	"strconv"
	"time"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"
)

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
