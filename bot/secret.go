package bot

import (
	"fmt"
	"io"
	"log/slog"
)

// secretMask stands wherever a secret would be printed.
const secretMask = "***"

// Secret is a password, token or key. It prints as *** in every format, in
// logs and as JSON or text; only Reveal gives what it holds.
type Secret string

// Reveal gives the secret itself, for the one call that needs it.
func (s Secret) Reveal() string { return string(s) }

// String gives *** or, for an empty secret, nothing.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return secretMask
}

// Format hides the secret from every verb of fmt, the wrong ones included.
func (s Secret) Format(f fmt.State, _ rune) {
	io.WriteString(f, s.String()) //nolint:errcheck // whoever formats looks at that
}

// LogValue hides the secret from slog.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText hides the secret from JSON and other encodings.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }
