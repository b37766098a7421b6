package slack

import (
	"sync"

	"meridian/bot"
)

// seen remembers messages by their channel and timestamp.
type seen struct {
	mu  sync.Mutex
	all map[string]bool
	old map[string]bool
}

// mostSeen is how many are remembered before the older half is forgotten.
const mostSeen = 50_000

func newSeen() *seen { return &seen{all: map[string]bool{}, old: map[string]bool{}} }

func (s *seen) put(channel, ts string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.all) >= mostSeen/2 {
		s.all, s.old = map[string]bool{}, s.all
	}
	s.all[channel+"/"+ts] = true
}

func (s *seen) has(channel, ts string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.all[channel+"/"+ts] || s.old[channel+"/"+ts]
}

// posted notes a message of ours: a thread below it began with us.
func (a *Adapter) posted(to bot.Place, ts string) {
	a.ours.put(to.Channel, ts)
	a.threads.put(to.Channel, ts)
}
