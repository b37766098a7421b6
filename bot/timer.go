package bot

import "time"

// Timer is a stored instant that becomes a Due event when it comes.
type Timer struct {
	Key    string // unique; a second one with the same key replaces the first
	What   string // which rule set it
	Object string // what it is about, such as "R-12"
	Place  Place
	At     time.Time
	// Presumes lists adapters whose silence the timer presumes: it waits until
	// each has been heard past At, so that nobody is taken for silent who wrote
	// while the bot was down.
	Presumes []string
}
