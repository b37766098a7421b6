package web

import (
	"net/http"
	"strings"
	"unicode"
	"unicode/utf8"

	"meridian/bot"
)

// maxText is how many characters a message may have.
const maxText = 40_000

// maxChoices is how many completions are offered for a slash command.
const maxChoices = 8

// mention is how people address the bot in a channel.
const mention = "@desk"

// typed is what a browser sends as it was typed: line breaks are one character.
func typed(s string) string {
	return strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(s)
}

// check refuses a text that is empty or longer than the desk takes.
func check(text string) *bot.Error {
	switch {
	case strings.TrimSpace(text) == "":
		return bot.Refuse("web.empty")
	case utf8.RuneCountInString(text) > maxText:
		return bot.Refuse("web.too_long", "Limit", maxText)
	}
	return nil
}

// command splits "/request take R-12" into the name and what follows it.
// "/etc/passwd is gone" is no command.
func command(text string) (slash, rest string, ok bool) {
	if !strings.HasPrefix(text, "/") {
		return "", "", false
	}
	word := text[1:]
	if i := strings.IndexFunc(word, unicode.IsSpace); i >= 0 {
		word, rest = word[:i], strings.TrimSpace(word[i:])
	}
	for _, c := range word {
		if !unicode.IsLetter(c) && !unicode.IsDigit(c) && c != '-' && c != '_' {
			return "", "", false
		}
	}
	return strings.ToLower(word), rest, word != ""
}

// mentions reports whether a text addresses the bot: "@desk" as a word, not as
// a part of an address.
func mentions(text string) bool {
	lower := strings.ToLower(text)
	for from := 0; ; {
		i := strings.Index(lower[from:], mention)
		if i < 0 {
			return false
		}
		from += i
		before, _ := utf8.DecodeLastRuneInString(lower[:from])
		from += len(mention)
		after, _ := utf8.DecodeRuneInString(lower[from:])
		if (before == utf8.RuneError || !wordy(before) && before != '.') && (after == utf8.RuneError || !wordy(after)) {
			return true
		}
	}
}

func wordy(c rune) bool { return unicode.IsLetter(c) || unicode.IsDigit(c) || c == '_' || c == '-' }

// completes reports whether a text that is being typed may be completed: a
// slash command, or a mention.
func completes(text string) bool {
	return len(text) < 2000 && (strings.HasPrefix(text, "/") && !strings.Contains(text, "\n") || strings.Contains(text, "@"))
}

// choices completes what is being typed.
func (a *Adapter) choices(w http.ResponseWriter, r *http.Request) error {
	t, err := a.about(r, r.URL.Query().Get("place"), "", "")
	if err != nil {
		return err
	}
	var fills []fill
	if text := r.URL.Query().Get("text"); completes(text) {
		q := bot.Query{Actor: bot.Actor{ID: t.me.ID, Name: t.me.Person.Name}, Place: t.place, Text: text, Limit: maxChoices}
		found, err := a.desk.Choices(r.Context(), q)
		if err != nil {
			return err
		}
		for _, c := range found[:min(len(found), maxChoices)] {
			fills = append(fills, completed(text, c))
		}
	}
	a.render(w, t.me.Language, http.StatusOK, "choices", fills)
	return nil
}

// fill is one completion: what the box then holds, and what is shown of it.
type fill struct{ Text, Label string }

// completed puts a choice into what was typed: a whole command in its place, an
// argument or a name in the place of the last word.
func completed(typed string, c bot.Choice) fill {
	f := fill{Text: c.Value, Label: c.Label}
	if !strings.HasPrefix(c.Value, "/") && !strings.HasPrefix(c.Value, mention+" ") {
		f.Text = typed[:strings.LastIndexAny(typed, " \n")+1] + c.Value
	}
	if f.Label == "" {
		f.Label = c.Value
	}
	if !strings.HasSuffix(f.Text, " ") {
		f.Text += " "
	}
	return f
}
