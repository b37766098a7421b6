package storage

import (
	"path/filepath"
	"testing"
)

func TestAStoreKeepsOneSecret(t *testing.T) {
	url := "sqlite:" + filepath.Join(t.TempDir(), "desk.db")
	s, err := Open(t.Context(), url, Options{})
	if err != nil {
		t.Fatal(err)
	}
	first, err := s.Secret(t.Context())
	if err != nil || len(first.Reveal()) != 52 {
		t.Fatalf("a secret of %d characters, %v", len(first.Reveal()), err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if s, err = Open(t.Context(), url, Options{}); err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if again, err := s.Secret(t.Context()); err != nil || again != first {
		t.Errorf("another secret after a restart, %v", err)
	}
}
