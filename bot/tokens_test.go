package bot

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestATextIsCutIntoWhatItIsFoundBy(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"", ""},
		{"a я - @ . …", ""},
		{"The printer burns", "the printer burn"},
		{"Order #48211 of 2", "order 48211 of 2"},
		{"Заявка №48211", "заявк 48211"},
		{"Ёлка и е\u0308лка", "елк"},
		{"Новый и новыи\u0306", "нов"},
		{"Café ＡＢＣ ﬁle Straße", "caf abc fil stras"},
		{"write to Anna.Lee@Mail.Shop.example!", "anna.lee@mail.shop.example mail.shop.example shop.example anna lee mail shop exampl writ to"},
		{"see https://www.shop.example/cart?id=7.", "www.shop.example shop.example www shop exampl see https cart id 7"},
		{"R-12 and v1.2_3", "r-12 12 v1.2_3 v1 2 3 and"},
		{"e-mail, кое-что", "mail кое что"},
		{"can't", "can"},
		{"bad \xff byte", "bad byt"},
		{strings.Repeat("x", 40), strings.Repeat("x", 32)},
	} {
		if got := strings.Join(Tokens(tt.text), " "); got != tt.want {
			t.Errorf("%q: got %q, want %q", tt.text, got, tt.want)
		}
	}
}

func TestOfALongTextNamesAndTheFirstWordsCount(t *testing.T) {
	var b strings.Builder
	for i := range 400 {
		fmt.Fprintf(&b, "word%c%co ", 'a'+i%26, 'a'+i/26)
	}
	got := Tokens(b.String() + "order-48211")
	if len(got) != maxTokens || !slices.Contains(got, "48211") || !slices.Contains(got, "wordaao") {
		t.Errorf("got %d tokens: %v", len(got), got)
	}
	var names strings.Builder
	for i := range 400 {
		fmt.Fprintf(&names, "a%d@b%d.example ", i, i)
	}
	if got := Tokens(names.String()); len(got) != maxTokens {
		t.Errorf("got %d tokens", len(got))
	}
}

func TestTheFormsOfAWordAreOneToken(t *testing.T) {
	for _, forms := range []string{
		"заявка заявки заявку заявке заявкой заявок заявкам заявками заявках",
		"ошибка ошибки ошибку ошибок ошибками",
		"новый новая новое новые нового новому новым новой новую новых",
		"работа работает работать работают работаем работе",
		"работал",
		"интеграция интеграции интеграцию интеграцией интеграций интеграциями",
		"пользователь пользователя пользователи пользователей пользователям пользователем",
		"оплата оплаты оплату оплатить",
		"тикет тикета тикетов тикеты", "система систем системы системам", "проблема проблем проблемы", "портал портала портале",
		"память памяти памятью", "печать печати печатать печатает", "интернет интернета", "лимит лимита лимиты",
		"поток потока потоки",
		"сеть сети сетей сетью",
		"invoice invoices", "entry entries", "error errors", "update updates updated updating",
		"fail fails failed failing", "stop stopped stopping stops", "install installed installing", "process processing processed",
		"cancel cancelled canceled cancelling", "cache caches cached",
	} {
		words := strings.Fields(forms)
		want := Tokens(words[0])
		for _, w := range words[1:] {
			if got := Tokens(w); !slices.Equal(got, want) {
				t.Errorf("%s is %v, but %s is %v", words[0], want, w, got)
			}
		}
	}
}

func TestOtherWordsStayOthers(t *testing.T) {
	for _, pair := range [][2]string{
		{"bus", "bush"}, {"need", "nee"}, {"string", "strong"}, {"thing", "th"}, {"срок", "рок"}, {"порт", "портал"}, {"status", "state"},
		{"4821", "48211"}, {"2.1", "21"},
	} {
		if slices.Equal(Tokens(pair[0]), Tokens(pair[1])) {
			t.Errorf("%s and %s are both %v", pair[0], pair[1], Tokens(pair[0]))
		}
	}
}

func TestTheLastWordOfAQuestionIsAPrefix(t *testing.T) {
	for _, tt := range []struct{ text, tokens, prefix string }{
		{"", "", ""},
		{"printer", "printer", "printer"},
		{"the Print", "the print", "print"},
		{"print the print", "the print", "print"},
		{"pr", "pr", ""},
		{"не работает сай", "не работ сай", "сай"},
		{"anna@shop.exa", "anna@shop.exa", "anna@shop.exa"},
		{"order 48", "order 48", ""},
		{"r-12", "r-12", "r-12"},
	} {
		tokens, prefix := Sought(tt.text)
		if got := strings.Join(tokens, " "); got != tt.tokens || prefix != tt.prefix {
			t.Errorf("%q: got %q and %q, want %q and %q", tt.text, got, prefix, tt.tokens, tt.prefix)
		}
	}
}

// FuzzTokens: whatever a text is, what is sought in it is found by it.
func FuzzTokens(f *testing.F) {
	for _, s := range []string{"a@b.c", "R-12", "ё\u0308й", "\xff", "..@@--", "www..a-1", "ﬁ ＡＢ", strings.Repeat("ab1-", 40)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		all := Tokens(text)
		if len(all) > maxTokens {
			t.Fatalf("%d tokens", len(all))
		}
		for _, token := range all {
			if token == "" || len([]rune(token)) > maxTokenRunes || strings.ContainsAny(token, " =\x00") {
				t.Errorf("the token %q", token)
			}
		}
		sought, prefix := Sought(text)
		if len(all) < maxTokens {
			for _, token := range sought {
				if !slices.Contains(all, token) {
					t.Errorf("%q of %q is not among %q", token, text, all)
				}
			}
		}
		if prefix != "" && len(sought) == 0 {
			t.Errorf("a prefix %q without a word", prefix)
		}
		if folded := Fold(text); Fold(folded) != folded {
			t.Errorf("folding %q again gives %q, not %q", text, Fold(folded), folded)
		}
	})
}

func BenchmarkTokens(b *testing.B) {
	text := strings.Repeat("Checkout fails for gift cards since this morning, заявка не проходит, order 48211 at www.shop.example. ", 4)
	for b.Loop() {
		Tokens(text)
	}
}
