package commands

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"meridian/bot"
)

// file makes a request of words, or of the message that a 🎫 is put on.
func file() bot.Command {
	return bot.Command{
		Name: "file", Words: words(nil, []string{"подать"}), Slash: "request",
		Action: bot.ActFile, Emoji: []string{"ticket"},
		Args:  []bot.Arg{{Name: "text", Kind: bot.ArgWords, Optional: true}},
		Usage: "usage.file", Help: "help.file",
		Form: fileForm,
		Handler: bot.Handler{Do: func(_ context.Context, tx bot.Tx, e bot.Event, _ any) error {
			if e.Call.Emoji != "" {
				return fileMessage(tx, e)
			}
			text := strings.TrimSpace(e.Call.Args["text"])
			if bot.Blank(text) {
				return bot.Refuse("refuse.empty", "Usage", bot.Usage("usage.request_words")).In("text")
			}
			kind, _ := bot.ParseKind(e.Call.Args["kind"])
			_, err := fileWords(tx, e, text, kind)
			return err
		}},
	}
}

func fileForm(v bot.View, e bot.Event) (bot.Form, error) {
	return bot.Form{
		Act: "file", Title: bot.Say("form.file"), Submit: bot.Say("button.file"),
		Fields: append([]bot.Field{
			{Name: "text", Label: bot.Say("form.file.text"), Long: true},
			{Name: "kind", Label: bot.Say("form.convert.kind"), Value: string(bot.KindQuestion), Choices: bot.KindChoices()},
		}, bot.FieldsByKind("kind", nil)...),
	}, nil
}

// fileWords files what somebody typed. A slash command leaves no message behind,
// so the words are posted first and become the first message of the
// conversation. kind is what they say it is; empty: they say nothing.
func fileWords(tx bot.Tx, e bot.Event, text string, kind bot.Kind) (bot.Request, error) {
	if tx.Settings().NoFiling {
		return bot.Request{}, bot.Refuse("refuse.filing_off")
	}
	f := bot.Filing{Who: e.Actor, Words: text, Kind: kind, Source: e.Source, Home: e.Place, Message: e.Message}
	if kind != "" {
		f.Fields = e.Call.Args
	}
	if b, said := e.Body.(bot.Said); !said {
		f.Home, f.Message, f.Posted = e.Place.Top(), "", true
	} else {
		f.Home, f.Files = threadOf(e), b.Files
	}
	return bot.FileRequest(tx, e, f)
}

// threadOf is the thread that a message stands in, or begins.
func threadOf(e bot.Event) bot.Place {
	if e.Place.Thread == "" {
		return e.Place.In(e.Message)
	}
	return e.Place
}

// fileMessage files the message that an emoji was put on.
func fileMessage(tx bot.Tx, e bot.Event) error {
	if e.Call.Request != 0 {
		return filedAlready(tx, e)
	}
	b := e.Body.(bot.Reacted)
	text, author := b.Text, b.Author
	if text == "" {
		m, err := tx.ShownMessage(e.Place, e.Message)
		if errors.Is(err, bot.ErrNotFound) || err == nil && (m.Deleted || m.Author == "") {
			return bot.ErrPass
		}
		if err != nil {
			return fmt.Errorf("message to file: %w", err)
		}
		text, author = m.Said, bot.Actor{ID: m.Author, Name: m.Name}
	}
	if bot.Blank(text) {
		return bot.ErrPass
	}
	if tx.Settings().NoFiling {
		return bot.Refuse("refuse.filing_off")
	}
	r, err := bot.FileRequest(tx, e, bot.Filing{Who: author, Words: text, Source: e.Source, Home: threadOf(e), Message: e.Message})
	if err != nil {
		return err
	}
	return saveFiled(tx, e, r)
}

// saveFiled notes who filed a request by emoji: they can take it back.
func saveFiled(tx bot.Tx, e bot.Event, r bot.Request) error {
	return tx.SaveAct(&bot.Act{Request: r.Number, Who: e.Call.Person.ID, Command: e.Call.Command, Emoji: e.Call.Emoji, Place: e.Place.Top(),
		Message: e.Message, At: tx.Now(), Version: r.Turn(), Sends: []string{bot.ReceiptKey(r.Number)}})
}

// words are what people type for a command beside its name.
func words(en, ru []string) map[bot.Language][]string {
	return map[bot.Language][]string{"en": en, "ru": ru}
}
