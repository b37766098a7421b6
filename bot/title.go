package bot

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxTitle is the length of a title in characters as a reader counts them.
const maxTitle = 120

// TitleOfText is the first line of a message that has words, cut at 120
// characters as a reader counts them.
func TitleOfText(s string) string {
	for line := range strings.Lines(s) {
		if line = strings.Join(strings.Fields(line), " "); line != "" {
			return cutGraphemes(line, maxTitle)
		}
	}
	return ""
}

// TitleOfSubject is a mail's subject without the marks of replies and forwards
// in front of it, in any of the languages of common mail programs ("Re:",
// "AW:", "Пересл:", "Re[2]:", "[Fwd: ...]"), cut at 120 characters as a reader
// counts them. It is empty if nothing else stood there.
func TitleOfSubject(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	for {
		rest, ok := cutMark(s)
		if !ok {
			return cutGraphemes(s, maxTitle)
		}
		s = rest
	}
}

// cutMark takes one mark of a reply or forward from the front.
func cutMark(s string) (rest string, ok bool) {
	bracket := false
	if t, found := strings.CutPrefix(s, "["); found && strings.HasSuffix(s, "]") {
		s, bracket = t, true
	}
	i := strings.IndexAny(s, ":：")
	if i <= 0 || i > 40 {
		return "", false
	}
	_, size := utf8.DecodeRuneInString(s[i:])
	word := strings.TrimRight(s[:i], " ")
	if j := strings.IndexAny(word, "[(^"); j > 0 && strings.Trim(word[j:], "[](^)0123456789") == "" {
		word = strings.TrimRight(word[:j], " ") // Re[2], Re(3), RE^4
	}
	if !isMark(word) {
		return "", false
	}
	rest = strings.TrimSpace(s[i+size:])
	if bracket {
		rest = strings.TrimSpace(strings.TrimSuffix(rest, "]"))
	}
	return rest, true
}

func isMark(word string) bool {
	if word == "R" || word == "I" { // Italian: risposta, inoltrato; one letter counts as a capital only
		return true
	}
	word = strings.TrimSuffix(strings.ToLower(word), ".")
	for _, m := range subjectMarks {
		if word == m {
			return true
		}
	}
	return false
}

// subjectMarks are the marks of replies and forwards, in lower case.
var subjectMarks = [...]string{
	"re", "fw", "fwd", "forward", "forwarded", "reply", // English and most others
	"aw", "antwort", "wg", "weitergeleitet", // German
	"tr", "transf", "réf", "rép", // French
	"rv", "res", "enc", "resp", "reenv", // Spanish, Portuguese
	"rif", "inoltra", "inoltro", // Italian
	"antw", "doorst", "doorgestuurd", "beantw", // Dutch
	"sv", "vb", "vs", "vl", "videresend", "vidarebefordrat", // Swedish, Danish, Norwegian, Finnish
	"odp", "pd", "przesłane", "dalej", // Polish
	"odpověď", "předáno", "př", "odpoveď", "preposlané", // Czech, Slovak
	"odg", "odgovor", "proslijeđeno", "posredovano", // Croatian, Slovenian
	"vá", "válasz", "továbbítás", "továbbított", "tov", // Hungarian
	"răspuns", "răsp", "redir", "redirecționat", // Romanian
	"ynt", "yan", "yanıt", "cevap", "ilt", "i̇lt", "iletilen", // Turkish
	"απ", "πρθ", "σχετ", // Greek
	"отв", "ответ", "на", "пересл", "переслано", "перенаправлено", "пер", // Russian
	"відп", "відповідь", "переадр", // Ukrainian
	"отг", "отговор", "препр", // Bulgarian
	"atb", "ats", "ed", "edasi", // Latvian, Lithuanian, Estonian
	"bls", "balas", "trs", "terusan", // Indonesian, Malay
	"回复", "答复", "回覆", "转发", "轉寄", "返信", "転送", "회신", "전달", // Chinese, Japanese, Korean
	"השב", "תשובה", "הועבר", "رد", "إعادة توجيه", // Hebrew, Arabic
}

// cutGraphemes cuts s after n characters as a reader counts them: a letter
// with its accents, an emoji with its skin tone or family, a flag are one.
func cutGraphemes(s string, n int) string {
	count, flags := 0, 0
	var before rune
	for i, r := range s {
		flag := r >= 0x1F1E6 && r <= 0x1F1FF
		if !flag {
			flags = 0
		}
		joined := i > 0 && (joins(r) || isHangulTail(before, r) || before == zeroWidthJoiner && isPicture(r) || flag && flags%2 == 1)
		if flag {
			flags++
		}
		if !joined {
			if count == n {
				return strings.TrimRight(s[:i], " ")
			}
			count++
		}
		before = r
	}
	return s
}

const zeroWidthJoiner = '\u200D'

// joins reports whether r belongs to the character before it.
func joins(r rune) bool {
	switch {
	case r < 0x300:
		return false
	case unicode.In(r, unicode.Mn, unicode.Me, unicode.Mc):
		return true
	case r == zeroWidthJoiner, r == '\u200C':
		return true
	case r >= 0x1F3FB && r <= 0x1F3FF: // skin tones
		return true
	case r >= 0xE0020 && r <= 0xE007F: // tags of regional flags
		return true
	}
	return false
}

// isHangulTail holds for a vowel or final of Hangul written in parts.
func isHangulTail(before, r rune) bool {
	return r >= 0x1160 && r <= 0x11FF && before >= 0x1100 && before <= 0x11FF
}

// isPicture reports whether r may stand behind a joiner in an emoji.
func isPicture(r rune) bool {
	return r >= 0x2190 && r <= 0x2BFF || r >= 0x1F000 && r <= 0x1FAFF
}
