package commands

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"meridian/bot"
)

const (
	// askedTimer is the timer after which people have had the first word.
	askedTimer = "asked"
	// suggestFor is how long after that a suggestion is still of use.
	suggestFor = 10 * time.Minute
	// maxPieces is how many messages one question may be written in, and maxAsking
	// its length in bytes.
	maxPieces = 10
	maxAsking = 4000
)

// asked takes notice of questions in channels where articles are suggested, and
// of whoever answers one: then nothing is ever suggested there. It claims
// nothing: the message is what it is to all others.
func asked() bot.Handler {
	return bot.Handler{Name: "asked", Do: func(_ context.Context, tx bot.Tx, e bot.Event, _ any) error {
		s := tx.Settings()
		if e.Actor.Bot || s.SpeakAt(e.Place) == bot.SpeakOff {
			return bot.ErrPass
		}
		if some, err := tx.HasArticles(); err != nil {
			return err
		} else if !some {
			return bot.ErrPass
		}
		if err := notice(tx, e, e.Body.(bot.Said)); err != nil {
			return err
		}
		return bot.ErrPass
	}}
}

// notice is what a message says of questions: it answers one, goes on with one,
// or asks one.
func notice(tx bot.Tx, e bot.Event, b bot.Said) error {
	s := tx.Settings()
	who := s.Person(e.Actor)
	if e.Place.Thread != "" {
		q, err := tx.SuggestionAt(e.Place.Top(), e.Place.Thread)
		if errors.Is(err, bot.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		return follow(tx, e, q, who, b.Text)
	}
	waiting, err := tx.Suggestions(bot.SuggestionQuery{Place: e.Place.Top(), States: []bot.SuggestionState{bot.SuggestionWaiting}, Limit: 20})
	if err != nil {
		return err
	}
	asks := bot.LooksOf(b.Text, ourNames(s)...).IsRequest()
	answers := who.Team() && !s.Inside(e.Place) || s.Inside(e.Place) && !asks
	for _, q := range waiting {
		switch mine := who.Is(q.Who); {
		case mine && tx.Now().Sub(q.At) <= joinFor:
			return goOn(tx, q, b.Text)
		case !mine && answers:
			if err := silence(tx, q); err != nil {
				return err
			}
		}
	}
	if answers || !asks {
		return nil
	}
	return await(tx, e, who, b.Text)
}

// await begins to wait whether a person answers a question.
func await(tx bot.Tx, e bot.Event, who bot.Person, text string) error {
	q := bot.Suggestion{Place: e.Place.Top(), Message: e.Message, Who: who.ID, Name: who.Name, Question: firstOf(text, maxAsking), At: tx.Now(),
		State: bot.SuggestionWaiting, Pieces: 1}
	if err := tx.SaveSuggestion(&q); err != nil || q.ID == 0 {
		return err
	}
	return tx.SetTimer(askedAt(tx, q))
}

// askedAt is the timer of a question's wait.
func askedAt(v bot.View, q bot.Suggestion) bot.Timer {
	id := strconv.FormatInt(q.ID, 10)
	return bot.Timer{Key: askedTimer + ":" + id, What: askedTimer, Object: askedTimer + ":" + id, Place: q.Place, At: v.Now().Add(v.Settings().FAQ.Waits())}
}

// goOn adds to a question that is written in pieces, and waits anew.
func goOn(tx bot.Tx, q bot.Suggestion, text string) error {
	if q.Pieces >= maxPieces || len(q.Question)+len(text) > maxAsking || strings.TrimSpace(text) == "" {
		return nil
	}
	q.Question, q.Pieces = q.Question+"\n"+text, q.Pieces+1
	if err := tx.SaveSuggestion(&q); err != nil {
		return err
	}
	return tx.SetTimer(askedAt(tx, q))
}

// follow is what is said in the thread of a question: its author goes on, and
// anybody else answers.
func follow(tx bot.Tx, e bot.Event, q bot.Suggestion, who bot.Person, text string) error {
	if !who.Is(q.Who) {
		return silence(tx, q)
	}
	if q.State == bot.SuggestionWaiting {
		return goOn(tx, q, text)
	}
	return nil
}

// silence ends what might still be suggested. What has been read stays.
func silence(tx bot.Tx, q bot.Suggestion) error {
	switch q.State {
	case bot.SuggestionWaiting:
		if err := tx.DropTimer(askedAt(tx, q).Key); err != nil {
			return err
		}
	case bot.SuggestionOffered:
		if _, err := tx.DropDelivery(offerKey(q)); err != nil {
			return err
		}
	case bot.SuggestionSent:
		if dropped, err := tx.DropDelivery(answerKey(q)); err != nil || !dropped {
			return err
		}
	default:
		return nil
	}
	q.State = bot.SuggestionSilent
	return tx.SaveSuggestion(&q)
}

// unasked follows the edit or the removal of a question: what its author takes
// away is not kept.
func unasked() bot.Handler {
	return bot.Handler{Name: "unasked", Do: func(_ context.Context, tx bot.Tx, e bot.Event, _ any) error {
		if tx.Settings().SpeakAt(e.Place) == bot.SpeakOff {
			return bot.ErrPass
		}
		q, err := tx.SuggestionAt(e.Place.Top(), e.Message)
		if err != nil && !errors.Is(err, bot.ErrNotFound) {
			return err
		}
		if err != nil || !tx.Settings().Person(e.Actor).Is(q.Who) {
			return bot.ErrPass
		}
		if b, edited := e.Body.(bot.Edited); edited && q.Pieces == 1 {
			q.Question = firstOf(bot.Unaddressed(b.Text), maxAsking)
		} else if !edited {
			q.Question = ""
			if err := silence(tx, q); err != nil {
				return err
			}
			if q.State == bot.SuggestionWaiting || q.State == bot.SuggestionOffered {
				q.State = bot.SuggestionSilent
			}
		}
		return errors.Join(tx.SaveSuggestion(&q), bot.ErrPass)
	}}
}

// askedDue looks for an article once people have had the first word.
func askedDue() bot.Handler {
	return bot.Handler{
		Name: "asked.due",
		Look: func(_ context.Context, v bot.View, e bot.Event) (any, error) {
			q, mine, err := waitingQuestion(v, e)
			if err != nil || !mine || q.State != bot.SuggestionWaiting {
				return nil, err
			}
			return findFor(v, q)
		},
		Do: func(_ context.Context, tx bot.Tx, e bot.Event, seen any) error {
			q, mine, err := waitingQuestion(tx, e)
			if err != nil || !mine || q.State != bot.SuggestionWaiting {
				return err
			}
			found, _ := seen.([]bot.FoundArticle)
			late := tx.Now().Sub(e.Body.(bot.Due).At) > suggestFor
			busy, err := atIt(tx, q)
			if err != nil || busy || late {
				q.State = bot.SuggestionSilent
				return errors.Join(err, tx.SaveSuggestion(&q))
			}
			return suggestArticle(tx, q, found)
		},
	}
}

// waitingQuestion is the question of a timer.
func waitingQuestion(v bot.View, e bot.Event) (q bot.Suggestion, mine bool, err error) {
	b := e.Body.(bot.Due)
	id, ok := strings.CutPrefix(b.Object, askedTimer+":")
	n, bad := strconv.ParseInt(id, 10, 64)
	if b.What != askedTimer || !ok || bad != nil {
		return q, false, bot.ErrPass
	}
	q, err = v.Suggestion(n)
	if errors.Is(err, bot.ErrNotFound) {
		return q, false, nil
	}
	return q, err == nil, err
}

// findFor finds the articles that may answer a question where it was asked. What
// did not help this person before is not suggested to them again.
func findFor(v bot.View, q bot.Suggestion) ([]bot.FoundArticle, error) {
	found, err := v.FindArticles(bot.ArticleQuery{Text: q.Question, Public: !v.Settings().Inside(q.Place), Limit: 5})
	if err != nil || len(found) == 0 {
		return nil, err
	}
	missed, err := v.Suggestions(bot.SuggestionQuery{Who: q.Who, States: []bot.SuggestionState{bot.SuggestionMissed}})
	return slices.DeleteFunc(found, func(a bot.FoundArticle) bool {
		return slices.ContainsFunc(missed, func(m bot.Suggestion) bool { return m.Article == a.Number })
	}), err
}

// atIt reports whether a person is at the question already: it is a request that
// somebody has, or that was answered.
func atIt(v bot.View, q bot.Suggestion) (bool, error) {
	r, _, _, err := v.RequestAt(q.Thread(), q.Message)
	if errors.Is(err, bot.ErrNotFound) {
		return false, nil
	}
	return err == nil && (r.Assignee != "" || r.Ended() || !r.AnsweredAt.IsZero()), err
}

// suggestArticle says what was found, as loudly as the channel wants and only as
// surely as it is found. A question without an article is a gap.
func suggestArticle(tx bot.Tx, q bot.Suggestion, found []bot.FoundArticle) error {
	s := tx.Settings()
	candidates := s.FAQ.Candidates(found)
	q.Speak, q.Sure = s.SpeakAt(q.Place), s.FAQ.Sure(found)
	hushed, err := bot.Hushed(tx, s.Person(bot.Actor{ID: q.Who, Name: q.Name}))
	if err != nil {
		return err
	}
	if hushed != 0 && q.Speak != bot.SpeakOff { // nothing automatic to them: a person sends it, or nobody
		q.Speak = bot.SpeakAgents
	}
	switch {
	case q.Speak == bot.SpeakOff:
		q.State = bot.SuggestionSilent
		return tx.SaveSuggestion(&q)
	case q.Sure:
		candidates = found[:1]
	case len(candidates) == 0:
		q.State = bot.SuggestionGap
		return tx.SaveSuggestion(&q)
	}
	for _, a := range found {
		q.Found = append(q.Found, a.Number)
	}
	if q.Sure && q.Speak != bot.SpeakAgents {
		return answerWith(tx, q, candidates[0].Article)
	}
	return offer(tx, q, candidates)
}
