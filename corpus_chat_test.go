//go:build corpus

package main

import (
	"path/filepath"
	"testing"

	"meridian/bot"
)

// looks counts how messages look.
type looks struct{ request, doubtful, all int }

func (l *looks) add(text string) {
	l.all++
	look := bot.LooksOf(text)
	if look.IsRequest() {
		l.request++
	}
	if look.IsDoubtful() {
		l.doubtful++
	}
}

func (l looks) rate() float64 { return 100 * float64(l.request) / float64(max(l.all, 1)) }

// What looks like a request in real talk: precision and recall on who opens a
// conversation in a busy channel, recall alone where everything is a request.
func TestCorpusOfRequests(t *testing.T) {
	folder := filepath.Join(corpus(t), "chat")
	type line struct {
		Text  string
		Title string
		Label string
		Mark  bool `json:"question_mark"`
	}
	talk := map[string]*looks{}
	for _, l := range rows[line](t, filepath.Join(folder, "irc-ubuntu.dev.jsonl")) {
		if talk[l.Label] == nil {
			talk[l.Label] = &looks{}
		}
		talk[l.Label].add(l.Text)
	}
	idle := looks{}
	for _, label := range []string{"reply", "continuation", "system"} {
		l := talk[label]
		idle.request, idle.doubtful, idle.all = idle.request+l.request, idle.doubtful+l.doubtful, idle.all+l.all
		t.Logf("irc-ubuntu, %s: %.1f%% of %d look like a request, %d are doubtful", label, l.rate(), l.all, l.doubtful)
	}
	opener, orphan := talk["opener"], talk["orphan"]
	t.Logf("irc-ubuntu, opener: recall %.1f%% of %d, %d are doubtful; orphan: %.1f%% of %d", opener.rate(), opener.all, opener.doubtful, orphan.rate(), orphan.all)
	t.Logf("irc-ubuntu: precision %.1f%%, orphans left out; %.1f%% with them as requests",
		100*float64(opener.request)/float64(opener.request+idle.request), 100*float64(opener.request+orphan.request)/float64(opener.request+orphan.request+idle.request))
	for _, file := range []string{"servicedesk-ru", "it-tickets-en", "issues-nlbse24"} {
		found := looks{}
		for _, l := range rows[line](t, filepath.Join(folder, file+".dev.jsonl")) {
			text := l.Text
			if text == "" {
				text = l.Title
			}
			found.add(text)
		}
		t.Logf("%s: recall %.1f%% of %d, %d are doubtful", file, found.rate(), found.all, found.doubtful)
	}
	if opener.rate() < 50 || idle.rate() > 20 {
		t.Errorf("the desk would ask at the wrong moments")
	}
}
