package search

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func base() []Doc {
	return []Doc{
		{ID: "sender", Title: "Change the sender address of order mails", Body: "Shop settings, Mail, Sender. Enter the address and press Verify."},
		{ID: "spam", Title: "Why order mails land in spam", Body: "Add the DNS record that is shown below the sender."},
		{ID: "gateway", Title: "Set up a payment gateway", Body: "Contracts, keys and a test payment."},
		{ID: "отправитель", Title: "Как сменить адрес отправителя писем", Body: "Настройки магазина, Почта, Отправитель. Укажите адрес и нажмите «Проверить»."},
		{ID: "платёж", Title: "Платёж не проходит", Body: "Проверьте платёжные ключи и срок карты."},
		{ID: "отчёт", Title: "Пустой отчёт за месяц", Body: "Отчёты строятся ночью.", Asked: []string{"где цифры за вчера"}},
	}
}

func TestAQuestionFindsItsArticleInBothLanguages(t *testing.T) {
	x := New(base())
	for question, want := range map[string]string{
		"How do I change the sender address?":            "sender",
		"our order emails go to spam":                    "spam",
		"paymnet gatway setup":                           "gateway", // misspelt
		"как поменять адреса отправителей":               "отправитель",
		"платежи не проходят":                            "платёж", // ё and another ending
		"ПЛАТЕЖ НЕ ПРОХОДИТ!!!":                          "платёж",
		"где цифры за вчера?":                            "отчёт", // it answered that once
		"отчет пустой":                                   "отчёт",
		"please tell me, where is the sender address in": "sender",
	} {
		hits := x.Search(question, 3)
		if len(hits) == 0 || hits[0].ID != want {
			t.Errorf("%q finds %v, want %s", question, hits, want)
		}
	}
}

func TestWhatTheBaseDoesNotSpeakOfScoresLow(t *testing.T) {
	x := New(base())
	sure := x.Search("How can I change the sender address of order mails", 1)[0].Score
	for _, question := range []string{"what is the weather in Minsk today", "расскажи анекдот про космос", "address book of Napoleon's generals"} {
		if hits := x.Search(question, 1); len(hits) > 0 && hits[0].Score > sure/2 {
			t.Errorf("%q scores %v, a good question %.2f", question, hits, sure)
		}
	}
	for _, nothing := range []string{"", "   ", "?!", "\x00\xff"} {
		if hits := x.Search(nothing, 3); len(hits) != 0 {
			t.Errorf("%q finds %v", nothing, hits)
		}
	}
	if hits := New(nil).Search("anything", 3); len(hits) != 0 {
		t.Errorf("an empty base finds %v", hits)
	}
}

func TestAScoreIsAShareAndTheOrderIsStable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.SampledFrom(strings.Fields("shop mail почта отчёт адрес sender key 48211 ü 漢字 x"))
		text := rapid.Custom(func(t *rapid.T) string { return strings.Join(rapid.SliceOfN(word, 0, 12).Draw(t, "words"), " ") })
		var docs []Doc
		for i := range rapid.IntRange(0, 8).Draw(t, "docs") {
			docs = append(docs, Doc{ID: fmt.Sprint(i), Title: text.Draw(t, "title"), Body: text.Draw(t, "body"), Asked: rapid.SliceOfN(text, 0, 2).Draw(t, "asked")})
		}
		question := text.Draw(t, "question")
		hits := New(docs).Search(question, 10)
		for i, h := range hits {
			if !(h.Score > 0 && h.Score <= 1.0000001) {
				t.Fatalf("score %v", h)
			}
			if i > 0 && (hits[i-1].Score < h.Score) {
				t.Fatalf("the order is %v", hits)
			}
		}
		if again := New(docs).Search(question, 10); len(again) != len(hits) || len(hits) > 0 && again[0].ID != hits[0].ID {
			t.Fatalf("again it is %v, was %v", again, hits)
		}
	})
}

func TestWordsAreCutAlikeWhateverTheirEndings(t *testing.T) {
	for _, same := range [][]string{{"Заявки", "заявка", "ЗАЯВКУ"}, {"платёж", "платежи", "платежа"}, {"mails", "mail"}, {"caf\u0065\u0301", "cafe"}} {
		for _, w := range same[1:] {
			if got, want := words(w), words(same[0]); !slices.Equal(got, want) {
				t.Errorf("%q is %v, %q is %v", w, got, same[0], want)
			}
		}
	}
}

func BenchmarkSearchTenThousandArticles(b *testing.B) {
	var docs []Doc
	for i := range 10_000 {
		docs = append(docs, Doc{ID: fmt.Sprint(i), Title: fmt.Sprintf("How to change setting %d of shop %d", i, i%97), Body: strings.Repeat(fmt.Sprintf("Open page %d, press button %d. ", i%31, i%53), 10)})
	}
	x := New(docs)
	b.ResetTimer()
	for b.Loop() {
		x.Search("how do I change the address of my shop 42", 3)
	}
}
