package bot

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

const (
	maxRuleWords = 50      // words and phrases of one rule
	maxRuleWord  = 100     // characters of one of them
	maxKeywords  = 100_000 // bytes of a text that rules read
)

// keywords is a text as rules read it: folded, every word between blanks.
func keywords(text string) string {
	text = text[:min(len(text), maxKeywords)]
	return " " + strings.Join(strings.FieldsFunc(Fold(text), func(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsDigit(c) }), " ") + " "
}

// Fits reports whether one of the rule's words or phrases stands in a text,
// whole and in any case. One that ends in * stands for all that begin like it.
func (r Rule) Fits(text string) bool { return r.fits(keywords(text)) }

func (r Rule) fits(words string) bool {
	return slices.ContainsFunc(r.Words, func(phrase string) bool {
		begins := strings.HasSuffix(phrase, "*")
		phrase = keywords(phrase)
		if begins {
			phrase = strings.TrimRight(phrase, " ")
		}
		return strings.TrimSpace(phrase) != "" && strings.Contains(words, phrase)
	})
}

// Changes says what the rule would change of a request: name, what it is and
// what it would be. It changes no company that is known already.
func (r Rule) Changes(on Request) (changes []RuleChange) {
	add := func(field, from, to string) {
		if to != "" && to != from {
			changes = append(changes, RuleChange{field, from, to})
		}
	}
	add("kind", string(on.Kind), string(r.Kind))
	add("class", string(on.Class), string(r.Class))
	if r.Level != 0 {
		add("level", strconv.Itoa(on.Level), strconv.Itoa(r.Level))
	}
	if on.Client == "" {
		add("client", "", r.Client)
	}
	for _, tag := range r.Tags {
		if !slices.Contains(on.Tags, tag) {
			add("tag", "", tag)
		}
	}
	return changes
}

// RuleChange is one field of a request that a rule changes. To is never empty.
type RuleChange struct{ Field, From, To string }

// String writes the rule as [ParseRule] reads it, which the audit log and lists
// show: "refund, chargeback* -> kind bug, class expedite".
func (r Rule) String() string {
	var does []string
	for _, c := range r.Changes(Request{}) {
		does = append(does, c.Field+" "+c.To)
	}
	return strings.Join(r.Words, ", ") + " -> " + strings.Join(does, ", ")
}

// applyRules sorts a new request by the words in it. Each rule that fits
// applies; the first to say something of a field wins, and tags add up. It gives
// the rules that had a say.
func (s *Settings) applyRules(r *Request) (had []Rule) {
	words := keywords(r.Title + "\n" + r.Words)
	var kind, class, level bool
	for _, rule := range s.Rules {
		if !rule.fits(words) {
			continue
		}
		say := rule
		if kind {
			say.Kind = ""
		}
		if class {
			say.Class = ""
		}
		if level {
			say.Level = 0
		}
		if len(say.Changes(*r)) > 0 {
			had = append(had, rule)
		}
		kind, class, level = kind || rule.Kind != "", class || rule.Class != "", level || rule.Level != 0
		r.Kind, r.Class, r.Level = cmp.Or(say.Kind, r.Kind), cmp.Or(say.Class, r.Class), cmp.Or(say.Level, r.Level)
		r.Client = cmp.Or(r.Client, say.Client)
		for _, tag := range rule.Tags {
			if !slices.Contains(r.Tags, tag) && len(r.Tags) < maxTags {
				r.Tags = append(slices.Clone(r.Tags), tag)
			}
		}
	}
	slices.Sort(r.Tags)
	return had
}

// noteRules writes which rules have sorted a new request.
func noteRules(tx Tx, e Event, r Request, rules []Rule) error {
	for _, rule := range rules {
		if err := tx.AddAudit(AuditLine{At: tx.Now(), Surface: ByDesk, Action: "rule", Object: r.ID(), After: brief(r), Why: rule.String(), Event: e.ID}); err != nil {
			return err
		}
	}
	return nil
}

// Check says what is wrong with a rule, and in which field: "words", "kind",
// "class", "level", "client" or "tags". Nil: nothing.
func (r Rule) Check(s *Settings) *Error {
	switch {
	case len(r.Words) == 0 || slices.ContainsFunc(r.Words, func(w string) bool { return strings.TrimSpace(keywords(w)) == "" || len([]rune(w)) > maxRuleWord }):
		return Refuse("rules.bad_words").In("words")
	case len(r.Words) > maxRuleWords:
		return Refuse("rules.many_words", "Limit", maxRuleWords).In("words")
	case r.Kind != "" && !slices.Contains(Kinds(), r.Kind):
		return Refuse("rules.bad_kind", "Words", shorten(string(r.Kind), 40), "List", namesOf(Kinds())).In("kind")
	case r.Class != "" && !slices.Contains(Classes(), r.Class):
		return Refuse("rules.bad_class", "Words", shorten(string(r.Class), 40), "List", namesOf(Classes())).In("class")
	case r.Level < 0 || r.Level > MaxLevel:
		return Refuse("refuse.no_level", "Limit", MaxLevel).In("level")
	case slices.ContainsFunc(r.Tags, func(t string) bool { return !isTag(t) || t != strings.ToLower(t) }) || len(r.Tags) > maxTags:
		return Refuse("rules.bad_tags").In("tags")
	case r.Kind == "" && r.Class == "" && r.Level == 0 && r.Client == "" && len(r.Tags) == 0:
		return Refuse("rules.does_nothing", "List", "kind, class, level, client, tags").In("words")
	}
	if _, ok := s.ClientNamed(r.Client); r.Client != "" && !ok {
		return Refuse("rules.no_client", "Words", shorten(r.Client, 40)).In("client")
	}
	return nil
}

func namesOf[S ~string](all []S) string {
	names := make([]string, len(all))
	for i, s := range all {
		names[i] = string(s)
	}
	return strings.Join(names, ", ")
}

// ParseRule reads a rule as [Rule.String] writes it: words with commas between
// them, an arrow, and what becomes of what has one of them.
func ParseRule(text string) (Rule, *Error) {
	left, right, ok := strings.Cut(strings.ReplaceAll(text, "→", "->"), "->")
	if !ok {
		return Rule{}, Refuse("rules.no_arrow")
	}
	var r Rule
	for phrase := range strings.SplitSeq(left, ",") {
		if phrase = strings.TrimSpace(phrase); phrase != "" {
			r.Words = append(r.Words, phrase)
		}
	}
	for part := range strings.SplitSeq(right, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), " ")
		if name == "" {
			continue
		}
		if refused := r.set(strings.ToLower(strings.TrimRight(name, ":")), strings.TrimSpace(value)); refused != nil {
			return r, refused
		}
	}
	return r, nil
}

// set reads one field of a rule.
func (r *Rule) set(name, value string) *Error {
	if value == "" {
		return Refuse("rules.no_value", "Field", name)
	}
	switch name {
	case "kind":
		r.Kind = Kind(strings.ToLower(value))
		if k, ok := ParseKind(value); ok {
			r.Kind = k
		}
	case "class":
		r.Class = Class(strings.ToLower(value))
		if c, rest, ok := CutClass(value); ok && rest == "" {
			r.Class = c
		}
	case "level":
		n, err := strconv.Atoi(strings.TrimLeft(value, "Ll"))
		if err != nil || n < 1 {
			return Refuse("refuse.no_level", "Limit", MaxLevel)
		}
		r.Level = n
	case "client":
		r.Client = value
	case "tag", "tags":
		r.Tags = append(r.Tags, strings.Fields(strings.ToLower(value))...)
	default:
		return Refuse("rules.bad_field", "Words", shorten(name, 40), "List", "kind, class, level, client, tags")
	}
	return nil
}
