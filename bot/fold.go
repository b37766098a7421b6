package bot

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Fold writes a text as it is compared when people look for something: in lower
// case, without accents, ё as е, wide and ligature characters as plain ones.
func Fold(text string) string {
	plain := true
	for i := 0; i < len(text) && plain; i++ {
		plain = text[i] < 0x80 && (text[i] < 'A' || text[i] > 'Z')
	}
	if plain {
		return text
	}
	out := make([]byte, 0, len(text))
	last := rune(0)
	for i, r := range text {
		switch {
		case r < 0x80:
			c := text[i]
			if c >= 'A' && c <= 'Z' {
				c += 'a' - 'A'
			}
			out = append(out, c)
		case r >= 'а' && r <= 'я':
			out = append(out, text[i:i+2]...)
		case r >= 'А' && r <= 'Я':
			out = utf8.AppendRune(out, r+'а'-'А')
		case r == breve && (last == 'и' || last == 'И'): // й in two characters
			out = append(out[:len(out)-len("и")], "й"...)
		case unicode.Is(unicode.Mn, r): // an accent by itself
		default:
			out = append(out, foldRune(r)...)
		}
		last = r
	}
	return string(out)
}

// breve is the accent of й where it is a character of its own, as in names of
// files that come from a Mac.
const breve = '\u0306'

// foldRune is one character as it is compared.
func foldRune(r rune) string {
	if r >= 0xFF01 && r <= 0xFF5E { // the wide forms of ASCII
		r -= 0xFF01 - '!'
	}
	r = unicode.ToLower(r)
	switch {
	case r < 0x80:
		return string(r)
	case r == 'ё':
		return "е"
	case r >= 'а' && r <= 'я':
		return string(r)
	case r >= 0xDF && r <= 0x17F:
		return foldLatin(r)
	case r >= 0xFB00 && r <= 0xFB06:
		return [...]string{"ff", "fi", "fl", "ffi", "ffl", "st", "st"}[r-0xFB00]
	}
	return string(r)
}

// latin lists the plain letters of Latin ones with accents; a character stands
// with the letter that its group begins with.
var latin = [...]string{
	"aàáâãäåāăą", "cçćĉċč", "dďđð", "eèéêëēĕėęě", "gĝğġģ", "hĥħ", "iìíîïĩīĭįı", "jĵ", "kķ", "lĺļľŀł",
	"nñńņňŉ", "oòóôõöøōŏő", "rŕŗř", "sśŝşšſ", "tţťŧ", "uùúûüũūŭůűų", "wŵ", "yýÿŷ", "zźżž",
}

// foldLatin takes the accent off a Latin letter.
func foldLatin(r rune) string {
	switch r {
	case 'ß':
		return "ss"
	case 'æ':
		return "ae"
	case 'œ':
		return "oe"
	}
	for _, group := range latin {
		if strings.ContainsRune(group, r) {
			return group[:1]
		}
	}
	return string(r)
}

// Blank reports whether nobody can see anything of a text: it is empty, or all
// of it are spaces, controls, and signs of no width such as U+200B.
func Blank(text string) bool {
	return strings.IndexFunc(text, func(c rune) bool {
		switch c {
		case '\u115F', '\u1160', '\u2800', '\u3164', '\uFE0F', '\uFFA0': // fillers and signs that only change others
			return false
		}
		return !unicode.IsSpace(c) && !unicode.IsControl(c) && !unicode.Is(unicode.Cf, c)
	}) < 0
}
