package email

import (
	"bytes"
	"strings"
)

// decodeTransfer undoes a Content-Transfer-Encoding. What does not belong to
// the encoding is passed over: a damaged mail is still read as far as it goes.
func decodeTransfer(encoding string, b []byte) []byte {
	switch strings.ToLower(strings.Trim(stripComments(encoding), " \t\"';")) {
	case "base64":
		return decodeBase64(b)
	case "quoted-printable":
		return decodeQuoted(b)
	}
	return b
}

func decodeBase64(b []byte) []byte {
	out := make([]byte, 0, len(b)/4*3+3)
	var bits uint32
	n := 0
	for _, c := range b {
		v, ok := base64Value(c)
		if c == '=' {
			out = flushBase64(out, bits, n)
			bits, n = 0, 0
			continue
		}
		if !ok {
			continue
		}
		bits, n = bits<<6|uint32(v), n+1
		if n == 4 {
			out = append(out, byte(bits>>16), byte(bits>>8), byte(bits))
			bits, n = 0, 0
		}
	}
	return flushBase64(out, bits, n)
}

func flushBase64(out []byte, bits uint32, n int) []byte {
	switch n {
	case 2:
		return append(out, byte(bits>>4))
	case 3:
		return append(out, byte(bits>>10), byte(bits>>2))
	}
	return out
}

func base64Value(c byte) (byte, bool) {
	switch {
	case c >= 'A' && c <= 'Z':
		return c - 'A', true
	case c >= 'a' && c <= 'z':
		return c - 'a' + 26, true
	case c >= '0' && c <= '9':
		return c - '0' + 52, true
	case c == '+':
		return 62, true
	case c == '/':
		return 63, true
	}
	return 0, false
}

func decodeQuoted(b []byte) []byte {
	out := make([]byte, 0, len(b))
	for len(b) > 0 {
		line, rest := cutLine(b)
		ended := len(rest) > 0 || bytes.HasSuffix(b, []byte("\n"))
		line = bytes.TrimRight(line, " \t")
		soft := bytes.HasSuffix(line, []byte("="))
		out = appendQuoted(out, bytes.TrimSuffix(line, []byte("=")))
		if ended && !soft {
			out = append(out, '\r', '\n')
		}
		b = rest
	}
	return out
}

// appendQuoted decodes the =XX of one line; an equals sign without two hex
// digits stays as it is.
func appendQuoted(out, line []byte) []byte {
	for i := 0; i < len(line); i++ {
		if line[i] == '=' && i+2 < len(line) {
			hi, ok1 := hexValue(line[i+1])
			lo, ok2 := hexValue(line[i+2])
			if ok1 && ok2 {
				out = append(out, hi<<4|lo)
				i += 2
				continue
			}
		}
		out = append(out, line[i])
	}
	return out
}

func hexValue(c byte) (byte, bool) {
	switch {
	case c >= '0' && c <= '9':
		return c - '0', true
	case c >= 'A' && c <= 'F':
		return c - 'A' + 10, true
	case c >= 'a' && c <= 'f':
		return c - 'a' + 10, true
	}
	return 0, false
}

// decodeWords decodes the encoded words (=?charset?B?text?=) of a field.
// Neighbours of one charset are joined before they are decoded, since senders
// cut letters in two. The result may hold any character: clean it before use.
func decodeWords(s string) string {
	if !strings.Contains(s, "=?") {
		return toUTF8("", []byte(s))
	}
	var out strings.Builder
	var charset string
	var pending []byte
	flush := func() {
		if len(pending) > 0 {
			out.WriteString(toUTF8(charset, pending))
		}
		pending = nil
	}
	for s != "" {
		i := strings.Index(s, "=?")
		if i < 0 {
			break
		}
		cs, raw, rest, ok := cutWord(s[i:])
		if !ok {
			flush()
			out.WriteString(toUTF8("", []byte(s[:i+2])))
			s = s[i+2:]
			continue
		}
		if gap := s[:i]; len(pending) == 0 || strings.TrimSpace(gap) != "" {
			flush()
			out.WriteString(toUTF8("", []byte(gap)))
		}
		if !strings.EqualFold(cs, charset) {
			flush()
			charset = cs
		}
		pending = append(pending, raw...)
		s = rest
	}
	flush()
	out.WriteString(toUTF8("", []byte(s)))
	return out.String()
}

// maxWord is the length in bytes up to which the end of an encoded word is
// looked for.
const maxWord = 10_000

// cutWord takes one encoded word from the front. Blanks inside are tolerated.
func cutWord(s string) (charset string, raw []byte, rest string, ok bool) {
	cs, t, ok := strings.Cut(s[2:], "?")
	if !ok || cs == "" || len(cs) > 40 || len(t) < 3 || t[1] != '?' {
		return "", nil, "", false
	}
	text, _, ok := strings.Cut(t[2:min(len(t), maxWord)], "?=")
	if !ok {
		return "", nil, "", false
	}
	rest = t[2+len(text)+2:]
	switch t[0] {
	case 'B', 'b':
		return cs, decodeBase64([]byte(text)), rest, true
	case 'Q', 'q':
		return cs, appendQuoted(nil, []byte(strings.ReplaceAll(text, "_", " "))), rest, true
	}
	return "", nil, "", false
}
