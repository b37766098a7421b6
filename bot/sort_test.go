package bot

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestTagsAreAddedAndTakenAway(t *testing.T) {
	many := make([]string, maxTags+1)
	for i := range many {
		many[i] = fmt.Sprintf("t%d", i)
	}
	for _, tt := range []struct {
		has, change []string
		want        []string
		says        string
	}{
		{nil, []string{"+Billing"}, []string{"billing"}, ""},
		{nil, []string{"#billing", "Оплата"}, []string{"billing", "оплата"}, ""},
		{[]string{"a", "b"}, []string{"-a", "c"}, []string{"b", "c"}, ""},
		{[]string{"a"}, []string{"-a", "+a"}, nil, "refuse.same_tags"},
		{[]string{"a"}, []string{"-a"}, []string{}, ""},
		{[]string{"a"}, []string{"a"}, nil, "refuse.same_tags"},
		{[]string{"a"}, []string{"b", "-z"}, nil, "refuse.no_tag"},
		{nil, nil, nil, "refuse.usage"},
		{nil, []string{"+"}, nil, "refuse.bad_tag"},
		{nil, []string{"--"}, nil, "refuse.bad_tag"},
		{nil, []string{"<!channel>"}, nil, "refuse.bad_tag"},
		{nil, []string{"a\x00b"}, nil, "refuse.bad_tag"},
		{nil, []string{"\u202egpj"}, nil, "refuse.bad_tag"},
		{nil, []string{"ok", strings.Repeat("x", maxTag+1)}, nil, "refuse.bad_tag"},
		{nil, []string{strings.Repeat("ж", maxTag)}, []string{strings.Repeat("ж", maxTag)}, ""},
		{nil, many, nil, "refuse.many_tags"},
	} {
		r := Request{Number: 1, Tags: slices.Clone(tt.has)}
		got := refusedID(r.Tag(tt.change))
		if got != tt.says {
			t.Errorf("%q on %q says %q, want %q", tt.change, tt.has, got, tt.says)
		}
		if want := tt.want; tt.says != "" {
			want = tt.has
			if !slices.Equal(r.Tags, want) {
				t.Errorf("%q was refused and made %q of %q", tt.change, r.Tags, tt.has)
			}
		} else if !slices.Equal(r.Tags, want) {
			t.Errorf("%q on %q gives %q, want %q", tt.change, tt.has, r.Tags, want)
		}
	}
}

func TestTagsStaySortedAndUniqueWhateverIsTyped(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := Request{Number: 1}
		for range 5 {
			before := slices.Clone(r.Tags)
			if err := r.Tag(rapid.SliceOf(rapid.String()).Draw(t, "changes")); err != nil && !slices.Equal(before, r.Tags) {
				t.Fatalf("refused, and made %q of %q", r.Tags, before)
			}
			if !slices.IsSorted(r.Tags) || len(slices.Compact(slices.Clone(r.Tags))) != len(r.Tags) || len(r.Tags) > maxTags {
				t.Fatalf("tags: %q", r.Tags)
			}
		}
	})
}

func TestClassesAreReadByTheirShownNamesInBothLanguages(t *testing.T) {
	for text, want := range map[string]struct {
		class Class
		rest  string
	}{
		"expedite":                           {Expedite, ""},
		"Drop everything":                    {Expedite, ""},
		"drop  everything shops cannot sell": {Expedite, "shops cannot sell"},
		"by date":                            {FixedDate, ""},
		"fixed-date because it was promised": {FixedDate, "because it was promised"},
		"normal":                             {Standard, ""},
		"standard again":                     {Standard, "again"},
		"when we can":                        {Intangible, ""},
		"Бросить всё":                        {Expedite, ""},
		"бросить все магазины стоят": {Expedite, "магазины стоят"},
		"К сроку":                              {FixedDate, ""},
		"обычная":                              {Standard, ""},
		"когда сможем":                         {Intangible, ""},
		"dance":                                {},
		"drop":                                 {},
		"":                                     {},
		"when we can't":                        {},
		"normally":                             {},
		strings.Repeat("expedite", 1000):       {},
		"\x00expedite":                         {},
		"intangible " + strings.Repeat("x", 9): {Intangible, "xxxxxxxxx"},
	} {
		class, rest, ok := CutClass(text)
		if class != want.class || ok != (want.class != "") || ok && rest != want.rest {
			t.Errorf("%.40q is %q, %q", text, class, rest)
		}
	}
}

func TestALevelIsSetUpAndDownAndTouchesNothingElse(t *testing.T) {
	r := Request{Number: 1, State: Open, Level: 1, Class: Expedite, CreatedAt: monday}
	if err := r.SetLevel(3, monday); err != nil || r.Level != 3 || !r.LevelSince.Equal(monday) || r.Class != Expedite || !r.CreatedAt.Equal(monday) {
		t.Errorf("%v: %+v", err, r)
	}
	r.Needed = "a release"
	if err := r.SetLevel(2, monday.Add(1)); err != nil || r.Level != 2 || !r.LevelSince.Equal(monday) || r.Needed == "" {
		t.Errorf("%v: %+v", err, r)
	}
	if err := r.SetLevel(1, monday); err != nil || !r.LevelSince.IsZero() || r.Needed != "" {
		t.Errorf("%v: %+v", err, r)
	}
	for level, want := range map[int]string{0: "refuse.no_level", -1: "refuse.no_level", 4: "refuse.no_level", 1: "refuse.same_level"} {
		if got := refusedID(r.SetLevel(level, monday)); got != want || r.Level != 1 {
			t.Errorf("level %d says %q", level, got)
		}
	}
	solved := Request{State: Solved, Level: 1}
	if got := refusedID(solved.SetLevel(2, monday)); got != "refuse.ended" {
		t.Errorf("a solved one says %q", got)
	}
}
