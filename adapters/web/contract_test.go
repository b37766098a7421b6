package web

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"meridian/adapters/adaptertest"
	"meridian/bot"
)

// readable is the contract's desk, with pages to read.
type readable struct {
	bot.Desk
	pages *fakeDesk
}

func (d readable) View(ctx context.Context, who string, fn func(bot.Pages) error) error {
	return d.pages.View(ctx, who, fn)
}

func TestEveryFormOfAPageKeepsTheContract(t *testing.T) {
	for _, form := range [][]string{
		{"/say", "text", "my words"},
		{"/say", "text", "/request list"},
		{"/press", "message", "m1", "act", "take", "value", "R-1"},
		{"/submit", "message", "m1", "act", "note", "value", "R-1", "f.text", "my words"},
		{"/react", "message", "m1", "emoji", "eyes"},
		{"/edit", "message", "m1", "text", "my words"},
		{"/delete", "message", "m1"},
	} {
		t.Run(strings.Join(form[:3], " "), func(t *testing.T) {
			adaptertest.Run(t, func(t *testing.T, desk bot.Desk, log *slog.Logger) adaptertest.Outside {
				pages := newFakeDesk()
				pages.post(bot.ShownMessage{Place: support, ID: "m1", Author: "web:dina", Said: "x"})
				a := New(readable{desk, pages}, Options{Catalogue: catalogue(t), Log: log})
				b := &browser{t: t, server: a.Handler(), cookies: []*http.Cookie{{Name: cookiePerson, Value: "web:dina"}}}
				send := func() (bool, string) {
					w := b.post(form[0], append([]string{"place", "web:support", "nonce", "n1"}, form[1:]...)...)
					return w.Code == http.StatusOK, w.Body.String()
				}
				return adaptertest.Outside{Adapter: a, Send: send}
			})
		})
	}
}
