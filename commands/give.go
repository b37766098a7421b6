package commands

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"meridian/bot"
)

// give hands a request over to somebody of the team, or to a partner whose
// client it is. Whoever gets it is told by direct message.
func give() bot.Command {
	return bot.Command{
		Name: "give", Words: words([]string{"assign", "handover"}, []string{"передать", "отдать"}), Slash: "request",
		Action: bot.ActGive,
		Args:   append(one(), bot.Arg{Name: "name", Kind: bot.ArgPerson}),
		Usage:  "usage.give", Help: "help.give",
		Form: giveForm, InThread: true,
		Handler: bot.Handler{Do: func(_ context.Context, tx bot.Tx, e bot.Event, _ any) error {
			r, err := request(tx, e)
			if err != nil {
				return err
			}
			to, refused := heir(tx.Settings(), e, r)
			if refused != nil {
				return refused.In("name")
			}
			before := r
			if refused := r.Take(to); refused != nil {
				return refused
			}
			if err := bot.Change(tx, e, before, &r, to.Name); err != nil {
				return err
			}
			return tellGiven(tx, e, r, to)
		}},
	}
}

// heir finds who is to get a request. A name that is nobody's, or of somebody
// who cannot have it, is refused with those who can.
func heir(s *bot.Settings, e bot.Event, r bot.Request) (bot.Person, *bot.Error) {
	name := recipient(e.Call.Args["name"])
	if slices.Contains([]string{"me", "myself", "мне", "себе"}, strings.ToLower(name)) {
		return e.Call.Person, nil
	}
	to, ok := calledIn(heirs(s, r), s, name)
	switch {
	case !ok:
		return to, bot.Refuse("refuse.no_such_person", "Words", firstOf(name, 40), "List", peopleNamed(heirs(s, r)))
	case !mayHave(to, r):
		return to, bot.Refuse("refuse.not_for", "Person", to.Part(), "Request", r.Part(), "List", peopleNamed(heirs(s, r)))
	case to.Is(r.Assignee) && !r.Ended() && !to.Is(e.Call.Person.ID):
		return to, bot.Refuse("refuse.has_it", "Person", to.Part(), "Request", r.Part())
	}
	return to, nil
}

// recipient is the name in what people write behind "give R-1": "to Inga,
// please" is Inga.
func recipient(words string) string {
	name := strings.TrimRight(strings.TrimSpace(words), ".,!;:")
	for _, polite := range []string{"please", "пожалуйста"} {
		if n := len(name) - len(polite); n > 0 && strings.EqualFold(name[n:], polite) {
			name = strings.TrimRight(name[:n], " ,")
		}
	}
	if first, rest := cutFirst(name); rest != "" && among(strings.ToLower(first), "to", "на", "для") {
		name = rest
	}
	return name
}

// calledIn finds a person by name; where nobody is called so, the one of those
// offered whose first name it is, also as Russian declines it: "Инге" is Инга.
// Where it may be two people it is nobody.
func calledIn(offered []bot.Person, s *bot.Settings, name string) (bot.Person, bool) {
	if p, ok := s.Named(name); ok {
		return p, true
	}
	var found []bot.Person
	for _, p := range offered {
		first, _ := cutFirst(p.Name)
		if name = strings.TrimPrefix(name, "@"); strings.EqualFold(first, name) || stemOf(first) != "" && stemOf(first) == stemOf(name) {
			found = append(found, p)
		}
	}
	if len(found) != 1 {
		return bot.Person{}, false
	}
	return found[0], true
}

// stemOf is a Russian name without the ending that its case changes, in lower
// case. It is empty for what is too short, or no Russian name.
func stemOf(name string) string {
	runes := []rune(strings.ToLower(name))
	if len(runes) < 3 || strings.ContainsFunc(string(runes), func(c rune) bool { return !unicode.Is(unicode.Cyrillic, c) }) {
		return ""
	}
	if strings.ContainsRune("аяуюеиыйь", runes[len(runes)-1]) {
		runes = runes[:len(runes)-1]
	}
	return string(runes)
}

// mayHave reports whether a person can work on a request: everybody of the team,
// and a partner on what is not private and of their own clients.
func mayHave(p bot.Person, r bot.Request) bool { return p.Team() || p.May(bot.ActTake, r) }

// heirs are those to whom a request can be given, but for who has it.
func heirs(s *bot.Settings, r bot.Request) (found []bot.Person) {
	for _, p := range s.People {
		if mayHave(p, r) && !p.Is(r.Assignee) {
			found = append(found, p)
		}
	}
	return found
}

// peopleNamed are names in a sentence.
func peopleNamed(people []bot.Person) string {
	names := make([]string, len(people))
	for i, p := range people {
		names[i] = p.Name
	}
	return strings.Join(names, ", ")
}

// firstOf cuts what somebody typed to at most n characters.
func firstOf(s string, n int) string {
	runes := []rune(s)
	if len(runes) <= n {
		return s
	}
	return string(runes[:n-1]) + "…"
}

// tellGiven tells who has a request now, in one line. Who gives it to themselves
// knows; who is in no messenger must be told by the person who gave it.
func tellGiven(tx bot.Tx, e bot.Event, r bot.Request, to bot.Person) error {
	giver := e.Call.Person
	if to.Is(giver.ID) {
		return nil
	}
	if !reachable(to) {
		return bot.Whisper(tx, e, bot.MessageOf(bot.Say("told.unreachable", "Person", to.Part(), "Request", r.Part())))
	}
	if err := echo(tx, e, bot.Say("told.gave", "Person", to.Part(), "Request", r.Part())); err != nil {
		return err
	}
	t := bot.Say("told.given", "Person", giver.Part()).Plus(bot.Quote(" ")).Plus(bot.RequestLine(tx.Settings(), r)...)
	return bot.DirectTo(tx, fmt.Sprintf("given:%s:%d", r.ID(), e.ID), to, bot.MessageOf(t,
		bot.PressButton("button.reply", "reply", r.ID()), bot.PressButton("button.give", "give", r.ID())))
}

// reachable reports whether a person is in a messenger.
func reachable(p bot.Person) bool {
	return slices.ContainsFunc(p.IDs, func(id string) bool { return !strings.HasPrefix(id, "email:") })
}

func giveForm(v bot.View, e bot.Event) (bot.Form, error) {
	r, err := going(v, e)
	if err != nil {
		return bot.Form{}, err
	}
	var choices []bot.Choice
	for _, p := range heirs(v.Settings(), r) {
		choices = append(choices, bot.Choice{Value: p.ID, Label: p.Name})
	}
	if len(choices) == 0 {
		return bot.Form{}, bot.Refuse("refuse.no_heir", "Request", r.Part())
	}
	return bot.Form{
		Act: "give", Value: r.ID(), Title: bot.Say("form.give", "Request", r.Part()), Submit: bot.Say("button.give"),
		Fields: []bot.Field{{Name: "name", Label: bot.Say("form.give.name"), Choices: choices}},
	}, nil
}

// query asks the person who has a request about it. The client hears nothing.
func query() bot.Command {
	return bot.Command{
		Name: "query", Words: words([]string{"ask-about"}, []string{"спросить-о"}), Slash: "request",
		Action: bot.ActTake,
		Args:   append(one(), bot.Arg{Name: "text", Kind: bot.ArgWords}),
		Usage:  "usage.query", Help: "help.query",
		Form: queryForm, InThread: true,
		Handler: bot.Handler{Do: func(_ context.Context, tx bot.Tx, e bot.Event, _ any) error {
			r, holder, err := held(tx, e)
			if err != nil {
				return err
			}
			text := strings.TrimSpace(e.Call.Args["text"])
			if text == "" {
				return bot.Refuse("refuse.empty", "Usage", bot.UsageOn("usage.query", r)).In("text")
			}
			if err := tx.AddAudit(bot.AuditLine{At: tx.Now(), Who: e.Call.Person.ID, Surface: e.Call.Surface, Action: "query", Object: r.ID(), Event: e.ID}); err != nil {
				return err
			}
			t := bot.Say("told.query", "Person", e.Call.Person.Part(), "Request", r.Part(), "Title", bot.Quote(r.Title)).Plus(bot.Break(), bot.BlockQuote(text))
			if err := bot.DirectTo(tx, fmt.Sprintf("query:%s:%d", r.ID(), e.ID), holder, bot.MessageOf(t,
				bot.PressButton("button.reply", "reply", r.ID()), bot.PressButton("button.give", "give", r.ID()))); err != nil {
				return err
			}
			return bot.Whisper(tx, e, bot.MessageOf(bot.Say("told.queried", "Person", holder.Part(), "Request", r.Part())))
		}},
	}
}

// held is a request that somebody else has, and who.
func held(v bot.View, e bot.Event) (bot.Request, bot.Person, error) {
	r, err := request(v, e)
	if err != nil {
		return r, bot.Person{}, err
	}
	holder := v.Settings().Person(bot.Actor{ID: r.Assignee})
	switch {
	case r.Assignee == "":
		err = bot.Refuse("refuse.nobody_has", "Request", r.Part())
	case holder.Is(e.Call.Person.ID):
		err = bot.Refuse("refuse.yours", "Request", r.Part())
	case !reachable(holder):
		err = bot.Refuse("refuse.unreachable", "Person", holder.Part())
	}
	return r, holder, err
}

func queryForm(v bot.View, e bot.Event) (bot.Form, error) {
	r, holder, err := held(v, e)
	return bot.Form{
		Act: "query", Value: r.ID(), Title: bot.Say("form.query", "Person", holder.Part(), "Request", r.Part()), Submit: bot.Say("button.send"),
		Fields: []bot.Field{{Name: "text", Label: bot.Say("form.query.text"), Long: true}},
	}, err
}
