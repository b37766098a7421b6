package email

import (
	"slices"
	"strings"

	"meridian/bot"
)

// words are a mail's text taken apart. No line is lost: what is in none of text
// and signature is in quoted, or in the order it came in text.
type words struct {
	text, quoted, signature string
	forward                 *bot.Forward
}

// takeApart parts what is new in a mail from what it quotes or forwards, and
// from its signature. It is careful rather than clever: where new words stand
// among quoted ones, and where nothing but a quote would be left, everything
// stays in text.
func takeApart(s string, h addressed) words {
	lines := strings.Split(s, "\n")
	m, ok := findMarker(lines, fences(lines), 0)
	if ok && h.forwards(m) {
		return h.takeForward(lines, m)
	}
	text, quoted := splitReply(lines, m, ok)
	kept := len(text)
	text, signature := cutSignature(text)
	var tail []string
	isQuote := isQuoted
	if ok && m.kind == markAttribution {
		isQuote = isQuotedBelow
	}
	for range maxTails {
		rest := dropQuote(text, isQuote)
		if len(rest) == len(text) || !hasWords(rest) {
			break
		}
		tail = slices.Concat(text[len(rest):], tail)
		var more []string
		if text, more = cutSignature(rest); len(more) > 0 {
			signature = slices.Concat(more, []string{""}, signature)
		}
	}
	if ok && kept > m.start { // what was quoted so far stood above
		quoted = slices.Concat(quoted, tail)
	} else {
		quoted = slices.Concat(tail, quoted)
	}
	return words{text: joined(text), quoted: joined(quoted), signature: joined(signature)}
}

// maxTails is how many quotes and signatures in turns are taken from the end.
const maxTails = 20

func (h addressed) takeForward(lines []string, m marker) words {
	below := lines[m.end:]
	if m.rest != "" {
		below = slices.Concat([]string{m.rest}, below)
	}
	f, own := h.forward(m, below)
	above := lines[:m.start]
	if hasWords(own) {
		above = slices.Concat(trimBlank(above), []string{""}, strings.Split(joined(own), "\n"))
	}
	text, signature := cutSignature(above)
	if hasWords(text) && signatureStart(text, fences(text)) == 0 {
		text, signature = nil, text // nothing was said above the forward
	}
	if !hasWords(text) {
		text = nil
	}
	return words{text: joined(text), quoted: joined(lines[m.start : len(lines)-len(own)]), signature: joined(signature), forward: f}
}

// splitReply parts an answer from what it answers.
func splitReply(lines []string, m marker, found bool) (text, quoted []string) {
	if !found {
		rest := dropQuote(lines, isQuoted)
		if len(rest) < len(lines) && hasWords(rest) {
			return rest, lines[len(rest):]
		}
		return lines, nil
	}
	above, below := lines[:m.start], lines[m.end:]
	if m.kind != markAttribution {
		if hasWords(above) {
			return above, lines[m.start:]
		}
		return lines, nil
	}
	run := quoteRun(below)
	answer := below[run:]
	switch {
	case run == 0 && hasWords(above):
		return above, lines[m.start:]
	case run == 0:
		return withoutAttributions(lines)
	case !hasWords(answer):
		if hasWords(above) {
			return above, lines[m.start:]
		}
		return lines, nil
	case hasWords(above) && startsSignature(answer):
		text, signature := cutSignature(slices.Concat(above, answer))
		return slices.Concat(text, signature), lines[m.start : len(lines)-len(answer)]
	case !hasWords(above) && !anyQuoted(answer):
		return answer, lines[:len(lines)-len(answer)]
	}
	return withoutAttributions(lines)
}

// startsSignature reports whether the first words are a delimiter or what a
// program put there.
func startsSignature(lines []string) bool {
	for _, l := range lines {
		if l = strings.TrimSpace(l); l != "" {
			return isDelimiter(l) || isSentFrom(l)
		}
	}
	return false
}

// withoutAttributions keeps what stands among quotes in its order, without the
// lines that introduce them.
func withoutAttributions(lines []string) (text, dropped []string) {
	fenced := fences(lines)
	for i := 0; i < len(lines); {
		m, ok := findMarker(lines, fenced, i)
		if !ok || m.kind != markAttribution {
			return append(text, lines[i:]...), dropped
		}
		text = append(text, lines[i:m.start]...)
		dropped = append(dropped, lines[m.start:m.end]...)
		i = m.end
	}
	return text, dropped
}

// namedQuote finds the name in "Anna> words", a quote as some programs mark it.
// Prompts such as "mysql> " look alike: it counts below an attribution only.
func namedQuote(line string) (name string, ok bool) {
	name, rest, ok := strings.Cut(line, ">")
	if !ok || name == "" || len(name) > 20 || rest != "" && rest[0] != ' ' {
		return "", false
	}
	return name, !strings.ContainsAny(name, " <:/\\.@$#")
}

// isQuoted holds for a line behind ">".
func isQuoted(line string) bool { return strings.HasPrefix(strings.TrimLeft(line, " \t"), ">") }

// isQuotedBelow is isQuoted below an attribution, where other marks count too.
func isQuotedBelow(line string) bool {
	if isQuoted(line) || strings.HasPrefix(line, "|") {
		return true
	}
	_, ok := namedQuote(line)
	return ok
}

// quoteRun is how many lines the quote takes that the lines begin with, blank
// ones included; 0: they begin with no quote.
func quoteRun(lines []string) int {
	end := 0
	for i, l := range lines {
		if isQuotedBelow(l) {
			end = i + 1
		} else if strings.TrimSpace(l) != "" {
			break
		}
	}
	return end
}

func anyQuoted(lines []string) bool { return slices.ContainsFunc(lines, isQuotedBelow) }

// quoteSoon reports whether the next line with words is quoted.
func quoteSoon(lines []string) bool {
	for _, l := range lines {
		if strings.TrimSpace(l) != "" {
			return isQuotedBelow(l)
		}
	}
	return false
}

// dropQuote takes a last block of quoted lines away.
func dropQuote(lines []string, isQuote func(string) bool) []string {
	cut := len(lines)
	for i := len(lines) - 1; i >= 0 && (isQuote(lines[i]) || strings.TrimSpace(lines[i]) == ""); i-- {
		if isQuote(lines[i]) {
			cut = i
		}
	}
	return lines[:cut]
}

// hasWords reports whether a line has more than signs.
func hasWords(lines []string) bool {
	for _, l := range lines {
		if l = strings.TrimSpace(l); l != "" && !isDelimiter(l) && l != ">" {
			return true
		}
	}
	return false
}

func joined(lines []string) string {
	s := strings.Join(lines, "\n")
	s = strings.TrimRight(s, " \t\n\u200b")
	for {
		line, rest, ok := strings.Cut(s, "\n")
		if !ok || strings.TrimSpace(line) != "" {
			return s
		}
		s = rest
	}
}
