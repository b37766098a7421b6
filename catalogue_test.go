package main

import (
	"encoding/json"
	"go/ast"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"meridian/bot/say"
)

// sentences are the catalogue of one language: each id with its forms, "other"
// being the only one of a sentence without a number.
func sentences(t *testing.T, l say.Language) map[string]map[string]string {
	t.Helper()
	files, err := filepath.Glob("bot/say/catalogue/*." + string(l) + ".json")
	if err != nil || len(files) == 0 {
		t.Fatalf("no catalogue in %s: %v", l, err)
	}
	all := map[string]map[string]string{}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var file map[string]json.RawMessage
		if err := json.Unmarshal(data, &file); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for id, raw := range file {
			if _, twice := all[id]; twice {
				t.Errorf("%s: %s stands in another file too", name, id)
			}
			var plain string
			forms := map[string]string{}
			if json.Unmarshal(raw, &plain) == nil {
				forms["other"] = plain
			} else if err := json.Unmarshal(raw, &forms); err != nil {
				t.Errorf("%s: %s is neither a sentence nor its forms", name, id)
			}
			all[id] = forms
		}
	}
	return all
}

// slots are the arguments that any form of a sentence has.
func slots(forms map[string]string) []string {
	found := map[string]bool{}
	for _, text := range forms {
		for _, m := range regexp.MustCompile(`\{\{\s*\.(\w+)\s*\}\}`).FindAllStringSubmatch(text, -1) {
			found[m[1]] = true
		}
	}
	return slices.Sorted(maps.Keys(found))
}

func TestBothLanguagesHaveTheSameSentencesWithTheSameArguments(t *testing.T) {
	en, ru := sentences(t, say.English), sentences(t, say.Russian)
	for id, forms := range en {
		other, ok := ru[id]
		if !ok {
			t.Errorf("%s is missing in Russian", id)
			continue
		}
		// A number may be a word in one language: "once", "{{.Count}} times".
		without := func(s []string) []string { return slices.DeleteFunc(s, func(n string) bool { return n == "Count" }) }
		if a, b := without(slots(forms)), without(slots(other)); !slices.Equal(a, b) {
			t.Errorf("%s has the arguments %q in English and %q in Russian", id, a, b)
		}
		if (len(forms) > 1) != (len(other) > 1) {
			t.Errorf("%s has plural forms in one language alone", id)
		}
	}
	for id := range ru {
		if _, ok := en[id]; !ok {
			t.Errorf("%s is missing in English", id)
		}
	}
}

func TestEveryNumberHasItsForm(t *testing.T) {
	for l, want := range map[say.Language][]string{say.English: {"one", "other"}, say.Russian: {"few", "many", "one", "other"}} {
		for id, forms := range sentences(t, l) {
			if got := slices.Sorted(maps.Keys(forms)); len(got) > 1 && !slices.Equal(got, want) {
				t.Errorf("%s in %s has the forms %q, want %q", id, l, got, want)
			}
			for form, text := range forms {
				if strings.TrimSpace(text) == "" {
					t.Errorf("%s in %s: the form %s says nothing", id, l, form)
				}
			}
		}
	}
}

// A past tense has a gender in Russian, and names do not tell it.
func TestRussianSpeaksOfNobodyInThePastTense(t *testing.T) {
	const person = `\{\{\s*\.(?:Person|Name|Who)\s*\}\}`
	after := regexp.MustCompile(person + `\s+(?:\pL+\s+)?\pL+(?:л|ла|ло|ли|лся|лась|лось|лись)(?:[^\pL]|$)`)
	before := regexp.MustCompile(`(?:^|[^\pL])\pL+(?:л|ла|ло|ли|лся|лась|лось|лись)\s+` + person)
	for id, forms := range sentences(t, say.Russian) {
		for _, text := range forms {
			if after.MatchString(text) || before.MatchString(text) {
				t.Errorf("%s speaks of a person in the past tense: %s", id, text)
			}
		}
	}
}

func TestRussianIsWrittenInRussianLetters(t *testing.T) {
	mixed := regexp.MustCompile(`\p{Cyrillic}[A-Za-z]|[A-Za-z]\p{Cyrillic}`)
	for id, forms := range sentences(t, say.Russian) {
		for _, text := range forms {
			if mixed.MatchString(regexp.MustCompile(`\{\{.*?\}\}`).ReplaceAllString(text, " ")) {
				t.Errorf("%s mixes two alphabets in one word: %s", id, text)
			}
		}
	}
}

// said is one call of Say, Words or Refuse with a literal id.
type said struct {
	where string
	id    string
	args  []string
	whole bool // all names of arguments are literals
}

// spoken finds the sentences that the program says, and every literal that may
// be one, or begin one.
func spoken(t *testing.T) (calls []said, literals map[string]bool, prefixes []string) {
	literals = map[string]bool{}
	for _, s := range sources(t) {
		ast.Inspect(s.ast, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.BasicLit:
				if text, err := strconv.Unquote(n.Value); err == nil && n.Kind == token.STRING {
					literals[text] = true
				}
			case *ast.BinaryExpr:
				if lit, ok := n.X.(*ast.BasicLit); ok && n.Op == token.ADD {
					if text, err := strconv.Unquote(lit.Value); err == nil && strings.HasSuffix(text, ".") {
						prefixes = append(prefixes, text)
					}
				}
			case *ast.CallExpr:
				if c, ok := saidIn(s, n); ok {
					calls = append(calls, c)
				}
			}
			return true
		})
	}
	return calls, literals, prefixes
}

func saidIn(s source, n *ast.CallExpr) (said, bool) {
	name := ""
	switch f := n.Fun.(type) {
	case *ast.Ident:
		if s.dir == "bot" {
			name = f.Name
		}
	case *ast.SelectorExpr:
		if pkg, ok := f.X.(*ast.Ident); ok && pkg.Name == "bot" {
			name = f.Sel.Name
		}
	}
	if name != "Say" && name != "Words" && name != "Refuse" || len(n.Args) == 0 {
		return said{}, false
	}
	id, ok := literal(n.Args[0])
	if !ok {
		return said{}, false
	}
	c := said{where: s.at(n), id: id, whole: n.Ellipsis == token.NoPos}
	for i := 1; i < len(n.Args); i += 2 {
		arg, ok := literal(n.Args[i])
		c.args, c.whole = append(c.args, arg), c.whole && ok
	}
	return c, true
}

func literal(e ast.Expr) (string, bool) {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	text, err := strconv.Unquote(lit.Value)
	return text, err == nil
}

func TestEverySentenceThatIsSaidIsInTheCatalogue(t *testing.T) {
	en := sentences(t, say.English)
	calls, _, _ := spoken(t)
	if len(calls) < 50 {
		t.Fatalf("only %d calls were found", len(calls))
	}
	for _, c := range calls {
		forms, ok := en[c.id]
		if !ok {
			t.Errorf("%s says %s, which is not in the catalogue", c.where, c.id)
			continue
		}
		want := slots(forms)
		for _, arg := range c.args {
			if arg != "Count" && arg != "" && !slices.Contains(want, arg) {
				t.Errorf("%s gives %s the argument %s, which no form of it has", c.where, c.id, arg)
			}
		}
		for _, slot := range want {
			if c.whole && !slices.Contains(c.args, slot) {
				t.Errorf("%s does not give %s its argument %s", c.where, c.id, slot)
			}
		}
		if c.whole && len(forms) > 1 && !slices.Contains(c.args, "Count") {
			t.Errorf("%s does not give %s the number that its form depends on", c.where, c.id)
		}
	}
}

func TestEverySentenceOfTheCatalogueIsSaid(t *testing.T) {
	_, literals, prefixes := spoken(t)
	templates, err := filepath.Glob("adapters/web/templates/*.html")
	if err != nil {
		t.Fatal(err)
	}
	inTemplates, begunInTemplates := map[string]bool{}, map[string]bool{}
	for _, name := range templates {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`\bt "([^"]+)"`).FindAllStringSubmatch(string(data), -1) {
			inTemplates["web."+strings.TrimSuffix(m[1], ".")] = true
		}
		for _, m := range regexp.MustCompile(`\bt \(print "([^"]+\.)"`).FindAllStringSubmatch(string(data), -1) {
			begunInTemplates["web."+m[1]] = true
		}
	}
	en := sentences(t, say.English)
	for id := range en {
		if group := id[:strings.LastIndexByte(id, '.')+1]; begunInTemplates[group] || begunInTemplates[id+"."] {
			continue
		}
		begun := slices.ContainsFunc(prefixes, func(p string) bool { return p != "web." && strings.HasPrefix(id, p) })
		if !literals[id] && !inTemplates[id] && !begun {
			t.Errorf("nobody says %s", id)
		}
	}
	for id := range inTemplates {
		if _, ok := en[id]; !ok {
			t.Errorf("a template says %s, which is not in the catalogue", id)
		}
	}
}
