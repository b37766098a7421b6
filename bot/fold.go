package bot

import (
	"strings"
	"unicode"
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
	var b strings.Builder
	b.Grow(len(text))
	last := rune(0)
	for _, r := range text {
		switch {
		case r == breve && (last == 'и' || last == 'И'): // й in two characters
			s := strings.TrimSuffix(b.String(), "и")
			b.Reset()
			b.WriteString(s + "й")
		case unicode.Is(unicode.Mn, r): // an accent by itself
		default:
			b.WriteString(foldRune(r))
		}
		last = r
	}
	return b.String()
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
