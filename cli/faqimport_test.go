package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"meridian/bot"
)

func TestMarkdownBecomesPlainArticles(t *testing.T) {
	day := time.Date(2026, time.February, 12, 0, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		name, file, text string
		want             []bot.Article
	}{
		{"a heading and a text", "a.md", "# Change the *sender*\r\n\r\nOpen **Mail**, press `Verify`.\r\n", []bot.Article{{Title: "Change the sender", Body: "Open Mail, press Verify.", Language: "en"}}},
		{"what a file says of itself", "x.md", "---\ntitle: 'Смена адреса'\nlang: EN\naudience: public\nchecked: 2026-02-12\ntags:\n  - mail\n---\nOpen Mail.",
			[]bot.Article{{Title: "Смена адреса", Body: "Open Mail.", Language: "en", Audience: bot.PublicArticle, Checked: day}}},
		{"the language of its folder", "ru/a.md", "# A\nx", []bot.Article{{Title: "A", Body: "x", Language: "ru"}}},
		{"questions and answers", "faq.md", "# Invoices\nAbout them.\n\n## Where are they?\nIn Orders.\n### More\nThere.\n## Why is one empty?\nNo template.\n",
			[]bot.Article{{Title: "Where are they?", Body: "In Orders.\nMore\nThere.", Language: "en"}, {Title: "Why is one empty?", Body: "No template.", Language: "en"}}},
		{"sections that are no questions", "long.md", "# Import\n## Before\nx\n## After\ny\n", []bot.Article{{Title: "Import", Body: "Before\nx\nAfter\ny", Language: "en"}}},
		{"links, pictures and marks", "l.md", "# L\nSee [the page](https://desk.example/a_b \"t\") and ![a shot](x.png), <https://desk.example>.\n* one\n+ two\n> said\n\n***\n<!-- hidden\nlines -->\\*not stressed\\* 2 * 3 * 4",
			[]bot.Article{{Title: "L", Body: "See the page (https://desk.example/a_b) and a shot, https://desk.example.\n- one\n- two\nsaid\n\n*not stressed* 2 * 3 * 4", Language: "en"}}},
		{"HTML is no markup", "h.md", "# H<b>i</b>\n<script src=x>alert(1)\n</script><p onclick=\"x()\">Press <kbd>Save</kbd>, <your name>.</p>\n```\n<b>x</b>\n```", []bot.Article{{Title: "Hi", Body: "Press Save, <your name>.\n<b>x</b>", Language: "en"}}},
		{"code stays as it is", "c.md", "# C\n```sh\n# not a heading\necho **x**\n## is it?\n```\n## is it?\nno", []bot.Article{{Title: "C", Body: "# not a heading\necho **x**\n## is it?\nis it?\nno", Language: "en"}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := fromMarkdown(tt.file, tt.text, bot.InternalArticle)
			if err != nil || len(got) != len(tt.want) {
				t.Fatalf("%d articles, %v: %+v", len(got), err, got)
			}
			for i, want := range tt.want {
				a := got[i]
				a.Tidy()
				if want.Audience == "" {
					want.Audience = bot.InternalArticle
				}
				if a.Title != want.Title || a.Body != want.Body || a.Language != want.Language || a.Audience != want.Audience || !a.Checked.Equal(want.Checked) {
					t.Errorf("got  %+v\nwant %+v", a, want)
				}
				if a.File == "" || !strings.HasPrefix(a.File, tt.file) {
					t.Errorf("it is of the file %q", a.File)
				}
			}
		})
	}
}

func TestTheSampleArticlesAreTakenInOnceAndThenAgainOnlyWhereTheyChanged(t *testing.T) {
	for name, url := range engines() {
		t.Run(name, func(t *testing.T) {
			d := newOffice(url(t))
			d.fill(t, 1)
			dir := filepath.Join(t.TempDir(), "faq")
			if err := os.CopyFS(dir, os.DirFS("../docs/faq")); err != nil {
				t.Fatal(err)
			}
			if out := d.must(t, "faq", "import", dir, "--dry-run"); !strings.Contains(out, "18 would be added, 0 would be changed") {
				t.Errorf("tried it says %q", out)
			}
			if out := d.must(t, "faq", "import", dir); !strings.Contains(out, "18 added, 0 changed, 0 as they were") {
				t.Errorf("it says %q", out)
			}
			write(t, filepath.Join(dir, "en", "spam.md"), "# Why order mails land in spam\nAdd the DNS record.")
			if out := d.must(t, "faq", "import", dir); !strings.Contains(out, "changed: en/spam.md") || !strings.Contains(out, "0 added, 1 changed, 17 as they were") {
				t.Errorf("the second time it says %q", out)
			}
			s := d.open(t)
			defer s.Close() //nolint:errcheck // it was only read
			err := s.View(t.Context(), func(v bot.View) error {
				found, err := v.FindArticles(bot.ArticleQuery{Text: "почему счёт пустой", Public: true})
				if err != nil || len(found) == 0 || found[0].Title != "Почему счёт в PDF пустой?" {
					t.Errorf("found %v", found)
				}
				a, err2 := v.ArticleByFile("en/spam.md")
				if a.Body != "Add the DNS record." || a.Audience != bot.InternalArticle {
					t.Errorf("it is %+v now", a)
				}
				if err == nil {
					err = err2
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		})
	}
}

func TestFoldersThatCannotBeTakenInAreRefusedAsAWhole(t *testing.T) {
	d := newOffice("sqlite:" + filepath.Join(t.TempDir(), "a.db"))
	d.fill(t, 1)
	for text, want := range map[string]string{
		"":                                "b.md: The title needs a few words",
		"# Only a title":                  "b.md: The text is missing",
		"# A\nb":                          "b.md: a.md has the same title",
		"---\naudience: all\n---\n# B\nx": `b.md: the audience "all" must be internal or public`,
		"---\nchecked: soon\n---\n# B\nx": `b.md: checked "soon" must be a day`,
		"# B\n" + strings.Repeat("x", bot.MaxArticle+1): "b.md: That is too long for an article",
	} {
		dir := t.TempDir()
		write(t, filepath.Join(dir, "a.md"), "# A\nb")
		write(t, filepath.Join(dir, "b.md"), text)
		if out, err := d.run(t.Context(), "faq", "import", dir); err == nil || !strings.Contains(err.Error(), want) || out != "" {
			t.Errorf("%.40q: %q, %v", text, out, err)
		}
	}
	if _, err := d.run(t.Context(), "faq", "import", t.TempDir()); err == nil || !strings.Contains(err.Error(), "no Markdown files") {
		t.Errorf("an empty folder: %v", err)
	}
	if _, err := d.run(t.Context(), "faq", "import", filepath.Join(t.TempDir(), "none")); err == nil {
		t.Error("a folder that is not there is taken in")
	}
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// Folders that lead back to themselves end, articles that name each other are two
// articles, and a file too large for anybody is refused unread.
func TestAFolderThatLeadsBackToItselfIsReadOnce(t *testing.T) {
	d := newOffice("sqlite:" + filepath.Join(t.TempDir(), "a.db"))
	d.fill(t, 1)
	dir := t.TempDir()
	write(t, filepath.Join(dir, "a.md"), "# A\nSee [B](b.md).")
	write(t, filepath.Join(dir, "b.md"), "# B\nSee [A](a.md).")
	if err := os.Symlink(dir, filepath.Join(dir, "again")); err != nil {
		t.Fatal(err)
	}
	if out, err := d.run(t.Context(), "faq", "import", dir); err != nil || !strings.Contains(out, "2") {
		t.Errorf("%q, %v", out, err)
	}
	write(t, filepath.Join(dir, "c.md"), "# C\n"+strings.Repeat("x", 5<<20))
	if _, err := d.run(t.Context(), "faq", "import", dir); err == nil || !strings.Contains(err.Error(), "c.md: ") {
		t.Errorf("5 MB: %v", err)
	}
}
