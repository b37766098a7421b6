package web

import "testing"

func TestOnlyTheLatestAreKeptAndTheSameOneCountsOnce(t *testing.T) {
	s := newRecent[int](2)
	for i, id := range []string{"a", "b", "b", "b", "a", "c"} {
		s.put(id, i)
	}
	for id, want := range map[string]int{"a": 4, "b": -1, "c": 5, "d": -1} {
		got, ok := s.get(id)
		if ok != (want >= 0) || ok && got != want {
			t.Errorf("%s: %d, %v", id, got, ok)
		}
	}
}
