package email

import (
	"encoding/base64"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/ianaindex"
	"golang.org/x/text/encoding/unicode"
)

// toUTF8 turns bytes of a charset into text. An unknown charset, or bytes that
// are not of the charset they claim, never are an error: they are read as the
// Cyrillic or Western charset that they look like.
func toUTF8(charset string, b []byte) string {
	name := charsetName(charset)
	switch name {
	case "", "utf-8", "us-ascii":
		if utf8.Valid(b) {
			return string(b)
		}
		if name == "utf-8" && mostlyUTF8(b) {
			return strings.ToValidUTF8(string(b), "\uFFFD")
		}
		return decodeWith(guess(b), b)
	case "utf-7":
		return decodeUTF7(string(b))
	}
	if e := findEncoding(name); e != nil {
		return decodeWith(e, b)
	}
	if utf8.Valid(b) {
		return string(b)
	}
	return decodeWith(charmap.Windows1252, b)
}

func decodeWith(e encoding.Encoding, b []byte) string {
	out, err := e.NewDecoder().Bytes(b)
	if err != nil {
		out, _ = charmap.ISO8859_1.NewDecoder().Bytes(b)
	}
	return strings.ToValidUTF8(string(out), "\uFFFD")
}

// charsetName brings the many spellings of a charset to one.
func charsetName(s string) string {
	s = strings.ToLower(strings.Trim(s, " \t\"'"))
	s = strings.TrimPrefix(s, "charset=")
	s, _, _ = strings.Cut(s, "*") // utf-8*ru: a language after the charset
	switch s {
	case "utf8", "unicode-1-1-utf-8", "utf-8n":
		return "utf-8"
	case "ascii", "us-ascii", "ansi_x3.4-1968", "646", "7bit", "8bit", "default", "default_charset":
		return "us-ascii"
	case "utf7", "utf-7", "unicode-1-1-utf-7":
		return "utf-7"
	}
	return s
}

func findEncoding(name string) encoding.Encoding {
	if name == "utf-16" || name == "unicode" {
		return unicode.UTF16(unicode.BigEndian, unicode.UseBOM)
	}
	compact := strings.NewReplacer("-", "", "_", "", " ", "").Replace(name)
	tries := []string{name, strings.ReplaceAll(name, "_", "-"), compact}
	for _, prefix := range []string{"cp", "win", "windows", "ansi", "xcp"} {
		if n, ok := strings.CutPrefix(compact, prefix); ok {
			tries = append(tries, "windows-"+n, "ibm"+n, "cp"+n)
		}
	}
	if n, ok := strings.CutPrefix(compact, "iso8859"); ok {
		tries = append(tries, "iso-8859-"+n)
	}
	if n, ok := strings.CutPrefix(compact, "koi8"); ok && n != "" {
		tries = append(tries, "koi8-"+n)
	}
	for _, t := range tries {
		if e, err := htmlindex.Get(t); err == nil && e != encoding.Replacement {
			return e
		}
		if e, err := ianaindex.MIME.Encoding(t); err == nil && e != nil && e != encoding.Replacement {
			return e
		}
	}
	return nil
}

// mostlyUTF8 reports whether only a few bytes are broken, as at a cut.
func mostlyUTF8(b []byte) bool {
	good, bad := 0, 0
	for i := 0; i < len(b); {
		if b[i] < utf8.RuneSelf {
			i++
			continue
		}
		r, size := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && size <= 1 {
			bad++
		} else {
			good++
		}
		i += size
	}
	return good > bad
}

// guess chooses a charset for bytes that say nothing of it. In Russian text
// most letters are lower case, and lower case of windows-1251 is upper case of
// koi8-r.
func guess(b []byte) encoding.Encoding {
	low, high, cyrLow, cyrHigh := 0, 0, 0, 0
	for _, c := range b {
		switch {
		case c >= 0xE0:
			cyrHigh++
			high++
		case c >= 0xC0:
			cyrLow++
			high++
		case c >= 0x80:
			high++
		case c|0x20 >= 'a' && c|0x20 <= 'z':
			low++
		}
	}
	if high == 0 || (cyrLow+cyrHigh)*2 < low+high {
		return charmap.Windows1252
	}
	if cyrLow > cyrHigh {
		return charmap.KOI8R
	}
	return charmap.Windows1251
}

// decodeUTF7 reads RFC 2152: +base64 of UTF-16-, with +- for a plus.
func decodeUTF7(s string) string {
	var b strings.Builder
	for {
		i := strings.IndexByte(s, '+')
		if i < 0 {
			b.WriteString(s)
			return strings.ToValidUTF8(b.String(), "\uFFFD")
		}
		b.WriteString(s[:i])
		s = s[i+1:]
		end := strings.IndexFunc(s, func(r rune) bool { return !isBase64(r) })
		if end < 0 {
			end = len(s)
		}
		if end == 0 {
			b.WriteByte('+')
		} else if raw, err := base64.RawStdEncoding.DecodeString(s[:end]); err == nil {
			units := make([]uint16, len(raw)/2)
			for k := range units {
				units[k] = uint16(raw[2*k])<<8 | uint16(raw[2*k+1])
			}
			b.WriteString(string(utf16.Decode(units)))
		} else {
			b.WriteString("+" + s[:end])
		}
		s = strings.TrimPrefix(s[end:], "-")
	}
}

func isBase64(r rune) bool {
	return r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '+' || r == '/'
}
