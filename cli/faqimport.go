package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"meridian/bot"
	"meridian/bot/say"
	"meridian/storage"
)

const (
	// maxMarkdown is the size of the largest file that is read, in bytes.
	maxMarkdown = 1 << 20
	// articlesAtOnce is how many articles are written in one transaction.
	articlesAtOnce = 20
)

// faqImport takes articles in. A second time it changes only what has changed in
// the files; what was taken in from a file that is gone stays.
type faqImport struct {
	Dir      string              `arg:"" placeholder:"DIR" help:"A folder of Markdown files, one article each, or one for each question where the second headings of a file are questions."`
	Audience bot.ArticleAudience `enum:"internal,public" default:"internal" help:"Who may read those that do not say it themselves: internal or public."`
	DryRun   bool                `help:"Say what would change, and change nothing."`
}

// Run reads all files before anything is written. It works beside a running
// server, which finds the new ones at once.
func (x *faqImport) Run(ctx context.Context, c *call) error {
	articles, wrong, err := x.read()
	if err != nil {
		return err
	}
	if len(wrong) > 0 {
		return fmt.Errorf("%s cannot be taken in, nothing was changed:\n%w", x.Dir, errors.Join(wrong...))
	}
	if len(articles) == 0 {
		return fmt.Errorf("%s has no Markdown files, whose names end with .md", x.Dir)
	}
	return c.reading(ctx, func(s *storage.Store) error {
		var sum faqSum
		for chunk := range slices.Chunk(articles, articlesAtOnce) {
			var err error
			if x.DryRun {
				err = s.View(ctx, func(v bot.View) error { return sum.compare(v, chunk, nil) })
			} else {
				err = s.Update(ctx, func(tx bot.Tx) error { return sum.compare(tx, chunk, tx) })
			}
			if err != nil {
				return fmt.Errorf("take articles in: %w", err)
			}
		}
		return x.report(c, sum)
	})
}

func (x *faqImport) report(c *call, sum faqSum) error {
	for _, line := range sum.lines {
		if err := c.say("%s", line); err != nil {
			return err
		}
	}
	verb := ""
	if x.DryRun {
		verb = "would be "
	}
	return c.say("%s: %d %sadded, %d %schanged, %d as they were", x.Dir, sum.added, verb, sum.changed, verb, sum.same)
}

// read makes articles of all files, and says of each that is none what is wrong
// with it.
func (x *faqImport) read() (articles []bot.Article, wrong []error, err error) {
	root, err := os.OpenRoot(x.Dir)
	if err != nil {
		return nil, nil, fmt.Errorf("read articles: %w", err)
	}
	defer root.Close() //nolint:errcheck // it was only read
	words, err := say.New()
	if err != nil {
		return nil, nil, err
	}
	titles := map[string]string{}
	err = fs.WalkDir(root.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.EqualFold(filepath.Ext(name), ".md") {
			return err
		}
		found, err := x.readFile(root, name)
		if err != nil {
			wrong = append(wrong, fmt.Errorf("%s: %w", name, err))
			return nil
		}
		for i := range found {
			found[i].Tidy()
			if refused := found[i].Check(); refused != nil {
				wrong = append(wrong, fmt.Errorf("%s: %s", found[i].File, refused.Text.For(say.English).Plain(words, time.UTC)))
				continue
			}
			key := string(found[i].Language) + " " + strings.ToLower(found[i].Title)
			if other, twice := titles[key]; twice {
				wrong = append(wrong, fmt.Errorf("%s: %s has the same title", found[i].File, other))
				continue
			}
			titles[key] = found[i].File
			articles = append(articles, found[i])
		}
		return nil
	})
	return articles, wrong, err
}

func (x *faqImport) readFile(root *os.Root, name string) ([]bot.Article, error) {
	f, err := root.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // it was only read
	text, err := io.ReadAll(io.LimitReader(f, maxMarkdown+1))
	if err != nil {
		return nil, err
	}
	if len(text) > maxMarkdown {
		return nil, fmt.Errorf("it is larger than %d kB", maxMarkdown/1024)
	}
	return fromMarkdown(filepath.ToSlash(name), string(text), x.Audience)
}

// faqSum is what has become of articles.
type faqSum struct {
	added, changed, same int
	lines                []string
}

// compare finds each article among those that are known, by its file and else by
// its title, and writes those that are new or other; a nil tx writes nothing.
func (f *faqSum) compare(v bot.View, articles []bot.Article, tx bot.Tx) error {
	for _, a := range articles {
		known, err := v.ArticleByFile(a.File)
		if errors.Is(err, bot.ErrNotFound) {
			known, err = v.ArticleByTitle(a.Language, a.Title)
		}
		if err != nil && !errors.Is(err, bot.ErrNotFound) {
			return err
		}
		other, err2 := v.ArticleByTitle(a.Language, a.Title)
		switch {
		case err2 == nil && other.Number != known.Number:
			return fmt.Errorf("%s: %s has the same title", a.File, other.ID())
		case err2 != nil && !errors.Is(err2, bot.ErrNotFound):
			return err2
		}
		was := known
		known.File, known.Title, known.Body, known.Language, known.Audience = a.File, a.Title, a.Body, a.Language, a.Audience
		if !a.Checked.IsZero() {
			known.Checked = a.Checked
		}
		word := "changed"
		switch {
		case err != nil:
			word = "new"
			f.added++
		case was.File == known.File && was.Title == known.Title && was.Body == known.Body && was.Language == known.Language &&
			was.Audience == known.Audience && was.Checked.Equal(known.Checked):
			f.same++
			continue
		default:
			f.changed++
		}
		f.lines = append(f.lines, word+": "+a.File+" · "+a.Title)
		if tx == nil {
			continue
		}
		if err := saveImported(tx, known); err != nil {
			return err
		}
	}
	return nil
}

func saveImported(tx bot.Tx, a bot.Article) error {
	if err := tx.SaveArticle(&a); err != nil {
		return err
	}
	return tx.AddAudit(bot.AuditLine{At: tx.Now(), Surface: bot.ByCLI, Action: "faq import", Object: a.ID(), After: string(a.Language) + " " + string(a.Audience)})
}
