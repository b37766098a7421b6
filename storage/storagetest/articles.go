package storagetest

import (
	"errors"
	"strings"
	"testing"
	"time"

	"meridian/bot"
)

func article(title, body string, l bot.Language, a bot.ArticleAudience) bot.Article {
	return bot.Article{Title: title, Body: body, Language: l, Audience: a}
}

// titles are those of what a question finds, the best first.
func titles(t testing.TB, s bot.Store, q bot.ArticleQuery) (found []string) {
	t.Helper()
	view(t, s, func(v bot.View) error {
		all, err := v.FindArticles(q)
		for _, a := range all {
			found = append(found, a.Title)
		}
		return err
	})
	return found
}

func articles(t *testing.T, f Fixture) {
	s, other := f.open(t, nil), f.open(t, nil)
	sender := article("Change the sender address of order mails", "Shop settings, Mail, Sender.", "en", bot.PublicArticle)
	sender.File, sender.Asked, sender.Checked = "mail/sender.md", []string{"who sends the mails?"}, time.Date(2026, 2, 12, 0, 0, 0, 0, time.UTC)
	spam := article("Why order mails land in spam", "Add the DNS record to your domain.", "en", bot.InternalArticle)
	russian := article("Как сменить адрес отправителя писем", "Настройки, Почта, Отправитель.", "ru", bot.PublicArticle)
	update(t, s, func(tx bot.Tx) error {
		for _, a := range []*bot.Article{&sender, &spam, &russian} {
			if err := tx.SaveArticle(a); err != nil {
				return err
			}
		}
		found, err := tx.FindArticles(bot.ArticleQuery{Text: "sender address"})
		if len(found) == 0 || found[0].Number != sender.Number {
			t.Errorf("the transaction that wrote them finds %+v", found)
		}
		return err
	})
	sameList(t, "numbers", []int64{sender.Number, spam.Number, russian.Number}, []int64{1, 2, 3})
	for who, store := range map[string]bot.Store{"the replica itself": s, "another replica": other} {
		sameList(t, who+" finds", titles(t, store, bot.ArticleQuery{Text: "mails in spam", Limit: 1}), []string{spam.Title})
		sameList(t, who+" finds of the public ones", titles(t, store, bot.ArticleQuery{Text: "mails in spam", Public: true, Limit: 1}), []string{sender.Title})
		sameList(t, who+" finds in Russian", titles(t, store, bot.ArticleQuery{Text: "адрес отправителя"}), []string{russian.Title})
		sameList(t, who+" finds by what was asked", titles(t, store, bot.ArticleQuery{Text: "who sends?", Limit: 1}), []string{sender.Title})
		sameList(t, who+" finds of nothing", titles(t, store, bot.ArticleQuery{Text: "..."}), nil)
		sameList(t, who+" finds of much", titles(t, store, bot.ArticleQuery{Text: "spam " + strings.Repeat("ж", 20_000), Limit: 1}), []string{spam.Title})
	}
	view(t, s, func(v bot.View) error {
		got, err := v.Article(sender.Number)
		if !got.Checked.Equal(sender.Checked) || got.File != sender.File || len(got.Asked) != 1 || got.Body != sender.Body {
			t.Errorf("it comes back as %+v, %v", got, err)
		}
		if got, err = v.ArticleByTitle("en", "change THE sender address, of order mails!"); err != nil || got.Number != sender.Number {
			t.Errorf("by its title: %+v, %v", got, err)
		}
		if _, err = v.ArticleByTitle("ru", sender.Title); err == nil {
			t.Error("it is found by its title in another language")
		}
		if got, err = v.ArticleByFile(sender.File); err != nil || got.Number != sender.Number {
			t.Errorf("by its file: %+v, %v", got, err)
		}
		counts, err := v.CountArticles()
		if counts["en"][bot.PublicArticle] != 1 || counts["en"][bot.InternalArticle] != 1 || counts["ru"][bot.PublicArticle] != 1 {
			t.Errorf("counts: %v", counts)
		}
		return err
	})
	sender.Dropped = true
	update(t, s, func(tx bot.Tx) error { return tx.SaveArticle(&sender) })
	again := article(sender.Title, "Another way.", "en", bot.PublicArticle)
	update(t, s, func(tx bot.Tx) error { return tx.SaveArticle(&again) })
	for _, store := range []bot.Store{s, other} {
		view(t, store, func(v bot.View) error {
			all, err := v.Articles(0, 10)
			if err != nil || len(all) != 3 || all[2].Number != again.Number {
				t.Errorf("after one was dropped: %+v, %v", all, err)
			}
			got, err := v.Article(sender.Number)
			if err != nil || !got.Dropped {
				t.Errorf("the dropped one by its number: %+v, %v", got, err)
			}
			_, err = v.ArticleByFile(sender.File)
			wantIs(t, err, bot.ErrNotFound)
			_, err = v.Article(77)
			wantIs(t, err, bot.ErrNotFound)
			return nil
		})
		sameList(t, "instead of the dropped one", titles(t, store, bot.ArticleQuery{Text: "sender address of order mails", Limit: 1}), []string{again.Title})
	}
}

// An update that is rolled back leaves neither an article nor an index of it.
func articleRollback(t *testing.T, f Fixture) {
	s := f.open(t, nil)
	a := article("Change the sender address", "Shop settings.", "en", bot.PublicArticle)
	err := s.Update(t.Context(), func(tx bot.Tx) error {
		if err := tx.SaveArticle(&a); err != nil {
			return err
		}
		if found, err := tx.FindArticles(bot.ArticleQuery{Text: "sender"}); err != nil || len(found) != 1 {
			t.Errorf("within: %v, %v", found, err)
		}
		return errWanted
	})
	wantIs(t, err, errWanted)
	sameList(t, "afterwards", titles(t, s, bot.ArticleQuery{Text: "sender"}), nil)
	b := article("Pay by bank transfer", "Send the invoice number.", "en", bot.PublicArticle)
	update(t, s, func(tx bot.Tx) error { return tx.SaveArticle(&b) })
	same(t, "the number of the next", b.Number, int64(1))
	sameList(t, "and what is found", titles(t, s, bot.ArticleQuery{Text: "sender of the bank transfer"}), []string{b.Title})
}

// sameQuestions checks what was asked since an instant: two, and one of them has
// no article.
func sameQuestions(t *testing.T, v bot.View, since time.Time, gap bot.Suggestion) error {
	t.Helper()
	counts, err := v.CountQuestions(since)
	same(t, "questions", counts, bot.QuestionCounts{Asked: 2, Gaps: 1})
	gaps, err2 := v.Gaps(since, 10)
	if len(gaps) != 1 || gaps[0].ID != gap.ID || gaps[0].Question != gap.Question {
		t.Errorf("without an article: %+v", gaps)
	}
	return errors.Join(err, err2)
}

func suggestions(t *testing.T, f Fixture) {
	c := newClock()
	s := f.open(t, c.now)
	ask := func(message, who string, state bot.SuggestionState, article int64) bot.Suggestion {
		x := bot.Suggestion{Place: bot.Place{Adapter: "web", Channel: "support"}, Message: message, Who: who, Name: "Owen", Question: "words of " + message,
			At: c.now(), State: state, Article: article, Found: []int64{7, 8}, Sure: true, Speak: bot.SpeakAgents}
		update(t, s, func(tx bot.Tx) error { return tx.SaveSuggestion(&x) })
		return x
	}
	first := ask("m1", "web:owen", bot.SuggestionWaiting, 0)
	if again := ask("m1", "web:owen", bot.SuggestionGap, 0); first.ID == 0 || again.ID != 0 {
		t.Errorf("the ids are %d and %d", first.ID, again.ID)
	}
	c.advance(time.Minute)
	since := c.now()
	c.advance(time.Minute)
	gap, missed := ask("m2", "web:owen", bot.SuggestionGap, 0), ask("m3", "web:grace", bot.SuggestionMissed, 7)
	list := func(q bot.SuggestionQuery) (messages []string) {
		view(t, s, func(v bot.View) error {
			all, err := v.Suggestions(q)
			for _, x := range all {
				messages = append(messages, x.Message)
			}
			return err
		})
		return messages
	}
	sameList(t, "all", list(bot.SuggestionQuery{}), []string{"m3", "m2", "m1"})
	sameList(t, "that wait in the channel", list(bot.SuggestionQuery{Place: first.Place, States: []bot.SuggestionState{bot.SuggestionWaiting}}), []string{"m1"})
	sameList(t, "in another channel", list(bot.SuggestionQuery{Place: bot.Place{Adapter: "web", Channel: "desk"}}), nil)
	sameList(t, "that helped nobody of a person", list(bot.SuggestionQuery{Who: "web:grace", States: []bot.SuggestionState{bot.SuggestionMissed}}), []string{"m3"})
	sameList(t, "of an article", list(bot.SuggestionQuery{Article: 7}), []string{"m3"})
	sameList(t, "since", list(bot.SuggestionQuery{Since: since, Limit: 1}), []string{"m3"})
	first.State, first.By = bot.SuggestionSent, "web:timur"
	update(t, s, func(tx bot.Tx) error { return tx.SaveSuggestion(&first) })
	view(t, s, func(v bot.View) error {
		got, err := v.SuggestionAt(first.Place, "m1")
		if err != nil || got.State != bot.SuggestionSent || got.By != "web:timur" || got.Question != "words of m1" || len(got.Found) != 2 || !got.Sure {
			t.Errorf("it comes back as %+v, %v", got, err)
		}
		if got, err = v.Suggestion(first.ID); err != nil || got.Message != "m1" {
			t.Errorf("by its id: %+v, %v", got, err)
		}
		_, err = v.Suggestion(99)
		wantIs(t, err, bot.ErrNotFound)
		tallies, err := v.SuggestionTallies(since)
		if len(tallies) != 2 || tallies[0].State != bot.SuggestionGap || tallies[0].Count != 1 || tallies[0].Speak != bot.SpeakAgents || tallies[0].Channel != first.Place {
			t.Errorf("tallies: %+v", tallies)
		}
		return errors.Join(err, sameQuestions(t, v, since, gap))
	})
	c.advance(6 * day)
	sweepAll(t, s, c.now())
	same(t, "after 6 days", len(list(bot.SuggestionQuery{})), 3)
	c.advance(2 * day)
	sweepAll(t, s, c.now())
	sameList(t, "after 8 days", list(bot.SuggestionQuery{}), []string{"m3", "m1"})
	view(t, s, func(v bot.View) error {
		got, err := v.Suggestion(missed.ID)
		if err != nil || got.Question != "" || got.Article != 7 {
			t.Errorf("after 8 days: %+v, %v", got, err)
		}
		_, err = v.Suggestion(gap.ID)
		wantIs(t, err, bot.ErrNotFound)
		return nil
	})
	c.advance(400 * day)
	sweepAll(t, s, c.now())
	same(t, "after 408 days", len(list(bot.SuggestionQuery{})), 0)
}
