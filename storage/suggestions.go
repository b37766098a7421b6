package storage

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"meridian/bot"
)

const (
	// keepQuestion is how long the words of a question are kept, and how long a
	// question that nothing was suggested to.
	keepQuestion = 7 * day
	// keepSuggestion is how long it is known what was suggested to whom.
	keepSuggestion = 400 * day
)

type suggestionBody struct {
	V int `json:"v"`
	bot.Suggestion
	Question string `json:",omitempty"` // a column
}

const suggestionColumns = `id, state, question, body`

func scanSuggestion(r row) (bot.Suggestion, error) {
	var id int64
	var state bot.SuggestionState
	var question, body string
	if err := r.Scan(&id, &state, &question, &body); err != nil {
		return bot.Suggestion{}, err
	}
	var b suggestionBody
	if err := decode("suggestion", body, &b, &b.V); err != nil {
		return bot.Suggestion{}, err
	}
	s := b.Suggestion
	s.ID, s.State, s.Question = id, state, question
	return s, nil
}

// Suggestion implements bot.SuggestionView.
func (v *view) Suggestion(id int64) (bot.Suggestion, error) {
	return one(v, scanSuggestion, `SELECT `+suggestionColumns+` FROM suggestions WHERE id = ?`, id)
}

// SuggestionAt implements bot.SuggestionView.
func (v *view) SuggestionAt(p bot.Place, message string) (bot.Suggestion, error) {
	return one(v, scanSuggestion, `SELECT `+suggestionColumns+` FROM suggestions WHERE adapter = ? AND channel = ? AND message = ?`,
		p.Adapter, p.Channel, bounded(message))
}

// Suggestions implements bot.SuggestionView.
func (v *view) Suggestions(q bot.SuggestionQuery) ([]bot.Suggestion, error) {
	where, args := []string{"asked_at > ?"}, []any{toMS(q.Since)}
	and := func(condition string, value any) { where, args = append(where, condition), append(args, value) }
	if q.Place != (bot.Place{}) {
		and("adapter = ?", q.Place.Adapter)
		and("channel = ?", q.Place.Channel)
	}
	if q.Who != "" {
		and("who = ?", q.Who)
	}
	if q.Article != 0 {
		and("article = ?", q.Article)
	}
	if len(q.States) > 0 {
		where = append(where, oneOf(q.States))
	}
	return list(v, scanSuggestion, `SELECT `+suggestionColumns+` FROM suggestions WHERE `+strings.Join(where, " AND ")+
		` ORDER BY id DESC LIMIT `+literal(q.Limit, 100), args...)
}

// CountQuestions implements bot.QuestionView. It reads an index and nothing else.
func (v *view) CountQuestions(since time.Time) (c bot.QuestionCounts, err error) {
	err = v.get([]any{&c.Asked, &c.Helped, &c.Gaps}, `SELECT count(*), count(CASE WHEN state = 'solved' THEN 1 END), count(CASE WHEN state = 'gap' THEN 1 END)
		FROM suggestions WHERE asked_at > ? AND article >= 0`, toMS(since))
	return c, err
}

// Gaps implements bot.QuestionView.
func (v *view) Gaps(since time.Time, limit int) ([]bot.Suggestion, error) {
	return list(v, func(r row) (s bot.Suggestion, err error) {
		err = r.Scan(&s.ID, &s.Question)
		return s, err
	}, `SELECT id, question FROM suggestions WHERE asked_at > ? AND state = 'gap' ORDER BY asked_at DESC, id DESC LIMIT `+literal(limit, 100), toMS(since))
}

// SuggestionTallies implements bot.SuggestionView. They are put in order here:
// in the order of channels SQLite would rather read the whole table.
func (v *view) SuggestionTallies(since time.Time) ([]bot.SuggestionTally, error) {
	all, err := list(v, func(r row) (t bot.SuggestionTally, err error) {
		err = r.Scan(&t.Channel.Adapter, &t.Channel.Channel, &t.State, &t.Speak, &t.Count)
		return t, err
	}, `SELECT adapter, channel, state, speak, count(*) FROM suggestions WHERE asked_at > ? AND article >= 0 GROUP BY state, speak, adapter, channel`, toMS(since))
	slices.SortStableFunc(all, func(a, b bot.SuggestionTally) int {
		return cmp.Or(strings.Compare(a.Channel.String(), b.Channel.String()), cmp.Compare(a.State, b.State), cmp.Compare(a.Speak, b.Speak))
	})
	return all, err
}

// SaveSuggestion implements bot.SuggestionTx.
func (t *tx) SaveSuggestion(s *bot.Suggestion) error {
	b := suggestionBody{V: bodyVersion, Suggestion: *s}
	b.Suggestion.Question = ""
	body, err := encode("suggestion", b)
	if err != nil {
		return err
	}
	args := []any{s.Who, string(s.State), string(s.Speak), s.Article, s.Question, body}
	if s.ID != 0 {
		_, err = t.exec(`UPDATE suggestions SET who = ?, state = ?, speak = ?, article = ?, question = ?, body = ? WHERE id = ?`, append(args, s.ID)...)
		return err
	}
	_, err = t.returning([]any{&s.ID}, `INSERT INTO suggestions (who, state, speak, article, question, body, adapter, channel, message, asked_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (adapter, channel, message) DO NOTHING RETURNING id`,
		append(args, s.Place.Adapter, s.Place.Channel, bounded(s.Message), toMS(s.At))...)
	return err
}

// sweepUnanswered forgets questions that nothing was suggested to.
func sweepUnanswered(t *tx, now time.Time) (int, error) {
	ids, err := t.ids(`SELECT id FROM suggestions WHERE `+unanswered+` AND asked_at < ? ORDER BY asked_at LIMIT ?`, toMS(now.Add(-keepQuestion)), sweepRows)
	return t.apply(ids, err, `DELETE FROM suggestions`, "")
}

// unanswered is the condition of an index too.
const unanswered = `state IN ('waiting', 'silent', 'gap')`

// sweepSuggestions forgets what was suggested long ago.
func sweepSuggestions(t *tx, now time.Time) (int, error) {
	ids, err := t.ids(`SELECT id FROM suggestions WHERE asked_at < ? ORDER BY asked_at LIMIT ?`, toMS(now.Add(-keepSuggestion)), sweepRows)
	return t.apply(ids, err, `DELETE FROM suggestions`, "")
}

// sweepQuestions forgets the words of questions.
func sweepQuestions(t *tx, now time.Time) (int, error) {
	ids, err := t.ids(`SELECT id FROM suggestions WHERE question <> '' AND asked_at < ? ORDER BY asked_at LIMIT ?`,
		toMS(now.Add(-keepQuestion)), sweepRows)
	return t.apply(ids, err, `UPDATE suggestions SET question = ''`, "")
}

// oneOf is the condition that a row has one of some states. They are written
// out, so that an index of one of them serves those who ask for it.
func oneOf[S ~string](states []S) string {
	var all []string
	for _, s := range states {
		all = append(all, "'"+strings.ReplaceAll(string(s), "'", "")+"'")
	}
	if len(all) == 1 {
		return "state = " + all[0]
	}
	return "state IN (" + strings.Join(all, ", ") + ")"
}
