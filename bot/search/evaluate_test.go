package search

import (
	"math"
	"testing"
)

func TestTheFiguresOfABaseAreThoseCountedByHand(t *testing.T) {
	questions := []Question{
		{Text: "change the sender address", Answers: []string{"sender"}, Answers2: []string{"sender"}},
		{Text: "mails in spam", Answers: []string{"spam"}},                                 // its article is removed later
		{Text: "payment gateway", Answers: []string{"отчёт"}, Answers2: []string{"отчёт"}}, // the wrong one comes first
		{Text: "weather on Mars", Foreign: true},
	}
	f := Evaluate(base(), map[string]bool{"spam": true}, questions, nil)
	if f.Queries != 4 || math.Abs(f.Recall1-2.0/3) > 1e-9 || math.Abs(f.Recall3-2.0/3) > 1e-9 || math.Abs(f.MRR-2.0/3) > 1e-9 {
		t.Errorf("figures %+v", f)
	}
	if f.Far == nil || *f.Far != 0 || f.Removed == nil || f.Answered != 0.75 {
		t.Errorf("suggestions %+v", f)
	}
	plain := Evaluate(base(), nil, questions[:2], nil)
	if plain.Far != nil || plain.Removed != nil || plain.Recall1 != 1 {
		t.Errorf("without flags %+v", plain)
	}
	strict := Evaluate(base(), nil, questions[:1], []Question{{Text: "Change the sender address of order mails", Answers: []string{"sender"}}})
	if strict.Threshold <= plain.Threshold || strict.Answered != 0 {
		t.Errorf("tuned on another set %+v", strict)
	}
}
