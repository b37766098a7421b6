package email

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// maxParams is how many parameters of one field are read.
const maxParams = 64

// parseMedia reads a Content-Type or Content-Disposition: a value in lower case
// and its parameters, decoded whether they are plain, quoted, continued,
// percent-encoded with a charset, or hold encoded words as they must not.
func parseMedia(s string) (value string, params map[string]string) {
	value, rest, _ := strings.Cut(s, ";")
	value = strings.ToLower(strings.TrimSpace(stripComments(value)))
	if i := strings.IndexAny(value, " \t\""); i >= 0 {
		value = value[:i]
	}
	params = map[string]string{}
	pieces := map[string][]paramPiece{}
	for n := 0; rest != "" && n < maxParams; n++ {
		var name, val string
		name, val, rest = cutParam(rest)
		if name == "" {
			continue
		}
		if base, section, ok := strings.Cut(name, "*"); ok {
			pieces[base] = append(pieces[base], newParamPiece(section, val))
		} else if _, twice := params[name]; !twice {
			params[name] = decodeWords(val)
		}
	}
	for base, list := range pieces {
		params[base] = joinPieces(list)
	}
	return value, params
}

// cutParam takes "name=value" from the front. A quoted value ends at its quote,
// any other at the next semicolon.
func cutParam(s string) (name, value, rest string) {
	s = strings.TrimLeft(s, "; \t")
	i := strings.IndexAny(s, "=;")
	if i < 0 {
		return "", "", ""
	}
	if s[i] == ';' {
		return "", "", s[i+1:]
	}
	name = strings.ToLower(strings.TrimSpace(s[:i]))
	s = strings.TrimLeft(s[i+1:], " \t")
	if strings.HasPrefix(s, `"`) {
		value, s = cutQuoted(s)
		_, rest, _ = strings.Cut(s, ";")
		return name, value, rest
	}
	value, rest, _ = strings.Cut(s, ";")
	return name, strings.TrimSpace(value), rest
}

// cutQuoted takes a quoted string from the front and gives its content.
func cutQuoted(s string) (content, rest string) {
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			if i++; i < len(s) {
				b.WriteByte(s[i])
			}
		case '"':
			return b.String(), s[i+1:]
		default:
			b.WriteByte(s[i])
		}
	}
	return b.String(), ""
}

// paramPiece is one section of a continued parameter: name*1*=charset”text.
type paramPiece struct {
	number  int
	encoded bool
	text    string
}

func newParamPiece(section, text string) paramPiece {
	p := paramPiece{text: text}
	section, p.encoded = strings.CutSuffix(section, "*")
	if section == "" {
		p.encoded = true // name*=charset'language'text
	}
	p.number, _ = strconv.Atoi(section)
	return p
}

func joinPieces(list []paramPiece) string {
	slices.SortStableFunc(list, func(a, b paramPiece) int { return a.number - b.number })
	charset := ""
	var b strings.Builder
	for i, p := range list {
		if p.encoded && i == 0 {
			if parts := strings.SplitN(p.text, "'", 3); len(parts) == 3 {
				charset, p.text = parts[0], parts[2]
			}
		}
		if p.encoded {
			if raw, err := url.PathUnescape(p.text); err == nil {
				p.text = raw
			}
		}
		b.WriteString(p.text)
	}
	return toUTF8(charset, []byte(b.String()))
}

// stripComments takes (comments) out of a structured field.
func stripComments(s string) string {
	if !strings.Contains(s, "(") {
		return s
	}
	var b strings.Builder
	depth := 0
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '(':
			depth++
		case c == ')' && depth > 0:
			depth--
		case depth == 0:
			b.WriteByte(c)
		}
	}
	return b.String()
}
