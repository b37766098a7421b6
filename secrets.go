package main

import (
	"crypto/rand"
	"fmt"
	"os"

	"meridian/bot"
)

// newSecret makes up a secret of 130 bits.
func newSecret() string { return rand.Text() }

// appendSecret keeps a secret in a file that only its owner can read.
func appendSecret(path, key string, s bot.Secret) error {
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("keep a secret: %w", err)
	}
	_, err = fmt.Fprintf(f, "%s: %s\n", key, s.Reveal())
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return fmt.Errorf("keep a secret: %w", err)
	}
	return nil
}
