package storage

import (
	"maps"
	"slices"
	"strings"

	"meridian/bot"
)

const (
	firstWindow = 2   // segments that are looked through first, the newest
	maxWindow   = 64  // and at most at once
	firstLook   = 256 // candidates whose state is looked at one by one
)

// highest is above every character that a word may go on with.
const highest = "\U0010FFFF"

// search is one question under way.
type search struct {
	*view
	q     bot.FindQuery
	limit int
	fresh []freshRow
	found []bot.Request
}

// freshRow is a request whose words the index does not know yet.
type freshRow struct {
	request int64
	words   string
}

// FindRequests implements bot.SearchView. The index is read from its newest end
// until enough is found, so that a word that is in every request costs no more
// than a rare one.
func (v *view) FindRequests(q bot.FindQuery) ([]bot.Request, error) {
	s := &search{view: v, q: q, limit: limited(q.Limit, 10)}
	if n, ok := bot.ParseRequestID(q.Text); ok && !q.Like {
		if err := s.take([]int64{n}); err != nil {
			return nil, err
		}
	}
	look := s.find
	if q.Like {
		look = s.like
	}
	err := look()
	return s.found, err
}

// readFresh reads the rows that the index does not know.
func (s *search) readFresh() error {
	return s.rows(`SELECT request, words, team FROM request_words WHERE fresh = 1 ORDER BY request DESC`, nil, func(r row) error {
		var f freshRow
		var team string
		err := r.Scan(&f.request, &f.words, &team)
		if s.q.Internal {
			f.words += team
		}
		s.fresh = append(s.fresh, f)
		return err
	})
}

// find looks for all words.
func (s *search) find() error {
	terms, err := s.terms()
	if err != nil || terms == nil {
		return err
	}
	last, err := s.lastSegment()
	if err == nil {
		err = s.readFresh()
	}
	size := int64(firstWindow)
	for to := last; err == nil && to >= 0 && len(s.found) < s.limit; to, size = to-size, min(4*size, maxWindow) {
		w := &window{from: max(0, to-size+1), to: to}
		var sets []set
		if sets, err = s.having(w, terms); err != nil {
			return err
		}
		for _, more := range sets[1:] {
			sets[0].and(more)
		}
		err = s.takeSet(w, sets[0])
	}
	return err
}

// terms are what is looked for; nil: there are no words.
func (s *search) terms() (terms []term, err error) {
	tokens, prefix := bot.Sought(s.q.Text)
	if len(tokens) == 0 {
		return nil, nil
	}
	for _, token := range tokens {
		terms = append(terms, anyOf(token))
	}
	terms[len(terms)-1].prefix = prefix
	return append(terms, s.facets()...), nil
}

// facets are the terms of what else the query asks for.
func (s *search) facets() (terms []term) {
	if s.q.Requester != "" {
		terms = append(terms, anyOf(facet(requesterFacet, s.q.Requester)))
	}
	if len(s.q.Clients) > 0 {
		var of []string
		for _, c := range s.q.Clients {
			of = append(of, facet(clientFacet, c))
		}
		terms = append(terms, anyOf(of...))
	}
	return terms
}

// having are the requests of a window that have each of some terms.
func (s *search) having(w *window, terms []term) ([]set, error) {
	sets := make([]set, len(terms))
	of := map[int][]int{} // terms by bucket
	for i, t := range terms {
		sets[i] = make(set, w.to-w.from+1)
		for _, word := range append(slices.Clone(t.words), t.prefix) {
			if b := bucketOf(word); word != "" && !slices.Contains(of[b], i) {
				of[b] = append(of[b], i)
			}
		}
	}
	if err := s.readIndex(w, slices.Collect(maps.Keys(of)), func(bucket int, at int64, entries string) {
		for _, i := range of[bucket] {
			terms[i].read(entries, s.q.Internal, &sets[i][at-w.from])
		}
	}); err != nil {
		return nil, err
	}
	for _, f := range s.fresh {
		if f.request < w.first() || f.request >= (w.to+1)*segment {
			continue
		}
		for i := range terms {
			if terms[i].in(f.words) {
				sets[i].add(f.request - w.first())
			} else {
				sets[i].remove(f.request - w.first())
			}
		}
	}
	return sets, nil
}

// readIndex reads the rows of some buckets.
func (s *search) readIndex(w *window, buckets []int, fn func(bucket int, at int64, entries string)) error {
	n := 1
	for n < len(buckets) { // few lengths, so that few statements are prepared
		n *= 2
	}
	var args []any
	for i := range n {
		if i < len(buckets) {
			args = append(args, placeOf(buckets[i], w.from), placeOf(buckets[i], w.to))
		} else {
			args = append(args, 0, -1)
		}
	}
	var place int64
	var entries string
	return s.rows(`SELECT place, entries FROM (VALUES (CAST(? AS BIGINT), CAST(? AS BIGINT))`+strings.Repeat(", (?, ?)", n-1)+`) AS wanted
		JOIN word_index ON place BETWEEN wanted.column1 AND wanted.column2`, args, func(r row) error {
		if err := r.Scan(&place, &entries); err != nil {
			return err
		}
		fn(int(place>>32), place&(1<<32-1), entries)
		return nil
	})
}
