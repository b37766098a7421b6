package main

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"meridian/bot"
	"meridian/bot/say"
	"meridian/cli/yamlfile"
)

// answer is a canned answer.
type answer struct {
	Name string     `yaml:"name"`
	Text answerText `yaml:"text"`
}

// answerText are its words, in one language or both.
type answerText struct {
	English string `yaml:"en"`
	Russian string `yaml:"ru"`
}

const maxAnswer = 10_000 // bytes

// placeholder is what stands for words of the request, or looks like it.
var placeholder = regexp.MustCompile(`\{\w+\}`)

// answers are the canned answers. What looks like a placeholder and is none
// would reach a client as it stands.
func (c *checker) answers() {
	for i, a := range c.file.Answers {
		at := fmt.Sprintf("answers[%d]", i)
		c.name(at+".name", a.Name, slices.ContainsFunc(c.out.Answers, func(o bot.Answer) bool { return strings.EqualFold(o.Name, a.Name) }))
		out := bot.Answer{Name: a.Name, Text: map[bot.Language]string{}}
		for l, text := range map[bot.Language]string{say.English: a.Text.English, say.Russian: a.Text.Russian} {
			path := at + ".text." + string(l)
			text = strings.TrimSpace(text)
			switch {
			case text == "" && c.Has(path):
				c.Problem(path, "is empty; write the answer or take the key out")
			case len(text) > maxAnswer:
				c.Problem(path, "is longer than %d bytes", maxAnswer)
			case text != "":
				c.placeholders(path, text)
				out.Text[l] = text
			}
		}
		if len(out.Text) == 0 && !c.Has(at+".text.en") && !c.Has(at+".text.ru") {
			c.Problem(at+".text", "is missing; write it as {en: ..., ru: ...}, or in one of the two")
		}
		c.out.Answers = append(c.out.Answers, out)
	}
}

func (c *checker) placeholders(path, text string) {
	for _, p := range placeholder.FindAllString(text, -1) {
		if slices.Contains(bot.Placeholders(), p) {
			continue
		}
		sentence := fmt.Sprintf("has %s, which stands for nothing", p)
		if near := yamlfile.Nearest(p, bot.Placeholders()); near != "" {
			sentence += "; did you mean " + near + "?"
		}
		c.Problem(path, "%s", sentence)
	}
}
