package bot

import (
	"testing"
	"time"
)

func TestNumbersOfTheSampleDayAreBelowZero(t *testing.T) {
	for typed, want := range map[string]int64{"S-3": -3, "s-12": -12, " S-1 ": -1, "R-3": 3, "r3": 3, "3": 3} {
		if n, ok := ParseRequestID(typed); !ok || n != want {
			t.Errorf("%q reads as %d, %v", typed, n, ok)
		}
	}
	for _, typed := range []string{"S3", "s3", "S-0", "S--1", "S-", "S-R-1", "-3", "S-99999999999999999999", "S-1x", "R-S-1"} {
		if n, ok := ParseRequestID(typed); ok {
			t.Errorf("%q reads as %d", typed, n)
		}
	}
	for n, want := range map[int64]string{-3: "S-3", 3: "R-3"} {
		if got := RequestID(n); got != want {
			t.Errorf("%d is written %s", n, got)
		}
		if back, ok := ParseRequestID(want); !ok || back != n {
			t.Errorf("%s reads back as %d", want, back)
		}
	}
}

func TestTheSampleDayIsTiedToNothingReal(t *testing.T) {
	one, real, other := Request{Number: -1, State: Open}, Request{Number: 1, State: Open}, Request{Number: -2, State: Open}
	for what, refused := range map[string]*Error{
		"linked": Tie(&one, &real), "a cause": Because(&real, &one), "merged": one.MergeInto(&real, true, 0, time.Time{}),
	} {
		if refused == nil || refused.Text.Parts[0].ID != "refuse.sample_mixed" {
			t.Errorf("%s: %v", what, refused)
		}
	}
	if refused := Tie(&one, &other); refused != nil {
		t.Errorf("two of the sample day: %v", refused)
	}
}
