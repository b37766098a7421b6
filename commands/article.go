package commands

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"meridian/bot"
)

// gapPrefix begins the value of a button that writes an article for a question.
const gapPrefix = "q-"

// article is the form in which an article is written or changed.
func article() bot.Command {
	return bot.Command{
		Name: "article", Words: words(nil, []string{"статья"}), Slash: "faq", Action: bot.ActArticle, Emoji: []string{"books"}, Casual: []string{"books"}, FormAt: true,
		Args:  []bot.Arg{{Name: "article", Kind: bot.ArgObject, Optional: true}},
		Usage: "usage.article", Form: articleForm,
		Handler: bot.Handler{Do: func(_ context.Context, tx bot.Tx, e bot.Event, _ any) error {
			if e.Call.Emoji != "" {
				return offerDraft(tx, e)
			}
			a, question, err := articleOf(tx, e)
			if err != nil {
				return err
			}
			if e.Call.Surface != bot.ByForm {
				button := newArticle()
				if a.Number != 0 {
					button = bot.PressButton("button.edit", "article", a.ID())
				}
				return bot.Whisper(tx, e, bot.MessageOf(bot.Say("faq.write"), button))
			}
			a.Title, a.Body, a.Language = e.Call.Args["title"], e.Call.Args["text"], ""
			a.Audience = bot.ArticleAudience(e.Call.Args["audience"])
			a.Learn(question)
			return saveArticle(tx, e, a)
		}},
	}
}

// articleOf is the article that a form is about, or a new one, and the question
// for which it is written.
func articleOf(v bot.View, e bot.Event) (a bot.Article, question string, err error) {
	what := strings.ToLower(strings.TrimSpace(e.Call.Args["article"]))
	if id, ok := strings.CutPrefix(what, gapPrefix); ok {
		n, err := strconv.ParseInt(id, 10, 64)
		if err != nil {
			return a, "", bot.Refuse("refuse.usage", "Usage", bot.Usage("usage.article"))
		}
		asked, err := v.Suggestion(n)
		if err != nil && !errors.Is(err, bot.ErrNotFound) {
			return a, "", err
		}
		return bot.Article{Title: asked.Question, Audience: bot.PublicArticle}, asked.Question, nil
	}
	if what == "" || what == "new" {
		return bot.Article{Audience: bot.InternalArticle}, "", nil
	}
	if strings.HasPrefix(what, draftPrefix) {
		a, err = articleFrom(v, e, what)
		return a, a.Title, err
	}
	n, ok := bot.ParseArticleID(what)
	if !ok {
		return a, "", bot.Refuse("refuse.no_article", "Id", bot.Code(firstOf(what, 20)))
	}
	a, err = readable(v, e, n)
	return a, "", err
}

func articleForm(v bot.View, e bot.Event) (bot.Form, error) {
	object := strings.TrimSpace(e.Call.Args["article"])
	a, _, err := articleOf(v, e)
	if e.Call.Emoji != "" {
		object, a, err = draftAt(v, e)
	}
	if err != nil {
		return bot.Form{}, err
	}
	f := bot.Form{Act: "article", Value: object, Title: bot.Say("form.article_new"), Submit: bot.Say("button.save"),
		Fields: []bot.Field{
			{Name: "title", Label: bot.Say("form.article.title"), Value: firstOf(strings.Join(strings.Fields(a.Title), " "), 200), Hint: bot.Say("form.article.title_hint")},
			{Name: "text", Label: bot.Say("form.article.text"), Long: true, Value: a.Body},
			{Name: "audience", Label: bot.Say("form.article.audience"), Value: string(a.Audience), Choices: []bot.Choice{
				{Value: string(bot.InternalArticle), Label: "faq.audience.internal"}, {Value: string(bot.PublicArticle), Label: "faq.audience.public"}}},
		}}
	if a.Number != 0 {
		f.Title = bot.Say("form.article", "Id", bot.Code(a.ID()))
	}
	return f, nil
}
