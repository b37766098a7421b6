package bot

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

const (
	// MaxArticle is the length of an article in bytes, and maxArticleTitle that of
	// its title in characters.
	MaxArticle      = 50_000
	maxArticleTitle = 200
	// maxPhrasings is how many phrasings an article learns, and maxPhrasing the length
	// of one in characters.
	maxPhrasings = 30
	maxPhrasing  = 300
	// excerptLines and excerptWords are how much of an article an answer shows, in
	// lines and in characters.
	excerptLines = 5
	excerptWords = 400
)

// Article is an answer that is written down once, for questions that come again
// and again. Title and Body are plain text: neither ever becomes markup.
type Article struct {
	Number    int64
	Title     string
	Body      string
	Language  Language
	Audience  ArticleAudience
	File      string    `json:",omitempty"` // what it was imported from, below the folder; empty: it was written here
	Asked     []string  `json:",omitempty"` // questions that it has answered, the oldest first
	Solved    int       `json:",omitempty"` // how often somebody said that it helped
	Missed    int       `json:",omitempty"` // how often somebody said that it did not
	Checked   time.Time `json:",omitzero"`  // when somebody last said that it is still right
	Dropped   bool      `json:",omitempty"` // nobody finds it any more
	CreatedAt time.Time
	UpdatedAt time.Time
}

// ArticleAudience says who may read an article, as the export prints it.
type ArticleAudience string

// The audiences of articles. Internal is the team, and who reads its channels.
// Where nothing is said it is internal: fail closed.
const (
	InternalArticle ArticleAudience = "internal"
	PublicArticle   ArticleAudience = "public"
)

// ID is the article's number as people write it: "A-3".
func (a Article) ID() string { return ArticleID(a.Number) }

// ArticleID writes the number of an article as people do: "A-3".
func ArticleID(number int64) string { return "A-" + strconv.FormatInt(number, 10) }

// ParseArticleID reads "A-3" or "a3", also with a Cyrillic А.
func ParseArticleID(s string) (int64, bool) { return parseNumbered(s, "aа") }

// parseNumbered reads a number behind one of some letters, in lower case.
func parseNumbered(s, letters string) (int64, bool) {
	s = strings.ToLower(strings.Trim(strings.TrimSpace(s), "#.,!;:?"))
	first, size := utf8.DecodeRuneInString(s)
	if s == "" || !strings.ContainsRune(letters, first) {
		return 0, false
	}
	return ParseRequestID(strings.TrimPrefix(s[size:], "-"))
}

// ReadBy reports whether a person may be shown the article at a place. The zero
// place is one where they alone read it.
func (a Article) ReadBy(s *Settings, who Person, p Place) bool {
	if a.Audience == PublicArticle {
		return true
	}
	if p == (Place{}) || p.IsDirect() {
		return who.Team()
	}
	return s.Inside(p)
}

// Tidy brings what somebody typed, or a file holds, into the form in which
// articles are kept, and guesses the language from the letters where none is
// given.
func (a *Article) Tidy() {
	a.Title = strings.Join(strings.Fields(visible(a.Title)), " ")
	a.Body = tidyLines(visible(a.Body))
	if a.Language == "" {
		a.Language = LanguageOf(a.Title, a.Body)
	}
	if a.Audience != PublicArticle {
		a.Audience = InternalArticle
	}
}

// visible drops what no reader can see, and what turns the rest of a line
// around.
func visible(s string) string {
	return strings.Map(func(c rune) rune {
		switch {
		case c == '\n' || c == '\t':
			return c
		case c == '\r' || unicode.IsControl(c) || c >= 0x202A && c <= 0x202E || c >= 0x2066 && c <= 0x2069 || c == 0xFEFF:
			return -1
		}
		return c
	}, strings.ToValidUTF8(s, "\uFFFD"))
}

// tidyLines drops blanks at the end of lines and more than one empty line.
func tidyLines(s string) string {
	lines := strings.Split(s, "\n")
	for i := range lines {
		lines[i] = strings.TrimRightFunc(lines[i], unicode.IsSpace)
	}
	lines = slices.CompactFunc(lines, func(a, b string) bool { return a == "" && b == "" })
	return strings.Trim(strings.Join(lines, "\n"), "\n")
}

// Check refuses what is no article.
func (a Article) Check() *Error {
	switch {
	case !strings.ContainsFunc(a.Title, unicode.IsLetter):
		return Refuse("refuse.article_title").In("title")
	case utf8.RuneCountInString(a.Title) > maxArticleTitle:
		return Refuse("refuse.article_long_title", "Limit", maxArticleTitle).In("title")
	case !strings.ContainsFunc(a.Body, unicode.IsLetter):
		return Refuse("refuse.article_empty").In("text")
	case len(a.Body) > MaxArticle:
		return Refuse("refuse.article_long", "Limit", MaxArticle/1000).In("text")
	}
	return nil
}

// LanguageOf guesses the language of a text by its letters: the title decides,
// since what stands below it may be names and code. Of two as many it is the
// Russian one.
func LanguageOf(title, body string) Language {
	for _, text := range []string{title, body} {
		var cyrillic, latin int
		for _, c := range text {
			switch {
			case unicode.Is(unicode.Cyrillic, c):
				cyrillic++
			case unicode.Is(unicode.Latin, c):
				latin++
			}
		}
		if cyrillic+latin > 0 {
			if 2*cyrillic >= latin {
				return "ru"
			}
			return "en"
		}
	}
	return "en"
}

// Learn keeps a question that the article has answered, so that it is found by
// the same words again. A question that it knows is not kept twice; of too many
// the oldest goes.
func (a *Article) Learn(question string) {
	question = phrasing(question)
	if question == "" || a.knows(question) >= 0 {
		return
	}
	a.Asked = append(slices.Clone(a.Asked), question)
	a.Asked = a.Asked[max(0, len(a.Asked)-maxPhrasings):]
}

// Unlearn forgets a question that the article has not answered after all.
func (a *Article) Unlearn(question string) {
	if i := a.knows(phrasing(question)); i >= 0 {
		a.Asked = slices.Delete(slices.Clone(a.Asked), i, i+1)
	}
}

func (a *Article) knows(question string) int {
	words := folded(question)
	return slices.IndexFunc(a.Asked, func(known string) bool { return folded(known) == words })
}

// folded are the words of a text as they are compared, with a blank between.
func folded(text string) string { return strings.Join(wordsOf(text), " ") }

// phrasing is a question as it is kept.
func phrasing(question string) string {
	return shorten(strings.Join(strings.Fields(visible(question)), " "), maxPhrasing)
}

// Excerpt is the beginning of the article; whole reports whether it is all of
// it. It ends with a sentence or a line where it can.
func (a Article) Excerpt() (text string, whole bool) {
	lines := strings.Split(a.Body, "\n")
	lines = slices.DeleteFunc(lines, func(l string) bool { return strings.TrimSpace(l) == "" })
	text = strings.Join(lines[:min(len(lines), excerptLines)], "\n")
	if len(lines) <= excerptLines && utf8.RuneCountInString(text) <= excerptWords {
		return text, true
	}
	if utf8.RuneCountInString(text) <= excerptWords {
		return text + " …", false
	}
	text = string([]rune(text)[:excerptWords])
	if end := strings.LastIndexAny(text, ".!?\n"); end > len(text)/2 {
		text = text[:end+1]
	} else if space := strings.LastIndexByte(text, ' '); space > 0 {
		text = text[:space]
	}
	return strings.TrimSpace(text) + " …", false
}

// FoundArticle is an article that was found. Score is between 0 and 1: how much
// of the question it speaks about.
type FoundArticle struct {
	Article
	Score float64
}

// ArticleQuery chooses articles by the words of a question.
type ArticleQuery struct {
	Text   string
	Public bool // only those that everybody may read
	Limit  int  // default 3
}

// ArticleView reads articles. Those that were dropped are found by their number
// alone.
type ArticleView interface {
	Article(number int64) (Article, error)                         // ErrNotFound
	ArticleByTitle(l Language, title string) (Article, error)      // whatever the case; ErrNotFound
	ArticleByFile(file string) (Article, error)                    // ErrNotFound
	Articles(after int64, limit int) ([]Article, error)            // numbers above after, ascending
	HasArticles() (bool, error)                                    // false: there has never been one
	CountArticles() (map[Language]map[ArticleAudience]int, error)  // how many there are
	FindArticles(q ArticleQuery) (found []FoundArticle, err error) // those that speak of the question, the best first
}

// ArticleTx writes articles.
type ArticleTx interface {
	SaveArticle(a *Article) error // Number 0 is a new one
}
