package email

import (
	"slices"
	"strings"
)

// markKind is what sets off the mail that another one quotes or forwards.
type markKind int

const (
	markForward     markKind = iota // it says that it is a forward
	markOriginal                    // "Original Message"
	markHeader                      // a quoted header alone
	markAttribution                 // "Anna wrote:"
)

// marker is such a place: lines start to end, without what follows.
type marker struct {
	kind       markKind
	start, end int
	quoted     bool // the quoted header stands behind ">" itself
	head       block
	rest       string // words on the marker's own last line that belong to what follows
}

// findMarker finds the first marker from line i on. Code between ``` and ```
// shows no mail.
func findMarker(lines []string, fenced []bool, i int) (marker, bool) {
	for ; i < len(lines); i++ {
		if fenced[i] {
			continue
		}
		if m, ok := markerAt(lines, i); ok {
			m.start = withRule(lines, m.start)
			return m, true
		}
	}
	return marker{}, false
}

// fences tells which lines stand between ``` and ```. A fence that is never
// closed is none.
func fences(lines []string) []bool {
	inside, open := make([]bool, len(lines)), -1
	for i, l := range lines {
		if !strings.HasPrefix(strings.TrimSpace(l), "```") {
			continue
		}
		if open < 0 {
			open = i
			continue
		}
		for n := open; n <= i; n++ {
			inside[n] = true
		}
		open = -1
	}
	return inside
}

// withRule takes the line that is drawn above a marker, and the blank ones
// between, into it.
func withRule(lines []string, start int) int {
	for i := start - 1; i >= max(0, start-4); i-- {
		t := strings.TrimSpace(lines[i])
		if isRule(t) || isTitle(t) {
			return i
		}
		if t != "" && t != ">" {
			break
		}
	}
	return start
}

// isTitle holds for words between dashes, whatever they say.
func isTitle(line string) bool {
	return len(line) < 100 && strings.HasPrefix(line, "--") && strings.HasSuffix(line, "--") && !isRule(line)
}

// isRule holds for a drawn line: at least three signs and nothing else.
func isRule(line string) bool {
	return len(line) >= 3 && strings.Trim(line, "-–—_=*~ ") == "" && !strings.HasPrefix(line, " ")
}

// markerAt reads the marker that begins with line i.
func markerAt(lines []string, i int) (marker, bool) {
	line := strings.TrimSpace(lines[i])
	if line == "" || len(line) > 2000 {
		return marker{}, false
	}
	if isQuoted(line) {
		return quotedForward(lines, i)
	}
	if m, ok := separator(lines, i); ok {
		return m, true
	}
	if m, ok := announced(lines, i, false); ok {
		return m, true
	}
	if l, _ := cutLabel(line); l != noLabel {
		b, n := readBlock(lines[i:])
		if b.found() && (l == labelFrom || b.fields >= 4) {
			return marker{kind: markHeader, start: i, end: i + n, head: b}, true
		}
		if i > 0 && isRule(strings.TrimSpace(lines[i-1])) {
			if m, ok := labelledAttribution(lines, i, n, b); ok {
				return m, true
			}
		}
	}
	b, n, strong := attribution(lines[i:])
	if n == 0 || !strong && (n > 1 || !quoteSoon(lines[i+n:])) || strong && beginsLater(lines, i, i+n) {
		return marker{}, false
	}
	return marker{kind: markAttribution, start: i, end: i + n, head: b}, true
}

// beginsLater reports whether the attribution that ends at a line begins
// further down than line i, which then is the end of what stands above it.
func beginsLater(lines []string, i, end int) bool {
	first := strings.TrimSpace(lines[i])
	closed := !introduces(first) || strings.ContainsAny(first[len(first)-1:], ".!?")
	for j := i + 1; j < end; j++ {
		if _, n, strong := attribution(lines[j:]); n > 0 && strong && j+n == end && (introduces(lines[j]) || closed && (dateEnd(lines[j]) >= 0 || dateEnd(first) < 0)) {
			return true
		}
	}
	return false
}

// labelledAttribution reads a header of which the sender comes last, and as an
// attribution: "To: ..., Subject: ..., 25.10.2021, 11:17, Anna <...>:".
func labelledAttribution(lines []string, i, n int, b block) (marker, bool) {
	if n == 0 || b.has[labelFrom] || i+n >= len(lines) {
		return marker{}, false
	}
	a, more, strong := attribution(lines[i+n:])
	if more == 0 || !strong || a.from.Address == "" {
		return marker{}, false
	}
	b.from, b.date = a.from, a.date
	b.has[labelFrom], b.has[labelDate] = true, true
	b.fields += 2
	return marker{kind: markHeader, start: i, end: i + n + more, head: b}, b.found()
}

// separator reads "---- Forwarded message ----" or "---- Original Message ----"
// with the quoted header below it, or behind it on the same line.
func separator(lines []string, i int) (marker, bool) {
	phrase, rest, ok := dashed(lines[i])
	if !ok {
		return marker{}, false
	}
	m := marker{kind: markForward, start: i, end: i + 1}
	switch {
	case isForwardPhrase(phrase):
	case isOriginalPhrase(phrase):
		m.kind = markOriginal
	default:
		return marker{}, false
	}
	if b, words, ok := joinedBlock(rest); ok {
		m.head, m.rest = b, words
		return m, true
	}
	m.below(lines)
	return m, true
}

// below reads the quoted header under a separator.
func (m *marker) below(lines []string) {
	i := m.end
	for i < len(lines) && i < m.end+4 && strings.Trim(lines[i], "> \t") == "" {
		i++
	}
	if i == len(lines) {
		return
	}
	under := lines[i:]
	if isQuoted(under[0]) {
		under = unquote(under[:min(len(under), maxBlockLines)])
		m.quoted = true
	}
	b, n := readBlock(under)
	if !b.has[labelFrom] && n < len(under) {
		if a, more, _ := attribution(under[n:]); more > 0 {
			b.from, b.date, n = a.from, a.date, n+more
			b.has[labelFrom] = true
			b.fields++
		} else if m.kind == markForward && n == 0 {
			b, n = unknownBlock(under)
		}
	}
	if n == 0 || !b.has[labelFrom] && b.fields < 2 {
		m.quoted = false
		return
	}
	m.head, m.end = b, i+n
}

// announces holds for words that announce a forward. Without a colon people write
// them too, so that only the very words of a program count.
func announces(line string) bool {
	if strings.HasSuffix(line, ":") || strings.HasSuffix(line, "：") {
		return isForwardPhrase(line)
	}
	return slices.Contains([]string{"this is a forwarded message", "это пересылаемое сообщение"}, strings.ToLower(line))
}

// announced reads "Begin forwarded message:", which has no dashes and stands
// above a quoted header.
func announced(lines []string, i int, quoted bool) (marker, bool) {
	line := strings.Trim(lines[i], "* \t\u00a0")
	if len(line) > 100 || !announces(line) {
		return marker{}, false
	}
	m := marker{kind: markForward, start: i, end: i + 1}
	m.below(lines)
	return m, m.head.has[labelFrom] && (quoted || m.head.fields >= 2)
}

// quotedForward reads a forward that is quoted as a whole, its announcement too.
// The announcement is the first line of its quote: further down it would be a
// forward within what is answered.
func quotedForward(lines []string, i int) (marker, bool) {
	for n := i - 1; n >= 0; n-- {
		if t := strings.TrimSpace(lines[n]); t != "" {
			if isQuoted(t) && strings.Trim(t, "> ") != "" {
				return marker{}, false
			}
			break
		}
	}
	plain := unquote(lines[i:min(len(lines), i+maxBlockLines)])
	m, ok := announced(plain, 0, true)
	if !ok {
		if m, ok = separator(plain, 0); !ok || m.kind != markForward || !m.head.has[labelFrom] {
			return marker{}, false
		}
	}
	m.start, m.end, m.quoted = m.start+i, m.end+i, true
	return m, true
}

// dashed takes the words out of "---- words ----", and what follows them.
func dashed(line string) (phrase, rest string, ok bool) {
	s := strings.Trim(line, "* \t\u00a0")
	t := strings.TrimLeft(s, "-–—_=")
	if len(s)-len(t) < 2 {
		return "", "", false
	}
	i := strings.Index(t, "--")
	if j := strings.Index(t, "––"); i < 0 || j >= 0 && j < i {
		i = max(i, j)
	}
	if i < 0 {
		phrase = strings.TrimRight(t, "-–—_=* ")
		return strings.TrimSpace(phrase), "", phrase != "" && len(phrase) < 100
	}
	phrase, rest = strings.TrimSpace(t[:i]), strings.TrimLeft(t[i:], "-–—")
	if p, _, again := strings.Cut(rest, "--"); again && isForwardPhrase(p) {
		rest = "" // the same in a second language
	}
	return phrase, strings.TrimSpace(rest), phrase != "" && len(phrase) < 100
}
