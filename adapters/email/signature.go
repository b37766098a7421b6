package email

import "strings"

// A signature is at most so many lines with words, and so many stand below each
// other.
const (
	maxSignatureLines = 12
	maxSignatures     = 60
)

// cutSignature parts a text from the signature below it, and from what programs
// put there by themselves. Nothing is cut out of the middle.
func cutSignature(lines []string) (text, signature []string) {
	end := len(trimBlank(lines))
	lines = lines[:end]
	cut, fenced := end, fences(lines)
	for range maxSignatures {
		next := signatureStart(lines[:cut], fenced)
		if next == cut {
			break
		}
		cut = len(trimBlank(lines[:next]))
		if cut == 0 {
			return lines, nil // a mail of nothing but a signature says that
		}
	}
	return lines[:cut], trimBlank(lines[cut:])
}

// signatureStart is where the last signature begins, or len(lines).
func signatureStart(lines []string, fenced []bool) int {
	words := 0
	for i := len(lines) - 1; i >= 0 && words <= maxSignatureLines && !fenced[i]; i-- {
		line := strings.TrimSpace(lines[i])
		switch {
		case line == "":
		case isDelimiter(line) && (words == 0 || opensSignature(line)):
			return i
		case words == 0 && isSentFrom(line):
			return i
		default:
			words++
		}
	}
	return len(lines)
}

// isDelimiter holds for a line of nothing but signs, as people and programs
// draw it above a signature.
func isDelimiter(line string) bool {
	return line == "ᐧ" || len(line) >= 2 && strings.Trim(line, "-–—_=*~#+ ") == "" && strings.Count(line, " ") <= len(line)/2
}

// opensSignature holds for the delimiters that stand above a signature. Longer
// rules, and those of other signs, stand above headings and logs just as well.
func opensSignature(line string) bool {
	switch line {
	case "--", "-- ", "---", "—", "––", "__", "___":
		return true
	}
	return len(line) >= 5 && strings.Trim(line, "_") == ""
}

// isSentFrom holds for "Sent from my phone" in the languages known here.
func isSentFrom(line string) bool {
	if len(line) > 200 {
		return false
	}
	s := strings.ToLower(strings.TrimLeft(line, "<([*_ "))
	s = strings.ReplaceAll(s, "[", "")
	for _, w := range sentFrom {
		if strings.HasPrefix(s, w) && strings.Count(s, " ") <= 14 {
			return namesProgram(s, w)
		}
	}
	before, rest, ok := strings.Cut(s, "from m") // "Someone from mobile", "from my phone"
	return ok && strings.Count(before, " ") <= 2 && len(rest) < 30 && (strings.HasPrefix(rest, "obile") || strings.HasPrefix(rest, "y "))
}

// namesProgram tells "Sent from my iPhone" from "Sent by courier on Monday": the
// line names a device or a program, or says "my".
func namesProgram(s, prefix string) bool {
	if strings.HasPrefix(prefix, "von meinem") || strings.HasPrefix(prefix, "diese nachricht") {
		return strings.Contains(s, "gesendet")
	}
	return containsAny(s, devices[:])
}

// devices are the names of what mail is written with, and "my", in lower case.
var devices = [...]string{
	"iphone", "ipad", "ipod", "ios", "mobile", "mobil", "handy", "phone", "android", "galaxy", "samsung", "huawei", "xiaomi", "redmi", "nokia", "htc", "blackberry", "windows", "outlook", "mail", "gmail", "yahoo", "airmail", "spark", "proton", "thunderbird", "k-9",
	"tablet", "cell", "device", "smartphone", "telefon", "телефон", "мобильн", "мобільн", "почт", "пошт", "приложен", "яндекс", "smart", "ti-85", "my ", "mijn ", "mein", "mon ", "mi ", "meu ", "mio ", "min ", "moje", "mojej", "mého", "môjho", "моего", "мого", "我的", "傳送", "发送",
}

// trimBlank takes the blank lines from the end.
func trimBlank(lines []string) []string {
	for len(lines) > 0 && strings.TrimSpace(lines[len(lines)-1]) == "" {
		lines = lines[:len(lines)-1]
	}
	return lines
}
