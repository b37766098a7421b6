package cli

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"meridian/bot"
	"meridian/storage"
)

func TestAReplyThatHasNotLeftIsPrintedAsTheTeamsOwn(t *testing.T) {
	s, err := storage.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "m.db"), storage.Options{Now: time.Now, Settings: func() *bot.Settings { return &bot.Settings{} }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	key := bot.ReplyKey(1, 1)
	write := func(fn func(tx bot.Tx) error) {
		t.Helper()
		if err := s.Update(t.Context(), fn); err != nil {
			t.Fatal(err)
		}
	}
	printed := func(visibility string) {
		t.Helper()
		var out bytes.Buffer
		if err := exportTo(t.Context(), s, &out, &progress{}); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(out.String(), `"text":"we look","visibility":"`+visibility+`"`) {
			t.Errorf("want it %s in %s", visibility, out.String())
		}
	}
	write(func(tx bot.Tx) error {
		r := bot.Request{Title: "t", State: bot.New, Level: 1}
		if err := tx.SaveRequest(&r); err != nil {
			return err
		}
		if err := tx.SaveComment(&bot.Comment{Request: r.Number, Text: "we look", Visibility: bot.ForClient, Message: key}); err != nil {
			return err
		}
		return tx.PutDelivery(bot.Delivery{Key: key, Op: bot.OpPost, To: bot.Place{Adapter: "web", Channel: "support"}})
	})
	printed("internal")
	write(func(tx bot.Tx) error {
		d, _, err := tx.Delivery(key)
		if err != nil {
			return err
		}
		return tx.FinishDelivery(d, bot.Receipt{Message: "m"})
	})
	printed("client")
}
