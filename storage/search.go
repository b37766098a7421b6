package storage

import (
	"cmp"
	"math/bits"
	"slices"

	"meridian/bot"
)

const (
	window    = 64    // blocks that are looked through at once, the newest first
	prefixed  = 4_000 // rows that a prefix may stand for in one window
	firstLook = 256   // candidates whose state is looked at one by one
)

// set is some of the requests in a window.
type set []uint64

func newSet() set { return make(set, window*block/64) }

func (s set) add(n int) { s[n/64] |= 1 << (n % 64) }

func (s set) and(o set) {
	for i := range s {
		s[i] &= o[i]
	}
}

// newest lists the numbers in a set whose window begins at first, newest first.
func (s set) newest(first int64) (out []int64) {
	for i := len(s) - 1; i >= 0; i-- {
		for w := s[i]; w != 0; {
			bit := 63 - bits.LeadingZeros64(w)
			w &^= 1 << bit
			out = append(out, first+int64(i*64+bit))
		}
	}
	return out
}

// search is one question under way.
type search struct {
	*view
	q      bot.FindQuery
	sides  string // which sides of the index count, as SQL
	facets [][]string
	limit  int
	found  []bot.Request
}

// FindRequests implements bot.SearchView. The index is read from its newest end
// until enough is found, so that a word that is in every request costs no more
// than a rare one.
func (v *view) FindRequests(q bot.FindQuery) ([]bot.Request, error) {
	s := &search{view: v, q: q, sides: "(0)", limit: limited(q.Limit, 10)}
	if q.Internal {
		s.sides = "(0, 1)"
	}
	if q.Requester != "" {
		s.facets = append(s.facets, []string{bounded(requesterFacet + q.Requester)})
	}
	if len(q.Clients) > 0 {
		var of []string
		for _, c := range q.Clients {
			of = append(of, bounded(clientFacet+c))
		}
		s.facets = append(s.facets, of)
	}
	var err error
	if q.Like {
		err = s.like()
	} else {
		err = s.find()
	}
	return s.found, err
}

// find looks for all words.
func (s *search) find() error {
	if n, ok := bot.ParseRequestID(s.q.Text); ok {
		if err := s.take([]int64{n}, true); err != nil {
			return err
		}
	}
	tokens, prefix := bot.Sought(s.q.Text)
	if len(tokens) == 0 {
		return nil
	}
	last, err := s.lastBlock()
	if err != nil {
		return err
	}
	for to := last; to >= 0 && len(s.found) < s.limit; to -= window {
		from := max(0, to-window+1)
		matches, err := s.matching(tokens, prefix, from, to)
		if err == nil && matches != nil {
			err = s.take(matches.newest(from*block), len(s.q.States) > 0)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *search) lastBlock() (n int64, err error) {
	err = s.get([]any{&n}, `SELECT coalesce(max(number), 0) FROM requests`)
	return n / block, err
}

// matching are the requests of a window that have all words and facets; nil:
// none.
func (s *search) matching(tokens []string, prefix string, from, to int64) (set, error) {
	var terms [][]string
	for _, token := range tokens {
		terms = append(terms, []string{token})
	}
	terms = append(terms, s.facets...)
	sets := make([]set, len(terms))
	of := map[string][]int{}
	for i, term := range terms {
		sets[i] = newSet()
		for _, token := range term {
			of[token] = append(of[token], i)
		}
	}
	marks, args := in(slices.Concat(terms...))
	if err := s.read(`token IN `+marks, args, from, to, "", func(token string, n int) {
		for _, i := range of[token] {
			sets[i].add(n)
		}
	}); err != nil {
		return nil, err
	}
	if prefix != "" {
		begun := sets[len(tokens)-1]
		if err := s.read(`token >= ? AND token < ?`, []any{prefix, prefix + highest}, from, to, " LIMIT "+literal(prefixed, 0), func(_ string, n int) { begun.add(n) }); err != nil {
			return nil, err
		}
	}
	for _, more := range sets[1:] {
		sets[0].and(more)
	}
	return sets[0], nil
}

// highest is above every character that a word may go on with.
const highest = "\U0010FFFF"

// read calls fn for each word and request of a window, the request counted from
// the window's beginning.
func (s *search) read(which string, args []any, from, to int64, limit string, fn func(token string, n int)) error {
	var token, requests string
	var at int64
	return s.rows(`SELECT token, block, requests FROM request_tokens
		WHERE `+which+` AND internal IN `+s.sides+` AND block BETWEEN ? AND ?`+limit, append(args, from, to), func(r row) error {
		if err := r.Scan(&token, &at, &requests); err != nil {
			return err
		}
		base := int(at-from) * block
		places(requests, func(n int) { fn(token, base+n) })
		return nil
	})
}

// take adds requests to what was found, in the order of numbers. filtered says
// that some of them may not be what the query asks for. The newest are looked at
// one by one; if they are not enough, the index by state says which of the many
// others come into question.
func (s *search) take(numbers []int64, filtered bool) error {
	numbers = slices.DeleteFunc(numbers, func(n int64) bool {
		return n == s.q.Except || slices.ContainsFunc(s.found, func(r bot.Request) bool { return r.Number == n })
	})
	for first := true; len(numbers) > 0 && len(s.found) < s.limit; first = false {
		if !filtered {
			return s.fetch(numbers[:min(len(numbers), s.limit-len(s.found))])
		}
		if !first && len(numbers) > firstLook && len(s.q.States) > 0 {
			var err error
			if numbers, err = s.inState(numbers); err != nil {
				return err
			}
		}
		some := numbers[:min(firstLook, len(numbers))]
		numbers = numbers[len(some):]
		some, err := s.allowed(some)
		if err == nil {
			err = s.fetch(some[:min(len(some), s.limit-len(s.found))])
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// allowed are those of the numbers that the query's filters let through, in
// the same order.
func (s *search) allowed(numbers []int64) ([]int64, error) {
	marks, args := in(numbers)
	where := "number IN " + marks
	and := func(column string, values []string) {
		if len(values) > 0 {
			marks, more := in(values)
			where, args = where+" AND "+column+" IN "+marks, append(args, more...)
		}
	}
	and("state", stateNames(s.q.States))
	and("client", s.q.Clients)
	if s.q.Requester != "" {
		and("requester", []string{s.q.Requester})
	}
	return s.those(numbers, `SELECT number FROM requests WHERE `+where, args)
}

// inState is allowed for many numbers of one window, by state alone.
func (s *search) inState(numbers []int64) ([]int64, error) {
	marks, args := in(stateNames(s.q.States))
	return s.those(numbers, `SELECT number FROM requests WHERE state IN `+marks+` AND number BETWEEN ? AND ?`,
		append(args, slices.Min(numbers), slices.Max(numbers)))
}

// those are the numbers that a statement gives, in their own order.
func (s *search) those(numbers []int64, query string, args []any) ([]int64, error) {
	let := map[int64]bool{}
	var n int64
	err := s.rows(query, args, func(r row) error {
		err := r.Scan(&n)
		let[n] = true
		return err
	})
	return slices.DeleteFunc(numbers, func(n int64) bool { return !let[n] }), err
}

// fetch reads requests and adds them to what was found, in the order of numbers.
func (s *search) fetch(numbers []int64) error {
	if len(numbers) == 0 {
		return nil
	}
	marks, args := in(numbers)
	rows, err := list(s.view, scanRequest, `SELECT `+requestColumns+` FROM requests WHERE number IN `+marks, args...)
	if err != nil {
		return err
	}
	slices.SortFunc(rows, func(a, b bot.Request) int {
		return cmp.Compare(slices.Index(numbers, a.Number), slices.Index(numbers, b.Number))
	})
	s.found = append(s.found, rows...)
	return nil
}

func stateNames(states []bot.State) (out []string) {
	for _, s := range states {
		out = append(out, string(s))
	}
	return out
}
