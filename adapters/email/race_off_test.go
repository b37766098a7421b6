//go:build !race

package email

import "time"

// limitOf is a limit on time, which the race detector stretches.
func limitOf(d time.Duration) time.Duration { return d }
