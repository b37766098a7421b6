package storage

import (
	"cmp"
	"math"
	"slices"
	"unicode/utf8"

	"meridian/bot"
)

const (
	likeWords    = 12 // words of a text that others may be like
	likeSegments = 16 // the newest ones, in which such are looked for
	likeCommon   = 16 // a word that more than one request in so many has says little
	likeLook     = 64 // the likeliest, whose state is looked at
	// likeShare is how much of what the text says, weighed by how rare the words
	// are, another must say too.
	likeShare = 0.3
)

// like looks for requests of the last thousands that share rare words with a
// text, those that share the most first, the newer of equal ones first. A word
// weighs the more the fewer requests have it; words that nobody else used say
// nothing.
func (s *search) like() error {
	words := telling(bot.Tokens(s.q.Text))
	if len(words) == 0 {
		return nil
	}
	last, err := s.lastSegment()
	if err == nil {
		err = s.readFresh()
	}
	if err != nil {
		return err
	}
	w := &window{from: max(0, last-likeSegments+1), to: last}
	terms := s.facets()
	facets := len(terms)
	for _, word := range words {
		terms = append(terms, anyOf(word))
	}
	sets, err := s.having(w, terms)
	if err != nil {
		return err
	}
	return s.take(s.likeliest(w, sets[:facets], sets[facets:]))
}

// telling are the words of a text that may be rare: names and numbers, which
// come first, and then long words rather than short ones.
func telling(tokens []string) []string {
	names := 0
	for names < len(tokens) && names < likeWords/2 && !plainWord(tokens[names]) {
		names++
	}
	rest := slices.Clone(tokens[names:])
	slices.SortStableFunc(rest, func(a, b string) int { return cmp.Compare(utf8.RuneCountInString(b), utf8.RuneCountInString(a)) })
	all := append(tokens[:names:names], rest...)
	return all[:min(len(all), likeWords)]
}

// plainWord reports whether a token has no digits and is no address.
func plainWord(token string) bool {
	for _, r := range token {
		if r < 'A' {
			return false
		}
	}
	return true
}

// likeliest orders the requests by the weight of the words they have. Common
// words weigh too, but only rare ones bring a request into question.
func (s *search) likeliest(w *window, facets, words []set) []int64 {
	among := float64(len(words[0]) * segment)
	scores, total := map[int64]float64{}, 0.0
	type common struct {
		having set
		weight float64
	}
	var others []common
	for _, having := range words {
		if n := s.q.Except - w.first(); n >= 0 && s.q.Except < (w.to+1)*segment {
			having.remove(n)
		}
		count := having.count()
		if count == 0 {
			continue
		}
		weight := math.Log(1 + among/float64(count))
		total += weight
		if count > max(segment, int(among))/likeCommon {
			others = append(others, common{having, weight})
			continue
		}
		for _, n := range having.newest(count) {
			scores[n] += weight
		}
	}
	for n := range scores {
		for _, c := range others {
			if c.having.has(n) {
				scores[n] += c.weight
			}
		}
	}
	var numbers []int64
	for n, score := range scores {
		if score < likeShare*total || slices.ContainsFunc(facets, func(f set) bool { return !f.has(n) }) {
			continue
		}
		numbers = append(numbers, n)
	}
	slices.SortFunc(numbers, func(a, b int64) int { return cmp.Or(cmp.Compare(scores[b], scores[a]), cmp.Compare(b, a)) })
	numbers = numbers[:min(len(numbers), likeLook)]
	for i := range numbers {
		numbers[i] += w.first()
	}
	return numbers
}

func (s set) has(n int64) bool { return s[n/segment][n%segment/64]&(1<<(n%64)) != 0 }
