package bot

import "time"

// Watcher says who is there for the requests of a level: somebody who is at work
// now, and until when, or else whose day begins first, and when. The levels are
// those of the configuration; an escalated request goes the same way.
type Watcher struct {
	Level  int
	Person Person
	From   time.Time // zero: now
	Until  time.Time // of who is there now; zero: always
}

// Watchers are who is there for each level at an instant: everybody who is at
// work, or where nobody is, who comes first. A level that nobody is ever there
// for is left out.
func (s *Settings) Watchers(now time.Time) (list []Watcher) {
	for level := 1; level <= MaxLevel; level++ {
		there := s.present(level, now)
		if who, ok := s.firstOf(level, Request{}, now); ok && len(there) == 0 {
			from, _ := s.CalendarOf(who).NextOpen(now)
			there = []Watcher{{Level: level, Person: who, From: from}}
		}
		list = append(list, there...)
	}
	return list
}

// present are the people of a level who are at work at an instant.
func (s *Settings) present(level int, now time.Time) (list []Watcher) {
	for _, p := range s.People {
		c := s.CalendarOf(p)
		if from, comes := c.NextOpen(now); !p.Team() || max(p.Level, 1) != level || !comes || from.After(now) {
			continue
		}
		until, _ := c.NextClose(now)
		list = append(list, Watcher{Level: level, Person: p, Until: until})
	}
	return list
}

// Watchers are who is there for each level now. Only the team is told.
func (p Pages) Watchers() []Watcher {
	if !p.who.Team() {
		return nil
	}
	return p.v.Settings().Watchers(p.v.Now())
}
