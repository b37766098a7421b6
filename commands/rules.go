package commands

import (
	"context"
	"strings"

	"meridian/bot"
)

const (
	rulesTried = 1000 // requests on which a draft is tried, the newest
	rulesShown = 5    // of those that it would change
)

// rules lists the keyword rules, and tries a draft of one on what was filed
// lately. Neither changes anything: rules are the configuration's.
func rules() bot.Command {
	return bot.Command{
		Name: "rules", Words: words(nil, []string{"правила"}), Slash: "desk", Action: bot.ActRules, Wordy: true,
		Args:  []bot.Arg{{Name: "draft", Kind: bot.ArgWords, Optional: true}},
		Usage: "usage.rules", Help: "help.rules",
		Handler: bot.Handler{
			Look: func(_ context.Context, v bot.View, e bot.Event) (any, error) {
				rule, ok, err := draftRule(v, e)
				if err != nil || !ok {
					return nil, err
				}
				return tryRule(v, rule)
			},
			Do: func(_ context.Context, tx bot.Tx, e bot.Event, seen any) error {
				tried, ok := seen.(trial)
				if !ok {
					return bot.Whisper(tx, e, bot.MessageOf(rulesText(tx.Settings().Rules)))
				}
				return bot.Whisper(tx, e, bot.MessageOf(tried.text()))
			},
		},
	}
}

// draftRule reads the rule that is to be tried; false: none is. What is said to the
// desk and only begins like the command is a message like any other.
func draftRule(v bot.View, e bot.Event) (bot.Rule, bool, error) {
	typed := strings.TrimSpace(e.Call.Args["draft"])
	if typed == "" {
		return bot.Rule{}, false, nil
	}
	word, rest, _ := strings.Cut(typed, " ")
	try := strings.EqualFold(word, "try") || strings.EqualFold(word, "проверить")
	if _, said := e.Body.(bot.Said); said && (!try || !strings.Contains(rest, "->") && !strings.Contains(rest, "→")) {
		return bot.Rule{}, false, bot.ErrPass
	}
	if !try {
		return bot.Rule{}, false, bot.Refuse("rules.no_arrow")
	}
	rule, refused := bot.ParseRule(rest)
	if refused == nil {
		refused = rule.Check(v.Settings())
	}
	if refused != nil {
		return rule, false, refused
	}
	return rule, true, nil
}

// trial is what a draft would have done.
type trial struct {
	rule     bot.Rule
	all, fit int // requests that were looked at, and those with the words
	changed  int
	newest   []bot.Request
}

func tryRule(v bot.View, rule bot.Rule) (trial, error) {
	recent, err := v.Requests(bot.RequestQuery{Newest: true, Limit: rulesTried})
	t := trial{rule: rule, all: len(recent)}
	for _, r := range recent {
		if !rule.Fits(r.Title + "\n" + r.Words) {
			continue
		}
		t.fit++
		if len(rule.Changes(r)) == 0 {
			continue
		}
		if t.changed++; len(t.newest) < rulesShown {
			t.newest = append(t.newest, r)
		}
	}
	return t, err
}

func (t trial) text() bot.Text {
	out := bot.Say("rules.tried", "Words", bot.Code(t.rule.String()), "Total", bot.Words("rules.requests", "Count", t.all),
		"Number", t.fit, "Limit", t.changed)
	for _, r := range t.newest {
		var does []string
		for _, c := range t.rule.Changes(r) {
			if c.From != "" {
				c.From += " → "
			}
			does = append(does, c.Field+" "+c.From+c.To)
		}
		out = out.Plus(bot.Break(), r.Part(), bot.Quote(" · "+r.Title+" · "+strings.Join(does, ", ")))
	}
	if more := t.changed - len(t.newest); more > 0 {
		out = out.Plus(bot.Break(), bot.Words("list.more", "Count", more))
	}
	return out
}

func rulesText(all []bot.Rule) bot.Text {
	if len(all) == 0 {
		return bot.Say("rules.none", "Usage", bot.Code("/desk rules try refund -> kind bug"))
	}
	t := bot.Say("rules.list", "Count", len(all))
	for _, r := range all {
		t = t.Plus(bot.Break(), bot.Code(r.String()))
	}
	return t
}
