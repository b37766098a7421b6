package storage

import (
	"context"
	"crypto/rand"

	"meridian/bot"
)

// secretMark is the row of the store's secret. No adapter has this name.
const secretMark = "secret of the store"

// Secret is what this store alone knows: 260 bits, made up when it is first
// asked for. What leaves the desk is signed with keys derived from it, so that
// it can be told when it comes back. A copy or a backup of the store has it too.
func (s *Store) Secret(ctx context.Context) (secret bot.Secret, err error) {
	err = s.Update(ctx, func(t bot.Tx) error {
		kept, err := t.Mark(secretMark)
		if err != nil || kept != "" {
			secret = bot.Secret(kept)
			return err
		}
		made := rand.Text() + rand.Text()
		secret = bot.Secret(made)
		return t.SaveMark(secretMark, made)
	})
	return secret, err
}
