package commands

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"meridian/bot"
	"meridian/bot/say"
)

const (
	articlesFound  = 3  // that an answer names
	articlesListed = 20 // that a list names
	wholeArticle   = 3000
	// shownFrom is the score from which on an article is an answer to who looks for
	// one; meantFrom to who addresses the desk, and may want something else.
	shownFrom = 0.12
	meantFrom = 0.25
	// ladderDays is over how many days it is counted what became of suggestions.
	ladderDays = 28
)

// faq finds articles for whoever asks, privately. The team also writes them
// with it, and sees how suggestions fare.
func faq() bot.Command {
	return bot.Command{
		Name: "faq", Words: words([]string{"article-search"}, []string{"статьи", "чаво"}), Slash: "faq", Whole: true, Wordy: true,
		Action: bot.ActFAQ,
		Args:   []bot.Arg{{Name: "words", Kind: bot.ArgWords, Optional: true}},
		Usage:  "usage.faq", Help: "help.faq", Choices: faqChoices,
		Handler: bot.Handler{
			Look: func(_ context.Context, v bot.View, e bot.Event) (any, error) {
				if what, _, _ := faqWords(e.Call); what != faqFind && what != faqAdd {
					return nil, nil
				}
				_, _, text := faqWords(e.Call)
				return v.FindArticles(bot.ArticleQuery{Text: text, Public: !readsInternal(v.Settings(), e), Limit: articlesFound})
			},
			Do: func(_ context.Context, tx bot.Tx, e bot.Event, seen any) error {
				what, number, text := faqWords(e.Call)
				found, _ := seen.([]bot.FoundArticle)
				switch what {
				case faqFind:
					return tellArticles(tx, e, text, found)
				case faqShow:
					return showArticle(tx, e, number)
				case faqList:
					return listArticles(tx, e)
				case faqAdd:
					return addArticle(tx, e, text, found)
				case faqEdit:
					return offerForm(tx, e, number)
				case faqDrop:
					return dropArticle(tx, e, number)
				}
				return tellLadder(tx, e)
			},
		},
	}
}

// What is wanted of the command.
type faqAsk int

const (
	faqAlone faqAsk = iota
	faqFind
	faqShow
	faqList
	faqAdd
	faqEdit
	faqDrop
)

// faqWords understands what stands behind the command. Only the team writes:
// what others say is a question, whatever it begins with.
func faqWords(c *bot.Call) (what faqAsk, number int64, text string) {
	text = strings.TrimSpace(c.Args["words"])
	first, rest := cutFirst(text)
	number, named := bot.ParseArticleID(rest)
	writes := c.Person.May(bot.ActArticle, bot.Request{})
	switch word := strings.ToLower(first); {
	case text == "":
		return faqAlone, 0, ""
	case among(word, "show", "показать") && named:
		return faqShow, number, ""
	case !writes:
	case among(word, "list", "список") && rest == "":
		return faqList, 0, ""
	case among(word, "add", "добавить"):
		return faqAdd, 0, rest
	case among(word, "edit", "изменить") && named:
		return faqEdit, number, ""
	case among(word, "drop", "убрать") && named:
		return faqDrop, number, ""
	}
	if n, ok := bot.ParseArticleID(text); ok {
		return faqShow, n, ""
	}
	return faqFind, 0, text
}

func among(word string, words ...string) bool { return slices.Contains(words, word) }

// cutFirst splits off the first word.
func cutFirst(s string) (first, rest string) {
	s = strings.TrimSpace(s)
	i := strings.IndexFunc(s, func(c rune) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\u00a0' })
	if i < 0 {
		return s, ""
	}
	return s[:i], strings.TrimSpace(s[i:])
}

// readsInternal reports whether the person may read articles for the team, where
// they ask.
func readsInternal(s *bot.Settings, e bot.Event) bool {
	return e.Call.Person.Team() || s.Inside(e.Place)
}

// tellArticles answers with the article that fits best, and names the next ones.
// Where nothing fits, what was only said to the desk is a request like any other.
func tellArticles(tx bot.Tx, e bot.Event, text string, found []bot.FoundArticle) error {
	said, addressed := e.Body.(bot.Said)
	if addressed = addressed && said.Mentioned; addressed && (len(found) == 0 || found[0].Score < meantFrom) {
		return bot.ErrPass
	}
	found = slices.DeleteFunc(found, func(a bot.FoundArticle) bool { return a.Score < shownFrom })
	if len(found) == 0 {
		return bot.Whisper(tx, e, bot.MessageOf(bot.Say("faq.none", "Words", firstOf(text, 60)), askPerson(text)...))
	}
	t, whole := articleText(tx, found[0].Article)
	var buttons []bot.Button
	if !whole {
		buttons = append(buttons, bot.PressButton("button.whole_article", "faq", "show "+found[0].ID()))
	}
	for _, a := range found[1:] {
		t = t.Plus(bot.Break(), bot.Quote("· "+a.Title))
		buttons = append(buttons, bot.Button{Label: bot.Text{Parts: []bot.Part{bot.Quote(firstOf(a.Title, 60))}}, Act: "faq", Value: "show " + a.ID()})
	}
	m := bot.MessageOf(t, append(buttons, askPerson(text)...)...)
	if len(m.Buttons) > 3 {
		m.Buttons, m.More = m.Buttons[:3], m.Buttons[3:]
	}
	return bot.Whisper(tx, e, m)
}

// askPerson is the button that files the words as a request. A form takes what
// is longer than a button can carry.
func askPerson(text string) []bot.Button {
	if len(text) > 1000 || strings.TrimSpace(text) == "" {
		text = ""
	}
	return []bot.Button{bot.PressButton("button.ask_person", "file", text)}
}

// articleText is an article as an answer shows it: its title, when it was
// checked, and how it begins.
func articleText(v bot.View, a bot.Article) (t bot.Text, whole bool) {
	excerpt, whole := a.Excerpt()
	return articleHead(v, a).Plus(bot.Break(), bot.BlockQuote(excerpt)), whole
}

// articleHead is the title, and when the article was checked.
func articleHead(v bot.View, a bot.Article) bot.Text {
	t := bot.Text{Parts: []bot.Part{bot.Strong(bot.Quote(a.Title))}}
	if checked, ok := checkedWords(v, a); ok {
		t = t.Plus(bot.Quote(" "), checked)
	}
	return t
}

// checkedWords say when somebody last said that the article is right.
func checkedWords(v bot.View, a bot.Article) (bot.Part, bool) {
	if a.Checked.IsZero() {
		return bot.Part{}, false
	}
	style, zone := say.ShortDate, v.Settings().ZoneOf(bot.Person{})
	if v.Now().Sub(a.Checked) > 300*24*time.Hour {
		style = say.InYear
	}
	return bot.Words("faq.checked", "When", bot.ClockIn(a.Checked, zone, style)), true
}

// readable reads an article that a person names. One that they may not read is
// refused like one that is missing.
func readable(v bot.View, e bot.Event, number int64) (bot.Article, error) {
	a, err := v.Article(number)
	if errors.Is(err, bot.ErrNotFound) || err == nil && (a.Dropped || !a.ReadBy(v.Settings(), e.Call.Person, bot.Place{}) && !a.ReadBy(v.Settings(), e.Call.Person, e.Place)) {
		return a, bot.Refuse("refuse.no_article", "Id", bot.Code(bot.ArticleID(number)))
	}
	return a, err
}

// showArticle answers with a whole article.
func showArticle(tx bot.Tx, e bot.Event, number int64) error {
	a, err := readable(tx, e, number)
	if err != nil {
		return err
	}
	t := articleHead(tx, a).Plus(bot.Break(), bot.BlockQuote(firstOf(a.Body, wholeArticle)))
	if !e.Call.Person.May(bot.ActArticle, bot.Request{}) {
		return bot.Whisper(tx, e, bot.MessageOf(t))
	}
	t = t.Plus(bot.Break(), bot.Words("faq.facts", "Id", bot.Code(a.ID()), "Who", audienceWords(a), "Number", a.Solved, "Limit", a.Missed))
	return bot.Whisper(tx, e, bot.MessageOf(t, bot.PressButton("button.edit", "article", a.ID())))
}

func audienceWords(a bot.Article) bot.Part { return bot.Words("faq.audience." + string(a.Audience)) }

// listArticles names the articles by their numbers.
func listArticles(tx bot.Tx, e bot.Event) error {
	all, err := tx.Articles(0, articlesListed+1)
	if err != nil {
		return err
	}
	counts, err := tx.CountArticles()
	if err != nil {
		return err
	}
	if len(all) == 0 {
		return noArticles(tx, e)
	}
	t := bot.Say("faq.list", "Count", total(counts))
	for _, a := range all[:min(len(all), articlesListed)] {
		t = t.Plus(bot.Break(), bot.Code(a.ID()), bot.Quote(" · "+a.Title+" · "), audienceWords(a))
	}
	if more := total(counts) - articlesListed; more > 0 {
		t = t.Plus(bot.Break(), bot.Words("list.more", "Count", more))
	}
	return bot.Whisper(tx, e, bot.MessageOf(t, newArticle()))
}

func total(counts map[bot.Language]map[bot.ArticleAudience]int) (n int) {
	for _, byAudience := range counts {
		for _, c := range byAudience {
			n += c
		}
	}
	return n
}

func newArticle() bot.Button { return bot.PressButton("button.new_article", "article", "new") }

func noArticles(tx bot.Tx, e bot.Event) error {
	return bot.Whisper(tx, e, bot.MessageOf(bot.Say("faq.empty", "Usage", bot.Code("meridian faq import DIR")), newArticle()))
}

// tellLadder tells the team how many articles there are and, for each channel,
// what became of what was suggested, so that they can make it louder there, or
// quieter. Others are told how to ask.
func tellLadder(tx bot.Tx, e bot.Event) error {
	if !e.Call.Person.May(bot.ActArticle, bot.Request{}) {
		return bot.Refuse("refuse.usage", "Usage", bot.Usage("usage.faq_words"))
	}
	counts, err := tx.CountArticles()
	if err != nil {
		return err
	}
	if total(counts) == 0 {
		return noArticles(tx, e)
	}
	t := bot.Say("faq.counts", "Count", total(counts), "Number", counts["en"][bot.PublicArticle]+counts["en"][bot.InternalArticle],
		"Other", strconv.Itoa(counts["ru"][bot.PublicArticle]+counts["ru"][bot.InternalArticle]),
		"Limit", counts["en"][bot.InternalArticle]+counts["ru"][bot.InternalArticle])
	tallies, err := tx.SuggestionTallies(tx.Now().AddDate(0, 0, -ladderDays))
	if err != nil {
		return err
	}
	s, first := tx.Settings(), true
	for _, c := range s.Channels {
		line, ok := ladderLine(s, c, tallies)
		if !ok {
			continue
		}
		if first {
			t, first = t.Plus(bot.Quote(" "), bot.Words("faq.ladder")), false
		}
		t = t.Plus(bot.Break()).Plus(line...)
	}
	return bot.Whisper(tx, e, bot.MessageOf(t, newArticle()))
}

// ladderLine is what became of suggestions in a channel.
func ladderLine(s *bot.Settings, c bot.Channel, tallies []bot.SuggestionTally) ([]bot.Part, bool) {
	by := map[bot.SuggestionState]int{}
	asked := 0
	for _, t := range tallies {
		if t.Channel == c.Place {
			by[t.State] += t.Count
			asked += t.Count
		}
	}
	if asked == 0 {
		return nil, false
	}
	sent := by[bot.SuggestionSent] + by[bot.SuggestionSolved] + by[bot.SuggestionMissed]
	line := []bot.Part{bot.Quote("#" + c.Name + " · "), bot.Words("faq.speak." + string(s.SpeakAt(c.Place))), bot.Quote(" · "), bot.Words("faq.asked", "Count", asked)}
	for _, part := range []struct {
		id string
		n  int
	}{{"faq.sent", sent}, {"faq.solved", by[bot.SuggestionSolved]}, {"faq.missed", by[bot.SuggestionMissed]},
		{"faq.declined", by[bot.SuggestionDeclined]}, {"faq.gaps", by[bot.SuggestionGap]}} {
		if part.n > 0 {
			line = append(line, bot.Quote(", "), bot.Words(part.id, "Number", part.n))
		}
	}
	return line, true
}

// addArticle writes an article that is typed at once, title first, or offers the
// form; what is there about it already is named.
func addArticle(tx bot.Tx, e bot.Event, text string, found []bot.FoundArticle) error {
	title, body, typed := strings.Cut(text, "\n")
	if typed && strings.TrimSpace(body) != "" {
		return saveArticle(tx, e, bot.Article{Title: title, Body: body})
	}
	t := bot.Say("faq.write")
	for _, a := range found {
		t = t.Plus(bot.Break(), bot.Words("faq.there", "Id", bot.Code(a.ID()), "Title", bot.Quote(a.Title)))
	}
	return bot.Whisper(tx, e, bot.MessageOf(t, newArticle()))
}

// saveArticle keeps an article that somebody wrote or changed.
func saveArticle(tx bot.Tx, e bot.Event, a bot.Article) error {
	a.Tidy()
	if refused := a.Check(); refused != nil {
		return refused
	}
	other, err := tx.ArticleByTitle(a.Language, a.Title)
	switch {
	case err == nil && other.Number != a.Number:
		return bot.Refuse("refuse.article_there", "Id", bot.Code(other.ID())).In("title")
	case err != nil && !errors.Is(err, bot.ErrNotFound):
		return err
	}
	id := "faq.saved"
	if a.Number == 0 {
		id = "faq.written"
	}
	a.Checked = tx.Now()
	if err := errors.Join(tx.SaveArticle(&a), auditArticle(tx, e, a, "")); err != nil {
		return err
	}
	return bot.Whisper(tx, e, bot.MessageOf(bot.Say(id, "Id", bot.Code(a.ID()), "Title", bot.Quote(a.Title), "Who", audienceWords(a)),
		bot.PressButton("button.edit", "article", a.ID())))
}

func auditArticle(tx bot.Tx, e bot.Event, a bot.Article, why string) error {
	return tx.AddAudit(bot.AuditLine{At: tx.Now(), Who: e.Call.Person.ID, Surface: e.Call.Surface, Action: e.Call.Command, Object: a.ID(), Why: why,
		After: fmt.Sprintf("%s %s", a.Language, a.Audience), Event: e.ID})
}

// offerForm offers the form that changes an article: a command cannot open one.
func offerForm(tx bot.Tx, e bot.Event, number int64) error {
	a, err := readable(tx, e, number)
	if err != nil {
		return err
	}
	return bot.Whisper(tx, e, bot.MessageOf(articleHead(tx, a), bot.PressButton("button.edit", "article", a.ID())))
}

// dropArticle takes an article away: nobody finds it any more.
func dropArticle(tx bot.Tx, e bot.Event, number int64) error {
	a, err := readable(tx, e, number)
	if err != nil {
		return err
	}
	a.Dropped = true
	if err := errors.Join(tx.SaveArticle(&a), auditArticle(tx, e, a, "drop")); err != nil {
		return err
	}
	return bot.Whisper(tx, e, bot.MessageOf(bot.Say("faq.dropped", "Id", bot.Code(a.ID()), "Title", bot.Quote(a.Title))))
}
