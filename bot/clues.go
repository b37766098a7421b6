package bot

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
)

const (
	// similarShown is how many solved requests a card names.
	similarShown = 2
	// firingRead is how many firing alerts a text is compared with: in a storm
	// any of them says enough.
	firingRead = 100
	// firingShown is how many of them a card names.
	firingShown = 2
	// clueWords is how much of a text is looked through, in bytes: what it is
	// about stands at its beginning.
	clueWords = 8000
	// minAlertName is the length in characters from which a word of an alert's
	// title is a name and not a word like any other.
	minAlertName = 5
)

// cluesOf finds what helps whoever reads a new request: the client's site that
// it names, how many files came along, solved requests about the same, and what
// fires on what it names. They are found once and shown on every edit of the
// card.
func cluesOf(v View, r Request, files int) (*Clues, error) {
	text := r.Title + "\n" + r.Words
	text = text[:min(len(text), clueWords)]
	c := Clues{Files: files, Urgent: isUrgent(text)}
	if client, ok := v.Settings().ClientNamed(r.Client); ok {
		c.Site = siteAmong(hostsIn(text), client.Sites)
	}
	var err error
	if c.Similar, err = similarTo(v, r, text); err != nil {
		return nil, err
	}
	if len(v.Settings().Hooks) > 0 {
		if c.Firing, err = firingOn(v, text); err != nil {
			return nil, err
		}
	}
	return &c, nil
}

// similarTo are solved requests that everybody who sees the card may know of, but
// for the one that this one continues: the card names that anyway.
func similarTo(v View, r Request, text string) ([]Similar, error) {
	found, err := v.FindRequests(FindQuery{Text: text, Like: true, States: []State{Solved, Closed}, Except: r.Number, Limit: 3 * similarShown})
	if err != nil {
		return nil, err
	}
	var out []Similar
	var own []string // cut only if there is anything to compare
	for _, f := range found {
		if f.Private || f.SolvedAt.IsZero() || f.MergedInto != 0 || f.Number == r.LinkedTo || len(out) == similarShown {
			continue
		}
		if own == nil {
			own = tellingTokens(text)
		}
		if !alike(own, tellingTokens(f.Title+"\n"+f.Words)) {
			continue
		}
		out = append(out, Similar{Number: f.Number, SolvedAt: f.SolvedAt})
	}
	return out, nil
}

// alike reports whether two texts share enough of the words that tell them
// from others: a third of the shorter one. A search finds whatever has any word
// in common; on a card that would be noise.
func alike(a, b []string) bool {
	common := 0
	for _, w := range a {
		if slices.Contains(b, w) {
			common++
		}
	}
	return common > 0 && 3*common >= min(len(a), len(b), tellingMost)
}

const (
	// tellingMost is how many words of a long text count when it is compared.
	tellingMost = 9
	// minTelling is the length in characters from which a word tells something.
	minTelling = 4
)

// tellingTokens are the words of a text that say what it is about.
func tellingTokens(text string) []string {
	return slices.DeleteFunc(Tokens(text[:min(len(text), clueWords)]), func(w string) bool {
		return len([]rune(w)) < minTelling || isSmallWord(w)
	})
}

// isSmallWord reports whether a word, as [Tokens] cuts it, stands in any text.
func isSmallWord(stem string) bool {
	switch stem {
	case "hello", "dear", "regard", "thank", "pleas", "could", "would", "should", "hav", "been", "doe", "with", "this", "that", "ther", "when",
		"what", "which", "wher", "from", "they", "them", "your", "sinc", "after", "befor", "stil", "again", "today", "help", "need", "want",
		"здравствуйт", "привет", "добр", "ден", "спасиб", "пожалуйст", "уважением", "можн", "нужн", "когд", "поч", "как", "этот", "ест", "есл",
		"чтоб", "посл", "снов", "сегодн", "помогит", "подскажит", "мен", "вашем":
		return true
	}
	return false
}

// hostName is something that looks like the name of a host.
var hostName = regexp.MustCompile(`(?i)[\pL\pN](?:[\pL\pN-]*[\pL\pN])?(?:\.[\pL\pN](?:[\pL\pN-]*[\pL\pN])?)+`)

// hostsIn are the host names in a text, in lower case. The host of a mail
// address names no site.
func hostsIn(text string) (hosts []string) {
	if !strings.Contains(text, ".") {
		return nil
	}
	for _, at := range hostName.FindAllStringIndex(text, -1) {
		if at[0] == 0 || text[at[0]-1] != '@' {
			hosts = append(hosts, strings.ToLower(text[at[0]:at[1]]))
		}
	}
	return hosts
}

// siteAmong is the first of some host names that is one of a client's sites, or
// lies below one; empty: none is.
func siteAmong(hosts, sites []string) string {
	for _, host := range hosts {
		if slices.ContainsFunc(sites, func(site string) bool { return host == site || strings.HasSuffix(host, "."+site) }) {
			return host
		}
	}
	return ""
}

// firingOn are the titles of alerts that fire now on something that a text
// names: a service, a host, a job.
func firingOn(v View, text string) ([]string, error) {
	alerts, err := v.FiringAlerts(firingRead)
	if err != nil || len(alerts) == 0 {
		return nil, err
	}
	named := map[string]bool{}
	for _, w := range nameWords(text) {
		named[w] = true
	}
	var out []string
	for _, a := range alerts {
		if len(out) < firingShown && !slices.Contains(out, a.Title) && slices.ContainsFunc(alertNames(a), func(n string) bool { return named[n] }) {
			out = append(out, a.Title)
		}
	}
	return out, nil
}

// alertNames are the names by which people speak of what an alert is about.
func alertNames(a Alert) []string {
	var names []string
	for _, label := range []string{"service", "app", "application", "component", "job", "host", "instance"} {
		host, _, _ := strings.Cut(a.Labels[label], ":") // an instance has its port
		names = append(names, nameWords(host)...)
	}
	for _, w := range nameWords(a.Title) {
		if len([]rune(w)) >= minAlertName && !isAlarmWord(w) {
			names = append(names, w)
		}
	}
	return names
}

// nameWords cuts a text into words in lower case as names are written, with the
// dashes, dots and underscores within.
func nameWords(text string) []string {
	words := strings.FieldsFunc(strings.ToLower(text), func(c rune) bool {
		return !unicode.IsLetter(c) && !unicode.IsDigit(c) && !strings.ContainsRune("-._", c)
	})
	for i, w := range words {
		words[i] = strings.Trim(w, "-._")
	}
	return slices.DeleteFunc(words, func(w string) bool { return w == "" })
}

// isAlarmWord reports whether a word of an alert's title says that something is
// wrong, and not what.
func isAlarmWord(w string) bool {
	switch w {
	case "alert", "alerts", "firing", "resolved", "critical", "warning", "error", "errors", "failed", "failing", "failure", "failures", "broken",
		"about", "above", "below", "since", "after", "under", "usage", "memory", "latency", "minutes", "hours", "requests", "status", "server", "servers",
		"slow", "unavailable", "timeout", "timeouts", "percent", "space", "queue", "there", "health", "check", "missing":
		return true
	}
	return false
}

// isUrgent reports whether a text says that nothing goes any more.
func isUrgent(text string) bool { return urgentPhrase(text) != "" }

// urgentPhrase is how a text says that nothing goes any more; empty: it does
// not. It names facts: who only writes "urgent" may mean anything.
func urgentPhrase(text string) string {
	text = " " + strings.Join(nameWords(strings.ReplaceAll(text, "ё", "е")), " ") + " "
	for _, phrase := range []string{
		"nobody can", "no one can", "nothing works", "everything is broken", "everything is down", "site is down", "shop is down", "shops are down",
		"checkout is down", "cannot sell", "can not sell", "cannot take orders", "no orders go through", "complete outage", "full outage",
		"никто не может", "ничего не работает", "все упало", "все сломалось", "сайт лежит", "сайт не открывается", "магазин лежит", "магазин не открывается",
		"не можем продавать", "не можем принимать заказы", "заказы не проходят", "полный отказ",
	} {
		if strings.Contains(text, " "+phrase+" ") {
			return phrase
		}
	}
	return ""
}
