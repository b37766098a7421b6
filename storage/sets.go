package storage

import (
	mathbits "math/bits"
)

// window is the segments that are looked through at once.
type window struct{ from, to int64 }

func (w *window) first() int64 { return w.from * segment }

// set is some of the requests of a window.
type set []bits

func (s set) and(o set) {
	for i := range s {
		for j := range s[i] {
			s[i][j] &= o[i][j]
		}
	}
}

func (s set) add(n int64)    { s[n/segment].add(int(n % segment)) }
func (s set) remove(n int64) { s[n/segment][n%segment/64] &^= 1 << (n % 64) }

// newest gives up to so many requests of a set, newest first, counted from the
// beginning of its window.
func (s set) newest(limit int) (out []int64) {
	for i := len(s) - 1; i >= 0; i-- {
		for j := len(s[i]) - 1; j >= 0; j-- {
			for word := s[i][j]; word != 0 && len(out) < limit; {
				bit := 63 - mathbits.LeadingZeros64(word)
				word &^= 1 << bit
				out = append(out, int64(i*segment+j*64+bit))
			}
		}
	}
	return out
}
