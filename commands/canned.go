package commands

import (
	"context"
	"strings"
	"unicode"
	"unicode/utf8"

	"meridian/bot"
)

// canned lists the canned answers privately: their names, and how each begins.
func canned() bot.Command {
	return bot.Command{
		Name: "canned", Words: words([]string{"templates"}, []string{"заготовки", "шаблоны"}), Slash: "request",
		Action: bot.ActReply, Usage: "usage.canned", Help: "help.canned",
		Handler: bot.Handler{Do: func(_ context.Context, tx bot.Tx, e bot.Event, _ any) error {
			s := tx.Settings()
			if len(s.Answers) == 0 {
				return bot.Whisper(tx, e, bot.MessageOf(bot.Say("canned.none")))
			}
			lang := s.LanguageFor(e.Place, e.Call.Person)
			t := bot.Say("canned.list", "Usage", bot.Code("reply R-12 ="+s.Answers[0].Name))
			for _, a := range s.Answers {
				begins := strings.Join(strings.Fields(a.In(lang)), " ")
				t = t.Plus(bot.Break(), bot.Code("="+a.Name), bot.Quote("  "+firstOf(begins, 80)))
			}
			return bot.Whisper(tx, e, bot.MessageOf(t))
		}},
	}
}

// cannedMark begins what stands for a canned answer: "=shipping". More words may
// follow.
const cannedMark = "="

// expand puts a canned answer in the place of its name, in the language of the
// request's client. Placeholders stay in it. Any other text stays as it is.
func expand(s *bot.Settings, r bot.Request, text string) (string, *bot.Error) {
	named, ok := strings.CutPrefix(text, cannedMark)
	if !ok {
		return text, nil
	}
	name, rest := named, ""
	if i := strings.IndexFunc(named, unicode.IsSpace); i >= 0 {
		name, rest = named[:i], strings.TrimSpace(named[i:])
	}
	name = strings.TrimRight(name, ".,!;:")
	a, ok := s.Canned(name)
	if !ok {
		return "", unknownCanned(s, name)
	}
	full := a.In(s.ClientLanguage(r))
	if rest != "" {
		full += "\n\n" + rest
	}
	return full, nil
}

func unknownCanned(s *bot.Settings, name string) *bot.Error {
	if len(s.Answers) == 0 {
		return bot.Refuse("canned.none")
	}
	if near := nearestAnswer(s.Answers, name); near != "" {
		return bot.Refuse("refuse.canned_near", "Words", firstOf(name, 40), "Name", bot.Code(cannedMark+near))
	}
	return bot.Refuse("refuse.canned", "Words", firstOf(name, 40))
}

// nearestAnswer is the name that was most likely meant; empty: none is near.
func nearestAnswer(answers []bot.Answer, name string) string {
	name = strings.ToLower(name)
	best, least := "", utf8.RuneCountInString(name)/2+1
	for _, a := range answers {
		own := strings.ToLower(a.Name)
		far := edits(name, own)
		if strings.HasPrefix(own, name) && name != "" {
			far = 0
		}
		if far < least {
			best, least = a.Name, far
		}
	}
	return best
}

// edits is how many letters must be put in, taken out or changed to make one
// word of another.
func edits(a, b string) int {
	from, to := []rune(firstOf(a, 60)), []rune(firstOf(b, 60))
	row := make([]int, len(to)+1)
	for j := range row {
		row[j] = j
	}
	for i, c := range from {
		corner := row[0]
		row[0] = i + 1
		for j, d := range to {
			change := corner
			if c != d {
				change++
			}
			corner = row[j+1]
			row[j+1] = min(change, row[j+1]+1, row[j]+1)
		}
	}
	return row[len(to)]
}
