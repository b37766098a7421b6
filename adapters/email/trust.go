package email

import "strings"

// proven reports whether the team's own mail server, which signs its findings
// with the name authserv, has seen DMARC hold for the one address in From.
//
// Whatever else says so in the mail was written by its sender. A server removes
// findings under its own name that come from outside, and puts its own on top:
// the first one counts.
func proven(h header, authserv string) bool {
	if authserv == "" || h.count("from") != 1 {
		return false
	}
	from := parseAddresses(h.get("from"))
	if len(from) != 1 || strings.Count(h.get("from"), "@") != 1 {
		return false
	}
	domain := from[0].Address[strings.LastIndexByte(from[0].Address, '@')+1:]
	for _, f := range h {
		if f.name != "authentication-results" {
			continue
		}
		id, results, _ := strings.Cut(stripComments(unquoted(f.value)), ";")
		if id, _, _ = strings.Cut(strings.TrimSpace(id), " "); strings.EqualFold(id, authserv) {
			return dmarcHolds(results, domain)
		}
	}
	return false
}

// dmarcHolds reads results such as "spf=pass smtp.mailfrom=a.example; dmarc=pass
// header.from=a.example".
func dmarcHolds(results, domain string) bool {
	for result := range strings.SplitSeq(results, ";") {
		words := strings.Fields(result)
		if len(words) == 0 {
			continue
		}
		method, value, _ := strings.Cut(strings.ToLower(words[0]), "=")
		if method, _, _ = strings.Cut(method, "/"); method != "dmarc" {
			continue
		}
		if value != "pass" {
			return false
		}
		for _, w := range words[1:] {
			if name, from, _ := strings.Cut(strings.ToLower(w), "="); name == "header.from" {
				return from == strings.ToLower(domain)
			}
		}
		return false
	}
	return false
}

// unquoted leaves out what stands in quotes: a sender may have put it there. An
// end that is missing takes the rest away.
func unquoted(s string) string {
	var out strings.Builder
	for {
		before, rest, ok := strings.Cut(s, `"`)
		out.WriteString(before)
		if !ok {
			return out.String()
		}
		_, s = cutQuoted(`"` + rest)
	}
}
