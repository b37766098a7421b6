package email

import (
	"regexp"
	"strings"
	"unicode"
)

// An attribution is the line that introduces a quote, such as "On Tue, 3 Mar
// 2026 at 10:15, Anna Lin <anna@shop.example> wrote:". Programs break it into
// as many as six lines.
const (
	maxAttribution      = 400 // bytes
	maxAttributionLines = 6
)

var (
	clockTime = regexp.MustCompile(`\b\d{1,2}[:.hH]\d{2}(?:[:.]\d{2})?\b`)
	dayDate   = regexp.MustCompile(`\b\d{4}\s?[-./年]\s?\d{1,2}|\b\d{1,2}[-./]\s?\d{1,2}[-./]\s?\d{2,4}|\b(?:19|20)\d{2}\b`)
	inAngles  = regexp.MustCompile(`[<(\[]\s*<?\s*(?:mailto:)?([^\s<>()\[\]@]+@[^\s<>()\[\]@]+\.[^\s<>()\[\]@]+)`)
	// dateAlone is how Gmail once introduced a quote: a date with its zone and a name.
	dateAlone = regexp.MustCompile(`^\d{4}-\d{2}-\d{2} \d{1,2}:\d{2} GMT[+-]\d{2}:\d{2} [^<>:]{2,60}$`)
	// afterTime is what may stand between the time and the name.
	afterTime = regexp.MustCompile(`^(?:\s|,|;|-|\(?(?:[apAP]\.?[mM]\b\.?|(?:[A-Z]{1,4}T|UTC|MEZ|MESZ|MSK|МСК|SEČ|SELČ)\b)\)?(?:[+-]\d{1,2}(?::?\d{2})?)?|[+-]\d{2}:?\d{2}|[Uu]hr|г\.|р\.|ч\.|h\b)+`)
)

// joinedWords stand between the time and the name, or around both.
var joinedWords = [...]string{
	"heeft", "użytkownik", "пользователь", "користувач", "používateľ", "uživatel", "időpontban", "skrev", "schrieb", "schreef", "a écrit", "escribió", "ha scritto", "escreveu", "napisał(a)", "napisał", "napsal(a)", "napsal",
	"följande", "følgende", "tarihinde", "от", "from", "von", "de", "da", "by", "kirjoitti", "wrote", "писал(а)", "написал(а)", "писал", "написал", "от кого", "följande:", "via",
}

// introWords begin an attribution, in lower case, with the blank behind them.
var introWords = [...]string{
	"on ", "am ", "le ", "el dia ", "el día ", "el ", "il giorno ", "il ", "em ", "no dia ", "op ", "den ", "d. ", "dne ", "dnia ", "w dniu ", "ke ", "la data de ", "pe ", "în ", "на ", "у ", "в ", "dana ", "dňa ", "a ", "vào ", "pada ", "في ", "ב-",
}

// attribution reads the one that begins with the first line. n is how many
// lines it takes, 0 if there is none. strong means that it can be nothing else:
// it has a verb, and an address or a date; a weak one needs a quote below it.
func attribution(lines []string) (b block, n int, strong bool) {
	if !mayAttribute(lines[0]) {
		return b, 0, false
	}
	joined := ""
	for i := 0; i < min(len(lines), maxAttributionLines); i++ {
		line := strings.TrimSpace(lines[i])
		if i > 0 && isQuoted(lines[i]) && !says(strings.ToLower(line)) {
			break
		}
		joined = strings.TrimSpace(joined + " " + line)
		if len(joined) > maxAttribution {
			break
		}
		if ends := endsAttribution(line); ends || i == 0 && standsAlone(lines) {
			return readAttribution(joined, i+1, ends)
		}
	}
	return b, 0, false
}

// mayAttribute is a cheap test before the lines below are looked at.
func mayAttribute(line string) bool {
	t := strings.TrimSpace(line)
	return t != "" && len(t) < maxAttribution && t[0] != '>' && (strings.ContainsAny(t, "0123456789@") || strings.HasSuffix(t, ":"))
}

// endsAttribution holds for a line that ends in a colon, or in a verb where the
// colon is left out.
func endsAttribution(line string) bool {
	line = strings.TrimRight(strings.ToLower(line), " \t*_>")
	return strings.HasSuffix(line, ":") || strings.HasSuffix(line, "：")
}

// standsAlone holds for an attribution without verb or colon: a date, a name
// and at most an address, and then a quote or a blank line.
func standsAlone(lines []string) bool {
	line := strings.TrimSpace(lines[0])
	if dateAlone.MatchString(line) {
		return len(lines) > 1 && strings.TrimSpace(lines[1]) == ""
	}
	return strings.HasSuffix(line, ">") && dayDate.FindStringIndex(line) != nil && dayDate.FindStringIndex(line)[0] < 2 &&
		inAngles.MatchString(line) && quoteSoon(lines[1:])
}

// introduces holds for a line that begins as attributions do: with "On", or
// with a date.
func introduces(line string) bool {
	line = strings.ToLower(strings.TrimSpace(line))
	if line == "" || unicode.IsDigit(rune(line[0])) {
		return line != ""
	}
	for _, w := range introWords {
		if strings.HasPrefix(line, w) {
			return true
		}
	}
	return false
}

func readAttribution(s string, n int, colon bool) (b block, lines int, strong bool) {
	low := strings.ToLower(s)
	verb, at := says(low), inAngles.FindStringSubmatchIndex(s)
	timed := clockTime.MatchString(s)
	switch {
	case verb && (at != nil || timed), dateAlone.MatchString(s):
		strong = true
	case at != nil && timed && dayDate.MatchString(s):
		strong = colon // "25.10.2021, 11:17, Anna <anna@...>:", of programs that use no verb
	case !verb && at == nil:
		return b, 0, false
	}
	b.has[labelFrom] = true
	prefix, suffix := s, ""
	if at != nil {
		b.from.Address = strings.TrimRight(s[at[2]:at[3]], ".,;:")
		prefix, suffix = s[:at[0]], s[at[1]:]
	}
	b.date, b.from.Name = dateAndName(prefix, suffix)
	if b.date != "" {
		b.has[labelDate] = true
	}
	if strings.EqualFold(b.from.Name, b.from.Address) {
		b.from.Name = ""
	}
	return b, n, strong
}

// dateAndName parts what stands before an address, and the date from what stands
// behind it where none came before.
func dateAndName(prefix, suffix string) (date, name string) {
	end := dateEnd(prefix)
	if end < 0 {
		if from := dateEnd(suffix); from >= 0 {
			date = trimDate(suffix[:from])
		}
		return date, cutName(prefix)
	}
	rest := prefix[end:]
	if tz := afterTime.FindString(rest); tz != "" {
		kept := strings.TrimRight(tz, " ,;-(")
		end += len(kept)
		rest = rest[len(tz):]
	}
	return trimDate(prefix[:end]), cutName(rest)
}

// dateEnd is where the last time of day, or else the last date, ends; -1: there
// is neither.
func dateEnd(s string) int {
	for _, re := range []*regexp.Regexp{clockTime, dayDate} {
		if all := re.FindAllStringIndex(s, -1); len(all) > 0 {
			return all[len(all)-1][1]
		}
	}
	return -1
}

// trimDate takes the words around a date away.
func trimDate(s string) string {
	s = strings.TrimLeft(s, " \t,;>)]")
	low := strings.ToLower(s)
	for _, w := range introWords {
		if strings.HasPrefix(low, w) {
			s = s[len(w):]
			break
		}
	}
	if i := strings.IndexFunc(s, unicode.IsDigit); i > 0 && says(strings.ToLower(s[:i])) {
		s = s[i:] // "kirjoitti 28.10.2021": the verb stands before the date
	}
	return cleanLine(strings.Trim(s, " ,;:-\t"), 200)
}

// cutName takes a name out of what stands around it.
func cutName(s string) string {
	if a, b := strings.IndexAny(s, `"“„«`), strings.LastIndexAny(s, `"”“»`); a >= 0 && b > a {
		return plainName(cleanLine(s[a:b], maxNameBytes))
	}
	for range 6 {
		s = strings.TrimLeft(s, " \t,;:-–()*")
		rest, ok := cutWordBefore(s)
		if !ok {
			break
		}
		s = rest
	}
	for range 4 {
		s = strings.TrimRight(s, " \t,;:-–(*<")
		rest, ok := cutWordAfter(s)
		if !ok {
			break
		}
		s = rest
	}
	return plainName(cleanLine(s, maxNameBytes))
}

func cutWordBefore(s string) (string, bool) {
	for _, w := range joinedWords {
		if len(s) > len(w) && strings.EqualFold(s[:len(w)], w) && strings.IndexByte(" ,:\"", s[len(w)]) >= 0 {
			return s[len(w):], true
		}
	}
	return s, false
}

func cutWordAfter(s string) (string, bool) {
	for _, w := range joinedWords {
		if i := len(s) - len(w); i > 0 && strings.EqualFold(s[i:], w) && s[i-1] == ' ' {
			return s[:i], true
		}
	}
	return s, false
}

// says reports whether a line in lower case has the verb of an attribution.
func says(line string) bool { return containsAny(line, wroteWords[:]) }
