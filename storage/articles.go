package storage

import (
	"strconv"
	"strings"
	"unicode"

	"meridian/bot"
)

// articlesCounter grows with each change of the articles, so that every replica
// knows when its index of them is old.
const articlesCounter = "articles"

type articleBody struct {
	V int `json:"v"`
	bot.Article
}

func scanArticle(r row) (bot.Article, error) {
	var body string
	if err := r.Scan(&body); err != nil {
		return bot.Article{}, err
	}
	var b articleBody
	err := decode("article", body, &b, &b.V)
	return b.Article, err
}

// titleKey is a title as titles are compared: its letters and digits alone.
func titleKey(title string) string {
	return bounded(strings.Join(strings.FieldsFunc(bot.Fold(title), func(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsDigit(c) }), " "))
}

// Article implements bot.ArticleView.
func (v *view) Article(number int64) (bot.Article, error) {
	return one(v, scanArticle, `SELECT body FROM articles WHERE number = ?`, number)
}

// ArticleByTitle implements bot.ArticleView.
func (v *view) ArticleByTitle(l bot.Language, title string) (bot.Article, error) {
	return one(v, scanArticle, `SELECT body FROM articles WHERE dropped = 0 AND language = ? AND folded = ?`, string(l), titleKey(title))
}

// ArticleByFile implements bot.ArticleView.
func (v *view) ArticleByFile(file string) (bot.Article, error) {
	return one(v, scanArticle, `SELECT body FROM articles WHERE file <> '' AND file = ? AND dropped = 0`, bounded(file))
}

// Articles implements bot.ArticleView.
func (v *view) Articles(after int64, limit int) ([]bot.Article, error) {
	return list(v, scanArticle, `SELECT body FROM articles WHERE number > ? AND dropped = 0 ORDER BY number LIMIT `+literal(limit, 100), after)
}

// HasArticles implements bot.ArticleView.
func (v *view) HasArticles() (bool, error) {
	if v.newArticles {
		return true, nil
	}
	known, err := v.changes()
	return known.articles > 0, err
}

// CountArticles implements bot.ArticleView.
func (v *view) CountArticles() (map[bot.Language]map[bot.ArticleAudience]int, error) {
	counts := map[bot.Language]map[bot.ArticleAudience]int{}
	err := v.rows(`SELECT language, audience, count(*) FROM articles WHERE dropped = 0 GROUP BY language, audience`, nil, func(r row) error {
		var l bot.Language
		var a bot.ArticleAudience
		var n int
		if err := r.Scan(&l, &a, &n); err != nil {
			return err
		}
		if counts[l] == nil {
			counts[l] = map[bot.ArticleAudience]int{}
		}
		counts[l][a] = n
		return nil
	})
	return counts, err
}

// SaveArticle implements bot.ArticleTx.
func (t *tx) SaveArticle(a *bot.Article) error {
	if a.Number == 0 {
		n, err := t.next("article")
		if err != nil {
			return err
		}
		a.Number, a.CreatedAt = n, t.now
	}
	a.UpdatedAt = t.now
	return t.putArticle(*a)
}

// putArticle writes an article as it is.
func (t *tx) putArticle(a bot.Article) error {
	body, err := encode(a.ID(), articleBody{bodyVersion, a})
	if err != nil {
		return err
	}
	if err := t.changeArticles(); err != nil {
		return err
	}
	_, err = t.exec(`INSERT INTO articles (number, file, language, audience, folded, dropped, body) VALUES (?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (number) DO UPDATE SET file = excluded.file, language = excluded.language, audience = excluded.audience,
		folded = excluded.folded, dropped = excluded.dropped, body = excluded.body`,
		a.Number, bounded(a.File), string(a.Language), string(a.Audience), titleKey(a.Title), flag(a.Dropped), body)
	return err
}

// changeArticles says that the articles are not as they were.
func (t *tx) changeArticles() error {
	t.newArticles = true
	_, err := t.next(articlesCounter)
	return err
}

const (
	// askedRead is how much of a question is looked for, in bytes: what somebody
	// wants stands at the beginning.
	askedRead = 2000
	// hitsRead is how many hits are read beyond those that are asked for, since
	// some of them may not be shown.
	hitsRead = 20
)

// FindArticles implements bot.ArticleView. The rows are read anew, since the
// index may be a little older.
func (v *view) FindArticles(q bot.ArticleQuery) ([]bot.FoundArticle, error) {
	x, err := v.articleIndex()
	if err != nil {
		return nil, err
	}
	n := limited(q.Limit, 3)
	hits := x.Search(q.Text[:min(len(q.Text), askedRead)], n+hitsRead)
	if len(hits) == 0 {
		return nil, nil
	}
	ids := make([]int64, len(hits))
	for i, h := range hits {
		if ids[i], err = strconv.ParseInt(h.ID, 10, 64); err != nil {
			return nil, err
		}
	}
	marks, args := in(ids)
	rows, err := list(v, scanArticle, `SELECT body FROM articles WHERE dropped = 0 AND number IN `+marks, args...)
	if err != nil {
		return nil, err
	}
	byNumber := make(map[int64]bot.Article, len(rows))
	for _, a := range rows {
		byNumber[a.Number] = a
	}
	var found []bot.FoundArticle
	for i, h := range hits {
		a, ok := byNumber[ids[i]]
		if ok && len(found) < n && (!q.Public || a.Audience == bot.PublicArticle) {
			found = append(found, bot.FoundArticle{Article: a, Score: h.Score})
		}
	}
	return found, nil
}
