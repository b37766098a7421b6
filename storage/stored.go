package storage

import (
	"cmp"

	"meridian/bot"
)

// stored is what the store knows of a request as it stands there: what it is
// found by, and where it is in its life.
type stored struct {
	source
	version int
	ended   int64 // when it ended; 0: it goes on
	returns int   // how often it came back
}

func storedAs(r bot.Request) stored {
	s := stored{source: sourceOf(r), version: r.Version, returns: r.Returns}
	if r.Ended() {
		s.ended = cmp.Or(toMS(r.SolvedAt), toMS(r.ClosedAt), toMS(r.UpdatedAt))
	}
	return s
}

// stored is a request as it is stored. Whoever writes one has mostly read it in
// the same transaction.
func (t *tx) stored(request int64) (stored, error) {
	if s, ok := t.read[request]; ok {
		return s, nil
	}
	r, err := t.Request(request)
	if err != nil && !isMissing(err) {
		return stored{}, err
	}
	return storedAs(r), nil
}
