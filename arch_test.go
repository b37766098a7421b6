package main

import (
	"cmp"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// module begins the import path of each of our packages.
const module = "meridian/"

// A source is one Go file that is no test.
type source struct {
	file string // "bot/event.go"
	dir  string // "bot"; "." for the root
	ast  *ast.File
	set  *token.FileSet
}

func (s source) at(n ast.Node) string {
	return s.file + ":" + strconv.Itoa(s.set.Position(n.Pos()).Line)
}

// sources parses every Go file of the tree that is no test.
func sources(t *testing.T) []source {
	t.Helper()
	var all []source
	set := token.NewFileSet()
	err := filepath.WalkDir(".", func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (strings.HasPrefix(d.Name(), ".") && file != "." || d.Name() == "testdata" || d.Name() == "tmp") {
			return fs.SkipDir
		}
		if !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
			return nil
		}
		f, err := parser.ParseFile(set, file, nil, parser.ParseComments)
		if err != nil {
			return err
		}
		all = append(all, source{filepath.ToSlash(file), path.Dir(filepath.ToSlash(file)), f, set})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 50 {
		t.Fatalf("only %d files were found", len(all))
	}
	return all
}

// forTests reports whether a folder serves tests alone, which may keep a
// database running or wait for a clock.
func forTests(dir string) bool {
	return dir == "bench" || dir == "bot/bottest" || dir == "storage/storagetest" || dir == "adapters/adaptertest" || dir == "adapters/slack/slacktest"
}

func isLeaf(dir string) bool {
	return strings.HasPrefix(dir, "bot/") && dir != "bot/engine" && dir != "bot/bottest"
}

// mayImport is the table of who may import whom. Both are folders.
func mayImport(from, to string) bool {
	desk := to == "bot" || isLeaf(to)
	switch top, _, _ := strings.Cut(from, "/"); {
	case from == "cli/yamlfile":
		return to == "bot"
	case from == ".", top == "cli", from == "bot/bottest", from == "bench":
		return true
	case isLeaf(from):
		return false
	case from == "bot":
		return isLeaf(to)
	case from == "adapters":
		return desk || strings.HasPrefix(to, "adapters/")
	case from == "storage/storagetest":
		return desk || to == "storage"
	case from == "bot/engine", top == "commands", top == "storage", top == "adapters":
		return desk
	}
	return false
}

func TestFoldersImportOnlyWhatTheyMay(t *testing.T) {
	for _, s := range sources(t) {
		for _, i := range s.ast.Imports {
			p, err := strconv.Unquote(i.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			if to, ours := strings.CutPrefix(p, module); ours && !mayImport(s.dir, to) {
				t.Errorf("%s imports %s; %s may not", s.at(i), p, s.dir)
			}
		}
	}
}

// home is where the packages of others stay: nothing outside a vendor's folder
// knows that it is there. The longest matching beginning counts.
func home() map[string][]string {
	return map[string][]string{
		"database/sql":                     {"storage", "bench"},
		"github.com/alecthomas/kong":       {"cli"},
		"github.com/chromedp/":             {},
		"github.com/emersion/":             {"adapters/email", "bench"},
		"github.com/go-playground/locales": {"bot/say"},
		"github.com/goccy/go-yaml":         {"cli/yamlfile"},
		"github.com/gorilla/websocket":     {"adapters/slack", "adapters/slack/slacktest"},
		"github.com/jackc/pgx":             {"storage"},
		"github.com/jhillyerd/enmime":      {"adapters/email"},
		"github.com/kljensen/snowball":     {"bot/search"},
		"github.com/nicksnyder/go-i18n":    {"bot/say"},
		"github.com/pressly/goose":         {"storage"},
		"github.com/rivo/uniseg":           {"bot", "adapters/slack"},
		"github.com/robfig/cron":           {"bot/calendar"},
		"github.com/slack-go/slack":        {"adapters/slack"},
		"github.com/wneessen/go-mail":      {"adapters/email"},
		"go.uber.org/goleak":               {},
		"golang.org/x/":                    nil,
		"modernc.org/sqlite":               {"storage", "bench"},
		"pgregory.net/rapid":               {},
	}
}

func TestPackagesOfOthersStayInTheirFolder(t *testing.T) {
	homes := home()
	for _, s := range sources(t) {
		for _, i := range s.ast.Imports {
			p := strings.Trim(i.Path.Value, `"`)
			vendor := ""
			for v := range homes {
				if strings.HasPrefix(p, v) && len(v) > len(vendor) {
					vendor = v
				}
			}
			first, _, _ := strings.Cut(p, "/")
			switch {
			case vendor == "" && strings.Contains(first, "."):
				t.Errorf("%s imports %s, which has no home in the table", s.at(i), p)
			case vendor != "" && homes[vendor] != nil && !slices.Contains(homes[vendor], s.dir) && s.dir != "storage/storagetest":
				t.Errorf("%s imports %s, which stays in %q", s.at(i), p, homes[vendor])
			}
		}
	}
}

func TestEveryPackageSaysWhatItIs(t *testing.T) {
	documented := map[string]bool{}
	for _, s := range sources(t) {
		if s.ast.Doc != nil {
			documented[s.dir] = true
		} else if !documented[s.dir] {
			documented[s.dir] = false
		}
	}
	for dir, ok := range documented {
		if !ok {
			t.Errorf("the package in %s has no doc comment", dir)
		}
	}
}

func TestEveryExportedNameSaysWhatItIs(t *testing.T) {
	for _, s := range sources(t) {
		var before *ast.FuncDecl // the function above, if it is documented
		for _, d := range s.ast.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if !d.Name.IsExported() || !exportedReceiver(d) {
					before = nil
					continue
				}
				// Methods of one name in one block share the comment of the first.
				shared := d.Doc == nil && before != nil && before.Name.Name == d.Name.Name &&
					s.set.Position(d.Pos()).Line == s.set.Position(before.End()).Line+1
				if !shared {
					sentence(t, s, d, d.Name.Name, d.Doc)
				}
				if before = d; d.Doc == nil && !shared {
					before = nil
				}
			case *ast.GenDecl:
				before = nil
				exportedSpecs(t, s, d)
			}
		}
	}
}

func exportedReceiver(d *ast.FuncDecl) bool {
	if d.Recv == nil {
		return true
	}
	typ := d.Recv.List[0].Type
	if star, ok := typ.(*ast.StarExpr); ok {
		typ = star.X
	}
	if generic, ok := typ.(*ast.IndexExpr); ok {
		typ = generic.X
	}
	name, ok := typ.(*ast.Ident)
	return ok && name.IsExported()
}

// exportedSpecs looks at types, constants and variables. Within a group that
// has a comment, constants need none of their own.
func exportedSpecs(t *testing.T, s source, d *ast.GenDecl) {
	for _, spec := range d.Specs {
		switch spec := spec.(type) {
		case *ast.TypeSpec:
			if spec.Name.IsExported() {
				sentence(t, s, spec, spec.Name.Name, cmp.Or(spec.Doc, d.Doc))
			}
		case *ast.ValueSpec:
			for _, name := range spec.Names {
				if name.IsExported() {
					sentence(t, s, spec, name.Name, cmp.Or(spec.Doc, spec.Comment, d.Doc))
				}
			}
		}
	}
}

// sentence demands a comment that ends like one.
func sentence(t *testing.T, s source, n ast.Node, name string, doc *ast.CommentGroup) {
	text := strings.TrimSpace(doc.Text())
	if text == "" {
		t.Errorf("%s: %s has no comment", s.at(n), name)
	} else if _, inline := n.(*ast.ValueSpec); !inline && !strings.ContainsAny(text[len(text)-1:], ".:?!)") {
		t.Errorf("%s: the comment of %s is no whole sentence", s.at(n), name)
	}
}

func TestNoPackageKeepsStateOfItsOwn(t *testing.T) {
	all := sources(t)
	declared := map[string]map[string]bool{} // folder -> names of its variables
	for _, s := range all {
		for _, d := range s.ast.Decls {
			g, ok := d.(*ast.GenDecl)
			if !ok || g.Tok != token.VAR || forTests(s.dir) {
				continue
			}
			for _, spec := range g.Specs {
				v := spec.(*ast.ValueSpec)
				for i, name := range v.Names {
					if name.Name == "_" {
						continue
					}
					if declared[s.dir] == nil {
						declared[s.dir] = map[string]bool{}
					}
					declared[s.dir][name.Name] = true
					embedded := cmp.Or(v.Doc, g.Doc) != nil && strings.Contains(commentText(cmp.Or(v.Doc, g.Doc)), "//go:embed")
					if !embedded && (i >= len(v.Values) || !fixed(v.Values[i])) {
						t.Errorf("%s: %s is a variable of a package that may change: make it a constant, a function or a field", s.at(v), name.Name)
					}
				}
			}
		}
	}
	for _, s := range all {
		ast.Inspect(s.ast, func(n ast.Node) bool {
			for _, target := range changed(n) {
				if name := root(target); name != nil && declared[s.dir][name.Name] && (name.Obj == nil || isPackageLevel(s, name.Obj)) {
					t.Errorf("%s: %s is a variable of the package and is changed here", s.at(n), name.Name)
				}
			}
			return true
		})
	}
}

func commentText(g *ast.CommentGroup) string {
	var b strings.Builder
	for _, c := range g.List {
		b.WriteString(c.Text)
	}
	return b.String()
}

// fixed reports whether an initial value makes a variable that nobody changes:
// a literal, a table of them, or an error to compare with.
func fixed(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.BasicLit, *ast.Ident, *ast.SelectorExpr:
		return true
	case *ast.UnaryExpr:
		return fixed(e.X)
	case *ast.BinaryExpr:
		return fixed(e.X) && fixed(e.Y)
	case *ast.KeyValueExpr:
		return fixed(e.Value)
	case *ast.FuncLit:
		return true
	case *ast.CompositeLit:
		if typ, ok := e.Type.(*ast.SelectorExpr); ok {
			if pkg, ok := typ.X.(*ast.Ident); ok && (pkg.Name == "sync" || pkg.Name == "atomic") {
				return false
			}
		}
		return !slices.ContainsFunc(e.Elts, func(x ast.Expr) bool { return !fixed(x) })
	case *ast.CallExpr:
		if _, conversion := e.Fun.(*ast.ArrayType); conversion {
			return fixed(e.Args[0])
		}
		f, ok := e.Fun.(*ast.SelectorExpr)
		if !ok {
			return false
		}
		pkg, ok := f.X.(*ast.Ident)
		return ok && slices.Contains([]string{"errors.New", "fmt.Errorf", "regexp.MustCompile", "strings.NewReplacer"}, pkg.Name+"."+f.Sel.Name)
	}
	return false
}

// changed lists what a statement writes to, or takes the address of.
func changed(n ast.Node) []ast.Expr {
	switch n := n.(type) {
	case *ast.AssignStmt:
		if n.Tok != token.DEFINE {
			return n.Lhs
		}
	case *ast.IncDecStmt:
		return []ast.Expr{n.X}
	case *ast.UnaryExpr:
		if n.Op == token.AND {
			return []ast.Expr{n.X}
		}
	case *ast.CallExpr:
		if f, ok := n.Fun.(*ast.Ident); ok && (f.Name == "delete" || f.Name == "clear") && len(n.Args) > 0 {
			return n.Args[:1]
		}
	}
	return nil
}

func root(e ast.Expr) *ast.Ident {
	for {
		switch x := e.(type) {
		case *ast.Ident:
			return x
		case *ast.IndexExpr:
			e = x.X
		case *ast.SelectorExpr:
			e = x.X
		case *ast.ParenExpr:
			e = x.X
		default:
			return nil
		}
	}
}

func isPackageLevel(s source, o *ast.Object) bool { //nolint:staticcheck // names suffice: nothing here shadows a package variable by a type
	return s.ast.Scope != nil && s.ast.Scope.Lookup(o.Name) == o
}

// banned are calls that have no place outside of tests, with what to do instead.
func banned() map[string]string {
	return map[string]string{
		"time.Sleep":  "wait for a channel or a timer, so that it can be stopped",
		"fmt.Print":   "write to the writer that was given, or to slog",
		"fmt.Printf":  "write to the writer that was given, or to slog",
		"fmt.Println": "write to the writer that was given, or to slog",
		"log.Print":   "use slog",
		"log.Printf":  "use slog",
		"log.Println": "use slog",
		"log.Fatal":   "return an error",
		"log.Fatalf":  "return an error",
		"os.Exit":     "return an error",
	}
}

func TestNothingSleepsPrintsOrStartsByItself(t *testing.T) {
	for _, s := range sources(t) {
		if forTests(s.dir) {
			continue
		}
		imported := map[string]bool{}
		for _, i := range s.ast.Imports {
			imported[path.Base(strings.Trim(i.Path.Value, `"`))] = true
		}
		ast.Inspect(s.ast, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncDecl:
				if n.Recv == nil && n.Name.Name == "init" {
					t.Errorf("%s: an init function runs unasked; make it explicit", s.at(n))
				}
				return s.file != "main.go" || n.Name.Name != "main"
			case *ast.CallExpr:
				f, ok := n.Fun.(*ast.SelectorExpr)
				if !ok {
					if name, ok := n.Fun.(*ast.Ident); ok && (name.Name == "println" || name.Name == "print") && name.Obj == nil {
						t.Errorf("%s: %s is for debugging", s.at(n), name.Name)
					}
					return true
				}
				if pkg, ok := f.X.(*ast.Ident); ok && pkg.Obj == nil && imported[pkg.Name] {
					if why := banned()[pkg.Name+"."+f.Sel.Name]; why != "" {
						t.Errorf("%s: %s.%s: %s", s.at(n), pkg.Name, f.Sel.Name, why)
					}
				}
			}
			return true
		})
	}
}

// Functions are short and files are of one subject. The limits leave room for
// what is one list; the mean is far below.
func TestFunctionsAndFilesStaySmall(t *testing.T) {
	const longest, largest = 80, 450
	var lengths []int
	for _, s := range sources(t) {
		if lines := s.set.File(s.ast.Pos()).LineCount(); lines > largest {
			t.Errorf("%s has %d lines; %d is the most", s.file, lines, largest)
		}
		for _, d := range s.ast.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			n := s.set.Position(f.End()).Line - s.set.Position(f.Pos()).Line + 1
			lengths = append(lengths, n)
			if n > longest {
				t.Errorf("%s: %s has %d lines; %d is the most", s.at(f), f.Name.Name, n, longest)
			}
		}
	}
	slices.Sort(lengths)
	if p90 := lengths[len(lengths)*9/10]; p90 > 45 {
		t.Errorf("one function in ten has over %d lines", p90)
	}
}

// The tables above must not outlive what they are about.
func TestEveryHomeExists(t *testing.T) {
	dirs := map[string]bool{}
	for _, s := range sources(t) {
		dirs[s.dir] = true
	}
	for vendor, folders := range home() {
		for _, f := range folders {
			if !dirs[f] {
				t.Errorf("%s has its home in %s, which is not among %v", vendor, f, slices.Sorted(maps.Keys(dirs)))
			}
		}
	}
}
