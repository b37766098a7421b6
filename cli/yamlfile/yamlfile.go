// Package yamlfile reads a configuration file strictly.
//
// It knows every key by the yaml tags of the structs it fills, and refuses
// whatever else stands in the file: unknown keys, keys that stand twice, values
// of the wrong type, tabs, anchors and aliases, a second document, an empty or
// an oversized file. Each problem is one sentence that names the file, the line
// and the key, and never shows a value that might be a secret. All problems of
// a file are reported at once, and then nothing of it counts.
//
// After parsing, ${NAME} in a value becomes the environment variable of that
// name; a variable that is not set is a problem, and $${ is a plain ${. A key
// that holds a secret has a twin whose name ends in _file and names a file that
// holds it.
package yamlfile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// MaxSize is the size in bytes above which a file is refused unread.
const MaxSize = 1 << 20

// maxDepth is how deep values may be nested. A configuration needs five levels;
// the parser recurses once a level.
const maxDepth = 32

// maxProblems is how many problems of one file are reported.
const maxProblems = 20

// Env looks up an environment variable, as os.LookupEnv does.
type Env func(name string) (value string, ok bool)

// File is a file that has been read: where each of its keys stands, and what is
// wrong with it so far. Checks that need several keys add their own problems.
type File struct {
	name     string
	folder   string
	env      Env
	lines    map[string]int
	problems []problem
}

type problem struct {
	line int
	text string
}

// Open reads the file at path into the struct that into points at. The struct
// keeps its values where the file has no key. The error is one that a person
// can act on; when the file could be read but has problems, they are on the
// returned File too and Err gives them.
func Open(path string, env Env, into any) (*File, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("%s cannot be read: %w", path, errors.Unwrap(err))
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, MaxSize+1))
	if err != nil {
		return nil, fmt.Errorf("%s cannot be read: %w", path, err)
	}
	return Decode(path, data, env, into)
}

// Decode reads data, which came from a file of this name, as Open does.
func Decode(name string, data []byte, env Env, into any) (*File, error) {
	f := &File{name: name, folder: filepath.Dir(name), env: env, lines: map[string]int{}}
	root, err := f.parse(data)
	if err != nil {
		return nil, err
	}
	f.value("", root, reflect.ValueOf(into).Elem())
	return f, f.Err()
}

// Problem records what is wrong with a key. The sentence goes on after the
// key's name: "is missing; name a channel". A key that does not stand in the
// file is reported at the nearest key above it that does.
func (f *File) Problem(path, format string, args ...any) {
	f.problem(f.Line(path), strings.TrimSpace(path+" "+fmt.Sprintf(format, args...)))
}

func (f *File) problem(line int, text string) {
	f.problems = append(f.problems, problem{line, text})
}

// Has reports whether the key stands in the file.
func (f *File) Has(path string) bool {
	_, ok := f.lines[path]
	return ok
}

// Paths lists the keys that stand in the file, such as "channels[1].name".
func (f *File) Paths() []string {
	var paths []string
	for p := range f.lines {
		paths = append(paths, p)
	}
	slices.Sort(paths)
	return paths
}

// Line is the line, counted from 1, on which a key stands, or the nearest one
// above it that does.
func (f *File) Line(path string) int {
	for path != "" {
		if line, ok := f.lines[path]; ok {
			return line
		}
		path = path[:max(0, strings.LastIndexAny(path, ".["))]
	}
	return 1
}

// Err gives all problems, in the order of their lines, one a line: nil if there
// is none.
func (f *File) Err() error {
	if len(f.problems) == 0 {
		return nil
	}
	slices.SortStableFunc(f.problems, func(a, b problem) int { return a.line - b.line })
	var all []error
	for i, p := range f.problems {
		if i == maxProblems {
			all = append(all, fmt.Errorf("%s: %d more problems are not listed", f.name, len(f.problems)-i))
			break
		}
		all = append(all, fmt.Errorf("%s:%d: %s", f.name, p.line, p.text))
	}
	return errors.Join(all...)
}

func (f *File) at(line int, format string, args ...any) error {
	return fmt.Errorf("%s:%d: %s", f.name, line, fmt.Sprintf(format, args...))
}

// parse gives the one mapping that the file is.
func (f *File) parse(data []byte) (node ast.Node, err error) {
	if len(data) > MaxSize {
		return nil, fmt.Errorf("%s is larger than 1 MiB; a configuration is a few kilobytes", f.name)
	}
	data = bytes.TrimPrefix(data, []byte("\uFEFF"))
	if err := f.prescan(data); err != nil {
		return nil, err
	}
	defer func() { // the parser is not ours, and the file may be anything
		if p := recover(); p != nil {
			node, err = nil, fmt.Errorf("%s is not YAML: the parser gave up", f.name)
		}
	}()
	file, err := parser.ParseBytes(data, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		return nil, f.syntaxError(err)
	}
	var docs []*ast.DocumentNode
	for _, d := range file.Docs {
		if d.Body != nil {
			docs = append(docs, d)
		}
	}
	switch {
	case len(docs) == 0:
		return nil, fmt.Errorf("%s is empty; config.example.yaml shows every key", f.name)
	case len(docs) > 1:
		return nil, f.at(line(docs[1].Body), "a second document begins; a configuration is one")
	}
	return docs[0].Body, nil
}

func (f *File) syntaxError(err error) error {
	var syntax yaml.Error
	if !errors.As(err, &syntax) || syntax.GetToken() == nil {
		return fmt.Errorf("%s is not YAML", f.name)
	}
	return f.at(syntax.GetToken().Position.Line, "this is not YAML: %s", syntax.GetMessage())
}

// prescan refuses what the parser must not see: what is no text, tabs in
// indentation, whose syntax errors lie elsewhere, and nesting that would
// overflow its stack.
func (f *File) prescan(data []byte) error {
	open := 0
	number := 0
	for text := range bytes.Lines(data) {
		number++
		if i := bytes.IndexFunc(text, notText); i >= 0 {
			return f.at(number, "a character stands here that is no text")
		}
		content := bytes.TrimLeft(text, " \t")
		if len(bytes.TrimSpace(content)) == 0 || content[0] == '#' {
			continue
		}
		if indent := text[:len(text)-len(content)]; bytes.IndexByte(indent, '\t') >= 0 {
			return f.at(number, "a tab stands in the indentation; YAML wants spaces")
		}
		for _, c := range content {
			switch c {
			case '[', '{':
				open++
			case ']', '}':
				open = max(0, open-1)
			}
		}
		if open > maxDepth || leaders(content) > maxDepth || len(text)-len(content) > 8*maxDepth {
			return f.at(number, "values are nested deeper than %d levels", maxDepth)
		}
	}
	return nil
}

// leaders counts the dashes and question marks that each open a level at the
// start of a line.
func leaders(content []byte) int {
	n := 0
	for len(content) > 1 && (content[0] == '-' || content[0] == '?') && (content[1] == ' ' || content[1] == '\t') {
		n++
		content = bytes.TrimLeft(content[1:], " \t")
	}
	return n
}

func notText(r rune) bool {
	return r == '\uFFFD' || r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0x7F
}

// line is the line that a node begins on.
func line(n ast.Node) int {
	if m, ok := n.(*ast.MappingNode); ok && len(m.Values) > 0 {
		n = m.Values[0].Key
	}
	if t := n.GetToken(); t != nil && t.Position != nil {
		return t.Position.Line
	}
	return 1
}

// Name is the file's name, as problems give it.
func (f *File) Name() string { return f.name }
