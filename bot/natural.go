package bot

import "strings"

// natural puts what people type into the order of a command: the command's word,
// the request, the rest. They write "R-1 take", "give Inga R-1", "take R-1
// please", and a number alone to see what it is. What may be a sentence about a
// request stays as it is.
func (r *Router) natural(text string) string {
	word, rest := cutWord(text)
	second, after := cutWord(rest)
	if namesRequest(word) {
		second, word = strings.TrimRight(second, sentenceEnd), strings.TrimRight(word, sentenceEnd)
		c, ok := r.Command(second)
		switch {
		case rest == "":
			return "show " + word
		case ok && wantsRequest(c) && isPlease(after):
			return second + " " + word
		case ok && wantsRequest(c) && namesPerson(c):
			return second + " " + word + " " + after
		}
		return text
	}
	c, ok := r.Command(word)
	if !ok || !wantsRequest(c) {
		return text
	}
	if looksLikeRequest(second) && after != "" && isPlease(after) && (len(c.Args) == 1 || c.Args[1].Optional) {
		return word + " " + second
	}
	if who, number := beforeLast(rest); namesPerson(c) && who != "" && !looksLikeRequest(second) && namesRequest(number) {
		return word + " " + number + " " + who
	}
	return text
}

// namesRequest reports whether a word is a request's number and can be nothing
// else: "R-1", "r1", "#1".
func namesRequest(word string) bool { return looksLikeRequest(word) && !isBare(word) }

// namesPerson reports whether a command takes a request and then a person.
func namesPerson(c Command) bool { return len(c.Args) == 2 && c.Args[1].Kind == ArgPerson }

// isPlease reports whether words add nothing to a command.
func isPlease(words string) bool {
	switch strings.ToLower(strings.Trim(words, " .,!")) {
	case "", "please", "pls", "пожалуйста", "плиз":
		return true
	}
	return false
}

// beforeLast splits off the last word, without a please behind it.
func beforeLast(words string) (before, last string) {
	fields := strings.Fields(words)
	if n := len(fields); n > 2 && isPlease(fields[n-1]) {
		fields = fields[:n-1]
	}
	if len(fields) == 0 {
		return "", ""
	}
	n := len(fields) - 1
	return strings.Join(fields[:n], " "), strings.TrimRight(fields[n], sentenceEnd)
}
