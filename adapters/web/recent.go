package web

import (
	"slices"
	"sync"
)

// recent keeps the latest of what pages have begun and may go on with, by a
// one-time id. It is forgotten when the program ends: whoever was in the middle
// of it begins anew.
type recent[T any] struct {
	most  int // how many are kept
	mu    sync.Mutex
	all   map[string]T
	order []string
}

func newRecent[T any](most int) *recent[T] {
	return &recent[T]{most: most, all: map[string]T{}}
}

func (s *recent[T]) put(id string, one T) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.order = append(slices.DeleteFunc(s.order, func(known string) bool { return known == id }), id)
	s.all[id] = one
	for len(s.order) > s.most {
		delete(s.all, s.order[0])
		s.order = s.order[1:]
	}
}

func (s *recent[T]) get(id string) (T, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	one, ok := s.all[id]
	return one, ok
}
