package slack

import (
	"strconv"
	"strings"
	"time"
)

// instant is the moment that a timestamp of Slack names: "1772524800.000100".
func instant(ts string) (time.Time, bool) {
	whole, part, _ := strings.Cut(ts, ".")
	seconds, err := strconv.ParseInt(whole, 10, 64)
	if err != nil || seconds <= 0 || seconds > 1<<40 || len(part) > 9 {
		return time.Time{}, false
	}
	micro := int64(0)
	if part != "" {
		if micro, err = strconv.ParseInt((part + "000000")[:6], 10, 64); err != nil || micro < 0 {
			return time.Time{}, false
		}
	}
	return time.UnixMicro(seconds*1e6 + micro), true
}

// stamp writes a moment as a timestamp of Slack.
func stamp(t time.Time) string {
	n := t.UnixMicro()
	return strconv.FormatInt(n/1e6, 10) + "." + pad6(n%1e6)
}

func pad6(n int64) string {
	s := strconv.FormatInt(n, 10)
	return strings.Repeat("0", 6-len(s)) + s
}

// isStamp reports whether s names a message.
func isStamp(s string) bool {
	_, ok := instant(s)
	return ok && strings.Contains(s, ".")
}
