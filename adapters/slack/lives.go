package slack

import (
	"sync"
	"time"
)

// lives knows whether there is a connection of Socket Mode, and when there was
// none.
type lives struct {
	mu     sync.Mutex
	open   int
	app    int           // connections of the app, other copies of it included, as Slack last said
	gap    time.Time     // the last moment without a connection
	kept   time.Time     // when events were kept back last, although there was a connection
	failed error         // why there is no connection; nil: there is one, or nobody has tried
	filled chan struct{} // gets a value when there is one again
}

func newLives() *lives { return &lives{filled: make(chan struct{}, 1)} }

func (l *lives) add(app int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.app, l.failed = app, nil
	if l.open == 0 {
		l.gap = time.Now()
		select {
		case l.filled <- struct{}{}:
		default:
		}
	}
	l.open++
}

func (l *lives) remove() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.app = max(l.app-1, 0)
	if l.open--; l.open == 0 {
		l.gap = time.Now()
	}
}

// fail notes why there is no connection.
func (l *lives) fail(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.failed = err
}

// connected reports whether there is a connection, and if not, why the last try
// failed; nil: none has yet.
func (l *lives) connected() (bool, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.open > 0, l.failed
}

// full reports whether Slack would refuse one more connection.
func (l *lives) full() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.app >= mostOpen
}

// missed notes that something was not brought, although there was a connection.
func (l *lives) missed() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.kept = time.Now()
	select {
	case l.filled <- struct{}{}:
	default:
	}
}

// missedSince reports whether something was not brought after t.
func (l *lives) missedSince(t time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.kept.After(t)
}

// gapSince reports whether there was a moment without a connection after t.
func (l *lives) gapSince(t time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.open == 0 || l.gap.After(t)
}
