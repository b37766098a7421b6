//go:build corpus

package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"meridian/bot/calendar"
	"meridian/bot/phrase"
)

// A saying is one row of the data: a phrase, and what others take it for.
type saying struct {
	text, lang string
	sentence   string // that it was found in
	now        time.Time
	from, to   time.Time // any instant from one until before the other is exact
	point      bool      // it names one point in time
	unknown    bool      // it names a point, but the data do not say from when
}

// judge counts what became of the sayings of one file.
type judge struct {
	rows, points, ahead int // all, those that name a point, those whose point is to come
	inScope             int // of those to come: understood
	exact, equal        int // of those: right to the grain of the data, right to the second
	passed              int // of those that have passed: refused with that reason
	wrong               int // of all: answered, and not so
}

func (j *judge) look(t *testing.T, s saying) {
	t.Helper()
	r, err := phrase.Parse(s.text, s.lang, s.now.Location(), s.now)
	j.rows++
	if s.unknown {
		return
	}
	ahead := s.point && s.from.After(s.now)
	if s.point {
		j.points++
	}
	if ahead {
		j.ahead++
	}
	var why *phrase.Error
	if errors.As(err, &why) {
		if ahead {
			t.Logf("refused: %q: %s", s.text, why.Reason)
		} else if s.point && why.Reason == phrase.Past {
			j.passed++
		}
		return
	}
	exact := !s.from.IsZero() && !r.At.Before(s.from) && r.At.Before(s.to)
	switch {
	case !exact:
		j.wrong++
		t.Errorf("%q is taken for %s%s, not for %s", s.text, r.At.Format(time.RFC3339), r.Spec, s.from.Format(time.RFC3339))
	case ahead:
		j.exact++
	default:
		t.Logf("answered, though it is no one point to come: %q: %s", s.text, r.At.Format(time.RFC3339))
	}
	if ahead {
		j.inScope++
		if r.At.Equal(s.from) {
			j.equal++
		}
	}
}

func (j judge) add(k judge) judge {
	return judge{j.rows + k.rows, j.points + k.points, j.ahead + k.ahead, j.inScope + k.inScope, j.exact + k.exact, j.equal + k.equal, j.passed + k.passed, j.wrong + k.wrong}
}

func (j judge) String() string {
	share := func(n, of int) string {
		return fmt.Sprintf("%d of %d (%.1f%%)", n, of, 100*float64(n)/float64(max(of, 1)))
	}
	return fmt.Sprintf("%4d rows, %3d points; to come, understood %s; exact %s, to the second %d; passed, so refused %d of %d; wrong %d",
		j.rows, j.points, share(j.inScope, j.ahead), share(j.exact, j.inScope), j.equal, j.passed, j.points-j.ahead, j.wrong)
}

// The rows of dateparser do not say their language; most of what may be English
// is not. They count where nothing may be wrong.
func TestCorpusOfPhrases(t *testing.T) {
	folder := filepath.Join(corpus(t), "time")
	var labelled, all judge
	for _, file := range []struct {
		name     string
		of       func(*testing.T, string) []saying
		labelled bool
	}{
		{"duckling-en.jsonl", duckling, true}, {"duckling-ru.jsonl", duckling, true}, {"when.jsonl", when, true}, {"dateparser.jsonl", dateparser, false},
	} {
		var j judge
		for _, s := range file.of(t, filepath.Join(folder, file.name)) {
			j.look(t, s)
		}
		t.Logf("%-18s %v", file.name, j)
		all = all.add(j)
		if file.labelled {
			labelled = labelled.add(j)
		}
	}
	t.Logf("%-18s %v", "of known language", labelled)
	t.Logf("%-18s %v", "all", all)
	if all.wrong > 0 || 10*labelled.inScope < 6*labelled.ahead || 100*all.exact < 95*all.inScope {
		t.Error("less is understood than docs/phrases.md promises")
	}
}

// A time within a sentence is that of the phrase, or none.
func TestCorpusOfSentences(t *testing.T) {
	found, wrong := 0, 0
	sayings := when(t, filepath.Join(corpus(t), "time", "when.jsonl"))
	for _, s := range sayings {
		r, rest, err := phrase.Find(s.sentence, s.lang, s.now.Location(), s.now)
		if err != nil {
			continue
		}
		found++
		if !s.point || !r.At.Equal(s.from) {
			wrong++
			t.Errorf("%q is taken for %s%s and %q, not for %s", s.sentence, r.At.Format(time.RFC3339), r.Spec, rest, s.from.Format(time.RFC3339))
		}
	}
	t.Logf("%d sentences, a time found in %d, wrong %d", len(sayings), found, wrong)
}

// duckling reads rows with a grain: what is exact to the day is any time of it.
func duckling(t *testing.T, path string) []saying {
	var all []saying
	for _, r := range rows[struct{ Phrase, Ref, Kind, From, Grain, Lang string }](t, path) {
		s := saying{text: r.Phrase, lang: r.Lang, now: instantOf(t, "2013-02-12T04:30:00-02:00"), point: r.Kind == "value"}
		if r.Ref != "" {
			s.now = instantOf(t, r.Ref)
		}
		// There is no day 0: some rows write the month before the first.
		r.From = strings.NewReplacer("-00-00T", "-01-01T", "-00T", "-01T").Replace(r.From)
		if r.From != "" {
			s.from = instantOf(t, r.From)
			s.to = grainAfter(s.from, r.Grain)
		}
		if !s.point {
			s.to = s.from // an interval is not a point within it
		}
		all = append(all, s)
	}
	return all
}

func instantOf(t *testing.T, text string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func grainAfter(from time.Time, grain string) time.Time {
	switch grain {
	case "second":
		return from.Add(time.Second)
	case "minute":
		return from.Add(time.Minute)
	case "hour":
		return from.Add(time.Hour)
	case "week":
		return from.AddDate(0, 0, 7)
	case "month":
		return from.AddDate(0, 1, 0)
	case "quarter":
		return from.AddDate(0, 3, 0)
	case "year":
		return from.AddDate(1, 0, 0)
	}
	return from.AddDate(0, 0, 1)
}

// when reads rows with the distance from one instant, in seconds.
func when(t *testing.T, path string) []saying {
	var all []saying
	now := instantOf(t, "2016-01-06T00:00:00Z")
	for _, r := range rows[struct {
		Text, Match, Lang string
		Diff              *float64 `json:"diff_seconds"`
		Expr              string   `json:"diff_expr"`
	}](t, path) {
		s := saying{text: r.Match, lang: r.Lang, sentence: r.Text, now: now, point: true}
		var y, m, d, hh, mm int
		switch {
		case r.Match == "":
			s.text, s.point = r.Text, false
		case r.Diff != nil:
			s.from = now.Add(time.Duration(*r.Diff * float64(time.Second)))
		default:
			if n, _ := fmt.Sscanf(r.Expr, "time.Date(%d, %d, %d, %d, %d,", &y, &m, &d, &hh, &mm); n != 5 {
				t.Fatalf("%q cannot be read", r.Expr)
			}
			s.from = time.Date(y, time.Month(m), d, hh, mm, 0, 0, time.UTC)
			s.now = s.from.AddDate(0, 0, -3)
		}
		s.to = s.from.Add(time.Second)
		all = append(all, s)
	}
	return all
}

// dateparser reads rows of many languages, of which those that may be English
// or Russian are asked for: amounts of time before or after now, and dates.
// Which day "Friday" was said on is not told.
func dateparser(t *testing.T, path string) []saying {
	var all []saying
	zone, err := calendar.Zone("UTC")
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows[struct {
		Phrase, Kind, Lang, Expected string
		Ago                          map[string]float64
		Future                       map[string]float64 `json:"in_future"`
	}](t, path) {
		s := saying{text: r.Phrase, lang: strings.TrimSuffix(r.Lang, "?"), now: time.Date(2026, 3, 3, 11, 40, 0, 0, zone)}
		s.point = s.lang == "en" || s.lang == "ru"
		switch {
		case r.Future != nil:
			s.from = shifted(s.now, r.Future, 1)
		case r.Ago != nil:
			s.from = shifted(s.now, r.Ago, -1)
		default:
			at, err := time.Parse("2006-01-02T15:04:05", r.Expected)
			if err != nil {
				t.Fatal(err)
			}
			s.from, s.now = at, at.AddDate(0, 0, -3)
			s.unknown = !strings.Contains(r.Phrase, at.Format("2006"))
			s.point = s.point && !s.unknown
		}
		s.to = s.from.Add(time.Second)
		if d, ok := r.Future["days"]; ok && len(r.Future) == 1 && d == float64(int(d)) { // "tomorrow" is no hour
			s.from = s.from.Truncate(24 * time.Hour)
			s.to = s.from.AddDate(0, 0, 1)
		}
		all = append(all, s)
	}
	return all
}

func shifted(t time.Time, by map[string]float64, sign float64) time.Time {
	at := t.AddDate(int(sign*by["years"]), int(sign*by["months"]), 0)
	hours := 24*(7*by["weeks"]+by["days"]) + by["hours"] + by["minutes"]/60 + by["seconds"]/3600
	return at.Add(time.Duration(sign * hours * float64(time.Hour))).Round(time.Second / 1000)
}
