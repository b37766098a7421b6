package engine_test

import (
	"context"
	"errors"
	"reflect"
	"testing"
	"time"

	"meridian/bot"
)

// asking is a command with a form and completion.
func asking() bot.Command {
	return bot.Command{
		Name: "reply", Slash: "request", Action: bot.ActFile, Args: []bot.Arg{{Name: "text", Kind: bot.ArgWords}}, Usage: "reply WORDS", Help: "help.reply",
		Form: func(bot.View, bot.Event) (bot.Form, error) {
			return bot.Form{Act: "reply", Value: "R-1", Title: bot.Say("form.file"), Submit: bot.Say("button.send"), Fields: []bot.Field{
				{Name: "text", Label: bot.Say("form.reply.text")},
				{Name: "then", Label: bot.Say("form.reply.then"), Choices: []bot.Choice{{Value: "solved", Label: "form.reply.solved"}}},
			}}, nil
		},
		Choices: func(_ bot.View, q bot.Query) ([]bot.Choice, error) {
			return []bot.Choice{{Value: "R-1", Label: "typed " + q.Text}}, nil
		},
		Handler: bot.Handler{Do: func(_ context.Context, tx bot.Tx, e bot.Event, _ any) error {
			r := bot.Request{Title: "t", State: bot.New, Level: 1}
			if err := errors.Join(tx.SaveRequest(&r), tx.PutDelivery(post("c", "tried")), tx.SetTimer(bot.Timer{Key: "tried", At: tx.Now()})); err != nil {
				return err
			}
			switch e.Call.Args["text"] {
			case "":
				return bot.Refuse("refuse.empty", "Usage", bot.Code("reply WORDS")).In("text")
			case "panic":
				panic("at the disco")
			}
			return nil
		}},
	}
}

func newDeskBench(t *testing.T, out *outside) *bench {
	t.Helper()
	b := newBench(t, bot.Unasked{}, out)
	b.commands = []bot.Command{asking()}
	b.settings.Load().People = []bot.Person{{ID: "a:irina", IDs: []string{"a:irina"}, Name: "Ирина", Role: bot.Agent, Language: "ru"}}
	b.run()
	return b
}

func irina(body bot.Body) bot.Event {
	return bot.Event{Source: "a", Place: bot.Place{Adapter: "a", Channel: "ops"}, Actor: bot.Actor{ID: "a:irina"}, At: time.Now(), Body: body}
}

func TestTryTellsWhatWouldComeOfItAndLeavesNothingBehind(t *testing.T) {
	bubble(t, func(t *testing.T) {
		out := &outside{name: "a"}
		b := newDeskBench(t, out)
		defer b.stop()
		try := func(text string) error {
			return b.e.Try(t.Context(), irina(bot.Submitted{Act: "reply", Fields: map[string]string{"text": text}}))
		}
		if err := try("Hello"); err != nil {
			t.Error(err)
		}
		var told *bot.Error
		if err := try(""); !errors.As(err, &told) || told.Field != "text" || told.Text.Language != "ru" {
			t.Errorf("of no words it says %+v", told)
		}
		if err := try("panic"); err == nil || errors.As(err, &told) && told == nil {
			t.Errorf("a panic is told as %v", err)
		}
		time.Sleep(time.Minute)
		err := b.store.View(t.Context(), func(v bot.View) error {
			n, err := v.CountRequests(bot.RequestQuery{})
			timer, err2 := v.NextTimer()
			lines, err3 := v.EventLines(0, 10)
			if n != 0 || !timer.IsZero() || len(lines) != 0 {
				t.Errorf("left behind: %d requests, a timer at %s, events %v", n, timer, lines)
			}
			return errors.Join(err, err2, err3)
		})
		if err != nil || len(out.keys()) != 0 {
			t.Errorf("sent %v, %v", out.keys(), err)
		}
	})
}

func TestAFormIsInTheLanguageOfWhoOpensIt(t *testing.T) {
	bubble(t, func(t *testing.T) {
		b := newDeskBench(t, &outside{name: "a"})
		defer b.stop()
		form, ok, err := b.e.Form(t.Context(), irina(bot.Pressed{Act: "reply"}))
		if err != nil || !ok {
			t.Fatal(ok, err)
		}
		if form.Title.Language != "ru" || form.Submit.Language != "ru" || form.Fields[0].Label.Language != "ru" || form.Fields[1].Choices[0].Label != "решена" {
			t.Errorf("got %+v", form)
		}
		for _, e := range []bot.Event{irina(bot.Pressed{Act: "dance"}), irina(bot.Said{Text: "reply", Mentioned: true})} {
			if _, ok, err := b.e.Form(t.Context(), e); ok || err != nil {
				t.Errorf("%+v opens a form: %v", e.Body, err)
			}
		}
	})
}

func TestChoicesAreCommandsAndThenWhatTheCommandKnows(t *testing.T) {
	bubble(t, func(t *testing.T) {
		b := newDeskBench(t, &outside{name: "a"})
		defer b.stop()
		for text, want := range map[string][]bot.Choice{
			"/re":              {{Value: "/request ", Label: "/request"}},
			"@desk re":         {{Value: "@desk reply ", Label: "reply WORDS"}},
			"mail a@desk re":   nil,
			"/request ":        {{Value: "/request reply ", Label: "reply WORDS"}},
			"/request RE":      {{Value: "/request reply ", Label: "reply WORDS"}},
			"/request x":       nil,
			"/alert re":        nil,
			"/desk re":         {{Value: "/desk reply ", Label: "reply WORDS"}},
			"/request reply R": {{Value: "R-1", Label: "typed R"}},
			"/request dance R": nil,
			"":                 nil,
		} {
			got, err := b.e.Choices(t.Context(), bot.Query{Actor: bot.Actor{ID: "a:irina"}, Text: text, Limit: 5})
			if err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("%q: %v, %v, want %v", text, got, err, want)
			}
		}
	})
}
