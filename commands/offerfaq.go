package commands

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"meridian/bot"
)

// offerKey and answerKey are the keys of what is said about a question: to
// somebody of the team, and to whoever asked.
func offerKey(q bot.Suggestion) string  { return "faq:offer:" + strconv.FormatInt(q.ID, 10) }
func answerKey(q bot.Suggestion) string { return "faq:answer:" + strconv.FormatInt(q.ID, 10) }

// offer asks somebody of the team who is at work whether to send an article.
// Where nobody is, nothing is said.
func offer(tx bot.Tx, q bot.Suggestion, candidates []bot.FoundArticle) error {
	s := tx.Settings()
	who, ok, err := onShift(tx, q)
	if err != nil {
		return err
	}
	if !ok {
		q.State = bot.SuggestionSilent
		return tx.SaveSuggestion(&q)
	}
	q.State, q.By, q.Article = bot.SuggestionOffered, who.ID, candidates[0].Number
	if err := tx.SaveSuggestion(&q); err != nil {
		return err
	}
	t := bot.Say("faq.asked_by", "Name", q.Name, "Words", firstOf(strings.Join(strings.Fields(q.Question), " "), 200)).Plus(bot.Break())
	m := offerMessage(t, q, candidates)
	bot.Localize(&m, s.LanguageFor(q.Place, who))
	d := bot.Delivery{Key: offerKey(q), To: q.Place, Op: bot.OpWhisper, Message: m, Until: tx.Now().Add(suggestFor)}
	i := slices.IndexFunc(who.IDs, func(id string) bool { return strings.HasPrefix(id, q.Place.Adapter+":") })
	if i < 0 { // they are in another messenger
		return bot.DirectAt(tx, d, who, m)
	}
	d.Person = who.IDs[i]
	return tx.PutDelivery(d)
}

// offerMessage asks about one article, or about two of which one may be it.
func offerMessage(t bot.Text, q bot.Suggestion, candidates []bot.FoundArticle) bot.Message {
	id := strconv.FormatInt(q.ID, 10)
	send := func(label bot.Text, a bot.FoundArticle) bot.Button {
		return bot.Button{Label: label, Act: "sendarticle", Value: id + " " + a.ID()}
	}
	no := bot.PressButton("button.no", "noarticle", id)
	read := bot.PressButton("button.read_article", "faq", "show "+candidates[0].ID())
	if len(candidates) > 1 {
		t = t.Plus(bot.Words("faq.one_of", "Title", candidates[0].Title, "Other", candidates[1].Title))
		return bot.MessageOf(t, send(bot.Say("button.send_first"), candidates[0]), send(bot.Say("button.send_second"), candidates[1]), no)
	}
	sure := "faq.looks_like_unsure"
	if q.Sure {
		sure = "faq.looks_like"
	}
	m := bot.MessageOf(t.Plus(bot.Words(sure, "Title", candidates[0].Title)), send(bot.Say("button.send"), candidates[0]))
	if len(q.Found) > 1 {
		m.Buttons = append(m.Buttons, bot.PressButton("button.other_article", "otherarticle", id))
	}
	m.Buttons, m.More = append(m.Buttons, no), []bot.Button{read}
	return m
}

// onShift is somebody of the team who is at work now, agents before leads and
// each in their turn; whoever asked is not asked, nor who wants quiet.
func onShift(v bot.View, q bot.Suggestion) (bot.Person, bool, error) {
	s := v.Settings()
	for _, roles := range [][]bot.Role{{bot.Agent}, {bot.Lead, bot.Admin}} {
		var here []bot.Person
		for _, p := range s.People {
			if !slices.Contains(roles, p.Role) || p.Level > 1 || p.Is(q.Who) || !s.CalendarOf(p).Open(v.Now()) {
				continue
			}
			hears, err := hears(v, p)
			if err != nil {
				return p, false, err
			}
			if hears {
				here = append(here, p)
			}
		}
		if len(here) > 0 {
			return here[int(q.ID%int64(len(here)))], true, nil
		}
	}
	return bot.Person{}, false, nil
}

// sendArticle sends an article to whoever asked, in the name of who presses.
func sendArticle() bot.Command {
	return offered("sendarticle", func(tx bot.Tx, e bot.Event, q bot.Suggestion, number int64) error {
		a, err := tx.Article(number)
		if errors.Is(err, bot.ErrNotFound) || err == nil && (a.Dropped || !a.ReadBy(tx.Settings(), bot.Person{}, q.Place)) {
			return bot.Refuse("refuse.no_article", "Id", bot.Code(bot.ArticleID(number)))
		}
		if err != nil {
			return err
		}
		q.By, q.Speak = e.Call.Person.ID, bot.SpeakAgents
		return answerWith(tx, q, a)
	})
}

// otherArticle names the next ones.
func otherArticle() bot.Command {
	return offered("otherarticle", func(tx bot.Tx, e bot.Event, q bot.Suggestion, _ int64) error {
		var others []bot.FoundArticle
		for _, n := range q.Found {
			a, err := tx.Article(n)
			if err != nil && !errors.Is(err, bot.ErrNotFound) {
				return err
			}
			if err == nil && !a.Dropped && n != q.Article && len(others) < 2 {
				others = append(others, bot.FoundArticle{Article: a})
			}
		}
		if len(others) == 0 {
			return bot.Whisper(tx, e, bot.MessageOf(bot.Say("faq.no_other")))
		}
		q.Sure, q.Found = false, nil
		return bot.Whisper(tx, e, offerMessage(bot.Text{}, q, others))
	})
}

// noArticle says that none of them answers the question.
func noArticle() bot.Command {
	return offered("noarticle", func(tx bot.Tx, e bot.Event, q bot.Suggestion, _ int64) error {
		q.State, q.By = bot.SuggestionDeclined, e.Call.Person.ID
		if err := tx.SaveSuggestion(&q); err != nil {
			return err
		}
		return bot.Whisper(tx, e, bot.MessageOf(bot.Say("faq.not_sent")))
	})
}

// offered is a button of what somebody of the team is asked about a question.
// It does nothing once a person has answered, or another has decided.
func offered(name string, do func(tx bot.Tx, e bot.Event, q bot.Suggestion, article int64) error) bot.Command {
	return bot.Command{
		Name: name, Slash: "faq", Action: bot.ActArticle, Args: []bot.Arg{{Name: "which", Kind: bot.ArgWords}}, Usage: name + " 12 A-3",
		Handler: bot.Handler{Do: func(_ context.Context, tx bot.Tx, e bot.Event, _ any) error {
			q, number, err := question(tx, e)
			if err != nil {
				return err
			}
			switch q.State {
			case bot.SuggestionOffered:
				return do(tx, e, q, number)
			case bot.SuggestionSilent:
				return bot.Refuse("refuse.faq_answered")
			case bot.SuggestionDeclined:
				return bot.Refuse("refuse.faq_declined", "Person", tx.Settings().Person(bot.Actor{ID: q.By}).Part())
			}
			return bot.Refuse("refuse.faq_sent", "Person", tx.Settings().Person(bot.Actor{ID: q.By}).Part())
		}},
	}
}

// question is the one that a button is about, and the article that it names.
func question(v bot.View, e bot.Event) (q bot.Suggestion, article int64, err error) {
	id, named, _ := strings.Cut(strings.TrimSpace(e.Call.Args["which"]), " ")
	n, bad := strconv.ParseInt(id, 10, 64)
	if bad != nil {
		return q, 0, bot.Refuse("refuse.faq_gone")
	}
	article, _ = bot.ParseArticleID(named)
	q, err = v.Suggestion(n)
	if errors.Is(err, bot.ErrNotFound) {
		err = bot.Refuse("refuse.faq_gone")
	}
	return q, article, err
}
