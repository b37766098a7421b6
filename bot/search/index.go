// Package search finds the documents that a question is about: articles of a
// FAQ, in Russian and English, without a model. Words are compared by their
// stems (BM25), by pieces of three letters (which forgive what was misspelt or
// bent in an unknown way), and whole titles by how alike they are to the
// question. The score of a hit is a share of the question, so that a gate can be
// set on it.
package search

import (
	"cmp"
	"math"
	"slices"
)

// Doc is something that can be found.
type Doc struct {
	ID    string
	Title string
	Body  string
	Asked []string // questions that it has answered; each counts like a title
}

// Hit is a document that was found. Score is between 0 and 1: how much of the
// question the document speaks about. It depends neither on how many documents
// there are nor on how long the question is.
type Hit struct {
	ID    string
	Score float64
}

// The shares of a score. They were chosen on nine bases of questions in both
// languages so that none is worse off than with stems alone.
const (
	gramShare  = 0.4 // of trigrams; the rest is of whole words
	alikeShare = 0.3 // of the likeness of titles; the rest is of words found anywhere
	alikePower = 2.5 // a title that is only a little like the question says nothing
)

// Index finds documents. It is never changed, and several may use it at once.
type Index struct {
	ids    []string
	titles []titleOf
	stems  terms
	grams  terms
}

// titleOf says which document a title, or a question that was answered, is of.
type titleOf int32

// New indexes documents.
func New(docs []Doc) *Index {
	x := &Index{ids: make([]string, len(docs))}
	for i, d := range docs {
		x.ids[i] = d.ID
		for range 1 + len(d.Asked) {
			x.titles = append(x.titles, titleOf(i))
		}
	}
	x.stems = newTerms(docs, x.titles, words)
	x.grams = newTerms(docs, x.titles, trigrams)
	return x
}

// Search finds the n documents that fit a question best, the best first.
// Documents that have nothing of it are left out.
func (x *Index) Search(question string, n int) []Hit {
	byStem, likeStem := x.stems.score(distinct(words(question)), len(x.ids))
	byGram, likeGram := x.grams.score(distinct(trigrams(question)), len(x.ids))
	alike := make([]float64, len(x.ids))
	for i, doc := range x.titles {
		alike[doc] = max(alike[doc], (1-gramShare)*likeStem[i]+gramShare*likeGram[i])
	}
	best := make([]Hit, 0, n+1)
	for i, id := range x.ids {
		score := (1 - alikeShare) * ((1-gramShare)*byStem[i] + gramShare*byGram[i])
		if alike[i] > 0 {
			score += alikeShare * math.Pow(alike[i], alikePower)
		}
		if score > 0 {
			best = keep(best, Hit{id, score}, n)
		}
	}
	return best
}

// keep puts a hit among the n best, the best first; of two as good the one with
// the lower id is.
func keep(best []Hit, h Hit, n int) []Hit {
	order := func(a, b Hit) int { return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.ID, b.ID)) }
	if len(best) == n && (n == 0 || order(h, best[n-1]) > 0) {
		return best
	}
	at, _ := slices.BinarySearchFunc(best, h, order)
	best = slices.Insert(best, at, h)
	return best[:min(n, len(best))]
}
