package commands_test

import (
	"context"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"meridian/bot"
	"meridian/bot/bottest"
	"meridian/commands"
	"meridian/storage"
)

var update = flag.Bool("update", false, "write what the bot says into testdata")

// Every conversation in testdata comes out as it is written.
func TestConversationsComeOutAsWritten(t *testing.T) {
	files, err := filepath.Glob("testdata/*.chat")
	if err != nil || len(files) == 0 {
		t.Fatal("no conversations", err)
	}
	router, err := bot.NewRouter(commands.All(), commands.Unasked())
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".chat"), func(t *testing.T) {
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			db := "sqlite:" + filepath.Join(t.TempDir(), "desk.db")
			got := bottest.Play(t, string(want), bottest.Options{
				Router: router, Settings: bottest.Team(t), MoveIn: moveIn,
				Open: func(ctx context.Context, settings func() *bot.Settings) bot.Store {
					s, err := storage.Open(ctx, db, storage.Options{Now: time.Now, Settings: settings})
					if err != nil {
						t.Fatal(err)
					}
					return s
				},
			})
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
					t.Fatal(err)
				}
			} else if got != string(want) {
				t.Errorf("got:\n%s\nwant:\n%s", got, want)
			}
		})
	}
}
