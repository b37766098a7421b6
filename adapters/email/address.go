package email

import (
	"strings"
	"unicode"

	"meridian/bot"
)

// Unknown stands for the address of a sender who gave none that could be
// written to.
const Unknown = "unknown"

// maxAddresses is how many addresses of one field are kept.
const maxAddresses = 100

// parseAddresses reads an address field as strangers write it. Only what
// stands where an address belongs is one: a name that looks like an address
// stays a name.
func parseAddresses(s string) []bot.Address {
	var out []bot.Address
	held := ""
	for _, piece := range splitAddresses(cutBytes(s, maxFieldBytes)) {
		if held != "" && len(held) < maxNameBytes {
			piece = held + "," + piece
		}
		a, ok := parseMailbox(piece)
		if !ok {
			held = piece // "Lin, Grace <grace@...>": a comma that should have been quoted
			continue
		}
		held = ""
		if out = append(out, a); len(out) == maxAddresses {
			break
		}
	}
	return out
}

// splitAddresses cuts at commas and at the ends of groups, outside of quotes,
// comments and angle brackets. The name of a group is left out.
func splitAddresses(s string) []string {
	var out []string
	var quoted, angle bool
	comment, start := 0, 0
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\':
			i++
		case c == '"' && comment == 0:
			quoted = !quoted
		case quoted:
		case c == '(':
			comment++
		case c == ')' && comment > 0:
			comment--
		case comment > 0:
		case c == '<':
			angle = true
		case c == '>':
			angle = false
		case angle:
		case c == ':' && !strings.Contains(s[start:i], "=?") && !strings.Contains(s[start:i], "@"):
			start = i + 1
		case c == ',' || c == ';':
			out = append(out, s[start:i])
			start = i + 1
		}
	}
	return append(out, s[min(start, len(s)):])
}

// parseMailbox reads "Name <address>", "address (Name)" or an address alone.
func parseMailbox(s string) (bot.Address, bool) {
	s = strings.TrimSpace(s)
	if i := strings.LastIndexByte(s, '<'); i >= 0 {
		inside, _, _ := strings.Cut(s[i+1:], ">")
		if j := strings.LastIndexByte(inside, ':'); j >= 0 && strings.HasPrefix(inside, "@") {
			inside = inside[j+1:] // a route, as mail had in 1982
		}
		if inside = strings.TrimSpace(inside); !isAddress(inside) {
			inside = compact(inside)
		}
		if !isAddress(inside) {
			return bot.Address{}, false
		}
		return bot.Address{Name: displayName(s[:i]), Address: inside}, true
	}
	plain := strings.TrimSpace(stripComments(s))
	if !isAddress(plain) {
		return lastWord(plain)
	}
	_, name, _ := strings.Cut(s, "(")
	name, _, _ = strings.Cut(name, ")")
	return bot.Address{Name: displayName(name), Address: plain}, true
}

// compact takes comments, and blanks around the dots and the @, out of an
// address, where the rules of 1982 allowed them.
func compact(s string) string {
	s = strings.Join(strings.Fields(stripComments(s)), " ")
	for _, sep := range []string{".", "@"} {
		s = strings.ReplaceAll(strings.ReplaceAll(s, " "+sep, sep), sep+" ", sep)
	}
	return s
}

// lastWord reads "Name address" without brackets, if one word alone has an @.
func lastWord(s string) (bot.Address, bool) {
	i := strings.LastIndexByte(s, ' ')
	if i < 0 || strings.Count(s, "@") != 1 || !isAddress(s[i+1:]) {
		return bot.Address{}, false
	}
	return bot.Address{Name: displayName(s[:i]), Address: s[i+1:]}, true
}

// displayName decodes and cleans the words before an address.
func displayName(s string) string {
	s = strings.TrimSpace(s)
	if strings.HasPrefix(s, `"`) {
		content, rest := cutQuoted(s)
		s = content + " " + rest
	}
	name := cleanLine(decodeWords(s), maxNameBytes)
	return strings.Trim(name, `"' `)
}

// isAddress reports whether s is local@domain and nothing else. Encoded words,
// blanks, control characters and a second @ outside of quotes are refused.
func isAddress(s string) bool {
	at := strings.LastIndexByte(s, '@')
	if at < 1 || at > 64*4 || len(s) > 320 || len(s)-at < 2 || strings.Contains(s, "=?") {
		return false
	}
	local, domain := s[:at], s[at+1:]
	if len(local) < 2 || local[0] != '"' || local[len(local)-1] != '"' {
		if strings.ContainsAny(local, "@ \t\"(),:;<>[]\\") {
			return false
		}
	}
	for _, r := range s {
		if unicode.IsControl(r) || isBidi(r) || r == unicode.ReplacementChar || r == '\u2028' || r == '\u2029' {
			return false
		}
	}
	if strings.HasPrefix(domain, "[") && strings.HasSuffix(domain, "]") {
		return !strings.ContainsAny(domain[1:len(domain)-1], "[] \t<>,;")
	}
	for _, r := range domain {
		if r != '.' && r != '-' && r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) {
			return false
		}
	}
	return !strings.HasPrefix(domain, ".") && !strings.HasSuffix(domain, "..")
}

// sender is who wrote the mail: the first address of From, else Unknown under
// the words that stood there.
func sender(h header) bot.Address {
	raw := h.get("from")
	if list := parseAddresses(raw); len(list) > 0 {
		return list[0]
	}
	return bot.Address{Name: cleanLine(decodeWords(cutBytes(raw, maxFieldBytes)), maxNameBytes), Address: Unknown}
}

// messageIDs lists the <ids> of a field, without the brackets.
func messageIDs(s string) []string {
	var out []string
	for len(out) < maxAddresses {
		_, rest, ok := strings.Cut(s, "<")
		if !ok {
			break
		}
		id, after, ok := strings.Cut(rest, ">")
		if !ok {
			break
		}
		if id = cleanID(id); id != "" {
			out = append(out, id)
		}
		s = after
	}
	return out
}

// messageID is the first id of a field; one without brackets counts too.
func messageID(s string) string {
	if ids := messageIDs(s); len(ids) > 0 {
		return ids[0]
	}
	first, _, _ := strings.Cut(strings.TrimSpace(s), " ")
	return cleanID(first)
}

// cleanID gives an id that can stand in a header again, or nothing.
func cleanID(s string) string {
	s = strings.ReplaceAll(strings.TrimSpace(s), " ", "")
	if len(s) > 500 || strings.ContainsFunc(s, func(r rune) bool {
		return r <= ' ' || r == 0x7f || r == '<' || r == '>' || r == unicode.ReplacementChar
	}) {
		return ""
	}
	return s
}
