package slack

import (
	"strings"
	"unicode/utf8"

	"github.com/slack-go/slack"
)

// writer lays pieces out as blocks of rich text, each of at most maxRich
// characters, until its budget is used up.
type writer struct {
	budget  int // characters that may still be written
	cut     bool
	blocks  []slack.Block
	parts   []slack.RichTextElement // of the block being written
	size    int                     // its characters
	section []slack.RichTextSectionElement
	quoted  bool // the last part was a quote, which ends its own line
}

// layOut writes pieces into blocks. It reports whether something was left out.
func layOut(all []piece, budget int) (blocks []slack.Block, cut bool) {
	w := &writer{budget: budget}
	for _, x := range all {
		if w.cut {
			break
		}
		w.put(x)
	}
	w.endBlock()
	return w.blocks, w.cut
}

func (w *writer) put(x piece) {
	switch {
	case x.kind == pieceBreak:
		if w.quoted && len(w.section) == 0 {
			w.quoted = false
			return
		}
		w.text(piece{text: "\n"})
	case x.block:
		w.quote(x.text)
	case x.kind == pieceText:
		w.text(x)
	default:
		w.whole(x)
	}
}

// text writes words, in the next block where this one is full.
func (w *writer) text(x piece) {
	for x.text != "" {
		room := min(maxRich-w.size, w.budget)
		if room <= 0 && w.budget > 0 {
			w.endBlock()
			continue
		}
		head, tail := split(x.text, max(room, 0))
		if w.budget <= 0 || head == "" {
			w.cut = true
			return
		}
		w.quoted = false
		w.add(piece{text: head, bold: x.bold, code: x.code})
		x.text = tail
	}
}

// whole writes what cannot be split.
func (w *writer) whole(x piece) {
	size := utf8.RuneCountInString(x.text)
	if size > maxRich {
		x.text = short(x.text, maxRich/2)
		size = maxRich / 2
	}
	if size > w.budget {
		w.cut = true
		return
	}
	if w.size+size > maxRich {
		w.endBlock()
	}
	w.quoted = false
	w.add(x)
}

func (w *writer) add(x piece) {
	n := utf8.RuneCountInString(x.text)
	w.size, w.budget = w.size+n, w.budget-n
	w.section = join(w.section, x)
}

// join appends a piece; words of one style become one element.
func join(section []slack.RichTextSectionElement, x piece) []slack.RichTextSectionElement {
	e := x.element()
	text, ok := e.(*slack.RichTextSectionTextElement)
	if !ok || len(section) == 0 {
		return append(section, e)
	}
	last, ok := section[len(section)-1].(*slack.RichTextSectionTextElement)
	if !ok || !sameStyle(last.Style, text.Style) {
		return append(section, e)
	}
	last.Text += text.Text
	return section
}

func sameStyle(a, b *slack.RichTextSectionTextStyle) bool {
	if a == nil || b == nil {
		return a == b
	}
	return *a == *b
}

// quote writes what somebody wrote in lines of its own. What they fenced as
// code stays so.
func (w *writer) quote(s string) {
	w.endSection()
	for i, part := range strings.Split(s, "```") {
		code := i%2 == 1
		if code {
			part = strings.TrimPrefix(part, "\n")
		}
		if part = strings.TrimSuffix(part, "\n"); strings.TrimSpace(part) == "" {
			continue
		}
		w.quotePart(part, code)
	}
	w.quoted = true
}

func (w *writer) quotePart(s string, code bool) {
	for s != "" && !w.cut {
		room := min(maxRich-w.size, w.budget)
		if room <= 0 && w.budget > 0 {
			w.endBlock()
			continue
		}
		head, tail := split(s, max(room, 0))
		if w.budget <= 0 || head == "" {
			w.cut = true
			return
		}
		n := utf8.RuneCountInString(head)
		w.size, w.budget = w.size+n, w.budget-n
		elements := []slack.RichTextSectionElement{piece{text: head}.element()}
		if code {
			w.parts = append(w.parts, &slack.RichTextPreformatted{Type: slack.RTEPreformatted, Elements: elements})
		} else {
			w.parts = append(w.parts, &slack.RichTextQuote{Type: slack.RTEQuote, Elements: elements})
		}
		s = tail
	}
}

// endSection closes the lines being written. The break before a quote is the
// quote's own.
func (w *writer) endSection() {
	section := w.section
	w.section = nil
	if n := len(section); n > 0 {
		if last, ok := section[n-1].(*slack.RichTextSectionTextElement); ok {
			if last.Text = strings.TrimSuffix(last.Text, "\n"); last.Text == "" {
				section = section[:n-1]
			}
		}
	}
	if len(section) > 0 {
		w.parts = append(w.parts, &slack.RichTextSection{Type: slack.RTESection, Elements: section})
	}
}

func (w *writer) endBlock() {
	w.endSection()
	if len(w.parts) > 0 {
		w.blocks = append(w.blocks, slack.NewRichTextBlock("", w.parts...))
	}
	w.parts, w.size = nil, 0
}
