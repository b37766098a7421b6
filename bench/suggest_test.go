package bench

import (
	"fmt"

	"testing"
	"time"

	"meridian/bot"
	"meridian/bot/bottest"
	"meridian/commands"
)

// BenchmarkSuggest asks questions that an article answers, with 10,000 articles
// in the store and 200 alerts a second coming in, all of them handled. It
// measures from the end of the wait, in which people have the first word, to the
// post. Wanted: below 50 ms.
func BenchmarkSuggest(b *testing.B) {
	const articles, questions, wait, pause, limit = 10_000, 80, time.Second, 200 * time.Millisecond, 50.0
	settings := bottest.Team(b)
	settings.FAQ.Wait = wait
	settings.Channels[0].Speak = bot.SpeakThread
	d := newDeskOf(b, sqlite(b), commands.Unasked(), settings)
	titles := writeArticles(b, d, articles)
	defer d.run(b)()
	url := serve(b, d.hook)
	load(b, url, 20, 2*time.Second, 100*time.Millisecond)
	asked := make(chan error, 1)
	go func() {
		for i := range questions {
			if err := d.engine.Accept(b.Context(), question(i, titles[i*37%articles])); err != nil {
				asked <- err
				return
			}
			sleep(b.Context(), pause)
		}
		asked <- nil
	}()
	beside := load(b, url, 20, questions*pause+3*wait, 100*time.Millisecond)
	if err := <-asked; err != nil {
		b.Fatal(err)
	}
	var took []float64
	for i := range questions {
		took = append(took, d.answered(b, i, wait).Seconds()*1000)
	}
	b.ReportMetric(high(took), "p99-ms")
	b.ReportMetric(middle(took), "p50-ms")
	b.ReportMetric(limit, "limit-ms")
	b.ReportMetric(beside.perSecond, "events/s")
	b.ReportMetric(0, "ns/op")
}

// question is what somebody asks in a channel, of their own each.
func question(i int, about string) bot.Event {
	key := fmt.Sprint("q", i)
	return bot.Event{
		Source: "web", Key: "said:" + key, Place: bot.Place{Adapter: "web", Channel: "support"}, Message: key, At: time.Now(),
		Actor: bot.Actor{ID: fmt.Sprintf("web:asker%d", i), Name: "Asker"}, Body: bot.Said{Text: about + "?"},
	}
}

// answered is how long after the end of its wait a question was answered.
func (d *desk) answered(b *testing.B, i int, wait time.Duration) (took time.Duration) {
	err := d.store.View(b.Context(), func(v bot.View) error {
		q, err := v.SuggestionAt(bot.Place{Adapter: "web", Channel: "support"}, fmt.Sprint("q", i))
		if err != nil {
			return err
		}
		at, ok := d.fake.taken.Load(fmt.Sprint("faq:answer:", q.ID))
		if !ok {
			return fmt.Errorf("%q was not answered: %s", q.Question, q.State)
		}
		took = at.(time.Time).Sub(q.At.Add(wait))
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	return took
}

// writeArticles gives a desk articles, and their titles. The index of them is
// there when it returns.
func writeArticles(b *testing.B, d *desk, n int) (titles []string) {
	p := newProse()
	for from := 0; from < n; from += 200 {
		update(b, d.store, func(tx bot.Tx) error {
			for i := from; i < from+200; i++ {
				a := bot.Article{Title: "How do I " + p.say(4) + nthWord(uint64(40_000+i)), Body: p.say(80), Language: "en", Audience: bot.PublicArticle}
				titles = append(titles, a.Title)
				if err := tx.SaveArticle(&a); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err := d.store.View(b.Context(), func(v bot.View) error {
		_, err := v.FindArticles(bot.ArticleQuery{Text: titles[0]})
		return err
	}); err != nil {
		b.Fatal(err)
	}
	return titles
}
