package email

import (
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// htmlToText writes an HTML mail as lines a person can read: paragraphs, list
// items, table rows, quotes with "> ", links with their address. It reads the
// tags one after another, builds no tree, fetches nothing, and stops after
// maxTextBytes of text.
func htmlToText(s string) string {
	w := &htmlText{}
	z := html.NewTokenizer(strings.NewReader(s))
	for w.out.Len() < maxTextBytes {
		switch z.Next() {
		case html.ErrorToken:
			w.text(string(z.Raw()), false)
			return w.done()
		case html.TextToken:
			w.text(string(z.Text()), true)
		case html.StartTagToken, html.SelfClosingTagToken:
			w.open(z.Token())
		case html.EndTagToken:
			w.close(z.Token().DataAtom)
		}
	}
	return w.done()
}

// htmlText is the text written so far.
type htmlText struct {
	out     strings.Builder
	line    strings.Builder
	skip    int // inside script, style, title
	inTitle bool
	title   string // shown where there is nothing else
	pre     int
	quote   int
	links   []string
	lists   []listAt // those that are open, the innermost last
	want    int      // line ends wanted before the next words
	quoted  int      // depth of the last line written
}

func (w *htmlText) text(s string, unescaped bool) {
	if w.inTitle && len(w.title) < 10_000 {
		w.title += s
	}
	if w.skip > 0 || s == "" {
		return
	}
	if !unescaped {
		if strings.HasPrefix(s, "<") {
			return
		}
		s = html.UnescapeString(s)
	}
	if w.pre > 0 {
		lines := strings.Split(strings.ReplaceAll(s, "\r\n", "\n"), "\n")
		for i, l := range lines {
			if i > 0 {
				if w.line.Len() == 0 {
					w.want++ // an empty line of a log stays
				}
				w.newLine(1)
			}
			w.line.WriteString(l)
		}
		return
	}
	s = strings.ReplaceAll(s, "\u00a0", " ")
	words := strings.Fields(s)
	if len(words) == 0 {
		w.blank()
		return
	}
	if isBlank(s[0]) {
		w.blank()
	}
	w.line.WriteString(strings.Join(words, " "))
	if isBlank(s[len(s)-1]) {
		w.blank()
	}
}

func isBlank(c byte) bool { return c == ' ' || c == '\n' || c == '\r' || c == '\t' }

// blank puts one blank after the words of a line.
func (w *htmlText) blank() {
	if s := w.line.String(); s != "" && !strings.HasSuffix(s, " ") {
		w.line.WriteByte(' ')
	}
}

// newLine ends the line and wants n line ends, of which two are a gap, before
// the next words.
func (w *htmlText) newLine(n int) {
	s := strings.TrimRight(w.line.String(), " ")
	w.line.Reset()
	if s != "" {
		w.gaps(min(w.quote, w.quoted))
		w.out.WriteString(quoteMarks(w.quote) + s + "\n")
		w.quoted, w.want = w.quote, 0
	}
	w.want = max(w.want, n)
}

// gaps writes the empty lines that are wanted. Those between two quotes belong
// to the shallower one.
func (w *htmlText) gaps(depth int) {
	for ; w.want > 1 && w.out.Len() > 0; w.want-- {
		w.out.WriteString(strings.TrimRight(quoteMarks(depth), " ") + "\n")
	}
}

// maxLists is how many lists within lists are kept apart.
const maxLists = 50

// listAt is a list that is being written.
type listAt struct {
	ordered bool
	items   int
}

// bullet begins an item: a dash or a number, further in for a list in a list.
func (w *htmlText) bullet() string {
	if len(w.lists) == 0 {
		return "- "
	}
	in := strings.Repeat("  ", min(len(w.lists)-1, 10))
	l := &w.lists[len(w.lists)-1]
	if l.items++; l.ordered {
		return in + strconv.Itoa(l.items) + ". "
	}
	return in + "- "
}

func quoteMarks(depth int) string { return strings.Repeat("> ", min(depth, 10)) }

func (w *htmlText) open(t html.Token) {
	if t.Type == html.SelfClosingTagToken && t.DataAtom != atom.Br && t.DataAtom != atom.Hr && t.DataAtom != atom.Img {
		return
	}
	switch t.DataAtom {
	case atom.Script, atom.Style, atom.Title, atom.Template, atom.Noscript:
		w.skip++
		w.inTitle = t.DataAtom == atom.Title
	case atom.Body:
		w.skip = 0
	case atom.Br:
		if w.line.Len() == 0 {
			w.want = min(w.want+1, 2)
		} else {
			w.newLine(1)
		}
	case atom.Ul, atom.Ol:
		w.newLine(map[bool]int{true: 2, false: 1}[len(w.lists) == 0])
		if len(w.lists) < maxLists {
			w.lists = append(w.lists, listAt{ordered: t.DataAtom == atom.Ol})
		}
	case atom.P, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Table:
		w.newLine(2)
	case atom.Div, atom.Tr, atom.Section, atom.Article, atom.Header, atom.Footer, atom.Dt, atom.Dd:
		w.newLine(1)
	case atom.Li:
		w.newLine(1)
		w.line.WriteString(w.bullet())
	case atom.Td, atom.Th:
		if strings.TrimSpace(w.line.String()) != "" {
			w.line.WriteString(" | ")
		}
	case atom.Hr:
		w.newLine(1)
		w.line.WriteString("---")
		w.newLine(1)
	case atom.Blockquote:
		w.newLine(2)
		w.quote++
	case atom.Pre:
		w.newLine(1)
		w.pre++
	case atom.Img:
		w.picture(t)
	case atom.A:
		if len(w.links) < 50 {
			w.line.WriteString("\x00")
			w.links = append(w.links, cleanLine(attribute(t, "href"), 2000))
		}
	}
}

// picture stands for one by the words that say what it shows.
func (w *htmlText) picture(t html.Token) {
	if alt := cleanLine(attribute(t, "alt"), 200); alt != "" && w.skip == 0 {
		w.line.WriteString("[" + alt + "]")
	}
}

func (w *htmlText) close(a atom.Atom) {
	switch a {
	case atom.Script, atom.Style, atom.Title, atom.Template, atom.Noscript:
		w.skip, w.inTitle = max(0, w.skip-1), false
	case atom.Ul, atom.Ol:
		w.lists = w.lists[:max(0, len(w.lists)-1)]
		w.newLine(map[bool]int{true: 2, false: 1}[len(w.lists) == 0])
	case atom.P, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Table:
		w.newLine(2)
	case atom.Div, atom.Li, atom.Tr, atom.Section, atom.Article, atom.Header, atom.Footer, atom.Dt, atom.Dd:
		w.newLine(1)
	case atom.Blockquote:
		w.newLine(1)
		w.quote = max(0, w.quote-1)
		w.newLine(2)
	case atom.Pre:
		w.pre = max(0, w.pre-1)
		w.newLine(1)
	case atom.A:
		w.closeLink()
	}
}

// closeLink adds the address of a link unless its words say it already.
func (w *htmlText) closeLink() {
	if len(w.links) == 0 {
		return
	}
	href := w.links[len(w.links)-1]
	w.links = w.links[:len(w.links)-1]
	line := w.line.String()
	i := strings.LastIndexByte(line, 0)
	label := strings.TrimSpace(line[i+1:])
	bare := strings.TrimPrefix(strings.TrimSuffix(href, "/"), "mailto:")
	if label == "" || bare == "" || strings.Contains(label, bare) || strings.HasPrefix(href, "#") || !strings.Contains(href, ":") ||
		strings.HasSuffix(bare, "//"+strings.TrimSuffix(label, "/")) {
		return
	}
	w.line.WriteString(" (" + href + ")")
}

func (w *htmlText) done() string {
	w.newLine(1)
	if text := strings.TrimSpace(strings.ReplaceAll(w.out.String(), "\x00", "")); text != "" {
		return text
	}
	return strings.TrimSpace(w.title)
}

func attribute(t html.Token, key string) string {
	for _, a := range t.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}
