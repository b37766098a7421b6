package cli

import (
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"meridian/bot"
)

// The parts of Markdown that are taken off, since an article is plain text.
var (
	mdHeading  = regexp.MustCompile(`^ {0,3}(#{1,6})\s+(.*?)\s*#*\s*$`)
	mdFence    = regexp.MustCompile("^ {0,3}(```+|~~~+)")
	mdRule     = regexp.MustCompile(`^ {0,3}([-*_])( *[-*_]){2,}\s*$`)
	mdBullet   = regexp.MustCompile(`^(\s*)[*+]\s+`)
	mdImage    = regexp.MustCompile(`!\[([^\]]*)\]\([^)]*\)`)
	mdLink     = regexp.MustCompile(`\[([^\]]+)\]\(<?([^)\s>]+)>?(?:\s+"[^"]*")?\)`)
	mdAuto     = regexp.MustCompile(`<((?:https?|mailto):[^>\s]+)>`)
	mdStrong   = regexp.MustCompile(`(\*\*|__)(\S(?:.*?\S)?)(\*\*|__)`)
	mdStressed = regexp.MustCompile(`(^|[^\pL\pN*])\*(\S(?:[^*]*\S)?)\*`)
	mdComment  = regexp.MustCompile(`(?s)<!--.*?-->`)
	mdBreak    = regexp.MustCompile(`(?i)<br\s*/?>`)
	mdScript   = regexp.MustCompile(`(?is)<script\b.*?</script\s*>|<style\b.*?</style\s*>`)
	mdTag      = regexp.MustCompile(`(?i)</?(?:a|b|i|u|em|strong|p|div|span|hr|ul|ol|li|table|thead|tbody|tr|td|th|h[1-6]|img|details|summary|sub|sup|kbd|code|pre|script|style|iframe|object|embed|form|input|center|font|blockquote)\b[^>]*>`)
	mdEscape   = regexp.MustCompile(`\\([\\` + "`" + `*_{}\[\]()#+\-.!|<>])`)
)

// fromMarkdown makes articles of a file: one with its first heading as the title,
// or, where most of its second headings are questions, one of each. name is the
// file below its folder. What the file says of itself, in lines between two "---"
// at its top, counts before what is guessed: title, lang, audience and checked.
func fromMarkdown(name, text string, audience bot.ArticleAudience) ([]bot.Article, error) {
	text = strings.ReplaceAll(strings.TrimPrefix(text, "\uFEFF"), "\r\n", "\n")
	said, text := frontMatter(text)
	var err error
	a := bot.Article{File: name, Title: said["title"], Language: said.language(name), Audience: audience}
	if a.Audience, err = said.audience(audience); err != nil {
		return nil, err
	}
	if a.Checked, err = said.day("checked"); err != nil {
		return nil, err
	}
	lines := strings.Split(mdScript.ReplaceAllString(mdComment.ReplaceAllString(text, ""), ""), "\n")
	var all []bot.Article
	if parts := questions(lines); len(parts) > 0 && said["title"] == "" {
		for _, part := range parts {
			own := a
			own.Title, own.Body = part.title, plainText(part.lines)
			own.File += "#" + part.title
			all = append(all, own)
		}
		return all, nil
	}
	title, lines := firstHeading(lines)
	if a.Title == "" {
		a.Title = title
	}
	a.Body = plainText(lines)
	return []bot.Article{a}, nil
}

// sayings are what a file says of itself.
type sayings map[string]string

// frontMatter reads the lines between two "---" at the top of a file.
func frontMatter(text string) (sayings, string) {
	said := sayings{}
	head, found := strings.CutPrefix(text, "---\n")
	if !found {
		return said, text
	}
	head, rest, closed := strings.Cut(head, "\n---")
	if !closed {
		return said, text
	}
	for line := range strings.SplitSeq(head, "\n") {
		key, value, ok := strings.Cut(line, ":")
		if strings.HasPrefix(line, " ") || !ok {
			continue // lists and the like, of other programs
		}
		said[strings.ToLower(strings.TrimSpace(key))] = strings.Trim(strings.TrimSpace(value), `"'`)
	}
	_, rest, _ = strings.Cut(rest, "\n")
	return said, rest
}

// language is what the file says, or one of its folders; empty: its letters will
// tell.
func (s sayings) language(name string) bot.Language {
	for _, key := range []string{"lang", "language"} {
		switch l := bot.Language(strings.ToLower(s[key])); l {
		case "en", "ru":
			return l
		}
	}
	for part := range strings.SplitSeq(strings.ToLower(name), "/") {
		if part == "en" || part == "ru" {
			return bot.Language(part)
		}
	}
	return ""
}

// audience is what the file says, or else what is said of all.
func (s sayings) audience(otherwise bot.ArticleAudience) (bot.ArticleAudience, error) {
	switch said := bot.ArticleAudience(strings.ToLower(s["audience"])); said {
	case "":
		return otherwise, nil
	case bot.InternalArticle, bot.PublicArticle:
		return said, nil
	}
	return "", fmt.Errorf("the audience %q must be internal or public", s["audience"])
}

func (s sayings) day(key string) (time.Time, error) {
	if s[key] == "" {
		return time.Time{}, nil
	}
	t, err := time.Parse(time.DateOnly, s[key])
	if err != nil {
		return t, fmt.Errorf("%s %q must be a day such as 2026-03-02", key, s[key])
	}
	return t, nil
}

// section is a second heading of a file with what stands below it.
type section struct {
	title string
	lines []string
}

// questions are the sections of a file that asks and answers: at least two, most
// of them questions. None: it is one article.
func questions(lines []string) (parts []section) {
	asks := 0
	eachLine(lines, func(line string, code bool) {
		if level, title := heading(line); level == 2 && !code {
			parts = append(parts, section{title: title})
			if strings.HasSuffix(title, "?") {
				asks++
			}
		} else if len(parts) > 0 {
			last := &parts[len(parts)-1]
			last.lines = append(last.lines, line)
		}
	})
	if len(parts) < 2 || asks*2 <= len(parts) {
		return nil
	}
	return parts
}

// firstHeading splits off the first line that is a heading, if only blank lines
// stand before it.
func firstHeading(lines []string) (title string, rest []string) {
	for i, line := range lines {
		if strings.TrimSpace(line) == "" {
			continue
		}
		if level, title := heading(line); level > 0 {
			return title, lines[i+1:]
		}
		break
	}
	return "", lines
}

// heading is the level and the words of a heading; 0: it is none.
func heading(line string) (level int, title string) {
	m := mdHeading.FindStringSubmatch(line)
	if m == nil {
		return 0, ""
	}
	return len(m[1]), plainLine(m[2])
}

// eachLine tells of each line whether it is code.
func eachLine(lines []string, do func(line string, code bool)) {
	fence := ""
	for _, line := range lines {
		mark := mdFence.FindString(line)
		mark = strings.TrimSpace(mark)
		switch {
		case fence == "" && mark != "":
			fence = mark
			do(line, true)
		case fence != "" && strings.HasPrefix(mark, fence):
			do(line, true)
			fence = ""
		default:
			do(line, fence != "")
		}
	}
}

// plainText takes the marks off: links keep their address, code stays as it is.
func plainText(lines []string) string {
	var out []string
	eachLine(lines, func(line string, code bool) {
		switch {
		case code && mdFence.MatchString(line), mdRule.MatchString(line) && !code:
		case code:
			out = append(out, line)
		default:
			if _, title := heading(line); title != "" {
				line = title
			} else {
				line = plainLine(line)
			}
			out = append(out, line)
		}
	})
	return strings.Join(out, "\n")
}

func plainLine(line string) string {
	line = mdEscape.ReplaceAllStringFunc(line, func(e string) string { return string(shielded + rune(e[1])) })
	line = strings.TrimPrefix(strings.TrimPrefix(line, "> "), ">")
	line = mdBullet.ReplaceAllString(line, "$1- ")
	line = mdBreak.ReplaceAllString(line, " ")
	line = mdTag.ReplaceAllString(line, "")
	line = mdImage.ReplaceAllString(line, "$1")
	line = mdLink.ReplaceAllStringFunc(line, func(l string) string {
		m := mdLink.FindStringSubmatch(l)
		if m[1] == m[2] {
			return m[2]
		}
		return m[1] + " (" + m[2] + ")"
	})
	line = mdAuto.ReplaceAllString(line, "$1")
	line = mdStrong.ReplaceAllString(line, "$2")
	line = mdStressed.ReplaceAllString(line, "$1$2")
	line = strings.ReplaceAll(line, "`", "")
	return strings.Map(func(c rune) rune {
		if c >= shielded && c < shielded+utf8.RuneSelf {
			return c - shielded
		}
		return c
	}, line)
}

// shielded is where characters stand, meanwhile, that are no marks since a
// backslash is before them: among those that Unicode leaves to programs.
const shielded = '\uE000'
