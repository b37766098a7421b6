package commands

import (
	"strings"

	"meridian/bot"
)

// completed is how many articles or reminders a completion offers.
const completed = 8

// faqChoices completes what is typed behind /faq: articles by their words, and
// what else the team can do with them.
func faqChoices(v bot.View, q bot.Query) (out []bot.Choice, err error) {
	s := v.Settings()
	who := s.Person(q.Actor)
	writes := who.May(bot.ActArticle, bot.Request{})
	first, rest := cutFirst(q.Text)
	words, named := q.Text, among(strings.ToLower(first), "show", "edit", "drop") && strings.Contains(q.Text, " ")
	if named {
		words = rest
	}
	for _, w := range []string{"list", "add ", "edit ", "drop "} {
		if writes && !named && q.Text != "" && strings.HasPrefix(w, strings.ToLower(q.Text)) {
			out = append(out, bot.Choice{Value: "/faq " + w, Label: strings.TrimSpace(w)})
		}
	}
	found, err := v.FindArticles(bot.ArticleQuery{Text: words, Public: !who.Team() && !s.Inside(q.Place), Limit: completed})
	for _, a := range found {
		if a.Score < shownFrom {
			break
		}
		what := "show"
		if named {
			what = strings.ToLower(first)
		}
		out = append(out, bot.Choice{Value: "/faq " + what + " " + a.ID(), Label: a.ID() + " · " + a.Title})
	}
	return out, err
}

// nudgeChoices completes what is typed behind /nudge: whom to remind, or which
// of one's reminders to see to.
func nudgeChoices(v bot.View, q bot.Query) (out []bot.Choice, err error) {
	s := v.Settings()
	who := s.Person(q.Actor)
	first, rest := cutFirst(q.Text)
	if among(strings.ToLower(first), "done", "cancel", "change") && strings.Contains(q.Text, " ") {
		mine, err := v.Reminders(bot.ReminderQuery{Owner: who.ID, States: []bot.ReminderState{bot.ReminderActive, bot.ReminderFired}, Limit: bot.MaxReminders})
		for _, r := range mine {
			if len(out) < completed && (strings.HasPrefix(strings.ToLower(r.ID()), strings.ToLower(rest)) || strings.Contains(strings.ToLower(r.Text), strings.ToLower(rest))) {
				out = append(out, bot.Choice{Value: "/nudge " + strings.ToLower(first) + " " + r.ID(), Label: r.ID() + " · " + firstOf(r.Text, 50)})
			}
		}
		return out, err
	}
	words := []string{"me ", "list", "done ", "cancel ", "change "}
	if who.Team() {
		for _, c := range s.Channels {
			words = append(words, "#"+c.Name+" ")
		}
	}
	for _, w := range words {
		if rest == "" && strings.HasPrefix(w, strings.ToLower(q.Text)) {
			out = append(out, bot.Choice{Value: "/nudge " + w, Label: strings.TrimSpace(w)})
		}
	}
	return out, nil
}
