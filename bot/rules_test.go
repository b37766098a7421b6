package bot

import (
	"reflect"
	"slices"
	"strings"
	"testing"
)

func TestARuleFitsWholeWordsAndPhrasesInAnyCase(t *testing.T) {
	r := Rule{Words: []string{"refund", "money back", "Возврат*", "error-500", "ёлка"}}
	for text, want := range map[string]bool{
		"Refund, please":           true,
		"REFUND":                   true,
		"refunds":                  false,
		"prerefund":                false,
		"I want my money-back":     true,
		"money comes back":         false,
		"о возвратах":              true,
		"невозврат":                false,
		"it says Error 500.":       true,
		"error 5000":               false,
		"Елка горит":               true,
		"":                         false,
		"\xff\x00":                 false,
		strings.Repeat("re ", 9e3): false,
	} {
		if got := r.Fits(text); got != want {
			t.Errorf("%.40q fits: %v", text, got)
		}
	}
	for _, words := range [][]string{nil, {""}, {"*"}, {"..."}} {
		if (Rule{Words: words}).Fits("anything ... *") {
			t.Errorf("%q fits", words)
		}
	}
}

func TestRulesSortAndTheFirstToSaySomethingWins(t *testing.T) {
	s := &Settings{Rules: []Rule{
		{Words: []string{"refund"}, Kind: KindBug, Tags: []string{"money"}},
		{Words: []string{"refund"}, Kind: KindTask, Class: Expedite, Client: "Harbor"},
		{Words: []string{"refund"}, Kind: KindIdea, Class: Intangible},
		{Words: []string{"other"}, Level: 3},
	}}
	r := Request{Words: "refund", Kind: KindQuestion, Class: Standard, Level: 1, Tags: []string{"vip"}}
	had := s.applyRules(&r)
	if r.Kind != KindBug || r.Class != Expedite || r.Level != 1 || r.Client != "Harbor" || !slices.Equal(r.Tags, []string{"money", "vip"}) || len(had) != 2 {
		t.Errorf("%+v by %d rules", r, len(had))
	}
	known := Request{Words: "refund", Client: "Larkspur"}
	if s.applyRules(&known); known.Client != "Larkspur" {
		t.Errorf("a company that is known became %s", known.Client)
	}
}

func FuzzRule(f *testing.F) {
	for _, s := range []string{"refund, chargeback* -> kind bug, class expedite, level 2, client Harbor & Co, tags a b", "a -> b", "->", "a→kind:баг", "a -> class drop everything", "a -> level L3"} {
		f.Add(s)
	}
	s := &Settings{Clients: []Client{{Name: "Harbor & Co"}}}
	f.Fuzz(func(t *testing.T, text string) {
		GistOf(text, text)
		LooksOf(text, text)
		AfterThanks(text)
		IsGreeting(text)
		r, refused := ParseRule(text)
		if refused != nil || r.Check(s) != nil {
			return
		}
		again, refused := ParseRule(r.String())
		if refused != nil || !reflect.DeepEqual(again.Changes(Request{}), r.Changes(Request{})) {
			t.Errorf("%q is %q, which is %q", text, r, again)
		}
		r.Fits(text)
	})
}
