package storage

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"meridian/bot"
)

const (
	likeWords  = 12   // words of a text that others may be like
	likeAmong  = 8192 // the newest requests, among which such are looked for
	likeSlack  = 1024 // so many older ones may be kept in memory beside
	likeCommon = 16   // a word that more than one request in so many has says little
	likeLook   = 64   // the likeliest, whose state is looked at
	// likeShare is how much of what the text says, weighed by how rare the words
	// are, another must say too.
	likeShare = 0.3
)

// likeness keeps in memory which of the newest requests have a word. Whoever
// files a request looks for others like it, within the transaction that writes
// it, so that no row is read for it but those that somebody has written since.
// The words of the team stay out: what is found shows that it is there.
type likeness struct {
	mu      sync.Mutex
	last    int64            // the highest request that was read
	changed int64            // and the last change of one
	words   map[int64]string // of a request, as its row has them
	having  map[string][]int64
}

// likeRow is a row that memory does not know.
type likeRow struct {
	request, changed int64
	words            string
}

// like looks for requests of the last thousands that share rare words with a
// text, those that share the most first, the newer of equal ones first. A word
// weighs the more the fewer requests have it; words that nobody else used say
// nothing.
func (s *search) like() error {
	words := telling(bot.Tokens(s.q.Text))
	if len(words) == 0 {
		return nil
	}
	l := &s.store.likeness
	l.mu.Lock()
	defer l.mu.Unlock()
	if s.alike == nil {
		fresh, err := s.likeRows(l)
		if err != nil {
			return err
		}
		if !s.newWords { // all that was read is committed
			l.take(fresh)
			fresh = nil
		}
		s.alike = &alike{changed: fresh, having: map[string][]int64{}}
	}
	return s.take(l.likeliest(words, s.alike, s.q.Except))
}

// alike is what a transaction has written and memory does not know: rows that
// it has changed or made before somebody asked, and the words of those that it
// made since.
type alike struct {
	changed []likeRow
	having  map[string][]int64
	made    int
}

// add takes in a request that was made, if anybody has asked for what is alike.
func (a *alike) add(r likeRow) {
	if a == nil {
		return
	}
	a.made++
	for w := range strings.FieldsSeq(r.words) {
		a.having[w] = append(a.having[w], r.request)
	}
}

// likeRows reads what memory does not know yet.
func (s *search) likeRows(l *likeness) (rows []likeRow, err error) {
	if l.words == nil {
		var last int64
		if err := s.get([]any{&last}, `SELECT coalesce(max(request), 0) FROM request_words`); err != nil {
			return nil, err
		}
		l.last = max(0, last-likeAmong)
		// What this transaction has counted is not written yet.
		if err := s.get([]any{&l.changed}, `SELECT value FROM counters WHERE name = ?`, wordsCounter); err != nil && !isMissing(err) {
			return nil, err
		}
		l.words, l.having = map[int64]string{}, map[string][]int64{}
	}
	return list(s.view, func(r row) (f likeRow, err error) {
		err = r.Scan(&f.request, &f.changed, &f.words)
		return f, err
	}, `SELECT request, changed, words FROM request_words WHERE request > ?
		UNION ALL SELECT request, changed, words FROM request_words WHERE changed > ? AND request <= ?`, l.last, l.changed, l.last)
}

// take keeps rows in memory.
func (l *likeness) take(rows []likeRow) {
	for _, f := range rows {
		l.last, l.changed = max(l.last, f.request), max(l.changed, f.changed)
		old, had := l.words[f.request]
		if f.request <= l.last-likeAmong || had && old == f.words {
			continue
		}
		l.drop(f.request)
		l.words[f.request] = f.words
		for w := range strings.FieldsSeq(f.words) {
			at, has := slices.BinarySearch(l.having[w], f.request)
			if !has {
				l.having[w] = slices.Insert(l.having[w], at, f.request)
			}
		}
	}
	if len(l.words) > likeAmong+likeSlack {
		l.dropBefore(l.last - likeAmong + 1)
	}
}

// dropBefore forgets what is too old.
func (l *likeness) dropBefore(first int64) {
	maps.DeleteFunc(l.words, func(n int64, _ string) bool { return n < first })
	for w, having := range l.having {
		at, _ := slices.BinarySearch(having, first)
		if at == len(having) {
			delete(l.having, w)
		} else {
			l.having[w] = having[at:]
		}
	}
}

// drop forgets a request.
func (l *likeness) drop(request int64) {
	for w := range strings.FieldsSeq(l.words[request]) {
		at, has := slices.BinarySearch(l.having[w], request)
		switch {
		case !has:
		case len(l.having[w]) == 1:
			delete(l.having, w)
		default:
			l.having[w] = slices.Delete(l.having[w], at, at+1)
		}
	}
	delete(l.words, request)
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

// holders are the requests that have a word: those of memory, but for rows that
// it does not know yet.
type holders struct {
	known      []int64
	more, less []int64
}

func (l *likeness) holders(word string, own *alike) holders {
	h := holders{known: l.having[word], more: own.having[word]}
	if len(own.changed) == 0 {
		return h
	}
	h.more = slices.Clone(h.more)
	word = " " + word + " "
	for _, f := range own.changed {
		switch has, had := strings.Contains(f.words, word), h.has(f.request); {
		case has && !had:
			h.more = append(h.more, f.request)
		case had && !has:
			h.less = append(h.less, f.request)
		}
	}
	return h
}

func (h holders) has(n int64) bool {
	_, known := slices.BinarySearch(h.known, n)
	return known && !slices.Contains(h.less, n) || slices.Contains(h.more, n)
}

func (h holders) count() int { return len(h.known) + len(h.more) - len(h.less) }

func (h holders) each(fn func(n int64)) {
	for _, n := range h.known {
		if !slices.Contains(h.less, n) {
			fn(n)
		}
	}
	for _, n := range h.more {
		fn(n)
	}
}

// likeliest orders the requests by the weight of the words they have. Common
// words weigh too, but only rare ones bring a request into question.
func (l *likeness) likeliest(words []string, own *alike, except int64) []int64 {
	all := max(segment, len(l.words)+len(own.changed)+own.made)
	scores, total := map[int64]float64{}, 0.0
	type common struct {
		holders
		weight float64
	}
	var others []common
	for _, word := range words {
		having := l.holders(word, own)
		count := having.count()
		if having.has(except) {
			count--
		}
		if count == 0 {
			continue
		}
		weight := math.Log(1 + float64(all)/float64(count))
		total += weight
		if count > all/likeCommon {
			others = append(others, common{having, weight})
			continue
		}
		having.each(func(n int64) { scores[n] += weight })
	}
	delete(scores, except)
	for n := range scores {
		for _, c := range others {
			if c.has(n) {
				scores[n] += c.weight
			}
		}
	}
	var numbers []int64
	for n, score := range scores {
		if score >= likeShare*total {
			numbers = append(numbers, n)
		}
	}
	slices.SortFunc(numbers, func(a, b int64) int { return cmp.Or(cmp.Compare(scores[b], scores[a]), cmp.Compare(b, a)) })
	return numbers[:min(len(numbers), likeLook)]
}
