package bot

import (
	"slices"
	"strings"
	"testing"

	"meridian/bot/say"
)

func fieldNames(fields []KindField) (out []string) {
	for _, f := range fields {
		out = append(out, f.Name)
	}
	return out
}

func TestEveryKindAsksForFewThingsAndTheCatalogueKnowsThem(t *testing.T) {
	c, err := say.New()
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range Kinds() {
		required := 0
		for _, f := range KindFields(k) {
			if f.Required {
				required++
			}
			for _, id := range []string{"field." + f.Name, "ask." + f.Name} {
				if !slices.Contains(c.IDs(say.English), id) {
					t.Errorf("%s is not in the catalogue", id)
				}
			}
		}
		if len(KindFields(k)) == 0 || required == 0 || required > 2 {
			t.Errorf("%s has %d fields, %d required", k, len(KindFields(k)), required)
		}
		if got, ok := ParseKind(string(k)); !ok || got != k {
			t.Errorf("%q is not read back", k)
		}
	}
}

func TestWhatIsMissingIsReadFromTheWords(t *testing.T) {
	for _, tt := range []struct {
		kind    Kind
		words   string
		missing string
	}{
		{KindBug, "Checkout is broken", "steps expected where"},
		{KindBug, "When I press Place order nothing happens, it should open the payment. Chrome 140 on Windows.", ""},
		{KindBug, "The total is 0. It used to be 12. https://shop.example/cart", "steps"},
		{KindBug, "1. Open the cart\n2. Pay", "expected where"},
		{KindBug, "Не приходят письма", "steps expected where"},
		{KindBug, "Если нажать «Оплатить», ничего не происходит, а должна открыться оплата. Сафари на айфоне.", ""},
		{KindBug, "Раньше сумма была 12, теперь 0. Это на странице корзины.", "steps"},
		{KindQuestion, "How do I change the sender address?", "tried"},
		{KindQuestion, "Sender address", "goal tried"},
		{KindQuestion, "Как сменить адрес? Уже пробовали по инструкции.", ""},
		{KindIdea, "Dark mode would be nice", "problem who today"},
		{KindIdea, "Our customers have to copy each order by hand; at the moment we export it to a table", ""},
		{KindIdea, "Было бы здорово выгружать заказы: сейчас менеджеры копируют их вручную", ""},
		{KindStory, "As a shop manager I want to export orders so that the accountant can check them", ""},
		{KindStory, "Export of orders", "role want why"},
		{KindStory, "Как менеджер хочу выгружать заказы, чтобы сверять их", ""},
		{KindTask, "Move the shop to the new server", "result by where"},
		{KindTask, "Move shop.example by Friday so that it answers in 100 ms", ""},
		{KindTask, "Перенести магазин до пятницы, чтобы он отвечал быстрее", "where"},
		{KindComplaint, "You are slow", ""},
	} {
		got := strings.Join(fieldNames(Missing(tt.kind, Request{Words: tt.words}, nil)), " ")
		if got != tt.missing {
			t.Errorf("%s %q misses %q, want %q", tt.kind, tt.words, got, tt.missing)
		}
	}
}

func TestAnAnswerAndAFieldAreNoLongerMissing(t *testing.T) {
	r := Request{Words: "Checkout is broken", Fields: map[string]string{"where": "the cart", "steps": "  "}}
	said := []Comment{{Text: "It should be 12"}, {Text: "When I pay", Deleted: true}}
	if got := fieldNames(Missing(KindBug, r, said)); !slices.Equal(got, []string{"steps"}) {
		t.Errorf("missing: %q", got)
	}
}

func TestAHintIsAWordAndNotAPieceOfOne(t *testing.T) {
	for text, want := range map[string]bool{
		"when i pay": true, "(when i pay)": true, "whenever": false, "seven i": false, "1\nwhen i": true, "ежедневно": false, "срочно": false, "наш срок": true,
	} {
		hint := "when i"
		if strings.ContainsAny(text, "абвгдежзрс") {
			hint = "срок"
		}
		if text == "срочно" {
			hint = "срок"
		}
		if got := hasWord(text, hint); got != want {
			t.Errorf("%q has %q: %v", text, hint, got)
		}
	}
}

func TestAComplaintIsNeitherMadeNorUndoneByConverting(t *testing.T) {
	r := Request{Number: 1, State: Open, Kind: KindComplaint}
	if got := refusedID(r.Convert(KindBug)); got != "refuse.complaint_kind" || r.Kind != KindComplaint {
		t.Errorf("%q, %s", got, r.Kind)
	}
	r.Kind = KindQuestion
	if got := refusedID(r.Convert(KindComplaint)); got != "refuse.to_complaint" || r.Kind != KindQuestion {
		t.Errorf("%q, %s", got, r.Kind)
	}
	r.MergedInto = 2
	if got := refusedID(r.Convert(KindBug)); got != "refuse.goes_on" {
		t.Errorf("a merged one: %q", got)
	}
}

func TestFieldsAreFilledAllOrNone(t *testing.T) {
	r := Request{Number: 1, Kind: KindBug, Fields: map[string]string{"where": "cart"}}
	old := r.Fields
	for name, tt := range map[string]struct {
		given map[string]string
		says  string
		want  map[string]string
	}{
		"one":               {map[string]string{"steps": " press "}, "", map[string]string{"steps": "press", "where": "cart"}},
		"taken away":        {map[string]string{"where": ""}, "", map[string]string{}},
		"a required one":    {map[string]string{"steps": "", "expected": "x"}, "refuse.field_needed", nil},
		"unknown":           {map[string]string{"dance": "x"}, "", map[string]string{"where": "cart"}},
		"too long":          {map[string]string{"steps": "x", "expected": strings.Repeat("ж", maxField+1)}, "refuse.long_field", nil},
		"as long as it may": {map[string]string{"steps": strings.Repeat("ж", maxField)}, "", map[string]string{"where": "cart", "steps": strings.Repeat("ж", maxField)}},
	} {
		now := r
		if got := refusedID(now.Fill(tt.given)); got != tt.says {
			t.Errorf("%s: says %q", name, got)
		}
		want := tt.want
		if tt.says != "" {
			want = old
		}
		if len(now.Fields) != len(want) {
			t.Errorf("%s: %v", name, now.Fields)
		}
		for k, v := range want {
			if now.Fields[k] != v {
				t.Errorf("%s: %s is %q", name, k, now.Fields[k])
			}
		}
	}
	if len(old) != 1 {
		t.Errorf("the fields of before were changed: %v", old)
	}
}
