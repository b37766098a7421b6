package slack

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"meridian/bot"
	"meridian/bot/say"
)

// deskCommand is the slash command that reaches every other.
const deskCommand = "desk"

// ManifestFor writes the manifest of a desk: a slash command for each name that
// commands live under, shortcuts for those that people want at a message. chosen
// are the slash commands to have; none: all.
func ManifestFor(c Config, team bot.Team, words *say.Catalogue, commands []bot.Command, chosen []string, base string) ([]byte, error) {
	text := func(id string) string { return bot.Say(id).For(team.Language).Plain(words, time.UTC) }
	var all []Slash
	for _, n := range slashNames(commands) {
		all = append(all, Slash{Name: n, Description: text("slack.slash." + n), Hint: hint(n, commands, text)})
	}
	for _, n := range chosen {
		if !slices.ContainsFunc(all, func(s Slash) bool { return s.Name == n }) {
			return nil, fmt.Errorf("slack.commands: names %s, which is no slash command of the desk; there are %s", n, strings.Join(slashNames(commands), ", "))
		}
	}
	if len(chosen) > 0 {
		all = slices.DeleteFunc(all, func(s Slash) bool { return !slices.Contains(chosen, s.Name) })
	}
	return Manifest(c, team.Name, base, all, shortcuts(commands, text))
}

// slashNames are the names that commands live under, the one for all first.
func slashNames(commands []bot.Command) []string {
	out := []string{deskCommand}
	for _, c := range commands {
		if c.Slash != "" && !slices.Contains(out, c.Slash) {
			out = append(out, c.Slash)
		}
	}
	return out
}

// hint is what Slack shows behind a command while it is typed.
func hint(slash string, commands []bot.Command, text func(id string) string) string {
	var out []string
	for _, c := range commands {
		if c.Slash == slash && c.Help != "" && len(out) < 4 {
			out = append(out, text(c.Usage))
		}
	}
	if slash == deskCommand {
		return "help"
	}
	return strings.Join(out, " | ")
}

// shortcuts are those whose command the desk has: a global one to file, and one
// at a message for each emoji that is put on messages.
func shortcuts(commands []bot.Command, text func(id string) string) (out []Shortcut) {
	has := func(emoji string) bool {
		return slices.ContainsFunc(commands, func(c bot.Command) bool { return slices.Contains(c.Emoji, emoji) })
	}
	if slices.ContainsFunc(commands, func(c bot.Command) bool { return c.Name == "file" && c.Form != nil }) {
		out = append(out, Shortcut{Name: text("slack.new_request"), Description: text("slack.shortcut.new"), Act: "file"})
	}
	for _, s := range [][2]string{{"ticket", "file"}, {"outbox_tray", "send"}, {"books", "article"}} {
		if has(s[0]) {
			out = append(out, Shortcut{Name: text("slack.shortcut." + s[1]), Description: text("slack.shortcut." + s[1] + ".what"), Emoji: s[0]})
		}
	}
	return out
}
