package email

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"meridian/bot"
)

// joinedBlock reads a quoted header whose lines were joined to one: "From: Anna
// <a@b.example>To: ...Subject: words". It needs a sender and a subject or date.
func joinedBlock(s string) (b block, rest string, ok bool) {
	type field struct {
		label      label
		start, end int // of its value
	}
	var fields []field
	for i, r := range s {
		if r != ':' && r != '：' {
			continue
		}
		l, at := labelBefore(s[:i])
		if l == noLabel || len(fields) == 0 && at > 0 || slices.ContainsFunc(fields, func(f field) bool { return f.label == l }) {
			continue
		}
		if n := len(fields); n > 0 {
			if fields[n-1].label == labelSubject {
				break // what is in a subject is no field
			}
			fields[n-1].end = at
		}
		fields = append(fields, field{label: l, start: i + utf8.RuneLen(r), end: len(s)})
	}
	for _, f := range fields {
		b.set(f.label, strings.TrimSpace(s[f.start:f.end]), "")
	}
	return b, "", b.has[labelFrom] && (b.has[labelSubject] || b.has[labelDate])
}

// unknownBlock reads the header of a forward whose labels are in no language
// known here: lines of "Word: value", of which the first with an address is the
// sender, one with a time the date, and one with neither the subject.
func unknownBlock(lines []string) (b block, end int) {
	for i, line := range lines[:min(len(lines), 8)] {
		name, value, ok := strings.Cut(strings.ReplaceAll(line, "：", ":"), ":")
		value = strings.TrimSpace(value)
		if !ok || value == "" || len(name) > 40 || strings.Count(strings.TrimSpace(name), " ") > 2 {
			break
		}
		switch {
		case strings.Contains(value, "@") && !b.has[labelFrom]:
			b.set(labelFrom, value, line)
		case strings.Contains(value, "@"):
			b.set(labelTo, value, line)
		case clockTime.MatchString(value) && !b.has[labelDate]:
			b.set(labelDate, value, line)
		default:
			b.set(labelSubject, value, line)
		}
		end = i + 1
	}
	if !b.has[labelFrom] || end < 2 {
		return block{}, 0
	}
	return b, end
}

// addressed is what of a mail tells a forward from an answer.
type addressed struct {
	subject  string
	to       []bot.Address // To and Cc
	answers  bool          // it names the mail that it answers
	ownLower string        // the desk's address, in lower case
	machine  bool          // a machine wrote it, and passes nothing on
}

// forwards reports whether the marker begins a forwarded mail rather than the
// one that is answered. Where the marker does not say so, the subject does; and
// where that is silent too, an answer goes to the one who wrote what it quotes.
func (h addressed) forwards(m marker) bool {
	from := m.head.from
	if h.machine {
		return false
	}
	if from == (bot.Address{}) || h.ownLower != "" && strings.EqualFold(from.Address, h.ownLower) && m.kind != markForward {
		return false
	}
	if m.kind == markForward {
		return true
	}
	switch mark := firstMark(h.subject); {
	case mark == "vs": // "forwarded" in Danish and Norwegian, "answer" in Finnish
		return m.head.label != "lähettäjä" && m.head.label != "saatja"
	case slices.Contains(forwardMarks[:], mark):
		return true
	case mark != "" || m.kind == markAttribution || h.answers || from.Address == "":
		return false
	}
	return !slices.ContainsFunc(h.to, func(a bot.Address) bool { return strings.EqualFold(a.Address, from.Address) })
}

// forwardMarks are how the subjects of forwards begin, in lower case and
// without the colon.
var forwardMarks = [...]string{
	"fw", "fwd", "forward", "forwarded", "wg", "weitergeleitet", "tr", "transf", "rv", "reenv", "enc", "res. enc", "i", "inoltra", "inoltro", "inoltrato", "doorst", "doorgestuurd", "vb", "vidarebefordrat", "vs", "videresend", "videresendt",
	"vl", "edasi", "pd", "przesłane", "dalej", "předáno", "přeposláno", "preposlané", "proslijeđeno", "posredovano", "továbbítás", "továbbított", "tov", "redir", "redirecționat", "ilt", "iletilen", "πρθ",
	"пересл", "переслано", "пер", "перенаправлено", "переадр", "препр", "пц", "转发", "轉寄", "转寄", "転送", "전달", "הועבר", "إعادة توجيه", "trs", "terusan",
}

// replyMarks are how the subjects of answers begin.
var replyMarks = [...]string{
	"re", "aw", "antwort", "antw", "sv", "vs", "odp", "odpověď", "odpoveď", "odg", "vá", "válasz", "răspuns", "răsp", "ynt", "yan", "yanıt", "cevap", "απ", "отв", "ответ", "відп", "відповідь", "отг", "atb", "ats", "rif", "r", "res", "resp", "rép", "réf", "bls", "balas",
	"回复", "答复", "回覆", "返信", "회신", "השב", "רד", "رد",
}

// firstMark is the mark at the front of a subject, in lower case, "" if there is
// none: "fwd" for "[Fwd: Logs]".
func firstMark(subject string) string {
	mark, _ := cutSubjectMark(subject)
	return mark
}

func cutSubjectMark(s string) (mark, rest string) {
	s = strings.TrimSpace(s)
	inner, bracket := strings.CutPrefix(s, "[")
	if bracket = bracket && strings.HasSuffix(s, "]"); bracket {
		s = strings.TrimSuffix(inner, "]")
	}
	i := strings.IndexAny(s, ":：")
	if i <= 0 || i > 30 {
		return "", s
	}
	word := strings.TrimRight(s[:i], " ")
	if j := strings.IndexAny(word, "[(^"); j > 0 && strings.Trim(word[j:], "[](^)0123456789") == "" {
		word = strings.TrimSpace(word[:j])
	}
	if utf8.RuneCountInString(word) == 1 && !strings.ContainsFunc(word, unicode.IsUpper) {
		return "", s // one letter is a mark as a capital only
	}
	word = strings.TrimSuffix(lower(word), ".")
	if !slices.Contains(forwardMarks[:], word) && !slices.Contains(replyMarks[:], word) {
		return "", s
	}
	_, size := utf8.DecodeRuneInString(s[i:])
	return word, strings.TrimSpace(s[i+size:])
}

// withoutForward takes the marks of forwards, and only those, from the front of
// a subject.
func withoutForward(s string) string {
	for {
		mark, rest := cutSubjectMark(s)
		if mark == "" || !slices.Contains(forwardMarks[:], mark) {
			return strings.TrimSpace(s)
		}
		s = rest
	}
}

// forward makes the forwarded mail of what follows its marker. own is what the
// forwarder wrote below it.
func (h addressed) forward(m marker, below []string) (f *bot.Forward, own []string) {
	body, own := forwardedLines(m, below)
	f = &bot.Forward{From: m.head.from, To: m.head.to, Cc: m.head.cc, Date: m.head.date, Subject: m.head.subject, Text: blockText(body)}
	if !m.head.has[labelSubject] {
		f.Subject = withoutForward(h.subject)
	}
	return f, own
}

// forwardedLines are the lines of the forwarded mail itself, and those of the
// forwarder that follow it.
func forwardedLines(m marker, lines []string) (body, own []string) {
	for i, l := range lines {
		if phrase, _, ok := dashed(l); ok && isForwardEnd(strings.ToLower(phrase)) {
			lines, own = lines[:i], lines[i+1:]
			break
		}
	}
	if m.quoted {
		last := -1
		for i, l := range lines {
			if isQuoted(l) {
				last = i
			}
		}
		return unquote(lines[:last+1]), append(lines[last+1:len(lines):len(lines)], own...)
	}
	if allQuoted(lines) {
		lines = unquote(lines)
	}
	return withoutFrame(lines), own
}

// withoutFrame takes away the lines that some programs draw between the header and
// the forwarded mail, and below it.
func withoutFrame(lines []string) []string {
	first, last := 0, len(trimBlank(lines))
	for first < last && strings.TrimSpace(lines[first]) == "" {
		first++
	}
	if first < last && isFrame(lines[first]) {
		first++
	}
	if first < last-1 && isFrame(lines[last-1]) {
		last = len(trimBlank(lines[:last-1]))
	}
	return lines[min(first, last):last]
}

// isFrame holds for a long rule, with or without words in it that tell of a
// forward: "==== Forwarded message ====", "===8<== Begin of the original ===8<==".
func isFrame(line string) bool {
	line = strings.TrimSpace(line)
	if strings.HasPrefix(line, "===8<===") {
		return true
	}
	if len(line) >= 20 && isRule(line) && strings.Trim(line, line[:1]) == "" {
		return true
	}
	phrase, rest, ok := dashed(line)
	return ok && rest == "" && isForwardPhrase(phrase)
}

func allQuoted(lines []string) bool {
	any := false
	for _, l := range lines {
		if isQuoted(l) {
			any = true
		} else if strings.TrimSpace(l) != "" {
			return false
		}
	}
	return any
}

// unquote takes one ">" from the front of those lines that have it.
func unquote(lines []string) []string {
	out := make([]string, len(lines))
	for i, l := range lines {
		if t, ok := strings.CutPrefix(strings.TrimLeft(l, " "), ">"); ok {
			l = strings.TrimPrefix(t, " ")
		}
		out[i] = l
	}
	return out
}

// blockText joins lines without the indentation that all of them have.
func blockText(lines []string) string {
	indent := -1
	for _, l := range lines {
		if t := strings.TrimLeft(l, " "); t != "" {
			if n := len(l) - len(t); indent < 0 || n < indent {
				indent = n
			}
		}
	}
	out := make([]string, len(lines))
	for i, l := range lines {
		out[i] = strings.TrimRight(l[min(max(indent, 0), len(l)-len(strings.TrimLeft(l, " "))):], " ")
	}
	return strings.Trim(strings.Join(out, "\n"), "\n \t\u200b")
}
