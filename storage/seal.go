package storage

import (
	"hash/fnv"
	mathbits "math/bits"
	"strings"
	"time"
	"unicode/utf8"
)

const (
	// segment is how many requests share rows of the index, buckets how many rows
	// those are. Most rows are smaller than a page of SQLite.
	segment = 512
	buckets = 128
	// sealEvery is after how many new requests one segment is sealed, if it has
	// enough fresh rows.
	sealEvery  = segment / 2
	sealEnough = segment / 4
	// bucketRunes is how much of a word chooses its bucket, so that all words with
	// a prefix of that length are in one.
	bucketRunes = 3
)

// bucketOf is where a word, or what begins like a prefix, is found.
func bucketOf(word string) int {
	if !strings.HasPrefix(word, "=") {
		n := 0
		for range bucketRunes {
			_, size := utf8.DecodeRuneInString(word[n:])
			n += size
		}
		word = word[:n]
	}
	h := fnv.New32a()
	h.Write([]byte(word)) //nolint:errcheck // it never fails
	return int(h.Sum32() % buckets)
}

// placeOf is where the row of a bucket and a segment is.
func placeOf(bucket int, segment int64) int64 { return int64(bucket)<<32 + segment }

// An entry of the index is a line: the word, a tab, the requests that anybody
// finds by it, a tab, those that the team finds by it beside. A request is two
// characters, its place within the segment.
const (
	lineBegin = '\n'
	lineTab   = "\t"
)

// writePlace writes the n-th request of a segment.
func writePlace(b *strings.Builder, n int) {
	b.WriteByte('0' + byte(n/32))
	b.WriteByte('@' + byte(n%32))
}

// bits are some requests of a segment.
type bits [segment / 64]uint64

func (b *bits) add(n int) { b[n/64] |= 1 << (n % 64) }

// read adds places.
func (b *bits) read(places string) {
	for i := 0; i+1 < len(places); i += 2 {
		b.add(int(places[i]-'0')*32 + int(places[i+1]-'@'))
	}
}

// write writes the places.
func (b *bits) write(out *strings.Builder) {
	for i, word := range b {
		for ; word != 0; word &= word - 1 {
			writePlace(out, i*64+mathbits.TrailingZeros64(word))
		}
	}
}

// sealOne seals the segment with the most fresh rows, if it has enough of them.
func (t *tx) sealOne(enough int) error {
	var at int64
	var rows int
	err := t.get([]any{&at, &rows}, `SELECT request / `+literal(segment, 0)+` AS segment, count(*) AS fresh_rows FROM request_words
		WHERE fresh = 1 GROUP BY request / `+literal(segment, 0)+` ORDER BY fresh_rows DESC, segment LIMIT 1`)
	if isMissing(err) || err == nil && rows < enough {
		return nil
	}
	if err != nil {
		return err
	}
	return t.seal(at)
}

// noWords are the words of a request that is no more; others have a requester.
const noWords = " "

// seal writes the index of a segment anew, from the words of its requests.
func (t *tx) seal(at int64) error {
	type both struct{ all, team bits }
	words := map[string]*both{}
	of := func(word string) *both {
		b := words[word]
		if b == nil {
			b = &both{}
			words[word] = b
		}
		return b
	}
	first, gone := at*segment, false
	err := t.rows(`SELECT request, words, team FROM request_words WHERE request BETWEEN ? AND ?`, []any{first, first + segment - 1}, func(r row) error {
		var request int64
		var all, team string
		if err := r.Scan(&request, &all, &team); err != nil {
			return err
		}
		gone = gone || all == noWords
		for w := range strings.FieldsSeq(all) {
			of(w).all.add(int(request - first))
		}
		for w := range strings.FieldsSeq(team) {
			of(w).team.add(int(request - first))
		}
		return nil
	})
	if err != nil {
		return err
	}
	var rows [buckets]strings.Builder
	for w, b := range words {
		out := &rows[bucketOf(w)]
		out.WriteString(string(lineBegin) + w + lineTab)
		b.all.write(out)
		out.WriteString(lineTab)
		for i := range b.team {
			b.team[i] &^= b.all[i]
		}
		b.team.write(out)
	}
	args := make([]any, 0, 2*buckets)
	for i := range rows {
		rows[i].WriteByte(lineBegin)
		args = append(args, placeOf(i, at), rows[i].String())
	}
	if err := t.later(`INSERT INTO word_index (place, entries) VALUES (?, ?)`+strings.Repeat(", (?, ?)", buckets-1)+`
		ON CONFLICT (place) DO UPDATE SET entries = excluded.entries`, args...); err != nil {
		return err
	}
	if gone {
		if err := t.later(`DELETE FROM request_words WHERE request BETWEEN ? AND ? AND words = ?`, first, first+segment-1, noWords); err != nil {
			return err
		}
	}
	return t.later(`UPDATE request_words SET fresh = 0 WHERE fresh = 1 AND request BETWEEN ? AND ?`, first, first+segment-1)
}

// sweepWords seals one segment that has fresh rows, but for the newest, which
// fills still.
func sweepWords(t *tx, _ time.Time) (int, error) {
	last, err := t.lastSegment()
	if err != nil {
		return 0, err
	}
	return t.sealFirst(last * segment)
}

// sealFirst seals the first segment with a fresh row below a number.
func (t *tx) sealFirst(below int64) (int, error) {
	var at int64
	err := t.get([]any{&at}, `SELECT request / `+literal(segment, 0)+` FROM request_words WHERE fresh = 1 AND request < ? ORDER BY request LIMIT 1`, below)
	if isMissing(err) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	return 1, t.seal(at)
}

// lastSegment is the one that is being filled.
func (v *view) lastSegment() (n int64, err error) {
	err = v.get([]any{&n}, `SELECT coalesce(max(number), 0) FROM requests`)
	return n / segment, err
}
