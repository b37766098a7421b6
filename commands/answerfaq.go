package commands

import (
	"context"
	"errors"
	"strconv"

	"meridian/bot"
)

// answerWith shows an article to whoever asked: in the thread of the question,
// or to them alone.
func answerWith(tx bot.Tx, q bot.Suggestion, a bot.Article) error {
	s := tx.Settings()
	q.State, q.Article = bot.SuggestionSent, a.Number
	if err := tx.SaveSuggestion(&q); err != nil {
		return err
	}
	m := answerMessage(tx, q, a)
	bot.Localize(&m, a.Language)
	d := bot.Delivery{Key: answerKey(q), To: q.Thread(), Op: bot.OpPost, Message: m, ToClient: !s.Inside(q.Place), TeamSide: a.Audience == bot.InternalArticle, Until: tx.Now().Add(suggestFor)}
	if q.Speak == bot.SpeakAsker {
		d.Op, d.To, d.Person = bot.OpWhisper, q.Place, q.Who
	}
	if q.Speak == bot.SpeakAgents {
		d.Message.Author = q.By
	}
	return tx.PutDelivery(d)
}

// answerMessage is an article as an answer to a question.
func answerMessage(v bot.View, q bot.Suggestion, a bot.Article) bot.Message {
	t := bot.Say("faq.should_be", "Name", q.Name, "Title", bot.Strong(bot.Quote(a.Title)))
	if checked, ok := checkedWords(v, a); ok {
		t = t.Plus(bot.Quote(" "), checked)
	}
	excerpt, whole := a.Excerpt()
	id := strconv.FormatInt(q.ID, 10)
	m := bot.MessageOf(t.Plus(bot.Break(), bot.BlockQuote(excerpt)), bot.PressButton("button.solved_it", "thatsolvedit", id), bot.PressButton("button.not_it", "notit", id))
	if !whole {
		m.Buttons = append(m.Buttons, bot.PressButton("button.whole_article", "faq", "show "+a.ID()))
	}
	return m
}

// thatSolvedIt says that an article has answered the question: it learns the
// words, and nothing is filed.
func thatSolvedIt() bot.Command {
	return judged("thatsolvedit", func(tx bot.Tx, e bot.Event, q bot.Suggestion, a bot.Article) error {
		q.State = bot.SuggestionSolved
		a.Solved++
		a.Learn(q.Question)
		if err := errors.Join(tx.SaveSuggestion(&q), tx.SaveArticle(&a)); err != nil {
			return err
		}
		if err := settleRequest(tx, e, q); err != nil {
			return err
		}
		return shrink(tx, e, q, bot.MessageOf(bot.Say("faq.answered", "Title", a.Title).For(a.Language)))
	})
}

// settleRequest confirms the request that was filed of the question, if it was:
// its author says that all is well.
func settleRequest(tx bot.Tx, e bot.Event, q bot.Suggestion) error {
	r, _, _, err := tx.RequestAt(q.Thread(), q.Message)
	if errors.Is(err, bot.ErrNotFound) || err == nil && (r.State == bot.Closed || r.Confirmed || !e.Call.Person.Owns(r)) {
		return nil
	}
	if err != nil {
		return err
	}
	return settle(tx, e, r, bot.Person{ID: r.Assignee})
}

// notIt says that an article has not answered the question: it is filed, and the
// article forgets the words.
func notIt() bot.Command {
	return judged("notit", func(tx bot.Tx, e bot.Event, q bot.Suggestion, a bot.Article) error {
		q.State = bot.SuggestionMissed
		a.Missed++
		a.Unlearn(q.Question)
		if err := errors.Join(tx.SaveSuggestion(&q), tx.SaveArticle(&a)); err != nil {
			return err
		}
		r, _, _, err := tx.RequestAt(q.Thread(), q.Message)
		if err == nil {
			return shrink(tx, e, q, bot.MessageOf(bot.ClientLine(tx.Settings(), r)))
		}
		if !errors.Is(err, bot.ErrNotFound) {
			return err
		}
		if q.Question == "" {
			return bot.Refuse("refuse.offer_gone", "Usage", bot.Usage("usage.request_words"))
		}
		e.At, e.Message = q.At, q.Message // as if it had been filed at once
		r, err = bot.FileRequest(tx, e, bot.Filing{Who: bot.Actor{ID: q.Who, Name: q.Name}, Words: q.Question, Source: q.Place.Adapter,
			Home: q.Thread(), Message: q.Message, Silent: q.Speak != bot.SpeakAsker})
		if err != nil || q.Speak == bot.SpeakAsker {
			return err // the receipt stands in the thread
		}
		if r.OneFace() {
			return shrink(tx, e, q, bot.MessageOf(bot.Say("faq.not_it", "Title", a.Title)))
		}
		return shrink(tx, e, q, bot.ReceiptMessage(tx.Settings(), r))
	})
}

// judged is a button under an article that was suggested. Only whoever asked
// says whether it helped, and only once.
func judged(name string, do func(tx bot.Tx, e bot.Event, q bot.Suggestion, a bot.Article) error) bot.Command {
	return bot.Command{
		Name: name, Slash: "faq", Action: bot.ActFAQ, Args: []bot.Arg{{Name: "which", Kind: bot.ArgWords}}, Usage: name + " 12",
		Handler: bot.Handler{Do: func(_ context.Context, tx bot.Tx, e bot.Event, _ any) error {
			q, _, err := question(tx, e)
			if err != nil {
				return err
			}
			switch {
			case !e.Call.Person.Is(q.Who):
				return bot.Refuse("refuse.faq_not_yours", "Name", q.Name)
			case q.State != bot.SuggestionSent:
				return bot.Refuse("refuse.faq_judged")
			}
			a, err := tx.Article(q.Article)
			if err != nil {
				return err
			}
			return do(tx, e, q, a)
		}},
	}
}

// shrink makes what was suggested one line: in place where everybody reads it,
// else as an answer to who pressed.
func shrink(tx bot.Tx, e bot.Event, q bot.Suggestion, m bot.Message) error {
	if q.Speak == bot.SpeakAsker {
		return bot.Whisper(tx, e, m)
	}
	l := m.Text.Language
	if l == "" {
		l = tx.Settings().LanguageFor(q.Place, bot.Person{})
	}
	bot.Localize(&m, l)
	if q.Speak == bot.SpeakAgents {
		m.Author = q.By
	}
	key := answerKey(q)
	return tx.PutDelivery(bot.Delivery{Key: key + ":" + string(q.State), To: q.Thread(), Op: bot.OpEdit, Card: key, After: key, Message: m, ToClient: !tx.Settings().Inside(q.Place)})
}
