package slack

import (
	"strings"
	"unicode/utf8"

	"github.com/rivo/uniseg"
)

// The sizes that Slack enforces, in characters.
const (
	maxURL         = 3000
	maxNotice      = 120 // what a phone shows
	maxButton      = 75
	maxButtonValue = 2000
	maxOption      = 75
	maxOptionValue = 150
	maxOverflow    = 5
	maxElements    = 25 // beside each other
	maxOptions     = 100
	maxTitle       = 24
	maxLabel       = 2000
	maxHint        = 2000
	maxInput       = 3000
	maxMetadata    = 3000
	maxError       = 2000
	maxRich        = 3000 // of one block of rich text: ours, so that none is long
)

// split cuts s after at most n characters of Unicode, where a reader would: an
// emoji or a letter with its accents stays whole, unless it alone is too long.
func split(s string, n int) (head, tail string) {
	if len(s) <= n || utf8.RuneCountInString(s) <= n {
		return s, ""
	}
	end, count, state := 0, 0, -1
	for rest := s; rest != ""; {
		cluster, next, _, after := uniseg.FirstGraphemeClusterInString(rest, state)
		size := utf8.RuneCountInString(cluster)
		if count+size > n {
			break
		}
		end, count, rest, state = end+len(cluster), count+size, next, after
	}
	if end == 0 {
		for i := range s {
			if n--; n < 0 {
				end = i
				break
			}
		}
	}
	return s[:end], s[end:]
}

// short is s in at most n characters, with an ellipsis where it was cut.
func short(s string, n int) string {
	if _, tail := split(s, n); tail == "" {
		return s
	}
	head, _ := split(s, n-1)
	return strings.TrimRight(head, " \n") + "…"
}
