package search

import (
	"math"
	"slices"
)

// The parameters of BM25: how soon a repeated term counts no more, how much
// more a title counts than a body, and how much a long one is worth less.
const (
	saturation  = 1.5
	titleWeight = 3.5
	titleLength = 0.5
	bodyLength  = 0.75
)

// fewest is how many documents there are taken to be at least: in a handful of
// them a word that each has, and one that none has, say little about how rare
// it is.
const fewest = 60

// posting says that a term stands in a document, or in a title.
type posting struct {
	at     int32
	weight float64
}

// terms is an index of one kind of term: stems, or trigrams.
type terms struct {
	docs    map[string][]posting // by document: its fields together, weighed
	titles  map[string][]posting // by title
	lengths []float64            // of titles as vectors of idf
	idf     map[string]float64
	unknown float64 // idf of a term that nobody has written
}

func newTerms(docs []Doc, titles []titleOf, cut func(string) []string) terms {
	t := terms{docs: map[string][]posting{}, titles: map[string][]posting{}, idf: map[string]float64{}}
	weights := make([]map[string]float64, len(docs))
	for i := range weights {
		weights[i] = map[string]float64{}
	}
	var own, bodies [][]string
	for _, d := range docs {
		title := cut(d.Title)
		own = append(own, title)
		for _, q := range d.Asked {
			own = append(own, cut(q))
		}
		bodies = append(bodies, cut(d.Body))
	}
	weigh(own, titleWeight, titleLength, func(i int, term string, w float64) { weights[titles[i]][term] += w })
	weigh(bodies, 1, bodyLength, func(i int, term string, w float64) { weights[i][term] += w })
	for i, terms := range weights {
		for term, w := range terms {
			t.docs[term] = append(t.docs[term], posting{int32(i), w}) //nolint:gosec // there are not that many documents
		}
	}
	n := float64(max(len(docs), fewest))
	for term, p := range t.docs {
		t.idf[term] = math.Log(1 + (n-float64(len(p))+0.5)/(float64(len(p))+0.5))
	}
	t.unknown = math.Log(1 + (n+0.5)/0.5)
	t.indexTitles(own)
	return t
}

// weigh calls add for each time that a term stands in one of the texts of a
// field.
func weigh(texts [][]string, weight, length float64, add func(i int, term string, w float64)) {
	total := 0
	for _, text := range texts {
		total += len(text)
	}
	average := max(1, float64(total)/max(1, float64(len(texts))))
	for i, text := range texts {
		norm := 1 - length + length*float64(len(text))/average
		for _, term := range text {
			add(i, term, weight/norm)
		}
	}
}

func (t *terms) indexTitles(titles [][]string) {
	t.lengths = make([]float64, len(titles))
	for i, title := range titles {
		for _, term := range distinct(title) {
			t.titles[term] = append(t.titles[term], posting{int32(i), 0}) //nolint:gosec // there are not that many titles
			t.lengths[i] += t.idf[term] * t.idf[term]
		}
		t.lengths[i] = math.Sqrt(t.lengths[i])
	}
}

// score gives each document the share that it has of the query's terms, each
// counting by how rare it is; a term that nobody has written about is part of
// the question too. alike is the cosine of query and each title.
func (t *terms) score(query []string, docs int) (found, alike []float64) {
	found, alike = make([]float64, docs), make([]float64, len(t.lengths))
	var ideal, length float64
	for _, term := range query {
		idf, ok := t.idf[term]
		if !ok {
			idf = t.unknown
		}
		ideal += idf
		length += idf * idf
		for _, p := range t.docs[term] {
			found[p.at] += idf * p.weight / (saturation + p.weight)
		}
		for _, p := range t.titles[term] {
			alike[p.at] += idf * idf
		}
	}
	length = math.Sqrt(length)
	for i := range found {
		if found[i] > 0 {
			found[i] /= ideal
		}
	}
	for i := range alike {
		if alike[i] > 0 {
			alike[i] /= length * t.lengths[i]
		}
	}
	return found, alike
}

func distinct(words []string) []string {
	words = slices.Clone(words)
	slices.Sort(words)
	return slices.Compact(words)
}
