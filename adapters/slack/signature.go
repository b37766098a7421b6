package slack

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// window is how far a request's time may lie from ours, either way.
const window = 300 // seconds

// genuine reports whether a request carries the signature that Slack makes of
// its time and body. The time it takes says nothing of where it is wrong.
func genuine(secret string, h http.Header, body []byte, now time.Time) bool {
	stamps, signatures := h.Values("X-Slack-Request-Timestamp"), h.Values("X-Slack-Signature")
	if secret == "" || len(stamps) != 1 || len(signatures) != 1 {
		return false
	}
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte("v0:" + stamps[0] + ":"))
	mac.Write(body)
	sum := mac.Sum(nil)
	got, err := hex.DecodeString(strings.TrimPrefix(signatures[0], "v0="))
	right := err == nil && strings.HasPrefix(signatures[0], "v0=") && len(got) == sha256.Size
	if !right {
		got = make([]byte, sha256.Size)
	}
	same := hmac.Equal(got, sum)
	return same && right && fresh(stamps[0], now)
}

// fresh reports whether a time in seconds lies within the window.
func fresh(stamp string, now time.Time) bool {
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil || stamp != strconv.FormatInt(seconds, 10) {
		return false
	}
	n := now.Unix()
	return seconds >= n-window && seconds <= n+window
}
