package storage

import (
	"cmp"
	"maps"
	"math"
	"slices"

	"meridian/bot"
)

const (
	likeWords = 24    // words of a text that others may be like
	likeRows  = 5_000 // requests that are weighed
	// likeShare is how much of what the text says, weighed by how rare the words
	// are, another must say too.
	likeShare = 0.3
)

// like looks for requests that share rare words with a text, those that share
// the most first, the newer of equal ones first. A word weighs the more the
// fewer requests have it; words that nobody else used say nothing.
func (s *search) like() error {
	tokens := bot.Tokens(s.q.Text)
	tokens = tokens[:min(len(tokens), likeWords)]
	if len(tokens) == 0 {
		return nil
	}
	last, err := s.lastBlock()
	if err != nil {
		return err
	}
	counts, err := s.counts(tokens)
	if err != nil {
		return err
	}
	rare, others := rarest(counts)
	having, err := s.having(rare, last)
	if err != nil {
		return err
	}
	scores, total := map[int64]float64{}, 0.0
	weight := func(n int) float64 { return math.Log(1 + float64((last+1)*block)/float64(n)) }
	for _, token := range others {
		total += weight(counts[token])
	}
	for _, numbers := range having {
		delete(numbers, s.q.Except)
		if len(numbers) == 0 {
			continue
		}
		w := weight(len(numbers))
		total += w
		for n := range numbers {
			scores[n] += w
		}
	}
	maps.DeleteFunc(scores, func(_ int64, score float64) bool { return score < likeShare*total })
	numbers := slices.SortedFunc(maps.Keys(scores), func(a, b int64) int {
		return cmp.Or(cmp.Compare(scores[b], scores[a]), cmp.Compare(b, a))
	})
	return s.take(numbers, true)
}

// counts says about how many requests have each word.
func (s *search) counts(tokens []string) (map[string]int, error) {
	counts := map[string]int{}
	marks, args := in(tokens)
	err := s.rows(`SELECT token, sum(length(requests)) FROM request_tokens WHERE token IN `+marks+` AND internal IN `+s.sides+` GROUP BY token`,
		args, func(r row) error {
			var token string
			var size int
			err := r.Scan(&token, &size)
			counts[token] = size / 2
			return err
		})
	return counts, err
}

// rarest parts the words into those whose requests are weighed and the others.
func rarest(counts map[string]int) (rare, others []string) {
	all := slices.SortedFunc(maps.Keys(counts), func(a, b string) int { return cmp.Or(cmp.Compare(counts[a], counts[b]), cmp.Compare(a, b)) })
	rows := 0
	for i, token := range all {
		if rows += counts[token]; rows > likeRows {
			return all[:i], all[i:]
		}
	}
	return all, nil
}

// having are the requests that have each of some words.
func (s *search) having(tokens []string, last int64) (map[string]map[int64]bool, error) {
	having := map[string]map[int64]bool{}
	if len(tokens) == 0 {
		return having, nil
	}
	marks, args := in(tokens)
	err := s.read(`token IN `+marks, args, 0, last, "", func(token string, n int) {
		if having[token] == nil {
			having[token] = map[int64]bool{}
		}
		having[token][int64(n)] = true
	})
	return having, err
}
