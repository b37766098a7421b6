package email

import "strings"

// splitQuote parts what is new in a mail from what it quotes. It is careful
// rather than clever: where new words stand among quoted ones, and where
// nothing but a quote would be left, everything stays in text. No line is lost.
func splitQuote(s string) (text, quoted string) {
	lines := strings.Split(s, "\n")
	cut := len(lines)
	for i := range lines {
		if isSeparator(lines[i]) || isHeaderBlock(lines[i:]) || isAttributed(lines, i) {
			cut = i
			break
		}
	}
	if cut == len(lines) {
		cut = trailingQuote(lines)
	}
	if cut == len(lines) && beginsQuoted(lines) {
		return splitTopQuote(lines, 0, strings.Trim(s, "\n "))
	}
	text = strings.Trim(strings.Join(lines[:cut], "\n"), "\n ")
	quoted = strings.Trim(strings.Join(lines[cut:], "\n"), "\n ")
	if text == "" && quoted != "" {
		return splitTopQuote(lines, cut, quoted)
	}
	return text, quoted
}

// beginsQuoted reports whether a mail begins with a quote, or with the line
// that introduces one.
func beginsQuoted(lines []string) bool {
	for i, l := range lines {
		if l = strings.TrimSpace(l); l == "" {
			continue
		}
		if isQuoted(l) {
			return true
		}
		return strings.HasSuffix(l, ":") && says(strings.ToLower(l)) && i+1 < len(lines) && quoteSoon(lines[i+1:])
	}
	return false
}

// quoteSoon reports whether the next line with words is quoted.
func quoteSoon(lines []string) bool {
	for _, l := range lines {
		if strings.TrimSpace(l) != "" {
			return isQuoted(l)
		}
	}
	return false
}

// splitTopQuote handles a mail that begins with its quote and answers below.
func splitTopQuote(lines []string, start int, all string) (text, quoted string) {
	i := start
	for i < len(lines) && !isQuoted(lines[i]) {
		i++
	}
	end := i
	for end < len(lines) && (isQuoted(lines[end]) || strings.TrimSpace(lines[end]) == "") {
		end++
	}
	rest := strings.Trim(strings.Join(lines[end:], "\n"), "\n ")
	if i == len(lines) || rest == "" || strings.Contains("\n"+rest, "\n>") || i > start+4 {
		return all, ""
	}
	return rest, strings.Trim(strings.Join(lines[start:end], "\n"), "\n ")
}

func isQuoted(line string) bool { return strings.HasPrefix(strings.TrimLeft(line, " "), ">") }

// trailingQuote finds where a last block of quoted lines begins.
func trailingQuote(lines []string) int {
	cut, i := len(lines), len(lines)-1
	for ; i >= 0 && (isQuoted(lines[i]) || strings.TrimSpace(lines[i]) == ""); i-- {
		if isQuoted(lines[i]) {
			cut = i
		}
	}
	return cut
}

// isAttributed reports whether line i introduces a quote that runs to the end
// of the mail: "On Tuesday Anna wrote:", on up to three lines, then "> ".
func isAttributed(lines []string, i int) bool {
	if strings.TrimSpace(lines[i]) == "" || isQuoted(lines[i]) || !mayAttribute(lines[i]) {
		return false
	}
	for n := i; n < min(i+3, len(lines)); n++ {
		line := strings.ToLower(strings.TrimRight(lines[n], " \t*_"))
		if line == "" || isQuoted(lines[n]) {
			return false
		}
		if !strings.HasSuffix(line, ":") && !strings.HasSuffix(line, "：") {
			continue
		}
		if !says(line) && !strings.Contains(strings.Join(lines[i:n+1], " "), "@") {
			return false
		}
		return quoteToEnd(lines[n+1:])
	}
	return false
}

// mayAttribute is a cheap test before the lines below are looked at.
func mayAttribute(line string) bool {
	return len(line) < 400 && strings.ContainsAny(line, "0123456789:@,")
}

// quoteToEnd reports whether only quoted and blank lines follow, with at least
// one that is quoted.
func quoteToEnd(lines []string) bool {
	seen := false
	for _, l := range lines {
		switch {
		case isQuoted(l):
			seen = true
		case strings.TrimSpace(l) != "":
			return false
		}
	}
	return seen
}

func says(line string) bool {
	for _, w := range wroteWords {
		if strings.Contains(line, w) {
			return true
		}
	}
	return false
}

// isSeparator holds for the line by which mail programs set off the message
// that is answered: "-----Original Message-----" and its translations.
func isSeparator(line string) bool {
	line = strings.TrimSpace(line)
	if strings.HasPrefix(line, "____________________") && strings.Trim(line, "_") == "" {
		return false // Outlook draws it, but so do people; the header block below tells
	}
	body := strings.TrimLeft(line, "-–—")
	if len(line)-len(body) < 2 {
		return false
	}
	body = strings.ToLower(strings.Trim(body, "-–— "))
	for _, w := range originalWords {
		if body == w {
			return true
		}
	}
	return false
}

// isHeaderBlock holds where at least three lines of a quoted header begin:
// From, then such as Sent, To, Subject, in any of the languages known here.
func isHeaderBlock(lines []string) bool {
	first, ok := blockField(lines[0])
	if !ok {
		return false
	}
	from := false
	for _, w := range fromWords {
		from = from || first == w
	}
	if !from {
		return false
	}
	fields := 1
	for _, l := range lines[1:min(len(lines), 8)] {
		if _, ok := blockField(l); ok {
			fields++
		} else if strings.TrimSpace(l) != "" {
			break
		}
	}
	return fields >= 3
}

// blockField is the name of a field in a quoted header: "*From:* Anna".
func blockField(line string) (string, bool) {
	name, value, ok := strings.Cut(strings.ReplaceAll(line, "*", ""), ":")
	name = strings.ToLower(strings.TrimSpace(name))
	if !ok || name == "" || len(name) > 30 || strings.Count(name, " ") > 2 || strings.TrimSpace(value) == "" && !strings.Contains(line, ":") {
		return "", false
	}
	return name, true
}

// fromWords are "From" as mail programs write it in quoted headers.
var fromWords = [...]string{"from", "от", "от кого", "отправитель", "від", "von", "de", "da", "van", "från", "fra", "od", "lähettäjä", "feladó",
	"gönderen", "kimden", "expediteur", "expéditeur", "remitente", "mittente", "afzender", "差出人", "发件人", "보낸 사람"}

// originalWords are the words between the dashes of a separator.
var originalWords = [...]string{"original message", "original-nachricht", "ursprüngliche nachricht", "message d'origine", "message original",
	"mensaje original", "messaggio originale", "mensagem original", "oorspronkelijk bericht", "originalmeddelande", "ursprungligt meddelande",
	"opprinnelig melding", "oprindelig meddelelse", "alkuperäinen viesti", "oryginalna wiadomość", "wiadomość oryginalna", "původní zpráva",
	"eredeti üzenet", "mesaj original", "orijinal mesaj", "исходное сообщение", "исходное письмо", "оригинальное сообщение", "original mail",
	"вихідне повідомлення", "reply message", "元のメッセージ", "原始邮件", "원본 메시지"}

// wroteWords are pieces of "wrote" as they end an attribution, in lower case.
var wroteWords = [...]string{"wrote", "writes", "schrieb", "a écrit", "escribió", "escribio", "ha scritto", "scrisse", "escreveu", "schreef",
	"skrev", "kirjoitti", "napisał", "napsal", "napísal", "írta", "a scris", "yazdı", "писал", "пишет", "написал", "написав", "пише", "написано",
	"geschrieben", "のメール", "写道", "작성"}
