package bot

import (
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

const (
	maxTags = 20
	maxTag  = 32 // characters
)

// Tag adds the tags that begin with a plus or with nothing, and takes away those
// that begin with a minus. All are done or none.
func (r *Request) Tag(changes []string) *Error {
	if len(changes) == 0 {
		return Refuse("refuse.usage", "Usage", Code("tag "+r.ID()+" +billing -urgent"))
	}
	tags := slices.Clone(r.Tags)
	for _, change := range changes {
		tag, off := strings.CutPrefix(strings.TrimPrefix(change, "+"), "-")
		tag = strings.ToLower(strings.TrimPrefix(tag, "#"))
		switch {
		case !isTag(tag):
			return Refuse("refuse.bad_tag", "Words", shorten(change, 40))
		case off && !slices.Contains(tags, tag):
			return Refuse("refuse.no_tag", "Request", r.Part(), "Words", tag)
		case off:
			tags = slices.DeleteFunc(tags, func(t string) bool { return t == tag })
		case !slices.Contains(tags, tag):
			tags = append(tags, tag)
		}
	}
	slices.Sort(tags)
	switch {
	case len(tags) > maxTags:
		return Refuse("refuse.many_tags", "Limit", maxTags)
	case slices.Equal(tags, r.Tags):
		return Refuse("refuse.same_tags", "Request", r.Part())
	}
	r.Tags = tags
	return nil
}

// isTag reports whether a word can be a tag: letters, digits, and - _ . within.
func isTag(s string) bool {
	if s == "" || utf8.RuneCountInString(s) > maxTag || strings.Trim(s, "-_.") != s {
		return false
	}
	return strings.IndexFunc(s, func(c rune) bool {
		return !unicode.IsLetter(c) && !unicode.IsDigit(c) && !strings.ContainsRune("-_.", c)
	}) < 0
}

// SetClass changes the class of service.
func (r *Request) SetClass(c Class) *Error {
	if over := r.Over(); over != nil {
		return over
	}
	if r.Class == c {
		return Refuse("refuse.same_class", "Request", r.Part(), "What", ClassWords(c))
	}
	r.Class = c
	return nil
}

// Classes are all classes of service, the most urgent first.
func Classes() []Class { return []Class{Expedite, FixedDate, Standard, Intangible} }

// ClassSay is the catalogue's sentence for a class as people see it.
func ClassSay(c Class) string { return "class." + string(c) }

// ClassWords are a class as people see it: "Drop everything".
func ClassWords(c Class) Part { return Words(ClassSay(c)) }

// classNames are what people may type for each class, in lower case.
func classNames(c Class) []string {
	switch c {
	case Expedite:
		return []string{"expedite", "drop everything", "urgent", "бросить всё", "бросить все", "срочно", "срочная"}
	case FixedDate:
		return []string{"fixed-date", "fixed date", "by date", "к сроку", "срок"}
	case Standard:
		return []string{"standard", "normal", "обычная", "обычно"}
	case Intangible:
		return []string{"intangible", "when we can", "когда сможем"}
	}
	return nil
}

// CutClass reads a class at the beginning of what somebody typed, in either
// language, and gives what stands behind it.
func CutClass(text string) (c Class, rest string, ok bool) {
	words := strings.Fields(text)
	for _, c := range Classes() {
		for _, name := range classNames(c) {
			n := len(strings.Fields(name))
			if len(words) >= n && strings.EqualFold(strings.TrimRight(strings.Join(words[:n], " "), sentenceEnd), name) {
				return c, strings.Join(words[n:], " "), true
			}
		}
	}
	return "", text, false
}

// SetLevel moves the request to a level, up or down. Age and class stay.
func (r *Request) SetLevel(level int, now time.Time) *Error {
	if over := r.Over(); over != nil {
		return over
	}
	switch {
	case level < 1 || level > MaxLevel:
		return Refuse("refuse.no_level", "Limit", MaxLevel)
	case level == r.Level:
		return Refuse("refuse.same_level", "Request", r.Part(), "Level", level)
	case level > r.Level:
		r.LevelSince = now
	case level == 1:
		r.LevelSince, r.Needed = time.Time{}, ""
	}
	r.Level = level
	return nil
}
