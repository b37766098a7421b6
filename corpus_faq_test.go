//go:build corpus

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path/filepath"
	"testing"
)

// How well real questions find their articles, base by base.
func TestCorpusOfQuestions(t *testing.T) {
	bases, err := filepath.Glob(filepath.Join(corpus(t), "faq", "*", "articles.jsonl"))
	if err != nil || len(bases) == 0 {
		t.Fatalf("no bases: %v", err)
	}
	t.Logf("%-12s %8s %8s %8s %6s %9s %8s %8s", "base", "queries", "first", "three", "mrr", "answered", "far", "removed")
	for _, articles := range bases {
		folder := filepath.Dir(articles)
		var out bytes.Buffer
		args := []string{"faq", "eval", "--json", "--articles", articles, "--queries", filepath.Join(folder, "queries.dev.jsonl")}
		if err := run(t.Context(), args, &out, &out); err != nil {
			t.Fatal(err)
		}
		var f struct {
			Queries  int
			R1       float64  `json:"recall_at_1"`
			R3       float64  `json:"recall_at_3"`
			MRR      float64  `json:"mrr"`
			Answered float64  `json:"answered"`
			Far      *float64 `json:"false_far"`
			Removed  *float64 `json:"false_removed20"`
		}
		if err := json.Unmarshal(out.Bytes(), &f); err != nil {
			t.Fatal(err)
		}
		t.Logf("%-12s %8d %8.1f %8.1f %6.3f %9.1f %8s %8s", filepath.Base(folder), f.Queries, 100*f.R1, 100*f.R3, f.MRR, 100*f.Answered, share(f.Far), share(f.Removed))
	}
}

func share(s *float64) string {
	if s == nil {
		return "-"
	}
	return fmt.Sprintf("%.1f", 100**s)
}
