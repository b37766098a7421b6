package commands

import (
	"context"
	"maps"
	"slices"
	"strings"

	"meridian/bot"
)

// convert makes a request one of another kind, and says privately what such a
// request should say and does not yet. Said again it only looks.
func convert() bot.Command {
	return bot.Command{
		Name: "convert", Words: words([]string{"kind"}, []string{"вид", "превратить"}), Slash: "request",
		Action: bot.ActSort,
		Args:   append(one(), bot.Arg{Name: "kind", Kind: bot.ArgWords}),
		Usage:  "usage.convert", Help: "help.convert",
		Form: convertForm, InThread: true,
		Handler: bot.Handler{Do: func(_ context.Context, tx bot.Tx, e bot.Event, _ any) error {
			given := strings.TrimSpace(e.Call.Args["kind"])
			kind, ok := bot.ParseKind(given)
			if !ok {
				return bot.Refuse("refuse.no_kind", "Words", firstOf(given, 40)).In("kind")
			}
			return convertTo(tx, e, kind)
		}},
	}
}

func convertTo(tx bot.Tx, e bot.Event, kind bot.Kind) error {
	r, err := request(tx, e)
	if err != nil {
		return err
	}
	before := r
	if refused := r.Convert(kind); refused != nil {
		return refused.In("kind")
	}
	if refused := written(e, &r); refused != nil {
		return refused
	}
	if r.Kind != before.Kind || r.Title != before.Title || !maps.Equal(r.Fields, before.Fields) {
		if err := bot.Change(tx, e, before, &r, string(kind)); err != nil {
			return err
		}
	}
	return tellMissing(tx, e, r)
}

// asBug and asIdea are what 🐛 and 💡 mean on a card: the request is one.
func asBug() bot.Command  { return asKind("as-bug", "bug", bot.KindBug) }
func asIdea() bot.Command { return asKind("as-idea", "bulb", bot.KindIdea) }

func asKind(name, emoji string, kind bot.Kind) bot.Command {
	return bot.Command{
		Name: name, Slash: "request", Action: bot.ActSort,
		Emoji: []string{emoji}, Casual: []string{emoji}, // clients put them for other reasons
		Args: one(), Usage: name + " R-12",
		Handler: bot.Handler{Do: func(_ context.Context, tx bot.Tx, e bot.Event, _ any) error {
			return convertTo(tx, e, kind)
		}},
	}
}

func convertForm(v bot.View, e bot.Event) (bot.Form, error) {
	r, err := request(v, e)
	if err != nil {
		return bot.Form{}, err
	}
	return bot.Form{
		Act: "convert", Value: r.ID(), Title: bot.Say("form.convert", "Request", r.Part()), Submit: bot.Say("button.convert"),
		Fields: append([]bot.Field{
			{Name: "title", Label: bot.Say("form.convert.title"), Value: r.Title},
			{Name: "kind", Label: bot.Say("form.convert.kind"), Value: string(r.Kind), Choices: bot.KindChoices()},
		}, bot.FieldsByKind("kind", r.Fields)...),
	}, nil
}

// written takes from a form what it says of a request beside the kind: the
// title, and what a request of that kind should say.
func written(e bot.Event, r *bot.Request) *bot.Error {
	if _, submitted := e.Body.(bot.Submitted); !submitted {
		return nil
	}
	if title, asked := e.Call.Args["title"]; asked {
		if refused := r.Rename(title); refused != nil {
			return refused
		}
	}
	given := bot.Filled(r.Kind, e.Call.Args, r.Fields)
	if len(given) == 0 {
		return nil
	}
	return r.Fill(given)
}

// tellMissing says what a request of its kind does not say yet, and offers to
// ask the client or to write it down.
func tellMissing(tx bot.Tx, e bot.Event, r bot.Request) error {
	missing, err := missingOf(tx, r)
	if err != nil {
		return err
	}
	t := bot.Say("told.kind", "Request", r.Part(), "Kind", bot.Words(bot.KindSay(r.Kind)))
	var buttons []bot.Button
	if len(missing) == 0 {
		t = t.Plus(bot.Quote(" "), bot.Words("told.complete"))
	} else {
		t = t.Plus(bot.Break(), bot.Words("told.missing"))
		for i, f := range missing {
			if i > 0 {
				t = t.Plus(bot.Quote(" · "))
			}
			t = t.Plus(bot.Words("field." + f.Name))
		}
		buttons = append(buttons,
			bot.Button{Label: bot.Say("button.ask_missing", "Count", len(missing)), Act: "missing", Value: r.ID()},
			bot.PressButton("button.fill", "fill", r.ID()))
	}
	if r.Kind == bot.KindIdea && !r.Ended() {
		buttons = append(buttons, bot.PressButton("button.thank", "thank", r.ID()))
	}
	return bot.Whisper(tx, e, bot.MessageOf(t, buttons...))
}

// missingOf is what a request does not say yet of what its kind should. What we
// ask the client says nothing of it.
func missingOf(v bot.View, r bot.Request) ([]bot.KindField, error) {
	comments, err := v.Comments(r.Number)
	comments = slices.DeleteFunc(comments, func(c bot.Comment) bool {
		return c.Visibility == bot.ForClient && !v.Settings().FromClient(r, c)
	})
	return bot.Missing(r.Kind, r, comments), err
}

// recorded is what a request was sorted as, and what was written down of it: its
// kind, tags, and fields, each in a line.
func recorded(r bot.Request) (parts []bot.Part) {
	if r.Kind != "" && r.Kind != bot.KindQuestion {
		parts = append(parts, bot.Break(), bot.Words("show.kind", "Kind", bot.Words(bot.KindSay(r.Kind))))
	}
	if len(r.Tags) > 0 {
		parts = append(parts, bot.Break(), bot.Words("show.tags", "List", strings.Join(r.Tags, ", ")))
	}
	for _, f := range bot.KindFields(r.Kind) {
		if text := r.Fields[f.Name]; text != "" {
			parts = append(parts, bot.Break(), bot.Words("show.field", "Field", bot.Words("field."+f.Name), "Text", firstOf(text, 300)))
		}
	}
	return parts
}

// fill writes down what a request of its kind should say. It stays with the
// request.
func fill() bot.Command {
	return bot.Command{
		Name: "fill", Words: words([]string{"fields"}, []string{"заполнить", "поля"}), Slash: "request",
		Action: bot.ActSort, Args: append(one(), bot.Arg{Name: "field", Kind: bot.ArgWords}),
		Usage: "usage.fill", Help: "help.fill",
		Form: fillForm, InThread: true,
		Handler: bot.Handler{Do: func(_ context.Context, tx bot.Tx, e bot.Event, _ any) error {
			r, err := request(tx, e)
			if err != nil {
				return err
			}
			given, refused := fieldsGiven(e, r)
			if refused != nil {
				return refused
			}
			before := r
			if refused := r.Fill(given); refused != nil {
				return refused
			}
			if err := bot.Change(tx, e, before, &r, ""); err != nil {
				return err
			}
			return tellMissing(tx, e, r)
		}},
	}
}

// fieldsGiven are a form's fields, or the one that stands in front of a colon.
func fieldsGiven(e bot.Event, r bot.Request) (map[string]string, *bot.Error) {
	if _, submitted := e.Body.(bot.Submitted); submitted {
		return e.Call.Args, nil
	}
	name, text, ok := strings.Cut(e.Call.Args["field"], ":")
	name = strings.ToLower(strings.TrimSpace(name))
	var known []string
	for _, f := range bot.KindFields(r.Kind) {
		known = append(known, f.Name)
		if ok && f.Name == name {
			return map[string]string{name: text}, nil
		}
	}
	return nil, bot.Refuse("refuse.no_field", "Request", r.Part(), "List", strings.Join(known, ", "), "Usage", bot.UsageOn("usage.fill", r))
}

func fillForm(v bot.View, e bot.Event) (bot.Form, error) {
	r, err := request(v, e)
	if err != nil {
		return bot.Form{}, err
	}
	f := bot.Form{
		Act: "fill", Value: r.ID(), Submit: bot.Say("button.fill"),
		Title: bot.Say("form.fill", "Request", r.Part(), "Kind", bot.Words(bot.KindSay(r.Kind))),
	}
	for _, k := range bot.KindFields(r.Kind) {
		f.Fields = append(f.Fields, bot.Field{Name: k.Name, Label: bot.Say("field." + k.Name), Long: true, Value: r.Fields[k.Name], Optional: !k.Required})
	}
	if len(f.Fields) == 0 {
		return f, bot.Refuse("refuse.no_fields", "Request", r.Part())
	}
	return f, nil
}

// missing asks the client for what a request does not say yet: a drafted
// question that a person sends.
func missing() bot.Command {
	return bot.Command{
		Name: "missing", Words: words(nil, []string{"не-хватает"}), Slash: "request",
		Action: bot.ActAsk, Args: one(), Usage: "usage.missing", Help: "help.missing",
		Form: missingForm,
		Handler: bot.Handler{Do: func(_ context.Context, tx bot.Tx, e bot.Event, _ any) error {
			r, err := request(tx, e)
			if err != nil {
				return err
			}
			return tellMissing(tx, e, r)
		}},
	}
}

func missingForm(v bot.View, e bot.Event) (bot.Form, error) {
	r, err := going(v, e)
	if err != nil {
		return bot.Form{}, err
	}
	fields, err := missingOf(v, r)
	if err != nil {
		return bot.Form{}, err
	}
	if len(fields) == 0 {
		return bot.Form{}, bot.Refuse("refuse.nothing_missing", "Request", r.Part())
	}
	t := bot.Say("draft.missing", "Name", r.Name, "Request", r.Part(), "Count", len(fields))
	for _, f := range fields {
		t = t.Plus(bot.Break(), bot.Quote("– "), bot.Words("ask."+f.Name))
	}
	f, err := askForm(v, e)
	return drafted(f, t.For(v.Settings().ClientLanguage(r))), err
}

// drafted puts a draft into the words of a form that answers the client. It is
// the person's own when they send it.
func drafted(f bot.Form, t bot.Text) bot.Form {
	for i, field := range f.Fields {
		if field.Name == "text" && field.Value == "" {
			f.Fields[i].Draft = t
		}
	}
	return f
}

// thank offers the client thanks for an idea, which promise nothing.
func thank() bot.Command {
	return bot.Command{
		Name: "thank", Words: words(nil, []string{"поблагодарить"}), Slash: "request",
		Action: bot.ActReply, Args: one(), Usage: "usage.thank", Help: "help.thank",
		Form: thankForm,
		Handler: bot.Handler{Do: func(_ context.Context, tx bot.Tx, e bot.Event, _ any) error {
			r, err := request(tx, e)
			if err != nil {
				return err
			}
			t := bot.Text{Parts: []bot.Part{bot.Words("draft.idea", "Request", r.Part())}}
			return bot.Whisper(tx, e, bot.MessageOf(t, bot.PressButton("button.thank", "thank", r.ID())))
		}},
	}
}

func thankForm(v bot.View, e bot.Event) (bot.Form, error) {
	r, err := request(v, e)
	if err != nil {
		return bot.Form{}, err
	}
	f, err := replyForm(v, e)
	return drafted(f, bot.Say("draft.idea", "Request", r.Part()).For(v.Settings().ClientLanguage(r))), err
}
