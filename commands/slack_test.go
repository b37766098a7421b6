package commands_test

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"meridian/bot"
	"meridian/bot/bottest"
	"meridian/commands"
	"meridian/storage"
)

// notInSlack are the conversations that cannot be had in Slack as they are
// written, each with the reason. Every other comes out there as on the web desk.
func notInSlack() map[string]string {
	const (
		gone  = "somebody presses what is not there any more, or what only another sees"
		weeks = "so many weeks of fake time that it is left to the web desk"
	)
	return map[string]string{
		"answer": gone, "escalate-wake": gone, "faq-agents": gone, "give": gone, "returns": gone, "shadow": gone,
		"close":      "a field that must be filled in is sent empty, which Slack's own window does not do",
		"edits-late": "somebody edits what another has written", "hostile": "what turns writing around is taken out there",
		"faq":               "a field that must be filled in is sent empty, which Slack's own window does not do",
		"nudge":             "the title of a form has a number that is written as code elsewhere",
		"direct-answer":     "threads of direct messages are named as the web desk names them",
		"help":              "it is so long that Slack shows it in two blocks",
		"russian":           "its help is so long that Slack shows it in two blocks",
		"followup-downtime": "the messenger is cut off by a line that the web desk alone has",
		"away":              weeks, "scene-complaint": weeks, "followup-off": weeks, "hold": weeks, "followup-answered": weeks, "followup-ru": weeks,
		"followup-unsent": weeks, "followup-solved": weeks, "followup": weeks,
	}
}

// onSockets are the conversations that are had over Socket Mode too: the life of
// a request, and the scenes of a day.
func onSockets() []string {
	return []string{"life", "scene-forward", "scene-thanks", "scene-developer", "thanks", "undo", "crash", "together-crash", "direct", "slash", "inside", "private"}
}

// Conversations come out in Slack as they do on the web desk, word by word: the
// adapter and a strict stand-in are between the people and the desk.
func TestConversationsComeOutAlikeInSlack(t *testing.T) {
	files, err := filepath.Glob("testdata/*.chat")
	if err != nil || len(files) == 0 {
		t.Fatal("no conversations", err)
	}
	router, err := bot.NewRouter(commands.All(), commands.Unasked())
	if err != nil {
		t.Fatal(err)
	}
	left := notInSlack()
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".chat")
		if _, ok := left[name]; ok {
			delete(left, name)
			continue
		}
		ways := []string{"slack over HTTP"}
		if slices.Contains(onSockets(), name) {
			ways = append(ways, "slack")
		}
		for _, way := range ways {
			t.Run(way+"/"+name, func(t *testing.T) { comesOut(t, router, file, way) })
		}
	}
	for name := range left {
		t.Errorf("there is no conversation %q to leave out", name)
	}
}

// unbold takes the marks off what stands out, which is no part of what one reads
// of Slack's blocks.
func unbold(chat string) string {
	return regexp.MustCompile(`\*([^*\n]+)\*`).ReplaceAllString(chat, "$1")
}

// comesOut plays a conversation in a messenger.
func comesOut(t *testing.T, router *bot.Router, file, messenger string) {
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	db := "sqlite:" + filepath.Join(t.TempDir(), "desk.db")
	got := bottest.Play(t, string(want), bottest.Options{
		Router: router, Settings: bottest.Team(t), Messenger: messenger, MoveIn: moveIn,
		Open: func(ctx context.Context, settings func() *bot.Settings) bot.Store {
			s, err := storage.Open(ctx, db, storage.Options{Now: time.Now, Settings: settings})
			if err != nil {
				t.Fatal(err)
			}
			return s
		},
	})
	if got, want := unbold(got), unbold(string(want)); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}
