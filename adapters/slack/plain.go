package slack

import (
	"strings"
	"time"
	"unicode"
)

// plain turns a message as Slack writes it into what was said: entities become
// characters, links their address or label, people marks such as slack:U1. Our
// own mention becomes @desk.
func plain(text, self string) string {
	var b strings.Builder
	for {
		open := strings.IndexByte(text, '<')
		if open < 0 {
			break
		}
		end := strings.IndexByte(text[open:], '>')
		if end < 0 {
			break
		}
		b.WriteString(unescape(text[:open]))
		b.WriteString(marked(text[open+1:open+end], self))
		text = text[open+end+1:]
	}
	b.WriteString(unescape(text))
	return b.String()
}

// unescape undoes the three entities that Slack writes.
func unescape(s string) string {
	if !strings.Contains(s, "&") {
		return s
	}
	return strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&").Replace(s)
}

// marked is what stands between < and >: a mention, a channel, a command or a
// link, each perhaps with a label.
func marked(s, self string) string {
	target, label, labelled := strings.Cut(s, "|")
	label = unescape(label)
	if target == "" {
		return label
	}
	rest := unescape(target[1:])
	switch target[0] {
	case '@':
		if rest == self {
			return mention
		}
		return name + ":" + rest
	case '#':
		if label != "" {
			return "#" + label
		}
		return "#" + rest
	case '!':
		return special(rest, label)
	}
	return link(unescape(target), label, labelled)
}

// special is a mention of many, a group or a date.
func special(rest, label string) string {
	switch {
	case rest == "here" || rest == "channel" || rest == "everyone":
		return "@" + rest
	case label != "":
		return label
	case strings.HasPrefix(rest, "subteam^"):
		return "@" + strings.TrimPrefix(rest, "subteam^")
	case strings.HasPrefix(rest, "date^"):
		if at, ok := instant(strings.SplitN(rest, "^", 3)[1]); ok {
			return at.Format(time.RFC3339)
		}
	}
	return rest
}

// link is an address, with its label where that says anything else.
func link(target, label string, labelled bool) string {
	for _, scheme := range []string{"mailto:", "tel:"} {
		if address, ok := strings.CutPrefix(target, scheme); ok {
			target = address
		}
	}
	bareTarget := strings.TrimSuffix(strings.TrimPrefix(strings.TrimPrefix(target, "https://"), "http://"), "/")
	if !labelled || label == "" || label == target || strings.TrimSuffix(label, "/") == bareTarget {
		return target
	}
	return label + " (" + target + ")"
}

// mention is how our own name stands in a text.
const mention = "@desk"

// addressed splits a text into whether it addresses the desk, and what it says
// to it without the mention it began with.
func addressed(text, self string) (said string, mentioned bool) {
	all := plain(text, self)
	if self == "" || !strings.Contains(text, "<@"+self+">") && !strings.Contains(text, "<@"+self+"|") {
		return all, false
	}
	rest := strings.TrimLeftFunc(all, unicode.IsSpace)
	if after, ok := strings.CutPrefix(rest, mention); ok {
		// A comma belongs to the name it follows; one that begins a word may be a
		// letter of the other keyboard layout.
		return strings.TrimLeftFunc(strings.TrimLeft(after, ",:"), unicode.IsSpace), true
	}
	return all, true
}
