package commands

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"meridian/bot"
)

// draftPrefix begins the object of an article that is drafted from a request:
// "from12", or with one of its comments "from12c34".
const draftPrefix = "from"

// offerDraft offers to write an article of the message that 📚 was put on. Only
// what belongs to a request means something: elsewhere people say something else
// with it.
func offerDraft(tx bot.Tx, e bot.Event) error {
	if e.Call.Request == 0 {
		return bot.ErrPass
	}
	object, err := draftObject(tx, e)
	if err != nil {
		return err
	}
	var refused *bot.Error
	if _, err := articleFrom(tx, e, object); errors.As(err, &refused) {
		return bot.Whisper(tx, e, bot.MessageOf(refused.Text))
	} else if err != nil {
		return err
	}
	t := bot.Say("faq.draft", "Request", bot.Code(bot.RequestID(e.Call.Request)))
	return bot.Whisper(tx, e, bot.MessageOf(t, bot.PressButton("button.write_article", "article", object)))
}

// draftObject names what an article is drafted from: the request, or what was
// said in the message.
func draftObject(v bot.View, e bot.Event) (string, error) {
	object := draftPrefix + strconv.FormatInt(e.Call.Request, 10)
	if e.Call.Root {
		return object, nil
	}
	c, err := v.CommentAt(e.Place, e.Message)
	if errors.Is(err, bot.ErrNotFound) {
		return object, nil
	}
	return fmt.Sprintf("%sc%d", object, c.ID), err
}

// articleFrom is the article that an object of draftObject stands for.
func articleFrom(v bot.View, e bot.Event, object string) (bot.Article, error) {
	request, comment, _ := strings.Cut(strings.TrimPrefix(object, draftPrefix), "c")
	number, err := strconv.ParseInt(request, 10, 64)
	if err != nil {
		return bot.Article{}, bot.Refuse("refuse.no_article", "Id", bot.Code(firstOf(object, 20)))
	}
	r, err := bot.Visible(v, e.Call.Person, number)
	if err != nil {
		return bot.Article{}, err
	}
	if r.Private {
		return bot.Article{}, bot.Refuse("refuse.article_private", "Request", bot.Code(r.ID()))
	}
	comments, err := v.Comments(number)
	if err != nil {
		return bot.Article{}, err
	}
	a := bot.Article{Title: r.Title, Body: answerOf(v, r, comments), Audience: bot.InternalArticle}
	id, _ := strconv.ParseInt(comment, 10, 64) // without one it is the request
	i := slices.IndexFunc(comments, func(c bot.Comment) bool { return c.ID == id && !c.Deleted })
	switch {
	case i < 0:
	case ours(v, comments[i]):
		a.Body = comments[i].Text
	default:
		a.Title = bot.TitleOfText(comments[i].Text)
	}
	return a, nil
}

// answerOf is what solved a request: the last words of the team to the client,
// else what the team wrote down as the outcome.
func answerOf(v bot.View, r bot.Request, comments []bot.Comment) string {
	for _, c := range slices.Backward(comments) {
		if c.Visibility == bot.ForClient && ours(v, c) && !c.Deleted && strings.TrimSpace(c.Text) != "" {
			return c.Text
		}
	}
	return r.Outcome
}

func ours(v bot.View, c bot.Comment) bool {
	return v.Settings().Person(bot.Actor{ID: c.Author}).Team()
}

// draftAt is the object and the draft of a message at which somebody has chosen
// to write an article. One that belongs to no request is drafted from its own
// words: a question is the title, and what stands below it the text.
func draftAt(v bot.View, e bot.Event) (object string, a bot.Article, err error) {
	if e.Call.Request != 0 {
		if object, err = draftObject(v, e); err != nil {
			return "", a, err
		}
		a, err = articleFrom(v, e, object)
		return object, a, err
	}
	b, _ := e.Body.(bot.Reacted)
	title, body, _ := strings.Cut(strings.TrimSpace(b.Text), "\n")
	return "new", bot.Article{Title: title, Body: strings.TrimSpace(body), Audience: bot.InternalArticle}, nil
}
