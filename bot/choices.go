package bot

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// Choices completes what a person has typed. After "/request " or "@desk " it
// is a command that they may give, then its arguments: requests that they see,
// people of the team, or what the command itself knows. In any other text an
// "@" begins a name.
func (r *Router) Choices(v View, q Query) ([]Choice, error) {
	out, err := r.choices(v, q)
	if q.Limit > 0 && len(out) > q.Limit {
		out = out[:q.Limit]
	}
	return out, err
}

func (r *Router) choices(v View, q Query) ([]Choice, error) {
	who := v.Settings().Person(q.Actor)
	prefix, slash, rest, ok := addressedTo(q.Text)
	switch {
	case !ok && strings.HasPrefix(q.Text, "/"):
		return r.slashChoices(who, q.Text[1:]), nil
	case !ok:
		return names(v, q)
	}
	if c, ok := r.Command(slash); ok && c.Whole {
		return wholeChoices(v, who, c, q, rest)
	}
	word, behind, more := strings.Cut(rest, " ")
	if !more {
		return r.commandChoices(who, prefix, slash, word), nil
	}
	c, ok := r.Command(word)
	if !ok {
		return nil, nil
	}
	return wholeChoices(v, who, c, q, behind)
}

// wholeChoices completes what stands behind a command.
func wholeChoices(v View, who Person, c Command, q Query, behind string) ([]Choice, error) {
	switch {
	case Rights(who.Role, c.Action) == None:
		return nil, nil
	case c.Choices != nil:
		q.Text = behind
		return c.Choices(v, q)
	}
	return argChoices(v, who, c, behind)
}

// addressedTo splits "/request ta" and "@desk ta". What a mention addresses is
// every command, as /desk does.
func addressedTo(text string) (prefix, slash, rest string, ok bool) {
	text = strings.TrimLeft(text, " ")
	if strings.HasPrefix(text, "/") {
		slash, rest, ok = strings.Cut(text[1:], " ")
		return "/" + slash + " ", slash, rest, ok
	}
	if rest := Unaddressed(text); rest != text && strings.Contains(text, " ") {
		return mention + " ", "desk", rest, true
	}
	return "", "", "", false
}

// slashChoices are the slash commands under which there is anything for the
// person.
func (r *Router) slashChoices(who Person, typed string) (out []Choice) {
	slashes := []string{"desk"}
	for _, c := range r.commands {
		if c.Slash != "" && Rights(who.Role, c.Action) != None && !slices.Contains(slashes, c.Slash) {
			slashes = append(slashes, c.Slash)
		}
	}
	for _, s := range slashes {
		if strings.HasPrefix(s, strings.ToLower(typed)) {
			out = append(out, Choice{Value: "/" + s + " ", Label: "/" + s})
		}
	}
	return out
}

func (r *Router) commandChoices(who Person, prefix, slash, word string) (out []Choice) {
	typed := strings.ToLower(word)
	for _, c := range r.commands {
		if slash != "desk" && c.Slash != slash || c.Help == "" || Rights(who.Role, c.Action) == None {
			continue // those without a line of help are there for their buttons
		}
		if name, ok := c.begins(typed); ok {
			out = append(out, Choice{Value: prefix + name + " ", Words: Text{Parts: []Part{UsageBehind(c.before(), c.Usage)}}})
		}
	}
	return out
}

// before is what stands in front of a command's usage: its own slash name, where
// everything behind that belongs to it.
func (c Command) before() string {
	if c.Whole {
		return c.Name + " "
	}
	return ""
}

// begins finds the command's name, or one of its other words, that begins with
// what was typed.
func (c Command) begins(typed string) (string, bool) {
	if strings.HasPrefix(c.Name, typed) {
		return c.Name, true
	}
	if typed == "" {
		return "", false
	}
	for _, l := range []Language{"en", "ru"} {
		for _, w := range c.Words[l] {
			if strings.HasPrefix(w, typed) {
				return w, true
			}
		}
	}
	return "", false
}

// argChoices completes the argument that is being typed.
func argChoices(v View, who Person, c Command, behind string) ([]Choice, error) {
	typed := strings.Fields(behind)
	last, n := "", len(typed)
	if n > 0 && !strings.HasSuffix(behind, " ") {
		n--
		last = typed[n]
	}
	if n >= len(c.Args) {
		return nil, nil
	}
	switch c.Args[n].Kind {
	case ArgRequest:
		return requestChoices(v, who, last)
	case ArgPerson:
		return teamChoices(v.Settings(), last), nil
	}
	return nil, nil
}

// requestsOffered is how many requests a completion looks through.
const requestsOffered = 50

// requestChoices are the newest requests not closed that a person sees, by the
// beginning of their number or by a piece of their title.
func requestChoices(v View, who Person, typed string) ([]Choice, error) {
	q := RequestQuery{States: []State{New, Open, Waiting, Snoozed, Solved}, Newest: true, Limit: requestsOffered}
	found, err := v.Requests(q.For(who))
	if err != nil {
		return nil, err
	}
	typed = strings.ToLower(typed)
	var out []Choice
	for _, r := range found {
		id := strings.ToLower(r.ID())
		fits := strings.HasPrefix(id, typed) || strings.HasPrefix(strings.TrimPrefix(id, "r-"), typed) || strings.Contains(strings.ToLower(r.Title), typed)
		if fits && who.Sees(r) {
			out = append(out, Choice{Value: r.ID(), Label: r.ID() + " · " + shorten(r.Title, 50)})
		}
	}
	return out, nil
}

func teamChoices(s *Settings, typed string) (out []Choice) {
	for _, p := range s.People {
		if p.Team() && beginsName(p.Name, typed) {
			out = append(out, Choice{Value: p.Name, Label: p.Name})
		}
	}
	return out
}

// names completes the "@na" at the end of a text with those who may read the
// place: in the team's own channels its people, elsewhere everybody listed.
func names(v View, q Query) ([]Choice, error) {
	i := strings.LastIndexByte(q.Text, '@')
	if i < 0 || strings.ContainsAny(q.Text[i:], " \n") {
		return nil, nil
	}
	if before, _ := utf8.DecodeLastRuneInString(q.Text[:i]); i > 0 && before != ' ' && before != '\n' && before != '(' {
		return nil, nil // part of an address
	}
	s, typed := v.Settings(), q.Text[i+1:]
	inside := s.Inside(q.Place)
	out := []Choice{}
	if strings.HasPrefix(mention, "@"+strings.ToLower(typed)) {
		out = append(out, Choice{Value: mention, Label: mention})
	}
	for _, p := range s.People {
		if (p.Team() || !inside) && beginsName(p.Name, typed) {
			out = append(out, Choice{Value: "@" + p.Name, Label: p.Name})
		}
	}
	if inside || !s.Person(q.Actor).Team() {
		return out, nil
	}
	return contactNames(v, q.Place, typed, out)
}

// contactsOffered is how many contacts a completion offers.
const contactsOffered = 5

// contactNames adds the people who have written here and whom nobody has listed:
// the team alone is told their names.
func contactNames(v View, p Place, typed string, out []Choice) ([]Choice, error) {
	found, err := v.FindContacts(typed, contactsOffered)
	for _, c := range found {
		known := v.Settings().Person(Actor{ID: c.ID}).Role != Outsider
		if c.Name != "" && !known && strings.HasPrefix(c.ID, p.Adapter+":") && !slices.ContainsFunc(out, func(o Choice) bool { return o.Label == c.Name }) {
			out = append(out, Choice{Value: "@" + c.Name, Label: c.Name})
		}
	}
	return out, err
}

// beginsName reports whether a name, or one of the names in it, begins with
// what was typed.
func beginsName(name, typed string) bool {
	typed = strings.ToLower(strings.TrimPrefix(typed, "@"))
	lower := strings.ToLower(name)
	return strings.HasPrefix(lower, typed) || slices.ContainsFunc(strings.Fields(lower), func(part string) bool { return strings.HasPrefix(part, typed) })
}
