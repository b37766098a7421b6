package bottest

import (
	"context"
	"log/slog"
	"strings"
	"testing"
)

// complaints fails the test for every error that the engine logs while its
// process lives.
type complaints struct {
	t    *testing.T
	life *life
}

// Enabled keeps errors alone.
func (c *complaints) Enabled(_ context.Context, l slog.Level) bool { return l >= slog.LevelError }

// Handle fails the test.
func (c *complaints) Handle(_ context.Context, r slog.Record) error {
	if c.life.dead.Load() {
		return nil
	}
	var b strings.Builder
	r.Attrs(func(a slog.Attr) bool {
		b.WriteString(" " + a.String())
		return true
	})
	c.t.Errorf("the engine logs an error: %s%s", r.Message, b.String())
	return nil
}

// WithAttrs is not used by the engine.
func (c *complaints) WithAttrs([]slog.Attr) slog.Handler { return c }

// WithGroup is not used by the engine.
func (c *complaints) WithGroup(string) slog.Handler { return c }
