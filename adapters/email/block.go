package email

import (
	"strings"

	"meridian/bot"
)

// block is the quoted header of a mail that another one contains.
type block struct {
	from    bot.Address
	to, cc  []bot.Address
	date    string
	subject string
	label   string // how the sender was labelled, in lower case: it tells the language
	fields  int    // how many of them were found
	listed  bool   // its lines end in ";"
	has     [labelOther + 1]bool
}

// found reports whether the lines can be nothing else but a quoted header: a
// sender and at least two more fields.
func (b *block) found() bool {
	return b.has[labelFrom] && b.fields >= 3 && (b.has[labelSubject] || b.has[labelDate] || b.has[labelTo])
}

// maxBlockLines bounds how far a quoted header is looked for.
const maxBlockLines = 40

// readBlock reads a quoted header that begins with the first of the lines, and
// says after how many it ends. A blank line within is passed over where a
// field follows that was not there yet.
func readBlock(lines []string) (b block, end int) {
	var last label
	for i := 0; i < min(len(lines), maxBlockLines); i++ {
		line := lines[i]
		if strings.TrimSpace(line) == "" {
			if i+1 >= len(lines) || i == 0 || !b.wants(lines[i+1]) {
				break
			}
			continue
		}
		l, value := cutLabel(line)
		switch {
		case l != noLabel && (!b.has[l] || l == labelOther):
			b.set(l, value, line)
			last, end = l, i+1
		case l == noLabel && last != noLabel && b.guess(lines, i):
			last, end = labelOther, i+1
		case l == noLabel && b.continues(last, lines, i):
			b.extend(last, strings.TrimSpace(line))
			end = i + 1
		default:
			return b, end
		}
	}
	return b, end
}

// guess takes a field among known ones whose label is in no language known here:
// by its value, and where that is no address only if another field follows.
func (b *block) guess(lines []string, i int) bool {
	line := strings.ReplaceAll(lines[i], "：", ":")
	name, value, ok := strings.Cut(line, ":")
	value = strings.Trim(value, "*| \t\u00a0")
	if !ok || value == "" || len(name) > 40 || strings.Count(strings.TrimSpace(name), " ") > 2 || strings.ContainsAny(name, "@0123456789\"<") || strings.HasPrefix(value, "//") {
		return false
	}
	followed := i+1 < len(lines) && b.wants(lines[i+1])
	switch {
	case strings.Contains(value, "@") && len(blockAddresses(value)) > 0:
		switch {
		case namesRecipients(lines[i+1:]): // whom to answer, or who passed it on
		case b.has[labelTo]:
			b.cc = append(b.cc, blockAddresses(value)...)
		default:
			b.set(labelTo, value, line)
		}
	case !followed:
		return false
	case !b.has[labelDate] && clockTime.MatchString(value):
		b.set(labelDate, value, line)
	case !b.has[labelSubject]:
		b.set(labelSubject, value, line)
	}
	return true
}

// namesRecipients reports whether one of the next lines says who the recipients
// are.
func namesRecipients(lines []string) bool {
	for _, line := range lines[:min(len(lines), 6)] {
		switch l, _ := cutLabel(line); {
		case l == labelTo:
			return true
		case l == noLabel && !strings.Contains(line, "@"):
			return false
		}
	}
	return false
}

// wants reports whether the line is a field that was not there yet.
func (b *block) wants(line string) bool {
	l, _ := cutLabel(line)
	return l != noLabel && !b.has[l]
}

// continues reports whether line i belongs to the field before: a list of
// recipients that goes on, or words between two fields.
func (b *block) continues(last label, lines []string, i int) bool {
	if last == noLabel || last == labelOther {
		return false
	}
	if last == labelTo || last == labelCc || last == labelFrom {
		before := strings.TrimSpace(lines[i-1])
		if strings.HasSuffix(before, ",") || strings.HasSuffix(before, ";") || strings.HasSuffix(before, "<") {
			return true
		}
		if line := strings.TrimSpace(lines[i]); strings.HasPrefix(line, "<") && strings.Contains(line, "@") {
			return true
		}
	}
	if last == labelSubject && folded(lines, i) {
		return true
	}
	for n := i + 1; n < min(i+4, len(lines)); n++ {
		if b.wants(lines[n]) {
			return true
		}
		if strings.TrimSpace(lines[n]) == "" {
			return false
		}
	}
	return false
}

// folded reports whether line i is the rest of the one above it, as headers are
// folded: it is set in, which the line above it is not, and the header ends with
// it.
func folded(lines []string, i int) bool {
	setIn := func(s string) bool { return s != "" && (s[0] == ' ' || s[0] == '\t') }
	return setIn(lines[i]) && !setIn(lines[i-1]) && (i+1 == len(lines) || strings.TrimSpace(lines[i+1]) == "")
}

func (b *block) set(l label, value, line string) {
	b.has[l] = true
	b.fields++
	if b.listed = b.listed || l == labelTo && strings.HasSuffix(value, ";"); b.listed {
		value = strings.TrimSuffix(value, ";") // each line ends so, not only a list of people
	}
	switch l {
	case labelFrom:
		name, _, _ := strings.Cut(strings.ReplaceAll(line, "：", ":"), ":")
		b.label = strings.ToLower(strings.Trim(name, "*_ \t>|"))
		b.from = blockAddress(value)
	case labelTo:
		b.to = blockAddresses(value)
	case labelCc:
		b.cc = blockAddresses(value)
	case labelDate:
		b.date = cleanLine(value, 200)
	case labelSubject:
		b.subject = cleanLine(value, maxSubjectBytes)
	}
}

func (b *block) extend(l label, more string) {
	switch l {
	case labelFrom:
		if b.from.Address == "" {
			b.from = blockAddress(strings.TrimSpace(b.from.Name + " " + more))
		}
	case labelTo:
		b.to = append(b.to, blockAddresses(more)...)
	case labelCc:
		b.cc = append(b.cc, blockAddresses(more)...)
	case labelDate:
		b.date = cleanLine(b.date+" "+more, 200)
	case labelSubject:
		b.subject = cleanLine(b.subject+" "+more, maxSubjectBytes)
	}
}

// blockAddress is the first address of a field as mail programs write it into a
// text: with links, with brackets, with the name alone.
func blockAddress(value string) bot.Address {
	if list := blockAddresses(value); len(list) > 0 {
		return list[0]
	}
	if name, rest, ok := strings.Cut(value, "("); ok { // "Anna Lin (anna@shop.example)"
		inner, after, closed := strings.Cut(rest, ")")
		if inner = strings.TrimSpace(inner); closed && strings.Trim(after, " ;,.") == "" && bot.IsMailAddress(inner) {
			return bot.Address{Name: plainName(cleanLine(name, maxNameBytes)), Address: inner}
		}
	}
	name, _, _ := strings.Cut(cleanLine(value, maxNameBytes), "<")
	name, _, _ = strings.Cut(name, "[")
	return bot.Address{Name: plainName(name)}
}

func blockAddresses(value string) []bot.Address {
	value = unlink(cutBytes(value, maxFieldBytes))
	value, _, _ = strings.Cut(value, "> on behalf of ")
	list := parseAddresses(value)
	for i, a := range list {
		list[i].Name = plainName(a.Name)
		if strings.EqualFold(list[i].Name, a.Address) {
			list[i].Name = ""
		}
	}
	return list
}

// plainName takes the quotes of any language from around a name.
func plainName(s string) string {
	s = strings.Trim(s, "\"'“”„«»‹›‚‘’ \u00a0*_,:;")
	return strings.TrimSpace(s)
}

// unlink takes the links out of a field that was a page once:
// "a@b.example<mailto:a@b.example>" and "Anna [mailto:a@b.example]".
func unlink(s string) string {
	s = strings.ReplaceAll(strings.ReplaceAll(s, "[mailto:", "<mailto:"), "(mailto:", "<mailto:")
	for range maxAddresses {
		before, rest, ok := strings.Cut(s, "<mailto:")
		if !ok {
			break
		}
		i := strings.IndexAny(rest, ">])")
		if i < 0 {
			break
		}
		address, after := rest[:i], rest[i+1:]
		if linksKnown(before, after) {
			s = before + after
		} else {
			s = before + "<" + address + ">" + after
		}
	}
	return s
}

// linksKnown reports whether the address of a link stands before or behind it
// already, up to the next comma.
func linksKnown(before, after string) bool {
	before = before[strings.LastIndexAny(before, ",;")+1:]
	if i := strings.IndexAny(after, ",;"); i >= 0 {
		after = after[:i]
	}
	if i := strings.Index(after, "<mailto:"); i >= 0 {
		after = after[:i]
	}
	return strings.Contains(before, "@") || strings.Contains(after, "@")
}
