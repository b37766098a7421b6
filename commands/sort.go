package commands

import (
	"context"
	"strconv"
	"strings"

	"meridian/bot"
)

// tag puts words on a request by which it is found and counted.
func tag() bot.Command {
	return bot.Command{
		Name: "tag", Words: words([]string{"tags", "label"}, []string{"тег", "теги", "метка"}), Slash: "request",
		Action: bot.ActSort,
		Args:   append(one(), bot.Arg{Name: "tags", Kind: bot.ArgWords}),
		Usage:  "usage.tag", Help: "help.tag",
		Form: tagForm, InThread: true,
		Handler: bot.Handler{Do: func(_ context.Context, tx bot.Tx, e bot.Event, _ any) error {
			r, err := request(tx, e)
			if err != nil {
				return err
			}
			before := r
			given := strings.FieldsFunc(e.Call.Args["tags"], func(c rune) bool { return c == ' ' || c == ',' || c == '\n' || c == '\t' })
			if refused := r.Tag(given); refused != nil {
				return refused.In("tags")
			}
			if err := bot.Change(tx, e, before, &r, strings.Join(given, " ")); err != nil {
				return err
			}
			if len(r.Tags) == 0 {
				return bot.Whisper(tx, e, bot.MessageOf(bot.Say("told.no_tags", "Request", r.Part())))
			}
			return bot.Whisper(tx, e, bot.MessageOf(bot.Say("told.tags", "Request", r.Part(), "List", strings.Join(r.Tags, ", "))))
		}},
	}
}

func tagForm(v bot.View, e bot.Event) (bot.Form, error) {
	r, err := request(v, e)
	return bot.Form{
		Act: "tag", Value: r.ID(), Title: bot.Say("form.tag", "Request", r.Part()), Submit: bot.Say("button.tag"),
		Note:   bot.Say("form.tag.now", "List", strings.Join(r.Tags, ", ")),
		Fields: []bot.Field{{Name: "tags", Label: bot.Say("form.tag.tags"), Hint: bot.Say("form.tag.hint")}},
	}, err
}

// class changes how a request is served.
func class() bot.Command {
	return bot.Command{
		Name: "class", Words: words([]string{"service"}, []string{"класс", "срочность"}), Slash: "request",
		Action: bot.ActSort,
		Args:   append(one(), bot.Arg{Name: "class", Kind: bot.ArgWords}),
		Usage:  "usage.class", Help: "help.class",
		Form: classForm, InThread: true,
		Handler: bot.Handler{Do: func(_ context.Context, tx bot.Tx, e bot.Event, _ any) error {
			r, err := request(tx, e)
			if err != nil {
				return err
			}
			before := r
			c, why, ok := bot.CutClass(e.Call.Args["class"])
			if !ok {
				return bot.Refuse("refuse.no_class", "Words", firstOf(strings.TrimSpace(e.Call.Args["class"]), 40)).In("class")
			}
			if refused := r.SetClass(c); refused != nil {
				return refused.In("class")
			}
			return bot.Change(tx, e, before, &r, reasonOr(e, why))
		}},
	}
}

func classForm(v bot.View, e bot.Event) (bot.Form, error) {
	r, err := going(v, e)
	if err != nil {
		return bot.Form{}, err
	}
	var choices []bot.Choice
	for _, c := range bot.Classes() {
		choices = append(choices, bot.Choice{Value: string(c), Label: bot.ClassSay(c)})
	}
	return bot.Form{
		Act: "class", Value: r.ID(), Title: bot.Say("form.class", "Request", r.Part()), Submit: bot.Say("button.class"),
		Fields: []bot.Field{
			{Name: "class", Label: bot.Say("form.class.class"), Value: string(r.Class), Choices: choices},
			{Name: "why", Label: bot.Say("form.why"), Optional: true},
		},
	}, nil
}

// reasonOr is why something is done: what stands behind the command, or what a
// form asked for.
func reasonOr(e bot.Event, behind string) string {
	if why := strings.TrimSpace(e.Call.Args["why"]); why != "" {
		return why
	}
	return strings.TrimSpace(strings.TrimLeft(behind, " ,:;-—"))
}

// level moves a request to a level by hand, up or down. It resets neither age
// nor class.
func level() bot.Command {
	return bot.Command{
		Name: "level", Words: words(nil, []string{"уровень"}), Slash: "request",
		Action: bot.ActLevel,
		Args:   append(one(), bot.Arg{Name: "level", Kind: bot.ArgWords}),
		Usage:  "usage.level", Help: "help.level",
		Form: levelForm, InThread: true,
		Handler: bot.Handler{Do: func(_ context.Context, tx bot.Tx, e bot.Event, _ any) error {
			r, err := request(tx, e)
			if err != nil {
				return err
			}
			before := r
			given, why, _ := strings.Cut(strings.TrimSpace(e.Call.Args["level"]), " ")
			n, err := strconv.Atoi(strings.TrimLeft(given, "Ll"))
			if err != nil {
				n = 0
			}
			if refused := r.SetLevel(n, tx.Now()); refused != nil {
				return refused.In("level")
			}
			return bot.Change(tx, e, before, &r, reasonOr(e, why))
		}},
	}
}

func levelForm(v bot.View, e bot.Event) (bot.Form, error) {
	r, err := going(v, e)
	if err != nil {
		return bot.Form{}, err
	}
	var choices []bot.Choice
	for n := 1; n <= bot.MaxLevel; n++ {
		choices = append(choices, bot.Choice{Value: strconv.Itoa(n), Label: strconv.Itoa(n)})
	}
	return bot.Form{
		Act: "level", Value: r.ID(), Title: bot.Say("form.level", "Request", r.Part()), Submit: bot.Say("button.level"),
		Fields: []bot.Field{
			{Name: "level", Label: bot.Say("form.level.level"), Value: strconv.Itoa(r.Level), Choices: choices},
			{Name: "why", Label: bot.Say("form.why"), Optional: true},
		},
	}, nil
}
